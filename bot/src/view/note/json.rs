//! What was built as `uptake plan --format json` gives it.

use serde::Serialize;

use super::conflict::module_comparison;
use super::{ProposalJson, fact, words};
use crate::config::raw::Take;
use crate::decision::Decision;
use crate::names::CellName;
use crate::pick::answer::Origin;
use crate::pick::conflict::places;
use crate::pick::{
    Attribution, Built, BuiltPhase, Conflict, DroppedLines, FollowedRename, Hunk, IntegrityReport, Lock, LockOutcome,
    Outcome, Pick, Resolution, ResolvedBy, driver, word,
};
use crate::plan::LeftOut;
use crate::risk::Level;
use crate::survey::{Difference, RiskReason, Survey, Warning};
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;

/// The whole plan.
#[derive(Debug, Serialize)]
pub struct PlanJson<'a> {
    version: u32,
    #[serde(skip_serializing_if = "<[Warning]>::is_empty")]
    warnings: &'a [Warning],
    phases: Vec<PhaseJson<'a>>,
    left_out: Vec<LeftOutJson>,
    unassigned: &'a [CommitId],
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<EndJson<'a>>,
}

/// Where all phases together end, held against git's own merge.
#[derive(Debug, Serialize)]
struct EndJson<'a> {
    equal: bool,
    /// Whether besides every unit is there.
    complete: bool,
    differs: &'a [Difference],
}

#[derive(Debug, Serialize)]
struct PhaseJson<'a> {
    id: &'a str,
    title: &'a str,
    take: Take,
    branch: &'a str,
    base: &'a str,
    base_commit: CommitId,
    head: CommitId,
    /// Where it is one merge commit: the upstream commit that this brings in.
    #[serde(skip_serializing_if = "Option::is_none")]
    brings: Option<CommitId>,
    risk: Level,
    tree: TreeId,
    picks: Vec<PickJson<'a>>,
    locks: Vec<LockJson<'a>>,
    /// What comparing the branch with what went into it found.
    check: &'a IntegrityReport,
    left_out: Vec<LeftOutJson>,
    ci: CiJson<'a>,
}

#[derive(Debug, Serialize)]
struct CiJson<'a> {
    /// The CUDA versions among the cells.
    cuda: Vec<&'a str>,
    /// The names of all cells.
    cells: Vec<&'a str>,
    validate: &'a [String],
}

#[derive(Debug, Serialize)]
struct PickJson<'a> {
    sha: CommitId,
    outcome: Outcome,
    commit: Option<CommitId>,
    conflicts: Vec<&'a RepoPath>,
    /// What was resolved without a person, and what that gave up.
    resolutions: Vec<ResolutionJson<'a>>,
    /// Whose lines stand on either side of what nothing resolved.
    whose: Vec<AttributionJson<'a>>,
    /// Where both sides have the submodules that conflict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    submodules: Vec<SubmoduleJson<'a>>,
    /// Why what should have resolved a conflict did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<RemarkJson<'a>>,
    /// What is proposed for what is left to a person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    proposals: Vec<ProposalJson<'a>>,
    /// What else is known of a conflicting file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<RemarkJson<'a>>,
    /// The files that were followed where one side moved them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    renames: Vec<RenameJson<'a>>,
    needs: &'a [CommitId],
    /// Which of `needs` conflict themselves, and in how many places.
    resolve: Vec<ResolveJson>,
    /// Whether picking `needs` first was tried, and made it clean.
    needs_verified: bool,
    /// Whether leaving any one of `needs` out was tried, and was worse.
    needs_minimal: bool,
    /// Whether the search was cut off, so that fewer may do.
    needs_cut_off: bool,
    /// The units that are not on the branch, and that it conflicts only for lack of.
    follows: &'a [CommitId],
    /// The guarded paths it changes, and for which it waits.
    #[serde(skip_serializing_if = "<[RepoPath]>::is_empty")]
    guarded: &'a [RepoPath],
    /// The places left to a person.
    hunks: usize,
    risk: Level,
    reasons: &'a [RiskReason],
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct LockJson<'a> {
    path: &'a RepoPath,
    rule: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    commit: Option<CommitId>,
    lost: &'a DroppedLines,
}

impl<'a> From<&'a Lock> for LockJson<'a> {
    fn from(lock: &'a Lock) -> Self {
        let (outcome, command, why) = match &lock.outcome {
            LockOutcome::Made { command } => ("made", Some(command.as_str()), None),
            LockOutcome::Upstream { why, .. } => ("upstream", None, Some(words::not_regenerated(why))),
            LockOutcome::Pending { why, command } => ("pending", command.as_deref(), Some(words::not_regenerated(why))),
            LockOutcome::Kept { why } => ("kept", None, Some(words::not_regenerated(why))),
        };
        Self { path: &lock.path, rule: &lock.pattern, outcome, command, why, commit: lock.commit, lost: &lock.lost }
    }
}

#[derive(Debug, Serialize)]
struct AttributionJson<'a> {
    path: &'a RepoPath,
    /// What kind of disagreement, in words.
    kind: &'static str,
    places: Vec<PlaceJson<'a>>,
}

/// The commits a submodule is at; none where a side has something else there.
#[derive(Debug, Serialize)]
struct SubmoduleJson<'a> {
    path: &'a RepoPath,
    base: Option<String>,
    fork: Option<String>,
    upstream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<String>,
}

fn submodule(conflict: &Conflict) -> Option<SubmoduleJson<'_>> {
    let [base, fork, upstream] = conflict.module_commits()?.map(|at| at.map(|at| at.to_string()));
    Some(SubmoduleJson { path: &conflict.path, base, fork, upstream, compare: module_comparison(conflict) })
}

/// Why what should have resolved a conflict did not.
#[derive(Debug, Serialize)]
struct RemarkJson<'a> {
    path: &'a RepoPath,
    /// A phrase each.
    remarks: Vec<String>,
}

#[derive(Debug, Serialize)]
struct RenameJson<'a> {
    from: &'a RepoPath,
    to: &'a RepoPath,
    /// The side that moved it.
    by: &'static str,
    /// In percent.
    alike: u8,
    /// Files that it could as well be.
    #[serde(skip_serializing_if = "<[RepoPath]>::is_empty")]
    rivals: &'a [RepoPath],
}

impl<'a> From<&'a FollowedRename> for RenameJson<'a> {
    fn from(rename: &'a FollowedRename) -> Self {
        let by = if rename.by_us { "fork" } else { "upstream" };
        let FollowedRename { from, to, alike, rivals, .. } = rename;
        Self { from, to, by, alike: *alike, rivals }
    }
}

/// What else is known of a conflicting file, in the words of its note.
fn facts(conflict: &Conflict) -> Option<RemarkJson<'_>> {
    let sentences = conflict.facts.iter().flat_map(|known| fact::sentences(&conflict.path, known));
    let remarks: Vec<String> = sentences.map(|sentence| sentence.plain_text()).collect();
    (!remarks.is_empty()).then_some(RemarkJson { path: &conflict.path, remarks })
}

fn remarks(conflict: &Conflict) -> Option<RemarkJson<'_>> {
    let remarks = || conflict.remarks.iter().map(words::remark).collect();
    (!conflict.remarks.is_empty()).then(|| RemarkJson { path: &conflict.path, remarks: remarks() })
}

#[derive(Debug, Serialize)]
struct PlaceJson<'a> {
    /// The lines it starts at in the fork's file and in upstream's, counted from 1; none for a whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    their_line: Option<usize>,
    #[serde(flatten)]
    whose: &'a Attribution,
}

fn attribution(conflict: &Conflict) -> AttributionJson<'_> {
    let place = |(at, whose): (usize, _)| {
        let hunk: Option<&Hunk> = conflict.hunks.get(at);
        PlaceJson { line: hunk.map(|hunk| hunk.line), their_line: hunk.map(|hunk| hunk.their_line), whose }
    };
    let places = conflict.whose.iter().enumerate().map(place).collect();
    AttributionJson { path: &conflict.path, kind: words::kind(conflict.kind), places }
}

#[derive(Debug, Serialize)]
struct ResolveJson {
    sha: CommitId,
    hunks: usize,
}

#[derive(Debug, Serialize)]
struct LeftOutJson {
    sha: CommitId,
    kind: &'static str,
    reason: String,
    /// Who left it out, when and where it was said, where that was a person's decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Decision>,
}

impl<'a> PlanJson<'a> {
    /// What was built of a survey.
    #[must_use]
    pub fn new(built: &'a Built, survey: &'a Survey) -> Self {
        Self {
            version: Survey::VERSION,
            warnings: &survey.warnings,
            phases: built.phases.iter().map(phase).collect(),
            left_out: left_out(&built.left_out),
            unassigned: &built.unassigned,
            end: built.end.as_ref().map(|end| EndJson {
                equal: end.equal,
                complete: end.complete,
                differs: &end.differs,
            }),
        }
    }
}

fn phase(phase: &BuiltPhase) -> PhaseJson<'_> {
    PhaseJson {
        id: &phase.id,
        title: &phase.title,
        take: if phase.slice.is_some() { Take::Line } else { Take::Topic },
        branch: &phase.branch,
        base: &phase.base,
        base_commit: phase.base_commit,
        head: phase.head,
        brings: phase.brings,
        risk: phase.risk,
        tree: phase.tree,
        picks: phase.picks.iter().map(pick).collect(),
        locks: phase.locks.iter().map(LockJson::from).collect(),
        check: &phase.checked,
        left_out: left_out(&phase.left_out),
        ci: CiJson {
            cuda: phase.ci.names().filter_map(|cell| cell.cuda()).collect(),
            cells: phase.ci.names().map(CellName::as_str).collect(),
            validate: &phase.ci.validate,
        },
    }
}

fn pick(pick: &Pick) -> PickJson<'_> {
    PickJson {
        sha: pick.sha,
        outcome: pick.outcome,
        commit: pick.commit,
        conflicts: pick.conflicts.iter().map(|conflict| &conflict.path).collect(),
        resolutions: pick.resolutions.iter().map(ResolutionJson::from).collect(),
        whose: pick.conflicts.iter().filter(|conflict| !conflict.whose.is_empty()).map(attribution).collect(),
        submodules: pick.conflicts.iter().filter_map(submodule).collect(),
        remarks: pick.conflicts.iter().filter_map(remarks).collect(),
        proposals: pick.open().filter_map(ProposalJson::of).collect(),
        facts: pick.conflicts.iter().filter_map(facts).collect(),
        renames: pick.renames.iter().map(RenameJson::from).collect(),
        needs: &pick.needs.take,
        resolve: pick.needs.resolve.iter().map(|(sha, hunks)| ResolveJson { sha: *sha, hunks: *hunks }).collect(),
        needs_verified: pick.needs.verified,
        needs_minimal: pick.needs.least,
        needs_cut_off: pick.needs.cut_off,
        follows: &pick.follows,
        guarded: &pick.guarded,
        hunks: if pick.outcome.needs_person() { places(pick.open()) } else { 0 },
        risk: pick.risk,
        reasons: &pick.reasons,
        note: words::pick_note(pick),
    }
}

fn left_out(left_out: &[LeftOut]) -> Vec<LeftOutJson> {
    left_out
        .iter()
        .map(|left| LeftOutJson {
            sha: left.sha,
            kind: left.reason.kind(),
            reason: words::reason(&left.reason),
            decision: left.reason.decision().cloned(),
        })
        .collect()
}

/// As `uptake plan --format json` and `uptake why --format json` give it.
#[derive(Debug, Serialize)]
pub(crate) struct ResolutionJson<'a> {
    path: &'a RepoPath,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    resolve: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Origin>,
    how: String,
    lost: &'a DroppedLines,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl<'a> From<&'a Resolution> for ResolutionJson<'a> {
    fn from(resolution: &'a Resolution) -> Self {
        let (rule, resolve) = match &resolution.by {
            ResolvedBy::Rule { pattern, resolve } => (Some(pattern.as_str()), Some(word(*resolve).to_owned())),
            ResolvedBy::Decision { how, .. } => (None, Some(how.to_string())),
            ResolvedBy::Attribute(name) => (None, Some(format!("merge={}", driver(*name)))),
            ResolvedBy::Formatter { program: name } | ResolvedBy::Driver { name } => (None, Some(name.clone())),
            ResolvedBy::Memory { .. } | ResolvedBy::FastForward | ResolvedBy::Form | ResolvedBy::Line => (None, None),
        };
        let key = match &resolution.by {
            ResolvedBy::Memory { key, .. } => Some(key.as_str()),
            _ => None,
        };
        Self {
            path: &resolution.path,
            by: resolution.by.word(),
            rule,
            key,
            resolve,
            origin: resolution.by.origin(),
            how: words::method(resolution.how),
            lost: &resolution.lost,
            notes: resolution.notes.iter().map(words::note).collect(),
        }
    }
}
