//! What is said of a conflict: its kind in words, and its places, found between the markers of the merged file.

use super::{Conflict, Hunk};
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, Merger, PathConflict};

/// The kind of a conflict, as a reviewer is told.
#[must_use]
pub fn told(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Text => "both sides changed the same lines",
        ConflictKind::AddAdd => "both sides added it, with different content",
        ConflictKind::DeletedByUs => "upstream changes it, the fork does not have it",
        ConflictKind::DeletedByThem => "upstream removes it, the fork changed it",
        ConflictKind::Binary => "both sides changed it, and it is no text",
        ConflictKind::Submodule => "both sides moved the submodule",
        ConflictKind::Mode => "its kind or its mode differs on the two sides",
        ConflictKind::Rename => "it was renamed on one side, and the other does not agree",
    }
}

/// A conflict with its places, read from the merged tree, which must have been kept.
///
/// # Errors
/// A file is missing.
pub(crate) fn read(merger: &mut Merger<'_>, found: PathConflict, merged: TreeId) -> Result<Conflict, GitError> {
    let PathConflict { path, kind, base, ours, theirs, names: [_, our_name, their_name] } = found;
    let mut hunks = match (merger.entry(merged, &path)?, ours, theirs) {
        // Only where both sides have a text are there places to show.
        (Some(entry), Some(_), Some(_)) if entry.is_file() => {
            merger.text(entry.id)?.map(|text| hunks(&text)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    if let (false, Some(ours), Some(theirs)) = (hunks.is_empty(), ours, theirs)
        && let Some(conflicts) = merger.conflict_hunks(base.map(|base| base.id), ours.id, theirs.id)?
        && conflicts.len() == hunks.len()
    {
        // The merged text has lines of both sides around the markers, so it does not tell where they stand on either.
        for (hunk, conflict) in hunks.iter_mut().zip(conflicts) {
            (hunk.line, hunk.their_line) = (conflict.ours.start + 1, conflict.theirs.start + 1);
        }
    }
    let names = [our_name, their_name];
    Ok(Conflict { path, names, kind, base, ours, theirs, hunks, whose: Vec::new(), remarks: Vec::new() })
}

/// A path of which it is not clear whether it should follow a folder the other side moved.
pub(crate) fn unclear(path: RepoPath) -> Conflict {
    Conflict {
        names: [path.clone(), path.clone()],
        path,
        kind: ConflictKind::Rename,
        base: None,
        ours: None,
        theirs: None,
        hunks: Vec::new(),
        whose: Vec::new(),
        remarks: Vec::new(),
    }
}

impl Conflict {
    /// What git is told to add once it is settled. Where a file stands beside what took its place, its name ends in `~` and
    /// what the side is called, which is something else on a person's machine: then whatever its end is.
    #[must_use]
    pub fn pathspec(&self) -> RepoPath {
        let beside = |name: &&RepoPath| {
            self.path.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"~"))
        };
        match self.names.iter().find(beside) {
            Some(name) => RepoPath::from_bytes([name.as_bytes(), b"~*"].concat()),
            None => self.path.clone(),
        }
    }
}

/// The conflicting places of a merged text with diff3 markers.
pub(super) fn hunks(merged: &[u8]) -> Vec<Hunk> {
    enum Side {
        Both,
        Ours,
        Base,
        Theirs,
    }
    let mut side = Side::Both;
    let mut found: Vec<Hunk> = Vec::new();
    let (mut line, mut their_line) = (1, 1);
    for text in String::from_utf8_lossy(merged).lines() {
        let is_marker =
            |marker: &str| text.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        match (&side, found.last_mut()) {
            (Side::Both, _) if text.starts_with("<<<<<<< ") => {
                found.push(Hunk { line, their_line, base: Vec::new(), ours: Vec::new(), theirs: Vec::new() });
                side = Side::Ours;
            }
            (Side::Ours, _) if is_marker("|||||||") => side = Side::Base,
            (Side::Ours | Side::Base, _) if is_marker("=======") => side = Side::Theirs,
            (Side::Theirs, _) if text.starts_with(">>>>>>> ") => side = Side::Both,
            (Side::Ours, Some(hunk)) => {
                hunk.ours.push(text.to_owned());
                line += 1;
            }
            (Side::Base, Some(hunk)) => hunk.base.push(text.to_owned()),
            (Side::Theirs, Some(hunk)) => {
                hunk.theirs.push(text.to_owned());
                their_line += 1;
            }
            _ => (line, their_line) = (line + 1, their_line + 1),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_knows_its_line_on_either_side() {
        let text = b"a\n<<<<<<< fork\nb\nc\n||||||| base\n=======\nd\n>>>>>>> upstream\ne\n<<<<<<< fork\n||||||| base\nf\n=======\n>>>>>>> upstream\n";
        let found = hunks(text);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].line, &found[0].ours[..], &found[0].theirs[..]),
            (2, &["b".to_owned(), "c".into()][..], &["d".to_owned()][..])
        );
        assert_eq!((found[1].line, found[1].their_line, &found[1].base[..]), (5, 4, &["f".to_owned()][..]));
    }
}
