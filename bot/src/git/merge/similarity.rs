//! How much of one file is in another: the share of its bytes whose line, or stretch of 64 bytes, stands in both.

use std::collections::HashMap;
use std::sync::Arc;

use super::cache::{Cache, IdHash};
use super::store::{Id, Store, is_binary};
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

/// Kinds are also summed up in so many groups, which bounds what two files can share.
const GROUPS: usize = 1024;

/// A file taken apart.
#[derive(Debug)]
struct Stretches {
    /// The bytes in each kind of stretch, sorted by kind.
    kinds: Vec<(u32, u32)>,
    /// The bytes in each group of kinds; nothing if a sum is too large to be kept so small.
    groups: Option<Box<[i16; GROUPS]>>,
}

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
        // The exact share matters only if it is enough; most pairs are far from it.
        let score =
            if within_reach(&old, &new) * EQUAL / large < LEAST { 0 } else { copied(&old, &new) * EQUAL / large };
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
        let stretches = Arc::new(store.glance(id, take_apart)?);
        self.stretches.put(id, Arc::clone(&stretches), stretches.kinds.len() * 8 + size_of::<[i16; GROUPS]>());
        Ok(stretches)
    }
}

/// The bytes of the old file that stand in the new one.
fn copied(old: &Stretches, new: &Stretches) -> u64 {
    let mut copied = 0;
    let (old, new) = (&old.kinds, &new.kinds);
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        let ((kind, count), (other_kind, other)) = (old[i], new[j]);
        if kind == other_kind {
            copied += u64::from(count.min(other));
        }
        i += usize::from(kind <= other_kind);
        j += usize::from(other_kind <= kind);
    }
    copied
}

/// No less than what [`copied`] would say, found sooner.
fn within_reach(old: &Stretches, new: &Stretches) -> u64 {
    let (Some(old), Some(new)) = (&old.groups, &new.groups) else { return u64::MAX / EQUAL };
    let shared: i32 = old.iter().zip(new.iter()).map(|(old, new)| i32::from(*old.min(new))).sum();
    u64::from(shared.unsigned_abs())
}

fn take_apart(file: &[u8]) -> Stretches {
    let text = !is_binary(file);
    let mut stretches = Vec::with_capacity(file.len() / 24 + 1);
    let (mut length, mut one, mut two) = (0, 0_u32, 0_u32);
    for (i, byte) in file.iter().enumerate() {
        // In texts, line ends of either kind are the same.
        if *byte == b'\r' && text && file.get(i + 1) == Some(&b'\n') {
            continue;
        }
        let before = one;
        one = ((one << 7) ^ (two >> 25)).wrapping_add(u32::from(*byte));
        two = (two << 7) ^ (before >> 25);
        length += 1;
        if length == STRETCH || *byte == b'\n' {
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
    Stretches { groups: grouped(&stretches), kinds: stretches }
}

fn grouped(kinds: &[(u32, u32)]) -> Option<Box<[i16; GROUPS]>> {
    let mut groups = Box::new([0_i16; GROUPS]);
    for (kind, count) in kinds {
        let group = &mut groups[*kind as usize % GROUPS];
        *group = group.checked_add(i16::try_from(*count).ok()?)?;
    }
    Some(groups)
}

fn kind(one: u32, two: u32) -> u32 {
    one.wrapping_add(two.wrapping_mul(0x61)) % KINDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(old: &str, new: &str) -> u64 {
        let parts = |text: &str| take_apart(text.as_bytes());
        let (old_parts, new_parts) = (parts(old), parts(new));
        assert!(within_reach(&old_parts, &new_parts) >= copied(&old_parts, &new_parts));
        copied(&old_parts, &new_parts) * 100 / old.len().max(new.len()) as u64
    }

    #[test]
    fn order_does_not_matter_and_line_ends_do_not_either() {
        assert_eq!(share("one\ntwo\nthree\n", "three\ntwo\none\n"), 100);
        assert_eq!(share("one\r\ntwo\r\n", "one\r\ntwo\r\n"), 80, "the line ends are not counted");
        assert_eq!(share("one\ntwo\n", "one\nsix\n"), 50);
        assert_eq!(share("a\na\na\n", "a\nb\nb\n"), 33);
    }
}
