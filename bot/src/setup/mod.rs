//! Setting Uptake up on GitHub: what its App is and may do, the page that registers it, and the checks of a set-up. Pure.

mod app;
mod doctor;
mod finding;
mod page;

pub use app::{App, AppPermission, EVENTS, NAME_LIMIT, PERMISSIONS, code_in};
pub use doctor::{SetupFacts, examine};
pub use finding::{Finding, FindingLevel};
