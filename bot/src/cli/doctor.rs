//! `uptake doctor`: a set-up looked at from end to end.

use std::fmt::Write;

use clap::Args;

use super::github::open_github;
use super::term::{BAD, GOOD, WAIT, bold, faint, styled};
use super::workflows::workflow_texts;
use super::{DONE, Failure, Invocation, OutputFormat, json};
use crate::config::Config;
use crate::forge::github::Purpose;
use crate::names::BranchName;
use crate::pipeline::{self, Context, RunError, Session};
use crate::setup::{Finding, FindingLevel, SetupFacts, examine};
use crate::survey::Warning;
use crate::text::{count, visible};
use crate::view::note::warning::warning;
use engine::Repo;
use engine::progress::Silent;

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// How to print it
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
}

pub(super) fn doctor(call: &Invocation, args: &DoctorArgs) -> Result<u8, Failure> {
    let repo = Repo::open(&call.context.repo)?;
    let config = configured(call, &repo);
    // GitHub can be asked where the configuration is wrong, too.
    let plain = Config::default();
    let known = config.as_ref().unwrap_or(&plain);
    let own = repo.head_name().and_then(|name| name.strip_prefix("refs/heads/").map(BranchName::from));
    let trunk = known.fork.branch.clone().or(own);
    let github = open_github(call, &repo, known, Purpose::Read);
    let page = github.as_ref().ok().map(|github| github.page().trim_end_matches("/pulls").to_owned());
    let found = examine(&SetupFacts {
        config: config.as_ref().map_err(Clone::clone),
        upstream: upstream(&repo, known, &call.context.server),
        warnings: &warnings(call, &repo),
        trunk: trunk.as_deref(),
        files: &files(&repo, trunk.as_deref())?,
        forge: github.map_err(|fault| fault.line()).and_then(|github| github.set_up(trunk.as_deref())),
        fork: page.as_deref(),
    });
    call.print(&match args.format {
        OutputFormat::Text => text(&found),
        OutputFormat::Markdown => markdown(&found),
        OutputFormat::Json => json(&found)?,
    })?;
    let wrong = found.iter().filter(|finding| finding.mark == FindingLevel::Wrong).count();
    if wrong > 0 {
        let what = if wrong == 1 { "1 thing is wrong".to_owned() } else { format!("{wrong} things are wrong") };
        return Err(Failure::failed(what));
    }
    Ok(DONE)
}

fn configured(call: &Invocation, repo: &Repo) -> Result<Config, String> {
    let source = match pipeline::read_config(repo, &call.context.config) {
        Ok(Some(source)) => source,
        Ok(None) => return Err("there is none: `uptake init` writes one to start from".into()),
        Err(error) => return Err(error.to_string()),
    };
    source.check(repo).map_err(|error| match error {
        RunError::Config { problems, .. } => {
            format!(
                "{} has {}: `uptake check` says which, and where",
                problems.name,
                count(problems.list.len(), "problem")
            )
        }
        other => other.to_string(),
    })
}

/// What makes a survey less than it seems, as far as it can be known without fetching.
fn warnings(call: &Invocation, repo: &Repo) -> Vec<String> {
    let context = Context { offline: true, ..call.context.clone() };
    let found = Session::open(&context, &mut Silent).and_then(|session| session.warnings());
    let cut = || Warning::CutHistory { commits: repo.edges(), in_range: false };
    let found = found.unwrap_or_else(|_| repo.is_shallow().then(cut).into_iter().collect());
    found.iter().map(|found| warning(found, super::reader())).collect()
}

fn upstream(repo: &Repo, config: &Config, server: &str) -> Result<String, String> {
    match &config.upstream.repository {
        _ if repo.has_remote("upstream") => Ok("the remote upstream".into()),
        Some(repository) => Ok(format!("{server}/{repository}")),
        None => Err("there is no remote named upstream and no upstream.repository".into()),
    }
}

/// The workflow files on the fork's branch, each with its text.
fn files(repo: &Repo, trunk: Option<&str>) -> Result<Vec<(String, String)>, Failure> {
    let Some(trunk) = trunk else { return Ok(Vec::new()) };
    let Some(head) = repo.reference(&format!("refs/heads/{trunk}"))? else { return Ok(Vec::new()) };
    let tree = repo.commit(head)?.tree;
    workflow_texts(repo, tree, &repo.files(tree)?)
}

fn text(found: &[Finding]) -> String {
    let mut text = String::new();
    for finding in found {
        let mark = match finding.mark {
            FindingLevel::Right => styled("right  ", GOOD),
            FindingLevel::Wrong => styled("wrong  ", BAD),
            FindingLevel::Note => styled("note   ", WAIT),
            FindingLevel::Unknown => styled("unknown", WAIT),
        };
        let _ = writeln!(text, "{mark}  {}: {}", bold(finding.about), visible(&finding.described));
        if let Some(fix) = &finding.fix {
            let _ = writeln!(text, "         {fix}");
        }
        if let Some(page) = &finding.page {
            let _ = writeln!(text, "         {}", faint(page));
        }
    }
    text
}

fn markdown(found: &[Finding]) -> String {
    let mut text = String::from("| | what | how it is | what to do |\n| --- | --- | --- | --- |\n");
    for finding in found {
        let mark = match finding.mark {
            FindingLevel::Right => "right",
            FindingLevel::Wrong => "**wrong**",
            FindingLevel::Note => "note",
            FindingLevel::Unknown => "unknown",
        };
        let fix = finding.fix.as_deref().map(crate::text::inert_line).unwrap_or_default();
        let fix = match &finding.page {
            Some(page) if !fix.is_empty() => format!("{fix} ([there](<{page}>))"),
            Some(page) => format!("[there](<{page}>)"),
            None => fix,
        };
        let _ =
            writeln!(text, "| {mark} | {} | {} | {fix} |", finding.about, crate::text::inert_line(&finding.described));
    }
    text
}
