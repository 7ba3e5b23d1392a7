//! A repository whose objects are replaced each time, written with no check of git's in between.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use engine::Repo;
use engine::commit::Entry;
use engine::ids::BlobId;
use sha1::{Digest, Sha1};

/// A repository for as long as the program runs; its objects are replaced each time.
pub static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder").keep();
    Repo::init(&folder, "main").expect("a repository");
    folder
});

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).expect("in memory");
    writer.finish().expect("in memory")
}

pub fn hash(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// Puts a loose object there under its name.
pub fn loose(objects: &Path, kind: &str, content: &[u8]) -> [u8; 20] {
    let raw = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
    let name = hash(&raw);
    put(objects, name, &deflated(&raw));
    name
}

pub fn put(objects: &Path, name: [u8; 20], bytes: &[u8]) {
    let name = BlobId::from_bytes(name).to_string();
    let folder = objects.join(&name[..2]);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(&name[2..]), bytes).expect("a file");
}

/// A pack of one file and of these bytes as a delta against it, with its index; the name of what the delta should make.
pub fn pack(delta: &[u8]) -> (Vec<u8>, Vec<u8>, [u8; 20]) {
    let base = b"what a delta is made against, some bytes long";
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x02".to_vec();
    let entry = |kind: u8, size: usize| {
        let mut head = vec![(kind << 4) | (size & 15) as u8];
        let mut left = size >> 4;
        while left > 0 {
            *head.last_mut().expect("one") |= 0x80;
            head.push((left & 0x7f) as u8);
            left >>= 7;
        }
        head
    };
    let first = pack.len();
    pack.extend(entry(3, base.len()));
    pack.extend(deflated(base));
    let second = pack.len();
    pack.extend(entry(6, delta.len()));
    pack.push((second - first) as u8);
    pack.extend(deflated(delta));
    pack.extend(hash(&pack));
    let names = [hash(&[format!("blob {}\0", base.len()).as_bytes(), base].concat()), [0xee; 20]];
    (index(&mut [(names[0], first), (names[1], second)], &pack), pack, names[1])
}

pub fn index(entries: &mut [([u8; 20], usize)], pack: &[u8]) -> Vec<u8> {
    entries.sort_unstable();
    let mut raw = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255_u8 {
        raw.extend((entries.iter().filter(|(name, _)| name[0] <= first).count() as u32).to_be_bytes());
    }
    entries.iter().for_each(|(name, _)| raw.extend(name));
    entries.iter().for_each(|_| raw.extend([0; 4]));
    entries.iter().for_each(|(_, at)| raw.extend((*at as u32).to_be_bytes()));
    raw.extend(&pack[pack.len() - 20..]);
    raw.extend(hash(&raw));
    raw
}

pub fn read(repo: &Repo, name: [u8; 20]) {
    let found = repo.content(Entry { mode: 0o100_644, id: BlobId::from_bytes(name) });
    if let Ok(Some(content)) = found {
        assert_eq!(*engine::name_of(&content).as_bytes(), name, "it is what it is called");
    }
}

/// Where its objects are: none.
pub fn empty() -> PathBuf {
    let objects = FOLDER.join("objects");
    let _ = fs::remove_dir_all(&objects);
    fs::create_dir_all(objects.join("pack")).expect("a folder");
    objects
}

/// Opens it, with what was put there since.
pub fn open() -> Repo {
    Repo::open(&FOLDER).expect("opened")
}
