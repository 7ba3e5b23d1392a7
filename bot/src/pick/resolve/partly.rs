//! A text of which some conflicting places are resolved: the file in which conflict markers are in the others alone.

use super::FileStates;
use crate::text::markers::{BEGIN, END};
use engine::commit::Entry;
use engine::ids::TreeId;
use engine::{GitError, MergeChunk, Merger, PathConflict};

/// How the lines between begin.
const BASE: &[u8] = b"||||||| ";
const MIDDLE: &[u8] = b"=======\n";

/// The file of a merged tree as merging what is left of its conflict makes it, with the same labels; nothing where the file has no
/// markers of that merge.
pub(super) fn resolved(
    merger: &mut Merger<'_>,
    merged: TreeId,
    conflict: &PathConflict,
    left: &PathConflict,
) -> Result<FileStates, GitError> {
    let Some(entry) = merger.entry(merged, &conflict.path)?.filter(Entry::is_file) else {
        return Ok(FileStates::new());
    };
    let chunks = match left.by_lines() {
        Some((ours, theirs)) => merger.chunks(left.base, ours, theirs)?,
        None => None,
    };
    let text = merger.text(entry)?;
    let labels = text.as_deref().and_then(labels);
    let (Some(chunks), Some(labels)) = (chunks, labels) else { return Ok(FileStates::new()) };
    let id = merger.make_file(marked(&chunks, &labels));
    Ok(vec![(conflict.path.clone(), Some(Entry { id, ..entry }))])
}

/// The lines that begin a place, its base and its end in a text, of the last place there: a text may be about such lines, and what it says of
/// them is seldom last.
fn labels(text: &[u8]) -> Option<[Vec<u8>; 3]> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let end = lines.iter().rposition(|line| line.starts_with(END))?;
    let base = lines[..end].iter().rposition(|line| line.starts_with(BASE))?;
    let begin = lines[..base].iter().rposition(|line| line.starts_with(BEGIN))?;
    let line = |at: usize| [lines[at].trim_ascii_end(), b"\n"].concat();
    Some([line(begin), line(base), line(end)])
}

/// A merge with conflict markers.
fn marked(chunks: &[MergeChunk], [begin, before, end]: &[Vec<u8>; 3]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut put = |piece: &[u8], is_side: bool| {
        text.extend_from_slice(piece);
        // A marker is a line of its own.
        if is_side && !piece.is_empty() && !piece.ends_with(b"\n") {
            text.push(b'\n');
        }
    };
    for chunk in chunks {
        match chunk {
            MergeChunk::Resolved(merged) => put(merged, false),
            MergeChunk::Conflict { base, ours, theirs, .. } => {
                for (piece, is_side) in [
                    (begin.as_slice(), false),
                    (ours, true),
                    (before, false),
                    (base, true),
                    (MIDDLE, false),
                    (theirs, true),
                    (end, false),
                ] {
                    put(piece, is_side);
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::ConflictHunk;

    #[test]
    fn markers_are_written_as_the_merge_has_them() {
        let text = "1\n<<<<<<< fork\na\n||||||| base\nb\n=======\nc\n>>>>>>> 264d71baf (Fix it)\n2\n";
        let labels = labels(text.as_bytes()).expect("a place");
        let chunks = [
            MergeChunk::Resolved(b"1\n".to_vec()),
            MergeChunk::Conflict {
                base: b"b\n".to_vec(),
                ours: b"a\n".to_vec(),
                theirs: b"c".to_vec(),
                shared: Vec::new(),
                lines: ConflictHunk { base: 0..0, ours: 0..0, theirs: 0..0 },
            },
            MergeChunk::Resolved(b"2\n".to_vec()),
        ];
        assert_eq!(String::from_utf8(marked(&chunks, &labels)).expect("text"), text);
        assert_eq!(super::labels(b"1\n2\n"), None);
    }
}
