//! Settling a path as a whole: what is removed on one side, and what is no text.

use super::source::SideChoice;
use super::{ConflictOutcome, FileStates, MergeCase};
use crate::pick::resolution::{By, Resolution};
use crate::pick::versions::FileVersions;
use engine::commit::Entry;
use engine::{ConflictKind, GitError, Merger, PathConflict};

/// Makes the choice for a path that is not settled place by place.
pub(super) fn resolve(
    merger: &mut Merger<'_>,
    case: &MergeCase<'_>,
    conflict: &PathConflict,
    choice: SideChoice,
    by: By,
) -> Result<ConflictOutcome, GitError> {
    let mut notes = Vec::new();
    let (files, how) = match conflict.kind {
        ConflictKind::DeletedByUs | ConflictKind::DeletedByThem => removed(conflict, choice),
        ConflictKind::Binary | ConflictKind::Submodule => {
            let what = if conflict.kind == ConflictKind::Binary { "file" } else { "submodule" };
            let entry = match choice {
                SideChoice::Upstream => conflict.theirs,
                SideChoice::Fork => conflict.ours,
                SideChoice::Union => {
                    let why = format!("both sides of a {what} that is no text cannot be joined");
                    return Ok(ConflictOutcome::Open(vec![why]));
                }
            };
            let (whose, other) = sides(choice);
            notes.push(format!("It is no text: {other} {what} is given up as a whole."));
            (vec![(conflict.path.clone(), entry)], format!("{whose} {what} as a whole"))
        }
        ConflictKind::Mode => match kinds(merger, case, conflict, choice)? {
            Some(settled) => settled,
            None => return Ok(ConflictOutcome::Open(vec!["a file on one side is a folder on the other".into()])),
        },
        ConflictKind::Rename => {
            return Ok(ConflictOutcome::Open(vec!["which name it gets is left to a person".into()]));
        }
        // Those are settled place by place where they are text on both sides.
        ConflictKind::Text | ConflictKind::AddAdd => return Ok(ConflictOutcome::Open(Vec::new())),
    };
    let settled = files.iter().find(|(path, _)| *path == conflict.path).and_then(|(_, entry)| *entry);
    let resolution = Resolution {
        path: conflict.path.clone(),
        kind: Some(conflict.kind),
        by,
        how,
        lost: FileVersions([conflict.base, conflict.ours, conflict.theirs, settled]).dropped_lines(merger)?,
        notes,
    };
    Ok(ConflictOutcome::Settled(files, vec![resolution]))
}

fn sides(choice: SideChoice) -> (&'static str, &'static str) {
    match choice {
        SideChoice::Upstream => ("upstream's", "the fork's"),
        SideChoice::Fork | SideChoice::Union => ("the fork's", "upstream's"),
    }
}

/// One side removed the file, the other changed it.
fn removed(conflict: &PathConflict, choice: SideChoice) -> (FileStates, String) {
    let by_upstream = conflict.kind == ConflictKind::DeletedByThem;
    let entry = match choice {
        SideChoice::Upstream => conflict.theirs,
        SideChoice::Fork => conflict.ours,
        SideChoice::Union => conflict.ours.or(conflict.theirs),
    };
    let how = match (choice, by_upstream) {
        (SideChoice::Upstream, true) => "removed, as upstream does; the fork's changes to it go",
        (SideChoice::Upstream, false) => "upstream's file, though the fork does not have it",
        (SideChoice::Fork, true) => "the fork's file, though upstream removes it",
        (SideChoice::Fork, false) => "not there, as in the fork; upstream's change to it is not taken",
        (SideChoice::Union, true) => "kept as the fork has it, though upstream removes it",
        (SideChoice::Union, false) => "kept as upstream has it, though the fork does not have it",
    };
    (vec![(conflict.path.clone(), entry)], how.into())
}

/// Modes that disagree, or different kinds of things at one path: the side that is chosen has its thing at the path. `None`
/// where a folder is in the way.
fn kinds(
    merger: &mut Merger<'_>,
    case: &MergeCase<'_>,
    conflict: &PathConflict,
    choice: SideChoice,
) -> Result<Option<(FileStates, String)>, GitError> {
    let (whose, _) = sides(choice);
    if let (Some(ours), Some(theirs)) = (conflict.ours, conflict.theirs) {
        // The content merged; only what kind of file it is was in dispute.
        let merged = merger.entry(case.merged.tree, &conflict.path)?;
        let mode = if choice == SideChoice::Upstream { theirs.mode } else { ours.mode };
        let entry = merged.map(|entry| Entry { mode, ..entry });
        return Ok(Some((vec![(conflict.path.clone(), entry)], format!("{whose} mode ({mode:o})"))));
    }
    let [_, our_name, their_name] = &conflict.names;
    let name = if conflict.ours.is_some() { our_name } else { their_name };
    let from = if choice == SideChoice::Upstream { case.theirs } else { case.before };
    let entry = merger.entry(from, name)?;
    let mut files = vec![(name.clone(), entry)];
    if *name != conflict.path {
        files.push((conflict.path.clone(), None));
    }
    // A file does not take the place of a folder that something is in.
    let tried = merger.with_entries(case.merged.tree, files.iter().map(|(path, entry)| (path, *entry)))?;
    let fits = merger.entry(tried, name)? == entry;
    Ok(fits.then(|| (files, format!("what {} has there, as a whole", whose.trim_end_matches("'s")))))
}
