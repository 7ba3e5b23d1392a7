//! The index of a pack: where in it an object stands.

use std::path::Path;

use super::Id;

/// An index as large as this (about half a million objects) is not read into memory; libgit2 maps it.
const LARGEST: u64 = 16 << 20;
const MAGIC: &[u8; 8] = b"\xfftOc\0\0\0\x02";
const FANOUT: usize = 256 * 4;

/// An index of version 2.
pub(super) struct Index {
    raw: Vec<u8>,
    count: usize,
}

impl Index {
    /// Reads an index; `None` where it is of another version, too large, or malformed.
    pub(super) fn read(path: &Path) -> Option<Self> {
        if std::fs::metadata(path).ok()?.len() > LARGEST {
            return None;
        }
        Self::parse(std::fs::read(path).ok()?)
    }

    fn parse(raw: Vec<u8>) -> Option<Self> {
        if !raw.starts_with(MAGIC) || raw.len() < MAGIC.len() + FANOUT {
            return None;
        }
        let index = Self { count: 0, raw };
        let count = index.fanout(255)?;
        let rising = (1..256).all(|first| index.fanout(first - 1) <= index.fanout(first));
        // A name, a checksum and an offset for each object, then those offsets that need more room, then two names.
        let least = MAGIC.len() + FANOUT + count.checked_mul(28)? + 40;
        (rising && index.raw.len() >= least).then_some(Self { count, ..index })
    }

    /// Where an object begins in the pack.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        let first = usize::from(id[0]);
        let (mut from, mut to) = (if first == 0 { 0 } else { self.fanout(first - 1)? }, self.fanout(first)?);
        let names = &self.raw[MAGIC.len() + FANOUT..][..20 * self.count];
        while from < to {
            let middle = from.midpoint(to);
            match names[20 * middle..20 * middle + 20].cmp(id) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return self.offset(middle),
            }
        }
        None
    }

    fn offset(&self, place: usize) -> Option<u64> {
        let offsets = MAGIC.len() + FANOUT + 24 * self.count;
        let offset = self.number(offsets + 4 * place)?;
        if offset & 0x8000_0000 == 0 {
            return Some(u64::from(offset));
        }
        let long = offsets + 4 * self.count + 8 * usize::try_from(offset & 0x7fff_ffff).ok()?;
        Some(u64::from(self.number(long)?) << 32 | u64::from(self.number(long + 4)?))
    }

    fn fanout(&self, first: usize) -> Option<usize> {
        usize::try_from(self.number(MAGIC.len() + 4 * first)?).ok()
    }

    fn number(&self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(self.raw.get(at..at + 4)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of these names, the nth at offset n, but for the last, which is far away.
    fn index(names: &[Id]) -> Vec<u8> {
        let mut raw = MAGIC.to_vec();
        for first in 0..=255_u8 {
            let upto = u32::try_from(names.iter().filter(|name| name[0] <= first).count()).expect("few");
            raw.extend(upto.to_be_bytes());
        }
        raw.extend(names.iter().flatten());
        raw.extend(std::iter::repeat_n(0, 4 * names.len()));
        for at in 0..u32::try_from(names.len()).expect("few") {
            raw.extend((if at as usize + 1 == names.len() { 0x8000_0000 } else { at }).to_be_bytes());
        }
        raw.extend((1_u64 << 33).to_be_bytes());
        raw.extend([0; 40]);
        raw
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        let names = [
            [0; 20],
            [3; 20],
            [3; 19].iter().copied().chain([4]).collect::<Vec<_>>().try_into().expect("20"),
            [255; 20],
        ];
        let index = Index::parse(index(&names)).expect("well-formed");
        assert_eq!(names.map(|name| index.find(&name)), [Some(0), Some(1), Some(2), Some(1 << 33)]);
        assert_eq!([[1; 20], [4; 20], [254; 20]].map(|name| index.find(&name)), [None; 3]);
    }

    #[test]
    fn a_malformed_index_is_none() {
        let whole = index(&[[1; 20], [2; 20]]);
        assert!(Index::parse(whole[..whole.len() - 10].to_vec()).is_none());
        assert!(Index::parse(whole[4..].to_vec()).is_none());
        assert!(Index::parse(Vec::new()).is_none());
    }
}
