//! Any bytes, an answer: more than a thousand repositories that git would not write. Each ends in time, without a panic, with the right
//! answer or with an error that says what is wrong.

#[path = "hostile/commits.rs"]
mod commits;
#[path = "hostile/craft.rs"]
mod craft;
#[path = "hostile/damage.rs"]
mod damage;
#[path = "hostile/large.rs"]
mod large;
#[path = "hostile/names.rs"]
mod names;

use craft::{Craft, FILE, FOLDER, Name};
use uptake::pick::Built;
use uptake::survey::Survey;

/// The kinds of reasons for which units are left out.
fn left_out(built: &Built) -> Vec<&'static str> {
    built.phases.iter().flat_map(|phase| &phase.left_out).map(|left| left.reason.kind()).collect()
}

fn subjects(survey: &Survey) -> Vec<&str> {
    survey.commits.iter().map(|unit| unit.subject.as_str()).collect()
}

/// A file that both sides have, the commit they have in common, and the fork's, which adds a file of its own.
fn begun(craft: &mut Craft) -> ((&'static str, &'static [u8], Name), Name, Name) {
    let first = (FILE, &b"a"[..], craft.blob("1\n"));
    let base = craft.tree(&[first]);
    let base = craft.commit(base, &[], "base");
    let ours = craft.tree(&[first, (FILE, b"zz", craft.blob("ours\n"))]);
    let fork = craft.commit(ours, &[base], "ours");
    (first, base, fork)
}

/// A fork with a file of its own, and an upstream that adds these entries to its only file and then changes that file.
fn world(entries: impl FnOnce(&Craft) -> Vec<(&'static str, Vec<u8>, Name)>) -> Craft {
    let mut craft = Craft::new();
    let (first, base, fork) = begun(&mut craft);
    let added = entries(&craft);
    let tree = |craft: &Craft, first| {
        let entries: Vec<(&str, &[u8], Name)> = added.iter().map(|(mode, name, id)| (*mode, &name[..], *id)).collect();
        let mut all: Vec<_> = std::iter::once(first).chain(entries).collect();
        // As git sorts them, so that only the names are odd.
        all.sort_by_key(|(mode, name, _)| [*name, if *mode == FOLDER { b"/" } else { b"" }].concat());
        craft.tree(&all)
    };
    let one = tree(&craft, first);
    let one = craft.commit(one, &[base], "fix: add");
    let changed = (FILE, &b"a"[..], craft.blob("2\n"));
    let two = tree(&craft, changed);
    let two = craft.commit(two, &[one], "fix: change a");
    craft.heads(fork, two);
    craft
}

#[test]
fn no_command_sends_a_terminal_what_drives_it() {
    let odd = "\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}2J\u{202e}\u{1b}[201~f";
    let mut craft = Craft::new();
    let tree = |craft: &Craft, text: &str| craft.tree(&[(FILE, odd.as_bytes(), craft.blob(text))]);
    let [base, ours, theirs] = ["1\n", "ours \u{1b}[2J\n", "theirs \u{9b}2J\n"].map(|text| tree(&craft, text));
    let base = craft.commit(base, &[], odd);
    let fork = craft.commit(ours, &[base], odd);
    let signature =
        format!("{odd} <{odd}> 1700000000 +0000").replace('>', "").replacen(" 1700000000", "> 1700000000", 1);
    let upstream = craft.commit_by(theirs, &[base], odd.as_bytes(), (signature.as_bytes(), signature.as_bytes()));
    craft.heads(fork, upstream);
    let sha = craft::hex(upstream);
    let config = format!("upstream: {{ branch: \"a\" }}\nphases: [] # {odd}\nodd{}: 1\n", '\u{202e}');
    std::fs::write(craft.folder().join("wrong.yml"), config).expect("a file");
    for (config, command) in [
        ("uptake.yml", &["survey"][..]),
        ("uptake.yml", &["plan"]),
        ("uptake.yml", &["why", &sha]),
        ("uptake.yml", &["report"]),
        ("uptake.yml", &["run", "--forge", "folder:out", "--dry-run"]),
        ("wrong.yml", &["plan"]),
    ] {
        let common = ["--repo", "repo.git", "--config", config, "--offline", "--color", "never"];
        let (code, stdout, stderr) = crate::support::uptake(craft.folder(), &[&common[..], command].concat());
        assert!(code != 101 && code >= 0, "{command:?}: {stderr}");
        let drives = |c: char| c != '\n' && uptake::text::hides(c);
        assert!(!stdout.contains(drives) && !stderr.contains(drives), "{command:?}: {stdout:?} {stderr:?}");
        assert!(command[0] != "why" || stdout.contains(r"$'\033]0;x\007"), "{stdout}");
    }
}
