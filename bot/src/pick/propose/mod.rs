//! Proposing something for conflicts that nothing resolved: by a program of the configuration, which may be a language model, or without
//! one, word by word. What is proposed is shown beside the conflict, which stays a person's.

mod brief;
mod words;

use std::collections::HashSet;

use super::Conflict;
use super::answer::{HunkAnswer, ResolutionStore, joined, places};
use super::proposal::{Proposal, ProposalStore, ProposedPlace, Proposer, WholeProposal, key};
use super::remark::{ProgramFailure, Remark, UnusedProgram};
use super::resolve::{mode, run_program};
use super::runner::{CommandError, CommandRunner, Task, Wanted};
use crate::config::PathRule;
use crate::manifest;
use crate::text::markers;
use brief::Brief;
use engine::commit::Commit;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, MergeChunk, Merger, Repo};

/// How long a proposer may take where nothing else is said, in seconds.
const SECONDS: u32 = 120;

/// What proposes.
#[derive(Debug, Clone, Copy)]
pub struct ProposalSources<'a> {
    /// The rules; the first that fits a path counts.
    pub rules: &'a [PathRule],
    /// What was proposed before.
    pub known: Option<&'a ProposalStore>,
    /// Whether programs are asked for what was not.
    pub asks: bool,
}

/// Proposes for the decisions of a plan.
pub(super) struct Proposers<'a> {
    sources: ProposalSources<'a>,
    runner: &'a dyn CommandRunner,
    memory: &'a ResolutionStore,
    /// The commands that took too long: each would for every further conflict.
    slow: HashSet<&'a [String]>,
}

/// The unit whose pick conflicts.
pub(super) struct ProposalCase<'c, 'r> {
    pub(super) repo: &'r Repo,
    pub(super) commit: &'c Commit,
    /// The state that its change starts from.
    pub(super) base: TreeId,
}

/// The lines that are proposed for each place, and the whole file where there is one.
type Proposed = (Vec<Option<Vec<u8>>>, Option<Vec<u8>>);

impl<'a> Proposers<'a> {
    pub(super) fn new(
        sources: ProposalSources<'a>,
        runner: &'a dyn CommandRunner,
        memory: &'a ResolutionStore,
    ) -> Self {
        Self { sources, runner, memory, slow: HashSet::new() }
    }

    /// Proposes something for a conflict that is left to a person, or says why nothing is proposed.
    pub(super) fn propose(
        &mut self,
        merger: &mut Merger<'_>,
        case: &ProposalCase<'_, '_>,
        conflict: &mut Conflict,
    ) -> Result<(), GitError> {
        let path = conflict.path.to_text();
        let Some(rule) = self.sources.rules.iter().find(|rule| rule.path.is_match(&*path)) else { return Ok(()) };
        let sides = match &conflict.left {
            Some(left) => [left.base, left.ours, left.theirs],
            None => [conflict.base, conflict.ours, conflict.theirs],
        };
        let is_text = matches!(conflict.kind, ConflictKind::Text | ConflictKind::AddAdd);
        let (true, [base, Some(ours), Some(theirs)]) = (is_text, sides) else { return Ok(()) };
        let Some(chunks) = merger.chunks(base, ours, theirs)? else { return Ok(()) };
        if chunks.len() < 2 {
            return Ok(());
        }
        let key = key(&conflict.path, sides.map(|side| side.map(|side| side.id)), &rule.command);
        let kept = self.sources.known.and_then(|known| known.get(&key));
        let mut text = |side| Ok::<_, GitError>(merger.text(side)?.map(|text| text.to_vec()).unwrap_or_default());
        let texts = [base.map(&mut text).transpose()?.unwrap_or_default(), text(ours)?, text(theirs)?];
        let proposed = match kept {
            Some(kept) => checked(&conflict.path, &chunks, &texts, kept.whole.bytes.clone()),
            None if rule.command.is_empty() => Ok(Some(by_words(merger, &chunks)?)),
            None if !self.sources.asks => return Ok(()),
            None => {
                let brief = Brief::new(merger, case, conflict, &chunks, &texts, self.memory)?;
                self.ask(rule, &conflict.path, brief, &chunks, &texts)
            }
        };
        let program = rule.program().to_owned();
        let (lines, whole) = match proposed {
            Ok(Some(proposed)) if proposed.0.iter().any(Option::is_some) => proposed,
            Ok(_) => return Ok(()),
            Err(why) => {
                conflict.remarks.push(Remark::NotProposed(UnusedProgram { program, why }));
                return Ok(());
            }
        };
        let by = if rule.command.is_empty() { Proposer::Words } else { Proposer::Program(program) };
        let (mode, _) = mode(base, ours, theirs, None);
        conflict.proposal = Some(Proposal {
            by,
            places: shown(conflict, &chunks, lines),
            whole: whole.map(|bytes| WholeProposal { key, mode, bytes }),
        });
        Ok(())
    }

    /// Asks a program; nothing where it has nothing to propose.
    fn ask(
        &mut self,
        rule: &'a PathRule,
        path: &RepoPath,
        brief: Option<Brief<'_>>,
        chunks: &[MergeChunk],
        texts: &[Vec<u8>; 3],
    ) -> Result<Option<Proposed>, ProgramFailure> {
        if rule.untrusted {
            return Err(ProgramFailure::NotTheForks);
        }
        let seconds = u64::from(rule.seconds.unwrap_or(SECONDS));
        if self.slow.contains(rule.command.as_slice()) {
            return Err(ProgramFailure::Command(CommandError::TooSlow { program: rule.program().to_owned(), seconds }));
        }
        let Some(brief) = brief else { return Err(ProgramFailure::NotUtf8) };
        let task = Task {
            command: rule.command.iter().map(|word| word.replace("%P", &path.to_text())).collect(),
            folder: RepoPath::from(""),
            files: Vec::new(),
            input: brief.write(),
            wanted: Wanted::Output,
            network: rule.network,
            seconds,
            repeatable: false,
        };
        let made = run_program(self.runner, &task).inspect_err(|why| {
            if matches!(why, ProgramFailure::Command(CommandError::TooSlow { .. })) {
                self.slow.insert(&rule.command);
            }
        })?;
        if made.is_empty() { Ok(None) } else { checked(path, chunks, texts, made) }
    }
}

/// A proposed file, if it resolves every place, leaves all else as it merged, and can be read.
fn checked(
    path: &RepoPath,
    chunks: &[MergeChunk],
    [_, ours, theirs]: &[Vec<u8>; 3],
    made: Vec<u8>,
) -> Result<Option<Proposed>, ProgramFailure> {
    if str::from_utf8(&made).is_err() {
        return Err(ProgramFailure::NoText);
    }
    if markers::left(&made, &[ours.clone(), theirs.clone()]).is_some() {
        return Err(ProgramFailure::Conflicts);
    }
    let found = places(chunks, &made);
    if joined(chunks, &found).as_ref() != Some(&made) {
        return Err(ProgramFailure::Elsewhere);
    }
    if manifest::is_broken(&path.to_text(), ours, theirs, &made) {
        return Err(ProgramFailure::Unreadable);
    }
    let lines = found.into_iter().map(|place| Some(place.resolved));
    Ok(Some((lines.collect(), Some(made))))
}

/// What is proposed for each place by putting the changes of both sides together.
fn by_words(merger: &mut Merger<'_>, chunks: &[MergeChunk]) -> Result<Proposed, GitError> {
    let (mut lines, mut answers) = (Vec::new(), Vec::new());
    for chunk in chunks {
        let MergeChunk::Conflict { base, ours, theirs, .. } = chunk else { continue };
        let merged = words::merged(merger, [base, ours, theirs])?;
        let answer = |resolved| HunkAnswer { ours: ours.clone(), theirs: theirs.clone(), resolved };
        answers.extend(merged.clone().map(answer));
        lines.push(merged);
    }
    let whole = if answers.len() == lines.len() { joined(chunks, &answers) } else { None };
    Ok((lines, whole))
}

/// The places with what is proposed for each; lines are counted as the conflict as it is shown has them.
fn shown(conflict: &Conflict, chunks: &[MergeChunk], lines: Vec<Option<Vec<u8>>>) -> Vec<ProposedPlace> {
    let mut lines = lines.into_iter();
    let mut known = conflict.hunks.iter().map(|hunk| hunk.line);
    let place = |chunk: &MergeChunk| {
        let MergeChunk::Conflict { ours, lines: at, .. } = chunk else { return None };
        let line = known.next().unwrap_or(at.ours.start + 1);
        Some(ProposedPlace { line, ours: ours.clone(), lines: lines.next()? })
    };
    chunks.iter().filter_map(place).collect()
}
