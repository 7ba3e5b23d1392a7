//! Resolving a text place by place: what merged cleanly stays as it merged.

use super::form::{FormPlace, MergedPart, joined};
use super::source::ResolutionSource;
use super::{ConflictOutcome, Resolver};
use crate::pick::loss::{self, DroppedLines, TextVersions};
use crate::pick::remark::Remark;
use crate::pick::resolution::{ConflictSide, Method, Resolution, ResolutionNote, ResolvedBy, SideChoice};
use crate::survey::form::bare;
use engine::commit::Entry;
use engine::{GitError, MergeChunk, Merger, PathConflict};

/// The places of one text that one thing resolved.
struct PlaceShare {
    by: ResolvedBy,
    places: usize,
    lost: DroppedLines,
}

impl Resolver<'_> {
    /// Resolves each place of a text by a remembered answer, by the choice that is made for the path or, where nothing says
    /// otherwise, by its form.
    pub(super) fn places(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        way: &ResolutionSource<'_>,
    ) -> Result<ConflictOutcome, GitError> {
        let (Some(ours), Some(theirs)) = (conflict.ours, conflict.theirs) else {
            return Ok(ConflictOutcome::Open(Vec::new()));
        };
        let Some(chunks) = merger.chunks(conflict.base, ours, theirs)? else {
            return Ok(ConflictOutcome::Open(Vec::new()));
        };
        let total = chunks.iter().filter(|chunk| matches!(chunk, MergeChunk::Conflict { .. })).count();
        let name = conflict.path.file_name();
        let mut parts: Vec<MergedPart> = Vec::new();
        let mut shares: Vec<PlaceShare> = Vec::new();
        let (mut open, mut answers) = (0, Vec::with_capacity(total));
        for chunk in &chunks {
            let (base, ours, theirs, shared) = match chunk {
                MergeChunk::Resolved(resolved) => {
                    parts.push(MergedPart { text: resolved.clone(), exact: false });
                    continue;
                }
                MergeChunk::Conflict { base, ours, theirs, shared, .. } => (base, ours, theirs, shared),
            };
            // A decision is later than what was answered once; a rule speaks of all such paths, an answer of this place.
            let remembered = if matches!(way, ResolutionSource::Decided(..)) {
                None
            } else {
                self.ways.memory.hunk_answer(&conflict.path, ours, theirs)
            };
            let (by, resolved) = match (remembered, way.choice(), way.by()) {
                (Some((place, answer)), ..) => {
                    let by = ResolvedBy::Memory { key: answer.key.clone(), origin: answer.origin.clone() };
                    (by, place.resolved.clone())
                }
                (None, Some(choice), Some(by)) => (by, chosen(choice, ours, theirs)),
                _ => {
                    let base = conflict.base.map(|_| base.as_slice());
                    let place = FormPlace { name, base, ours, theirs, shared };
                    let Some(resolved) = place.resolved().filter(|_| !way.is_by_keys()) else {
                        open += 1;
                        answers.push(None);
                        continue;
                    };
                    (ResolvedBy::Form, resolved.to_vec())
                }
            };
            let lost = if self.accounts {
                // The base may have lines there that both sides share.
                let with_shared = |text: &[u8]| [text, b"\n", shared].concat();
                let mut texts = [base.clone(), with_shared(ours), with_shared(theirs), with_shared(&resolved)];
                if by == ResolvedBy::Form {
                    texts = texts.map(|text| bare(name, &text));
                }
                let [base, ours, theirs, resolved] = &texts;
                loss::lost_of_texts(TextVersions { base, ours, theirs, resolved })
            } else {
                DroppedLines::default()
            };
            answers.push(Some(resolved.clone()));
            parts.push(MergedPart { text: resolved, exact: matches!(by, ResolvedBy::Memory { .. }) });
            match shares.iter_mut().find(|share| share.by == by) {
                Some(share) => {
                    share.places += 1;
                    share.lost.add(lost);
                }
                None => shares.push(PlaceShare { by, places: 1, lost }),
            }
        }
        if open > 0 {
            let resolved = total - open;
            return Ok(match resolved {
                0 => ConflictOutcome::Open(Vec::new()),
                known => ConflictOutcome::Partly(answers, vec![Remark::SomePlaces { known, total }]),
            });
        }
        let (mode, note) = mode(conflict.base, ours, theirs, way.choice());
        let text = if shares.iter().any(|share| share.by == ResolvedBy::Form) {
            joined(&parts, merger.text(ours)?.as_deref().unwrap_or_default())
        } else {
            parts.into_iter().flat_map(|part| part.text).collect()
        };
        let entry = Entry { mode, id: merger.make_file(text)? };
        let resolutions = shares.into_iter().map(|share| Resolution {
            path: conflict.path.clone(),
            kind: Some(conflict.kind),
            how: method(&share, way.choice(), total),
            by: share.by,
            lost: share.lost,
            notes: note.iter().cloned().collect(),
        });
        Ok(ConflictOutcome::Resolved(vec![(conflict.path.clone(), Some(entry))], resolutions.collect()))
    }
}

/// The lines that stand in a place.
fn chosen(choice: SideChoice, ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    match choice {
        SideChoice::Upstream => theirs.to_vec(),
        SideChoice::Fork => ours.to_vec(),
        SideChoice::Union => {
            let mut both = ours.to_vec();
            // A last line without an end would run into the next.
            if !both.is_empty() && !theirs.is_empty() && !both.ends_with(b"\n") {
                both.extend_from_slice(if both.contains(&b'\r') { b"\r\n" } else { b"\n" });
            }
            both.extend_from_slice(theirs);
            both
        }
    }
}

fn method(share: &PlaceShare, choice: Option<SideChoice>, total: usize) -> Method {
    if share.by == ResolvedBy::Form {
        return Method::Form { places: share.places, total };
    }
    let chosen = if matches!(share.by, ResolvedBy::Memory { .. }) { None } else { choice };
    Method::Lines { chosen, places: share.places, total }
}

/// The mode of a file both sides have: of the side that changed it; where both did, of the side that is chosen.
fn mode(base: Option<Entry>, ours: Entry, theirs: Entry, choice: Option<SideChoice>) -> (u32, Option<ResolutionNote>) {
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
