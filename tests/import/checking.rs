//! Documents against surveys.

use uptake::import::{self, AnalysisReport, DisagreementKind, RangeScope};
use uptake::line::OnLine;
use uptake::survey::{Alone, MergeCommit, Survey, Surveyed};

use super::support::{commit, conflicting, id, lookup, survey, taken};

fn report(text: &str, survey: &Survey) -> AnalysisReport {
    let analysis = import::read(text).expect("an analysis");
    let faults = import::faults(&analysis, survey, &RangeScope::Whole, &lookup(survey));
    AnalysisReport::new("analysis.md", &analysis, faults)
}

/// Upstream since the common ancestor.
fn range() -> Survey {
    let vacuous = Surveyed { line: OnLine::NoOp, alone: Alone::Noop, ..commit("aaa0003", "Remove temp", 4) };
    survey(
        vec![
            commit("aaa0001", "Fix overflow (#1)", 2),
            conflicting("aaa0002", "Parser speed (#2)", 3, "src/parser.rs"),
            vacuous,
            taken("aaa0004", "Fix hang (#4)", 5, "f04c001"),
            taken("aaa0005", "Fix leak (#5)", 6, "f04c002"),
            conflicting("aaa0006", "Edit the tool (#6)", 7, "our-tool/lib.rs"),
            commit("aaa0007", "Parser rewrite (#7)", 11),
            commit("aaa0008", "Last one, for @everyone", 12),
        ],
        vec![
            MergeCommit { sha: id("333e001"), subject: "Merge branch 'x'".into() },
            MergeCommit { sha: id("333e002"), subject: "Merge y".into() },
        ],
        &["src/parser.rs", "Cargo.lock"],
    )
}

/// A document that is wrong in every way there is.
const WRONG: &str = "\
# Analysis

**Common Ancestor:** ba5e111 (The base)
**Upstream HEAD:** aaa0007 (Parser rewrite)
**Total Commits:** 12
**Files Modified:** 7

There are **no conflicts** with our work. Safe to cherry-pick Priority 1 commits.

### PRIORITY 1: Fixes
| SHA | Description | Risk | Notes |
|-----|-------------|------|-------|
| `aaa0007` | Parser rewrite (#7) | High | |
| `aaa0002` | Parser speed (#2) | Low | Follows aaa0007, won't conflict |
| `aaa0001` | Fix underflow (#1) | Low | |
| `aaa0004` | Fix hang (#4) | Low | |
| `aaa0005` | Fix leak (#5) | DUP | Already in our branch (f04c001) |
| `aaa0003` | Remove temp | DUP | |
| `01d0001` | An old fix (#1) | Low | |
| `333e001` | Merge branch 'x' | Low | |
| `fff0001` | Nobody's | Low | |
| `abab001` | Somebody's | Low | |
| `e15e001` | The fork's | Low | |
| `to come` | Not yet | Low | |
| `aaa0001` | Fix overflow | Medium | |

**Recommended Action:** Cherry-pick in order

### Files Modified Locally
- `our-tool/*` - local only

### Files Modified by Both
1. **README.md**
2. **src/parser.rs**
   - Upstream: 3 commits

### Phase 1: Fixes
```bash
git cherry-pick aaa0007
git cherry-pick aaa0002 # Parser speed
git cherry-pick aaa0005
git cherry-pick aaa0001..aaa0004
```

## Risk Assessment
| Risk Level | Count |
|---|---|
| High | 2 |
| Medium | ~1 |
| Low | 5 |
| Duplicates | 1 |

## Validation
```bash
./run-everything.sh
```

## Expected Conflicts
### High Probability
1. **Cargo.toml**
### Low Probability
1. **src/parser.rs**

## Who we are
We are a team.

## Summary
**Safe to Cherry-Pick:** ~8 commits
**Need Manual Review:** 9 commits
**Skip (Duplicates):** 1 commits
";

#[test]
fn everything_wrong_is_named_with_its_line() {
    insta::assert_snapshot!(report(WRONG, &range()).to_string(), @r#"
    analysis.md: 11 commits listed, 40 disagreements, 2 remarks on how it was read
         1  the common ancestor is another
         1  upstream's head is another
         1  unknown commit
         1  ambiguous name
         2  no commit where one should stand
         1  not upstream's commit
         1  listed, but older than the common ancestor
         1  listed, but already taken
         3  called a duplicate, not borne out
         1  a merge, never picked
         1  listed twice
         1  described as something else
         4  order contradicted
         3  in no list
        10  count that does not add up
         3  called free of conflicts
         1  called the fork's alone
         2  files both sides changed
         2  conflicts expected
         1  not read
         1  command to confirm

    The common ancestor is another (1)
      analysis.md:3: ba5e111 is not the common ancestor of both branches: that is ba5e00000

    Upstream's head is another (1)
      analysis.md:4: aaa0007 is not the commit upstream's branch is at: that is aaa000800

    Unknown commit (1)
      analysis.md:21: no commit's name begins with fff0001

    Ambiguous name (1)
      analysis.md:22: 2 commits' names begin with abab001; more digits are needed

    No commit where one should stand (2)
      analysis.md:24: 'to come' stands where a commit should: seven to forty hexadecimal digits are needed
      analysis.md:42: 'aaa0001..aaa0004' stands where a commit should: seven to forty hexadecimal digits are needed

    Not upstream's commit (1)
      analysis.md:23: e15e001 is in the repository, but not in upstream's branch, so no phase has it

    Listed, but older than the common ancestor (1)
      analysis.md:19: 01d0001, of 2025-12-01, is older than the common ancestor ba5e00000: the fork has it

    Listed, but already taken (1)
      analysis.md:16: aaa0004 is listed as to be picked, yet the fork has it: authorship and subject of f04c00100

    Called a duplicate, not borne out (3)
      analysis.md:17: aaa0005 is a duplicate, but not as f04c001, which the repository does not have: it is taken by authorship and subject of f04c00200
      analysis.md:18: aaa0003 is called a duplicate, but nothing in the fork's history shows it, though picking it changes nothing
      analysis.md:41: aaa0005 is to be picked here, yet line 17 calls it a duplicate

    A merge, never picked (1)
      analysis.md:20: 333e001 is a merge ('Merge branch 'x''): its commits are picked one by one, the merge never

    Listed twice (1)
      analysis.md:25: aaa0001 is listed here and on line 15, medium risk here and low there

    Described as something else (1)
      analysis.md:15: aaa0001 is described as 'Fix underflow (#1)'; its subject is 'Fix overflow (#1)'

    Order contradicted (4)
      analysis.md:14: aaa0002 is said to follow aaa0007, but it is 8 days older
      analysis.md:27: the commits are to be picked in order, but 4 of the table's 7 neighbouring pairs stand newest first: aaa0007 comes before aaa0002
      analysis.md:40: aaa0002 is picked after aaa0007, but it is 8 days older
      analysis.md:41: aaa0005 is picked after aaa0007, but it is 5 days older

    In no list (3)
      aaa000600 is in no list: 'Edit the tool (#6)', of 2026-01-07
      aaa000800 is in no list: 'Last one, for @everyone', of 2026-01-12
      333e00200 is in no list: 'Merge y', a merge, which is never picked

    Count that does not add up (10)
      analysis.md:5: 12 commits in all; the range has 8 and 2 merges
      analysis.md:35: upstream is said to change src/parser.rs in 3 of its commits; it does in 1
      analysis.md:48: 2 of high risk; the tables have 1
      analysis.md:50: 5 of low risk; the tables have 7
      analysis.md:51: 1 called duplicates; the tables have 2
      analysis.md:51: the risk table adds up to ~9; the tables list 11 commits, and the range has 8
      analysis.md:68: ~8 called safe to pick; the tables list 11, of which 2 apply when picked alone onto the fork's head; of the range's 8, 3 apply, 2 conflict, 3 change nothing
      analysis.md:69: 9 said to need review; the tables give 2 more than low risk, and 2 conflict
      analysis.md:70: 1 called duplicates; the fork has 2 of the range
      analysis.md:70: the summary's groups add up to ~18, not to 12 commits

    Called free of conflicts (3)
      analysis.md:8: no conflicts are promised; picked one by one onto the fork's head, 2 of 8 conflict, 3 apply, 3 change nothing
      analysis.md:8: the commits of priority 1 are called safe to pick; of 9, 1 conflict when picked alone: aaa0002
      analysis.md:14: aaa0002 is noted as 'Follows aaa0007, won't conflict', but picked alone it conflicts in src/parser.rs

    Called the fork's alone (1)
      analysis.md:30: our-tool/** is said to be the fork's alone; upstream changes it in 1 commit: aaa000600

    Files both sides changed (2)
      analysis.md:33: README.md is said to be changed by both sides; no commit of upstream touches it
      analysis.md:34: 2 files are changed by both sides; 1 of them not named, the busiest being Cargo.lock

    Conflicts expected (2)
      analysis.md:60: Cargo.toml is expected to conflict; no commit picked alone conflicts there
      analysis.md:62: conflicts come in 2 files; 1 of them not named, most often our-tool/lib.rs (1)

    Not read (1)
      analysis.md:64: the section 'Who we are' (1 line)

    Command to confirm (1)
      analysis.md:55: './run-everything.sh' is in the configuration as a comment: a person confirms it
    "#);
}

#[test]
fn every_kind_of_fault_has_its_case_here() {
    let report = report(WRONG, &range());
    let found: Vec<DisagreementKind> = report.summary.iter().map(|count| count.kind).collect();
    assert_eq!(found, DisagreementKind::ALL);
}

#[test]
fn a_document_that_is_right_has_no_fault() {
    let survey = survey(
        vec![
            commit("aaa0001", "Fix overflow (#1)", 2),
            conflicting("aaa0002", "Parser `speed` (#2)", 3, "Cargo.lock"),
            taken("aaa0003", "Fix leak (#5)", 6, "f04c002"),
        ],
        vec![],
        &["Cargo.lock"],
    );
    let text = "\
**Common Ancestor:** ba5e000 (The base #9)
**Upstream HEAD:** aaa0003
**Total Commits:** 3
**Files Modified:** 7

## Fixes
| SHA | Description | Risk | Notes |
|---|---|---|---|
| aaa0001 | Fix overflow (#1) | Low | Safe |
| aaa0002 | Parser speed | Low | Follows aaa0001 |
| aaa0003 | Fix leak (#5) | DUP | Already in our branch (f04c002) |

**Recommended Action:** Pick in order

## Files modified by both
1. Cargo.lock
   - Upstream: 1 commit

## Phase 1: Fixes
```
git cherry-pick aaa0001 aaa0002
```

| Risk | Count |
|---|---|
| Low | 2 |
| Duplicates | 1 |

## Expected conflicts
1. Cargo.lock

**Safe:** ~1
**Duplicates:** 1
";
    assert_eq!(
        report(text, &survey).to_string(),
        "analysis.md: 3 commits listed; the document and the repository agree\n"
    );
}

#[test]
fn markdown_quotes_nothing_live() {
    let text = "\
## Fixes
| SHA | Description |
|---|---|
| aaa0001 | Fix \\| <b>it</b> `now` for @someone, closes #12 \u{202e}https://example.com |
| aaa0002 | Parser speed |
";
    let page = report(text, &range()).to_markdown();
    let (_, page) = page.split_once("## Described").expect("the section");
    let (section, _) = page.split_once("\n## ").expect("the next section");
    insta::assert_snapshot!(section.replace('\u{200b}', "<ZW>"), @r#"
 as something else (1)

| Line | Finding |
| ---: | --- |
| 4 | aaa0001 is described as 'Fix \| it now for @<ZW>someone, closes<ZW> #<ZW>12 https:<ZW>//example.com'; its subject is 'Fix overflow (#<ZW>1)' |
"#);
}

#[test]
fn the_json_has_counts_first_and_full_names() {
    let text = "| SHA | Description |\n|---|---|\n| aaa0001 | Something else |\n";
    let survey = survey(vec![commit("aaa0001", "Fix overflow (#1)", 2)], vec![], &[]);
    let json = serde_json::to_string_pretty(&report(text, &survey)).expect("JSON");
    insta::assert_snapshot!(json, @r#"
{
  "document": "analysis.md",
  "listed": 1,
  "summary": [
    {
      "kind": "subject",
      "count": 1
    }
  ],
  "faults": [
    {
      "line": 3,
      "commit": "aaa0001",
      "sha": "aaa0001000000000000000000000000000000000",
      "kind": "subject",
      "text": "aaa0001 is described as 'Something else'; its subject is 'Fix overflow (#1)'"
    }
  ]
}
"#);
}
