//! Two sets of hunks against one base, laid over each other: what each side alone changed, and where they meet.

use super::slide::DiffHunk;

/// Who decides a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegionKind {
    /// Only our side changed it.
    Ours,
    /// Only their side changed it.
    Theirs,
    /// Both changed it, and to the same; our side's lines are taken for both.
    Same,
    /// Both changed it, and differently.
    Neither,
}

/// A stretch of the base that a side changed, with the place it has in each of the three files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) who: RegionKind,
    pub(super) base: usize,
    pub(super) base_len: usize,
    pub(super) ours: usize,
    pub(super) ours_len: usize,
    pub(super) theirs: usize,
    pub(super) theirs_len: usize,
}

/// The three files as line numbers.
#[derive(Clone, Copy)]
pub(super) struct Three<'a> {
    pub(super) base: &'a [u32],
    pub(super) ours: &'a [u32],
    pub(super) theirs: &'a [u32],
}

/// Lays both sides' hunks over each other, in order of the base.
pub(super) fn overlay(three: Three<'_>, ours: &[DiffHunk], theirs: &[DiffHunk]) -> Vec<Region> {
    let mut regions = Regions(Vec::new());
    let (mut left, mut right) = (ours.iter().peekable(), theirs.iter().peekable());
    // How far each file has drifted from the base after the last hunk of its side.
    let (mut drift_ours, mut drift_theirs) = (0, 0);
    loop {
        match (left.peek(), right.peek()) {
            (None, None) => return regions.0,
            (Some(h), other) if other.is_none_or(|other| h.old + h.old_len < other.old) => {
                regions.push(alone(RegionKind::Ours, **h, drift_theirs));
                drift_ours = drift(h);
                left.next();
            }
            (other, Some(h)) if other.is_none_or(|other| h.old + h.old_len < other.old) => {
                regions.push(alone(RegionKind::Theirs, **h, drift_ours));
                drift_theirs = drift(h);
                right.next();
            }
            (Some(l), Some(r)) => {
                let (l, r) = (**l, **r);
                let same = l.old == r.old
                    && l.old_len == r.old_len
                    && three.ours[l.new..l.new + l.new_len] == three.theirs[r.new..r.new + r.new_len];
                if !same {
                    regions.push(both(l, r));
                }
                let (end_l, end_r) = (l.old + l.old_len, r.old + r.old_len);
                if end_l >= end_r {
                    drift_theirs = drift(&r);
                    right.next();
                }
                if end_r >= end_l {
                    drift_ours = drift(&l);
                    left.next();
                }
            }
            // The guards above take every case in which one side has no hunk left.
            (Some(_), None) | (None, Some(_)) => return regions.0,
        }
    }
}

fn signed(n: usize) -> isize {
    isize::try_from(n).unwrap_or(isize::MAX)
}

/// How far the file is ahead of the base after this hunk.
fn drift(hunk: &DiffHunk) -> isize {
    signed(hunk.new + hunk.new_len) - signed(hunk.old + hunk.old_len)
}

fn alone(who: RegionKind, hunk: DiffHunk, other_drift: isize) -> Region {
    // As with `both`, the start may lie before the file when the region is to be joined; the end is what counts.
    let start = hunk.old.saturating_add_signed(other_drift);
    let other = (start, (hunk.old + hunk.old_len).saturating_add_signed(other_drift) - start);
    let (ours, theirs) = match who {
        RegionKind::Theirs => (other, (hunk.new, hunk.new_len)),
        RegionKind::Ours | RegionKind::Same | RegionKind::Neither => ((hunk.new, hunk.new_len), other),
    };
    Region {
        who,
        base: hunk.old,
        base_len: hunk.old_len,
        ours: ours.0,
        ours_len: ours.1,
        theirs: theirs.0,
        theirs_len: theirs.1,
    }
}

/// Two hunks that touch: the region runs from the earlier start to the later end, in every file.
fn both(l: DiffHunk, r: DiffHunk) -> Region {
    let base = l.old.min(r.old);
    let end = (l.old + l.old_len).max(r.old + r.old_len);
    let reach = |h: DiffHunk| {
        // Where one hunk spans several of the other side, only the end counts: the region joins the one before.
        let start = h.new.saturating_sub(h.old - base);
        (start, h.new + h.new_len + (end - (h.old + h.old_len)) - start)
    };
    let (ours, theirs) = (reach(l), reach(r));
    Region {
        who: RegionKind::Neither,
        base,
        base_len: end - base,
        ours: ours.0,
        ours_len: ours.1,
        theirs: theirs.0,
        theirs_len: theirs.1,
    }
}

struct Regions(Vec<Region>);

impl Regions {
    /// Adds a region, joining it to the one before where they touch; of different kinds, they make a conflict.
    fn push(&mut self, region: Region) {
        if let Some(last) = self.0.last_mut()
            && (region.ours <= last.ours + last.ours_len || region.theirs <= last.theirs + last.theirs_len)
        {
            if last.who != region.who {
                last.who = RegionKind::Neither;
            }
            last.base_len = (region.base + region.base_len).saturating_sub(last.base);
            last.ours_len = (region.ours + region.ours_len).saturating_sub(last.ours);
            last.theirs_len = (region.theirs + region.theirs_len).saturating_sub(last.theirs);
        } else {
            self.0.push(region);
        }
    }
}

/// Conflicts in which both sides have the same lines are none. One side being empty is not looked into, as git does not:
/// two removals that only overlap stay a conflict.
pub(super) fn resolve_equal(three: Three<'_>, regions: &mut [Region]) {
    for region in regions.iter_mut().filter(|region| region.who == RegionKind::Neither) {
        let ours = &three.ours[region.ours..region.ours + region.ours_len];
        let theirs = &three.theirs[region.theirs..region.theirs + region.theirs_len];
        if !ours.is_empty() && ours == theirs {
            region.who = RegionKind::Same;
        }
    }
}

/// Takes lines that both sides begin or end with out of each conflict (git's `zdiff3`).
pub(super) fn trim(three: Three<'_>, regions: &mut [Region]) {
    for region in regions.iter_mut().filter(|region| region.who == RegionKind::Neither) {
        let equal = |region: &Region, ours: usize, theirs: usize| {
            region.ours_len > 0 && region.theirs_len > 0 && three.ours[ours] == three.theirs[theirs]
        };
        while equal(region, region.ours, region.theirs) {
            region.ours += 1;
            region.ours_len -= 1;
            region.theirs += 1;
            region.theirs_len -= 1;
        }
        while region.ours_len > 0
            && region.theirs_len > 0
            && equal(region, region.ours + region.ours_len - 1, region.theirs + region.theirs_len - 1)
        {
            region.ours_len -= 1;
            region.theirs_len -= 1;
        }
    }
}
