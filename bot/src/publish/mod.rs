//! Publishing: the forge made to show what was built. What is wanted is compared with what is there, and only the difference is
//! written; a dry run prints it.

mod adopted;
mod apply;
mod ask;
mod body;
mod change;
mod changes;
mod claim;
mod commits;
mod compare;
mod dashboard;
mod desired;
mod effort;
mod error;
mod labels;
mod marker;
mod notice;
mod observed;
mod page;
mod perhaps;
mod record;
mod round;
mod section;
mod situation;
mod stack;
mod stale;
mod stale_bot;

pub use adopted::{Adopted, PersonsPick};
pub use apply::apply;
pub use ask::{Ask, Asked};
pub use change::{Change, Changes, CloseReason};
pub use compare::compare;
pub use dashboard::ticked_boxes;
pub use desired::{Desired, wanted};
pub use error::ApplyError;
pub use marker::Marker;
pub use notice::Notice;
pub use observed::{Author, Observed};
pub use page::{DashboardPage, MARK as DASHBOARD, is_dashboard_again};
pub use section::BODY_LIMIT;
pub use situation::Situation;
pub use stale_bot::{StaleBot, StaleRules};
