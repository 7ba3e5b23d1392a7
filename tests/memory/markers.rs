//! A file that has conflict markers in its own text, as a document about merging does: what conflicts in it is found, and how a
//! person resolved it is learned, like in any other file.

use std::fs;

use engine::ids::CommitId;
use uptake::memory::LearnReport;
use uptake::pick::{BuiltPhase, Outcome};

use super::{CONFIG, Person, give_up, job, out};
use crate::support::{World, git_in, uptake};

/// The document with this for its example of our lines, and this for its line 14.
fn document(example: &str, last: &str) -> String {
    format!(
        "# Conflicts\n\nGit leaves both sides in the file:\n\n```\n<<<<<<< HEAD\n{example}\n||||||| parent of 1234567 (A change)\nbefore\n=======\ntheirs\n>>>>>>> 1234567 (A change)\n```\n{last}\n\nThen commit.\n"
    )
}

/// Both sides changed line 14, and the fork the example before.
fn world() -> (World, CommitId) {
    let mut world = World::new(&[("doc.md", &document("ours", "Choose one."))]);
    let root = world.on_upstream().commit("Fix the advice", &[("doc.md", &document("ours", "Choose upstream's."))]);
    world.on_fork().commit("Another example", &[("doc.md", &document("our lines", "Choose one."))]);
    world.commit("Advise ours", &[("doc.md", &document("our lines", "Choose ours."))]);
    (world, root)
}

fn resolved() -> String {
    document("our lines", "Choose both.")
}

fn shown(world: &World) -> String {
    let output = git_in(&out(world).join("branches.git"), &["show", "uptake/fixes:doc.md"], 0);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn is_replayed((learned, phase): &(LearnReport, BuiltPhase), root: CommitId) {
    let upstream: Vec<_> = learned.lessons.iter().map(|lesson| lesson.upstream).collect();
    assert_eq!((upstream, &learned.passed[..]), (vec![root], &[][..]));
    assert_eq!(learned.lessons[0].answer.places.len(), 1);
    assert_eq!(phase.picks[0].outcome, Outcome::Resolved);
}

#[test]
fn only_the_real_conflict_is_shown_with_its_own_lines() {
    let (world, root) = world();
    drop(world.open(""));
    let (code, described, error) = uptake(&world.fork(), &["--offline", "why", &root.to_string()]);
    assert_eq!(code, 0, "{error}");
    assert!(described.contains("alone     conflict in 1 file, 1 place\n"), "{described}");
    let hunk = "doc.md  both sides changed the same lines\n  @@ the fork, from line 14 @@\n  -Choose one.\n  +Choose ours.\n  @@ upstream, from line 14 @@\n  -Choose one.\n  +Choose upstream's.\n";
    assert!(described.contains(hunk), "{described}");
    let blamed = described.lines().find(|line| line.contains("the fork's side is from")).expect("whose lines they are");
    assert!(blamed.contains("Advise ours"), "{blamed}");
}

#[test]
fn what_a_person_resolved_in_it_is_learned_and_replayed() {
    let (world, root) = world();
    let (learned, phase) = job(&world, CONFIG);
    assert_eq!((learned, phase.picks[0].outcome), (LearnReport::default(), Outcome::Decide));
    assert_eq!(phase.picks[0].conflicts[0].hunks.len(), 1);
    let mut person = Person::new(&world);
    person.on("uptake/fixes").resolve(root, "doc.md", Some(&resolved()));
    person.push();
    is_replayed(&job(&world, CONFIG), root);
    give_up(&world, "uptake/fixes");
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(phase.picks[0].outcome, Outcome::Resolved);
    assert_eq!(shown(&world), resolved());
}

#[test]
fn a_conflict_left_in_it_teaches_nothing_until_a_person_resolves_it() {
    let config = CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: commit-markers,");
    let (world, root) = world();
    job(&world, &config);
    assert_eq!(shown(&world).matches("<<<<<<< ").count(), 2, "the document's, and the conflict");
    let (learned, _) = job(&world, &config);
    assert_eq!(learned, LearnReport::default());
    // Left in by a person, with the very label that the document has.
    let mut person = Person::new(&world);
    person.on("uptake/fixes");
    let open =
        document("our lines", "<<<<<<< HEAD\nChoose ours.\n=======\nChoose upstream's.\n>>>>>>> 1234567 (A change)");
    fs::write(person.path.join("doc.md"), &open).expect("written");
    person.git(&["commit", "--quiet", "--all", "-m", "Not yet"]);
    person.push();
    let (learned, _) = job(&world, &config);
    assert_eq!(learned, LearnReport::default());
    person.git(&["fetch", "--quiet", "origin"]);
    person.git(&["reset", "--quiet", "--hard", "origin/uptake/fixes"]);
    fs::write(person.path.join("doc.md"), resolved()).expect("written");
    person.git(&["commit", "--quiet", "--all", "-m", "Resolve it"]);
    person.push();
    is_replayed(&job(&world, &config), root);
}
