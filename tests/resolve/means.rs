//! Programs that resolve conflicts: formatters and merge drivers, in whose place functions stand here. Nothing that either side says is
//! lost, and one that cannot be relied on leaves the conflict as it was.

use std::cell::{Cell, RefCell};

use proptest::prelude::*;

use super::properties::{Programs, Sides, built_knowing_with};
use super::{Built, built_with, described};
use crate::support::World;
use uptake::pick::answer::ResolutionStore;
use uptake::pick::runner::{CommandError, CommandRunner, Task};
use uptake::pick::{LockfileCache, Outcome, ResolvedBy};

/// Stands for all programs; the first word of the command says which.
#[derive(Debug, Default)]
struct Fakes {
    started: Cell<usize>,
    /// Whether each might use the network, and for how many seconds.
    allowed: RefCell<Vec<(bool, u64)>>,
}

impl CommandRunner for Fakes {
    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
        self.started.set(self.started.get() + 1);
        self.allowed.borrow_mut().push((task.network, task.seconds));
        let input = String::from_utf8_lossy(&task.input).into_owned();
        let [base, ours, theirs] = [0, 1, 2].map(|at| {
            let file = task.files.get(at).map(|(_, content)| String::from_utf8_lossy(content).into_owned());
            file.unwrap_or_default()
        });
        let text = match task.command[0].as_str() {
            "tidy" => tidy(&input),
            "growing" => format!("{input}x\n"),
            "rewriting" => input.replace("one", "1"),
            "failing" => {
                return Err(CommandError::Failed { program: "failing".into(), code: Some(3), lines: Vec::new() });
            }
            "missing" => return Err(CommandError::NotInstalled("missing".into())),
            "weave" => weave(&base, &ours, &theirs),
            "theirs" => theirs,
            "marking" => format!("<<<<<<< a\n{ours}=======\n{theirs}>>>>>>> b\n"),
            other => panic!("{other}"),
        };
        Ok(text.into_bytes())
    }
}

/// Bullets are hyphens, numbers ones, and space is one blank.
fn tidy(text: &str) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let line = words.join(" ");
        let number = line.split_once(". ").filter(|(number, _)| number.chars().all(|sign| sign.is_ascii_digit()));
        match (number, line.strip_prefix("* ")) {
            (Some((_, rest)), _) => format!("1. {rest}\n"),
            (_, Some(rest)) => format!("- {rest}\n"),
            _ => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

/// Word by word, where all sides have as many lines and words: of each word that of the side that changed it, else both.
fn weave(base: &str, ours: &str, theirs: &str) -> String {
    let words = |base: &str, ours: &str, theirs: &str| {
        let word = |((base, ours), theirs): ((&str, &str), &str)| match (ours == base, theirs == base) {
            (true, _) => theirs.to_owned(),
            (_, true) => ours.to_owned(),
            _ => format!("{ours}+{theirs}"),
        };
        base.split(' ').zip(ours.split(' ')).zip(theirs.split(' ')).map(word).collect::<Vec<_>>().join(" ")
    };
    base.lines()
        .zip(ours.lines())
        .zip(theirs.lines())
        .map(|((base, ours), theirs)| words(base, ours, theirs) + "\n")
        .collect()
}

fn world(path: &str, base: &str, fork: &str, upstream: &str) -> World {
    let mut world = World::new(&[(path, base), (".gitattributes", "*.woven merge=weave\n")]);
    world.on_fork().commit("Fork", &[(path, fork)]);
    world.on_upstream().commit("Upstream", &[(path, upstream)]);
    world
}

/// Builds with these path rules and this formatter for documents.
fn formed(world: &World, rules: &str, formatter: &str) -> Built {
    let rules = format!("{rules} ]\nformat: [ {{ path: '**/*.md', command: [{formatter}] }} ");
    built_with(world, &rules, &[], &ResolutionStore::default(), &Fakes::default(), &LockfileCache::default())
}

const BASE: &str = "# List\n\n* one\n* two\n* three\n\nmiddle\n\n1. first\n2. second\n3. third\n";
/// In another form, with a word of its own.
const FORK: &str = "# List\n\n- one\n- two\n- three\n\nmiddle\n\n1. first\n1. second of ours\n1. third\n";

#[test]
fn what_a_formatter_gives_one_form_is_merged_and_given_back_in_the_fork_s() {
    let upstream = BASE.replace("* two", "* two and a half").replace("3. third", "3. third\n4. fourth");
    let found = formed(&world("a.md", BASE, FORK, &upstream), "", "tidy");
    let expected = FORK.replace("- two", "- two and a half").replace("1. third", "1. third\n1. fourth");
    assert_eq!(found.file("a.md"), Some(expected.as_str()));
    assert_eq!(described(&found.picks[0]), "resolved\na.md: 2 places differed in form alone (form of tidy)\n");
    assert_eq!((found.phase.checked.named, found.phase.checked.unnamed.as_slice()), (0, &[][..]));
    assert!(found.body().contains("2 places differed in form alone"), "{}", found.body());

    // The other way round: upstream's form is not brought in with its words.
    let found = formed(&world("a.md", BASE, &upstream, FORK), "", "tidy");
    assert_eq!(found.file("a.md"), Some(upstream.replace("2. second", "1. second of ours").as_str()));
    // With the fork's line ends.
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let found = formed(&world("a.md", BASE, &crlf(FORK), &upstream), "", "tidy");
    assert_eq!(found.file("a.md"), Some(crlf(&expected).as_str()));
}

#[test]
fn form_comes_before_a_rule_that_gives_up_a_side_s_lines() {
    let upstream = BASE.replace("* two", "* 2").replace("2. second", "2. second of theirs");
    let found = formed(&world("a.md", BASE, FORK, &upstream), "{ path: '**/*.md', use: upstream }", "tidy");
    let text = found.file("a.md").unwrap_or_default();
    assert!(text.contains("- 2\n- three") && text.contains("1. second of theirs\n1. third"), "{text}");
    assert_eq!(
        described(&found.picks[0]),
        "resolved\na.md: 1 of 2 places differed in form alone (form of tidy)\n\
         a.md: upstream's lines in 1 of 2 places (rule **/*.md)\n  fork: 1. second of ours\n"
    );
    assert_eq!(found.phase.checked.unnamed, [], "all that is not there is named");
}

#[test]
fn a_person_meets_what_is_left_alone() {
    let upstream = BASE.replace("* two", "* 2").replace("2. second", "2. second of theirs");
    let found = formed(&world("a.md", BASE, FORK, &upstream), "", "tidy");
    let pick = &found.picks[0];
    assert_eq!(described(pick), "decide\na.md: open; 1 of its 2 places would be resolved\n");
    let conflict = &pick.conflicts[0];
    assert_eq!((conflict.places, conflict.hunks.len(), conflict.whose.len()), (1, 1, 1));
    let hunk = &conflict.hunks[0];
    assert_eq!((hunk.line, hunk.their_line), (10, 10), "as the files' lines are");
    assert_eq!((&*hunk.ours[0], &*hunk.theirs[0]), ("1. second of ours", "1. second of theirs"));
    assert!(conflict.left.is_some());
}

#[test]
fn a_formatter_that_cannot_be_relied_on_is_not_used_and_named() {
    let upstream = BASE.replace("* two", "* 2");
    for (formatter, why) in [
        ("growing", "growing is not used: it makes something else of its own output"),
        ("rewriting", "rewriting is not used: it changes what the file says"),
        ("failing", "failing is not used: failing ended with 3"),
        ("missing", "missing is not used: missing is not installed"),
    ] {
        let found = formed(&world("a.md", BASE, FORK, &upstream), "", formatter);
        assert_eq!(described(&found.picks[0]), format!("decide\na.md: open; {why}\n"));
        assert_eq!(found.picks[0].conflicts[0].places, 1);
        // A rule goes on without it, and says so.
        let found = formed(&world("a.md", BASE, FORK, &upstream), "{ path: a.md, use: upstream }", formatter);
        assert!(described(&found.picks[0]).contains(&format!("  {why}.\n")), "{}", described(&found.picks[0]));
    }
}

#[test]
fn a_file_that_one_side_removed_and_the_other_formatted_alone_is_removed() {
    let removed = |path: &str, fork: &str, formatter: &str| {
        let mut world = World::new(&[(path, BASE), ("b", "b\n")]);
        world.on_fork().commit("Format", &[(path, fork)]);
        world.on_upstream().git(&["rm", "--quiet", path]);
        world.commit("Remove", &[]);
        formed(&world, "", formatter)
    };
    let spaced = BASE.replace('\n', "  \n");
    for (path, fork, by) in [("a.txt", spaced.as_str(), "form"), ("a.md", &tidy(BASE), "form of tidy")] {
        let found = removed(path, fork, "tidy");
        let how = "removed, as upstream does; the fork's changes to it go";
        assert_eq!(described(&found.picks[0]), format!("resolved\n{path}: {how} ({by})\n"));
        assert_eq!((found.file(path), found.phase.checked.unnamed.as_slice()), (None, &[][..]));
    }
    assert_eq!(removed("a.md", FORK, "tidy").picks[0].outcome, Outcome::Decide, "it says something of its own");
    assert_eq!(removed("a.md", &tidy(BASE), "failing").picks[0].outcome, Outcome::Decide);
}

fn driven(world: &World, rules: &str) -> Built {
    built_with(world, rules, &[], &ResolutionStore::default(), &Fakes::default(), &LockfileCache::default())
}

const RULE: &str = "{ path: '**/*.rs', use: driver, command: [weave, '%O', '%A', '%B'] }";

#[test]
fn a_driver_resolves_and_says_what_stands_in_each_place() {
    let world = world("a.rs", "one two three\nx\n", "1 two three\nx\n", "one two 3\nx\n");
    let found = driven(&world, RULE);
    assert_eq!(found.file("a.rs"), Some("1 two 3\nx\n"));
    assert_eq!(
        described(&found.picks[0]),
        "resolved\na.rs: merged in 1 place (driver weave)\n  At the fork's line 1: `1 two 3`.\n"
    );
    assert_eq!((found.phase.checked.named, found.phase.checked.unnamed.as_slice()), (0, &[][..]));
    assert!(found.body().contains("merge driver `weave`"), "{}", found.body());
}

#[test]
fn a_driver_that_fails_leaves_the_conflict_as_it_was() {
    for (driver, why) in [
        ("failing", "failing is not used: it leaves conflicts"),
        ("missing", "missing is not used: missing is not installed"),
        ("marking", "marking is not used: it leaves conflicts"),
        ("theirs", "theirs is not used: the fork's word `1` would be missing"),
    ] {
        let world = world("a.rs", "one two three\n", "1 two three\n", "one two 3\n");
        let found = driven(&world, &RULE.replace("weave", driver));
        assert_eq!(described(&found.picks[0]), format!("decide\na.rs: open; {why}\n"));
        assert_eq!(found.picks[0].conflicts[0].hunks.len(), 1);
    }
}

#[test]
fn attributes_name_a_driver_that_the_configuration_knows_and_no_other() {
    let (base, fork, upstream) = ("one two three\n", "1 two three\n", "one two 3\n");
    let found = driven(&world("a.woven", base, fork, upstream), RULE);
    assert_eq!(found.file("a.woven"), Some("1 two 3\n"));
    for rules in
        [RULE.replace("weave", "theirs"), RULE.replace("use: driver", "use: driver, name: other"), String::new()]
    {
        let found = driven(&world("a.woven", base, fork, upstream), &rules);
        assert_eq!(described(&found.picks[0]), "decide\na.woven: open\n", "{rules}");
    }
    let ruled = format!("{{ path: a.woven, use: upstream }}, {RULE}");
    let found = driven(&world("a.woven", base, fork, upstream), &ruled);
    assert!(matches!(found.picks[0].resolutions[0].by, ResolvedBy::Rule { .. }), "a rule for the path goes first");
}

const FORMAT: &str = " ]\nformat: [ { path: '**/*.md', command: [tidy] } ";

fn built_by(world: &World, rules: &str, fakes: &Fakes) -> Built {
    built_with(world, rules, &[], &ResolutionStore::default(), fakes, &LockfileCache::default())
}

#[test]
fn neither_a_formatter_nor_a_driver_has_a_network_or_more_than_a_minute() {
    let fakes = Fakes::default();
    let found = built_by(&world("a.rs", "one two three\n", "1 two three\n", "one two 3\n"), RULE, &fakes);
    assert_eq!(found.file("a.rs"), Some("1 two 3\n"));
    let driven = fakes.started.get();
    built_by(&world("a.md", BASE, FORK, &BASE.replace("* two", "* 2")), FORMAT, &fakes);
    assert!(driven > 0 && fakes.started.get() > driven);
    assert!(fakes.allowed.borrow().iter().all(|allowed| *allowed == (false, 60)), "{:?}", fakes.allowed);
}

#[test]
fn what_is_larger_than_four_mebibytes_is_given_to_no_formatter_and_no_driver() {
    let fakes = Fakes::default();
    // Three of these are more, and one of those.
    let long = |size: usize, line: &str| format!("{}\n{line}\n", "x".repeat(size));
    let [base, fork, upstream] = ["one two three", "1 two three", "one two 3"].map(|line| long(3 << 19, line));
    let found = built_by(&world("a.rs", &base, &fork, &upstream), RULE, &fakes);
    assert_eq!(described(&found.picks[0]), "decide\na.rs: open; weave is not used: the files are more than 4 MB\n");
    let [base, fork, upstream] = ["* one", "- one of ours", "* one of theirs"].map(|line| long(9 << 19, line));
    let found = built_by(&world("a.md", &base, &fork, &upstream), FORMAT, &fakes);
    assert_eq!(described(&found.picks[0]), "decide\na.md: open; tidy is not used: the files are more than 4 MB\n");
    assert_eq!(fakes.started.get(), 0);
}

/// Lines of a list, each with a bullet and a few words; a side may have changed words, bullets and space.
fn list() -> impl Strategy<Value = Vec<(&'static str, Option<u8>, &'static str)>> {
    let bullet = prop::sample::select(vec!["* ", "-  ", "*   "]);
    let end = prop::sample::select(vec!["", " ", "  "]);
    proptest::collection::vec((bullet, prop::option::weighted(0.25, 0_u8..3), end), 6)
}

fn written(side: &[(&str, Option<u8>, &str)], who: &str) -> String {
    let line = |(at, (bullet, says, end)): (usize, &(&str, Option<u8>, &str))| match says {
        Some(word) => format!("{bullet}item {at} {who}{word}{end}\n"),
        None => format!("{bullet}item {at} base{end}\n"),
    };
    side.iter().enumerate().map(line).collect()
}

/// The words of a text, counted, apart from the product's own counting.
fn words(text: &str) -> std::collections::BTreeMap<String, usize> {
    let mut found = std::collections::BTreeMap::new();
    let all = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    all.for_each(|word| *found.entry(word.to_owned()).or_default() += 1);
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// By form: each side's words are there, those that the other took away aside, and nothing else is.
    #[test]
    fn a_formatter_loses_nothing_of_either_side(ours in list(), theirs in list()) {
        let base = written(&[("* ", None, ""); 6], "");
        let (fork, upstream) = (written(&ours, "fork"), written(&theirs, "upstream"));
        let all = |text: &String| vec![text.clone(); 3];
        let sides = Sides { names: ["a.md", "b.txt", "c.txt"], base: all(&base), fork: all(&fork), upstream: vec![all(&upstream)] };
        let fakes = Fakes::default();
        let programs = Programs { format: "{ path: '**/*.md', command: [tidy] }", runner: &fakes };
        let rules = "{ path: '*.txt', use: union }";
        let (phase, files) = built_knowing_with(&sides, rules, &[0], &ResolutionStore::default(), programs);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        let meet = ours.iter().zip(&theirs).any(|(ours, theirs)| ours.1.is_some() && theirs.1.is_some());
        if phase.picks.iter().any(|pick| pick.outcome == Outcome::Decide) {
            return Ok(());
        }
        prop_assert!(!meet, "both sides' words of one line are no matter of form");
        let side = |at: usize| [&ours, &theirs].into_iter().zip(["fork", "upstream"]).find_map(|(side, who)| Some(format!("{who}{}", side[at].1?)));
        let expected: String = (0..6).map(|at| format!("item {at} {}\n", side(at).unwrap_or_else(|| "base".into()))).collect();
        prop_assert_eq!(words(&files["a.md"]), words(&expected), "{:?}", files["a.md"]);
    }

    /// By a driver: what it leaves out it is not asked for again; what it makes has each side's words.
    #[test]
    fn a_driver_loses_nothing_of_either_side(ours in list(), theirs in list(), driver in prop::sample::select(vec!["weave", "theirs", "failing"])) {
        let base = written(&[("* ", None, ""); 6], "");
        let (fork, upstream) = (written(&ours, "fork"), written(&theirs, "upstream"));
        let all = |text: &String| vec![text.clone(); 3];
        let sides = Sides { names: ["a.rs", "b.txt", "c.txt"], base: all(&base), fork: all(&fork), upstream: vec![all(&upstream)] };
        let fakes = Fakes::default();
        let programs = Programs { format: "", runner: &fakes };
        let rules = format!("{}, {{ path: '*.txt', use: union }}", RULE.replace("weave", driver));
        let (phase, files) = built_knowing_with(&sides, &rules, &[0], &ResolutionStore::default(), programs);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        let resolutions = || phase.picks.iter().flat_map(|pick| &pick.resolutions);
        if resolutions().all(|found| !matches!(found.by, ResolvedBy::Driver { .. })) {
            return Ok(());
        }
        let (before, result) = (words(&base), words(&files["a.rs"]));
        for side in [words(&fork), words(&upstream)] {
            for (word, count) in side.iter().filter(|(word, _)| !before.contains_key(*word)) {
                prop_assert!(result.get(word) >= Some(count), "{word} is lost: {fork:?} {upstream:?} -> {:?}", files["a.rs"]);
            }
        }
    }
}
