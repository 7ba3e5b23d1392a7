//! The ways of catching up, as rows of one table: for the terminal, Markdown and the report's page alike.

use std::fmt::Write;

use serde::Serialize;

use crate::survey::{GivenUp, Road, RoadKind};

/// A way, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoadRow {
    pub name: &'static str,
    pub stops: usize,
    pub files: usize,
    pub hunks: usize,
    /// Whether git's common ancestor moves, in a word.
    pub base: &'static str,
    /// What is lost.
    pub costs: String,
    pub recommended: bool,
    pub command: String,
}

/// A row each.
#[must_use]
pub fn rows(roads: &[Road]) -> Vec<RoadRow> {
    roads
        .iter()
        .map(|road| RoadRow {
            name: name(road.road),
            stops: road.stops,
            files: road.files,
            hunks: road.hunks,
            base: if road.base_moves { "moves" } else { "stays" },
            costs: costs(road),
            recommended: road.recommended,
            command: road.command.clone(),
        })
        .collect()
}

const fn name(road: RoadKind) -> &'static str {
    match road {
        RoadKind::Merge => "one merge",
        RoadKind::Line => "the line in slices",
        RoadKind::Phases => "the phases as configured",
        RoadKind::Rebase => "the fork's commits onto upstream",
    }
}

fn costs(road: &Road) -> String {
    let words = road.gives_up.iter().map(|given_up| match given_up {
        GivenUp::Parts => "review in parts",
        GivenUp::History => "the fork's history, rewritten",
    });
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
}

/// The recommendation in a sentence; empty where nothing is known of the ways.
#[must_use]
pub fn recommendation(roads: &[Road]) -> Option<(String, &str)> {
    let best = roads.iter().find(|road| road.recommended)?;
    let asks = match best.hunks {
        0 => "A person decides nothing".to_owned(),
        1 => "A person decides 1 place".to_owned(),
        hunks => format!("A person decides {hunks} places"),
    };
    Some((format!("Recommended: {}. {asks}, and nothing is lost.", name(best.road)), &best.command))
}

/// The table and the recommendation in Markdown; empty where nothing is known.
#[must_use]
pub fn markdown(roads: &[Road]) -> String {
    let Some((said, command)) = recommendation(roads) else { return String::new() };
    let mut text = String::from(
        "| Way | Stops | Files | Places to decide | Common ancestor | You lose |\n|---|--:|--:|--:|---|---|\n",
    );
    for row in rows(roads) {
        let name = if row.recommended { format!("**{}**", row.name) } else { row.name.to_owned() };
        let RoadRow { stops, files, hunks, base, costs, .. } = row;
        let _ = writeln!(text, "| {name} | {stops} | {files} | {hunks} | {base} | {costs} |");
    }
    let _ = write!(text, "\n{said} `{command}`\n");
    text
}

/// The same as a section of a document; empty where nothing is known.
#[must_use]
pub fn section(roads: &[Road]) -> String {
    let text = markdown(roads);
    if text.is_empty() { text } else { format!("\n## The ways to catch up\n\n{text}") }
}
