//! From what an analysis wants to a configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{Analysis, RiskMark, Stated};
use super::decision::Disposition;
use super::duplicate;
use super::paths::{notes, path_rules};
use super::phases::{self, DraftCategory};
use crate::config::raw::{
    Keep, RawAnalysis, RawCategory, RawCi, RawConfig, RawExclude, RawNotedPick, RawPhase, RawPick, RawStep,
    RawSupersede, Sha,
};
use crate::risk::Level;

/// The longest note and the longest reason that is taken over, in characters.
const NOTE: usize = 1_200;
const REASON: usize = 900;

/// The configuration an analysis amounts to.
///
/// Every commit a table or a phase of the strategy lists is in exactly one phase, or in `exclude` where the document does not want it
/// picked. It is the document's intent, unchecked: what is wrong with it is named by [`super::faults()`].
#[must_use]
pub fn to_config(analysis: &Analysis) -> RawConfig {
    let names = names(analysis);
    let facts = facts(analysis, &names);
    let (exclude, left_out) = left_out(analysis, &names, &facts);
    let common = RawCi {
        cuda: analysis.cuda.iter().map(|version| version.value.clone()).collect(),
        validate: distinct(analysis.validate.iter().map(|command| command.value.clone())),
        ..RawCi::default()
    };
    let picks = |commits: Vec<String>| commits.into_iter().map(|sha| pick(sha, &facts)).collect::<Vec<_>>();
    let phases = phases::drafts(analysis, &names, &left_out)
        .into_iter()
        .zip(1..)
        .map(|(draft, priority)| {
            // A phase's own matrix is used instead of the common one, so it has to repeat it.
            let all = draft.validate.iter().chain(&common.validate).cloned();
            let ci = (!draft.validate.is_empty()).then(|| RawCi { validate: distinct(all), ..common.clone() });
            let category = |DraftCategory { title, note, commits }| RawCategory {
                title,
                note: joined(&note),
                commits: picks(commits),
            };
            RawPhase {
                id: draft.id,
                title: draft.title,
                priority,
                note: joined(&draft.note),
                estimate: draft.estimate.map(|text| cut(&text, NOTE)),
                optional: draft.optional,
                commits: picks(draft.commits),
                categories: draft.categories.into_iter().map(category).collect(),
                ci,
                ..RawPhase::default()
            }
        })
        .collect();
    RawConfig {
        local: distinct(analysis.local.iter().map(|path| path.value.clone())),
        phases,
        exclude,
        supersede: supersede(analysis, &names, &left_out),
        conflicts: path_rules(analysis),
        notes: notes(analysis),
        analysis: document(analysis),
        ci: common,
        ..RawConfig::default()
    }
}

/// What is said of sections and phases of which no commit is in a phase: nothing in the configuration has it.
pub(super) fn unsaid(analysis: &Analysis) -> Vec<Stated<String>> {
    let names = names(analysis);
    let (_, left_out) = left_out(analysis, &names, &facts(analysis, &names));
    let drafts = phases::drafts(analysis, &names, &left_out);
    let said: BTreeSet<&String> = drafts.iter().flat_map(phases::Draft::said).collect();
    let remarks =
        analysis.steps.iter().filter_map(|step| Some(Stated { line: step.line, value: step.remark.clone()? }));
    let of_steps = analysis.steps.iter().flat_map(|step| &step.words);
    let of_sections = analysis.sections.iter().flat_map(|section| &section.words);
    let of_tables = analysis.tables().flat_map(|table| table.action.iter().chain(&table.words));
    let all = remarks.chain(of_steps.chain(of_sections).chain(of_tables).cloned());
    all.filter(|word| !word.value.trim().is_empty() && !said.contains(&word.value)).collect()
}

/// What the document says of the whole, as the configuration keeps it.
fn document(analysis: &Analysis) -> RawAnalysis {
    let said = &analysis.document;
    let texts = |stated: &[Stated<String>]| -> Vec<String> {
        distinct(stated.iter().map(|stated| cut(&stated.value, NOTE)).filter(|text| !text.is_empty()))
    };
    RawAnalysis {
        date: said.date.as_ref().map(|date| cut(&date.value, NOTE)).filter(|date| !date.is_empty()),
        themes: texts(&said.themes),
        advice: texts(&said.recommendations),
        estimates: texts(&said.estimates),
        steps: {
            let steps =
                said.steps.iter().map(|step| RawStep { text: cut(&step.value.text, NOTE), done: step.value.done });
            steps.filter(|step| !step.text.is_empty()).collect()
        },
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
struct CommitFacts {
    risk: Option<Level>,
    notes: Vec<String>,
    /// What is said of it where it is listed, and where only its section says it.
    decision: Option<Disposition>,
    inherited: Option<Disposition>,
    /// The fork's commit that is it.
    fork: Option<String>,
}

impl CommitFacts {
    /// What becomes of it: what is said of it itself counts before what its section says.
    fn decision(&self) -> Option<Disposition> {
        self.decision.or(self.inherited)
    }

    /// Why it is left out, with all that is said of it.
    fn why_not(&self, decision: Disposition) -> String {
        let fork = self.fork.as_ref().filter(|_| decision == Disposition::Taken);
        let why = fork.map_or_else(|| decision.reason().to_owned(), |fork| format!("{} as {fork}", decision.reason()));
        let risk = self.risk.map(|risk| format!("risk {risk}"));
        // That the fork has it as this commit is said already.
        let new = |note: &&String| fork.is_none_or(|fork| !duplicate::says_only(note, fork));
        let said: Vec<String> = risk.into_iter().chain(self.notes.iter().filter(new).cloned()).collect();
        if said.is_empty() { why } else { cut(&format!("{why}: {}", said.join("; ")), REASON) }
    }
}

fn facts(analysis: &Analysis, names: &BTreeMap<String, String>) -> BTreeMap<String, CommitFacts> {
    let mut facts: BTreeMap<String, CommitFacts> = BTreeMap::new();
    for row in analysis.rows() {
        let Some(name) = names.get(&row.sha) else { continue };
        let known = facts.entry(name.clone()).or_default();
        if let RiskMark::Level(level) = row.risk {
            known.risk = known.risk.max(Some(level));
        }
        if !row.note.is_empty() && !known.notes.contains(&row.note) {
            known.notes.push(row.note.clone());
        }
        match row.inherited {
            true => known.inherited = known.inherited.max(row.decision),
            false => known.decision = known.decision.max(row.decision),
        }
        if let Some(duplicate) = &row.duplicate {
            known.fork = known.fork.take().or_else(|| duplicate.fork.clone());
        }
        // What a list says beside the commit is a remark, where its decision needs a reason.
        let reason = row.decision.is_some_and(Disposition::needs_reason) && row.note.is_empty();
        if reason && !row.description.is_empty() && known.notes.is_empty() {
            known.notes.push(row.description.clone());
        }
    }
    facts
}

fn pick(sha: String, facts: &BTreeMap<String, CommitFacts>) -> RawPick {
    let known = facts.get(&sha);
    let risk = known.and_then(|known| known.risk);
    let mut notes: Vec<String> =
        known.and_then(|known| known.decision()?.advice()).map(str::to_owned).into_iter().collect();
    notes.extend(known.into_iter().flat_map(|known| known.notes.iter().cloned()));
    let note = joined(&notes);
    let sha = Sha(sha);
    if risk.is_none() && note.is_none() { RawPick::Sha(sha) } else { RawPick::Noted(RawNotedPick { sha, risk, note }) }
}

/// The commits the document does not want picked, one entry per reason.
fn left_out(
    analysis: &Analysis,
    names: &BTreeMap<String, String>,
    facts: &BTreeMap<String, CommitFacts>,
) -> (Vec<RawExclude>, BTreeSet<String>) {
    let mut exclude: Vec<RawExclude> = Vec::new();
    let mut left_out = BTreeSet::new();
    for name in analysis.rows().filter_map(|row| names.get(&row.sha)) {
        let Some(known) = facts.get(name) else { continue };
        let Some(decision) = known.decision().filter(|decision| !decision.is_picked()) else { continue };
        if left_out.insert(name.clone()) {
            let reason = known.why_not(decision);
            match exclude.iter_mut().find(|known| known.reason == reason) {
                Some(known) => known.commits.push(Sha(name.clone())),
                None => exclude.push(RawExclude { reason, commits: vec![Sha(name.clone())], rules: Vec::new() }),
            }
        }
    }
    (exclude, left_out)
}

/// Texts as one, on one line.
fn joined(texts: &[String]) -> Option<String> {
    let texts = distinct(texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
    Some(cut(&texts.join("; "), NOTE)).filter(|text| !text.is_empty())
}

/// A text on one line that is no longer than this.
pub(super) fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn supersede(analysis: &Analysis, names: &BTreeMap<String, String>, left_out: &BTreeSet<String>) -> Vec<RawSupersede> {
    let listed: BTreeSet<&String> = analysis.rows().filter_map(|row| names.get(&row.sha)).collect();
    let picked: BTreeSet<&String> =
        analysis.steps.iter().flat_map(|step| &step.picks).filter_map(|pick| names.get(&pick.sha)).collect();
    let in_phase = |name: &&String| (listed.contains(*name) || picked.contains(*name)) && !left_out.contains(*name);
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

pub(super) fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}
