//! Setting Uptake up: the configuration to start from, the checks of a set-up, and the App on GitHub: what it may do, the page that
//! registers it. Pure.

mod app;
mod cells;
mod doctor;
mod finding;
mod page;
mod required;
mod secrets;
mod starting;
mod triggers;

pub use app::{App, AppPermission, EVENTS, NAME_LIMIT, PERMISSIONS, code_in};
pub use cells::{SuggestedCells, SuggestedMatrix, suggested, uses_cuda};
pub use doctor::{SetupFacts, examine};
pub use finding::{Finding, FindingLevel};
pub use starting::{Layout, StartFrom, starting};
