//! A decision taken at a terminal: checked against the repository and the configuration, and put on the ledger.

use super::RunError;
use crate::config::Config;
use crate::decision::{Decision, Ruling};
use crate::ledger::{Changed, LedgerError, LedgerStore, Updated, update};
use crate::moment::Moment;
use crate::names::{BranchName, PhaseId};
use crate::record;
use engine::ids::CommitId;
use engine::{GitError, Repo, ResolvedName};

/// Why a decision is refused.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// No commit of this name.
    #[error("there is no commit '{name}' in this repository{}", like(.similar))]
    NoCommit {
        /// As it was given.
        name: String,
        /// What may have been meant.
        similar: Vec<String>,
    },
    /// Too few digits.
    #[error("'{0}' fits more than one commit: give more digits")]
    Ambiguous(String),
    /// A commit that is not the fork's.
    #[error("{} is not in the fork's branch {branch}: name the fork's commit that has the change", commit.short())]
    NotInFork { commit: CommitId, branch: BranchName },
    /// Reading the repository failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// No phase of this id.
    #[error("the configuration has no phase '{name}'; its phases: {}", if .known.is_empty() { "none".to_owned() } else { .known.join(", ") })]
    NoPhase {
        /// As it was given.
        name: String,
        /// The phases there are.
        known: Vec<PhaseId>,
    },
}

fn like(similar: &[String]) -> String {
    if similar.is_empty() { String::new() } else { format!("; did you mean {}?", crate::text::listed(similar, "or")) }
}

/// The commit a full or shortened SHA stands for.
///
/// # Errors
/// None, or more than one.
pub fn commit_named(repo: &Repo, name: &str) -> Result<CommitId, DecisionError> {
    match repo.resolve(name) {
        ResolvedName::Commit(id) => Ok(id),
        ResolvedName::Ambiguous => Err(DecisionError::Ambiguous(name.to_owned())),
        ResolvedName::Unknown => Err(DecisionError::NoCommit { name: name.to_owned(), similar: repo.similar(name) }),
    }
}

/// The commit of the fork's branch that a full or shortened SHA names. The branch is the one checked out where none is named.
///
/// # Errors
/// None, more than one, or one that the branch does not have.
pub fn fork_commit_named(repo: &Repo, branch: Option<&BranchName>, name: &str) -> Result<CommitId, DecisionError> {
    let commit = commit_named(repo, name)?;
    let head = || repo.head_name().map(|name| name.trim_start_matches("refs/heads/").into());
    let branch: BranchName = branch.cloned().or_else(head).unwrap_or_default();
    match repo.reference(&format!("refs/heads/{branch}"))? {
        Some(head) if repo.contains(head, commit)? => Ok(commit),
        _ => Err(DecisionError::NotInFork { commit, branch }),
    }
}

/// That the configuration has this phase, or that it is the record.
///
/// # Errors
/// It has not.
pub fn phase_named(config: &Config, name: &str) -> Result<PhaseId, DecisionError> {
    let known: Vec<PhaseId> = config.phases.iter().map(|phase| phase.id.clone()).collect();
    if name == record::NAME || config.phase(&name.into()).is_some() {
        return Ok(name.into());
    }
    Err(DecisionError::NoPhase { name: name.to_owned(), known })
}

/// Who decides, and why: the parts of a decision that are not the ruling.
#[derive(Debug, Clone, Default)]
pub struct DecisionMeta {
    /// Who; by default the person that git names in this clone.
    pub by: Option<String>,
    /// The reason.
    pub why: Option<String>,
    /// Where it was said.
    pub link: Option<String>,
}

/// Puts a decision on the ledger, as of now.
///
/// # Errors
/// The ledger has problems, or cannot be written.
pub fn decide(
    repo: &Repo,
    store: &mut (impl LedgerStore + ?Sized),
    ruling: Ruling,
    said: DecisionMeta,
) -> Result<(Decision, Updated), RunError> {
    let by = said.by.or_else(|| repo.person()).unwrap_or_else(|| "somebody".to_owned());
    let decision = Decision { ruling, by, when: now(), link: said.link, why: said.why };
    let updated = update(repo, store, &mut |ledger| {
        Ok::<_, LedgerError>(Changed { ledger: ledger.decide(decision.clone())?, message: message(&decision) })
    })?;
    Ok((decision, updated))
}

/// What the commit that writes a decision says.
fn message(decision: &Decision) -> String {
    let ruling = decision.ruling.to_string();
    let mut letters = ruling.chars();
    let subject: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let link = decision.link.as_ref().map(|link| format!("\n{link}")).unwrap_or_default();
    format!("{subject}\n\nBy {}{link}\n", decision.describe())
}

/// Now, to the second, as a decision says it.
pub(super) fn now() -> Moment {
    Moment::to_second(super::clock::now())
}
