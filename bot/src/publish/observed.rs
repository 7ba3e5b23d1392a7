//! What a forge has: read once at the beginning of a run, and from then on kept true by the changes that the run makes.

use std::collections::BTreeMap;

use super::marker::Marker;
use super::{page, stack};
use crate::branch::{LEDGER, PREFIX};
use crate::forge::{
    Ahead, Comment, Forge, ForgeBranch, ForgeError, Issue, Label, LoginProof, PullList, PullRequest, PullText, State,
    people,
};
use crate::ledger::{Ledger, LedgerError, Made, Stacks};
use crate::names::{BranchName, PhaseId};
use engine::Repo;
use engine::ids::CommitId;

/// The branches, pull requests, labels and the dashboard of a forge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The fork's branch, its short name.
    pub trunk: BranchName,
    /// Whether the forge is to hold a copy of that branch, since nobody else brings it there.
    pub mirrors_trunk: bool,
    /// The bot's branches and the fork's own, by name. All they need is within reach of the clone.
    pub branches: Vec<ForgeBranch>,
    /// Where the ledger was. A write to it reads it again, so that it is not kept true here.
    pub ledger: Option<CommitId>,
    /// The pull requests that bring a branch of the bot, by number.
    pub pulls: Vec<PullRequest>,
    /// The open pull requests that go into a branch of the bot, whosever they are: number and branch.
    pub going_into: Vec<(u64, BranchName)>,
    /// The login the bot writes under, and what that proves.
    pub login: String,
    pub proof: LoginProof,
    /// What the bot made, by the ledger's word and by its login as far as that proves it.
    pub made: Made,
    /// The repository's labels.
    pub labels: Vec<Label>,
    /// Whether pull requests that stand on each other are offered as a stack: that is wanted, and there are stacks.
    pub offers_stacks: bool,
    /// Whether there can be no dashboard, for there are no issues.
    pub no_issues: bool,
    /// What a bot closed, by number, with the login of that bot, as far as nobody obeyed it yet.
    pub closed_by_bots: BTreeMap<u64, String>,
    /// The dashboard, as this run read or wrote it last: what differs from it, a person ticked since.
    pub dashboard: Option<Issue>,
}

/// Under which of its logins the bot wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The one it has.
    Bot,
    /// The one it had before.
    Former,
}

impl Observed {
    /// Reads a forge, and brings its branches within reach of the clone; `trunk` is the fork's branch.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read(forge: &dyn Forge, clone: &Repo, trunk: &str) -> Result<Self, ForgeError> {
        Self::read_beside(forge, clone, trunk, forge.branches(clone, PREFIX, trunk)?)
    }

    /// Reads a forge whose branches are read already.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read_beside(
        forge: &dyn Forge,
        clone: &Repo,
        trunk: &str,
        branches: Vec<ForgeBranch>,
    ) -> Result<Self, ForgeError> {
        let mut observed = Self::read_parts(forge, clone, trunk, branches, true)?;
        observed.dashboard = forge.find_issue(page::MARK, observed.made.dashboard)?;
        let number = observed.dashboard.as_ref().map(|issue| issue.number);
        if observed.proof != LoginProof::Always && number.is_some() {
            observed.made.dashboard = number;
            observed.made.numbers.extend(number);
        }
        Ok(observed)
    }

    /// Reads the forge again, after it refused a change: that may have been made in part, or others changed the forge meanwhile. The
    /// dashboard stays as it was: a box that was ticked since then is not among the decisions of this run.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read_again(&mut self, forge: &dyn Forge, clone: &Repo) -> Result<(), ForgeError> {
        let branches = forge.branches(clone, PREFIX, &self.trunk)?;
        let new = Self::read_parts(forge, clone, &self.trunk, branches, false)?;
        let (dashboard, closed_by_bots) = (self.dashboard.take(), std::mem::take(&mut self.closed_by_bots));
        *self = Self { dashboard, closed_by_bots, offers_stacks: self.offers_stacks, ..new };
        Ok(())
    }

    /// All but the dashboard, which is read next where `dashboard` says so.
    fn read_parts(
        forge: &dyn Forge,
        clone: &Repo,
        trunk: &str,
        branches: Vec<ForgeBranch>,
        dashboard: bool,
    ) -> Result<Self, ForgeError> {
        let (ledgers, branches): (Vec<_>, Vec<_>) = branches.into_iter().partition(|branch| branch.name == LEDGER);
        let ledger = ledgers.first().map(|branch| branch.head);
        let (login, proof) = (forge.login()?, forge.login_proof()?);
        let mut made = if proof == LoginProof::Always { Made::default() } else { Made::at(clone, ledger)? };
        if proof != LoginProof::Always && made.login.is_none() {
            (made.login, made.shared) = (Some(login.clone()), proof == LoginProof::Nothing);
        }
        let issue = made.dashboard.filter(|_| dashboard).map(Ahead::Issue);
        forge.read_ahead(&[Ahead::Pulls, Ahead::Labels].into_iter().chain(issue).collect::<Vec<_>>())?;
        let PullList { mut bringing, going_into } = forge.pulls(PREFIX)?;
        for pull in &mut bringing {
            pull.own = made.numbers.contains(&pull.number) || (pull.own && proof != LoginProof::Nothing);
            if pull.own && proof != LoginProof::Always {
                made.numbers.insert(pull.number);
            }
        }
        Ok(Self {
            login,
            proof,
            trunk: trunk.into(),
            mirrors_trunk: forge.mirrors_trunk(),
            branches,
            ledger,
            made,
            pulls: bringing,
            going_into,
            labels: forge.labels()?,
            offers_stacks: false,
            no_issues: !forge.has_issues()?,
            closed_by_bots: BTreeMap::new(),
            dashboard: None,
        })
    }

    /// The login that the bot wrote under before, where it has another now: by a personal token first and as an App later, or since the
    /// App was renamed.
    #[must_use]
    pub fn former(&self) -> Option<&str> {
        self.made.login.as_deref().filter(|former| *former != self.login)
    }

    /// Who of the bot's logins wrote a comment; `None`: somebody else, be it under a login that others have, too. What stands under the
    /// former one counts until all of it is taken over.
    #[must_use]
    pub fn author(&self, comment: &Comment) -> Option<Author> {
        let noted = self.made.comments.contains(&comment.id);
        if comment.author == self.login {
            return (self.proof != LoginProof::Nothing || noted).then_some(Author::Bot);
        }
        let former = self.former().is_some_and(|former| former == comment.author);
        (former && (!self.made.shared || noted)).then_some(Author::Former)
    }

    /// What was said in a conversation, without what others said under the bot's login.
    #[must_use]
    pub fn without_copies(&self, mut comments: Vec<Comment>) -> Vec<Comment> {
        comments.retain(|comment| comment.author != self.login || self.author(comment).is_some());
        comments
    }

    /// The ledger with what the bot made; as it is where the login proves it for ever.
    ///
    /// # Errors
    /// What the ledger says of it cannot be read.
    pub fn noted(&self, ledger: &Ledger) -> Result<Ledger, LedgerError> {
        if self.proof == LoginProof::Always { Ok(ledger.clone()) } else { self.made.put(ledger) }
    }

    /// Takes the former login's work over for good, once all of it is known by number.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn take_over(&mut self, repo: &Repo, forge: &mut dyn Forge) -> Result<(), LedgerError> {
        (self.made.login, self.made.shared) = (Some(self.login.clone()), self.proof == LoginProof::Nothing);
        self.made.note(repo, forge)
    }

    /// Remembers what was made: at once, where the login proves nothing.
    fn made(&mut self, repo: &Repo, forge: &mut dyn Forge, number: u64) -> Result<(), LedgerError> {
        if self.proof != LoginProof::Always && self.made.numbers.insert(number) && self.proof == LoginProof::Nothing {
            self.made.note(repo, forge)?;
        }
        Ok(())
    }

    pub(super) fn made_pull(&mut self, repo: &Repo, forge: &mut dyn Forge, number: u64) -> Result<(), LedgerError> {
        self.made(repo, forge, number)
    }

    pub(super) fn made_dashboard(
        &mut self,
        repo: &Repo,
        forge: &mut dyn Forge,
        number: u64,
    ) -> Result<(), LedgerError> {
        if self.proof != LoginProof::Always {
            self.made.dashboard = Some(number);
        }
        self.made(repo, forge, number)
    }

    /// The bot that closed a pull request or the dashboard, where that is not obeyed yet.
    #[must_use]
    pub fn closed_by_bot(&self, number: u64) -> Option<&str> {
        self.closed_by_bots.get(&number).map(String::as_str)
    }

    /// Which open pull requests stand on each other in a stack, or did by this word and still could.
    #[must_use]
    pub fn stacks(&self, before: &Stacks) -> Stacks {
        stack::known(&self.pulls, before)
    }

    /// The phases that have, or had, a pull request, and whether one is open.
    #[must_use]
    pub fn phases(&self) -> BTreeMap<PhaseId, bool> {
        let mut phases = BTreeMap::new();
        for pull in &self.pulls {
            if let Some(marker) = Marker::of(pull) {
                *phases.entry(marker.phase).or_default() |= pull.state == State::Open;
            }
        }
        phases
    }

    /// A phase's pull request: the open one, or else the last that was closed.
    #[must_use]
    pub fn of_phase(&self, id: &PhaseId) -> Option<&PullRequest> {
        let own = || self.pulls.iter().filter(|pull| Marker::of(pull).is_some_and(|marker| marker.phase == *id));
        let last = |state| own().rfind(|pull| pull.state == state);
        last(State::Open).or_else(|| last(State::Closed))
    }

    /// A phase's pull request that is open, or is to be opened again since a bot closed it.
    #[must_use]
    pub fn going_on(&self, id: &PhaseId) -> Option<&PullRequest> {
        let goes_on = |pull: &&PullRequest| pull.state == State::Open || self.closed_by_bot(pull.number).is_some();
        self.of_phase(id).filter(goes_on)
    }

    /// Where the branch of a phase's open pull request is.
    #[must_use]
    pub fn head_of(&self, id: &PhaseId) -> Option<CommitId> {
        let pull = self.going_on(id)?;
        self.branch(&pull.text.head).map(|branch| branch.head)
    }

    /// A branch by its name.
    #[must_use]
    pub fn branch(&self, name: &str) -> Option<&ForgeBranch> {
        self.branches.iter().find(|branch| branch.name == name)
    }

    pub(super) fn moved(&mut self, clone: &Repo, name: &str, head: CommitId) -> Result<(), ForgeError> {
        self.branches.retain(|branch| branch.name != name);
        self.branches.push(ForgeBranch { name: name.into(), head, people: self.trunk == name });
        self.branches.sort_by(|a, b| a.name.cmp(&b.name));
        let base = self.branch(&self.trunk).map(|branch| branch.head);
        // What people committed is no longer on top of the fork's branch once that has it.
        for branch in self.branches.iter_mut().filter(|branch| branch.name != self.trunk) {
            if self.trunk == name || branch.name == name {
                branch.people = people(clone, clone, base, branch.head)?;
            }
        }
        Ok(())
    }

    /// Takes a branch away, and closes what it brings and what goes into it, as a forge does.
    pub(super) fn removed(&mut self, name: &str) {
        self.branches.retain(|branch| branch.name != name);
        for pull in self.pulls.iter_mut().filter(|pull| pull.state == State::Open) {
            if pull.text.head == name || pull.text.base == name {
                pull.state = State::Closed;
            }
        }
        self.going_into.retain(|(_, base)| base != name);
        self.follow_bases();
    }

    pub(super) fn opened(&mut self, number: u64, text: &PullText) {
        self.pulls.retain(|pull| pull.number != number);
        let new = PullRequest { number, state: State::Open, text: text.clone(), own: true, stack: None };
        let phase = |pull: &PullRequest| Marker::of(pull).map(|marker| marker.phase);
        let instead = self.pulls.iter().filter(|pull| phase(pull) == phase(&new));
        instead.for_each(|pull| drop(self.closed_by_bots.remove(&pull.number)));
        self.pulls.push(new);
        self.pulls.sort_by_key(|pull| pull.number);
        self.follow_bases();
    }

    pub(super) fn edited(&mut self, number: u64, text: &PullText) {
        for pull in self.pulls.iter_mut().filter(|pull| pull.number == number) {
            // An edit leaves the branch as it is.
            pull.text = PullText { head: pull.text.head.clone(), ..text.clone() };
        }
        self.follow_bases();
    }

    pub(super) fn is_now(&mut self, number: u64, state: State) {
        for pull in self.pulls.iter_mut().filter(|pull| pull.number == number && pull.state != State::Merged) {
            pull.state = state;
        }
        self.closed_by_bots.remove(&number);
        self.follow_bases();
    }

    /// The number of the open pull request that brings a branch.
    pub(super) fn open_from(&self, branch: &BranchName) -> Option<u64> {
        let mut from = self.pulls.iter().filter(|pull| pull.state == State::Open && pull.text.head == *branch);
        from.next_back().map(|pull| pull.number)
    }

    pub(super) fn stacked(&mut self, numbers: &[u64], stack: u64) {
        for pull in self.pulls.iter_mut().filter(|pull| numbers.contains(&pull.number)) {
            pull.stack = Some(stack);
        }
    }

    /// Takes a stack apart; what is merged stays in it.
    pub(super) fn unstacked(&mut self, stack: u64) {
        for pull in self.pulls.iter_mut().filter(|pull| pull.stack == Some(stack) && pull.state != State::Merged) {
            pull.stack = None;
        }
    }

    pub(super) fn says(&mut self, number: u64, body: &str) {
        for pull in self.pulls.iter_mut().filter(|pull| pull.number == number) {
            body.clone_into(&mut pull.text.body);
        }
    }

    pub(super) fn dashboard_is_open(&mut self, labels: &[String]) {
        if let Some(issue) = &mut self.dashboard {
            (issue.state, issue.labels) = (State::Open, labels.to_vec());
            self.closed_by_bots.remove(&issue.number);
        }
    }

    pub(super) fn labelled(&mut self, label: &Label) {
        self.labels.retain(|old| old.name.to_lowercase() != label.name.to_lowercase());
        self.labels.push(label.clone());
        self.labels.sort_by(|a, b| a.name.cmp(&b.name));
    }

    pub(super) fn dashboard_is(&mut self, number: u64, title: &str, body: &str) {
        let new = Issue { number, state: State::Open, title: String::new(), body: String::new(), labels: Vec::new() };
        let old = self.dashboard.take().filter(|issue| issue.number == number).unwrap_or(new);
        self.dashboard = Some(Issue { title: title.to_owned(), body: body.to_owned(), ..old });
    }

    /// What goes into a branch of the bot, after a pull request of the bot became another.
    fn follow_bases(&mut self) {
        let ours = |number: u64| self.pulls.iter().any(|pull| pull.number == number);
        self.going_into.retain(|(number, _)| !ours(*number));
        let open = self.pulls.iter().filter(|pull| pull.state == State::Open && pull.text.base.starts_with(PREFIX));
        self.going_into.extend(open.map(|pull| (pull.number, pull.text.base.clone())));
        self.going_into.sort();
    }
}
