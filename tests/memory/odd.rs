//! A conflict in a file whose name is no text: told, resolved, remembered, found again and withdrawn like any other.
#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use super::Person;
use crate::support::{World, git_in, uptake};

const FOLDER: &[u8] = b"caf\xe9";
const NAME: &[u8] = b"it's \xff.txt";
/// As git shows it.
const SHOWN: &str = r#""caf\351/it's \377.txt""#;

const CONFIG: &str = "upstream: { repository: up/stream, branch: main }\nfork: { repository: our/fork, branch: main }\nphases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

fn write(folder: &Path, text: &str) {
    let folder = folder.join(OsStr::from_bytes(FOLDER));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(OsStr::from_bytes(NAME)), text).expect("written");
}

fn world() -> World {
    let mut world = World::new(&[("x", "")]);
    write(&world.fork(), "1\n2\n3\n");
    world.commit_all("An odd name");
    world.git(&["branch", "--force", "upstream"]);
    world.on_upstream();
    write(&world.fork(), "upstream\n2\n3\n");
    world.commit_all("Change it");
    write(&world.fork(), "upstream 2\n2\n3\n");
    world.commit_all("Go on");
    world.on_fork();
    write(&world.fork(), "ours\n2\n3\n");
    world.commit_all("Ours");
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    world
}

fn run(world: &World, arguments: &[&str]) -> String {
    let there = ["--repo", "fork", "--config", "uptake.yml", "--offline"];
    let (code, described, error) = uptake(world.folder(), &[&there, arguments].concat());
    assert!(code == 0 || code == 3, "{error}");
    described
}

#[test]
fn a_name_that_is_no_text_is_remembered_like_any_other() {
    let world = world();
    let job = ["run", "--forge", "folder:out"];
    let described = run(&world, &job);
    assert!(described.contains("1 decide, 1 not-needed-yet"), "{described}");
    let body = fs::read_to_string(world.folder().join("out/pulls/1.md")).expect("a pull request");
    assert!(body.contains(r"caf\351/it's \377.txt"), "{body}");
    assert!(body.contains("the fork's side is from"), "whose lines they are is found: {body}");
    let add = body.lines().find(|line| line.starts_with("git add ")).expect("a recipe").to_owned();
    let add = add.split(" && ").next().expect("a beginning").to_owned();
    assert_eq!(add, r"git add -- $'caf\351/it\'s \377.txt'");

    // A person resolves it, with the recipe's own words.
    let mut person = Person::new(&world);
    let root = world.git(&["rev-parse", "upstream~1"]);
    person.on("uptake/all").git(&["cherry-pick", "-x", &root]);
    write(&person.path, "upstream\n2\n3\n");
    let added = Command::new("bash").args(["-c", &add]).current_dir(&person.path).status().expect("bash runs");
    assert!(added.success());
    person.git(&["-c", "core.editor=true", "cherry-pick", "--continue"]);
    person.push();

    let described = run(&world, &job);
    assert!(described.contains("1 clean, 1 resolved"), "{described}");
    git_in(&world.folder().join("out/branches.git"), &["update-ref", "-d", "refs/heads/uptake/all"], 0);
    run(&world, &job);
    assert!(run(&world, &job).starts_with("Nothing to change\n"));
    let branches = world.folder().join("out/branches.git");
    let shown = git_in(&branches, &["ls-tree", "-r", "--name-only", "uptake/all"], 0);
    assert_eq!(String::from_utf8_lossy(&shown.stdout), format!("{SHOWN}\nx\n"));
    let object = [b"uptake/all:".as_slice(), FOLDER, b"/", NAME].concat();
    let output = Command::new("git").arg("show").arg(OsStr::from_bytes(&object)).current_dir(&branches).output();
    assert_eq!(output.expect("git runs").stdout, b"upstream 2\n2\n3\n");

    // On the ledger it stands as git shows it.
    let list = git_in(&branches, &["ls-tree", "-r", "--name-only", "uptake/ledger", "resolutions/"], 0);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let meta = list.lines().find(|path| path.ends_with("meta.yml")).expect("kept");
    let meta = git_in(&branches, &["show", &format!("uptake/ledger:{meta}")], 0);
    let meta = String::from_utf8_lossy(&meta.stdout).into_owned();
    assert!(meta.starts_with("path: '\"caf\\351/it''s \\377.txt\"'\n"), "{meta}");
    let described = run(&world, &["memory", "list", "--forge", "folder:out"]);
    assert!(described.contains(r"caf\351/it's \377.txt"), "{described}");
    let key = list.split('/').nth(1).expect("a key").to_owned();
    run(&world, &["memory", "forget", &key, "--by", "Ada", "--forge", "folder:out"]);
    let described = run(&world, &job);
    assert!(described.contains("1 decide, 1 not-needed-yet"), "{described}");
    let body = fs::read_to_string(world.folder().join("out/pulls/1.md")).expect("a pull request");
    assert!(body.contains("was withdrawn by Ada"), "{body}");

    // And a decision names it as it is shown.
    run(&world, &["decide", "resolve", "all", SHOWN, "upstream", "--by", "Ada", "--forge", "folder:out"]);
    let described = run(&world, &job);
    assert!(described.contains("1 clean, 1 resolved"), "{described}");
}
