//! What else is known of a conflicting file, as values; the rooms that write text put it into words.

use engine::{GitError, MergeChunk, Merger, PathConflict};

/// Something a person should know before resolving a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFact {
    /// It conflicts only because its lines end otherwise on one side.
    LineEnds(LineEnds),
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
    Ok(line_ends(merger, conflict)?.map(FileFact::LineEnds).into_iter().collect())
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
            side.id = merger.make_file(unified)?;
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
