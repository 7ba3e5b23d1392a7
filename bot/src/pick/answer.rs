//! What people answered to conflicts, as picking looks it up. Plain values: the ledger fills them, from wherever answers are kept.

use std::collections::HashMap;

use serde::Serialize;

use crate::manifest::KeyAnswer;
use crate::moment::Moment;
use engine::ids::{BlobId, CommitId};
use engine::path::RepoPath;
use engine::{ConflictKind, MergeChunk, PathConflict, name_of};

/// Who said something, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// A login on the forge, or the name of a committer.
    pub who: String,
    /// When it was said.
    pub when: Moment,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// How one conflict in one path was resolved by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedResolution {
    /// What the answer is called where it is kept.
    pub key: String,
    pub path: RepoPath,
    /// The file both sides started from.
    pub base: Option<BlobId>,
    /// The fork's file.
    pub ours: Option<BlobId>,
    /// Upstream's file.
    pub theirs: Option<BlobId>,
    /// Of a rename in dispute: what names all of those of its merge ([`renames`]), which are answered together.
    pub beside: Option<BlobId>,
    /// What the person made of it.
    pub resolved: ResolvedPath,
    /// The conflicting places of a text, with what stands there now.
    pub places: Vec<HunkAnswer>,
    /// The keys of a manifest that both sides changed, with what stands there now.
    pub keys: Vec<KeyAnswer>,
    /// Who, when and where.
    pub origin: Origin,
}

/// A path as a person left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedPath {
    /// There is no such file.
    Removed,
    /// It is a submodule at this commit.
    Submodule(CommitId),
    File {
        /// Git's mode.
        mode: u32,
        /// The content.
        bytes: Vec<u8>,
    },
}

/// One conflicting place, with what a person put there. Whole lines, with their line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HunkAnswer {
    /// The fork's lines.
    pub ours: Vec<u8>,
    /// Upstream's.
    pub theirs: Vec<u8>,
    /// What stands there instead.
    pub resolved: Vec<u8>,
}

/// All answers, ready to be looked up: by the three files, or by the lines of a place.
#[derive(Debug, Clone, Default)]
pub struct ResolutionStore {
    answers: Vec<RecordedResolution>,
    files: HashMap<(RepoPath, [Option<BlobId>; 4]), usize>,
    /// By path and lines: the place of the answer, and the place within it.
    places: HashMap<(RepoPath, HunkSides), (usize, usize)>,
}

/// The lines of both sides of a place, in order of their bytes.
type HunkSides = [Vec<u8>; 2];

impl ResolutionStore {
    /// The memory of these answers; of two to the same question the later one holds.
    #[must_use]
    pub fn new(answers: Vec<RecordedResolution>) -> Self {
        let (mut files, mut places) = (HashMap::new(), HashMap::new());
        for (at, answer) in answers.iter().enumerate() {
            files.insert((answer.path.clone(), [answer.base, answer.ours, answer.theirs, answer.beside]), at);
            for (number, place) in answer.places.iter().enumerate() {
                places.insert((answer.path.clone(), sides(&place.ours, &place.theirs)), (at, number));
            }
        }
        Self { answers, files, places }
    }

    /// The answer to a conflict of just these files: base, ours, theirs and, of a rename, what it is beside.
    #[must_use]
    pub fn file(&self, path: &RepoPath, files: [Option<BlobId>; 4]) -> Option<&RecordedResolution> {
        self.files.get(&(path.clone(), files)).map(|at| &self.answers[*at])
    }

    /// The answer to a conflict of just these lines in this file, whatever stands around them; which side has which lines does
    /// not matter, as for `git rerere`.
    #[must_use]
    pub fn hunk_answer(
        &self,
        path: &RepoPath,
        ours: &[u8],
        theirs: &[u8],
    ) -> Option<(&HunkAnswer, &RecordedResolution)> {
        let (at, number) = *self.places.get(&(path.clone(), sides(ours, theirs)))?;
        Some((&self.answers[at].places[number], &self.answers[at]))
    }

    /// The answers to keys of a manifest, in whatever conflict they were given; of two to the same question the later one holds,
    /// and is the later one here.
    #[must_use]
    pub fn keys(&self, path: &RepoPath) -> Vec<KeyAnswer> {
        self.answers.iter().filter(|answer| answer.path == *path).flat_map(|answer| answer.keys.clone()).collect()
    }

    /// Whose answer to a key this is.
    #[must_use]
    pub fn of_key(&self, path: &RepoPath, key: &KeyAnswer) -> Option<&RecordedResolution> {
        self.answers.iter().rev().find(|answer| answer.path == *path && answer.keys.contains(key))
    }

    /// The answers to conflicts of a file, the oldest first.
    pub fn of_path(&self, path: &RepoPath) -> impl Iterator<Item = &RecordedResolution> {
        self.answers.iter().filter(move |answer| answer.path == *path)
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

fn sides(ours: &[u8], theirs: &[u8]) -> HunkSides {
    let mut sides = [ours.to_vec(), theirs.to_vec()];
    sides.sort();
    sides
}

/// What names the renames in dispute of a merge, all of them together; `None` where there are none.
///
/// A file that both sides renamed stands at two paths, and what was answered to one of them is right only with what was answered to
/// the other: so an answer is used again where all of them are as they were, and nowhere else.
#[must_use]
pub fn renames(conflicts: &[PathConflict]) -> Option<BlobId> {
    let mut text = Vec::new();
    for conflict in conflicts.iter().filter(|conflict| conflict.kind == ConflictKind::Rename) {
        for name in conflict.paths() {
            text.extend_from_slice(name.as_bytes());
            text.push(0);
        }
        for side in [conflict.base, conflict.ours, conflict.theirs] {
            text.extend(side.map(|side| format!("{:o} {}", side.mode, side.id)).unwrap_or_default().into_bytes());
            text.push(0);
        }
    }
    (!text.is_empty()).then(|| name_of(&text))
}

/// What a person put into each conflict of a merge, found by the lines around it in the file as it was resolved. A conflict whose
/// surroundings were changed too, so that they are not there or not there once, is left out.
#[must_use]
pub fn places(merge: &[MergeChunk], resolved: &[u8]) -> Vec<HunkAnswer> {
    let lines: Vec<&[u8]> = resolved.split_inclusive(|byte| *byte == b'\n').collect();
    let around = |at: Option<usize>| match at.and_then(|at| merge.get(at)) {
        Some(MergeChunk::Resolved(text)) => text.split_inclusive(|byte| *byte == b'\n').collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (at, chunk) in merge.iter().enumerate() {
        let MergeChunk::Conflict { ours, theirs, .. } = chunk else { continue };
        let (before, after): (Vec<&[u8]>, Vec<&[u8]>) = (around(at.checked_sub(1)), around(Some(at + 1)));
        let start = if before.is_empty() {
            Some(0)
        } else {
            (1..=before.len()).find_map(|size| once(&lines, &before[before.len() - size..]).map(|at| at + size))
        };
        let end = if after.is_empty() {
            Some(lines.len())
        } else {
            (1..=after.len()).find_map(|size| once(&lines, &after[..size]))
        };
        if let (Some(start), Some(end)) = (start, end)
            && start <= end
        {
            found.push(HunkAnswer { ours: ours.clone(), theirs: theirs.clone(), resolved: lines[start..end].concat() });
        }
    }
    found
}

/// The whole text of a merge, with what was put into each conflict; `None` where not every conflict has its answer.
#[must_use]
pub fn joined(merge: &[MergeChunk], places: &[HunkAnswer]) -> Option<Vec<u8>> {
    let mut answers = places.iter();
    let mut text = Vec::new();
    for chunk in merge {
        match chunk {
            MergeChunk::Resolved(resolved) => text.extend_from_slice(resolved),
            MergeChunk::Conflict { ours, theirs, .. } => {
                let answer = answers.next().filter(|answer| answer.ours == *ours && answer.theirs == *theirs)?;
                text.extend_from_slice(&answer.resolved);
            }
        }
    }
    Some(text)
}

/// Where a row of lines stands, if it stands in one place alone.
fn once(lines: &[&[u8]], row: &[&[u8]]) -> Option<usize> {
    let mut places = lines.windows(row.len()).enumerate().filter(|(_, window)| *window == row).map(|(at, _)| at);
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use engine::ConflictHunk;

    use super::*;

    fn merge() -> Vec<MergeChunk> {
        let conflict = |ours: &str, theirs: &str| MergeChunk::Conflict {
            base: b"old\n".to_vec(),
            ours: ours.into(),
            theirs: theirs.into(),
            shared: Vec::new(),
            lines: ConflictHunk { base: 0..0, ours: 0..0, theirs: 0..0 },
        };
        vec![
            MergeChunk::Resolved(b"a\n}\n".to_vec()),
            conflict("fork 1\n", "upstream 1\n"),
            MergeChunk::Resolved(b"}\nb\n}\n".to_vec()),
            conflict("fork 2\n", "upstream 2\n"),
            MergeChunk::Resolved(Vec::new()),
        ]
    }

    fn described(resolved: &str) -> Vec<String> {
        places(&merge(), resolved.as_bytes())
            .iter()
            .map(|place| {
                format!(
                    "{} -> {}",
                    String::from_utf8_lossy(&place.ours).trim(),
                    String::from_utf8_lossy(&place.resolved).escape_debug()
                )
            })
            .collect()
    }

    #[test]
    fn each_conflict_has_what_stands_between_its_neighbours() {
        assert_eq!(described("a\n}\nboth 1\n}\nb\n}\n"), ["fork 1 -> both 1\\n", "fork 2 -> "]);
        assert_eq!(described("new\na\n}\n}\nb\n}\nx\ny\n"), ["fork 1 -> ", "fork 2 -> x\\ny\\n"], "edits elsewhere");
        assert_eq!(described("A\n}\nboth 1\n}\nb\n}\n"), ["fork 2 -> "], "the line before is not what it was");
    }

    #[test]
    fn an_answer_is_found_by_its_files_and_by_its_lines() {
        let id = |byte| Some(BlobId::from_bytes([byte; 20]));
        let path = RepoPath::from("a.rs");
        let answer = |who: &str| RecordedResolution {
            key: "k".into(),
            path: path.clone(),
            base: id(0),
            ours: id(1),
            theirs: id(2),
            beside: None,
            resolved: ResolvedPath::Removed,
            places: vec![HunkAnswer { ours: b"o\n".to_vec(), theirs: b"t\n".to_vec(), resolved: b"s\n".to_vec() }],
            keys: Vec::new(),
            origin: Origin { who: who.into(), when: "2025-11-22T10:00:00Z".parse().expect("a moment"), link: None },
        };
        let memory = ResolutionStore::new(vec![answer("first"), answer("last")]);
        let file = memory.file(&path, [id(0), id(1), id(2), None]).expect("known");
        assert_eq!(file.origin.who, "last");
        assert!(memory.file(&path, [id(0), id(2), id(1), None]).is_none());
        assert!(memory.file(&RepoPath::from("b.rs"), [id(0), id(1), id(2), None]).is_none());
        assert!(memory.file(&path, [id(0), id(1), id(2), id(3)]).is_none());
        assert_eq!(memory.hunk_answer(&path, b"t\n", b"o\n").expect("known").0.resolved, b"s\n");
        assert!(memory.hunk_answer(&path, b"t", b"o\n").is_none());
    }
}
