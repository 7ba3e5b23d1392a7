//! A whole life: the line lands slice by slice, people merge as they like, both sides move on, and in the end git knows it.

use std::fs;

use engine::ids::CommitId;
use uptake::decision::Ruling;
use uptake::forge::PullRequest;
use uptake::pick::Outcome;
use uptake::pipeline::RunReport;
use uptake::survey::Verdict;

use super::place::{Place, PlaceFor, on_folder, on_server, open_pulls, run_twice};
use crate::support::forge::decide_on;
use crate::support::{World, git_in, git_ok};

/// A folder, and GitHub as a server plays it.
const PLACES: [PlaceFor; 2] = [on_folder, on_server];

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs, branch: main }
phases:
  - { id: line, title: Upstream, priority: 1, take: line, slice: { units: 2 } }
";

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";

/// How a person merges a pull request.
#[derive(Debug, Clone, Copy)]
enum Merge {
    Commit,
    Forward,
    Rebase,
    Squash,
}

/// The file with these lines changed.
fn text(changes: &[(&str, &str)]) -> String {
    let changed =
        |line: &str| changes.iter().find(|(old, _)| *old == line).map_or(line.to_owned(), |(_, new)| (*new).to_owned());
    TEXT.lines().map(|line| changed(line) + "\n").collect()
}

/// Seven units; a line of the fork is in the way of the third, and the fourth goes on with that. Nobody wants the sixth.
fn world() -> (World, Vec<CommitId>) {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT), ("z.txt", TEXT)]);
    world.on_upstream();
    let units = vec![
        world.commit("Add one", &[("1.txt", "1\n")]),
        world.commit("Change c", &[("c.txt", &text(&[("c", "theirs")]))]),
        world.commit("Rework b", &[("a.txt", &text(&[("b", "theirs")]))]),
        world.commit("Go on with b", &[("a.txt", &text(&[("b", "theirs, too")]))]),
        world.commit("Change e", &[("b.txt", &text(&[("e", "theirs")]))]),
        world.commit("Telemetry", &[("t.txt", "send\n")]),
        world.commit("Change c again", &[("c.txt", &text(&[("c", "theirs"), ("k", "theirs")]))]),
    ];
    world.on_fork().commit("Ours", &[("a.txt", &text(&[("b", "ours")])), ("ours.txt", "ours\n")]);
    world.commit("Ours, too", &[("c.txt", &text(&[("h", "ours")]))]);
    (world, units)
}

/// The first pull request that goes into the fork's branch.
fn next(place: &dyn Place) -> PullRequest {
    open_pulls(place).into_iter().find(|pull| pull.text.base == "main").expect("a pull request that is open")
}

/// A person merges the pull request that is next, and the forge says so. What is there now that was not.
fn land(world: &mut World, place: &dyn Place, how: Merge) -> String {
    let pull = next(place);
    assert!(!pull.text.draft, "{:?}", pull.text.title);
    let from = place.repository().display().to_string();
    world.on_fork().git(&["fetch", "--quiet", &from, &pull.text.head]);
    let head = world.git(&["rev-parse", "FETCH_HEAD"]);
    let before = world.head();
    let merged = match how {
        Merge::Commit => {
            world.git(&["merge", "--quiet", "--no-ff", "-m", &format!("Merge pull request #{}", pull.number), &head]);
            world.head()
        }
        Merge::Forward => {
            world.git(&["merge", "--quiet", "--ff-only", &head]);
            world.head()
        }
        Merge::Rebase => {
            world.git(&["switch", "--quiet", "--detach", &head]);
            world.git(&["rebase", "--quiet", "--no-ff", "main"]);
            let rebased = world.head();
            world.on_fork().git(&["merge", "--quiet", "--ff-only", &rebased.to_string()]);
            rebased
        }
        Merge::Squash => {
            world.git(&["merge", "--quiet", "--squash", &head]);
            world.commit_all(&format!("{} (#{})", pull.text.title, pull.number))
        }
    };
    world.git(&["push", "--quiet", &from, "main"]);
    place.merged(pull.number, &merged.to_string());
    world.git(&["diff", "--name-only", &before.to_string(), "main"]).replace('\n', " ")
}

/// A person picks a commit onto a published branch, gives a file the content it is to have, and pushes.
fn resolve((world, place): (&World, &dyn Place), branch: &str, sha: CommitId, path: &str, content: &str) {
    const CLOCK: i64 = 1_760_000_000;
    let folder = world.folder().join("person");
    let from = place.repository().display().to_string();
    git_ok(world.folder(), &["clone", "--quiet", "--branch", branch, &from, "person"], CLOCK);
    git_ok(&folder, &["fetch", "--quiet", &world.fork().display().to_string(), "upstream"], CLOCK);
    let picked = git_in(&folder, &["cherry-pick", "-x", &sha.to_string()], CLOCK);
    assert!(!picked.status.success(), "there is something to decide");
    fs::write(folder.join(path), content).expect("written");
    git_ok(&folder, &["add", "--all"], CLOCK);
    git_ok(&folder, &["-c", "core.editor=true", "cherry-pick", "--continue"], CLOCK);
    git_ok(&folder, &["push", "--quiet", "origin", branch], CLOCK);
    place.pushed();
}

fn behind(world: &World) -> String {
    world.git(&["rev-list", "--count", "main..refs/remotes/upstream/main"])
}

fn open_units(report: &RunReport) -> Vec<&str> {
    let open = report.survey.commits.iter().filter(|unit| unit.verdict != Verdict::Taken);
    open.map(|unit| unit.subject.as_str()).collect()
}

fn outcomes(report: &RunReport) -> Vec<Vec<Outcome>> {
    report.built.phases.iter().map(|phase| phase.picks.iter().map(|pick| pick.outcome).collect()).collect()
}

#[test]
fn a_fork_comes_up_to_upstream_slice_by_slice_and_git_knows_it() {
    life([Merge::Commit, Merge::Rebase, Merge::Squash]);
}

#[test]
fn what_people_resolved_is_known_though_it_was_squashed() {
    life([Merge::Rebase, Merge::Squash, Merge::Commit]);
}

#[test]
fn what_people_resolved_is_known_where_it_was_merged() {
    life([Merge::Squash, Merge::Commit, Merge::Rebase]);
}

/// The slices are merged in these ways, everywhere.
fn life(merges: [Merge; 3]) {
    for place in PLACES {
        live(merges, place);
    }
}

/// A fork's life from the first run to the second record; the slices are merged in these ways.
fn live(merges: [Merge; 3], place: PlaceFor) {
    use Outcome::{Clean, Decide, NotNeededYet};
    let (mut world, units) = world();
    let place = &*place(&world);
    let run = |world: &World| run_twice(place, &|| world.open(CONFIG));
    let report = run(&world);
    assert_eq!(outcomes(&report), [vec![Clean, Clean], vec![Decide, NotNeededYet], vec![Clean, Clean], vec![Clean]]);
    assert_eq!(open_pulls(place).len(), 4);

    // The first lands; then both sides go on.
    assert_eq!(land(&mut world, place, merges[0]), "1.txt c.txt");
    world.commit("Ours goes on", &[("z.txt", &text(&[("a", "ours")]))]);
    world.on_upstream().commit("Add two", &[("2.txt", "2\n")]);
    let report = run(&world);
    assert_eq!(open_units(&report).len(), 6);

    // What the second asks is resolved on its branch; so is what goes on with it.
    let second = next(place).text.head;
    resolve_second((&world, place), &run, &second, &units);
    assert_eq!(next(place).text.head, second);
    assert_eq!(land(&mut world, place, merges[1]), "a.txt");
    let report = run(&world);
    assert_eq!(open_units(&report), ["Change e", "Telemetry", "Change c again", "Add two"]);

    // Of the third only a part is wanted.
    decide_on(&world, &mut *place.forge(), [Ruling::Skip { sha: units[5] }]);
    run(&world);
    assert_eq!(land(&mut world, place, merges[2]), "b.txt");
    world.commit("Ours goes on again", &[("c.txt", &ours_again(&world))]);
    let report = run(&world);
    assert_eq!(open_units(&report), ["Telemetry", "Change c again", "Add two"]);
    assert!(open_pulls(place).iter().all(|pull| pull.text.head != "uptake/record"), "something is open");

    // The last by a merge commit. Then all is in, and that is recorded.
    assert_eq!(land(&mut world, place, Merge::Commit), "2.txt c.txt");
    run(&world);
    assert_eq!(next(place).text.head, "uptake/record");
    assert_eq!(behind(&world), "8");
    let tree = world.git(&["rev-parse", "main^{tree}"]);
    assert_eq!(land(&mut world, place, Merge::Commit), "");
    assert_eq!(world.git(&["rev-parse", "main^{tree}"]), tree, "the record changes no file");
    assert_eq!(behind(&world), "0");
    let report = run(&world);
    assert_eq!(report.survey.commits.len(), 0);
    assert_eq!(open_pulls(place).len(), 0);

    // Upstream goes on: only what is new is looked at.
    world.on_upstream().commit("Add three", &[("3.txt", "3\n")]);
    let report = run(&world);
    assert_eq!(open_units(&report), ["Add three"]);
    assert_eq!(report.survey.commits.len(), 1);
    assert_eq!(land(&mut world, place, Merge::Squash), "3.txt");
    run(&world);
    assert_eq!(next(place).text.head, "uptake/record-2");
    land(&mut world, place, Merge::Commit);
    assert_eq!(behind(&world), "0");
    assert!(run(&world).survey.commits.is_empty());
    let left =
        world.git(&["--git-dir", &place.repository().display().to_string(), "branch", "--format=%(refname:short)"]);
    assert_eq!(left, "main\nuptake/ledger", "no branch is left over, people's commits or not");
    // What people made is all there.
    assert_eq!(world.git(&["show", "main:a.txt"]) + "\n", text(&[("b", "ours and theirs, too")]));
    assert_eq!(
        world.git(&["show", "main:c.txt"]) + "\n",
        text(&[("c", "theirs"), ("f", "ours again"), ("h", "ours"), ("k", "theirs")])
    );
    assert!(world.try_git(&["cat-file", "-e", "main:t.txt"]).status.code() != Some(0), "what was skipped stayed out");
}

/// The slices as merge commits.
const MERGES: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs, branch: main }
phases:
  - { id: line, title: Upstream, priority: 1, take: line, land: merge, slice: { units: 2 } }
";

#[test]
fn slices_that_land_as_merge_commits_tell_git_themselves() {
    for place in PLACES {
        merges(place);
    }
}

fn merges(place: PlaceFor) {
    use Outcome::{Clean, Decide, LeftOut, NotNeededYet};
    let (mut world, units) = world();
    let place = &*place(&world);
    let run = |world: &World| run_twice(place, &|| world.open(MERGES));
    let report = run(&world);
    // A merge claims all before it, so nothing after the open unit is on a branch.
    assert_eq!(
        outcomes(&report),
        [vec![Clean, Clean], vec![Decide, NotNeededYet], vec![LeftOut, LeftOut], vec![LeftOut]]
    );
    let first = next(place);
    assert!(first.text.body.contains("- **Merge it with a merge commit, or by fast-forward**, neither squashed"));
    let repository = place.repository().display().to_string();
    let of =
        |commit: &str| world.git(&["--git-dir", &repository, "rev-parse", &format!("{}{commit}", first.text.head)]);
    let parents = format!("{}\n{}", of("^1"), of("^2"));
    assert_eq!(parents, format!("{}\n{}", world.git(&["rev-parse", "main"]), units[1]));
    let brings: Vec<_> = report.built.phases.iter().map(|phase| phase.brings).collect();
    assert_eq!(brings, [Some(units[1]), None, None, None]);

    // The first lands, by fast-forward; git counts what came with it. Then both sides go on.
    assert_eq!(land(&mut world, place, Merge::Forward), "1.txt c.txt");
    world.commit("Ours goes on", &[("z.txt", &text(&[("a", "ours")]))]);
    world.on_upstream().commit("Add two", &[("2.txt", "2\n")]);
    let report = run(&world);
    assert_eq!(behind(&world), "6");
    assert_eq!(report.survey.commits.len(), 6, "what has landed is not looked at any more");

    // What is decided is picked onto the second, by a person.
    let second = next(place).text.head;
    resolve_second((&world, place), &run, &second, &units);
    assert_eq!(land(&mut world, place, Merge::Commit), "a.txt");

    // The next merge tells git of these picks, and of what is left out for good.
    decide_on(&world, &mut *place.forge(), [Ruling::Skip { sha: units[5] }]);
    let report = run(&world);
    assert_eq!(behind(&world), "6", "they were picks");
    assert_eq!(report.built.phases.iter().find_map(|phase| phase.brings), Some(units[6]));
    assert_eq!(land(&mut world, place, Merge::Commit), "b.txt c.txt");
    run(&world);
    assert_eq!(behind(&world), "1");

    // The last is squashed, against its first lines: the record that is offered then makes good for it.
    assert_eq!(land(&mut world, place, Merge::Squash), "2.txt");
    run(&world);
    assert_eq!(behind(&world), "1");
    assert_eq!(next(place).text.head, "uptake/record");
    let tree = world.git(&["rev-parse", "main^{tree}"]);
    assert_eq!(land(&mut world, place, Merge::Commit), "");
    assert_eq!(world.git(&["rev-parse", "main^{tree}"]), tree);
    assert_eq!(behind(&world), "0");
    assert_eq!(run(&world).survey.commits.len(), 0);

    // Upstream goes on.
    let three = world.on_upstream().commit("Add three", &[("3.txt", "3\n")]);
    run(&world);
    assert_eq!(land(&mut world, place, Merge::Commit), "3.txt");
    assert_eq!(behind(&world), "0");
    assert_eq!(run(&world).survey.commits.len(), 0);
    assert_eq!(open_pulls(place).len(), 0);
    // Blame has upstream's own commit.
    let blamed = world.git(&["blame", "--porcelain", "main", "--", "3.txt"]);
    assert!(blamed.starts_with(&three.to_string()), "{blamed}");
    assert!(world.try_git(&["cat-file", "-e", "main:t.txt"]).status.code() != Some(0), "what was skipped stayed out");
}

#[test]
fn a_merge_that_was_squashed_or_rebased_is_made_good_by_the_next() {
    for place in PLACES {
        for how in [Merge::Squash, Merge::Rebase] {
            made_good(how, place);
        }
    }
}

/// The first slice loses its merge commit: squashed, it is one commit; rebased, it is upstream's own commits, as GitHub's rebase drops merges.
fn made_good(how: Merge, place: PlaceFor) {
    let (mut world, _) = world();
    let place = &*place(&world);
    let run = |world: &World| run_twice(place, &|| world.open(MERGES));
    run(&world);
    let first = next(place).number;
    assert_eq!(land(&mut world, place, how), "1.txt c.txt");
    let (third, fourth) = {
        let report = run(&world);
        assert_eq!(open_units(&report).len(), 5);
        (report.survey.commits[2].sha, report.survey.commits[3].sha)
    };
    assert_eq!(behind(&world), "7");
    decide_on(&world, &mut *place.forge(), [Ruling::Skip { sha: third }, Ruling::Skip { sha: fourth }]);
    run(&world);
    let text = next(place).text.body;
    let warning = format!("> #{first} was not merged with a merge commit, so git does not know");
    assert!(text.contains(&warning), "{text}");
    land(&mut world, place, Merge::Commit);
    let report = run(&world);
    assert_eq!(behind(&world), "1");
    assert!(!next(place).text.body.contains("was not merged with"), "it is good again");
    assert_eq!(open_units(&report).len(), 1);
}

/// Resolves on a branch what the second slice asks, as a person does, and what goes on with it.
fn resolve_second(
    (world, place): (&World, &dyn Place),
    run: &dyn Fn(&World) -> RunReport,
    second: &str,
    units: &[CommitId],
) {
    resolve((world, place), second, units[2], "a.txt", &text(&[("b", "ours and theirs")]));
    let report = run(world);
    assert_eq!(report.learned.lessons.len(), 1, "{:?}", report.learned);
    resolve_rest((world, place), second, units[3]);
    run(world);
}

/// The unit after the resolved one meets the person's line.
fn resolve_rest((world, place): (&World, &dyn Place), branch: &str, sha: CommitId) {
    fs::remove_dir_all(world.folder().join("person")).expect("there");
    resolve((world, place), branch, sha, "a.txt", &text(&[("b", "ours and theirs, too")]));
}

/// The fork's file with one more line of its own.
fn ours_again(world: &World) -> String {
    world.git(&["show", "main:c.txt"]).replace("\nf\n", "\nours again\n") + "\n"
}
