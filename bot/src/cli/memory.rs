//! The commands that speak of what people resolved: `memory list`, `forget` and `learn`.

use std::fmt::Write;

use clap::{Args, Subcommand};

use super::ledger::read_ledger;
use super::publish::open_forge;
use super::term::{bold, faint, table};
use super::{DONE, Failure, Invocation, OutputFormat, json, publish};
use crate::forge::github::Purpose;
use crate::ledger::{InClone, Ledger};
use crate::memory::{LearnReport, LearnedResolution, Meta, StoredResolution, keys_like, list};
use crate::pipeline;
use crate::pipeline::decide::DecisionMeta;
use crate::pipeline::resolutions::{forget, keep, learn_from_history};
use crate::text::{count, short};
use engine::ids::CommitId;
use engine::{Repo, ResolvedName};

#[derive(Debug, Subcommand)]
pub(super) enum MemoryCommand {
    /// List what is remembered: where, of which pick, by whom
    List {
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
        #[command(flatten)]
        place: MemoryLocation,
    },
    /// Withdraw an answer
    ///
    /// It is not used any more, nor learned again from the same commit.
    Forget {
        /// Its key, as few letters as tell it from the others
        key: String,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
        /// Who says so [default: git's user.name]
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        #[command(flatten)]
        place: MemoryLocation,
    },
    /// Learn from picks that people made by hand
    ///
    /// Reads a history for how people resolved them. Picks are known by their `(cherry picked from commit …)` line, by author and date, or by their subject. Each is made again
    /// on what it stood on; where that conflicts, what the person left there is the answer.
    Learn {
        /// The history to read, such as the fork's branch, a phase branch, or a commit
        #[arg(long, value_name = "REF")]
        from: String,
        /// Print what would be learned, and write nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        place: MemoryLocation,
    },
}

/// Whose memory.
#[derive(Debug, Args)]
pub(super) struct MemoryLocation {
    /// Whose ledger: github, or folder:DIR [default: the branch uptake/ledger of the clone, for you to push]
    #[arg(long, value_name = "FORGE", value_parser = publish::forge)]
    forge: Option<publish::Target>,
}

pub(super) fn memory(call: &Invocation, command: MemoryCommand) -> Result<u8, Failure> {
    match command {
        MemoryCommand::List { format, place } => {
            let kept = list(&read_ledger(call, place.forge)?)?;
            call.print(&match format {
                OutputFormat::Json => json(&kept.iter().map(AnswerJson::from).collect::<Vec<_>>())?,
                OutputFormat::Text | OutputFormat::Markdown => describe(&kept),
            })?;
        }
        MemoryCommand::Forget { key, why, by, place } => {
            let key = one(&read_ledger(call, place.forge.clone())?, &key)?;
            let (repo, config) = pipeline::open_as_bot(&call.context)?;
            let said = DecisionMeta { by, why, link: None };
            match &place.forge {
                Some(target) => {
                    let config = config.unwrap_or_default();
                    let mut handle = open_forge(call, target, &repo, &config, Purpose::Publish)?;
                    forget(&repo, &mut *handle.forge, &key, said)?
                }
                None => forget(&repo, &mut InClone::new(&repo), &key, said)?,
            };
            call.print(&format!("Forgotten: {key}\n"))?;
            push_hint(call, &place);
        }
        MemoryCommand::Learn { from, dry_run, place } => return learn(call, &from, dry_run, &place),
    }
    Ok(DONE)
}

fn learn(call: &Invocation, from: &str, dry_run: bool, place: &MemoryLocation) -> Result<u8, Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    let tip = tip(&session.repo, from)?;
    let learned = learn_from_history(&session, tip, &mut bars)?;
    drop(bars);
    let mut text = lessons(&learned);
    if !dry_run && !learned.lessons.is_empty() {
        let updated = match &place.forge {
            Some(target) => {
                let mut handle = open_forge(call, target, &session.repo, &session.config, Purpose::Publish)?;
                keep(&session.repo, &mut *handle.forge, &learned.lessons)?
            }
            None => keep(&session.repo, &mut InClone::new(&session.repo), &learned.lessons)?,
        };
        let wrote = updated.is_some_and(|updated| updated.wrote);
        text.push_str(if wrote { "\nThey are on the ledger now.\n" } else { "\nAll of it was known.\n" });
    }
    call.print(&text)?;
    if !dry_run && !learned.lessons.is_empty() {
        push_hint(call, place);
    }
    Ok(DONE)
}

/// What a run learned, on the side.
pub(super) fn report_learned(call: &Invocation, learned: &LearnReport) {
    for LearnedResolution { answer, upstream, .. } in &learned.lessons {
        let (who, path) = (short(&answer.origin.who, 40), answer.path.to_string());
        call.remark(&format!("Learned how {who} resolved {} of {}.", short(&path, 90), upstream.short()));
    }
    for passed in &learned.passed {
        call.remark(&format!("Nothing was learned from {passed}."));
    }
}

fn push_hint(call: &Invocation, place: &MemoryLocation) {
    if place.forge.is_none() {
        call.remark(&format!("Next: git push origin {}", crate::ledger::BRANCH));
    }
}

/// The commit a branch or a SHA names.
fn tip(repo: &Repo, name: &str) -> Result<CommitId, Failure> {
    for prefix in ["", "refs/heads/", "refs/remotes/", "refs/"] {
        if let Ok(Some(commit)) = repo.reference(&format!("{prefix}{name}")) {
            return Ok(commit);
        }
    }
    match repo.resolve(name) {
        ResolvedName::Commit(commit) => Ok(commit),
        ResolvedName::Ambiguous | ResolvedName::Unknown => {
            let hint =
                "name a branch, a remote's branch such as origin/main, or a commit; git branch -a lists the branches";
            Err(Failure::wrong(format!("--from {name}: there is no such branch or commit"), Some(hint.into())))
        }
    }
}

/// The one key that begins like this.
fn one(ledger: &Ledger, beginning: &str) -> Result<String, Failure> {
    let mut like: Vec<String> = keys_like(ledger, beginning)?.into_keys().collect();
    match (like.pop(), like.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            Err(Failure::wrong(format!("'{beginning}' begins more than one key: give more letters"), None))
        }
        (None, _) => Err(Failure::wrong(
            format!("nothing is remembered under a key that begins with '{beginning}'"),
            Some("uptake memory list shows the keys; nothing was changed".into()),
        )),
    }
}

/// An answer for a program.
#[derive(serde::Serialize)]
struct AnswerJson<'a> {
    key: &'a str,
    #[serde(flatten)]
    meta: &'a Meta,
}

impl<'a> From<&'a StoredResolution> for AnswerJson<'a> {
    fn from(kept: &'a StoredResolution) -> Self {
        Self { key: &kept.key, meta: &kept.meta }
    }
}

fn describe(kept: &[StoredResolution]) -> String {
    let mut text = format!("{}\n", bold(&format!("{} remembered", count(kept.len(), "answer"))));
    let rows = kept.iter().map(|StoredResolution { key, meta }| {
        let day = meta.when.day();
        let by = format!("{} on {day}, in {}", short(&meta.who, 40), meta.place.short());
        let gone = meta.withdrawn.as_ref().map(|gone| format!("  withdrawn by {}", short(&gone.by, 40)));
        vec![
            key.clone(),
            short(&meta.path, 60),
            format!("of {}", meta.upstream.short()),
            by + &faint(&gone.unwrap_or_default()),
        ]
    });
    text.push_str(&table(&rows.collect::<Vec<_>>()));
    text
}

fn lessons(learned: &LearnReport) -> String {
    let mut text = format!("{}\n", bold(&format!("{} resolved by people", count(learned.lessons.len(), "conflict"))));
    let rows = learned.lessons.iter().map(|lesson| {
        let places = match lesson.answer.places.len() {
            0 => "as a whole".to_owned(),
            places => format!("{} by itself", count(places, "place")),
        };
        vec![
            lesson.answer.key.clone(),
            short(&lesson.answer.path.to_string(), 60),
            format!(
                "of {} in {}",
                lesson.upstream.short(),
                lesson.commit.map(|commit| commit.short()).unwrap_or_default()
            ),
            short(&lesson.answer.origin.who, 40),
            faint(&places),
        ]
    });
    text.push_str(&table(&rows.collect::<Vec<_>>()));
    if !learned.passed.is_empty() {
        let _ = writeln!(text, "\n{}", bold("Nothing was learned from"));
        for passed in &learned.passed {
            let _ = writeln!(text, "  {}", short(&passed.to_string(), 200));
        }
    }
    text
}
