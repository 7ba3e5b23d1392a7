//! The recipes of conflict notes, run as a person would paste them: they lead to the conflict the note tells of, and what is resolved
//! there is recognised afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use engine::ConflictKind as Kind;
use uptake::forge::folder::Folder;
use uptake::pick::{Built, Conflict, Hunk, Outcome, Pick};
use uptake::survey::Verdict;

use crate::support::git::program;
use crate::support::{World, git_ok, uptake};

const CONFIG: &str = "upstream: { repository: up/stream, branch: main }\nfork: { repository: our/fork, branch: main }\nphases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

/// Twenty lines, of which these two are as said.
fn lines(second: &str, last: &str) -> String {
    let middle: String = (3..20).map(|line| format!("line {line}\n")).collect();
    format!("first\n{second}\n{middle}{last}\n")
}

/// A conflict of each kind a person can be led to, each in a commit of its own.
fn world() -> World {
    let start = lines("second", "last");
    let mut world = World::new(&[
        ("text.rs", &start),
        ("it's here.txt", "one\n"),
        ("gone here.txt", "one\ntwo\n"),
        ("gone there.txt", "one\ntwo\n"),
        ("binary", "a\0b"),
        ("moved.txt", &lines("moved", "moved")),
    ]);
    world.on_upstream();
    world.commit("Change two places", &[("text.rs", &lines("upstream's", "upstream's end"))]);
    world.commit("Change a file with an odd name", &[("it's here.txt", "two\n")]);
    world.commit("Edit what the fork removed", &[("gone here.txt", "one\nthree\n")]);
    fs::remove_file(world.fork().join("gone there.txt")).expect("there");
    world.commit_all("Remove what the fork edited");
    world.commit("Add it too", &[("new.txt", "upstream's\n")]);
    world.commit("Change bytes", &[("binary", "a\0c")]);
    world.git(&["mv", "moved.txt", "there.txt"]);
    world.commit_all("Move it there");
    world.on_fork();
    world.commit("Say it our way", &[("text.rs", &lines("ours", "our end"))]);
    world.commit("An odd name", &[("it's here.txt", "three\n")]);
    world.commit("Edit it", &[("gone there.txt", "one\nthree\n"), ("new.txt", "ours\n"), ("binary", "a\0d")]);
    fs::remove_file(world.fork().join("gone here.txt")).expect("there");
    world.git(&["mv", "moved.txt", "here.txt"]);
    world.commit_all("Remove and move");
    world
}

/// Publishes to a folder, and returns it with what was built.
fn publish(world: &World) -> (PathBuf, Built) {
    let (_, _, built) = world.build(CONFIG);
    let (config, out) = (world.config(CONFIG), world.folder().join("out"));
    let forge = format!("folder:{}", out.display());
    let config = config.display().to_string();
    let (code, _, said) = uptake(&world.fork(), &["--offline", "--config", &config, "run", "--forge", &forge]);
    assert_eq!(code, 3, "{said}");
    (out, built)
}

/// The recipe in the pull request's note on a pick: up to where it stops, and from there.
fn recipe(page: &str, pick: &Pick) -> (String, String) {
    let notes = page.split("<details><summary><code>");
    let note = notes.skip(1).find(|note| note.starts_with(&format!("{}</code>", pick.sha.short())));
    let mut blocks =
        note.expect("a note").split("```sh\n").skip(1).map(|block| block.split("```").next().expect("an end"));
    let mut block = || blocks.next().expect("a block");
    let (one, first, rest) = (block(), block(), block());
    assert_eq!(one, format!("uptake resolve --push {}\n", pick.sha.short()));
    assert!(!first.contains('#') && !rest.contains('#'), "not every shell takes comments");
    (first.to_owned(), rest.to_owned())
}

/// A clone of what was published, in which upstream's address leads to the world.
fn clone(world: &World, out: &Path, name: &str) -> PathBuf {
    let clone = world.folder().join(name);
    // Not as a path: that would copy objects nobody can reach, upstream's among them.
    let from = format!("file://{}", Folder::new(out).repository().display());
    git_ok(world.folder(), &["clone", "--quiet", &from, name], 0);
    let there = format!("url.file://{}.insteadOf", world.fork().display());
    git_ok(&clone, &["config", &there, "https://github.com/up/stream.git"], 0);
    clone
}

fn paste(folder: &Path, commands: &str) -> Output {
    Command::new("bash")
        .args(["-e", "-c", commands])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_EDITOR", "true")
        .envs([("GIT_COMMITTER_NAME", "Cleo"), ("GIT_COMMITTER_EMAIL", "cleo@example.org")])
        .output()
        .expect("bash runs")
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program()).args(arguments).current_dir(folder).output().expect("git runs");
    String::from_utf8(output.stdout).expect("text")
}

/// The conflicting places of a file, as `(ours, base, theirs)`.
fn places(text: &str) -> Vec<[String; 3]> {
    let mut found: Vec<[String; 3]> = Vec::new();
    let mut side = None;
    for line in text.split_inclusive('\n') {
        side = match (&line[..line.len().min(7)], side) {
            ("<<<<<<<", _) => {
                found.push(Default::default());
                Some(0)
            }
            ("|||||||", Some(_)) => Some(1),
            ("=======", Some(_)) => Some(2),
            (">>>>>>>", _) => None,
            (_, side) => {
                if let (Some(side), Some(place)) = (side, found.last_mut()) {
                    place[side].push_str(line);
                }
                side
            }
        };
    }
    found
}

fn described(hunks: &[Hunk]) -> Vec<[String; 3]> {
    let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect();
    hunks.iter().map(|hunk| [text(&hunk.ours), text(&hunk.base), text(&hunk.theirs)]).collect()
}

/// What a person may leave where there was a conflict.
fn resolve(clone: &Path, path: &str) {
    let there = clone.join(path);
    if there.is_dir() {
        // A submodule nobody has fetched: any commit does.
        for arguments in [&["init", "--quiet"][..], &["commit", "--quiet", "--allow-empty", "-m", "Resolved"]] {
            git_ok(&there, arguments, 0);
        }
        return;
    }
    // Not through a link.
    drop(fs::remove_file(&there));
    fs::write(there, format!("resolved {path}\n")).expect("written");
}

#[test]
fn a_recipe_leads_to_the_same_conflict_and_on_to_a_commit_that_is_recognised() {
    follow(
        &mut world(),
        &[Kind::Text, Kind::Text, Kind::DeletedByUs, Kind::DeletedByThem, Kind::AddAdd, Kind::Binary, Kind::Rename],
    );
}

#[test]
fn a_recipe_leads_to_the_same_conflict_where_it_is_no_text() {
    let kinds = [Kind::Submodule, Kind::Mode, Kind::Binary, Kind::Rename, Kind::Mode, Kind::Mode];
    follow(&mut odd_world(), &kinds);
}

/// Conflicts about what a path is, each in a commit of its own: a submodule, a mode, a link, a file that one side moves and the
/// other removes, a file where the other side has a folder, a file where it has a link.
fn odd_world() -> World {
    let mut world = World::new(&[("gone.txt", &lines("gone", "gone")), ("other.txt", "other\n")]);
    let start = world.head().to_string();
    let link = |world: &World, to: &str, at: &str| {
        let at = world.fork().join(at);
        drop(fs::remove_file(&at));
        std::os::unix::fs::symlink(to, at).expect("a link");
    };
    let module = |world: &World, at: &str, message: &str| {
        fs::create_dir_all(world.fork().join("module")).expect("a folder");
        world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{at},module")]);
        world.git(&["commit", "--quiet", "-m", message]);
    };
    link(&world, "one", "link");
    world.commit_all("A link");
    module(&world, &start, "A module");
    world.git(&["branch", "--force", "upstream"]);
    world.on_upstream();
    let there = world.commit("Other", &[("other.txt", "theirs\n")]).to_string();
    module(&world, &there, "Move the module");
    let run = world.fork().join("run.sh");
    fs::write(&run, "echo\n").expect("a file");
    fs::set_permissions(&run, fs::Permissions::from_mode(0o755)).expect("a mode");
    world.commit_all("A script that runs");
    link(&world, "two", "link");
    world.commit_all("Link elsewhere");
    world.git(&["mv", "gone.txt", "found.txt"]);
    world.commit_all("Move what is gone");
    world.commit("A folder", &[("lib/a", "in a folder\n")]);
    link(&world, "two", "new");
    world.commit_all("A link where the fork has a file");
    world.on_fork();
    module(&world, &world.head().to_string(), "Our module");
    world.commit("Ours", &[("run.sh", "echo\n"), ("lib", "a file\n"), ("new", "a file\n")]);
    link(&world, "three", "link");
    world.git(&["rm", "--quiet", "gone.txt"]);
    world.commit_all("Link and remove");
    world
}

/// Follows the recipe of each pick that conflicts, resolves what it meets, and has the fork take it.
fn follow(world: &mut World, kinds: &[Kind]) {
    let (out, built) = publish(world);
    let page = fs::read_to_string(out.join("pulls/1.md")).expect("a page");
    let picks: Vec<&Pick> = built.phases[0].picks.iter().filter(|pick| pick.outcome == Outcome::Decide).collect();
    let met: Vec<Kind> = picks.iter().map(|pick| pick.conflicts[0].kind).collect();
    assert_eq!(met, kinds, "{picks:?}");
    let clone = clone(world, &out, "clone");
    for pick in &picks {
        let (first, rest) = recipe(&page, pick);
        let known = git(&clone, &["cat-file", "-t", &pick.sha.to_string()]);
        assert!(
            known.is_empty() || pick.sha != picks[0].sha,
            "the clone has upstream's commits before the recipe fetches them"
        );
        let stopped = paste(&clone, &first);
        assert_eq!(stopped.status.code(), Some(1), "{first}\n{}", String::from_utf8_lossy(&stopped.stderr));
        let met = git(&clone, &["diff", "--name-only", "--diff-filter=U", "-z"]);
        let met: BTreeSet<&str> = met.split('\0').filter(|path| !path.is_empty()).collect();
        let paths: BTreeSet<String> = pick.conflicts.iter().map(|conflict| conflict.pathspec().to_string()).collect();
        let named = |met: &str, path: &str| match path.strip_suffix('*') {
            Some(beginning) => met.starts_with(beginning),
            None => met == path,
        };
        for path in &paths {
            assert!(met.iter().any(|met| named(met, path)), "{path} is not among {met:?}");
        }
        let text = |conflict: &&Conflict| !conflict.hunks.is_empty();
        for conflict in pick.conflicts.iter().filter(text) {
            let file = fs::read_to_string(clone.join(conflict.path.to_string())).expect("a file");
            assert_eq!(places(&file), described(&conflict.hunks), "{}", conflict.path);
        }
        let before = git(&clone, &["rev-parse", "HEAD"]);
        if pick.conflicts.iter().any(|conflict| !conflict.hunks.is_empty()) {
            let early = paste(&clone, &rest);
            assert_ne!(early.status.code(), Some(0), "conflict markers are never committed");
            assert_eq!(git(&clone, &["rev-parse", "HEAD"]), before);
        }
        for path in &met {
            resolve(&clone, path);
        }
        // A file the note does not name, as the old name of one that was moved, is resolved with the rest.
        let others: Vec<&str> = met.iter().copied().filter(|met| !paths.iter().any(|path| named(met, path))).collect();
        if !others.is_empty() {
            git(&clone, &[&["add", "--"], &others[..]].concat());
        }
        let resolved = paste(&clone, &rest);
        assert!(resolved.status.success(), "{rest}\n{}", String::from_utf8_lossy(&resolved.stderr));
    }
    let pushed = git(&clone, &["rev-parse", "origin/uptake/all"]);
    assert_eq!(pushed, git(&clone, &["rev-parse", "HEAD"]), "the recipe ends with a push");
    let to = world.fork().display().to_string();
    git_ok(&clone, &["push", "--quiet", &to, "HEAD:refs/heads/resolved"], 0);
    world.on_fork().git(&["merge", "--quiet", "--ff-only", "resolved"]);
    let survey = world.survey();
    assert!(survey.commits.iter().all(|commit| commit.verdict == Verdict::Taken), "{:?}", survey.totals);
}

#[test]
fn a_note_says_whose_lines_stand_on_either_side() {
    let mut world = World::new(&[("a.txt", &lines("second", "last"))]);
    world.on_upstream().commit("Prepare", &[("a.txt", &lines("prepared", "last"))]);
    world.commit("Build on it", &[("a.txt", &lines("built", "last"))]);
    world.on_fork().commit("Our second line", &[("a.txt", &lines("ours", "last"))]);
    let (out, _) = publish(&world);
    let page = fs::read_to_string(out.join("pulls/1.md")).expect("a page").replace('\u{200b}', "");
    let sha = |name: &str| world.git(&["rev-parse", name]);
    let (fork, missing) = (sha("main"), sha("upstream~1"));
    for part in [
        format!("- the fork's side is from [`{}`][]: Our second line (Ada, 2025-09-01)\n", &fork[..9]),
        format!(": not needed yet: the code it changes came with `{}`\n", &missing[..9]),
        format!("\n[`{0}`]: https://github.com/our/fork/commit/{0}\n", &fork[..9]),
        format!("\n[`{0}`]: https://redirect.github.com/up/stream/commit/{0}\n", &missing[..9]),
    ] {
        assert!(page.contains(&part), "{part}\n--- is not in\n{page}");
    }
}

/// Pastes into a shell as somebody does at a prompt, where a command that fails does not end the rest; `None` where there is no such shell.
fn paste_at_prompt(shell: &[&str], folder: &Path, commands: &str) -> Option<Output> {
    let mut child = Command::new(shell[0])
        .args(&shell[1..])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs([("HOME", folder.as_os_str()), ("GIT_CONFIG_NOSYSTEM", "1".as_ref()), ("GIT_EDITOR", "true".as_ref())])
        .envs([("GIT_COMMITTER_NAME", "Cleo"), ("GIT_COMMITTER_EMAIL", "cleo@example.org")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().expect("an input").write_all(commands.as_bytes()).expect("pasted");
    Some(child.wait_with_output().expect("it ends"))
}

#[test]
fn pasted_whole_at_a_prompt_no_marker_is_ever_committed() {
    let world = world();
    let (out, built) = publish(&world);
    let page = fs::read_to_string(out.join("pulls/1.md")).expect("a page");
    let marked = |pick: &&Pick| pick.conflicts.iter().any(|conflict| !conflict.hunks.is_empty());
    let picks: Vec<&Pick> = built.phases[0].picks.iter().filter(marked).collect();
    assert_eq!(picks.len(), 3, "{picks:?}");
    for (at, shell) in
        [&["bash", "--norc", "-i"][..], &["zsh", "-f", "-i"], &["fish", "--no-config"]].iter().enumerate()
    {
        for pick in &picks {
            let clone = clone(&world, &out, &format!("pasted-{at}-{}", pick.sha.short()));
            let (first, rest) = recipe(&page, pick);
            let Some(output) = paste_at_prompt(shell, &clone, &format!("{first}{rest}")) else { continue };
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(clone.join(".git/CHERRY_PICK_HEAD").exists(), "it stops at the conflict: {shell:?}\n{said}");
            let log = git(&clone, &["log", "-p", "--format=", "origin/main..HEAD"]);
            assert!(!log.contains("+<<<<<<< "), "{shell:?}\n{log}");
            assert_eq!(git(&clone, &["rev-parse", "@{u}"]), git(&clone, &["rev-parse", "HEAD"]), "{shell:?}\n{said}");
            for path in
                git(&clone, &["diff", "--cached", "--name-only", "-z"]).split('\0').filter(|path| !path.is_empty())
            {
                fs::write(clone.join(path), "resolved\n").expect("written");
            }
            paste_at_prompt(shell, &clone, &rest).expect("it is there");
            assert!(!clone.join(".git/CHERRY_PICK_HEAD").exists(), "{shell:?}");
            assert_eq!(
                git(&clone, &["rev-parse", "@{u}"]),
                git(&clone, &["rev-parse", "HEAD"]),
                "it is pushed: {shell:?}"
            );
            // For the next one, as it was.
            git(&clone, &["push", "--quiet", "--force", "origin", "HEAD~1:uptake/all"]);
        }
    }
}
