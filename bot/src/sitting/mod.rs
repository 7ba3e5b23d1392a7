//! The sitting: a person resolves the decisions of a plan one after the other, the cheapest first, each in a work tree of its own in which
//! all is merged that needs no person. What they did is remembered on the ledger, and the plan is rebuilt on it.
//!
//! A step is taken down after it was done, and doing one again comes to the same: so a sitting that was stopped or killed anywhere is
//! gone on with.

mod branches;
mod error;
mod offer;
mod plan;
mod state;
mod work;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::ledger::InClone;
use crate::pipeline::{Context, resolutions};
use engine::Repo;
use engine::ids::CommitId;
use engine::progress::Progress;

pub use branches::{BranchNews, Moved, Sent};
pub use error::SittingError;
pub use plan::SittingPlan;
pub use state::{CurrentDecision, OpenPath, ResolvedDecision, SittingScope, SittingState};
pub use work::Fault;

/// Where a sitting is kept, below the clone's git folder.
const FOLDER: &str = "uptake/sitting";
/// The work tree, below that; git knows it by this name.
const TREE: &str = "uptake-resolve";

/// Who sits there: whom the flow shows things to, and who resolves them.
pub trait Desk {
    /// Has a person resolve what is left open in a folder. `false`: nothing was opened, they do it by themselves and come back.
    ///
    /// # Errors
    /// What was to be opened cannot be.
    fn resolve(&mut self, folder: &Path, decision: &CurrentDecision) -> Result<bool, SittingError>;

    /// Runs a command in the work tree, and says whether it succeeded.
    ///
    /// # Errors
    /// It cannot be started.
    fn validate(&mut self, command: &str, folder: &Path) -> Result<bool, SittingError>;

    /// Tells what was done; an error stops the sitting where it is.
    ///
    /// # Errors
    /// There is nobody left to tell.
    fn tell(&mut self, news: &SittingNews<'_>) -> Result<(), SittingError>;

    /// What shows how far a plan is.
    fn progress(&mut self) -> &mut dyn Progress;
}

/// What happened in a sitting.
pub enum SittingNews<'a> {
    /// It began.
    Begun,
    /// A decision was taken up; its work tree is not laid out yet.
    TakenUp,
    /// It is laid out in this folder.
    LaidOut(&'a SittingState, &'a Path),
    /// What the person did is a commit.
    Committed,
    /// It is on the ledger.
    Remembered,
    /// The plan was built on it.
    Resolved(&'a ResolvedDecision, &'a SittingPlan),
    /// The branches are as the plan has them.
    BroughtUp(&'a [BranchNews]),
}

/// How it stands when a command is through.
#[derive(Debug)]
pub enum SittingEnd {
    /// The person works in the folder, and comes back with `--continue`.
    Waits(PathBuf),
    /// What they did is not whole.
    Faults(PathBuf, Vec<Fault>),
    /// No decision is left in its scope.
    Done,
}

/// A sitting under way, which no other command works on meanwhile.
pub struct Sitting<'c> {
    context: &'c Context,
    folder: PathBuf,
    pub state: SittingState,
    _lock: Lock,
}

impl<'c> Sitting<'c> {
    /// Begins one, or goes on with the one there is. `sends`: it is to be sent, so that one in which nothing is left need not go on.
    ///
    /// # Errors
    /// Another command is at it, or there is nothing of that scope to resolve.
    pub fn begin(
        context: &'c Context,
        scope: Option<&str>,
        sends: bool,
        desk: &mut dyn Desk,
    ) -> Result<(Self, Option<SittingPlan>), SittingError> {
        let (folder, lock) = locked(context)?;
        let before = read(&folder)?;
        if let Some(state) = &before {
            let same = scope.is_none_or(|name| names(name, &state.scope));
            if same && (!state.done || sends && scope.is_none()) {
                return Ok((Self { context, folder, state: state.clone(), _lock: lock }, None));
            }
            if !state.done {
                return Err(SittingError::Other);
            }
        }
        plan::fetch(context)?;
        let plan = SittingPlan::make(context, true, desk.progress())?;
        let mut state = SittingState::new(plan.scope(scope)?);
        // What was resolved before is still to be sent.
        state.resolved = before.map(|before| before.resolved).unwrap_or_default();
        plan.count(&mut state);
        let sitting = Self { context, folder, state, _lock: lock };
        sitting.keep()?;
        desk.tell(&SittingNews::Begun)?;
        Ok((sitting, Some(plan)))
    }

    /// The one there is.
    ///
    /// # Errors
    /// There is none, or another command is at it.
    pub fn resume(context: &'c Context) -> Result<Self, SittingError> {
        let (folder, lock) = locked(context)?;
        match read(&folder)? {
            Some(state) => Ok(Self { context, folder, state, _lock: lock }),
            None => Err(SittingError::Nothing("no sitting is under way")),
        }
    }

    /// How the one there is stands; `None` where there is none. This waits for no other command.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn status(context: &Context) -> Result<Option<SittingState>, SittingError> {
        read(&Repo::open(&context.repo)?.common_dir().join(FOLDER))
    }

    /// The folder a person works in.
    #[must_use]
    pub fn tree(&self) -> PathBuf {
        self.folder.join(TREE)
    }

    /// Keeps what is in [`Sitting::state`].
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self) -> Result<(), SittingError> {
        self.state.write(&self.folder).map_err(|source| unkept(&self.folder, source))
    }

    /// Goes through the decisions until none is left or a person has to do something. `looks`: the one at hand is looked at before it is
    /// opened again.
    ///
    /// # Errors
    /// A step fails; the next command goes on from there.
    pub fn go_on(
        &mut self,
        mut plan: Option<SittingPlan>,
        mut looks: bool,
        desk: &mut dyn Desk,
    ) -> Result<SittingEnd, SittingError> {
        loop {
            match self.state.current.as_ref().map(|current| (current.ready, current.commit)) {
                Some((_, Some(commit))) => plan = Some(self.remember(commit, desk)?),
                Some((true, None)) => {
                    let tree = self.tree();
                    if let Some(current) = self.state.current.as_ref().filter(|_| !looks)
                        && !desk.resolve(&tree, current)?
                    {
                        return Ok(SittingEnd::Waits(tree));
                    }
                    looks = false;
                    let faults = self.take_in(desk)?;
                    if !faults.is_empty() {
                        return Ok(SittingEnd::Faults(tree, faults));
                    }
                }
                at => {
                    let here = match plan.take() {
                        Some(plan) => plan,
                        None => SittingPlan::make(self.context, false, desk.progress())?,
                    };
                    // One that was taken up and not laid out is the next once more.
                    let known = at.and_then(|_| self.state.current.as_ref().map(|current| current.sha));
                    if !self.take_up(&here, known, desk)? {
                        self.state.done = true;
                        self.bring_up(desk)?;
                        return Ok(SittingEnd::Done);
                    }
                    plan = Some(here);
                }
            }
        }
    }

    /// Takes up the next decision, and lays it out; `false` where none is left.
    fn take_up(
        &mut self,
        plan: &SittingPlan,
        known: Option<CommitId>,
        desk: &mut dyn Desk,
    ) -> Result<bool, SittingError> {
        plan.count(&mut self.state);
        let Some(laid) = plan.lay_out(&self.state, known)? else {
            self.state.current = None;
            self.keep()?;
            return Ok(false);
        };
        self.state.current = Some(laid.decision.clone());
        self.keep()?;
        desk.tell(&SittingNews::TakenUp)?;
        let tree = self.tree();
        plan.session.repo.make_work_tree(&tree, laid.decision.merged, &laid.conflicts)?;
        if let Some(current) = &mut self.state.current {
            current.ready = true;
        }
        self.keep()?;
        desk.tell(&SittingNews::LaidOut(&self.state, &tree))?;
        Ok(true)
    }

    /// Makes a commit of what the person did, or says what is not whole in it.
    fn take_in(&mut self, desk: &mut dyn Desk) -> Result<Vec<Fault>, SittingError> {
        let tree = self.tree();
        let Some(current) = &mut self.state.current else {
            return Err(SittingError::Nothing("no decision is at hand"));
        };
        let faults = work::faults(&self.context.repo, &tree, current)?;
        if !faults.is_empty() {
            return Ok(faults);
        }
        if let Some(command) = &self.state.validate
            && !desk.validate(command, &tree)?
        {
            return Ok(vec![Fault::Invalid(command.clone())]);
        }
        match work::commit(self.context, &tree, current)? {
            Ok(commit) => current.commit = Some(commit),
            Err(faults) => return Ok(faults),
        }
        self.keep()?;
        desk.tell(&SittingNews::Committed)?;
        Ok(Vec::new())
    }

    /// Puts on the ledger how the decision at hand was resolved, and builds the plan on it.
    fn remember(&mut self, commit: CommitId, desk: &mut dyn Desk) -> Result<SittingPlan, SittingError> {
        let Some(current) = self.state.current.clone() else {
            return Err(SittingError::Nothing("no decision is at hand"));
        };
        let repo = Repo::open(&self.context.repo)?;
        let learned = work::lessons(&repo, &current, commit)?;
        resolutions::keep(&repo, &mut InClone::new(&repo), &learned.lessons)?;
        desk.tell(&SittingNews::Remembered)?;
        let plan = SittingPlan::make(self.context, false, desk.progress())?;
        let resolved = plan.since(&current, commit);
        self.state.resolved.push(resolved.clone());
        self.state.current = None;
        plan.count(&mut self.state);
        self.keep()?;
        desk.tell(&SittingNews::Resolved(&resolved, &plan))?;
        Ok(plan)
    }

    /// Leaves the decision at hand for another time.
    ///
    /// # Errors
    /// None is at hand, or it cannot be written down.
    pub fn skip(&mut self) -> Result<CurrentDecision, SittingError> {
        // What was committed is resolved already.
        let at_hand = self.state.current.take_if(|current| current.commit.is_none());
        let Some(current) = at_hand else { return Err(SittingError::Nothing("no decision is at hand")) };
        self.state.skipped.push(current.sha);
        self.keep()?;
        Ok(current)
    }

    /// Builds the branches of what was resolved, and moves the clone's own to them.
    ///
    /// # Errors
    /// The plan cannot be built, or a branch cannot be written.
    pub fn bring_up(&mut self, desk: &mut dyn Desk) -> Result<(), SittingError> {
        let news = branches::bring_up(self.context, &mut self.state, desk.progress())?;
        self.keep()?;
        desk.tell(&SittingNews::BroughtUp(&news))
    }

    /// Sends the branches that were brought up, and the ledger, to where the clone comes from.
    ///
    /// # Errors
    /// Others moved one of them, or it cannot be reached; nothing was sent then.
    pub fn push(&mut self) -> Result<Vec<Sent>, SittingError> {
        branches::push(self.context, &self.state)
    }

    /// Ends it: what was resolved stays, what is at hand is left as it was.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn end(self) -> Result<(), SittingError> {
        SittingState::remove(&self.folder).map_err(|source| unkept(&self.folder, source))?;
        work::let_go(&self.context.repo)?;
        Ok(Repo::open(&self.context.repo)?.remove_work_tree(&self.tree())?)
    }
}

/// Whether a name is that of a scope.
fn names(name: &str, scope: &SittingScope) -> bool {
    match scope {
        SittingScope::All => false,
        SittingScope::Phase(id) => id == name,
        SittingScope::Commit(sha) => sha.to_string().starts_with(&name.to_ascii_lowercase()),
    }
}

/// A lock that ends with this process, and before that when it is dropped, even if another has the file open by then.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _gone = self.0.unlock();
    }
}

/// The folder of a sitting, and a lock on it.
fn locked(context: &Context) -> Result<(PathBuf, Lock), SittingError> {
    let folder = Repo::open(&context.repo)?.common_dir().join(FOLDER);
    let kept = |source: io::Error| unkept(&folder, source);
    fs::create_dir_all(&folder).map_err(kept)?;
    let lock = File::create(folder.join("lock")).map_err(kept)?;
    match lock.try_lock() {
        Ok(()) => Ok((folder, Lock(lock))),
        Err(fs::TryLockError::WouldBlock) => Err(SittingError::Busy),
        Err(fs::TryLockError::Error(source)) => Err(kept(source)),
    }
}

fn read(folder: &Path) -> Result<Option<SittingState>, SittingError> {
    SittingState::read(folder).map_err(|source| unkept(folder, source))
}

fn unkept(folder: &Path, source: io::Error) -> SittingError {
    SittingError::State { path: folder.to_path_buf(), source }
}
