//! A small fork, made by hand: one commit of every kind.

use engine::ConflictKind;
use engine::commit::When;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use uptake::config::{Cell, Ci, Config, NotedPick, Phase, PhaseWords};
use uptake::line::OnLine;
use uptake::pick::{Built, BuiltPhase, Conflict, Hunk, IntegrityReport, Outcome, Pick};
use uptake::plan::{LeftOut, Reason};
use uptake::risk::Level;
use uptake::survey::{
    Alone, Carry, Cascade, CommitIndex, Evidence, EvidenceKind, MergeCommit, OwnPaths, RiskReason, SharedFile, Survey,
    Surveyed, Totals, TouchedFiles, Verdict,
};
use uptake::units::Units;
use uptake::view::report::ReportFacts;

use crate::support::surveyed::{end, tree, unit};

/// All a report is about, owned.
pub(crate) struct Owned {
    pub(crate) survey: Survey,
    pub(crate) built: Built,
    pub(crate) config: Config,
}

impl Owned {
    pub(crate) fn facts(&self) -> ReportFacts<'_> {
        ReportFacts { survey: &self.survey, built: &self.built, config: &self.config }
    }

    /// Counts again after a change to the commits.
    pub(crate) fn count(&mut self) {
        self.survey.totals = Totals::of(&self.survey.commits, (self.survey.commits.len(), self.survey.merges.len()));
    }

    /// As it is before roots and cascades have been worked out.
    pub(crate) fn without_roots(mut self) -> Self {
        for commit in &mut self.survey.commits {
            commit.cascade = Cascade::None;
            commit.roots.clear();
        }
        for pick in self.built.phases.iter_mut().flat_map(|phase| &mut phase.picks) {
            pick.needs.take.clear();
        }
        self.count();
        self
    }
}

/// A commit whose name is this number, twenty times.
pub(crate) fn id(n: u8) -> CommitId {
    CommitId::from_bytes([n; 20])
}

/// An open commit that applies, written on day `n`.
pub(crate) fn commit(n: u8, subject: &str) -> Surveyed {
    let when = When { seconds: 1_760_000_000 + i64::from(n) * 86_400, offset: 0 };
    unit(id(n), subject, "ada@example.org", when)
}

/// That the fork has a commit, in another of its own.
fn taken() -> Reason {
    Reason::Taken(vec![Evidence::new(EvidenceKind::PatchId, CommitId::from_bytes([0xe1; 20]))])
}

/// A pick with this outcome.
pub(crate) fn pick(n: u8, outcome: Outcome) -> Pick {
    Pick {
        sha: id(n),
        named_by: None,
        again: None,
        outcome,
        commit: None,
        conflicts: Vec::new(),
        open_merge: None,
        resolutions: Vec::new(),
        renames: Vec::new(),
        needs: uptake::pick::Needs::default(),
        follows: Vec::new(),
        guarded: Vec::new(),
        risk: Level::Low,
        reasons: Vec::new(),
        same_names: Vec::new(),
        note: None,
        decision: None,
    }
}

/// A phase on the fork's branch.
pub(crate) fn phase(id: &str, title: &str, picks: Vec<Pick>, left_out: Vec<LeftOut>) -> BuiltPhase {
    BuiltPhase {
        id: id.into(),
        title: title.into(),
        branch: format!("uptake/{id}").into(),
        base: "main".into(),
        on: None,
        base_commit: CommitId::from_bytes([0xf0; 20]),
        head: CommitId::from_bytes([0xf1; 20]),
        tree: TreeId::from_bytes([0xf2; 20]),
        risk: picks.iter().map(|pick| pick.risk).max().unwrap_or_default(),
        picks,
        locks: Vec::new(),
        checked: IntegrityReport::default(),
        left_out,
        slice: None,
        brings: None,
        ci: Ci {
            cells: vec![Cell { name: "13.0".into(), ..Cell::default() }],
            validate: vec!["make test".into()],
            ..Ci::default()
        },
    }
}

/// A text conflict.
pub(crate) fn conflict(path: &str) -> Conflict {
    let hunk =
        Hunk { line: 4, their_line: 5, base: vec!["b".into()], ours: vec!["o".into()], theirs: vec!["t".into()] };
    Conflict {
        path: RepoPath::from(path),
        names: [RepoPath::from(path), RepoPath::from(path)],
        kind: ConflictKind::Text,
        base: None,
        ours: None,
        theirs: None,
        module: None,
        places: 2,
        hunks: vec![hunk.clone(), hunk],
        whose: Vec::new(),
        facts: Vec::new(),
        remarks: Vec::new(),
        proposal: None,
        left: None,
    }
}

/// Eight commits and a merge; two phases.
pub(crate) fn small() -> Owned {
    let mut commits = vec![
        commit(1, "Fix the parser"),
        commit(2, "Rework the engine"),
        commit(3, "Tune the engine"),
        commit(4, "Bump cudarc to 1"),
        commit(5, "Bump cudarc to 2"),
        commit(6, "Fix a stack overflow"),
        commit(7, "Add a changelog"),
        commit(8, "Tidy up"),
    ];
    commits[0].verdict = Verdict::Taken;
    commits[0].alone = Alone::Noop;
    commits[0].evidence = vec![Evidence::new(EvidenceKind::PatchId, id(0xe1))];
    for (at, cascade) in [(1, Cascade::Root), (2, Cascade::Cascade)] {
        commits[at].alone = Alone::Conflict;
        commits[at].conflicts = vec!["src/engine.rs".into()];
        commits[at].cascade = cascade;
    }
    commits[2].roots = vec![id(2)];
    commits[5].risk = Level::Critical;
    commits[5].reasons = vec![RiskReason::Configured("security".into())];
    commits[7].line = OnLine::NoOp;
    commits[7].alone = Alone::Noop;

    let root = Pick { conflicts: vec![conflict("src/engine.rs")], risk: Level::Medium, ..pick(2, Outcome::Decide) };
    let cascade = Pick {
        conflicts: vec![conflict("src/engine.rs")],
        needs: uptake::pick::Needs { take: vec![id(2)], ..Default::default() },
        follows: vec![id(2)],
        ..pick(3, Outcome::Follows)
    };
    let security = Pick {
        risk: Level::Critical,
        reasons: vec![RiskReason::Configured("security".into())],
        note: Some("Take this one first.".into()),
        ..pick(6, Outcome::Clean)
    };
    let superseded = Reason::Superseded { by: id(5), group: "cudarc updates".into() };
    let phases = vec![
        phase("fixes", "Critical fixes", vec![security], vec![LeftOut { sha: id(1), reason: taken() }]),
        phase(
            "engine",
            "Engine",
            vec![root, cascade, pick(5, Outcome::Clean)],
            vec![LeftOut { sha: id(4), reason: superseded }, LeftOut { sha: id(0xaa), reason: Reason::Ancestor }],
        ),
    ];
    let mut config = Config::default();
    config.upstream.repository = Some("owner/upstream".into());
    config.fork.repository = Some("someone/fork".into());
    config.phases.push(Phase {
        id: "engine".into(),
        title: "Engine".into(),
        priority: 2,
        line: None,
        said: PhaseWords::default(),
        picks: vec![NotedPick { sha: id(4), risk: None, note: Some("The earlier update.".into()), category: None }],
        rules: Vec::new(),
        on_conflict: uptake::config::raw::OnConflict::LeaveOut,
        ci: Ci::default(),
    });
    let both =
        |path: &str, upstream_commits, fork_commits| SharedFile { path: path.into(), upstream_commits, fork_commits };
    let mut owned = Owned {
        survey: Survey {
            version: Survey::VERSION,
            warnings: Vec::new(),
            end: Some(end()),
            units: Units::none(tree()),
            merge_base: id(0xb0),
            upstream_head: id(8),
            fork_head: CommitId::from_bytes([0xf0; 20]),
            own_since: CommitId::from_bytes([0; 20]),
            totals: Totals::default(),
            commits,
            merges: vec![MergeCommit { sha: id(9), subject: "Merge branch 'side'".into() }],
            files: TouchedFiles {
                upstream: 12,
                fork: 1234,
                both: vec![both("Cargo.toml", 2, 3), both("README.md", 1, 1), both("src/engine.rs", 2, 1)],
                local: vec![OwnPaths { pattern: "tools/**".into(), files: 5, upstream_commits: Vec::new() }],
            },
            roads: Vec::new(),
            carry: Carry::default(),
            index: CommitIndex::default(),
        },
        built: Built { phases, left_out: Vec::new(), unassigned: vec![id(7)], end: None },
        config,
    };
    owned.count();
    owned
}

/// A fork that has everything.
pub(crate) fn empty() -> Owned {
    let mut owned = small();
    owned.survey.commits.clear();
    owned.survey.merges.clear();
    owned.survey.files = TouchedFiles::default();
    owned.survey.merge_base = owned.survey.upstream_head;
    owned.built = Built { phases: Vec::new(), left_out: Vec::new(), unassigned: Vec::new(), end: None };
    owned.config = Config::default();
    owned.count();
    owned
}
