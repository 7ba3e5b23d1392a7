//! A configuration that says everything there is to say, and each way to get one value of it wrong.

use std::collections::HashMap;

use engine::commit::When;
use engine::ids::CommitId;
use engine::path::RepoPath;
use serde_yaml_ng::Value;
use uptake::config::raw::{OnConflict, ResolveBy, Stacking};
use uptake::config::{Ci, Config, check_text};
use uptake::plan::check_groups;
use uptake::risk::Level;
use uptake::survey::{Carry, CommitIndex, Survey, Surveyed, Totals, TouchedFiles};
use uptake::units::Units;

use super::{COMMITS, id, lookup};
use crate::support::parse_config;
use crate::support::surveyed::{end, tree, unit};

const WHOLE: &str = r#"
upstream: { repository: owner/project, branch: main }
fork: { repository: us/project, branch: trunk }
local: ["crates/tui", "tools/**"]
phases:
  - id: later
    title: Later
    priority: 2
    rules:
      - { subject: '^Add', author: '@example\.org', since: 2025-01-01, until: 2025-12-31 }
      - { types: [docs], paths: ["docs/**", "*.md"] }
    on_conflict: stop
    ci: &gpu
      cuda: ["13.1"]
      validate: [make quick]
      when: paths
      paths: ["kernels/**"]
  - id: first
    title: First
    priority: 1
    commits:
      - a1b2c3d4e
      - sha: 1234567890a
        risk: critical
        note: |
          two
          lines
  - { id: last, title: Last, priority: 2, commits: [1234567890a, 5f2beedd3], ci: *gpu }
exclude:
  - { reason: no use here, commits: [abcdef0000000000000000000000000000000001], rules: [{ paths: [server] }] }
supersede:
  - { title: candle, commits: [a1b2c3d, 5f2beed], keep: 5f2beedd }
risk:
  - { level: high, reason: hot path, match: { paths: [src/engine] } }
conflicts:
  - { path: Cargo.lock, use: lockfile, command: [cargo, update, --workspace] }
  - { path: "**/*.toml", use: manifest }
ci: { cuda: ["12.9", "13.0"], validate: [make test] }
labels: { phase: "p/", risk: "r/", conflicts: clash, extra: [upstream] }
stacking: previous
commands: { enabled: false, prefix: uptake }
"#;

fn whole() -> Config {
    parse_config(WHOLE, "whole.yml", &lookup).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn everything_written_arrives() {
    let config = whole();
    let ids: Vec<&str> = config.phases.iter().map(|phase| phase.id.as_str()).collect();
    assert_eq!(ids, ["first", "later", "last"], "by priority, then as written");
    let [first, later, last] = &config.phases[..] else { panic!("three phases") };
    let picks: Vec<CommitId> = first.picks.iter().map(|pick| pick.sha).collect();
    assert_eq!(picks, [id(COMMITS[0]), id(COMMITS[1])]);
    assert_eq!(first.picks[0].risk, None);
    assert_eq!(first.picks[1].risk, Some(Level::Critical));
    assert_eq!(first.picks[1].note.as_deref(), Some("two\nlines\n"));
    assert_eq!(first.on_conflict, OnConflict::LeaveOut);
    let cells = |ci: &Ci| ci.names().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(cells(&first.ci), ["cuda-12.9", "cuda-13.0"], "the common matrix");
    assert_eq!(later.on_conflict, OnConflict::Stop);
    assert_eq!((cells(&later.ci), &later.ci.validate), (vec!["cuda-13.1".to_owned()], &vec!["make quick".to_owned()]));
    assert!(later.ci.paths.is_match("kernels/a.cu") && !later.ci.paths.is_match("src/a.rs"));
    assert_eq!(cells(&last.ci), ["cuda-13.1"], "through an alias");
    assert_eq!(
        later.rules[0].describe(),
        "subject ~ `^Add`, author ~ `@example\\.org`, since 2025-01-01 until 2025-12-31"
    );
    assert_eq!(config.exclude[0].commits, [id(COMMITS[2])]);
    assert_eq!(config.exclude[0].rules[0].describe(), "path `server`");
    assert_eq!(
        config.supersede[0].commits.iter().map(|commit| commit.sha).collect::<Vec<_>>(),
        [id(COMMITS[0]), id(COMMITS[4])]
    );
    assert_eq!(config.supersede[0].keep, Some(id(COMMITS[4])));
    assert_eq!(config.risk[0].level, Level::High);
    assert_eq!(config.conflicts[0].resolve, ResolveBy::Lockfile);
    assert_eq!(config.conflicts[0].command, ["cargo", "update", "--workspace"]);
    assert!(config.conflicts[1].path.is_match("a/Cargo.toml"));
    assert_eq!(config.local[0].0, "crates/tui");
    assert!(config.local[0].1.is_match("crates/tui/src/main.rs"));
    assert_eq!(config.stacking, Stacking::Previous);
    assert!(!config.commands.enabled);
    assert_eq!(config.labels.extra, ["upstream"]);
}

/// Whatever one value is replaced by, what is wrong with it is said at a place in the file, and never in words that were not
/// meant for people: the shape check and the types agree on what can be read.
#[test]
fn any_value_may_be_wrong() {
    let whole: Value = serde_yaml_ng::from_str(WHOLE).expect("YAML");
    let mut paths = Vec::new();
    every_path(&whole, &mut Vec::new(), &mut paths);
    assert!(paths.len() > 80, "{}", paths.len());
    let wrong = ["~", "true", "0", "4.5", "text", "\"\"", "[~]", "{ x: 1 }", "!tag x", "\"\\n\""];
    let mut refused = 0;
    for path in &paths {
        for value in wrong {
            let mut changed = whole.clone();
            *at(&mut changed, path) = serde_yaml_ng::from_str(value).expect("YAML");
            let text = serde_yaml_ng::to_string(&changed).expect("YAML");
            let Err(problems) = parse_config(&text, "x", &lookup) else { continue };
            refused += 1;
            for problem in &problems.list {
                let line = text.lines().nth(problem.line - 1).unwrap_or_default();
                assert!(problem.column <= line.chars().count() + 1, "{problem}\n{text}");
                assert!(
                    !problem.message.contains("cannot be read") && !problem.message.contains('\n'),
                    "{problem}\n{text}"
                );
            }
            assert!(!problems.render(&text, false).is_empty());
        }
    }
    assert!(refused > paths.len() * 5, "{refused} of {}", paths.len() * wrong.len());
}

fn every_path(value: &Value, path: &mut Vec<Value>, all: &mut Vec<Vec<Value>>) {
    all.push(path.clone());
    let children: Vec<(Value, &Value)> = match value {
        Value::Mapping(mapping) => mapping.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Sequence(items) => items.iter().enumerate().map(|(index, item)| (Value::from(index), item)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        path.push(key);
        every_path(child, path, all);
        path.pop();
    }
}

fn at<'a>(value: &'a mut Value, path: &[Value]) -> &'a mut Value {
    path.iter().fold(value, |value, key| match key.as_u64() {
        Some(index) => &mut value[usize::try_from(index).expect("an index")],
        None => &mut value[key],
    })
}

#[test]
fn a_group_may_name_what_only_a_rule_takes() {
    let text = "\
phases:
  - { id: docs, title: Documentation, priority: 1, rules: [{ paths: [docs] }] }
supersede:
  - title: updates
    commits: [a1b2c3d4e, 1234567890a, 5f2beedd3]
";
    assert!(check_text(text, "uptake.yml").is_ok());
    let config = parse_config(text, "uptake.yml", &lookup).unwrap_or_else(|problems| panic!("{problems}"));
    // The third commit is not among those surveyed: it is older than the common ancestor, say.
    let paths = HashMap::from([(COMMITS[0], "docs/a.md"), (COMMITS[1], "src/a.rs")]);
    let survey = survey(paths.into_iter().map(|(sha, path)| surveyed(sha, "Update", path)).collect());
    let said = check_groups(&config, "uptake.yml", &survey).map_err(|problems| problems.to_string());
    let expected = "uptake.yml:5:26: `1234567890a` is in this group but in no phase (of a group, one commit is taken and the others \
                    left out of their phases: name it in a phase, or remove it here)";
    assert_eq!(said, Err(expected.to_owned()));
    let none = super::whole::survey(Vec::new());
    assert_eq!(check_groups(&config, "uptake.yml", &none), Ok(()));
}

pub(super) fn survey(commits: Vec<Surveyed>) -> Survey {
    Survey {
        version: Survey::VERSION,
        warnings: Vec::new(),
        end: Some(end()),
        units: Units::none(tree()),
        merge_base: id(COMMITS[2]),
        upstream_head: id(COMMITS[3]),
        fork_head: id(COMMITS[3]),
        own_since: CommitId::from_bytes([0; 20]),
        totals: Totals { commits: commits.len(), open: commits.len(), ..Totals::default() },
        commits,
        merges: Vec::new(),
        files: TouchedFiles::default(),
        roads: Vec::new(),
        carry: Carry::default(),
        index: CommitIndex::default(),
    }
}

pub(super) fn surveyed(sha: &str, subject: &str, path: &str) -> Surveyed {
    let when = When { seconds: 1_763_856_000, offset: 0 };
    Surveyed { paths: vec![RepoPath::from(path)], ..unit(id(sha), subject, "ada@example.org", when) }
}
