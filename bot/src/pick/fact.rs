//! What else is known of a conflicting file, as values; the rooms that write text put it into words.

use crate::config::raw::ResolveBy;
use crate::manifest::{self, KnownManifests, ManifestOutcome};
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, MergeChunk, Merger, PathConflict};

/// Something a person should know before resolving a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFact {
    /// It conflicts only because its lines end otherwise on one side.
    LineEnds(LineEnds),
    /// One side added it to a folder that the other moved.
    Moved(MovedFolder),
    /// It has lines too long to be read, and this rule would resolve it.
    LongLines {
        /// The characters of the longest.
        longest: usize,
        rule: ResolveBy,
    },
}

/// A folder that one side moved, and to which the other added a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedFolder {
    pub old: RepoPath,
    /// Where it is now.
    pub new: RepoPath,
    /// Whether the fork moved it; else upstream did.
    pub by_fork: bool,
}

impl MovedFolder {
    /// The folder that a conflict is about, if it is about one.
    pub(super) fn of(conflict: &PathConflict) -> Option<Self> {
        let (by_fork, name) = match (conflict.kind, conflict.base, conflict.ours, conflict.theirs) {
            (ConflictKind::Rename, None, None, Some(_)) => (true, &conflict.names[2]),
            (ConflictKind::Rename, None, Some(_), None) => (false, &conflict.names[1]),
            _ => return None,
        };
        let parts =
            |path: &RepoPath| path.as_bytes().split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect::<Vec<_>>();
        let (mut old, mut new) = (parts(name), parts(&conflict.path));
        // What both end with is in the folder.
        while old.last().is_some_and(|last| new.last() == Some(last)) {
            old.pop();
            new.pop();
        }
        let folder = |parts: Vec<Vec<u8>>| RepoPath::from_bytes(parts.join(&b'/'));
        // A file that was renamed itself keeps no name to go by.
        let kept = name.file_name() == conflict.path.file_name() && name != &conflict.path;
        kept.then(|| Self { old: folder(old), new: folder(new), by_fork })
    }
}

/// Which side has other line ends, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// Upstream's change is one of line ends.
    Upstream,
    /// The fork's change is one of line ends.
    Fork,
    /// Both sides came to the same text.
    Same,
    /// Both changed more, and it would merge if the lines ended alike.
    Between,
}

/// Files larger than this are not merged once more for the sake of a remark.
const LARGEST: usize = 8 << 20;

/// What is known of a conflict.
///
/// # Errors
/// A file is missing.
pub(super) fn facts(merger: &mut Merger<'_>, conflict: &PathConflict) -> Result<Vec<FileFact>, GitError> {
    let ends = line_ends(merger, conflict)?.map(FileFact::LineEnds);
    let moved = MovedFolder::of(conflict).map(FileFact::Moved);
    Ok(ends.into_iter().chain(moved).chain(long_lines(merger, conflict)?).collect())
}

/// Lines longer than this are not read by people.
const LONG: usize = 500;
/// Larger manifests are not merged for the sake of a remark.
const LARGEST_MANIFEST: usize = 2 << 20;

/// The rule that would resolve a conflict in lines too long to be read: a manifest is merged by its keys, and what is generated is made
/// again.
fn long_lines(merger: &mut Merger<'_>, conflict: &PathConflict) -> Result<Option<FileFact>, GitError> {
    let (Some(base), Some((ours, theirs))) = (conflict.base, conflict.by_lines()) else { return Ok(None) };
    let open = merger.conflict_hunks(Some(base), ours, theirs)?.unwrap_or_default();
    let lines = merger.lines(ours)?;
    let is_long = |line: &[u8]| line.trim_ascii_end().len() > LONG;
    if !open.iter().any(|hunk| lines.of(hunk.ours.clone()).any(is_long)) {
        return Ok(None);
    }
    let mut texts = Vec::with_capacity(3);
    for side in [base, ours, theirs] {
        let text = merger.text(side)?.and_then(|text| String::from_utf8(text.to_vec()).ok());
        let Some(text) = text else { return Ok(None) };
        texts.push(text);
    }
    let longest = texts.iter().flat_map(|text| text.lines()).map(str::len).max().unwrap_or(0);
    let path = conflict.path.to_text();
    let small = texts.iter().all(|text| text.len() <= LARGEST_MANIFEST);
    let by_keys =
        || manifest::merge(&mut KnownManifests::default(), &[], None, &path, Some(&texts[0]), &texts[1], &texts[2]).0;
    let rule = match small && matches!(by_keys(), ManifestOutcome::Merged { .. }) {
        true => ResolveBy::Manifest,
        false => ResolveBy::Lockfile,
    };
    Ok(Some(FileFact::LongLines { longest, rule }))
}

/// Whether a conflict is one of line ends alone.
fn line_ends(merger: &mut Merger<'_>, conflict: &PathConflict) -> Result<Option<LineEnds>, GitError> {
    let (Some(base), Some((ours, theirs))) = (conflict.base, conflict.by_lines()) else { return Ok(None) };
    let mut sides = [base, ours, theirs];
    let mut differs = false;
    for side in &mut sides {
        let Some(text) = merger.text(*side)?.filter(|text| side.is_file() && text.len() <= LARGEST) else {
            return Ok(None);
        };
        let unified = unified(&text);
        if unified.len() != text.len() {
            differs = true;
            side.id = merger.make_file(unified);
        }
    }
    let [base, ours, theirs] = sides;
    if !differs {
        return Ok(None);
    }
    Ok(if base.id == theirs.id {
        Some(LineEnds::Upstream)
    } else if base.id == ours.id {
        Some(LineEnds::Fork)
    } else if ours.id == theirs.id {
        Some(LineEnds::Same)
    } else {
        let chunks = merger.chunks(Some(base), ours, theirs)?;
        let open = |chunk: &MergeChunk| matches!(chunk, MergeChunk::Conflict { .. });
        chunks.is_some_and(|chunks| !chunks.iter().any(open)).then_some(LineEnds::Between)
    })
}

/// A text whose lines end in a line feed alone.
fn unified(text: &[u8]) -> Vec<u8> {
    let mut unified = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                unified.extend_from_slice(line);
                unified.push(b'\n');
            }
            None => unified.extend_from_slice(line),
        }
    }
    unified
}
