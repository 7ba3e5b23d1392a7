//! The configuration: what is refused and with which words, what is taken and as what.

mod whole;
mod write;

use engine::ids::CommitId;
use uptake::config::{Lookup, check_text, schema};
use uptake::yaml::{Problems, text_of};

use crate::support::parse_config;

const BAD: &str = include_str!("config/bad.md");
const MINIMAL: &str = include_str!("../config/minimal.yml");

/// The commits the repository of these tests has.
const COMMITS: [&str; 5] = [
    "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334",
    "1234567890abcdef1234567890abcdef12345678",
    "abcdef0000000000000000000000000000000001",
    "abcdef0000000000000000000000000000000002",
    "5f2beedd30000000000000000000000000000000",
];

fn lookup(written: &str) -> Lookup {
    let fits: Vec<&str> = COMMITS.into_iter().filter(|sha| sha.starts_with(written)).collect();
    match fits[..] {
        [only] => Lookup::Found(id(only)),
        [] => {
            let like = COMMITS.iter().filter(|sha| sha.starts_with(&written[..4])).map(|sha| id(sha).short());
            Lookup::Unknown { like: like.collect() }
        }
        _ => Lookup::Ambiguous(fits.len()),
    }
}

fn id(sha: &str) -> CommitId {
    sha.parse().expect("a full SHA")
}

fn problems(text: &str) -> Problems {
    match parse_config(text, "uptake.yml", &lookup) {
        Ok(config) => panic!("this is taken:\n{text}\n{config:?}"),
        Err(problems) => problems,
    }
}

#[test]
fn every_bad_configuration_is_told_what_is_wrong() {
    let block = |case: &str, kind: &str| {
        let (_, rest) = case.split_once(&format!("```{kind}\n")).expect("a block of each kind");
        rest.split_once("```\n").expect("an end of each block").0.to_owned()
    };
    let cases: Vec<&str> = BAD.split("\n## ").skip(1).collect();
    assert!(cases.len() >= 50, "{} cases", cases.len());
    for case in cases {
        let said = problems(&block(case, "yaml")).to_string();
        assert_eq!(said, block(case, "text").trim_end(), "{}", case.lines().next().unwrap_or_default());
    }
}

#[test]
fn a_problem_is_shown_with_its_line_and_the_other_line_it_concerns() {
    let text = "\
phases:
  - id: fixes
    title: Fixes
    priority: 1
    commits: [a1b2c3d]
  - id: fixes
    title: Überall
    priorty: 2
    commits: [5f2beedd4]
";
    let expected = "\
error: the phase `fixes` is there twice, first on line 2
 --> uptake.yml:6:9
  |
2 |   - id: fixes
  |         ----- first here
...
6 |   - id: fixes
  |         ^^^^^
  |
  = help: join the two, or give one another id

error: unknown key `priorty` in an item of `phases`
 --> uptake.yml:8:5
  |
8 |     priorty: 2
  |     ^^^^^^^
  |
  = help: did you mean `priority`? known here: id, title, priority, take, slice, land, note, estimate, optional, commits, categories, rules, on_conflict, ci

error: the repository has no commit `5f2beedd4`
 --> uptake.yml:9:15
  |
9 |     commits: [5f2beedd4]
  |               ^^^^^^^^^
  |
  = help: did you mean `5f2beedd3`?
";
    assert_eq!(problems(text).render(text, false), expected);
    assert!(problems(text).render(text, true).contains("\u{1b}["));
}

#[test]
fn a_file_that_is_no_text_is_refused_where_it_stops_being_one() {
    fn refused(bytes: &[u8]) -> Result<&str, String> {
        text_of(bytes, "uptake.yml").map_err(|problems| problems.to_string())
    }
    assert_eq!(
        refused(b"a: 1\nb: \xc3\xa9\xff"),
        Err("uptake.yml:2:5: the file is not UTF-8: there is a byte 0xff here (save it as UTF-8)".into())
    );
    assert_eq!(refused(b"\xff\xfea\0"), Err("uptake.yml:1:1: the file is UTF-16 (save it as UTF-8)".into()));
    assert_eq!(refused(b"\xef\xbb\xbfphases: []"), Ok("phases: []"));
    let control = "local: [docs]\nstacking: \"\u{7}\"\n";
    assert_eq!(
        problems(control).to_string(),
        "uptake.yml:2:12: a control character, `\\u{7}` (remove it; in double quotes it can be written as an escape)"
    );
}

#[test]
fn a_file_that_would_fill_the_memory_is_refused() {
    let large = "# x\n".repeat(300_000);
    let said = problems(&large).to_string();
    assert_eq!(
        said,
        "uptake.yml:1:1: the file is too large: 1200000 bytes, at most 1048576 (choose commits by rules rather than one by one)"
    );
    let deep = format!("local: {}", "[".repeat(40));
    assert_eq!(problems(&deep).to_string(), "uptake.yml:1:39: nested more than 32 levels deep");
    let mut bomb = "local: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("k{level}: &a{level} [{before}]\n"));
    }
    let said = problems(&bomb).to_string();
    assert!(said.ends_with("(aliases of aliases multiply; write the values out)"), "{said}");
}

#[test]
fn without_a_repository_all_but_the_existence_of_commits_is_checked() {
    let text = "\
phases:
  - { id: a, title: A, priority: 1, commits: [deadbee, deadbeef1] }
supersede:
  - { title: none, commits: [deadbee, 5f2beedd3], keep: a1b2c3d }
";
    let said = check_text(text, "uptake.yml").map_err(|problems| problems.to_string());
    let expected = "\
uptake.yml:2:56: `deadbeef1` is named twice in this phase, first on line 2 (remove one of the two)
uptake.yml:4:39: `5f2beedd3` is in this group but in no phase (of a group, one commit is taken and the others left out of their \
phases: name it in a phase, or remove it here)
uptake.yml:4:57: `a1b2c3d` is none of the group's commits (`keep` is `latest` or one of `commits`)";
    assert_eq!(said, Err(expected.to_owned()));
}

#[test]
fn the_schema_in_the_repository_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/schema.json");
    let stored = std::fs::read_to_string(path).expect("config/schema.json");
    let current = serde_json::to_string_pretty(&schema()).expect("JSON") + "\n";
    assert!(
        stored == current,
        "config/schema.json is stale; refresh it with: cargo run -- schema > config/schema.json"
    );
}

#[test]
fn the_minimal_configuration_is_right() {
    let config = parse_config(MINIMAL, "minimal.yml", &lookup).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(config.phases.len(), 1);
    assert_eq!(config.phases[0].id, "everything");
    assert_eq!(config.upstream.repository.as_deref(), Some("owner/project"));
}

/// A configuration without phases serves `survey` and `init`.
#[test]
fn no_phases_are_no_fault() {
    for text in ["phases: []", "{}", "upstream: { branch: main }"] {
        let config = parse_config(text, "uptake.yml", &lookup).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(config.phases.is_empty());
    }
}
