//! One merge of three trees, from the walk to the resulting tree.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::attributes::AttributeCache;
use super::content::UnnamedText;
use super::edits::Edits;
use super::node::{self, ALL, MergeSide, PathNode, TreePath};
use super::rename;
use super::similarity::Similarity;
use super::store::{Id, Kind, MadeFile, Store};
use super::text::{MadeText, TextMerger};
use super::tree::Version;
use super::walk::{self, Moves, WalkCache};
use super::{DrivenFile, FollowedRename, Merged, PathConflict};
use crate::Repo;
use crate::error::GitError;
use crate::hash::{HashMap, HashSet};
use crate::ids::TreeId;
use crate::objects::cache::Cache;
use crate::path::RepoPath;

/// Bytes of merged texts that are remembered.
const CONTENTS_BUDGET: usize = 24 << 20;

/// What conflict markers, and files moved out of the way, are named after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeLabels {
    /// The base: what the picked commit was made on.
    pub base: String,
    /// Our side: what is picked onto.
    pub ours: String,
    /// Their side: what is picked.
    pub theirs: String,
}

impl Default for MergeLabels {
    fn default() -> Self {
        Self { base: "base".to_owned(), ours: "fork".to_owned(), theirs: "upstream".to_owned() }
    }
}

/// Merges trees, with git's answer, and remembers what the next merge can use: objects, diffs, renames.
///
/// It belongs to one thread; for several, open the repository in each. What a merge makes stays in memory until
/// [`Merger::keep`] is asked for it. Memory is bounded but for that: call [`Merger::forget`] after merges nobody keeps.
pub struct Merger<'r> {
    pub(super) store: Store<'r>,
    pub(super) memory: MergeMemory,
    pub(super) conflicts: ConflictOutput,
    pub(super) as_of: GitVersion,
    /// Whether followed renames are told.
    pub(super) tells_renames: bool,
    /// How deep in merges of common ancestors this merge is: a conflict there is part of a base.
    pub(super) depth: usize,
}

/// What a merger remembers for merges to come. All of it goes by the names of objects, so that it holds for any merger of a
/// repository: the next one begins with what the last one left.
pub(crate) struct MergeMemory {
    pub(super) texts: TextMerger,
    pub(super) similarity: Similarity,
    /// What came of texts that merged cleanly.
    pub(super) contents: Cache<(Id, Id, Id), MadeFile>,
    walks: WalkCache,
    pub(super) attributes: AttributeCache,
}

impl MergeMemory {
    fn new(repo: &Repo) -> Self {
        Self {
            texts: TextMerger::default(),
            similarity: Similarity::new(repo.apart()),
            contents: Cache::new(CONTENTS_BUDGET),
            walks: WalkCache::default(),
            attributes: AttributeCache::default(),
        }
    }
}

/// A version of git whose answers are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitVersion(pub u32, pub u32);

impl GitVersion {
    /// The answers that are given unless another version is asked for.
    pub const LATEST: Self = Self(2, 54);

    /// Whether a group of changed lines that was slid is compared again (git commit e417277ae9).
    pub(super) fn compares_shifted_groups(self) -> bool {
        self >= Self(2, 54)
    }

    /// Whether no file follows its folder to a path that another file had before (git commit f6ecb603ff).
    pub(super) fn sources_are_in_the_way(self) -> bool {
        self >= Self(2, 51)
    }
}

/// What is made of a merge with conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConflictOutput {
    /// A tree with markers where they are.
    Marked,
    /// A tree with our side where they are.
    Bare,
    /// No tree.
    Nothing,
}

impl<'r> Merger<'r> {
    /// A merger that remembers what the last one did, unless that is still at work.
    ///
    /// # Errors
    /// The object database cannot be opened.
    pub fn new(repo: &'r Repo) -> Result<Self, GitError> {
        Ok(Self {
            store: Store::open(repo),
            memory: repo.merges.take().map_or_else(|| MergeMemory::new(repo), |memory| *memory),
            conflicts: ConflictOutput::Marked,
            as_of: GitVersion::LATEST,
            tells_renames: false,
            depth: 0,
        })
    }

    /// The repository it reads.
    #[must_use]
    pub const fn repo(&self) -> &'r Repo {
        self.store.repo()
    }

    /// A merger with the answers of an earlier version of git, for comparisons with it.
    ///
    /// # Errors
    /// The object database cannot be opened.
    pub fn as_of(repo: &'r Repo, git: GitVersion) -> Result<Self, GitError> {
        let mut merger = Self::new(repo)?;
        merger.memory = MergeMemory { texts: TextMerger::as_of(git), ..MergeMemory::new(repo) };
        merger.as_of = git;
        Ok(merger)
    }

    /// Lets the next merger of the repository have what this one remembers, while `work` is done.
    pub fn lend<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.leave();
        let done = work();
        if let Some(memory) = self.repo().merges.take() {
            self.memory = *memory;
        }
        done
    }

    /// Leaves what it remembers to the next merger. Answers of another version of git are nothing for others.
    fn leave(&mut self) {
        if self.as_of == GitVersion::LATEST {
            let repo = self.repo();
            let memory = std::mem::replace(&mut self.memory, MergeMemory::new(repo));
            repo.merges.replace(Some(Box::new(memory)));
        }
    }

    /// Makes no tree of a merge with conflicts (its result is then just our tree): for a survey, which asks whether a pick
    /// conflicts and where.
    pub fn leave_conflicts(&mut self) {
        self.conflicts = ConflictOutput::Nothing;
    }

    /// Puts no markers into conflicting texts: a result with conflicts has our side there. For those who put another file
    /// in its place.
    pub const fn leave_markers(&mut self) {
        self.conflicts = ConflictOutput::Bare;
    }

    /// Tells which files were followed where a side moved them, and which others each could have been: that takes comparisons of its
    /// own.
    pub const fn note_renames(&mut self) {
        self.tells_renames = true;
    }

    /// Brings the change from `base` to `theirs` onto `ours`, as `git merge-tree --merge-base` does with its defaults:
    /// renames followed (at half the content alike), moved folders followed only to report a conflict; attributes are those of `ours`.
    ///
    /// # Errors
    /// An object of the three trees is missing or malformed.
    pub fn merge(
        &mut self,
        base: TreeId,
        ours: TreeId,
        theirs: TreeId,
        labels: &MergeLabels,
    ) -> Result<Merged, GitError> {
        let roots = [base, ours, theirs].map(|tree| *tree.as_bytes());
        let walked = walk::walk(&mut self.store, &mut self.memory.walks, roots)?;
        let mut merge = OngoingMerge {
            engine: self,
            labels,
            roots,
            nodes: walked.nodes,
            moves: walked.moves,
            gone: HashSet::default(),
            made_folders: HashMap::default(),
            seen: walked.seen,
            edits: Edits::default(),
            conflicts: BTreeMap::new(),
            unclear: Vec::new(),
            driven: Vec::new(),
            renames: Vec::new(),
            texts: Vec::new(),
        };
        for (path, version) in &walked.taken {
            merge.edits.replace(path, *version);
        }
        merge.follow_renames()?;
        merge.resolve()?;
        merge.finish()
    }

    /// Writes the objects of a result into the repository's object database (in memory, until the repository is written out),
    /// so that others can read it.
    ///
    /// # Errors
    /// An object cannot be written.
    pub fn keep(&mut self, tree: TreeId) -> Result<(), GitError> {
        self.store.keep(tree)
    }

    /// Forgets the objects of all results that were not kept.
    pub fn forget(&mut self) {
        self.store.forget();
    }

    /// The bytes of the results that were neither kept nor forgotten.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.store.held()
    }

    /// Forgets all results that were not kept, but for what this tree is made of: for a long row of picks, each onto the last, whose end alone matters.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn forget_all_but(&mut self, tree: TreeId) -> Result<(), GitError> {
        self.forget_all_but_these(&[tree])
    }

    /// As [`Merger::forget_all_but`], for several rows at once.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn forget_all_but_these(&mut self, trees: &[TreeId]) -> Result<(), GitError> {
        self.store.forget_all_but(trees)
    }

    /// The name of a whole tree that was put together; of nothing, the empty tree.
    pub(super) fn tree_of(&mut self, root: Version) -> Result<TreeId, GitError> {
        let id = match root.tree() {
            Some(tree) => tree,
            None => self.store.make(Kind::Tree, Vec::new()),
        };
        Ok(TreeId::from_bytes(id))
    }
}

impl Drop for Merger<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A merge under way.
pub(super) struct OngoingMerge<'m, 'r> {
    pub(super) engine: &'m mut Merger<'r>,
    pub(super) labels: &'m MergeLabels,
    pub(super) roots: [Id; 3],
    /// Paths to decide.
    pub(super) nodes: HashMap<TreePath, PathNode>,
    pub(super) moves: [Moves; 2],
    /// How many names the walk saw, without and with the folders only one side changed.
    pub(super) seen: (usize, usize),
    /// Paths that were moved away as a whole.
    pub(super) gone: HashSet<TreePath>,
    /// Folders that files were moved into, with the sides that did.
    pub(super) made_folders: HashMap<TreePath, u8>,
    pub(super) edits: Edits,
    pub(super) conflicts: BTreeMap<TreePath, PathConflict>,
    pub(super) unclear: Vec<RepoPath>,
    pub(super) driven: Vec<DrivenFile>,
    pub(super) renames: Vec<FollowedRename>,
    /// Merged texts that are no objects yet, with path and mode: only a result that is wanted is worth hashing.
    pub(super) texts: Vec<(TreePath, u32, UnnamedText)>,
}

impl OngoingMerge<'_, '_> {
    fn follow_renames(&mut self) -> Result<(), GitError> {
        let [ours, theirs] = &mut self.moves;
        if ours.relevant.is_empty() && theirs.relevant.is_empty() {
            return Ok(());
        }
        let Merger { store, memory: MergeMemory { similarity, .. }, .. } = &mut *self.engine;
        let mut found = |moves| rename::detect(store, similarity, moves, rename::RenameRules::MERGE);
        let renames = [found(ours)?, found(theirs)?];
        let renamed = self.follow_folders(&renames)?;
        self.follow_files(renamed, &renames)
    }

    /// The tree everything is changed from.
    pub(super) fn our_top(&self) -> Version {
        Version::folder(self.roots[1])
    }

    /// What the three trees have at a path, and whether the walk came by.
    pub(super) fn versions(&mut self, path: &[u8]) -> Result<([Version; 3], bool), GitError> {
        let mut versions = self.roots.map(Version::folder);
        for name in path.split(|byte| *byte == b'/') {
            if node::agreeing(&versions) == ALL {
                return Ok(([Version::NONE; 3], false));
            }
            for version in &mut versions {
                let tree = self.engine.store.tree(version.tree())?;
                *version = tree.find(name);
            }
        }
        Ok((versions, versions.iter().any(|version| !version.is_none())))
    }

    /// The undecided file at a path, if it is one.
    pub(super) fn node(&mut self, path: &TreePath) -> Result<Option<&mut PathNode>, GitError> {
        if !self.nodes.contains_key(path) && !self.gone.contains(path) {
            let (versions, seen) = self.versions(path)?;
            let (files, _) = node::kinds(&versions);
            if seen && files != 0 && !(files == ALL && node::agreeing(&versions) != 0) {
                self.nodes.insert(Arc::clone(path), PathNode::new(path, versions));
            }
        }
        Ok(self.nodes.get_mut(path))
    }

    /// A name for a file that has to make way, free in all trees: `path~label`.
    pub(super) fn free_path(&mut self, path: &[u8], side: MergeSide) -> Result<TreePath, GitError> {
        let label = match side {
            MergeSide::Ours => &self.labels.ours,
            MergeSide::Theirs => &self.labels.theirs,
        };
        let mut name = path.to_vec();
        name.push(b'~');
        name.extend(label.bytes().map(|byte| if byte == b'/' { b'_' } else { byte }));
        let length = name.len();
        for suffix in 0.. {
            let taken = self.nodes.contains_key(name.as_slice()) || self.versions(&name)?.1;
            if !taken {
                break;
            }
            name.truncate(length);
            name.extend_from_slice(format!("_{suffix}").as_bytes());
        }
        Ok(name.into())
    }

    fn finish(mut self) -> Result<Merged, GitError> {
        let clean = self.conflicts.is_empty() && self.unclear.is_empty();
        let tree = if clean || self.engine.conflicts != ConflictOutput::Nothing { self.tree()? } else { self.roots[1] };
        self.unclear.sort();
        self.driven.sort_by(|a, b| a.path.cmp(&b.path));
        self.renames.sort_by(|a, b| a.from.cmp(&b.from));
        Ok(Merged {
            tree: TreeId::from_bytes(tree),
            conflicts: self.conflicts.into_values().collect(),
            unclear: self.unclear,
            driven: self.driven,
            renames: self.renames,
        })
    }

    fn tree(&mut self) -> Result<Id, GitError> {
        for (path, mode, UnnamedText { made: MadeText { text, lines }, of }) in std::mem::take(&mut self.texts) {
            let id = self.engine.store.make(Kind::Blob, text);
            if let Some(lines) = lines {
                self.engine.memory.texts.know(id, lines);
            }
            if let (Some(of), Some(made)) = (of, self.engine.store.made(&id)) {
                let weight = made.content.bytes.len();
                self.engine.memory.contents.put(of, Arc::new(made), weight);
            }
            self.edits.put_file(&path, Version { mode, id });
        }
        let top = self.our_top();
        let root = self.edits.apply(&mut self.engine.store, top)?;
        Ok(*self.engine.tree_of(root)?.as_bytes())
    }
}
