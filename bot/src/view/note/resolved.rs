//! What was resolved without a person, what became of lock files, and every line that went with it.

use serde::Serialize;

use super::Links;
use super::links::is_plain;
use super::prose::{CommitRef, Prose};
use super::words;
use crate::pick::answer::Origin;
use crate::pick::{BuiltPhase, DroppedLines, Lock, LockOutcome, Outcome, Pick, Resolution, ResolvedBy, driver, word};
use crate::text::{count, short, visible, visible_lines};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// What was resolved on a phase's branch.
#[derive(Debug, Serialize)]
pub(crate) struct ResolvedSummary {
    /// What became of each lock file.
    pub(crate) locks: Vec<Prose>,
    /// What was resolved, file by file.
    pub(crate) rows: Vec<ResolvedFile>,
    /// How often each rule or answer resolved one, the most used first.
    pub(crate) ways: Vec<(Prose, usize)>,
    /// What the content-loss check looked at, in words; empty where there was nothing to look at.
    pub(crate) looked: String,
    /// The lines that were dropped.
    pub(crate) lost: Vec<DroppedContent>,
    /// How many of upstream's and of the fork's there are of them.
    pub(crate) total: [usize; 2],
    /// The lines that are missing though nothing gave them up.
    pub(crate) unnamed: Vec<DroppedContent>,
}

/// A resolved file.
#[derive(Debug, Serialize)]
pub(crate) struct ResolvedFile {
    /// The pick it was resolved for.
    pub(crate) commit: CommitRef,
    pub(crate) path: String,
    /// What was done.
    pub(crate) how: String,
    /// What or who resolved it.
    pub(crate) by: Prose,
    /// What that gave up, in words.
    pub(crate) given_up: String,
    /// What else is to be said of it.
    pub(crate) notes: Vec<String>,
}

/// Lines of one file that are not there.
#[derive(Debug, Serialize)]
pub(crate) struct DroppedContent {
    pub(crate) path: String,
    /// The pick they went with; `None` where a lock file was regenerated.
    pub(crate) commit: Option<CommitRef>,
    /// Each with a sign: `+` upstream adds it, `-` the fork had it, `=` upstream removes it and it stays.
    pub(crate) lines: Vec<String>,
    /// How many they are where none is listed, in words: a program is still to write the file whole, so no line of it is a person's.
    pub(crate) unlisted: Option<String>,
}

impl ResolvedSummary {
    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(&self) -> bool {
        self.locks.is_empty() && self.rows.is_empty() && self.looked.is_empty()
    }
}

/// What was resolved on the branch of a phase.
pub(crate) fn resolved_summary(phase: &BuiltPhase, links: Links<'_>) -> ResolvedSummary {
    let all = || on_branch(phase).flat_map(|pick| pick.resolutions.iter().map(move |found| (pick.sha, found)));
    let lost = || all().map(|(_, found)| &found.lost).chain(phase.locks.iter().map(|lock| &lock.lost));
    let total = |of: fn(&DroppedLines) -> &Vec<String>| lost().map(|lost| of(lost).len()).sum();
    let of_picks = all().filter(|(_, found)| !found.lost.is_empty());
    let of_picks = of_picks.map(|(sha, found)| dropped(&found.path, Some(links.commit(sha, "")), &found.lost));
    let of_locks = phase.locks.iter().filter(|lock| !lock.lost.is_empty()).map(of_lock);
    let checked = &phase.checked;
    let unnamed = checked.unnamed.iter().map(|gone| dropped(&gone.path, Some(links.commit(gone.sha, "")), &gone.lost));
    ResolvedSummary {
        locks: phase.locks.iter().map(|lock| describe_lock(lock, links)).collect(),
        rows: all().map(|(sha, found)| row(sha, found, links)).collect(),
        ways: ways(all().map(|(_, found)| found)),
        looked: match checked.picks {
            0 => String::new(),
            picks => format!("{}, {}", count(picks, "pick"), count(checked.files, "file")),
        },
        total: [total(|lost| &lost.upstream), total(|lost| &lost.fork)],
        lost: of_picks.chain(of_locks).collect(),
        unnamed: unnamed.collect(),
    }
}

/// What was resolved of one pick, whether or not it landed, each with the lines that went.
pub(crate) fn of_pick(
    pick: CommitId,
    resolutions: &[Resolution],
    links: Links<'_>,
) -> Vec<(ResolvedFile, DroppedContent)> {
    resolutions.iter().map(|found| (row(pick, found, links), dropped(&found.path, None, &found.lost))).collect()
}

fn dropped(path: &RepoPath, commit: Option<CommitRef>, lost: &DroppedLines) -> DroppedContent {
    DroppedContent { path: visible(&path.to_string()), commit, lines: lines(lost), unlisted: None }
}

fn of_lock(lock: &Lock) -> DroppedContent {
    let gone = dropped(&lock.path, None, &lock.lost);
    match lock.is_pending() {
        true => DroppedContent { lines: Vec::new(), unlisted: Some(given_up(&lock.lost)), ..gone },
        false => gone,
    }
}

/// The picks whose resolving counts: those on the branch, and those of which resolving left nothing.
fn on_branch(phase: &BuiltPhase) -> impl Iterator<Item = &Pick> {
    phase.picks.iter().filter(|pick| pick.commit.is_some() || pick.outcome == Outcome::NoOp)
}

fn row(sha: CommitId, found: &Resolution, links: Links<'_>) -> ResolvedFile {
    ResolvedFile {
        commit: links.commit(sha, ""),
        path: visible(&found.path.to_string()),
        how: visible(&words::method(found.how)),
        by: by(found),
        given_up: given_up(&found.lost),
        notes: found.notes.iter().map(|note| visible(&words::note(note))).collect(),
    }
}

/// Who or what resolved it.
pub(super) fn by(found: &Resolution) -> Prose {
    match &found.by {
        ResolvedBy::Rule { pattern, resolve } => Prose::new("rule ").code(pattern).plain(": ").code(word(*resolve)),
        ResolvedBy::Decision { how, origin } => {
            with_origin(Prose::new("decision ").code(how.to_string()).plain(" of "), origin)
        }
        ResolvedBy::Memory { key, origin } => with_origin(Prose::new("answer ").code(key).plain(" of "), origin),
        ResolvedBy::Attribute(name) => {
            Prose::default().code(".gitattributes").plain(": ").code(format!("merge={}", driver(*name)))
        }
        ResolvedBy::FastForward => Prose::new("the submodule's history: it follows the other side's commit"),
        ResolvedBy::Form => Prose::new("form: one side changed white space alone, and what the other says is taken"),
        ResolvedBy::Formatter { program } => Prose::new("form: in the form that ")
            .code(program)
            .plain(" gives them, the sides say nothing different there"),
        ResolvedBy::Driver { name } => Prose::new("merge driver ").code(name),
        ResolvedBy::Line => Prose::new("the line: only upstream's own lines meet there"),
    }
}

fn with_origin(prose: Prose, origin: &Origin) -> Prose {
    let who = prose.foreign(&origin.who).plain(", ").foreign(&origin.when.to_string());
    match &origin.link {
        Some(link) if is_plain(link) => who.plain(" (").link("there", link).plain(")"),
        Some(link) => who.plain(" (").code(link).plain(")"),
        None => who,
    }
}

fn describe_lock(lock: &Lock, links: Links<'_>) -> Prose {
    let prose = Prose::default().code(lock.path.to_string()).plain(": ");
    let (file, all) = if lock.is_folder { ("folder", ", all that is in it") } else { ("file", "") };
    match &lock.outcome {
        LockOutcome::Made { command } => prose
            .plain("left out of the picks, then regenerated by ")
            .code(command)
            .plain(format!(" in a commit of its own{all}.")),
        LockOutcome::Upstream { why, of } => prose
            .plain(format!("upstream's {file} as of "))
            .commit(links.commit(*of, ""))
            .plain(", since it was not regenerated: ")
            .foreign(words::not_regenerated(why).trim_end_matches('.'))
            .plain("."),
        LockOutcome::Pending { why, .. } => prose
            .plain(format!("the fork's {file}, which is to be regenerated before this is merged: "))
            .foreign(words::not_regenerated(why).trim_end_matches('.'))
            .plain("."),
        LockOutcome::Kept { why } => prose
            .plain("as the fork has it, since it was not regenerated: ")
            .foreign(words::not_regenerated(why).trim_end_matches('.'))
            .plain("."),
    }
}

/// A resolved file or a lock file in one line of a terminal: what was done and by what, and what that gave up.
pub(crate) struct BriefRow {
    /// The pick, or the commit that holds the lock file.
    pub(crate) commit: Option<CommitId>,
    pub(crate) path: String,
    pub(crate) text: String,
}

/// What was resolved on the branch of a phase, in a line each.
pub(crate) fn brief(phase: &BuiltPhase) -> Vec<BriefRow> {
    let resolved = on_branch(phase).flat_map(|pick| {
        pick.resolutions.iter().map(|found| BriefRow {
            commit: Some(pick.sha),
            path: found.path.to_string(),
            text: format!("{}, {}{}", words::method(found.how), brief_by(found), brief_given_up(&found.lost)),
        })
    });
    let locks = phase.locks.iter().map(|lock| {
        let (how, by) = match &lock.outcome {
            LockOutcome::Made { command } => ("regenerated after the picks".to_owned(), format!("by {command}")),
            LockOutcome::Upstream { why, of } => {
                let file = if lock.is_folder { "folder" } else { "file" };
                (format!("upstream's {file} of {}", of.short()), format!("since {}", words::not_regenerated(why)))
            }
            LockOutcome::Pending { why, .. } => {
                ("to be regenerated".to_owned(), format!("since {}", words::not_regenerated(why)))
            }
            LockOutcome::Kept { why } => {
                ("as the fork has it".to_owned(), format!("since {}", words::not_regenerated(why)))
            }
        };
        let text = format!("{how}, {}{}", short(&by, 300), brief_given_up(&lock.lost));
        BriefRow { commit: lock.commit, path: lock.path.to_string(), text }
    });
    resolved.chain(locks).collect()
}

fn brief_by(found: &Resolution) -> String {
    match &found.by {
        ResolvedBy::Rule { pattern, resolve } => format!("by rule {} ({})", short(pattern, 40), word(*resolve)),
        ResolvedBy::Decision { how, origin } => format!("decided by {} ({how})", short(&origin.who, 40)),
        ResolvedBy::Attribute(name) => format!("by .gitattributes (merge={})", driver(*name)),
        ResolvedBy::FastForward => "it follows the other side's commit".to_owned(),
        ResolvedBy::Form => "what the other side says is taken".to_owned(),
        ResolvedBy::Formatter { program } => format!("in the form of {}", short(program, 40)),
        ResolvedBy::Driver { name } => format!("by the merge driver {}", short(name, 40)),
        ResolvedBy::Line => "only upstream's own lines meet there".to_owned(),
        ResolvedBy::Memory { origin, .. } => format!("as {} answered on {}", short(&origin.who, 40), origin.when),
    }
}

fn brief_given_up(lost: &DroppedLines) -> String {
    match (lost.upstream.len(), lost.fork.len()) {
        (0, 0) => String::new(),
        (upstream, 0) => format!("; drops {} of upstream's", count(upstream, "line")),
        (0, fork) => format!("; drops {} of the fork's", count(fork, "line")),
        (upstream, fork) => format!("; drops {} of upstream's, {fork} of the fork's", count(upstream, "line")),
    }
}

fn ways<'a>(all: impl Iterator<Item = &'a Resolution>) -> Vec<(Prose, usize)> {
    let mut ways: Vec<(Prose, usize)> = Vec::new();
    for way in all.map(by) {
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, times)) => *times += 1,
            None => ways.push((way, 1)),
        }
    }
    ways.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    ways
}

/// How much was given up, in words.
fn given_up(lost: &DroppedLines) -> String {
    let mut parts = Vec::new();
    if !lost.upstream.is_empty() {
        parts.push(format!("{} of upstream's", count(lost.upstream.len(), "line")));
    }
    if !lost.fork.is_empty() {
        parts.push(format!("{} of the fork's", count(lost.fork.len(), "line")));
    }
    if !lost.stays.is_empty() {
        parts.push(format!("{} upstream removes stays", count(lost.stays.len(), "line")));
    }
    if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
}

fn lines(lost: &DroppedLines) -> Vec<String> {
    let sides = [('+', &lost.upstream), ('-', &lost.fork), ('=', &lost.stays)];
    sides
        .into_iter()
        .flat_map(|(sign, side)| side.iter().map(move |line| format!("{sign} {}", visible_lines(line))))
        .collect()
}
