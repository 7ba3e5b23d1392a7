//! A conflict with its hunks.

use super::{Attribution, Conflict, Hunk, fact, module};
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{ConflictHunk, ConflictKind, GitError, LineHunk, MergeChunk, Merger, PathConflict, Repo};

/// In how many places a person would resolve these conflicts.
#[must_use]
pub fn places<'a>(conflicts: impl IntoIterator<Item = &'a Conflict>) -> usize {
    conflicts.into_iter().map(|conflict| conflict.places).sum()
}

/// A conflict with its hunks. `trees` are upstream's and the fork's: where a submodule is from is looked up in them, in this order.
///
/// # Errors
/// A file is missing.
pub(crate) fn read(
    (repo, trees): (&Repo, [TreeId; 2]),
    merger: &mut Merger<'_>,
    found: PathConflict,
) -> Result<Conflict, GitError> {
    let facts = fact::facts(merger, &found)?;
    let by_lines = found.by_lines();
    let places = merger.places(&found)?;
    let PathConflict { path, kind, base, ours, theirs, names: [_, our_name, their_name] } = found;
    let chunks = match by_lines {
        // Only where both sides have a text are there places to show.
        Some((ours, theirs)) => merger.chunks(base, ours, theirs)?,
        None => None,
    };
    let hunks = chunks.into_iter().flatten().filter_map(hunk).collect();
    let names = [our_name, their_name];
    let mut conflict = Conflict {
        path,
        names,
        kind,
        base,
        ours,
        theirs,
        module: None,
        places,
        hunks,
        whose: Vec::new(),
        facts,
        remarks: Vec::new(),
        proposal: None,
        left: None,
    };
    if conflict.module_commits().is_some() {
        conflict.module = module::repository(repo, trees, &conflict.path);
    }
    Ok(conflict)
}

fn hunk(chunk: MergeChunk) -> Option<Hunk> {
    let MergeChunk::Conflict { base, ours, theirs, lines, .. } = chunk else { return None };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect();
    Some(Hunk {
        line: lines.ours.start + 1,
        their_line: lines.theirs.start + 1,
        base: text(base),
        ours: text(ours),
        theirs: text(theirs),
    })
}

/// A path of which it is not clear whether it should follow a folder the other side moved.
pub(crate) fn unclear(path: RepoPath) -> Conflict {
    Conflict {
        names: [path.clone(), path.clone()],
        path,
        kind: ConflictKind::Rename,
        base: None,
        ours: None,
        theirs: None,
        module: None,
        places: 1,
        hunks: Vec::new(),
        whose: Vec::new(),
        facts: Vec::new(),
        remarks: Vec::new(),
        proposal: None,
        left: None,
    }
}

/// Where a line of one text is in another, both counted from 1.
fn moved_line(hunks: &[LineHunk], line: usize) -> usize {
    let at = line - 1;
    let before = hunks.iter().rfind(|hunk| hunk.old.start <= at);
    1 + before.map_or(at, |hunk| {
        if at < hunk.old.end {
            hunk.new.start + (at - hunk.old.start).min(hunk.new.len())
        } else {
            at - hunk.old.end + hunk.new.end
        }
    })
}

impl Conflict {
    /// Leaves of it what is left to a person: `left` has what was resolved on all sides. Its lines are counted as in the files there are.
    pub(super) fn reduce(
        &mut self,
        merger: &mut Merger<'_>,
        whole: &PathConflict,
        left: &PathConflict,
    ) -> Result<(), GitError> {
        let (Some((ours, theirs)), Some(sides)) = (left.by_lines(), whole.by_lines()) else { return Ok(()) };
        self.places = merger.places(left)?;
        let chunks = merger.chunks(left.base, ours, theirs)?;
        self.hunks = chunks.into_iter().flatten().filter_map(hunk).collect();
        let moved = [merger.hunks(ours, sides.0)?, merger.hunks(theirs, sides.1)?].map(Option::unwrap_or_default);
        for hunk in &mut self.hunks {
            hunk.line = moved_line(&moved[0], hunk.line);
            hunk.their_line = moved_line(&moved[1], hunk.their_line);
        }
        self.left = Some(left.clone());
        Ok(())
    }

    /// Takes who put what at each place of the whole conflict; for a place that is left, who did at the nearest of these.
    pub(super) fn attribute(
        &mut self,
        whole: &PathConflict,
        whose: Vec<Attribution>,
        merger: &mut Merger<'_>,
    ) -> Result<(), GitError> {
        let all = match whole.by_lines().filter(|_| self.left.is_some()) {
            Some((ours, theirs)) => merger.conflict_hunks(whole.base, ours, theirs)?.unwrap_or_default(),
            None => Vec::new(),
        };
        let nearest = |hunk: &Hunk| {
            let far = |all: &ConflictHunk| {
                let (ours, theirs) = (all.ours.start + 1, all.theirs.start + 1);
                ours.abs_diff(hunk.line) + theirs.abs_diff(hunk.their_line)
            };
            let near = all.iter().zip(&whose).min_by_key(|(all, _)| far(all));
            near.map(|(_, whose)| whose.clone()).unwrap_or_default()
        };
        self.whose = if all.is_empty() { whose } else { self.hunks.iter().map(nearest).collect() };
        Ok(())
    }

    /// What git is told to add once it is resolved. Where a file stands beside what took its place, its name ends in `~` and
    /// what the side is called, which is something else on a person's machine: then whatever its end is.
    #[must_use]
    pub fn pathspec(&self) -> RepoPath {
        let beside = |name: &&RepoPath| {
            self.path.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"~"))
        };
        match self.names.iter().find(beside) {
            Some(name) => RepoPath::from_bytes([name.as_bytes(), b"~*"].concat()),
            None => self.path.clone(),
        }
    }
}
