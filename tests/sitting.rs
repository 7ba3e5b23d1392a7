//! The sitting: decisions resolved one after the other through `uptake resolve`, stopped and killed anywhere, sent, and read by the next
//! run.

mod hooks;
mod killed;
mod odd;
mod sent;

use std::fs;
use std::path::PathBuf;

use engine::ids::CommitId;
use serde_json::Value;

use crate::support::forge::out;
use crate::support::{World, git_in, git_ok, toolchain, uptake_in, write_program};

const CONFIG: &str = "
upstream: { branch: main }
phases:
  - { id: line, title: Upstream, priority: 1, take: line, slice: { units: 100 } }
";

/// Ten lines, of which the second, the fifth and the last are as said.
fn text(second: &str, fifth: &str, last: &str) -> String {
    format!("1\n{second}\n3\n4\n{fifth}\n6\n7\n8\n9\n{last}\n")
}

/// Three files. In the first both sides changed two places; in the second and the third one place, and upstream goes on with the third.
fn world() -> (World, [CommitId; 3]) {
    let start = text("2", "5", "10");
    let mut world = World::new(&[("a.rs", &start), ("b.rs", &start), ("c.rs", &start)]);
    world.on_upstream();
    let two = world.commit("Change two places", &[("a.rs", &text("upstream's", "5", "upstream's, too"))]);
    let one = world.commit("Change one place", &[("b.rs", &text("upstream's", "5", "10"))]);
    let more = world.commit("Change a place", &[("c.rs", &text("upstream's", "5", "10"))]);
    world.commit("Go on there", &[("c.rs", &text("upstream's, more", "5", "10"))]);
    let ours = |file| (file, text("ours", "5", "ours, too"));
    let [a, b, c] = [ours("a.rs"), ours("b.rs"), ours("c.rs")];
    world.on_fork().commit("Ours", &[(a.0, &a.1), (b.0, &b.1), (c.0, &c.1)]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    (world, [two, one, more])
}

/// A maintainer with a clone of what was published.
struct Maintainer {
    /// Where all of it is.
    folder: PathBuf,
    /// The clone.
    path: PathBuf,
}

/// Resolves every place as upstream has it.
const AS_UPSTREAM: &str =
    "#!/bin/sh\nfor file; do sed -i -e '/^<<<<<<< /,/^=======$/d' -e '/^>>>>>>> /d' \"$file\"; done\n";

impl Maintainer {
    fn new(world: &World, name: &str) -> Self {
        let path = world.folder().join(name);
        let from = out(world).join("branches.git").display().to_string();
        git_ok(world.folder(), &["clone", "--quiet", &from, name], 0);
        let upstream = "+refs/heads/upstream:refs/remotes/upstream/main";
        git_ok(&path, &["fetch", "--quiet", &world.fork().display().to_string(), upstream], 0);
        for (key, value) in [("user.name", "Cleo"), ("user.email", "cleo@example.org")] {
            git_ok(&path, &["config", key, value], 0);
        }
        write_program(&world.folder().join("editor.sh"), AS_UPSTREAM);
        Self { folder: world.folder().to_path_buf(), path }
    }

    /// Runs `uptake resolve` in the clone: its exit code and all it said. `editor`: whether there is one.
    fn resolve(&self, arguments: &[&str], editor: bool) -> (i32, String) {
        let folder = &self.folder;
        let config = folder.join("uptake.yml").display().to_string();
        let all = [&["--offline", "--config", &config, "resolve"], arguments].concat();
        let editor = editor.then(|| ("VISUAL", folder.join("editor.sh").display().to_string()));
        let environment: Vec<_> = toolchain().into_iter().chain(editor).collect();
        let (code, out, error) = uptake_in(&self.path, &all, &environment);
        (code, format!("{out}{error}"))
    }

    fn status(&self) -> Value {
        let (_, said) = self.resolve(&["--status", "--format", "json"], false);
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"))
    }

    fn tree(&self) -> PathBuf {
        self.path.join(".git/uptake/sitting/uptake-resolve")
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = git_in(&self.path, arguments, 0);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

/// A whole run into the folder: what it printed, when it did not fail.
fn run(world: &World) -> String {
    let arguments = ["--repo", "fork", "--config", "uptake.yml", "--offline", "run", "--forge", "folder:out"];
    let (code, described, error) = uptake_in(world.folder(), &arguments, &[]);
    assert!(code == 0 || code == 3, "{error}");
    described
}

fn body(world: &World) -> String {
    fs::read_to_string(out(world).join("pulls/1.md")).expect("a pull request")
}

#[test]
fn all_decisions_are_resolved_in_one_sitting_and_the_next_run_agrees() {
    let (world, [two, one, more]) = world();
    let described = run(&world);
    assert!(described.contains("3 decide"), "{described}");
    let cleo = Maintainer::new(&world, "clone");
    let (code, said) = cleo.resolve(&["--push"], true);
    assert_eq!(code, 0, "{said}");
    // The cheapest first: the one that frees another, then the other with one place.
    let [two, one, more] = [two, one, more].map(|sha| sha.short());
    let at = |text: &str| said.find(text).unwrap_or_else(|| panic!("{text} is not in {said}"));
    assert!(at("1 of 3, 4 places left") < at("2 of 3, 3 places left") && at("2 of 3") < at("3 of 3, 2 places left"));
    assert!(at(&format!("ok {more}: resolved, remembered; 1 more pick free now")) < at(&format!("ok {one}: ")));
    assert!(at(&format!("ok {one}: ")) < at(&format!("ok {two}: resolved, remembered\n")), "{said}");
    assert!(said.contains("Sent uptake/ledger.") && said.contains("3 decisions: 3 resolved, 0 left"), "{said}");
    assert!(!cleo.tree().exists(), "nothing is left of it");
    let branch = cleo.git(&["branch", "--list", "--remotes", "--format=%(refname:short)", "origin/uptake/line-*"]);
    let branch = branch.strip_prefix("origin/").expect("a branch").to_owned();
    let file = |path: &str| cleo.git(&["show", &format!("origin/{branch}:{path}")]);
    assert_eq!(file("a.rs"), text("upstream's", "5", "upstream's, too").trim_end());
    assert_eq!(file("c.rs"), text("upstream's, more", "5", "ours, too").trim_end(), "what went on there is there");
    let log = cleo.git(&["log", "--format=%an|%cn|%s", &format!("main..origin/{branch}")]);
    assert!(log.lines().all(|line| line.starts_with("Ada|uptake[bot]|")) && log.lines().count() == 4, "{log}");

    let described = run(&world);
    assert!(!described.contains("move branch") && described.contains("edit pull request 1"), "{described}");
    assert!(described.contains("1 clean, 3 resolved"), "{described}");
    let body = body(&world);
    assert_eq!(body.matches("` of Cleo, ").count(), 3, "{body}");
    assert!(body.contains("\n**4 picks are ready to merge**: all there is."), "{body}");
    assert_eq!(body.matches("| resolved by Cleo: 1 file |").count(), 3, "{body}");
    assert!(run(&world).starts_with("Nothing to change\n"));
}

#[test]
fn it_stops_and_goes_on_at_any_time() {
    let (world, [two, ..]) = world();
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    assert_eq!(cleo.resolve(&["--status"], false), (0, "No sitting is under way.\n".to_owned()));
    let (code, said) = cleo.resolve(&["--continue"], false);
    assert_eq!(code, 2);
    assert!(said.starts_with("error: no sitting is under way\n"), "{said}");
    // Without an editor it waits.
    let (code, said) = cleo.resolve(&[&two.short()], false);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("then: uptake resolve --continue"), "{said}");
    let marked = fs::read_to_string(cleo.tree().join("a.rs")).expect("laid out");
    let name = two.short();
    let expected = format!(
        "1\n<<<<<<< fork\nours\n||||||| base\n2\n=======\nupstream's\n>>>>>>> {name} (Change two places)\n3\n4\n"
    );
    assert!(marked.starts_with(&expected), "{marked}");
    let unmerged = git_in(&cleo.tree(), &["status", "--porcelain"], 0);
    assert_eq!(String::from_utf8_lossy(&unmerged.stdout), "UU a.rs\n");
    // A marker that is left is named with its line, and nothing is taken.
    let half = marked.replacen("<<<<<<< fork\nours\n||||||| base\n2\n=======\n", "", 1);
    fs::write(cleo.tree().join("a.rs"), &half).expect("written");
    let (code, said) = cleo.resolve(&["--continue"], true);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("a.rs, line 3: a conflict marker is left"), "{said}");
    assert_eq!(cleo.git(&["branch", "--list", "uptake/*"]), "");
    let status = cleo.status();
    assert_eq!((&status["active"], &status["total"], &status["places_left"]), (&true.into(), &1.into(), &2.into()));
    assert_eq!(status["current"]["paths"][0]["path"], "a.rs");
    let (code, said) = cleo.resolve(&["line"], false);
    assert_eq!(code, 2);
    assert!(said.contains("a sitting is under way, and has another scope"), "{said}");
    // What changes beside the conflict would not be remembered.
    fs::write(cleo.tree().join("a.rs"), text("both", "5", "both, too")).expect("written");
    fs::write(cleo.tree().join("b.rs"), "all gone\n").expect("written");
    let (_, said) = cleo.resolve(&["--continue"], true);
    assert!(said.contains("b.rs: it is changed and does not conflict"), "{said}");
    git_ok(&cleo.tree(), &["checkout", "--quiet", "HEAD", "--", "b.rs"], 0);
    let (code, said) = cleo.resolve(&["--continue", "--validate", "grep -q nothing a.rs"], true);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("grep -q nothing a.rs: it failed"), "{said}");
    let (code, said) = cleo.resolve(&["--continue", "--validate", "grep -q both a.rs"], true);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("ok {name}: resolved, remembered")), "{said}");
    assert!(said.contains("Next: uptake resolve --push"), "{said}");
    // The rest, of which one is left for another time.
    let (code, said) = cleo.resolve(&[], false);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("2 of 3, 2 places left"), "{said}");
    let (code, said) = cleo.resolve(&["--skip"], true);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("3 decisions: 2 resolved, 1 left for another time."), "{said}");
    let (code, said) = cleo.resolve(&["--push"], true);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("Sent uptake/ledger."), "{said}");
    let described = run(&world);
    assert!(described.contains("2 resolved, 1 decide"), "{described}");
    assert!(run(&world).starts_with("Nothing to change\n"));
    // Ending it takes nothing back, and what is at hand need not be done to send the rest.
    cleo.resolve(&[], false);
    assert!(cleo.tree().exists());
    let (code, said) = cleo.resolve(&["--push"], false);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("uptake/ledger was there already.") && said.contains("1 of 1, 1 place left"), "{said}");
    let (code, said) = cleo.resolve(&["--abort"], false);
    assert_eq!((code, cleo.tree().exists()), (0, false), "{said}");
    assert_eq!(cleo.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn what_is_no_decision_is_said_and_nothing_is_changed() {
    let (world, [two, ..]) = world();
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    let later = world.git(&["rev-parse", "upstream"]);
    let (code, said) = cleo.resolve(&[&later], true);
    assert_eq!(code, 2);
    assert!(said.contains(&format!("{} is no decision: it waits for earlier commits alone", &later[..9])), "{said}");
    let (code, said) = cleo.resolve(&["nothing"], true);
    assert_eq!(code, 2);
    assert!(said.contains("the plan has no phase 'nothing'; its phases: line-"), "{said}");
    let (code, said) = cleo.resolve(&["dead"], true);
    assert_eq!(code, 2, "{said}");
    assert_eq!(cleo.git(&["branch", "--list", "uptake/*"]), "");
    // Somebody's commits on the branch stay where they are.
    let branch = cleo.git(&["branch", "--list", "--remotes", "--format=%(refname:short)", "origin/uptake/line-*"]);
    let branch = branch.strip_prefix("origin/").expect("a branch").to_owned();
    crate::support::forge::person_pushes(&world, &branch);
    let (code, said) = cleo.resolve(&["--push", &two.short()], true);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("{branch} holds commits by people at origin and stays as it is")), "{said}");
    assert!(said.contains("Sent uptake/ledger."), "{said}");
}
