//! Files line by line, to find whose lines a conflict is made of; and trees with files of another tree put in.

use std::ops::Range;
use std::sync::Arc;

use super::PathConflict;
use super::attributes::is_pointer;
use super::edits::Edits;
use super::merger::Merger;
use super::store::{Blob, is_binary};
use super::text::{LineTable, SourceText};
use super::tree::Version;
use crate::commit::Entry;
use crate::error::GitError;
use crate::ids::{BlobId, TreeId};
use crate::path::RepoPath;

/// A stretch in which two files differ. Lines are counted from 0, ranges are half-open, and one of them may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineHunk {
    /// The lines that went.
    pub old: Range<usize>,
    /// The lines that came.
    pub new: Range<usize>,
}

/// A stretch that both sides of a merge changed, and differently. Lines are counted from 0, ranges are half-open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictHunk {
    /// The lines both sides started from.
    pub base: Range<usize>,
    /// Our side's.
    pub ours: Range<usize>,
    /// Their side's.
    pub theirs: Range<usize>,
}

/// A file cut into lines, shared with the merger's memory.
pub struct FileLines {
    blob: Arc<Blob>,
    lines: Arc<LineTable>,
}

impl FileLines {
    /// How many lines there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lines.len()
    }

    /// The lines of a range, each with its line feed; those past the end are left out.
    pub fn of(&self, range: Range<usize>) -> impl Iterator<Item = &[u8]> {
        (range.start..range.end.min(self.count())).map(|line| &self.blob.bytes[self.lines.span(line, line + 1)])
    }
}

/// A file of a merge, read.
pub(super) struct LoadedText {
    id: [u8; 20],
    blob: Arc<Blob>,
}

impl LoadedText {
    pub(super) fn source(&self) -> SourceText<'_> {
        SourceText { id: self.id, bytes: &self.blob.bytes }
    }
}

impl Merger<'_> {
    /// Where two files differ, as a merge sees it (git's histogram diff); `None` where one of them is no text, or a submodule.
    ///
    /// # Errors
    /// A file is missing.
    pub fn hunks(&mut self, old: Entry, new: Entry) -> Result<Option<Vec<LineHunk>>, GitError> {
        let (Some(old), Some(new)) = (old.content(), new.content()) else { return Ok(None) };
        let blobs = [self.store.blob(*old.as_bytes())?, self.store.blob(*new.as_bytes())?];
        if blobs.iter().any(|blob| is_binary(&blob.bytes)) {
            return Ok(None);
        }
        let [old_blob, new_blob] = &blobs;
        Ok(Some(self.memory.texts.compare(
            SourceText { id: *old.as_bytes(), bytes: &old_blob.bytes },
            SourceText { id: *new.as_bytes(), bytes: &new_blob.bytes },
        )))
    }

    /// Where a merge of three files conflicts, in order: one hunk for each pair of conflict markers. Without a base, both sides
    /// added the file. `None` where one side is no regular file, or one file is no text or stands for one.
    ///
    /// # Errors
    /// A file is missing.
    pub fn conflict_hunks(
        &mut self,
        base: Option<Entry>,
        ours: Entry,
        theirs: Entry,
    ) -> Result<Option<Vec<ConflictHunk>>, GitError> {
        let Some(texts) = self.three(base, ours, theirs)? else { return Ok(None) };
        let [base, ours, theirs] = texts.each_ref().map(LoadedText::source);
        Ok(Some(self.memory.texts.conflict_hunks(base, ours, theirs)))
    }

    /// The three files of a merge, an empty one where there is no base, or one of another kind; `None` where one side is no
    /// regular file, or one file is no text.
    pub(super) fn three(
        &mut self,
        base: Option<Entry>,
        ours: Entry,
        theirs: Entry,
    ) -> Result<Option<[LoadedText; 3]>, GitError> {
        if !ours.is_file() || !theirs.is_file() {
            return Ok(None);
        }
        let base = base.filter(Entry::is_file).map(|base| base.id);
        let (ours, theirs) = (ours.id, theirs.id);
        let mut read = |file: Option<BlobId>| -> Result<LoadedText, GitError> {
            Ok(match file {
                Some(id) => LoadedText { id: *id.as_bytes(), blob: self.store.blob(*id.as_bytes())? },
                None => LoadedText { id: Version::NONE.id, blob: Arc::new(Blob { bytes: Vec::new() }) },
            })
        };
        let texts = [read(base)?, read(Some(ours))?, read(Some(theirs))?];
        let whole = |text: &LoadedText| is_binary(&text.blob.bytes) || is_pointer(&text.blob.bytes);
        Ok((!texts.iter().any(whole)).then_some(texts))
    }

    /// In how many places a person has to resolve a conflict: one for each pair of markers that git would put into a text by default, one
    /// for all else.
    ///
    /// # Errors
    /// A file is missing.
    pub fn places(&mut self, conflict: &PathConflict) -> Result<usize, GitError> {
        let Some((ours, theirs)) = conflict.by_lines() else { return Ok(1) };
        let Some(texts) = self.three(conflict.base, ours, theirs)? else { return Ok(1) };
        let [base, ours, theirs] = texts.each_ref().map(LoadedText::source);
        Ok(self.memory.texts.places(base, ours, theirs).max(1))
    }

    /// A file cut into lines; of a submodule none.
    ///
    /// # Errors
    /// The file is missing.
    pub fn lines(&mut self, file: Entry) -> Result<FileLines, GitError> {
        let (id, blob) = match file.content() {
            Some(id) => (*id.as_bytes(), self.store.blob(*id.as_bytes())?),
            None => (Version::NONE.id, Arc::new(Blob { bytes: Vec::new() })),
        };
        let lines = self.memory.texts.cut(SourceText { id, bytes: &blob.bytes });
        Ok(FileLines { blob, lines })
    }

    /// The tree with the files at these paths as `from` has them: removed where it has none.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn with_files<'p>(
        &mut self,
        tree: TreeId,
        paths: impl IntoIterator<Item = &'p RepoPath>,
        from: TreeId,
    ) -> Result<TreeId, GitError> {
        let mut files = Vec::new();
        for path in paths {
            let version = self.version_at(from, path.as_bytes())?;
            files.push((path, if version.is_file() { version } else { Version::NONE }));
        }
        self.with_versions(tree, files)
    }

    pub(super) fn with_versions<'p>(
        &mut self,
        tree: TreeId,
        files: impl IntoIterator<Item = (&'p RepoPath, Version)>,
    ) -> Result<TreeId, GitError> {
        let mut edits = Edits::default();
        for (path, version) in files {
            edits.put_file(path.as_bytes(), version);
        }
        let edited = edits.apply(&mut self.store, Version::folder(*tree.as_bytes()))?;
        self.tree_of(edited)
    }
}
