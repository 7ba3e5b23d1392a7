//! What `.gitattributes` says of merging a file.
//!
//! The attributes that hold are those of the tree that is merged onto: git reads them in the work tree, and a work tree on the
//! branch that is picked onto has just these. So the fork's hold, and those that earlier picks brought to its branch. Nothing else
//! has a say, neither `info/attributes` nor a person's own file: these differ from clone to clone, and the same commits must give the
//! same result everywhere.
//!
//! Git's own drivers are known: `text`, `union` and `binary`. So is `ours`, which every project that writes it configures as `true`,
//! to keep its own file. No other driver is ever run here: it is a command of somebody's configuration, and git, too, merges as text
//! where it is not configured. Its name is given ([`Merger::driver_name`]), for those who know a command of that name.

mod file;
mod pattern;

use std::collections::HashMap;
use std::sync::Arc;

use super::merger::Merger;
use super::store::Id;
use super::tree::Version;
use crate::error::GitError;
use crate::ids::TreeId;
use crate::path::RepoPath;
use file::{AttributeFile, State, States};

/// The usual length of a conflict marker, and the longest that is asked for in earnest.
const MARKER: usize = 7;
const LONGEST_MARKER: usize = 200;
/// How many files are remembered.
const REMEMBERED: usize = 4096;

/// What merges the two sides of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MergeDriver {
    /// Line by line (`text`, and all that is not known).
    Text,
    /// Line by line, with the lines of both sides where they conflict (`union`).
    Union,
    /// Our file stays (`ours`).
    Ours,
    /// Nothing: a person chooses one of the two (`-merge`, `binary`).
    Whole,
    /// No attribute: of a submodule that both sides moved, one side's commit follows the other's.
    FastForward,
}

/// What is said of merging one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileAttributes {
    pub(super) driver: MergeDriver,
    /// The name of the driver, where it is none of git's own.
    name: Option<String>,
    /// How long its conflict markers are.
    pub(super) marker: usize,
}

impl FileAttributes {
    const NONE: Self = Self { driver: MergeDriver::Text, name: None, marker: MARKER };
}

/// The files read so far, by their content.
#[derive(Default)]
pub(super) struct AttributeCache(HashMap<Id, Arc<AttributeFile>>);

impl Merger<'_> {
    /// The driver that `.gitattributes` of a tree name for merging a file (`merge=NAME`), where it is none of git's own.
    ///
    /// # Errors
    /// A file or a tree is missing.
    pub fn driver_name(&mut self, tree: TreeId, path: &RepoPath) -> Result<Option<String>, GitError> {
        Ok(self.attributes(*tree.as_bytes(), path.as_bytes())?.name)
    }

    /// What the attributes of a tree say of merging a file.
    pub(super) fn attributes(&mut self, tree: Id, path: &[u8]) -> Result<FileAttributes, GitError> {
        let mut files: Vec<(usize, Arc<AttributeFile>)> = Vec::new();
        let mut folder = Version::folder(tree);
        let mut start = 0;
        loop {
            let here = self.store.tree(folder.tree())?;
            let found = here.find(b".gitattributes");
            if found.is_regular() {
                files.push((start, self.attribute_file(found.id)?));
            }
            let Some(slash) = path[start..].iter().position(|byte| *byte == b'/') else { break };
            folder = here.find(&path[start..start + slash]);
            if !folder.is_folder() {
                break;
            }
            start += slash + 1;
        }
        Ok(if files.is_empty() { FileAttributes::NONE } else { said(&files, path) })
    }

    fn attribute_file(&mut self, id: Id) -> Result<Arc<AttributeFile>, GitError> {
        if let Some(known) = self.memory.attributes.0.get(&id) {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(AttributeFile::read(&self.store.blob(id)?.bytes));
        if self.memory.attributes.0.len() >= REMEMBERED {
            self.memory.attributes.0.clear();
        }
        self.memory.attributes.0.insert(id, Arc::clone(&read));
        Ok(read)
    }
}

/// What these files, the topmost first, say of a path. Each begins to count at this place of the path. What is deeper goes first, and
/// of one file what is further down.
fn said(files: &[(usize, Arc<AttributeFile>)], path: &[u8]) -> FileAttributes {
    let binary: States = [&b"diff"[..], b"merge", b"text"].map(|name| (name.to_vec(), State::Unset)).into();
    let mut macros: HashMap<&[u8], &States> = HashMap::from([(&b"binary"[..], &binary)]);
    if let Some((0, top)) = files.first() {
        macros.extend(top.macros.iter().map(|(name, states)| (name.as_slice(), states)));
    }
    let mut found: HashMap<&[u8], &State> = HashMap::new();
    for (start, file) in files.iter().rev() {
        for (_, states) in file.rules.iter().rev().filter(|(pattern, _)| pattern.fits(&path[*start..])) {
            fill(states, &macros, &mut found);
        }
    }
    let (driver, name) = match found.get(&b"merge"[..]) {
        Some(State::Unset) => (MergeDriver::Whole, None),
        Some(State::Value(name)) => match name.as_slice() {
            b"binary" => (MergeDriver::Whole, None),
            b"union" => (MergeDriver::Union, None),
            b"ours" => (MergeDriver::Ours, None),
            b"text" => (MergeDriver::Text, None),
            other => (MergeDriver::Text, String::from_utf8(other.to_vec()).ok()),
        },
        Some(State::Set | State::Unspecified) | None => (MergeDriver::Text, None),
    };
    let size = match found.get(&b"conflict-marker-size"[..]) {
        Some(State::Value(size)) => std::str::from_utf8(size).ok().and_then(|size| size.parse().ok()),
        _ => None,
    };
    FileAttributes { driver, name, marker: size.filter(|size| (1..=LONGEST_MARKER).contains(size)).unwrap_or(MARKER) }
}

/// Takes over what is not said yet; the last of a line goes first.
fn fill<'f>(states: &'f States, macros: &HashMap<&'f [u8], &'f States>, found: &mut HashMap<&'f [u8], &'f State>) {
    for (name, state) in states.iter().rev() {
        if found.contains_key(name.as_slice()) {
            continue;
        }
        found.insert(name, state);
        if *state == State::Set
            && let Some(states) = macros.get(name.as_slice())
        {
            fill(states, macros, found);
        }
    }
}

/// The longest that a Git LFS pointer is, and how it begins.
const POINTER: usize = 1024;
const POINTER_BEGINS: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// Whether a file is a Git LFS pointer. Two pointers merged by their lines name an object that nobody has.
pub(super) fn is_pointer(bytes: &[u8]) -> bool {
    bytes.len() < POINTER && bytes.starts_with(POINTER_BEGINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(files: &[(&str, &str)], path: &str) -> MergeDriver {
        attributes(files, path).driver
    }

    fn attributes(files: &[(&str, &str)], path: &str) -> FileAttributes {
        let files: Vec<_> = files
            .iter()
            .map(|(folder, text)| {
                let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
                (start, Arc::new(AttributeFile::read(text.as_bytes())))
            })
            .collect();
        said(&files, path.as_bytes())
    }

    #[test]
    fn what_is_written_last_and_deepest_counts() {
        let top = "*.txt merge=union\nkeep.txt merge=ours\n*.bin binary\n*.lock -merge\n";
        assert_eq!(driver(&[("", top)], "a.txt"), MergeDriver::Union);
        assert_eq!(driver(&[("", top)], "keep.txt"), MergeDriver::Ours);
        assert_eq!(driver(&[("", top)], "deep/a.bin"), MergeDriver::Whole);
        assert_eq!(driver(&[("", top)], "a.lock"), MergeDriver::Whole);
        assert_eq!(driver(&[("", top)], "a.rs"), MergeDriver::Text);
        assert_eq!(driver(&[("", top), ("deep", "a.bin !merge\n")], "deep/a.bin"), MergeDriver::Text);
        assert_eq!(driver(&[("", top), ("deep", "/b.txt merge\n")], "deep/b.txt"), MergeDriver::Text);
        assert_eq!(driver(&[("", top), ("deep", "/b.txt merge\n")], "deep/er/b.txt"), MergeDriver::Union);
        let own = attributes(&[("", "a merge=union\na merge=mine\n")], "a");
        assert_eq!((own.driver, own.name.as_deref()), (MergeDriver::Text, Some("mine")), "a driver of somebody's own");
        for known in ["a merge=text\n", "a merge=ours\n", "a -merge\n", "a merge\n"] {
            assert_eq!(attributes(&[("", known)], "a").name, None, "{known}");
        }
    }

    #[test]
    fn macros_stand_for_attributes() {
        let text = "[attr]generated -merge linguist-generated\n*.gen generated\nx.gen generated merge=union\ny.gen merge=union generated\n";
        assert_eq!(driver(&[("", text)], "a.gen"), MergeDriver::Whole);
        assert_eq!(driver(&[("", text)], "x.gen"), MergeDriver::Union);
        assert_eq!(driver(&[("", text)], "y.gen"), MergeDriver::Whole);
        let below = [("", "# nothing\n"), ("d", "[attr]generated -merge\na generated\n")];
        assert_eq!(driver(&below, "d/a"), MergeDriver::Text, "git knows macros of the topmost file only");
    }

    #[test]
    fn lines_that_make_no_sense_count_for_nothing() {
        let text = "a merge=union -=x\n!a merge=union\n\"a b\" merge=union\n\"c\\303\\251\" -merge\nlong merge=union\n\"open -merge\n";
        assert_eq!(driver(&[("", text)], "a"), MergeDriver::Text);
        assert_eq!(driver(&[("", text)], "a b"), MergeDriver::Union);
        assert_eq!(driver(&[("", text)], "cé"), MergeDriver::Whole);
        assert_eq!(driver(&[("", &format!("x merge=union {}\n", "a".repeat(2100)))], "x"), MergeDriver::Text);
    }
}
