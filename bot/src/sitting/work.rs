//! What a person did in the work tree of a decision: whether it is whole, the commit it makes, and what is learned from that.

use std::fmt;
use std::path::Path;

use super::SittingError;
use super::state::CurrentDecision;
use crate::manifest;
use crate::memory::{LearnReport, Pair, learn};
use crate::pick::{Conflict, message};
use crate::pipeline::Context;
use crate::text::markers;
use engine::commit::{Signature, When};
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, Merger, Repo, WorkTree};

/// Where the commits of a person are kept while their sitting lasts.
const KEPT: &str = "refs/uptake/sitting/";

/// What is not whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A conflict marker, or a part of one, is left in a line.
    Marker { path: RepoPath, line: usize },
    /// A person has not said with git what becomes of a path that has no markers.
    Unsaid { path: RepoPath },
    /// A manifest cannot be read, though both sides' can.
    Unreadable { path: RepoPath },
    /// A file was changed that does not conflict: that would not be remembered.
    Beside {
        path: RepoPath,
        /// A commit that has it as it was laid out.
        merged: CommitId,
    },
    /// How it was resolved is not known.
    Untold {
        path: RepoPath,
        /// Why.
        why: &'static str,
    },
    /// The command that is to succeed did not.
    Invalid(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marker { path, line } => write!(f, "{path}, line {line}: a conflict marker is left"),
            Self::Unsaid { path } => write!(f, "{path}: say what becomes of it, with git add or git rm"),
            Self::Unreadable { path } => write!(f, "{path}: it cannot be read as a manifest, though both sides' can"),
            Self::Beside { path, merged } => write!(
                f,
                "{path}: it is changed and does not conflict, which is not remembered; undo it (git checkout {} -- FILE) and commit it on the branch afterwards",
                merged.short()
            ),
            Self::Untold { path, why } => write!(f, "{path}: it would not be remembered: {why}"),
            Self::Invalid(command) => write!(f, "{command}: it failed"),
        }
    }
}

/// Whether the markers of a conflict say where it is. Where they do not, or not only they, a person says so.
pub(super) fn is_by_lines(conflict: &Conflict) -> bool {
    matches!(conflict.kind, ConflictKind::Text | ConflictKind::AddAdd)
}

/// What is left to do in a work tree.
pub(super) fn faults(clone: &Path, tree: &Path, current: &CurrentDecision) -> Result<Vec<Fault>, SittingError> {
    let (repo, work) = (Repo::open(clone)?, WorkTree::open(tree)?);
    let unmerged = work.unmerged()?;
    let ground = ground(&repo, current)?;
    let mut found = Vec::new();
    for open in &current.paths {
        let path = RepoPath::shown(&open.path);
        if !open.by_lines && unmerged.contains(&path) {
            found.push(Fault::Unsaid { path });
            continue;
        }
        let Some(content) = work.content(&path)? else { continue };
        let names: Vec<RepoPath> = open.names.iter().map(|name| RepoPath::shown(name)).chain([path.clone()]).collect();
        let mut sides = Vec::new();
        for state in [current.base, repo.commit(ground)?.tree, repo.commit(current.sha)?.tree] {
            let mut text = Vec::new();
            for name in &names {
                if let Some(entry) = repo.entry(state, name)?.filter(engine::commit::Entry::is_file) {
                    text = repo.content(entry)?.unwrap_or_default();
                }
            }
            sides.push(text);
        }
        if let Some(line) = markers::left(&content, &sides[1..]) {
            found.push(Fault::Marker { path, line });
        } else if manifest::is_broken(&path.to_text(), &sides[1], &sides[2], &content) {
            found.push(Fault::Unreadable { path });
        }
    }
    Ok(found)
}

/// The commit that what a merge was made on is.
fn ground(repo: &Repo, current: &CurrentDecision) -> Result<CommitId, GitError> {
    Ok(repo.commit(current.merged)?.parents.first().copied().unwrap_or(current.merged))
}

/// The person's commit, written to the clone; or why what they did would not be remembered.
pub(super) fn commit(
    context: &Context,
    tree: &Path,
    current: &CurrentDecision,
) -> Result<Result<CommitId, Vec<Fault>>, SittingError> {
    let work = WorkTree::open(tree)?;
    let open: Vec<RepoPath> = current.paths.iter().map(|open| RepoPath::shown(&open.path)).collect();
    let by_lines = current.paths.iter().zip(&open).filter(|(open, _)| open.by_lines).map(|(_, path)| path.clone());
    let files = work.take_in(&by_lines.collect::<Vec<_>>())?;
    // After the work tree wrote what is in it, to read that too.
    let repo = Repo::open(&context.repo)?;
    let changed = Merger::new(&repo)?.changed(repo.commit(current.merged)?.tree, files)?;
    let names: Vec<RepoPath> =
        current.paths.iter().flat_map(|open| &open.names).map(|name| RepoPath::shown(name)).collect();
    let beside = changed.into_iter().filter(|path| !open.contains(path) && !names.contains(path));
    let beside: Vec<Fault> = beside.map(|path| Fault::Beside { path, merged: current.merged }).collect();
    if !beside.is_empty() {
        return Ok(Err(beside));
    }
    let (ground, upstream) = (ground(&repo, current)?, repo.commit(current.sha)?);
    let person = match &context.person {
        Some(person) => person.clone(),
        None => repo.committer()?,
    };
    let when = When { seconds: context.now.as_second(), ..person.when };
    let made = repo.make_pick(current.sha, ground, files, &Signature { when, ..person }, &message(&upstream))?;
    let learned = lessons(&repo, current, made)?;
    let is_learned = |path: &&RepoPath| learned.lessons.iter().any(|lesson| lesson.answer.path == **path);
    let untold: Vec<Fault> = open
        .iter()
        .filter(|path| !is_learned(path))
        .map(|path| {
            let passed = learned.passed.iter().find(|passed| passed.path == *path);
            Fault::Untold { path: path.clone(), why: passed.map_or("it looks unresolved", |passed| passed.why) }
        })
        .collect();
    if !untold.is_empty() {
        return Ok(Err(untold));
    }
    let on_disk = Repo::open_to_write(&context.repo)?;
    repo.send(&on_disk, made)?;
    // What no reference leads to git may clear away.
    let name = format!("{KEPT}{}", current.sha);
    on_disk.move_reference(&name, made, repo.reference(&name)?)?;
    Ok(Ok(made))
}

/// Lets go of the commits of a sitting that is over: the ledger has what was learned from them.
pub(super) fn let_go(clone: &Path) -> Result<(), GitError> {
    let repo = Repo::open_to_write(clone)?;
    for (name, commit) in repo.references(KEPT)? {
        repo.delete_reference(&name, commit)?;
    }
    Ok(())
}

/// What is learned from a person's commit: of what was left to them, not of what was resolved before they came.
pub(super) fn lessons(repo: &Repo, current: &CurrentDecision, commit: CommitId) -> Result<LearnReport, GitError> {
    let pair = Pair { upstream: current.sha, commit, base: Some(current.base) };
    let is_open = |path: &RepoPath| current.paths.iter().any(|open| RepoPath::shown(&open.path) == *path);
    learn(repo, &[repo.commit(commit)?], &[pair], &is_open, &|_| None)
}
