//! What the fork has for itself.

use std::collections::BTreeSet;

use super::RunError;
use crate::survey::Survey;
use engine::ids::CommitId;
use engine::{GitError, Repo};

/// The top folders that only the fork has, sorted.
///
/// # Errors
/// The repository cannot be read.
pub fn own_folders(repo: &Repo, survey: &Survey) -> Result<Vec<String>, RunError> {
    let folders = |commit: CommitId| -> Result<BTreeSet<String>, GitError> {
        let files = repo.files(repo.commit(commit)?.tree)?;
        Ok(files.iter().filter_map(|path| path.to_text().split_once('/').map(|(top, _)| top.to_owned())).collect())
    };
    let (base, upstream) = (folders(survey.merge_base)?, folders(survey.upstream_head)?);
    let own = folders(survey.fork_head)?.into_iter();
    Ok(own.filter(|folder| !base.contains(folder) && !upstream.contains(folder)).collect())
}
