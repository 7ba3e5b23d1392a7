//! Whether what a unit changes is in the fork at all.

use std::collections::BTreeSet;

use super::origin::text;
use super::story::{OLD, key};
use super::walk::Walk;
use engine::GitError;

impl Walk<'_, '_> {
    /// The units that all that a unit changes came with, where every one of them is missing; none where any of it is in the fork,
    /// or new.
    pub(super) fn came_with(&mut self, at: usize) -> Result<Option<BTreeSet<usize>>, GitError> {
        let unit = &self.ground.units[at];
        let mut found = BTreeSet::new();
        for change in &unit.changes {
            if change.old.is_none() {
                continue;
            }
            let story = self.stories.of(self.merger, &change.path)?;
            let (Some(old), new) = (text(change.old), text(change.new)) else { return Ok(None) };
            let Some(origins) = story.versions.get(&old.id) else { return Ok(None) };
            let lines = self.merger.lines(old)?;
            let changed: Vec<_> = match new {
                Some(new) => match self.merger.hunks(old, new)? {
                    Some(hunks) => hunks.into_iter().map(|hunk| hunk.old).collect(),
                    None => return Ok(None),
                },
                None => std::iter::once(0..lines.count()).collect(),
            };
            for range in changed {
                // What is only added belongs to the lines around it.
                let range = if range.is_empty() {
                    range.start.saturating_sub(1)..(range.end + 1).min(lines.count())
                } else {
                    range
                };
                for (line, from) in lines.of(range.clone()).zip(&origins[range.start.min(origins.len())..]) {
                    if key(line).is_none() {
                        continue;
                    }
                    let from = usize::try_from(*from).unwrap_or(usize::MAX);
                    if !self.is_missing(from, at) {
                        return Ok(None);
                    }
                    found.insert(from);
                }
            }
        }
        Ok((!found.is_empty()).then_some(found))
    }

    /// The missing units whose lines a unit touches.
    pub(super) fn touched(&mut self, at: usize) -> Result<Vec<usize>, GitError> {
        let unit = &self.ground.units[at];
        let mut found = BTreeSet::new();
        for change in &unit.changes {
            let story = self.stories.of(self.merger, &change.path)?;
            let Some(old) = text(change.old) else { continue };
            let Some(origins) = story.versions.get(&old.id) else { continue };
            let ranges: Vec<_> = match text(change.new) {
                Some(new) => {
                    self.merger.hunks(old, new)?.unwrap_or_default().into_iter().map(|hunk| hunk.old).collect()
                }
                None => std::iter::once(0..origins.len()).collect(),
            };
            let touched = ranges.into_iter().flat_map(|range| origins.get(range).unwrap_or_default().to_vec());
            found.extend(touched.filter(|from| *from != OLD).map(|from| usize::try_from(from).unwrap_or(usize::MAX)));
            found.extend(story.placed.iter().copied().filter(|_| change.new.is_none()));
        }
        found.extend(&unit.undoes);
        Ok(found.into_iter().filter(|from| self.is_missing(*from, at)).collect())
    }
}
