//! Answers to manifests: what a person chose for a key is remembered as that, and lines are not put where they would make the file
//! one that nobody can read.

use super::said;
use engine::ids::CommitId;
use uptake::pick::{BuiltPhase, Outcome, ResolvedBy};
use uptake::view::note::words;

use super::{Person, give_up, job};
use crate::support::World;

/// Upstream's manifest: which version it has, and where `core` comes from.
fn upstream(version: &str, core: &str) -> String {
    format!(
        "[package]\nname = \"a\"\nversion = \"{version}\"\nedition = \"2024\"\nlicense = \"MIT\"\n\n[dependencies]\ncore = {core}\nserde = \"1\"\n"
    )
}

/// The fork's: the dependencies stand above the rest, and `core` is its own.
fn ours(core: &str) -> String {
    format!(
        "[dependencies]\ncore = {core}\nserde = \"1\"\n\n[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2024\"\nlicense = \"MIT\"\n"
    )
}

const OWN: &str = "{ path = \"../core\" }";

fn at(revision: u8) -> String {
    format!("{{ git = \"https://example.org/core\", rev = \"{revision}\" }}")
}

/// A root that moves `core` on, a pick that changes another line of the same file, and one that hangs on the root.
fn world() -> (World, CommitId) {
    let mut world = World::new(&[("Cargo.toml", &upstream("1.0.0", &at(1)))]);
    world.on_upstream();
    let root = world.commit("Move core on", &[("Cargo.toml", &upstream("1.0.0", &at(2)))]);
    world.commit("Release 1.1.0", &[("Cargo.toml", &upstream("1.1.0", &at(2)))]);
    world.commit("Move core on again", &[("Cargo.toml", &upstream("1.1.0", &at(3)))]);
    world.on_fork().commit("Ours", &[("Cargo.toml", &ours(OWN))]);
    (world, root)
}

fn config(rules: &str) -> String {
    format!("phases:\n  - {{ id: all, title: All, priority: 1, rules: [{{ subject: . }}] }}\nconflicts: [{rules}]\n")
}

/// Built, resolved by a person with upstream's file as it is, and rebuilt.
fn resolved(rules: &str) -> (World, BuiltPhase) {
    let config = config(rules);
    let (world, root) = world();
    let (_, phase) = job(&world, &config);
    assert_eq!(super::outcomes(&phase), [Outcome::Decide, Outcome::Clean, Outcome::NotNeededYet]);
    let mut person = Person::new(&world);
    person.on("uptake/all").resolve(root, "Cargo.toml", Some(&upstream("1.1.0", &at(2))));
    person.push();
    let (learned, _) = job(&world, &config);
    assert_eq!(learned.lessons.len(), 1, "{learned:?}");
    give_up(&world, "uptake/all");
    let (_, phase) = job(&world, &config);
    (world, phase)
}

#[test]
fn the_answer_to_a_key_is_replayed_where_the_file_is_another() {
    let (mut world, phase) = resolved("{ path: Cargo.toml, use: manifest }");
    assert_eq!(super::outcomes(&phase), [Outcome::Resolved, Outcome::Clean, Outcome::Resolved]);
    let found = &phase.picks[0].resolutions;
    let described: Vec<_> = found
        .iter()
        .map(|found| (words::method(found.how), found.notes.iter().map(words::note).collect::<Vec<_>>()))
        .collect();
    let note = "`dependencies.core` is `{ git = \"https://example.org/core\", rev = \"2\" }`, as it was resolved then.";
    assert_eq!(
        described,
        [("merged key by key".to_owned(), vec![]), ("1 key of it as resolved then".to_owned(), vec![note.to_owned()])]
    );
    assert!(matches!(found[1].by, ResolvedBy::Memory { .. }));
    let file = |phase: &BuiltPhase| {
        let repo = engine::Repo::open(&world.folder().join("out/branches.git")).expect("opened");
        let entry = repo.entry(phase.tree, &"Cargo.toml".into()).expect("a tree").expect("a file");
        String::from_utf8(repo.content(entry).expect("read").expect("a file")).expect("text")
    };
    assert_eq!(file(&phase), ours(&at(3)).replace("1.0.0", "1.1.0"));
    // Where the fork has another answer now, it is asked again.
    world.on_fork().commit("Ours, again", &[("Cargo.toml", &ours("{ path = \"../../core\" }"))]);
    let (_, phase) = job(&world, &config("{ path: Cargo.toml, use: manifest }"));
    assert_eq!(phase.picks[0].outcome, Outcome::Decide);
    let remarks = said(&phase.picks[0].conflicts[0]);
    assert!(remarks[0].starts_with("with the lines that were resolved on then it could not be read"), "{remarks:?}");
    assert!(remarks[1].starts_with("dependencies.core: the fork has"), "{remarks:?}");
}

#[test]
fn a_manifest_that_nobody_can_read_teaches_nothing() {
    let config = config("{ path: Cargo.toml, use: manifest }");
    let (world, root) = world();
    job(&world, &config);
    let mut person = Person::new(&world);
    // Both sides' lines, as they stood between the markers.
    let both = ours(OWN) + "\n[dependencies]\ncore = 2\n";
    person.on("uptake/all").resolve(root, "Cargo.toml", Some(&both));
    person.push();
    let (learned, phase) = job(&world, &config);
    assert_eq!(learned.lessons, []);
    assert_eq!(learned.passed[0].why, "as it was resolved it cannot be read, though both sides can");
    assert_eq!(phase.picks[0].outcome, Outcome::Decide);
}

#[test]
fn lines_that_would_break_a_manifest_are_not_put_there() {
    let (_, phase) = resolved("");
    assert_eq!(phase.picks[0].outcome, Outcome::Decide);
    let remarks = said(&phase.picks[0].conflicts[0]);
    assert_eq!(remarks[0], "with the lines that were resolved on then it could not be read");
    assert!(remarks[1].starts_with("Cleo resolved it on 2025-10-09 in "), "{remarks:?}");
}
