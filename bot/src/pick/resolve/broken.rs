//! Manifests that merged line by line, and cannot be read afterwards: as where both sides added the same key, each in its own
//! place. Git calls that clean; whoever builds the result does not. They are merged by what they say instead.

use super::source::ResolutionSource;
use super::{ConflictCache, ConflictOutcome, MergeCase, ResolvedMerge, Resolver, UnresolvedConflict, structure};
use crate::config::raw::ResolveBy;
use crate::manifest;
use crate::pick::remark::Remark;
use crate::pick::resolution::ResolutionNote;
use crate::pick::versions::FileVersions;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, Merger, PathConflict};

impl Resolver<'_> {
    /// Merges again, key by key, the manifests that a clean merge broke.
    pub(super) fn mend(
        &self,
        merger: &mut Merger<'_>,
        steps: &mut ConflictCache,
        case: &MergeCase<'_>,
        changed: &[RepoPath],
        merged: &mut ResolvedMerge,
    ) -> Result<(), GitError> {
        let mut mended = Vec::new();
        for path in changed {
            let ResolutionSource::Rule(rule) = self.way(path) else { continue };
            let met = case.merged.conflicts.iter().any(|conflict| conflict.path == *path);
            if rule.resolve != ResolveBy::Manifest || met {
                continue;
            }
            let files = FileVersions::at(merger, [case.base, case.before, case.theirs, merged.tree], path)?;
            let [base, ours, theirs, result] = files.0;
            // One side's change alone is as right as that side is.
            if ours.is_none() || result == theirs {
                continue;
            }
            let key = (path.clone(), files);
            if theirs.is_none() || self.ways.manifests.is_sound(&key) {
                continue;
            }
            let Some([_, our_text, their_text, text]) = files.texts(merger)? else { continue };
            if !manifest::is_broken(&path.to_text(), &our_text, &their_text, &text) {
                self.ways.manifests.note_sound(key);
                continue;
            }
            let names = [path.clone(), path.clone(), path.clone()];
            let conflict = PathConflict { path: path.clone(), names, kind: ConflictKind::Text, base, ours, theirs };
            let step = match steps.broken.get(&conflict) {
                Some(step) => step.clone(),
                None => structure::resolve(self, merger, &conflict, rule)?,
            };
            steps.broken.insert(conflict.clone(), step.clone());
            match step {
                ConflictOutcome::Resolved(files, mut resolutions) => {
                    for found in &mut resolutions {
                        found.notes.insert(0, ResolutionNote::BrokenByMerge);
                    }
                    mended.extend(files);
                    merged.resolutions.extend(resolutions);
                }
                ConflictOutcome::Open(mut remarks)
                | ConflictOutcome::Partly(mut remarks, ..)
                | ConflictOutcome::Disagreement(mut remarks) => {
                    remarks.insert(0, Remark::BrokenByMerge);
                    let (conflict, left) = (conflict.clone(), None);
                    merged.open.push(UnresolvedConflict { conflict, left, remarks, described: true });
                }
            }
            merged.broken.push(conflict);
        }
        merged.tree = merger.with_entries(merged.tree, mended.iter().map(|(path, entry)| (path, *entry)))?;
        Ok(())
    }
}
