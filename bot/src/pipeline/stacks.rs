//! Whether pull requests that stand on each other are offered as a stack.

use super::{RunError, Session};
use crate::config::Config;
use crate::config::raw::{Land, NativeStacks};
use crate::forge::Forge;
use crate::pick::Built;
use crate::publish::Observed;

/// Whether that is wanted, and the forge has stacks; it is asked only where that is not plain, and something would be in one.
pub(super) fn are_offered(
    session: &Session,
    built: &Built,
    observed: &Observed,
    forge: &dyn Forge,
) -> Result<bool, RunError> {
    if !are_wanted(&session.config) || built.phases.iter().all(|phase| phase.on.is_none()) {
        return Ok(false);
    }
    Ok(observed.pulls.iter().any(|pull| pull.stack.is_some()) || forge.has_stacks()?)
}

fn are_wanted(config: &Config) -> bool {
    // What is in a stack cannot be merged by itself, and what is left of one is rebased, which takes merge commits apart (GitHub's rules).
    let merges = config.line().and_then(|phase| phase.line).is_some_and(|line| line.land == Land::Merge);
    config.native_stacks == NativeStacks::Offer && config.ready.auto_merge.is_none() && !merges
}
