//! What the forge should show for what was built: one branch and one pull request per phase. Pure.

use super::body;
use super::marker::Marker;
use crate::config::Config;
use crate::forge::PullText;
use crate::ids::CommitId;
use crate::pick::{Built, BuiltPhase, Outcome};
use crate::survey::Survey;

/// A phase's branch and pull request as they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What the pull request says; its `head` is the branch.
    pub text: PullText,
    /// The commit the branch ends at.
    pub head: CommitId,
    /// The commit it is built on.
    pub base: CommitId,
    /// How many commits it holds.
    pub commits: usize,
}

/// GitHub refuses a longer title (422 "title is too long").
const TITLE_LIMIT: usize = 256;

/// GitHub refuses a longer label ("name is too long").
const LABEL_LIMIT: usize = 50;

impl Wanted {
    /// Whether there is nothing to take: then there is no pull request, since the forge would refuse one without commits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head == self.base
    }

    /// What the pull request says while people's commits are on its branch: all as it was, and why.
    #[must_use]
    pub fn held(&self, old: &PullText, theirs: CommitId) -> PullText {
        const SIGN: &str = "> [!NOTE]\n> People pushed to this branch";
        let rest = match old.body.strip_prefix(SIGN) {
            Some(noted) => noted.split_once("\n\n").map_or("", |(_, rest)| rest),
            None => &old.body,
        };
        let note = format!(
            "{SIGN} (it is at `{}`), so it is theirs: Uptake leaves it alone. To have it built anew, delete the branch.\n\n",
            theirs.short()
        );
        PullText { body: note + rest, ..old.clone() }
    }
}

/// What should be there.
#[must_use]
pub fn wanted(built: &Built, survey: &Survey, config: &Config) -> Vec<Wanted> {
    let total = built.phases.len();
    built.phases.iter().enumerate().map(|(at, phase)| one(phase, (at + 1, total), survey, config)).collect()
}

fn one(phase: &BuiltPhase, place: (usize, usize), survey: &Survey, config: &Config) -> Wanted {
    let marker = Marker { phase: phase.id.clone(), head: phase.head, base: phase.base_commit };
    let conflicted = phase.picks.iter().any(|pick| pick.outcome.waits());
    let mut labels =
        vec![format!("{}{}", config.labels.phase, phase.id), format!("{}{}", config.labels.risk, phase.risk)];
    if conflicted {
        labels.push(config.labels.conflicts.clone());
    }
    labels.extend(config.labels.extra.iter().cloned());
    for label in &mut labels {
        *label = label.chars().take(LABEL_LIMIT).collect();
    }
    labels.sort();
    labels.dedup();
    let title = format!("Uptake {}/{}: {}", place.0, place.1, phase.title);
    Wanted {
        text: PullText {
            title: title.chars().take(TITLE_LIMIT).collect(),
            body: body::body(phase, survey, config, &marker),
            head: phase.branch.clone(),
            base: phase.base.clone(),
            labels,
            // Neither conflict markers nor a branch that changes nothing must be merged by mistake.
            draft: phase.landed() == 0
                || phase.picks.iter().any(|pick| pick.outcome == Outcome::Conflicted && pick.commit.is_some()),
        },
        head: phase.head,
        base: phase.base_commit,
        commits: phase.landed(),
    }
}
