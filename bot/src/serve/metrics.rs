//! What the server has done since it started, as Prometheus reads it.

use std::collections::BTreeMap;
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
    /// Deliveries that GitHub was asked to send again.
    pub redelivered: AtomicU64,
}

/// Adds one.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// The page for `/metrics`: the counters, how many deliveries wait, how many runs are under way, and when a run last ended well in each
    /// fork, with the age of that at this moment.
    #[must_use]
    pub fn page(&self, waiting: usize, running: usize, ended_well: &BTreeMap<String, i64>, now: i64) -> String {
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
            "uptake_redelivered_total",
            "counter",
            "Webhooks that GitHub was asked to send again.",
            &[("", value(&self.redelivered))],
        );
        family(
            "uptake_webhooks_waiting",
            "gauge",
            "Webhooks that wait for a run or are in one.",
            &[("", waiting as u64)],
        );
        family("uptake_runs_running", "gauge", "Runs under way.", &[("", running as u64)]);
        let forks = |of: &dyn Fn(i64) -> i64| -> Vec<(String, u64)> {
            let one = |(fork, at): (&String, &i64)| (format!("{{fork=\"{fork}\"}}"), of(*at).max(0).unsigned_abs());
            ended_well.iter().map(one).collect()
        };
        let (at, age) = (forks(&|at| at), forks(&|at| now - at));
        family(
            "uptake_last_success_timestamp_seconds",
            "gauge",
            "When a run last ended well, by fork.",
            &at.iter().map(|(labels, value)| (labels.as_str(), *value)).collect::<Vec<_>>(),
        );
        family(
            "uptake_last_success_age_seconds",
            "gauge",
            "How long ago a run last ended well, by fork.",
            &age.iter().map(|(labels, value)| (labels.as_str(), *value)).collect::<Vec<_>>(),
        );
        page
    }
}
