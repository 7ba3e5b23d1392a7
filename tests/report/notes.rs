//! What the report says of each conflict and of what was resolved, in both its forms.

use engine::commit::When;
use engine::path::RepoPath;
use uptake::pick::Method;
use uptake::pick::answer::Origin;
use uptake::pick::{Attribution, CommitSummary, DroppedLines, Outcome, Resolution, ResolvedBy};
use uptake::view::report::markdown;

use super::facts::{Owned, id, small};
use super::{page, section};

/// The small fork with all that can be said of a conflict: a long place, one that a cascade meets again, whose lines they are, and
/// a file that an answer resolved.
fn described() -> Owned {
    let mut owned = small();
    let named = |n: u8, subject: &str| CommitSummary {
        sha: id(n),
        subject: subject.into(),
        author: "Bea".into(),
        date: When { seconds: 1_760_000_000, offset: 0 },
        verdict: None,
    };
    let whose = Attribution {
        fork: vec![named(0xf5, "Our own engine")],
        picked: Vec::new(),
        upstream: vec![named(1, "Fix the parser")],
    };
    let picks = &mut owned.built.phases[1].picks;
    for pick in &mut picks[..2] {
        let conflict = &mut pick.conflicts[0];
        conflict.hunks[0].ours = (0..30).map(|line| format!("our line {line}")).collect();
        conflict.hunks[1].line = 90;
        conflict.hunks[1].theirs = vec![format!("theirs of {}", pick.sha.short())];
        conflict.whose = vec![whose.clone(), whose.clone()];
    }
    picks[2].outcome = Outcome::Resolved;
    picks[2].commit = Some(id(0xdd));
    let origin = Origin {
        who: "maintainer".into(),
        when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
        link: Some("https://github.com/someone/fork/pull/7".into()),
    };
    picks[2].resolutions.push(Resolution {
        path: RepoPath::from("Cargo.toml"),
        kind: None,
        by: ResolvedBy::Memory { key: "0123456789ab".into(), origin },
        how: Method::Lines { chosen: None, places: 1, total: 1 },
        lost: DroppedLines { upstream: vec!["cudarc = 2".into()], fork: vec!["cudarc = 0".into()], stays: Vec::new() },
        notes: Vec::new(),
    });
    owned.built.phases[1].checked.picks = 1;
    owned.built.phases[1].checked.files = 1;
    owned
}

#[test]
fn each_conflict_is_told_as_the_pull_request_tells_it() {
    let markdown = markdown(&described().facts());
    insta::assert_snapshot!(section(&markdown, "In phase 2: Engine"), @r#"
    - `020202020` Rework the engine, in `src/engine.rs`. A root: it conflicts by itself, even with all before it resolved.

    1 pick lacks earlier ones alone.
    "#);
}

#[test]
fn what_was_resolved_is_listed_with_its_origin_and_what_it_gave_up() {
    let markdown = markdown(&described().facts());
    insta::assert_snapshot!(section(&markdown, "On the branch of phase 2: Engine"), @r#"
    1 file resolved without a person:

    - 1 by answer `0123456789ab` of maintainer, 2025-11-22T10:00:00Z ([there](https://github.com/someone/fork/pull/7))

    Every line upstream adds and the fork had was looked for on the branch (1 pick, 1 file): 1 line of upstream's and 1 line of the fork's were dropped, and `uptake plan --format json` names each.
    "#);
}

#[test]
fn the_page_says_the_same() {
    let mut owned = described();
    // Of what waits for others no lines are shown.
    assert!(!page(&owned).contains("From line 4 on, the same as in the note on "));
    owned.built.phases[1].picks[1].outcome = Outcome::Decide;
    let page = page(&owned).replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
    for part in [
        "+our line 29\n@@ upstream, from line ",
        "From line 4 on, the same as in the note on ",
        "the fork's side is from ",
        "https://github.com/someone/fork/commit/f5f5f5f5f",
        "https://github.com/someone/fork/blob/f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0/src/engine.rs#L4-L33",
        "git -c merge.conflictStyle=diff3 cherry-pick -x 0202020202020202020202020202020202020202",
        "the lines that were resolved on then in 1 place",
        "answer <code>0123456789ab</code> of ",
        "href=\"https://github.com/someone/fork/pull/7\"",
        "+ cudarc = 2\n- cudarc = 0",
    ] {
        assert!(page.contains(part), "{part}\n--- is not in\n{page}");
    }
}
