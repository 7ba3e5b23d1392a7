//! What says that the fork has a change: names that only look alike, the ways people name a backport, syncs that were squashed.

use uptake::decision::Ruling;
use uptake::line::OnLine;
use uptake::pick::Outcome;
use uptake::survey::{EvidenceKind, LineShare, Verdict};

use super::{ALL, line, outcomes, unit};
use crate::support::World;

#[test]
fn every_way_in_which_people_name_the_commit_of_a_backport_is_read() {
    let forms: [fn(&str) -> String; 9] = [
        |sha| format!("commit {sha} upstream."),
        |sha| format!("[ Upstream commit {sha} ]"),
        |sha| format!("(backported from commit {sha})"),
        |sha| format!("(cherry picked from commit {sha} linux-stable)"),
        |sha| format!("Upstream-commit: {sha}"),
        |sha| format!("(cherry-picked from commit {sha})"),
        |sha| format!("Cherry-picked from https://github.com/upstream-owner/engine/commit/{sha}"),
        |sha| format!("(cherry picked from commit {sha})"),
        |sha| format!("(cherry picked from commit\n{sha})"),
    ];
    let names: Vec<String> = (0..forms.len()).map(|at| format!("f{at}.c")).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), "int f(void)\n{\n\tint r = 0;\n}\n")).collect();
    let mut world = World::new(&files);
    for (name, form) in names.iter().zip(forms) {
        let fix = world
            .on_upstream()
            .commit(&format!("{name}: start at one"), &[(name, "int f(void)\n{\n\tint r = 1;\n}\n")]);
        let ours = "int f(int arg)\n{\n\tint r = arg ?: 1;\n}\n";
        world.on_fork().commit(&format!("{name}: begin with one\n\n{}", form(&fix.to_string())), &[(name, ours)]);
    }
    let survey = world.survey();
    for unit in &survey.commits {
        assert_eq!(unit.verdict, Verdict::Taken, "{}", unit.subject);
        assert!(unit.evidence.iter().any(|sign| sign.kind == EvidenceKind::Trailer), "{}", unit.subject);
        // In a form of the fork's own, and none of it as upstream wrote it.
        assert_eq!((unit.adapted, unit.share), (true, Some(LineShare { there: 0, of: 1 })));
    }
}

#[test]
fn what_is_only_called_the_same_is_open_and_a_decision_is_obeyed() {
    let text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
    let mut world = World::new(&[("README.md", text), ("net.rs", text)]);
    world.on_fork().commit("Update README.md", &[("README.md", &text.replace("one", "our one"))]);
    world.commit("Count connections (#14)", &[("net.rs", &text.replace("one", "ours();"))]);
    let fix = world
        .on_upstream()
        .commit("Update README.md", &[("README.md", &text.replace("seven", "Never as root: CVE-2025-0001."))]);
    world.commit("Check the peer (#14)", &[("net.rs", &text.replace("seven", "check();"))]);
    let (_, survey, built) = world.build(ALL);
    assert_eq!(line(&survey), [OnLine::Clean, OnLine::Clean]);
    let kinds: Vec<_> =
        survey.commits.iter().map(|unit| unit.evidence.iter().map(|sign| sign.kind).collect::<Vec<_>>()).collect();
    assert_eq!(kinds, [vec![], vec![]], "no line is alike, so that it is no sign at all");
    assert_eq!(outcomes(&built), [Outcome::Clean, Outcome::Clean]);
    world.decide([Ruling::Pick { sha: fix, phase: "all".into() }]);
    let (_, _, built) = world.build(&ALL.replace("subject: .", "subject: ^None"));
    assert_eq!(outcomes(&built), [Outcome::Clean]);
}

#[test]
fn a_squashed_sync_is_taken_by_what_it_brought() {
    let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    let mut world = World::new(&[("a.txt", text), ("v.txt", "v0\n"), ("b.txt", text)]);
    world.on_upstream();
    for (subject, file, content) in [
        ("v1", "v.txt", "v1\n".to_owned()),
        ("v2", "v.txt", "v2\n".to_owned()),
        ("Spell five", "a.txt", text.replace('5', "five")),
        ("v3", "v.txt", "v3\n".to_owned()),
    ] {
        world.commit(subject, &[(file, &content)]);
    }
    world.on_fork().commit("Ours", &[("FORK.md", "ours\n")]);
    world.git(&["merge", "--quiet", "--squash", "upstream"]);
    let sync = world.commit_all("Sync master with upstream (b10632) (#80)");
    world.commit("Our version", &[("v.txt", "v3-ours\n")]);
    world.on_upstream().commit("v4", &[("v.txt", "v4\n")]);
    world.commit("Spell nine", &[("b.txt", &text.replace('9', "nine"))]);
    let survey = world.survey();
    assert_eq!(
        line(&survey),
        [OnLine::Taken, OnLine::Taken, OnLine::Taken, OnLine::Taken, OnLine::Decide, OnLine::Clean]
    );
    for taken in &survey.commits[..4] {
        assert!(
            taken.evidence.iter().any(|sign| sign.kind == EvidenceKind::Squash && sign.fork_commit == sync),
            "{taken:?}"
        );
    }
    // A later file alone is no sync: one of the four was never brought.
    assert_eq!(unit(&survey, "Spell nine").evidence, []);
}
