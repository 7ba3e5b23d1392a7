//! The clock, for what says when it was decided and how old something is.

use jiff::Timestamp;

#[expect(clippy::disallowed_methods, reason = "decisions and the dashboard say when; no branch depends on it")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
