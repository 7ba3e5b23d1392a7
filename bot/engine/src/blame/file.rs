//! Blame within a range: the commits that brought given lines, or removed others from between them.

use std::collections::{BTreeSet, HashMap};

use super::history::{History, Step};
use super::span::{Extra, Span};
use crate::commit::FileChange;
use crate::ids::BlobId;
use crate::path::RepoPath;
use crate::{GitError, Merger, Repo};

/// How many removed files an added one is compared with in search of where it came from: a mass move of thousands would
/// otherwise cost their square, and its files are mostly moved unchanged, which is seen without comparing.
const SOURCES: usize = 64;

/// Follows lines back through a history.
pub struct Blame<'a, 'm, 'r> {
    pub(super) repo: &'r Repo,
    pub(super) history: &'a History,
    pub(super) merger: &'m mut Merger<'r>,
}

/// Places to follow, by the content they are places of.
type Pending = HashMap<BlobId, Span>;

impl<'a, 'm, 'r> Blame<'a, 'm, 'r> {
    /// For this history; the merger is asked for the differences, which it remembers.
    pub fn new(repo: &'r Repo, history: &'a History, merger: &'m mut Merger<'r>) -> Self {
        Self { repo, history, merger }
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
        span: Span,
        extra: &Extra,
    ) -> Result<BTreeSet<usize>, GitError> {
        let history = self.history;
        let mut found = BTreeSet::new();
        let mut paths = vec![(path.clone(), before, Pending::from([(file, span)]))];
        while let Some((path, before, mut pending)) = paths.pop() {
            // On history that forks and joins, other lines of it touch the path too: only a change that ends in a content with
            // places to follow is on the way.
            for (at, change) in history.touches(&path, before) {
                if pending.is_empty() {
                    break;
                }
                let step = history.step(at);
                let Some(new) = change.new else { continue };
                let Some(span) = pending.remove(&new.id) else { continue };
                if step.commit.is_merge() {
                    self.through_merge(step, &path, new.id, span, &mut pending)?;
                    continue;
                }
                let (old_path, old) = match (change.old, self.source(step, change)?) {
                    (Some(old), _) => (&path, old.id),
                    (None, Some((old_path, old))) => (old_path, old),
                    (None, None) => {
                        found.insert(at);
                        continue;
                    }
                };
                let Some((earlier, made)) = self.back(old, new.id, &span, extra)? else {
                    found.insert(at);
                    continue;
                };
                if made {
                    found.insert(at);
                }
                if earlier.is_empty() {
                    continue;
                }
                if *old_path == path {
                    pending.entry(old).or_default().join(earlier);
                } else {
                    paths.push((old_path.clone(), at, Pending::from([(old, earlier)])));
                }
            }
        }
        Ok(found)
    }

    /// A span before a change, and whether the change made part of it; `None` where the file is no text.
    ///
    /// # Errors
    /// A file is missing.
    pub fn back(
        &mut self,
        old: BlobId,
        new: BlobId,
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

    /// A merge made no lines but those in which it differs from all its parents, and those are a person's settling, not a
    /// commit that could be picked: the others go on to the first parent that has them.
    fn through_merge(
        &mut self,
        merge: &Step,
        path: &RepoPath,
        file: BlobId,
        mut span: Span,
        pending: &mut Pending,
    ) -> Result<(), GitError> {
        for parent in &merge.commit.parents {
            let Some(entry) = self.repo.entry(self.repo.commit(*parent)?.tree, path)? else { continue };
            let Some(hunks) = self.merger.hunks(entry.id, file)? else { continue };
            let changed = |line: &usize| hunks.iter().any(|hunk| hunk.new.contains(line));
            let (rest, same): (BTreeSet<usize>, BTreeSet<usize>) = span.lines.iter().partition(|line| changed(line));
            let same = Span { lines: same, gaps: std::mem::take(&mut span.gaps) };
            let (earlier, _) = same.before(&hunks, &|_| false);
            if !earlier.is_empty() {
                pending.entry(entry.id).or_default().join(earlier);
            }
            span.lines = rest;
            if span.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Where an added file was moved from by the same commit: the removed file with the same content, or else the one with
    /// most lines in common, if that is half of them.
    fn source<'s>(&mut self, step: &'s Step, added: &FileChange) -> Result<Option<(&'s RepoPath, BlobId)>, GitError> {
        let (None, Some(new)) = (added.old, added.new) else { return Ok(None) };
        let gone = |change: &&'s FileChange| change.new.is_none();
        let removed = || step.changes.iter().filter(gone).filter_map(|change| Some((&change.path, change.old?.id)));
        if let Some(same) = removed().find(|(_, old)| *old == new.id) {
            return Ok(Some(same));
        }
        let mut best: Option<(usize, (&RepoPath, BlobId))> = None;
        for (path, old) in removed().take(SOURCES) {
            let Some(hunks) = self.merger.hunks(old, new.id)? else { continue };
            let (old_lines, new_lines) = (self.merger.lines(old)?.count(), self.merger.lines(new.id)?.count());
            let common = old_lines - hunks.iter().map(|hunk| hunk.old.len()).sum::<usize>();
            if common > 0 && common * 2 >= old_lines.max(new_lines) && best.is_none_or(|(most, _)| common > most) {
                best = Some((common, (path, old)));
            }
        }
        Ok(best.map(|(_, source)| source))
    }
}
