//! Texts of pull requests that other bots edit: what they put below stays, and a run finds nothing to do because of it.

use super::day::Day;

const SUMMARY: &str = "\n\n<!-- another bot -->\n## Summary by another bot\n\n- It does things.\n";

fn body(day: &Day) -> String {
    let mut state = day.server.state();
    let number = state.pull_of("uptake/rest");
    state.item(number).expect("a pull request").body.clone()
}

fn puts_below(day: &Day, text: &str) {
    let mut state = day.server.state();
    let number = state.pull_of("uptake/rest");
    state.item(number).expect("a pull request").body.push_str(text);
}

#[test]
fn what_another_bot_puts_below_stays_and_is_no_reason_to_write() {
    let mut day = Day::first();
    day.run().expect("a run");
    let before = body(&day);
    puts_below(&day, SUMMARY);
    let report = day.run().expect("the next run");
    assert_eq!((body(&day), report.changes.changes), (format!("{before}{SUMMARY}"), Vec::new()));

    // Our own part goes on, and the rest stays below it.
    day.world.on_upstream().commit("Add g", &[("g.txt", "g\n")]);
    day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    day.world.on_fork();
    day.run().expect("a run");
    let after = body(&day);
    assert!(after.contains("Add g") && after.ends_with(SUMMARY), "{after}");
    assert_eq!(after.matches("Summary by another bot").count(), 1);

    // What looks like a mark of ours does not.
    puts_below(&day, "<!-- uptake-reply 7 -->\n");
    day.run().expect("a run");
    let last = body(&day);
    assert!(!last.contains("another bot") && !last.contains("uptake-reply 7"), "{last}");
}
