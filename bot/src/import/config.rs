//! From what an analysis wants to a configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{Analysis, Mark, Row};
use super::phases;
use crate::config::raw::{Ci, Exclude, Keep, NotedPick, PathRule, Phase, Pick, RawConfig, Settle, Sha, Supersede};
use crate::risk::Level;

/// The configuration an analysis amounts to.
///
/// Every commit a table or a phase of the strategy lists is in exactly one phase, or in `exclude` where the document calls it
/// a duplicate. It is the document's intent, unchecked: what is wrong with it is told by [`super::faults()`].
#[must_use]
pub fn to_config(analysis: &Analysis) -> RawConfig {
    let names = names(analysis);
    let (exclude, left_out) = duplicates(analysis, &names);
    let known = remarks_by_commit(analysis, &names);
    let common = Ci {
        cuda: analysis.cuda.iter().map(|version| version.value.clone()).collect(),
        validate: distinct(analysis.validate.iter().map(|command| command.value.clone())),
        ..Ci::default()
    };
    let phases = phases::drafts(analysis, &names, &left_out)
        .into_iter()
        .zip(1..)
        .map(|(draft, priority)| {
            // A phase's own matrix stands instead of the common one, so it has to repeat it.
            let all = draft.validate.iter().chain(&common.validate).cloned();
            let ci = (!draft.validate.is_empty()).then(|| Ci { validate: distinct(all), ..common.clone() });
            let commits = draft.commits.into_iter().map(|sha| pick(sha, &known)).collect();
            Phase { id: draft.id, title: draft.title, priority, commits, rules: Vec::new(), on_conflict: None, ci }
        })
        .collect();
    RawConfig {
        local: distinct(analysis.local.iter().map(|path| path.value.clone())),
        phases,
        exclude,
        supersede: supersede(analysis, &names),
        conflicts: path_rules(analysis),
        ci: common,
        ..RawConfig::default()
    }
}

/// Each SHA as written, and the longest way the document writes the same one.
pub(super) fn names(analysis: &Analysis) -> BTreeMap<String, String> {
    let picks = analysis.steps.iter().flat_map(|step| &step.picks).map(|pick| &pick.sha);
    let groups = analysis.superseded.iter().flat_map(|group| &group.commits);
    let written: BTreeSet<&String> = analysis.rows().map(|row| &row.sha).chain(picks).chain(groups).collect();
    let mut names = BTreeMap::new();
    let mut longest: Option<&String> = None;
    // Backwards a name comes before its own beginnings.
    for sha in written.into_iter().rev() {
        let name = longest.filter(|name| name.starts_with(sha.as_str())).unwrap_or(sha);
        longest = Some(name);
        names.insert(sha.clone(), name.clone());
    }
    names
}

/// What the document says of one commit, over all the rows that list it.
#[derive(Default)]
struct Known {
    risk: Option<Level>,
    notes: Vec<String>,
}

fn remarks_by_commit(analysis: &Analysis, names: &BTreeMap<String, String>) -> BTreeMap<String, Known> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for row in analysis.rows() {
        let Some(name) = names.get(&row.sha) else { continue };
        let known = known.entry(name.clone()).or_default();
        if let Mark::Level(level) = row.risk {
            known.risk = known.risk.max(Some(level));
        }
        if !row.note.is_empty() && !known.notes.contains(&row.note) {
            known.notes.push(row.note.clone());
        }
    }
    known
}

fn pick(sha: String, known: &BTreeMap<String, Known>) -> Pick {
    let (risk, note) = match known.get(&sha) {
        Some(known) => (known.risk, (!known.notes.is_empty()).then(|| known.notes.join("; "))),
        None => (None, None),
    };
    let sha = Sha(sha);
    if risk.is_none() && note.is_none() { Pick::Sha(sha) } else { Pick::Noted(NotedPick { sha, risk, note }) }
}

/// The commits the document calls duplicates, one entry per reason.
fn duplicates(analysis: &Analysis, names: &BTreeMap<String, String>) -> (Vec<Exclude>, BTreeSet<String>) {
    let mut exclude: Vec<Exclude> = Vec::new();
    let mut left_out = BTreeSet::new();
    for row in analysis.rows() {
        let (Some(duplicate), Some(name)) = (&row.duplicate, names.get(&row.sha)) else { continue };
        if left_out.insert(name.clone()) {
            let reason = match &duplicate.fork {
                Some(fork) => format!("duplicate: the analysis says the fork has it as {fork}"),
                None => "duplicate: the analysis says the fork has it".to_owned(),
            };
            match exclude.iter_mut().find(|known| known.reason == reason) {
                Some(known) => known.commits.push(Sha(name.clone())),
                None => exclude.push(Exclude { reason, commits: vec![Sha(name.clone())], rules: Vec::new() }),
            }
        }
    }
    (exclude, left_out)
}

fn supersede(analysis: &Analysis, names: &BTreeMap<String, String>) -> Vec<Supersede> {
    let listed: BTreeSet<&String> = listed_rows(analysis).filter_map(|row| names.get(&row.sha)).collect();
    let picked: BTreeSet<&String> =
        analysis.steps.iter().flat_map(|step| &step.picks).filter_map(|pick| names.get(&pick.sha)).collect();
    let in_phase = |name: &&String| listed.contains(*name) || picked.contains(*name);
    analysis
        .superseded
        .iter()
        .filter_map(|group| {
            let commits = distinct(group.commits.iter().filter_map(|sha| names.get(sha)).filter(in_phase).cloned());
            let keep = group.keep.as_ref().and_then(|keep| names.get(keep)).filter(|keep| commits.contains(keep));
            (commits.len() > 1).then(|| Supersede {
                title: group.title.clone(),
                keep: keep.map_or_else(Keep::default, |keep| Keep(keep.clone())),
                commits: commits.iter().cloned().map(Sha).collect(),
            })
        })
        .collect()
}

fn listed_rows(analysis: &Analysis) -> impl Iterator<Item = &Row> {
    analysis.rows().filter(|row| row.duplicate.is_none())
}

/// Path rules for the conflicts said to come, where the kind of file says how they are settled.
fn path_rules(analysis: &Analysis) -> Vec<PathRule> {
    let mut rules: Vec<PathRule> = Vec::new();
    for expected in &analysis.expected {
        let file = expected.path.rsplit('/').next().unwrap_or_default();
        let Some((r#use, command)) = settle(file) else { continue };
        if rules.iter().all(|rule| rule.path != expected.path) {
            let command = command.iter().map(|word| (*word).to_owned()).collect();
            rules.push(PathRule { path: expected.path.clone(), r#use, command, network: false });
        }
    }
    rules
}

/// How a conflict in a file of this name is settled, and by which command a lock file is made anew.
fn settle(file: &str) -> Option<(Settle, &'static [&'static str])> {
    Some(match file {
        "Cargo.toml" | "package.json" | "pyproject.toml" => (Settle::Manifest, &[]),
        "Cargo.lock" => (Settle::Lockfile, &["cargo", "update", "--workspace"]),
        "package-lock.json" => (Settle::Lockfile, &["npm", "install", "--package-lock-only", "--ignore-scripts"]),
        "pnpm-lock.yaml" => (Settle::Lockfile, &["pnpm", "install", "--lockfile-only"]),
        "poetry.lock" => (Settle::Lockfile, &["poetry", "lock"]),
        "uv.lock" => (Settle::Lockfile, &["uv", "lock"]),
        "go.sum" => (Settle::Lockfile, &["go", "mod", "tidy"]),
        _ => return None,
    })
}

fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}
