//! A text while its conflicting places are resolved, one after the other. What merged cleanly stays as it merged.

use super::form::{FormPlace, joined};
use super::formed::Formed;
use super::place;
use crate::pick::loss::{self, DroppedLines, TextVersions};
use crate::pick::resolution::{Method, ResolvedBy, SideChoice};
use crate::survey::form::bare;
use engine::MergeChunk;

/// A text that is being merged.
pub(super) struct MergingText<'a> {
    /// What the file is called.
    pub(super) name: &'a [u8],
    pub(super) parts: Vec<TextPart>,
    /// What resolved how many of its places.
    pub(super) shares: Vec<PlaceShare>,
    /// How many conflicting places it has, as its file's lines are.
    pub(super) total: usize,
    /// Whether it is asked what each resolution drops.
    pub(super) accounts: bool,
    /// The form its parts are in, where that is a formatter's.
    pub(super) formed: Option<Formed<'a>>,
}

/// A part of a merged text.
pub(super) enum TextPart {
    /// Merged, or resolved.
    Done(MergedPart),
    /// Still in conflict.
    Open(OpenPlace),
}

/// What is in one part.
pub(super) struct MergedPart {
    pub(super) text: Vec<u8>,
    /// Whether it stays byte for byte.
    pub(super) exact: bool,
}

/// A conflicting place: the lines of the three sides.
pub(super) struct OpenPlace {
    /// `None` where both added the file.
    base: Option<Vec<u8>>,
    pub(super) ours: Vec<u8>,
    pub(super) theirs: Vec<u8>,
    /// The lines both sides begin or end with there, which the base may have too.
    shared: Vec<u8>,
}

/// The places of one text that one thing resolved.
pub(super) struct PlaceShare {
    pub(super) by: ResolvedBy,
    pub(super) places: usize,
    pub(super) lost: DroppedLines,
}

impl MergedPart {
    /// Lines of one of the files.
    pub(super) const fn plain(text: Vec<u8>) -> Self {
        Self { text, exact: false }
    }
}

impl PlaceShare {
    /// What was done there; `total`: of how many places.
    pub(super) fn method(&self, choice: Option<SideChoice>, total: usize) -> Method {
        match self.by {
            ResolvedBy::Form | ResolvedBy::Formatter { .. } => Method::Form { places: self.places, total },
            ResolvedBy::Memory { .. } => Method::Lines { chosen: None, places: self.places, total },
            _ => Method::Lines { chosen: choice, places: self.places, total },
        }
    }
}

impl<'a> MergingText<'a> {
    /// The text of a merge, with nothing resolved yet.
    pub(super) fn new(name: &'a [u8], chunks: Vec<MergeChunk>, has_base: bool, accounts: bool) -> Self {
        let part = |chunk| match chunk {
            MergeChunk::Resolved(text) => TextPart::Done(MergedPart::plain(text)),
            MergeChunk::Conflict { base, ours, theirs, shared, .. } => {
                TextPart::Open(OpenPlace { base: has_base.then_some(base), ours, theirs, shared })
            }
        };
        let parts = chunks.into_iter().map(part).collect();
        let mut text = Self { name, parts, shares: Vec::new(), total: 0, accounts, formed: None };
        text.total = text.open();
        text
    }

    /// How many places are open.
    pub(super) fn open(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, TextPart::Open(_))).count()
    }

    /// Resolves each open place for which `answer` has lines; it says by what, and whether they stay byte for byte.
    pub(super) fn resolve(&mut self, answer: &dyn Fn(&OpenPlace) -> Option<(ResolvedBy, MergedPart)>) {
        for part in &mut self.parts {
            let TextPart::Open(place) = part else { continue };
            let Some((by, resolved)) = answer(place) else { continue };
            let lost = if self.accounts { place.lost(self.name, &by, &resolved.text) } else { DroppedLines::default() };
            match self.shares.iter_mut().find(|share| share.by == by) {
                Some(share) => {
                    share.places += 1;
                    share.lost.add(lost);
                }
                None => self.shares.push(PlaceShare { by, places: 1, lost }),
            }
            *part = TextPart::Done(resolved);
        }
    }

    /// Resolves each open place where one side changed nothing but white space that says nothing.
    pub(super) fn resolve_form(&mut self) {
        let name = self.name;
        self.resolve(&|place| {
            let OpenPlace { base, ours, theirs, shared } = place;
            let text = FormPlace { name, base: base.as_deref(), ours, theirs, shared }.resolved()?.to_vec();
            Some((ResolvedBy::Form, MergedPart::plain(text)))
        });
    }

    /// Whether something of it is as one thing has it.
    pub(super) fn is_by(&self, is: &dyn Fn(&ResolvedBy) -> bool) -> bool {
        self.shares.iter().any(|share| is(&share.by))
    }

    /// The whole of it, with what `open` puts into its open places; `fork` is the fork's file.
    pub(super) fn whole(&self, fork: &[u8], open: &dyn Fn(usize, &OpenPlace) -> Vec<u8>) -> Vec<u8> {
        let mut number = 0;
        let parts: Vec<MergedPart> = self
            .parts
            .iter()
            .map(|part| match part {
                TextPart::Done(MergedPart { text, exact }) => MergedPart { text: text.clone(), exact: *exact },
                TextPart::Open(place) => {
                    number += 1;
                    MergedPart::plain(open(number, place))
                }
            })
            .collect();
        if self.is_by(&|by| *by == ResolvedBy::Form) {
            joined(&parts, fork)
        } else {
            parts.into_iter().flat_map(|part| part.text).collect()
        }
    }

    /// A text with marks for the open places, with the lines of one side there.
    pub(super) fn unmarked(&self, marked: &[u8], side: usize) -> Vec<u8> {
        let open = self.parts.iter().filter_map(|part| match part {
            TextPart::Open(place) => Some(place),
            TextPart::Done(_) => None,
        });
        let open: Vec<&OpenPlace> = open.collect();
        let mut text = Vec::with_capacity(marked.len());
        for line in marked.split_inclusive(|byte| *byte == b'\n') {
            match place::marked(line).and_then(|number| open.get(number.checked_sub(1)?)) {
                Some(place) => text.extend_from_slice(place.sides()[side]),
                None => text.extend_from_slice(line),
            }
        }
        text
    }
}

impl OpenPlace {
    /// The lines of the base, the fork and upstream there.
    pub(super) fn sides(&self) -> [&[u8]; 3] {
        [self.base.as_deref().unwrap_or_default(), &self.ours, &self.theirs]
    }

    /// What a resolution of it drops.
    fn lost(&self, name: &[u8], by: &ResolvedBy, resolved: &[u8]) -> DroppedLines {
        // The base may have lines there that both sides share.
        let with_shared = |text: &[u8]| [text, b"\n", &self.shared].concat();
        let [base, ours, theirs] = self.sides();
        let mut texts = [base.to_vec(), with_shared(ours), with_shared(theirs), with_shared(resolved)];
        if *by == ResolvedBy::Form {
            texts = texts.map(|text| bare(name, &text));
        }
        let [base, ours, theirs, resolved] = &texts;
        loss::lost_of_texts(TextVersions { base, ours, theirs, resolved })
    }
}
