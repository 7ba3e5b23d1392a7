//! What makes a survey less than it seems, as values; the rooms that write text put them into words.

use serde::Serialize;

use super::{Alone, EvidenceKind, Heads, LineShare, Survey, Surveyed};
use crate::config::Config;
use crate::line::OnLine;
use crate::names::BranchName;
use crate::units::Units;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Repo};

/// Something to know before the survey is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Warning {
    /// The clone is shallow.
    CutHistory {
        /// How many commits lack their parents.
        commits: usize,
        /// Whether they are among those that one side has and the other lacks. Else that cannot be told: what is missing may join both.
        in_range: bool,
    },
    /// Git shows other objects in the place of these (`git replace`), and they are read as they are stored.
    ///
    /// libgit2, which reads commits here, knows nothing of such references, and a tree read with them beside a commit read without
    /// would be neither the one nor the other. Nor does a forge show them, or a clone have them: what is published is seen without.
    Replaced {
        /// The objects, as their references name them.
        objects: Vec<CommitId>,
    },
    /// Upstream goes on elsewhere than on the branch that is followed.
    LeftBehind {
        /// The branch that is followed.
        branch: BranchName,
        /// The one that upstream goes on with.
        current: BranchName,
        /// Whether upstream says that this is its default branch.
        is_default: bool,
        /// How many commits it has that the branch lacks.
        ahead: usize,
        /// How many commits the branch has that it lacks.
        own: usize,
    },
    /// The configuration names another repository than git's remote of that name leads to: one of them is misspelt, or was renamed.
    OtherRemote {
        /// The remote: `upstream` or `origin`.
        remote: &'static str,
        /// The repository it leads to.
        leads_to: String,
        /// The one that the configuration names.
        configured: String,
    },
    /// The two histories have no commit in common, but many states: one was rewritten, and they were joined at the youngest.
    Joined {
        /// The commit of upstream's with these files.
        upstream: CommitId,
        /// The fork's.
        fork: CommitId,
    },
    /// A commit of the fork says that it has a unit, and the fork has next to nothing of it: the unit counts as open.
    Contradiction {
        unit: CommitId,
        /// The fork's commit.
        says: CommitId,
        /// How many of the lines the unit adds are there.
        share: LineShare,
    },
    /// A unit brings a path that not every file system tells from another.
    SameName {
        unit: CommitId,
        /// What it brings.
        path: RepoPath,
        /// What is there as well.
        other: RepoPath,
    },
}

impl Survey {
    /// The paths that a unit brings and those there that not every file system tells from them.
    pub fn same_names(&self, sha: CommitId) -> impl Iterator<Item = (&RepoPath, &RepoPath)> {
        self.warnings.iter().filter_map(move |warning| match warning {
            Warning::SameName { unit, path, other } if *unit == sha => Some((path, other)),
            _ => None,
        })
    }

    /// Whether what the fork's commits say of a unit is not so.
    #[must_use]
    pub fn is_contradicted(&self, sha: CommitId) -> bool {
        self.warnings.iter().any(|warning| matches!(warning, Warning::Contradiction { unit, .. } if *unit == sha))
    }

    /// The branch that is followed and the one that upstream goes on with, where it goes on elsewhere.
    #[must_use]
    pub fn left_behind(&self) -> Option<(&str, &str)> {
        self.warnings.iter().find_map(|warning| match warning {
            Warning::LeftBehind { branch, current, .. } => Some((branch.as_str(), current.as_str())),
            _ => None,
        })
    }
}

/// The remotes that lead to another repository than the configuration names.
#[must_use]
pub fn other_remotes(repo: &Repo, config: &Config) -> Vec<Warning> {
    let hosts = &config.hosts;
    let sides = [
        ("upstream", hosts.upstream_server(), &config.upstream.repository),
        ("origin", hosts.fork_server(), &config.fork.repository),
    ];
    let other = |(remote, server, configured): (&'static str, &str, &Option<String>)| {
        let (leads_to, configured) = (repo.name_on(server, remote)?, configured.clone()?);
        (!leads_to.eq_ignore_ascii_case(&configured)).then_some(Warning::OtherRemote { remote, leads_to, configured })
    };
    sides.into_iter().filter_map(other).collect()
}

/// The objects that are replaced, where there are any.
///
/// # Errors
/// The references cannot be read.
pub fn replaced(repo: &Repo) -> Result<Option<Warning>, GitError> {
    let objects = repo.replaced()?;
    Ok((!objects.is_empty()).then_some(Warning::Replaced { objects }))
}

/// Whether history is cut where that may change what either side has and the other lacks. It changes nothing where all that was left
/// out is older than both.
///
/// # Errors
/// The history cannot be walked.
pub fn cut_history(repo: &Repo, heads: Heads) -> Result<Option<Warning>, GitError> {
    if !repo.is_shallow() {
        return Ok(None);
    }
    let Heads { upstream, fork } = heads;
    let within = repo.cut_off(&[upstream], Some(fork))?.len() + repo.cut_off(&[fork], Some(upstream))?.len();
    if within > 0 {
        return Ok(Some(Warning::CutHistory { commits: within, in_range: true }));
    }
    // What one side alone seems to have may have come to the other by way of what was left out. It is then older than the edge.
    let edges = repo.cut_off(&[upstream, fork], None)?;
    let when = |commits: Vec<CommitId>| -> Result<Vec<i64>, GitError> {
        commits.into_iter().map(|commit| Ok(repo.commit(commit)?.committer.when.seconds)).collect()
    };
    let commits = edges.len();
    let youngest = when(edges)?.into_iter().max();
    let range = [repo.beyond(fork, &[upstream])?, repo.beyond(upstream, &[fork])?].concat();
    let oldest = when(range)?.into_iter().min();
    let hides = youngest.zip(oldest).is_some_and(|(edge, oldest)| oldest <= edge);
    Ok(hides.then_some(Warning::CutHistory { commits, in_range: false }))
}

/// The commit of the fork that says it has a unit which it cannot have: the unit applies without a conflict, and most of what it adds
/// is missing. A trailer, an id, an author with a date and a title are words, which anybody may have written; what else shows a change is
/// its content, or the ledger.
pub(super) fn contradicted(unit: &Surveyed, share: LineShare) -> Option<CommitId> {
    use EvidenceKind::{Authorship, Name, Number, Subject, Trailer};
    let is_word = |kind| matches!(kind, Trailer | Authorship | Name | Number | Subject);
    let words = unit.evidence.iter().all(|sign| is_word(sign.kind));
    let first = unit.evidence.first()?.fork_commit;
    (words && unit.alone == Alone::Clean && share.there * 2 <= share.of).then_some(first)
}

/// The paths at the line's end that the fork does not have and that not every file system tells from others.
pub(super) fn same_names(
    repo: &Repo,
    (fork, end): (TreeId, TreeId),
    (units, surveyed): (&Units, &[Surveyed]),
) -> Result<Vec<Warning>, GitError> {
    let added = repo.changes(Some(fork), end)?.into_iter().filter(|change| change.old.is_none());
    let added: Vec<RepoPath> = added.map(|change| change.path).collect();
    let mut found: Vec<Warning> = Vec::new();
    for [path, other] in repo.same_names(end, &added)? {
        let brings = |at: &usize| {
            let changes = &units.all()[*at].changes;
            let there = changes.binary_search_by(|change| change.path.cmp(&path)).map(|place| changes[place].new);
            !matches!(surveyed[*at].line, OnLine::Taken | OnLine::LeftOut) && matches!(there, Ok(Some(_)))
        };
        // Two that are both new are found from either side.
        let twice = |known: &Warning| matches!(known, Warning::SameName { path: first, other: second, .. } if [first, second] == [&other, &path]);
        if let Some(at) = (0..surveyed.len()).rev().find(brings).filter(|_| !found.iter().any(twice)) {
            found.push(Warning::SameName { unit: surveyed[at].sha, path, other });
        }
    }
    Ok(found)
}
