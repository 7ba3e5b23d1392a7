//! Commits named in the configuration: each must exist, and what one part says of it must agree with the others.

use std::collections::{HashMap, HashSet};

use super::{Checker, suggestion};
use crate::config::lookup::Lookup;
use crate::config::raw::{self, RawConfig, RawPick, Sha};
use crate::config::{Exclude, GroupCommit, NotedPick, Supersede};
use crate::yaml::source::join;
use crate::yaml::wording::quoted;
use crate::yaml::{Problem, SourcePos};
use engine::ids::CommitId;

/// A commit as it is named in one place.
#[derive(Debug, Clone)]
struct NamedCommit {
    path: String,
    written: String,
    is: NameStatus,
}

/// What is known of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameStatus {
    /// There was no repository to ask.
    Unasked,
    /// There is no such commit, or several; that has been reported.
    Unclear,
    /// It means this commit.
    Commit(CommitId),
}

impl NamedCommit {
    fn id(&self) -> Option<CommitId> {
        match self.is {
            NameStatus::Commit(id) => Some(id),
            NameStatus::Unasked | NameStatus::Unclear => None,
        }
    }

    /// Whether two names mean one commit: by what they were found to be or, without a repository, as far as both go.
    fn same(&self, other: &Self) -> bool {
        match (self.is, other.is) {
            (NameStatus::Commit(one), NameStatus::Commit(other)) => one == other,
            (NameStatus::Unasked, NameStatus::Unasked) => {
                self.written.starts_with(&other.written) || other.written.starts_with(&self.written)
            }
            _ => self.written == other.written,
        }
    }
}

/// Named commits, found quickly. Names have seven digits at least, so those of one commit agree on seven.
#[derive(Debug, Default)]
struct CommitNames(HashMap<String, Vec<NamedCommit>>);

impl CommitNames {
    fn find(&self, named: &NamedCommit) -> Option<&NamedCommit> {
        self.0.get(named.written.get(..7)?)?.iter().find(|other| other.same(named))
    }

    fn add(&mut self, named: NamedCommit) {
        if let Some(digits) = named.written.get(..7) {
            self.0.entry(digits.to_owned()).or_default().push(named);
        }
    }
}

impl Checker<'_> {
    /// The commits each phase names. One that several phases name goes to the first of them by priority, which is no fault.
    pub(super) fn picks(&mut self, phases: &[raw::RawPhase]) -> Vec<Vec<NotedPick>> {
        let mut all = Vec::new();
        for (index, phase) in phases.iter().enumerate() {
            let path = join("phases", index);
            let names = phase.picks().map(|(at, pick, _)| {
                let (sha, below) = pick.sha();
                (format!("{path}/{at}{below}"), sha.clone())
            });
            let named = self.names(names.collect(), "this phase");
            let picks = phase.picks().zip(named).filter_map(|((_, pick, category), named)| {
                let (risk, note) = match pick {
                    RawPick::Sha(_) => (None, None),
                    RawPick::Noted(noted) => (noted.risk, noted.note.clone()),
                };
                Some(NotedPick { sha: named.id()?, risk, note, category: category.map(str::to_owned) })
            });
            all.push(picks.collect());
        }
        all
    }

    pub(super) fn exclude(&mut self, raw: &RawConfig) -> Vec<Exclude> {
        let picked = self.picked(raw);
        let mut all = Vec::new();
        for (index, exclude) in raw.exclude.iter().enumerate() {
            let path = join("exclude", index);
            self.empty(exclude.commits.is_empty() && exclude.rules.is_empty(), &path, "this leaves nothing out");
            let named = self.shas(&exclude.commits, &join(&path, "commits"), "this list");
            for named in &named {
                if let Some(pick) = picked.find(named) {
                    let phase =
                        pick.path.split('/').nth(1).and_then(|index| raw.phases.get(index.parse::<usize>().ok()?));
                    let there = self.positions.value(&pick.path);
                    let id = quoted(phase.map_or("", |phase| &phase.id));
                    let message = format!(
                        "{} is left out here, but phase {id} names it on line {}",
                        quoted(&named.written),
                        there.line
                    );
                    let problem =
                        Problem::new(self.positions.value(&named.path), message).help("remove it from one of the two");
                    self.report(&named.path, problem.related(there, "taken here"));
                }
            }
            let commits = named.iter().filter_map(NamedCommit::id).collect();
            let rules = self.rules(&exclude.rules, &join(&path, "rules"));
            all.push(Exclude { reason: exclude.reason.clone(), commits, rules });
        }
        all
    }

    pub(super) fn supersede(&mut self, raw: &RawConfig) -> Vec<Supersede> {
        let picked = self.picked(raw);
        // With rules about, only the survey can tell which commits the phases take: see `plan::check_groups`. The same
        // where a part of the phases could not be read.
        let by_rules = raw.phases.iter().any(|phase| !phase.rules.is_empty());
        let unread = self
            .resolved
            .iter()
            .chain(self.incomplete)
            .any(|path| path.starts_with("phases") && !path.ends_with("/id"));
        let mut all = Vec::new();
        for (index, group) in raw.supersede.iter().enumerate() {
            let path = join("supersede", index);
            let named = self.shas(&group.commits, &join(&path, "commits"), "this group");
            if !by_rules && !unread {
                for named in
                    named.iter().filter(|named| named.is != NameStatus::Unclear && picked.find(named).is_none())
                {
                    self.report(&named.path, in_no_phase(self.positions.value(&named.path), &named.written));
                }
            }
            let keep = (group.keep.0 != "latest").then(|| {
                let path = join(&path, "keep");
                let is = self.resolve(&path, &group.keep.0);
                NamedCommit { path, written: group.keep.0.clone(), is }
            });
            if let Some(kept) = &keep
                && kept.is != NameStatus::Unclear
                && !named.iter().any(|named| named.same(kept))
            {
                let message = format!("{} is none of the group's commits", quoted(&kept.written));
                let problem = Problem::new(self.positions.value(&kept.path), message);
                self.report(&kept.path, problem.help("`keep` is `latest` or one of `commits`"));
            }
            let commit = |named: &NamedCommit| {
                let (written, pos) = (named.written.clone(), self.positions.value(&named.path));
                Some(GroupCommit { sha: named.id()?, written, pos })
            };
            let commits = named.iter().filter_map(commit).collect();
            all.push(Supersede { title: group.title.clone(), commits, keep: keep.and_then(|kept| kept.id()) });
        }
        all
    }

    /// All commits the phases name.
    fn picked(&self, raw: &RawConfig) -> CommitNames {
        let mut roll = CommitNames::default();
        for (index, phase) in raw.phases.iter().enumerate() {
            for (at, pick, _) in phase.picks() {
                let (sha, below) = pick.sha();
                let path = format!("{}/{at}{below}", join("phases", index));
                let is = self.known.get(&sha.0).copied().unwrap_or(NameStatus::Unasked);
                roll.add(NamedCommit { path, written: sha.0.clone(), is });
            }
        }
        roll
    }

    /// Looks one commit up.
    pub(super) fn one(&mut self, Sha(written): &Sha, path: &str) -> Option<CommitId> {
        match self.resolve(path, written) {
            NameStatus::Commit(id) => Some(id),
            NameStatus::Unasked | NameStatus::Unclear => None,
        }
    }

    fn shas(&mut self, shas: &[Sha], path: &str, list: &str) -> Vec<NamedCommit> {
        let names = shas.iter().enumerate().map(|(index, sha)| (join(path, index), sha.clone())).collect();
        self.names(names, list)
    }

    /// Looks the commits of one list up; each may be named once.
    fn names(&mut self, names: Vec<(String, Sha)>, list: &str) -> Vec<NamedCommit> {
        let mut roll = CommitNames::default();
        let mut all = Vec::new();
        let mut reported = HashSet::new();
        for (path, Sha(written)) in names {
            let is = self.resolve(&path, &written);
            let named = NamedCommit { path, written, is };
            if let Some(earlier) = roll.find(&named)
                && reported.insert(named.path.clone())
            {
                let there = self.positions.value(&earlier.path);
                let message =
                    format!("{} is named twice in {list}, first on line {}", quoted(&named.written), there.line);
                let problem = Problem::new(self.positions.value(&named.path), message).help("remove one of the two");
                self.report(&named.path, problem.related(there, "first here"));
            }
            roll.add(named.clone());
            all.push(named);
        }
        all
    }

    /// The commit a name means; reported where there is none, or several.
    fn resolve(&mut self, path: &str, written: &str) -> NameStatus {
        let Some(lookup) = self.lookup else { return NameStatus::Unasked };
        if self.resolved.contains(path) {
            return NameStatus::Unclear;
        }
        let place = self.positions.value(path);
        let is = match lookup(written) {
            Lookup::Found(id) => NameStatus::Commit(id),
            Lookup::Ambiguous(count) => {
                let message = format!("{} is the beginning of {count} commits", quoted(written));
                self.report(path, Problem::new(place, message).help("write more of its digits"));
                NameStatus::Unclear
            }
            Lookup::Unknown { like } => {
                let help =
                    suggestion(&like).unwrap_or_else(|| "fetch upstream, or check the SHA for a slip".to_owned());
                self.report(
                    path,
                    Problem::new(place, format!("the repository has no commit {}", quoted(written))).help(help),
                );
                NameStatus::Unclear
            }
        };
        self.known.insert(written.to_owned(), is);
        is
    }
}

/// A commit of a supersede group that no phase takes.
pub(in crate::config) fn in_no_phase(place: SourcePos, written: &str) -> Problem {
    Problem::new(place, format!("{} is in this group but in no phase", quoted(written)))
        .help("of a group, one commit is taken and the others left out of their phases: name it in a phase, or remove it here")
}
