//! Whether a record may be made: the fork's files held against git's own merge, and the merge commit.

use super::{Candidate, Grounds, Record, Recorded, Refusal};
use crate::survey::{Because, Difference, Heads, Survey, merge};
use crate::text::{inert_message, short};
use engine::commit::When;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merger, Repo};

/// The longest subject in a message, in characters.
const SUBJECT: usize = 60;

/// Checks what a record would say, and makes its commit in memory.
///
/// # Errors
/// A commit, a tree or a file is missing. The refusal in the value is none: a file differs and nothing explains it.
pub fn make(repo: &Repo, survey: &Survey, says: Candidate) -> Result<Result<Record, Refusal>, GitError> {
    let fork = repo.commit(survey.fork_head)?;
    let upstream = repo.commit(says.up_to)?;
    let mut merger = Merger::new(repo)?;
    let heads = Heads { upstream: upstream.id, fork: fork.id };
    // A record before this one gave the two a history in common, whatever the configuration still names.
    let begun = repo.merge_base(heads.upstream, heads.fork)?.is_none().then_some(survey.merge_base);
    let merged = merge(repo, &mut merger, heads, begun)?;
    let mut differs = Vec::new();
    let mut unexplained = Vec::new();
    for path in merger.differing(&merged, fork.tree)? {
        match due(&mut merger, survey, &says.units, fork.tree, &path)? {
            Some(sha) => differs.push(Difference { path, because: Because::Unit(sha) }),
            None => unexplained.push(path),
        }
    }
    if !unexplained.is_empty() {
        return Ok(Err(Refusal::Unexplained(unexplained)));
    }
    // Dates from what is recorded: the same record gives the same commit in every run.
    let seconds = fork.committer.when.seconds.max(upstream.committer.when.seconds);
    let author = repo.bot(When { seconds, offset: 0 });
    let commit = repo.make_merge([fork.id, upstream.id], fork.tree, &author, &message(&says, upstream.subject()))?;
    Ok(Ok(Record { says, commit, base: fork.id, differs, lost: None }))
}

/// The unit that a difference is due to: the last that is left out and touches the file, else the last of the others. Where the fork
/// calls the file otherwise, applying a unit shows whether it would change it.
fn due(
    merger: &mut Merger<'_>,
    survey: &Survey,
    units: &[Recorded],
    fork: TreeId,
    path: &RepoPath,
) -> Result<Option<CommitId>, GitError> {
    let touches = |unit: &&Recorded| survey.get(unit.sha).is_some_and(|unit| unit.paths.binary_search(path).is_ok());
    let mut touching: Vec<&Recorded> = units.iter().filter(touches).collect();
    touching.sort_by_key(|unit| matches!(unit.grounds, Grounds::LeftOut(_)));
    if let Some(last) = touching.last() {
        return Ok(Some(last.sha));
    }
    for unit in units.iter().rev().filter(|unit| !matches!(unit.grounds, Grounds::NoOp)) {
        let Some(place) = survey.units.place(unit.sha) else { continue };
        let read = &survey.units.all()[place];
        // A state that was made is known to the merger alone that made it.
        if read.made {
            continue;
        }
        let applied = merger.pick_from(read.base, &read.commit, fork)?;
        if merger.changed(applied.tree, fork)?.contains(path) {
            return Ok(Some(unit.sha));
        }
    }
    Ok(None)
}

fn message(says: &Candidate, subject: &str) -> String {
    let left_out = says.units.iter().filter(|unit| matches!(unit.grounds, Grounds::LeftOut(_)));
    let left_out: String =
        left_out.map(|unit| format!("- {} {}\n", unit.sha.short(), short(&unit.subject, SUBJECT))).collect();
    let left_out = if left_out.is_empty() { String::new() } else { format!("\nLeft out for good:\n\n{left_out}") };
    let (up_to, subject) = (says.up_to.short(), short(subject, SUBJECT));
    inert_message(&format!(
        "Record that upstream is in, up to {up_to}\n\nUp to: {subject}\n\nNo file changes: every unit up to there is in, or is left out for good.\n{left_out}"
    ))
}
