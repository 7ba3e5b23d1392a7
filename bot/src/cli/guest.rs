//! Forks run for by somebody else: the host of the GitHub App (`uptake serve`), or a workflow for many forks.
//!
//! The host knows the fork by its name, keeps a clone of it that is the host's own, and does not take the fork's word for more than the
//! fork itself: its configuration names no other repository to write to, starts no program, and sees no token of the host's.

use clap::Args;

use super::github::connect;
use super::publish::Target;
use super::{Failure, Invocation};
use crate::config::Config;
use crate::forge::github::{Purpose, RepoName};
use engine::Repo;

/// A fork that is run for by somebody else.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    /// Its name on GitHub.
    pub(super) fork: RepoName,
    /// Whether its configuration may start programs here, and have its upstream fetched with the host's token.
    pub(super) trusted: bool,
    /// How many bytes its clone may take, with what is fetched into it from upstream; as many as there is room for, without one.
    pub(super) most: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct GuestArgs {
    /// Run for this fork on GitHub: --repo is a bare clone of it then, made where there is none, and fetched before the run
    #[arg(long, value_name = "OWNER/NAME", conflicts_with_all = ["offline", "config"])]
    fork: Option<RepoName>,
    /// Let the fork's configuration start programs here (lock files), and fetch its upstream with UPTAKE_UPSTREAM_TOKEN
    #[arg(long, requires = "fork")]
    trust: bool,
}

impl Guest {
    /// Its name, which its configuration must not contradict.
    pub(super) fn fork_of(&self, config: &Config) -> Result<RepoName, Failure> {
        match &config.fork.repository {
            Some(said) if said.parse::<RepoName>().ok().as_ref() != Some(&self.fork) => {
                let message = format!("the configuration of {} says that the fork is {said}", self.fork);
                let hint = "fork.repository must be the repository it is in, or be left out".to_owned();
                Err(Failure::wrong(message, Some(hint)))
            }
            _ => Ok(self.fork.clone()),
        }
    }
}

impl GuestArgs {
    /// The guest, where one is named.
    pub(super) fn guest(&self) -> Option<Guest> {
        self.fork.clone().map(|fork| Guest { fork, trusted: self.trust, most: None })
    }
}

/// Makes a guest's clone where there is none, and brings it up to date.
pub(super) fn refresh_guest(call: &Invocation, target: &Target) -> Result<(), Failure> {
    let Some(guest) = &call.guest else { return Ok(()) };
    if *target != Target::GitHub {
        let hint = "leave --fork out, or say --forge github".to_owned();
        return Err(Failure::wrong(format!("{} is on GitHub, and --forge is not", guest.fork), Some(hint)));
    }
    let path = &call.context.repo;
    if path.exists() && Repo::open(path)?.work_tree().is_some() {
        let message = format!("{} is a clone that somebody works in", path.display());
        let hint = "name a folder that is not there yet: a bare clone is made there".to_owned();
        return Err(Failure::wrong(message, Some(hint)));
    }
    if connect(call, guest.fork.clone(), Purpose::Read)?.refresh_clone(guest.most)? {
        return Ok(());
    }
    Err(Failure::failed(format!("{} has no commit yet", guest.fork)))
}
