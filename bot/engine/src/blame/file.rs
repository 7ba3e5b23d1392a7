//! Blame within a range: the commits that brought given lines, or removed others from between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::annotation::{Annotation, hash};
use super::history::{ChangeId, History, Slot, Step};
use super::span::{Extra, Span};
use crate::commit::{Entry, FileChange};
use crate::hash::HashMap;
use crate::ids::BlobId;
use crate::objects::lock;
use crate::path::RepoPath;
use crate::{GitError, LineHunk, Merger};

/// How many removed files an added one is compared with in search of where it came from: a mass move of thousands would
/// otherwise cost their square, and its files are mostly moved unchanged, which is seen without comparing.
const SOURCES: usize = 64;

/// Says where lines come from in a history.
pub struct Blame<'a, 'm, 'r> {
    pub(super) history: &'a History,
    pub(super) merger: &'m mut Merger<'r>,
}

/// What a version of a file was made from: contents, each with the version of the range it is, if it is one.
enum Made {
    /// Nothing.
    Whole,
    /// The content before the change.
    Changed(Entry, Option<ChangeId>),
    /// What the parents of a merge have at the path.
    Merged(Vec<(Entry, Option<ChangeId>)>),
}

impl Made {
    fn earlier(&self) -> impl Iterator<Item = ChangeId> {
        let (changed, merged) = match self {
            Self::Whole => (None, &[][..]),
            Self::Changed(_, version) => (*version, &[][..]),
            Self::Merged(parents) => (None, &parents[..]),
        };
        changed.into_iter().chain(merged.iter().filter_map(|(_, version)| *version))
    }
}

impl<'a, 'm, 'r> Blame<'a, 'm, 'r> {
    /// For this history; the merger is asked for the differences, which it remembers.
    pub const fn new(history: &'a History, merger: &'m mut Merger<'r>) -> Self {
        Self { history, merger }
    }

    /// The commits, as places in the history, that made a span of a file what it is. `before` is where to start: commits from
    /// there on are not looked at. Lines that are older than the history come from none.
    ///
    /// # Errors
    /// A file or a tree is missing.
    pub fn trace(
        &mut self,
        path: &RepoPath,
        file: BlobId,
        before: usize,
        span: &Span,
        extra: &Extra,
    ) -> Result<BTreeSet<usize>, GitError> {
        let Some(version) = self.history.version(path, file, before) else { return Ok(BTreeSet::new()) };
        Ok(self.annotation(version)?.origins(span, extra))
    }

    /// What is known of a version. The versions it was made from come first, the oldest of them before all others, so that each
    /// is annotated from those before it, and once.
    fn annotation(&mut self, version: ChangeId) -> Result<Arc<Annotation>, GitError> {
        let mut known: HashMap<ChangeId, Arc<Annotation>> = HashMap::default();
        let mut needed: BTreeMap<ChangeId, Made> = BTreeMap::new();
        let mut pending = vec![version];
        while let Some(next) = pending.pop() {
            if known.contains_key(&next) || needed.contains_key(&next) {
                continue;
            }
            if let Some(annotation) = lock(&self.slot(next)).clone() {
                known.insert(next, annotation);
                continue;
            }
            let made = self.made(next)?;
            pending.extend(made.earlier());
            needed.insert(next, made);
        }
        // Whatever another one was made from may go once that is annotated.
        let mut uses: HashMap<ChangeId, usize> = HashMap::default();
        for earlier in needed.values().flat_map(Made::earlier) {
            *uses.entry(earlier).or_default() += 1;
        }
        for (change, made) in needed {
            let slot = self.slot(change);
            let mut place = lock(&slot);
            let annotation = match &*place {
                Some(annotation) => Arc::clone(annotation),
                None => Arc::new(self.annotate(change, &made, &known)?),
            };
            if place.is_none() {
                *place = Some(Arc::clone(&annotation));
                drop(place);
                lock(&self.history.annotations).put(change, Arc::clone(&slot), annotation.weight());
            }
            for earlier in made.earlier() {
                let left = uses.entry(earlier).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    known.remove(&earlier);
                }
            }
            known.insert(change, annotation);
        }
        Ok(known.remove(&version).unwrap_or_else(|| Arc::new(Annotation::older())))
    }

    fn slot(&self, change: ChangeId) -> Arc<Slot> {
        let mut annotations = lock(&self.history.annotations);
        annotations.get(&change).unwrap_or_else(|| {
            let slot = Arc::new(Slot::default());
            annotations.put(change, Arc::clone(&slot), 0);
            slot
        })
    }

    /// What a version was made from.
    fn made(&mut self, change: ChangeId) -> Result<Made, GitError> {
        let history = self.history;
        let (step, file) = (history.step(change.0), history.change(change));
        if step.commit.is_merge() {
            let mut parents = Vec::new();
            for parent in &step.commit.parents {
                let tree = self.merger.repo().commit(*parent)?.tree;
                if let Some(entry) = self.merger.repo().entry(tree, &file.path)? {
                    parents.push((entry, history.version(&file.path, entry.id, change.0)));
                }
            }
            return Ok(Made::Merged(parents));
        }
        let source = match file.old {
            Some(old) => Some((&file.path, old)),
            None => self.source(step, file)?,
        };
        Ok(source.map_or(Made::Whole, |(path, old)| Made::Changed(old, history.version(path, old.id, change.0))))
    }

    fn annotate(
        &mut self,
        change: ChangeId,
        made: &Made,
        known: &HashMap<ChangeId, Arc<Annotation>>,
    ) -> Result<Annotation, GitError> {
        let Some(new) = self.history.change(change).new else { return Ok(Annotation::older()) };
        let older = Arc::new(Annotation::older());
        let before = |version: &Option<ChangeId>| version.and_then(|version| known.get(&version)).unwrap_or(&older);
        match made {
            Made::Whole => Ok(Annotation::whole(change.0)),
            Made::Changed(old, version) => {
                let Some(hunks) = self.merger.hunks(*old, new)? else { return Ok(Annotation::whole(change.0)) };
                let lines = self.merger.lines(*old)?;
                let removed = |hunk: &LineHunk| lines.of(hunk.old.clone()).map(hash).collect();
                Ok(before(version).after(change.0, &hunks, removed))
            }
            Made::Merged(parents) => {
                let (mut merge, mut first) = (Annotation::merge(), true);
                for (content, version) in parents {
                    let Some(hunks) = self.merger.hunks(*content, new)? else { continue };
                    merge.take_from(before(version), &hunks, std::mem::take(&mut first));
                    if !merge.is_open() {
                        break;
                    }
                }
                merge.close();
                Ok(merge)
            }
        }
    }

    /// A span before a change, and whether the change made part of it; `None` where the file is no text.
    ///
    /// # Errors
    /// A file is missing.
    pub fn back(
        &mut self,
        old: Entry,
        new: Entry,
        span: &Span,
        extra: &Extra,
    ) -> Result<Option<(Span, bool)>, GitError> {
        let Some(hunks) = self.merger.hunks(old, new)? else { return Ok(None) };
        if span.gaps.is_empty() {
            return Ok(Some(span.before(&hunks, &|_| false)));
        }
        let lines = self.merger.lines(old)?;
        Ok(Some(span.before(&hunks, &|removed| lines.of(removed).any(|line| extra.has(line)))))
    }

    /// Where an added file was moved from by the same commit: the removed file with the same content, or else the one with
    /// most lines in common, if that is half of them.
    fn source<'s>(&mut self, step: &'s Step, added: &FileChange) -> Result<Option<(&'s RepoPath, Entry)>, GitError> {
        let (None, Some(new)) = (added.old, added.new) else { return Ok(None) };
        let gone = |change: &&'s FileChange| change.new.is_none();
        let removed = || step.changes.iter().filter(gone).filter_map(|change| Some((&change.path, change.old?)));
        if let Some(same) = removed().find(|(_, old)| old.id == new.id) {
            return Ok(Some(same));
        }
        let mut best: Option<(usize, (&RepoPath, Entry))> = None;
        for (path, old) in removed().take(SOURCES) {
            let Some(hunks) = self.merger.hunks(old, new)? else { continue };
            let (old_lines, new_lines) = (self.merger.lines(old)?.count(), self.merger.lines(new)?.count());
            let common = old_lines - hunks.iter().map(|hunk| hunk.old.len()).sum::<usize>();
            if common > 0 && common * 2 >= old_lines.max(new_lines) && best.is_none_or(|(most, _)| common > most) {
                best = Some((common, (path, old)));
            }
        }
        Ok(best.map(|(_, source)| source))
    }
}
