//! Deciding each path that is left after the walk and the renames.

use std::sync::Arc;

use super::merger::OngoingMerge;
use super::node::{ALL, BASE, MergeSide, PathNode, SIDES, TreePath};
use super::store::Kind;
use super::tree::Version;
use super::{ConflictKind, DrivenFile, PathConflict};
use crate::commit::Entry;
use crate::error::GitError;
use crate::ids::BlobId;
use crate::path::RepoPath;

/// What becomes of a path.
struct PathOutcome {
    /// What is at the path afterwards; nothing if it is removed.
    version: Version,
    conflict: Option<ConflictKind>,
}

impl OngoingMerge<'_, '_> {
    /// Decides every path, those below a folder before the folder's own.
    pub(super) fn resolve(&mut self) -> Result<(), GitError> {
        let mut nodes: Vec<(TreePath, PathNode)> =
            self.nodes.iter().map(|(path, node)| (Arc::clone(path), node.clone())).collect();
        nodes.sort_by(|(a, _), (b, _)| below_first(a, b));
        for (path, node) in nodes {
            if node.removed {
                self.edits.put_file(&path, Version::NONE);
            } else if node.is_file_and_folder() {
                self.resolve_beside_folder(&path, node)?;
            } else {
                self.decide(&path, &node, None)?;
            }
        }
        Ok(())
    }

    /// A file where another tree has a folder: if anything is left of the folder, the file makes way.
    fn resolve_beside_folder(&mut self, path: &TreePath, node: PathNode) -> Result<(), GitError> {
        let top = self.our_top();
        if !self.edits.leaves_folder(&mut self.engine.store, path, top)? {
            return self.decide(path, &PathNode { folders: 0, ..node }, None);
        }
        self.edits.put_file(path, Version::NONE);
        if node.files == BASE {
            return Ok(());
        }
        let side = if node.folders & MergeSide::Ours.bit() != 0 { MergeSide::Theirs } else { MergeSide::Ours };
        let aside = self.free_path(path, side)?;
        self.decide(&aside, &node, Some(side))
    }

    /// Decides one path. `aside` is the side whose file made way for a folder, which is a conflict if the file stays.
    fn decide(&mut self, path: &TreePath, node: &PathNode, aside: Option<MergeSide>) -> Result<(), GitError> {
        let [base, ours, theirs] = node.stages;
        let disputed = node.disputed.then_some(ConflictKind::Rename).or(aside.map(|_| ConflictKind::Mode));
        if node.agreeing == 0 && node.files & SIDES == SIDES && ours.kind() != theirs.kind() {
            return self.part(path, node);
        }
        let mut shown = node.clone();
        let decision = match node.files {
            _ if node.agreeing != 0 => {
                let version = match node.agreeing {
                    SIDES => ours,
                    agreeing if agreeing & MergeSide::Ours.bit() != 0 => theirs,
                    _ => ours,
                };
                PathOutcome { version, conflict: disputed.filter(|_| !version.is_none()) }
            }
            ALL | SIDES => {
                let merged = self.merge_contents(path, &node.stages, &node.names, 0)?;
                if let Some(driver) = merged.driver
                    && let (Some(ours), Some(theirs)) = (entry(ours), entry(theirs))
                {
                    let path = RepoPath::from_bytes(path.to_vec());
                    self.driven.push(DrivenFile { path, driver, base: entry(base), ours, theirs });
                }
                let mut version = merged.version;
                match (merged.text, aside) {
                    // The name of a file that made way is shown.
                    (Some(text), Some(_)) => version.id = self.engine.store.make(Kind::Blob, text.made.text),
                    (Some(text), None) => self.texts.push((Arc::clone(path), version.mode, text)),
                    (None, _) => {}
                }
                if let (None, Some(side)) = (merged.conflict, aside) {
                    shown.files = side.bit();
                    shown.stages[side.stage()] = version;
                }
                let kind = merged.conflict.map(|kind| if node.disputed { ConflictKind::Rename } else { kind });
                PathOutcome { version, conflict: kind.or(disputed) }
            }
            3 | 5 => {
                let (side, version) =
                    if node.files == 3 { (MergeSide::Ours, ours) } else { (MergeSide::Theirs, theirs) };
                let kind = match side {
                    _ if node.disputed && base.id == version.id => ConflictKind::Rename,
                    MergeSide::Ours => ConflictKind::DeletedByThem,
                    MergeSide::Theirs => ConflictKind::DeletedByUs,
                };
                // Git keeps the base of a path that common ancestors disagree on.
                let version = if self.engine.depth > 0 { base } else { version };
                PathOutcome { version, conflict: Some(kind) }
            }
            2 => PathOutcome { version: ours, conflict: disputed },
            4 => PathOutcome { version: theirs, conflict: disputed },
            _ => PathOutcome { version: Version::NONE, conflict: node.disputed.then_some(ConflictKind::Rename) },
        };
        self.edits.put_file(path, decision.version);
        if let Some(kind) = decision.conflict {
            self.report(path, kind, &shown);
        }
        Ok(())
    }

    /// Two things of different kinds at one path: a regular file makes way for the other; else both make way.
    fn part(&mut self, path: &TreePath, node: &PathNode) -> Result<(), GitError> {
        let [base, ours, theirs] = node.stages;
        if self.engine.depth > 0 {
            self.edits.put_file(path, base);
            self.report(path, ConflictKind::Mode, node);
            return Ok(());
        }
        let (our_way, their_way) = match (ours.is_regular(), theirs.is_regular()) {
            (true, _) => (true, false),
            (false, true) => (false, true),
            (false, false) => (true, true),
        };
        let our_path = if our_way { self.free_path(path, MergeSide::Ours)? } else { Arc::clone(path) };
        let their_path = if their_way { self.free_path(path, MergeSide::Theirs)? } else { Arc::clone(path) };
        if our_way && their_way {
            self.edits.put_file(path, Version::NONE);
        }
        for (at, side, version) in [(our_path, MergeSide::Ours, ours), (their_path, MergeSide::Theirs, theirs)] {
            let mut stages = [Version::NONE; 3];
            stages[side.stage()] = version;
            let mut files = side.bit();
            if base.kind() == version.kind() {
                stages[0] = base;
                files |= BASE;
            }
            self.edits.put_file(&at, version);
            self.report(&at, ConflictKind::Mode, &PathNode { stages, files, ..node.clone() });
        }
        Ok(())
    }

    fn report(&mut self, path: &TreePath, kind: ConflictKind, node: &PathNode) {
        let entry = |stage: usize| if node.files & (1 << stage) == 0 { None } else { entry(node.stages[stage]) };
        let conflict = PathConflict {
            path: RepoPath::from_bytes(path.to_vec()),
            names: node.names.clone().map(|name| RepoPath::from_bytes(name.to_vec())),
            kind,
            base: entry(0),
            ours: entry(1),
            theirs: entry(2),
        };
        self.conflicts.insert(Arc::clone(path), conflict);
    }
}

/// What is at a path.
fn entry(version: Version) -> Option<Entry> {
    (!version.is_none()).then(|| Entry { mode: version.mode, id: BlobId::from_bytes(version.id) })
}

/// Paths in reverse, as if each ended in a slash, so that what is in a folder comes before the folder.
fn below_first(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    b.iter().chain(b"/").cmp(a.iter().chain(b"/"))
}
