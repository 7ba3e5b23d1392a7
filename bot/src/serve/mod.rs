//! A server for those who host the GitHub App themselves: a webhook comes in, is checked, and is written down before it is answered;
//! then the ordinary run does what waits in its repository.
//!
//! A run reads every comment and result that waits, so several deliveries of one repository are handled by one run. What was written
//! down survives a restart, and a run that was cut short is done again, which changes nothing that is done.

mod bodies;
mod clock;
mod delivery;
mod http;
mod listen;
mod log;
mod metrics;
mod queue;
mod server;
mod signature;
mod successes;

pub use delivery::{Asked, Delivery, EVENTS, Malformed, read};
pub use listen::{HttpResponse, KeptOpen, listen};
pub use log::{LogLevel, LogRecord};
pub use metrics::Metrics;
pub use queue::{Accepted, Arrival, Batch, Queue};
pub use server::{Server, ServerConfig, Work, WorkError};
pub use signature::Secret;

/// `1 delivery`, `2 deliveries`.
#[must_use]
pub fn deliveries(number: usize) -> String {
    if number == 1 { "1 delivery".to_owned() } else { format!("{number} deliveries") }
}
