//! Made-up ranges of every mixture of commits.

use proptest::prelude::*;
use uptake::line::OnLine;
use uptake::pick::{BuiltPhase, Outcome};
use uptake::plan::{LeftOut, Reason};
use uptake::survey::{Alone, Cascade, Verdict};
use uptake::view::report::markdown;

use super::facts::{Owned, commit, empty, id, phase, pick, small};
use super::{page, section};

/// What becomes of one made-up commit: its verdict, how it picks, its part in conflicts, and where the plan has it.
fn kind() -> impl Strategy<Value = (u8, u8)> {
    (0u8..6, 0u8..5)
}

/// A range of such commits over three phases.
fn range(kinds: &[(u8, u8)]) -> Owned {
    let mut owned = empty();
    let mut phases =
        vec![phase("a", "A", vec![], vec![]), phase("b", "B", vec![], vec![]), phase("c", "C", vec![], vec![])];
    let mut root = None;
    for (at, (state, place)) in kinds.iter().enumerate() {
        let n = u8::try_from(at + 1).expect("few commits");
        let mut commit = commit(n, &format!("Change number {n}"));
        (commit.verdict, commit.alone, commit.cascade) = match state {
            0 => (Verdict::Taken, Alone::Noop, Cascade::None),
            1 => (Verdict::Open, Alone::Noop, Cascade::None),
            2 => (Verdict::Open, Alone::Conflict, Cascade::Root),
            3 => (Verdict::Open, Alone::Conflict, Cascade::Cascade),
            4 => (Verdict::Open, Alone::Conflict, Cascade::None),
            _ => (Verdict::Open, Alone::Clean, Cascade::None),
        };
        if *state == 1 {
            commit.line = OnLine::NoOp;
        }
        match commit.cascade {
            Cascade::Root => root = Some(commit.sha),
            Cascade::Cascade => commit.roots = root.into_iter().collect(),
            Cascade::None => {}
        }
        let outcome = if commit.alone == Alone::Clean { Outcome::Clean } else { Outcome::Decide };
        match (commit.verdict, place) {
            (Verdict::Open, 0) if commit.is_no_op() => {
                phases[1].left_out.push(LeftOut { sha: id(n), reason: Reason::NoOp });
            }
            (Verdict::Open, _) if commit.is_no_op() => {}
            (Verdict::Open, 0..=2) => phases[usize::from(*place)].picks.push(pick(n, outcome)),
            (Verdict::Open, 3) => owned.built.unassigned.push(id(n)),
            (Verdict::Open, _) => {
                phases[0]
                    .left_out
                    .push(LeftOut { sha: id(n), reason: Reason::Excluded { reason: "no".into(), rule: None } });
            }
            (Verdict::Taken, 0) => phases[1].left_out.push(LeftOut { sha: id(n), reason: Reason::Taken(Vec::new()) }),
            // No phase claims it.
            _ => {}
        }
        owned.survey.commits.push(commit);
    }
    owned.built.phases = phases;
    owned.count();
    owned
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A commit that is in the range is in the report, whatever becomes of it, and has one mark in the picture's line.
    #[test]
    fn every_commit_is_accounted_for(kinds in proptest::collection::vec(kind(), 0..40)) {
        let owned = range(&kinds);
        let markdown = markdown(&owned.facts());
        let page = page(&owned);
        let strip = page.split_once("<g class=\"strip\">").map_or("", |(_, rest)| rest);
        let strip = strip.split_once("</g>\n<line class=\"line\"").map_or("", |(strip, _)| strip);
        for commit in &owned.survey.commits {
            let row = format!("| `{}` | {} |", commit.sha.short(), commit.subject);
            prop_assert!(markdown.contains(&row), "{row} is not in\n{markdown}");
            prop_assert_eq!(strip.matches(&format!("<title>{} ", commit.sha.short())).count(), 1);
        }
        let lanes = owned.built.phases.iter().map(|phase| phase.picks.len() + phase.left_out.len()).sum::<usize>();
        prop_assert_eq!(page.matches("<tr id=\"c-").count(), lanes + owned.built.unassigned.len());
    }
}

#[test]
fn of_many_phases_that_wait_the_first_are_named() {
    let mut owned = small();
    let engine = owned.built.phases[1].clone();
    for n in 2..=8 {
        let (id, title) = (format!("engine-{n}").as_str().into(), format!("Engine {n}"));
        owned.built.phases.push(BuiltPhase { id, title, ..engine.clone() });
    }
    insta::assert_snapshot!(section(&markdown(&owned.facts()), "Next steps"), @r"
    1. **ready**: Critical fixes: review 1 pick: `uptake/fixes` applies as it is.
    2. **partly ready**: Engine: review 1 pick on `uptake/engine`, resolve 1.
    3. **partly ready**: Engine 2: review 1 pick on `uptake/engine`, resolve 1.
    4. **partly ready**: Engine 3: review 1 pick on `uptake/engine`, resolve 1.
    5. **partly ready**: Engine 4: review 1 pick on `uptake/engine`, resolve 1.
    6. **partly ready**: Engine 5: review 1 pick on `uptake/engine`, resolve 1.
    7. **partly ready**: Engine 6: review 1 pick on `uptake/engine`, resolve 1.
    8. **later**: 2 phases after these: review 2 picks, resolve 2.
    9. **to do**: Resolve `020202020` first: 1 commit hangs on it.
    10. **to do**: Give 1 open commit a phase, or exclude it: see Unassigned commits.
    11. **to do**: After each phase, validate: `make test`.
    ");
}
