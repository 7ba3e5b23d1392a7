//! What the server has done since it started, as Prometheus reads it.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// The counters.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Deliveries that were written down.
    pub queued: AtomicU64,
    /// Deliveries that ask for nothing.
    pub ignored: AtomicU64,
    /// Deliveries seen before.
    pub replayed: AtomicU64,
    /// Requests with a wrong signature or none.
    pub forged: AtomicU64,
    /// Signed requests that could not be understood.
    pub malformed: AtomicU64,
    /// Deliveries turned away because the queue is full.
    pub full: AtomicU64,
    /// Runs that did their work.
    pub done: AtomicU64,
    /// Runs that failed.
    pub failed: AtomicU64,
    /// Deliveries laid aside after several failed runs.
    pub given_up: AtomicU64,
}

/// Adds one.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// The page for `/metrics`: the counters, how many deliveries wait, and how many runs are under way.
    #[must_use]
    pub fn page(&self, waiting: usize, running: usize) -> String {
        let mut page = String::new();
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut family = |name: &str, kind: &str, help: &str, values: &[(&str, u64)]| {
            let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(page, "{name}{labels} {value}");
            }
        };
        family(
            "uptake_webhooks_total",
            "counter",
            "Webhooks, by what became of them.",
            &[
                ("{result=\"queued\"}", value(&self.queued)),
                ("{result=\"ignored\"}", value(&self.ignored)),
                ("{result=\"replayed\"}", value(&self.replayed)),
                ("{result=\"forged\"}", value(&self.forged)),
                ("{result=\"malformed\"}", value(&self.malformed)),
                ("{result=\"full\"}", value(&self.full)),
            ],
        );
        family(
            "uptake_runs_total",
            "counter",
            "Runs that are over.",
            &[("{result=\"done\"}", value(&self.done)), ("{result=\"failed\"}", value(&self.failed))],
        );
        family(
            "uptake_given_up_total",
            "counter",
            "Webhooks whose runs failed too often.",
            &[("", value(&self.given_up))],
        );
        family(
            "uptake_webhooks_waiting",
            "gauge",
            "Webhooks that wait for a run or are in one.",
            &[("", waiting as u64)],
        );
        family("uptake_runs_running", "gauge", "Runs under way.", &[("", running as u64)]);
        page
    }
}
