//! Assigns the commits of a survey to the configured phases.

use std::collections::{HashMap, HashSet};

use super::{Choice, LeftOut, Phase, Plan, Reason};
use crate::config::{Config, NotedPick, OwnedFacts, Rule};
use crate::ids::CommitId;
use crate::survey::{Evidence, Survey, Surveyed, Verdict};

/// Plans the phases. `ancestors` are the commits the configuration names that the fork's history contains: they are in no range,
/// and the plan must say why it does not take them.
#[must_use]
pub fn plan(survey: &Survey, config: &Config, ancestors: &HashSet<CommitId>) -> Plan {
    let planner = Planner::new(survey, config, ancestors);
    let mut owner: HashMap<CommitId, String> = HashMap::new();
    let mut phases = Vec::with_capacity(config.phases.len());
    for phase in &config.phases {
        let (mut choices, mut left_out) = (Vec::new(), Vec::new());
        for (sha, named) in planner.claims(&phase.picks, &phase.rules) {
            if let Some(earlier) = owner.get(&sha) {
                // A rule that finds a commit another phase has says nothing; a person who named it is told.
                if named.is_some() {
                    left_out.push(LeftOut { sha, reason: Reason::InPhase(earlier.clone()) });
                }
                continue;
            }
            owner.insert(sha, phase.id.clone());
            match planner.judge(sha) {
                Ok(commit) => choices.push(choice(commit, named)),
                Err(reason) => left_out.push(LeftOut { sha, reason }),
            }
        }
        phases.push(Phase {
            id: phase.id.clone(),
            title: phase.title.clone(),
            choices,
            left_out,
            on_conflict: phase.on_conflict,
            ci: phase.ci.clone(),
        });
    }
    let (mut left_out, mut unassigned) = (Vec::new(), Vec::new());
    for commit in survey.commits.iter().filter(|commit| !owner.contains_key(&commit.sha)) {
        match planner.excluded(commit.sha) {
            Some(reason) => left_out.push(LeftOut { sha: commit.sha, reason }),
            None => unassigned.push(commit.sha),
        }
    }
    Plan { phases, left_out, unassigned }
}

fn choice(commit: &Surveyed, named: Option<&NotedPick>) -> Choice {
    let mut reasons = commit.reasons.clone();
    let risk = named.and_then(|pick| pick.risk).unwrap_or(commit.risk);
    if risk != commit.risk {
        reasons.insert(0, format!("set to {risk} by the configuration (the survey says {})", commit.risk));
    }
    Choice { sha: commit.sha, risk, reasons, note: named.and_then(|pick| pick.note.clone()) }
}

struct Planner<'a> {
    survey: &'a Survey,
    config: &'a Config,
    ancestors: &'a HashSet<CommitId>,
    position: HashMap<CommitId, usize>,
    merges: HashSet<CommitId>,
    /// Commits that a phase names: the word of a person, so no rule of another phase takes them away.
    named: HashSet<CommitId>,
    /// The commit taken instead, and what its group has in common.
    superseded: HashMap<CommitId, (CommitId, &'a str)>,
}

impl<'a> Planner<'a> {
    fn new(survey: &'a Survey, config: &'a Config, ancestors: &'a HashSet<CommitId>) -> Self {
        let position: HashMap<_, _> = survey.commits.iter().enumerate().map(|(at, commit)| (commit.sha, at)).collect();
        let mut superseded = HashMap::new();
        for group in &config.supersede {
            let latest = group.commits.iter().filter(|sha| position.contains_key(sha)).max_by_key(|sha| position[*sha]);
            let Some(kept) = group.keep.or(latest.copied()) else { continue };
            for sha in group.commits.iter().filter(|sha| **sha != kept) {
                superseded.insert(*sha, (kept, group.title.as_str()));
            }
        }
        let merges = survey.merges.iter().map(|merge| merge.sha).collect();
        let named = config.phases.iter().flat_map(|phase| &phase.picks).map(|pick| pick.sha).collect();
        Self { survey, config, ancestors, position, merges, named, superseded }
    }

    /// What a phase claims, in upstream's order (what is in no range first), each with the entry that names it.
    fn claims<'b>(&self, picks: &'b [NotedPick], rules: &[Rule]) -> Vec<(CommitId, Option<&'b NotedPick>)> {
        let named: HashMap<CommitId, &NotedPick> = picks.iter().map(|pick| (pick.sha, pick)).collect();
        let mut seen = HashSet::new();
        let outside = picks.iter().filter(|pick| !self.position.contains_key(&pick.sha));
        let mut claims: Vec<_> =
            outside.filter(|pick| seen.insert(pick.sha)).map(|pick| (pick.sha, Some(pick))).collect();
        for commit in &self.survey.commits {
            if let Some(pick) = named.get(&commit.sha) {
                claims.push((commit.sha, Some(*pick)));
            } else if !self.named.contains(&commit.sha) && matches_any(rules, commit) {
                claims.push((commit.sha, None));
            }
        }
        claims
    }

    /// The commit, if it is to be picked.
    fn judge(&self, sha: CommitId) -> Result<&'a Surveyed, Reason> {
        let Some(at) = self.position.get(&sha) else {
            return Err(if self.merges.contains(&sha) {
                Reason::Merge
            } else if self.ancestors.contains(&sha) {
                Reason::Ancestor
            } else {
                Reason::OutOfRange
            });
        };
        let commit = &self.survey.commits[*at];
        if commit.verdict == Verdict::Taken {
            return Err(Reason::Taken(told(&commit.evidence)));
        }
        if let Some(reason) = self.excluded(sha) {
            return Err(reason);
        }
        if let Some((by, group)) = self.superseded.get(&sha) {
            return Err(Reason::Superseded { by: *by, group: (*group).to_owned() });
        }
        if commit.verdict == Verdict::Vacuous {
            return Err(Reason::Vacuous);
        }
        Ok(commit)
    }

    fn excluded(&self, sha: CommitId) -> Option<Reason> {
        let commit = &self.survey.commits[*self.position.get(&sha)?];
        self.config.exclude.iter().find_map(|exclude| {
            if exclude.commits.contains(&sha) {
                return Some(Reason::Excluded(exclude.reason.clone()));
            }
            let rule = exclude.rules.iter().find(|rule| matches(rule, commit))?;
            Some(Reason::Excluded(format!("{} (rule: {})", exclude.reason, rule.describe())))
        })
    }
}

fn matches_any(rules: &[Rule], commit: &Surveyed) -> bool {
    rules.iter().any(|rule| matches(rule, commit))
}

fn matches(rule: &Rule, commit: &Surveyed) -> bool {
    rule.matches(&OwnedFacts::from(commit).facts())
}

/// Evidence in a few words: `authorship and subject of 8c1df9b6f`.
fn told(evidence: &[Evidence]) -> String {
    let mut by_commit: Vec<(CommitId, Vec<String>)> = Vec::new();
    for sign in evidence {
        match by_commit.iter_mut().find(|(commit, _)| *commit == sign.fork_commit) {
            Some((_, kinds)) => kinds.push(sign.kind.to_string()),
            None => by_commit.push((sign.fork_commit, vec![sign.kind.to_string()])),
        }
    }
    let one = |(commit, kinds): &(CommitId, Vec<String>)| format!("{} of {}", kinds.join(", "), commit.short());
    by_commit.iter().map(one).collect::<Vec<_>>().join("; ")
}
