//! Which commit of the range a name means, and what to say where it means none.

use crate::survey::{Survey, Surveyed};
use engine::ids::CommitId;
use engine::{GitError, Repo, ResolvedName};

/// Why a name means no commit that could be taken.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// There is no such commit.
    #[error("{}", unknown(name, like))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Commits of nearly that name.
        like: Vec<String>,
    },
    /// It is too short.
    #[error("{name} may be any of several: {}", candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// What it may mean.
        candidates: Vec<String>,
    },
    /// It is a merge of the range.
    #[error("{} is a merge: merges are never picked, ask for the commits it brought in", .0.short())]
    Merge(CommitId),
    /// The fork's history contains it.
    #[error("{} is in the fork's history already{}", sha.short(), took(took_in.as_deref()))]
    Fork {
        sha: CommitId,
        /// The upstream commit it took, if it took one.
        took_in: Option<String>,
    },
    /// It is on another branch.
    #[error("{} is neither in upstream's branch nor in the fork's: git branch -a --contains {} says where it is", .0.short(), .0.short())]
    Elsewhere(CommitId),
    /// The repository cannot be read.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Fewest digits that a commit is asked for by.
const FEWEST: usize = 4;

fn unknown(name: &str, like: &[String]) -> String {
    let is_sha = name.len() >= FEWEST && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (is_sha, like) {
        (false, _) => {
            format!("'{name}' is no SHA: a commit is named by the first digits of its SHA, at least {FEWEST}")
        }
        (true, []) => format!("{name} is no commit of this repository"),
        (true, like) => format!("{name} is no commit of this repository; nearly so: {}", like.join(", ")),
    }
}

fn took(took_in: Option<&str>) -> String {
    match took_in {
        Some(upstream) => format!(": it took in {upstream}; ask for that one"),
        None => ": it is not among what upstream has and the fork lacks".into(),
    }
}

/// The commit of the range that a full or shortened SHA names.
///
/// # Errors
/// There is none, or more than one.
pub fn find<'a>(repo: &Repo, survey: &'a Survey, name: &str) -> Result<&'a Surveyed, NotFound> {
    let wanted = name.trim().to_ascii_lowercase();
    let described = |commit: &Surveyed| format!("{} ({})", commit.sha.short(), commit.subject);
    // A name that is ambiguous among all objects is not, if only one commit of the range fits.
    if wanted.len() >= 4 {
        let fits = |sha: CommitId| sha.to_string().starts_with(&wanted);
        let of_range: Vec<&Surveyed> = survey.commits.iter().filter(|commit| fits(commit.sha)).collect();
        match of_range.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let candidates = several.iter().map(|commit| described(commit)).collect();
                return Err(NotFound::Ambiguous { name: name.into(), candidates });
            }
        }
        if let Some(merge) = survey.merges.iter().find(|merge| fits(merge.sha)) {
            return Err(NotFound::Merge(merge.sha));
        }
    }
    match repo.resolve(&wanted) {
        ResolvedName::Commit(sha) if repo.contains(survey.fork_head, sha)? => {
            let took_in =
                survey.commits.iter().find(|commit| commit.evidence.iter().any(|sign| sign.fork_commit == sha));
            Err(NotFound::Fork { sha, took_in: took_in.map(described) })
        }
        ResolvedName::Commit(sha) => Err(NotFound::Elsewhere(sha)),
        ResolvedName::Ambiguous => {
            Err(NotFound::Ambiguous { name: name.into(), candidates: vec!["use more digits".into()] })
        }
        ResolvedName::Unknown => Err(NotFound::Unknown { name: name.into(), like: repo.similar(&wanted) }),
    }
}
