//! A merged text in chunks: what is resolved, and what both sides have where they conflict.

use super::regions::{self, RegionKind, Three};
use super::{SourceText, TextMerger};
use crate::merge::chunks::MergeChunk;

impl TextMerger {
    /// The chunks of a merge, in order. Lines that both sides of a conflict begin or end with are in the resolved chunks.
    pub(in crate::merge) fn chunks(
        &mut self,
        base: SourceText<'_>,
        ours: SourceText<'_>,
        theirs: SourceText<'_>,
    ) -> Vec<MergeChunk> {
        let (lines, regions) = self.regions(base, ours, theirs);
        let [base_lines, our_lines, their_lines] = &lines;
        let three = Three { base: &base_lines.tokens, ours: &our_lines.tokens, theirs: &their_lines.tokens };
        let mut trimmed = regions.to_vec();
        regions::trim(three, &mut trimmed);
        let mut chunks = Vec::new();
        let mut resolved = Vec::new();
        let mut done = 0;
        for (region, whole) in trimmed.iter().zip(regions.iter()) {
            let their_text = &theirs.bytes[their_lines.span(region.theirs, region.theirs + region.theirs_len)];
            match region.who {
                // Our lines are written with the unchanged lines that follow.
                RegionKind::Same | RegionKind::Ours => continue,
                RegionKind::Theirs => {
                    resolved.extend_from_slice(&ours.bytes[our_lines.span(done, region.ours)]);
                    resolved.extend_from_slice(their_text);
                }
                RegionKind::Neither => {
                    resolved.extend_from_slice(&ours.bytes[our_lines.span(done, region.ours)]);
                    chunks.push(MergeChunk::Resolved(std::mem::take(&mut resolved)));
                    chunks.push(MergeChunk::Conflict {
                        lines: region.into(),
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
        resolved.extend_from_slice(&ours.bytes[our_lines.span(done, our_lines.len())]);
        chunks.push(MergeChunk::Resolved(resolved));
        chunks
    }
}
