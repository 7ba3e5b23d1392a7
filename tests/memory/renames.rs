//! Which name a file gets: several paths' matter, remembered and used again as one.

use std::fs;

use engine::ids::CommitId;
use uptake::pick::{BuiltPhase, Outcome};

use super::{Person, give_up, job};
use crate::support::World;

const CONFIG: &str = "phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

fn text(line: &str) -> String {
    let lines: String = (1..20).map(|number| format!("line {number}\n")).collect();
    format!("{line}\n{lines}")
}

/// Upstream moves one file and changes another of the fork's names: `a` goes to `b` there and to `c` here, with a line of either
/// side; `gone` goes to `here` in the fork and is removed upstream.
fn world() -> (World, [CommitId; 3]) {
    let mut world = World::new(&[("a", &text("first")), ("gone", &text("gone")), ("x", "x\n")]);
    world.on_upstream();
    world.git(&["mv", "a", "b"]);
    fs::write(world.fork().join("b"), text("upstream's")).expect("written");
    let moves = world.commit_all("Move a");
    fs::remove_file(world.fork().join("gone")).expect("there");
    let removes = world.commit_all("Remove it");
    let last = world.commit("Go on", &[("b", &text("upstream's, again"))]);
    world.on_fork();
    world.git(&["mv", "a", "c"]);
    world.git(&["mv", "gone", "here"]);
    world.commit_all("Move both");
    (world, [moves, removes, last])
}

/// A person picks a commit, and leaves these files; none means that there is none.
fn resolve(person: &mut Person, sha: CommitId, files: &[(&str, Option<String>)]) {
    person.git(&["cherry-pick", "-x", &sha.to_string()]);
    for (path, content) in files {
        let at = person.path.join(path);
        match content {
            Some(content) => fs::write(at, content).expect("written"),
            None => drop(fs::remove_file(at)),
        }
    }
    person.git(&["add", "--all"]);
    person.git(&["-c", "core.editor=true", "cherry-pick", "--continue"]);
}

fn files(world: &World, phase: &BuiltPhase) -> Vec<String> {
    let repo = engine::Repo::open(&world.folder().join("out/branches.git")).expect("opened");
    repo.files(phase.tree).expect("a tree").iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_both_sides_moved_keeps_the_name_it_was_given() {
    let (mut world, [moves, removes, _]) = world();
    let (_, phase) = job(&world, CONFIG);
    let outcomes = super::outcomes(&phase);
    assert_eq!(outcomes[..2], [Outcome::Decide, Outcome::Decide], "{outcomes:?}");
    let mut person = Person::new(&world);
    person.on("uptake/all");
    // The fork's name, upstream's line.
    resolve(&mut person, moves, &[("a", None), ("b", None), ("c", Some(text("upstream's")))]);
    resolve(&mut person, removes, &[("here", None)]);
    person.push();
    let (learned, _) = job(&world, CONFIG);
    assert_eq!(learned.passed, []);
    let paths: Vec<_> = learned.lessons.iter().map(|lesson| lesson.answer.path.to_string()).collect();
    assert_eq!(paths, ["a", "b", "c", "here"]);
    give_up(&world, "uptake/all");
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(super::outcomes(&phase), [Outcome::Resolved, Outcome::Resolved, Outcome::Clean]);
    assert_eq!(files(&world, &phase), ["c", "x"]);
    let lost = |at: usize| {
        let found = &phase.picks[at].resolutions;
        found.iter().map(|found| found.lost.upstream.len() + found.lost.fork.len()).sum::<usize>()
    };
    assert_eq!(
        (lost(0), lost(1)),
        (0, 0),
        "what is gone at one name is at the other, or nobody but upstream changed it"
    );
    assert!(phase.checked.unnamed.is_empty());
    assert_eq!(job(&world, CONFIG).0.lessons.len(), 0);
    // Another line in the fork: the renames in dispute are others, and it is said.
    world.on_fork().commit("Another line", &[("c", &(text("first") + "ours\n"))]);
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(phase.picks[0].outcome, Outcome::Decide);
    let remarks: Vec<_> = phase.picks[0].conflicts.iter().flat_map(super::said).collect();
    assert_eq!(remarks.len(), 3, "{remarks:?}");
    assert!(remarks.iter().all(|remark| remark.ends_with("), but other files are in dispute now")), "{remarks:?}");
}

#[test]
fn what_went_elsewhere_is_not_remembered() {
    let (world, [moves, ..]) = world();
    job(&world, CONFIG);
    let mut person = Person::new(&world);
    person.on("uptake/all");
    resolve(&mut person, moves, &[("a", None), ("b", None), ("c", None), ("d", Some(text("upstream's")))]);
    person.push();
    let (learned, phase) = job(&world, CONFIG);
    assert_eq!(learned.lessons, []);
    let why: Vec<_> = learned.passed.iter().map(|passed| (passed.path.to_string(), passed.why)).collect();
    let described = "which name a file gets is remembered where the commit does nothing else";
    assert_eq!(why, ["a", "b", "c"].map(|path| (path.to_owned(), described)));
    assert_eq!(phase.picks[0].outcome, Outcome::Decide);
}
