//! Forks that hold upstream in a folder of their own: as `git subtree` makes them, with and without `--squash`, and by a plain copy.

use engine::ids::CommitId;
use engine::path::RepoPath;
use uptake::line::OnLine;
use uptake::pick::{Built, Outcome};
use uptake::pipeline::Session;
use uptake::survey::{Survey, Verdict};

use super::{ALL, file, line, outcomes, subjects, unit};
use crate::support::{World, uptake};

const BOARD: &str = "int board(void) {\n    return 0;\n}\n\nint pins(void) {\n    return 8;\n}\n";
const README: &str = "# firmware\n\nFlash it.\n\none\ntwo\nthree\n";

/// How the fork came to hold upstream's files.
#[derive(Clone, Copy, PartialEq)]
enum How {
    Subtree,
    Squash,
    Copy,
}

/// A fork with upstream's first commit in `firmware`; returned with that commit. Upstream goes on with four more.
fn world(how: How) -> (World, CommitId) {
    let mut world = World::new(&[("README.md", "# robot\n"), ("server/app.py", "app\n")]);
    world.git(&["switch", "--quiet", "--orphan", "origin"]);
    let first = world.commit("Begin", &[("README.md", README), ("main/board.c", BOARD), ("LICENSE", "MIT\n")]);
    world.git(&["branch", "--quiet", "--force", "upstream", "origin"]);
    world.on_upstream().commit("Start at one", &[("main/board.c", &BOARD.replace("return 0", "return 1"))]);
    world.commit("Add wifi", &[("main/wifi.c", "int wifi(void) { return 1; }\n")]);
    world.commit("Flash it twice", &[("README.md", &README.replace("Flash it.", "Flash it twice."))]);
    world.git(&["mv", "main/board.c", "main/boards.c"]);
    world.commit_all("Rename board.c");
    world.on_fork();
    let message = match how {
        How::Subtree => {
            world.git(&["merge", "--quiet", "--strategy=ours", "--no-commit", "--allow-unrelated-histories", "origin"]);
            "Add firmware".to_owned()
        }
        How::Squash => format!("Squashed 'firmware/' content\n\ngit-subtree-dir: firmware\ngit-subtree-split: {first}"),
        How::Copy => "Copy firmware in".to_owned(),
    };
    world.git(&["read-tree", "--prefix=firmware/", "-u", "origin"]);
    world.commit_all(&message);
    world.commit("Our board", &[("firmware/ours.c", "ours\n")]);
    (world, first)
}

fn built(world: &World, config: &str) -> (Session, Survey, Built) {
    world.build(&format!("upstream: {{ repository: up/firmware, branch: main }}\n{config}{ALL}"))
}

fn check(world: &World, config: &str, first: CommitId) {
    let (session, survey, built) = built(world, config);
    assert_eq!(survey.merge_base, first);
    assert_eq!(subjects(&survey), ["Start at one", "Add wifi", "Flash it twice", "Rename board.c"]);
    assert_eq!(line(&survey), [OnLine::Clean; 4]);
    assert_eq!(outcomes(&built), [Outcome::Clean; 4]);
    assert_eq!(unit(&survey, "Add wifi").paths, [RepoPath::from("firmware/main/wifi.c")]);
    let tree = built.phases[0].tree;
    assert_eq!(file(&session, tree, "firmware/main/boards.c"), BOARD.replace("return 0", "return 1"));
    assert_eq!(file(&session, tree, "firmware/README.md"), README.replace("Flash it.", "Flash it twice."));
    assert_eq!(file(&session, tree, "README.md"), "# robot\n", "the fork's own file of that name");
    assert_eq!(file(&session, tree, "firmware/ours.c"), "ours\n");
    // What git makes of it, told where upstream is.
    let wanted = world.git(&[
        "merge-tree",
        "--write-tree",
        "-Xsubtree=firmware",
        "--merge-base",
        &first.to_string(),
        "main",
        "upstream",
    ]);
    assert_eq!(tree.to_string(), wanted);
    let end = built.end.expect("checked");
    assert!(end.equal && end.complete && end.differs.is_empty(), "{end:?}");
}

#[test]
fn upstream_is_taken_below_the_folder_it_was_added_to() {
    let (world, first) = world(How::Subtree);
    check(&world, "fork: { path: firmware }\n", first);
}

#[test]
fn a_squashed_subtree_begins_where_git_subtree_says() {
    let (world, first) = world(How::Squash);
    check(&world, "fork: { path: firmware/ }\n", first);
}

#[test]
fn a_copy_begins_where_it_is_told_and_the_commit_that_fits_is_named() {
    let (world, first) = world(How::Copy);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(&format!("fork: {{ path: firmware }}\n{ALL}"));
    let (code, _, error) = uptake(world.folder(), &["survey", "--offline", "--repo", "fork", "--config", "uptake.yml"]);
    assert_eq!(code, 2);
    assert!(error.contains(&first.short()), "{error}");
    check(&world, &format!("fork: {{ path: firmware }}\nbase: {first}\n"), first);
}

#[test]
fn what_was_taken_by_hand_is_found_and_a_conflict_names_upstreams_file() {
    let (mut world, _) = world(How::Subtree);
    let start = world.git(&["rev-parse", "upstream~3"]);
    world.on_fork().git(&["cherry-pick", "-Xsubtree=firmware", &start]);
    world.commit("Ours", &[("firmware/README.md", &README.replace("Flash it.", "Never flash it."))]);
    let (_, survey, _) = built(&world, "fork: { path: firmware }\n");
    assert_eq!(unit(&survey, "Start at one").verdict, Verdict::Taken);
    let twice = unit(&survey, "Flash it twice");
    assert_eq!((twice.line, &twice.conflicts), (OnLine::Decide, &vec![RepoPath::from("firmware/README.md")]));
    let sha = twice.sha;
    let (_, why, _) =
        uptake(world.folder(), &["why", &sha.to_string(), "--offline", "--repo", "fork", "--config", "uptake.yml"]);
    assert!(why.contains(&format!("cherry-pick -x -Xsubtree=firmware {sha}")), "{why}");
}
