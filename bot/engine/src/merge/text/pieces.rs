//! A merged text in its parts: what is settled, and what both sides say where they meet.

use super::regions::{self, Three, Who};
use super::{Source, Texts};
use crate::merge::pieces::Piece;

impl Texts {
    /// The parts of a merge, in order; the lines both sides begin or end with belong to no clash.
    pub(in crate::merge) fn pieces(&mut self, base: Source<'_>, ours: Source<'_>, theirs: Source<'_>) -> Vec<Piece> {
        let (lines, regions) = self.regions(base, ours, theirs);
        let [base_lines, our_lines, their_lines] = &lines;
        let three = Three { base: &base_lines.tokens, ours: &our_lines.tokens, theirs: &their_lines.tokens };
        let mut trimmed = regions.to_vec();
        regions::trim(three, &mut trimmed);
        let mut pieces = Vec::new();
        let mut settled = Vec::new();
        let mut done = 0;
        for (region, whole) in trimmed.iter().zip(regions.iter()) {
            let their_text = &theirs.bytes[their_lines.span(region.theirs, region.theirs + region.theirs_len)];
            match region.who {
                // Our lines are written with the unchanged lines that follow.
                Who::Same | Who::Ours => continue,
                Who::Theirs => {
                    settled.extend_from_slice(&ours.bytes[our_lines.span(done, region.ours)]);
                    settled.extend_from_slice(their_text);
                }
                Who::Neither => {
                    settled.extend_from_slice(&ours.bytes[our_lines.span(done, region.ours)]);
                    pieces.push(Piece::Settled(std::mem::take(&mut settled)));
                    pieces.push(Piece::Clash {
                        base: base.bytes[base_lines.span(region.base, region.base + region.base_len)].to_vec(),
                        ours: ours.bytes[our_lines.span(region.ours, region.ours + region.ours_len)].to_vec(),
                        theirs: their_text.to_vec(),
                        shared: [
                            &ours.bytes[our_lines.span(whole.ours, region.ours)],
                            &ours.bytes[our_lines.span(region.ours + region.ours_len, whole.ours + whole.ours_len)],
                        ]
                        .concat(),
                    });
                }
            }
            done = region.ours + region.ours_len;
        }
        settled.extend_from_slice(&ours.bytes[our_lines.span(done, our_lines.len())]);
        pieces.push(Piece::Settled(settled));
        pieces
    }
}
