//! Three trees walked together: which paths need a decision, and which files each side removed and added.
//!
//! A folder that one side left alone is the other side's, unread: it is only looked into when the side that changed it has
//! removed a file that matters, for the file may have been moved there. What is found then is remembered, by the two folders.

use std::sync::Arc;

use super::node::{self, ALL, BASE, MergeSide, PathNode, SIDES, TreePath};
use super::order::hash_order;
use super::store::{Id, Store};
use super::tree::{Tree, Version};
use crate::error::GitError;
use crate::hash::{HashMap, HashSet};
use crate::objects::cache::Cache;
use crate::path::{DEEPEST, RepoPath};

/// A file that one side removed or added.
#[derive(Debug, Clone)]
pub(super) struct Single {
    pub(super) path: TreePath,
    pub(super) version: Version,
    pub(super) added: bool,
}

/// Why it matters where a removed file went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relevance {
    /// The other side changed (or removed) it.
    Content,
    /// It shows where its folder went, and the other side added files there.
    Folder,
}

/// Whether it matters where a removed folder went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    No,
    /// For a folder above it.
    Above,
    /// The other side added files to it.
    Itself,
}

/// What one side did to files, as far as renames are concerned.
#[derive(Default)]
pub(super) struct Moves {
    pub(super) singles: Vec<Single>,
    pub(super) relevant: HashMap<TreePath, Relevance>,
    pub(super) removed_folders: HashMap<TreePath, Need>,
    deferred: Vec<Deferred>,
    /// The folders that only this side changed, in the order of the walk, and whether they have been looked into.
    pub(super) one_sided: Vec<TreePath>,
    pub(super) thorough: bool,
}

struct Deferred {
    path: TreePath,
    versions: [Version; 3],
    mask: u8,
}

/// What the walk found.
#[derive(Default)]
pub(super) struct Walked {
    /// Paths to decide.
    pub(super) nodes: HashMap<TreePath, PathNode>,
    /// Entries taken from their side as they are; nothing means removed.
    pub(super) taken: Vec<(TreePath, Version)>,
    /// Each side's files that came and went.
    pub(super) moves: [Moves; 2],
    /// How many names were seen, before and after folders that only one side changed were looked into.
    pub(super) seen: (usize, usize),
}

/// What a side did below a folder.
struct Below {
    singles: Vec<Single>,
    removed_folders: Vec<TreePath>,
    /// How many names were seen.
    seen: usize,
}

/// What sides did below folders, by path and the folder's two trees.
pub(super) struct WalkCache(Cache<(TreePath, Id, Id), Below>);

impl Default for WalkCache {
    fn default() -> Self {
        Self(Cache::new(16 << 20))
    }
}

/// Walks the three trees.
pub(super) fn walk(store: &mut Store<'_>, memory: &mut WalkCache, roots: [Id; 3]) -> Result<Walked, GitError> {
    let mut walk = Walk { store, memory, found: Walked::default(), depth: 0 };
    walk.folder(&TreePath::from([]), roots.map(Version::folder), 0)?;
    walk.found.seen.0 = walk.found.seen.1;
    for side in MergeSide::BOTH {
        walk.deferred(side)?;
    }
    Ok(walk.found)
}

struct Walk<'w, 'r> {
    store: &'w mut Store<'r>,
    memory: &'w mut WalkCache,
    found: Walked,
    /// How many folders are being looked into, each in the one before.
    depth: usize,
}

/// A name in a folder, with what each tree has there.
struct ListedName<'t> {
    name: &'t [u8],
    versions: [Version; 3],
}

impl Walk<'_, '_> {
    /// Looks into a folder. `mask` is the bit of the side that still has it where the other removed it, or [`ALL`] once that
    /// side is known to have added files to it or a folder above: then its files show where it went.
    fn folder(&mut self, path: &TreePath, versions: [Version; 3], mask: u8) -> Result<(), GitError> {
        let [base, ours, theirs] = versions;
        self.enter(path)?;
        let trees = [self.store.tree(base.tree())?, self.store.tree(ours.tree())?, self.store.tree(theirs.tree())?];
        let (listed, seen) = list(&trees);
        self.found.seen.1 += seen;
        let mut mask = mask;
        if (mask == MergeSide::Ours.bit() || mask == MergeSide::Theirs.bit())
            && listed.iter().any(|entry| node::kinds(&entry.versions).0 == mask)
        {
            mask = ALL;
        }
        for entry in &listed {
            self.entry(path, entry, mask)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Goes into a folder, unless it is deeper than git goes.
    fn enter(&mut self, path: &TreePath) -> Result<(), GitError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(GitError::TooDeep { path: RepoPath::from_bytes(path.to_vec()) });
        }
        Ok(())
    }

    fn entry(&mut self, folder: &TreePath, entry: &ListedName<'_>, mask: u8) -> Result<(), GitError> {
        let versions = entry.versions;
        let (files, folders) = node::kinds(&versions);
        let agreeing = node::agreeing(&versions);
        if agreeing == ALL || (files == ALL && (agreeing == SIDES || agreeing == BASE | MergeSide::Theirs.bit())) {
            return Ok(());
        }
        let path = node::join(folder, entry.name);
        if files == ALL && agreeing == BASE | MergeSide::Ours.bit() {
            self.found.taken.push((path, versions[2]));
            return Ok(());
        }
        let mask = self.note_moves(folder, &path, &versions, mask);
        if folders == 0 {
            self.found.nodes.insert(Arc::clone(&path), PathNode::new(&path, versions));
            return Ok(());
        }
        let changed_by = if files == 0 && folders == MergeSide::Ours.bit() || agreeing == BASE | MergeSide::Theirs.bit()
        {
            Some(MergeSide::Ours)
        } else if files == 0 && folders == MergeSide::Theirs.bit() || agreeing == BASE | MergeSide::Ours.bit() {
            Some(MergeSide::Theirs)
        } else {
            None
        };
        if let Some(side) = changed_by
            && mask != ALL
            && !self.found.moves[side.index()].thorough
        {
            self.found.moves[side.index()].deferred.push(Deferred { path, versions, mask });
            return Ok(());
        }
        if files != 0 {
            self.found.nodes.insert(Arc::clone(&path), PathNode::new(&path, versions));
        }
        self.folder(&path, versions, mask)
    }

    /// Notes what a path says of renames; returns the mask for what is below it.
    fn note_moves(&mut self, folder: &TreePath, path: &TreePath, versions: &[Version; 3], mask: u8) -> u8 {
        let (files, folders) = node::kinds(versions);
        let agreeing = node::agreeing(versions) & files;
        let mut mask = mask;
        let left_on = folders & SIDES;
        if mask != ALL
            && folders & BASE != 0
            && (left_on == MergeSide::Ours.bit() || left_on == MergeSide::Theirs.bit())
        {
            mask = left_on;
        }
        for side in MergeSide::BOTH {
            if folders & BASE != 0 && folders & side.bit() == 0 {
                let need = if mask == ALL { Need::Above } else { Need::No };
                self.found.moves[side.index()].removed_folders.insert(Arc::clone(path), need);
            }
            if mask == ALL && files == side.bit() {
                let other = &mut self.found.moves[side.other().index()];
                other.removed_folders.insert(Arc::clone(folder), Need::Itself);
            }
        }
        if files == ALL {
            return mask;
        }
        for side in MergeSide::BOTH {
            let moves = &mut self.found.moves[side.index()];
            let (was, is) = (files & BASE != 0, files & side.bit() != 0);
            if was && !is {
                if agreeing == 0 {
                    moves.relevant.insert(Arc::clone(path), Relevance::Content);
                } else if mask == ALL {
                    moves.relevant.insert(Arc::clone(path), Relevance::Folder);
                }
                moves.singles.push(Single { path: Arc::clone(path), version: versions[0], added: false });
            } else if is && !was {
                let version = versions[side.stage()];
                moves.singles.push(Single { path: Arc::clone(path), version, added: true });
            }
        }
        mask
    }

    /// Resolves the folders that only this side changed.
    fn deferred(&mut self, side: MergeSide) -> Result<(), GitError> {
        let moves = &mut self.found.moves[side.index()];
        moves.thorough = !moves.relevant.is_empty();
        let thorough = moves.thorough;
        let deferred = std::mem::take(&mut moves.deferred);
        let paths: Vec<&[u8]> = deferred.iter().map(|folder| &*folder.path).collect();
        for i in if thorough { hash_order(&paths) } else { (0..deferred.len()).collect() } {
            let Deferred { path, versions, mask } = &deferred[i];
            self.found.moves[side.index()].one_sided.push(Arc::clone(path));
            if thorough && node::kinds(versions).0 != 0 {
                self.found.nodes.insert(Arc::clone(path), PathNode::new(path, *versions));
                self.folder(path, *versions, *mask)?;
                continue;
            }
            if side == MergeSide::Theirs {
                self.found.taken.push((Arc::clone(path), versions[2]));
            }
            if thorough {
                let below = self.below(path, versions[0], versions[side.stage()])?;
                self.found.seen.1 += below.seen;
                let moves = &mut self.found.moves[side.index()];
                moves.singles.extend_from_slice(&below.singles);
                for folder in &below.removed_folders {
                    moves.removed_folders.entry(Arc::clone(folder)).or_insert(Need::No);
                }
            }
        }
        Ok(())
    }

    /// The files that came and went below a folder that only one side changed.
    fn below(&mut self, path: &TreePath, base: Version, side: Version) -> Result<Arc<Below>, GitError> {
        let key = (Arc::clone(path), base.id, side.id);
        if let Some(below) = self.memory.0.get(&key) {
            return Ok(below);
        }
        self.enter(path)?;
        let trees = [self.store.tree(base.tree())?, self.store.tree(side.tree())?, Arc::default()];
        let (listed, seen) = list(&trees);
        let mut below = Below { singles: Vec::new(), removed_folders: Vec::new(), seen };
        for ListedName { name, versions: [was, is, _] } in listed {
            if was == is {
                continue;
            }
            let path = node::join(path, name);
            if was.is_file() && !is.is_file() {
                below.singles.push(Single { path: Arc::clone(&path), version: was, added: false });
            } else if is.is_file() && !was.is_file() {
                below.singles.push(Single { path: Arc::clone(&path), version: is, added: true });
            }
            if was.is_folder() && !is.is_folder() {
                below.removed_folders.push(Arc::clone(&path));
            }
            if was.is_folder() || is.is_folder() {
                let folder = |version: Version| if version.is_folder() { version } else { Version::NONE };
                let inner = self.below(&path, folder(was), folder(is))?;
                below.seen += inner.seen;
                below.singles.extend_from_slice(&inner.singles);
                below.removed_folders.extend_from_slice(&inner.removed_folders);
            }
        }
        self.depth -= 1;
        let below = Arc::new(below);
        let weight = below.singles.len() * size_of::<Single>() + 64;
        self.memory.0.put(key, Arc::clone(&below), weight);
        Ok(below)
    }
}

/// The names in three folders with what each has there, less those that are the same in all three; and how many there are
/// with those.
///
/// A file and a folder of one name are one entry. The order is that in which git sees the names, which is not quite that of
/// the trees: a folder `lib` comes after a file `lib.rs` there, but comes first if any tree has it at its head.
fn list(trees: &[Arc<Tree>; 3]) -> (Vec<ListedName<'_>>, usize) {
    let mut same = 0;
    let mut listed: Vec<ListedName<'_>> = Vec::new();
    let mut at = [0; 3];
    // Entries that were taken before their turn.
    let mut taken: [HashSet<usize>; 3] = Default::default();
    loop {
        let mut first: Option<&[u8]> = None;
        for ((tree, at), taken) in trees.iter().zip(&mut at).zip(&taken) {
            while !taken.is_empty() && taken.contains(at) {
                *at += 1;
            }
            if *at < tree.len() && first.is_none_or(|first| tree.name(*at) < first) {
                first = Some(tree.name(*at));
            }
        }
        let Some(name) = first else {
            let seen = listed.len() + same;
            return (listed, seen);
        };
        let mut versions = [Version::NONE; 3];
        for (stage, tree) in trees.iter().enumerate() {
            let i = at[stage];
            if i >= tree.len() || !tree.name(i).starts_with(name) {
                continue;
            }
            if tree.name(i).len() == name.len() {
                versions[stage] = tree.version(i);
                at[stage] += 1;
            } else if let Some(later) = tree.find_folder(name).filter(|later| *later > i) {
                versions[stage] = tree.version(later);
                taken[stage].insert(later);
            }
        }
        if versions[0] == versions[1] && versions[1] == versions[2] {
            same += 1;
        } else {
            listed.push(ListedName { name, versions });
        }
    }
}
