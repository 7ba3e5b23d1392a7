//! One path as it is in four trees: before both sides, in the fork, upstream, and after the pick.

use super::loss::{self, DroppedLines, LineChanges, TextVersions};
use engine::commit::Entry;
use engine::ids::{BlobId, TreeId};
use engine::path::RepoPath;
use engine::{FileLines, GitError, LineHunk, Merger};

/// What stands for the content of a file that is no text, where lines are listed.
pub(super) const NO_TEXT: &str = "(its content, which is no text)";

/// What four trees have at a path: base, the fork, upstream, result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FileVersions(pub(super) [Option<Entry>; 4]);

impl FileVersions {
    /// Reads a path in the four trees.
    pub(super) fn at(merger: &mut Merger<'_>, trees: [TreeId; 4], path: &RepoPath) -> Result<Self, GitError> {
        let mut found = [None; 4];
        for (entry, tree) in found.iter_mut().zip(trees) {
            *entry = merger.entry(tree, path)?;
        }
        Ok(Self(found))
    }

    /// The four texts; nothing where there is none. `None` where one of them is no text.
    pub(super) fn texts(&self, merger: &mut Merger<'_>) -> Result<Option<[Vec<u8>; 4]>, GitError> {
        let mut texts: [Vec<u8>; 4] = Default::default();
        for (text, entry) in texts.iter_mut().zip(self.0) {
            let Some(entry) = entry else { continue };
            let read = if entry.is_file() { merger.text(entry)? } else { None };
            match read {
                Some(read) => *text = read.to_vec(),
                None => return Ok(None),
            }
        }
        Ok(Some(texts))
    }

    /// The files with something made of each, as far as they are texts.
    pub(super) fn each(self, merger: &mut Merger<'_>, make: &dyn Fn(&[u8]) -> Vec<u8>) -> Result<Self, GitError> {
        let Some(texts) = self.texts(merger)? else { return Ok(self) };
        let mut made = self;
        for (entry, text) in made.0.iter_mut().zip(texts) {
            if let Some(entry) = entry {
                entry.id = merger.make_file(make(&text));
            }
        }
        Ok(made)
    }

    /// What the result lacks of either side.
    pub(super) fn dropped_lines(&self, merger: &mut Merger<'_>) -> Result<DroppedLines, GitError> {
        let Some([base, ours, theirs, resolved]) = &self.texts(merger)? else { return Ok(self.lost_as_a_whole()) };
        let texts = TextVersions { base, ours, theirs, resolved };
        // A file that went is compared as the check of the branch compares it: its lines may be at another path.
        let [Some(base), Some(ours), Some(theirs), Some(_)] = self.0 else {
            return Ok(loss::lost_of_texts(texts));
        };
        match (between(merger, base, theirs)?, between(merger, base, ours)?) {
            (Some(upstream), Some(fork)) => Ok(loss::dropped_lines(texts, &upstream.changes(), &fork.changes())),
            _ => Ok(loss::lost_of_texts(texts)),
        }
    }

    /// Where there are no lines: all of a side's content or nothing of it.
    fn lost_as_a_whole(&self) -> DroppedLines {
        let [base, ours, theirs, resolved] = self.0.map(|entry| entry.map(|entry| entry.id));
        let gone = |side: Option<BlobId>| {
            let gone = side.is_some() && side != base && side != resolved;
            if gone { vec![NO_TEXT.to_owned()] } else { Vec::new() }
        };
        DroppedLines { upstream: gone(theirs), fork: gone(ours), stays: Vec::new() }
    }
}

/// What one side did to a file, line by line.
struct SideChange {
    old: FileLines,
    new: FileLines,
    hunks: Vec<LineHunk>,
}

impl SideChange {
    fn changes(&self) -> LineChanges<'_> {
        let removed = self.hunks.iter().flat_map(|hunk| self.old.of(hunk.old.clone()));
        let added = self.hunks.iter().flat_map(|hunk| self.new.of(hunk.new.clone()));
        LineChanges::of(removed, added)
    }
}

fn between(merger: &mut Merger<'_>, old: Entry, new: Entry) -> Result<Option<SideChange>, GitError> {
    let Some(hunks) = merger.hunks(old, new)? else { return Ok(None) };
    Ok(Some(SideChange { old: merger.lines(old)?, new: merger.lines(new)?, hunks }))
}
