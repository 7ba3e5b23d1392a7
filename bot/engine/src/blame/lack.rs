//! What a conflict lacks: the commits of upstream's range that its lines come from.

use std::collections::BTreeSet;

use super::file::Blame;
use super::span::{Extra, Span};
use crate::commit::Entry;
use crate::path::RepoPath;
use crate::{ConflictKind, GitError, PathConflict};

impl Blame<'_, '_, '_> {
    /// The commits, as places in the history, that made the lines a conflict is about: in a text, the lines of the base that
    /// our side lacks where both sides meet; of a path our side lacks, whatever brought it there. `at` is the place of the
    /// commit that was picked.
    ///
    /// # Errors
    /// A file or a tree is missing.
    pub fn lack(&mut self, at: usize, conflict: &PathConflict) -> Result<BTreeSet<usize>, GitError> {
        let text = |entry: Option<Entry>| entry.filter(Entry::is_file);
        let [base_name, _, their_name] = &conflict.names;
        let mut found = BTreeSet::new();
        if conflict.kind == ConflictKind::Rename {
            for name in &conflict.names {
                found.extend(self.placed(name, at));
            }
        }
        match (conflict.base, conflict.ours, conflict.theirs) {
            (Some(_), Some(_), Some(_)) => {
                let files = (text(conflict.base), text(conflict.ours), text(conflict.theirs));
                let hunks = match files {
                    (Some(base), Some(ours), Some(theirs)) if conflict.by_lines().is_some() => {
                        self.merger.conflict_hunks(Some(base), ours, theirs)?
                    }
                    _ => None,
                };
                match (files, hunks) {
                    ((Some(base), Some(ours), _), Some(hunks)) => {
                        for hunk in hunks {
                            let (span, extra) = self.missing(base, ours, &hunk.base)?;
                            found.extend(self.trace(base_name, base.id, at, &span, &extra)?);
                        }
                    }
                    _ => found.extend(self.history.touches(base_name, at).next().map(|(at, _)| at)),
                }
            }
            (Some(base), None, Some(theirs)) => {
                found.extend(self.placed(base_name, at));
                if let (Some(base), Some(theirs)) = (text(Some(base)), text(Some(theirs)))
                    && let Some(hunks) = self.merger.hunks(base, theirs)?
                {
                    let lines = hunks.into_iter().flat_map(|hunk| hunk.old).collect();
                    let span = Span { lines, gaps: BTreeSet::new() };
                    found.extend(self.trace(base_name, base.id, at, &span, &Extra::default())?);
                }
            }
            (Some(base), Some(ours), None) => match (text(Some(base)), text(Some(ours))) {
                (Some(base), Some(ours)) => {
                    let (span, extra) = self.missing(base, ours, &(0..usize::MAX))?;
                    found.extend(self.trace(base_name, base.id, at, &span, &extra)?);
                }
                _ => found.extend(self.history.touches(base_name, at).next().map(|(at, _)| at)),
            },
            // Ours is there and upstream's was not: some commit of upstream may have taken it away.
            (None, Some(_), Some(_)) => found.extend(self.placed(their_name, at)),
            (None, ..) | (Some(_), None, None) => {}
        }
        Ok(found)
    }

    /// The commit that last brought a file to a path, or took it away.
    fn placed(&self, path: &RepoPath, before: usize) -> Option<usize> {
        let mut touches = self.history.touches(path, before);
        touches.find(|(_, change)| change.old.is_none() || change.new.is_none()).map(|(at, _)| at)
    }

    /// The lines of the base, within a range, that our side does not have, and the gaps where ours has others.
    ///
    /// # Errors
    /// A file is missing.
    pub fn missing(
        &mut self,
        base: Entry,
        ours: Entry,
        within: &std::ops::Range<usize>,
    ) -> Result<(Span, Extra), GitError> {
        // A file that is no text has no lines: all of it is missing, which is told by its first.
        let Some(hunks) = self.merger.hunks(base, ours)? else { return Ok((Span::of_lines(0..1), Extra::default())) };
        let our_lines = self.merger.lines(ours)?;
        let (mut span, mut extra) = (Span::default(), Vec::new());
        for hunk in hunks.iter().filter(|hunk| within.start <= hunk.old.start && hunk.old.end <= within.end) {
            span.lines.extend(hunk.old.clone());
            if !hunk.new.is_empty() {
                span.gaps.extend(hunk.old.start..=hunk.old.end);
                extra.extend(our_lines.of(hunk.new.clone()));
            }
        }
        Ok((span, Extra::of(&extra)))
    }
}
