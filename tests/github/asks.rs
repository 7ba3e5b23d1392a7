//! Reviewers, assignees and auto-merge: asked for once, where nothing waits for a decision.

use super::day::{CONFIG, Day};
use crate::support::forge::lines;

const READY: &str = "
ready: { reviewers: [ada, fork/gpu], assignees: [ada], auto_merge: squash }
";

/// A morning on which the fork's rules ask for a status, so that there is something to wait for before a merge.
pub(super) fn day() -> Day {
    let mut day = Day::with(&format!("{CONFIG}{READY}"));
    day.change(|state| {
        state.rights.insert("ada".into(), "write".into());
        state.required = vec!["build".into()];
    });
    day.again();
    day
}

/// Who is asked, who is assigned and how it is merged, of each open pull request of ours.
fn asked(day: &Day) -> Vec<String> {
    let state = day.server.state();
    let open = state.items.iter().filter(|item| item.open);
    let of = open.filter_map(|item| Some((item, item.pull.as_ref()?)));
    of.map(|(item, pull)| format!("{}: {:?} {:?} {:?}", pull.head, pull.reviewers, item.assignees, pull.auto_merge))
        .collect()
}

fn writes(day: &Day) -> Vec<String> {
    let log = day.server.log().into_iter().filter(|logged| logged.request.writes());
    log.map(|logged| logged.request.name()).filter(|name| !name.ends_with("/access_tokens")).collect()
}

#[test]
fn what_is_ready_is_asked_for_once_and_what_people_change_stays() {
    let day = day();
    day.run().expect("a run");
    let all = r#"["@gpu", "ada"] ["ada"] Some("SQUASH")"#;
    let expected = ["fixes", "docs", "rest"].map(|phase| format!("uptake/{phase}: {all}"));
    assert_eq!(asked(&day), expected);
    day.server.log();
    day.next().expect("another");
    assert_eq!(writes(&day), Vec::<String>::new());
    // A person reviews, takes an assignee away, and turns auto-merge off.
    for item in &mut day.server.state().items {
        item.assignees.clear();
        if let Some(pull) = &mut item.pull {
            pull.reviewers.clear();
            pull.auto_merge = None;
        }
    }
    day.next().expect("another");
    let none = "[] [] None";
    assert_eq!(asked(&day), ["fixes", "docs", "rest"].map(|phase| format!("uptake/{phase}: {none}")));
}

#[test]
fn who_cannot_be_asked_is_named_once_and_stops_nothing() {
    let mut day = Day::with(&format!(
        "{CONFIG}ready: {{ reviewers: [ada, nobody, other/team], assignees: [ada, ghost], auto_merge: merge }}\n"
    ));
    day.change(|state| drop(state.rights.insert("ada".into(), "write".into())));
    day.again();
    let report = day.run().expect("a run");
    let of_first = |line: &&String| line.starts_with("note: pull request 2:");
    let notes: Vec<_> = lines(&report.changes).into_iter().collect();
    let notes: Vec<_> = notes.iter().filter(of_first).collect();
    insta::assert_debug_snapshot!(notes, @r#"
    [
        "note: pull request 2: other/team cannot be asked for a review: it is no team of fork; it is not asked for again",
        "note: pull request 2: nobody cannot be asked for a review: Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the fork/mistral.rs repository; it is not asked for again",
        "note: pull request 2: ghost cannot be assigned: GitHub assigns people with access alone; it is not asked for again",
        "note: pull request 2: auto-merge cannot be turned on: Pull request Pull request is in clean status; it is not asked for again",
    ]
    "#);
    assert_eq!(asked(&day)[0], r#"uptake/fixes: ["ada"] ["ada"] None"#);
    let next = day.next().expect("another");
    assert!(!lines(&next.changes).iter().any(|line| line.contains("not asked for again")));
}

#[test]
fn auto_merge_is_taken_back_before_a_decision_is_pushed_and_on_hold() {
    let mut day = day();
    day.run().expect("a run");
    let hold = day.server.state().pull_of("uptake/docs");
    day.server.state().comments(hold, "ada", "/hold");
    day.world.on_fork().commit("Ours too", &[("a.txt", "ours\n")]);
    day.world.on_upstream().commit("Fix a once more", &[("a.txt", "A\nb\nc\nd\ne\nf\ngg\nH\n")]);
    day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    day.world.on_fork();
    let to = day.server.state().repository.display().to_string();
    day.world.git(&["push", "--quiet", &to, "main"]);
    day.server.state().pushed();
    let report = day.next().expect("another");
    let all = lines(&report.changes);
    let off = all.iter().position(|line| line.starts_with("pull request 2") && line.ends_with("turn off auto-merge"));
    let push = all.iter().position(|line| line.starts_with("move branch uptake/fixes"));
    assert!(off.is_some() && off < push, "{all:?}");
    let merges: Vec<_> =
        day.server.state().items.iter().filter_map(|item| Some(item.pull.as_ref()?.auto_merge.is_some())).collect();
    assert_eq!(merges, [false, false, true], "{all:?}");
    // Once it goes on, it is merged by itself again.
    day.server.state().comments(hold, "ada", "/unhold");
    day.next().expect("another");
    assert_eq!(day.server.state().item(hold).and_then(|item| item.pull.clone()?.auto_merge), Some("SQUASH".into()));
}
