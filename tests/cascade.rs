//! Roots and cascades, and what conflicting picks need.

use engine::Merger;
use engine::ids::CommitId;
use engine::progress::Silent;
use uptake::pick::{Built, Needs, Outcome, Pick};
use uptake::pipeline::Inputs;
use uptake::survey::{Alone, Cascade, Survey};

use crate::support::World;

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

/// Of each commit: whether it is a root or a cascade, the places of its roots, and those of the commits its lines come from.
fn described(survey: &Survey) -> Vec<(Cascade, Vec<usize>, Vec<usize>)> {
    let place = |sha: &CommitId| survey.commits.iter().position(|commit| commit.sha == *sha).expect("of the range");
    let places = |shas: &[CommitId]| shas.iter().map(place).collect();
    survey.commits.iter().map(|commit| (commit.cascade, places(&commit.roots), places(&commit.needs))).collect()
}

/// What the only pick of a phase that takes `subject` alone needs.
fn needs(world: &World, subject: &str) -> (Outcome, Needs) {
    let rule = format!("{{ subject: ^{subject} }}");
    let config = format!("phases:\n  - {{ id: one, title: One, priority: 1, rules: [{rule}] }}\n");
    needed(world, &config)
}

/// What came of the only pick of the only phase, and what it needs on the fork's head.
fn needed(world: &World, config: &str) -> (Outcome, Needs) {
    let (session, survey, built) = world.build(config);
    let [pick] = &*built.phases[0].picks else { panic!("one pick") };
    let inputs = Inputs::of_clone(&session).expect("read");
    let why = inputs.why(&survey, &pick.sha.to_string(), &mut Silent).expect("explained");
    (pick.outcome, why.offer.needs)
}

/// The fork and upstream's first commit change the first line; upstream's others build on theirs.
fn row(lines: &[&str]) -> (World, Vec<CommitId>) {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream();
    let commits = lines
        .iter()
        .enumerate()
        .map(|(at, top)| world.commit(&format!("Step {at}"), &[("a.txt", &TEXT.replacen("a\n", top, 1))]))
        .collect();
    world.on_fork().commit("Ours", &[("a.txt", &TEXT.replacen('a', "ours", 1))]);
    (world, commits)
}

#[test]
fn a_commit_that_meets_the_fork_s_own_lines_is_a_root() {
    let (world, _) = row(&["theirs\n"]);
    let survey = world.survey();
    assert_eq!(described(&survey), [(Cascade::Root, vec![], vec![])]);
    assert_eq!((survey.totals.roots, survey.totals.cascades), (1, 0));
    let (outcome, needs) = needs(&world, "Step 0");
    assert_eq!((outcome, needs.take.len(), needs.left, needs.verified), (Outcome::Decide, 0, 1, false));
}

#[test]
fn a_commit_that_builds_on_a_root_is_its_cascade() {
    let (world, commits) = row(&["theirs\n", "theirs again\n"]);
    assert_eq!(described(&world.survey())[1], (Cascade::Cascade, vec![0], vec![0]));
    let (_, needs) = needs(&world, "Step 1");
    let expected = Needs {
        take: vec![commits[0]],
        resolve: vec![(commits[0], 1)],
        verified: true,
        least: true,
        ..Needs::default()
    };
    assert_eq!(needs, expected);
}

#[test]
fn a_cascade_of_a_cascade_hangs_on_the_root_of_both() {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    world.on_upstream().commit("Step 0", &[("a.txt", &TEXT.replacen('a', "theirs", 1))]);
    // The first cascade carries on in another file, where the second builds on it.
    let longer = format!("{TEXT}more\n");
    world.commit("Step 1", &[("a.txt", &TEXT.replacen('a', "again", 1)), ("b.txt", &longer)]);
    world.commit("Step 2", &[("b.txt", &format!("{TEXT}much more\n"))]);
    world.on_fork().commit("Ours", &[("a.txt", &TEXT.replacen('a', "ours", 1))]);
    let described = described(&world.survey());
    assert_eq!(described[1], (Cascade::Cascade, vec![0], vec![0]));
    assert_eq!(described[2], (Cascade::Cascade, vec![0], vec![1]));
}

#[test]
fn what_is_needed_is_tried_and_what_is_not_is_left_out() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let first = world.on_upstream().commit("First", &[("a.txt", &format!("{TEXT}x\nm\ny\n"))]);
    world.commit("Second", &[("a.txt", &format!("{TEXT}x\nm\nY\n"))]);
    world.commit("Third", &[("a.txt", &format!("{TEXT}X\nm\nY\n"))]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    let survey = world.survey();
    // Blame sees the lines of both; the first alone is enough.
    assert_eq!(described(&survey)[2], (Cascade::Cascade, vec![], vec![0, 1]));
    let (outcome, needs) = needs(&world, "Third");
    assert_eq!(outcome, Outcome::Follows);
    assert_eq!(needs, Needs { take: vec![first], verified: true, least: true, ..Needs::default() });
    // And git says so too.
    world.git(&["switch", "--quiet", "--create", "by-hand", "main"]);
    world.git(&["cherry-pick", &first.to_string()]);
    world.git(&["cherry-pick", &survey.commits[2].sha.to_string()]);
}

#[test]
fn what_a_path_rule_resolves_needs_nothing() {
    let mut world = World::new(&[("a.txt", TEXT), ("notes.txt", "none\n")]);
    let first = world.on_upstream().commit("First", &[("a.txt", &format!("{TEXT}x\n")), ("notes.txt", "one\n")]);
    let second = world.commit("Second", &[("notes.txt", "two\n")]);
    world.commit("Third", &[("a.txt", &format!("{TEXT}X\n")), ("notes.txt", "three\n")]);
    world.on_fork().commit("Ours", &[("notes.txt", "ours\n")]);
    let needs = |rules: &str| {
        let phase = "{ id: one, title: One, priority: 1, rules: [{ subject: ^Third }] }";
        needed(&world, &format!("phases: [{phase}]\nconflicts: [{rules}]\n"))
    };
    let alone = Needs { take: vec![first], verified: true, least: true, ..Needs::default() };
    let both = Needs { take: vec![first, second], resolve: vec![(first, 1)], ..alone.clone() };
    assert_eq!(needs(""), (Outcome::NotNeededYet, both));
    assert_eq!(needs("{ path: notes.txt, use: fork }"), (Outcome::Follows, alone));
}

#[test]
fn a_needed_commit_that_is_on_the_branch_is_not_needed() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream().commit("First", &[("a.txt", &format!("{TEXT}x\n"))]);
    world.commit("Second", &[("a.txt", &format!("{TEXT}X\n"))]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    let (_, _, built) = world.build("phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n");
    let picks: Vec<_> = built.phases[0].picks.iter().map(|pick| (pick.outcome, &pick.needs)).collect();
    assert_eq!(picks, [(Outcome::Clean, &Needs::default()), (Outcome::Clean, &Needs::default())]);
}

#[test]
fn a_file_both_sides_added_is_a_root_unless_upstream_removed_it_before() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream().commit("Remove a", &[]);
    world.git(&["rm", "--quiet", "a.txt"]);
    world.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    world.commit("Add a again", &[("a.txt", "another\n")]);
    world.commit("Add b", &[("b.txt", "theirs\n")]);
    world.on_fork().commit("Ours", &[("a.txt", &TEXT.replacen('a', "ours", 1)), ("b.txt", "ours\n")]);
    let survey = world.survey();
    assert!(survey.commits.iter().all(|commit| commit.alone == Alone::Conflict));
    let described = described(&survey);
    assert_eq!(described[0], (Cascade::Root, vec![], vec![]));
    assert_eq!(described[1], (Cascade::Cascade, vec![0], vec![0]));
    assert_eq!(described[2], (Cascade::Root, vec![], vec![]));
}

#[test]
fn an_edit_of_a_file_the_fork_lacks_needs_the_commit_that_added_it() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let added = world.on_upstream().commit("Add b", &[("b.txt", TEXT)]);
    world.commit("Edit b elsewhere", &[("b.txt", &TEXT.replacen('a', "A", 1))]);
    world.commit("Edit b", &[("b.txt", &TEXT.replacen('a', "A", 1).replacen('h', "H", 1))]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    assert_eq!(described(&world.survey())[2], (Cascade::Cascade, vec![], vec![0]));
    let (_, needs) = needs(&world, "Edit b$");
    assert_eq!(needs, Needs { take: vec![added], verified: true, least: true, ..Needs::default() });
}

#[test]
fn lines_are_followed_through_a_rename() {
    let mut world = World::new(&[("old.txt", TEXT)]);
    let theirs = TEXT.replacen('b', "theirs", 1);
    world.on_upstream().commit("Change", &[("old.txt", &theirs)]);
    world.git(&["mv", "old.txt", "new.txt"]);
    world.commit_all("Rename");
    world.commit("Change again", &[("new.txt", &theirs.replacen("theirs", "again", 1))]);
    world.on_fork().commit("Ours", &[("old.txt", &TEXT.replacen('b', "ours", 1))]);
    let described = described(&world.survey());
    assert_eq!(described[0].0, Cascade::Root);
    assert_eq!(described[1].0, Cascade::None);
    assert_eq!(described[2], (Cascade::Cascade, vec![0], vec![0]));
}

#[test]
fn lines_are_followed_through_a_merge() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream();
    world.git(&["switch", "--quiet", "--create", "side"]);
    world.commit("Side", &[("a.txt", &format!("{TEXT}side\n"))]);
    world.on_upstream().commit("Line", &[("a.txt", &TEXT.replacen('a', "line", 1))]);
    world.git(&["merge", "--quiet", "--no-edit", "side"]);
    let both = format!("{TEXT}side\n").replacen('a', "line", 1);
    world.commit("Last", &[("a.txt", &both.replacen("side", "last", 1))]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    let survey = world.survey();
    let side = survey.commits.iter().position(|commit| commit.subject == "Side").expect("there");
    assert_eq!(described(&survey)[2], (Cascade::Cascade, vec![], vec![side]));
}

/// The outcome of each pick of each phase, with the places of the units it waits for.
fn waiting(built: &Built, commits: &[CommitId]) -> Vec<Vec<(Outcome, Vec<usize>)>> {
    let place = |sha: &CommitId| commits.iter().position(|commit| commit == sha).expect("a commit of the row");
    let pick = |pick: &Pick| (pick.outcome, pick.follows.iter().map(place).collect());
    built.phases.iter().map(|phase| phase.picks.iter().map(pick).collect()).collect()
}

#[test]
fn what_only_lacks_earlier_commits_is_no_person_s_work() {
    use Outcome::{Clean, Decide, NotNeededYet};
    let (mut world, mut commits) = row(&["theirs\n", "theirs again\n", "theirs at last\n"]);
    commits.push(world.on_upstream().commit("Step 3", &[("b.txt", "theirs\n")]));
    commits.push(world.on_upstream().commit("Elsewhere", &[("c.txt", "c\n")]));
    world.on_fork().commit("Our b", &[("b.txt", "ours\n")]);
    let all = "phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";
    let (_, _, built) = world.build(all);
    let none = Vec::new;
    let expected =
        [(Decide, none()), (NotNeededYet, vec![0]), (NotNeededYet, vec![1]), (Decide, none()), (Clean, none())];
    assert_eq!(waiting(&built, &commits), [expected]);
    // Without the first in a phase, the second conflicts for lack of a commit that no phase takes: it still is no person's work.
    let (_, _, built) = world.build(&all.replace("subject: .", "subject: 'Step [13]'"));
    assert_eq!(waiting(&built, &commits), [[(NotNeededYet, vec![0]), (Decide, none())]]);
    // Where markers are committed, the first is on the branch, such as it is.
    let (_, _, built) = world.build(&all.replace("title: All,", "title: All, on_conflict: commit-markers,"));
    assert!(built.phases[0].picks.iter().all(|pick| pick.commit.is_some()), "{built:?}");
}

#[test]
fn what_lacks_a_pick_of_an_earlier_phase_names_it() {
    let (world, commits) = row(&["theirs\n", "theirs again\n"]);
    let phase = |id: &str, step: usize| {
        format!(
            "  - {{ id: {id}, title: T, priority: {}, on_conflict: stop, rules: [{{ subject: Step {step} }}] }}\n",
            step + 1
        )
    };
    let config = format!("phases:\n{}{}", phase("one", 0), phase("two", 1));
    let (_, _, built) = world.build(&config);
    assert_eq!(waiting(&built, &commits)[1], [(Outcome::NotNeededYet, vec![0])]);
    let (_, _, built) = world.build(&format!("{config}stacking: previous\n"));
    assert_eq!(waiting(&built, &commits)[1], [(Outcome::NotNeededYet, vec![0])]);
}

#[test]
fn a_merger_keeps_the_tree_it_goes_on_from() {
    let (world, commits) = row(&["theirs\n", "theirs again\n"]);
    let opened = world.open("");
    let mut merger = Merger::new(&opened.repo).expect("a merger");
    let start = opened.repo.commit(opened.heads.fork).expect("read").tree;
    let step = |merger: &mut Merger<'_>, sha: CommitId, tree| {
        let commit = opened.repo.commit(sha).expect("read");
        let merged = merger.pick(&commit, tree).expect("merged");
        let paths: Vec<_> = merged.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        let resolved = merger.with_files(merged.tree, &paths, commit.tree).expect("resolved");
        merger.forget_all_but(resolved).expect("forgotten");
        resolved
    };
    let tree = step(&mut merger, commits[0], start);
    let tree = step(&mut merger, commits[1], tree);
    // Everything was resolved as upstream has it, so what is left is upstream.
    assert_eq!(tree, opened.repo.commit(commits[1]).expect("read").tree);
}
