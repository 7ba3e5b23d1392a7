//! What a command means where it was said: its words settled against the phases and commits there are.

use super::command::{Command, SpeaksOf};
use crate::decision::Ruling;
use engine::ids::CommitId;

/// What is known where a comment was written.
pub struct Scene<'a> {
    /// The phase of the pull request it stands in; `None` on the dashboard.
    pub here: Option<&'a Phase>,
    /// All phases.
    pub phases: &'a [Phase],
    /// The commit of the range whose SHA begins so, or why there is none, for people to read.
    pub find: &'a dyn Fn(&str) -> Result<CommitId, String>,
}

/// A phase, as far as commands speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its short name.
    pub id: String,
    /// Where its branch is on the forge; `None` before it was first published.
    pub head: Option<CommitId>,
    /// The CUDA versions it is tested with.
    pub cuda: Vec<String>,
    /// The paths its commits touch, for telling what a mistyped path meant.
    pub paths: Vec<String>,
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Something is decided, and why.
    Ruling(Ruling, Option<String>),
    /// Something is asked.
    Question(Question),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// All that is known of a commit.
    Why(CommitId),
    /// What a commit needs.
    Needs(CommitId),
    /// How a phase stands; `None`: all of them.
    Status(Option<String>),
    /// The commands.
    Help,
}

/// Why a command that is well said cannot be obeyed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It speaks of a phase, and this is the dashboard.
    NoPhaseHere,
    /// It names no commit of the range; in words.
    NoCommit(String),
    /// It names no phase.
    NoPhase {
        /// What was said.
        word: String,
        /// What was probably meant.
        like: Option<String>,
        /// All there are.
        all: Vec<String>,
    },
    /// The phase is not tested with this version.
    NoCuda {
        /// What was said.
        version: String,
        /// Those it is tested with.
        all: Vec<String>,
    },
    /// No commit of the phase touches this path.
    NoPath {
        /// What was said.
        path: String,
        /// What was probably meant.
        like: Option<String>,
    },
    /// The phase has no branch yet.
    NoBranch,
}

impl Scene<'_> {
    /// What a command means here.
    ///
    /// # Errors
    /// It means nothing here.
    pub fn settle(&self, command: &Command) -> Result<Meaning, Unfit> {
        if command.entry().speaks_of == SpeaksOf::Phase && self.here.is_none() {
            return Err(Unfit::NoPhaseHere);
        }
        let ruling = |ruling| Ok(Meaning::Ruling(ruling, None));
        match command {
            Command::Pick { sha } => ruling(Ruling::Pick { sha: self.commit(sha)?, phase: self.id()? }),
            Command::Skip { sha, reason } => {
                Ok(Meaning::Ruling(Ruling::Skip { sha: self.commit(sha)? }, Some(reason.clone())))
            }
            Command::Defer { sha, reason } => {
                Ok(Meaning::Ruling(Ruling::Defer { sha: self.commit(sha)? }, reason.clone()))
            }
            Command::Move { sha, phase } => {
                let sha = self.commit(sha)?;
                ruling(Ruling::Move { sha, phase: self.phase(phase)? })
            }
            Command::Resolve { path, how } => {
                let here = self.here.ok_or(Unfit::NoPhaseHere)?;
                if !here.paths.contains(path) {
                    let like = nearest(path, here.paths.iter().map(String::as_str));
                    return Err(Unfit::NoPath { path: path.clone(), like });
                }
                ruling(Ruling::Resolve { phase: here.id.clone(), path: path.clone(), how: *how })
            }
            Command::Needs { sha } => Ok(Meaning::Question(Question::Needs(self.commit(sha)?))),
            Command::Why { sha } => Ok(Meaning::Question(Question::Why(self.commit(sha)?))),
            Command::Rebuild => ruling(Ruling::Rebuild { phase: self.id()?, head: self.head()? }),
            Command::Hold => ruling(Ruling::Hold { phase: self.id()? }),
            Command::Unhold => ruling(Ruling::Unhold { phase: self.id()? }),
            Command::Reopen => ruling(Ruling::Reopen { phase: self.id()? }),
            Command::Retest { cuda } => {
                let cuda = cuda.as_deref().map(|version| self.cuda(version)).transpose()?;
                if cuda.is_none() {
                    self.tested()?;
                }
                ruling(Ruling::Retest { phase: self.id()?, head: self.head()?, cuda })
            }
            Command::Bisect { cuda } => {
                let cuda = self.cuda(cuda)?;
                ruling(Ruling::Bisect { phase: self.id()?, cuda, head: self.head()? })
            }
            Command::Status => Ok(Meaning::Question(Question::Status(self.here.map(|phase| phase.id.clone())))),
            Command::Help => Ok(Meaning::Question(Question::Help)),
        }
    }

    fn commit(&self, sha: &str) -> Result<CommitId, Unfit> {
        (self.find)(sha).map_err(Unfit::NoCommit)
    }

    fn id(&self) -> Result<String, Unfit> {
        self.here.map(|phase| phase.id.clone()).ok_or(Unfit::NoPhaseHere)
    }

    fn head(&self) -> Result<CommitId, Unfit> {
        self.here.and_then(|phase| phase.head).ok_or(Unfit::NoBranch)
    }

    fn phase(&self, id: &str) -> Result<String, Unfit> {
        if self.phases.iter().any(|phase| phase.id == id) {
            return Ok(id.to_owned());
        }
        let all: Vec<String> = self.phases.iter().map(|phase| phase.id.clone()).collect();
        Err(Unfit::NoPhase { word: id.to_owned(), like: nearest(id, all.iter().map(String::as_str)), all })
    }

    fn cuda(&self, version: &str) -> Result<String, Unfit> {
        let all = self.here.map(|phase| phase.cuda.clone()).unwrap_or_default();
        if all.iter().any(|have| have == version) {
            return Ok(version.to_owned());
        }
        Err(Unfit::NoCuda { version: version.to_owned(), all })
    }

    fn tested(&self) -> Result<(), Unfit> {
        match self.here {
            Some(phase) if phase.cuda.is_empty() => Err(Unfit::NoCuda { version: String::new(), all: Vec::new() }),
            _ => Ok(()),
        }
    }
}

/// The word that was probably meant: the nearest, if it is near at all.
fn nearest<'a>(word: &str, all: impl Iterator<Item = &'a str>) -> Option<String> {
    // Comparing costs the product of both lengths, and a path may be long.
    if word.len() > 300 {
        return None;
    }
    let distance = |other: &str| strsim::osa_distance(word, other);
    let ends = |other: &str| other.ends_with(&format!("/{word}"));
    let near = all.filter(|other| other.len().abs_diff(word.len()) <= 3 || ends(other));
    let measured = near.map(|other| (if ends(other) { 0 } else { distance(other) }, other));
    measured.filter(|(far, _)| *far <= 3).min().map(|(_, other)| other.to_owned())
}
