//! Upstream's branch: which it is, fetched, and held against the one that upstream goes on with.

use super::RunError;
use crate::config::Releases;
use crate::config::raw::WhichRepo;
use crate::names::BranchName;
use crate::survey::Warning;
use crate::text::visible;
use engine::ids::CommitId;
use engine::progress::Progress;
use engine::{Credential, GitError, Repo, UPSTREAM_TAGS};

/// The most commits of its own that a branch has which was left behind: one may say that it was.
const FAREWELL: usize = 1;

/// The reference that has one of upstream's branches.
pub(super) fn upstream_ref(branch: &str) -> String {
    format!("refs/remotes/upstream/{branch}")
}

/// Where upstream's branch of this name is, or its tag.
pub(super) fn upstream_head(repo: &Repo, branch: &str) -> Result<Option<CommitId>, GitError> {
    let tags = [UPSTREAM_TAGS, "refs/tags/"].map(|folder| format!("{folder}{branch}"));
    for name in [upstream_ref(branch)].iter().chain(&tags) {
        if let Some(commit) = repo.reference(name)? {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

/// Upstream's releases, the oldest first: its tags as they were fetched, else those of the clone.
pub(super) fn releases(repo: &Repo, releases: &Releases) -> Result<Vec<(String, CommitId)>, GitError> {
    let mut found = Vec::new();
    for folder in [UPSTREAM_TAGS, "refs/tags/"] {
        let tags = repo.references(folder)?.into_iter();
        let tags = tags.filter_map(|(name, commit)| Some((name.strip_prefix(folder)?.to_owned(), commit)));
        found = releases.among(tags.collect());
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// What upstream was found to have.
pub(super) struct Fetched {
    /// The branch to follow.
    pub(super) branch: BranchName,
    /// Upstream's default branch, where it says so.
    pub(super) default: Option<BranchName>,
}

/// Fetches the branch that is configured, or upstream's default branch. The default branch is fetched in any case, so that it shows
/// whether upstream goes on there. Its tags are fetched where `releases` are asked for.
pub(super) fn fetch(
    repo: &Repo,
    (upstream, releases): (&WhichRepo, bool),
    (server, shown): (&str, Credential<'_>),
    progress: &mut dyn Progress,
) -> Result<Fetched, RunError> {
    let from = match &upstream.repository {
        _ if repo.has_remote("upstream") => "upstream".to_owned(),
        Some(repository) => format!("{server}/{repository}.git"),
        None => {
            return Err(RunError::NoBranch(
                "nothing says where upstream is: there is no remote named upstream, and no upstream.repository in the configuration. \
                 Next: git remote add upstream URL, with the repository that this one is a fork of"
                    .into(),
            ));
        }
    };
    progress.stage("fetching upstream", 1);
    let asked = upstream.branch.as_ref().map_or_else(|| vec!["main", "master"], |branch| vec![branch]);
    let found = repo.upstream_branches(&from, &asked, shown)?;
    let default = found.default.map(BranchName::from);
    let is_tag = |branch: &str| {
        found.tags.iter().any(|tag| *tag == *branch) && !found.there.iter().any(|there| *there == *branch)
    };
    let tag = upstream.branch.as_ref().filter(|branch| is_tag(branch));
    let branch = match (&upstream.branch, &default) {
        (Some(tag), _) if is_tag(tag) => tag.clone(),
        (Some(branch), Some(default)) if !found.there.iter().any(|there| *branch == **there) => {
            let [branch, default] = [branch, default].map(|branch| visible(branch));
            return Err(RunError::NoBranch(format!(
                "upstream has no branch or tag {branch}, and its default branch is {default}: name it as `upstream.branch` in the configuration"
            )));
        }
        (Some(branch), _) => branch.clone(),
        (None, Some(default)) => default.clone(),
        (None, None) => found.there.first().map_or_else(|| "main".into(), |there| there.as_str().into()),
    };
    let mut wanted: Vec<&str> = if tag.is_some() { Vec::new() } else { vec![&branch] };
    wanted.extend(default.as_deref().filter(|default| branch != *default));
    if !wanted.is_empty() {
        repo.fetch_upstream(&from, &wanted, shown)?;
    }
    if releases || tag.is_some() {
        repo.fetch_upstream_tags(&from, shown)?;
    }
    if let Some(default) = &default {
        repo.note_upstream_default(default)?;
    }
    progress.step();
    Ok(Fetched { branch, default })
}

/// The branch to follow where none is configured and nothing was fetched: the one that the last fetch took for the default, else
/// one of the usual names.
pub(super) fn usual_branch(repo: &Repo) -> Result<BranchName, RunError> {
    let usual = ["main", "master"].map(BranchName::from);
    for branch in last_default(repo).into_iter().chain(usual) {
        if repo.reference(&upstream_ref(&branch))?.is_some() {
            return Ok(branch);
        }
    }
    let next = if repo.has_remote("upstream") {
        "git fetch upstream"
    } else {
        "git remote add upstream URL && git fetch upstream, with the repository that this one is a fork of"
    };
    Err(RunError::NoBranch(format!(
        "upstream was not fetched yet: there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master. \
         Next: {next}; where its branch is called otherwise, name it as upstream.branch"
    )))
}

/// What `refs/remotes/upstream/HEAD` names.
fn last_default(repo: &Repo) -> Option<BranchName> {
    Some(repo.symbolic_target(&upstream_ref("HEAD"))?.strip_prefix("refs/remotes/upstream/")?.into())
}

/// Whether upstream goes on elsewhere than on `branch`, which is at `head`. Where upstream was not asked, the branches it usually goes
/// on with are looked at.
pub(super) fn left_behind(
    repo: &Repo,
    branch: &BranchName,
    head: CommitId,
    default: Option<&BranchName>,
) -> Result<Option<Warning>, GitError> {
    let others = match default {
        Some(default) => vec![default.clone()],
        None => last_default(repo).into_iter().chain(["main", "master"].map(BranchName::from)).collect(),
    };
    for current in others.into_iter().filter(|other| other != branch) {
        let Some(there) = repo.reference(&upstream_ref(&current))? else { continue };
        let (ahead, own) = repo.ahead_behind(there, head)?;
        if ahead > 0 && own <= FAREWELL {
            let (branch, is_default) = (branch.clone(), default.is_some());
            return Ok(Some(Warning::LeftBehind { branch, current, is_default, ahead, own }));
        }
    }
    Ok(None)
}
