//! What the dashboard says. Pure.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::PhaseStatus;
use super::boxes::{CheckBox, ticked};
use super::progress::PhaseProgress;
use crate::chatops::command::written;
use crate::decision::{Decision, Ruling};
use crate::forge::Issue;
use crate::names::PhaseId;
use crate::pick::{BuiltPhase, Lock, Outcome, Pick};
use crate::publish::commits::Names;
use crate::publish::desired::Desired;
use crate::publish::page::{AGAIN, DashboardPage, MARK, is_dashboard_again, slot};
use crate::publish::record::line;
use crate::publish::section::{Section, fit};
use crate::publish::situation::Situation;
use crate::publish::stale_bot::ISSUES;
use crate::survey::{Surveyed, Verdict};
use crate::text::{code, count, inert_line, markdown_line, short};
use crate::view::note::warning::{Reader, warnings};
use crate::view::note::{roads, words};
use engine::ids::CommitId;

/// More decisions than these, the latest, are not listed. Each is in the hidden list of ticked boxes too, which is never cut.
const DECISIONS: usize = 100;

pub(super) fn page(
    situation: &Situation<'_>,
    wanted: &[Desired],
    standings: &[PhaseStatus],
    record: Option<&(Desired, PhaseStatus)>,
) -> DashboardPage {
    let writer = DashboardWriter {
        situation,
        names: Names::new(situation.survey, situation.config),
        phases: situation
            .built
            .phases
            .iter()
            .zip(wanted)
            .zip(standings)
            .map(|((built, wanted), standing)| {
                let theirs =
                    situation.adopted.get(&built.id).filter(|_| matches!(standing, PhaseStatus::People { .. }));
                PhaseLine { built: theirs.map_or(built, |theirs| &theirs.phase), wanted, standing }
            })
            .collect(),
        record: record.map(|(_, standing)| standing),
        ticked: BTreeSet::new(),
        boxed: HashSet::new(),
    };
    let title = short(&situation.config.dashboard.title, 256);
    DashboardPage::new(title, &writer.text())
}

/// A phase with all that is known of it.
#[derive(Clone, Copy)]
pub(super) struct PhaseLine<'a> {
    pub(super) built: &'a BuiltPhase,
    pub(super) wanted: &'a Desired,
    pub(super) standing: &'a PhaseStatus,
}

pub(super) struct DashboardWriter<'a> {
    situation: &'a Situation<'a>,
    pub(super) names: Names<'a>,
    pub(super) phases: Vec<PhaseLine<'a>>,
    /// How the pull request stands that records that upstream is in.
    record: Option<&'a PhaseStatus>,
    /// The boxes that are ticked.
    ticked: BTreeSet<CheckBox>,
    /// The commits that have a box: one each, or two could disagree.
    boxed: HashSet<CommitId>,
}

impl DashboardWriter<'_> {
    fn text(mut self) -> String {
        let mut sections = vec![Section::firm(self.head() + &self.next()), Section::firm(self.table())];
        sections.extend(self.decisions().map(|text| Section::of(800, text)));
        sections.extend(self.left_out().map(|text| Section::of(900, text)));
        // The first phases are the ones at hand.
        for (at, phase) in self.phases.clone().into_iter().enumerate() {
            let weight = u32::try_from(500usize.saturating_sub(at)).unwrap_or(0);
            sections.extend(self.boxes(phase).map(|text| Section::of(weight, text)));
        }
        let again = if self.is_again() { format!("{AGAIN}\n") } else { String::new() };
        let end = format!("{}{again}{MARK}\n", ticked(&self.ticked));
        fit(sections, ("an issue", "`uptake report` has all."), &self.names.references, &end)
    }

    /// Whether a bot closed it and it was opened again, or is to be: that is done once.
    fn is_again(&self) -> bool {
        let Situation { observed, .. } = self.situation;
        let before = |issue: &Issue| is_dashboard_again(&issue.body) || observed.closed_by_bot(issue.number).is_some();
        observed.dashboard.as_ref().is_some_and(before)
    }

    /// How far the fork is behind, and an alarm where that is too far.
    fn head(&self) -> String {
        let Situation { survey, config, now, .. } = *self.situation;
        let today = Offset::UTC.to_datetime(now).date();
        let upstream = self.names.upstream.map_or_else(|| "upstream".to_owned(), code);
        let release = self.situation.release.map(|tag| format!("{}, ", code(&short(tag, 60)))).unwrap_or_default();
        let still = self.still_open();
        let mut text = format!(
            "{} is at `{}`, {upstream} at {release}`{}`: {}{} behind. The fork has {} of them already; **{} still to take**",
            code(&self.situation.observed.trunk),
            survey.fork_head.short(),
            survey.upstream_head.short(),
            count(survey.totals.commits, "commit"),
            match survey.totals.merges {
                0 => String::new(),
                merges => format!(" and {}", count(merges, "merge")),
            },
            survey.totals.taken,
            still.len()
        );
        let warnings = warnings(survey, Reader::Document);
        let warnings: String =
            warnings.map(|said| format!("> [!WARNING]\n> {}\n\n", markdown_line(&said, self.names.upstream))).collect();
        text.insert_str(0, &warnings);
        if self.is_again() {
            text.insert_str(0, &ISSUES.note(self.situation));
        }
        let oldest = still.iter().map(|commit| commit.date).min_by_key(|date| date.seconds);
        let Some(oldest) = oldest else { return format!("{text}. As of {today}.\n") };
        let days = days(oldest.seconds, now);
        let _ =
            writeln!(text, ", the oldest written on {}: **{}** ago. As of {today}.", oldest.day(), count(days, "day"));
        let alarm = config.dashboard.alarm_days;
        if alarm > 0 && days > alarm as usize {
            let _ = writeln!(
                text,
                "\n> [!WARNING]\n> The fork lags: the oldest commit still to take is {} old, the limit is {} (`dashboard.alarm_days`).",
                count(days, "day"),
                count(alarm as usize, "day")
            );
        }
        text
    }

    /// The commits that are to be taken and are not: what people or the configuration left out does not count.
    fn still_open(&self) -> Vec<&Surveyed> {
        let left = self.situation.built.reasons();
        let open = self.situation.survey.commits.iter().filter(|commit| commit.verdict == Verdict::Open);
        open.filter(|commit| !left.contains_key(&commit.sha)).collect()
    }

    fn table(&self) -> String {
        if self.phases.is_empty() {
            return "## Phases\n\nThe configuration has none.\n".to_owned();
        }
        let mut text = String::from(
            "## Phases\n\n`█` in the fork, `▓` ready on the phase's branch, `░` open: not on it, since it conflicts.\n\n\
             | Phase | Progress | Risk | Pull request | Waits for |\n|---|---|---|---|---|\n",
        );
        for line in &self.phases {
            let PhaseLine { built, wanted, standing } = *line;
            let done = PhaseProgress::of(built);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                markdown_line(&short(&wanted.title, 80), None),
                done.describe(),
                if *standing == PhaseStatus::Nothing { String::new() } else { built.risk.to_string() },
                pull(standing),
                self.waits(line)
            );
        }
        let starts: String = self
            .phases
            .iter()
            .filter_map(|line| match line.standing {
                PhaseStatus::Waits { on } => Some(format!(
                    "{}Start **{}** now, though {} has not landed\n",
                    CheckBox::Start(line.wanted.phase.clone()).line(false),
                    inert_line(&short(&line.wanted.title, 80)),
                    self.title(on)
                )),
                _ => None,
            })
            .collect();
        if !starts.is_empty() {
            let _ = write!(text, "\n{starts}");
        }
        if let Some(end) = &self.situation.built.end {
            let _ = writeln!(text, "\n{}", words::end(end));
        }
        if let (Some(record), Some(standing)) = (self.situation.record, self.record) {
            let _ = writeln!(text, "\n{}", line(record, &self.names, &pull(standing)));
        }
        let nowhere: HashSet<_> = self.situation.built.unassigned.iter().collect();
        let nowhere = self.still_open().iter().filter(|commit| nowhere.contains(&commit.sha)).count();
        if nowhere > 0 {
            let is = if nowhere == 1 { "is" } else { "are" };
            let _ = writeln!(
                text,
                "\n{} still to take {is} in no phase; `uptake plan` lists them.",
                count(nowhere, "commit")
            );
        }
        text + &roads::section(&self.situation.survey.roads)
    }

    pub(super) fn title(&self, id: &PhaseId) -> String {
        let line = self.phases.iter().find(|line| line.wanted.phase == *id);
        inert_line(&short(line.map_or(id, |line| &line.wanted.title), 80))
    }

    /// Whom or what a phase waits for.
    fn waits(&self, line: &PhaseLine<'_>) -> String {
        let commands = &self.situation.config.commands;
        let or = |command: &str| {
            if commands.enabled { format!(": {}", code(&written(&commands.prefix, command))) } else { String::new() }
        };
        match line.standing {
            PhaseStatus::Nothing if line.built.picks.iter().any(|pick| pick.outcome == Outcome::LeftOut) => {
                "what waits before it".into()
            }
            PhaseStatus::Nothing => "nothing: the fork has all of it".into(),
            PhaseStatus::Open { .. } if line.built.locks.iter().any(Lock::is_pending) => {
                let locks = line.built.locks.iter().filter(|lock| lock.is_pending());
                let locks: Vec<String> = locks.map(|lock| code(&lock.path.to_string())).collect();
                format!("a person: {} to regenerate", locks.join(", "))
            }
            PhaseStatus::Open { .. } if line.wanted.conflicts + line.wanted.held_back > 0 => {
                let review = if line.wanted.commits > 0 { "review, and " } else { "" };
                format!("{review}a person: {}", line.wanted.work())
            }
            PhaseStatus::Open { .. } => {
                let lacks = |pick: &&Pick| pick.outcome.waits() && pick.commit.is_none();
                match (line.wanted.commits, line.built.picks.iter().filter(lacks).count()) {
                    (_, 0) => "review".into(),
                    (0, picks) => format!("earlier commits: {} without them", count(picks, "pick")),
                    (_, picks) => format!("review; without earlier commits: {}", count(picks, "more pick")),
                }
            }
            PhaseStatus::Waits { on } => format!("{} to land", self.title(on)),
            PhaseStatus::Behind { on, .. } => format!("{}, on which it stands", self.title(on)),
            PhaseStatus::Held { by, .. } => format!("{}, who holds it{}", inert_line(&short(by, 60)), or("unhold")),
            PhaseStatus::Unread { .. } => "the next run: its conversation could not be read".into(),
            PhaseStatus::Refused { .. } => "a person: its branch was refused, and the run says why".into(),
            PhaseStatus::Closed { .. } => format!("a person, who closed it{}", or("reopen")),
            PhaseStatus::People { head, .. } => match self.situation.adopted.get(&line.built.id) {
                Some(theirs) if !theirs.markers.is_empty() => "people: conflict markers are on its branch".into(),
                Some(theirs) if !theirs.picks.is_empty() => {
                    format!("review; people resolved {}", count(theirs.picks.len(), "pick"))
                }
                _ => format!("people, whose commits are on its branch (at `{}`){}", head.short(), or("rebuild")),
            },
        }
    }

    /// What people left out, each with a ticked box.
    fn left_out(&mut self) -> Option<String> {
        let rulings = self.situation.rulings;
        let mut decided: Vec<(CommitId, &Decision)> = rulings
            .commits()
            .filter(|(_, decision)| matches!(decision.ruling, Ruling::Skip { .. } | Ruling::Defer { .. }))
            .collect();
        if decided.is_empty() {
            return None;
        }
        decided.sort_by_key(|(_, decision)| std::cmp::Reverse(decision.when));
        let more = decided.len().saturating_sub(DECISIONS);
        decided.truncate(DECISIONS);
        decided.sort_by_key(|(sha, _)| self.situation.survey.position(*sha).unwrap_or(usize::MAX));
        let mut text = format!(
            "<details><summary>Left out by decision, untick to take it after all: {}</summary>\n\n",
            count(decided.len() + more, "commit")
        );
        for (sha, decision) in decided {
            let how = if matches!(decision.ruling, Ruling::Defer { .. }) { "deferred" } else { "skipped" };
            let day = decision.when.day();
            let why =
                decision.why.as_deref().map(|why| format!(": {}", inert_line(&short(why, 200)))).unwrap_or_default();
            let by = inert_line(&short(&decision.by, 60));
            self.ticked.insert(CheckBox::Skip(sha));
            self.item(sha, &format!("{how} by {by} on {day}{why}"), &mut text);
        }
        if more > 0 {
            let _ = writeln!(text, "\nand {more} earlier; `uptake ledger show` lists them all.");
        }
        Some(text + "\n</details>\n")
    }

    /// The picks of a phase, each with a box that leaves it out.
    fn boxes(&mut self, line: PhaseLine<'_>) -> Option<String> {
        let rest =
            line.built.picks.iter().filter(|pick| pick.outcome != Outcome::NoOp && !self.boxed.contains(&pick.sha));
        let rest: Vec<_> = rest.collect();
        if rest.is_empty() {
            return None;
        }
        let title = crate::text::inert_html(&short(&line.wanted.title, 80));
        let commits = count(rest.len(), "commit");
        let mut text =
            format!("<details><summary>Tick to leave a commit out for good: {title}, {commits}</summary>\n\n");
        for pick in rest {
            self.item(pick.sha, &pick.outcome.to_string(), &mut text);
        }
        Some(text + "\n</details>\n")
    }

    /// A line of a list with the box of a commit.
    fn item(&mut self, sha: CommitId, remark: &str, text: &mut String) {
        self.boxed.insert(sha);
        let tick = CheckBox::Skip(sha);
        let line = tick.line(self.ticked.contains(&tick));
        let _ = writeln!(text, "{line}{} {} · {remark}", code(&sha.short()), self.names.subject(sha));
    }
}

pub(super) fn pull(standing: &PhaseStatus) -> String {
    match standing {
        PhaseStatus::Open { pull: None, branch } => slot(branch),
        PhaseStatus::Closed { pull } => format!("#{pull} (closed)"),
        PhaseStatus::Unread { pull } => format!("#{pull}"),
        PhaseStatus::Nothing | PhaseStatus::Waits { .. } => String::new(),
        PhaseStatus::Open { pull, .. }
        | PhaseStatus::Behind { pull, .. }
        | PhaseStatus::Refused { pull }
        | PhaseStatus::Held { pull, .. }
        | PhaseStatus::People { pull, .. } => pull.map(|pull| format!("#{pull}")).unwrap_or_default(),
    }
}

/// How many days ago a moment was, by the calendar of UTC: the text changes with the day and not in the midst of one.
fn days(since: i64, now: Timestamp) -> usize {
    let day = |seconds: i64| seconds.div_euclid(86_400);
    usize::try_from(day(now.as_second()) - day(since)).unwrap_or_default()
}
