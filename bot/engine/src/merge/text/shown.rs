//! How many conflicts git's own markers show: it takes equal lines out of a conflict, which may leave several, and joins those that
//! stand so close that they read better as one (git's `xdl_refine_conflicts` and `xdl_simplify_non_conflicts`).

use super::regions::{Region, RegionKind, Three};
use super::slide::DiffHunk;

/// Conflicts with no more lines than these between them are one.
const NEAR: usize = 3;

/// A stretch of our file: whether it is in conflict, where it begins and where it ends.
type Stretch = (bool, usize, usize);

/// Counts the conflicts that these regions are shown as.
pub(super) fn count(
    three: Three<'_>,
    regions: &[Region],
    mut diff: impl FnMut(&[u32], &[u32]) -> Vec<DiffHunk>,
) -> usize {
    let mut shown: Vec<Stretch> = Vec::with_capacity(regions.len());
    for region in regions {
        let end = region.ours + region.ours_len;
        if region.who != RegionKind::Neither || region.ours_len == 0 || region.theirs_len == 0 {
            shown.push((region.who == RegionKind::Neither, region.ours, end));
            continue;
        }
        let ours = &three.ours[region.ours..end];
        let hunks = diff(ours, &three.theirs[region.theirs..region.theirs + region.theirs_len]);
        if hunks.is_empty() {
            shown.push((false, region.ours, end));
        }
        let at = |hunk: DiffHunk| (true, region.ours + hunk.old, region.ours + hunk.old + hunk.old_len);
        shown.extend(hunks.into_iter().map(at));
    }
    let (mut conflicts, mut before): (usize, Option<Stretch>) = (0, None);
    for stretch in shown {
        let joins =
            before.is_some_and(|(conflict, _, end)| conflict && stretch.0 && stretch.1.saturating_sub(end) <= NEAR);
        conflicts += usize::from(stretch.0 && !joins);
        before = Some(stretch);
    }
    conflicts
}
