//! Bots that close what nobody touches for a while: what one of them closed is opened again once, with a label that they can be set up to
//! pass over. A second closing is obeyed as a person's. Pure.

use super::marker::Marker;
use super::situation::Situation;
use crate::forge::{PullRequest, State};
use crate::names::{BranchName, PhaseId};
use crate::text::{code, listed, short};

/// The label that such bots put on what they are about to close, where their files do not say.
const STALE: &str = "Stale";

/// The most of a setting that is shown.
const SETTING: usize = 150;

/// How such a bot is set up, by a file of the fork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleBot {
    /// The file, from the top of the repository.
    pub file: String,
    pub pulls: StaleRules,
    pub issues: StaleRules,
}

/// What such a bot goes by, with pull requests or with issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleRules {
    /// The label it puts on what it is about to close.
    pub label: String,
    /// The setting that names what it passes over, and the labels that are named there.
    pub setting: &'static str,
    pub exempt: Vec<String>,
    /// Whether the setting is a list of YAML's, and not one text with commas.
    pub list: bool,
}

impl StaleRules {
    /// The setting as it is to be written, so that the bot passes over this label; `None` where it does.
    fn missing(&self, label: &str) -> Option<String> {
        if self.exempt.iter().any(|exempt| exempt.eq_ignore_ascii_case(label)) {
            return None;
        }
        let all: Vec<&str> = self.exempt.iter().map(String::as_str).chain([label]).collect();
        let (joined, setting) = (all.join(", "), self.setting);
        Some(if self.list { format!("{setting}: [{joined}]") } else { format!("{setting}: '{joined}'") })
    }
}

/// Pull requests or issues, as far as such bots tell them apart.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    of: fn(&StaleBot) -> &StaleRules,
    /// What actions/stale calls the setting that names what it passes over.
    setting: &'static str,
}

pub(super) const PULLS: Kind = Kind { of: |bot| &bot.pulls, setting: "exempt-pr-labels" };
pub(super) const ISSUES: Kind = Kind { of: |bot| &bot.issues, setting: "exempt-issue-labels" };

impl Kind {
    /// What is said in what was opened again.
    pub(super) fn note(self, situation: &Situation<'_>) -> String {
        let (bots, label) = (situation.stale_bots, &situation.config.labels.keep_open);
        let shown = |text: &str| code(&short(text, SETTING));
        let to_do = bots.iter().filter_map(|bot| Some((&bot.file, (self.of)(bot).missing(label)?)));
        let to_do: Vec<String> = to_do.map(|(file, line)| format!("{} in {}", shown(&line), shown(file))).collect();
        let how = match (bots, to_do.as_slice()) {
            ([], _) => format!(
                "To keep it open, have that bot pass over the label {}: for actions/stale that is {}.",
                shown(label),
                shown(&format!("{}: '{label}'", self.setting))
            ),
            (_, []) => {
                let files: Vec<String> = bots.iter().map(|bot| shown(&bot.file)).collect();
                format!("Its label {} keeps it open from now on, by {}.", shown(label), listed(&files, "and"))
            }
            (_, to_do) => format!("To keep it open, write {}: it has that label now.", listed(to_do, "and")),
        };
        format!(
            "> [!NOTE]\n> A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. {how}\n\n"
        )
    }

    /// The labels of what was opened again: with the one that keeps it open. The bot's own goes when that one comes.
    pub(super) fn labels(self, mut labels: Vec<String>, there: &[String], situation: &Situation<'_>) -> Vec<String> {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let keep = &situation.config.labels.keep_open;
        // From then on what the bot puts there is not for us to take away.
        if there.iter().any(|label| same(label, keep)) {
            return labels;
        }
        let stale: Vec<&str> = situation.stale_bots.iter().map(|bot| &*(self.of)(bot).label).chain([STALE]).collect();
        labels.retain(|label| !stale.iter().any(|stale| same(stale, label)) && !same(label, keep));
        labels.push(keep.clone());
        labels.sort();
        labels
    }
}

/// Whether the pull request of a phase, on this branch, was closed by a bot and opened again, or is to be.
pub(super) fn again(situation: &Situation<'_>, id: &PhaseId, head: &BranchName) -> bool {
    let observed = situation.observed;
    let of_phase = |pull: &PullRequest| Marker::of(pull).is_some_and(|marker| marker.phase == *id);
    let closed = observed.pulls.iter().any(|pull| observed.closed_by_bot(pull.number).is_some() && of_phase(pull));
    let before = observed.pulls.iter().rfind(|pull| pull.text.head == *head && pull.state != State::Merged);
    closed || before.and_then(Marker::of).is_some_and(|marker| marker.again)
}
