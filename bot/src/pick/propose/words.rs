//! Proposing without a program: all sides of a place are cut into words and signs, these are merged as lines are, and where the changes
//! meet nowhere, the result has both. That is often right, and sometimes not: so it is proposed, and never taken unseen.

use std::collections::HashMap;

use crate::pick::loss::{TextVersions, lost_words};
use engine::commit::Entry;
use engine::{GitError, MergeChunk, Merger};

/// Places of more bytes are left alone: nobody would look at what is proposed for them.
const LARGEST: usize = 16 << 10;

/// A row of letters or any other sign, each with the white space before it: so changes of two words beside each other meet.
fn tokens(text: &[u8]) -> Vec<&[u8]> {
    let is_letter = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'_' || !sign.is_ascii();
    text.chunk_by(|one, next| one.is_ascii_whitespace() || is_letter(*one) && is_letter(*next)).collect()
}

/// What both sides made of the lines before, word by word; `None` where they changed the same words, or such beside each other.
pub(super) fn merged(merger: &mut Merger<'_>, [base, ours, theirs]: [&[u8]; 3]) -> Result<Option<Vec<u8>>, GitError> {
    if base.is_empty() || [base, ours, theirs].iter().any(|text| text.len() > LARGEST) {
        return Ok(None);
    }
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    let mut words: Vec<&[u8]> = Vec::new();
    let mut file = |text| {
        let mut lines = String::new();
        for token in tokens(text) {
            let number = *known.entry(token).or_insert_with(|| {
                words.push(token);
                words.len() - 1
            });
            lines.push_str(&format!("{number}\n"));
        }
        lines.into_bytes()
    };
    let files = [file(base), file(ours), file(theirs)];
    let mut entries = Vec::with_capacity(files.len());
    for file in files {
        entries.push(Entry { mode: 0o100_644, id: merger.make_file(file) });
    }
    let Some(chunks) = merger.chunks(Some(entries[0]), entries[1], entries[2])? else { return Ok(None) };
    let [MergeChunk::Resolved(merged)] = chunks.as_slice() else { return Ok(None) };
    let numbers = merged.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let word = |line: &[u8]| words.get(str::from_utf8(line).ok()?.parse::<usize>().ok()?).copied();
    let Some(merged) = numbers.map(word).collect::<Option<Vec<_>>>() else { return Ok(None) };
    let merged = merged.concat();
    let lost = lost_words(TextVersions { base, ours, theirs, resolved: &merged });
    let nothing_new = merged == ours || merged == theirs;
    Ok((!nothing_new && lost.upstream.is_empty() && lost.fork.is_empty()).then_some(merged))
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn a_text_is_cut_into_words_and_signs() {
        let cut = tokens(b"let x_1 =  f(\"\xc3\xa4\");\n\n");
        let expected: [&[u8]; 11] =
            [b"let", b" x_1", b" =", b"  f", b"(", b"\"", b"\xc3\xa4", b"\"", b")", b";", b"\n\n"];
        assert_eq!(cut, expected);
    }
}
