//! Loose objects: a file each, named after the object.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::{Decompress, FlushDecompress, Status};

use super::pack::{Kind, LARGEST};
use super::{Damaged, Id};

/// The longest head: a kind, a size in decimal digits, a zero.
const HEAD: usize = 32;
/// So much of a file holds its deflated head.
const START: u64 = 256;

/// What was found under a name.
pub(super) type Found<T> = Result<Option<T>, Damaged>;

/// The object of this name in a folder of objects; `None` where the folder has none.
pub(super) fn read(folder: &Path, id: &Id) -> Found<(Kind, Vec<u8>)> {
    let Some(raw) = bytes(&path(folder, id), u64::MAX)? else { return Ok(None) };
    parse(&raw).map(Some).ok_or(Damaged)
}

/// Its kind and its size, by its head alone.
pub(super) fn head(folder: &Path, id: &Id) -> Found<(Kind, usize)> {
    let Some(raw) = bytes(&path(folder, id), START)? else { return Ok(None) };
    let mut start = Vec::with_capacity(HEAD);
    // An error may come after the head.
    let _ = Decompress::new(true).decompress_vec(&raw, &mut start, FlushDecompress::None);
    parse_head(&start).map(|(kind, size, _)| Some((kind, size))).ok_or(Damaged)
}

fn path(folder: &Path, id: &Id) -> PathBuf {
    let name = crate::ids::BlobId::from_bytes(*id).to_string();
    folder.join(&name[..2]).join(&name[2..])
}

fn bytes(path: &Path, most: u64) -> Found<Vec<u8>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(_) => return Err(Damaged),
    };
    let mut raw = Vec::new();
    file.take(most.min(LARGEST as u64)).read_to_end(&mut raw).map_err(|_| Damaged)?;
    Ok(Some(raw))
}

/// The whole object; `None` where the file holds less or more than one, or another size than it says.
fn parse(raw: &[u8]) -> Option<(Kind, Vec<u8>)> {
    let mut inflater = Decompress::new(true);
    let mut start = Vec::with_capacity(HEAD);
    let mut status = inflater.decompress_vec(raw, &mut start, FlushDecompress::None).ok()?;
    let (kind, size, from) = parse_head(&start)?;
    if size > LARGEST || start.len() - from > size {
        return None;
    }
    let mut content = Vec::new();
    content.try_reserve_exact(size).ok()?;
    content.extend_from_slice(&start[from..]);
    while status != Status::StreamEnd {
        let before = (inflater.total_in(), inflater.total_out());
        let rest = raw.get(usize::try_from(before.0).ok()?..)?;
        status = inflater.decompress_vec(rest, &mut content, FlushDecompress::None).ok()?;
        if status != Status::StreamEnd && (inflater.total_in(), inflater.total_out()) == before {
            // It was cut short, or there is more than there is room for.
            return None;
        }
    }
    (content.len() == size && inflater.total_in() == raw.len() as u64).then_some((kind, content))
}

/// Kind and size, and where the content begins.
fn parse_head(start: &[u8]) -> Option<(Kind, usize, usize)> {
    let end = start.iter().position(|byte| *byte == 0)?;
    let (kind, size) = std::str::from_utf8(&start[..end]).ok()?.split_once(' ')?;
    let kind = match kind {
        "blob" => Kind::Blob,
        "tree" => Kind::Tree,
        "commit" => Kind::Commit,
        "tag" => Kind::Tag,
        _ => return None,
    };
    let digits = size.bytes().all(|digit| digit.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
    Some((kind, size.parse().ok().filter(|_| digits)?, end + 1))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflated(object: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(object).expect("in memory");
        writer.finish().expect("in memory")
    }

    #[test]
    fn an_object_is_its_head_and_its_content() {
        let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        for content in [&b""[..], b"a", b"as long as what is inflated with the head", &long] {
            let object = [format!("blob {}\0", content.len()).as_bytes(), content].concat();
            assert_eq!(parse(&deflated(&object)), Some((Kind::Blob, content.to_vec())));
        }
    }

    #[test]
    fn what_says_something_else_than_it_holds_is_refused() {
        for object in [
            &b"blob 3\0ab"[..],
            b"blob 1\0ab",
            b"blob 0\0a",
            b"blob 99999999999\0a",
            b"blob 99999999999999999999999\0a",
            b"blob 01\0a",
            b"blob +1\0a",
            b"blob \0",
            b"blob1\0a",
            b"bulb 1\0a",
            b"blob 1",
            b"",
        ] {
            assert_eq!(parse(&deflated(object)), None, "{object:?}");
        }
        let whole = deflated(b"blob 12\0twelve bytes");
        assert_eq!(parse(&[&whole[..], b"x"].concat()), None, "more after the object");
        let mut changed = whole;
        *changed.last_mut().expect("not empty") ^= 1;
        assert_eq!(parse(&changed), None, "another checksum");
    }

    #[test]
    fn what_was_cut_short_is_refused_at_every_length() {
        let content: Vec<u8> = (0..3000_u32).flat_map(|at| (at * at).to_le_bytes()).collect();
        for object in [&b"blob 0\0"[..], b"blob 12\0twelve bytes", &[b"blob 12000\0", &content[..]].concat()] {
            let whole = deflated(object);
            assert!(parse(&whole).is_some());
            for length in 0..whole.len() {
                assert_eq!(parse(&whole[..length]), None, "{length} of {} bytes", whole.len());
            }
        }
    }
}
