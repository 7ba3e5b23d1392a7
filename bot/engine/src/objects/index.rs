//! The index of a pack: where in it an object stands.

use std::fs::File;
use std::path::Path;

use super::Id;
use super::pack::read_at;

/// An index larger than this (about half a million objects) is not read into memory, but looked into where it is.
const LARGEST: u64 = 16 << 20;
const MAGIC: &[u8; 8] = b"\xfftOc\0\0\0\x02";
const FANOUT: usize = 256 * 4;
/// Names read at once from an index on disk, around the place where one is expected: they are hashes, so spread evenly.
const NEAR: usize = 256;
/// Bytes of offsets looked at together.
const OFFSETS: usize = 64 << 10;

/// Why an index is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is of another version, or cannot be opened.
    Unknown,
    /// It says what cannot be.
    Damaged,
}

/// An index of version 2.
pub(super) struct Index {
    source: Source,
    /// How many names begin with a byte up to each one.
    fanout: Vec<u32>,
    count: usize,
}

/// Where the bytes of an index are.
enum Source {
    Memory(Vec<u8>),
    Disk(File),
}

impl Index {
    /// Reads the index of a pack of this length.
    pub(super) fn read(path: &Path, pack: u64) -> Result<Self, Unread> {
        let file = File::open(path).map_err(|_| Unread::Unknown)?;
        let length = file.metadata().map_err(|_| Unread::Unknown)?.len();
        if length > LARGEST {
            Self::checked(Source::Disk(file), length, pack)
        } else {
            Self::in_memory(std::fs::read(path).map_err(|_| Unread::Unknown)?, pack)
        }
    }

    fn in_memory(raw: Vec<u8>, pack: u64) -> Result<Self, Unread> {
        let length = raw.len() as u64;
        Self::checked(Source::Memory(raw), length, pack)
    }

    fn checked(source: Source, length: u64, pack: u64) -> Result<Self, Unread> {
        let mut magic = [0; MAGIC.len()];
        if source.read(0, &mut magic).is_none() || magic != *MAGIC {
            return Err(Unread::Unknown);
        }
        Self::parse(source, length).filter(|index| index.fits(pack)).ok_or(Unread::Damaged)
    }

    /// Whether every place it names is in a pack of this length. libgit2 reads from there unseen, so it must not get an index that
    /// says otherwise.
    fn fits(&self, pack: u64) -> bool {
        let offsets = MAGIC.len() + FANOUT + 24 * self.count;
        let last = pack.saturating_sub(20);
        let inside = |at: u64| (12..last).contains(&at);
        let mut chunk = vec![0; OFFSETS.min(4 * self.count)];
        let mut done = 0;
        while done < 4 * self.count {
            let length = chunk.len().min(4 * self.count - done);
            if self.source.read(offsets + done, &mut chunk[..length]).is_none() {
                return false;
            }
            let fit = chunk[..length].as_chunks().0.iter().all(|bytes| match u32::from_be_bytes(*bytes) {
                long if long & 0x8000_0000 != 0 => self.long(long).is_some_and(inside),
                at => inside(u64::from(at)),
            });
            if !fit {
                return false;
            }
            done += length;
        }
        true
    }

    fn parse(source: Source, length: u64) -> Option<Self> {
        let mut head = [0; MAGIC.len() + FANOUT];
        source.read(0, &mut head)?;
        let fanout: Vec<u32> =
            head[MAGIC.len()..].as_chunks().0.iter().map(|bytes| u32::from_be_bytes(*bytes)).collect();
        let count = usize::try_from(*fanout.last()?).ok()?;
        // A name, a checksum and an offset for each object, then those offsets that need more room, then two names.
        let least = head.len() as u64 + 28 * count as u64 + 40;
        (fanout.is_sorted() && length >= least).then_some(Self { source, fanout, count })
    }

    /// Where an object begins in the pack.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        let first = usize::from(id[0]);
        let from = if first == 0 { 0 } else { self.fanout[first - 1] as usize };
        let (from, to) = self.near(id, from, self.fanout[first] as usize)?;
        self.search(id, from, to)
    }

    /// Narrows a search down: in an index on disk each step is a read.
    fn near(&self, id: &Id, from: usize, to: usize) -> Option<(usize, usize)> {
        if matches!(self.source, Source::Memory(_)) || to - from <= NEAR {
            return Some((from, to));
        }
        let share = u64::from(u32::from_be_bytes([id[1], id[2], id[3], id[4]]));
        let guess = from + usize::try_from(((to - from) as u64 * share) >> 32).ok()?;
        let start = guess.saturating_sub(NEAR / 2).clamp(from, to - NEAR);
        let (low, high) = (self.name(start)?, self.name(start + NEAR - 1)?);
        Some(match (id.cmp(&low), id.cmp(&high)) {
            (std::cmp::Ordering::Less, _) => (from, start),
            (_, std::cmp::Ordering::Greater) => (start + NEAR, to),
            _ => (start, start + NEAR),
        })
    }

    fn search(&self, id: &Id, mut from: usize, mut to: usize) -> Option<u64> {
        while from < to {
            let middle = from.midpoint(to);
            match self.name(middle)?.cmp(id) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return self.offset(middle),
            }
        }
        None
    }

    fn name(&self, place: usize) -> Option<Id> {
        let mut name = [0; 20];
        self.source.read(MAGIC.len() + FANOUT + 20 * place, &mut name)?;
        Some(name)
    }

    fn offset(&self, place: usize) -> Option<u64> {
        let offsets = MAGIC.len() + FANOUT + 24 * self.count;
        let offset = self.number(offsets + 4 * place)?;
        if offset & 0x8000_0000 == 0 { Some(u64::from(offset)) } else { self.long(offset) }
    }

    /// An offset that needs more room, where the table says that there is one.
    fn long(&self, offset: u32) -> Option<u64> {
        let offsets = MAGIC.len() + FANOUT + 24 * self.count;
        let long = offsets + 4 * self.count + 8 * usize::try_from(offset & 0x7fff_ffff).ok()?;
        Some(u64::from(self.number(long)?) << 32 | u64::from(self.number(long + 4)?))
    }

    fn number(&self, at: usize) -> Option<u32> {
        let mut number = [0; 4];
        self.source.read(at, &mut number)?;
        Some(u32::from_be_bytes(number))
    }
}

impl Source {
    fn read(&self, at: usize, into: &mut [u8]) -> Option<()> {
        match self {
            Self::Memory(raw) => into.copy_from_slice(raw.get(at..at.checked_add(into.len())?)?),
            Self::Disk(file) => (read_at(file, into, at as u64)? == into.len()).then_some(())?,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pack that is long enough for all of these.
    const PACK: u64 = 1 << 34;

    /// An index of these names, the nth n bytes behind the head, but for the last, which is far away.
    fn index(names: &[Id]) -> Vec<u8> {
        let mut raw = MAGIC.to_vec();
        for first in 0..=255_u8 {
            let upto = u32::try_from(names.iter().filter(|name| name[0] <= first).count()).expect("few");
            raw.extend(upto.to_be_bytes());
        }
        raw.extend(names.iter().flatten());
        raw.extend(std::iter::repeat_n(0, 4 * names.len()));
        for at in 0..u32::try_from(names.len()).expect("few") {
            raw.extend((if at as usize + 1 == names.len() { 0x8000_0000 } else { 12 + at }).to_be_bytes());
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
        for index in [Index::in_memory(index(&names), PACK).ok(), on_disk(&index(&names))] {
            let index = index.expect("well-formed");
            assert_eq!(names.map(|name| index.find(&name)), [Some(12), Some(13), Some(14), Some(1 << 33)]);
            assert_eq!([[1; 20], [4; 20], [254; 20]].map(|name| index.find(&name)), [None; 3]);
        }
    }

    #[test]
    fn a_name_is_found_on_disk_wherever_it_is_expected() {
        // Spread evenly, but for the last thousand, which begin alike.
        let mut names: Vec<Id> = (0..2000_u32)
            .map(|at| {
                let mut name = [9; 20];
                let second = if at < 1000 { at * 4_000_000 } else { 0xffff_ff00 };
                name[1..5].copy_from_slice(&second.to_be_bytes());
                name[16..].copy_from_slice(&at.to_be_bytes());
                name
            })
            .collect();
        names.sort_unstable();
        let index = on_disk(&index(&names)).expect("well-formed");
        for (at, name) in names[..1999].iter().enumerate() {
            assert_eq!(index.find(name), Some(12 + at as u64));
        }
        assert_eq!(index.find(&[9; 20]), None);
    }

    #[test]
    fn an_index_that_points_out_of_its_pack_is_damaged() {
        let whole = index(&[[1; 20], [2; 20]]);
        assert_eq!(Index::in_memory(whole.clone(), 1000).map(drop), Err(Unread::Damaged), "its last is far behind");
        assert_eq!(Index::in_memory(whole, PACK).map(drop), Ok(()));
        assert_eq!(Index::in_memory(b"another".to_vec(), PACK).map(drop), Err(Unread::Unknown));
    }

    #[test]
    fn a_malformed_index_is_none() {
        let whole = index(&[[1; 20], [2; 20]]);
        let mut falling = whole.clone();
        falling[MAGIC.len() + 4 * 7] = 1;
        for raw in [&whole[..whole.len() - 10], &whole[4..], &whole[..MAGIC.len() + 9], &[], &falling] {
            assert!(Index::in_memory(raw.to_vec(), PACK).is_err());
            assert!(on_disk(raw).is_none());
        }
    }

    fn on_disk(raw: &[u8]) -> Option<Index> {
        let mut file = tempfile::tempfile().expect("a file");
        std::io::Write::write_all(&mut file, raw).expect("written");
        Index::checked(Source::Disk(file), raw.len() as u64, PACK).ok()
    }
}
