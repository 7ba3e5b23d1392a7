//! What is said of the tests: the table of a pull request, the statuses of a commit, how a search ended, and what a run did. Pure.

mod search;
mod status;
mod table;
mod words;

pub use search::search_ended;
pub use status::{marked, statuses, untested};
pub use table::table;
pub use words::{done, waiting};
