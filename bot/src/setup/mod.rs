//! Setting Uptake up on GitHub: what its App is and may do, and the page that registers it. Pure.

mod app;
mod page;

pub use app::{App, NAME_LIMIT, PERMISSIONS, Permission, code_in};
