//! Publishing: the forge made to show what was built. What is wanted is compared with what is there, and only the difference is
//! written; a dry run prints it.

mod apply;
mod body;
mod change;
mod desired;
mod marker;
mod note;

pub use apply::apply;
pub use body::BODY_LIMIT;
pub use change::{Change, Changes, Notice, compare};
pub use desired::{Wanted, wanted};
pub use marker::Marker;
