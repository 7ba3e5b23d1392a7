//! The commands that write documents: the report, an imported analysis, a starting configuration.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::github;
use super::survey::ways;
use super::workflows::{suggested_matrix, write_workflows};
use super::{DONE, Failure, Invocation, OutputFormat, json, say};
use crate::config::raw::WhichRepo;
use crate::config::{CONFIG_PATH, Config};
use crate::files;
use crate::import;
use crate::pick::Built;
use crate::pipeline::{ConfigFrom, ConfigText, Context, Inputs, Session, followed_releases, own_folders};
use crate::setup::{Layout, StartFrom, starting};
use crate::survey::Survey;
use crate::view::report;
use crate::workflows::ActionRef;
use engine::ids::CommitId;
use engine::{GitError, Merger, Repo, ResolvedName};

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// How to write it [default: Markdown; with --output both]
    #[arg(long, value_enum)]
    format: Option<ReportFormat>,
    /// Write it instead of printing: uptake-report.md and uptake-report.html into this folder, or a file named .md or .html
    #[arg(long, value_name = "DIR|FILE")]
    output: Option<PathBuf>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For GitHub and editors
    Markdown,
    /// One page for a browser, with the range as a picture
    Html,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The analysis: Markdown with tables of commits under priority headings
    #[arg(value_name = "ANALYSIS.md")]
    analysis: PathBuf,
    /// Write the configuration to this file, and print where the analysis is wrong.
    /// Without it, the configuration is printed and the check goes to standard error
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
    /// How to print where the analysis is wrong
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Where to write it [default: .github/uptake.yml of the fork; of a bare repository it is printed]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    pub(super) force: bool,
    /// Print it instead
    #[arg(long, conflicts_with_all = ["output", "force"])]
    pub(super) stdout: bool,
    /// A phase for each topic that is learned from the range, instead of upstream's order
    #[arg(long, conflicts_with = "workflows")]
    topics: bool,
    /// Write the workflows instead, into .github/workflows: the scheduled run, comments, tests
    #[arg(long, conflicts_with = "output")]
    workflows: bool,
    /// Write the workflow of a host instead, which runs for all forks that its GitHub App is installed on
    #[arg(long, requires = "workflows")]
    pub(super) fleet: bool,
    /// The action the workflows use; a tag or branch is looked up, and the commit it is at written down
    #[arg(long, value_name = "OWNER/NAME@REF", requires = "workflows", value_parser = ActionRef::read)]
    pub(super) action: Option<ActionRef>,
}

/// What a report is made from.
pub(super) struct ReportInput<'a> {
    pub(super) survey: &'a Survey,
    pub(super) built: &'a Built,
    pub(super) config: &'a Config,
}

impl ReportInput<'_> {
    fn facts(&self) -> report::ReportFacts<'_> {
        report::ReportFacts { survey: self.survey, built: self.built, config: self.config }
    }

    fn text(&self, format: ReportFormat) -> Result<String, Failure> {
        Ok(match format {
            ReportFormat::Markdown => report::markdown(&self.facts()),
            ReportFormat::Html => report::html(&self.facts())?,
        })
    }

    /// Writes both documents into a folder.
    pub(super) fn write_to(&self, folder: &Path) -> Result<(), Failure> {
        [ReportFormat::Markdown, ReportFormat::Html].into_iter().try_for_each(|format| self.write_as(format, folder))
    }

    fn write_as(&self, format: ReportFormat, folder: &Path) -> Result<(), Failure> {
        self.write(format, &folder.join(format.file_name()))
    }

    fn write(&self, format: ReportFormat, path: &Path) -> Result<(), Failure> {
        let folder = path.parent().unwrap_or(path);
        std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        files::write(path, self.text(format)?.as_bytes()).map_err(|error| cannot_write(path, &error))
    }
}

impl ReportFormat {
    const fn file_name(self) -> &'static str {
        match self {
            Self::Markdown => "uptake-report.md",
            Self::Html => "uptake-report.html",
        }
    }

    /// The format of a file of this name, unless it is a folder.
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension().filter(|_| !path.is_dir())?;
        [Self::Markdown, Self::Html]
            .into_iter()
            .find(|format| Path::new(format.file_name()).extension() == Some(extension))
    }
}

pub(super) fn report(call: &Invocation, args: &ReportArgs) -> Result<u8, Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    let inputs = Inputs::of_clone(&session)?;
    let mut survey = inputs.survey(&mut bars)?;
    inputs.roads(&mut survey, &mut bars)?;
    let built = inputs.build(&survey, &mut bars)?;
    drop(bars);
    call.warn(&survey);
    let report = ReportInput { survey: &survey, built: &built, config: &session.config };
    let Some(path) = &args.output else {
        call.print(&report.text(args.format.unwrap_or(ReportFormat::Markdown))?)?;
        return Ok(DONE);
    };
    let at = path.display();
    call.remark(&match (ReportFormat::of(path), args.format) {
        (Some(named), format) => {
            report.write(format.unwrap_or(named), path)?;
            format!("Wrote {at}.")
        }
        (None, Some(format)) => {
            report.write_as(format, path)?;
            format!("Wrote {} in {at}.", format.file_name())
        }
        (None, None) => {
            report.write_to(path)?;
            format!("Wrote uptake-report.md and uptake-report.html in {at}.")
        }
    });
    Ok(DONE)
}

pub(super) fn import(call: &Invocation, args: &ImportArgs) -> Result<u8, Failure> {
    let name = args.analysis.display().to_string();
    let bytes = std::fs::read(&args.analysis)
        .map_err(|error| Failure::wrong(format!("cannot read {name}: {}", files::reason(&error)), None))?;
    let text = String::from_utf8_lossy(&bytes);
    let analysis = import::read(&text).map_err(|error| Failure::wrong(format!("{name}: {error}"), None))?;
    let (session, survey) = survey_for_new(call)?;
    let (upstream, fork) = sides(&session);
    // A commit that cannot be looked up for lack of history is as good as unknown, and reported as such.
    let lookup = |sha: &str| listed(&session.repo, &survey, sha).unwrap_or(import::ListedCommit::Unknown);
    let scope = scope(&session.repo, &survey, &analysis)?;
    let faults = import::faults(&analysis, &survey, &scope, &lookup);
    let wanted = import::without(analysis.clone(), &|sha| matches!(lookup(sha), import::ListedCommit::Elsewhere(_)));
    let mut config = import::to_config(&wanted);
    config.upstream = upstream;
    config.fork = fork.into();
    let yaml = config.to_yaml_with(&|path| import::comment(&analysis, path));
    let report = import::AnalysisReport::new(&name, &analysis, faults);
    let described = match args.format {
        OutputFormat::Text => report.to_string(),
        OutputFormat::Markdown => report.to_markdown(),
        OutputFormat::Json => json(&report)?,
    };
    match &args.output {
        Some(path) => {
            write_new(path, &yaml, args.force)?;
            call.print(&described)?;
        }
        None => {
            say(described.trim_end(), call.colour);
            call.print(&yaml)?;
        }
    }
    Ok(DONE)
}

pub(super) fn init(call: &Invocation, args: &InitArgs) -> Result<u8, Failure> {
    if args.workflows {
        return write_workflows(call, args);
    }
    let (session, survey) = survey_for_new(call)?;
    let (upstream, fork) = sides(&session);
    let local = own_folders(&session.repo, &survey)?;
    let releases = followed_releases(&session.repo, &survey)?;
    let matrix = suggested_matrix(&session.repo, survey.fork_head)?;
    let text = starting(StartFrom {
        survey: &survey,
        upstream: &upstream,
        fork: &fork,
        local: &local,
        releases: releases.as_deref(),
        layout: if args.topics { Layout::Topics } else { Layout::Line },
        matrix: &matrix,
    });
    let own = session.repo.work_tree().map(|folder| folder.join(CONFIG_PATH));
    match args.output.clone().or(own).filter(|_| !args.stdout) {
        None => call.print(&text)?,
        Some(path) => {
            write_new(&path, &text, args.force)?;
            call.remark(&format!("Wrote {}. Next: read it, then uptake plan.", path.display()));
            if !call.quiet {
                call.remark(&format!("\n{}", compared(call, session, text)?));
            }
        }
    }
    Ok(DONE)
}

/// What the ways of catching up ask of a person, with the configuration that was just written.
fn compared(call: &Invocation, mut session: Session, text: String) -> Result<String, Failure> {
    session.config = ConfigText { text, name: CONFIG_PATH.to_owned() }.check(&session.repo)?;
    let mut bars = call.bars();
    let inputs = Inputs::of_clone(&session)?;
    let mut survey = inputs.survey(&mut bars)?;
    inputs.roads(&mut survey, &mut bars)?;
    Ok(ways(&survey).trim_end().to_owned())
}

/// Surveys the fork to write its configuration: the one it has, which may be broken, is not looked at unless it is named.
fn survey_for_new(call: &Invocation) -> Result<(Session, Survey), Failure> {
    let config = match &call.context.config {
        ConfigFrom::Fork => ConfigFrom::Nowhere,
        named => named.clone(),
    };
    let mut bars = call.bars();
    let session = Session::open(&Context { config, ..call.context.clone() }, &mut bars)?;
    let survey = Inputs::of_clone(&session)?.survey(&mut bars)?;
    drop(bars);
    call.warn(&survey);
    Ok((session, survey))
}

/// The part of upstream's history that an analysis says it is about.
fn scope(repo: &Repo, survey: &Survey, analysis: &import::Analysis) -> Result<import::RangeScope, GitError> {
    let Some(stated) = &analysis.document.range else { return Ok(import::RangeScope::Whole) };
    let import::document::StatedRange { from, to } = &stated.value;
    let found = |name: &str| -> Result<Option<CommitId>, GitError> {
        for place in ["refs/tags/", "refs/remotes/upstream/", "refs/remotes/", "refs/heads/"] {
            if let Some(commit) = repo.reference(&format!("{place}{name}"))? {
                return Ok(Some(commit));
            }
        }
        Ok(match repo.resolve(&name.to_ascii_lowercase()) {
            ResolvedName::Commit(id) => Some(id),
            ResolvedName::Ambiguous | ResolvedName::Unknown => None,
        })
    };
    let unknown = || import::RangeScope::Unknown { name: format!("{from}..{to}"), line: stated.line };
    let (Some(first), Some(last)) = (found(from)?, found(to)?) else { return Ok(unknown()) };
    if !repo.contains(survey.upstream_head, last)? && survey.upstream_head != last {
        return Ok(unknown());
    }
    let commits = repo.range(first, last)?;
    Ok(import::RangeScope::Part(import::RangePart {
        merges: commits.iter().filter(|commit| commit.is_merge()).count(),
        files: Merger::new(repo)?.files_changed(repo.commit(first)?.tree, repo.commit(last)?.tree)?,
        commits: commits.iter().map(|commit| commit.id).collect(),
    }))
}

/// What the repository has under a name that an analysis gives.
fn listed(repo: &Repo, survey: &Survey, sha: &str) -> Result<import::ListedCommit, GitError> {
    let id = match repo.resolve(sha) {
        ResolvedName::Commit(id) => id,
        ResolvedName::Ambiguous => return Ok(import::ListedCommit::Ambiguous(2)),
        ResolvedName::Unknown => return Ok(import::ListedCommit::Unknown),
    };
    if repo.contains(survey.merge_base, id)? {
        let commit = repo.commit(id)?;
        return Ok(import::ListedCommit::Ancestor {
            id,
            date: commit.author.when,
            subject: commit.subject().to_owned(),
        });
    }
    let in_range = repo.contains(survey.upstream_head, id)?;
    Ok(if in_range { import::ListedCommit::InRange(id) } else { import::ListedCommit::Elsewhere(id) })
}

/// Both sides as they stand, for a new configuration.
fn sides(session: &Session) -> (WhichRepo, WhichRepo) {
    let side = |remote, branch: &str| WhichRepo {
        repository: session.repo.name_on(&github::server_or_usual(), remote),
        branch: Some(branch.into()),
        tags: None,
    };
    (side("upstream", &session.upstream_branch), side("origin", &session.branch))
}

/// Writes a file that people will edit, so never over one they have.
fn write_new(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    if !force && path.exists() {
        let hint = "--force replaces it, --output names another file; nothing was changed".to_owned();
        return Err(Failure::wrong(format!("{} is there already", path.display()), Some(hint)));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    }
    files::write(path, text.as_bytes()).map_err(|error| cannot_write(path, &error))
}

pub(super) fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot write {}: {}", path.display(), files::reason(error)))
}
