//! Trees as git stores them, read without copying each name.

use std::cmp::Ordering;

use super::Id;

/// The kind bits of a mode.
pub(crate) const KIND: u32 = 0o170_000;
pub(crate) const FOLDER: u32 = 0o040_000;
/// A symbolic link.
pub(crate) const LINK: u32 = 0o120_000;
pub(crate) const SUBMODULE: u32 = 0o160_000;
/// A file with content of its own.
pub(crate) const REGULAR: u32 = 0o100_000;

/// What a path is in one tree: a mode and an object, or nothing (mode 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Version {
    pub(crate) mode: u32,
    pub(crate) id: Id,
}

impl Version {
    /// Nothing at this path.
    pub(crate) const NONE: Self = Self { mode: 0, id: [0; 20] };

    pub(crate) fn folder(id: Id) -> Self {
        Self { mode: FOLDER, id }
    }

    pub(crate) fn is_none(self) -> bool {
        self.mode == 0
    }

    pub(crate) fn is_folder(self) -> bool {
        self.mode == FOLDER
    }

    /// A file, link or submodule.
    pub(crate) fn is_file(self) -> bool {
        self.mode != 0 && self.mode != FOLDER
    }

    pub(crate) fn is_regular(self) -> bool {
        self.kind() == REGULAR
    }

    pub(crate) fn kind(self) -> u32 {
        self.mode & KIND
    }

    /// The tree's name, where this is a folder.
    pub(crate) fn tree(self) -> Option<Id> {
        self.is_folder().then_some(self.id)
    }
}

/// A tree object, parsed.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    raw: Vec<u8>,
    items: Vec<Item>,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    mode: u32,
    name: (u32, u32),
}

impl Tree {
    /// Parses a tree object; `None` if it is malformed. A name that is a path, one that is there twice, and entries that are not in
    /// git's order are not looked for: what is found in such a tree hangs on who looks.
    pub(crate) fn parse(raw: Vec<u8>) -> Option<Self> {
        let mut items = Vec::with_capacity(raw.len() / 32);
        let mut at = 0;
        while at < raw.len() {
            let space = at + raw[at..].iter().position(|byte| *byte == b' ')?;
            let mode = raw[at..space].iter().try_fold(0_u32, |mode, digit| match digit {
                b'0'..=b'7' if mode < 0o1_000_000 => Some(mode * 8 + u32::from(digit - b'0')),
                _ => None,
            })?;
            let end = space + 1 + raw[space + 1..].iter().position(|byte| *byte == 0)?;
            let name = &raw[space + 1..end];
            if end + 21 > raw.len() || space == at || name.is_empty() || memchr::memchr(b'/', name).is_some() {
                return None;
            }
            let mode = canonical(mode);
            let follows = items.last().is_none_or(|last: &Item| {
                let before = &raw[last.name.0 as usize..last.name.1 as usize];
                before != name && order(before, last.mode == FOLDER, name, mode == FOLDER) == Ordering::Less
            });
            if !follows {
                return None;
            }
            items.push(Item { mode, name: (u32::try_from(space + 1).ok()?, u32::try_from(end).ok()?) });
            at = end + 21;
        }
        Some(Self { raw, items })
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn weight(&self) -> usize {
        self.raw.len() + self.items.len() * size_of::<Item>()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn name(&self, i: usize) -> &[u8] {
        let (start, end) = self.items[i].name;
        &self.raw[start as usize..end as usize]
    }

    pub(crate) fn version(&self, i: usize) -> Version {
        let at = self.items[i].name.1 as usize + 1;
        let mut id = [0; 20];
        id.copy_from_slice(&self.raw[at..at + 20]);
        Version { mode: self.items[i].mode, id }
    }

    /// Name and version of every entry, in git's order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], Version)> {
        (0..self.len()).map(|i| (self.name(i), self.version(i)))
    }

    /// The entry of this name, be it a file or a folder.
    pub(crate) fn find(&self, name: &[u8]) -> Version {
        let file = self.find_as(name, false);
        if file.is_none() { self.find_as(name, true) } else { file }
    }

    /// The place of the folder of this name.
    pub(crate) fn find_folder(&self, name: &[u8]) -> Option<usize> {
        self.place(name, true)
    }

    fn find_as(&self, name: &[u8], folder: bool) -> Version {
        self.place(name, folder).map_or(Version::NONE, |i| self.version(i))
    }

    fn place(&self, name: &[u8], folder: bool) -> Option<usize> {
        self.items
            .binary_search_by(|item| {
                let (start, end) = item.name;
                order(&self.raw[start as usize..end as usize], item.mode == FOLDER, name, folder)
            })
            .ok()
    }
}

/// Git's order of names in a tree: folders as if their name ended in a slash.
pub(crate) fn order(a: &[u8], a_folder: bool, b: &[u8], b_folder: bool) -> Ordering {
    let common = a.len().min(b.len());
    a[..common].cmp(&b[..common]).then_with(|| {
        let next = |name: &[u8], folder: bool| name.get(common).copied().unwrap_or(if folder { b'/' } else { 0 });
        next(a, a_folder).cmp(&next(b, b_folder)).then(a.len().cmp(&b.len()))
    })
}

/// The mode git takes an entry's mode for.
fn canonical(mode: u32) -> u32 {
    match mode & KIND {
        REGULAR if mode & 0o100 != 0 => 0o100_755,
        REGULAR => 0o100_644,
        LINK => LINK,
        FOLDER => FOLDER,
        _ => SUBMODULE,
    }
}

/// About how many bytes an entry takes.
const ENTRY: usize = 40;

/// Writes entries, which must be in git's order, as a tree object.
pub(crate) fn encode<'a>(entries: impl Iterator<Item = (&'a [u8], Version)>) -> Vec<u8> {
    let mut raw = Vec::with_capacity(entries.size_hint().0 * ENTRY);
    for (name, version) in entries {
        match version.mode {
            // Nearly all entries are one of these, and the names of many are written for one that changed.
            0o100_644 => raw.extend_from_slice(b"100644 "),
            FOLDER => raw.extend_from_slice(b"40000 "),
            mode => raw.extend_from_slice(format!("{mode:o} ").as_bytes()),
        }
        raw.extend_from_slice(name);
        raw.push(0);
        raw.extend_from_slice(&version.id);
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_back_as_it_was_written() {
        let version = |mode| Version { mode, id: [7; 20] };
        let entries: [(&[u8], Version); 3] =
            [(b"foo.c", version(0o100_644)), (b"foo", version(FOLDER)), (b"foo0", version(LINK))];
        let tree = Tree::parse(encode(entries.into_iter())).expect("well-formed");
        assert!(tree.entries().eq(entries));
        assert_eq!(tree.find(b"foo"), version(FOLDER));
        assert!(tree.find_as(b"foo", false).is_none());
        assert_eq!(tree.find(b"foo0"), version(LINK));
        assert!(tree.find(b"fo").is_none());
    }

    #[test]
    fn a_tree_whose_names_are_not_plain_is_refused() {
        let version = |mode| Version { mode, id: [7; 20] };
        let entries = |names: &[(&'static str, u32)]| {
            encode(names.iter().map(|(name, mode)| (name.as_bytes(), version(*mode))).collect::<Vec<_>>().into_iter())
        };
        for names in [
            &[("a/b", 0o100_644)][..],
            &[("/etc/x", 0o100_644)],
            &[("dup", 0o100_644), ("dup", 0o100_644)],
            &[("dup", 0o100_644), ("dup", FOLDER)],
            &[("b", 0o100_644), ("a", 0o100_644)],
            &[("a", FOLDER), ("a.c", 0o100_644)],
        ] {
            assert!(Tree::parse(entries(names)).is_none(), "{names:?}");
        }
        assert!(Tree::parse(entries(&[("a.c", 0o100_644), ("a", FOLDER), ("a0", 0o100_644)])).is_some());
    }

    #[test]
    fn a_malformed_tree_is_refused() {
        for raw in
            [&b"100644 a"[..], b"100644 a\0short", b"10x644 a\0aaaaaaaaaaaaaaaaaaaa", b"100644 \0aaaaaaaaaaaaaaaaaaaa"]
        {
            assert!(Tree::parse(raw.to_vec()).is_none());
        }
    }
}
