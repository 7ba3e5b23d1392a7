//! The time of day, for what a server counts in seconds: how long a token holds, and how long to wait. It decides when something is
//! sent, never what.

use std::time::Duration;

/// A clock that can be waited by.
pub trait Clock {
    /// The time since 1970.
    fn now(&self) -> Duration;
    /// Lets this much time pass.
    fn sleep(&self, how_long: Duration);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "tokens and rate limits end by the clock; what is written does not depend on it"
    )]
    fn now(&self) -> Duration {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }

    fn sleep(&self, how_long: Duration) {
        std::thread::sleep(how_long);
    }
}
