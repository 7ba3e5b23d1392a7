//! One pack: its entries, read by place and inflated.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::{Decompress, FlushDecompress, Status};

use super::Id;
use super::index::{Index, Unread};

/// The longest head of an entry: a type and a size, then the name of a base.
const HEAD: usize = 10 + 20;
/// Bytes read with a head: most of what is read is small, and then this is all of it. Commits stand in the order in which history
/// is walked, so that several come with one read.
const NEAR: usize = 4096;
/// So much of them must be there for an entry that is looked at without another read.
const HELD: usize = 512;
/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// An entry that is larger once inflated is left to libgit2.
pub(super) const LARGEST: usize = 1 << 30;
/// The first bytes of a delta hold both its sizes.
const SIZES: usize = 20;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    /// Its name in the head of an object.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// What stands at a place in a pack.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackEntry {
    /// The place.
    pub(super) at: u64,
    pub(super) content: Content,
    /// Its size once inflated.
    pub(super) size: usize,
    /// Where the deflated bytes begin.
    data: u64,
}

/// How an entry holds its object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    Whole(Kind),
    /// As a delta against the object at another place.
    Delta(u64),
}

/// What reading needs of room; one for each thread.
pub(crate) struct Reader {
    input: Vec<u8>,
    /// Of which pack the input is, where it begins there, and how much there is of it.
    held: Option<(PackId, u64, usize)>,
    start: Vec<u8>,
    inflater: Decompress,
}

impl Default for Reader {
    fn default() -> Self {
        Self { input: vec![0; CHUNK], held: None, start: Vec::with_capacity(SIZES), inflater: Decompress::new(true) }
    }
}

/// Tells a pack from all others of this process: a reader goes from the packs of a repository to those it borrows from.
type PackId = usize;
/// How many packs were opened.
static OPENED: AtomicUsize = AtomicUsize::new(0);

/// A pack with its index.
pub(super) struct Pack {
    id: PackId,
    index: Index,
    file: File,
}

impl Pack {
    /// Opens the pack that belongs to an index.
    pub(super) fn open(index: &Path) -> Result<Self, Unread> {
        let file = File::open(index.with_extension("pack")).map_err(|_| Unread::Unknown)?;
        let length = file.metadata().map_err(|_| Unread::Unknown)?.len();
        let mut head = [0; 8];
        if read_at(&file, &mut head, 0) != Some(8) || head != *b"PACK\0\0\0\x02" {
            return Err(Unread::Unknown);
        }
        Ok(Self { id: OPENED.fetch_add(1, Ordering::Relaxed), index: Index::read(index, length)?, file })
    }

    /// Where an object is.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        self.index.find(id)
    }

    /// The entry at a place.
    pub(super) fn entry(&self, reader: &mut Reader, at: u64) -> Option<PackEntry> {
        let held = self.held(reader, at)?;
        let mut bytes = reader.input[held].iter().copied().take(HEAD);
        let mut used = 1;
        let first = bytes.next()?;
        let (mut size, mut shift, mut more) = (usize::from(first & 0x0f), 4, first & 0x80 != 0);
        while more {
            let byte = bytes.next()?;
            used += 1;
            size |= usize::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 40)?;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        let content = match (first >> 4) & 7 {
            1 => Content::Whole(Kind::Commit),
            2 => Content::Whole(Kind::Tree),
            3 => Content::Whole(Kind::Blob),
            4 => Content::Whole(Kind::Tag),
            6 => {
                let mut byte = bytes.next()?;
                used += 1;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = bytes.next()?;
                    used += 1;
                    back = (back + 1).checked_mul(128)? | u64::from(byte & 0x7f);
                }
                Content::Delta(at.checked_sub(back)?)
            }
            7 => {
                let mut base = [0; 20];
                for byte in &mut base {
                    *byte = bytes.next()?;
                }
                used += 20;
                Content::Delta(self.find(&base)?)
            }
            _ => return None,
        };
        (size <= LARGEST).then_some(PackEntry { at, content, size, data: at + used })
    }

    /// Where in the reader's input an entry is; it is read unless the beginning of it is there already.
    fn held(&self, reader: &mut Reader, at: u64) -> Option<Range<usize>> {
        if let Some((pack, from, length)) = reader.held
            && let Some(start) = at.checked_sub(from).and_then(|start| usize::try_from(start).ok())
            && pack == self.id
            && start.saturating_add(HELD) <= length
        {
            return Some(start..length);
        }
        let length = read_at(&self.file, &mut reader.input[..NEAR], at)?;
        reader.held = Some((self.id, at, length));
        Some(0..length)
    }

    /// The whole of an entry, inflated.
    pub(super) fn inflate(&self, reader: &mut Reader, entry: &PackEntry) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        out.try_reserve_exact(entry.size).ok()?;
        // Text is deflated to a third or less.
        self.fill(reader, entry, (entry.size / 3 + 256).min(CHUNK), &mut out)?;
        (out.len() == entry.size).then_some(out)
    }

    /// The first bytes of an entry.
    pub(super) fn start<'b>(&self, reader: &'b mut Reader, entry: &PackEntry) -> Option<&'b [u8]> {
        let mut out = std::mem::take(&mut reader.start);
        out.clear();
        let done = self.fill(reader, entry, 256, &mut out);
        reader.start = out;
        done.map(|()| &reader.start[..])
    }

    /// Inflates into what `out` has room for, reading in steps of `step` bytes.
    fn fill(&self, reader: &mut Reader, entry: &PackEntry, step: usize, out: &mut Vec<u8>) -> Option<()> {
        let Reader { input, held, inflater, .. } = reader;
        inflater.reset(true);
        let room = out.capacity();
        let mut at = entry.data;
        // What was read with the head, unless another entry was looked at since.
        let mut input_now = match *held {
            Some((pack, from, length)) if pack == self.id => {
                let start = entry.data.checked_sub(from).and_then(|start| usize::try_from(start).ok());
                start.map_or(0..0, |start| start.min(length)..length)
            }
            _ => 0..0,
        };
        loop {
            if input_now.is_empty() {
                *held = None;
                input_now = 0..read_at(&self.file, &mut input[..step], at)?;
            }
            let length = input_now.len();
            let before = inflater.total_in();
            // With no room left, what ends the stream is still to be seen: an empty object is nothing but that.
            let status =
                inflater.decompress_vec(&input[std::mem::take(&mut input_now)], out, FlushDecompress::None).ok()?;
            let used = inflater.total_in() - before;
            at += used;
            if status == Status::StreamEnd || (out.len() == room && room < entry.size) {
                return Some(());
            }
            if length == 0 || used == 0 {
                return None;
            }
        }
    }
}

/// Reads at a place, without moving a shared position, as much as there is.
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> Option<usize> {
    let mut done = 0;
    while done < buffer.len() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, &mut buffer[done..], at + done as u64);
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, &mut buffer[done..], at + done as u64);
        match read {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    Some(done)
}
