//! Submodules: what stands at their path is a commit of another repository, which is never read as a file.

use std::fs;
use std::path::Path;

use engine::ids::CommitId;
use uptake::line::OnLine;
use uptake::survey::Alone;

use crate::support::{World, git_in, git_ok, uptake};

const CONFIG: &str = "upstream: { repository: up/stream, branch: main }\nfork: { repository: our/fork, branch: main }\nphases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

/// Commits that nobody here has.
const COMMITS: [&str; 3] = [
    "4c42f73fdab5787e3bb57717f35a8cb1b3c0dc6d",
    "0000000000000000000000000000000000000001",
    "0000000000000000000000000000000000000002",
];

fn lines(upto: u32, five: &str) -> String {
    (1..=upto).map(|line| if line == 5 { format!("{five}\n") } else { format!("{line}\n") }).collect()
}

/// Commits the index with a submodule at this commit, or without it, and with what is in the work tree otherwise.
fn commit(world: &mut World, message: &str, module: Option<&str>) -> CommitId {
    let path = world.fork().join("vendor/cutlass");
    match module {
        // An empty folder is a submodule that was not fetched.
        Some(commit) => {
            fs::create_dir_all(&path).expect("a folder");
            world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},vendor/cutlass")]);
        }
        None => {
            fs::remove_dir_all(&path).expect("removed");
            world.git(&["update-index", "--force-remove", "vendor/cutlass"]);
        }
    }
    world.commit_all(message)
}

/// Both sides have the submodule from the start.
fn world() -> World {
    let mut world = World::new(&[("other.txt", &lines(9, "5"))]);
    commit(&mut world, "Add a submodule", Some(COMMITS[0]));
    world.git(&["branch", "--force", "upstream"]);
    world
}

fn run(world: &World, arguments: &[&str]) -> String {
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.git(&["switch", "--quiet", "main"]);
    world.config(CONFIG);
    let there = ["--repo", "fork", "--config", "uptake.yml", "--offline"];
    let (code, described, error) = uptake(world.folder(), &[&there, arguments].concat());
    assert!(code == 0 || code == 3, "{arguments:?} ends with {code}: {error}");
    described
}

/// Every command that looks at commits.
fn all_commands(world: &World, commit: CommitId) -> [String; 4] {
    [
        run(world, &["survey"]),
        run(world, &["plan"]),
        run(world, &["why", &commit.to_string()]),
        run(world, &["report", "--output", "report"]),
    ]
}

#[test]
fn upstream_may_replace_a_submodule_by_files() {
    let mut world = world();
    world.commit("Ours", &[("mine.txt", "1\n2\n3\n")]);
    world.on_upstream();
    fs::write(world.fork().join("tool.toml"), lines(30, "5")).expect("written");
    commit(&mut world, "Replace the submodule by a build step (#1)", None);
    let bump = world.commit("Bump tool (#2)", &[("tool.toml", &lines(30, "five"))]);
    let [_, plan, why, _] = all_commands(&world, bump);
    let missing = why.lines().find(|line| line.contains("missing from upstream")).expect("what it hangs on");
    assert!(missing.contains("Replace the submodule by a build step (#1)"), "{why}");
    assert!(plan.contains("2 clean"), "{plan}");
}

#[test]
fn a_submodule_in_conflict_is_named_and_shown_as_what_it_is() {
    let mut world = world();
    commit(&mut world, "Our submodule", Some(COMMITS[1]));
    world.on_upstream();
    let moved = commit(&mut world, "Move the submodule (#1)", Some(COMMITS[2]));
    let [_, plan, why, _] = all_commands(&world, moved);
    assert!(plan.contains("1 decide"), "{plan}");
    assert!(why.contains("vendor/cutlass  both sides moved the submodule"), "{why}");
    assert!(why.contains("the fork's side is from") && why.contains("Our submodule"), "{why}");
}

#[test]
fn a_submodule_may_become_a_file_that_conflicts() {
    let mut world = world();
    // Upstream makes the submodule a file, goes on with it, and the fork made it another file.
    commit(&mut world, "No submodule", None);
    world.commit("A file instead", &[("vendor/cutlass", "ours\n")]);
    world.on_upstream();
    commit(&mut world, "No submodule there", None);
    world.commit("Another file instead", &[("vendor/cutlass", "theirs\n")]);
    let last = world.commit("Go on", &[("vendor/cutlass", "theirs, too\n")]);
    let [_, _, why, _] = all_commands(&world, last);
    assert!(why.contains("vendor/cutlass  both sides"), "{why}");
}

/// A repository for the module beside the fork, with four commits in a row and one on a line of its own after the second.
fn module(world: &World) -> ([CommitId; 4], CommitId) {
    let folder = world.folder().join("module");
    git_ok(world.folder(), &["init", "--quiet", "--initial-branch=main", "module"], 0);
    let commit = |at: i64| {
        fs::write(folder.join("lib.c"), format!("int v = {at};\n")).expect("written");
        git_ok(&folder, &["add", "--all"], at);
        git_ok(&folder, &["commit", "--quiet", "-m", "lib"], at);
        head(&folder)
    };
    let row = [commit(0), commit(1), commit(2), commit(3)];
    git_ok(&folder, &["switch", "--quiet", "--create", "other", &row[1].to_string()], 0);
    (row, commit(9))
}

fn head(folder: &Path) -> CommitId {
    let output = git_in(folder, &["rev-parse", "HEAD"], 0);
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a commit")
}

#[test]
fn a_submodule_at_hand_is_fast_forwarded_as_git_does() {
    // Where the fork moved it, where upstream does, and where it is then; none where neither follows the other.
    let cases = [(1, 2, Some(2)), (2, 1, Some(2)), (9, 3, None)];
    for (ours, theirs, after) in cases {
        let mut world = World::new(&[("other.txt", &lines(9, "5"))]);
        let (row, other) = module(&world);
        let at = |place: usize| row.get(place).copied().unwrap_or(other).to_string();
        commit(&mut world, "Add a submodule", Some(&at(0)));
        world.git(&["branch", "--force", "upstream"]);
        commit(&mut world, "Our submodule", Some(&at(ours)));
        world.on_upstream();
        commit(&mut world, "Move the submodule", Some(&at(theirs)));
        world.on_fork();
        let config = "phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";
        // Without it there is no telling.
        let (_, survey, _) = world.build(config);
        assert_eq!(survey.commits[0].line, OnLine::Decide);
        fs::remove_dir_all(world.fork().join("vendor/cutlass")).expect("removed");
        git_ok(world.folder(), &["clone", "--quiet", "module", "fork/vendor/cutlass"], 0);
        git_ok(&world.fork().join("vendor/cutlass"), &["checkout", "--quiet", "--detach", &at(ours)], 0);
        let (session, survey, built) = world.build(config);
        let entry = session.repo.entry(built.phases[0].tree, &"vendor/cutlass".into()).expect("read").expect("there");
        let unit = &survey.commits[0];
        match after {
            Some(after) => {
                assert_eq!(entry.id.to_string(), at(after), "{ours} {theirs}");
                let alone = if after == ours { Alone::Noop } else { Alone::Clean };
                assert_eq!(unit.alone, alone);
                assert_ne!(unit.line, OnLine::Decide);
                assert_eq!(built.phases[0].checked.unnamed, []);
            }
            None => assert_eq!((unit.line, entry.id.to_string()), (OnLine::Decide, at(ours))),
        }
    }
}
