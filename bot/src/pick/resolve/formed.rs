//! A text in the form that a formatter gives it: base, ours and theirs are brought into it, merged, and the result brought back into the
//! fork's form. It is used only where the formatter says the same of its own output, where neither side says anything else in it, and
//! where nothing of either side is missing at the end.

use super::Resolver;
use super::text::{MergingText, PlaceShare};
use crate::config::FormatRule;
use crate::pick::loss::DroppedLines;
use crate::pick::remark::{ProgramFailure, UnusedProgram};
use crate::pick::resolution::ResolvedBy;
use crate::pick::runner::{Task, Wanted};
use crate::pick::versions::FileVersions;
use crate::survey::form::{LineEnd, says_same};
use engine::commit::Entry;
use engine::path::RepoPath;
use engine::{GitError, MergeChunk, Merger, PathConflict};

/// How long a formatter may take, in seconds.
const SECONDS: u64 = 60;

/// The form of a text.
#[derive(Clone, Copy)]
pub(super) struct Formed<'a> {
    rule: &'a FormatRule,
    /// Base, ours and theirs in it.
    sides: [Option<Entry>; 3],
}

impl<'a> Resolver<'a> {
    /// A conflict in the form of its formatter, as far as that resolves it; nothing where there is no formatter, or where that leaves as
    /// much as it is without. Why it is not used is put with the others.
    pub(super) fn in_form<'c>(
        &self,
        merger: &mut Merger<'_>,
        conflict: &'c PathConflict,
        plain: &MergingText<'_>,
        unused: &mut Vec<UnusedProgram>,
    ) -> Result<Option<MergingText<'c>>, GitError>
    where
        'a: 'c,
    {
        let Some(rule) = self.formatter(&conflict.path) else { return Ok(None) };
        let mut sides = [conflict.base, conflict.ours, conflict.theirs];
        for side in sides.iter_mut().flatten() {
            let Some(text) = merger.text(*side)? else { return Ok(None) };
            match self.formatted(rule, &conflict.path, &text) {
                Ok(text) => side.id = merger.make_file(text),
                Err(why) => {
                    unused.push(UnusedProgram { program: rule.program().to_owned(), why });
                    return Ok(None);
                }
            }
        }
        let Some(mut text) = self.merging(merger, conflict, sides)? else { return Ok(None) };
        let same = plain.total.saturating_sub(text.total);
        text.total = plain.total.max(text.total);
        text.formed = Some(Formed { rule, sides });
        text.resolve_form();
        if text.open() >= plain.open() {
            return Ok(None);
        }
        let by = ResolvedBy::Formatter { program: rule.program().to_owned() };
        text.shares.insert(0, PlaceShare { by, places: same, lost: DroppedLines::default() });
        Ok(Some(text))
    }

    /// What was merged in a form, in the fork's own; `None` where it would not say the same, or where something is missing though
    /// nobody chose a side.
    pub(super) fn out_of_form(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        formed: &Formed<'_>,
        (fork, merged): (&[u8], Vec<u8>),
        whole: bool,
    ) -> Result<Option<Vec<u8>>, GitError> {
        let Formed { rule, sides: [base, ours, theirs] } = *formed;
        let restored = self.restored(merger, formed, fork, merged.clone())?;
        let again = |text: &[u8]| self.formatted(rule, &conflict.path, text).ok();
        let made = again(&merged);
        if made.is_none() || made != again(&restored) {
            return Ok(None);
        }
        if whole {
            let result = ours.map(|ours| Entry { id: merger.make_file(merged), ..ours });
            let lost = FileVersions([base, ours, theirs, result]).dropped_lines(merger)?;
            if !(lost.upstream.is_empty() && lost.fork.is_empty()) {
                return Ok(None);
            }
        }
        Ok(Some(restored))
    }

    /// A text in a form, in the fork's own: what the merge left alone there is as the fork has it.
    pub(super) fn restored(
        &self,
        merger: &mut Merger<'_>,
        formed: &Formed<'_>,
        fork: &[u8],
        text: Vec<u8>,
    ) -> Result<Vec<u8>, GitError> {
        let Some(ours) = formed.sides[1] else { return Ok(text) };
        let end = LineEnd::of(fork);
        // Formatters write line feeds; with other ends no line would be the fork's.
        let plain = if end == Some(LineEnd::CrLf) { LineEnd::Lf.give(fork) } else { fork.to_vec() };
        let (fork, made) = (merger.make_file(plain), merger.make_file(text.clone()));
        let [fork, made] = [fork, made].map(|id| Entry { id, ..ours });
        let Some(chunks) = merger.chunks(Some(ours), fork, made)? else { return Ok(text) };
        let parts = chunks.into_iter().map(|chunk| match chunk {
            MergeChunk::Resolved(text) => text,
            MergeChunk::Conflict { base, ours, theirs, .. } => as_the_fork([&base, &ours, &theirs]),
        });
        let restored = parts.collect::<Vec<_>>().concat();
        Ok(if end == Some(LineEnd::CrLf) { LineEnd::CrLf.give(&restored) } else { restored })
    }

    /// The four files in the form of the formatter of their path, where it has one that can be used on each.
    pub(in crate::pick) fn all_in_form(
        &self,
        merger: &mut Merger<'_>,
        path: &RepoPath,
        versions: FileVersions,
    ) -> Result<FileVersions, GitError> {
        let Some(rule) = self.formatter(path) else { return Ok(versions) };
        versions.each(merger, &|text| self.formatted(rule, path, text).unwrap_or_else(|_| text.to_vec()))
    }

    /// The formatter in whose form two texts are the same.
    pub(super) fn same_in_form(&self, path: &RepoPath, one: &[u8], other: &[u8]) -> Option<String> {
        let rule = self.formatter(path)?;
        let same = self.formatted(rule, path, one).ok()? == self.formatted(rule, path, other).ok()?;
        same.then(|| rule.program().to_owned())
    }

    fn formatter(&self, path: &RepoPath) -> Option<&'a FormatRule> {
        let text = path.to_text();
        self.ways.formats.iter().find(|rule| rule.path.is_match(&*text))
    }

    /// A text as a formatter has it, which says the same of what it made, and nothing else than the text.
    fn formatted(&self, rule: &FormatRule, path: &RepoPath, text: &[u8]) -> Result<Vec<u8>, ProgramFailure> {
        if rule.untrusted {
            return Err(ProgramFailure::NotTheForks);
        }
        if text.trim_ascii().is_empty() {
            return Ok(text.to_vec());
        }
        let once = self.format(rule, path, text)?;
        if self.format(rule, path, &once)? != once {
            return Err(ProgramFailure::Unstable);
        }
        if says_same(path.file_name(), text, &once) { Ok(once) } else { Err(ProgramFailure::OtherMeaning) }
    }

    fn format(&self, rule: &FormatRule, path: &RepoPath, text: &[u8]) -> Result<Vec<u8>, ProgramFailure> {
        let command = rule.command.iter().map(|word| word.replace("%P", &path.to_text())).collect();
        let task = Task {
            command,
            folder: RepoPath::from(""),
            files: Vec::new(),
            input: text.to_vec(),
            wanted: Wanted::Output,
            network: false,
            seconds: SECONDS,
            // It is used only where it says the same of its own output.
            repeatable: true,
        };
        super::program::run(self.ways.runner, &task)
    }
}

/// Lines that were merged in a form; what did not change there is as the fork has it, where its lines are the same ones.
fn as_the_fork(sides: [&[u8]; 3]) -> Vec<u8> {
    let [form, fork, merged] = sides.map(|side| side.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>());
    if form.len() != fork.len() {
        return merged.concat();
    }
    let mut from = 0;
    let line = |line: &[u8]| match form[from..].iter().position(|known| *known == line) {
        Some(at) => {
            from += at + 1;
            fork[from - 1].to_vec()
        }
        None => line.to_vec(),
    };
    merged.into_iter().map(line).collect::<Vec<_>>().concat()
}
