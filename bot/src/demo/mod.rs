//! The demo: a small fork and its upstream made from nothing, for the whole job to be run on, and what people do there.

mod files;
mod gpu;
mod people;
mod story;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::CONFIG_PATH;
use engine::commit::{Signature, When};
use engine::ids::CommitId;
use engine::{Edit, GitError, Repo};
use story::{Chapter, FORK, LATER, START, StoryBranch, UPSTREAM};

pub use files::SERVER_RESOLVED;
pub use gpu::answer;
pub use people::{LOGIN, People};

/// When the story begins: 2025-09-01, noon, UTC.
const BEGIN: i64 = 1_756_728_000;

/// The configuration, with `{name}` for the SHA of a chapter.
const CONFIG: &str = include_str!("uptake.yml");

/// The branch of both sides.
const MAIN: &str = "refs/heads/main";

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Upstream's repository.
    pub upstream: PathBuf,
    /// The fork's, with upstream as its remote and the configuration on its branch.
    pub fork: PathBuf,
    /// The folder that is the fork's forge, once something is published there.
    pub forge: PathBuf,
    commits: HashMap<&'static str, CommitId>,
}

/// Why the demo cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("{}: {}", path.display(), crate::files::reason(source))]
    File {
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Nobody merges a draft.
    #[error("pull request {0} is a draft, so it is not merged")]
    Draft(u64),
    /// The forge has no such branch.
    #[error("the forge has no branch {0}")]
    NoBranch(String),
}

/// A moment of the story, so many minutes after it began.
#[must_use]
pub const fn at(minutes: i64) -> When {
    When { seconds: BEGIN + minutes * 60, offset: 0 }
}

/// Who works on the fork.
#[must_use]
pub fn fern(at: When) -> Signature {
    Signature { name: "Fern".into(), email: "fern@lighthouse.example".into(), when: at }
}

/// Makes both repositories in a folder that has neither. The commits are the same each time.
///
/// # Errors
/// The folder cannot be written.
pub fn build(folder: &Path) -> Result<Demo, DemoError> {
    std::fs::create_dir_all(folder).map_err(|source| DemoError::File { path: folder.to_path_buf(), source })?;
    let (upstream_path, fork_path, forge) =
        (folder.join("upstream.git"), folder.join("fork.git"), folder.join("published"));
    let upstream = StoryLine { repo: Repo::init(&upstream_path, "main")?, described: HashMap::new() };
    let (upstream, _) = upstream.tell(&START, UPSTREAM)?;
    let fork = StoryLine { repo: Repo::init(&fork_path, "main")?, described: HashMap::new() };
    let (fork, head) = fork.tell(&START, FORK)?;
    let config = upstream
        .described
        .iter()
        .fold(CONFIG.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), &id.short()));
    let message = "Take up upstream with Uptake\n";
    let us = person(true, 2700);
    let head = fork.repo.commit_edits(&[head], &[Edit::Write(CONFIG_PATH, &config)], &us, &us, message)?;
    fork.repo.move_reference(MAIN, head, Some(fork.repo.reference(MAIN)?.unwrap_or(head)))?;
    fork.repo.add_remote("upstream", &upstream_path.display().to_string())?;
    Ok(Demo { upstream: upstream_path, fork: fork_path, forge, commits: upstream.described })
}

impl Demo {
    /// The first digits of an upstream commit, by the name it has in the story.
    #[must_use]
    pub fn short(&self, name: &str) -> String {
        self.commits.get(name).map(CommitId::short).unwrap_or_default()
    }

    /// Upstream goes on, and the fork is behind once more.
    ///
    /// # Errors
    /// Its repository cannot be written.
    pub fn go_on(&self) -> Result<(), DemoError> {
        let repo = Repo::open_to_write(&self.upstream)?;
        let before = repo.reference(MAIN)?;
        let mut line = StoryLine { repo, described: HashMap::new() };
        let mut head = before;
        for chapter in LATER {
            head = Some(line.chapter(chapter, head.as_slice())?);
        }
        if let Some(head) = head {
            line.repo.move_reference(MAIN, head, before)?;
        }
        Ok(())
    }
}

/// One side of the story, with the chapters told so far.
struct StoryLine {
    repo: Repo,
    described: HashMap<&'static str, CommitId>,
}

impl StoryLine {
    fn tell(mut self, start: &'static Chapter, chapters: &'static [Chapter]) -> Result<(Self, CommitId), GitError> {
        let mut main = self.chapter(start, &[])?;
        let mut side = main;
        for chapter in chapters {
            match chapter.branch {
                StoryBranch::Main => main = self.chapter(chapter, &[main])?,
                StoryBranch::Side => side = self.chapter(chapter, &[main])?,
                StoryBranch::Merge => main = self.chapter(chapter, &[main, side])?,
            }
        }
        self.repo.move_reference(MAIN, main, None)?;
        Ok((self, main))
    }

    fn chapter(&mut self, chapter: &Chapter, parents: &[CommitId]) -> Result<CommitId, GitError> {
        let committer = person(chapter.fork, chapter.at);
        let origin = chapter.picked.and_then(|name| UPSTREAM.iter().find(|origin| origin.name == name));
        let (author, message) = match origin {
            Some(origin) => (person(false, origin.at), origin.message),
            None => (committer.clone(), chapter.message),
        };
        let id = self.repo.commit_edits(parents, chapter.edits, &author, &committer, message)?;
        self.described.insert(chapter.name, id);
        Ok(id)
    }
}

fn person(fork: bool, hours: i64) -> Signature {
    let when = at(hours * 60);
    if fork {
        return fern(when);
    }
    Signature { name: "Uma".into(), email: "uma@lantern.example".into(), when }
}
