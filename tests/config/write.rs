//! Configurations that are written for people: the starting one, and what `import` makes.

use proptest::prelude::*;
use uptake::config::check_text;
use uptake::config::raw::{
    CiWhen, CommandSettings, Keep, LabelSettings, OnConflict, RawCi, RawConfig, RawExclude, RawNotedPick, RawPathRule,
    RawPhase, RawPick, RawRiskRule, RawRule, RawSupersede, ResolveBy, Sha, Stacking, WhichRepo,
};
use uptake::risk::Level;
use uptake::setup::{Layout, StartFrom, SuggestedCells, SuggestedMatrix, starting};
use uptake::survey::{Alone, SharedFile, Survey, Verdict, security};

use super::whole::{survey, surveyed};
use super::{COMMITS, lookup};
use crate::support::parse_config;

fn sha(text: &str) -> Sha {
    Sha(text.into())
}

#[test]
fn a_configuration_is_written_as_people_would() {
    let noted = |text: &str, note: &str| {
        RawPick::Noted(RawNotedPick { sha: sha(text), risk: Some(Level::High), note: Some(note.into()) })
    };
    let phase = |id: &str, commits| RawPhase {
        id: id.into(),
        title: format!("The {id}: all"),
        priority: 1,
        commits,
        ..RawPhase::default()
    };
    let config = RawConfig {
        upstream: WhichRepo { repository: Some("owner/project".into()), branch: None, tags: None },
        phases: vec![
            phase("fixes", vec![RawPick::Sha(sha("1234567")), noted("a1b2c3d4e", r"security \o/")]),
            RawPhase {
                rules: vec![RawRule { types: vec!["docs".into()], ..RawRule::default() }],
                ..phase("docs", Vec::new())
            },
        ],
        exclude: vec![RawExclude { reason: "no".into(), commits: vec![sha("12e4567")], ..RawExclude::default() }],
        conflicts: vec![RawPathRule {
            path: "Cargo.lock".into(),
            r#use: ResolveBy::Fork,
            command: Vec::new(),
            name: None,
            network: false,
            seconds: None,
        }],
        ci: RawCi {
            cuda: vec!["12.9".into(), "13.0".into()],
            validate: vec!["make test-all".into()],
            ..RawCi::default()
        },
        ..RawConfig::default()
    };
    let expected = r#"# yaml-language-server: $schema=uptake.schema.json

upstream:
  repository: owner/project

phases:
  - id: fixes
    title: "The fixes: all"
    priority: 1
    commits:
      - "1234567"
      - { sha: a1b2c3d4e, risk: high, note: 'security \o/' }

  - id: docs
    title: "The docs: all"
    priority: 1
    rules:
      - { types: [docs] }

exclude:
  - reason: "no"
    commits: ["12e4567"]

conflicts:
  - { path: Cargo.lock, use: fork }

ci:
  cuda: ["12.9", "13.0"]
  validate:
    - make test-all
  when: always
"#;
    assert_eq!(config.to_yaml(), expected);
    assert_eq!(check_text(expected, "x").map_err(|problems| problems.to_string()), Ok(config));
}

#[test]
fn a_starting_configuration_has_what_cannot_wait_and_the_line() {
    let mut commits = vec![
        surveyed(COMMITS[0], "Fix panic in `x` (#1)", "src/a.rs"),
        surveyed(COMMITS[1], "docs: explain\u{2028}everything: [", "docs/a.md"),
        surveyed(COMMITS[2], "Tidy", "src/a.rs"),
        surveyed(COMMITS[4], "Add a thing the fork has", "src/b.rs"),
    ];
    commits[0].alone = Alone::Conflict;
    commits[3].verdict = Verdict::Taken;
    let mut survey = survey(commits);
    survey.totals.taken = 1;
    survey.files.both = vec![SharedFile { path: "a/Cargo.lock".into(), upstream_commits: 1, fork_commits: 1 }];
    let upstream = WhichRepo { repository: Some("owner/project".into()), branch: Some("main".into()), tags: None };
    let text = starting(StartFrom {
        survey: &survey,
        upstream: &upstream,
        fork: &WhichRepo::default(),
        local: &["our [tools]".into()],
        releases: None,
        layout: Layout::Line,
        matrix: &SuggestedMatrix::Unknown,
    });
    let (body, _) = text.split_once("\n# Further settings").expect("examples at the end");
    let expected = r#"# yaml-language-server: $schema=uptake.schema.json
# Made by `uptake init`: 3 commits of upstream are open (of 4 since abcdef000; 1 are taken already).
# `uptake check` says whether it is right.

upstream:
  repository: owner/project
  branch: main

# Paths only this fork has: a conflict there would be news.
local:
  - 'our \[tools\]/**'

# What cannot wait has a pull request of its own, where it applies without the rest. Name commits one by one under `commits`
# where the rules guess wrong: `uptake plan` shows which phase takes what.
phases:
  # 1 commit now, 1 in conflict when picked alone, such as:
  #   a1b2c3d4e Fix panic in `x` (#1)
  - id: urgent
    title: Security and crash fixes
    priority: 1
    rules:
      - subject: '(?i)\b(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})\b|^Merge commit from fork\b|\[SECURITY\]\s*(\(#\d+\))?$'
      - subject: 'FAULT'
      - subject: 'CRASH'
      - { types: [security] }

  # All the rest in upstream's order, 2 commits now, in slices that stand on each other: what conflicts is decided once.
  # A slice may also end after so many days (`{ days: 14 }`), at each `release`, or before each `decision`. A choice:
  #   land: merge   # a slice lands as one merge commit, and git itself counts upstream as in
  - id: line
    title: Upstream
    priority: 2
    take: line
    slice:
      units: 25

# How conflicts on certain paths are resolved; the first that fits wins.
conflicts:
  - { path: "**/Cargo.lock", use: lockfile, command: [cargo, update, "--workspace"] }
"#;
    let body = body.replace(security::FAULT, "FAULT").replace(security::CRASH, "CRASH");
    assert_eq!(body, expected);
    let config = parse_config(&text, "x", &lookup).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(config.local[0].1.is_match("our [tools]/a/b"));
}

#[test]
fn lock_files_and_manifests_that_both_changed_have_their_rules() {
    let mut survey = survey(Vec::new());
    let both = |path: &str| SharedFile { path: path.into(), upstream_commits: 1, fork_commits: 1 };
    let files = [
        "Cargo.lock",
        "Cargo.toml",
        "Gemfile",
        "Gemfile.lock",
        "app/go.mod",
        "go.sum",
        "gradle/libs.versions.toml",
        "pyproject.toml",
        "src/a.rs",
        "uv.lock",
        "web/package.json",
        "web/pnpm-lock.yaml",
    ];
    survey.files.both = files.iter().map(|path| both(path)).collect();
    let text = starting(StartFrom {
        survey: &survey,
        upstream: &WhichRepo::default(),
        fork: &WhichRepo::default(),
        local: &[],
        releases: None,
        layout: Layout::Line,
        matrix: &SuggestedMatrix::Unknown,
    });
    let (_, rules) = text.split_once("\nconflicts:\n").expect("rules");
    let (rules, _) = rules.split_once("\n\n").expect("examples at the end");
    insta::assert_snapshot!(rules, @r#"
    - { path: "**/Cargo.lock", use: lockfile, command: [cargo, update, "--workspace"] }
    - { path: "**/pnpm-lock.yaml", use: lockfile, command: [pnpm, install, "--lockfile-only", "--ignore-scripts"] }
    - { path: "**/Gemfile.lock", use: lockfile }
    - { path: "**/go.sum", use: lockfile, command: [go, mod, tidy] }
    - { path: "**/uv.lock", use: lockfile, command: [uv, lock] }
    - { path: "**/Cargo.toml", use: manifest }
    - { path: "**/package.json", use: manifest }
    - { path: "**/pyproject.toml", use: manifest }
    - { path: "**/go.mod", use: manifest }
    - { path: "**/libs.versions.toml", use: manifest }
    "#);
    let config = parse_config(&text, "x", &lookup).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(config.conflicts.len(), 10);
}

/// The examples at the end are comments; taken out of them they are right too.
#[test]
fn the_examples_of_a_starting_configuration_are_right() {
    let cells = |key: &str, values: &[&str]| {
        SuggestedMatrix::Cells(SuggestedCells {
            // A file may be called anything.
            workflow: "a\nci: { when: never }\n.yml".into(),
            key: key.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        })
    };
    let cases = [
        (SuggestedMatrix::Cuda, "cuda: 12.9 13.0 13.1"),
        (SuggestedMatrix::Unknown, "cells: v1 v2"),
        (cells("go-version", &["1.21", "1.22"]), "cells: go-1.21 go-1.22"),
        (cells("os", &["ubuntu-24.04", "windows-2025"]), "cells: ubuntu-24.04 windows-2025"),
        // What could be no name of a cell is no suggestion.
        (cells("os", &["ubuntu-24.04", "0day"]), "cells: v1 v2"),
    ];
    for (matrix, expected) in cases {
        let text = starting(StartFrom {
            survey: &survey(Vec::new()),
            upstream: &WhichRepo::default(),
            fork: &WhichRepo::default(),
            local: &[],
            releases: None,
            layout: Layout::Line,
            matrix: &matrix,
        });
        let written = check_text(&text, "x").unwrap_or_else(|problems| panic!("{problems}\n{text}"));
        assert_eq!(written.ci, RawCi::default(), "{text}");
        let (_, tail) = text.split_once("to explain and complete.\n").expect("examples at the end");
        let examples: String = tail
            .lines()
            .map(|line| line.trim_start_matches('#').strip_prefix(' ').unwrap_or_default())
            .fold(String::new(), |text, line| text + line + "\n");
        let config = check_text(&examples, "x").unwrap_or_else(|problems| panic!("{problems}\n{examples}"));
        assert_eq!((config.exclude.len(), config.risk.len()), (1, 1));
        let cells: Vec<&str> = config.ci.matrix.iter().map(|cell| &*cell.name).collect();
        let found = if cells.is_empty() {
            format!("cuda: {}", config.ci.cuda.join(" "))
        } else {
            format!("cells: {}", cells.join(" "))
        };
        assert_eq!(found, expected, "{examples}");
    }
}

fn text() -> impl Strategy<Value = String> {
    // Anything that stays on a line, and what YAML readers stumble on.
    prop_oneof![
        "[^\\s\\p{C}]([^\\n\\p{C}]{0,30}[^\\s\\p{C}])?",
        "[!&*?:,#@%`'\"\\\\|>~<=-]{1,5}",
        "(yes|No|null|~|1e5|0x1F|0o17|12.9|1_000|\\.inf|2025-01-01|=|<<)",
    ]
}

fn pick() -> impl Strategy<Value = RawPick> {
    let levels = prop::option::of(prop::sample::select(Level::ALL.to_vec()));
    // Letters and digits such as `12e4567` and `1234567` must stay texts.
    let sha = prop_oneof!["[0-9a-f]{7,40}", "[0-9]{7,9}", "[0-9]{2}e[0-9]{5}"];
    (sha, levels, prop::option::of(prop_oneof![text(), ".{1,40}", "a\nb\n"])).prop_map(|(text, risk, note)| {
        match (risk, note) {
            (None, None) => RawPick::Sha(sha_of(text)),
            (risk, note) => RawPick::Noted(RawNotedPick { sha: sha_of(text), risk, note }),
        }
    })
}

fn sha_of(text: String) -> Sha {
    Sha(text)
}

prop_compose! {
    fn config()(
        picks in prop::collection::vec(pick(), 1..6),
        titles in prop::collection::vec(text(), 3),
        words in prop::collection::vec(text(), 0..4),
        authors in prop::option::of(text()),
        stacked in any::<bool>(),
        enabled in any::<bool>(),
    ) -> RawConfig {
        let mut seen: Vec<String> = Vec::new();
        let picks: Vec<RawPick> = picks
            .into_iter()
            .filter(|pick| {
                let (RawPick::Sha(Sha(text)) | RawPick::Noted(RawNotedPick { sha: Sha(text), .. })) = pick;
                let new = !seen.iter().any(|other| other[..7] == text[..7]);
                seen.push(text.clone());
                new
            })
            .collect();
        let rule = RawRule {
            subject: authors.as_deref().map(regex_of),
            paths: vec!["docs/**".into(), "a b/*.md".into()],
            since: Some("2025-11-22".into()),
            ..RawRule::default()
        };
        let ci = RawCi { cuda: vec!["13.0".into()], validate: words.clone(), when: CiWhen::Paths, paths: vec!["k".into()], ..RawCi::default() };
        RawConfig {
            fork: WhichRepo { repository: Some("a/b".into()), branch: Some("1.0".into()), tags: None }.into(),
            local: vec!["x y".into(), "**/*.cu".into()],
            phases: vec![RawPhase {
                id: "on".into(),
                title: titles[0].clone(),
                priority: 3,
                commits: picks,
                rules: vec![rule.clone()],
                on_conflict: stacked.then_some(OnConflict::CommitMarkers),
                ci: enabled.then(|| ci.clone()),
                ..RawPhase::default()
            }],
            exclude: vec![RawExclude { reason: titles[1].clone(), rules: vec![rule.clone()], ..RawExclude::default() }],
            supersede: vec![RawSupersede { title: titles[2].clone(), commits: vec![sha("1111111"), sha("22222e2")], keep: Keep::default() }],
            risk: vec![RawRiskRule { level: Level::Medium, reason: titles[1].clone(), rule }],
            ci,
            labels: LabelSettings { extra: words, ..LabelSettings::default() },
            stacking: if stacked { Stacking::Previous } else { Stacking::Fork },
            commands: CommandSettings { enabled, prefix: "up".into(), ..CommandSettings::default() },
            ..RawConfig::default()
        }
    }
}

/// The text as a regular expression that finds it.
fn regex_of(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_alphanumeric() || c == ' ' { c.to_string() } else { format!("\\x{{{:x}}}", u32::from(c)) })
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(config in config()) {
        let text = config.to_yaml();
        prop_assert_eq!(check_text(&text, "x").map_err(|problems| format!("{problems}\n{text}")), Ok(config));
    }

    #[test]
    fn no_text_makes_it_fall_over(text in "([a-z]{1,9}: |\\- |[\\[\\]{}&*!|>'\"%@`#,?]|\n {0,6}|\t|[0-9]{1,3}|.){0,40}") {
        if let Err(problems) = check_text(&text, "x") {
            prop_assert!(!problems.list.is_empty());
            prop_assert!(!problems.render(&text, true).is_empty());
        }
    }
}

proptest! {
    // Its dozen regular expressions are compiled each time.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_starting_configuration_is_right_whatever_the_subjects(subjects in prop::collection::vec(".{0,80}", 1..5), folder in "[^/\\p{C}]{1,12}") {
        let commits = subjects.iter().zip(COMMITS).map(|(subject, sha)| surveyed(sha, subject, "a")).collect();
        let survey: Survey = survey(commits);
        prop_assume!(folder != "." && folder != "..");
        let text = starting(StartFrom {
            survey: &survey,
            upstream: &WhichRepo::default(),
            fork: &WhichRepo::default(),
            local: &[folder],
            releases: None,
            layout: Layout::Topics,
            matrix: &SuggestedMatrix::Unknown,
        });
        prop_assert_eq!(check_text(&text, "x").map(|_| ()), Ok(()), "{}", text);
    }
}
