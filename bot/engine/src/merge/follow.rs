//! Following renames: the change the other side made to a file goes where the file went.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::folders::Majority;
use super::merger::OngoingMerge;
use super::node::{BASE, MergeSide, PathNode, TreePath, join};
use super::rename::Renames;
use super::tree::Version;
use super::walk::Relevance;
use crate::error::GitError;
use crate::hash::{HashMap, HashSet};
use crate::path::RepoPath;

/// A file that one side renamed, or that follows its folder.
pub(super) struct Renamed {
    pub(super) from: TreePath,
    pub(super) to: TreePath,
    pub(super) side: MergeSide,
}

/// Where each folder a side removed went.
type FolderRenames = HashMap<Vec<u8>, Vec<u8>>;

/// Paths to which files of a side would follow their folders, and from where.
type Landings = HashMap<TreePath, BTreeSet<TreePath>>;

/// How many times as many names as without opening folders there must be for git to start again.
const AGAIN: usize = 3;

/// Folders taken as a whole from the side that changed them, but for those that renames lead to.
#[derive(Default)]
struct Unopened {
    folders: HashSet<TreePath>,
    but: HashSet<TreePath>,
}

impl Unopened {
    /// Whether a path is in one of them.
    fn hides(&self, path: &[u8]) -> bool {
        let folder = super::node::parent(path);
        !folder.is_empty() && (self.hides(folder) || self.may_be(folder))
    }

    /// Whether a path is one of them, provided it is a folder and not in one of them.
    fn may_be(&self, path: &[u8]) -> bool {
        !self.folders.is_empty() && !self.but.contains(path) && self.changed(path)
    }

    /// Whether a folder, or one above it, was changed by one side only.
    fn changed(&self, path: &[u8]) -> bool {
        !path.is_empty() && (self.folders.contains(path) || self.changed(super::node::parent(path)))
    }
}

impl OngoingMerge<'_, '_> {
    /// Applies moved folders to the files the other side added to them; returns the renamed files that matter.
    pub(super) fn follow_folders(&mut self, renames: &[Renames; 2]) -> Result<Vec<Renamed>, GitError> {
        // Where common ancestors are merged, git lets no file follow its folder.
        let mut folders = if self.engine.depth > 0 {
            [FolderRenames::default(), FolderRenames::default()]
        } else {
            [self.folder_renames(&renames[0]), self.folder_renames(&renames[1])]
        };
        // A folder both sides moved is nobody's guide.
        let both: Vec<Vec<u8>> = folders[0].keys().filter(|old| folders[1].contains_key(*old)).cloned().collect();
        for old in both {
            folders[0].remove(&old);
            folders[1].remove(&old);
        }
        let unopened = self.unopened(renames);
        let landings = MergeSide::BOTH.map(|side| self.landings(side, &folders[side.other().index()]));
        let mut decided = BTreeSet::new();
        let mut renamed = Vec::new();
        for side in MergeSide::BOTH {
            let guides = &folders[side.other().index()];
            for i in 0..self.moves[side.index()].singles.len() {
                let moves = &self.moves[side.index()];
                let single = &moves.singles[i];
                if !single.added {
                    continue;
                }
                let to = Arc::clone(&single.path);
                let source = renames[side.index()].source.get(i).copied().flatten();
                let from = source.map(|source| Arc::clone(&moves.singles[source].path));
                let guided = guide(&to, guides)
                    .filter(|_| !landings[side.other().index()].contains_key(&to))
                    // Into a folder that this side moved on itself, nothing is moved.
                    .filter(|(_, new)| !folders[side.index()].contains_key(*new))
                    .map(|(old, new)| landing(&to, old, new));
                let target = match guided {
                    Some(target)
                        if self.may_land(side, from.as_ref(), &target, &landings, &unopened, &mut decided)? =>
                    {
                        Some(target)
                    }
                    _ => None,
                };
                if let Some(target) = target {
                    self.move_node(&to, &target)?;
                    renamed.push(Renamed { from: from.unwrap_or(to), to: target, side });
                } else if let Some(from) = from
                    // Where the other side left the file alone, following it changes nothing.
                    && self.moves[side.index()].relevant.get(&from) == Some(&Relevance::Content)
                {
                    renamed.push(Renamed { from, to, side });
                }
            }
        }
        renamed.sort_by(|a, b| a.from.cmp(&b.from));
        Ok(renamed)
    }

    fn folder_renames(&mut self, renames: &Renames) -> FolderRenames {
        let mut folders = FolderRenames::default();
        for (old, counts) in &renames.folders {
            match counts.majority() {
                Majority::Unknown => {}
                Majority::To(new) => {
                    folders.insert(old.clone(), new.to_vec());
                }
                Majority::Split => self.unclear.push(RepoPath::from_bytes(old.clone())),
            }
        }
        folders
    }

    fn landings(&self, side: MergeSide, guides: &FolderRenames) -> Landings {
        let mut landings = Landings::default();
        if !guides.is_empty() {
            for single in self.moves[side.index()].singles.iter().filter(|single| single.added) {
                if let Some((old, new)) = guide(&single.path, guides) {
                    landings.entry(landing(&single.path, old, new)).or_default().insert(Arc::clone(&single.path));
                }
            }
        }
        landings
    }

    /// Whether a file may follow its folder: nothing is in the way there, and no other file would land there.
    fn may_land(
        &mut self,
        side: MergeSide,
        from: Option<&TreePath>,
        target: &TreePath,
        landings: &[Landings; 2],
        unopened: &Unopened,
        decided: &mut BTreeSet<(usize, TreePath)>,
    ) -> Result<bool, GitError> {
        let crowded = landings[side.index()].get(target).is_some_and(|sources| sources.len() > 1);
        let known = decided.contains(&(side.index(), Arc::clone(target)));
        if known || self.is_in_the_way(side, from, target, unopened)? || crowded {
            if !known {
                decided.insert((side.index(), Arc::clone(target)));
                self.unclear.push(RepoPath::from_bytes(target.to_vec()));
            }
            return Ok(false);
        }
        Ok(true)
    }

    /// The folders that only one side changed and that git takes from there as a whole. It does not where it needs to know
    /// what is in them, for renames; but when that took much opening of folders, it starts again with the renames it found and
    /// opens only the folders these lead to.
    fn unopened(&self, renames: &[Renames; 2]) -> Unopened {
        let mut unopened = Unopened::default();
        let again = self.seen.1 / self.seen.0.max(1) >= AGAIN;
        for (moves, renames) in self.moves.iter().zip(renames) {
            if moves.thorough && !again {
                continue;
            }
            unopened.folders.extend(moves.one_sided.iter().cloned());
            for (i, source) in renames.source.iter().enumerate() {
                let Some(source) = source else { continue };
                if moves.relevant.contains_key(&moves.singles[*source].path) {
                    let mut folder = super::node::parent(&moves.singles[i].path);
                    while !folder.is_empty() {
                        unopened.but.insert(folder.into());
                        folder = super::node::parent(folder);
                    }
                }
            }
        }
        unopened
    }

    /// Whether something is at a path that a file, renamed or added, would land at.
    fn is_in_the_way(
        &mut self,
        side: MergeSide,
        from: Option<&TreePath>,
        path: &TreePath,
        unopened: &Unopened,
    ) -> Result<bool, GitError> {
        if unopened.hides(path) {
            return Ok(false);
        }
        if unopened.may_be(path) && matches!(super::node::kinds(&self.versions(path)?.0), (0, 1..)) {
            return Ok(true);
        }
        // A file that was there before is in the way of any other, though both sides moved it on.
        let was_there = self.engine.as_of.sources_are_in_the_way() && from != Some(path);
        if let Some(node) = self.nodes.get(path) {
            return Ok((node.files | node.folders) & side.bit() != 0 || was_there && node.files & BASE != 0);
        }
        if self.gone.contains(path) {
            return Ok(false);
        }
        let (versions, seen) = self.versions(path)?;
        let decided = super::node::kinds(&versions).0 == super::node::ALL && super::node::agreeing(&versions) != 0;
        let before = was_there && versions[0].is_file();
        Ok(seen && (decided || before || !versions[side.stage()].is_none()))
    }

    /// Moves an added file to another path, which counts as a conflict there.
    fn move_node(&mut self, old: &TreePath, new: &TreePath) -> Result<(), GitError> {
        let Some(node) = self.node(old)?.cloned() else { return Ok(()) };
        self.nodes.remove(old);
        self.gone.insert(Arc::clone(old));
        self.edits.put_file(old, Version::NONE);
        let mut moved = PathNode { folders: 0, agreeing: 0, disputed: true, ..node };
        let mut folder = super::node::parent(new);
        while !folder.is_empty() {
            *self.made_folders.entry(folder.into()).or_insert(0) |= moved.files;
            folder = super::node::parent(folder);
        }
        let made = self.made_folders.get(new).copied().unwrap_or(0);
        if let Some(present) = self.node(new)? {
            let side = if moved.files == MergeSide::Ours.bit() { MergeSide::Ours } else { MergeSide::Theirs };
            present.files |= moved.files;
            present.names[side.stage()] = Arc::clone(&moved.names[side.stage()]);
            present.stages[side.stage()] = moved.stages[side.stage()];
            present.disputed = true;
            present.folders |= made;
            return Ok(());
        }
        moved.folders = made;
        self.gone.remove(new);
        if let (versions, true) = self.versions(new)? {
            moved.folders |= super::node::kinds(&versions).1;
        }
        self.nodes.insert(Arc::clone(new), moved);
        Ok(())
    }

    /// Brings both sides' files together where one of them, or both, renamed them.
    pub(super) fn follow_files(&mut self, renamed: Vec<Renamed>, all: &[Renames; 2]) -> Result<(), GitError> {
        let mut renamed = renamed.into_iter().peekable();
        while let Some(rename) = renamed.next() {
            // A file that its folder took back to where it came from has not moved.
            if rename.from == rename.to || self.node(&rename.from)?.is_none_or(|old| old.removed) {
                continue;
            }
            match renamed.next_if(|next| next.from == rename.from) {
                Some(second) => self.both_renamed(&rename, &second)?,
                None => self.one_renamed(&rename, &all[rename.side.index()])?,
            }
        }
        Ok(())
    }

    fn both_renamed(&mut self, ours: &Renamed, theirs: &Renamed) -> Result<(), GitError> {
        let Some(old) = self.node(&ours.from)?.cloned() else { return Ok(()) };
        if ours.to == theirs.to {
            if let Some(new) = self.node(&ours.to)? {
                new.stages[0] = old.stages[0];
                new.files |= BASE;
            }
            if let Some(old) = self.node(&ours.from)? {
                old.removed = true;
            }
            return Ok(());
        }
        let stage =
            |node: Option<&mut PathNode>, side: MergeSide| node.map_or(Version::NONE, |node| node.stages[side.stage()]);
        let our_file = stage(self.node(&ours.to)?, MergeSide::Ours);
        let their_file = stage(self.node(&theirs.to)?, MergeSide::Theirs);
        let names = [Arc::clone(&ours.from), Arc::clone(&ours.to), Arc::clone(&theirs.to)];
        let merged = self.merge_contents(&ours.from, &[old.stages[0], our_file, their_file], &names, 1)?;
        // What cannot be merged stays on either side as it was.
        let whole = merged.conflict.is_some() && merged.version == our_file;
        if let Some(new) = self.node(&ours.to)? {
            new.stages[1] = merged.version;
            new.disputed = true;
        }
        if let Some(new) = self.node(&theirs.to)? {
            new.stages[2] = if whole { their_file } else { merged.version };
            new.disputed = true;
        }
        if let Some(old) = self.node(&ours.from)? {
            old.disputed = true;
        }
        Ok(())
    }

    fn one_renamed(&mut self, rename: &Renamed, all: &Renames) -> Result<(), GitError> {
        let (side, other) = (rename.side, rename.side.other());
        let Some(old) = self.node(&rename.from)?.cloned() else { return Ok(()) };
        let Some(new) = self.node(&rename.to)?.cloned() else { return Ok(()) };
        let deleted = old.files == BASE;
        let retyped = !deleted && old.stages[other.stage()].is_regular() != new.stages[side.stage()].is_regular();
        // A file of another type where the old one was: this side's rename was not seen, but it is one.
        let collides = new.files & other.bit() != 0 && !retyped;
        if !deleted && !retyped && !old.stages[0].is_none() {
            self.note_rename(rename, [old.stages[0], new.stages[side.stage()]], all)?;
        }
        let mut now = new;
        if collides && !deleted {
            let mut stages = [old.stages[0]; 3];
            let mut names = [Arc::clone(&rename.from), Arc::clone(&rename.from), Arc::clone(&rename.from)];
            stages[other.stage()] = old.stages[other.stage()];
            stages[side.stage()] = now.stages[side.stage()];
            names[side.stage()] = Arc::clone(&rename.to);
            let merged = self.merge_contents(&rename.from, &stages, &names, 1)?;
            now.stages[side.stage()] = merged.version;
            // Markers in one of the two files must not get lost when the other one is empty and they merge cleanly.
            now.disputed |= merged.conflict.is_some();
        } else if collides {
            now.disputed = true;
        } else {
            now.stages[0] = old.stages[0];
            now.files |= BASE;
            now.names[0] = Arc::clone(&rename.from);
            if deleted {
                now.disputed = true;
            } else if !retyped {
                now.stages[other.stage()] = old.stages[other.stage()];
                now.files |= other.bit();
                now.names[other.stage()] = Arc::clone(&rename.from);
            }
        }
        self.nodes.insert(Arc::clone(&rename.to), now);
        if let Some(old) = self.node(&rename.from)? {
            if retyped {
                old.stages[0] = Version::NONE;
                old.files &= !BASE;
            } else {
                old.removed = true;
            }
        }
        Ok(())
    }
}

/// The nearest folder above a path that moved, and where to.
fn guide<'g>(path: &[u8], guides: &'g FolderRenames) -> Option<(&'g [u8], &'g [u8])> {
    if guides.is_empty() {
        return None;
    }
    let mut folder = super::node::parent(path);
    while !folder.is_empty() {
        if let Some((old, new)) = guides.get_key_value(folder) {
            return Some((old, new));
        }
        folder = super::node::parent(folder);
    }
    None
}

/// Where a path lands when it follows its folder.
fn landing(path: &[u8], old: &[u8], new: &[u8]) -> TreePath {
    join(new, &path[old.len() + 1..])
}
