//! The matrix as a pull request shows it: per cell how the head stands, and how its base.

use std::fmt::Write;

use super::words::{is_cuda, noun, skipped, state};
use crate::ci::{Matrix, TestRun, TestState, TestTarget, TestVerdict};
use crate::text::{count, inert_line, markdown_line};

/// The table, with what is to be said about it below.
#[must_use]
pub fn table(matrix: &Matrix, want: &TestTarget) -> String {
    if let Some(why) = want.skipped {
        return format!("Skipped: {}.\n", skipped(why));
    }
    let mut text = format!(
        "For the head `{}`, and the base `{}` it is built on:\n\n| {} | Head | Took | Base | Verdict |\n|---|---|---|---|---|\n",
        want.head.short(),
        want.base.short(),
        if is_cuda(want) { "CUDA" } else { "Test" },
    );
    let (mut red, mut flaky) = (0, 0);
    for name in want.ci.names() {
        let standing = matrix.standing(want, name);
        red += usize::from(standing == TestVerdict::RedBase);
        flaky += usize::from(standing == TestVerdict::Flaky);
        let head = matrix.last(want.head, name);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            inert_line(if is_cuda(want) { name.short() } else { name }),
            cell(head),
            head.and_then(took).unwrap_or_default(),
            cell(matrix.last(want.base, name)),
            verdict(standing)
        );
    }
    let details: Vec<String> = want
        .ci
        .names()
        .filter_map(|name| {
            let detail = matrix.last(want.head, name)?.detail.as_ref()?;
            Some(format!("- {}: {}", inert_line(&name.title()), markdown_line(detail, None)))
        })
        .collect();
    if !details.is_empty() {
        let _ = write!(text, "\n{}\n", details.join("\n"));
    }
    if red > 0 {
        let _ = writeln!(
            text,
            "\nThe base itself fails with {}: that is not for this phase to fix.",
            count(red, noun(want))
        );
    }
    if flaky > 0 {
        let _ =
            writeln!(text, "\nThe same commit passed and failed with {}: neither counts.", count(flaky, noun(want)));
    }
    text
}

fn cell(cell: Option<&TestRun>) -> String {
    let Some(cell) = cell else { return "waiting".to_owned() };
    let state = state(cell.state);
    match &cell.link {
        Some(link) if link.starts_with("https://") && !link.contains([')', ' ', '|', '\n']) => {
            format!("[{state}]({link})")
        }
        _ => state.to_owned(),
    }
}

fn verdict(standing: TestVerdict) -> &'static str {
    match standing {
        TestVerdict::Open => "open",
        TestVerdict::Passed => "**passed**",
        TestVerdict::Failed => "**failed**: it passes on the base",
        TestVerdict::FailedSoFar => "**failed**; the base is not known yet",
        TestVerdict::RedBase => "the base is red too",
        TestVerdict::Flaky => "flaky: no verdict",
        TestVerdict::NoVerdict => "no verdict",
        TestVerdict::Skipped => "skipped",
    }
}

/// How long a test took, in minutes; nothing while it runs, since a text that changes by the minute is never done.
fn took(cell: &TestRun) -> Option<String> {
    if matches!(cell.state, TestState::Late | TestState::NeverStarted | TestState::Cancelled | TestState::Lost) {
        return None;
    }
    let span = cell.finished?.time().duration_since(cell.started?.time());
    Some(match span.as_secs() {
        seconds if seconds < 60 => format!("{} s", seconds.max(0)),
        seconds => format!("{} min", seconds / 60),
    })
}
