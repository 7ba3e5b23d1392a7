//! Resolving a manifest by what it says, instead of line by line.

use super::manifests::ManifestCase;
use super::{ConflictOutcome, ResolutionSources, Resolver};
use crate::config::PathRule;
use crate::manifest::{self, KeyAnswer, KnownManifests, ManifestOutcome};
use crate::pick::answer::ResolutionStore;
use crate::pick::loss::DroppedLines;
use crate::pick::remark::Remark;
use crate::pick::resolution::{Method, Resolution, ResolutionNote, ResolvedBy};
use crate::pick::versions::FileVersions;
use engine::commit::Entry;
use engine::{GitError, Merger, PathConflict};

/// Merges a manifest key by key; the file as both branches last had it in common tells what the fork changed, and what people
/// answered before resolves keys that both sides changed.
pub(super) fn resolve(
    resolver: &Resolver<'_>,
    merger: &mut Merger<'_>,
    conflict: &PathConflict,
    rule: &PathRule,
) -> Result<ConflictOutcome, GitError> {
    let ResolutionSources { memory, manifests, .. } = resolver.ways;
    let case = ManifestCase {
        path: conflict.path.clone(),
        sides: [conflict.base, conflict.ours, conflict.theirs],
        ancestor: merger.entry(resolver.ancestor, &conflict.names[0])?,
        known: memory.keys(&conflict.path),
    };
    let Some(merged) = manifests.of(case, |case, known| merge(merger, case, known))? else {
        return Ok(ConflictOutcome::Open(vec![Remark::NotUtf8]));
    };
    let (outcome, used) = &*merged;
    Ok(match outcome.clone() {
        ManifestOutcome::Merged { text, notes } => {
            let mode = conflict.ours.map_or(0o100_644, |ours| ours.mode);
            let entry = Entry { mode, id: merger.make_file(text.into_bytes()) };
            let resolution = Resolution {
                path: conflict.path.clone(),
                kind: Some(conflict.kind),
                by: ResolvedBy::Rule { pattern: rule.pattern.clone(), resolve: rule.resolve },
                how: Method::Keys,
                lost: resolver.dropped_lines(
                    merger,
                    FileVersions([conflict.base, conflict.ours, conflict.theirs, Some(entry)]),
                )?,
                notes: notes.into_iter().map(ResolutionNote::Manifest).collect(),
            };
            let mut resolutions = vec![resolution];
            resolutions.extend(answered(conflict, memory, used));
            ConflictOutcome::Resolved(vec![(conflict.path.clone(), Some(entry))], resolutions)
        }
        ManifestOutcome::Disagreement { keys, notes, .. } => {
            let all = keys.len() + used.len();
            let some = (!used.is_empty()).then_some(Remark::SomeKeys { known: used.len(), total: all });
            ConflictOutcome::Disagreement(
                keys.into_iter().map(Remark::Key).chain(some).chain(notes.into_iter().map(Remark::Manifest)).collect(),
            )
        }
        ManifestOutcome::NotAManifest { why } => ConflictOutcome::Open(vec![Remark::NotAManifest(why)]),
    })
}

/// Merges a manifest; `None` where a side is no text.
fn merge(
    merger: &mut Merger<'_>,
    case: &ManifestCase,
    manifests: &mut KnownManifests,
) -> Result<Option<(ManifestOutcome, Vec<KeyAnswer>)>, GitError> {
    let [base, ours, theirs] = case.sides;
    let Some(texts) = FileVersions([base, ours, theirs, None]).texts(merger)? else { return Ok(None) };
    let [base_text, our_text, their_text, _] = texts.map(String::from_utf8);
    let (Ok(base_text), Ok(ours), Ok(theirs)) = (base_text, our_text, their_text) else { return Ok(None) };
    let base = base.is_some().then_some(base_text.as_str());
    let ancestor = match case.ancestor {
        Some(entry) => FileVersions([Some(entry), None, None, None]).texts(merger)?.map(|[text, ..]| text),
        None => None,
    };
    let ancestor = ancestor.and_then(|text| String::from_utf8(text).ok());
    Ok(Some(manifest::merge(manifests, &case.known, ancestor.as_deref(), &case.path.to_text(), base, &ours, &theirs)))
}

/// What people's answers resolved of it: one resolution for each time somebody answered.
fn answered(conflict: &PathConflict, memory: &ResolutionStore, used: &[KeyAnswer]) -> Vec<Resolution> {
    let mut found: Vec<Resolution> = Vec::new();
    for key in used {
        let Some(answer) = memory.of_key(&conflict.path, key) else { continue };
        let by = ResolvedBy::Memory { key: answer.key.clone(), origin: answer.origin.clone() };
        let note = ResolutionNote::Key { key: key.key.clone(), value: key.resolved.clone() };
        match found.iter_mut().find(|found| found.by == by) {
            Some(found) => found.notes.push(note),
            None => found.push(Resolution {
                path: conflict.path.clone(),
                kind: Some(conflict.kind),
                by,
                how: Method::RememberedKeys(0),
                lost: DroppedLines::default(),
                notes: vec![note],
            }),
        }
    }
    for one in &mut found {
        one.how = Method::RememberedKeys(one.notes.len());
    }
    found
}
