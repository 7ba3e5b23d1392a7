//! What is said of a conflict: its kind in words, and its places, found between the markers of the merged file.

use super::{Conflict, Hunk};
use crate::git::{ConflictKind, GitError, PathConflict, Repo};
use crate::ids::TreeId;

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
pub(crate) fn read(repo: &Repo, found: PathConflict, merged: TreeId) -> Result<Conflict, GitError> {
    let PathConflict { path, kind, base, ours, theirs, names: _ } = found;
    let hunks = match repo.entry(merged, &path)? {
        // Only where both sides have a text are there places to show.
        Some(entry) if ours.is_some() && theirs.is_some() && entry.mode & 0o170_000 == 0o100_000 => {
            hunks(&repo.blob(entry.id)?)
        }
        _ => Vec::new(),
    };
    Ok(Conflict { path, kind, base, ours, theirs, hunks, whose: Vec::new(), remarks: Vec::new() })
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
    let mut line = 1;
    for text in String::from_utf8_lossy(merged).lines() {
        let is_marker =
            |marker: &str| text.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        match (&side, found.last_mut()) {
            (Side::Both, _) if text.starts_with("<<<<<<< ") => {
                found.push(Hunk { line, base: Vec::new(), ours: Vec::new(), theirs: Vec::new() });
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
            (Side::Theirs, Some(hunk)) => hunk.theirs.push(text.to_owned()),
            _ => line += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_knows_its_line_in_the_fork_s_file() {
        let text = b"a\n<<<<<<< fork\nb\nc\n||||||| base\n=======\nd\n>>>>>>> upstream\ne\n<<<<<<< fork\n||||||| base\nf\n=======\n>>>>>>> upstream\n";
        let found = hunks(text);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].line, &found[0].ours[..], &found[0].theirs[..]),
            (2, &["b".to_owned(), "c".into()][..], &["d".to_owned()][..])
        );
        assert_eq!((found[1].line, &found[1].base[..]), (5, &["f".to_owned()][..]));
    }
}
