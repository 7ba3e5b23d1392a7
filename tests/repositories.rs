//! Repositories that are not as one would wish, and what is said of each.

use std::fs;

use engine::ConflictKind;
use uptake::pick::Outcome;
use uptake::survey::{Alone, Survey};

use crate::support::{World, git_ok, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";
const ALL: &str = "phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

/// Runs `uptake survey` and returns its exit code and what it says on standard error.
fn survey_of(world: &World, repo: &str) -> (i32, String) {
    let (code, _, error) = uptake(world.folder(), &["survey", "--offline", "--repo", repo]);
    (code, error)
}

fn ready(world: &World) {
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.git(&["switch", "--quiet", "main"]);
}

fn simple() -> World {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream().commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    ready(&world);
    world
}

#[test]
fn no_repository() {
    let world = simple();
    let (code, error) = survey_of(&world, "nowhere");
    assert_eq!(code, 2);
    assert_eq!(
        error,
        "error: cannot open a git repository at nowhere: there is none\n  change into a clone of the fork, or name it with --repo DIR: its folder, or a bare repository\n"
    );
}

#[test]
fn a_folder_inside_a_repository_is_not_one() {
    let world = simple();
    fs::create_dir(world.fork().join("inside")).expect("a folder");
    assert_eq!(survey_of(&world, "fork/inside").0, 2);
}

#[test]
fn an_empty_repository() {
    let world = simple();
    git_ok(world.folder(), &["init", "--quiet", "--initial-branch=main", "empty"], 0);
    assert_eq!(
        survey_of(&world, "empty"),
        (2, "error: upstream was not fetched yet: there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master. Next: git remote add upstream URL && git fetch upstream, with the repository that this one is a fork of; where its branch is called otherwise, name it as upstream.branch\n".into())
    );
}

#[test]
fn no_upstream_branch_of_that_name() {
    let world = simple();
    let config = world.config("upstream: { branch: next }\nphases: []\n");
    let config = config.display().to_string();
    let (code, _, error) = uptake(world.folder(), &["survey", "--offline", "--repo", "fork", "--config", &config]);
    assert_eq!(code, 2);
    assert_eq!(
        error,
        "error: there is no refs/remotes/upstream/next for upstream's branch (upstream.branch) (there is main): git fetch upstream brings what is new there, and so does a run without --offline\n"
    );
}

#[test]
fn a_head_on_no_branch() {
    let world = simple();
    world.git(&["switch", "--quiet", "--detach", "main"]);
    assert_eq!(
        survey_of(&world, "fork"),
        (2, "error: HEAD is on no branch. Next: switch to the fork's branch, or name it as fork.branch in the configuration\n".into())
    );
}

#[test]
fn no_common_ancestor() {
    let mut world = simple();
    world.git(&["switch", "--quiet", "--orphan", "other"]);
    world.commit("Elsewhere", &[("x.txt", "x\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/other"]);
    world.git(&["switch", "--quiet", "main"]);
    let (code, error) = survey_of(&world, "fork");
    assert_eq!(code, 2);
    assert!(error.ends_with("have no common ancestor: is this a fork of that upstream?\n"), "{error}");
}

#[test]
fn a_shallow_clone_whose_ancestor_is_cut_off() {
    let world = simple();
    git_ok(
        world.folder(),
        &[
            "clone",
            "--quiet",
            "--depth=1",
            "--no-single-branch",
            &format!("file://{}", world.fork().display()),
            "shallow",
        ],
        0,
    );
    git_ok(
        &world.folder().join("shallow"),
        &["update-ref", "refs/remotes/upstream/main", "refs/remotes/origin/upstream"],
        0,
    );
    let (code, error) = survey_of(&world, "shallow");
    assert_eq!(code, 2);
    assert!(
        error.ends_with("this is a shallow clone, so the ancestor may be cut off; run git fetch --unshallow\n"),
        "{error}"
    );
}

#[test]
fn a_partial_clone_that_lacks_what_is_needed() {
    let world = simple();
    world.git(&["config", "uploadpack.allowFilter", "true"]);
    git_ok(
        world.folder(),
        &[
            "clone",
            "--quiet",
            "--bare",
            "--filter=blob:none",
            &format!("file://{}", world.fork().display()),
            "partial.git",
        ],
        0,
    );
    let partial = world.folder().join("partial.git");
    git_ok(&partial, &["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"], 0);
    let (code, error) = survey_of(&world, "partial.git");
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("partial clone"), "{error}");
}

#[test]
fn a_missing_object() {
    let world = simple();
    let tree = world.git(&["rev-parse", "upstream^{tree}"]);
    fs::remove_file(world.fork().join(".git/objects").join(&tree[..2]).join(&tree[2..])).expect("removed");
    let (code, error) = survey_of(&world, "fork");
    let commit = world.git(&["rev-parse", "--short=9", "upstream"]);
    assert_eq!(code, 1);
    assert_eq!(
        error,
        format!(
            "error: the tree {tree} of commit {commit} is not in this repository (the repository is damaged: git fsck names what is missing)\n"
        )
    );
}

#[test]
fn a_missing_commit() {
    let world = simple();
    let commit = world.git(&["rev-parse", "upstream"]);
    fs::remove_file(world.fork().join(".git/objects").join(&commit[..2]).join(&commit[2..])).expect("removed");
    let (code, error) = survey_of(&world, "fork");
    assert_eq!(code, 1);
    assert!(error.contains(&commit) && error.contains("git fsck"), "{error}");
}

#[test]
fn no_configuration() {
    let world = simple();
    let (code, _, error) = uptake(world.folder(), &["plan", "--offline", "--repo", "fork"]);
    assert_eq!(
        (code, error.as_str()),
        (
            2,
            "error: no configuration: fork has no .github/uptake.yml\n  uptake init writes one to start from; --config FILE takes one from elsewhere\n"
        )
    );
}

#[test]
fn a_configuration_that_cannot_be_read() {
    let world = simple();
    fs::create_dir(world.folder().join("folder.yml")).expect("a folder");
    for (name, why) in [("none.yml", "there is no such file"), ("folder.yml", "it is a folder")] {
        let (code, _, error) = uptake(world.folder(), &["plan", "--offline", "--repo", "fork", "--config", name]);
        let hint = "--config names the file; without it, it is .github/uptake.yml of the fork";
        assert_eq!((code, error), (2, format!("error: cannot read {name}: {why}\n  {hint}\n")));
    }
}

#[test]
fn a_configuration_that_is_no_text() {
    let world = simple();
    fs::write(world.folder().join("binary.yml"), b"phases:\n  - title: \xff\n").expect("a file");
    let (code, _, error) = uptake(world.folder(), &["check", "--repo", "fork", "--config", "binary.yml"]);
    assert_eq!(code, 2);
    assert!(error.contains("binary.yml:2:") && error.contains("UTF-8"), "{error}");
}

#[test]
fn a_fork_that_is_up_to_date() {
    let world = simple();
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/main~1"]);
    let (code, out, _) = uptake(world.folder(), &["survey", "--offline", "--repo", "fork"]);
    assert_eq!(code, 0);
    assert!(out.ends_with("The fork is up to date.\n"), "{out}");
}

#[test]
fn an_unknown_forge() {
    let world = simple();
    for (forge, why) in [
        ("folder:", "name the folder too: folder:DIR"),
        ("folder", "name the folder too: folder:DIR"),
        ("gitlab", "write github, or folder:DIR, such as folder:../preview"),
    ] {
        let (code, _, error) = uptake(world.folder(), &["run", "--offline", "--repo", "fork", "--forge", forge]);
        assert_eq!(code, 2);
        assert!(
            error.starts_with(&format!("error: invalid value '{forge}' for '--forge <github|folder:DIR>': {why}\n")),
            "{error}"
        );
    }
}

#[test]
fn names_and_messages_that_are_not_utf_8() {
    let mut world = simple();
    world.on_upstream();
    let blob = world.git(&["hash-object", "-w", "a.txt"]);
    let entry = [b"100644 blob ".as_slice(), blob.as_bytes(), b"\tcaf\xe9.txt\n"].concat();
    let input = world.folder().join("tree");
    fs::write(&input, entry).expect("a file");
    let tree = world.git_from(&["mktree"], &input);
    let raw = world.folder().join("commit");
    let head = format!("tree {tree}\nparent {}\n", world.git(&["rev-parse", "upstream"]));
    let person = b"J\xf6rg <joerg@example.org> 1756730000 +0000\n";
    let commit = [head.as_bytes(), b"author ", person, b"committer ", person, b"\nCaf\xe9 (#3)\n"].concat();
    fs::write(&raw, commit).expect("a file");
    let commit = world.git_from(&["hash-object", "-t", "commit", "-w", "--stdin"], &raw);
    world.git(&["update-ref", "refs/remotes/upstream/main", &commit]);
    world.git(&["switch", "--quiet", "main"]);
    let (code, out, error) = uptake(world.folder(), &["survey", "--offline", "--repo", "fork", "--format", "json"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains(r#""\"caf\\351.txt\"""#) && out.contains("Caf\u{fffd} (#3)"), "{out}");
}

#[test]
fn a_binary_conflict_a_submodule_and_a_link() {
    let mut world = World::new(&[("bin", "\0base\n"), ("plain", "x\n")]);
    std::os::unix::fs::symlink("a", world.fork().join("link")).expect("a link");
    world.commit_all("Link");
    world.git(&["branch", "--force", "upstream", "main"]);
    world.on_upstream().commit("Binary", &[("bin", "\0theirs\n")]);
    fs::remove_file(world.fork().join("link")).expect("removed");
    std::os::unix::fs::symlink("theirs", world.fork().join("link")).expect("a link");
    world.commit_all("Link theirs");
    let start = world.git(&["rev-parse", "main"]);
    world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{start},sub")]);
    world.git(&["commit", "--quiet", "-m", "Add a submodule"]);
    world.git(&["reset", "--quiet", "--hard"]);
    world.on_fork().commit("Ours", &[("bin", "\0ours\n")]);
    fs::remove_file(world.fork().join("link")).expect("removed");
    std::os::unix::fs::symlink("ours", world.fork().join("link")).expect("a link");
    world.commit_all("Link ours");
    let (_, survey, built) = world.build(ALL);
    let alone: Vec<_> = survey.commits.iter().map(|commit| commit.alone).collect();
    assert_eq!(alone, [Alone::Conflict, Alone::Conflict, Alone::Clean]);
    assert_eq!(built.phases[0].left_out, [], "nothing is taken");
    let outcomes: Vec<_> = built.phases[0].picks.iter().map(|pick| (&pick.outcome, pick.conflicts.len())).collect();
    assert_eq!(outcomes, [(&Outcome::Decide, 1), (&Outcome::Decide, 1), (&Outcome::Clean, 0)]);
    let described: Vec<_> = built.phases[0].picks.iter().flat_map(|pick| &pick.conflicts).collect();
    assert_eq!(described.len(), 2);
    assert!(described.iter().all(|conflict| conflict.hunks.is_empty()), "{described:?}");
}

/// What git says of it with no history of the submodule at hand.
#[test]
fn a_submodule_that_both_sides_moved_is_not_merged_without_its_history() {
    let mut world = World::new(&[("list", "a\n")]);
    let start = world.git(&["rev-parse", "main"]);
    let module = |world: &mut World, subject: &str, commit: &str| {
        world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
        world.git(&["commit", "--quiet", "-m", subject]);
        world.git(&["reset", "--quiet", "--hard"]);
    };
    module(&mut world, "Add a submodule", &start);
    world.git(&["branch", "--force", "upstream", "main"]);
    world.on_upstream();
    let theirs = world.git(&["rev-parse", "upstream"]);
    module(&mut world, "Move the submodule", &theirs);
    world.on_fork().commit("Ours", &[("list", "a\nours\n")]);
    let ours = world.git(&["rev-parse", "main"]);
    let (_, survey, _) = world.build(ALL);
    let alone = |survey: &Survey| survey.commits.iter().map(|commit| commit.alone).collect::<Vec<_>>();
    assert_eq!(alone(&survey), [Alone::Clean], "only upstream moved the submodule");
    module(&mut world, "Move it elsewhere", &ours);
    let (_, survey, built) = world.build(ALL);
    assert_eq!(alone(&survey), [Alone::Conflict]);
    let pick = &built.phases[0].picks[0];
    assert_eq!((pick.outcome, pick.conflicts[0].kind), (Outcome::Decide, ConflictKind::Submodule));
}

#[test]
fn line_ends_are_bytes() {
    let mut world = World::new(&[("a.txt", "a\r\nb\r\nc\r\nd\r\ne\r\n"), ("b.txt", "a\nb\nc")]);
    world.on_upstream().commit("One", &[("a.txt", "A\r\nb\r\nc\r\nd\r\ne\r\n"), ("b.txt", "A\nb\nc")]);
    world.on_fork().commit("Ours", &[("a.txt", "a\r\nb\r\nc\r\nd\r\nE\r\n"), ("b.txt", "a\nb\nC")]);
    let (opened, _, built) = world.build(ALL);
    let tree = built.phases[0].tree;
    for (path, wanted) in [("a.txt", "A\r\nb\r\nc\r\nd\r\nE\r\n"), ("b.txt", "A\nb\nC")] {
        let entry = opened.repo.entry(tree, &path.into()).expect("read").expect("there");
        assert_eq!(String::from_utf8_lossy(&opened.repo.content(entry).expect("read").expect("a file")), wanted);
    }
}

#[test]
fn an_octopus_merge_is_a_merge() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream();
    for side in ["one", "two"] {
        world.git(&["switch", "--quiet", "--create", side, "upstream"]);
        world.commit(side, &[(&format!("{side}.txt"), "x\n")]);
    }
    world.on_upstream().commit("Line", &[("l.txt", "l\n")]);
    world.git(&["merge", "--quiet", "--no-edit", "one", "two"]);
    world.on_fork().commit("Ours", &[("o.txt", "o\n")]);
    let (_, survey, built) = world.build(ALL);
    assert_eq!((survey.totals.commits, survey.totals.merges), (3, 1));
    assert!(built.phases[0].picks.iter().all(|pick| pick.outcome == Outcome::Clean));
}

#[test]
fn a_commit_without_a_parent_adds_its_files() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.git(&["switch", "--quiet", "--orphan", "second"]);
    world.commit("Second root", &[("second.txt", "x\n")]);
    world.on_upstream();
    world.git(&["merge", "--quiet", "--no-edit", "--allow-unrelated-histories", "second"]);
    world.on_fork().commit("Ours", &[("o.txt", "o\n")]);
    let (_, survey, built) = world.build(ALL);
    assert_eq!(survey.totals.commits, 1);
    assert_eq!(built.phases[0].picks[0].outcome, Outcome::Clean);
}
