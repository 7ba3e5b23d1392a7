//! A built plan as people read it on a terminal, and as Markdown.

use std::fmt::Write;

use super::survey::{before_all, perhaps, ways};
use super::term::{BAD, GOOD, WAIT, bold, faint, risk, styled, table};
use super::{Failure, Invocation, OutputFormat, resolved, waits};
use crate::config::Config;
use crate::pick::{Built, BuiltPhase, Outcome, Pick};
use crate::pipeline::Inputs;
use crate::plan::LeftOut;
use crate::survey::{Cascade, Survey, Verdict};
use crate::text::{code, count, first_few, markdown_line, short, visible};
use crate::view::note::json::PlanJson;
use crate::view::note::{roads, said, to_look_at, words};
use engine::ids::CommitId;

pub(super) fn plan(call: &Invocation, phase: Option<&str>, all: bool, format: OutputFormat) -> Result<u8, Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    session.require_config()?;
    let inputs = Inputs::of_clone(&session)?;
    let mut survey = inputs.survey(&mut bars)?;
    inputs.roads(&mut survey, &mut bars)?;
    let mut built = match all {
        true => inputs.build_all(&survey, &mut bars)?,
        false => inputs.build(&survey, &mut bars)?,
    };
    drop(bars);
    call.warn(&survey);
    let waits = waits(&built);
    if let Some(id) = phase {
        let known: Vec<&str> = built.phases.iter().map(|phase| phase.id.as_str()).collect();
        if !known.contains(&id) {
            let message = format!("the plan has no phase '{}'", visible(id));
            return Err(Failure::wrong(message, Some(format!("its phases: {}", known.join(", ")))));
        }
        built.phases.retain(|phase| phase.id == *id);
    }
    let view = PlanView { config: Some(&session.config), ..PlanView::new(&built, &survey) };
    match format {
        OutputFormat::Text if phase.is_some() => call.print(&view.phases())?,
        OutputFormat::Text if all => call.print(&(before_all(&survey) + &perhaps(&survey) + &view.text()))?,
        OutputFormat::Text => call.print(&(before_all(&survey) + &perhaps(&survey) + &view.overview()))?,
        OutputFormat::Markdown => call.print(&view.markdown(session.config.linked_upstream()))?,
        OutputFormat::Json => Invocation::print_json(&PlanJson::new(&built, &survey))?,
    }
    Ok(waits)
}

pub(super) struct PlanView<'a> {
    built: &'a Built,
    survey: &'a Survey,
    /// Where people said something of the phases.
    config: Option<&'a Config>,
}

impl<'a> PlanView<'a> {
    pub(super) fn new(built: &'a Built, survey: &'a Survey) -> Self {
        Self { built, survey, config: None }
    }

    fn subject(&self, sha: CommitId) -> &'a str {
        self.survey.get(sha).map(|commit| commit.subject.as_str()).unwrap_or_default()
    }

    /// A line a phase, the ways there are, and what to do next.
    fn overview(&self) -> String {
        let mut rows: Vec<Vec<String>> =
            vec![["#", "phase", "ready", "decide", "follow", "risk", ""].map(faint).into_iter().collect()];
        for (at, phase) in self.built.phases.iter().enumerate() {
            let of = |is: &dyn Fn(&Pick) -> bool| phase.picks.iter().filter(|pick| is(pick)).count();
            let locks = phase.locks.iter().filter(|lock| lock.is_pending());
            let locks: Vec<String> = locks.map(|lock| lock.path.to_string()).collect();
            rows.push(vec![
                format!("{}", at + 1),
                short(&phase.title, 40),
                styled(&phase.landed().to_string(), GOOD),
                styled(&of(&|pick| pick.outcome.needs_person()).to_string(), BAD),
                of(&|pick| pick.outcome.waits() && !pick.outcome.needs_person()).to_string(),
                styled(&phase.risk.to_string(), risk(phase.risk)),
                if locks.is_empty() {
                    String::new()
                } else {
                    format!("{} to regenerate", short(&locks.join(", "), 30))
                },
            ]);
        }
        let mut text = table(&rows) + "\n";
        self.others(&mut text);
        text.push_str(&self.summary());
        text.push_str(&resolved::locks(&self.built.phases));
        text.push_str(&self.next());
        text
    }

    /// What to do next: the cheapest decision, and where the details are.
    fn next(&self) -> String {
        let mut text = String::from("\n");
        let decisions = self.built.decisions();
        let mut picks = self.built.phases.iter().flat_map(|phase| &phase.picks);
        if let Some(cheapest) = decisions.first() {
            let (sha, places) = (cheapest.pick().sha.short(), count(cheapest.cost.places, "place"));
            let _ =
                writeln!(text, "Next: resolve {sha} ({places}): uptake resolve {sha}; uptake why {sha} explains it");
            if decisions.len() > 1 {
                let _ = writeln!(text, "All {} in one sitting: uptake resolve", count(decisions.len(), "decision"));
            }
        } else if let Some(held) = picks.find(|pick| pick.is_held_back()) {
            let sha = held.sha.short();
            let _ = writeln!(text, "Next: read {sha} before it is pushed: uptake why {sha}");
        }
        if let Some(phase) = self.built.phases.iter().find(|phase| !phase.picks.is_empty()) {
            let _ = writeln!(text, "Details of a phase: uptake plan {}", phase.id);
        }
        text
    }

    /// Every phase, pick by pick.
    fn phases(&self) -> String {
        let mut text = String::new();
        for (at, phase) in self.built.phases.iter().enumerate() {
            self.phase(at + 1, phase, &mut text);
        }
        text + &resolved::locks(&self.built.phases)
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.phases();
        self.others(&mut text);
        text.push_str(&self.summary());
        text
    }

    /// What no phase has, and the ways there are.
    fn others(&self, text: &mut String) {
        if !self.built.left_out.is_empty() {
            let _ = writeln!(text, "{}", bold("Excluded, and in no phase"));
            text.push_str(&self.left_out(&self.built.left_out));
            text.push('\n');
        }
        if !self.built.unassigned.is_empty() {
            let _ =
                writeln!(text, "{}", bold(&format!("In no phase: {}", count(self.built.unassigned.len(), "commit"))));
            let unassigned = self.built.unassigned.iter().filter_map(|sha| self.survey.get(*sha));
            let rows: Vec<_> = unassigned
                .map(|commit| {
                    let verdict = match commit.verdict {
                        Verdict::Taken => styled("taken", GOOD),
                        Verdict::Open => styled("open", WAIT),
                    };
                    vec![commit.sha.short(), verdict, short(&commit.subject, 90)]
                })
                .collect();
            text.push_str(&table(&rows));
            text.push('\n');
        }
        text.push_str(&ways(self.survey));
    }

    fn phase(&self, place: usize, phase: &BuiltPhase, text: &mut String) {
        let _ = writeln!(
            text,
            "{}  {}  {}",
            bold(&format!("{place}. {}", phase.title)),
            faint(&format!("{} on {} {}", phase.branch, phase.base, phase.base_commit.short())),
            styled(&format!("risk {}", phase.risk), risk(phase.risk)),
        );
        for line in self.config.iter().flat_map(|config| said::of_phase(config, &phase.id)) {
            let _ = writeln!(text, "  {}", faint(&short(&line, 400)));
        }
        let rows: Vec<_> = phase
            .picks
            .iter()
            .map(|pick| {
                let files = match (pick.open().count(), pick.resolutions.len()) {
                    (0, _) if pick.is_held_back() => {
                        faint(&format!("  [{} to read first]", count(pick.guarded.len(), "guarded file")))
                    }
                    (0, 0) => String::new(),
                    (0, resolved) => faint(&format!("  [{} resolved]", count(resolved, "file"))),
                    (open, _) => {
                        let proposals = to_look_at(pick.open()).map(|proposals| format!("; {proposals}"));
                        let more = proposals.unwrap_or_default() + &self.hangs_on(pick);
                        faint(&format!("  [{}{more}]", count(open, "file")))
                    }
                };
                let signs = self.survey.get(pick.sha).and_then(words::perhaps);
                let perhaps =
                    signs.map(|signs| styled(&format!("  [perhaps taken: {signs}]"), WAIT)).unwrap_or_default();
                vec![
                    pick.sha.short(),
                    styled(&pick.outcome.to_string(), style(pick.outcome)),
                    styled(&pick.risk.to_string(), risk(pick.risk)),
                    short(self.subject(pick.sha), 90) + &files + &perhaps,
                ]
            })
            .collect();
        text.push_str(&table(&rows));
        text.push_str(&resolved::rows(phase));
        text.push_str(&self.left_out(&phase.left_out));
        if phase.picks.is_empty() && phase.left_out.is_empty() {
            text.push_str("  nothing in the range belongs to it\n");
        }
        text.push('\n');
    }

    /// Why a pick conflicts and what it needs, in a few words; `uptake why` has the whole of it.
    fn hangs_on(&self, pick: &Pick) -> String {
        let mut text = match self.survey.get(pick.sha) {
            Some(commit) if commit.cascade == Cascade::Root => "; root".to_owned(),
            Some(commit) if commit.cascade == Cascade::Cascade && !commit.roots.is_empty() => {
                format!("; cascade of {}", few(&commit.roots))
            }
            Some(commit) if commit.cascade == Cascade::Cascade => "; cascade".to_owned(),
            _ => String::new(),
        };
        let needs = &pick.needs;
        if !pick.follows.is_empty() && !pick.outcome.needs_person() {
            let how = if pick.outcome == Outcome::NotNeededYet { "came with" } else { "follows" };
            let _ = write!(text, "; {how} {}", few(&pick.follows));
        } else if !needs.take.is_empty() {
            let _ = write!(text, "; take {} first", few(&needs.take));
            let hunks: usize = needs.resolve.iter().map(|(_, hunks)| hunks).sum();
            if hunks > 0 {
                let _ = write!(text, ", resolving {}", count(hunks, "place"));
            }
        }
        text
    }

    fn left_out(&self, left_out: &[LeftOut]) -> String {
        let row = |left: &LeftOut| {
            let subject = self.subject(left.sha);
            let gap = if subject.is_empty() { "" } else { "  " };
            let link = left.reason.decision().and_then(|decision| decision.link.as_deref());
            let link = link.map(|link| format!(" ({link})")).unwrap_or_default();
            let why = faint(&short(&format!("{}{link}", words::reason(&left.reason)), 400));
            vec![left.sha.short(), faint("left out"), format!("{}{gap}{why}", short(subject, 60))]
        };
        table(&left_out.iter().map(row).collect::<Vec<_>>())
    }

    /// How many picks came out how, in one line.
    pub(super) fn summary(&self) -> String {
        let all: Vec<_> = self.built.phases.iter().flat_map(|phase| &phase.picks).collect();
        let mut parts = Vec::new();
        for outcome in Outcome::ALL {
            let number = all.iter().filter(|pick| pick.outcome == outcome).count();
            if number > 0 {
                let open = all.iter().filter(|pick| outcome.needs_person() && pick.outcome == outcome);
                let proposals = to_look_at(open.flat_map(|pick| pick.open()));
                let proposals = proposals.map(|proposals| format!(" ({proposals})")).unwrap_or_default();
                parts.push(styled(&format!("{number} {outcome}{proposals}"), style(outcome)));
            }
        }
        let left: usize = self.built.phases.iter().map(|phase| phase.left_out.len()).sum();
        format!(
            "{} in {}: {}; {} left out, {} in no phase\n",
            count(all.len(), "pick"),
            count(self.built.phases.len(), "phase"),
            if parts.is_empty() { "nothing to take".into() } else { parts.join(", ") },
            left + self.built.left_out.len(),
            self.built.unassigned.len(),
        ) + &resolved::check(self.built)
            + &self.end()
    }

    /// Where all phases together end.
    fn end(&self) -> String {
        let Some(end) = &self.built.end else { return String::new() };
        format!("{}\n", words::end(end))
    }

    pub(super) fn markdown(&self, upstream: Option<&str>) -> String {
        let line = |text: &str| markdown_line(text, upstream);
        let mut text = String::from("# Plan\n");
        text.push_str(&roads::section(&self.survey.roads));
        for (at, phase) in self.built.phases.iter().enumerate() {
            let _ = write!(
                text,
                "\n## {}. {}\n\n{} on {}, risk {}\n\n| Commit | Outcome | Risk | Subject |\n|---|---|---|---|\n",
                at + 1,
                line(&phase.title),
                code(&phase.branch),
                code(&phase.base),
                phase.risk
            );
            for pick in &phase.picks {
                let (sha, subject) = (code(&pick.sha.short()), line(self.subject(pick.sha)));
                let _ = writeln!(text, "| {sha} | {} | {} | {subject} |", pick.outcome, pick.risk);
            }
            for left in &phase.left_out {
                let (sha, subject) = (code(&left.sha.short()), line(self.subject(left.sha)));
                let _ = writeln!(text, "| {sha} | left out: {} | | {subject} |", line(&words::reason(&left.reason)));
            }
        }
        if !self.built.unassigned.is_empty() {
            text.push_str("\n## In no phase\n\n");
            for sha in &self.built.unassigned {
                let _ = writeln!(text, "- {} {}", code(&sha.short()), line(self.subject(*sha)));
            }
        }
        text
    }
}

/// Up to three commits, and how many more.
fn few(commits: &[CommitId]) -> String {
    first_few(commits.iter().map(CommitId::short), 3)
}

/// How an outcome is coloured.
fn style(outcome: Outcome) -> anstyle::Style {
    match outcome {
        Outcome::Clean | Outcome::Resolved => GOOD,
        Outcome::Decide => BAD,
        Outcome::Follows | Outcome::NotNeededYet | Outcome::NoOp | Outcome::LeftOut => WAIT,
    }
}
