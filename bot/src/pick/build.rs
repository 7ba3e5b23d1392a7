//! Builds the phases' branches, in memory: no reference moves, and the repository read from is left as it is.

use std::collections::{BTreeSet, HashSet};

use super::check::{IntegrityReport, Picked};
use super::lacking::{conflicting, is_answered, meets_own_lines, missing, unpaired};
use super::lock::{BranchTip, Locks, Tools};
use super::merged::Claims;
use super::placeholder::placeholder;
use super::propose::{ProposalSources, Proposers};
use super::resolve::{ConflictCache, MergeCase, ResolutionSources, Resolver};
use super::tip::{Base, Tip};
use super::whole::{Met, Whole};
use super::{Built, BuiltPhase, Needs, NeedsSearch, Outcome, Pick, Scope, conflict, end, guarded, message};
use crate::branch;
use crate::config::raw::{OnConflict, Stacking};
use crate::guard::Guard;
use crate::line::OnLine;
use crate::names::{BranchName, PhaseId};
use crate::plan::{LeftOut, Plan, PlannedPhase, Reason};
use crate::risk::Level;
use crate::survey::Survey;
use engine::blame::History;
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::progress::Progress;
use engine::{GitError, Merger, Repo};

/// What phases are built on.
#[derive(Debug, Clone)]
pub struct BuildContext<'a> {
    /// The fork's branch, its short name.
    pub branch: &'a BranchName,
    /// The commit it is at.
    pub head: CommitId,
    /// Whether each phase stands on the one before.
    pub stacking: Stacking,
    /// The paths that no pick changes before a person decided.
    pub guard: &'a Guard,
    /// What resolves conflicts.
    pub ways: ResolutionSources<'a>,
    /// The phases that no other may stand on, since a person closed their pull request.
    pub apart: BTreeSet<&'a PhaseId>,
    /// What makes lock files again.
    pub tools: Tools<'a>,
    /// What proposes something for what is left to a person.
    pub proposals: ProposalSources<'a>,
}

/// Builds every phase of the plan.
///
/// Author and dates are upstream's, the committer is the bot: the same plan on the same commits gives the same commits.
///
/// # Errors
/// The repository cannot be read. Conflicts are outcomes, not errors.
pub fn build(
    repo: &Repo,
    seek: Scope<'_>,
    plan: &Plan,
    ground: &BuildContext<'_>,
    progress: &mut dyn Progress,
) -> Result<Built, GitError> {
    progress.stage("picking the phases", plan.phases.iter().map(|phase| phase.choices.len()).sum());
    let ancestor = repo.commit(seek.survey().merge_base)?.tree;
    let mut merger = Merger::new(repo)?;
    merger.note_renames();
    let claims = Claims::new(seek.survey(), plan);
    let proposers = Proposers::new(ground.proposals, ground.ways.runner, ground.ways.memory);
    let (search, fork, whole) = (None, None, None);
    let mut builder = Builder { repo, seek, ground, ancestor, merger, claims, proposers, search, fork, whole };
    let mut base = Base { branch: ground.branch.clone(), phase: None, tip: Tip::new(repo, ground.head)? };
    let mut phases = Vec::with_capacity(plan.phases.len());
    let last = plan.phases.iter().rposition(|phase| seek.is_about(phase));
    for (at, phase) in plan.phases.iter().enumerate() {
        // A later phase may stand on it.
        let stacked = ground.stacking == Stacking::Previous || phase.slice.is_some();
        let is_below = stacked && Some(at) < last;
        if !is_below && !seek.is_about(phase) {
            continue;
        }
        let (built, tip) = builder.paired(phase, &base, progress)?;
        if stacked && !ground.apart.contains(&phase.id) && built.landed() > 0 {
            base = Base { branch: built.branch.clone(), phase: Some(built.id.clone()), tip };
        }
        phases.push(built);
    }
    let end = match seek {
        Scope::All(survey) => end::check(repo, &mut builder.merger, survey, &phases)?,
        Scope::One(..) => None,
    };
    Ok(Built { phases, left_out: plan.left_out.clone(), unassigned: plan.unassigned.clone(), end })
}

/// The branch of one phase while it is built.
struct Branch<'a> {
    phase: &'a PlannedPhase,
    resolver: Resolver<'a>,
    /// What the resolver made of conflicts so far.
    resolved: ConflictCache,
    tip: Tip,
    /// What its picks do to lock files.
    locks: Locks,
    /// What comparing it with what went into it has found so far.
    checked: IntegrityReport,
    /// Whether nothing more lands on it: it is to be a merge commit, and a unit before was left open.
    ended: bool,
}

#[derive(Clone, Copy)]
struct PickTrees {
    /// Upstream's before the commit.
    base: TreeId,
    /// The branch's before the pick.
    before: TreeId,
    /// What the pick makes of it.
    after: TreeId,
}

/// What serves all phases of a plan.
pub(super) struct Builder<'a, 'r> {
    pub(super) repo: &'r Repo,
    pub(super) seek: Scope<'a>,
    ground: &'a BuildContext<'a>,
    /// The tree both branches had last in common.
    ancestor: TreeId,
    pub(super) merger: Merger<'r>,
    /// What a slice may bring in that lands as a merge commit.
    claims: Claims<'a>,
    pub(super) proposers: Proposers<'a>,
    /// Made at the first conflict of a plan, for most plans that have one have many.
    pub(super) search: Option<NeedsSearch<'r>>,
    /// The fork's side of the range, read when the search is made.
    pub(super) fork: Option<History>,
    /// The line as it is walked by slices, with all of its units.
    whole: Option<Whole>,
}

impl Builder<'_, '_> {
    /// Builds the branch of one phase, without the changes whose undoing does not apply: none is published without it.
    fn paired(
        &mut self,
        phase: &PlannedPhase,
        base: &Base,
        progress: &mut dyn Progress,
    ) -> Result<(BuiltPhase, Tip), GitError> {
        let (mut phase, whole) = (phase.clone(), self.whole.clone());
        loop {
            self.whole.clone_from(&whole);
            let (branch, picks) = self.picks(&phase, base, progress)?;
            let unpaired = unpaired(self.seek.survey(), &picks);
            if unpaired.is_empty() {
                return self.finish(branch, picks, base);
            }
            for (change, by) in unpaired {
                phase.choices.retain(|choice| choice.sha != change);
                phase.left_out.push(LeftOut { sha: change, reason: Reason::Undone { by } });
            }
        }
    }

    /// Puts the picks of one phase on its branch.
    fn picks<'p>(
        &mut self,
        phase: &'p PlannedPhase,
        base: &Base,
        progress: &mut dyn Progress,
    ) -> Result<(Branch<'p>, Vec<Pick>), GitError>
    where
        Self: 'p,
    {
        let resolver = Resolver { ways: self.ground.ways, phase: &phase.id, ancestor: self.ancestor, accounts: true };
        let (locks, checked) = (Locks::default(), IntegrityReport::default());
        let (tip, resolved) = (base.tip.clone(), ConflictCache::default());
        let mut branch = Branch { phase, resolver, resolved, tip, locks, checked, ended: false };
        let mut picks = Vec::with_capacity(phase.choices.len());
        let mut stopped = false;
        for choice in &phase.choices {
            progress.step();
            let mut pick = Pick::not_tried(choice, self.seek.survey());
            if !stopped {
                branch.ended |= phase.is_merge() && self.claims.is_cut_off(choice.sha, &branch.tip.there);
                self.take(&mut branch, &mut pick)?;
                stopped = pick.outcome.waits() && phase.on_conflict == OnConflict::Stop;
            }
            picks.push(pick);
        }
        Ok((branch, picks))
    }

    /// Ends the branch of one phase with its lock files; returned with where it ends.
    fn finish(&mut self, branch: Branch<'_>, mut picks: Vec<Pick>, base: &Base) -> Result<(BuiltPhase, Tip), GitError> {
        let Branch { phase, resolver, mut tip, locks, checked, .. } = branch;
        let merged = self.claims.merge(self.repo, phase, &mut picks, base.tip.head, (tip.tree, &tip.there))?;
        if let Some((merge, _)) = merged {
            tip.head = merge;
        }
        let (from, tools) = (base.tip.tree, self.ground.tools);
        let mut end = BranchTip { repo: self.repo, resolver: &resolver, tools, from, head: tip.head, tree: tip.tree };
        // Picks are kept out of lock files, so what these become has no say in a pick.
        let locks = match self.seek {
            Scope::All(_) => locks.finish(&mut self.merger, &mut end)?,
            Scope::One(..) => Vec::new(),
        };
        (tip.head, tip.tree) = (end.head, end.tree);
        if tip.head == base.tip.head && picks.iter().any(|pick| pick.outcome.waits()) {
            tip.head = placeholder(self.repo, &phase.id, tip.head)?;
        }
        let built = BuiltPhase {
            id: phase.id.clone(),
            title: phase.title.clone(),
            branch: branch::of_phase(&phase.id),
            base: base.branch.clone(),
            on: base.phase.clone(),
            base_commit: base.tip.head,
            head: tip.head,
            tree: tip.tree,
            // Of what waits, too: a security fix that conflicts must not hide behind a low label.
            risk: picks.iter().map(|pick| pick.risk).max().unwrap_or(Level::Low),
            picks,
            locks,
            checked,
            left_out: phase.left_out.clone(),
            slice: phase.slice.clone(),
            brings: merged.map(|(_, brings)| brings),
            ci: phase.ci.clone(),
        };
        Ok((built, tip))
    }

    /// Picks one commit onto a branch.
    fn take(&mut self, branch: &mut Branch<'_>, pick: &mut Pick) -> Result<(), GitError> {
        let survey = self.seek.survey();
        let (base, commit) = survey.units.change(self.repo, pick.sha)?;
        let before = branch.tip.tree;
        let on_line = self.on_line(branch, (base, &commit))?;
        let merged = self.merger.pick_from(base, &commit, before)?;
        self.merger.keep(merged.tree)?;
        let upstreams = survey.get(commit.id).map_or(&[][..], |unit| &unit.upstreams);
        let case = MergeCase { before, base, theirs: commit.tree, merged: &merged, upstreams };
        let resolved = branch.resolver.resolve(&mut self.merger, &mut branch.resolved, &case)?;
        self.merger.keep(resolved.tree)?;
        let waits = !resolved.open.is_empty() || !merged.unclear.is_empty();
        pick.outcome = match (waits, resolved.tree == before, resolved.resolutions.is_empty()) {
            (true, ..) => conflicting(survey, commit.id),
            // What it changes may come yet.
            (false, true, _) if survey.get(commit.id).is_some_and(|unit| unit.line == OnLine::NotNeededYet) => {
                Outcome::NotNeededYet
            }
            (false, true, _) => Outcome::NoOp,
            (false, false, true) => Outcome::Clean,
            (false, false, false) => Outcome::Resolved,
        };
        // Of what only stands below the one that is asked for, nothing is said but what it leaves behind.
        let asked = self.seek.within(commit.id).is_some();
        for found in merged.conflicts.iter().chain(&resolved.broken).filter(|_| asked) {
            let mut conflict = conflict::read((self.repo, [commit.tree, before]), &mut self.merger, found.clone())?;
            if let Some(open) = resolved.open.iter().find(|open| open.conflict.path == found.path) {
                open.describe(&mut self.merger, &mut conflict)?;
            }
            pick.conflicts.push(conflict);
        }
        pick.resolutions = resolved.resolutions;
        pick.renames.clone_from(&merged.renames);
        pick.conflicts.extend(merged.unclear.iter().cloned().map(conflict::unclear));
        if pick.outcome.waits() {
            pick.follows = missing(survey, commit.id, &branch.tip.there);
            pick.open_merge = Some(super::OpenMerge { before, tree: resolved.tree });
            if branch.phase.slice.is_some() && on_line.is_none() && is_answered(survey, pick) {
                pick.outcome = Outcome::Follows;
            }
        }
        if let Some(survey) = self.seek.within(commit.id).filter(|_| waits) {
            self.find_ways(branch, survey, &commit, pick)?;
            match on_line.filter(|_| pick.outcome.needs_person()) {
                Some(met) => {
                    (pick.conflicts, pick.resolutions, pick.open_merge) =
                        (met.conflicts, met.resolutions, met.open_merge);
                    let there = self.whole.as_ref().map(|whole| whole.there.clone()).unwrap_or_default();
                    self.attribute(&there, survey, &commit, &met.merged, pick)?;
                }
                None => self.attribute(&branch.tip.there, survey, &commit, &merged.conflicts, pick)?,
            }
            if !meets_own_lines(survey, pick) {
                (pick.outcome, pick.needs) = (Outcome::Follows, Needs::default());
            }
        }
        pick.guarded = guarded::paths(&mut self.merger, self.ground.guard, pick, [before, resolved.tree])?;
        if !waits && !pick.guarded.is_empty() {
            pick.outcome = Outcome::Decide;
        }
        if asked && pick.outcome.needs_person() {
            self.propose(base, &commit, pick)?;
        }
        self.land(branch, &commit, PickTrees { base, before, after: resolved.tree }, pick)
    }

    /// Of a slice: what a unit meets on the whole line that is left to a person.
    fn on_line(&mut self, branch: &mut Branch<'_>, unit: (TreeId, &Commit)) -> Result<Option<Met>, GitError> {
        if branch.phase.slice.is_none() {
            return Ok(None);
        }
        let whole = self.whole.get_or_insert_with(|| Whole::new(branch.tip.tree));
        if self.seek.within(unit.1.id).is_none() {
            whole.pass(&mut self.merger, unit)?;
            return Ok(None);
        }
        whole.go_on((self.repo, &mut self.merger), (&branch.resolver, &mut branch.resolved), unit)
    }

    /// Finds what a conflicting pick needs. What meets no line of the fork's own needs no search: the line has found what it lacks.
    fn find_ways(
        &mut self,
        branch: &Branch<'_>,
        survey: &Survey,
        commit: &Commit,
        pick: &mut Pick,
    ) -> Result<(), GitError> {
        let Branch { resolver, tip, .. } = branch;
        let search = match &mut self.search {
            Some(search) => search,
            empty => empty.insert(NeedsSearch::new(self.repo, survey)?),
        };
        // In a slice it needs nothing: all before it comes before it.
        let searched = branch.phase.slice.is_none() && matches!(self.seek, Scope::All(_));
        if pick.outcome.needs_person() && searched {
            // Nothing is said of the lines a try drops.
            let resolver = Resolver { ways: resolver.ways.without_programs(), accounts: false, ..*resolver };
            pick.needs = search.find(&resolver, commit.id, tip.tree, &tip.there)?;
        }
        Ok(())
    }

    /// Puts a pick on its branch, if it lands, and notes what it does to lock files.
    fn land(
        &mut self,
        branch: &mut Branch<'_>,
        commit: &Commit,
        trees: PickTrees,
        pick: &mut Pick,
    ) -> Result<(), GitError> {
        let lands = match pick.outcome {
            Outcome::Clean | Outcome::Resolved => true,
            // Where markers are committed, what conflicts is on the branch all the same.
            Outcome::Decide | Outcome::Follows | Outcome::NotNeededYet => {
                branch.phase.on_conflict == OnConflict::CommitMarkers && pick.guarded.is_empty()
            }
            Outcome::NoOp | Outcome::LeftOut => false,
        };
        if branch.ended {
            if lands {
                pick.outcome = Outcome::LeftOut;
            }
            return Ok(());
        }
        if pick.outcome == Outcome::NoOp && branch.phase.is_merge() {
            branch.tip.there.insert(commit.id);
        }
        let is_lock_file = |path: &RepoPath| branch.resolver.lockfile(path).is_some();
        let PickTrees { base, before, after } = trees;
        if lands || pick.outcome == Outcome::NoOp {
            let paths = pick.resolutions.iter().map(|found| &found.path);
            let lock_files: Vec<_> = paths.filter(|path| is_lock_file(path)).cloned().collect();
            branch.locks.touch(&mut self.merger, commit.id, (base, commit.tree), lock_files)?;
        }
        if lands && self.seek.within(commit.id).is_some() {
            let picked = Picked { sha: commit.id, base, theirs: commit.tree, ours: before, result: after };
            let open: HashSet<_> = pick.open().map(|conflict| conflict.path.clone()).collect();
            let left = |path: &RepoPath| open.contains(path) || is_lock_file(path);
            branch.checked.pick(&mut self.merger, picked, (&branch.resolver, &pick.resolutions), &left)?;
        }
        if lands {
            let committer = self.repo.bot(commit.committer.when);
            let (tip, text) = (&mut branch.tip, message::message(commit));
            tip.head = self.repo.make_pick(commit.id, tip.head, after, &committer, &text)?;
            tip.tree = after;
            pick.commit = Some(tip.head);
            tip.there.insert(commit.id);
        }
        Ok(())
    }
}
