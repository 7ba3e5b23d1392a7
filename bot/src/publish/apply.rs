//! Makes the changes, one after the other. Each is safe to repeat, so a run that is cut short is finished by the next.

use super::Change;
use crate::forge::{ForgeError, ForgeWrite};
use crate::git::Repo;

/// Makes the changes in their order, telling `done` of each.
///
/// # Errors
/// The forge refuses one; those before it are made, those after it are not.
pub fn apply(
    changes: &[Change],
    repo: &Repo,
    forge: &mut dyn ForgeWrite,
    done: &mut dyn FnMut(&Change),
) -> Result<(), ForgeError> {
    for change in changes {
        match change {
            Change::Push { branch, to, from, known, .. } => forge.push(repo, branch, *to, *from, *known)?,
            Change::Open(text) => forge.open_pull(text).map(drop)?,
            Change::Edit { number, text, .. } => forge.edit_pull(*number, text)?,
            Change::Close { number, .. } => forge.close_pull(*number)?,
        }
        done(change);
    }
    Ok(())
}
