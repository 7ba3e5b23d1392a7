//! The settling ladder: what a merge leaves open is asked, path by path, of a decision, then of remembered answers, then of the
//! first path rule that fits. Each answer says what it gave up.

mod place;
mod way;
mod whole;

use super::answer::{Memory, Settled};
use super::loss::{self, Lost, Texts};
use super::resolution::{By, Resolution};
use crate::commit::Entry;
use crate::config::PathRule;
use crate::config::raw::Settle;
use crate::decision::Decision;
use crate::git::{ConflictKind, GitError, Merged, Merger, PathConflict};
use crate::ids::TreeId;
use crate::path::RepoPath;
use way::Way;

/// What settles conflicts.
#[derive(Debug, Clone, Copy)]
pub struct Ways<'a> {
    /// What people decided, oldest first.
    pub decisions: &'a [Decision],
    /// What people answered before.
    pub memory: &'a Memory,
    /// The path rules; the first that fits counts.
    pub rules: &'a [PathRule],
}

/// A merge after settling.
pub(super) struct Settlement {
    /// The files, settled where they could be.
    pub(super) tree: TreeId,
    /// What was settled.
    pub(super) resolutions: Vec<Resolution>,
    /// What was not, with what is to be said of it.
    pub(super) open: Vec<Open>,
}

/// A conflict that stays.
pub(super) struct Open {
    pub(super) conflict: PathConflict,
    /// Why what should have settled it did not.
    pub(super) remarks: Vec<String>,
}

/// What stands at some paths; nothing where there is no file.
type Files = Vec<(RepoPath, Option<Entry>)>;

/// What came of one conflict.
enum Step {
    /// The files at these paths, and how that came about.
    Settled(Files, Vec<Resolution>),
    /// It stays, and why.
    Open(Vec<String>),
}

/// Settles the merges of one phase.
pub(super) struct Settler<'a> {
    pub(super) ways: Ways<'a>,
    pub(super) phase: &'a str,
}

/// One pick's three trees, and what merging them gave.
pub(super) struct Case<'c> {
    /// The tree picked onto.
    pub(super) before: TreeId,
    /// The tree before the picked commit.
    pub(super) base: TreeId,
    /// The picked commit's tree.
    pub(super) theirs: TreeId,
    /// The merge.
    pub(super) merged: &'c Merged,
}

impl Settler<'_> {
    /// Settles what can be settled of a merge, whose tree must have been kept.
    pub(super) fn settle(&self, merger: &mut Merger<'_>, case: &Case<'_>) -> Result<Settlement, GitError> {
        let mut settlement = Settlement { tree: case.merged.tree, resolutions: Vec::new(), open: Vec::new() };
        let mut entries = Files::new();
        for conflict in &case.merged.conflicts {
            match self.step(merger, case, conflict)? {
                Step::Settled(files, resolutions) => {
                    entries.extend(files);
                    settlement.resolutions.extend(resolutions);
                }
                Step::Open(remarks) => settlement.open.push(Open { conflict: conflict.clone(), remarks }),
            }
        }
        settlement.tree = merger.with_entries(settlement.tree, entries.iter().map(|(path, entry)| (path, *entry)))?;
        self.keep_local(merger, case, &mut settlement)?;
        Ok(settlement)
    }

    fn step(&self, merger: &mut Merger<'_>, case: &Case<'_>, conflict: &PathConflict) -> Result<Step, GitError> {
        let way = self.way(&conflict.path);
        if let Way::Manual(origin) = &way {
            return Ok(Step::Open(vec![format!("{} decided that a person settles it", origin.who)]));
        }
        let choice = way.choice();
        if !matches!(way, Way::Decided(..))
            && let Some(step) = self.remembered(merger, conflict)?
        {
            return Ok(step);
        }
        if let Way::Rule(rule) = &way
            && rule.settle == Settle::KeepLocal
        {
            let (kept, resolution) = kept(merger, case, &conflict.path, Some(conflict.kind), rule)?;
            return Ok(Step::Settled(vec![(conflict.path.clone(), kept)], vec![resolution]));
        }
        if is_text(conflict) {
            return self.places(merger, conflict, &way);
        }
        match (choice, way.by()) {
            (Some(choice), Some(by)) => whole::settle(merger, case, conflict, choice, by),
            _ => Ok(Step::Open(Vec::new())),
        }
    }

    /// The answer to just this conflict, where somebody gave one.
    fn remembered(&self, merger: &mut Merger<'_>, conflict: &PathConflict) -> Result<Option<Step>, GitError> {
        let id = |entry: Option<Entry>| entry.map(|entry| entry.id);
        let (base, ours, theirs) = (id(conflict.base), id(conflict.ours), id(conflict.theirs));
        let Some(answer) = self.ways.memory.file(&conflict.path, base, ours, theirs) else { return Ok(None) };
        let entry = match &answer.settled {
            Settled::Removed => None,
            Settled::File { mode, bytes } => Some(Entry { mode: *mode, id: merger.make_file(bytes.clone())? }),
        };
        let resolution = Resolution {
            path: conflict.path.clone(),
            kind: Some(conflict.kind),
            by: By::Memory { key: answer.key.clone(), origin: answer.origin.clone() },
            how: match entry {
                Some(_) => "the file as it was settled then".into(),
                None => "removed, as it was then".into(),
            },
            lost: lost_at(merger, [conflict.base, conflict.ours, conflict.theirs, entry])?,
            notes: Vec::new(),
        };
        Ok(Some(Step::Settled(vec![(conflict.path.clone(), entry)], vec![resolution])))
    }

    /// Paths that are the fork's own: whatever a pick does there is undone, also where it merged cleanly.
    fn keep_local(
        &self,
        merger: &mut Merger<'_>,
        case: &Case<'_>,
        settlement: &mut Settlement,
    ) -> Result<(), GitError> {
        if !self.ways.rules.iter().any(|rule| rule.settle == Settle::KeepLocal) {
            return Ok(());
        }
        let mut undone = Vec::new();
        for path in merger.changed(case.before, settlement.tree)? {
            let answered = settlement.resolutions.iter().any(|resolution| resolution.path == path);
            let Way::Rule(rule) = self.way(&path) else { continue };
            if rule.settle == Settle::KeepLocal && !answered {
                let (kept, resolution) = kept(merger, case, &path, None, rule)?;
                settlement.resolutions.push(resolution);
                undone.push((path, kept));
            }
        }
        settlement.tree = merger.with_entries(settlement.tree, undone.iter().map(|(path, entry)| (path, *entry)))?;
        Ok(())
    }
}

/// The fork's own file, and what it keeps out.
fn kept(
    merger: &mut Merger<'_>,
    case: &Case<'_>,
    path: &RepoPath,
    kind: Option<ConflictKind>,
    rule: &PathRule,
) -> Result<(Option<Entry>, Resolution), GitError> {
    let ours = merger.entry(case.before, path)?;
    let (base, theirs) = (merger.entry(case.base, path)?, merger.entry(case.theirs, path)?);
    let resolution = Resolution {
        path: path.clone(),
        kind,
        by: By::Rule { pattern: rule.pattern.clone(), settle: rule.settle },
        how: match ours {
            Some(_) => "the fork's file, whatever upstream does to it".into(),
            None => "not taken: the fork does not have it".into(),
        },
        lost: lost_at(merger, [base, ours, theirs, ours])?,
        notes: binary_note(merger, base, theirs)?,
    };
    Ok((ours, resolution))
}

/// Whether a conflict is settled place by place.
fn is_text(conflict: &PathConflict) -> bool {
    matches!(conflict.kind, ConflictKind::Text | ConflictKind::AddAdd)
        && conflict.ours.is_some()
        && conflict.theirs.is_some()
}

/// What a path lacks: of base, the fork, upstream and the result.
pub(super) fn lost_at(merger: &mut Merger<'_>, entries: [Option<Entry>; 4]) -> Result<Lost, GitError> {
    let mut texts: [Vec<u8>; 4] = Default::default();
    for (text, entry) in texts.iter_mut().zip(entries) {
        if let Some(entry) = entry.filter(|entry| entry.mode & 0o170_000 == 0o100_000) {
            *text = merger.text(entry.id)?.unwrap_or_default();
        }
    }
    let [base, ours, theirs, settled] = &texts;
    Ok(loss::lost_of_texts(Texts { base, ours, theirs, settled }))
}

fn binary_note(merger: &mut Merger<'_>, base: Option<Entry>, theirs: Option<Entry>) -> Result<Vec<String>, GitError> {
    let mut binary = false;
    for entry in [base, theirs].into_iter().flatten() {
        binary |= entry.mode & 0o170_000 != 0o100_000 || merger.text(entry.id)?.is_none();
    }
    Ok(if binary { vec!["It is no text; upstream's change to it is not taken as a whole.".into()] } else { Vec::new() })
}
