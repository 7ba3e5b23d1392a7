//! The scene in which a person decides: `uptake resolve` lays the conflict out, the answer is remembered, and used again.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::super::{Bars, Failure};
use super::stage::{Run, Stage, heading, typed};
use crate::demo::SERVER_RESOLVED;
use crate::sitting::{CurrentDecision, Desk, ResolvedDecision, Sitting, SittingEnd, SittingError, SittingNews};
use crate::text::{count, short};
use crate::view::note::brief;
use engine::progress::Progress;

pub(super) fn resolve(stage: &mut Stage<'_>) -> Result<String, Failure> {
    let mut text = heading(5, "A decision is made once");
    text.push_str(&typed("uptake resolve --repo fork.git --push"));
    let context = stage.context()?;
    let mut desk = Prepared { bars: stage.call.bars(), laid_out: String::new(), resolved: Vec::new() };
    let (mut sitting, plan) = Sitting::begin(&context, None, true, &mut desk)?;
    match sitting.go_on(plan, false, &mut desk)? {
        SittingEnd::Done => {}
        SittingEnd::Waits(folder) | SittingEnd::Faults(folder, _) => {
            return Err(Failure::failed(format!("the prepared answer does not fit {}", folder.display())));
        }
    }
    sitting.push()?;
    sitting.end()?;
    text.push_str(&desk.laid_out);
    let run = stage.run()?;
    let subject = |sha| run.report.survey.get(sha).map(|unit| unit.subject.clone()).unwrap_or_default();
    for resolved in &desk.resolved {
        let _ = writeln!(
            text,
            "  {} is resolved and remembered. What waited only for it is free now:",
            resolved.sha.short()
        );
        for freed in &resolved.freed {
            let _ = writeln!(text, "    {}  {}", freed.short(), short(&subject(*freed), 80));
        }
    }
    text.push_str("  The next run publishes it in #4, and says by whom it was resolved:\n");
    text.push_str(&answered(stage, &run)?);
    text.push('\n');
    stage.keep("5-resolved")?;
    Ok(text)
}

/// How a run resolved the conflict that was decided on.
pub(super) fn answered(stage: &Stage<'_>, run: &Run) -> Result<String, Failure> {
    let sha = stage.demo.short("stream");
    let mut rows = run.report.built.phases.iter().flat_map(brief);
    let row = rows.find(|row| row.commit.is_some_and(|commit| commit.short() == sha));
    let row = row.ok_or_else(|| Failure::failed(format!("{sha} is not resolved")))?;
    // What it gave up is in the pull request.
    let how = row.text.split("; ").next().unwrap_or_default();
    Ok(format!("    {}: {}.\n", row.path, short(how, 74)))
}

/// How wide the conflict is shown.
const COLUMN: usize = 48;

/// A person with a prepared answer.
struct Prepared {
    bars: Bars,
    /// What was laid out, and what the person made of it.
    laid_out: String,
    resolved: Vec<ResolvedDecision>,
}

impl Desk for Prepared {
    fn resolve(&mut self, folder: &Path, decision: &CurrentDecision) -> Result<bool, SittingError> {
        for open in &decision.paths {
            let path = folder.join(&open.path);
            let failed = |source| SittingError::Program { what: path.display().to_string(), source };
            let conflict = fs::read_to_string(&path).map_err(failed)?;
            fs::write(&path, SERVER_RESOLVED).map_err(failed)?;
            let _ = writeln!(
                self.laid_out,
                "  {}  {}\n  {}, {}, laid out in a work tree; and what Fern makes of it:",
                decision.sha.short(),
                short(&decision.subject, 80),
                open.path,
                count(open.places, "place")
            );
            self.laid_out.push_str(&side_by_side(&conflict, SERVER_RESOLVED));
        }
        Ok(true)
    }

    fn validate(&mut self, _: &str, _: &Path) -> Result<bool, SittingError> {
        Ok(true)
    }

    fn tell(&mut self, news: &SittingNews<'_>) -> Result<(), SittingError> {
        if let SittingNews::Resolved(resolved, _) = news {
            self.resolved.push((*resolved).clone());
        }
        Ok(())
    }

    fn progress(&mut self) -> &mut dyn Progress {
        &mut self.bars
    }
}

/// The lines in which two texts differ, side by side.
fn side_by_side(one: &str, other: &str) -> String {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let rest = one[same..].iter().rev().zip(other[same..].iter().rev());
    let after = rest.take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..one.len() - after], &other[same..other.len() - after]);
    let lines = (0..one.len().max(other.len())).map(|at| {
        let side = |lines: &[&str]| lines.get(at).map(|line| line.strip_prefix("        ").unwrap_or(line).to_owned());
        let (left, right) = (side(one).unwrap_or_default(), side(other).unwrap_or_default());
        let line = format!("    {left:<COLUMN$} | {right}");
        line.trim_end().trim_end_matches(" |").trim_end().to_owned() + "\n"
    });
    lines.collect()
}
