//! What holds for every document.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uptake::config::raw::RawPhase;
use uptake::import::{self, RangeScope};

use super::support::{lookup, survey};

/// Pieces documents are made of, whole and broken.
fn piece() -> impl Strategy<Value = String> {
    let sha = "[0-9a-c]{7}";
    let row = (sha, "[a-z ]{0,12}", "(Low|HIGH|DUP|N/A|\\?)", "(|follows|conflicts with|later, conflicts with) ?", sha)
        .prop_map(|(sha, title, risk, verb, other)| {
            format!("| `{sha}` | {title} updates | {risk} | {verb} {other} |\n")
        });
    let table = proptest::collection::vec(row, 1..5)
        .prop_map(|rows| format!("\n| SHA | Description | Risk | Notes |\n|---|---|---|---|\n{}\n", rows.concat()));
    let heading = ("#{1,4}", "(PRIORITY [1-3]: )?", "[A-Za-z& ]{0,14}")
        .prop_map(|(level, n, text)| format!("\n{level} {n}{text}\n\n"));
    let picks = proptest::collection::vec(sha, 1..4)
        .prop_map(|shas| shas.iter().map(|sha| format!("git cherry-pick {sha}\n")).collect());
    let step = ("[1-4]", "[A-Za-z ]{0,10}", "(|\\(OPTIONAL\\))", picks).prop_map(
        |(n, title, mark, picks): (_, _, _, String)| {
            format!("\n### Phase {n}: {title} {mark}\n```bash\n{picks}make test\n```\n")
        },
    );
    let action =
        sha.prop_map(|sha| format!("\n**Recommended Action:** skip old bump updates (choose latest: {sha})\n"));
    prop_oneof![4 => table, 2 => heading, 2 => step, 1 => action, 1 => "\\PC{0,40}\n"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_commit_listed_ends_in_one_place(pieces in proptest::collection::vec(piece(), 1..10)) {
        let Ok(analysis) = import::read(&pieces.concat()) else { return Ok(()) };
        let config = import::to_config(&analysis);
        let picked = config.phases.iter().flat_map(RawPhase::picks).map(|(_, pick, _)| pick.sha().0.0.clone());
        let excluded = config.exclude.iter().flat_map(|exclude| &exclude.commits).map(|sha| sha.0.clone());
        let mut placed: Vec<String> = picked.chain(excluded).collect();
        placed.sort();
        let picks = analysis.steps.iter().flat_map(|step| &step.picks).map(|pick| pick.sha.clone());
        let listed: BTreeSet<String> = analysis.rows().map(|row| row.sha.clone()).chain(picks).collect();
        prop_assert_eq!(placed, listed.into_iter().collect::<Vec<_>>());

        let ids: BTreeSet<&String> = config.phases.iter().map(|phase| &phase.id).collect();
        prop_assert_eq!(ids.len(), config.phases.len());
        prop_assert!(config.phases.iter().all(|phase| phase.picks().next().is_some()));
        let in_phases: BTreeSet<String> = config.phases.iter().flat_map(RawPhase::picks).map(|(_, pick, _)| pick.sha().0.0.clone()).collect();
        for group in &config.supersede {
            prop_assert!(group.commits.len() > 1);
            prop_assert!(group.commits.iter().all(|sha| in_phases.contains(&sha.0)));
            prop_assert!(group.keep.0 == "latest" || group.commits.iter().any(|sha| sha.0 == group.keep.0));
        }
    }

    #[test]
    fn no_text_is_too_odd(text in "(\\PC|[|#`*\n\r\t-]|[0-9a-f]{7}|\\| SHA \\|\n\\|---\\|\n){0,60}") {
        let survey = survey(vec![], vec![], &[]);
        if let Ok(analysis) = import::read(&text) {
            let lines = text.lines().count();
            for fault in import::faults(&analysis, &survey, &RangeScope::Whole, &lookup(&survey)) {
                prop_assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{:?}", fault);
            }
        }
    }
}
