//! What people say in comments: read, understood, and put with the other decisions.
//!
//! A comment and a schedule come this way alike, and either run may be killed anywhere. So a comment is never marked as read before it
//! was obeyed: its decisions go to the ledger, then its answer is written, then the note that it is done with, and the next run finds
//! by those what is left to do.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::fork_commit_named;
use super::proposals::AcceptScene;
use super::rest::{Glance, Heard};
use super::{Inputs, RunError};
use crate::chatops::command::SlashCommand;
use crate::chatops::{self, CommandContext, Effect, PhaseInfo, note::Trail};
use crate::config::{Phase, is_slice};
use crate::forge::{Comment, Forge, ForgeError, Permission};
use crate::names::PhaseId;
use crate::pick::Built;
use crate::publish::{Author, Observed};
use crate::record;
use crate::survey::Survey;
use crate::text::MARK;
use crate::view::why;
use engine::ids::CommitId;

/// What people said since the last run.
#[derive(Debug, Default)]
pub(super) struct NewComments {
    pub(super) conversations: Vec<Conversation>,
    /// What could not be obeyed now and why; the next run tries again.
    pub(super) notices: Vec<String>,
    /// What could not be answered and why, for good.
    pub(super) unanswered: Vec<String>,
    /// How many comments are in each conversation.
    pub(super) heard: Heard,
    /// Pull requests whose conversation could not be read, by number: nobody knows whether they are on hold.
    pub(super) unread: BTreeSet<u64>,
}

/// A pull request or the dashboard, with what was said there.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) number: u64,
    pub(super) trail: Trail,
    pub(super) links: BTreeSet<String>,
    /// The last comment that was there.
    pub(super) last: u64,
    /// Whether something there could not be answered before, since it was locked.
    pub(super) shut: bool,
    /// New comments, and what follows from each.
    pub(super) said: Vec<(u64, Vec<Effect>)>,
}

impl NewComments {
    /// Puts the sign on new comments that says that they were seen.
    pub(super) fn acknowledge(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        for (comment, effects) in self.conversations.iter().flat_map(|conversation| &conversation.said) {
            if let Some(Effect::React(reaction)) = effects.first() {
                match forge.react(*comment, *reaction) {
                    // It was taken back, or nothing can be said there; what follows from it says so.
                    Err(error) if error.is_of_conversation() => {}
                    done => done?,
                }
            }
        }
        Ok(())
    }
}

/// Why nothing comes of one conversation: the others go on.
pub(super) fn trouble(number: u64, error: &ForgeError) -> String {
    format!("nothing is answered in {number}: {}", error.with_advice())
}

/// Why a pull request is left alone in this run: a person may have put it on hold.
fn unread(number: u64, error: &ForgeError) -> String {
    format!("what is said in {number} cannot be read, so it stays as it is until the next run: {}", error.with_advice())
}

/// What is known where a comment is read.
#[derive(Clone, Copy)]
struct Scene<'a> {
    /// The phase of its pull request.
    here: Option<&'a PhaseInfo>,
    phases: &'a [PhaseInfo],
    survey: &'a Survey,
    observed: &'a Observed,
}

/// Where people can speak.
struct Thread {
    /// The pull request's or issue's number.
    number: u64,
    /// The phase's id, of a pull request.
    phase: Option<PhaseId>,
    /// Where its branch is.
    head: Option<CommitId>,
}

/// Asks the forge what people may do, each of them once.
struct PermissionCache<'a> {
    forge: &'a dyn Forge,
    known: BTreeMap<String, Option<Permission>>,
}

impl PermissionCache<'_> {
    /// `None`: the forge could not say, so nothing may be done now.
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

impl Inputs<'_> {
    /// With what people said in comments, which is obeyed at once and written to the ledger before anything else is.
    pub(super) fn read_comments(
        mut self,
        survey: &Survey,
        observed: &Observed,
        glance: &Glance,
        forge: &dyn Forge,
    ) -> Result<(Self, NewComments), RunError> {
        let mut new = NewComments { heard: Heard::of(observed, glance), ..NewComments::default() };
        let config = &self.session.config;
        if !config.commands.enabled {
            return Ok((self, new));
        }
        let mut permissions = PermissionCache { forge, known: BTreeMap::new() };
        let paths: BTreeSet<String> =
            survey.commits.iter().flat_map(|commit| &commit.paths).map(ToString::to_string).collect();
        let paths: Vec<String> = paths.into_iter().collect();
        let info = |id: &PhaseId, phase: &Phase| PhaseInfo {
            id: id.clone(),
            head: None,
            cells: phase.ci.names().cloned().collect(),
            paths: paths.clone(),
        };
        let mut phases: Vec<PhaseInfo> = config.phases.iter().map(|phase| info(&phase.id, phase)).collect();
        phases.extend(self.slices().filter_map(|id| Some(info(id, config.phase(id)?))));
        // Where nothing is new nothing need be read.
        let mut threads = self.threads(observed);
        new.heard.listened.extend(threads.iter().map(|thread| thread.number));
        threads.retain(|thread| !new.heard.counts.contains_key(&thread.number));
        let record = PhaseInfo { id: record::NAME.into(), head: None, cells: Vec::new(), paths: Vec::new() };
        let mut before = None;
        let numbers: Vec<u64> = threads.iter().map(|thread| thread.number).collect();
        for (Thread { number, phase: id, head }, comments) in threads.into_iter().zip(forge.comments(&numbers)?) {
            let comments = match comments {
                Ok(comments) => {
                    new.heard.counts.insert(number, u64::try_from(comments.len()).unwrap_or(u64::MAX));
                    observed.without_copies(comments)
                }
                Err(error) if id.is_some() => {
                    new.notices.push(unread(number, &error));
                    new.unread.insert(number);
                    continue;
                }
                Err(error) => {
                    new.notices.push(trouble(number, &error));
                    continue;
                }
            };
            let here = phases.iter().chain([&record]).find(|phase| Some(&phase.id) == id.as_ref());
            let here = here.map(|phase| PhaseInfo { head, ..phase.clone() });
            let mut conversation = Conversation {
                number,
                trail: Trail::read(&comments, &|comment| Some(observed.author(comment)? == Author::Bot)),
                last: comments.iter().map(|comment| comment.id).max().unwrap_or_default(),
                shut: comments.iter().any(|comment| observed.made.unanswered.contains(&comment.id)),
                links: comments.iter().map(|comment| comment.link.clone()).collect(),
                said: Vec::new(),
            };
            // A person who runs this with a token of their own speaks under its name, and is obeyed.
            let ours =
                |comment: &Comment| observed.author(comment).is_some() && (comment.bot || comment.body.contains(MARK));
            for comment in comments.iter().filter(|comment| !ours(comment)) {
                if conversation.trail.handled(comment.id) || observed.made.unanswered.contains(&comment.id) {
                    continue;
                }
                let scene = Scene { here: here.as_ref(), phases: &phases, survey, observed };
                let effects = self.understand(comment, &scene, &mut before, &mut permissions, &mut new.notices)?;
                if !effects.is_empty() {
                    self.decide(comment, &effects, before.as_ref())?;
                    conversation.said.push((comment.id, effects));
                }
            }
            new.conversations.push(conversation);
        }
        Ok((self, new))
    }

    /// What is to be done about a comment. `before`: what is built without what was said since the last run, which is what the pull requests
    /// show; made where a comment accepts something of it.
    fn understand(
        &self,
        comment: &Comment,
        scene: &Scene<'_>,
        before: &mut Option<Built>,
        permissions: &mut PermissionCache<'_>,
        notices: &mut Vec<String>,
    ) -> Result<Vec<Effect>, RunError> {
        let commands = &self.session.config.commands;
        let said = chatops::parse_comment(comment, commands);
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let Some(permission) = permissions.permission(&comment.author, notices) else { return Ok(Vec::new()) };
        let Scene { here, phases, survey, observed } = *scene;
        let accepts = said.iter().any(|line| matches!(line.command, Ok(SlashCommand::Accept { .. })));
        if accepts && permission > Permission::Read && before.is_none() {
            *before = Some(self.build_as_shown(survey)?);
        }
        let repo = &self.session.repo;
        let find = |sha: &str| why::find(repo, survey, sha).map(|commit| commit.sha).map_err(|error| error.to_string());
        let branch = Some(&self.session.branch);
        let find_ours = |sha: &str| fork_commit_named(repo, branch, sha).map_err(|error| error.to_string());
        let (built, phase, link) = (before.as_ref(), here.map(|phase| &phase.id), comment.link.as_str());
        let shown = AcceptScene { built, observed, phase, link };
        let accept = |sha, path: &str, named: Option<&str>| self.accepts(&shown, (sha, path), named);
        let context = CommandContext { here, phases, find: &find, find_ours: &find_ours, accept: &accept };
        Ok(chatops::handle(comment, &said, &context, permission, commands))
    }

    /// Puts a comment's decisions with the others, unless the ledger has them: that run was killed before it answered.
    fn decide(&mut self, comment: &Comment, effects: &[Effect], before: Option<&Built>) -> Result<(), RunError> {
        if self.ledger.decisions().iter().any(|decision| decision.link.as_ref() == Some(&comment.link)) {
            return Ok(());
        }
        for effect in effects {
            if let Effect::Decide(decision) = effect {
                self.ledger = self.ledger.decide(decision.clone())?;
                self.pending.push(decision.clone());
                self.accept(before, decision)?;
            }
        }
        Ok(())
    }

    /// The slices of the line that have, or had, a pull request.
    fn slices(&self) -> impl Iterator<Item = &PhaseId> {
        let line = self.session.config.line();
        self.published.keys().filter(move |id| line.is_some_and(|line| is_slice(&line.id, id)))
    }

    /// The pull request of each phase, the last closed one where none is open, and the dashboard.
    fn threads(&self, observed: &Observed) -> Vec<Thread> {
        let mut threads = Vec::new();
        let record = record::NAME.into();
        let configured = self.session.config.phases.iter().map(|phase| &phase.id);
        for id in configured.chain(self.slices()).chain([&record]) {
            if let Some(pull) = observed.of_phase(id) {
                let head = observed.branch(&pull.text.head).map(|branch| branch.head);
                threads.push(Thread { number: pull.number, phase: Some(id.clone()), head });
            }
        }
        let dashboard = observed.dashboard.iter();
        threads.extend(dashboard.map(|issue| Thread { number: issue.number, phase: None, head: None }));
        threads
    }
}
