//! GitHub Actions' side of a run: what an event asks for, and what a job shows for it. Which environment there is, and the run
//! itself, are the command line's.

mod annotate;
mod event;
mod output;
mod summary;

pub use annotate::{AnnotationLevel, annotation, harmless};
pub use event::{EVENTS, EventError, LARGEST, Mode, decide};
pub use output::{RunOutputs, outputs};
pub use summary::{RunSummary, summary};
