//! What `.gitattributes` decided: no conflict was left of it, and it is named like any other resolution.

use super::{MergeCase, ResolvedMerge, Resolver};
use crate::pick::resolution::{ConflictSide, Method, Resolution, ResolvedBy, SideChoice, WholeKind};
use crate::pick::versions::FileVersions;
use engine::{ConflictKind, GitError, MergeDriver, Merger};

impl Resolver<'_> {
    /// Names the files that a driver merged, but for those that something else had a say in after it.
    pub(super) fn driven(
        &self,
        merger: &mut Merger<'_>,
        case: &MergeCase<'_>,
        merged: &mut ResolvedMerge,
    ) -> Result<(), GitError> {
        for file in &case.merged.driven {
            let named = merged.resolutions.iter().map(|found| &found.path);
            if named.chain(merged.open.iter().map(|open| &open.conflict.path)).any(|path| *path == file.path) {
                continue;
            }
            let how = match file.driver {
                MergeDriver::Ours => Method::Whole { side: ConflictSide::Fork, what: WholeKind::Indivisible },
                _ => {
                    let places = merger.conflict_hunks(file.base, file.ours, file.theirs)?.map_or(1, |all| all.len());
                    Method::Lines { chosen: Some(SideChoice::Union), places, total: places }
                }
            };
            let result = merger.entry(merged.tree, &file.path)?;
            let versions = FileVersions([file.base, Some(file.ours), Some(file.theirs), result]);
            let lost = self.dropped_lines(merger, versions)?;
            let (path, by) = (file.path.clone(), ResolvedBy::Attribute(file.driver));
            merged.resolutions.push(Resolution {
                path,
                kind: Some(ConflictKind::Text),
                by,
                how,
                lost,
                notes: Vec::new(),
            });
        }
        Ok(())
    }
}
