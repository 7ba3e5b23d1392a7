//! What went wrong, as people read it: what, where, what next; and the exit code.

use std::fmt;

use crate::action::{AnnotationLevel, annotation};
use crate::config::CONFIG_PATH;
use crate::demo::DemoError;
use crate::forge::ForgeError;
use crate::forge::github::GitHubError;
use crate::ledger::LedgerError;
use crate::pipeline::RunError;
use crate::pipeline::decide::DecisionError;
use crate::survey::SurveyError;
use crate::view::note::warning::{Reader, remedy};
use crate::view::why::NotFound;
use engine::GitError;

/// The work failed.
const FAILED: u8 = 1;
/// Wrong use or bad configuration.
pub(super) const USE: u8 = 2;

/// A fault, ready to be shown.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: Message,
    hint: Option<String>,
}

#[derive(Debug)]
enum Message {
    Line(String),
    /// The problems of files, each with the text they are in.
    Files(Vec<(crate::yaml::Problems, String)>),
}

impl Failure {
    pub(super) fn failed(message: String) -> Self {
        Self { code: FAILED, message: Message::Line(message), hint: None }
    }

    pub(super) fn wrong(message: String, hint: Option<String>) -> Self {
        Self { code: USE, message: Message::Line(message), hint }
    }

    pub(super) const fn code(&self) -> u8 {
        self.code
    }

    /// What is wrong and what to do, on one line.
    pub(super) fn line(&self) -> String {
        let described = match &self.message {
            Message::Line(line) => line.clone(),
            Message::Files(files) => {
                files.iter().map(|(problems, _)| problems.to_string()).collect::<Vec<_>>().join("; ")
            }
        };
        self.hint.as_ref().map_or_else(|| described.clone(), |hint| format!("{described}: {hint}"))
    }

    pub(super) fn render(&self, colour: bool) -> String {
        let mut text = match &self.message {
            Message::Line(line) => format!("{} {line}", super::term::styled("error:", super::term::BAD.bold())),
            Message::Files(files) => {
                let files: Vec<String> = files.iter().map(|(problems, text)| problems.render(text, colour)).collect();
                files.join("\n")
            }
        };
        if let Some(hint) = &self.hint {
            text.push_str("\n  ");
            text.push_str(hint);
        }
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Failure {}

/// What a job on GitHub shows for a fault.
impl Failure {
    /// Lines by which the runner shows the fault at its places; files are named from `top`, the folder of the checkout.
    pub(super) fn annotations(&self, top: Option<&std::path::Path>) -> String {
        match &self.message {
            Message::Line(line) => annotation(AnnotationLevel::Error, None, &self.with_hint(line)),
            Message::Files(files) => files.iter().map(|(problems, _)| annotated(problems, top)).collect(),
        }
    }

    /// The page of a job that failed, Markdown.
    pub(super) fn page(&self) -> String {
        let described = match &self.message {
            Message::Line(line) => self.with_hint(line),
            Message::Files(files) => {
                let all: Vec<String> = files.iter().map(|(problems, _)| problems.to_string()).collect();
                self.with_hint(&all.join("\n"))
            }
        };
        format!("## Uptake: failed\n\n{}\n", crate::text::fenced("text", &described))
    }

    fn with_hint(&self, line: &str) -> String {
        self.hint.as_ref().map_or_else(|| line.to_owned(), |hint| format!("{line}\n{hint}"))
    }
}

/// The problems of one file, a line for each.
fn annotated(problems: &crate::yaml::Problems, top: Option<&std::path::Path>) -> String {
    let path = std::path::Path::new(&problems.name);
    let file = top.and_then(|top| path.strip_prefix(top).ok()).unwrap_or(path).display().to_string();
    let one = |problem: &crate::yaml::Problem| {
        let help = problem.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        let place = (file.as_str(), problem.line, problem.column);
        annotation(AnnotationLevel::Error, Some(place), &format!("{}{help}", problem.message))
    };
    problems.list.iter().map(one).collect()
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        match error {
            RunError::Config { problems, text } => {
                Self { code: USE, message: Message::Files(vec![(problems, text)]), hint: None }
            }
            RunError::NoConfig { repo } => Self::wrong(message, Some(where_else(&repo))),
            RunError::Survey(SurveyError::Unrelated { shallow: true, .. }) if super::reader() == Reader::Actions => {
                Self::wrong(message, Some(remedy(Reader::Actions).into()))
            }
            RunError::NoSigningKey { guest: true } => {
                let hint =
                    "a host signs the commits of forks it trusts alone (--trust); any other fork runs its own workflow";
                Self::wrong(message, Some(hint.into()))
            }
            RunError::NoSigningKey { guest: false } | RunError::SigningKey(_) => {
                let hint = "UPTAKE_SIGNING_KEY holds the text of an ed25519 key without a passphrase, or UPTAKE_SIGNING_KEY_FILE names its file: ssh-keygen -t ed25519 -N '' -f FILE makes one, and FILE.pub is what commits.signing_key says";
                Self::wrong(message, Some(hint.into()))
            }
            RunError::Read { .. } => {
                let hint = format!("--config names the file; without it, it is {CONFIG_PATH} of the fork");
                Self::wrong(message, Some(hint))
            }
            RunError::NoBranch(_)
            | RunError::Survey(SurveyError::Unrelated { .. } | SurveyError::NotUpstreams { .. }) => {
                Self::wrong(message, None)
            }
            RunError::NotFound(NotFound::Git(error))
            | RunError::Git(error)
            | RunError::Survey(SurveyError::Git(error)) => error.into(),
            RunError::NotFound(
                NotFound::Unknown { .. }
                | NotFound::Ambiguous { .. }
                | NotFound::Merge(_)
                | NotFound::Fork { .. }
                | NotFound::Elsewhere(_),
            ) => Self::wrong(message, Some("uptake survey lists the commits that can be asked about".into())),
            RunError::Forge(error) => error.into(),
            RunError::Undecidable(DecisionError::NoCommit { .. }) => {
                let hint = "uptake survey lists upstream's commits, git log the fork's; nothing was decided";
                Self::wrong(message, Some(hint.into()))
            }
            RunError::Undecidable(_) => Self::wrong(message, Some("nothing was decided".into())),
            RunError::Ledger(error) => error.into(),
        }
    }
}

/// What to do where there is no configuration. One that lies beside its place is named.
fn where_else(repo: &std::path::Path) -> String {
    const NEAR: [&str; 5] = [".github/uptake.yaml", "uptake.yml", "uptake.yaml", ".uptake.yml", "config/uptake.yml"];
    match NEAR.into_iter().find(|name| repo.join(name).is_file()) {
        Some(name) => format!("there is {name}: move it to {CONFIG_PATH}, or say --config {name}"),
        None => "uptake init writes one to start from; --config FILE takes one from elsewhere".to_owned(),
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let message = error.to_string();
        match error {
            LedgerError::Problems { files } => Self {
                code: USE,
                message: Message::Files(files),
                hint: Some("git switch uptake/ledger, fix it, commit and push; nothing was changed".into()),
            },
            LedgerError::Unfit { .. } => Self::wrong(message, None),
            LedgerError::Diverged { .. } => {
                Self::wrong(message, Some("merge or rebase one onto the other: both hold decisions".into()))
            }
            LedgerError::Contended(_) => Self::failed(message),
            LedgerError::Git(error) => error.into(),
            LedgerError::Forge(error) => error.into(),
        }
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let message = error.to_string();
        match error {
            GitError::Open { .. } if error.is_of_another_user() => {
                let hint =
                    "as git's owner check does: git config --global --add safe.directory DIR trusts it, if you do";
                Self::wrong(message, Some(hint.into()))
            }
            GitError::Open { .. } => Self::wrong(
                message,
                Some(
                    "change into a clone of the fork, or name it with --repo DIR: its folder, or a bare repository"
                        .into(),
                ),
            ),
            GitError::Format { format, .. } => Self::wrong(message, Some(format.advice().into())),
            GitError::Command { operation: "fetch", .. } => {
                let hint = "git remote -v shows the address; --offline works with what was fetched before";
                Self { hint: Some(hint.into()), ..Self::failed(message) }
            }
            GitError::TooLarge { .. } => {
                let hint = "--clone-size of uptake serve says how much a clone may take; a clone that is removed is made again";
                Self { hint: Some(hint.into()), ..Self::failed(message) }
            }
            GitError::Missing { .. }
            | GitError::Merge { .. }
            | GitError::Damaged { .. }
            | GitError::TooDeep { .. }
            | GitError::RefMoved { .. }
            | GitError::RefLocked { .. }
            | GitError::Command { .. }
            | GitError::Other { .. } => Self::failed(message),
        }
    }
}

impl From<ForgeError> for Failure {
    fn from(error: ForgeError) -> Self {
        match error {
            ForgeError::Git(error) => error.into(),
            ForgeError::BranchRefused { .. } | ForgeError::Shut { .. } => {
                Self { hint: error.advice().map(str::to_owned), ..Self::failed(error.to_string()) }
            }
            ForgeError::GitHub(error) => {
                let message = error.to_string();
                let hint = error.advice().map(str::to_owned);
                match *error {
                    GitHubError::Setup { .. } | GitHubError::Upstream(_) => Self::wrong(message, hint),
                    GitHubError::Refused { .. }
                    | GitHubError::Git { .. }
                    | GitHubError::Unreachable { .. }
                    | GitHubError::Limited { .. }
                    | GitHubError::BadResponse { .. }
                    | GitHubError::ReadOnly(_) => Self { hint, ..Self::failed(message) },
                }
            }
            ForgeError::File { .. } => {
                let hint = "folder:DIR names a folder of your own, or one that can be made";
                Self { hint: Some(hint.into()), ..Self::failed(error.to_string()) }
            }
            ForgeError::Content { .. }
            | ForgeError::Busy(_)
            | ForgeError::Missing(_)
            | ForgeError::NoCommits { .. }
            | ForgeError::NoDrafts
            | ForgeError::Stacked { .. }
            | ForgeError::CannotReopen { .. } => Self::failed(error.to_string()),
        }
    }
}

impl From<crate::view::report::ReportError> for Failure {
    fn from(error: crate::view::report::ReportError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Git(error) => error.into(),
            DemoError::File { .. } | DemoError::Draft(_) | DemoError::NoBranch(_) => Self::failed(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(format!("cannot write the output: {}", crate::files::reason(&error)))
    }
}
