//! What becomes of units on the line, and where it ends.

use engine::ids::CommitId;
use engine::path::RepoPath;
use uptake::config::raw::UnitsBy;
use uptake::line::end::Difference;
use uptake::line::{Known, OnLine};
use uptake::units::Unit;

use super::line_of;
use crate::support::World;

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

fn outcomes(line: &uptake::line::Line) -> Vec<(OnLine, Vec<usize>)> {
    line.units.iter().map(|unit| (unit.outcome, unit.after.clone())).collect()
}

#[test]
fn only_what_meets_the_fork_s_own_lines_is_for_a_person() {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("same.txt", "1\n")]);
    let with = |top: &str| TEXT.replacen('a', top, 1);
    world.on_upstream().commit("Meets ours", &[("a.txt", &with("theirs"))]);
    world.commit("Builds on it alone", &[("a.txt", &with("theirs again"))]);
    world.commit("Builds on it and on b", &[("a.txt", &with("and again")), ("b.txt", &with("B"))]);
    world.commit("Stands alone", &[("b.txt", &with("B").replacen('h', "H", 1))]);
    world.commit("Is there in other words", &[("same.txt", "2\n")]);
    world.on_fork().commit("Ours", &[("a.txt", &with("ours")), ("same.txt", "2\n")]);
    let (_, line, end) = line_of(&world, UnitsBy::Auto, |_| None);
    assert_eq!(
        outcomes(&line),
        [
            (OnLine::Decide, vec![]),
            (OnLine::NotNeededYet, vec![0]),
            (OnLine::Follows, vec![1]),
            (OnLine::Clean, vec![]),
            (OnLine::NoOp, vec![]),
        ]
    );
    assert_eq!(line.units.iter().map(|unit| unit.root).collect::<Vec<_>>(), [true, false, false, false, false]);
    assert_eq!((line.units[0].hunks, line.roots_of(2)), (1, vec![0]));
    assert!(end.is_equal(), "a.txt does not merge: {:?}", end.differs);
    assert_eq!(end.open, 1);
}

#[test]
fn a_repair_of_code_that_is_left_out_is_not_needed_yet() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let bug = world.on_upstream().commit("Add a kernel", &[("kernel.cu", "int a;\nint b;\nint c;\n")]);
    world.commit("Repair it", &[("kernel.cu", "int a;\nint b = 0;\nint c;\n")]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    let out = |unit: &Unit| (unit.commit.id == bug).then_some(Known::LeftOut);
    let (_, line, end) = line_of(&world, UnitsBy::Auto, out);
    assert_eq!(outcomes(&line), [(OnLine::LeftOut, vec![]), (OnLine::NotNeededYet, vec![0])]);
    assert!(!line.units[1].root && !line.units[1].applied);
    assert_eq!(end.differs, [Difference { path: RepoPath::from("kernel.cu"), because: Some(0) }]);
}

#[test]
fn a_difference_from_git_s_merge_is_named_with_the_unit_it_is_due_to() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let first = world.on_upstream().commit("Try it", &[("a.txt", &TEXT.replacen('a', "theirs", 1))]);
    world.git(&["revert", "--no-edit", &first.to_string()]);
    world.on_fork().commit("Ours", &[("a.txt", &TEXT.replacen('a', "ours", 1))]);
    let (_, line, end) = line_of(&world, UnitsBy::Auto, |_| None);
    assert_eq!(line.units[0].outcome, OnLine::Decide);
    // What it takes back is not there, so that there is nothing to take back.
    assert_eq!((line.units[1].outcome, line.units[1].after.clone()), (OnLine::NotNeededYet, vec![0]));
    // Git keeps the fork's line, for in all upstream changed nothing there.
    assert_eq!(end.differs, [Difference { path: RepoPath::from("a.txt"), because: Some(0) }]);
}

#[test]
fn where_only_upstream_s_own_lines_meet_upstream_s_file_is_the_answer() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let with = |top: &str| TEXT.replacen('a', top, 1);
    world.on_upstream().commit("One", &[("a.txt", &with("one"))]);
    let two = world.commit("Two", &[("a.txt", &with("two"))]);
    world.on_fork().commit("Ours", &[("b.txt", "ours\n")]);
    // The fork took the later one by hand, and not the earlier.
    world.commit("Two, by hand", &[("a.txt", &with("two"))]);
    let taken = |unit: &Unit| (unit.commit.id == two).then_some(Known::Taken);
    let (_, line, end) = line_of(&world, UnitsBy::Auto, taken);
    assert_eq!(line.units[0].outcome, OnLine::Resolved);
    assert!(end.is_equal(), "what the fork has of the later one is back at its end: {:?}", end.differs);
    assert_eq!(line.end.to_string(), world.git(&["rev-parse", "main^{tree}"]));
}

/// Changes that come, go and come again, on either side.
#[test]
fn reverts_and_relands_end_where_upstream_ends() {
    let files = ["feat.txt", "bad.txt", "gone.txt", "again.txt", "relan.txt", "never.txt"];
    let body = |second: &str| format!("head\n{second}\none\ntwo\nthree\n\ntail\n");
    let mut world = World::new(&files.map(|file| (file, "head\n\none\ntwo\nthree\n\ntail\n")));
    let revert = |world: &mut World, sha: CommitId| {
        world.git(&["revert", "--no-edit", &sha.to_string()]);
        world.head()
    };
    world.on_upstream();
    let a1 = world.commit("Add retry", &[("feat.txt", &body("retry=3"))]);
    revert(&mut world, a1);
    let b1 = world.commit("Add cache", &[("bad.txt", &body("cache=on"))]);
    let c1 = world.commit("Add telemetry", &[("gone.txt", &body("telemetry=on"))]);
    let d1 = world.commit("Add log", &[("again.txt", &body("log=on"))]);
    let rb = revert(&mut world, b1);
    let a2 = world.commit("Reland: Add retry", &[("feat.txt", &body("retry=3"))]);
    let e1 = world.commit("Add pool", &[("relan.txt", &body("pool=1"))]);
    revert(&mut world, e1);
    world.commit("Add pool", &[("relan.txt", &(body("pool=1") + "end\n"))]);
    let f1 = world.commit("Turn validation off", &[("never.txt", &body("validate=off"))]);
    revert(&mut world, f1);
    world.on_fork();
    for sha in [a1, b1, c1, d1] {
        world.pick(sha, &["-x"]);
    }
    world.git(&["revert", "--no-edit", "HEAD~1"]);
    world.git(&["revert", "--no-edit", "HEAD~1"]);
    world.pick(d1, &["-x"]);
    for reland_is in [Known::Open, Known::Taken] {
        let known = |unit: &Unit| match unit.commit.id {
            id if [a1, b1, d1].contains(&id) => Some(Known::Taken),
            id if id == a2 => Some(reland_is),
            id if id == c1 => Some(Known::LeftOut),
            _ => None,
        };
        let (units, line, end) = line_of(&world, UnitsBy::Auto, known);
        assert!(!line.units.iter().any(|unit| unit.outcome == OnLine::Decide), "{:?}", outcomes(&line));
        // All as upstream has it, but for what the fork took back on purpose.
        world.git(&["switch", "--quiet", "--detach", "upstream"]);
        world.git(&["checkout", "--quiet", "main", "--", "gone.txt"]);
        assert_eq!(line.end.to_string(), world.git(&["write-tree"]), "{reland_is:?}: {:?}", outcomes(&line));
        world.git(&["reset", "--quiet", "--hard"]);
        world.git(&["switch", "--quiet", "main"]);
        let reland = &line.units[units.place(a2).expect("of the range")];
        let expected = if reland_is == Known::Open { OnLine::Clean } else { OnLine::Taken };
        assert_eq!((reland.outcome, reland.again.is_some()), (expected, reland_is == Known::Taken), "it comes again");
        // Git's own merge keeps the cache: both ends have their own reason, and are named.
        let differs = |path: &str, because| Difference { path: RepoPath::from(path), because: Some(because) };
        let place = |sha| units.place(sha).expect("of the range");
        assert_eq!(end.differs, [differs("bad.txt", place(rb)), differs("gone.txt", place(c1))]);
    }
}
