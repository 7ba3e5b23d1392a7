//! The pipeline: configuration and repository to survey, plan, branches and changes. The only file that knows every stage;
//! schedule, comment and terminal all come through here.

pub mod decide;
mod folders;
mod ground;
mod hear;
mod landing;
mod matrix;
mod publish;
pub mod remember;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::SecretString;

use crate::config::raw::WhichRepo;
use crate::config::{CONFIG_PATH, Config, Lookup, check_text};
use crate::decision::{Decision, Rulings};
use crate::forge::ForgeError;
use crate::ledger::{self, Ledger, LedgerError, find_in_clone};
use crate::memory::LearnReport;
use crate::pick::runner::{CommandRunner, NoCommands};
use crate::pick::{Built, LockfileCache, Scope};
use crate::plan::{check_groups, plan};
use crate::publish::ApplyError;
use crate::survey::{Heads, Survey, SurveyError, survey};
use crate::view::why::{Explanation, NotFound};
use crate::yaml::{Problems, text_of};
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::progress::Progress;
use engine::{GitError, Repo, Resolved};

pub use hear::NewComments;
pub use publish::PublishOutcome;

/// What a run works on.
#[derive(Debug, Clone)]
pub struct Options {
    /// The clone of the fork.
    pub repo: PathBuf,
    /// Where the configuration is.
    pub config: ConfigFrom,
    /// Take `refs/remotes/upstream/<branch>` and the fork's branch as they are, without fetching.
    pub offline: bool,
    /// What a private upstream is shown to be fetched from; by default what the person's own git has for it.
    pub upstream_token: Option<SecretString>,
}

/// Where a configuration is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFrom {
    /// The fork's own [`CONFIG_PATH`], if it has one.
    Fork,
    /// This file.
    File(PathBuf),
    /// Nowhere: one is about to be written.
    Nowhere,
}

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration has problems.
    #[error("the configuration has problems")]
    Config {
        /// All of them.
        problems: Problems,
        /// The text they are in.
        text: String,
    },
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no configuration, and the work cannot be done without.
    #[error("no configuration: {} has no {CONFIG_PATH}", repo.display())]
    NoConfig {
        /// The repository.
        repo: PathBuf,
    },
    /// A branch is not there.
    #[error("{0}")]
    NoBranch(String),
    /// The survey could not be made.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// A name stands for no commit that could be taken.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The forge could not be read or written.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// A decision that cannot be taken.
    #[error(transparent)]
    Undecidable(#[from] decide::DecisionError),
    /// The ledger is not right, or could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<ApplyError> for RunError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Forge(error) => Self::Forge(error),
            ApplyError::Ledger(error) => Self::Ledger(error),
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
    pub branch: String,
    /// Upstream's branch, its short name.
    pub upstream_branch: String,
    /// Where both branches are.
    pub heads: Heads,
    /// What people decided, and what became of each phase.
    pub ledger: Ledger,
    /// The decisions among those that are yet to be written to the forge.
    pub said: Vec<Decision>,
    /// What people settled on the branches of the forge, and is yet to be written there.
    pub learned: LearnReport,
    /// When this run is.
    pub now: Timestamp,
    /// The rounds of phases that are in the fork.
    pub landed: Vec<ledger::Landing>,
    /// What starts programs; by itself nothing does.
    pub workshop: Box<dyn CommandRunner>,
    /// Lock files that were made before.
    pub remade: LockfileCache,
}

/// A configuration as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigText {
    /// Its text.
    pub text: String,
    /// What to call it.
    pub name: String,
}

/// Opens the repository, reads the configuration, finds (or fetches) both branches, and reads the ledger the clone has.
///
/// # Errors
/// Any of them is not there or not right.
pub fn open(options: &Options, progress: &mut dyn Progress) -> Result<Session, RunError> {
    let mut opened = open_without_ledger(options, progress)?;
    opened.ledger = Ledger::read(&opened.repo, find_in_clone(&opened.repo)?)?;
    opened.find_landed(None)
}

/// The same for a run whose ledger is elsewhere: [`Session::with_ledger_of`] is next.
///
/// # Errors
/// As for [`open`].
pub fn open_without_ledger(options: &Options, progress: &mut dyn Progress) -> Result<Session, RunError> {
    let repo = Repo::open(&options.repo)?;
    let source = read_config(&repo, &options.config)?;
    if !options.offline {
        // The configuration may name commits that only a fetch brings, so what to fetch is read from it as it is written.
        let upstream = match &source {
            Some(ConfigText { text, name }) => {
                check_text(text, name).map_err(|problems| RunError::Config { problems, text: text.clone() })?.upstream
            }
            None => WhichRepo::default(),
        };
        fetch(&repo, &upstream, options.upstream_token.as_ref(), progress)?;
    }
    let config = match &source {
        Some(ConfigText { text, name }) => check(&repo, text, name)?,
        None => Config::default(),
    };
    let branch = fork_branch(&repo, &config)?;
    let upstream_branch = upstream_branch(&repo, &config)?;
    let head = |name: String, of: &str| {
        repo.reference(&name)?.ok_or_else(|| RunError::NoBranch(missing(&name, of, options.offline)))
    };
    let heads = Heads {
        fork: head(format!("refs/heads/{branch}"), "the fork's branch (fork.branch)")?,
        upstream: head(upstream_ref(&upstream_branch), "upstream's branch (upstream.branch)")?,
    };
    Ok(Session {
        repo,
        config,
        source,
        branch,
        upstream_branch,
        heads,
        ledger: Ledger::default(),
        landed: Vec::new(),
        said: Vec::new(),
        learned: LearnReport::default(),
        now: publish::now(),
        workshop: Box::new(NoCommands),
        remade: LockfileCache::default(),
    })
}

/// Checks a configuration against the repository.
///
/// # Errors
/// It has problems.
pub fn check(repo: &Repo, text: &str, name: &str) -> Result<Config, RunError> {
    Config::parse(text, name, &|sha| lookup(repo, sha))
        .map_err(|problems| RunError::Config { problems, text: text.to_owned() })
}

fn lookup(repo: &Repo, sha: &str) -> Lookup {
    match repo.resolve(sha) {
        Resolved::Commit(id) => Lookup::Found(id),
        Resolved::Ambiguous => Lookup::Ambiguous(2),
        Resolved::Unknown => Lookup::Unknown { like: repo.similar(sha) },
    }
}

/// The configuration, unread.
///
/// # Errors
/// It was named and cannot be read, or it is no text.
pub fn read_config(repo: &Repo, from: &ConfigFrom) -> Result<Option<ConfigText>, RunError> {
    let source = |bytes: &[u8], name: String| match text_of(bytes, &name) {
        Ok(text) => Ok(Some(ConfigText { text: text.to_owned(), name })),
        Err(problems) => Err(RunError::Config { problems, text: String::from_utf8_lossy(bytes).into_owned() }),
    };
    let read = |path: &Path| match std::fs::read(path) {
        Ok(bytes) => source(&bytes, path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && *from == ConfigFrom::Fork => Ok(None),
        Err(source) => Err(RunError::Read { path: path.to_path_buf(), source }),
    };
    match from {
        ConfigFrom::Fork => {}
        ConfigFrom::File(path) => return read(path),
        ConfigFrom::Nowhere => return Ok(None),
    }
    if let Some(folder) = repo.work_tree() {
        return read(&folder.join(CONFIG_PATH));
    }
    // A bare repository has its configuration on its branch only.
    let Some(head) = repo.head_name().map(|name| repo.reference(&name)).transpose()?.flatten() else { return Ok(None) };
    let Some(entry) = repo.entry(repo.commit(head)?.tree, &RepoPath::from(CONFIG_PATH))? else { return Ok(None) };
    let Some(content) = repo.content(entry)? else { return Ok(None) };
    source(&content, format!("{}:{CONFIG_PATH}", head.short()))
}

fn fork_branch(repo: &Repo, config: &Config) -> Result<String, RunError> {
    if let Some(branch) = &config.fork.branch {
        return Ok(branch.clone());
    }
    let head = repo.head_name().and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned));
    head.ok_or_else(|| RunError::NoBranch("HEAD is on no branch: name the fork's branch as fork.branch".into()))
}

fn upstream_branch(repo: &Repo, config: &Config) -> Result<String, RunError> {
    if let Some(branch) = &config.upstream.branch {
        return Ok(branch.clone());
    }
    for branch in ["main", "master"] {
        if repo.reference(&upstream_ref(branch))?.is_some() {
            return Ok(branch.to_owned());
        }
    }
    Err(RunError::NoBranch(
        "there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master: \
         git remote add upstream URL && git fetch upstream, or name upstream.branch in the configuration"
            .into(),
    ))
}

fn upstream_ref(branch: &str) -> String {
    format!("refs/remotes/upstream/{branch}")
}

fn missing(name: &str, of: &str, offline: bool) -> String {
    let next = if offline && name.starts_with("refs/remotes/") {
        "git fetch upstream brings it, and so does a run without --offline"
    } else {
        "git branch -a lists the branches there are"
    };
    format!("there is no {name} for {of}: {next}")
}

fn fetch(
    repo: &Repo,
    upstream: &WhichRepo,
    token: Option<&SecretString>,
    progress: &mut dyn Progress,
) -> Result<(), RunError> {
    let from = match &upstream.repository {
        _ if repo.has_remote("upstream") => "upstream".to_owned(),
        Some(repository) => format!("https://github.com/{repository}.git"),
        None => {
            return Err(RunError::NoBranch(
                "there is no remote named upstream and no upstream.repository in the configuration: \
                 git remote add upstream URL, or use --offline"
                    .into(),
            ));
        }
    };
    progress.stage("fetching upstream", 1);
    match &upstream.branch {
        Some(branch) => repo.fetch_upstream(&from, branch, token)?,
        None => repo.fetch_upstream(&from, "main", token).or_else(|_| repo.fetch_upstream(&from, "master", token))?,
    }
    progress.step();
    Ok(())
}

impl Session {
    /// Surveys the range.
    ///
    /// # Errors
    /// The branches are unrelated, or the repository cannot be read.
    pub fn survey(&self, progress: &mut dyn Progress) -> Result<Survey, RunError> {
        let landed = self.landed.iter().flat_map(|landing| &landing.picks).copied().collect::<Vec<_>>();
        Ok(survey(&self.repo, self.heads, &self.config, &landed, progress)?)
    }

    /// That there is a configuration, for work that means nothing without one.
    ///
    /// # Errors
    /// There is none.
    pub fn configured(&self) -> Result<(), RunError> {
        match self.source {
            Some(_) => Ok(()),
            None => Err(RunError::NoConfig { repo: self.repo.path().to_path_buf() }),
        }
    }

    /// Plans the phases and builds their branches in memory. Without a configuration there are no phases.
    ///
    /// # Errors
    /// A supersede group names a commit of no phase, or the repository cannot be read.
    pub fn build(&self, survey: &Survey, progress: &mut dyn Progress) -> Result<Built, RunError> {
        self.build_with(survey, Scope::All(survey), progress)
    }

    fn build_with(&self, survey: &Survey, seek: Scope<'_>, progress: &mut dyn Progress) -> Result<Built, RunError> {
        if let Some(ConfigText { text, name }) = &self.source {
            let checked = check_groups(&self.config, name, survey);
            checked.map_err(|problems| RunError::Config { problems, text: text.clone() })?;
        }
        let rulings = self.ledger.effective();
        let plan = plan(survey, &self.config, &rulings, &self.ancestors(survey, &rulings)?);
        self.build_plan(seek, &plan, progress)
    }

    /// All that is known of one commit, by its full or shortened SHA.
    ///
    /// # Errors
    /// The name stands for no commit of the range, or the repository cannot be read.
    pub fn why(&self, survey: &Survey, name: &str, progress: &mut dyn Progress) -> Result<Explanation, RunError> {
        let commit = crate::view::why::find(&self.repo, survey, name)?;
        // What other picks need is not asked here, and is most of the work.
        let seek = Scope::One(survey, commit.sha);
        let built = self.source.is_some().then(|| self.build_with(survey, seek, progress)).transpose()?;
        self.explain(survey, built.as_ref(), commit)
    }

    /// The commits that the configuration or a decision names and that are not in the range but in the fork's history.
    fn ancestors(&self, survey: &Survey, rulings: &Rulings) -> Result<HashSet<CommitId>, RunError> {
        let range: HashSet<CommitId> = survey.commits.iter().map(|commit| commit.sha).collect();
        let mut found = HashSet::new();
        let named = self.config.phases.iter().flat_map(|phase| &phase.picks).map(|pick| pick.sha);
        for sha in named.chain(rulings.commits().map(|(sha, _)| sha)) {
            // A decision may name a commit that this clone does not have: no commit of its is an ancestor of anything here.
            if !range.contains(&sha) && self.repo.has_commit(sha) && self.repo.contains(self.heads.fork, sha)? {
                found.insert(sha);
            }
        }
        Ok(found)
    }
}
