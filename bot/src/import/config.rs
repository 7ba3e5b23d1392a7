//! From what an analysis wants to a configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{Analysis, CommitRow, RiskMark};
use super::phases;
use crate::config::raw::{
    Keep, RawCi, RawConfig, RawExclude, RawNotedPick, RawPathRule, RawPhase, RawPick, RawSupersede, ResolveBy, Sha,
};
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
    let common = RawCi {
        cuda: analysis.cuda.iter().map(|version| version.value.clone()).collect(),
        validate: distinct(analysis.validate.iter().map(|command| command.value.clone())),
        ..RawCi::default()
    };
    let phases = phases::drafts(analysis, &names, &left_out)
        .into_iter()
        .zip(1..)
        .map(|(draft, priority)| {
            // A phase's own matrix stands instead of the common one, so it has to repeat it.
            let all = draft.validate.iter().chain(&common.validate).cloned();
            let ci = (!draft.validate.is_empty()).then(|| RawCi { validate: distinct(all), ..common.clone() });
            let commits = draft.commits.into_iter().map(|sha| pick(sha, &known)).collect();
            RawPhase { id: draft.id, title: draft.title, priority, commits, ci, ..RawPhase::default() }
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
struct DocumentFacts {
    risk: Option<Level>,
    notes: Vec<String>,
}

fn remarks_by_commit(analysis: &Analysis, names: &BTreeMap<String, String>) -> BTreeMap<String, DocumentFacts> {
    let mut known: BTreeMap<String, DocumentFacts> = BTreeMap::new();
    for row in analysis.rows() {
        let Some(name) = names.get(&row.sha) else { continue };
        let known = known.entry(name.clone()).or_default();
        if let RiskMark::Level(level) = row.risk {
            known.risk = known.risk.max(Some(level));
        }
        if !row.note.is_empty() && !known.notes.contains(&row.note) {
            known.notes.push(row.note.clone());
        }
    }
    known
}

fn pick(sha: String, known: &BTreeMap<String, DocumentFacts>) -> RawPick {
    let (risk, note) = match known.get(&sha) {
        Some(known) => (known.risk, (!known.notes.is_empty()).then(|| known.notes.join("; "))),
        None => (None, None),
    };
    let sha = Sha(sha);
    if risk.is_none() && note.is_none() { RawPick::Sha(sha) } else { RawPick::Noted(RawNotedPick { sha, risk, note }) }
}

/// The commits the document calls duplicates, one entry per reason.
fn duplicates(analysis: &Analysis, names: &BTreeMap<String, String>) -> (Vec<RawExclude>, BTreeSet<String>) {
    let mut exclude: Vec<RawExclude> = Vec::new();
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
                None => exclude.push(RawExclude { reason, commits: vec![Sha(name.clone())], rules: Vec::new() }),
            }
        }
    }
    (exclude, left_out)
}

fn supersede(analysis: &Analysis, names: &BTreeMap<String, String>) -> Vec<RawSupersede> {
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
            (commits.len() > 1).then(|| RawSupersede {
                title: group.title.clone(),
                keep: keep.map_or_else(Keep::default, |keep| Keep(keep.clone())),
                commits: commits.iter().cloned().map(Sha).collect(),
            })
        })
        .collect()
}

fn listed_rows(analysis: &Analysis) -> impl Iterator<Item = &CommitRow> {
    analysis.rows().filter(|row| row.duplicate.is_none())
}

/// Path rules for the conflicts said to come, where the kind of file says how they are resolved.
fn path_rules(analysis: &Analysis) -> Vec<RawPathRule> {
    let mut rules: Vec<RawPathRule> = Vec::new();
    for expected in &analysis.expected {
        let file = expected.path.rsplit('/').next().unwrap_or_default();
        let Some((r#use, command)) = resolve_by(file) else { continue };
        if rules.iter().all(|rule| rule.path != expected.path) {
            let command = command.iter().map(|word| (*word).to_owned()).collect();
            rules.push(RawPathRule { path: expected.path.clone(), r#use, command, name: None, network: false });
        }
    }
    rules
}

/// How a conflict in a file of this name is resolved, and by which command a lock file is made anew.
fn resolve_by(file: &str) -> Option<(ResolveBy, &'static [&'static str])> {
    Some(match file {
        "Cargo.toml" | "package.json" | "pyproject.toml" => (ResolveBy::Manifest, &[]),
        "Cargo.lock" => (ResolveBy::Lockfile, &["cargo", "update", "--workspace"]),
        "package-lock.json" => (ResolveBy::Lockfile, &["npm", "install", "--package-lock-only", "--ignore-scripts"]),
        "pnpm-lock.yaml" => (ResolveBy::Lockfile, &["pnpm", "install", "--lockfile-only"]),
        "poetry.lock" => (ResolveBy::Lockfile, &["poetry", "lock"]),
        "uv.lock" => (ResolveBy::Lockfile, &["uv", "lock"]),
        "go.sum" => (ResolveBy::Lockfile, &["go", "mod", "tidy"]),
        _ => return None,
    })
}

fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}
