//! Learning: the pick of an upstream commit is merged again onto what the resolving commit stood on; where that conflicts, what the
//! person left there is the answer.

use std::collections::HashMap;
use std::fmt;

use super::{LearnedResolution, Pair, key};
use crate::manifest::{self, KeyAnswer};
use crate::pick::answer::{HunkAnswer, Origin, RecordedResolution, ResolvedPath, joined, places, renames};
use crate::text::markers;
use engine::commit::{BROWSER, Commit, Entry, Signature};
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, MergeChunk, Merger, PathConflict, Repo};

/// What was learned, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LearnReport {
    /// The answers found.
    pub lessons: Vec<LearnedResolution>,
    /// Conflicts that were resolved, but not so that it can be told how.
    pub passed: Vec<Skipped>,
}

/// A conflict nothing was learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Whose pick conflicted.
    pub pair: Pair,
    pub path: RepoPath,
    /// Why nothing was learned.
    pub why: &'static str,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}: {}", self.path, self.pair.commit.short(), self.why)
    }
}

/// Learns from these pairs. `line` is the history they stand in, parents before children: conflict markers that a bot's commit
/// carries are resolved by a later commit of it. Nothing is learned of a path that is none of a person's (`is_persons`). `link` says
/// where a commit can be read.
///
/// # Errors
/// A commit or a file is missing.
pub fn learn(
    repo: &Repo,
    line: &[Commit],
    pairs: &[Pair],
    is_persons: &dyn Fn(&RepoPath) -> bool,
    link: &dyn Fn(CommitId) -> Option<String>,
) -> Result<LearnReport, GitError> {
    let mut learned = LearnReport::default();
    let mut merger = Merger::new(repo)?;
    for pair in pairs {
        let (upstream, commit) = (repo.commit(pair.upstream)?, repo.commit(pair.commit)?);
        let is_whole = !upstream.is_merge() || pair.base.is_some();
        let (true, false, Some(parent)) = (is_whole, commit.is_merge(), commit.parents.first()) else { continue };
        let onto = repo.commit(*parent)?.tree;
        let base = pair.base.map_or_else(|| repo.base_tree(&upstream), Ok)?;
        let merged = merger.pick_from(base, &upstream, onto)?;
        let together = renames(&merged.conflicts);
        let met = |path| merged.conflicts.iter().any(|conflict| conflict.path == path);
        let only = match together {
            Some(_) => merger.changed(merged.tree, commit.tree)?.into_iter().all(met),
            None => true,
        };
        for conflict in merged.conflicts.iter().filter(|conflict| is_persons(&conflict.path)) {
            let mut pupil = Learner { repo, merger: &mut merger, line, commit: &commit, only };
            match pupil.ask(conflict)? {
                PersonsResult::Nothing => {}
                PersonsResult::Passed(why) => {
                    learned.passed.push(Skipped { pair: *pair, path: conflict.path.clone(), why });
                }
                PersonsResult::Resolved { resolved, places, keys, by } => {
                    let id = |entry: Option<Entry>| entry.map(|entry| entry.id);
                    let (base, ours, theirs) = (id(conflict.base), id(conflict.ours), id(conflict.theirs));
                    let beside = together.filter(|_| conflict.kind == ConflictKind::Rename);
                    let person = person(&by);
                    let answer = RecordedResolution {
                        key: key(&conflict.path, [base, ours, theirs, beside]),
                        path: conflict.path.clone(),
                        base,
                        ours,
                        theirs,
                        beside,
                        resolved,
                        places,
                        keys,
                        origin: Origin { who: person.name.clone(), when: by.committer.when.into(), link: link(by.id) },
                    };
                    learned.lessons.push(LearnedResolution { answer, upstream: pair.upstream, commit: Some(by.id) });
                }
            }
        }
        merger.forget();
    }
    Ok(learned)
}

/// Who resolved something: whoever committed it, or, where that was done in the browser, its author.
fn person(commit: &Commit) -> &Signature {
    if commit.committer.email == BROWSER { &commit.author } else { &commit.committer }
}

/// What a person made of one conflict.
enum PersonsResult {
    /// Nobody resolved it, or no person did.
    Nothing,
    /// Somebody did, but how cannot be told.
    Passed(&'static str),
    Resolved {
        resolved: ResolvedPath,
        places: Vec<HunkAnswer>,
        keys: Vec<KeyAnswer>,
        by: Box<Commit>,
    },
}

struct Learner<'a, 'r> {
    repo: &'r Repo,
    merger: &'a mut Merger<'r>,
    line: &'a [Commit],
    commit: &'a Commit,
    /// Whether the commit changes nothing but where the merge left conflicts; known where it has renames in dispute.
    only: bool,
}

impl Learner<'_, '_> {
    fn ask(&mut self, conflict: &PathConflict) -> Result<PersonsResult, GitError> {
        let path = &conflict.path;
        let own = self.at(self.commit, path)?;
        if conflict.kind == ConflictKind::Rename {
            return self.renamed(conflict, own);
        }
        if !self.is_open(conflict, own)? {
            // What the bot resolved itself is no person's answer.
            return if self.repo.is_bot(&self.commit.committer) {
                Ok(PersonsResult::Nothing)
            } else {
                self.skipped(conflict, own, true, self.commit)
            };
        }
        let Some(begin) = self.line.iter().position(|commit| commit.id == self.commit.id) else {
            return Ok(PersonsResult::Nothing);
        };
        let mut before = own;
        let mut alone = true;
        for later in &self.line[begin + 1..] {
            let now = self.at(later, path)?;
            if now == before || later.is_merge() {
                continue;
            }
            if !self.is_open(conflict, now)? {
                return if self.repo.is_bot(&later.committer) {
                    Ok(PersonsResult::Nothing)
                } else {
                    self.skipped(conflict, now, alone, later)
                };
            }
            alone = false;
            before = now;
        }
        Ok(PersonsResult::Nothing)
    }

    /// The answer to a rename: what its paths are resolved to is right together alone, and only if nothing went elsewhere.
    fn renamed(&mut self, conflict: &PathConflict, own: Option<Entry>) -> Result<PersonsResult, GitError> {
        if self.repo.is_bot(&self.commit.committer) {
            return Ok(PersonsResult::Nothing);
        }
        if !self.only || self.is_open(conflict, own)? {
            return Ok(PersonsResult::Passed(
                "which name a file gets is remembered where the commit does nothing else",
            ));
        }
        let (resolved, by) = (self.resolved_path(own)?, Box::new(self.commit.clone()));
        Ok(PersonsResult::Resolved { resolved, places: Vec::new(), keys: Vec::new(), by })
    }

    /// The answer that stands at a path after a commit. `alone`: nothing but this conflict was at work there.
    fn skipped(
        &mut self,
        conflict: &PathConflict,
        entry: Option<Entry>,
        alone: bool,
        by: &Commit,
    ) -> Result<PersonsResult, GitError> {
        let by = Box::new(by.clone());
        let (entry, bytes) = match (entry, self.resolved_path(entry)?) {
            (Some(entry), ResolvedPath::File { bytes, .. }) => (entry, bytes),
            (_, resolved) => return Ok(PersonsResult::Resolved { resolved, places: Vec::new(), keys: Vec::new(), by }),
        };
        let chunks = self.chunks(conflict)?;
        let found = match chunks.as_deref() {
            // One side's file as it is says of each place that this side's lines stand there, whatever stands around it.
            Some(chunks) if conflict.theirs.is_some_and(|side| side.id == entry.id) => whole(chunks, LearnSide::Theirs),
            Some(chunks) if conflict.ours.is_some_and(|side| side.id == entry.id) => whole(chunks, LearnSide::Ours),
            Some(chunks) => places(chunks, &bytes),
            None => Vec::new(),
        };
        let texts = texts(self.merger, [conflict.base, conflict.ours, conflict.theirs])?;
        if let [_, Some(ours), Some(theirs)] = &texts
            && manifest::is_broken(&conflict.path.to_text(), ours.as_bytes(), theirs.as_bytes(), &bytes)
        {
            return Ok(PersonsResult::Passed("as it was resolved it cannot be read, though both sides can"));
        }
        let keys = if alone { keys(&conflict.path, &texts, &bytes) } else { Vec::new() };
        let bytes = match (alone, chunks.as_deref().and_then(|chunks| joined(chunks, &found))) {
            (true, _) => bytes,
            // Other picks were at work in the file; as it would have been without them:
            (false, Some(joined)) => joined,
            (false, None) => return Ok(PersonsResult::Passed("other picks changed the file before it was resolved")),
        };
        Ok(PersonsResult::Resolved {
            resolved: ResolvedPath::File { mode: entry.mode, bytes },
            places: found,
            keys,
            by,
        })
    }

    /// What stands at a path, as an answer.
    fn resolved_path(&self, entry: Option<Entry>) -> Result<ResolvedPath, GitError> {
        let Some(entry) = entry else { return Ok(ResolvedPath::Removed) };
        Ok(match self.repo.content(entry)? {
            Some(bytes) => ResolvedPath::File { mode: entry.mode, bytes },
            None => ResolvedPath::Submodule(CommitId::from_bytes(*entry.id.as_bytes())),
        })
    }

    fn at(&self, commit: &Commit, path: &RepoPath) -> Result<Option<Entry>, GitError> {
        self.repo.entry(commit.tree, path)
    }

    /// Whether a file has a conflict of this merge in it: markers that the merge would not have taken from the files themselves.
    fn is_open(&mut self, conflict: &PathConflict, entry: Option<Entry>) -> Result<bool, GitError> {
        let Some(entry) = entry.filter(Entry::is_file) else { return Ok(false) };
        let Some(bytes) = self.repo.content(entry)? else { return Ok(false) };
        let mut markers = HashMap::new();
        count_markers(&bytes, &mut markers);
        if !MARKERS.iter().all(|marker| markers.keys().any(|line| line.starts_with(marker))) {
            return Ok(false);
        }
        let mut own = HashMap::new();
        match self.chunks(conflict)? {
            Some(chunks) => chunks.iter().for_each(|chunk| match chunk {
                MergeChunk::Resolved(text) => count_markers(text, &mut own),
                MergeChunk::Conflict { ours, theirs, .. } => {
                    count_markers(ours, &mut own);
                    count_markers(theirs, &mut own);
                }
            }),
            None => texts(self.merger, [conflict.base, conflict.ours, conflict.theirs])?
                .iter()
                .flatten()
                .for_each(|text| count_markers(text.as_bytes(), &mut own)),
        }
        let added = |marker: &&[u8]| {
            let of_file = markers.iter().filter(|(line, _)| line.starts_with(marker));
            of_file.into_iter().any(|(line, count)| *count > own.get(line).copied().unwrap_or_default())
        };
        Ok(MARKERS.iter().all(added))
    }

    /// The chunks of the merge that conflicted; `None` where a side has no text.
    fn chunks(&mut self, conflict: &PathConflict) -> Result<Option<Vec<MergeChunk>>, GitError> {
        match conflict.by_lines() {
            Some((ours, theirs)) => self.merger.chunks(conflict.base, ours, theirs),
            None => Ok(None),
        }
    }
}

/// How the first and the last line of a conflict begin.
const MARKERS: [&[u8]; 2] = [markers::BEGIN, markers::END];

/// Adds up the lines of a text that could be conflict markers.
fn count_markers(text: &[u8], counts: &mut HashMap<Vec<u8>, usize>) {
    for line in text.split(|byte| *byte == b'\n').filter(|line| MARKERS.iter().any(|marker| line.starts_with(marker))) {
        *counts.entry(line.strip_suffix(b"\r").unwrap_or(line).to_vec()).or_default() += 1;
    }
}

/// Base, ours and theirs, as far as they are text.
pub(super) fn texts(merger: &mut Merger<'_>, sides: [Option<Entry>; 3]) -> Result<[Option<String>; 3], GitError> {
    let mut texts = [None, None, None];
    for (text, side) in texts.iter_mut().zip(sides) {
        if let Some(side) = side.filter(Entry::is_file) {
            *text = merger.text(side)?.and_then(|text| String::from_utf8(text.to_vec()).ok());
        }
    }
    Ok(texts)
}

/// What a manifest as it was resolved says of the keys that both sides changed.
pub(super) fn keys(path: &RepoPath, texts: &[Option<String>; 3], resolved: &[u8]) -> Vec<KeyAnswer> {
    match (texts, str::from_utf8(resolved)) {
        ([base, Some(ours), Some(theirs)], Ok(resolved)) => {
            manifest::answers(&path.to_text(), base.as_deref(), ours, theirs, resolved)
        }
        _ => Vec::new(),
    }
}

#[derive(Clone, Copy)]
enum LearnSide {
    Ours,
    Theirs,
}

/// Each conflict of a merge, resolved by one side's lines.
fn whole(chunks: &[MergeChunk], side: LearnSide) -> Vec<HunkAnswer> {
    let conflicts = chunks.iter().filter_map(|chunk| match chunk {
        MergeChunk::Conflict { ours, theirs, .. } => Some((ours.clone(), theirs.clone())),
        MergeChunk::Resolved(_) => None,
    });
    let place = |(ours, theirs): (Vec<u8>, Vec<u8>)| {
        let resolved = match side {
            LearnSide::Ours => ours.clone(),
            LearnSide::Theirs => theirs.clone(),
        };
        HunkAnswer { ours, theirs, resolved }
    };
    conflicts.map(place).collect()
}
