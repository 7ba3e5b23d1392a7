//! The first scenes: how far the fork is behind, and what is published of the plan.

use std::fmt::Write;

use super::super::document::ReportInput;
use super::super::term::{BAD, GOOD, faint, risk, styled, table};
use super::super::{Failure, resolved};
use super::stage::{Run, Stage, heading, typed};
use crate::survey::{Surveyed, Verdict};
use crate::text::{count, short};
use crate::view::note::{brief, roads};

/// How it began.
pub(super) struct Began {
    run: Run,
    /// Why lock files were not regenerated at first, where they were not.
    unmade: String,
}

/// The first run, and the report of what it found. Where cargo cannot regenerate the lock file, the maintainer has it taken from upstream
/// instead, and the next run is the first.
pub(super) fn publish(stage: &mut Stage<'_>) -> Result<Began, Failure> {
    let mut run = stage.run()?;
    let unmade = resolved::locks(&run.report.built.phases);
    if !unmade.is_empty() {
        let when = stage.later();
        stage.people.do_without_cargo(when)?;
        run = stage.run()?;
    }
    let report = ReportInput { survey: &run.report.survey, built: &run.report.built, config: &run.config };
    report.write_to(stage.folder)?;
    stage.keep("2-published")?;
    Ok(Began { run, unmade })
}

pub(super) fn survey(stage: &Stage<'_>, began: &Began) -> String {
    let survey = &began.run.report.survey;
    let (totals, line) = (&survey.totals, &survey.totals.line);
    let mut text = format!(
        "A small fork and its upstream were made in {}.\nAll that follows is done there by the same code as any run.\n\n",
        stage.folder.display()
    );
    text.push_str(&heading(1, "The fork is behind"));
    text.push_str(&typed("uptake survey --repo fork.git"));
    let _ = writeln!(
        text,
        "  {} and {} behind. The fork has {} of them already, found by evidence:",
        count(totals.commits, "commit"),
        count(totals.merges, "merge"),
        totals.taken
    );
    let taken = survey.commits.iter().filter(|unit| unit.verdict == Verdict::Taken);
    text.push_str(&table(&taken.map(evidence).collect::<Vec<_>>()));
    let _ = writeln!(
        text,
        "  The other {}, applied in upstream's order: {} clean, {} resolved by rules, {} to decide,\n  {} waiting for that decision, {} without effect.\n",
        totals.open,
        line.clean,
        line.resolved,
        line.decide,
        line.follows + line.not_needed_yet,
        line.no_op
    );
    let mut rows = vec![vec![faint("way to catch up"), faint("to decide"), faint("you lose")]];
    rows.extend(roads::rows(&survey.roads).into_iter().map(|row| {
        let name = if row.recommended { styled(row.name, GOOD) } else { row.name.to_owned() };
        vec![name, row.hunks.to_string(), row.costs]
    }));
    text.push_str(&table(&rows));
    if let Some((said, _)) = roads::recommendation(&survey.roads) {
        let _ = writeln!(text, "  {said}");
    }
    text.push('\n');
    text
}

/// A commit that the fork has, and how that is known.
fn evidence(unit: &Surveyed) -> Vec<String> {
    let signs: Vec<String> = unit.evidence.iter().map(|sign| sign.kind.to_string()).collect();
    let of = unit.evidence.first().map(|sign| sign.fork_commit.short()).unwrap_or_default();
    vec![unit.sha.short(), short(&unit.subject, 50), faint(&format!("{} of {of}", signs.join(", ")))]
}

pub(super) fn plan(began: &Began) -> String {
    let report = &began.run.report;
    let built = &report.built;
    let mut text = heading(2, "The plan: what cannot wait, then all the rest in slices");
    text.push_str(&typed("uptake run --repo fork.git --forge folder:published"));
    let mut rows = vec![["", "pull request", "ready", "decide", "wait", "risk"].map(faint).to_vec()];
    for phase in &built.phases {
        let pull = report.observed.of_phase(&phase.id).map(|pull| format!("#{}", pull.number));
        let decide = phase.picks.iter().filter(|pick| pick.outcome.needs_person()).count();
        let wait = phase.picks.iter().filter(|pick| pick.outcome.waits()).count() - decide;
        rows.push(vec![
            pull.unwrap_or_default(),
            short(&phase.title, 50),
            styled(&phase.landed().to_string(), GOOD),
            if decide == 0 { "0".to_owned() } else { styled(&decide.to_string(), BAD) },
            wait.to_string(),
            styled(&phase.risk.to_string(), risk(phase.risk)),
        ]);
    }
    text.push_str(&table(&rows));
    text.push_str("  Each is a branch and a pull request. Those of the line go one onto the other.\n");
    if began.unmade.is_empty() {
        let made = built.phases.iter().filter(|phase| phase.locks.iter().any(|lock| lock.commit.is_some()));
        for row in made.flat_map(brief).filter(|row| row.path == "Cargo.lock" && row.text.contains("cargo")) {
            let _ = writeln!(text, "  {}: {}.", row.path, short(&row.text, 80));
        }
    } else {
        for line in began.unmade.lines() {
            let _ = writeln!(text, "  {}", short(line, 95));
        }
        text.push_str("  So Fern has Cargo.lock taken from upstream, by its rule in .github/uptake.yml.\n");
    }
    text.push_str(&faint("  To read: published/pulls/1.md to 4.md, and the dashboard, published/issues/5.md"));
    text.push_str("\n\n");
    text
}
