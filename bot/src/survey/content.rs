//! Units whose words are in the fork's files, though not in the same lines: reformatted, moved within the file, or rewritten.
//!
//! Where picking a unit changes nothing its words are there anyway, which tells nothing. Where it does change something, that they are
//! there is a hint for a person who decides, and no more: the fork may have come to them by itself.

use super::changed::Changed;
use super::{Alone, Evidence, EvidenceKind, Surveyed, Verdict};
use crate::units::Unit;
use engine::blame::Step;
use engine::commit::Entry;
use engine::hash::{HashMap, HashSet};
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{FileText, GitError, Merger};

/// So many added words, and so many of them that the file did not have before, are no coincidence.
const WORDS: usize = 12;
const NEW_WORDS: usize = 3;
/// Larger files are not taken apart.
const LARGEST: usize = 1 << 20;

/// Of each path that the fork changed, what changed it last.
pub(super) type LastSteps<'s> = HashMap<&'s RepoPath, &'s Step>;

/// What changed each path of the fork last; a merge brings nothing of its own.
pub(super) fn last_steps(fork: &[Step]) -> LastSteps<'_> {
    let steps = fork.iter().filter(|step| !step.commit.is_merge());
    steps.flat_map(|step| step.changes.iter().map(move |change| (&change.path, step))).collect()
}

/// What the fork did last to a file that a unit has a say in: only what the fork changed can have come to the unit's words otherwise.
fn by<'s>(unit: &Unit, last: &LastSteps<'s>) -> Option<&'s Step> {
    unit.changes.iter().filter(|change| change.new.is_some()).find_map(|change| last.get(&change.path)).copied()
}

/// Whether the fork, which is at this tree, has the words of a unit that would change something there.
pub(super) fn is_there(
    merger: &mut Merger<'_>,
    unit: &Unit,
    (last, tree): (&LastSteps<'_>, TreeId),
) -> Result<bool, GitError> {
    Ok(by(unit, last).is_some() && has_words(merger, unit, tree)?)
}

/// Adds the sign to each open unit whose words are there.
pub(super) fn mark(units: &[Unit], surveyed: &mut [Surveyed], there: &[bool], last: &LastSteps<'_>) {
    for ((unit, found), there) in units.iter().zip(surveyed).zip(there) {
        let open = found.verdict == Verdict::Open && found.alone != Alone::Noop;
        if let Some(by) = by(unit, last).filter(|_| open && *there) {
            found.evidence.push(Evidence::new(EvidenceKind::Content, by.commit.id));
            found.evidence.sort_by_key(|sign| (sign.kind, sign.fork_commit));
        }
    }
}

/// Whether the fork's files have every word that a unit adds, as often as it adds it.
fn has_words(merger: &mut Merger<'_>, unit: &Unit, tree: TreeId) -> Result<bool, GitError> {
    let files = merger.files_at(tree, unit.changes.iter().map(|change| &change.path))?;
    let (mut added, mut new) = (0, HashSet::default());
    for (change, file) in unit.changes.iter().zip(files) {
        let Some(after) = change.new else { continue };
        let (Some(_), Some(here)) = (text(merger, Some(after))?, text(merger, file)?) else { return Ok(false) };
        let before = text(merger, change.old)?;
        let Some(changed) = Changed::of(merger, change.old.filter(|_| before.is_some()), after)? else {
            return Ok(false);
        };
        let more = added_words(&changed);
        // Most units bring a word that is nowhere in the file, which is seen without taking the file apart.
        if more.keys().any(|word| memchr::memmem::find(&here, word).is_none()) {
            return Ok(false);
        }
        let here = count(&here, &more);
        if more.iter().any(|(word, more)| here[*word] < *more) {
            return Ok(false);
        }
        let before = before.map(|text| count(&text, &more)).unwrap_or_default();
        for (word, more) in more {
            let of = |all: &HashMap<Vec<u8>, usize>| all.get(word).copied().unwrap_or_default();
            if of(&here) < of(&before) + more {
                return Ok(false);
            }
            added += more;
            if of(&before) == 0 {
                new.insert(word.to_vec());
            }
        }
    }
    Ok(added >= WORDS && new.len() >= NEW_WORDS)
}

/// The words that are there more often after a change than before, with how much more often: the lines that stay change no count.
fn added_words(changed: &Changed) -> HashMap<&[u8], usize> {
    let mut more: HashMap<&[u8], usize> = HashMap::default();
    for word in changed.added().flat_map(words) {
        *more.entry(word).or_default() += 1;
    }
    for word in changed.removed().flat_map(words) {
        if let Some(more) = more.get_mut(word) {
            *more = more.saturating_sub(1);
        }
    }
    more.retain(|_, more| *more > 0);
    more
}

/// How often a text has each of these words.
fn count(text: &[u8], these: &HashMap<&[u8], usize>) -> HashMap<Vec<u8>, usize> {
    let mut counts: HashMap<Vec<u8>, usize> = these.keys().map(|word| (word.to_vec(), 0)).collect();
    // Of most other words a bit says that they are none of these: by what they begin with and how long they are.
    let mut bits = [0_u64; 256];
    let bit = |word: &[u8]| (usize::from(word[0]), 1_u64 << word.len().min(63));
    for (first, length) in counts.keys().map(|word| bit(word)) {
        bits[first] |= length;
    }
    for word in words(text) {
        let (first, length) = bit(word);
        if bits[first] & length != 0
            && let Some(count) = counts.get_mut(word)
        {
            *count += 1;
        }
    }
    counts
}

fn text(merger: &mut Merger<'_>, entry: Option<Entry>) -> Result<Option<FileText>, GitError> {
    let Some(entry) = entry.filter(Entry::is_file) else { return Ok(None) };
    Ok(merger.text(entry)?.filter(|text| text.len() <= LARGEST))
}

/// The words of a text: names and numbers, and every other sign by itself.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let mut rest = text.trim_ascii_start();
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let length = if is_name(first) { rest.iter().take_while(|byte| is_name(byte)).count() } else { 1 };
        let (word, after) = rest.split_at(length);
        rest = after.trim_ascii_start();
        Some(word)
    })
}
