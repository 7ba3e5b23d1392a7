//! The demo: a small fork and its upstream made from nothing, for the whole job to be run on.

mod files;
mod story;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::config::CONFIG_PATH;
use engine::commit::{Signature, When};
use engine::ids::CommitId;
use engine::{Edit, GitError, Repo};
use story::{Chapter, FORK, START, StoryBranch, UPSTREAM};

/// When the story begins: 2025-09-01, noon, UTC.
const BEGIN: i64 = 1_756_728_000;

/// The configuration, with `{name}` for the SHA of a chapter.
const CONFIG: &str = include_str!("uptake.yml");

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Upstream's repository.
    pub upstream: PathBuf,
    /// The fork's, with upstream as its remote and the configuration on its branch.
    pub fork: PathBuf,
}

/// Makes both repositories in an empty folder. The commits are the same each time.
///
/// # Errors
/// The folder cannot be written.
pub fn build(folder: &Path) -> Result<Demo, GitError> {
    let demo = Demo { upstream: folder.join("upstream.git"), fork: folder.join("fork.git") };
    let upstream = StoryLine { repo: Repo::init(&demo.upstream, "main")?, described: HashMap::new() };
    let (upstream, _) = upstream.tell(&START, UPSTREAM)?;
    let fork = StoryLine { repo: Repo::init(&demo.fork, "main")?, described: HashMap::new() };
    let (fork, head) = fork.tell(&START, FORK)?;
    let config = upstream
        .described
        .iter()
        .fold(CONFIG.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), &id.short()));
    let message = "Take up upstream with Uptake\n";
    let us = person(true, 2700);
    let head = fork.repo.commit_edits(&[head], &[Edit::Write(CONFIG_PATH, &config)], &us, &us, message)?;
    fork.repo.move_reference("refs/heads/main", head, Some(fork.repo.reference("refs/heads/main")?.unwrap_or(head)))?;
    fork.repo.add_remote("upstream", &demo.upstream.display().to_string())?;
    Ok(demo)
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
        self.repo.move_reference("refs/heads/main", main, None)?;
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

fn person(fork: bool, minutes: i64) -> Signature {
    let (name, email) = if fork { ("Fern", "fern@lighthouse.example") } else { ("Uma", "uma@lantern.example") };
    Signature { name: name.into(), email: email.into(), when: When { seconds: BEGIN + minutes * 60, offset: 0 } }
}
