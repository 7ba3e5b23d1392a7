//! Whether pull requests that stand on each other are offered as a stack.

use super::{RunError, Session};
use crate::config::raw::NativeStacks;
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
    // What is in a stack cannot be merged by itself (GitHub's rule).
    let config = &session.config;
    let wanted = config.native_stacks == NativeStacks::Offer && config.ready.auto_merge.is_none();
    if !wanted || built.phases.iter().all(|phase| phase.on.is_none()) {
        return Ok(false);
    }
    Ok(observed.pulls.iter().any(|pull| pull.stack.is_some()) || forge.has_stacks()?)
}
