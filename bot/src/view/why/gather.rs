//! Gathers what is to be said of a commit: picks it alone, and asks both histories whose lines stand where.

use std::collections::HashSet;

use super::{CommitSummary, Explanation, NeededConflict, Offer, PhaseClaim, Reverted, RiskSign};
use crate::names::PhaseId;
use crate::pick::conflict::{places, read, unclear};
use crate::pick::recipe::{Recipe, RecipeCommands, Start};
use crate::pick::{Built, Conflict, Histories, Needs, NeedsSearch, Outcome, ResolutionSources, Resolver};
use crate::survey::{Alone, Survey, Surveyed, Verdict};
use crate::view::note::offers;
use crate::view::note::prose::{CommitRef, Prose};
use engine::blame::History;
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::progress::Silent;
use engine::{GitError, Merger, Repo};

/// All that is known of a commit of the range. `built` is the plan as it was built, where there is a configuration; `branch`
/// is the fork's; `ways` is what resolves conflicts without a person.
///
/// # Errors
/// The repository cannot be read.
pub fn why(
    repo: &Repo,
    survey: &Survey,
    built: Option<&Built>,
    branch: &str,
    ways: ResolutionSources<'_>,
    commit: &Surveyed,
) -> Result<Explanation, GitError> {
    let named = |sha: CommitId| CommitSummary::read(repo, sha, survey.get(sha).map(|commit| commit.verdict));
    let all = |commits: &[CommitId]| commits.iter().copied().map(named).collect::<Result<Vec<_>, _>>();
    let mut shown_by = Vec::new();
    for sign in &commit.evidence {
        shown_by.push(RiskSign { kind: sign.kind, strength: sign.strength, by: named(sign.fork_commit)? });
    }
    let phase = built.and_then(|built| claim(built, commit.sha));
    let (mut conflicts, mut needs) = (Vec::new(), Needs::default());
    if commit.alone == Alone::Conflict {
        let fork_tree = repo.commit(survey.fork_head)?.tree;
        let mut search = NeedsSearch::new(repo, survey)?;
        if commit.verdict != Verdict::Taken {
            let ancestor = repo.commit(survey.merge_base)?.tree;
            let none = PhaseId::default();
            let phase = phase.as_ref().map_or(&none, |phase| &phase.id);
            let resolver = Resolver { ways: ways.without_programs(), phase, ancestor, accounts: false };
            needs = search.find(&resolver, commit.sha, fork_tree, &HashSet::new())?;
        }
        let fork = History::read(repo, survey.own_since, survey.fork_head, "reading the fork", &mut Silent)?;
        let origins = Histories::new(repo, survey, search.history(), &fork)?;
        conflicts = met(repo, survey.units.change(repo, commit.sha)?, fork_tree, &origins)?;
        // Why what should have resolved them in its phase did not.
        let pick = built
            .and_then(|built| built.phases.iter().flat_map(|phase| &phase.picks).find(|pick| pick.sha == commit.sha));
        for there in pick.into_iter().flat_map(|pick| &pick.conflicts) {
            if let Some(conflict) = conflicts.iter_mut().find(|conflict| conflict.path == there.path) {
                conflict.remarks.clone_from(&there.remarks);
                conflict.proposal.clone_from(&there.proposal);
            }
        }
    }
    let by_hand = places(&conflicts);
    let recipe = recipe(commit, phase.as_ref(), (branch, repo.below()), &conflicts);
    Ok(Explanation {
        shown_by,
        onto: survey.fork_head,
        conflicts,
        hangs_on: all(&commit.roots)?,
        reverted: match commit.reverted_by {
            Some(by) => {
                let message = repo.commit(by)?.message;
                let body = message.trim().split_once('\n').map_or("", |(_, body)| body).trim().to_owned();
                Some(Reverted { by: named(by)?, message: body })
            }
            None => None,
        },
        waits_for: all(&commit.after)?,
        offer: Offer {
            by_hand,
            take: all(&needs.take)?,
            resolve: needs.resolve.iter().map(|(sha, hunks)| NeededConflict { sha: *sha, hunks: *hunks }).collect(),
            left: needs.left,
            verified: needs.verified,
            minimal: needs.least,
            needs,
        },
        phase,
        recipe,
        commit: commit.clone(),
    })
}

fn claim(built: &Built, sha: CommitId) -> Option<PhaseClaim> {
    built.phases.iter().find_map(|phase| {
        let pick = phase.picks.iter().find(|pick| pick.sha == sha);
        let outcome = pick.map(|pick| pick.outcome);
        let reason = phase.left_out.iter().find(|left| left.sha == sha).map(|left| left.reason.clone());
        (outcome.is_some() || reason.is_some()).then(|| PhaseClaim {
            id: phase.id.clone(),
            title: phase.title.clone(),
            branch: phase.branch.clone(),
            outcome,
            follows: pick.map(|pick| pick.follows.clone()).unwrap_or_default(),
            reason,
            resolutions: pick.map(|pick| pick.resolutions.clone()).unwrap_or_default(),
        })
    })
}

/// What conflicts when a commit is picked alone onto the fork, and who put what there.
fn met<'r>(
    repo: &'r Repo,
    (base, commit): (TreeId, Commit),
    fork_tree: TreeId,
    origins: &Histories<'_, 'r>,
) -> Result<Vec<Conflict>, GitError> {
    let mut merger = Merger::new(repo)?;
    let merged = merger.pick_from(base, &commit, fork_tree)?;
    let mut conflicts = Vec::new();
    for found in &merged.conflicts {
        let mut conflict = read((repo, [commit.tree, fork_tree]), &mut merger, found.clone())?;
        conflict.whose = origins.of(&commit, found, &HashSet::new(), &mut merger)?;
        conflicts.push(conflict);
    }
    conflicts.extend(merged.unclear.into_iter().map(unclear));
    Ok(conflicts)
}

/// The commands to take the commit by hand, in a clone such as this one, which has a remote `upstream`; none where there is nothing
/// to do.
fn recipe(
    commit: &Surveyed,
    phase: Option<&PhaseClaim>,
    (branch, below): (&str, Option<&RepoPath>),
    conflicts: &[Conflict],
) -> Option<RecipeCommands> {
    if commit.verdict == Verdict::Taken || commit.is_no_op() {
        return None;
    }
    let start = match phase {
        Some(phase) if phase.outcome.is_some() => Start::Phase(&phase.branch),
        _ => Start::Fork(branch),
    };
    let files = conflicts.iter().map(Conflict::pathspec).collect();
    let is_decision = phase.is_some_and(|phase| phase.outcome == Some(Outcome::Decide)) && !conflicts.is_empty();
    Some(Recipe { pick: commit.sha, upstream: None, start, below, files, is_decision }.commands())
}

impl Explanation {
    /// Whether its conflict is its own, in words; `None` where it has none.
    pub(crate) fn standing(&self) -> Option<Prose> {
        offers::standing(&self.commit, &mut CommitRef::named)
    }

    /// The ways out of its conflict, in words; none where it has none.
    pub(crate) fn offers(&self) -> Vec<Prose> {
        if self.commit.alone != Alone::Conflict || self.commit.verdict == Verdict::Taken {
            return Vec::new();
        }
        offers::offers(&self.offer.needs, self.offer.by_hand, &mut CommitRef::named)
    }
}
