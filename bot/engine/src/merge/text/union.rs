//! Merging with the lines of both sides where they conflict (`merge=union`), as git does it.

use super::regions::{Region, RegionKind};
use super::{SourceText, TextMerger, render, slide};

/// So many equal lines or fewer between two conflicts do not keep them apart.
const NEAR: usize = 3;

/// The lines of both sides in one conflict: where ours begin, how many there are, and the same of theirs.
#[derive(Debug, Clone, Copy)]
struct Clash {
    ours: usize,
    ours_len: usize,
    theirs: usize,
    theirs_len: usize,
}

impl TextMerger {
    /// The merged text, and whether anything conflicted in it.
    pub(in crate::merge) fn union(
        &mut self,
        base: SourceText<'_>,
        ours: SourceText<'_>,
        theirs: SourceText<'_>,
    ) -> (Vec<u8>, bool) {
        let (lines, regions) = self.regions(base, ours, theirs);
        let [base_lines, our_lines, their_lines] = &lines;
        let files = [(base.bytes, &**base_lines), (ours.bytes, &**our_lines), (theirs.bytes, &**their_lines)];
        let mut parts: Vec<(bool, Clash)> = Vec::new();
        for region in regions.iter() {
            match region.who {
                RegionKind::Ours | RegionKind::Same => {}
                RegionKind::Theirs => parts.push((false, whole(region))),
                RegionKind::Neither => {
                    let clashes = self.refine(region, &our_lines.tokens, &their_lines.tokens);
                    parts.extend(clashes.into_iter().map(|clash| (true, clash)));
                }
            }
        }
        let parts = joined(parts, &regions);
        let mut out = Vec::with_capacity(ours.bytes.len() + theirs.bytes.len() / 8);
        let mut done = 0;
        for (both, clash) in &parts {
            out.extend_from_slice(&ours.bytes[our_lines.span(done, clash.ours)]);
            let end = clash.ours + clash.ours_len;
            if *both {
                let own = &ours.bytes[our_lines.span(clash.ours, end)];
                out.extend_from_slice(own);
                if !own.is_empty() && !own.ends_with(b"\n") {
                    let crlf = render::uses_crlf(files, clash.ours, clash.theirs);
                    out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
                }
            }
            out.extend_from_slice(&theirs.bytes[their_lines.span(clash.theirs, clash.theirs + clash.theirs_len)]);
            done = end;
        }
        out.extend_from_slice(&ours.bytes[our_lines.span(done, our_lines.len())]);
        (out, parts.iter().any(|(both, _)| *both))
    }

    /// What of a conflict is not in both sides: these are compared with each other.
    fn refine(&mut self, region: &Region, ours: &[u32], theirs: &[u32]) -> Vec<Clash> {
        let all = whole(region);
        if all.ours_len == 0 || all.theirs_len == 0 {
            return vec![all];
        }
        let ours = &ours[all.ours..all.ours + all.ours_len];
        let theirs = &theirs[all.theirs..all.theirs + all.theirs_len];
        let flags = self.histogram.diff(ours, theirs, self.interner.len());
        let hunks = slide::hunks(flags, ours, theirs, self.shifted);
        let clash = |hunk: &slide::DiffHunk| Clash {
            ours: all.ours + hunk.old,
            ours_len: hunk.old_len,
            theirs: all.theirs + hunk.new,
            theirs_len: hunk.new_len,
        };
        hunks.iter().map(clash).collect()
    }
}

fn whole(region: &Region) -> Clash {
    Clash { ours: region.ours, ours_len: region.ours_len, theirs: region.theirs, theirs_len: region.theirs_len }
}

/// Joins conflicts that have few lines between them and nothing else that changed.
fn joined(parts: Vec<(bool, Clash)>, regions: &[Region]) -> Vec<(bool, Clash)> {
    // Where only our side changed something, nothing is written, but it stands between.
    let apart = |from: usize, to: usize| {
        let own = |region: &&Region| matches!(region.who, RegionKind::Ours | RegionKind::Same);
        regions.iter().filter(own).any(|region| from <= region.ours && region.ours + region.ours_len <= to)
    };
    let mut all: Vec<(bool, Clash)> = Vec::with_capacity(parts.len());
    for (both, next) in parts {
        if both
            && let Some((true, last)) = all.last_mut()
            && next.ours - (last.ours + last.ours_len) <= NEAR
            && !apart(last.ours + last.ours_len, next.ours)
        {
            last.ours_len = next.ours + next.ours_len - last.ours;
            last.theirs_len = next.theirs + next.theirs_len - last.theirs;
            continue;
        }
        all.push((both, next));
    }
    all
}
