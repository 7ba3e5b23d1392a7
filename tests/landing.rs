//! What a merged phase brought in is known afterwards, however it was merged; what was taken out again is open again.

use std::fs;

use engine::Repo;
use engine::ids::CommitId;
use uptake::forge::Branches;
use uptake::forge::folder::Folder;
use uptake::ledger::{Attempt, AttemptState, BRANCH, Ledger, MergeMethod};
use uptake::pick::Built;
use uptake::survey::{EvidenceKind, Survey, Verdict};

use crate::support::forge::{self, out};
use crate::support::{World, snapshot};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

const CONFIG: &str = "
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
";

/// Two fixes of the same file and one of another.
fn world() -> (World, [CommitId; 3]) {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("z.txt", TEXT)]);
    world.on_upstream();
    let commits = [
        world.commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]),
        world.commit("Fix a too", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nH\n")]),
        world.commit("Fix b", &[("b.txt", "B\nb\nc\nd\ne\nf\ng\nh\n")]),
    ];
    world.on_fork().commit("Ours", &[("z.txt", "ours\n")]);
    (world, commits)
}

fn job(world: &World) -> (Survey, Built) {
    let report = forge::job(world, &world.open(CONFIG));
    (report.survey, report.built)
}

fn rounds(world: &World) -> Vec<Attempt> {
    let repo = Repo::open(&world.fork()).expect("opened");
    let at = Folder::new(&out(world)).fetch_branch(&repo, BRANCH).expect("read");
    Ledger::read(&repo, at).expect("right").phases()["fixes"].rounds.clone()
}

fn verdicts(survey: &Survey) -> Vec<(Verdict, Vec<EvidenceKind>)> {
    survey
        .commits
        .iter()
        .map(|commit| (commit.verdict, commit.evidence.iter().map(|sign| sign.kind).collect()))
        .collect()
}

/// Publishes, and brings the phase's branch into the clone as a person would.
fn published() -> (World, [CommitId; 3]) {
    let (world, commits) = world();
    job(&world);
    let branches = out(&world).join("branches.git").display().to_string();
    world.git(&["fetch", "--quiet", &branches, "uptake/fixes:phase"]);
    (world, commits)
}

/// The forge says that the pull request was merged as this commit.
fn merged(world: &World, commit: CommitId) {
    let path = out(world).join("pulls/1.json");
    let text = fs::read_to_string(&path).expect("a file");
    let mut record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    record["state"] = "merged".into();
    record["merged"] = commit.to_string().into();
    fs::write(&path, record.to_string()).expect("written");
}

fn taken_by_ledger(survey: &Survey) -> bool {
    survey.commits.iter().all(|commit| {
        commit.verdict == Verdict::Taken && commit.evidence.iter().any(|e| e.kind == EvidenceKind::Ledger)
    })
}

#[test]
fn a_published_phase_is_recorded_and_a_second_run_writes_nothing() {
    let (world, commits) = world();
    job(&world);
    let [round] = &rounds(&world)[..] else { panic!("one round") };
    assert_eq!((round.branch.as_str(), round.pull, round.state), ("uptake/fixes", Some(1), AttemptState::Open));
    assert_eq!(round.picks.iter().map(|pick| pick.sha).collect::<Vec<_>>(), commits);
    let before = snapshot(&out(&world));
    job(&world);
    assert_eq!(snapshot(&out(&world)), before);
}

#[test]
fn a_squash_merge_is_known_whatever_its_message_and_a_revert_of_it_opens_all_again() {
    let (mut world, _) = published();
    world.on_fork().commit("Ours, meanwhile", &[("z.txt", "ours again\n")]);
    world.git(&["merge", "--quiet", "--squash", "phase"]);
    let squashed = world.commit_all("Stuff");
    merged(&world, squashed);
    let (survey, built) = job(&world);
    assert!(taken_by_ledger(&survey), "{:?}", verdicts(&survey));
    assert!(built.phases[0].picks.is_empty());
    let round = &rounds(&world)[0];
    assert_eq!(round.state, AttemptState::Landed);
    let landed = round.landed.as_ref().expect("landed");
    assert_eq!((landed.commit, landed.how), (squashed, MergeMethod::Squash));

    world.on_fork().git(&["revert", "--no-edit", &squashed.to_string()]);
    let (survey, built) = job(&world);
    assert!(survey.commits.iter().all(|commit| commit.verdict == Verdict::Open), "{:?}", verdicts(&survey));
    assert_eq!(built.phases[0].picks.len(), 3);
    let states: Vec<_> = rounds(&world).iter().map(|round| round.state).collect();
    assert_eq!(states, [AttemptState::Reverted, AttemptState::Open], "and a new round begins");
}

#[test]
fn a_squash_merge_is_known_without_a_word_from_the_forge() {
    let (mut world, _) = published();
    world.on_fork().commit("Ours, meanwhile", &[("z.txt", "ours again\n")]);
    world.git(&["merge", "--quiet", "--squash", "phase"]);
    world.commit_all("Stuff");
    let (survey, _) = job(&world);
    assert!(taken_by_ledger(&survey), "{:?}", verdicts(&survey));
    assert_eq!(rounds(&world)[0].landed.as_ref().map(|landed| landed.how), Some(MergeMethod::Squash));
}

#[test]
fn a_merge_is_known_and_reverting_it_opens_all_again() {
    let (mut world, _) = published();
    world.on_fork().git(&["merge", "--quiet", "--no-ff", "--no-edit", "phase"]);
    let merge = world.head();
    let (survey, _) = job(&world);
    assert!(taken_by_ledger(&survey), "{:?}", verdicts(&survey));
    assert_eq!(rounds(&world)[0].landed.as_ref().map(|landed| landed.how), Some(MergeMethod::Merge));
    world.on_fork().git(&["revert", "--no-edit", "-m", "1", &merge.to_string()]);
    let (survey, _) = job(&world);
    assert!(survey.commits.iter().all(|commit| commit.verdict == Verdict::Open), "{:?}", verdicts(&survey));
    assert_eq!(rounds(&world)[0].state, AttemptState::Reverted);
}

#[test]
fn of_a_merge_only_what_was_reverted_is_open_again() {
    let (mut world, [_, _, b]) = published();
    world.on_fork().git(&["merge", "--quiet", "--no-ff", "--no-edit", "phase"]);
    job(&world);
    let own = world.git(&["log", "--format=%H", "--grep", &b.to_string(), "main"]);
    world.on_fork().git(&["revert", "--no-edit", &own]);
    let (survey, _) = job(&world);
    let described: Vec<Verdict> = survey.commits.iter().map(|commit| commit.verdict).collect();
    assert_eq!(described, [Verdict::Taken, Verdict::Taken, Verdict::Open]);
    assert_eq!(rounds(&world)[0].state, AttemptState::Landed, "the rest is still there");
}

#[test]
fn a_rebase_is_known_by_its_commits() {
    let (mut world, _) = published();
    world.on_fork().commit("Ours, meanwhile", &[("z.txt", "ours again\n")]);
    world.git(&["switch", "--quiet", "phase"]);
    world.git(&["rebase", "--quiet", "main"]);
    world.git(&["switch", "--quiet", "main"]);
    world.git(&["merge", "--quiet", "--ff-only", "phase"]);
    let (survey, _) = job(&world);
    assert!(taken_by_ledger(&survey), "{:?}", verdicts(&survey));
    let landed = rounds(&world)[0].landed.clone().expect("landed");
    assert_eq!((landed.how, landed.commit), (MergeMethod::Rebase, world.head()));
}

#[test]
fn what_a_person_left_out_of_a_merge_is_not_taken_for_there() {
    let (mut world, _) = published();
    // On the branch, before it was merged, a person undid one pick; then all of it was squashed.
    world.git(&["switch", "--quiet", "phase"]);
    world.git(&["revert", "--no-edit", "HEAD"]);
    world.on_fork().git(&["merge", "--quiet", "--squash", "phase"]);
    let squashed = world.commit_all("Most of it");
    merged(&world, squashed);
    let (survey, _) = job(&world);
    let described: Vec<Verdict> = survey.commits.iter().map(|commit| commit.verdict).collect();
    assert_eq!(described, [Verdict::Taken, Verdict::Taken, Verdict::Open], "{:?}", verdicts(&survey));
    assert_eq!(rounds(&world)[0].state, AttemptState::Landed);
}

#[test]
fn of_a_branch_that_people_pushed_to_what_they_undid_is_not_taken_for_there() {
    let (mut world, commits) = published();
    world.git(&["switch", "--quiet", "phase"]);
    world.git(&["revert", "--no-edit", "HEAD"]);
    let branches = out(&world).join("branches.git").display().to_string();
    world.git(&["push", "--quiet", &branches, "phase:uptake/fixes"]);
    job(&world);
    let round = &rounds(&world)[0];
    assert_eq!((round.head.to_string(), round.by_people), (world.git(&["rev-parse", "phase"]), true));
    assert_eq!(round.picks.iter().map(|pick| pick.sha).collect::<Vec<_>>(), commits[..2]);
    world.on_fork().git(&["merge", "--quiet", "--squash", "phase"]);
    let squashed = world.commit_all("Most of it");
    merged(&world, squashed);
    let (survey, _) = job(&world);
    let described: Vec<Verdict> = survey.commits.iter().map(|commit| commit.verdict).collect();
    assert_eq!(described, [Verdict::Taken, Verdict::Taken, Verdict::Open], "{:?}", verdicts(&survey));
}

#[test]
fn what_only_looks_like_the_phase_is_not_it() {
    let (mut world, _) = published();
    world.on_fork().commit(
        "The same files, other lines",
        &[("a.txt", "a\nb\nc\nours\ne\nf\ng\nh\n"), ("b.txt", "a\nb\nc\nours\ne\nf\ng\nh\n")],
    );
    let (survey, _) = job(&world);
    assert!(survey.commits.iter().all(|commit| commit.verdict == Verdict::Open), "{:?}", verdicts(&survey));
    assert_eq!(rounds(&world)[0].state, AttemptState::Open);
}
