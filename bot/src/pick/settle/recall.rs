//! Settling a path by what somebody made of the same conflict before.

use super::{Case, Settler, Step};
use crate::commit::Entry;
use crate::git::{ConflictKind, GitError, Merger, PathConflict};
use crate::ids::BlobId;
use crate::pick::answer::{Answer, Settled, renames};
use crate::pick::four::Four;
use crate::pick::loss::{self, Lost, Texts};
use crate::pick::resolution::{By, Resolution};

/// Git's mode of a submodule.
const SUBMODULE: u32 = 0o160_000;

impl Settler<'_> {
    /// The answer to just this conflict, where somebody gave one.
    pub(super) fn remembered(
        &self,
        merger: &mut Merger<'_>,
        case: &Case<'_>,
        conflict: &PathConflict,
    ) -> Result<Option<Step>, GitError> {
        if self.ways.memory.is_empty() {
            return Ok(None);
        }
        let renamed = conflict.kind == ConflictKind::Rename;
        let Some(answer) = self.answer(conflict, renamed.then(|| renames(&case.merged.conflicts)).flatten()) else {
            return Ok(None);
        };
        let entry = entry(merger, answer)?;
        let lost = if renamed {
            let Some(lost) = self.lost_of_renames(merger, case, conflict)? else { return Ok(None) };
            lost
        } else {
            Four([conflict.base, conflict.ours, conflict.theirs, entry]).lost(merger)?
        };
        let resolution = Resolution {
            path: conflict.path.clone(),
            kind: Some(conflict.kind),
            by: By::Memory { key: answer.key.clone(), origin: answer.origin.clone() },
            how: match entry {
                Some(Entry { mode: SUBMODULE, .. }) => "the submodule at the commit it was settled at then".into(),
                Some(_) => "the file as it was settled then".into(),
                None => "removed, as it was then".into(),
            },
            lost,
            notes: Vec::new(),
        };
        Ok(Some(Step::Settled(vec![(conflict.path.clone(), entry)], vec![resolution])))
    }

    fn answer(&self, conflict: &PathConflict, beside: Option<BlobId>) -> Option<&Answer> {
        let [base, ours, theirs] =
            [conflict.base, conflict.ours, conflict.theirs].map(|side| side.map(|entry| entry.id));
        self.ways.memory.file(&conflict.path, [base, ours, theirs, beside])
    }

    /// What the renames in dispute of a merge lack together, said of the first of them: what is gone at one path may be at another.
    /// `None` where not all of them have an answer: one alone would be half of it.
    fn lost_of_renames(
        &self,
        merger: &mut Merger<'_>,
        case: &Case<'_>,
        conflict: &PathConflict,
    ) -> Result<Option<Lost>, GitError> {
        let beside = renames(&case.merged.conflicts);
        let all = case.merged.conflicts.iter().filter(|conflict| conflict.kind == ConflictKind::Rename);
        let mut texts: [Vec<u8>; 4] = Default::default();
        let mut lost = Lost::default();
        for one in all.clone() {
            let Some(answer) = self.answer(one, beside) else { return Ok(None) };
            let mut four = Four::at(merger, [case.base, case.before, case.theirs, case.theirs], &one.path)?;
            // The file both started from had another name, where one side alone moved it.
            four.0[0] = one.base.or(four.0[0]);
            four.0[3] = entry(merger, answer)?;
            match four.texts(merger)? {
                Some(found) => {
                    for (text, found) in texts.iter_mut().zip(found) {
                        text.extend(found);
                        text.push(b'\n');
                    }
                }
                None => lost.add(four.lost(merger)?),
            }
        }
        let [base, ours, theirs, settled] = &texts;
        lost.add(loss::lost_of_texts(Texts { base, ours, theirs, settled }));
        let first = all.map(|one| &one.path).next() == Some(&conflict.path);
        Ok(Some(if first { lost } else { Lost::default() }))
    }
}

/// What stands at a path by an answer.
fn entry(merger: &mut Merger<'_>, answer: &Answer) -> Result<Option<Entry>, GitError> {
    Ok(match &answer.settled {
        Settled::Removed => None,
        Settled::Submodule(commit) => Some(Entry { mode: SUBMODULE, id: BlobId::from_bytes(*commit.as_bytes()) }),
        Settled::File { mode, bytes } => Some(Entry { mode: *mode, id: merger.make_file(bytes.clone())? }),
    })
}
