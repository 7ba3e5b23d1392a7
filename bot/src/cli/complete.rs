//! What a shell completes: commands and options, and the phases and commits of the fork it is in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::{DONE, Failure, Invocation, help};
use crate::pipeline::{Context, Session};
use crate::text::visible;
use engine::progress::Silent;

/// The variable by which a shell's script asks for answers.
const ASKS: &str = "UPTAKE_COMPLETE";
/// Commits offered, the newest.
const COMMITS: usize = 300;

/// Answers a shell that asks what comes next, and ends the program then.
pub(super) fn answer_shell() {
    CompleteEnv::with_factory(help::command).var(ASKS).complete();
}

/// Prints the script that makes a shell ask.
pub(super) fn print_script(call: &Invocation, shell: clap_complete::Shell) -> Result<u8, Failure> {
    let shells = Shells::builtins();
    let name = shell.to_string();
    let completer = shells.completer(&name).ok_or_else(|| Failure::failed(format!("{name} is not known here")))?;
    let mut script = Vec::new();
    completer.write_registration(ASKS, "uptake", "uptake", "uptake", &mut script)?;
    call.print(&String::from_utf8_lossy(&script))?;
    Ok(DONE)
}

/// The ids of the configured phases.
pub(super) fn phases() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(session) = session() else { return Vec::new() };
        let phase = |phase: &crate::config::Phase| {
            CompletionCandidate::new(phase.id.to_string()).help(Some(visible(&phase.title).into()))
        };
        session.config.phases.iter().map(phase).collect()
    })
}

/// Upstream's commits that the fork's history lacks, the newest first.
pub(super) fn commits() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(session) = session() else { return Vec::new() };
        let range = session.repo.range(session.heads.fork, session.heads.upstream).unwrap_or_default();
        let commit = |commit: &engine::commit::Commit| {
            let subject = visible(commit.subject());
            CompletionCandidate::new(commit.id.short()).help(Some(subject.into()))
        };
        range.iter().rev().take(COMMITS).map(commit).collect()
    })
}

/// The fork of the line that is being completed, as it was fetched last. Completing says nothing of what is wrong with it.
fn session() -> Option<Session> {
    let context = Context { offline: true, ..Context::new(folder()) };
    Session::open(&context, &mut Silent).ok()
}

fn folder() -> PathBuf {
    let words: Vec<OsString> = std::env::args_os().collect();
    let named = words.windows(2).find(|pair| pair[0] == "--repo").map(|pair| PathBuf::from(&pair[1]));
    named.unwrap_or_else(|| engine::enclosing(Path::new(".")))
}
