//! The resolving ladder: what a merge leaves open is asked, path by path, of a decision, then of remembered answers, then of what gives
//! up nothing (form, in white space and as a formatter has it; a merge driver), then of the side that the first path rule that fits
//! chooses. Each answer says what it gave up.

mod broken;
mod driven;
mod driver;
mod form;
mod formed;
mod manifests;
mod partly;
mod place;
mod program;
mod recall;
mod source;
mod structure;
mod text;
mod whole;

use std::collections::HashMap;
use std::rc::Rc;

use super::answer::ResolutionStore;
use super::fact::MovedFolder;
use super::loss::DroppedLines;
use super::remark::Remark;
use super::resolution::{Method, Resolution, ResolutionNote, ResolvedBy};
use super::runner::{CommandRunner, NoCommands};
use super::versions::FileVersions;
use crate::config::raw::ResolveBy;
use crate::config::{FormatRule, PathRule};
use crate::decision::Decision;
use crate::manifest;
use crate::names::PhaseId;
use engine::commit::Entry;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, Merged, Merger, PathConflict};
pub use manifests::MergedManifests;
pub(super) use place::mode;
pub(super) use program::run as run_program;
use source::ResolutionSource;

/// What resolves conflicts.
#[derive(Debug, Clone, Copy)]
pub struct ResolutionSources<'a> {
    /// What people decided, oldest first.
    pub decisions: &'a [Decision],
    /// What people answered before.
    pub memory: &'a ResolutionStore,
    /// The path rules; the first that fits counts.
    pub rules: &'a [PathRule],
    /// The formatters; the first that fits counts.
    pub formats: &'a [FormatRule],
    /// What starts the programs that these name.
    pub runner: &'a dyn CommandRunner,
    /// What came of merging manifests.
    pub manifests: &'a MergedManifests,
}

impl ResolutionSources<'_> {
    /// The same without what takes a program: for a search that tries so much that starting one for each would take hours.
    pub(crate) const fn without_programs(self) -> Self {
        Self { formats: &[], runner: &NoCommands, ..self }
    }
}

/// A merge after resolving.
pub(super) struct ResolvedMerge {
    /// The files, resolved where they could be.
    pub(super) tree: TreeId,
    /// What was resolved.
    pub(super) resolutions: Vec<Resolution>,
    /// What was not, with what is to be said of it.
    pub(super) open: Vec<UnresolvedConflict>,
    /// What merged, but not to something that can be read; resolved or open like the rest.
    pub(super) broken: Vec<PathConflict>,
}

/// A conflict that stays.
pub(super) struct UnresolvedConflict {
    pub(super) conflict: PathConflict,
    /// The same with what was resolved of it on all sides, where something was: what is left to a person.
    pub(super) left: Option<Rc<PathConflict>>,
    /// Why what should have resolved it did not.
    pub(super) remarks: Vec<Remark>,
    /// Whether the remarks say all there is, so that no lines need be shown.
    pub(super) described: bool,
}

impl UnresolvedConflict {
    /// In how many places a person resolves it.
    pub(super) fn places(&self, merger: &mut Merger<'_>) -> Result<usize, GitError> {
        merger.places(self.left.as_deref().unwrap_or(&self.conflict))
    }

    /// Puts what is to be said into the conflict as it is shown.
    pub(super) fn describe(&self, merger: &mut Merger<'_>, conflict: &mut super::Conflict) -> Result<(), GitError> {
        conflict.remarks.clone_from(&self.remarks);
        if let Some(left) = &self.left {
            conflict.reduce(merger, &self.conflict, left)?;
        }
        if self.described {
            conflict.hunks.clear();
        }
        Ok(())
    }
}

/// What stands at some paths; nothing where there is no file.
type FileStates = Vec<(RepoPath, Option<Entry>)>;

/// What came of one conflict.
#[derive(Clone)]
enum ConflictOutcome {
    /// The files at these paths, and how that came about.
    Resolved(FileStates, Vec<Resolution>),
    /// It stays, and why.
    Open(Vec<Remark>),
    /// It stays in part: what is left of it.
    Partly(Vec<Remark>, Rc<PathConflict>),
    /// It stays, for keys both sides answered differently: they are named, not lines.
    Disagreement(Vec<Remark>),
}

/// What came of conflicts in texts, each resolved once: that hangs on nothing but the conflict.
#[derive(Default)]
pub(super) struct ConflictCache {
    texts: HashMap<PathConflict, ConflictOutcome>,
    /// What came of manifests that merged line by line into something that nobody could read.
    broken: HashMap<PathConflict, ConflictOutcome>,
}

impl ConflictCache {
    /// Forgets all of it: it holds for one resolver, and while the files it made are there.
    pub(super) fn clear(&mut self) {
        self.texts.clear();
        self.broken.clear();
    }
}

/// Resolves the merges of one phase.
pub(crate) struct Resolver<'a> {
    /// What resolves them.
    pub(crate) ways: ResolutionSources<'a>,
    /// The phase; decisions on paths are made for one.
    pub(crate) phase: &'a PhaseId,
    /// The tree both branches had last in common.
    pub(crate) ancestor: TreeId,
    /// Whether it is asked which lines each resolution drops: that takes as long as the resolving.
    pub(crate) accounts: bool,
}

/// One pick's three trees, and what merging them gave.
pub(super) struct MergeCase<'c> {
    /// The tree picked onto.
    pub(super) before: TreeId,
    /// The tree before the picked commit.
    pub(super) base: TreeId,
    /// The picked commit's tree.
    pub(super) theirs: TreeId,
    /// The merge.
    pub(super) merged: &'c Merged,
    /// Conflicts that are among upstream's own lines.
    pub(super) upstreams: &'c [PathConflict],
}

impl Resolver<'_> {
    /// Whether picks are kept out of a path.
    pub(super) fn is_set_aside(&self, path: &RepoPath) -> bool {
        matches!(self.way(path), ResolutionSource::Rule(rule) if is_set_aside(rule))
    }

    /// Resolves what can be resolved of a merge.
    pub(super) fn resolve(
        &self,
        merger: &mut Merger<'_>,
        steps: &mut ConflictCache,
        case: &MergeCase<'_>,
    ) -> Result<ResolvedMerge, GitError> {
        let mut merged =
            ResolvedMerge { tree: case.merged.tree, resolutions: Vec::new(), open: Vec::new(), broken: Vec::new() };
        let mut entries = FileStates::new();
        for conflict in &case.merged.conflicts {
            let (remarks, left, described) = match self.step(merger, steps, case, conflict)? {
                ConflictOutcome::Resolved(files, resolutions) => {
                    entries.extend(files);
                    merged.resolutions.extend(resolutions);
                    continue;
                }
                ConflictOutcome::Open(remarks) => (remarks, None, false),
                ConflictOutcome::Partly(remarks, left) => {
                    entries.extend(partly::resolved(merger, case.merged.tree, conflict, &left)?);
                    (remarks, Some(left), false)
                }
                ConflictOutcome::Disagreement(remarks) => (remarks, None, true),
            };
            merged.open.push(UnresolvedConflict { conflict: conflict.clone(), left, remarks, described });
        }
        merged.tree = merger.with_entries(merged.tree, entries.iter().map(|(path, entry)| (path, *entry)))?;
        if self.ways.rules.iter().any(|rule| is_set_aside(rule) || rule.resolve == ResolveBy::Manifest) {
            let changed = merger.changed(case.before, merged.tree)?;
            self.mend(merger, steps, case, &changed, &mut merged)?;
            self.set_aside(merger, case, changed, &mut merged)?;
        }
        self.driven(merger, case, &mut merged)?;
        Ok(merged)
    }

    fn step(
        &self,
        merger: &mut Merger<'_>,
        steps: &mut ConflictCache,
        case: &MergeCase<'_>,
        conflict: &PathConflict,
    ) -> Result<ConflictOutcome, GitError> {
        if case.upstreams.contains(conflict) {
            return whole::upstreams(self, merger, case, conflict);
        }
        let way = self.way(&conflict.path);
        if let ResolutionSource::Manual(origin) = &way {
            return Ok(ConflictOutcome::Open(vec![Remark::Manual(origin.who.clone())]));
        }
        let choice = way.choice();
        if !matches!(way, ResolutionSource::Decided(..))
            && let Some(step) = self.remembered(merger, case, conflict)?
        {
            return Ok(step);
        }
        if let ResolutionSource::Rule(rule) = &way
            && is_set_aside(rule)
        {
            let (kept, resolution) = self.kept(merger, case, &conflict.path, Some(conflict.kind), rule)?;
            return Ok(ConflictOutcome::Resolved(vec![(conflict.path.clone(), kept)], vec![resolution]));
        }
        if is_text(conflict) {
            let way = self.attributed(merger, case, conflict, way)?;
            // The attributes of another state may name another driver, and what a driver makes is known anyway.
            let is_known = way.driver().is_none();
            if let Some(step) = steps.texts.get(conflict).filter(|_| is_known) {
                return Ok(step.clone());
            }
            let step = self.text(merger, conflict, &way)?;
            if is_known {
                steps.texts.insert(conflict.clone(), step.clone());
            }
            return Ok(step);
        }
        if let (ResolutionSource::Rule(rule), Some(by)) = (&way, way.by())
            && rule.resolve == ResolveBy::Follow
            && let Some(moved) = MovedFolder::of(conflict)
        {
            return whole::followed(self, merger, conflict, &moved, by);
        }
        match (choice, way.by()) {
            (Some(choice), Some(by)) => whole::resolve(self, merger, case, conflict, (choice, by)),
            _ => whole::removed_in_form(self, merger, conflict),
        }
    }

    /// Resolves a text place by place or, where its rule says so and no answer does, by what it says as a manifest.
    fn text(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        way: &ResolutionSource<'_>,
    ) -> Result<ConflictOutcome, GitError> {
        let rule = match way {
            ResolutionSource::Rule(rule) if rule.resolve == ResolveBy::Manifest => Some(*rule),
            _ => None,
        };
        // What somebody answered to keys says more than what stood in each place: a key may have gone to another place of the file.
        let by_keys = match rule {
            Some(rule) if !self.ways.memory.keys(&conflict.path).is_empty() => {
                match structure::resolve(self, merger, conflict, rule)? {
                    step if by_memory(&step) => return Ok(step),
                    step => Some(step),
                }
            }
            _ => None,
        };
        let step = self.places(merger, conflict, way)?;
        // What was answered place by place comes before what the rule makes of the whole, but not where nobody could read the file:
        // lines that were right where somebody resolved them may be there twice where other lines stand around them.
        let broken = by_memory(&step) && is_broken(merger, conflict, &step)?;
        let mut step = match rule {
            Some(rule) if broken || !matches!(step, ConflictOutcome::Resolved(..)) => match by_keys {
                Some(step) => step,
                None => structure::resolve(self, merger, conflict, rule)?,
            },
            _ if broken => ConflictOutcome::Open(Vec::new()),
            _ => return Ok(step),
        };
        if broken {
            match &mut step {
                ConflictOutcome::Resolved(_, resolutions) => {
                    resolutions[0].notes.insert(0, ResolutionNote::BrokenByAnswer);
                }
                ConflictOutcome::Open(remarks)
                | ConflictOutcome::Partly(remarks, ..)
                | ConflictOutcome::Disagreement(remarks) => {
                    remarks.insert(0, Remark::BrokenByAnswer);
                }
            }
        }
        Ok(step)
    }

    /// Paths no pick may change, be they the fork's own or regenerated later: whatever a pick does there is undone, also where it
    /// merged cleanly.
    fn set_aside(
        &self,
        merger: &mut Merger<'_>,
        case: &MergeCase<'_>,
        changed: Vec<RepoPath>,
        merged: &mut ResolvedMerge,
    ) -> Result<(), GitError> {
        let mut undone = Vec::new();
        for path in changed {
            let answered = merged.resolutions.iter().any(|resolution| resolution.path == path);
            let ResolutionSource::Rule(rule) = self.way(&path) else { continue };
            if is_set_aside(rule) && !answered {
                let (kept, resolution) = self.kept(merger, case, &path, None, rule)?;
                merged.resolutions.push(resolution);
                undone.push((path, kept));
            }
        }
        merged.tree = merger.with_entries(merged.tree, undone.iter().map(|(path, entry)| (path, *entry)))?;
        Ok(())
    }

    /// The file as the branch has it, and what it keeps out.
    fn kept(
        &self,
        merger: &mut Merger<'_>,
        case: &MergeCase<'_>,
        path: &RepoPath,
        kind: Option<ConflictKind>,
        rule: &PathRule,
    ) -> Result<(Option<Entry>, Resolution), GitError> {
        let ours = merger.entry(case.before, path)?;
        let lost = if rule.resolve == ResolveBy::Lockfile {
            // What it lacks in the end is said of the branch.
            DroppedLines::default()
        } else {
            let (base, theirs) = (merger.entry(case.base, path)?, merger.entry(case.theirs, path)?);
            self.dropped_lines(merger, FileVersions([base, ours, theirs, ours]))?
        };
        let how = match (rule.resolve, ours) {
            (ResolveBy::Lockfile, _) => Method::LeftOut,
            (_, Some(_)) => Method::KeptFork,
            (_, None) => Method::NotInFork,
        };
        let by = ResolvedBy::Rule { pattern: rule.pattern.clone(), resolve: rule.resolve };
        Ok((ours, Resolution { path: path.clone(), kind, by, how, lost, notes: Vec::new() }))
    }

    /// The lines a resolution drops, if that is asked for.
    fn dropped_lines(&self, merger: &mut Merger<'_>, versions: FileVersions) -> Result<DroppedLines, GitError> {
        if self.accounts { versions.dropped_lines(merger) } else { Ok(DroppedLines::default()) }
    }
}

/// Whether remembered answers resolved something.
fn by_memory(step: &ConflictOutcome) -> bool {
    let ConflictOutcome::Resolved(_, resolutions) = step else { return false };
    resolutions.iter().any(|found| matches!(found.by, ResolvedBy::Memory { .. }))
}

/// Whether lines make something of a manifest that cannot be read, though both sides can.
fn is_broken(merger: &mut Merger<'_>, conflict: &PathConflict, step: &ConflictOutcome) -> Result<bool, GitError> {
    let ConflictOutcome::Resolved(files, _) = step else { return Ok(false) };
    let result = files.first().and_then(|(_, entry)| *entry);
    let Some([_, ours, theirs, text]) = FileVersions([None, conflict.ours, conflict.theirs, result]).texts(merger)?
    else {
        return Ok(false);
    };
    Ok(manifest::is_broken(&conflict.path.to_text(), &ours, &theirs, &text))
}

/// Whether a rule keeps picks out of a path.
fn is_set_aside(rule: &PathRule) -> bool {
    matches!(rule.resolve, ResolveBy::KeepLocal | ResolveBy::Lockfile)
}

/// Whether a conflict is resolved place by place.
fn is_text(conflict: &PathConflict) -> bool {
    matches!(conflict.kind, ConflictKind::Text | ConflictKind::AddAdd)
        && conflict.ours.is_some()
        && conflict.theirs.is_some()
}
