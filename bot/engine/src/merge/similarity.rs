//! How much of one file is in another: the share of its bytes whose line, or stretch of 64 bytes, is in both.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memchr;

use super::store::{Id, Store, is_binary};
use super::tree::Version;
use crate::error::GitError;
use crate::objects::cache::{Cache, IdHash};

/// The score of equal files.
pub(super) const EQUAL: u64 = 60_000;
/// The least score of a rename: half.
pub(super) const LEAST: u64 = EQUAL / 2;

/// Remembered of a pair that is known to be below [`LEAST`], but not how far.
const OUT_OF_REACH: u64 = u64::MAX;

/// Stretches end at a line feed or after this many bytes.
const STRETCH: usize = 64;
/// Stretches are distinguished by a number below this prime.
const KINDS: u32 = 107_927;
/// Bytes for files taken apart, and pairs compared, that are remembered.
const BUDGET: usize = 24 << 20;
const PAIRS: usize = 500_000;

/// Kinds are also summed up in so many groups, which bounds what two files can share.
const GROUPS: usize = 1024;
/// Groups that are added up side by side, as processors like it.
const LANES: usize = 32;

/// The bytes in each kind of stretch of a file, sorted by kind.
type Kinds = Vec<(u32, u32)>;

/// The bytes in each group of kinds; nothing for a file too large for such small numbers.
type Groups = Option<Box<[i16; GROUPS]>>;

/// Files taken apart, shared by all who pick in one repository at the same time: which files went is a matter of the fork, and so
/// the same for each of them.
pub(crate) struct SharedSpans(Mutex<SpanCache>);

/// Files taken apart.
struct SpanCache {
    kinds: Cache<Id, Kinds>,
    groups: Cache<Id, Groups>,
}

impl Default for SpanCache {
    fn default() -> Self {
        Self { kinds: Cache::new(BUDGET), groups: Cache::new(BUDGET) }
    }
}

impl Default for SharedSpans {
    fn default() -> Self {
        Self(Mutex::new(SpanCache::default()))
    }
}

/// Compares files, and remembers what it has compared.
pub(super) struct Similarity {
    apart: Arc<SharedSpans>,
    /// What this thread has asked for, so that it waits for no other.
    known: SpanCache,
    scores: HashMap<(Id, Id), u64, IdHash>,
}

impl Similarity {
    pub(super) fn new(apart: Arc<SharedSpans>) -> Self {
        Self { apart, known: SpanCache::default(), scores: HashMap::default() }
    }

    /// How much of `old` is in `new`, up to [`EQUAL`]; 0 for files whose sizes alone are too unlike for `least`, and for all
    /// but regular files. Unless it is to be `exact`, it is also 0 where it is below [`LEAST`] anyway.
    pub(super) fn score(
        &mut self,
        store: &mut Store<'_>,
        old: Version,
        new: Version,
        (least, exact): (u64, bool),
    ) -> Result<u64, GitError> {
        if !old.is_regular() || !new.is_regular() {
            return Ok(0);
        }
        let (old_size, new_size) = (store.size(old.id)? as u64, store.size(new.id)? as u64);
        let Some(large) = larger(old_size, new_size, least) else { return Ok(0) };
        let key = (old.id, new.id);
        if self.scores.len() >= PAIRS {
            self.scores.clear();
        }
        match self.scores.get(&key) {
            Some(&OUT_OF_REACH) if !exact => return Ok(0),
            Some(&OUT_OF_REACH) | None => {}
            Some(score) => return Ok(*score),
        }
        let far = !exact && {
            let reach = within_reach(&*self.groups(store, old.id)?, &*self.groups(store, new.id)?);
            reach.is_some_and(|reach| reach * EQUAL / large < LEAST)
        };
        if far {
            self.scores.insert(key, OUT_OF_REACH);
            return Ok(0);
        }
        let score = copied(&*self.kinds(store, old.id)?, &*self.kinds(store, new.id)?) * EQUAL / large;
        self.scores.insert(key, score);
        Ok(score)
    }

    fn groups(&mut self, store: &mut Store<'_>, id: Id) -> Result<Arc<Groups>, GitError> {
        self.taken_apart(store, id, |known| &mut known.groups, grouped, |_| size_of::<[i16; GROUPS]>())
    }

    fn kinds(&mut self, store: &mut Store<'_>, id: Id) -> Result<Arc<Kinds>, GitError> {
        self.taken_apart(store, id, |known| &mut known.kinds, sorted, |kinds| kinds.len() * 8)
    }

    /// What `make` makes of a file, unless it is known.
    fn taken_apart<T>(
        &mut self,
        store: &mut Store<'_>,
        id: Id,
        cache: impl Fn(&mut SpanCache) -> &mut Cache<Id, T>,
        make: impl Fn(&[u8]) -> T,
        weight: impl Fn(&T) -> usize,
    ) -> Result<Arc<T>, GitError> {
        if let Some(known) = cache(&mut self.known).get(&id) {
            return Ok(known);
        }
        let shared = || self.apart.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = cache(&mut shared()).get(&id);
        let made = match known {
            Some(known) => known,
            None => {
                let made = Arc::new(make(&store.blob(id)?.bytes));
                cache(&mut shared()).put(id, Arc::clone(&made), weight(&made));
                made
            }
        };
        cache(&mut self.known).put(id, Arc::clone(&made), weight(&made));
        Ok(made)
    }
}

/// The larger of two sizes of files, unless these are too unlike for `least`, or the new file has nothing in it.
pub(super) fn larger(old: u64, new: u64, least: u64) -> Option<u64> {
    let (large, small) = (old.max(new), old.min(new));
    (large * (EQUAL - least) >= (large - small) * EQUAL && new > 0).then_some(large)
}

/// The bytes of the old file that are in the new one.
fn copied(old: &Kinds, new: &Kinds) -> u64 {
    let mut copied = 0;
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
fn within_reach(old: &Groups, new: &Groups) -> Option<u64> {
    let (old, new) = (old.as_ref()?, new.as_ref()?);
    let mut shared = [0_i16; LANES];
    for (old, new) in old.as_chunks::<LANES>().0.iter().zip(new.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            // Files are small enough for this never to wrap; saying so lets the compiler use wide registers.
            shared[lane] = shared[lane].wrapping_add(old[lane].min(new[lane]));
        }
    }
    Some(shared.iter().map(|sum| u64::from(sum.unsigned_abs())).sum())
}

/// Cuts a file into stretches and gives each stretch's kind and length.
fn take_apart(file: &[u8], mut stretch: impl FnMut(u32, u32)) {
    let without;
    let mut rest = file;
    if !is_binary(file) && file.contains(&b'\r') {
        // In texts, line ends of either kind are the same.
        without = without_returns(file);
        rest = &without;
    }
    while !rest.is_empty() {
        let stretch_bytes = &rest[..rest.len().min(STRETCH)];
        let length = memchr(b'\n', stretch_bytes).map_or(stretch_bytes.len(), |feed| feed + 1);
        // Git keeps two halves of 32 bits: both move up by 7 bits, each takes over what leaves the other, and the byte is added
        // to the first. With the first on top that is one rotation of 64 bits, and what the addition carries over is gone too.
        let mixed = stretch_bytes[..length]
            .iter()
            .fold(0_u64, |mixed, byte| mixed.rotate_left(7).wrapping_add(u64::from(*byte) << 32));
        let (one, two) = ((mixed >> 32) as u32, mixed as u32);
        stretch(one.wrapping_add(two.wrapping_mul(0x61)) % KINDS, u32::try_from(length).unwrap_or(u32::MAX));
        rest = &rest[length..];
    }
}

/// The file without carriage returns before line feeds.
fn without_returns(file: &[u8]) -> Vec<u8> {
    let mut bytes = file.iter().copied().peekable();
    let mut kept = Vec::with_capacity(file.len());
    while let Some(byte) = bytes.next() {
        if byte != b'\r' || bytes.peek() != Some(&b'\n') {
            kept.push(byte);
        }
    }
    kept
}

fn sorted(file: &[u8]) -> Kinds {
    let mut kinds = Vec::with_capacity(file.len() / 24 + 1);
    take_apart(file, |kind, length| kinds.push((kind, length)));
    kinds.sort_unstable_by_key(|(kind, _)| *kind);
    kinds.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    kinds
}

fn grouped(file: &[u8]) -> Groups {
    // No sum over groups can then be too large.
    i16::try_from(file.len()).ok()?;
    let mut groups = Box::new([0_i16; GROUPS]);
    take_apart(file, |kind, length| {
        let group = &mut groups[kind as usize % GROUPS];
        *group = group.saturating_add(i16::try_from(length).unwrap_or(i16::MAX));
    });
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(old: &str, new: &str) -> u64 {
        let copied = copied(&sorted(old.as_bytes()), &sorted(new.as_bytes()));
        assert!(within_reach(&grouped(old.as_bytes()), &grouped(new.as_bytes())) >= Some(copied));
        copied * 100 / old.len().max(new.len()) as u64
    }

    #[test]
    fn order_does_not_matter_and_line_ends_do_not_either() {
        assert_eq!(share("one\ntwo\nthree\n", "three\ntwo\none\n"), 100);
        assert_eq!(share("one\r\ntwo\r\n", "one\r\ntwo\r\n"), 80, "the line ends are not counted");
        assert_eq!(share("one\ntwo\n", "one\nsix\n"), 50);
        assert_eq!(share("a\na\na\n", "a\nb\nb\n"), 33);
    }

    proptest::proptest! {
        #[test]
        fn what_is_within_reach_is_never_too_little(old in "[ab\n]{1,300}", new in "[ab\n]{1,300}") {
            share(&old, &new);
        }
    }
}
