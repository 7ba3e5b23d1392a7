//! How much of one file is in another: the share of its bytes whose line, or stretch of 64 bytes, stands in both.

use std::collections::HashMap;
use std::sync::Arc;

use super::cache::{Cache, IdHash};
use super::store::{Blob, Id, Store};
use super::tree::Version;
use crate::git::error::GitError;

/// The score of equal files.
pub(super) const EQUAL: u64 = 60_000;
/// The least score of a rename: half.
pub(super) const LEAST: u64 = EQUAL / 2;

/// Stretches end at a line feed or after this many bytes.
const STRETCH: u32 = 64;
/// Stretches are told apart by a number below this prime.
const KINDS: u32 = 107_927;
/// Bytes for files taken apart, and pairs compared, that are remembered.
const BUDGET: usize = 24 << 20;
const PAIRS: usize = 500_000;

/// A file as the number of bytes in each kind of stretch, sorted by kind.
type Stretches = Vec<(u32, u32)>;

/// Compares files, and remembers what it has compared.
pub(super) struct Similarity {
    stretches: Cache<Id, Stretches>,
    scores: HashMap<(Id, Id), u64, IdHash>,
}

impl Default for Similarity {
    fn default() -> Self {
        Self { stretches: Cache::new(BUDGET), scores: HashMap::default() }
    }
}

impl Similarity {
    /// How much of `old` is in `new`, up to [`EQUAL`]; 0 for what is certainly below `least`, and for all but regular files.
    pub(super) fn score(
        &mut self,
        store: &mut Store<'_>,
        old: Version,
        new: Version,
        least: u64,
    ) -> Result<u64, GitError> {
        if !old.is_regular() || !new.is_regular() {
            return Ok(0);
        }
        let (old_size, new_size) = (store.size(old.id)? as u64, store.size(new.id)? as u64);
        let (large, small) = (old_size.max(new_size), old_size.min(new_size));
        // Too unlike in size to be that much alike.
        if large * (EQUAL - least) < (large - small) * EQUAL || new_size == 0 {
            return Ok(0);
        }
        let key = (old.id, new.id);
        if let Some(score) = self.scores.get(&key) {
            return Ok(*score);
        }
        let (old, new) = (self.stretches(store, old.id)?, self.stretches(store, new.id)?);
        let score = copied(&old, &new) * EQUAL / large;
        if self.scores.len() >= PAIRS {
            self.scores.clear();
        }
        self.scores.insert(key, score);
        Ok(score)
    }

    fn stretches(&mut self, store: &mut Store<'_>, id: Id) -> Result<Arc<Stretches>, GitError> {
        if let Some(stretches) = self.stretches.get(&id) {
            return Ok(stretches);
        }
        let stretches = Arc::new(take_apart(&*store.blob(id)?));
        self.stretches.put(id, Arc::clone(&stretches), stretches.len() * 8);
        Ok(stretches)
    }
}

/// The bytes of the old file that stand in the new one.
fn copied(old: &Stretches, new: &Stretches) -> u64 {
    let mut copied = 0;
    let mut new = new.iter().peekable();
    for (kind, count) in old {
        while new.next_if(|(other, _)| other < kind).is_some() {}
        if let Some((_, other)) = new.next_if(|(other, _)| other == kind) {
            copied += u64::from(*count.min(other));
        }
    }
    copied
}

fn take_apart(blob: &Blob) -> Stretches {
    let text = !blob.is_binary();
    let mut stretches = Vec::with_capacity(blob.bytes.len() / 24 + 1);
    let (mut length, mut one, mut two) = (0, 0_u32, 0_u32);
    let mut bytes = blob.bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        // In texts, line ends of either kind are the same.
        if text && byte == b'\r' && bytes.peek() == Some(&b'\n') {
            continue;
        }
        let before = one;
        one = ((one << 7) ^ (two >> 25)).wrapping_add(u32::from(byte));
        two = (two << 7) ^ (before >> 25);
        length += 1;
        if length == STRETCH || byte == b'\n' {
            stretches.push((kind(one, two), length));
            (length, one, two) = (0, 0, 0);
        }
    }
    if length > 0 {
        stretches.push((kind(one, two), length));
    }
    stretches.sort_unstable_by_key(|(kind, _)| *kind);
    stretches.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    stretches
}

fn kind(one: u32, two: u32) -> u32 {
    one.wrapping_add(two.wrapping_mul(0x61)) % KINDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(old: &str, new: &str) -> u64 {
        let parts = |text: &str| take_apart(&Blob { bytes: text.as_bytes().to_vec() });
        copied(&parts(old), &parts(new)) * 100 / old.len().max(new.len()) as u64
    }

    #[test]
    fn order_does_not_matter_and_line_ends_do_not_either() {
        assert_eq!(share("one\ntwo\nthree\n", "three\ntwo\none\n"), 100);
        assert_eq!(share("one\r\ntwo\r\n", "one\r\ntwo\r\n"), 80, "the line ends are not counted");
        assert_eq!(share("one\ntwo\n", "one\nsix\n"), 50);
        assert_eq!(share("a\na\na\n", "a\nb\nb\n"), 33);
    }
}
