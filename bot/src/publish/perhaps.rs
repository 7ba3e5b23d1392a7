//! What the fork perhaps has already, as a pull request says it. Pure.

use std::fmt::Write;

use super::commits::Names;
use crate::chatops::command::written;
use crate::config::Config;
use crate::pick::BuiltPhase;
use crate::text::code;
use crate::view::note::words;
use engine::ids::CommitId;

/// How many of the picks are named.
const NAMED: usize = 10;

/// The picks of a phase that the fork perhaps has, with its commit beside each, and how a person says whether; empty where there are none.
pub(super) fn perhaps(phase: &BuiltPhase, names: &Names<'_>, config: &Config) -> String {
    let units = phase.picks.iter().filter_map(|pick| names.get(pick.sha));
    let signs: Vec<(CommitId, String)> = units.filter_map(|unit| Some((unit.sha, words::perhaps(unit)?))).collect();
    if signs.is_empty() {
        return String::new();
    }
    let mut text = String::from("## Look at these first\n\nThe fork perhaps has them already.");
    if config.commands.enabled {
        let command = |command: &str| code(&written(&config.commands.prefix, command));
        let _ = write!(text, " {} or {} says whether.", command("taken SHA as OURS"), command("pick SHA"));
    }
    text.push_str("\n\n");
    for (sha, signs) in signs.iter().take(NAMED) {
        let _ = writeln!(text, "- {} {}: {signs}", names.link(*sha), names.subject(*sha));
    }
    if signs.len() > NAMED {
        let _ = writeln!(text, "- and {} more, which `uptake survey` lists", signs.len() - NAMED);
    }
    text + "\n"
}
