//! What is said of a document beside its configuration: where it differs from the range it names, and what was not understood.

use uptake::import::{self, AnalysisReport, RangePart, RangeScope};

use super::support::{commit, id, lookup, survey};

pub(super) fn report(text: &str, scope: &RangeScope) -> String {
    let survey =
        survey(vec![commit("aaa0001", "Fix overflow (#1)", 2), commit("aaa0002", "Speed (#2)", 3)], vec![], &[]);
    let analysis = import::read(text).expect("an analysis");
    let faults = import::faults(&analysis, &survey, scope, &lookup(&survey));
    AnalysisReport::new("plan.md", &analysis, faults).to_string()
}

#[test]
fn a_document_is_checked_against_the_range_it_names() {
    let text = "\
# Plan
- Range: `v1..v2` (1 commits)
**Files Modified:** 3

| Commit | Description |
|---|---|
| aaa0001 | The overflow is fixed |
";
    let part = |commits: &[&str]| {
        RangeScope::Part(RangePart { commits: commits.iter().map(|name| id(name)).collect(), merges: 0, files: 3 })
    };
    assert_eq!(report(text, &part(&["aaa0001"])), "plan.md: 1 commits listed; the document and the repository agree\n");
    let of_two = report(text, &part(&["aaa0001", "aaa0002"]));
    assert!(of_two.contains("aaa000200 is in no list"), "{of_two}");
    assert!(of_two.contains("1 commits in all; the range has 2"), "{of_two}");
    let unknown = RangeScope::Unknown { name: "v1..v2".into(), line: 2 };
    insta::assert_snapshot!(report(text, &unknown), @r#"
    plan.md: 1 commits listed, 0 disagreements, 1 remark on how it was read
         1  not read

    Not read (1)
      plan.md:2: the range v1..v2 is not in this repository, so its counts, and what it leaves out, are not checked
    "#);
}

#[test]
fn what_was_not_understood_is_said_with_its_line() {
    let text = "\
# Plan
Some words before.

## Roles
- One does this.
### More
Words.

## Picks
| SHA | Colour | Decision |
|---|---|---|
| aaa0001 | red | PICK |
| none yet | | PICK |

A sentence that mentions 0123abc and decides nothing.
";
    insta::assert_snapshot!(report(text, &RangeScope::Whole), @r#"
    plan.md: 1 commits listed, 2 disagreements, 4 remarks on how it was read
         1  no commit where one should stand
         1  in no list
         4  not read

    No commit where one should stand (1)
      plan.md:13: 'none yet' stands where a commit should: seven to forty hexadecimal digits are needed

    In no list (1)
      aaa000200 is in no list: 'Speed (#2)', of 2026-01-03

    Not read (4)
      plan.md:2: 1 line of the section 'Plan'
      plan.md:4: the section 'Roles' (2 lines)
      plan.md:10: the column 'Colour'
      plan.md:15: the commit 0123abc, of which no decision is said
    "#);
}
