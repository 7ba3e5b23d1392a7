//! Assigns the commits of a survey to the configured phases. What a person decided goes before what the configuration says; that the
//! fork has a change already goes before both.

use std::collections::{HashMap, HashSet};

use super::slices::LineUnits;
use super::{ChosenCommit, LeftOut, Plan, PlannedPhase, Reason, SliceFacts, pairs, slices};
use crate::config::{self, Config, NotedPick, OwnedFacts, Rule, is_slice};
use crate::decision::{Decision, Ruling, Rulings};
use crate::names::PhaseId;
use crate::survey::{OnLine, RiskReason, Survey, Surveyed, Verdict};
use engine::ids::CommitId;

/// More units than these are not taken along with one that needs them: the phase would be a line of its own.
const FEW: usize = 3;

/// Plans the phases. `ancestors` are the commits the configuration names that the fork's history contains: they are in no range,
/// and the plan must say why it does not take them. `rulings` are the decisions in effect.
#[must_use]
pub fn plan(
    survey: &Survey,
    config: &Config,
    rulings: &Rulings,
    ancestors: &HashSet<CommitId>,
    facts: &SliceFacts,
) -> Plan {
    let planner = Planner::new(survey, config, rulings, ancestors);
    let mut owner: HashMap<CommitId, PhaseId> = HashMap::new();
    let mut phases = Vec::with_capacity(config.phases.len());
    for phase in config.phases.iter().filter(|phase| phase.line.is_none()) {
        let (mut choices, mut left_out) = (Vec::new(), Vec::new());
        for (sha, named) in planner.claims(phase) {
            if let Some(reason) = planner.elsewhere(sha, Some(&phase.id)) {
                left_out.push(LeftOut { sha, reason });
                continue;
            }
            if owner.get(&sha) == Some(&phase.id) {
                continue;
            }
            if let Some(earlier) = owner.get(&sha) {
                // A rule that finds a commit another phase has says nothing; a person who named it is told.
                if named.is_some() {
                    left_out.push(LeftOut { sha, reason: Reason::InPhase(earlier.clone()) });
                }
                continue;
            }
            owner.insert(sha, phase.id.clone());
            match planner.eligible(sha) {
                Ok(commit) if config.line().is_some() && planner.comes_later(commit, phase) => {
                    match planner.needed(commit, &phase.id, &owner) {
                        Some(needed) => {
                            owner.extend(needed.iter().map(|unit| (unit.sha, phase.id.clone())));
                            choices.extend(needed.into_iter().map(|unit| planner.along(unit, commit)));
                            choices.push(choice(commit, named, planner.ruling(sha)));
                        }
                        // What it needs comes in its turn, and it after that.
                        None => {
                            owner.remove(&sha);
                            left_out.push(LeftOut { sha, reason: on_line(survey, commit) });
                        }
                    }
                }
                Ok(commit) => choices.push(choice(commit, named, planner.ruling(sha))),
                Err(reason) => left_out.push(LeftOut { sha, reason }),
            }
        }
        choices.sort_by_key(|choice| survey.position(choice.sha));
        phases.push(PlannedPhase {
            id: phase.id.clone(),
            title: phase.title.clone(),
            slice: None,
            choices,
            left_out,
            on_conflict: phase.on_conflict,
            ci: phase.ci.clone(),
        });
    }
    let take = |unit: &Surveyed| {
        let free = !owner.contains_key(&unit.sha) && planner.eligible(unit.sha).is_ok();
        (free || unit.again.is_some()).then(|| choice(unit, None, planner.ruling(unit.sha)))
    };
    for joined in pairs::join(survey, &mut phases, &take) {
        owner.entry(joined).or_default();
    }
    if let Some((line, settings)) = config.line().and_then(|line| Some((line, line.line?))) {
        let units = planner.on_line(line, &phases, &owner);
        let slices = slices::cut(survey, (line, settings), units, facts);
        let chosen = slices.iter().flat_map(|slice| slice.choices.iter().map(|choice| choice.sha));
        let left = slices.iter().flat_map(|slice| slice.left_out.iter().map(|left| left.sha));
        owner.extend(chosen.chain(left).map(|sha| (sha, line.id.clone())));
        phases.extend(slices);
    }
    let (mut left_out, mut unassigned) = (Vec::new(), Vec::new());
    for commit in survey.commits.iter().filter(|commit| !owner.contains_key(&commit.sha)) {
        match planner.unclaimed(commit.sha) {
            Some(reason) => left_out.push(LeftOut { sha: commit.sha, reason }),
            None => unassigned.push(commit.sha),
        }
    }
    Plan { phases, left_out, unassigned }
}

/// Whether the fork does not have the code that a unit changes: it, or a file that it meets, came with units that are not there.
fn is_absent(survey: &Survey, unit: &Surveyed) -> bool {
    let places = unit.needs.iter().filter_map(|sha| survey.units.place(*sha));
    let mut changes = places.flat_map(|place| &survey.units.all()[place].changes);
    let came = changes.any(|change| change.old.is_none() && unit.conflicts.contains(&change.path));
    unit.line == OnLine::NotNeededYet || came
}

/// Why a unit of a topic phase is left to the line.
fn on_line(survey: &Survey, unit: &Surveyed) -> Reason {
    let after = if unit.needs.is_empty() { &unit.after } else { &unit.needs };
    Reason::OnLine { after: after.clone(), absent: is_absent(survey, unit) }
}

fn choice(commit: &Surveyed, named: Option<&NotedPick>, decision: Option<&Decision>) -> ChosenCommit {
    let mut reasons = commit.reasons.clone();
    let risk = named.and_then(|pick| pick.risk).unwrap_or(commit.risk);
    if risk != commit.risk {
        reasons.insert(0, RiskReason::Set { to: risk, surveyed: commit.risk });
    }
    let note = named.and_then(|pick| pick.note.clone());
    let named_by = named.map(|pick| pick.sha).filter(|sha| *sha != commit.sha);
    ChosenCommit {
        sha: commit.sha,
        named_by,
        again: commit.again,
        risk,
        reasons,
        note,
        decision: decision.cloned().map(Box::new),
    }
}

/// The phase a decision puts its commit into.
fn target(decision: &Decision) -> Option<&PhaseId> {
    match &decision.ruling {
        Ruling::Pick { phase, .. } | Ruling::Move { phase, .. } => Some(phase),
        _ => None,
    }
}

struct Planner<'a> {
    survey: &'a Survey,
    config: &'a Config,
    rulings: &'a Rulings,
    ancestors: &'a HashSet<CommitId>,
    merges: HashSet<CommitId>,
    /// Commits that a phase names, with the entry: the word of a person, so no rule of another phase takes them away.
    named: HashMap<CommitId, &'a NotedPick>,
    /// The commit taken instead, and what its group has in common.
    superseded: HashMap<CommitId, (CommitId, &'a str)>,
}

impl<'a> Planner<'a> {
    fn new(survey: &'a Survey, config: &'a Config, rulings: &'a Rulings, ancestors: &'a HashSet<CommitId>) -> Self {
        let mut superseded = HashMap::new();
        for group in &config.supersede {
            // One that a person leaves out cannot stand for the others.
            let there = |sha: &&CommitId| survey.position(**sha).is_some() && waits(rulings.commit(**sha)).is_none();
            let commits = || group.commits.iter().map(|commit| &commit.sha);
            let latest = commits().filter(there).max_by_key(|sha| survey.position(**sha));
            let Some(kept) = group.keep.or(latest.copied()) else { continue };
            for sha in commits().filter(|sha| **sha != kept) {
                superseded.insert(*sha, (kept, group.title.as_str()));
            }
        }
        let merges = survey.merges.iter().map(|merge| merge.sha).collect();
        // Of one that two phases name, the first phase's entry.
        let named = config
            .phases
            .iter()
            .flat_map(|phase| &phase.picks)
            .rev()
            .map(|pick| (unit_of(survey, pick.sha), pick))
            .collect();
        Self { survey, config, rulings, ancestors, merges, named, superseded }
    }

    /// What a phase claims, in upstream's order (what is in no range first), each with the entry that names it.
    fn claims(&self, phase: &'a config::Phase) -> Vec<(CommitId, Option<&'a NotedPick>)> {
        let own: HashMap<CommitId, &NotedPick> =
            phase.picks.iter().map(|pick| (unit_of(self.survey, pick.sha), pick)).collect();
        let put = |sha: CommitId| self.ruling(sha).and_then(target);
        let mut seen = HashSet::new();
        let outside = phase.picks.iter().map(|pick| (pick.sha, Some(pick)));
        let decided = self.rulings.commits().map(|(sha, _)| sha).filter(|sha| put(*sha) == Some(&phase.id));
        let outside = outside.chain(decided.map(|sha| (sha, None)));
        let mut claims: Vec<_> =
            outside.filter(|(sha, _)| self.survey.position(*sha).is_none() && seen.insert(*sha)).collect();
        for commit in &self.survey.commits {
            let sha = commit.sha;
            match (put(sha), own.get(&sha), self.named.get(&sha)) {
                // Wherever it is named, what is said of it there holds.
                (Some(here), own, named) if *here == phase.id => claims.push((sha, own.or(named).copied())),
                (_, Some(own), _) => claims.push((sha, Some(*own))),
                (None, None, None) if matches_any(&phase.rules, commit) => claims.push((sha, None)),
                _ => {}
            }
        }
        claims
    }

    /// That a person took a commit into another phase than this.
    fn elsewhere(&self, sha: CommitId, here: Option<&PhaseId>) -> Option<Reason> {
        let decision = self.ruling(sha)?;
        let is_here = |phase: &PhaseId| here.is_some_and(|here| phase == here || is_slice(here, phase));
        let phase = target(decision).filter(|phase| !is_here(phase))?.clone();
        let decision = Box::new(decision.clone());
        let known = self.config.phases.iter().any(|known| known.id == phase);
        Some(if known { Reason::Moved { phase, decision } } else { Reason::NoPhase { phase, decision } })
    }

    /// Whether a unit conflicts on the fork for lack of earlier ones alone, and a phase does not have those.
    fn comes_later(&self, unit: &Surveyed, phase: &config::Phase) -> bool {
        let here = |sha: &CommitId| self.survey.get(*sha).is_some_and(|unit| self.claimed_by(unit, phase));
        let decided = self.ruling(unit.sha).and_then(target).is_some();
        let fed = !unit.needs.is_empty() && unit.needs.iter().all(here);
        unit.lacks_earlier() && !decided && !fed
    }

    /// The units that one lacks on the fork, where they are few, are in no other phase, and ask nothing of a person.
    fn needed(&self, unit: &Surveyed, here: &PhaseId, owner: &HashMap<CommitId, PhaseId>) -> Option<Vec<&'a Surveyed>> {
        let mut needed: Vec<&Surveyed> = Vec::new();
        let mut pending = unit.needs.clone();
        while let Some(sha) = pending.pop() {
            let there = owner.get(&sha).is_some_and(|owner| owner == here);
            if there || needed.iter().any(|known| known.sha == sha) {
                continue;
            }
            let found =
                self.eligible(sha).ok().filter(|_| !owner.contains_key(&sha) && !self.named.contains_key(&sha))?;
            if !matches!(found.line, OnLine::Clean | OnLine::Resolved) || needed.len() == FEW {
                return None;
            }
            pending.extend(&found.needs);
            needed.push(found);
        }
        (!unit.needs.is_empty() && !is_absent(self.survey, unit)).then_some(needed)
    }

    /// A unit that is taken along for another.
    fn along(&self, unit: &Surveyed, with: &Surveyed) -> ChosenCommit {
        let note = Some(format!("taken along, since {} needs it", with.sha.short()));
        ChosenCommit { note, ..choice(unit, None, self.ruling(unit.sha)) }
    }

    /// Whether a phase has a unit, by name or by rule.
    fn claimed_by(&self, unit: &Surveyed, phase: &config::Phase) -> bool {
        phase.picks.iter().any(|pick| unit_of(self.survey, pick.sha) == unit.sha) || matches_any(&phase.rules, unit)
    }

    /// The units that the line takes, and those of its own that it does not, by place. What waits for nobody, being in no phase and
    /// left out, is not its own.
    fn on_line(&self, line: &config::Phase, phases: &[PlannedPhase], owner: &HashMap<CommitId, PhaseId>) -> LineUnits {
        let mut units = LineUnits::new();
        for (at, unit) in self.survey.commits.iter().enumerate() {
            let sha = unit.sha;
            if owner.contains_key(&sha) || self.elsewhere(sha, Some(&line.id)).is_some() {
                continue;
            }
            let chosen = || choice(unit, self.named.get(&sha).copied(), self.ruling(sha));
            match self.eligible_on_line(sha) {
                Ok(_) => drop(units.insert(at, Ok(chosen()))),
                Err(Reason::Taken(_)) if unit.again.is_some() => drop(units.insert(at, Ok(chosen()))),
                Err(reason @ (Reason::Taken(_) | Reason::NoOp)) => {
                    units.insert(at, Err(LeftOut { sha, reason }));
                }
                Err(_) => {}
            }
        }
        let elsewhere: HashSet<CommitId> =
            phases.iter().flat_map(|phase| &phase.choices).map(|choice| choice.sha).collect();
        // What upstream undid later goes with its undoing: where that is not taken, neither is this.
        loop {
            let undone = self.survey.commits.iter().enumerate().find_map(|(at, undoing)| {
                let there = units.get(&at).is_some_and(Result::is_ok) || elsewhere.contains(&undoing.sha);
                let mut changes = undoing.goes_with().filter_map(|change| self.survey.position(change));
                let change = changes.find(|change| !there && units.get(change).is_some_and(Result::is_ok))?;
                Some((change, undoing.sha))
            });
            let Some((change, by)) = undone else { return units };
            units.insert(change, Err(LeftOut { sha: self.survey.commits[change].sha, reason: Reason::Undone { by } }));
        }
    }

    /// Why a commit that no phase claims is not to be taken; `None` where nobody said.
    fn unclaimed(&self, sha: CommitId) -> Option<Reason> {
        self.elsewhere(sha, None).or_else(|| waits(self.ruling(sha))).or_else(|| self.excluded(sha))
    }

    /// The commit, if a topic phase is to pick it.
    fn eligible(&self, sha: CommitId) -> Result<&'a Surveyed, Reason> {
        let commit = self.eligible_on_line(sha)?;
        match self.superseded.get(&commit.sha).filter(|_| self.ruling(sha).and_then(target).is_none()) {
            Some((by, group)) => Err(Reason::Superseded { by: *by, group: (*group).to_owned() }),
            None => Ok(commit),
        }
    }

    /// The commit, if it is to be picked in its turn; there nothing stands for another.
    fn eligible_on_line(&self, sha: CommitId) -> Result<&'a Surveyed, Reason> {
        let Some(commit) = self.survey.get(sha) else {
            return Err(if self.merges.contains(&sha) {
                Reason::Merge
            } else if self.ancestors.contains(&sha) {
                Reason::Ancestor
            } else {
                Reason::OutOfRange
            });
        };
        // Whoever decides to pick what the fork has in a form of its own knows better than any evidence.
        let chosen = self.ruling(sha).and_then(target).is_some();
        if commit.verdict == Verdict::Taken && !(chosen && commit.adapted) {
            return Err(Reason::Taken(commit.evidence.clone()));
        }
        if let Some(refused) = &commit.refused {
            return Err(Reason::Refused(refused.clone()));
        }
        if let Some(reason) = waits(self.ruling(sha)) {
            return Err(reason);
        }
        if let Some(reason) = self.excluded(sha).filter(|_| !chosen) {
            return Err(reason);
        }
        if commit.is_no_op() && !chosen && !self.named.contains_key(&sha) {
            return Err(Reason::NoOp);
        }
        Ok(commit)
    }

    fn ruling(&self, sha: CommitId) -> Option<&'a Decision> {
        match self.survey.get(sha) {
            Some(unit) => ruling(self.rulings, unit),
            None => self.rulings.commit(sha),
        }
    }

    fn excluded(&self, sha: CommitId) -> Option<Reason> {
        excluded(self.config, self.survey.get(sha)?)
    }
}

/// Whether a unit is to be left out, by a person or by the configuration, whichever phase it would be in.
#[must_use]
pub fn leaves_out(config: &Config, rulings: &Rulings, unit: &Surveyed) -> bool {
    let ruling = ruling(rulings, unit);
    unit.refused.is_some()
        || waits(ruling).is_some()
        || ruling.and_then(target).is_none() && excluded(config, unit).is_some()
}

/// The unit that a commit is, or is inside of; itself where it is in none.
fn unit_of(survey: &Survey, commit: CommitId) -> CommitId {
    survey.get(commit).map_or(commit, |unit| unit.sha)
}

/// What a person decided on a unit, under its own name or that of a commit inside of it.
fn ruling<'a>(rulings: &'a Rulings, unit: &Surveyed) -> Option<&'a Decision> {
    let inside = || unit.inside.iter().rev().find_map(|sha| rulings.commit(*sha));
    rulings.commit(unit.sha).or_else(inside)
}

fn excluded(config: &Config, unit: &Surveyed) -> Option<Reason> {
    if let Some(by) = unit.reverted_by {
        return Some(Reason::Reverted { by });
    }
    if let Some(reland) = unit.moot {
        return Some(Reason::Moot { reland });
    }
    config.exclude.iter().find_map(|exclude| {
        if exclude.commits.iter().any(|named| unit.sha == *named || unit.inside.contains(named)) {
            return Some(Reason::Excluded { reason: exclude.reason.clone(), rule: None });
        }
        let rule = exclude.rules.iter().find(|rule| matches(rule, unit))?;
        Some(Reason::Excluded { reason: exclude.reason.clone(), rule: Some(rule.describe()) })
    })
}

/// That a person leaves a commit out, for good or for now.
fn waits(decision: Option<&Decision>) -> Option<Reason> {
    let decision = decision?;
    match decision.ruling {
        Ruling::Skip { .. } => Some(Reason::Skipped(Box::new(decision.clone()))),
        Ruling::Defer { .. } => Some(Reason::Deferred(Box::new(decision.clone()))),
        _ => None,
    }
}

fn matches_any(rules: &[Rule], commit: &Surveyed) -> bool {
    rules.iter().any(|rule| matches(rule, commit))
}

fn matches(rule: &Rule, commit: &Surveyed) -> bool {
    rule.matches(&OwnedFacts::from(commit).facts())
}
