//! Scenes in a pull request: a command in a comment, and tests of which some fail.

use std::fmt::Write;

use super::super::Failure;
use super::super::term::faint;
use super::stage::{Stage, heading, plain, said};
use crate::text::short;

/// The pull requests, in the order in which the first run opens them: the urgent lane, then the slices of the line.
pub(super) const FIRST_SLICE: u64 = 2;
const SECOND_SLICE: u64 = 3;

/// How many runs a search may take before it is plain that something is wrong with it.
const ROUNDS: usize = 10;

pub(super) fn command(stage: &mut Stage<'_>) -> Result<String, Failure> {
    let sha = stage.demo.short("telemetry");
    let comment = format!("/skip {sha} we send nothing home");
    let mut text = heading(3, "A comment is a command");
    text.push_str(&said(SECOND_SLICE, &comment));
    stage.comment(SECOND_SLICE, &comment)?;
    stage.run()?;
    let title = stage.page("pulls", SECOND_SLICE)?.lines().next().unwrap_or_default().replace("# Uptake: ", "");
    let _ = writeln!(text, "  The next run takes the commit off the branch (\"{}\"), and answers:", short(&title, 50));
    for line in stage.answers(SECOND_SLICE)?.iter().flat_map(|answer| answer.lines()) {
        if let Some(decided) = line.strip_prefix("- ") {
            let _ = writeln!(text, "    {}", short(&plain(decided), 94));
        }
    }
    text.push_str("  Who decided what, when and why is kept on the branch uptake/ledger.\n\n");
    stage.keep("3-commanded")?;
    Ok(text)
}

pub(super) fn tests(stage: &mut Stage<'_>) -> Result<String, Failure> {
    let mut text = heading(4, "Whose failure is it?");
    text.push_str(
        "  Each head is tested with each CUDA version, and so is the base it is on. (A folder has no GPU, so\n  here the demo writes what the runners would say.) The table in #2:\n",
    );
    stage.run()?;
    text.push_str(&table(&stage.page("pulls", FIRST_SLICE)?));
    stage.keep("4-tested")?;
    text.push_str("  13.1 fails on the base too, so it blocks nobody. 13.0 is for this pull request to fix:\n");
    let search = "/bisect cuda 13.0";
    text.push_str(&said(FIRST_SLICE, search));
    stage.comment(FIRST_SLICE, search)?;
    let found = search_ends(stage)?;
    let _ = writeln!(text, "    {}", short(&plain(found.lines().next().unwrap_or_default()), 94));
    let by = found.find("Found by").and_then(|at| found[at..].lines().next()).unwrap_or_default();
    let _ = writeln!(text, "    {}", short(&plain(by), 94));
    let skip = format!("/skip {} breaks CUDA 13.0", stage.demo.short("tiles"));
    text.push_str(&said(FIRST_SLICE, &skip));
    stage.comment(FIRST_SLICE, &skip)?;
    stage.run()?;
    stage.run()?;
    text.push_str(&table(&stage.page("pulls", FIRST_SLICE)?));
    text.push('\n');
    stage.keep("4-mended")?;
    Ok(text)
}

/// Lets runs go by until the search that was asked for has ended; what is said of it then.
fn search_ends(stage: &mut Stage<'_>) -> Result<String, Failure> {
    for _ in 0..ROUNDS {
        stage.run()?;
        let found = stage.answers(FIRST_SLICE)?.into_iter().find(|answer| answer.contains("breaks the phase"));
        if let Some(found) = found {
            return Ok(found);
        }
    }
    Err(Failure::failed(format!("the search did not end in {ROUNDS} runs")))
}

/// The table of tests in a pull request, without the rules between its rows.
fn table(page: &str) -> String {
    let rows = page.lines().skip_while(|line| !line.starts_with("| CUDA")).take_while(|line| line.starts_with('|'));
    let cells = rows.filter(|line| !line.starts_with("|--")).map(|line| {
        let cells = line.trim_matches('|').split('|');
        cells.map(|cell| plain(cell.trim())).collect::<Vec<_>>()
    });
    let mut rows: Vec<Vec<String>> = cells.collect();
    if let Some(head) = rows.first_mut() {
        for cell in head {
            *cell = faint(cell);
        }
    }
    super::super::term::table(&rows).lines().map(|line| format!("  {line}\n")).collect()
}
