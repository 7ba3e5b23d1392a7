//! Merge drivers in git's convention: a program that is given base, ours and theirs as files and leaves the merged file in ours.

use super::place::mode;
use super::{ConflictOutcome, Resolver, program};
use crate::config::PathRule;
use crate::pick::answer::places;
use crate::pick::loss::{DroppedLines, TextVersions, lost_words};
use crate::pick::remark::{ProgramFailure, UnusedProgram};
use crate::pick::resolution::{Method, Resolution, ResolutionNote, ResolvedBy};
use crate::pick::runner::{CommandError, Task, Wanted};
use crate::text::markers::{BEGIN, END};
use engine::commit::Entry;
use engine::path::RepoPath;
use engine::{GitError, MergeChunk, Merger, PathConflict};

/// How long a driver may take, in seconds.
const SECONDS: u64 = 60;

/// What the three files are called before it, as git calls them.
const FILES: [&str; 3] = [".merge_file_base", ".merge_file_ours", ".merge_file_theirs"];

impl Resolver<'_> {
    /// What a driver makes of a conflict, which is taken where nothing of either side is missing. Why it is not used is put with the
    /// others.
    pub(super) fn drive(
        &self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
        rule: &PathRule,
        unused: &mut Vec<UnusedProgram>,
    ) -> Result<Option<ConflictOutcome>, GitError> {
        let (Some(ours), Some(theirs)) = (conflict.ours, conflict.theirs) else { return Ok(None) };
        let Some(chunks) = merger.chunks(conflict.base, ours, theirs)? else { return Ok(None) };
        let mut texts: [Vec<u8>; 3] = Default::default();
        for (text, side) in texts.iter_mut().zip([conflict.base, Some(ours), Some(theirs)]) {
            if let Some(side) = side {
                *text = merger.text(side)?.map(|text| text.to_vec()).unwrap_or_default();
            }
        }
        let made = match self.driven_text(rule, conflict, &texts) {
            Ok(made) => made,
            Err(why) => {
                unused.push(UnusedProgram { program: rule.program().to_owned(), why });
                return Ok(None);
            }
        };
        let total = chunks.iter().filter(|chunk| matches!(chunk, MergeChunk::Conflict { .. })).count();
        let (mode, note) = mode(conflict.base, ours, theirs, None);
        let notes = note.into_iter().chain(stands(&chunks, &made)).collect();
        let entry = Entry { mode, id: merger.make_file(made) };
        let resolution = Resolution {
            path: conflict.path.clone(),
            kind: Some(conflict.kind),
            by: ResolvedBy::Driver { name: rule.program().to_owned() },
            how: Method::Driven(total),
            // Lines of both sides may be one now, so it was words that were counted.
            lost: DroppedLines::default(),
            notes,
        };
        Ok(Some(ConflictOutcome::Resolved(vec![(conflict.path.clone(), Some(entry))], vec![resolution])))
    }

    fn driven_text(
        &self,
        rule: &PathRule,
        conflict: &PathConflict,
        texts: &[Vec<u8>; 3],
    ) -> Result<Vec<u8>, ProgramFailure> {
        if rule.untrusted {
            return Err(ProgramFailure::NotTheForks);
        }
        let path = conflict.path.to_text();
        let files = FILES.iter().zip(texts).map(|(name, text)| (RepoPath::from(*name), text.clone()));
        let task = Task {
            command: rule.command.iter().map(|word| filled(word, &path)).collect(),
            folder: RepoPath::from(""),
            files: files.collect(),
            input: Vec::new(),
            wanted: Wanted::File(RepoPath::from(FILES[1])),
            network: false,
            seconds: SECONDS,
            repeatable: false,
        };
        let made = program::run(self.ways.runner, &task).map_err(|why| match why {
            // Git's word for a driver that left conflicts; above it, it failed.
            ProgramFailure::Command(CommandError::Failed { code: Some(1..=128), .. }) => ProgramFailure::Conflicts,
            other => other,
        })?;
        if has_markers(&made) && !texts.iter().any(|text| has_markers(text)) {
            return Err(ProgramFailure::Conflicts);
        }
        let [base, ours, theirs] = texts;
        let lost = lost_words(TextVersions { base, ours, theirs, resolved: &made });
        match lost.fork.first().or(lost.upstream.first()) {
            Some(word) => Err(ProgramFailure::Loses { word: word.clone(), upstream: lost.fork.is_empty() }),
            None => Ok(made),
        }
    }
}

/// A word of a driver's command with what git puts into it.
fn filled(word: &str, path: &str) -> String {
    let mut filled = String::with_capacity(word.len());
    let mut signs = word.chars();
    while let Some(sign) = signs.next() {
        if sign != '%' {
            filled.push(sign);
            continue;
        }
        match signs.next() {
            Some('O') => filled.push_str(FILES[0]),
            Some('A') => filled.push_str(FILES[1]),
            Some('B') => filled.push_str(FILES[2]),
            Some('L') => filled.push('7'),
            Some('P') => filled.push_str(path),
            Some('S') => filled.push_str("base"),
            Some('X') => filled.push_str("fork"),
            Some('Y') => filled.push_str("upstream"),
            Some('%') => filled.push('%'),
            other => filled.extend(['%'].into_iter().chain(other)),
        }
    }
    filled
}

fn has_markers(text: &[u8]) -> bool {
    let begins = |with: &[u8]| text.split(|byte| *byte == b'\n').any(|line| line.starts_with(with));
    begins(BEGIN) && begins(END)
}

/// What is in each place, in the driver's file.
fn stands(chunks: &[MergeChunk], made: &[u8]) -> Vec<ResolutionNote> {
    let found = places(chunks, made);
    let mut known = found.iter().peekable();
    let note = |chunk: &MergeChunk| {
        let MergeChunk::Conflict { ours, theirs, lines, .. } = chunk else { return None };
        let here = known.next_if(|place| place.ours == *ours && place.theirs == *theirs);
        let text = |place: &[u8]| String::from_utf8_lossy(place).lines().map(str::to_owned).collect::<Vec<_>>();
        Some(ResolutionNote::Stands { line: lines.ours.start + 1, lines: here.map(|place| text(&place.resolved)) })
    };
    chunks.iter().filter_map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_word_is_filled_as_git_fills_it() {
        assert_eq!(filled("%A", "a b"), ".merge_file_ours");
        assert_eq!(filled("--path=%P:%L", "a/b.rs"), "--path=a/b.rs:7");
        assert_eq!(filled("100%%P %z %", "x"), "100%P %z %");
        assert_eq!(filled("%S %X %Y %O %B", "x"), "base fork upstream .merge_file_base .merge_file_theirs");
    }
}
