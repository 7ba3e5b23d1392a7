//! What the forge should show for what was built: one branch and one pull request per phase. Pure.

use std::collections::HashMap;

use super::ask::Asked;
use super::marker::Marker;
use super::situation::Situation;
use super::{body, labels, stale_bot};
use crate::branch;
use crate::forge::PullText;
use crate::method::MergeMethod;
use crate::names::{BranchName, PhaseId};
use crate::pick::{BuiltPhase, Lock, Outcome};
use crate::text::{count, inert_message, short};
use engine::ids::CommitId;

/// A phase's branch and pull request as they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The phase's id.
    pub phase: PhaseId,
    pub title: String,
    /// What the pull request says; its `head` is the branch.
    pub text: PullText,
    /// The commit the branch ends at.
    pub head: CommitId,
    /// The commit it is built on.
    pub base: CommitId,
    /// How many picks it holds.
    pub commits: usize,
    /// How many picks conflict and wait for a person.
    pub conflicts: usize,
    /// How many apply, and wait for a person for what they change alone.
    pub held_back: usize,
    /// The phase it stands on, where it is stacked.
    pub on: Option<PhaseId>,
    /// What its body remembers.
    pub marker: Marker,
    /// What is asked for in it once it is there.
    pub asked: Asked,
}

/// GitHub refuses a longer title (422 "title is too long").
const TITLE_LIMIT: usize = 256;

/// What keeps from being merged what no draft can keep: private repositories have drafts with some of GitHub's plans only.
const NOT_YET: &str =
    "> [!CAUTION]\n> **Not to be merged yet.** This would be a draft, and this repository can have none.\n\n";

impl Desired {
    /// What a person has to do before all of it is on the branch.
    pub(super) fn work(&self) -> String {
        let resolve = format!("{} to resolve", count(self.conflicts, "conflict"));
        let read = format!("{} to read before it is pushed", count(self.held_back, "pick"));
        match (self.conflicts, self.held_back) {
            (_, 0) => resolve,
            (0, _) => read,
            (..) => format!("{resolve}, {read}"),
        }
    }

    /// With what is asked for in it, where nothing of it waits for a decision. What is merged by itself goes into the fork's branch;
    /// `by_merge`: as a merge commit and no other way.
    pub(super) fn ready(self, situation: &Situation<'_>, by_merge: bool) -> Self {
        const ANY: [MergeMethod; 3] = [MergeMethod::Merge, MergeMethod::Rebase, MergeMethod::Squash];
        let waits = self.conflicts > 0 || self.held_back > 0 || self.marker.draft || self.marker.plain;
        let merges = match (self.text.base == situation.observed.trunk, by_merge) {
            (false, _) => &[][..],
            (true, true) => &ANY[..1],
            (true, false) => &ANY,
        };
        Self { asked: self.marker.asked.after(!waits, &situation.config.ready, merges), ..self }
    }

    /// Whether there is nothing to take: then there is no pull request, since the forge would refuse one without commits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head == self.base
    }
}

/// What should be there, on these branches: each phase's own name for its branch to the one its present round has.
#[must_use]
pub fn wanted(situation: &Situation<'_>, branches: &HashMap<BranchName, BranchName>) -> Vec<Desired> {
    let built = situation.built;
    let one = |phase: &BuiltPhase| {
        let on = phase.on.clone();
        let mut phase = phase.clone();
        for name in [&mut phase.branch, &mut phase.base] {
            if let Some(now) = branches.get(name) {
                name.clone_from(now);
            }
        }
        of_phase(&phase, on, situation)
    };
    built.phases.iter().map(one).collect()
}

/// A phase's branch and pull request; `on` is the phase it stands on.
fn of_phase(phase: &BuiltPhase, on: Option<PhaseId>, situation: &Situation<'_>) -> Desired {
    let Situation { survey, config, rulings, .. } = *situation;
    let tests = situation.tests.get(&phase.id).map(String::as_str);
    // Neither conflict markers, nor a branch that changes nothing, nor a lock file that does not fit must be merged by mistake.
    let unready = phase.locks.iter().any(Lock::is_pending)
        || phase.landed() == 0
        || phase.picks.iter().any(|pick| pick.outcome.waits() && pick.commit.is_some());
    let draft = unready && situation.drafts();
    let plain = unready && !draft;
    let reopened = rulings.phase(&phase.id).and_then(|said| said.reopen.as_ref()).map(|said| said.when);
    let (id, head, base) = (phase.id.clone(), phase.head, phase.base_commit);
    let (asked, again) = (Asked::of(situation, &phase.branch), stale_bot::again(situation, &phase.id, &phase.branch));
    let marker = Marker { phase: id, head, base, draft, plain, done: false, again, reopened, asked };
    let squashed = phase.brings.and(situation.squashed).map(|pull| {
        format!(
            "> [!WARNING]\n> #{pull} was not merged with a merge commit, so git does not know what it brought. This one tells git of that, too.\n\n"
        )
    });
    let opened = if again { stale_bot::PULLS.note(situation) } else { String::new() };
    let warning = squashed.unwrap_or_default() + if plain { NOT_YET } else { "" } + &opened;
    let round = match branch::round(&phase.branch, &phase.id) {
        Some(round) if round > 1 => format!(" (round {round})"),
        _ => String::new(),
    };
    // No number: what lands before it would change that. A squash merge takes the title for its message, where a closing keyword would close.
    let title = inert_message(&format!("Uptake: {}", short(&phase.title, TITLE_LIMIT)));
    let room = TITLE_LIMIT - round.len();
    Desired {
        phase: phase.id.clone(),
        title: phase.title.clone(),
        text: PullText {
            title: title.chars().take(room).collect::<String>() + &round,
            body: format!("{warning}{}", body::body(phase, survey, config, tests, &marker)),
            head: phase.branch.clone(),
            base: phase.base.clone(),
            labels: labels::kept_open(labels::of(phase, config, unready, on.is_some()), again, config),
            draft,
        },
        head: phase.head,
        base: phase.base_commit,
        commits: phase.landed() + phase.locks.iter().filter(|lock| lock.commit.is_some()).count(),
        conflicts: phase.picks.iter().filter(|pick| pick.outcome == Outcome::Decide && !pick.is_held_back()).count(),
        held_back: phase.picks.iter().filter(|pick| pick.is_held_back()).count(),
        on,
        asked: Asked::default(),
        marker,
    }
    .ready(situation, phase.brings.is_some())
}
