//! What planning and picking found, in words: why a commit is left out, what was done to a conflict, and why nothing could be.

use std::collections::BTreeSet;

use super::warning::same_name;
use crate::pick::{
    ConflictKind, ConflictSide, FollowedRename, Method, NotRegenerated, Pick, PlanEnd, Presence, ProgramFailure,
    Remark, ResolutionNote, SideChoice, UnusedProgram, WholeKind,
};
use crate::plan::Reason;
use crate::survey::{Because, Evidence, Refused, RefusedKind, RiskReason, Surveyed};
use crate::text::{count, first_few, short, visible};
use engine::ids::CommitId;

/// How many followed renames a note names.
const RENAMES: usize = 4;

/// Why a commit is risky, in one line.
#[must_use]
pub fn reasons(reasons: &[RiskReason]) -> String {
    reasons.iter().map(RiskReason::to_string).collect::<Vec<_>>().join("; ")
}

/// The kind of a conflict.
#[must_use]
pub const fn kind(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Text => "both sides changed the same lines",
        ConflictKind::AddAdd => "both sides added it, with different content",
        ConflictKind::DeletedByUs => "upstream changes it, the fork does not have it",
        ConflictKind::DeletedByThem => "upstream removes it, the fork changed it",
        ConflictKind::Binary => "both sides changed it, and it is no text",
        ConflictKind::Whole => "both sides changed it, and .gitattributes says that it is not merged line by line",
        ConflictKind::Pointer => "both sides changed it, and it is a Git LFS pointer, of which one stays as a whole",
        ConflictKind::Submodule => "both sides moved the submodule",
        ConflictKind::Mode => "its kind or its mode differs on the two sides",
        ConflictKind::Rename => "it was renamed on one side, and the other does not agree",
    }
}

/// Why a commit is left out.
#[must_use]
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Taken(signs) => format!("taken: {}", evidence(signs)),
        Reason::Ancestor => "taken: older than the common ancestor, so the fork's history contains it".into(),
        Reason::Superseded { by, group } => format!("superseded by {} ({group})", by.short()),
        Reason::Excluded { reason, rule } => format!("excluded: {}", excluded(reason, rule.as_deref())),
        Reason::NoOp => "no effect: it leaves nothing to change".into(),
        Reason::Merge => "a merge: its commits are picked one by one".into(),
        Reason::Skipped(decision) => format!("skipped by {}", decision.describe()),
        Reason::Deferred(decision) => format!("waits: deferred by {}", decision.describe()),
        Reason::Moved { phase, decision } => format!("moved to phase {phase} by {}", decision.describe()),
        Reason::NoPhase { phase, decision } => {
            format!("decided for phase {phase}, which the configuration does not have, by {}", decision.describe())
        }
        Reason::Reverted { by } => format!("the fork undid it, in {}", by.short()),
        Reason::Moot { reland } => {
            format!("it undoes what upstream brought again in {}, which the fork has", reland.short())
        }
        Reason::Undone { by } => format!("upstream undid it later, in {}: both are left out", by.short()),
        Reason::WithUndone { change, phase } => {
            format!("it undoes {}, so it is in the phase of that: {phase}", change.short())
        }
        Reason::InPhase(phase) => format!("in an earlier phase: {phase}"),
        Reason::OnLine { after, absent } => {
            let after = match after.as_slice() {
                [] => "earlier commits".to_owned(),
                after => first_few(after.iter().map(CommitId::short), 3),
            };
            match absent {
                true => format!(
                    "the fork does not have the code it changes: that came with {after}, and this comes in its turn, on the line"
                ),
                false => format!("it needs {after} first, so it comes in its turn, on the line"),
            }
        }
        Reason::Refused(refused) => refusal(refused),
        Reason::OutOfRange => "not in upstream's branch".into(),
    }
}

/// How much is shown of a path that may be as long as anybody likes.
const LONGEST_PATH: usize = 120;

/// What git refuses of a unit, and why.
fn refusal(Refused { path, kind }: &Refused) -> String {
    let why = match kind {
        RefusedKind::Name => "no file may have this name",
        RefusedKind::TooDeep => "it is too deep",
        RefusedKind::Nowhere => "it is a submodule at no commit",
        RefusedKind::Twice => "it is in a folder that is a file, too",
        RefusedKind::Link => "it must be no link",
        RefusedKind::Submodules => "it lists a submodule with a name, path, address or command that git refuses",
    };
    format!("git refuses {}: {why}", short(&path.to_string(), LONGEST_PATH))
}

/// The configuration's reason for an exclusion, with the rule that found the commit.
#[must_use]
pub fn excluded(reason: &str, rule: Option<&str>) -> String {
    rule.map_or_else(|| reason.to_owned(), |rule| format!("{reason} (rule: {rule})"))
}

/// Evidence in a few words: `authorship, subject of 8c1df9b6f`.
#[must_use]
pub fn evidence(evidence: &[Evidence]) -> String {
    let mut by_commit: Vec<(CommitId, Vec<String>)> = Vec::new();
    for sign in evidence {
        match by_commit.iter_mut().find(|(commit, _)| *commit == sign.fork_commit) {
            Some((_, kinds)) => kinds.push(sign.kind.to_string()),
            None => by_commit.push((sign.fork_commit, vec![sign.kind.to_string()])),
        }
    }
    let one = |(commit, kinds): &(CommitId, Vec<String>)| format!("{} of {}", kinds.join(", "), commit.short());
    by_commit.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// What says that the fork perhaps has a unit: `name, lines of 8c1df9b6f`, and how many more of its commits may.
#[must_use]
pub fn perhaps(unit: &Surveyed) -> Option<String> {
    let first = unit.perhaps?;
    let of_first: Vec<Evidence> = unit.evidence.iter().filter(|sign| sign.fork_commit == first).cloned().collect();
    let others: BTreeSet<CommitId> =
        unit.evidence.iter().map(|sign| sign.fork_commit).filter(|by| *by != first).collect();
    let more = if others.is_empty() { String::new() } else { format!(", or {} more", others.len()) };
    Some(evidence(&of_first) + &more)
}

/// The remark on a pick: the configuration's, what it waits for though it applies, that a decision put it there, and which of its paths meet others.
#[must_use]
pub fn pick_note(pick: &Pick) -> Option<String> {
    let decided = pick.decision.as_ref().map(|decision| format!("put here by {}", decision.describe()));
    let inner = pick.named_by.map(|sha| format!("named by its commit {}", sha.short()));
    let again = pick
        .again
        .map(|earlier| format!("the fork has it; taken again, since {} brings an older file", earlier.short()));
    let same = pick.same_names.iter().map(|[path, other]| format!("it brings {}", same_name(path, other)));
    let renames = pick.renames.iter().take(RENAMES).map(rename);
    let more = pick.renames.len().saturating_sub(RENAMES);
    let more = (more > 0).then(|| format!("{} more followed", count(more, "rename")));
    let notes = pick.note.clone().into_iter().chain(guarded(pick)).chain(decided).chain(inner).chain(again).chain(same);
    let notes = notes.chain(renames).chain(more);
    let notes: Vec<String> = notes.collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// That a pick waits for what it changes, where it does.
fn guarded(pick: &Pick) -> Option<String> {
    let files = first_few(pick.guarded.iter().map(ToString::to_string), 3);
    (!pick.guarded.is_empty())
        .then(|| format!("it changes {files}, which may run on a push: a person lets it in first"))
}

/// A file that was followed.
fn rename(rename: &FollowedRename) -> String {
    let [from, to] = [&rename.from, &rename.to].map(|path| visible(&path.to_string()));
    let how = match rename.by_us {
        true => format!("the fork has {from} as {to}, and the change goes there"),
        false => format!("upstream has {from} as {to}, and the fork's change goes there"),
    };
    let rival = match rename.rivals.as_slice() {
        [] => String::new(),
        [rival, ..] => {
            format!("; {} is as much alike, so see whether it is the right one", visible(&rival.to_string()))
        }
    };
    format!("{how} ({} % alike{rival})", rename.alike)
}

/// Where all phases together end, in a sentence.
#[must_use]
pub fn end(end: &PlanEnd) -> String {
    let skipped = match end.not_compared {
        0 => String::new(),
        paths => format!(
            " {} that git cannot merge cleanly {} not compared.",
            count(paths, "file"),
            if paths == 1 { "is" } else { "are" }
        ),
    };
    if end.equal {
        let complete = if end.complete { ": nothing is missing" } else { "" };
        return format!("All phases together give the same files as git's own merge{complete}.{skipped}");
    }
    let of = |is: fn(&Because) -> bool| end.differs.iter().filter(|differs| is(&differs.because)).count();
    let parts = [
        (of(|because| matches!(because, Because::Unit(_))), "for commits that are not on the branches"),
        (of(|because| matches!(because, Because::Rule(_))), "for what resolves conflicts there"),
        (of(|because| matches!(because, Because::Unknown)), "for a reason that was not found"),
    ];
    let parts = parts.iter().filter(|(files, _)| *files > 0).map(|(files, why)| format!("{files} {why}"));
    format!(
        "All phases together differ from git's own merge in {}: {}.{skipped} `uptake plan --format json` names each.",
        count(end.differs.len(), "file"),
        parts.collect::<Vec<_>>().join(", ")
    )
}

/// What was done with a path.
#[must_use]
pub fn method(method: Method) -> String {
    match method {
        Method::LeftOut => "left out of the pick".into(),
        Method::KeptFork => "the fork's file, with none of upstream's changes to it".into(),
        Method::NotInFork => "not taken: the fork does not have it".into(),
        Method::Lines { chosen, places, total } => {
            let lines = match chosen {
                None => "the lines that were resolved on then",
                Some(SideChoice::Upstream) => "upstream's lines",
                Some(SideChoice::Fork) => "the fork's lines",
                Some(SideChoice::Union) => "the fork's lines, then upstream's",
            };
            if places == total {
                format!("{lines} in {}", count(total, "place"))
            } else {
                format!("{lines} in {places} of {}", count(total, "place"))
            }
        }
        Method::Form { places, total } if places == total => {
            format!("{} differed in form alone", count(total, "place"))
        }
        Method::Form { places, total } => format!("{places} of {} differed in form alone", count(total, "place")),
        Method::Driven(places) => format!("merged in {}", count(places, "place")),
        Method::Keys => "merged key by key".into(),
        Method::RememberedKeys(keys) => format!("{} of it as resolved then", count(keys, "key")),
        Method::Remembered(Presence::File) => "the file as it was resolved then".into(),
        Method::Remembered(Presence::Submodule) => "the submodule at the commit it was resolved at then".into(),
        Method::Remembered(Presence::Removed) => "removed, as it was then".into(),
        Method::Removal { choice, removed_by } => removal(choice, removed_by).into(),
        Method::Whole { side, what } => format!("{} {} as a whole", whose(side), whole(what)),
        Method::Followed(ConflictSide::Fork) => "upstream's new file, in the folder as the fork moved it".into(),
        Method::Followed(ConflictSide::Upstream) => "the fork's file, in the folder as upstream moves it".into(),
        Method::Mode { side, mode } => format!("{} mode ({mode:o})", whose(side)),
        Method::Kind(ConflictSide::Upstream) => "what upstream has there, as a whole".into(),
        Method::Kind(ConflictSide::Fork) => "what the fork has there, as a whole".into(),
    }
}

const fn removal(choice: SideChoice, removed_by: ConflictSide) -> &'static str {
    match (choice, removed_by) {
        (SideChoice::Upstream, ConflictSide::Upstream) => "removed, as upstream does; the fork's changes to it go",
        (SideChoice::Upstream, ConflictSide::Fork) => "upstream's file, though the fork does not have it",
        (SideChoice::Fork, ConflictSide::Upstream) => "the fork's file, though upstream removes it",
        (SideChoice::Fork, ConflictSide::Fork) => "not there, as in the fork; upstream's change to it is not taken",
        (SideChoice::Union, ConflictSide::Upstream) => "kept as the fork has it, though upstream removes it",
        (SideChoice::Union, ConflictSide::Fork) => "kept as upstream has it, though the fork does not have it",
    }
}

/// What else is to be said of a resolution, a sentence.
#[must_use]
pub fn note(note: &ResolutionNote) -> String {
    match note {
        ResolutionNote::BrokenByMerge => "Merged line by line it could not be read any more.".into(),
        ResolutionNote::BrokenByAnswer => "With the lines that were resolved on then it could not be read.".into(),
        ResolutionNote::Mode { side, mode } => format!("Its mode is {} ({mode:o}).", whose(*side)),
        ResolutionNote::GivenUp { side, what: WholeKind::Indivisible } => {
            format!("It is not merged line by line: {} file is dropped as a whole.", whose(*side))
        }
        ResolutionNote::GivenUp { side, what } => {
            format!("It is no text: {} {} is dropped as a whole.", whose(*side), whole(*what))
        }
        ResolutionNote::Key { key, value: Some(value) } => format!("`{key}` is `{value}`, as it was resolved then."),
        ResolutionNote::Key { key, value: None } => format!("`{key}` is not there, as it was resolved then."),
        ResolutionNote::Manifest(sentence) => sentence.clone(),
        ResolutionNote::Unused(unused) => format!("{}.", self::unused(unused)),
        ResolutionNote::Stands { line, lines: None } => {
            format!("The place at the fork's line {line} was merged with what is around it.")
        }
        ResolutionNote::Stands { line, lines: Some(lines) } => match lines.as_slice() {
            [] => format!("At the fork's line {line} nothing is left."),
            lines => {
                let more = lines.len().saturating_sub(STANDS);
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                let shown: Vec<String> = lines.iter().take(STANDS).map(|line| format!("`{}`", line.trim())).collect();
                format!("At the fork's line {line}: {}{more}.", shown.join(", "))
            }
        },
    }
}

/// How many lines of a place are shown in a remark.
const STANDS: usize = 4;

/// Why a program is not used, a phrase.
fn unused(UnusedProgram { program, why }: &UnusedProgram) -> String {
    format!("{program} is not used: {}", failure(why))
}

fn failure(why: &ProgramFailure) -> String {
    match why {
        ProgramFailure::NotTheForks => {
            "its command is not in the configuration on the fork's own branch, so it is not started".into()
        }
        ProgramFailure::TooLarge { megabytes } => format!("the files are more than {megabytes} MB"),
        ProgramFailure::NoText => "what it makes is no text".into(),
        ProgramFailure::Unstable => "it makes something else of its own output".into(),
        ProgramFailure::OtherMeaning => "it changes what the file says".into(),
        ProgramFailure::Conflicts => "it leaves conflicts".into(),
        ProgramFailure::Loses { word, upstream } => {
            let side = if *upstream { "upstream's" } else { "the fork's" };
            format!("{side} word `{}` would be missing", short(word, 60))
        }
        ProgramFailure::NotUtf8 => "a side of the file is not UTF-8".into(),
        ProgramFailure::Elsewhere => "it is not the merged file with each place resolved, and nothing else".into(),
        ProgramFailure::Unreadable => "it cannot be read as a manifest, though both sides' can".into(),
        ProgramFailure::Command(error) => error.to_string(),
    }
}

/// Why a conflict is left to a person, a phrase.
#[must_use]
pub fn remark(remark: &Remark) -> String {
    match remark {
        Remark::Unused(unused) => self::unused(unused),
        Remark::NotProposed(UnusedProgram { program, why }) => {
            format!("what {program} proposes is not shown: {}", failure(why))
        }
        Remark::Manual(who) => format!("{who} decided that a person resolves it"),
        Remark::SomePlaces { known, total } => format!("{known} of its {} would be resolved", count(*total, "place")),
        Remark::SomeKeys { known, total } => {
            format!("{known} of the {} would be resolved as it was then", count(*total, "key"))
        }
        Remark::NotUtf8 => "not merged key by key: it is not UTF-8".into(),
        Remark::NotAManifest(why) => format!("not merged key by key: {why}"),
        Remark::Key(key) => {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
            format!(
                "{}: the fork has {}, upstream {} (before: {})",
                key.key,
                value(&key.ours),
                value(&key.theirs),
                value(&key.base)
            )
        }
        Remark::Manifest(sentence) => sentence.clone(),
        Remark::BrokenByMerge => "merged line by line it cannot be read any more".into(),
        Remark::BrokenByAnswer => "with the lines that were resolved on then it could not be read".into(),
        Remark::NoUnion(WholeKind::Indivisible) => {
            "both sides of a file that is not merged line by line cannot be joined".into()
        }
        Remark::NoUnion(what) => format!("both sides of a {} that is no text cannot be joined", whole(*what)),
        Remark::FolderInTheWay => "a file on one side is a folder on the other".into(),
        Remark::NameInDispute => "which name it gets is left to a person".into(),
        Remark::Outdated { who, when, commit, key, renames } => {
            let others = if *renames { "files are in dispute" } else { "lines stand there" };
            let (day, commit) =
                (when.day(), commit.map(|commit| format!(" in {}", commit.short())).unwrap_or_default());
            format!("{who} resolved it on {day}{commit} (memory {key}), but other {others} now")
        }
        Remark::Withdrawn { who, when, by } => {
            format!("the answer of {who} of {} was withdrawn by {by}", when.day())
        }
    }
}

/// Why a lock file was not regenerated, a phrase.
#[must_use]
pub fn not_regenerated(why: &NotRegenerated) -> String {
    match why {
        NotRegenerated::NothingChanged => "no pick of the phase changes anything else".into(),
        NotRegenerated::OnNeitherSide => "neither side has it".into(),
        NotRegenerated::NoCommand => "no command is configured for it".into(),
        NotRegenerated::NotTheForks => {
            "its command is not in the configuration on the fork's own branch, so it is not started".into()
        }
        NotRegenerated::LeadsOut { manifest } => format!("{manifest} points out of the repository, or cannot be read"),
        NotRegenerated::TooLarge { megabytes } => format!("its files are more than {megabytes} MB"),
        NotRegenerated::Command(error) => error.to_string(),
    }
}

const fn whose(side: ConflictSide) -> &'static str {
    match side {
        ConflictSide::Fork => "the fork's",
        ConflictSide::Upstream => "upstream's",
    }
}

const fn whole(what: WholeKind) -> &'static str {
    match what {
        WholeKind::File | WholeKind::Indivisible => "file",
        WholeKind::Submodule => "submodule",
    }
}
