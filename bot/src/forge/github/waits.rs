//! Waiting: between writes, for limits, and before another try.

use std::hash::BuildHasher;
use std::time::Duration;

use super::client::Client;
use super::error::GitHubError;
use super::throttle::{self, BETWEEN_WRITES, MAX_WAIT};

impl Client {
    /// Waits before another try of git, which does not say how long.
    pub(super) fn pause_git(&self, tries: u32, why: &str) -> Result<(), GitHubError> {
        if why.contains("returned error: 429") {
            return self.wait(Duration::from_secs(60) * tries, why, "GitHub asks for a pause");
        }
        self.pause(tries, why)
    }

    /// Waits before another try.
    pub(super) fn pause(&self, tries: u32, why: &str) -> Result<(), GitHubError> {
        let jitter = self.jitter.hash_one((tries, self.clock.now())).to_le_bytes()[0];
        self.wait(throttle::backoff(tries, jitter), why, why)
    }

    pub(super) fn wait(&self, how_long: Duration, request: &str, why: &str) -> Result<(), GitHubError> {
        let waited = self.waited.get();
        if waited + how_long > MAX_WAIT {
            let (wait, waited) = (how_long.as_secs(), waited.as_secs());
            return Err(GitHubError::Limited { request: request.to_owned(), wait, waited });
        }
        if how_long >= Duration::from_secs(2) {
            (self.on_wait)(&format!("{why}: waiting {} seconds", how_long.as_secs()));
        }
        self.waited.set(waited + how_long);
        self.clock.sleep(how_long);
        Ok(())
    }

    /// Keeps a second between writes, those by git too.
    pub(super) fn throttle(&self) {
        // What was read before a write may not be so after it.
        self.ahead.borrow_mut().clear();
        if let Some(last) = self.written.get() {
            let passed = self.clock.now().saturating_sub(last);
            if passed < BETWEEN_WRITES {
                self.clock.sleep(BETWEEN_WRITES - passed);
            }
        }
        self.written.set(Some(self.clock.now()));
    }
}
