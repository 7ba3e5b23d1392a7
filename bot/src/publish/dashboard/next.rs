//! What the dashboard says a person can do next, and every decision there is. Pure.

use std::fmt::Write;

use super::PhaseStatus;
use super::text::{DashboardWriter, PhaseLine, pull};
use crate::pick::{Cost, Lock, LockOutcome, Pick};
use crate::publish::effort::effort;
use crate::text::{code, count};
use crate::view::note::{to_look_at, words};

/// More pull requests than these are not named among what is next.
const NEXT: usize = 5;

/// More decisions than these are not listed: nobody reads so many, and the first ones change the rest.
const SHOWN: usize = 100;

impl DashboardWriter<'_> {
    /// What a person can do now, the quickest first.
    pub(super) fn next(&self) -> String {
        let mut steps = Vec::new();
        steps.extend(self.perhaps());
        if let Some((_, pick)) = self.open_decisions().first() {
            let (link, subject) = (self.names.link(pick.sha), self.names.subject(pick.sha));
            steps.push(format!("Decide {link} {subject}: {}.", effort(pick, self.picks())));
        }
        let ready = self.phases.iter().filter(|line| {
            let open = matches!(line.standing, PhaseStatus::Open { .. });
            open && line.wanted.commits > 0 && !line.wanted.text.draft
        });
        let ready: Vec<String> = ready.map(|line| pull(line.standing)).filter(|pull| !pull.is_empty()).collect();
        if !ready.is_empty() {
            let all = ready.iter().take(NEXT).cloned().collect::<Vec<_>>().join(", ");
            let more = if ready.len() > NEXT { format!(" and {} more", ready.len() - NEXT) } else { String::new() };
            steps.push(format!("Review and merge what is ready: {all}{more}."));
        }
        let pending = self.phases.iter().filter(|line| {
            matches!(line.standing, PhaseStatus::Open { .. }) && line.built.locks.iter().any(Lock::is_pending)
        });
        let pending: Vec<&PhaseLine<'_>> = pending.collect();
        let lock = pending.iter().flat_map(|line| &line.built.locks).find(|lock| lock.is_pending());
        if let Some(Lock { path, outcome: LockOutcome::Pending { command, .. }, .. }) = lock {
            let mut on = pending.iter().map(|line| pull(line.standing)).take(NEXT).collect::<Vec<_>>().join(", ");
            if pending.len() > NEXT {
                let _ = write!(on, " and {} more", pending.len() - NEXT);
            }
            let how = command.as_ref().map(|command| format!(", with {} on each branch", code(command)));
            steps.push(format!("Regenerate {} for {on}{}.", code(&path.to_string()), how.unwrap_or_default()));
        }
        if steps.is_empty() {
            return String::new();
        }
        let steps = steps.iter().enumerate().map(|(at, step)| format!("{}. {step}\n", at + 1));
        format!("\n**Next for you**\n\n{}", steps.collect::<String>())
    }

    /// What the fork perhaps has already: a person says whether.
    fn perhaps(&self) -> Option<String> {
        let mut all = self.picks().filter_map(|pick| self.names.get(pick.sha).filter(|unit| unit.perhaps.is_some()));
        let first = all.next()?;
        let more = match all.count() {
            0 => String::new(),
            more => format!(", and {} more", count(more, "commit")),
        };
        let (link, subject) = (self.names.link(first.sha), self.names.subject(first.sha));
        let signs = words::perhaps(first).unwrap_or_default();
        Some(format!("See whether the fork has {link} {subject} already ({signs}){more}."))
    }

    /// The picks that need a decision, with their phase, the cheapest first.
    fn open_decisions(&self) -> Vec<(PhaseLine<'_>, &Pick)> {
        let open =
            |line: &&PhaseLine<'_>| !matches!(line.standing, PhaseStatus::People { .. } | PhaseStatus::Closed { .. });
        let picks = self.phases.iter().filter(open).flat_map(|line| {
            line.built.picks.iter().filter(|pick| pick.outcome.needs_person()).map(move |pick| (*line, pick))
        });
        let mut picks: Vec<_> = picks.collect();
        picks.sort_by_key(|(_, pick)| Cost::of(pick, self.picks()));
        picks
    }

    /// All picks.
    fn picks(&self) -> impl Iterator<Item = &Pick> {
        self.phases.iter().flat_map(|line| &line.built.picks)
    }

    /// Every decision there is, without a box: a tick means "done" to most people, and would leave the commit out for good.
    pub(super) fn decisions(&self) -> Option<String> {
        let all = self.open_decisions();
        if all.is_empty() {
            return None;
        }
        let proposals = to_look_at(all.iter().flat_map(|(_, pick)| pick.open()));
        let proposals = proposals.map(|proposals| format!("; {proposals}")).unwrap_or_default();
        let mut text = format!(
            "<details><summary>Decisions, the cheapest first: {}{proposals}</summary>\n\n",
            count(all.len(), "pick")
        );
        for (line, pick) in all.iter().take(SHOWN) {
            let _ = writeln!(
                text,
                "- {} {} · {}, {} {}",
                self.names.link(pick.sha),
                self.names.subject(pick.sha),
                effort(pick, self.picks()),
                self.title(&line.wanted.phase),
                pull(line.standing)
            );
        }
        if all.len() > SHOWN {
            let _ = writeln!(text, "- and {} more; `uptake survey` lists them all", all.len() - SHOWN);
        }
        Some(text + "\n</details>\n")
    }
}
