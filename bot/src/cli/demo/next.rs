//! The last scene: what to look at, and what to try, with commands that work as they are printed.

use std::path::Path;

use super::super::Failure;
use super::super::term::{bold, faint};
use super::stage::{Stage, heading};
use crate::text::shell_word;

/// The folder with a fork that nothing was done to.
pub(super) const YOURS: &str = "yours";

pub(super) fn look(stage: &Stage<'_>) -> Result<String, Failure> {
    stage.demo.go_on()?;
    let uptake = program();
    let look = [
        ("uptake-report.html", "the report of scene 1, for a browser"),
        ("scenes/5-resolved/pull-request-4.md", "a pull request; scenes/ has all as they were"),
        ("published/issues/5.md", "the dashboard, as it is now"),
    ];
    let try_next = [
        ("what people decided, and what landed", format!("{uptake} ledger show --repo fork.git")),
        ("all branches", "git -C published/branches.git log --oneline --graph --all".to_owned()),
        ("meanwhile upstream has gone on", format!("{uptake} survey --repo fork.git")),
        ("publish what is new", format!("{uptake} run --repo fork.git --forge folder:published")),
        ("one commit is yours to decide", format!("{uptake} resolve --repo fork.git --wait")),
        ("the same fork as it was at first, to do it all yourself", format!("{uptake} plan --repo {YOURS}/fork.git")),
    ];
    let mut text = heading(7, "What to look at, and what to try");
    text.push_str(&format!("  cd {}\n", shell_word(&stage.folder.display().to_string())));
    for (path, what) in look {
        text.push_str(&format!("  {path:<35}  {}\n", faint(what)));
    }
    for (what, command) in try_next {
        text.push_str(&format!("  {}\n  {}\n", faint(&format!("# {what}")), bold(&command)));
    }
    Ok(text)
}

/// How this program is called: by its name where a shell finds it, else by where it is.
fn program() -> String {
    const NAME: &str = "uptake";
    let file = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    #[expect(
        clippy::disallowed_methods,
        reason = "an entry: where a shell looks for programs is said in the environment"
    )]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_found = std::env::split_paths(&path).any(|folder| is_program(&folder.join(&file)));
    match std::env::current_exe() {
        Ok(here) if !is_found => shell_word(&here.display().to_string()),
        _ => NAME.to_owned(),
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}
