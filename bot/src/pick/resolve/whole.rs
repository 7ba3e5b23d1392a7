//! Resolving a path as a whole: what is removed on one side, and what is no text.

use super::{ConflictOutcome, FileStates, MergeCase, Resolver};
use crate::pick::fact::MovedFolder;
use crate::pick::loss::DroppedLines;
use crate::pick::remark::Remark;
use crate::pick::resolution::{ConflictSide, Method, Resolution, ResolutionNote, ResolvedBy, SideChoice, WholeKind};
use crate::pick::versions::FileVersions;
use crate::survey::form::bare;
use engine::commit::Entry;
use engine::{ConflictKind, GitError, Merger, PathConflict};

/// Makes the choice for a path that is not resolved place by place.
pub(super) fn resolve(
    resolver: &Resolver<'_>,
    merger: &mut Merger<'_>,
    case: &MergeCase<'_>,
    conflict: &PathConflict,
    (choice, by): (SideChoice, ResolvedBy),
) -> Result<ConflictOutcome, GitError> {
    let mut notes = Vec::new();
    let (files, how) = match conflict.kind {
        ConflictKind::DeletedByUs | ConflictKind::DeletedByThem => removed(conflict, choice),
        ConflictKind::Binary | ConflictKind::Whole | ConflictKind::Pointer | ConflictKind::Submodule => {
            let what = match conflict.kind {
                ConflictKind::Binary => WholeKind::File,
                ConflictKind::Submodule => WholeKind::Submodule,
                _ => WholeKind::Indivisible,
            };
            let entry = match choice {
                SideChoice::Upstream => conflict.theirs,
                SideChoice::Fork => conflict.ours,
                SideChoice::Union => return Ok(ConflictOutcome::Open(vec![Remark::NoUnion(what)])),
            };
            let side = choice.side();
            notes.push(ResolutionNote::GivenUp { side: side.other(), what });
            (vec![(conflict.path.clone(), entry)], Method::Whole { side, what })
        }
        ConflictKind::Mode => match kinds(merger, case, conflict, choice)? {
            Some(resolved) => resolved,
            None => return Ok(ConflictOutcome::Open(vec![Remark::FolderInTheWay])),
        },
        ConflictKind::Rename => {
            return Ok(ConflictOutcome::Open(vec![Remark::NameInDispute]));
        }
        // Those are resolved place by place where they are text on both sides.
        ConflictKind::Text | ConflictKind::AddAdd => return Ok(ConflictOutcome::Open(Vec::new())),
    };
    let resolved = files.iter().find(|(path, _)| *path == conflict.path).and_then(|(_, entry)| *entry);
    let versions = FileVersions([conflict.base, conflict.ours, conflict.theirs, resolved]);
    let resolution = Resolution {
        path: conflict.path.clone(),
        kind: Some(conflict.kind),
        by,
        how,
        lost: resolver.dropped_lines(merger, versions)?,
        notes,
    };
    Ok(ConflictOutcome::Resolved(files, vec![resolution]))
}

/// Removes a file that one side removed, where the other changed nothing but its form.
pub(super) fn removed_in_form(
    resolver: &Resolver<'_>,
    merger: &mut Merger<'_>,
    conflict: &PathConflict,
) -> Result<ConflictOutcome, GitError> {
    let open = Ok(ConflictOutcome::Open(Vec::new()));
    let (stays, choice) = match conflict.kind {
        ConflictKind::DeletedByThem => (conflict.ours, SideChoice::Upstream),
        ConflictKind::DeletedByUs => (conflict.theirs, SideChoice::Fork),
        _ => return open,
    };
    let (Some(base), Some(stays)) = (conflict.base, stays) else { return open };
    let Some([base_text, text, ..]) = FileVersions([Some(base), Some(stays), None, None]).texts(merger)? else {
        return open;
    };
    if base.mode != stays.mode {
        return open;
    }
    let name = conflict.path.file_name();
    let by = if bare(name, &base_text) == bare(name, &text) {
        ResolvedBy::Form
    } else {
        match resolver.same_in_form(&conflict.path, &base_text, &text) {
            Some(program) => ResolvedBy::Formatter { program },
            None => return open,
        }
    };
    let (files, how) = removed(conflict, choice);
    let resolution = Resolution {
        path: conflict.path.clone(),
        kind: Some(conflict.kind),
        by,
        how,
        lost: DroppedLines::default(),
        notes: Vec::new(),
    };
    Ok(ConflictOutcome::Resolved(files, vec![resolution]))
}

/// Upstream's files, for a conflict that is among upstream's own lines.
pub(super) fn upstreams(
    resolver: &Resolver<'_>,
    merger: &mut Merger<'_>,
    case: &MergeCase<'_>,
    conflict: &PathConflict,
) -> Result<ConflictOutcome, GitError> {
    let mut files = FileStates::new();
    for path in conflict.paths() {
        if !files.iter().any(|(known, _)| known == path) {
            files.push((path.clone(), merger.entry(case.theirs, path)?));
        }
    }
    let resolved = files.iter().find(|(path, _)| *path == conflict.path).and_then(|(_, entry)| *entry);
    let versions = FileVersions([conflict.base, conflict.ours, conflict.theirs, resolved]);
    let resolution = Resolution {
        path: conflict.path.clone(),
        kind: Some(conflict.kind),
        by: ResolvedBy::Line,
        how: Method::Whole { side: ConflictSide::Upstream, what: WholeKind::File },
        lost: resolver.dropped_lines(merger, versions)?,
        notes: Vec::new(),
    };
    Ok(ConflictOutcome::Resolved(files, vec![resolution]))
}

/// The file one side added to a folder that the other moved: it stands where the folder went.
pub(super) fn followed(
    resolver: &Resolver<'_>,
    merger: &mut Merger<'_>,
    conflict: &PathConflict,
    moved: &MovedFolder,
    by: ResolvedBy,
) -> Result<ConflictOutcome, GitError> {
    let entry = conflict.ours.or(conflict.theirs);
    let side = if moved.by_fork { ConflictSide::Fork } else { ConflictSide::Upstream };
    let versions = FileVersions([conflict.base, conflict.ours, conflict.theirs, entry]);
    let resolution = Resolution {
        path: conflict.path.clone(),
        kind: Some(conflict.kind),
        by,
        how: Method::Followed(side),
        lost: resolver.dropped_lines(merger, versions)?,
        notes: Vec::new(),
    };
    Ok(ConflictOutcome::Resolved(vec![(conflict.path.clone(), entry)], vec![resolution]))
}

/// One side removed the file, the other changed it.
fn removed(conflict: &PathConflict, choice: SideChoice) -> (FileStates, Method) {
    let by_upstream = conflict.kind == ConflictKind::DeletedByThem;
    let removed_by = if by_upstream { ConflictSide::Upstream } else { ConflictSide::Fork };
    let entry = match choice {
        SideChoice::Upstream => conflict.theirs,
        SideChoice::Fork => conflict.ours,
        SideChoice::Union => conflict.ours.or(conflict.theirs),
    };
    (vec![(conflict.path.clone(), entry)], Method::Removal { choice, removed_by })
}

/// Modes that disagree, or different kinds of things at one path: the side that is chosen has its thing at the path. `None`
/// where a folder is in the way.
fn kinds(
    merger: &mut Merger<'_>,
    case: &MergeCase<'_>,
    conflict: &PathConflict,
    choice: SideChoice,
) -> Result<Option<(FileStates, Method)>, GitError> {
    let side = choice.side();
    if let (Some(ours), Some(theirs)) = (conflict.ours, conflict.theirs) {
        // The content merged; only what kind of file it is was in dispute.
        let merged = merger.entry(case.merged.tree, &conflict.path)?;
        let mode = if side == ConflictSide::Upstream { theirs.mode } else { ours.mode };
        let entry = merged.map(|entry| Entry { mode, ..entry });
        return Ok(Some((vec![(conflict.path.clone(), entry)], Method::Mode { side, mode })));
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
    Ok(fits.then_some((files, Method::Kind(side))))
}
