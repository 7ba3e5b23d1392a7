//! Publishing: how a forge is named and spoken to, and what is said of what became of it.

use std::fmt::Write;
use std::path::PathBuf;

use super::term::{GOOD, WAIT, bold, styled};
use super::{Common, Fault};
use crate::config::Config;
use crate::forge::folder::Folder;
use crate::forge::github::{GitHub, Purpose, Writing};
use crate::forge::{Forge, ForgeRead};
use crate::run::Done;
use crate::text::{count, terminal_line};
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
        _ => Err("a forge is named github or folder:DIR".into()),
    }
}

/// A forge, spoken to.
pub(super) enum Place {
    /// A folder.
    Folder(Folder),
    /// The fork on GitHub, to look at.
    Look(Box<GitHub>),
    /// The fork on GitHub.
    GitHub(Box<GitHub<Writing>>),
}

impl Place {
    pub(super) fn read(&self) -> &dyn ForgeRead {
        match self {
            Self::Folder(folder) => folder,
            Self::Look(github) => &**github,
            Self::GitHub(github) => &**github,
        }
    }

    /// To write to.
    ///
    /// # Errors
    /// It was opened for looking only.
    pub(super) fn writer(&mut self) -> Result<&mut dyn Forge, Fault> {
        let name = self.name();
        self.write().ok_or_else(|| Fault::failed(format!("{name} was opened for looking only")))
    }

    /// `None` where it is for looking only.
    pub(super) fn write(&mut self) -> Option<&mut dyn Forge> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Look(_) => None,
            Self::GitHub(github) => Some(&mut **github),
        }
    }

    /// A repository that has its branches, `base` among them; `None` while there are none.
    pub(super) fn branches(&self, base: &str) -> Result<Option<Repo>, Fault> {
        let path = match self {
            Self::Folder(folder) => folder.repository(),
            Self::Look(github) => github.copy("uptake/", base)?,
            Self::GitHub(github) => github.copy("uptake/", base)?,
        };
        Ok(if path.is_dir() { Some(Repo::open(&path)?) } else { None })
    }

    /// Whether the fork's own branch is to be copied there.
    pub(super) const fn holds_base(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    /// `owner/name` of the fork, where it is on GitHub.
    pub(super) fn fork(&self) -> Option<String> {
        match self {
            Self::Folder(_) => None,
            Self::Look(github) => Some(github.repo().to_string()),
            Self::GitHub(github) => Some(github.repo().to_string()),
        }
    }

    /// Where to look.
    pub(super) fn where_to_look(&self) -> String {
        match self {
            Self::Folder(folder) => {
                format!("Branches are in {}, pull requests beside it.", folder.repository().display())
            }
            Self::Look(github) => format!("Pull requests are on {}.", github.page()),
            Self::GitHub(github) => format!("Pull requests are on {}.", github.page()),
        }
    }

    /// What it is called in a sentence.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Folder(folder) => folder.path().display().to_string(),
            Self::Look(_) | Self::GitHub(_) => self.fork().unwrap_or_default(),
        }
    }
}

impl Common {
    /// The forge of this name, to look at or to write to.
    pub(super) fn place(
        &self,
        target: &Target,
        repo: &Repo,
        config: &Config,
        purpose: Purpose,
    ) -> Result<Place, Fault> {
        Ok(match target {
            Target::Folder(path) => Place::Folder(Folder::new(path)),
            Target::GitHub if purpose == Purpose::Read => Place::Look(self.github(repo, config, purpose)?.into()),
            Target::GitHub => Place::GitHub(self.github_to_write(repo, config, purpose)?.into()),
        })
    }
}

/// What a run with this configuration does.
pub(super) fn purpose(config: &Config, dry_run: bool) -> Purpose {
    let tests = config.phases.iter().any(|phase| phase.ci.workflow.is_some() && !phase.ci.cuda.is_empty());
    match (dry_run, tests) {
        (true, _) => Purpose::Read,
        (false, false) => Purpose::Publish,
        (false, true) => Purpose::PublishAndTest,
    }
}

pub(super) fn told(done: &Done, dry_run: bool) -> String {
    let changes = &done.changes;
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
    for test in &done.tests {
        let _ = writeln!(text, "  {} {}", styled("test:", GOOD), terminal_line(test, 200));
    }
    for waiting in &done.waiting {
        let _ = writeln!(text, "  {} {}", styled("waits:", WAIT), terminal_line(waiting, 200));
    }
    text.push('\n');
    text
}
