//! Telling the story of a path, forwards: each difference is looked at once, however many conflicts ask for it.

use std::rc::Rc;

use super::story::{OLD, Stories, Story, key};
use engine::commit::{Entry, FileChange};
use engine::path::RepoPath;
use engine::{GitError, LineHunk, Merger};

/// How many removed files an added one is compared with in search of where it came from.
const SOURCES: usize = 64;

/// Carries a story on by one change of one unit.
pub(super) fn tell(
    stories: &mut Stories<'_>,
    merger: &mut Merger<'_>,
    story: &mut Story,
    (at, which): (usize, usize),
) -> Result<(), GitError> {
    let unit = &stories.units[at];
    let change = &unit.changes[which];
    if change.old.is_none() || change.new.is_none() {
        story.placed.push(at);
    }
    let Some(new) = text(change.new) else { return Ok(()) };
    let number = u32::try_from(at).unwrap_or(OLD);
    let old = match text(change.old) {
        Some(old) => Some(old),
        None => match source(merger, &unit.changes, new)? {
            Some((path, old)) => {
                let earlier = stories.of(merger, path)?;
                adopt(story, &earlier);
                Some(old)
            }
            None => None,
        },
    };
    let Some(old) = old else {
        let lines = merger.lines(new)?;
        for line in lines.of(0..lines.count()).filter_map(key) {
            note(story, Kind::Brought, line, number);
        }
        story.versions.insert(new.id, vec![number; lines.count()].into());
        return Ok(());
    };
    let before = match story.versions.get(&old.id) {
        Some(known) => Rc::clone(known),
        None => begin(merger, story, old)?,
    };
    let Some(hunks) = merger.hunks(old, new)? else {
        story.versions.insert(new.id, vec![number; 1].into());
        return Ok(());
    };
    let (old_lines, new_lines) = (merger.lines(old)?, merger.lines(new)?);
    for hunk in &hunks {
        for line in old_lines.of(hunk.old.clone()).filter_map(key) {
            note(story, Kind::Removed, line, number);
        }
        for line in new_lines.of(hunk.new.clone()).filter_map(key) {
            note(story, Kind::Brought, line, number);
        }
    }
    story.versions.insert(new.id, carried(&before, &hunks, new_lines.count(), number).into());
    Ok(())
}

#[derive(Clone, Copy)]
enum Kind {
    Brought,
    Removed,
}

fn note(story: &mut Story, kind: Kind, line: u64, unit: u32) {
    let all = match kind {
        Kind::Brought => story.brought.entry(line).or_default(),
        Kind::Removed => story.removed.entry(line).or_default(),
    };
    if all.last() != Some(&unit) {
        all.push(unit);
    }
}

/// Where each line of a file came from, given that of the file before.
fn carried(before: &[u32], hunks: &[LineHunk], count: usize, unit: u32) -> Vec<u32> {
    let mut after = Vec::with_capacity(count);
    let mut at = 0;
    for hunk in hunks {
        after.extend(before.get(at..hunk.old.start).unwrap_or_default());
        after.resize(hunk.new.end.max(after.len()), unit);
        at = hunk.old.end;
    }
    after.extend(before.get(at..).unwrap_or_default());
    after.resize(count, OLD);
    after
}

/// A version that no unit made: the first, or one of a line of history beside this one. Its lines are known by their content.
fn begin(merger: &mut Merger<'_>, story: &mut Story, file: Entry) -> Result<Rc<[u32]>, GitError> {
    let lines = merger.lines(file)?;
    let first = story.versions.is_empty();
    let mut origins = Vec::with_capacity(lines.count());
    for line in lines.of(0..lines.count()) {
        let line = key(line);
        let from = line.and_then(|line| story.brought.get(&line)?.last().copied());
        origins.push(from.unwrap_or(OLD));
        if let (true, Some(line)) = (first || from.is_none(), line) {
            story.first.insert(line);
        }
    }
    let origins: Rc<[u32]> = origins.into();
    story.versions.insert(file.id, Rc::clone(&origins));
    Ok(origins)
}

/// A file that was moved here has the story of where it was.
fn adopt(story: &mut Story, earlier: &Story) {
    for (file, origins) in &earlier.versions {
        story.versions.entry(*file).or_insert_with(|| Rc::clone(origins));
    }
    story.first.extend(&earlier.first);
    for (all, more) in [(&mut story.brought, &earlier.brought), (&mut story.removed, &earlier.removed)] {
        for (line, units) in more {
            let known = all.entry(*line).or_default();
            known.extend(units);
            known.sort_unstable();
            known.dedup();
        }
    }
}

/// Where an added file was moved from by the same unit: the removed file with the same content, or else the one with most lines in
/// common, if that is half of them.
fn source<'c>(
    merger: &mut Merger<'_>,
    changes: &'c [FileChange],
    new: Entry,
) -> Result<Option<(&'c RepoPath, Entry)>, GitError> {
    let gone = |change: &&'c FileChange| change.new.is_none();
    let removed = || changes.iter().filter(gone).filter_map(|change| Some((&change.path, text(change.old)?)));
    if let Some(same) = removed().find(|(_, old)| old.id == new.id) {
        return Ok(Some(same));
    }
    let mut best: Option<(usize, (&RepoPath, Entry))> = None;
    for (path, old) in removed().take(SOURCES) {
        let Some(hunks) = merger.hunks(old, new)? else { continue };
        let (old_count, new_count) = (merger.lines(old)?.count(), merger.lines(new)?.count());
        let common = old_count - hunks.iter().map(|hunk| hunk.old.len()).sum::<usize>();
        if common > 0 && common * 2 >= old_count.max(new_count) && best.is_none_or(|(most, _)| common > most) {
            best = Some((common, (path, old)));
        }
    }
    Ok(best.map(|(_, source)| source))
}

/// A regular file.
pub(super) fn text(entry: Option<Entry>) -> Option<Entry> {
    entry.filter(Entry::is_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_the_unit_they_came_with() {
        // a b c d -> a B C d e
        let hunks = [LineHunk { old: 1..3, new: 1..3 }, LineHunk { old: 4..4, new: 4..5 }];
        assert_eq!(carried(&[OLD, 1, 2, OLD], &hunks, 5, 7), [OLD, 7, 7, OLD, 7]);
        // a b c -> c
        assert_eq!(carried(&[0, 1, 2], &[LineHunk { old: 0..2, new: 0..0 }], 1, 7), [2]);
    }
}
