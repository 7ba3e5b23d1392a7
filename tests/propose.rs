//! Proposals for what is left to a person: shown, accepted in a comment or in a sitting, remembered; and never on a branch before that.

mod killed;
mod sitting;
mod words;

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::support::{World, toolchain, uptake_in, write_program};

const BASE: &str = "fn a() {\n    let x = f(1, two, three);\n}\n";
const FORK: &str = "fn a() {\n    let x = f(1, two, ours);\n}\n";
const UPSTREAM: &str = "fn a() {\n    let x = g(1, two, three);\n}\n";
const BOTH: &str = "fn a() {\n    let x = g(1, two, ours);\n}\n";

/// One rule that proposes.
fn config(rule: &str) -> String {
    format!(
        "upstream: {{ branch: main }}\nphases: [{{ id: all, title: All, priority: 1, rules: [{{ paths: ['**'] }}] }}]\n\
         conflicts: [{{ path: '**', use: propose{rule} }}]\n"
    )
}

/// A fork in which one file conflicts, published into a folder.
struct Case {
    world: World,
    comments: u64,
}

impl Case {
    fn new(rule: &str) -> Self {
        Self::of(rule, [BASE, FORK, UPSTREAM])
    }

    fn of(rule: &str, [base, fork, upstream]: [&str; 3]) -> Self {
        let mut world = World::new(&[("src/a.rs", base), ("b.rs", "b\n")]);
        world.on_fork().commit("Ours", &[("src/a.rs", fork)]);
        world.on_upstream().commit("Call g", &[("src/a.rs", upstream), ("b.rs", "more\n")]);
        let case = Self { world, comments: 900 };
        case.fetched(rule);
        case
    }

    /// Upstream as it is now is what was fetched, and this is the configuration.
    fn fetched(&self, rule: &str) {
        self.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
        self.world.git(&["switch", "--quiet", "main"]);
        self.world.config(&config(rule));
    }

    fn out(&self, path: &str) -> PathBuf {
        self.world.folder().join("out").join(path)
    }

    /// One run, as from a terminal; returns what it prints.
    fn run(&self) -> String {
        let arguments =
            ["--repo", "fork", "--config", "uptake.yml", "--offline", "--quiet", "run", "--forge", "folder:out"];
        let (code, out, error) = uptake_in(self.world.folder(), &arguments, &toolchain());
        assert!(code == 0 || code == 3, "{code} {out}{error}");
        let may = json!({ "maintainer": "write", "passer-by": "read" });
        fs::write(self.out("permissions.json"), may.to_string()).expect("a file");
        out
    }

    fn body(&self) -> String {
        fs::read_to_string(self.out("pulls/1.md")).expect("a pull request")
    }

    /// The comment that accepts what is shown.
    fn line(&self) -> String {
        let body = self.body();
        let (_, rest) = body.split_once("in a comment: `").unwrap_or_else(|| panic!("nothing to accept: {body}"));
        rest.split_once('`').expect("code").0.to_owned()
    }

    /// Somebody comments on the pull request; returns the comment's number.
    fn say(&mut self, author: &str, body: &str) -> u64 {
        self.comments += 1;
        let id = self.comments;
        fs::create_dir_all(self.out("comments")).expect("a folder");
        fs::write(self.out(&format!("comments/{id}.md")), body).expect("a file");
        let record = json!({ "on": 1, "author": author, "bot": false, "created": "2025-12-01T10:00:00Z" });
        fs::write(self.out(&format!("comments/{id}.json")), record.to_string()).expect("a file");
        id
    }

    /// What the bot answered, all of it.
    fn answers(&self) -> String {
        let files = fs::read_dir(self.out("comments")).expect("comments").map(|entry| entry.expect("a file").path());
        let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
        files.sort();
        let text = files.iter().map(|path| fs::read_to_string(path).expect("a file"));
        text.filter(|text| text.contains("<!-- uptake-")).collect()
    }

    /// A file on the phase's branch.
    fn file(&self, path: &str) -> String {
        let object = format!("uptake/all:{path}");
        let shown = crate::support::git_in(&self.out("branches.git"), &["show", &object], 0);
        String::from_utf8_lossy(&shown.stdout).into_owned()
    }

    fn plan(&self) -> String {
        let arguments = ["--repo", "fork", "--config", "uptake.yml", "--offline", "--quiet", "plan"];
        uptake_in(self.world.folder(), &arguments, &toolchain()).1
    }

    /// A rule with a script that proposes.
    fn script(&self, text: &str, more: &str) -> String {
        let program = self.world.folder().join("proposer");
        write_program(&program, &format!("#!/bin/sh\n{text}\n"));
        format!(", command: ['{}']{more}", program.display())
    }
}

#[test]
fn what_is_proposed_is_shown_and_not_taken() {
    let case = Case::new("");
    let described = case.run();
    assert!(described.contains("1 decide (1 proposal to look at)"), "{described}");
    let body = case.body();
    let expected = "Proposed by putting the changes of both sides together word by word, which may be wrong; nothing of it is on the branch:\n\n\
                    ```diff\n@@ the fork, from line 2 @@\n-    let x = f(1, two, ours);\n+    let x = g(1, two, ours);\n```\n";
    assert!(body.contains(expected), "{body}");
    assert!(body.contains("(1 place, 1 proposal to look at). 1 proposal to look at."), "{body}");
    assert!(body.contains("**Nothing is ready yet.**"), "{body}");
    assert!(case.plan().contains("1 decide (1 proposal to look at)"), "{}", case.plan());
    let issue = fs::read_to_string(case.out("issues/2.md")).expect("a dashboard");
    assert!(issue.contains("1 place, 1 proposal to look at"), "{issue}");
    assert!(case.run().starts_with("Nothing to change\n"));
}

#[test]
fn an_accepted_proposal_is_that_persons_answer() {
    let mut case = Case::new("");
    case.run();
    let comment = case.line();
    let id = case.say("maintainer", &comment);
    let described = case.run();
    assert!(described.contains("record on the ledger: accept what is proposed for src/a.rs of "), "{described}");
    assert!(described.contains("1 resolved"), "{described}");
    assert_eq!((case.file("src/a.rs").as_str(), case.file("b.rs").as_str()), (BOTH, "more\n"));
    let body = case.body();
    assert!(body.contains("| resolved by maintainer: 1 file |"), "{body}");
    assert!(body.contains("` of maintainer, 2025-12-01T10:00:00Z"), "{body}");
    assert!(!body.contains("Proposed by"), "{body}");
    assert!(case.answers().contains("`src/a.rs` of "), "{}", case.answers());
    let signs = fs::read_to_string(case.out(&format!("comments/{id}.json"))).expect("a record");
    assert!(signs.contains("rocket"), "{signs}");
    assert!(case.run().starts_with("Nothing to change\n"));
    let arguments =
        ["--repo", "fork", "--config", "uptake.yml", "--offline", "memory", "list", "--forge", "folder:out"];
    let (code, said, error) = uptake_in(case.world.folder(), &arguments, &[]);
    assert!(code == 0 && said.contains("maintainer") && said.contains("in what was proposed"), "{said}{error}");
    let kept = crate::support::git_in(&case.out("branches.git"), &["ls-tree", "-r", "--name-only", "uptake/ledger"], 0);
    let kept = String::from_utf8_lossy(&kept.stdout).into_owned();
    assert!(kept.contains("resolutions/") && !kept.contains("proposals/"), "what is over is dropped: {kept}");
}

#[test]
fn a_stranger_accepts_nothing() {
    let mut case = Case::new("");
    case.run();
    let comment = case.line();
    case.say("passer-by", &comment);
    assert!(!case.run().contains("accept"));
    assert!(case.body().contains("nothing of it is on the branch"), "{}", case.body());
    assert!(case.answers().contains("takes write access"), "{}", case.answers());
}

#[test]
fn what_has_changed_since_is_not_accepted() {
    let mut case = Case::new("");
    case.run();
    let comment = case.line();
    // The fork goes on in the same file, and the comment was written before anybody saw what is proposed now.
    case.world.on_fork().commit("More of ours", &[("src/a.rs", &FORK.replace("ours", "ours, too"))]);
    case.say("maintainer", &comment);
    let described = case.run();
    assert!(!described.contains("resolved"), "{described}");
    assert!(case.answers().contains("is another one by now"), "{}", case.answers());
    // Without its name, the one that is shown by now is another than before.
    let (plain, _) = comment.rsplit_once(' ').expect("a name");
    let plain = plain.to_owned();
    case.world.on_fork().commit("Still more", &[("src/a.rs", &FORK.replace("ours", "ours, again"))]);
    case.say("maintainer", &plain);
    assert!(!case.run().contains("resolved"));
    assert!(case.answers().contains("is not what this pull request showed"), "{}", case.answers());
    case.say("maintainer", &plain);
    assert!(!case.run().contains("resolved"));
    assert!(case.answers().contains("another proposal was shown for"), "{}", case.answers());
    let comment = case.line();
    case.say("maintainer", &comment);
    assert!(case.run().contains("1 resolved"));
    assert_eq!(case.file("src/a.rs"), BOTH.replace("ours", "ours, again"));
}

#[test]
fn a_program_is_given_all_that_is_known_and_asked_once() {
    let mut case = Case::new("");
    let asked = case.world.folder().join("asked");
    // It says something else each time.
    let counter = case.world.folder().join("counter");
    let script = format!(
        "cat > '{}'; echo x >> '{}'; n=$(wc -l < '{}'); printf 'fn a() {{\\n    let x = g(1, two, ours, %d);\\n}}\\n' $n",
        asked.display(),
        counter.display(),
        counter.display()
    );
    let rule = case.script(&script, ", name: model");
    case.fetched(&rule);
    case.run();
    case.run();
    let body = case.body();
    assert!(
        body.contains("Proposed by `model`; nothing of it") && body.contains("+    let x = g(1, two, ours, 1);"),
        "{body}"
    );
    assert!(case.run().starts_with("Nothing to change\n"));
    assert_eq!(fs::read_to_string(&counter).expect("counted").lines().count(), 1, "it is asked once");
    let brief: serde_json::Value = serde_json::from_slice(&fs::read(&asked).expect("asked")).expect("JSON");
    assert_eq!((&brief["version"], &brief["path"]), (&json!(1), &json!("src/a.rs")));
    assert_eq!((&brief["base"], &brief["ours"], &brief["theirs"]), (&json!(BASE), &json!(FORK), &json!(UPSTREAM)));
    assert_eq!(brief["merge"][1]["conflict"]["theirs"], "    let x = g(1, two, three);\n");
    assert_eq!(brief["changes"]["fork"][0]["after"], "    let x = f(1, two, ours);\n");
    assert_eq!(brief["commit"]["subject"], "Call g");
    assert_eq!(brief["fork_commits"][0]["message"], "Ours\n");
    assert_eq!(brief["neighbours"][0]["path"], "b.rs");
    // What was shown is what is accepted, whatever it would say now.
    let comment = case.line();
    case.say("maintainer", &comment);
    assert!(case.run().contains("1 resolved"));
    assert!(case.file("src/a.rs").contains("g(1, two, ours, 1)"));
}

#[test]
fn what_cannot_be_shown_is_not_proposed_and_the_reason_is_said() {
    let case = Case::new("");
    for (script, more, why) in [
        ("sleep 30", ", seconds: 1", "proposer took longer than 1 seconds"),
        ("exit 3", "", "proposer ended with 3"),
        ("echo rubbish", "", "it is not the merged file with each place resolved, and nothing else"),
        ("printf 'a\\\\000b'", "", "what it makes is no text"),
        ("printf '\\\\377\\\\n'", "", "what it makes is no text"),
        ("head -c 100000000 /dev/zero | tr '\\\\0' x", "", "leaves more than 64 MB"),
        ("head -c 5000000 /dev/zero | tr '\\\\0' x", "", "the files are more than 4 MB"),
        (
            "printf 'fn a() {\\n<<<<<<< fork\\n    x\\n=======\\n    y\\n>>>>>>> theirs\\n}\\n'",
            "",
            "it leaves conflicts",
        ),
        ("printf 'fn b() {\\n    let x = 1;\\n}\\n'", "", "it is not the merged file with each place resolved"),
    ] {
        let rule = case.script(&script.replace("\\\\", "\\"), more);
        case.fetched(&rule);
        case.run();
        let body = case.body();
        assert!(body.contains(why), "{script}: {body}");
        assert!(!body.contains("in a comment: `/accept ") && case.plan().contains("1 decide;"), "{}", case.plan());
    }
    // One that has nothing to say is not blamed.
    case.fetched(&case.script("true", ""));
    case.run();
    assert!(!case.body().contains("proposer"), "{}", case.body());
}

#[test]
fn what_is_too_long_to_be_shown_is_not_accepted_unseen() {
    let long =
        format!("fn a() {{\n{}}}\n", (0..90).map(|at| format!("    f({at}, two, three);\n")).collect::<String>());
    let fork = long.replace("three", "ours");
    let upstream = long.replace("f(", "g(");
    let mut case = Case::of("", [&long, &fork, &upstream]);
    case.run();
    let body = case.body();
    assert!(body.contains("It is too long to be shown here: `uptake resolve "), "{body}");
    assert!(!body.contains("in a comment: `/accept"), "{body}");
    let sha = case.world.git(&["rev-parse", "--short=9", "upstream"]);
    case.say("maintainer", &format!("/accept {sha} src/a.rs"));
    assert!(!case.run().contains("resolved"));
    assert!(case.answers().contains("it was too long to be shown"), "{}", case.answers());
}
