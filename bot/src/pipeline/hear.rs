//! What people say in comments: read and understood, put with the other decisions, and answered once it was heeded.
//!
//! A comment and a schedule come this way alike, and either may be killed anywhere. So a comment is never marked as read before it
//! was obeyed: its decisions go to the ledger, then its answer is written, then the note that says it is done with, and whoever
//! comes along in between finds by those what is left to do.

use std::collections::{BTreeMap, BTreeSet};

use super::{RunError, Session};
use crate::chatops::{self, CommandContext, Effect, PhaseInfo, Question, answer, note::Trail, reply};
use crate::decision::{Decision, Ruling};
use crate::forge::{Comment, Forge, Permission, State};
use crate::pick::{Built, BuiltPhase};
use crate::publish::Observed;
use crate::survey::Survey;
use crate::text::MARK;
use crate::view::note::Links;
use crate::view::why;
use engine::ids::CommitId;

/// What was heard.
#[derive(Debug, Default)]
pub struct NewComments {
    conversations: Vec<Conversation>,
    /// What could not be heeded now and why; the next run tries again.
    pub notices: Vec<String>,
}

/// A pull request or the dashboard, with what was said there.
#[derive(Debug)]
struct Conversation {
    number: u64,
    trail: Trail,
    links: BTreeSet<String>,
    said: Vec<(u64, Vec<Effect>)>,
}

impl NewComments {
    /// Whether nobody said anything that is yet to be heeded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conversations.iter().all(|conversation| conversation.said.is_empty())
    }

    /// Puts the sign on what was said that says it was seen.
    ///
    /// # Errors
    /// The forge cannot be written.
    pub fn acknowledge(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        for (comment, effects) in self.conversations.iter().flat_map(|conversation| &conversation.said) {
            if let Some(Effect::React(reaction)) = effects.first() {
                forge.react(*comment, *reaction)?;
            }
        }
        Ok(())
    }
}

/// Where people can speak.
struct Thread {
    /// The pull request's or issue's number.
    number: u64,
    /// The phase's id, of a pull request.
    phase: Option<String>,
    /// Where its branch is.
    head: Option<CommitId>,
}

/// Asks the forge what people may do, each of them once.
struct PermissionCache<'a> {
    forge: &'a dyn Forge,
    known: BTreeMap<String, Option<Permission>>,
}

impl PermissionCache<'_> {
    /// `None`: it could not be learnt, so nothing may be done now.
    fn permission(&mut self, login: &str, notices: &mut Vec<String>) -> Option<Permission> {
        if let Some(known) = self.known.get(login) {
            return *known;
        }
        let asked = self.forge.permission(login);
        if let Err(error) = &asked {
            notices.push(format!("what {login} may do here cannot be learnt, so their commands wait: {error}"));
        }
        let permission = asked.ok();
        self.known.insert(login.to_owned(), permission);
        permission
    }
}

impl Session {
    /// The same with what people said in comments. It is heeded at once, and put on the ledger before anything else is written.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn with_comments_of(mut self, survey: &Survey, forge: &dyn Forge) -> Result<(Self, NewComments), RunError> {
        let mut heard = NewComments::default();
        if !self.config.commands.enabled {
            return Ok((self, heard));
        }
        let login = forge.login()?;
        let mut doorman = PermissionCache { forge, known: BTreeMap::new() };
        let paths: BTreeSet<String> =
            survey.commits.iter().flat_map(|commit| &commit.paths).map(ToString::to_string).collect();
        let paths: Vec<String> = paths.into_iter().collect();
        let phases: Vec<PhaseInfo> = self
            .config
            .phases
            .iter()
            .map(|phase| PhaseInfo {
                id: phase.id.clone(),
                head: None,
                cuda: phase.ci.cuda.clone(),
                paths: paths.clone(),
            })
            .collect();
        for Thread { number, phase: id, head } in self.places(forge)? {
            let comments = forge.comments(number)?;
            let here = phases.iter().find(|phase| Some(&phase.id) == id.as_ref());
            let here = here.map(|phase| PhaseInfo { head, ..phase.clone() });
            let mut conversation = Conversation {
                number,
                trail: Trail::read(&comments, &login),
                links: comments.iter().map(|comment| comment.link.clone()).collect(),
                said: Vec::new(),
            };
            // Somebody who runs this with a token of their own speaks under the same name as it does, and is heard.
            let ours = |comment: &Comment| comment.author == login && (comment.bot || comment.body.contains(MARK));
            for comment in comments.iter().filter(|comment| !ours(comment)) {
                if conversation.trail.handled(comment.id) {
                    continue;
                }
                let effects =
                    self.understand(comment, here.as_ref(), &phases, survey, &mut doorman, &mut heard.notices);
                if !effects.is_empty() {
                    self.record_decisions(comment, &effects)?;
                    conversation.said.push((comment.id, effects));
                }
            }
            heard.conversations.push(conversation);
        }
        Ok((self, heard))
    }

    fn understand(
        &self,
        comment: &Comment,
        here: Option<&PhaseInfo>,
        phases: &[PhaseInfo],
        survey: &Survey,
        doorman: &mut PermissionCache<'_>,
        notices: &mut Vec<String>,
    ) -> Vec<Effect> {
        let commands = &self.config.commands;
        let said = chatops::parse_comment(comment, commands);
        if said.is_empty() {
            return Vec::new();
        }
        let Some(permission) = doorman.permission(&comment.author, notices) else { return Vec::new() };
        let find =
            |sha: &str| why::find(&self.repo, survey, sha).map(|commit| commit.sha).map_err(|error| error.to_string());
        chatops::handle(comment, &said, &CommandContext { here, phases, find: &find }, permission, commands)
    }

    /// Puts a comment's decisions with the others, unless the ledger has them: it was killed before it was answered.
    fn record_decisions(&mut self, comment: &Comment, effects: &[Effect]) -> Result<(), RunError> {
        if self.ledger.decisions().iter().any(|decision| decision.link.as_ref() == Some(&comment.link)) {
            return Ok(());
        }
        for effect in effects {
            if let Effect::Decide(decision) = effect {
                self.ledger = self.ledger.decide(decision.clone())?;
                self.said.push(decision.clone());
            }
        }
        Ok(())
    }

    /// The pull request of each phase, the last closed one where none is open, and the dashboard.
    fn places(&self, forge: &dyn Forge) -> Result<Vec<Thread>, RunError> {
        let observed = Observed::read(forge, &self.branch)?;
        let mut places = Vec::new();
        for phase in &self.config.phases {
            if let Some(pull) = observed.of_phase(&phase.id) {
                let head = observed.branches.iter().find(|branch| branch.name == pull.text.head);
                let head = head.map(|branch| branch.head);
                places.push(Thread { number: pull.number, phase: Some(phase.id.clone()), head });
            }
        }
        places.extend(observed.dashboard.map(|issue| Thread { number: issue.number, phase: None, head: None }));
        Ok(places)
    }

    /// Answers what was said, and notes that it was heeded.
    ///
    /// # Errors
    /// The forge cannot be written, or the repository cannot be read.
    pub fn answer(
        &self,
        survey: &Survey,
        built: &Built,
        heard: &NewComments,
        forge: &mut dyn Forge,
    ) -> Result<(), RunError> {
        let observed = Observed::read(forge, &self.branch)?;
        let tables = self.tables(survey, built, &observed)?;
        let built = &as_named(built, &observed);
        for conversation in &heard.conversations {
            for (comment, effects) in &conversation.said {
                // Before the answer and the note: after either the comment counts as handled, and nobody would come back to it.
                if let Some(Effect::React(reaction)) = effects.last() {
                    forge.react(*comment, *reaction)?;
                }
                let mut parts = Vec::new();
                for effect in effects {
                    match effect {
                        Effect::Tell { line, text } => {
                            parts.push(reply::ReplyPart { line: line.clone(), text: text.clone() });
                        }
                        Effect::Answer { line, question } => {
                            let text = self.reply_to(question, survey, built, &tables)?;
                            parts.push(reply::ReplyPart { line: line.clone(), text });
                        }
                        Effect::React(_) | Effect::Decide(_) => {}
                    }
                }
                if !parts.is_empty() {
                    forge.comment(conversation.number, &reply::reply(*comment, &parts))?;
                }
            }
            self.note(conversation, forge)?;
        }
        Ok(())
    }

    fn note(&self, conversation: &Conversation, forge: &mut dyn Forge) -> Result<(), RunError> {
        let here = |decision: &&Decision| decision.link.as_ref().is_some_and(|link| conversation.links.contains(link));
        let decisions: Vec<&Decision> = self.ledger.decisions().iter().filter(here).collect();
        let handled: Vec<u64> = conversation.said.iter().map(|(comment, _)| *comment).collect();
        let Some(note) = conversation.trail.note(&handled, &decisions) else { return Ok(()) };
        let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        match &conversation.trail.note {
            Some((_, text)) if plain(text) == plain(&note) => {}
            Some((comment, _)) => forge.edit_comment(*comment, &note)?,
            None => forge.comment(conversation.number, &note).map(drop)?,
        }
        Ok(())
    }

    fn reply_to(
        &self,
        question: &Question,
        survey: &Survey,
        built: &Built,
        tables: &BTreeMap<String, String>,
    ) -> Result<String, RunError> {
        let upstream = self.config.upstream.repository.as_deref();
        let all_of = |sha: &CommitId| -> Result<Option<why::Explanation>, RunError> {
            let Some(commit) = survey.get(*sha) else { return Ok(None) };
            Ok(Some(self.explain(survey, Some(built), commit)?))
        };
        let status = |phase: &BuiltPhase| {
            let speaks = |decision: &&Decision| speaks_of(&decision.ruling, phase);
            let decisions: Vec<&Decision> = self.ledger.decisions().iter().filter(speaks).collect();
            let last = decisions.len().saturating_sub(10);
            answer::status(phase, &decisions[last..], tables.get(&phase.id).map_or("", String::as_str))
        };
        Ok(match question {
            Question::Why(sha) => {
                all_of(sha)?.map(|why| why::markdown(&why, Links::of(&self.config))).unwrap_or_default()
            }
            Question::Needs(sha) => all_of(sha)?.map(|why| answer::needs(&why, upstream)).unwrap_or_default(),
            Question::Status(Some(id)) => {
                built.phases.iter().filter(|phase| phase.id == *id).map(status).collect::<Vec<_>>().join("\n")
            }
            Question::Status(None) => built.phases.iter().map(status).collect::<Vec<_>>().join("\n"),
            Question::Help => answer::help(&self.config.commands),
        })
    }
}

/// What was built, with the branches called as they are at present: after a merge a phase goes on under another name.
fn as_named(built: &Built, observed: &Observed) -> Built {
    let open = |id: &str| observed.of_phase(id).filter(|pull| pull.state == State::Open);
    let named = |phase: &BuiltPhase| Some((phase.branch.clone(), open(&phase.id)?.text.head.clone()));
    let names: BTreeMap<String, String> = built.phases.iter().filter_map(named).collect();
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
        Ruling::Skip { sha } | Ruling::Defer { sha } | Ruling::Readmit { sha } => commit(*sha),
        Ruling::Resolve { phase, .. }
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
