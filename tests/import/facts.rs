//! No fact of a document is lost in silence: each cell and each line of its words is in the configuration, or a remark names where it
//! stands.

use uptake::import::{self, RangeScope};

use super::remarks::report;

/// Columns that people write, and some that mean nothing to us.
const COLUMNS: [&str; 13] = [
    "Rationale",
    "Impact",
    "Reason",
    "Notes",
    "Priority",
    "Effort",
    "Dependencies",
    "Mitigation",
    "Tests",
    "Mood",
    "Colour",
    "Reviewer",
    "Ticket",
];
/// What git knows better than any document.
const KNOWN: [&str; 6] = ["Description", "Author", "Date", "PR", "Areas", "#"];

/// What a document becomes: the configuration with its comments, and the remarks.
fn read(text: &str) -> (String, String) {
    let analysis = import::read(text).expect("an analysis");
    let yaml = import::to_config(&analysis).to_yaml_with(&|path| import::comment(&analysis, path));
    (yaml, report(text, &RangeScope::Whole))
}

/// How many of these words are in neither, besides those under columns that a remark names.
fn lost(text: &str, words: &[(&str, String)]) -> Vec<String> {
    let (yaml, remarks) = read(text);
    let is_said = |column: &str| remarks.contains(&format!("the column '{column}'"));
    let lost = words
        .iter()
        .filter(|(column, word)| !yaml.contains(word.as_str()) && !remarks.contains(word.as_str()) && !is_said(column));
    lost.map(|(column, word)| format!("{column}: {word}")).collect()
}

#[test]
fn each_cell_is_kept_or_its_column_is_named() {
    let mut kept = 0;
    let decisions = [
        "PICK",
        "SKIP",
        "Manual",
        "Review",
        "Defer",
        "REIMPLEMENT",
        "⚠️",
        "No-op",
        "✅",
        "✅ Done",
        "Already integrated",
    ];
    for (at, decision) in decisions.iter().enumerate() {
        // The columns in another order each time.
        let mut columns = COLUMNS;
        columns.rotate_left(at);
        let head: String = columns.iter().map(|column| format!(" {column} |")).collect();
        let rule = "---|".repeat(columns.len());
        let words: Vec<(&str, String)> =
            columns.iter().map(|column| (*column, format!("fact{}", column.to_lowercase()))).collect();
        let cells: String = words.iter().map(|(_, word)| format!(" {word} |")).collect();
        let text = format!("## Picks\n\n| SHA | Decision |{head}\n|---|---|{rule}\n| aaa0001 | {decision} |{cells}\n");
        assert_eq!(lost(&text, &words), [""; 0], "{decision}: {text}\n{}", read(&text).0);
        let (yaml, _) = read(&text);
        kept += words.iter().filter(|(_, word)| yaml.contains(word.as_str())).count();
    }
    // So that naming every column would not do.
    assert!(kept >= decisions.len() * 9, "{kept} of {} are in the configuration", decisions.len() * COLUMNS.len());
}

#[test]
fn what_git_knows_is_left_to_git() {
    for column in KNOWN {
        let text =
            format!("## Picks\n\n| SHA | Decision | {column} |\n|---|---|---|\n| aaa0001 | PICK | factknown |\n");
        let (yaml, remarks) = read(&text);
        assert!(!yaml.contains("factknown") && !remarks.contains("the column"), "{column}: {yaml}{remarks}");
    }
}

#[test]
fn each_section_of_words_is_kept_or_named() {
    let sections = [
        ("Roles", "Ada reads factroles."),
        ("Background", "Long ago factbackground began."),
        ("Risks we see", "- factrisks may break"),
        ("Recommended Action", "Take it with factaction."),
        ("Next Steps", "1. Do factsteps"),
        ("Timeline", "| Week | What |\n|---|---|\n| 1 | facttimeline |"),
        ("Expected conflicts", "- `src/factconflicts.rs`: keep ours"),
    ];
    let body: String = sections.iter().map(|(title, text)| format!("## {title}\n\n{text}\n\n")).collect();
    let text = format!("# Plan\n\n{body}## Picks\n\n| SHA | Decision |\n|---|---|\n| aaa0001 | PICK |\n");
    let (yaml, remarks) = read(&text);
    let lost: Vec<&str> = sections
        .iter()
        .filter(|(title, said)| {
            let word =
                said.split(|sign: char| !sign.is_alphanumeric()).find(|word| word.starts_with("fact")).expect("a fact");
            !yaml.contains(word) && !remarks.contains(word) && !remarks.contains(&format!("the section '{title}'"))
        })
        .map(|(title, _)| *title)
        .collect();
    assert_eq!(lost, [""; 0], "{yaml}\n{remarks}");
}

#[test]
fn a_row_that_is_left_out_keeps_its_risk_and_what_stands_beside_the_fork_s_commit() {
    for (decision, risk) in [("✅", "HIGH"), ("SKIP", "CRITICAL"), ("Defer", "LOW")] {
        let text = format!(
            "## Picks\n\n| SHA | Decision | Risk | Fork commit |\n|---|---|---|---|\n| aaa0001 | {decision} | {risk} | f0f0001 and factmore |\n"
        );
        let (yaml, remarks) = read(&text);
        let risk = format!("risk {}", risk.to_lowercase());
        for said in [risk.as_str(), "f0f0001", "factmore"] {
            assert!(yaml.contains(said) || remarks.contains(said), "{decision}, {said}: {yaml}{remarks}");
        }
    }
}

#[test]
fn what_is_said_of_commits_that_are_left_out_is_a_remark_with_its_line() {
    let text = "\
# Plan

## PICK
| SHA | Subject |
|---|---|
| aaa0001 | Fix overflow (#1) |

## SKIP: Release automation
We run factpipeline of our own.

| SHA | Subject |
|---|---|
| aaa0002 | Speed (#2) |

**Recommended action:** leave it to factaction.
";
    let (yaml, remarks) = read(text);
    for said in ["factpipeline", "factaction"] {
        assert!(!yaml.contains(said), "{said}: {yaml}");
    }
    insta::assert_snapshot!(remarks, @r#"
    plan.md: 2 commits listed, 0 disagreements, 2 remarks on how it was read
         2  not read

    Not read (2)
      plan.md:9: 'We run factpipeline of our own.' is said of commits that are in no phase
      plan.md:15: 'leave it to factaction.' is said of commits that are in no phase
    "#);
}
