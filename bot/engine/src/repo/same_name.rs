//! Names that are one name to some file systems: those of macOS and Windows do not tell `A` from `a`, and macOS does not tell `é`
//! from `e` with an accent.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::Repo;
use crate::error::GitError;
use crate::ids::TreeId;
use crate::objects::Id;
use crate::objects::tree::Version;
use crate::path::RepoPath;

/// What is in a folder, by folded name.
type Folded = HashMap<Vec<u8>, Vec<(Vec<u8>, Version)>>;

impl Repo {
    /// Of these paths of a tree, those that cannot be checked out everywhere beside others of it, each with the other.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn same_names(&self, tree: TreeId, paths: &[RepoPath]) -> Result<Vec<[RepoPath; 2]>, GitError> {
        let mut known: HashMap<Id, Folded> = HashMap::new();
        let mut found = Vec::new();
        for path in paths {
            let names: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
            let mut folders = vec![(RepoPath::from(""), *tree.as_bytes())];
            for (depth, name) in names.iter().enumerate() {
                let wanted = folded(name);
                let mut inner = Vec::new();
                for (at, folder) in folders {
                    let all = match known.entry(folder) {
                        Entry::Occupied(all) => all.into_mut(),
                        Entry::Vacant(empty) => empty.insert(self.by_folded_name(&folder)?),
                    };
                    for (name, version) in all.get(&wanted).into_iter().flatten() {
                        match (at.join(name), version.tree()) {
                            (here, Some(folder)) if depth + 1 < names.len() => inner.push((here, folder)),
                            // A file where this path has a folder is in its way too.
                            (here, _) if here != *path => found.push([path.clone(), here]),
                            _ => {}
                        }
                    }
                }
                folders = inner;
            }
        }
        Ok(found)
    }

    fn by_folded_name(&self, folder: &Id) -> Result<Folded, GitError> {
        let mut names = Folded::new();
        for (name, version) in self.tree_at(folder)?.entries() {
            names.entry(folded(name)).or_default().push((name.to_vec(), version));
        }
        Ok(names)
    }
}

/// A name without what some file systems do not tell apart.
fn folded(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let Ok(text) = std::str::from_utf8(name) else { return name.to_vec() };
    let composed = ComposingNormalizerBorrowed::new_nfc();
    let lower: String = composed.normalize(text).chars().flat_map(char::to_lowercase).collect();
    composed.normalize(&lower).as_bytes().to_vec()
}
