//! What a bot closed since nobody touched it is opened again once, with a label that such bots can pass over; what a person closed stays
//! closed, and so does what is closed again.

use uptake::forge::github::{Credentials, REQUEST_TIMEOUT};
use uptake::pipeline::{RunEnd, RunReport};

use super::day::Day;
use super::state::{Item, Token};

const STALE: &str = "github-actions[bot]";

/// Both conversations that a bot closed: a pull request and the dashboard.
fn numbers(day: &Day) -> [u64; 2] {
    let state = day.server.state();
    let dashboard = state.items.iter().find(|item| item.body.contains("<!-- uptake dashboard -->")).expect("there");
    [state.pull_of("uptake/fixes"), dashboard.number]
}

/// As actions/stale does it.
fn closes(day: &Day, login: &str, number: u64) {
    let mut state = day.server.state();
    state.item(number).expect("there").labels.push("Stale".into());
    state.closes(login, number);
}

fn item(day: &Day, number: u64) -> Item {
    day.server.state().item(number).expect("there").clone()
}

fn runs(day: &Day) -> RunReport {
    match day.rests().expect("a run") {
        RunEnd::Done(report) => *report,
        RunEnd::Rested(_) => panic!("it rested"),
    }
}

/// Two more runs, of which the second finds nothing at all, and how often anybody was asked who closed these.
fn rests(day: &Day, numbers: &[u64]) -> usize {
    day.server.log();
    day.rests().expect("a run");
    let of_next = day.server.log();
    assert!(matches!(day.rests().expect("a run"), RunEnd::Rested(_)));
    let asks = |path: &str| numbers.iter().any(|number| path.ends_with(&format!("/issues/{number}")));
    let asked = of_next.iter().filter(|logged| logged.request.method == "GET" && asks(&logged.request.path));
    asked.count()
}

/// Fixes and the dashboard were closed by a bot.
pub(super) fn day() -> Day {
    let mut day = Day::first();
    day.run().expect("the first day");
    for number in numbers(&day) {
        closes(&day, STALE, number);
    }
    let now = day.server.state().clone();
    day.change(|morning| *morning = now);
    day
}

#[test]
fn what_a_bot_closed_is_opened_again_once() {
    let day = Day::first();
    day.run().expect("the first day");
    let [pull, dashboard] = numbers(&day);
    let before = item(&day, pull);
    closes(&day, STALE, pull);
    closes(&day, STALE, dashboard);
    let report = runs(&day);
    let changes: Vec<_> = report.changes.changes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(changes.join("\n"), @r#"
    create label "pinned"
    open pull request 2 "Uptake: Fixes" again: github-actions[bot] closed it, and no person
    edit pull request 2 "Uptake: Fixes": text, labels
    open again and edit the dashboard 5 "Uptake: upstream status"
    "#);
    let after = item(&day, pull);
    assert!(after.open && after.pull.as_ref().map(|pull| &pull.head) == before.pull.as_ref().map(|pull| &pull.head));
    assert_eq!(after.labels, ["phase:fixes", "pinned", "risk:low"]);
    insta::assert_snapshot!(after.body.split("\n\n").next().unwrap_or_default(), @r"
    > [!NOTE]
    > A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. To keep it open, have that bot pass over the label `pinned`: for actions/stale that is `exempt-pr-labels: 'pinned'`.
    ");
    let shown = item(&day, dashboard);
    assert!(shown.open && shown.labels == ["pinned"], "{shown:?}");
    insta::assert_snapshot!(shown.body.split("\n\n").next().unwrap_or_default(), @r"
    > [!NOTE]
    > A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. To keep it open, have that bot pass over the label `pinned`: for actions/stale that is `exempt-issue-labels: 'pinned'`.
    ");
    assert_eq!(rests(&day, &[pull]), 0);

    // The label is not passed over: that bot closes them again.
    closes(&day, STALE, pull);
    closes(&day, STALE, dashboard);
    let report = runs(&day);
    assert!(!item(&day, pull).open && !item(&day, dashboard).open, "it is obeyed now");
    let notices: Vec<_> = report.changes.notices.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(notices.join("\n"), @r#"
    pull request 2 "Uptake: Fixes" was closed once more: it stays closed
    the dashboard 5 is closed: left alone (open it again, or set `dashboard.enabled: false`)
    "#);
    assert_eq!(rests(&day, &[pull]), 0);
    assert!(!item(&day, pull).open && !item(&day, dashboard).open);
}

#[test]
fn what_a_person_closed_stays_closed() {
    let day = Day::first();
    day.run().expect("the first day");
    let [pull, dashboard] = numbers(&day);
    for (login, number) in [("maintainer", pull), ("maintainer", dashboard)] {
        closes(&day, login, number);
    }
    let report = runs(&day);
    let opened = report.changes.changes.iter().any(|change| change.to_string().contains("again"));
    assert!(!opened && !item(&day, pull).open && !item(&day, dashboard).open);
    assert_eq!(rests(&day, &[pull]), 0, "nobody is asked again who closed it");
    assert!(!item(&day, pull).open && !item(&day, dashboard).open);
}

#[test]
fn a_branch_that_the_bot_removed_is_published_again_once() {
    let day = Day::first();
    day.run().expect("the first day");
    let [first, _] = numbers(&day);
    let removes = |pull: u64| {
        let branch = item(&day, pull).pull.expect("a pull request").head;
        closes(&day, STALE, pull);
        let mut state = day.server.state();
        state.git(&["update-ref", "-d", &format!("refs/heads/{branch}")]);
        state.pushed();
        state.closes(STALE, pull);
    };
    removes(first);
    runs(&day);
    let second = day.server.state().pull_of("uptake/fixes-2");
    let shown = item(&day, second);
    assert!(!item(&day, first).open && shown.body.starts_with("> [!NOTE]\n> A bot closed this"), "{}", shown.body);
    assert_eq!(shown.labels, ["phase:fixes", "pinned", "risk:low"]);
    assert_eq!(rests(&day, &[first, second]), 0);
    removes(second);
    runs(&day);
    assert_eq!(rests(&day, &[first, second]), 0);
    let state = day.server.state();
    let open = state.items.iter().filter(|item| item.open && item.title.contains("Fixes")).count();
    assert_eq!(open, 0, "it is obeyed now");
}

#[test]
fn with_people_s_commits_it_is_opened_again_and_stays_theirs() {
    let day = Day::first();
    day.run().expect("the first day");
    let [pull, _] = numbers(&day);
    let theirs = {
        let mut state = day.server.state();
        let tree = state.git(&["rev-parse", "uptake/fixes^{tree}"]);
        let theirs = state.git(&["commit-tree", &tree, "-p", "uptake/fixes", "-m", "By hand"]);
        state.git(&["update-ref", "refs/heads/uptake/fixes", &theirs]);
        state.pushed();
        theirs
    };
    closes(&day, STALE, pull);
    runs(&day);
    let shown = item(&day, pull);
    assert!(shown.open && shown.labels.contains(&"pinned".to_owned()) && !shown.labels.contains(&"Stale".to_owned()));
    assert_eq!(day.server.state().branch("uptake/fixes"), Some(theirs));
    assert_eq!(rests(&day, &[pull]), 0);
    closes(&day, STALE, pull);
    runs(&day);
    assert!(!item(&day, pull).open);
}

#[test]
fn where_others_write_under_our_login_the_bot_s_label_tells() {
    let day = Day::first();
    let token = "ghs_of_a_workflow";
    let permissions = ["contents", "issues", "pull_requests", "actions", "statuses"];
    let permissions = permissions.map(|name| (name.to_owned(), "write".to_owned())).into();
    day.server.state().tokens.insert(token.into(), Token { permissions, ends: u64::MAX, login: STALE.into() });
    let run = || {
        let credentials = Credentials::Token(token.into());
        day.run_as(credentials, REQUEST_TIMEOUT, "2025-10-01T12:00:00Z").expect("a run");
    };
    run();
    let [fixes, rest] = ["uptake/fixes", "uptake/rest"].map(|branch| day.server.state().pull_of(branch));
    closes(&day, STALE, fixes);
    day.server.state().closes(STALE, rest);
    run();
    assert!(item(&day, fixes).open && !item(&day, rest).open);
    closes(&day, STALE, fixes);
    run();
    assert!(!item(&day, fixes).open && !item(&day, rest).open);
}

#[test]
fn on_hold_it_is_left_closed_until_the_phase_goes_on() {
    let day = Day::first();
    day.run().expect("the first day");
    let [pull, _] = numbers(&day);
    day.server.state().comments(pull, "maintainer", "/hold");
    runs(&day);
    closes(&day, STALE, pull);
    runs(&day);
    assert!(!item(&day, pull).open);
    day.server.state().comments(pull, "maintainer", "/unhold");
    runs(&day);
    assert!(item(&day, pull).open);
}

#[test]
fn the_fork_s_own_files_say_what_to_write_and_where() {
    let said = |with: &str| {
        let mut day = Day::first();
        let workflow = format!(
            "on: {{ schedule: [{{ cron: '7 3 * * *' }}] }}\njobs:\n  stale:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/stale@v10\n        with: {with}\n"
        );
        day.world.on_fork();
        day.world.commit("Close what is stale", &[(".github/workflows/stale.yml", &workflow)]);
        let fork = day.world.fork().display().to_string();
        {
            let mut state = day.server.state();
            // As GitHub's own page commits it; a push of an App's would be refused.
            state.git(&["fetch", "--quiet", &fork, "+refs/heads/main:refs/heads/main"]);
            state.pushed();
        }
        day.run().expect("the first day");
        let [pull, dashboard] = numbers(&day);
        day.server.state().item(pull).expect("there").labels.push("old".into());
        closes(&day, STALE, pull);
        closes(&day, STALE, dashboard);
        runs(&day);
        let shown = item(&day, pull);
        assert!(shown.open && !shown.labels.contains(&"old".to_owned()), "{:?}", shown.labels);
        let first = |text: &str| text.split("\n\n").next().unwrap_or_default().to_owned();
        format!("{}\n{}", first(&shown.body), first(&item(&day, dashboard).body))
    };
    insta::assert_snapshot!(said("{ stale-pr-label: old, exempt-pr-labels: 'bug,security' }"), @r"
    > [!NOTE]
    > A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. To keep it open, write `exempt-pr-labels: 'bug, security, pinned'` in `.github/workflows/stale.yml`: it has that label now.
    > [!NOTE]
    > A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. To keep it open, write `exempt-issue-labels: 'pinned'` in `.github/workflows/stale.yml`: it has that label now.
    ");
    let exempt = "{ stale-pr-label: old, exempt-pr-labels: Pinned, exempt-issue-labels: 'bug, pinned' }";
    insta::assert_snapshot!(said(exempt), @r"
    > [!NOTE]
    > A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. Its label `pinned` keeps it open from now on, by `.github/workflows/stale.yml`.
    > [!NOTE]
    > A bot closed this, and no person, so Uptake opened it again, once. Closed again, it stays closed. Its label `pinned` keeps it open from now on, by `.github/workflows/stale.yml`.
    ");
}
