//! Where branches and pull requests live: reading them, and changing them.
//!
//! A forge is four traits, a noun each, and what only looks is handed a `&dyn Forge`: all that changes anything takes `&mut self`, so
//! a dry run cannot write. A change may be repeated, at once or by the next run after one that was cut short: nothing is created
//! twice. Each call can fail because the forge cannot be read or written; other failures are listed with the call. `tests/forge/`
//! says what each call does, and every forge passes it.

mod ahead;
mod branches;
mod checks;
mod error;
pub mod folder;
pub mod github;
mod issues;
mod pulls;
mod setup;

pub use ahead::Ahead;
pub use branches::{Branches, ForgeBranch, people};
pub use checks::{Checks, Dispatch, Job, REQUEST_INPUT, Run, RunState, Started, Status, StatusState};
pub use error::ForgeError;
pub use issues::{Closer, Comment, CommentLists, Issue, Issues, Label, LoginProof, Permission, Reaction, Touched};
pub use pulls::{PullList, PullRequest, PullText, Pulls, Stacked, State};
pub use setup::{EnvironmentFacts, Identity, Probed, RepositoryFacts, RunnerFacts, SetUp, WorkflowFacts};

use branches::full;
use issues::{marker, same_text};

/// All of a forge.
pub trait Forge: Branches + Pulls + Issues + Checks {}

impl<F: Branches + Pulls + Issues + Checks + ?Sized> Forge for F {}
