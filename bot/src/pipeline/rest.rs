//! Resting: what a run left is on the ledger, and where the next finds fork, upstream, decisions, branches, conversations and tests so
//! still, it builds nothing. A change of the program or of the configuration counts as news.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::matrix::named;
use super::targets::KnownTarget;
use super::{RunError, Session};
use crate::branch::PREFIX;
use crate::ci::{Matrix, Statuses, TestRecord};
use crate::forge::{Forge, ForgeBranch, State, Touched};
use crate::ledger::Ledger;
use crate::moment::Moment;
use crate::names::PhaseId;
use crate::publish::Observed;
use engine::{UPSTREAM_TAGS, name_of};

/// Where it is on the ledger.
pub(super) const FILE: &str = "rest.yml";

/// What is listed as changed reaches back by so much behind the last run: a list may lag behind what it lists.
const LAG: SignedDuration = SignedDuration::from_mins(10);

/// After so long what could not be done is tried again.
const RETRY: SignedDuration = SignedDuration::from_hours(24);

/// After so many changed conversations since the last run the list begins again.
const LONG: usize = 80;

/// What a run left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RestRecord {
    /// What the program was built from, and the configuration.
    pub(super) settings: String,
    /// Where fork, upstream and branches were, and what the ledger said.
    pub(super) seen: String,
    /// When that was, by the forge's clock.
    pub(super) since: Moment,
    /// Whether something could not be done that may work another day, such as a lock file that a program did not make.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) retry: bool,
    /// Whether decisions wait for a person.
    pub(super) waits: bool,
    pub(super) phases: Vec<PhaseId>,
    /// Their open pull requests.
    pub(super) pulls: Vec<u64>,
    /// What was said in the bot's conversations, by number.
    pub(super) conversations: BTreeMap<u64, KnownConversation>,
    /// What is tested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tests: Vec<KnownTarget>,
    /// What the statuses of a commit were made to say, by commit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) told: BTreeMap<String, String>,
}

/// A pull request or the dashboard as it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownConversation {
    /// A name for its text, state and labels.
    pub(super) says: String,
    /// How many comments were read or written there; `None` where nobody listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comments: Option<u64>,
}

/// A run that found nothing new, or nothing but how tests stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rested {
    /// What was done about tests, and what could not be, in words.
    pub done: Vec<String>,
    pub waiting: Vec<String>,
    /// Whether decisions wait for a person.
    pub waits: bool,
    /// The phases that there are.
    pub phases: Vec<PhaseId>,
    /// Their open pull requests.
    pub pulls: Vec<u64>,
}

/// A forge at a glance: its branches, its ledger, and what changed there since the last run.
pub(super) struct Glance {
    pub(super) branches: Vec<ForgeBranch>,
    pub(super) ledger: Ledger,
    /// What the last run left, where this program with this configuration was it.
    record: Option<RestRecord>,
    /// What changed since; `None` where that is not known.
    touched: Option<Vec<Touched>>,
}

impl Glance {
    pub(super) fn read(session: &Session, forge: &dyn Forge) -> Result<Self, RunError> {
        let branches = forge.branches(&session.repo, PREFIX, &session.branch)?;
        let at = branches.iter().find(|branch| branch.name == crate::branch::LEDGER).map(|branch| branch.head);
        let ledger = Ledger::read(&session.repo, at)?;
        // One that cannot be read was left by another program, or by a person.
        let record = ledger.get::<RestRecord>(FILE).ok().flatten();
        let record = record.filter(|record| record.settings == settings(session));
        let touched = record.as_ref().map(|record| forge.touched(record.since)).transpose()?.flatten();
        Ok(Self { branches, ledger, record, touched })
    }

    /// What the last run left, where nothing is new since; tests aside.
    pub(super) fn rests(&self, session: &Session, forge: &dyn Forge) -> Result<Option<&RestRecord>, RunError> {
        let (Some(record), Some(touched)) = (&self.record, &self.touched) else { return Ok(None) };
        let news = touched.len() >= LONG
            || (record.retry && forge.began()?.is_none_or(|now| record.is_old(now)))
            || record.seen != seen(session, &self.branches, &self.ledger)?
            || touched.iter().any(|touched| record.is_news(touched));
        Ok((!news).then_some(record))
    }

    /// What the ledger has of tests.
    pub(super) fn matrix(&self) -> Result<Matrix, RunError> {
        let mut matrix = Matrix::default();
        for path in self.ledger.paths("ci/") {
            let of = path.strip_prefix("ci/").and_then(|name| name.strip_suffix(".yml"));
            if let Some((of, tests)) = of.zip(self.ledger.get::<TestRecord>(path)?) {
                matrix.records.insert(of.to_owned(), tests);
            }
        }
        Ok(matrix)
    }

    /// How many comments are in a conversation where nothing is new.
    pub(super) fn known(&self, number: u64) -> Option<u64> {
        let (record, touched) = (self.record.as_ref()?, self.touched.as_ref()?);
        let known = record.conversations.get(&number)?;
        let now = touched.iter().find(|touched| touched.number == number);
        known.comments.filter(|comments| now.is_none_or(|now| now.comments == *comments))
    }

    /// What the statuses of a commit say, by a name for all of them.
    pub(super) fn told(&self, commit: &str) -> Option<&str> {
        self.record.as_ref()?.told.get(commit).map(String::as_str)
    }

    /// Of the statuses of commits, those of commits of which something else was said before, and that need be looked at.
    pub(super) fn untold(&self, mut all: Statuses) -> Statuses {
        all.retain(|(head, statuses)| self.told(&head.to_string()) != Some(&*named(statuses)));
        all
    }

    /// Whether a record says what the one on the ledger does, so that it need not be written.
    pub(super) fn has(&self, record: &RestRecord) -> bool {
        let long = self.touched.as_ref().is_some_and(|touched| touched.len() >= LONG);
        let old = |old: &RestRecord| old.retry && old.is_old(record.since);
        !long
            && !self.record.as_ref().is_some_and(old)
            && self.record.as_ref().is_some_and(|old| RestRecord { since: old.since, ..record.clone() } == *old)
    }
}

impl RestRecord {
    /// The end of a run that did no more than this.
    pub(super) fn rested(&self, done: Vec<String>, waiting: Vec<String>) -> Rested {
        let Self { waits, phases, pulls, .. } = self;
        Rested { done, waiting, waits: *waits, phases: phases.clone(), pulls: pulls.clone() }
    }

    /// Whether what could not be done then is to be tried again.
    fn is_old(&self, now: Moment) -> bool {
        now.time().duration_since(self.since.time()) >= RETRY
    }

    fn is_news(&self, touched: &Touched) -> bool {
        let says = || says(&touched.title, &touched.body, touched.open, &touched.labels);
        // What is none of the bot's conversations is nothing to it.
        let known = self.conversations.get(&touched.number);
        known.is_some_and(|known| {
            known.comments.is_some_and(|comments| comments != touched.comments) || known.says != says()
        })
    }
}

/// What the program was built from, what it is trusted with, and the configuration.
pub(super) fn settings(session: &Session) -> String {
    let text = session.source.as_ref().map_or("", |source| source.text.as_str());
    name_of(format!("{}\n{}\n{text}", env!("UPTAKE_BUILD"), session.guest).as_bytes()).to_string()
}

/// Where fork, upstream and branches are, and what the ledger says.
pub(super) fn seen(session: &Session, branches: &[ForgeBranch], ledger: &Ledger) -> Result<String, RunError> {
    let repo = &session.repo;
    let mut text =
        format!("{} {} {:?} {:?}\n", session.heads.fork, session.heads.upstream, session.release, session.warnings()?);
    for (name, commit) in repo.references(UPSTREAM_TAGS)?.into_iter().chain(repo.references("refs/tags/")?) {
        text.push_str(&format!("{commit} {name}\n"));
    }
    for branch in branches.iter().filter(|branch| branch.name != crate::branch::LEDGER) {
        text.push_str(&format!("{} {}\n", branch.head, branch.name));
    }
    text.push_str(&ledger.names(&|path| path != FILE));
    Ok(name_of(text.as_bytes()).to_string())
}

/// A name for what a pull request or an issue says, as every forge gives it back.
pub(super) fn says(title: &str, body: &str, open: bool, labels: &[String]) -> String {
    let body = body.replace("\r\n", "\n");
    let mut labels: Vec<String> = labels.iter().map(|label| label.to_lowercase()).collect();
    labels.sort();
    name_of(format!("{}\n{}\n{open} {labels:?}", title.trim_end(), body.trim_end()).as_bytes()).to_string()
}

/// The bot's conversations as they are left; `None` where it is not known how many comments one has that is listened to.
pub(super) fn conversations(observed: &Observed, heard: &Heard) -> Option<BTreeMap<u64, KnownConversation>> {
    let pulls = observed.pulls.iter().filter(|pull| pull.own);
    let pulls = pulls.map(|pull| {
        let text = &pull.text;
        (pull.number, says(&text.title, &text.body, pull.state == State::Open, &text.labels))
    });
    let dashboard = observed
        .dashboard
        .iter()
        .map(|issue| (issue.number, says(&issue.title, &issue.body, issue.state == State::Open, &issue.labels)));
    let known = |(number, says)| Some((number, KnownConversation { says, comments: heard.count(number)? }));
    pulls.chain(dashboard).map(known).collect()
}

/// How many comments are in the bot's conversations.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// The conversations that were there when the run began.
    pub(super) there: BTreeSet<u64>,
    /// Those that are listened to.
    pub(super) listened: BTreeSet<u64>,
    /// How many comments are in each, where that is known.
    pub(super) counts: BTreeMap<u64, u64>,
}

impl Heard {
    /// Before anything is read: those where nothing is new.
    pub(super) fn of(observed: &Observed, glance: &Glance) -> Self {
        let dashboard = observed.dashboard.iter().map(|issue| issue.number);
        let own = observed.pulls.iter().filter(|pull| pull.own).map(|pull| pull.number);
        let there: BTreeSet<u64> = own.chain(dashboard).collect();
        // Until all is taken over from another login each conversation is gone through.
        let known = there.iter().filter(|_| observed.former().is_none());
        let counts = known.filter_map(|number| Some((*number, glance.known(*number)?))).collect();
        Self { there, listened: BTreeSet::new(), counts }
    }

    /// How many comments are in a conversation; `None` where that should be known and is not.
    #[expect(clippy::option_option, reason = "that nobody listens is another thing than that nobody knows")]
    fn count(&self, number: u64) -> Option<Option<u64>> {
        let known = self.counts.get(&number).copied();
        match (self.there.contains(&number), self.listened.contains(&number)) {
            // It was opened by this run, which said what is said there.
            (false, _) => Some(Some(known.unwrap_or_default())),
            (true, true) => known.map(Some),
            (true, false) => Some(None),
        }
    }
}

/// Whether everything on a ledger that people write is as a run obeyed it.
pub(super) fn is_obeyed(obeyed: &Ledger, now: &Ledger) -> bool {
    const OURS: [&str; 7] = ["phases/", "ci/", "bisect/", "made.yml", "stacks.yml", "dashboard.yml", FILE];
    let people = |path: &str| !OURS.iter().any(|ours| path.starts_with(ours)) && path != "README.md";
    obeyed.names(&people) == now.names(&people)
}

/// From when on the next run asks what changed.
pub(super) fn since(began: Moment) -> Moment {
    Moment::to_second(began.time() - LAG)
}
