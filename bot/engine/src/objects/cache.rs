//! A bounded memory of things already seen.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

/// Values by key, up to a budget.
///
/// There are two generations. When the young one is full it becomes the old one, and what was the old one goes; a value asked
/// for is young again. So what is in use stays, without a list to keep in order.
pub(crate) struct Cache<K, V> {
    young: HashMap<K, Kept<V>, IdHash>,
    old: HashMap<K, Kept<V>, IdHash>,
    weight: usize,
    budget: usize,
}

struct Kept<V> {
    value: Arc<V>,
    weight: usize,
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// A cache for values that weigh up to `budget` bytes together.
    pub(crate) fn new(budget: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), weight: 0, budget: budget / 2 }
    }

    /// The value, if it is still here.
    pub(crate) fn get(&mut self, key: &K) -> Option<Arc<V>> {
        if let Some(kept) = self.young.get(key) {
            return Some(Arc::clone(&kept.value));
        }
        let (key, kept) = self.old.remove_entry(key)?;
        let value = Arc::clone(&kept.value);
        self.keep(key, kept);
        Some(value)
    }

    /// Remembers a value that takes about `weight` bytes.
    pub(crate) fn put(&mut self, key: K, value: Arc<V>, weight: usize) {
        self.keep(key, Kept { value, weight: weight + 96 });
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
        self.weight = 0;
    }

    fn keep(&mut self, key: K, kept: Kept<V>) {
        if self.weight + kept.weight > self.budget {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += kept.weight;
        self.young.insert(key, kept);
    }
}

/// Hashing for keys made of object names: a name is a hash already.
pub(crate) type IdHash = BuildHasherDefault<IdHasher>;

/// See [`IdHash`].
#[derive(Default)]
pub(crate) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut word = [0; 8];
        let length = bytes.len().min(8);
        word[..length].copy_from_slice(&bytes[..length]);
        self.0 = (self.0.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    // The length of a name is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn write_u8(&mut self, byte: u8) {
        self.0 = self.0.rotate_left(8) ^ u64::from(byte);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = self.0.rotate_left(8) ^ word;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut cache = Cache::new(4 * 196);
        for name in 0..100_u8 {
            cache.put([name; 20], Arc::new(name), 100);
            assert_eq!(cache.get(&[0; 20]).as_deref(), Some(&0), "after {name}");
        }
        assert!(cache.get(&[50; 20]).is_none());
        assert!(cache.get(&[99; 20]).is_some());
    }
}
