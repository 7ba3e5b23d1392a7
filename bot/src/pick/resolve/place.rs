//! Resolving a text place by place: by remembered answers, by form, in the form of a formatter, by a merge driver, and what is left by
//! the side that is chosen for the path. What drops nothing comes before what drops a side's lines.

use std::rc::Rc;

use super::source::ResolutionSource;
use super::text::{MergedPart, MergingText, OpenPlace};
use super::{ConflictOutcome, Resolver};
use crate::pick::remark::{Remark, UnusedProgram};
use crate::pick::resolution::{ConflictSide, Resolution, ResolutionNote, ResolvedBy, SideChoice};
use engine::commit::Entry;
use engine::{GitError, Merger, PathConflict};

impl Resolver<'_> {
    /// Resolves each place of a text, where everything can be.
    pub(super) fn places(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        way: &ResolutionSource<'_>,
    ) -> Result<ConflictOutcome, GitError> {
        let Some(mut plain) = self.merging(merger, conflict, [conflict.base, conflict.ours, conflict.theirs])? else {
            return Ok(ConflictOutcome::Open(Vec::new()));
        };
        // A decision is later than what was answered once; a rule speaks of all such paths, an answer of this place.
        let is_decided = matches!(way, ResolutionSource::Decided(..));
        if !is_decided {
            plain.resolve(&|place| self.answered(conflict, place));
        }
        let mut unused = Vec::new();
        let mut formed = None;
        if !is_decided && !way.is_by_keys() {
            plain.resolve_form();
            // An answer was given to lines as they stand.
            if plain.open() > 0 && !plain.is_by(&|by| matches!(by, ResolvedBy::Memory { .. })) {
                formed = self.in_form(merger, conflict, &plain, &mut unused)?;
            }
        }
        let mut texts: Vec<MergingText<'_>> = formed.into_iter().chain([plain]).collect();
        if texts.iter().all(|text| text.open() > 0)
            && let Some(rule) = way.driver()
            && let Some(step) = self.drive(merger, conflict, rule, &mut unused)?
        {
            return Ok(step);
        }
        for text in &mut texts {
            if let (Some(choice), Some(by)) = (way.choice(), way.by()) {
                text.resolve(&|place| Some((by.clone(), MergedPart::plain(chosen(choice, place)))));
            }
            if text.open() == 0
                && let Some(step) = self.finish(merger, conflict, text, way.choice(), &unused)?
            {
                return Ok(step);
            }
        }
        let open = texts.iter().filter(|text| text.open() > 0).min_by_key(|text| text.open());
        self.partly(merger, conflict, open, unused)
    }

    /// The merge of three files, with nothing resolved yet; `None` where one of them is no text.
    pub(super) fn merging<'c>(
        &self,
        merger: &mut Merger<'_>,
        conflict: &'c PathConflict,
        [base, ours, theirs]: [Option<Entry>; 3],
    ) -> Result<Option<MergingText<'c>>, GitError> {
        let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(None) };
        let chunks = merger.chunks(base, ours, theirs)?;
        Ok(chunks.map(|chunks| MergingText::new(conflict.path.file_name(), chunks, base.is_some(), self.accounts)))
    }

    /// What somebody answered to just these lines.
    fn answered(&self, conflict: &PathConflict, place: &OpenPlace) -> Option<(ResolvedBy, MergedPart)> {
        let (place, answer) = self.ways.memory.hunk_answer(&conflict.path, &place.ours, &place.theirs)?;
        let by = ResolvedBy::Memory { key: answer.key.clone(), origin: answer.origin.clone() };
        Some((by, MergedPart { text: place.resolved.clone(), exact: true }))
    }

    /// The file that a text makes whose places are all resolved; `None` where it does not say the same out of its formatter's form.
    fn finish(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        text: &MergingText<'_>,
        choice: Option<SideChoice>,
        unused: &[UnusedProgram],
    ) -> Result<Option<ConflictOutcome>, GitError> {
        let (Some(ours), Some(theirs)) = (conflict.ours, conflict.theirs) else { return Ok(None) };
        let fork = merger.text(ours)?.map(|text| text.to_vec()).unwrap_or_default();
        let mut whole = text.whole(&fork, &|_, _| Vec::new());
        if let Some(formed) = &text.formed {
            let Some(found) = self.out_of_form(merger, conflict, formed, (&fork, whole), choice.is_none())? else {
                return Ok(None);
            };
            whole = found;
        }
        let (mode, note) = mode(conflict.base, ours, theirs, choice);
        let entry = Entry { mode, id: merger.make_file(whole) };
        let notes = note.into_iter().chain(unused.iter().cloned().map(ResolutionNote::Unused));
        let notes: Vec<ResolutionNote> = notes.collect();
        let resolutions = text.shares.iter().map(|share| Resolution {
            path: conflict.path.clone(),
            kind: Some(conflict.kind),
            how: share.method(choice, text.total),
            by: share.by.clone(),
            lost: share.lost.clone(),
            notes: notes.clone(),
        });
        Ok(Some(ConflictOutcome::Resolved(vec![(conflict.path.clone(), Some(entry))], resolutions.collect())))
    }

    /// A text with open places: what was resolved is in all three sides, so that a person meets what is left alone.
    fn partly(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        text: Option<&MergingText<'_>>,
        unused: Vec<UnusedProgram>,
    ) -> Result<ConflictOutcome, GitError> {
        let mut remarks: Vec<Remark> = unused.into_iter().map(Remark::Unused).collect();
        let Some(text) = text.filter(|text| !text.shares.is_empty()) else { return Ok(ConflictOutcome::Open(remarks)) };
        let (Some(ours), Some(theirs)) = (conflict.ours, conflict.theirs) else {
            return Ok(ConflictOutcome::Open(remarks));
        };
        let fork = merger.text(ours)?.map(|text| text.to_vec()).unwrap_or_default();
        let mut files = [conflict.base.unwrap_or(ours), ours, theirs];
        let marked = text.whole(&fork, &|number, _| mark(number));
        let marked = match &text.formed {
            Some(formed) => self.restored(merger, formed, &fork, marked)?,
            None => marked,
        };
        for (side, file) in files.iter_mut().enumerate() {
            file.id = merger.make_file(text.unmarked(&marked, side));
        }
        let [base, ours, theirs] = files.map(Some);
        let left = PathConflict { base, ours, theirs, ..conflict.clone() };
        remarks.insert(0, Remark::SomePlaces { known: text.total.saturating_sub(text.open()), total: text.total });
        Ok(ConflictOutcome::Partly(remarks, Rc::new(left)))
    }
}

/// What stands for an open place while the text around it is brought out of its form.
pub(super) fn mark(number: usize) -> Vec<u8> {
    format!("\u{1}{number}\u{1}\n").into_bytes()
}

/// The number of the place that a line is the mark of.
pub(super) fn marked(line: &[u8]) -> Option<usize> {
    let digits = line.trim_ascii_end().strip_prefix(b"\x01")?.strip_suffix(b"\x01")?;
    let number = str::from_utf8(digits).ok()?.parse().ok()?;
    (mark(number).trim_ascii_end() == line.trim_ascii_end()).then_some(number)
}

/// The lines that stand in a place.
fn chosen(choice: SideChoice, place: &OpenPlace) -> Vec<u8> {
    match choice {
        SideChoice::Upstream => place.theirs.clone(),
        SideChoice::Fork => place.ours.clone(),
        SideChoice::Union => {
            let mut both = place.ours.clone();
            // A last line without an end would run into the next.
            if !both.is_empty() && !place.theirs.is_empty() && !both.ends_with(b"\n") {
                both.extend_from_slice(if both.contains(&b'\r') { b"\r\n" } else { b"\n" });
            }
            both.extend_from_slice(&place.theirs);
            both
        }
    }
}

/// The mode of a file both sides have: of the side that changed it; where both did, of the side that is chosen.
pub(in crate::pick) fn mode(
    base: Option<Entry>,
    ours: Entry,
    theirs: Entry,
    choice: Option<SideChoice>,
) -> (u32, Option<ResolutionNote>) {
    let before = base.map(|base| base.mode);
    if ours.mode == theirs.mode || Some(ours.mode) == before {
        return (theirs.mode, None);
    }
    if Some(theirs.mode) == before {
        return (ours.mode, None);
    }
    let side = choice.map_or(ConflictSide::Fork, SideChoice::side);
    let mode = if side == ConflictSide::Upstream { theirs.mode } else { ours.mode };
    (mode, Some(ResolutionNote::Mode { side, mode }))
}
