//! A fork that was opened: its repository, its configuration, and where both branches are.

use std::path::PathBuf;
use std::rc::Rc;

use jiff::Timestamp;
use secrecy::SecretString;

use super::bot::bot;
use super::configuration::{ConfigFrom, ConfigText, read_config};
use super::own_branch::mark_untrusted;
use super::upstream::{fetch, left_behind, releases, upstream_head, upstream_ref, usual_branch};
use super::{RunError, clock};
use crate::config::raw::WhichRepo;
use crate::config::{Config, Releases};
use crate::hosts::{GITHUB, Hosts};
use crate::names::BranchName;
use crate::pick::runner::{CommandRunner, NoCommands, RememberingRunner};
use crate::survey::{Heads, SurveyError, Warning, cut_history, other_remotes, replaced};
use crate::text::visible;
use crate::units::MainBranch;
use engine::commit::Signature;
use engine::ids::CommitId;
use engine::progress::Progress;
use engine::{Credential, Repo};

/// What a run works on, and with what.
#[derive(Clone)]
pub struct Context {
    /// The clone of the fork.
    pub repo: PathBuf,
    /// Where the configuration is.
    pub config: ConfigFrom,
    /// Take `refs/remotes/upstream/<branch>` and the fork's branch as they are, without fetching.
    pub offline: bool,
    /// What a private upstream is shown to be fetched from; by default what the person's own git has for it.
    pub upstream_token: Option<SecretString>,
    /// Whether the fork is somebody else's: its upstream is shown nothing then of what the user or the machine has set up for git.
    pub guest: bool,
    /// The GitHub that the fork is on, where upstream is too: `https://github.com`.
    pub server: String,
    /// The private SSH key that the bot's commits are signed with, where the configuration names the public one.
    pub signing_key: Option<SecretString>,
    /// What starts the programs that the configuration names.
    pub runner: Rc<dyn CommandRunner>,
    /// Whether what is checked out is the fork's own branch by the one who checked it out, as in the fork's own workflow.
    pub trusts_checkout: bool,
    /// When this run is.
    pub now: Timestamp,
    /// Who resolves conflicts here, where it is not whom git in the clone knows.
    pub person: Option<Signature>,
}

impl Context {
    /// A clone of the fork with its own configuration, now. No program is started.
    #[must_use]
    pub fn new(repo: PathBuf) -> Self {
        let (config, runner, now) = (ConfigFrom::Fork, Rc::new(NoCommands), clock::now());
        let server = GITHUB.to_owned();
        let (offline, guest, trusts_checkout) = (false, false, false);
        let (upstream_token, signing_key, person) = (None, None, None);
        Self { repo, config, offline, upstream_token, guest, server, signing_key, runner, trusts_checkout, now, person }
    }

    /// What upstream is shown.
    fn shown(&self) -> Credential<'_> {
        match &self.upstream_token {
            Some(token) => Credential::Token(token),
            None if self.guest => Credential::Nothing,
            None => Credential::Own,
        }
    }
}

/// A fork, its configuration, and where both branches are.
pub struct Session {
    /// The clone of the fork.
    pub repo: Repo,
    /// The configuration, checked.
    pub config: Config,
    /// Where the configuration comes from; `None` where there is none.
    pub source: Option<ConfigText>,
    /// The fork's branch, its short name.
    pub branch: BranchName,
    /// Upstream's branch, its short name.
    pub upstream_branch: BranchName,
    /// The release of upstream's that is followed, where releases are.
    pub release: Option<String>,
    /// That upstream goes on elsewhere, where it does.
    left_behind: Option<Warning>,
    /// Where both branches are.
    pub heads: Heads,
    /// When this run is.
    pub now: Timestamp,
    /// Whether the fork is somebody else's, whose configuration starts no program.
    pub guest: bool,
    /// What starts the programs that the configuration names, each for the same task once.
    pub runner: Rc<RememberingRunner>,
}

impl Session {
    /// What makes a survey of the two branches less than it seems.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn warnings(&self) -> Result<Vec<Warning>, RunError> {
        let of_history = cut_history(&self.repo, self.heads)?.into_iter().chain(replaced(&self.repo)?);
        let remotes = other_remotes(&self.repo, &self.config);
        Ok(self.left_behind.clone().into_iter().chain(of_history).chain(remotes).collect())
    }

    /// The error with the commit and the path of what is missing in the repository.
    pub(super) fn located(&self, error: RunError) -> RunError {
        let locate = |error| self.repo.located(error, [self.heads.upstream, self.heads.fork]);
        match error {
            RunError::Git(error) => RunError::Git(locate(error)),
            RunError::Survey(SurveyError::Git(error)) => RunError::Survey(SurveyError::Git(locate(error))),
            other => other,
        }
    }

    /// Upstream's main branch.
    pub(super) fn main_branch(&self) -> MainBranch<'_> {
        let repository = self.config.upstream.repository.as_deref().unwrap_or_default();
        MainBranch { branch: &self.upstream_branch, repository }
    }

    /// Opens the repository, reads the configuration, and finds (or fetches) both branches.
    ///
    /// # Errors
    /// Any of them is not there or not right.
    pub fn open(context: &Context, progress: &mut dyn Progress) -> Result<Self, RunError> {
        let mut repo = Repo::open(&context.repo)?;
        let source = read_config(&repo, &context.config)?;
        let written = source.as_ref().map(ConfigText::read).transpose()?;
        let read = source.as_ref().zip(written.as_ref());
        let fetched = if context.offline {
            None
        } else {
            let (upstream, releases) = match read {
                // It may name commits that only a fetch brings, so what to fetch is taken from it as it is written.
                Some((source, written)) => {
                    let alone = written.check_alone().map_err(|problems| source.wrong(problems))?;
                    (alone.upstream.clone(), alone.needs_tags())
                }
                None => (WhichRepo::default(), false),
            };
            Some(fetch(&repo, (&upstream, releases), (&context.server, context.shown()), progress)?)
        };
        let mut config = match read {
            Some((source, written)) => source.check_written(written, &repo)?,
            None => Config::default(),
        };
        if !context.trusts_checkout {
            mark_untrusted(&repo, &context.config, &mut config)?;
        }
        config.hosts = hosts(&repo, &context.server);
        repo.set_bot(bot(&config.commits, context.signing_key.as_ref())?);
        let branch = fork_branch(&repo, &config)?;
        let release = config.releases.as_ref().map(|pattern| newest(&repo, pattern)).transpose()?;
        let upstream_branch = match (&fetched, &config.upstream.branch, &release) {
            (Some(fetched), ..) => fetched.branch.clone(),
            (None, Some(branch), _) => branch.clone(),
            (None, None, None) => usual_branch(&repo)?,
            // Then nothing is read from it.
            (None, None, Some(_)) => usual_branch(&repo).unwrap_or_else(|_| "main".into()),
        };
        let head = |name: String, of: &str| {
            repo.reference(&name)?.ok_or_else(|| RunError::NoBranch(missing(&repo, (&name, of), context.offline)))
        };
        let heads = Heads {
            fork: head(format!("refs/heads/{branch}"), "the fork's branch (fork.branch)")?,
            upstream: match (&release, upstream_head(&repo, &upstream_branch)?) {
                (Some((_, commit)), _) => *commit,
                (None, Some(commit)) => commit,
                (None, None) => head(upstream_ref(&upstream_branch), "upstream's branch (upstream.branch)")?,
            },
        };
        if let Some(folder) = &config.below {
            repo.put_below(folder.clone(), heads.upstream)?;
        }
        let default = fetched.as_ref().and_then(|fetched| fetched.default.as_ref());
        // A release is followed knowing that upstream goes on.
        let is_branch = release.is_none() && repo.reference(&upstream_ref(&upstream_branch))?.is_some();
        let left_behind = match is_branch {
            true => left_behind(&repo, &upstream_branch, heads.upstream, default)?,
            false => None,
        };
        let release = release.map(|(name, _)| name);
        let runner = Rc::new(RememberingRunner::new(Rc::clone(&context.runner)));
        let (now, guest) = (context.now, context.guest);
        Ok(Self { repo, config, source, branch, upstream_branch, release, left_behind, heads, now, guest, runner })
    }

    /// That there is a configuration, for work that means nothing without one.
    ///
    /// # Errors
    /// There is none.
    pub fn require_config(&self) -> Result<(), RunError> {
        match self.source {
            Some(_) => Ok(()),
            None => Err(RunError::NoConfig { repo: self.repo.path().to_path_buf() }),
        }
    }

    /// That the bot's commits are what the configuration says, for work that publishes them.
    ///
    /// # Errors
    /// They are to be signed, and there is no key.
    pub fn require_signer(&self) -> Result<(), RunError> {
        let unsigned = self.config.commits.signing_key.is_some() && !self.repo.signs();
        if unsigned { Err(RunError::NoSigningKey { guest: self.guest }) } else { Ok(()) }
    }
}

/// Where both sides are: on the server that the environment names, or else where git's remotes lead; upstream, where it has a remote of its own,
/// there.
fn hosts(repo: &Repo, server: &str) -> Hosts {
    let fork = if server == GITHUB { repo.server_of("origin", GITHUB) } else { None };
    let fork = fork.as_deref().unwrap_or(server);
    let upstream = repo.server_of("upstream", fork);
    Hosts::new(fork, upstream.as_deref().unwrap_or(fork))
}

/// The newest of upstream's releases.
fn newest(repo: &Repo, pattern: &Releases) -> Result<(String, CommitId), RunError> {
    releases(repo, pattern)?.pop().ok_or_else(|| {
        RunError::NoBranch(format!(
            "no tag of upstream's matches `{}` (upstream.tags): git ls-remote --tags upstream lists them, and a run without --offline fetches them",
            visible(&pattern.pattern)
        ))
    })
}

fn fork_branch(repo: &Repo, config: &Config) -> Result<BranchName, RunError> {
    if let Some(branch) = &config.fork.branch {
        return Ok(branch.clone());
    }
    let head = repo.head_name().and_then(|name| name.strip_prefix("refs/heads/").map(BranchName::from));
    head.ok_or_else(|| {
        RunError::NoBranch(
            "HEAD is on no branch. Next: switch to the fork's branch, or name it as fork.branch in the configuration"
                .into(),
        )
    })
}

/// That a branch is not there, with those that are and how to get it.
fn missing(repo: &Repo, (name, of): (&str, &str), offline: bool) -> String {
    const NAMED: usize = 5;
    let below = name.rfind('/').map_or(name, |at| &name[..=at]);
    let there = repo.references(below).unwrap_or_default();
    let mut names: Vec<String> =
        there.iter().filter_map(|(name, _)| Some(visible(name.strip_prefix(below)?))).take(NAMED).collect();
    names.retain(|name| name != "HEAD");
    let there = if names.is_empty() { String::new() } else { format!(" (there is {})", names.join(", ")) };
    let next = if offline && name.starts_with("refs/remotes/") {
        "git fetch upstream brings what is new there, and so does a run without --offline"
    } else {
        "git branch -a lists the branches there are"
    };
    format!("there is no {} for {of}{there}: {next}", visible(name))
}
