//! Lock files: left out of the picks, regenerated after them.

use std::cell::RefCell;

use engine::Repo;
use uptake::pick::NotRegenerated;
use uptake::pick::answer::ResolutionStore;
use uptake::pick::runner::{CommandError, CommandRunner, Task};
use uptake::pick::{LockOutcome, LockfileCache, Outcome};
use uptake::view::note::words;

use super::{Built, built_with, described};
use crate::support::{World, toolchain, uptake_in};

/// Answers as it is told to, and remembers what it was asked.
#[derive(Debug)]
struct Double {
    answer: Result<&'static str, CommandError>,
    asked: RefCell<Vec<Task>>,
}

impl CommandRunner for Double {
    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
        self.asked.borrow_mut().push(task.clone());
        self.answer.clone().map(Into::into)
    }
}

fn double(answer: Result<&'static str, CommandError>) -> Double {
    Double { answer, asked: RefCell::default() }
}

/// Both sides changed the lock file; upstream twice, once alone.
fn world() -> World {
    let mut world = World::new(&[
        ("Cargo.toml", "[workspace]\n[[bin]]\nname = \"odd\"\npath = \"tools/odd.rs\"\n"),
        ("Cargo.lock", "a 1\nb 1\n"),
        ("src/lib.rs", "code\n"),
        ("src/inner/mod.rs", "code\n"),
        ("examples/small/main.rs", "code\n"),
        ("examples/small/other/more.rs", "code\n"),
        ("tools/odd.rs", "code\n"),
        ("tools/other.rs", "code\n"),
        ("logo.svg", "x\n"),
    ]);
    world.on_fork().commit("Fork", &[("Cargo.lock", "a 1\nb 1\nfork 1\n")]);
    world.on_upstream().commit("Code", &[("Cargo.lock", "a 2\nb 1\n"), ("src/lib.rs", "new code\n")]);
    world.commit("Bump b", &[("Cargo.lock", "a 2\nb 2\n")]);
    world
}

const RULE: &str = "{ path: '**/Cargo.lock', use: lockfile }";

fn with(world: &World, rule: &str, workshop: &dyn CommandRunner, remade: &LockfileCache) -> Built {
    built_with(world, rule, &[], &ResolutionStore::default(), workshop, remade)
}

#[test]
fn it_is_made_anew_once_after_the_picks() {
    let world = world();
    let workshop = double(Ok("a 2\nb 2\nfork 1\nmade\n"));
    let found = with(&world, RULE, &workshop, &LockfileCache::default());
    let all: Vec<String> = found.picks.iter().map(described).collect();
    insta::assert_snapshot!(all.join("\n"), @"
    resolved
    Cargo.lock: left out of the pick (rule **/Cargo.lock)

    no-op
    Cargo.lock: left out of the pick (rule **/Cargo.lock)
    ");
    assert_eq!(found.file("Cargo.lock"), Some("a 2\nb 2\nfork 1\nmade\n"));
    let asked = workshop.asked.borrow();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].command.join(" "), asked[0].network), ("cargo update --workspace".into(), false));
    let put_out: Vec<_> = asked[0].files.iter().map(|(path, content)| (path.to_string(), content.len())).collect();
    let expected =
        [("Cargo.lock", 15), ("Cargo.toml", 55), ("examples/small/main.rs", 0), ("src/lib.rs", 0), ("tools/odd.rs", 0)];
    assert_eq!(
        put_out,
        expected.map(|(path, size)| (path.to_owned(), size)),
        "manifests, and what is the root of a target, without its text"
    );
    insta::assert_snapshot!(found.log(), @r"
    uptake[bot] <2025-09-01T12:03:00Z>
    Regenerate Cargo.lock

    After the picks, which leave it alone.

    Uptake-Made-Anew: Cargo.lock
    Uptake-Command: cargo update --workspace
    Uptake-Inputs: c73408ef0a01b144c8bc5889bea3681b0e4c547b
    ");
    assert_eq!(found.phase.locks[0].lost, uptake::pick::DroppedLines::default());
    // The same once more: the same commits, and nothing is started where the branch is known.
    let again = with(&world, RULE, &workshop_that_must_rest(), &found.remade());
    assert_eq!(again.phase.head, found.phase.head);
}

fn workshop_that_must_rest() -> Double {
    double(Err(CommandError::NotStarted("it".into())))
}

#[test]
fn where_it_cannot_be_made_it_stays_the_fork_s_and_the_pull_request_is_a_draft_that_says_so() {
    let world = world();
    let found = with(&world, RULE, &double(Err(CommandError::NotInstalled("cargo".into()))), &LockfileCache::default());
    assert_eq!(found.file("Cargo.lock"), Some("a 1\nb 1\nfork 1\n"));
    let lock = &found.phase.locks[0];
    assert!(
        matches!(&lock.outcome, LockOutcome::Pending { why, .. } if words::not_regenerated(why) == "cargo is not installed"),
        "{lock:?}"
    );
    assert!(lock.lost.fork.is_empty(), "nothing of the fork's is dropped");
    assert_eq!(lock.commit, None);
    let body = found.body();
    let said = "**Not to be merged before `Cargo.lock` is regenerated**: `cargo update --workspace` on this branch, then push.";
    assert_eq!(body.lines().next(), Some(said), "{body}");
    assert!(body.contains("\"draft\":true"), "{body}");
    // What upstream adds is counted; a line of it says nothing to a person.
    let counted = "`Cargo.lock`: 2 lines of upstream's, not listed, since the file is still to be regenerated.";
    assert!(body.contains(counted) && !body.contains("+ a 2"), "{body}");
}

#[test]
fn another_lock_file_needs_a_command_and_has_the_whole_tree() {
    let mut world = World::new(&[("ui/package.json", "{}\n"), ("ui/yarn.lock", "1\n"), ("x.rs", "code\n")]);
    world.on_upstream().commit("Upstream", &[("ui/yarn.lock", "2\n"), ("ui/package.json", "{ }\n")]);
    let found = with(&world, "{ path: '**/yarn.lock', use: lockfile }", &double(Ok("3\n")), &LockfileCache::default());
    assert!(
        matches!(&found.phase.locks[0].outcome, LockOutcome::Upstream { why, .. } if *why == NotRegenerated::NoCommand)
    );
    let workshop = double(Ok("3\n"));
    let rule =
        "{ path: '**/yarn.lock', use: lockfile, command: [yarn, install, --mode=update-lockfile], network: true }";
    let found = with(&world, rule, &workshop, &LockfileCache::default());
    assert_eq!(found.file("ui/yarn.lock"), Some("3\n"));
    let asked = workshop.asked.borrow();
    assert_eq!((asked[0].folder.to_string(), asked[0].network, asked[0].files.len()), ("ui".into(), true, 3));
}

#[test]
fn a_manifest_that_changed_is_enough_and_a_lock_file_alone_is_not() {
    let mut world = World::new(&[("Cargo.toml", "[workspace]\n"), ("Cargo.lock", "a 1\n")]);
    world.on_upstream().commit("Bump a", &[("Cargo.lock", "a 2\n")]);
    let found = with(&world, RULE, &double(Ok("made\n")), &LockfileCache::default());
    assert_eq!((found.picks[0].outcome, found.file("Cargo.lock")), (Outcome::NoOp, Some("a 1\n")));
    assert_eq!(found.phase.locks[0].lost.upstream, ["a 2"]);
    world.on_upstream().commit("Members", &[("Cargo.toml", "[workspace]\nmembers = []\n")]);
    let found = with(&world, RULE, &double(Ok("made\n")), &LockfileCache::default());
    assert_eq!(found.file("Cargo.lock"), Some("made\n"));
}

/// With cargo itself: a workspace of path dependencies needs no network.
#[test]
fn cargo_makes_it_and_a_second_run_changes_nothing() {
    let manifest = |name: &str, version: &str, rest: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{rest}")
    };
    let lock = |a: &str, more: &str| {
        format!(
            "# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"{a}\"\n{more}"
        )
    };
    let mut world = World::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n"),
        ("a/Cargo.toml", &manifest("a", "0.1.0", "")),
        ("a/src/lib.rs", "compile_error!(\"nobody compiles this\");\n"),
        ("a/build.rs", "fn main() { panic!(\"nobody runs this\") }\n"),
        ("Cargo.lock", &lock("0.1.0", "")),
    ]);
    world.on_fork().commit(
        "Fork",
        &[
            ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"fork\"]\nresolver = \"2\"\n"),
            ("fork/Cargo.toml", &manifest("fork", "0.1.0", "[dependencies]\na = { path = \"../a\" }\n")),
            ("fork/src/lib.rs", ""),
            (
                "Cargo.lock",
                &lock("0.1.0", "\n[[package]]\nname = \"fork\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n]\n"),
            ),
        ],
    );
    world
        .on_upstream()
        .commit("Release", &[("a/Cargo.toml", &manifest("a", "0.2.0", "")), ("Cargo.lock", &lock("0.2.0", ""))]);
    world.open("");
    world.config(&super::config(RULE));
    let run = || {
        let arguments = ["--repo", "fork", "--config", "uptake.yml", "--offline", "-q", "run", "--forge", "folder:out"];
        uptake_in(world.folder(), &arguments, &toolchain())
    };
    let (code, out, err) = run();
    assert_eq!(code, 0, "{out}{err}");
    let out_repo = world.folder().join("out/branches.git");
    let repo = Repo::open(&out_repo).expect("a repository");
    let head = repo.reference("refs/heads/uptake/all").expect("readable").expect("a branch");
    let tree = repo.commit(head).expect("a commit").tree;
    let entry = repo.entry(tree, &"Cargo.lock".into()).expect("a tree").expect("a file");
    let made = String::from_utf8_lossy(&repo.content(entry).expect("read").expect("a file")).into_owned();
    assert!(made.contains("name = \"a\"\nversion = \"0.2.0\"") && made.contains("name = \"fork\""), "{made}\n{out}");
    assert!(repo.commit(head).expect("a commit").message.starts_with("Regenerate Cargo.lock\n"));
    let before = crate::support::snapshot(&world.folder().join("out"));
    assert_eq!(run().0, 0);
    assert!(before == crate::support::snapshot(&world.folder().join("out")), "a second run changes nothing");
}
