//! What came of merging manifests, each merge made once in a run: the line, the phases and the searches meet the same ones.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::manifest::{KeyAnswer, KnownManifests, ManifestOutcome};
use crate::pick::versions::FileVersions;
use engine::GitError;
use engine::commit::Entry;
use engine::path::RepoPath;

/// So many merges are remembered.
const MOST: usize = 1000;

/// What came of a merge, and the answers that resolved a key of it.
type MergedKeys = Rc<(ManifestOutcome, Vec<KeyAnswer>)>;

/// What a merge of manifests depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ManifestCase {
    pub(super) path: RepoPath,
    /// Before both changes, the fork's and upstream's.
    pub(super) sides: [Option<Entry>; 3],
    /// As both branches last had it in common.
    pub(super) ancestor: Option<Entry>,
    /// What people answered before.
    pub(super) known: Vec<KeyAnswer>,
}

/// The merges of manifests so far.
#[derive(Debug, Default)]
pub struct MergedManifests {
    merged: RefCell<HashMap<ManifestCase, Option<MergedKeys>>>,
    /// Those that were read lately.
    known: RefCell<KnownManifests>,
    /// Those that merged line by line into something that can be read.
    sound: RefCell<HashSet<(RepoPath, FileVersions)>>,
}

impl MergedManifests {
    /// What comes of a merge; `merge` makes it where it was not made before. `None` where a side is no text.
    pub(super) fn of(
        &self,
        case: ManifestCase,
        merge: impl FnOnce(
            &ManifestCase,
            &mut KnownManifests,
        ) -> Result<Option<(ManifestOutcome, Vec<KeyAnswer>)>, GitError>,
    ) -> Result<Option<MergedKeys>, GitError> {
        if let Some(known) = self.merged.borrow().get(&case) {
            return Ok(known.clone());
        }
        let merged = merge(&case, &mut self.known.borrow_mut())?.map(Rc::new);
        let mut all = self.merged.borrow_mut();
        if all.len() == MOST {
            all.clear();
        }
        all.insert(case, merged.clone());
        Ok(merged)
    }

    /// Whether these were found to merge line by line into something that can be read.
    pub(super) fn is_sound(&self, merged: &(RepoPath, FileVersions)) -> bool {
        self.sound.borrow().contains(merged)
    }

    pub(super) fn note_sound(&self, merged: (RepoPath, FileVersions)) {
        self.sound.borrow_mut().insert(merged);
    }
}
