//! What `.gitattributes`, or a submodule's history, decided: no conflict was left of it, and it is named like any other resolution.

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
                MergeDriver::FastForward => {
                    let now = merger.entry(merged.tree, &file.path)?;
                    let upstreams = now.is_some_and(|now| now.id == file.theirs.id);
                    let side = if upstreams { ConflictSide::Upstream } else { ConflictSide::Fork };
                    Method::Whole { side, what: WholeKind::Submodule }
                }
                _ => {
                    let places = merger.conflict_hunks(file.base, file.ours, file.theirs)?.map_or(1, |all| all.len());
                    Method::Lines { chosen: Some(SideChoice::Union), places, total: places }
                }
            };
            let result = merger.entry(merged.tree, &file.path)?;
            let versions = FileVersions([file.base, Some(file.ours), Some(file.theirs), result]);
            let lost = self.dropped_lines(merger, versions)?;
            let (by, kind) = match file.driver {
                MergeDriver::FastForward => (ResolvedBy::FastForward, ConflictKind::Submodule),
                driver => (ResolvedBy::Attribute(driver), ConflictKind::Text),
            };
            merged.resolutions.push(Resolution {
                path: file.path.clone(),
                kind: Some(kind),
                by,
                how,
                lost,
                notes: Vec::new(),
            });
        }
        Ok(())
    }
}
