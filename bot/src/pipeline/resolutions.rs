//! How people resolved conflicts: learned from the branches they did it on, and put on the ledger.

use std::collections::HashSet;

use super::decide::{DecisionMeta, now};
use super::{RunError, Session};
use crate::config::Config;
use crate::ledger::{Changed, Ledger, LedgerError, LedgerStore, Updated, update};
use crate::line::AsMerged;
use crate::memory::{
    self, LearnReport, LearnedResolution, StoredResolution, Withdrawn, by_evidence, by_trailer, is_rebased, learn,
};
use crate::pick::{Built, Remark};
use crate::publish::Observed;
use crate::survey::{Given, Heads, survey};
use crate::text::count;
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::progress::Progress;
use engine::{ConflictKind, Repo};

/// The ledger with how people resolved conflicts on a forge's phase branches, and what of it is new.
pub(super) fn learn_from_branches(
    session: &Session,
    before: &Ledger,
    observed: &Observed,
) -> Result<(Ledger, LearnReport), RunError> {
    let repo = &session.repo;
    let mut all = LearnReport::default();
    let upstreams: HashSet<CommitId> =
        repo.range(session.heads.fork, session.heads.upstream)?.into_iter().map(|commit| commit.id).collect();
    for branch in observed.branches.iter().filter(|branch| branch.people && branch.name != session.branch) {
        let mut line = repo.range(session.heads.fork, branch.head)?;
        // A branch may merge upstream, whose commits were resolved by nobody here.
        line.retain(|commit| !upstreams.contains(&commit.id));
        let mut pairs = by_trailer(&line);
        pairs.retain(|pair| match (repo.commit(pair.upstream), repo.commit(pair.commit)) {
            (Ok(upstream), Ok(commit)) => !is_rebased(&commit, &upstream),
            _ => false,
        });
        let pull = observed.pulls.iter().rfind(|pull| pull.text.head == branch.name).map(|pull| pull.number);
        let is_persons = |path: &RepoPath| !session.config.makes_anew(path);
        let learned = learn(repo, &line, &pairs, &is_persons, &|commit| link(&session.config, pull, commit))?;
        all.lessons.extend(learned.lessons);
        all.passed.extend(learned.passed);
    }
    let mut ledger = before.clone();
    for lesson in &all.lessons {
        ledger = memory::remember(&ledger, lesson)?;
    }
    if ledger == *before {
        all.lessons.clear();
    }
    Ok((ledger, all))
}

/// Learns from a history: of what the fork (or any branch) took from upstream by hand, every pick that conflicts when it is made again
/// and that a person resolved.
///
/// # Errors
/// The repository cannot be read, or the histories are unrelated.
pub fn learn_from_history(
    session: &Session,
    tip: CommitId,
    progress: &mut dyn Progress,
) -> Result<LearnReport, RunError> {
    let Session { repo, config, heads, .. } = session;
    let given = Given {
        config,
        main: session.main_branch(),
        landed: &[],
        stated: &[],
        leaves_out: &|_| false,
        lets_in: &|_| true,
        whole: false,
    };
    let survey = survey(repo, Heads { fork: tip, upstream: heads.upstream }, given, &mut AsMerged, progress)?;
    let line = repo.range(heads.upstream, tip)?;
    let pairs = by_evidence(&survey);
    let is_persons = |path: &RepoPath| !config.makes_anew(path);
    Ok(learn(repo, &line, &pairs, &is_persons, &|commit| link(config, None, commit))?)
}

/// Where a resolved conflict can be read, if it is known where the fork is.
fn link(config: &Config, pull: Option<u64>, commit: CommitId) -> Option<String> {
    let fork = config.hosts.own(config.fork.repository.as_ref()?);
    Some(match pull {
        Some(pull) => format!("{fork}/pull/{pull}"),
        None => format!("{fork}/commit/{commit}"),
    })
}

/// Remarks on each conflict that waits, and that a person resolved before, why that answer does not fit: the files are others now.
pub(super) fn remark(built: &mut Built, kept: &[StoredResolution]) {
    let waiting = built.phases.iter_mut().flat_map(|phase| &mut phase.picks);
    for pick in waiting.filter(|pick| pick.outcome.waits()) {
        let resolved: Vec<RepoPath> = pick.resolutions.iter().map(|resolution| resolution.path.clone()).collect();
        for conflict in pick.conflicts.iter_mut().filter(|conflict| !resolved.contains(&conflict.path)) {
            let of = |kept: &&StoredResolution| {
                kept.meta.upstream == pick.sha && conflict.path == RepoPath::shown(&kept.meta.path)
            };
            let once = kept.iter().filter(of);
            let Some(StoredResolution { key, meta }) = once.max_by_key(|kept| kept.meta.when) else { continue };
            let (who, when) = (meta.who.clone(), meta.when);
            conflict.remarks.push(match &meta.withdrawn {
                None => Remark::Outdated {
                    who,
                    when,
                    commit: meta.place.commit,
                    key: key.clone(),
                    renames: conflict.kind == ConflictKind::Rename,
                },
                Some(gone) => Remark::Withdrawn { who, when, by: gone.by.clone() },
            });
        }
    }
}

/// Puts lessons on the ledger; none is no write.
///
/// # Errors
/// The ledger has problems, or cannot be written.
pub fn keep(
    repo: &Repo,
    store: &mut (impl LedgerStore + ?Sized),
    lessons: &[LearnedResolution],
) -> Result<Option<Updated>, RunError> {
    if lessons.is_empty() {
        return Ok(None);
    }
    let updated = update(repo, store, &mut |before| {
        let mut ledger = before.clone();
        for lesson in lessons {
            ledger = memory::remember(&ledger, lesson)?;
        }
        Ok(Changed { message: message(lessons), ledger })
    })?;
    Ok(Some(updated))
}

fn message(lessons: &[LearnedResolution]) -> String {
    let mut text = format!("Remember {}\n", count(lessons.len(), "resolved conflict"));
    for LearnedResolution { answer, upstream, commit } in lessons.iter().take(50) {
        let (path, upstream, who) = (&answer.path, upstream.short(), &answer.origin.who);
        text.push_str(&match commit {
            Some(commit) => format!("\n{path} of {upstream}, resolved by {who} in {}", commit.short()),
            None => format!("\n{path} of {upstream}, as proposed and accepted by {who}"),
        });
    }
    text
}

/// Withdraws an answer.
///
/// # Errors
/// The ledger has problems, or cannot be written.
pub fn forget(
    repo: &Repo,
    store: &mut (impl LedgerStore + ?Sized),
    key: &str,
    said: DecisionMeta,
) -> Result<Updated, RunError> {
    let by = said.by.or_else(|| repo.person()).unwrap_or_else(|| "somebody".to_owned());
    let withdrawn = Withdrawn { by: by.clone(), when: now(), why: said.why };
    Ok(update(repo, store, &mut |before: &Ledger| {
        let ledger = memory::forget(before, key, withdrawn.clone())?;
        let why = withdrawn.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let message = format!("Forget {key}\n\nBy {by}{why}\n");
        ledger.map(|ledger| Changed { ledger, message }).ok_or_else(|| LedgerError::Unfit {
            what: format!("that {key} is forgotten"),
            message: "nothing is remembered under this key".into(),
        })
    })?)
}
