//! Merging texts line by line, as git does it.

mod chunks;
mod count;
mod histogram;
mod lines;
mod myers;
mod near;
mod patch;
mod regions;
mod render;
mod shown;
mod slide;
mod union;

use std::sync::Arc;

use super::compare::{ConflictHunk, LineHunk};
use super::merger::GitVersion;
use super::store::Id;
use crate::objects::cache::Cache;
pub(super) use count::most_lines;
use histogram::Histogram;
use lines::Interner;
pub(super) use lines::LineTable;
use regions::{Region, RegionKind, Three};
use slide::{DiffHunk, Shifted};

pub(crate) use patch::patch_lines;
pub(super) use render::Markers;

/// Distinct lines are forgotten, all at once, when they take more than this many bytes.
const LINES_BUDGET: usize = 48 << 20;
/// Bytes for files as line numbers, for diffs, and for regions.
const CACHE_BUDGET: usize = 24 << 20;

/// A file to merge, with its name, by which diffs are remembered.
#[derive(Clone, Copy)]
pub(super) struct SourceText<'a> {
    pub(super) id: Id,
    pub(super) bytes: &'a [u8],
}

/// Merges texts and remembers what it has seen: lines, diffs and whole merges.
pub(super) struct TextMerger {
    interner: Interner,
    /// How often lines were numbered anew.
    numbering: usize,
    histogram: Histogram,
    near: near::Near,
    lines: Cache<Id, LineTable>,
    diffs: Cache<(Id, Id), Vec<DiffHunk>>,
    merges: Cache<(Id, Id, Id), Vec<Region>>,
    shifted: Shifted,
}

impl Default for TextMerger {
    fn default() -> Self {
        Self {
            interner: Interner::default(),
            numbering: 0,
            histogram: Histogram::default(),
            near: near::Near::default(),
            lines: Cache::new(CACHE_BUDGET),
            diffs: Cache::new(CACHE_BUDGET),
            merges: Cache::new(CACHE_BUDGET),
            shifted: Shifted::default(),
        }
    }
}

impl From<&Region> for ConflictHunk {
    fn from(region: &Region) -> Self {
        Self {
            base: region.base..region.base + region.base_len,
            ours: region.ours..region.ours + region.ours_len,
            theirs: region.theirs..region.theirs + region.theirs_len,
        }
    }
}

/// A text that was made here, with its lines where these are known.
pub(super) struct MadeText {
    pub(super) text: Vec<u8>,
    pub(super) lines: Option<MadeLines>,
}

/// The lines of a text that was made here, by the numbers that lines had then.
pub(super) struct MadeLines {
    lines: LineTable,
    numbering: usize,
}

/// The result of a merge.
pub(super) struct MergedText {
    /// The result, if there are no conflicts.
    pub(super) clean: Option<MadeText>,
    /// The result with markers, if there are and it is wanted.
    pub(super) marked: Option<Vec<u8>>,
}

impl TextMerger {
    /// A merger of texts with the answers of this version of git.
    pub(super) fn as_of(git: GitVersion) -> Self {
        let shifted = if git.compares_shifted_groups() { Shifted::Compared } else { Shifted::Left };
        Self { shifted, ..Self::default() }
    }

    /// Brings what changed from `base` to `theirs` into `ours`. The lines of the result are wanted where merges go on from it.
    pub(super) fn merge(
        &mut self,
        base: SourceText<'_>,
        ours: SourceText<'_>,
        theirs: SourceText<'_>,
        (markers, goes_on): (&Markers<'_>, bool),
    ) -> MergedText {
        let (lines, regions) = self.regions(base, ours, theirs);
        let [base_lines, our_lines, their_lines] = &lines;
        let three = Three { base: &base_lines.tokens, ours: &our_lines.tokens, theirs: &their_lines.tokens };
        let clean = regions.iter().all(|region| region.who != RegionKind::Neither);
        let files = [(base.bytes, &**base_lines), (ours.bytes, &**our_lines), (theirs.bytes, &**their_lines)];
        if clean {
            let pieces = render::pieces(our_lines.len(), &regions);
            let lines = if goes_on { render::lines(files, &pieces) } else { None };
            let lines = lines.map(|lines| MadeLines { lines, numbering: self.numbering });
            return MergedText { clean: Some(MadeText { text: render::text(files, &pieces), lines }), marked: None };
        }
        let marked = markers.wanted.then(|| render::render(files, three, &regions, markers));
        MergedText { clean: None, marked }
    }

    /// Where both sides changed the base, each in its own way.
    pub(super) fn conflict_hunks(
        &mut self,
        base: SourceText<'_>,
        ours: SourceText<'_>,
        theirs: SourceText<'_>,
    ) -> Vec<ConflictHunk> {
        let (_, regions) = self.regions(base, ours, theirs);
        let conflicting = regions.iter().filter(|region| region.who == RegionKind::Neither);
        conflicting.map(ConflictHunk::from).collect()
    }

    /// How many conflicts git's own markers show.
    pub(super) fn places(&mut self, base: SourceText<'_>, ours: SourceText<'_>, theirs: SourceText<'_>) -> usize {
        let ([base, ours, theirs], regions) = self.regions(base, ours, theirs);
        let three = Three { base: &base.tokens, ours: &ours.tokens, theirs: &theirs.tokens };
        shown::count(three, &regions, |old, new| {
            let flags = self.histogram.diff(old, new, self.interner.len());
            slide::hunks(flags, old, new, self.shifted)
        })
    }

    /// A file as lines.
    pub(super) fn cut(&mut self, file: SourceText<'_>) -> Arc<LineTable> {
        self.make_room();
        self.lines(file, None)
    }

    /// Where two files differ.
    pub(super) fn compare(&mut self, old: SourceText<'_>, new: SourceText<'_>) -> Vec<LineHunk> {
        self.make_room();
        let old_lines = self.lines(old, None);
        let new_lines = self.lines(new, Some((old, &old_lines)));
        let hunks = self.hunks((old.id, &old_lines.tokens), (new.id, &new_lines.tokens));
        hunks
            .iter()
            .map(|hunk| LineHunk { old: hunk.old..hunk.old + hunk.old_len, new: hunk.new..hunk.new + hunk.new_len })
            .collect()
    }

    /// The files as lines, base first, and what each side did to the base.
    fn regions(
        &mut self,
        base: SourceText<'_>,
        ours: SourceText<'_>,
        theirs: SourceText<'_>,
    ) -> ([Arc<LineTable>; 3], Arc<Vec<Region>>) {
        self.make_room();
        // A fork's file and upstream's are alike, upstream's and its own next state more so.
        let known = self.lines.get(&base.id);
        let our_lines = self.lines(ours, known.as_deref().map(|lines| (base, lines)));
        let base_lines = known.unwrap_or_else(|| self.lines(base, Some((ours, &our_lines))));
        let their_lines = self.lines(theirs, Some((base, &base_lines)));
        let three = Three { base: &base_lines.tokens, ours: &our_lines.tokens, theirs: &their_lines.tokens };
        let key = (base.id, ours.id, theirs.id);
        let regions = self.merges.get(&key).unwrap_or_else(|| {
            let their_hunks = self.hunks((base.id, three.base), (theirs.id, three.theirs));
            let our_hunks = self.hunks_near((base.id, three.base), (ours.id, three.ours), &their_hunks);
            let mut regions = regions::overlay(three, &our_hunks, &their_hunks);
            regions::resolve_equal(three, &mut regions);
            let weight = regions.len() * size_of::<Region>();
            let regions = Arc::new(regions);
            self.merges.put(key, Arc::clone(&regions), weight);
            regions
        });
        ([base_lines, our_lines, their_lines], regions)
    }

    /// Remembers the lines of a text that was made here, by the name it got.
    pub(super) fn know(&mut self, id: Id, made: MadeLines) {
        if made.numbering == self.numbering {
            let weight = made.lines.weight();
            self.lines.put(id, Arc::new(made.lines), weight);
        }
    }

    fn make_room(&mut self) {
        if self.interner.weight() > LINES_BUDGET {
            self.interner = Interner::default();
            self.numbering += 1;
            self.lines.clear();
        }
    }

    fn lines(&mut self, file: SourceText<'_>, like: Option<(SourceText<'_>, &LineTable)>) -> Arc<LineTable> {
        self.lines.get(&file.id).unwrap_or_else(|| {
            let lines = match like {
                Some((known, lines)) => self.interner.lines_like(file.bytes, known.bytes, lines),
                None => self.interner.lines(file.bytes),
            };
            self.lines.put(file.id, Arc::clone(&lines), lines.weight());
            lines
        })
    }

    /// What our side changed, exactly where their side did, and roughly elsewhere: where only we changed a file it is ours, line
    /// for line, whichever lines the diff pairs.
    fn hunks_near(&mut self, old: (Id, &[u32]), new: (Id, &[u32]), theirs: &[DiffHunk]) -> Arc<Vec<DiffHunk>> {
        self.diffs.get(&(old.0, new.0)).unwrap_or_else(|| {
            let flags = self.near.diff(&mut self.histogram, old.1, new.1, self.interner.len(), theirs);
            Arc::new(slide::hunks(flags, old.1, new.1, self.shifted))
        })
    }

    fn hunks(&mut self, old: (Id, &[u32]), new: (Id, &[u32])) -> Arc<Vec<DiffHunk>> {
        self.diffs.get(&(old.0, new.0)).unwrap_or_else(|| {
            let flags = self.histogram.diff(old.1, new.1, self.interner.len());
            let hunks = Arc::new(slide::hunks(flags, old.1, new.1, self.shifted));
            self.diffs.put((old.0, new.0), Arc::clone(&hunks), hunks.len() * size_of::<DiffHunk>());
            hunks
        })
    }
}
