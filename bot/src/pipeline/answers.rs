//! Answers to comments, and the note that they were obeyed.

use std::collections::{BTreeMap, BTreeSet};

use super::RunError;
use super::comments::{Conversation, trouble};
use super::proposal::Proposal;
use crate::chatops::{Effect, Question, answer, reply};
use crate::decision::{Decision, Ruling};
use crate::forge::{Forge, ForgeError, LoginProof, State};
use crate::ledger::Made;
use crate::names::{BranchName, PhaseId};
use crate::pick::{Built, BuiltPhase};
use crate::publish::Observed;
use crate::view::note::Links;
use crate::view::why;
use engine::ids::CommitId;

impl Proposal<'_> {
    /// Answers what was said, and notes that it was obeyed. One conversation's trouble is not the others'.
    pub(super) fn answer(&mut self, forge: &mut dyn Forge) -> Result<(), RunError> {
        let tables = self.tables()?;
        let built = &as_named(&self.built, &self.observed);
        let (mut notices, mut shut, mut unanswered) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut said: BTreeMap<u64, u64> = BTreeMap::new();
        for conversation in &self.comments.conversations {
            let said = said.entry(conversation.number).or_default();
            match self.answer_in(conversation, built, &tables, said, forge) {
                Err(RunError::Forge(error)) if error.is_of_conversation() => {
                    let told = trouble(conversation.number, &error);
                    match error {
                        // Without this it would be tried in vain for ever.
                        ForgeError::Shut { .. } => {
                            unanswered.extend(conversation.said.iter().map(|(comment, _)| *comment));
                            shut.push(told);
                        }
                        _ => notices.push(told),
                    }
                }
                answered => answered?,
            }
        }
        if !unanswered.is_empty() {
            Made { unanswered, ..Made::default() }.note(&self.inputs.session.repo, forge)?;
        }
        self.comments.notices.extend(notices);
        self.comments.unanswered.extend(shut);
        for (number, said) in said {
            if let Some(count) = self.comments.heard.counts.get_mut(&number) {
                *count += said;
            }
        }
        if self.observed.former().is_some() {
            self.observed.take_over(&self.inputs.session.repo, forge)?;
        }
        Ok(())
    }

    fn answer_in(
        &self,
        conversation: &Conversation,
        built: &Built,
        tables: &BTreeMap<PhaseId, String>,
        said: &mut u64,
        forge: &mut dyn Forge,
    ) -> Result<(), RunError> {
        for (comment, effects) in &conversation.said {
            // Before the answer and the note: after either the comment counts as handled, and nobody would come back to it.
            if let Some(Effect::React(reaction)) = effects.last() {
                match forge.react(*comment, *reaction) {
                    // Of a comment that was taken back nobody waits for an answer, and where it was locked that is said below.
                    Err(ForgeError::Missing(_)) => continue,
                    Err(ForgeError::Shut { .. }) => {}
                    done => done?,
                }
            }
            let mut parts = Vec::new();
            for effect in effects {
                match effect {
                    Effect::Tell { line, text } => {
                        parts.push(reply::ReplyPart { line: line.clone(), text: text.clone() });
                    }
                    Effect::Answer { line, question } => {
                        let text = self.reply_to(question, built, tables)?;
                        parts.push(reply::ReplyPart { line: line.clone(), text });
                    }
                    Effect::React(_) | Effect::Decide(_) => {}
                }
            }
            if !parts.is_empty() {
                *said += self.say(conversation, &reply::reply(*comment, &parts), forge)?;
            }
        }
        // Where it was locked it may be so still: nothing new is no reason to try.
        if !conversation.shut || !conversation.said.is_empty() {
            *said += self.note(conversation, forge)?;
        }
        Ok(())
    }

    /// Returns how many comments that made.
    fn note(&self, conversation: &Conversation, forge: &mut dyn Forge) -> Result<u64, RunError> {
        let here = |decision: &&Decision| decision.link.as_ref().is_some_and(|link| conversation.links.contains(link));
        let decisions: Vec<&Decision> = self.inputs.ledger.decisions().iter().filter(here).collect();
        let handled: Vec<u64> = conversation.said.iter().map(|(comment, _)| *comment).collect();
        let Some(note) = conversation.trail.note(&handled, &decisions) else { return Ok(0) };
        let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        match &conversation.trail.note {
            Some((_, text)) if plain(text) == plain(&note) => {}
            Some((comment, _)) => match forge.edit_comment(*comment, &note) {
                // Somebody removed it meanwhile.
                Err(ForgeError::Missing(_)) => return self.say(conversation, &note, forge),
                edited => edited?,
            },
            None => return self.say(conversation, &note, forge),
        }
        Ok(0)
    }

    /// Comments, and puts on the ledger that it did where its login does not prove that. Returns how many comments that made: none, where
    /// one that says so was there.
    fn say(&self, conversation: &Conversation, text: &str, forge: &mut dyn Forge) -> Result<u64, RunError> {
        let comment = forge.comment(conversation.number, text)?;
        if self.observed.proof == LoginProof::Nothing {
            // One with this mark may have been there, saying anything.
            forge.edit_comment(comment, text)?;
            let made = Made { comments: BTreeSet::from([comment]), ..Made::default() };
            made.note(&self.inputs.session.repo, forge)?;
        }
        Ok(u64::from(comment > conversation.last))
    }

    fn reply_to(
        &self,
        question: &Question,
        built: &Built,
        tables: &BTreeMap<PhaseId, String>,
    ) -> Result<String, RunError> {
        let upstream = self.inputs.session.config.linked_upstream();
        let all_of = |sha: &CommitId| -> Result<Option<why::Explanation>, RunError> {
            let Some(commit) = self.survey.get(*sha) else { return Ok(None) };
            Ok(Some(self.inputs.explain(&self.survey, Some(built), commit)?))
        };
        let status = |phase: &BuiltPhase| {
            let speaks = |decision: &&Decision| speaks_of(&decision.ruling, phase);
            let decisions: Vec<&Decision> = self.inputs.ledger.decisions().iter().filter(speaks).collect();
            let last = decisions.len().saturating_sub(10);
            answer::status(phase, &decisions[last..], tables.get(&phase.id).map_or("", String::as_str))
        };
        Ok(match question {
            Question::Why(sha) => {
                all_of(sha)?.map(|why| why::markdown(&why, Links::of(&self.inputs.session.config))).unwrap_or_default()
            }
            Question::Needs(sha) => all_of(sha)?.map(|why| answer::needs(&why, upstream)).unwrap_or_default(),
            Question::Status(Some(id)) => {
                built.phases.iter().filter(|phase| phase.id == *id).map(status).collect::<Vec<_>>().join("\n")
            }
            Question::Status(None) => built.phases.iter().map(status).collect::<Vec<_>>().join("\n"),
            Question::Help => answer::help(&self.inputs.session.config.commands),
        })
    }
}

/// What was built, with the branches called as they are at present: after a merge a phase goes on under another name.
fn as_named(built: &Built, observed: &Observed) -> Built {
    let open = |id: &PhaseId| observed.of_phase(id).filter(|pull| pull.state == State::Open);
    let named = |phase: &BuiltPhase| Some((phase.branch.clone(), open(&phase.id)?.text.head.clone()));
    let names: BTreeMap<BranchName, BranchName> = built.phases.iter().filter_map(named).collect();
    let mut built = built.clone();
    for phase in &mut built.phases {
        for name in [&mut phase.branch, &mut phase.base] {
            if let Some(now) = names.get(name.as_str()) {
                name.clone_from(now);
            }
        }
    }
    built
}

/// Whether a decision is about a phase or one of its commits.
fn speaks_of(ruling: &Ruling, of: &BuiltPhase) -> bool {
    let commit = |sha| of.picks.iter().any(|pick| pick.sha == sha) || of.left_out.iter().any(|left| left.sha == sha);
    match ruling {
        Ruling::Pick { sha, phase } | Ruling::Move { sha, phase } => *phase == of.id || commit(*sha),
        Ruling::Skip { sha } | Ruling::Defer { sha } | Ruling::Taken { sha, .. } | Ruling::Readmit { sha } => {
            commit(*sha)
        }
        Ruling::Resolve { phase, .. }
        | Ruling::Accept { phase, .. }
        | Ruling::Rebuild { phase, .. }
        | Ruling::Hold { phase }
        | Ruling::Unhold { phase }
        | Ruling::Close { phase, .. }
        | Ruling::Reopen { phase }
        | Ruling::Start { phase }
        | Ruling::Retest { phase, .. }
        | Ruling::Bisect { phase, .. } => *phase == of.id,
    }
}
