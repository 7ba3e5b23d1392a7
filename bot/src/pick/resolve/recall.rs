//! Resolving a path by what somebody made of the same conflict before.

use super::{ConflictOutcome, MergeCase, Resolver};
use crate::pick::answer::{RecordedResolution, ResolvedPath, renames};
use crate::pick::loss::{self, DroppedLines, TextVersions};
use crate::pick::resolution::{Method, Presence, Resolution, ResolvedBy};
use crate::pick::versions::FileVersions;
use engine::commit::Entry;
use engine::ids::BlobId;
use engine::{ConflictKind, GitError, Merger, PathConflict};

impl Resolver<'_> {
    /// The answer to just this conflict, where somebody gave one.
    pub(super) fn remembered(
        &self,
        merger: &mut Merger<'_>,
        case: &MergeCase<'_>,
        conflict: &PathConflict,
    ) -> Result<Option<ConflictOutcome>, GitError> {
        if self.ways.memory.is_empty() {
            return Ok(None);
        }
        let renamed = |conflict: &&PathConflict| conflict.kind == ConflictKind::Rename;
        let together = if renamed(&conflict) { renames(&case.merged.conflicts) } else { None };
        let Some(answer) = self.answer(conflict, together) else { return Ok(None) };
        let entry = entry(merger, answer)?;
        let lost = if together.is_some() {
            // One answer alone would be half of it.
            let all = case.merged.conflicts.iter().filter(renamed).map(|one| Some((one, self.answer(one, together)?)));
            let Some(all) = all.collect::<Option<Vec<_>>>() else { return Ok(None) };
            // What is gone at one path may be at another, so what they lack together is said of the first of them.
            match all.first() {
                Some((first, _)) if first.path == conflict.path => lost_of_renames(merger, case, &all)?,
                _ => DroppedLines::default(),
            }
        } else {
            self.dropped_lines(merger, FileVersions([conflict.base, conflict.ours, conflict.theirs, entry]))?
        };
        let resolution = Resolution {
            path: conflict.path.clone(),
            kind: Some(conflict.kind),
            by: ResolvedBy::Memory { key: answer.key.clone(), origin: answer.origin.clone() },
            how: Method::Remembered(match entry {
                Some(Entry { mode: Entry::SUBMODULE, .. }) => Presence::Submodule,
                Some(_) => Presence::File,
                None => Presence::Removed,
            }),
            lost,
            notes: Vec::new(),
        };
        Ok(Some(ConflictOutcome::Resolved(vec![(conflict.path.clone(), entry)], vec![resolution])))
    }

    fn answer(&self, conflict: &PathConflict, beside: Option<BlobId>) -> Option<&RecordedResolution> {
        let [base, ours, theirs] =
            [conflict.base, conflict.ours, conflict.theirs].map(|side| side.map(|entry| entry.id));
        self.ways.memory.file(&conflict.path, [base, ours, theirs, beside])
    }
}

/// What the renames in dispute of a merge lack together.
fn lost_of_renames(
    merger: &mut Merger<'_>,
    case: &MergeCase<'_>,
    renames: &[(&PathConflict, &RecordedResolution)],
) -> Result<DroppedLines, GitError> {
    let mut texts: [Vec<u8>; 4] = Default::default();
    let mut lost = DroppedLines::default();
    for (one, answer) in renames {
        let mut files = FileVersions::at(merger, [case.base, case.before, case.theirs, case.theirs], &one.path)?;
        // The file both started from had another name, where one side alone moved it.
        files.0[0] = one.base.or(files.0[0]);
        files.0[3] = entry(merger, answer)?;
        match files.texts(merger)? {
            Some(found) => {
                for (text, found) in texts.iter_mut().zip(found) {
                    text.extend(found);
                    text.push(b'\n');
                }
            }
            None => lost.add(files.dropped_lines(merger)?),
        }
    }
    let [base, ours, theirs, resolved] = &texts;
    lost.add(loss::lost_of_texts(TextVersions { base, ours, theirs, resolved }));
    Ok(lost)
}

/// What stands at a path by an answer.
fn entry(merger: &mut Merger<'_>, answer: &RecordedResolution) -> Result<Option<Entry>, GitError> {
    Ok(match &answer.resolved {
        ResolvedPath::Removed => None,
        ResolvedPath::Submodule(commit) => {
            Some(Entry { mode: Entry::SUBMODULE, id: BlobId::from_bytes(*commit.as_bytes()) })
        }
        ResolvedPath::File { mode, bytes } => Some(Entry { mode: *mode, id: merger.make_file(bytes.clone()) }),
    })
}
