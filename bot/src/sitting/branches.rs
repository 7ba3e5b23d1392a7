//! The branches of what was resolved: built as a run builds them, moved in the clone, and sent with the ledger to where it comes from.

use super::SittingError;
use super::state::SittingState;
use crate::branch::{LEDGER, PREFIX};
use crate::forge::people;
use crate::ledger::{AttemptState, Ledger, LedgerError, find_in_clone};
use crate::memory::join;
use crate::names::{BranchName, PhaseId};
use crate::pick::BuiltPhase;
use crate::pipeline::{self, Context, Inputs, Session};
use engine::ids::CommitId;
use engine::progress::{Progress, Silent};
use engine::{BranchPush, Repo};

/// What became of a branch of the clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchNews {
    pub branch: BranchName,
    /// Where it is to be.
    pub to: CommitId,
    pub how: Moved,
}

/// How a branch of the clone was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It is there now.
    There,
    /// Somebody works on it: it is checked out.
    CheckedOut,
    /// Somebody's own commits are on it.
    ByPeople,
}

/// What became of a branch on the way to where the clone comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It is there now.
    There(BranchName),
    /// It was there already.
    Before(BranchName),
    /// It was never published: a run does that.
    Unpublished(BranchName),
    /// Somebody's own commits are on it there.
    ByPeople(BranchName),
    /// The fork's branch is further there than in this clone, so that it would go back.
    Behind(BranchName),
}

/// Builds the phases as a run does, and moves the clone's branches of those that something resolved in this sitting is on, or below.
pub(super) fn bring_up(
    context: &Context,
    state: &mut SittingState,
    progress: &mut dyn Progress,
) -> Result<Vec<BranchNews>, SittingError> {
    if state.resolved.is_empty() {
        return Ok(Vec::new());
    }
    let session = Session::open(&Context { offline: true, ..context.clone() }, progress)?;
    let inputs = Inputs::of_clone(&session)?;
    let survey = inputs.survey(progress)?;
    let built = inputs.build(&survey, progress)?;
    let (repo, fork) = (&session.repo, session.heads.fork);
    let on_disk = Repo::open_to_write(&context.repo)?;
    let mut touched: Vec<&PhaseId> = Vec::new();
    let mut news = Vec::new();
    state.branches.clear();
    for phase in &built.phases {
        let own = phase.picks.iter().any(|pick| state.resolved.iter().any(|resolved| resolved.sha == pick.sha));
        let above = phase.on.as_ref().is_some_and(|on| touched.contains(&on));
        if !own && !above || phase.head == phase.base_commit {
            continue;
        }
        touched.push(&phase.id);
        let branch = published(&inputs.ledger, phase);
        let name = format!("refs/heads/{branch}");
        let at = repo.reference(&name)?;
        // Also where the clone's own branch stays: it may be sent to where the clone comes from.
        repo.send(&on_disk, phase.head)?;
        let how = match at {
            Some(at) if at == phase.head => Moved::There,
            _ if repo.is_checked_out(&branch) => Moved::CheckedOut,
            Some(at) if is_peoples(repo, fork, at)? => Moved::ByPeople,
            at => {
                on_disk.move_reference(&name, phase.head, at)?;
                Moved::There
            }
        };
        state.branches.push((branch.clone(), phase.head));
        news.push(BranchNews { branch, to: phase.head, how });
    }
    Ok(news)
}

/// The branch of a phase's open pull request, as the ledger has it, or else its first.
fn published(ledger: &Ledger, phase: &BuiltPhase) -> BranchName {
    let last = ledger.phases().get(&phase.id).and_then(|record| record.rounds.last());
    let open = last.filter(|round| round.state == AttemptState::Open);
    open.map_or_else(|| phase.branch.clone(), |round| round.branch.clone())
}

fn is_peoples(repo: &Repo, fork: CommitId, at: CommitId) -> Result<bool, SittingError> {
    people(repo, repo, Some(fork), at).map_err(|error| SittingError::Run(error.into()))
}

/// Where others wrote to the ledger at origin meanwhile, puts what was learned here on what they wrote, as any other writer does.
pub(super) fn join_ledgers(context: &Context) -> Result<(), SittingError> {
    let (repo, _) = pipeline::open_as_bot(context)?;
    let Err(LedgerError::Diverged { here, there }) = find_in_clone(&repo) else { return Ok(()) };
    let (Some(own), Some(fetched)) = (repo.reference(&here)?, repo.reference(&there)?) else { return Ok(()) };
    let [base, ours, theirs] =
        [repo.merge_base(own, fetched)?, Some(own), Some(fetched)].map(|at| Ledger::read(&repo, at));
    let joined = join(&base?, &ours?, &theirs?)?;
    let joined =
        joined.commit(&repo, Some(fetched), "Put what was learned in a clone on what was written meanwhile")?;
    let on_disk = Repo::open_to_write(&context.repo)?;
    repo.send(&on_disk, joined)?;
    Ok(on_disk.move_reference(&here, joined, Some(own))?)
}

/// Sends the branches that were brought up, and the ledger.
pub(super) fn push(context: &Context, state: &SittingState) -> Result<Vec<Sent>, SittingError> {
    let open = || Session::open(&Context { offline: true, ..context.clone() }, &mut Silent);
    let before = open()?;
    // What is sent is published.
    before.require_signer()?;
    if !before.repo.has_remote("origin") {
        return Err(SittingError::Nothing("the clone has no remote called origin to send anything to"));
    }
    before.repo.fetch_own("origin", &[&format!("{PREFIX}*"), &before.branch])?;
    join_ledgers(context)?;
    // Once more, with what was fetched.
    let session = open()?;
    let (repo, fork) = (&session.repo, session.heads.fork);
    let trunk = repo.reference(&format!("refs/remotes/origin/{}", session.branch))?;
    let is_behind = trunk.map(|trunk| repo.contains(fork, trunk)).transpose()? == Some(false);
    let at_origin = |branch: &str| repo.reference(&format!("refs/remotes/origin/{branch}"));
    let (mut pushes, mut sent) = (Vec::new(), Vec::new());
    for (branch, to) in &state.branches {
        let name = branch.clone();
        sent.push(match at_origin(branch)? {
            None => Sent::Unpublished(name),
            Some(from) if from == *to => Sent::Before(name),
            Some(from) if is_peoples(repo, trunk.unwrap_or(fork), from)? => Sent::ByPeople(name),
            Some(_) if is_behind => Sent::Behind(name),
            Some(from) => {
                pushes.push(BranchPush { branch: branch.to_string(), to: *to, from: Some(from) });
                Sent::There(name)
            }
        });
    }
    let (own, from) = (find_in_clone(repo)?, at_origin(LEDGER)?);
    if let Some(to) = own {
        if from == own {
            sent.push(Sent::Before(LEDGER.into()));
        } else {
            pushes.push(BranchPush { branch: LEDGER.to_owned(), to, from });
            sent.push(Sent::There(LEDGER.into()));
        }
    }
    if !pushes.is_empty() {
        repo.push_own("origin", &pushes)?;
    }
    Ok(sent)
}
