//! A text of which some conflicting places are resolved, and conflict markers are in the others alone.

use super::FileStates;
use crate::text::markers::{BEGIN, END};
use engine::commit::Entry;
use engine::ids::TreeId;
use engine::{GitError, Merger, PathConflict};

/// The file of a merged tree with these lines in its places; nothing where it has other places than these, as where its own text has
/// conflict markers in it.
pub(super) fn resolved(
    merger: &mut Merger<'_>,
    merged: TreeId,
    conflict: &PathConflict,
    places: &[Option<Vec<u8>>],
) -> Result<FileStates, GitError> {
    let Some(entry) = merger.entry(merged, &conflict.path)? else { return Ok(FileStates::new()) };
    let text = if entry.is_file() { merger.text(entry)? } else { None };
    let Some(text) = text.and_then(|text| filled(&text, places)) else { return Ok(FileStates::new()) };
    let id = merger.make_file(text)?;
    Ok(vec![(conflict.path.clone(), Some(Entry { id, ..entry }))])
}

/// A text with conflict markers, with these lines instead of those places that have an answer.
fn filled(marked: &[u8], places: &[Option<Vec<u8>>]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(marked.len());
    let mut answers = places.iter();
    let mut within: Option<Option<&Vec<u8>>> = None;
    for line in marked.split_inclusive(|byte| *byte == b'\n') {
        match within {
            None if line.starts_with(BEGIN) => {
                let answer = answers.next()?.as_ref();
                within = Some(answer);
                text.extend_from_slice(answer.map_or(line, Vec::as_slice));
            }
            Some(_) if line.starts_with(BEGIN) => return None,
            Some(answer) => {
                if answer.is_none() {
                    text.extend_from_slice(line);
                }
                if line.starts_with(END) {
                    within = None;
                }
            }
            None => text.extend_from_slice(line),
        }
    }
    (within.is_none() && answers.next().is_none()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_stay_where_nothing_is_known() {
        let place = "<<<<<<< fork\na\n||||||| base\nb\n=======\nc\n>>>>>>> 264d71baf (Fix it)\n";
        let text = format!("1\n{place}2\n{place}3");
        let filled = |answers: &[Option<&str>]| {
            let answers: Vec<_> = answers.iter().map(|answer| answer.map(|text| text.as_bytes().to_vec())).collect();
            filled(text.as_bytes(), &answers).map(|text| String::from_utf8(text).expect("text"))
        };
        assert_eq!(filled(&[Some("x\n"), None]), Some(format!("1\nx\n2\n{place}3")));
        assert_eq!(filled(&[None, Some("")]), Some(format!("1\n{place}2\n3")));
        assert_eq!(filled(&[None]), None, "a place that is not the merge's");
        assert_eq!(filled(&[None, None, None]), None);
    }
}
