//! The time of day, for what the server says of itself: it decides nothing.

use std::time::Duration;

use jiff::Timestamp;

/// What time it is.
#[expect(clippy::disallowed_methods, reason = "a log and metrics say when; what a run does is not the server's")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// How long ago something was.
pub(super) fn since(before: Timestamp) -> Duration {
    Duration::try_from(now().duration_since(before)).unwrap_or_default()
}
