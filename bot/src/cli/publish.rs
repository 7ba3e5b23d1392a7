//! Publishing: how a forge is named and spoken to, and what is said of what became of it.

use std::fmt::Write;
use std::path::PathBuf;

use super::github::{connect, open_github, open_github_to_write};
use super::term::{GOOD, WAIT, bold, styled};
use super::{Failure, Invocation};
use crate::config::Config;
use crate::forge::folder::Folder;
use crate::forge::github::{GitHub, Purpose, RepoName};
use crate::forge::{Forge, Permission};
use crate::pipeline::RunReport;
use crate::text::{count, short};
use engine::Repo;

/// Where branches and pull requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Into this folder.
    Folder(PathBuf),
    /// To the fork on GitHub.
    GitHub,
}

/// Reads `github` or `folder:DIR`.
pub(super) fn forge(text: &str) -> Result<Target, String> {
    match text.split_once(':') {
        Some(("folder", folder)) if !folder.is_empty() => Ok(Target::Folder(folder.into())),
        Some(("folder", _)) => Err("name the folder too: folder:DIR".into()),
        _ if text == "folder" => Err("name the folder too: folder:DIR".into()),
        _ if text == "github" => Ok(Target::GitHub),
        _ => Err("write github, or folder:DIR, such as folder:../preview".into()),
    }
}

/// A forge that was opened, and what is said of it.
pub(super) struct ForgeHandle {
    pub(super) forge: Box<dyn Forge>,
    /// What it is called in a sentence.
    pub(super) name: String,
    /// The page of the fork, where it is on GitHub.
    pub(super) fork: Option<String>,
    /// Where people see what was published.
    pub(super) where_to_look: String,
}

impl From<Folder> for ForgeHandle {
    fn from(folder: Folder) -> Self {
        Self {
            name: folder.path().display().to_string(),
            fork: None,
            where_to_look: format!("Branches are in {}, pull requests beside it.", folder.repository().display()),
            forge: Box::new(folder),
        }
    }
}

impl From<GitHub> for ForgeHandle {
    fn from(github: GitHub) -> Self {
        let name = github.repo().to_string();
        let where_to_look = format!("Pull requests are on {}.", github.page());
        let page = github.page().trim_end_matches("/pulls").to_owned();
        Self { fork: Some(page), name, where_to_look, forge: Box::new(github) }
    }
}

/// The forge of this name, to look at or to write to.
pub(super) fn open_forge(
    call: &Invocation,
    target: &Target,
    repo: &Repo,
    config: &Config,
    purpose: Purpose,
) -> Result<ForgeHandle, Failure> {
    Ok(match target {
        Target::Folder(path) => Folder::new(path).into(),
        Target::GitHub if purpose == Purpose::Read => open_github(call, repo, config, purpose)?.into(),
        Target::GitHub => open_github_to_write(call, repo, config, purpose)?.into(),
    })
}

/// Whether one of these may do more in the fork than look.
pub(super) fn may_ask(call: &Invocation, target: &Target, fork: RepoName, who: &[String]) -> Result<bool, Failure> {
    let forge: Box<dyn Forge> = match target {
        Target::Folder(path) => Box::new(Folder::new(path)),
        Target::GitHub => Box::new(connect(call, fork, Purpose::Read)?),
    };
    for login in who {
        if forge.permission(login)? >= Permission::Triage {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a run with this configuration does.
pub(super) fn purpose(config: &Config, dry_run: bool) -> Purpose {
    let tests = config.phases.iter().any(|phase| phase.ci.runs());
    match (dry_run, tests) {
        (true, _) => Purpose::Read,
        (false, false) => Purpose::Publish,
        (false, true) => Purpose::PublishAndTest,
    }
}

pub(super) fn describe(report: &RunReport, dry_run: bool) -> String {
    let changes = &report.changes;
    let mut text = match (changes.changes.len(), dry_run) {
        (0, _) => format!("{}\n", bold("Nothing to change")),
        (number, true) => format!("{}\n", bold(&format!("Would make {}", count(number, "change")))),
        (number, false) => format!("{}\n", bold(&format!("Made {}", count(number, "change")))),
    };
    for change in &changes.changes {
        let _ = writeln!(text, "  {change}");
    }
    for notice in &changes.notices {
        let _ = writeln!(text, "  {} {notice}", styled("note:", WAIT));
    }
    for test in &report.tests {
        let _ = writeln!(text, "  {} {}", styled("test:", GOOD), short(test, 200));
    }
    for waiting in &report.waiting {
        let _ = writeln!(text, "  {} {}", styled("waits:", WAIT), waiting);
    }
    text.push('\n');
    text
}
