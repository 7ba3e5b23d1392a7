//! The check boxes of the dashboard: what each means, and what a person said by ticking one. Pure.
//!
//! Who ticked a box cannot be seen in the text. Only those who may write to the repository can edit an issue of the bot, so the
//! decision is the dashboard's.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::decision::{Decision, Ruling, Rulings};
use crate::moment::Moment;
use crate::names::PhaseId;
use engine::ids::CommitId;

/// What a check box means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CheckBox {
    /// Leave this commit out; not ticked any more: take it after all.
    Skip(CommitId),
    /// Start this phase now.
    Start(PhaseId),
}

const START: &str = "<!-- uptake:";
const TICKED: &str = "<!-- uptake:ticked ";
const END: &str = " -->";

/// Who decided, as the ledger has it.
const BY: &str = "the dashboard";

impl fmt::Display for CheckBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skip(sha) => write!(f, "skip={sha}"),
            Self::Start(phase) => write!(f, "start={phase}"),
        }
    }
}

impl CheckBox {
    fn read(text: &str) -> Option<Self> {
        match text.split_once('=')? {
            ("skip", sha) => sha.parse().ok().map(Self::Skip),
            ("start", phase) => Some(Self::Start(phase.into())),
            _ => None,
        }
    }

    /// The beginning of a line of a list with this box.
    pub(super) fn line(&self, ticked: bool) -> String {
        format!("- [{}] {START}{self}{END} ", if ticked { 'x' } else { ' ' })
    }
}

/// The hidden list of the boxes that are ticked as the text is written, by which a person's change is distinguished from ours.
pub(super) fn ticked(ticks: &BTreeSet<CheckBox>) -> String {
    let list: Vec<_> = ticks.iter().map(ToString::to_string).collect();
    format!("{TICKED}{}{END}\n", list.join(" "))
}

/// What a person said in this text of the dashboard since it was written. `phases` are the ids there are.
#[must_use]
pub fn ticked_boxes(body: &str, rulings: &Rulings, phases: &[&str], now: Timestamp) -> Vec<Decision> {
    let when = Moment::to_second(now);
    let before: BTreeSet<CheckBox> = body
        .rsplit_once(TICKED)
        .and_then(|(_, rest)| rest.split_once(END))
        .map(|(list, _)| list.split_whitespace().filter_map(CheckBox::read).collect())
        .unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut decisions = Vec::new();
    for (now, tick) in body.lines().filter_map(read) {
        if !seen.insert(tick.clone()) || now == before.contains(&tick) {
            continue;
        }
        let skipped = |sha: CommitId| {
            let decision = rulings.commit(sha).map(|decision| &decision.ruling);
            decision.is_some_and(|ruling| matches!(ruling, Ruling::Skip { .. } | Ruling::Defer { .. }))
        };
        let ruling = match tick {
            CheckBox::Skip(sha) if now && !skipped(sha) => Ruling::Skip { sha },
            CheckBox::Skip(sha) if !now && skipped(sha) => Ruling::Readmit { sha },
            CheckBox::Start(phase)
                if now
                    && phases.contains(&phase.as_str())
                    && rulings.phase(&phase).is_none_or(|said| said.start.is_none()) =>
            {
                Ruling::Start { phase }
            }
            CheckBox::Skip(_) | CheckBox::Start(_) => continue,
        };
        let why = if now { "ticked in the dashboard" } else { "no longer ticked in the dashboard" };
        decisions.push(Decision { ruling, by: BY.into(), when, link: None, why: Some(why.into()) });
    }
    decisions
}

/// Reads a line of a list that begins with a check box of ours: whether it is ticked, and what it means.
fn read(line: &str) -> Option<(bool, CheckBox)> {
    let line = line.trim_start();
    let rest = line.strip_prefix("- [").or_else(|| line.strip_prefix("* ["))?;
    let (now, rest) = match rest.get(..2)? {
        " ]" => (false, &rest[2..]),
        "x]" | "X]" => (true, &rest[2..]),
        _ => return None,
    };
    let (id, _) = rest.trim_start().strip_prefix(START)?.split_once(END)?;
    Some((now, CheckBox::read(id)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha(byte: u8) -> CommitId {
        CommitId::from_bytes([byte; 20])
    }

    fn rulings_of(body: &str, decisions: &[Ruling]) -> Vec<Ruling> {
        let said_so = |ruling: &Ruling| Decision {
            ruling: ruling.clone(),
            by: "maintainer".into(),
            when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
            link: None,
            why: None,
        };
        let rulings = Rulings::of(&decisions.iter().map(said_so).collect::<Vec<_>>());
        let said = ticked_boxes(body, &rulings, &["rest"], "2025-11-23T10:00:00.5Z".parse().expect("a moment"));
        assert!(said.iter().all(|decision| decision.by == BY && decision.when.to_string() == "2025-11-23T10:00:00Z"));
        said.into_iter().map(|decision| decision.ruling).collect()
    }

    /// Two boxes for commits, the second ticked by us, and one for a phase.
    fn body() -> String {
        let ticks = BTreeSet::from([CheckBox::Skip(sha(2))]);
        format!(
            "{}one\n{}two\n{}three\n{}",
            CheckBox::Skip(sha(1)).line(false),
            CheckBox::Skip(sha(2)).line(true),
            CheckBox::Start("rest".into()).line(false),
            ticked(&ticks)
        )
    }

    #[test]
    fn what_we_wrote_says_nothing() {
        assert_eq!(rulings_of(&body(), &[Ruling::Skip { sha: sha(2) }]), []);
        assert_eq!(rulings_of("", &[]), []);
    }

    #[test]
    fn a_ticked_box_and_one_ticked_no_more_are_decisions() {
        let skipped = [Ruling::Skip { sha: sha(2) }];
        let ticked = body().replace("- [ ]", "- [x]");
        assert_eq!(
            rulings_of(&ticked, &skipped),
            [Ruling::Skip { sha: sha(1) }, Ruling::Start { phase: "rest".into() }]
        );
        assert_eq!(rulings_of(&body().replace("- [x]", "- [ ]"), &skipped), [Ruling::Readmit { sha: sha(2) }]);
    }

    #[test]
    fn a_comment_that_came_in_between_is_no_change_of_a_box() {
        // Said in a comment since the dashboard was written: its box is not ticked yet, and that is nobody's wish.
        let both = [Ruling::Skip { sha: sha(2) }, Ruling::Skip { sha: sha(1) }];
        assert_eq!(rulings_of(&body(), &both), []);
        assert_eq!(rulings_of(&body(), &[]), [], "taken back in a comment");
    }

    #[test]
    fn a_box_that_was_obeyed_is_not_obeyed_twice() {
        let ticked = body().replace("- [ ]", "- [x]");
        let all = [Ruling::Skip { sha: sha(1) }, Ruling::Skip { sha: sha(2) }, Ruling::Start { phase: "rest".into() }];
        assert_eq!(rulings_of(&ticked, &all), []);
    }

    #[test]
    fn only_boxes_of_ours_count() {
        for line in [
            "- [x] skip=1",
            "text - [x] <!-- uptake:skip=1 -->",
            "- [x] <!-- uptake:skip=zz -->",
            "- [é",
            "- [x] <!-- uptake:start=none -->",
        ] {
            assert_eq!(rulings_of(line, &[]), [], "{line}");
        }
    }
}
