//! Places that differ in form alone: what the other side says is taken, and nothing that either side says is lost.

use std::collections::HashMap;

use proptest::prelude::*;

use super::properties::{Sides, built_knowing};
use super::{built, described, rules};
use crate::support::{World, said};
use uptake::decision::{FileResolution, Ruling};
use uptake::pick::answer::ResolutionStore;
use uptake::pick::{Outcome, ResolvedBy};

/// A file as it was, and as each side has it.
fn world(path: &str, base: &str, fork: &str, upstream: &str) -> World {
    let mut world = World::new(&[(path, base)]);
    world.on_fork().commit("Fork", &[(path, fork)]);
    world.on_upstream().commit("Upstream", &[(path, upstream)]);
    world
}

/// Both ways round: whichever side changed the form, the file is the same. The second text says more than the first.
fn resolves(path: &str, base: &str, form: &str, words: &str, [as_fork, as_upstream]: [&str; 2]) {
    for (fork, upstream, expected) in [(form, words, as_fork), (words, form, as_upstream)] {
        let found = rules(&world(path, base, fork, upstream), "");
        // Where upstream changed the form alone, and the fork keeps its own, nothing is left to change.
        let outcome = if expected == fork { Outcome::NoOp } else { Outcome::Resolved };
        assert_eq!(found.picks[0].outcome, outcome, "{path}: {fork:?} {upstream:?}");
        assert!(found.picks[0].resolutions.iter().all(|found| found.by == ResolvedBy::Form), "{path}");
        assert_eq!(found.file(path), Some(expected), "{path}: {fork:?} {upstream:?}");
        assert_eq!(found.phase.checked.unnamed, [], "{path}");
        assert_eq!(found.phase.checked.named, 0, "{path}: nothing is given up");
    }
}

#[test]
fn trailing_space_is_no_conflict_in_any_file() {
    for path in ["a.md", "a.py", "a.rs", "a.yml", "Makefile", "LICENSE"] {
        resolves(
            path,
            "one\ntwo\nthree\n",
            "one\ntwo  \nthree\n",
            "one\ntwo and more\nthree\n",
            ["one\ntwo and more\nthree\n", "one\ntwo and more\nthree\n"],
        );
    }
}

#[test]
fn line_ends_are_no_conflict_and_stay_the_fork_s() {
    let (base, words) = ("one\ntwo\nthree\n", "one\n2\nthree\n");
    for path in ["a.py", "a.txt"] {
        resolves(path, base, "one\r\ntwo\r\nthree\r\n", words, ["one\r\n2\r\nthree\r\n", words]);
    }
}

#[test]
fn the_final_newline_is_no_conflict() {
    resolves("a.txt", "one\ntwo\n", "one\ntwo", "one\n2\n", ["one\n2\n", "one\n2\n"]);
    resolves("a.txt", "one\ntwo", "one\ntwo\n", "one\ntwo\nthree", ["one\ntwo\nthree", "one\ntwo\nthree"]);
}

#[test]
fn indentation_and_blank_lines_are_no_conflict_where_they_say_nothing() {
    let base = "fn a() {\n    one();\n    two();\n}\n";
    let form = "fn a() {\n  one();\n\n  two();\n}\n";
    let words = "fn a() {\n    one();\n    three();\n}\n";
    resolves("a.rs", base, form, words, [words, words]);
    for path in ["a.py", "a.yml", "Makefile", "a.md", "a.unknown"] {
        let found = rules(&world(path, base, form, words), "");
        assert_eq!(found.picks[0].outcome, Outcome::Decide, "{path}");
    }
}

#[test]
fn both_sides_changing_the_same_words_stays_a_conflict() {
    let found = rules(&world("a.rs", "one\ntwo\n", "one\n  2\n", "one\n\ttwo.\n"), "");
    assert_eq!(found.picks[0].outcome, Outcome::Decide);
    let found = rules(&world("a.rs", "let a = \"b  c\";\n", "let a = \"b c\";\n", "let a = \"b  d\";\n"), "");
    assert_eq!(found.picks[0].outcome, Outcome::Decide, "space between words may be in a string");
}

#[test]
fn what_both_sides_say_alike_stays_as_the_fork_writes_it() {
    let (base, fork) = ("one\ntwo\nx\ny\nz\n", "one\n  both\nx\ny\nz\n");
    let found = rules(&world("a.rs", base, fork, "one\n\tboth\nx\ny\nnew\n"), "");
    assert_eq!(found.file("a.rs"), Some("one\n  both\nx\ny\nnew\n"));
    assert_eq!(described(&found.picks[0]), "resolved\na.rs: 1 place differed in form alone (form)\n");
}

#[test]
fn a_person_is_asked_before_the_form_and_a_rule_after_it() {
    let world = world("a.txt", "one\ntwo\n", "one\ntwo  \n", "one\n2\n");
    let found = rules(&world, "{ path: a.txt, use: fork }");
    assert_eq!(found.file("a.txt"), Some("one\n2\n"), "nothing of either side is given up");
    assert_eq!(found.picks[0].resolutions[0].by, ResolvedBy::Form);
    let decided = Ruling::Resolve { phase: "all".into(), path: "a.txt".into(), how: FileResolution::Fork };
    let found = built(&world, "", &[said(decided)], &ResolutionStore::default());
    assert_eq!(found.file("a.txt"), Some("one\ntwo  \n"));
    let manual = Ruling::Resolve { phase: "all".into(), path: "a.txt".into(), how: FileResolution::Manual };
    let found = built(&world, "", &[said(manual)], &ResolutionStore::default());
    assert_eq!(found.picks[0].outcome, Outcome::Decide);
}

#[test]
fn the_pull_request_names_what_differed_in_form_alone() {
    let text = |two: &str, eight: &str| format!("one\n{two}\nthree\nfour\nfive\nsix\nseven\n{eight}\n");
    let (base, fork, upstream) = (text("two", "eight"), text("two  ", "8"), text("2", "eight "));
    let found = rules(&world("a.txt", &base, &fork, &upstream), "");
    assert_eq!(found.file("a.txt"), Some(text("2", "8").as_str()));
    assert!(found.body().contains("2 places differed in form alone"), "{}", found.body());
    let found = rules(&world("a.txt", &base, &fork, &text("2", "acht")), "");
    assert_eq!(found.picks[0].outcome, Outcome::Decide, "one place is not all of them");
}

/// One line of a side: whether it says something new, and how it is written.
type Line = (Option<u8>, &'static str, &'static str);

fn side() -> impl Strategy<Value = Vec<Line>> {
    let line = (prop::option::weighted(0.2, 0_u8..4), prop::sample::select(vec!["", "  ", "\t", "\n"]));
    let line = (line, prop::sample::select(vec!["\n", " \n", "\r\n", "\t\r\n"]));
    proptest::collection::vec(line.prop_map(|((says, before), end)| (says, before, end)), 6)
}

/// The text of a side, `who` being in each word of its own.
fn written(side: &[Line], who: &str) -> String {
    let line = |(at, (says, before, end)): (usize, &Line)| match says {
        Some(word) => format!("{before}{who} {at} says {word}{end}"),
        None => format!("{before}line {at}{end}"),
    };
    side.iter().enumerate().map(line).collect()
}

fn tokens(text: &str) -> HashMap<&str, usize> {
    let mut found = HashMap::new();
    text.split_whitespace().for_each(|token| *found.entry(token).or_default() += 1);
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Whatever is resolved by form, each word that a side added is there as often as that side has it; and where one side added
    /// none, all that the other says is there, and nothing else.
    #[test]
    fn nothing_that_either_side_says_is_lost(ours in side(), theirs in side()) {
        let plain: Vec<Line> = vec![(None, "", "\n"); 6];
        let [base, fork, upstream] = [written(&plain, ""), written(&ours, "fork"), written(&theirs, "upstream")];
        let all = |text: &String| vec![text.clone(); 3];
        let names = ["a.rs", "b.py", "c.md"];
        let sides = Sides { names, base: all(&base), fork: all(&fork), upstream: vec![all(&upstream)] };
        let (phase, files) = built_knowing(&sides, "{ path: 'b.py', use: union }, { path: 'c.md', use: union }", &[0], &ResolutionStore::default());
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        let silent = |side: &[Line]| side.iter().all(|(says, ..)| says.is_none());
        let decide = phase.picks.iter().any(|pick| pick.outcome == Outcome::Decide);
        prop_assert!(!decide || !silent(&ours) && !silent(&theirs), "{fork:?} {upstream:?}");
        if decide {
            return Ok(());
        }
        let [before, ours_said, theirs_said, result] = [&base, &fork, &upstream, &files["a.rs"]].map(|text| tokens(text));
        for said in [&ours_said, &theirs_said] {
            for (token, count) in said.iter().filter(|(token, _)| !before.contains_key(*token)) {
                prop_assert!(result.get(token) >= Some(count), "{token} is lost: {fork:?} {upstream:?} -> {:?}", files["a.rs"]);
            }
        }
        if silent(&ours) {
            prop_assert_eq!(result, theirs_said);
        } else if silent(&theirs) {
            prop_assert_eq!(result, ours_said);
        }
    }
}
