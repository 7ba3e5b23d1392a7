//! Five roots resolved by a person on the published branch, and all that hung on them.

use std::fs;

use engine::ids::CommitId;

use super::Person;
use crate::support::{World, git_in, uptake};

const CONFIG: &str =
    "upstream: { branch: main }\nphases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

const FILES: [&str; 5] = ["one.rs", "two.rs", "three.rs", "four.rs", "five.rs"];

/// Nine lines, of which the third, the sixth and the last are as said.
fn text(third: &str, sixth: &str, last: &str) -> String {
    format!("1\n2\n{third}\n4\n5\n{sixth}\n7\n8\n{last}\n")
}

/// Five files. In each upstream changes the third line, which the fork changed too, besides the sixth (a root); in all of them
/// once more (cascades), and in two of them together (a cascade of two); and in the first the last line, which merges.
struct Five {
    world: World,
    roots: Vec<CommitId>,
}

fn five() -> Five {
    let start = text("3", "6", "9");
    let mut world = World::new(&FILES.map(|file| (file, start.as_str())));
    world.on_upstream();
    let mut roots = Vec::new();
    for file in FILES {
        roots.push(world.commit(&format!("Change {file}"), &[(file, &text("upstream", "6", "9"))]));
    }
    world.commit("Change an end", &[("one.rs", &text("upstream", "6", "end"))]);
    for file in FILES {
        let last = if file == "one.rs" { "end" } else { "9" };
        world.commit(&format!("Go on in {file}"), &[(file, &text("upstream 2", "6", last))]);
    }
    let both = [("four.rs", text("upstream 3", "6", "9")), ("five.rs", text("upstream 3", "6", "9"))];
    world.commit("Go on in two", &both.each_ref().map(|(file, text)| (*file, text.as_str())));
    let ours = text("ours", "our 6", "9");
    world.on_fork().commit("Ours", &FILES.map(|file| (file, ours.as_str())));
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    Five { world, roots }
}

impl Five {
    /// A whole run into the folder: what it printed, when it did not fail.
    fn run(&self) -> String {
        let arguments = ["--repo", "fork", "--config", "uptake.yml", "--offline", "run", "--forge", "folder:out"];
        let (code, described, error) = uptake(self.world.folder(), &arguments);
        assert!(code == 0 || code == 3, "{error}");
        described
    }

    /// Somebody who may write says something in the pull request.
    fn say(&self, what: &str) {
        let out = self.world.folder().join("out");
        fs::create_dir_all(out.join("comments")).expect("a folder");
        fs::write(out.join("permissions.json"), r#"{"cleo": "write"}"#).expect("written");
        fs::write(out.join("comments/1.md"), what).expect("written");
        let about = r#"{"on": 1, "author": "cleo", "bot": false, "created": "2025-11-26T00:00:00Z"}"#;
        fs::write(out.join("comments/1.json"), about).expect("written");
    }

    fn branch(&self) -> String {
        let output = git_in(
            &self.world.folder().join("out/branches.git"),
            &["log", "--reverse", "--format=%s", "main..uptake/all"],
            0,
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn file(&self, path: &str) -> String {
        let at = format!("uptake/all:{path}");
        let output = git_in(&self.world.folder().join("out/branches.git"), &["show", &at], 0);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn body(&self) -> String {
        fs::read_to_string(self.world.folder().join("out/pulls/1.md")).expect("a pull request")
    }

    /// A person resolves all five on the published branch: upstream's line, and the fork's other one stays.
    fn resolve(&self) {
        let mut person = Person::new(&self.world);
        person.on("uptake/all");
        for (root, file) in self.roots.iter().zip(FILES) {
            // On the branch the first file has its new end already: what conflicts there is another file than when it is rebuilt.
            let last = if file == "one.rs" { "end" } else { "9" };
            person.resolve(*root, file, Some(&text("upstream", "our 6", last)));
        }
        person.push();
    }
}

const ALL: &str = "Change one.rs\nChange two.rs\nChange three.rs\nChange four.rs\nChange five.rs\nChange an end\n\
                   Go on in one.rs\nGo on in two.rs\nGo on in three.rs\nGo on in four.rs\nGo on in five.rs\nGo on in two\n";

/// Built, resolved, learned, and rebuilt at a person's word.
fn resolved() -> Five {
    let five = five();
    let described = five.run();
    assert!(
        described.contains("\n12 picks in 1 phase: 1 clean, 5 decide, 6 not-needed-yet; 0 left out"),
        "{described}"
    );
    five.resolve();
    let described = five.run();
    assert!(described.contains("holds commits by people"), "{described}");
    five.say("/rebuild\n");
    let described = five.run();
    assert!(described.contains("(12 picks)"), "{described}");
    five
}

#[test]
fn five_roots_are_resolved_once_and_what_hung_on_them_is_clean() {
    let five = resolved();
    assert_eq!(five.branch(), ALL, "each is there once, in upstream's order");
    let described = five.run();
    assert!(described.starts_with("Nothing to change\n"), "{described}");
    assert!(described.contains("\n12 picks in 1 phase: 7 clean, 5 resolved; 0 left out"), "{described}");
    assert!(
        described.contains("12 picks, 13 files compared line by line: 5 lines dropped, each named where it went"),
        "{described}"
    );
    for file in FILES {
        let last = if file == "one.rs" { "end" } else { "9" };
        let third = if matches!(file, "four.rs" | "five.rs") { "upstream 3" } else { "upstream 2" };
        assert_eq!(five.file(file), text(third, "our 6", last), "{file}");
    }
    let body = five.body();
    assert_eq!(body.matches("` of Cleo, 2025-10-09").count(), 5, "{body}");
}

#[test]
fn on_a_moved_fork_they_are_replayed_and_said_where_not() {
    let mut five = resolved();
    five.world.on_fork().commit("Elsewhere", &[("other.rs", "ours\n")]);
    let described = five.run();
    assert!(described.contains("(12 picks)"), "{described}");
    assert_eq!(five.branch(), ALL);
    // In the same files, but not in the lines that were resolved.
    let fresh = text("ours", "our 6", "9").replace("1\n", "our 1\n");
    five.world.on_fork().commit("Above", &FILES.map(|file| (file, fresh.as_str())));
    five.run();
    assert_eq!(five.branch(), ALL);
    // In the lines that were resolved in two of them.
    let other = fresh.replace("ours", "ours again");
    five.world.on_fork().commit("There", &[("two.rs", &other), ("four.rs", &other)]);
    let described = five.run();
    assert!(
        described.contains("\n12 picks in 1 phase: 4 clean, 3 resolved, 2 decide, 1 follows, 2 not-needed-yet"),
        "{described}"
    );
    let body = five.body();
    let said: Vec<_> = body.lines().filter(|line| line.contains("but other lines stand there now")).collect();
    assert_eq!(said.len(), 2, "{body}");
    assert!(said.iter().all(|line| line.contains("Cleo resolved it on 2025-10-09 in ")), "{said:?}");
    assert!(five.run().starts_with("Nothing to change\n"));
}
