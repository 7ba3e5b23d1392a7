//! The order in which git happens to visit the names of a hash map.
//!
//! Where several files could equally be the one that was renamed, the first one wins, and "first" is, in git, the order of a
//! hash table. To give git's answer there too, the order is worked out here.

/// Buckets of a new table; it is made four times as large when it is more than four fifths full.
const BUCKETS: usize = 64;

/// The places of `names`, given in order of insertion, in order of visit.
pub(super) fn hash_order(names: &[&[u8]]) -> Vec<usize> {
    let hashes: Vec<usize> = names.iter().map(|name| fnv(name)).collect();
    let mut table: Vec<Vec<usize>> = vec![Vec::new(); BUCKETS];
    for (i, hash) in hashes.iter().enumerate() {
        let size = table.len();
        table[hash % size].push(i);
        if i + 1 > size * 4 / 5 {
            let mut larger: Vec<Vec<usize>> = vec![Vec::new(); size * 4];
            // Newest first within a bucket; moving them one by one turns them round.
            for i in table.iter().flat_map(|bucket| bucket.iter().rev()) {
                larger[hashes[*i] % (size * 4)].push(*i);
            }
            table = larger;
        }
    }
    table.iter().flat_map(|bucket| bucket.iter().rev().copied()).collect()
}

/// The FNV-1 hash of 32 bits.
fn fnv(name: &[u8]) -> usize {
    let hash = name.iter().fold(0x811c_9dc5_u32, |hash, byte| hash.wrapping_mul(0x0100_0193) ^ u32::from(*byte));
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_visited_once() {
        for count in [0, 1, 51, 52, 53, 300] {
            let names: Vec<String> = (0..count).map(|i| format!("src/{i}.rs")).collect();
            let names: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
            let mut order = hash_order(&names);
            order.sort_unstable();
            assert!(order.into_iter().eq(0..count));
        }
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv(b""), 0x811c_9dc5);
        assert_eq!(fnv(b"a"), 0x050c_5d7e);
        assert_eq!(fnv(b"foobar"), 0x31f0_b262);
    }
}
