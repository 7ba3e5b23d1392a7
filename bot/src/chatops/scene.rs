//! What a command means where it was said: its words resolved against the phases and commits there are.

use super::command::{CommandSubject, SlashCommand};
use crate::decision::Ruling;
use crate::names::{CellName, PhaseId};
use crate::text::did_you_mean;
use engine::ids::CommitId;

/// What is known where a comment was written.
pub struct CommandContext<'a> {
    /// The phase of the pull request it stands in; `None` on the dashboard.
    pub here: Option<&'a PhaseInfo>,
    /// All phases.
    pub phases: &'a [PhaseInfo],
    /// The commit of the range whose SHA begins so, or why there is none, for people to read.
    pub find: &'a dyn Fn(&str) -> Result<CommitId, String>,
    /// The commit of the fork's branch whose SHA begins so, or why there is none, for people to read.
    pub find_ours: &'a dyn Fn(&str) -> Result<CommitId, String>,
    /// What names the proposal that is shown here for this file of this commit, which must be the one of this name where one is given; or
    /// why it cannot be accepted.
    pub accept: &'a Accept<'a>,
}

/// What names the proposal for a file of a commit, where it is the one of this name.
type Accept<'a> = dyn Fn(CommitId, &str, Option<&str>) -> Result<String, NotAccepted> + 'a;

/// Why what is proposed cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// Nothing is to be decided in this file of this commit, or not in this pull request.
    NoDecision,
    /// Nothing whole is proposed for it.
    Nothing,
    /// It is not what the pull request shows: the conflict is another one since, or it was too long to be shown.
    NotShown,
    /// It is not the one of that name.
    Another,
    /// Another one was shown before: it must be said which is meant.
    Again,
}

/// A phase, as far as commands speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseInfo {
    /// Its short name.
    pub id: PhaseId,
    /// Where its branch is on the forge; `None` before it was first published.
    pub head: Option<CommitId>,
    /// The cells of the matrix it is tested in.
    pub cells: Vec<CellName>,
    /// The paths its commits touch, for telling what a mistyped path meant.
    pub paths: Vec<String>,
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandAction {
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
    Status(Option<PhaseId>),
    /// The commands.
    Help,
}

/// Why a command that is well said cannot be obeyed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextError {
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
        all: Vec<PhaseId>,
    },
    /// The phase is not tested at all.
    NotTested,
    /// The phase is not tested in this cell.
    NoCell {
        /// What was said.
        cell: CellName,
        /// What was probably meant.
        like: Option<String>,
        /// Those it is tested in.
        all: Vec<CellName>,
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
    /// What is proposed cannot be accepted.
    NotAccepted {
        /// The file.
        path: String,
        /// Why.
        why: NotAccepted,
    },
}

impl CommandContext<'_> {
    /// What a command means here.
    ///
    /// # Errors
    /// It means nothing here.
    pub fn resolve(&self, command: &SlashCommand) -> Result<CommandAction, ContextError> {
        if command.entry().speaks_of == CommandSubject::Phase && self.here.is_none() {
            return Err(ContextError::NoPhaseHere);
        }
        let ruling = |ruling| Ok(CommandAction::Ruling(ruling, None));
        match command {
            SlashCommand::Pick { sha } => ruling(Ruling::Pick { sha: self.commit(sha)?, phase: self.id()? }),
            SlashCommand::Skip { sha, reason } => {
                Ok(CommandAction::Ruling(Ruling::Skip { sha: self.commit(sha)? }, Some(reason.clone())))
            }
            SlashCommand::Defer { sha, reason } => {
                Ok(CommandAction::Ruling(Ruling::Defer { sha: self.commit(sha)? }, reason.clone()))
            }
            SlashCommand::Taken { sha, commit } => {
                let (sha, commit) = (self.commit(sha)?, (self.find_ours)(commit).map_err(ContextError::NoCommit)?);
                ruling(Ruling::Taken { sha, commit })
            }
            SlashCommand::Move { sha, phase } => {
                let sha = self.commit(sha)?;
                ruling(Ruling::Move { sha, phase: self.phase(phase)? })
            }
            SlashCommand::Resolve { path, how } => {
                let here = self.here.ok_or(ContextError::NoPhaseHere)?;
                if !here.paths.contains(path) {
                    let like = nearest(path, here.paths.iter().map(String::as_str));
                    return Err(ContextError::NoPath { path: path.clone(), like });
                }
                ruling(Ruling::Resolve { phase: here.id.clone(), path: path.clone(), how: *how })
            }
            SlashCommand::Accept { sha, path, proposal } => {
                let (phase, sha) = (self.id()?, self.commit(sha)?);
                let proposal = (self.accept)(sha, path, proposal.as_deref())
                    .map_err(|why| ContextError::NotAccepted { path: path.clone(), why })?;
                ruling(Ruling::Accept { phase, sha, path: path.clone(), proposal })
            }
            SlashCommand::Needs { sha } => Ok(CommandAction::Question(Question::Needs(self.commit(sha)?))),
            SlashCommand::Why { sha } => Ok(CommandAction::Question(Question::Why(self.commit(sha)?))),
            SlashCommand::Rebuild => ruling(Ruling::Rebuild { phase: self.id()?, head: self.head()? }),
            SlashCommand::Hold => ruling(Ruling::Hold { phase: self.id()? }),
            SlashCommand::Unhold => ruling(Ruling::Unhold { phase: self.id()? }),
            SlashCommand::Reopen => ruling(Ruling::Reopen { phase: self.id()? }),
            SlashCommand::Retest { cells } => {
                self.tested()?;
                let cells = cells.iter().map(|cell| self.cell(cell)).collect::<Result<_, _>>()?;
                ruling(Ruling::Retest { phase: self.id()?, head: self.head()?, cells })
            }
            SlashCommand::Bisect { cell } => {
                self.tested()?;
                let cell = self.cell(cell)?;
                ruling(Ruling::Bisect { phase: self.id()?, cell, head: self.head()? })
            }
            SlashCommand::Status => {
                Ok(CommandAction::Question(Question::Status(self.here.map(|phase| phase.id.clone()))))
            }
            SlashCommand::Help => Ok(CommandAction::Question(Question::Help)),
        }
    }

    fn commit(&self, sha: &str) -> Result<CommitId, ContextError> {
        (self.find)(sha).map_err(ContextError::NoCommit)
    }

    fn id(&self) -> Result<PhaseId, ContextError> {
        self.here.map(|phase| phase.id.clone()).ok_or(ContextError::NoPhaseHere)
    }

    fn head(&self) -> Result<CommitId, ContextError> {
        self.here.and_then(|phase| phase.head).ok_or(ContextError::NoBranch)
    }

    fn phase(&self, id: &str) -> Result<PhaseId, ContextError> {
        if self.phases.iter().any(|phase| phase.id == *id) {
            return Ok(id.into());
        }
        let all: Vec<PhaseId> = self.phases.iter().map(|phase| phase.id.clone()).collect();
        Err(ContextError::NoPhase { word: id.to_owned(), like: nearest(id, all.iter().map(|id| &**id)), all })
    }

    fn cell(&self, cell: &CellName) -> Result<CellName, ContextError> {
        let all = self.here.map(|phase| phase.cells.clone()).unwrap_or_default();
        if all.contains(cell) {
            return Ok(cell.clone());
        }
        // Of versions one is as near as another.
        let like = cell.cuda().is_none().then(|| nearest(cell, all.iter().map(CellName::short))).flatten();
        Err(ContextError::NoCell { cell: cell.clone(), like, all })
    }

    fn tested(&self) -> Result<(), ContextError> {
        match self.here {
            Some(phase) if phase.cells.is_empty() => Err(ContextError::NotTested),
            _ => Ok(()),
        }
    }
}

/// The word that was probably meant: the nearest, if it is near at all.
fn nearest<'a>(word: &str, all: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let ending = format!("/{word}");
    all.clone().find(|other| other.ends_with(&ending)).or_else(|| did_you_mean(word, all, |_| 3)).map(str::to_owned)
}
