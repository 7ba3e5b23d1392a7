//! Builds the phases' branches, in memory: no reference moves, and the repository read from is left as it is.

use std::collections::{BTreeSet, HashSet};

use super::check::{IntegrityReport, Picked};
use super::lock::{BranchTip, Locks, Tools};
use super::resolve::{ConflictCache, MergeCase, ResolutionSources, Resolver};
use super::{Built, BuiltPhase, Histories, Needs, NeedsSearch, Outcome, Pick, conflict, message};
use crate::branch;
use crate::config::raw::{OnConflict, Stacking};
use crate::plan::{ChosenCommit, Plan, PlannedPhase};
use crate::risk::Level;
use crate::survey::Survey;
use engine::blame::History;
use engine::commit::{BOT, Commit, Signature};
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::progress::{Progress, Silent};
use engine::{GitError, Merger, PathConflict, Repo};

/// What phases are built on.
#[derive(Debug, Clone)]
pub struct BuildContext<'a> {
    /// The fork's branch, its short name.
    pub branch: &'a str,
    /// The commit it is at.
    pub head: CommitId,
    /// Whether each phase stands on the one before.
    pub stacking: Stacking,
    /// What settles conflicts.
    pub ways: ResolutionSources<'a>,
    /// The phases that no other may stand on, since a person closed their pull request.
    pub apart: BTreeSet<&'a str>,
    /// What makes lock files anew.
    pub tools: Tools<'a>,
}

/// For which conflicting picks it is looked for, in the survey, what they need. It is most of the work.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All of them.
    All(&'a Survey),
    /// One alone.
    One(&'a Survey, CommitId),
}

impl<'a> Scope<'a> {
    const fn survey(self) -> &'a Survey {
        match self {
            Self::All(survey) | Self::One(survey, _) => survey,
        }
    }

    fn within(self, pick: CommitId) -> Option<&'a Survey> {
        match self {
            Self::All(survey) => Some(survey),
            Self::One(survey, one) => (one == pick).then_some(survey),
        }
    }
}

/// Builds every phase of the plan.
///
/// Author and author date are upstream's, the committer is the bot, and the committer date is upstream's too: the same plan on
/// the same commits gives the same commits.
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
    let (mut base, mut base_commit) = (ground.branch.to_owned(), ground.head);
    let mut phases = Vec::with_capacity(plan.phases.len());
    let mut merger = Merger::new(repo)?;
    let (mut search, mut fork) = (None, None);
    let (mut there, mut waiting) = (HashSet::new(), HashSet::new());
    let ancestor = repo.commit(seek.survey().merge_base)?.tree;
    for phase in &plan.phases {
        let settler = Resolver { ways: ground.ways, phase: &phase.id, ancestor };
        let (merger, search, fork) = (&mut merger, &mut search, &mut fork);
        let known = (there.clone(), waiting.clone());
        let (locks, checked) = (Locks::default(), IntegrityReport::default());
        let (there_now, waiting_now) = known;
        let mut builder = Builder {
            repo,
            seek,
            phase,
            settler,
            tools: ground.tools,
            merger,
            search,
            fork,
            there: there_now,
            waiting: waiting_now,
            locks,
            checked,
        };
        let built = builder.build(&base, base_commit, progress)?;
        if ground.stacking == Stacking::Previous && !ground.apart.contains(phase.id.as_str()) {
            waiting = builder.waiting;
            if built.landed() > 0 {
                base.clone_from(&built.branch);
                base_commit = built.head;
                there = builder.there;
            }
        }
        phases.push(built);
    }
    Ok(Built { phases, left_out: plan.left_out.clone(), unassigned: plan.unassigned.clone() })
}

struct Builder<'a, 'r> {
    repo: &'r Repo,
    seek: Scope<'a>,
    phase: &'a PlannedPhase,
    settler: Resolver<'a>,
    tools: Tools<'a>,
    merger: &'a mut Merger<'r>,
    /// Made at the first conflict of a plan, for most plans that have one have many.
    search: &'a mut Option<NeedsSearch<'r>>,
    /// The fork's side of the range, read when the search is made.
    fork: &'a mut Option<History>,
    /// What stands on the branch so far.
    there: HashSet<CommitId>,
    /// What was to stand there, but waits for a person.
    waiting: HashSet<CommitId>,
    /// What its picks do to lock files.
    locks: Locks,
    /// What comparing it with what went into it has found so far.
    checked: IntegrityReport,
}

impl Builder<'_, '_> {
    fn build(
        &mut self,
        base: &str,
        base_commit: CommitId,
        progress: &mut dyn Progress,
    ) -> Result<BuiltPhase, GitError> {
        let phase = self.phase;
        let mut head = base_commit;
        let mut tree = self.repo.commit(base_commit)?.tree;
        let mut picks = Vec::with_capacity(phase.choices.len());
        let mut stopped = false;
        for choice in &phase.choices {
            progress.step();
            let mut pick = Pick {
                sha: choice.sha,
                outcome: Outcome::LeftOut,
                commit: None,
                conflicts: Vec::new(),
                resolutions: Vec::new(),
                needs: Needs::default(),
                risk: choice.risk,
                reasons: choice.reasons.clone(),
                note: choice.note.clone(),
                decision: choice.decision.clone(),
            };
            if !stopped {
                self.take(choice, &mut pick, &mut head, &mut tree)?;
                stopped = pick.outcome.waits() && phase.on_conflict == OnConflict::Stop;
            }
            picks.push(pick);
        }
        let from = self.repo.commit(base_commit)?.tree;
        let mut branch = BranchTip { repo: self.repo, settler: &self.settler, tools: self.tools, from, head, tree };
        let locks = self.locks.finish(self.merger, &mut branch)?;
        (head, tree) = (branch.head, branch.tree);
        let waits = picks.iter().any(|pick| pick.outcome.waits());
        if waits && head == base_commit {
            head = self.placeholder(base_commit, tree)?;
        }
        Ok(BuiltPhase {
            id: phase.id.clone(),
            title: phase.title.clone(),
            branch: branch::of_phase(&phase.id),
            base: base.to_owned(),
            base_commit,
            head,
            tree,
            // Of what waits, too: a security fix that conflicts must not hide behind a low label.
            risk: picks.iter().map(|pick| pick.risk).max().unwrap_or(Level::Low),
            picks,
            locks,
            checked: std::mem::take(&mut self.checked),
            left_out: phase.left_out.clone(),
            ci: phase.ci.clone(),
        })
    }

    /// Picks one commit onto `head`, and moves `head` and `tree` on where it lands.
    fn take(
        &mut self,
        choice: &ChosenCommit,
        pick: &mut Pick,
        head: &mut CommitId,
        tree: &mut TreeId,
    ) -> Result<(), GitError> {
        let commit = self.repo.commit(choice.sha)?;
        let merged = self.merger.pick(&commit, *tree)?;
        self.merger.keep(merged.tree)?;
        let base = self.repo.base_tree(&commit)?;
        let case = MergeCase { before: *tree, base, theirs: commit.tree, merged: &merged };
        let settlement = self.settler.resolve(self.merger, &mut ConflictCache::default(), &case)?;
        self.merger.keep(settlement.tree)?;
        let waits = !settlement.open.is_empty() || !merged.unclear.is_empty();
        pick.outcome = match (waits, settlement.tree == *tree, settlement.resolutions.is_empty()) {
            (true, ..) => Outcome::Conflicted,
            (false, true, _) => Outcome::Vacuous,
            (false, false, true) => Outcome::Clean,
            (false, false, false) => Outcome::Resolved,
        };
        for found in merged.conflicts.iter().chain(&settlement.broken) {
            let mut conflict = conflict::read(self.merger, found.clone())?;
            let open = settlement.open.iter().find(|open| open.conflict.path == found.path);
            conflict.remarks = open.map(|open| open.remarks.clone()).unwrap_or_default();
            if open.is_some_and(|open| open.told) {
                conflict.hunks.clear();
            }
            pick.conflicts.push(conflict);
        }
        pick.resolutions = settlement.resolutions;
        pick.conflicts.extend(merged.unclear.iter().cloned().map(conflict::unclear));
        if pick.outcome == Outcome::Conflicted
            && let Some(survey) = self.seek.within(commit.id)
        {
            let search = match &mut self.search {
                Some(search) => search,
                empty => empty.insert(NeedsSearch::new(self.repo, survey)?),
            };
            pick.needs = search.find(&self.settler, commit.id, *tree, &self.there)?;
            // Where markers are committed, what conflicts is on the branch all the same.
            if self.phase.on_conflict != OnConflict::CommitMarkers
                && search.find_blockers(&self.settler, commit.id, *tree, &self.waiting, &mut pick.needs)?
            {
                pick.outcome = Outcome::Blocked;
            }
            self.explain(survey, &commit, &merged.conflicts, pick)?;
        }
        let lands = match pick.outcome {
            Outcome::Clean | Outcome::Resolved => true,
            Outcome::Conflicted => self.phase.on_conflict == OnConflict::CommitMarkers,
            Outcome::Vacuous | Outcome::Blocked | Outcome::LeftOut => false,
        };
        if lands || pick.outcome == Outcome::Vacuous {
            let lock_files = pick.resolutions.iter().map(|found| &found.path);
            let lock_files: Vec<_> = lock_files.filter(|path| self.settler.lockfile(path).is_some()).cloned().collect();
            self.locks.touch(self.merger, commit.id, (base, commit.tree), lock_files)?;
        }
        if lands {
            let picked = Picked { sha: commit.id, base, theirs: commit.tree, ours: *tree, result: settlement.tree };
            let open: HashSet<_> = pick.open().map(|conflict| conflict.path.clone()).collect();
            let left = |path: &RepoPath| open.contains(path) || self.settler.lockfile(path).is_some();
            self.checked.pick(self.merger, picked, &pick.resolutions, &left)?;
            let committer = Signature { name: BOT.0.into(), email: BOT.1.into(), when: commit.committer.when };
            let text = message::message(&commit);
            *head = self.repo.make_pick(commit.id, *head, settlement.tree, &committer, &text)?;
            *tree = settlement.tree;
            pick.commit = Some(*head);
            self.there.insert(commit.id);
        } else if pick.outcome.waits() {
            self.waiting.insert(commit.id);
        }
        Ok(())
    }

    /// Finds who put what at the places of the conflicts nothing settled.
    fn explain(
        &mut self,
        survey: &Survey,
        commit: &Commit,
        met: &[PathConflict],
        pick: &mut Pick,
    ) -> Result<(), GitError> {
        let Some(search) = &self.search else { return Ok(()) };
        let fork = match &mut self.fork {
            Some(fork) => fork,
            empty => empty.insert(History::read(
                self.repo,
                survey.upstream_head,
                survey.fork_head,
                "reading the fork",
                &mut Silent,
            )?),
        };
        let origins = Histories::new(self.repo, survey, search.history(), fork)?;
        let open: HashSet<_> = pick.open().map(|conflict| conflict.path.clone()).collect();
        for conflict in pick.conflicts.iter_mut().filter(|conflict| open.contains(&conflict.path)) {
            if let Some(found) = met.iter().find(|found| found.path == conflict.path) {
                conflict.whose = origins.of(commit, found, &self.there, self.merger)?;
            }
        }
        Ok(())
    }

    /// A commit that changes nothing: a pull request needs one, and where every pick of a phase conflicts, the pull request with
    /// its notes is the whole point.
    fn placeholder(&self, parent: CommitId, tree: TreeId) -> Result<CommitId, GitError> {
        let when = self.repo.commit(parent)?.committer.when;
        let bot = Signature { name: BOT.0.into(), email: BOT.1.into(), when };
        let text = format!(
            "Hold the place of phase {}\n\nEvery pick of it conflicts; its pull request says what to do. This commit changes nothing\nand is dropped as soon as a pick lands.\n",
            self.phase.id
        );
        self.repo.make_commit(parent, tree, &bot, &text)
    }
}
