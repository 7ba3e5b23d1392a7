//! Units whose words are in the fork's files, though not in the same lines: reformatted, moved within the file, or written anew.
//!
//! Where picking a unit changes nothing its words are there anyway, which tells nothing. Where it does change something, that they are
//! there is a hint for whoever decides, and no more: the fork may have come to them on its own account.

use std::collections::{HashMap, HashSet};

use super::{Alone, Evidence, EvidenceKind, Surveyed, Verdict};
use crate::units::Unit;
use engine::blame::Step;
use engine::commit::Entry;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Merger};

/// So many added words, and so many of them that the file did not have before, are no coincidence.
const WORDS: usize = 12;
const NEW_WORDS: usize = 3;
/// Larger files are not taken apart.
const LARGEST: usize = 1 << 20;

/// Adds the sign to each open unit for which it holds.
pub(super) fn mark(
    merger: &mut Merger<'_>,
    units: &[Unit],
    surveyed: &mut [Surveyed],
    fork: &[Step],
    tree: TreeId,
) -> Result<(), GitError> {
    let mut last: HashMap<&RepoPath, &Step> = HashMap::new();
    for step in fork.iter().filter(|step| !step.commit.is_merge()) {
        last.extend(step.changes.iter().map(|change| (&change.path, step)));
    }
    for (unit, found) in units.iter().zip(surveyed) {
        let open = found.verdict == Verdict::Open && found.alone != Alone::Noop;
        // Only what the fork changed can have come to it otherwise.
        let by = unit.changes.iter().filter(|change| change.new.is_some()).find_map(|change| last.get(&change.path));
        let Some(by) = by.filter(|_| open) else { continue };
        if has_words(merger, unit, tree)? {
            found.evidence.push(Evidence { kind: EvidenceKind::Content, fork_commit: by.commit.id });
            found.evidence.sort_by_key(|sign| (sign.kind, sign.fork_commit));
        }
    }
    Ok(())
}

/// Whether the fork's files have every word that a unit adds, as often as it adds it.
fn has_words(merger: &mut Merger<'_>, unit: &Unit, tree: TreeId) -> Result<bool, GitError> {
    let files = merger.files_at(tree, unit.changes.iter().map(|change| &change.path))?;
    let (mut added, mut new) = (0, HashSet::new());
    for (change, file) in unit.changes.iter().zip(files) {
        let Some(after) = change.new else { continue };
        let (Some(after), Some(here)) = (text(merger, Some(after))?, text(merger, file)?) else { return Ok(false) };
        let before = text(merger, change.old)?.unwrap_or_default();
        let (before, after, here) = (words(&before), words(&after), words(&here));
        let of = |all: &HashMap<&[u8], usize>, word: &[u8]| all.get(word).copied().unwrap_or_default();
        for (word, count) in &after {
            let more = count.saturating_sub(of(&before, word));
            if more == 0 {
                continue;
            }
            if of(&here, word) < of(&before, word) + more {
                return Ok(false);
            }
            added += more;
            if of(&before, word) == 0 {
                new.insert(word.to_vec());
            }
        }
    }
    Ok(added >= WORDS && new.len() >= NEW_WORDS)
}

fn text(merger: &mut Merger<'_>, entry: Option<Entry>) -> Result<Option<Vec<u8>>, GitError> {
    let Some(entry) = entry.filter(Entry::is_file) else { return Ok(None) };
    Ok(merger.text(entry)?.filter(|text| text.len() <= LARGEST))
}

/// The words of a text, with how often each is there: names and numbers, and every other sign by itself.
fn words(text: &[u8]) -> HashMap<&[u8], usize> {
    let mut words: HashMap<&[u8], usize> = HashMap::new();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let mut rest = text;
    while let Some(first) = rest.first() {
        let length = if is_name(first) { rest.iter().take_while(|byte| is_name(byte)).count() } else { 1 };
        let (word, after) = rest.split_at(length);
        rest = after;
        if !first.is_ascii_whitespace() {
            *words.entry(word).or_default() += 1;
        }
    }
    words
}
