//! The plan a sitting goes by, and how a decision of it is laid out.

use super::branches::join_ledgers;
use super::offer::offered;
use super::state::{CurrentDecision, OpenPath, ResolvedDecision, SittingScope, SittingState};
use super::{SittingError, work};
use crate::branch::PREFIX;
use crate::pick::{Built, Conflict, OpenDecision, Pick, Proposal};
use crate::pipeline::{Context, Inputs, Programs, Session};
use crate::survey::Survey;
use crate::view::why::find;
use engine::commit::Entry;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::progress::{Progress, Silent};
use engine::{Merger, Repo};

/// What upstream has, and what is built of it on all that is remembered by now.
pub struct SittingPlan {
    pub session: Session,
    pub survey: Survey,
    pub built: Built,
}

/// A decision, ready to be laid out in a work tree.
pub(super) struct LaidOut {
    pub(super) decision: CurrentDecision,
    /// What stands unresolved in the index: the base, the fork's and upstream's.
    pub(super) conflicts: Vec<(RepoPath, [Option<Entry>; 3])>,
}

/// Brings what the clone comes from up to date here: the ledger and the branches as they were published.
pub(super) fn fetch(context: &Context) -> Result<(), SittingError> {
    let repo = Repo::open(&context.repo)?;
    if !context.offline && repo.has_remote("origin") {
        repo.fetch_own("origin", &[&format!("{PREFIX}*")])?;
        join_ledgers(context)?;
    }
    Ok(())
}

impl SittingPlan {
    /// Plans, with what upstream has by now where that is wanted. No lock file is regenerated: none has a say in what is to be decided. Programs
    /// that propose something are asked when a decision is laid out.
    pub(super) fn make(context: &Context, fetches: bool, progress: &mut dyn Progress) -> Result<Self, SittingError> {
        let offline = context.offline || !fetches;
        let context = Context { offline, ..context.clone() };
        let session = Session::open(&context, progress)?;
        session.require_config()?;
        let mut inputs = Inputs::of_clone(&session)?;
        inputs.programs = Programs { lock: false, propose: false };
        let survey = inputs.survey(progress)?;
        let built = inputs.build(&survey, progress)?;
        drop(inputs);
        Ok(Self { session, survey, built })
    }

    /// What a phase's name, or a commit's, stands for.
    pub(super) fn scope(&self, name: Option<&str>) -> Result<SittingScope, SittingError> {
        let Some(name) = name else { return Ok(SittingScope::All) };
        if let Some(phase) = self.built.phases.iter().find(|phase| phase.id == *name || phase.configured() == name) {
            // A slice is one phase where it is named itself, and else the one it is cut from.
            let id = if phase.id == *name { &phase.id } else { phase.configured() };
            return Ok(SittingScope::Phase(id.clone()));
        }
        if name.len() < 4 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let known = self.built.phases.iter().map(|phase| phase.id.to_string()).collect();
            return Err(SittingError::NoPhase { name: name.to_owned(), known });
        }
        let sha = find(&self.session.repo, &self.survey, name)?.sha;
        let decision = self.built.decisions().into_iter().find(|decision| decision.pick().sha == sha);
        match decision {
            Some(decision) if is_remembered(decision.pick()) => Ok(SittingScope::Commit(sha)),
            Some(_) => Err(SittingError::Unremembered(sha)),
            None => Err(SittingError::NoDecision { sha, outcome: self.pick(sha).map(|pick| pick.outcome) }),
        }
    }

    fn pick(&self, sha: CommitId) -> Option<&Pick> {
        self.built.phases.iter().flat_map(|phase| &phase.picks).find(|pick| pick.sha == sha)
    }

    /// The decisions that are still to be taken, the cheapest first.
    pub(super) fn open(&self, state: &SittingState) -> Vec<OpenDecision<'_>> {
        let mut open = self.built.decisions();
        open.retain(|decision| {
            let (phase, pick) = (decision.phase, decision.pick());
            let within = match &state.scope {
                SittingScope::All => true,
                SittingScope::Phase(id) => phase.id == *id || phase.configured() == id,
                SittingScope::Commit(sha) => pick.sha == *sha,
            };
            within && !state.is_done(pick.sha) && is_remembered(pick)
        });
        open
    }

    /// Takes down how much there is to do.
    pub(super) fn count(&self, state: &mut SittingState) {
        let open = self.open(state);
        state.total = state.count() + open.len();
        state.places_left = open.iter().map(|decision| decision.cost.places).sum();
    }

    /// Makes the commit that a work tree shows, of the decision that is known or else of the cheapest; `None` where none is left.
    pub(super) fn lay_out(
        &self,
        state: &SittingState,
        known: Option<CommitId>,
    ) -> Result<Option<LaidOut>, SittingError> {
        let open = self.open(state);
        let decision = open.iter().find(|decision| Some(decision.pick().sha) == known).or_else(|| open.first());
        let Some((decision, merge)) = decision.and_then(|decision| Some((decision, decision.pick().open_merge?)))
        else {
            return Ok(None);
        };
        let (repo, pick) = (&self.session.repo, decision.pick());
        let (base, upstream) = self.survey.units.change(repo, pick.sha)?;
        let grounds: Vec<CommitId> = decision.phase.grounds().collect();
        let branch = repo.commit(grounds[decision.at])?;
        let bot = repo.bot(branch.committer.when);
        let ground = if branch.tree == merge.before {
            branch.id
        } else {
            let text = format!("The line before {}, each earlier conflict as upstream has it\n", pick.sha.short());
            repo.make_commit(branch.id, merge.before, &bot, &text)?
        };
        let text = format!("{} as far as it merges\n", pick.sha.short());
        let asked = self.asked(pick)?;
        let conflicts: Vec<&Conflict> = asked.as_ref().unwrap_or(pick).open().collect();
        let merged = repo.make_commit(ground, self.with_offers(merge.tree, &conflicts)?, &bot, &text)?;
        let mut paths = Vec::with_capacity(conflicts.len());
        for conflict in &conflicts {
            paths.push(OpenPath {
                path: conflict.path.to_string(),
                names: conflict.names.iter().filter(|name| **name != conflict.path).map(ToString::to_string).collect(),
                places: conflict.places,
                proposed: conflict.proposal.as_ref().map_or(0, Proposal::count),
                by_lines: work::is_by_lines(conflict),
            });
        }
        let picks = self.built.phases.iter().flat_map(|phase| &phase.picks);
        Ok(Some(LaidOut {
            conflicts: conflicts
                .into_iter()
                .map(|conflict| (conflict.path.clone(), [conflict.base, conflict.ours, conflict.theirs]))
                .collect(),
            decision: CurrentDecision {
                sha: pick.sha,
                subject: upstream.subject().to_owned(),
                phase: decision.phase.id.clone(),
                base,
                merged,
                paths,
                places: decision.cost.places,
                waiting: picks.filter(|pick| pick.outcome.waits()).map(|pick| pick.sha).collect(),
                ready: false,
                commit: None,
            },
        }))
    }

    /// The pick with what programs propose for it, where one may and none did before.
    fn asked(&self, pick: &Pick) -> Result<Option<Pick>, SittingError> {
        let proposers = &self.session.config.proposers;
        let rule = |conflict: &Conflict| {
            let path = conflict.path.to_text();
            proposers.iter().find(|rule| rule.path.is_match(&*path))
        };
        let may = |conflict: &Conflict| {
            conflict.proposal.is_none() && rule(conflict).is_some_and(|rule| !rule.command.is_empty())
        };
        if !pick.open().any(may) {
            return Ok(None);
        }
        let mut inputs = Inputs::of_clone(&self.session)?;
        inputs.programs = Programs { lock: false, propose: true };
        let built = inputs.build_one(&self.survey, pick.sha, &mut Silent)?;
        let mut found = built.phases.into_iter().flat_map(|phase| phase.picks);
        let found = found.find(|found| found.sha == pick.sha && found.outcome == pick.outcome);
        let same = |found: &Pick| {
            let files = |pick: &Pick| pick.open().map(|open| (open.path.clone(), open.ours)).collect::<Vec<_>>();
            files(found) == files(pick)
        };
        Ok(found.filter(same))
    }

    /// A merged tree with what is proposed beside its conflicts.
    fn with_offers(&self, merged: TreeId, conflicts: &[&Conflict]) -> Result<TreeId, SittingError> {
        let mut merger = Merger::new(&self.session.repo)?;
        let mut offers = Vec::new();
        for conflict in conflicts {
            let Some(proposal) = &conflict.proposal else { continue };
            let Some(entry) = merger.entry(merged, &conflict.path)?.filter(Entry::is_file) else { continue };
            let Some(text) = merger.text(entry)?.and_then(|text| offered(&text, proposal)) else { continue };
            let id = merger.make_file(text);
            offers.push((&conflict.path, Some(Entry { id, ..entry })));
        }
        if offers.is_empty() {
            return Ok(merged);
        }
        let tree = merger.with_entries(merged, offers)?;
        merger.keep(tree)?;
        Ok(tree)
    }

    /// What came of a decision: what applies now and did not before.
    pub(super) fn since(&self, current: &CurrentDecision, commit: CommitId) -> ResolvedDecision {
        let lands = |sha: &CommitId| self.pick(*sha).is_some_and(|pick| !pick.outcome.waits());
        let freed = current.waiting.iter().filter(|sha| **sha != current.sha && lands(sha)).copied().collect();
        ResolvedDecision { sha: current.sha, commit, freed, waits: !lands(&current.sha) }
    }
}

/// Whether what a person makes of a pick's conflicts can be remembered: where a new file goes whose folder was moved cannot.
fn is_remembered(pick: &Pick) -> bool {
    pick.open().all(|conflict| [conflict.base, conflict.ours, conflict.theirs].iter().any(Option::is_some))
}
