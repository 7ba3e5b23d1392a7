//! Publishing: the forge made to show what was built. What is wanted is compared with what is there, and only the difference is
//! written; a dry run prints it.

mod apply;
mod body;
mod change;
mod claim;
mod compare;
mod dashboard;
mod desired;
mod error;
mod labels;
mod marker;
mod names;
mod notice;
mod observed;
mod round;
mod section;
mod stale;

pub use apply::apply;
pub use change::{Change, Changes, CloseReason};
pub use compare::{Situation, compare};
pub use dashboard::{DashboardPage, MARK as DASHBOARD, ticked_boxes};
pub use desired::{Desired, wanted};
pub use error::ApplyError;
pub use marker::Marker;
pub use notice::Notice;
pub use observed::Observed;
pub use section::BODY_LIMIT;
