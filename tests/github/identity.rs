//! The bot under another login than before: by a person's token first, then as the App; by a workflow's own token; as an App that was
//! renamed. What it made is its own by number.

use super::day::Day;
use super::state::{LOGIN, State};
use uptake::pipeline::RunReport;

const WORKFLOW: &str = "github-actions[bot]";

fn pull_of(state: &State, branch: &str) -> u64 {
    state.pull_of(branch)
}

/// What was said by the bot in a conversation, by login.
fn said(day: &Day, on: u64) -> Vec<(String, String)> {
    let state = day.server.state();
    let ours = state.comments.iter().filter(|comment| comment.on == on && comment.body.contains("<!-- uptake"));
    ours.map(|comment| (comment.author.clone(), comment.body.clone())).collect()
}

fn notices(report: &RunReport) -> Vec<String> {
    report.changes.notices.iter().map(ToString::to_string).collect()
}

fn dashboards(day: &Day) -> Vec<u64> {
    let state = day.server.state();
    let all = state.items.iter().filter(|item| item.pull.is_none() && item.body.contains("<!-- uptake dashboard -->"));
    all.map(|item| item.number).collect()
}

/// Another login takes over what one made: a hold is obeyed, no test is cancelled, nothing is opened twice, and it is told once.
fn another_login_goes_on(first: &str, second: &str) {
    let mut day = Day::first();
    day.run_under(first).expect("the first login's run");
    let (held, asked) = {
        let mut state = day.server.state();
        let (rest, docs) = (pull_of(&state, "uptake/rest"), pull_of(&state, "uptake/docs"));
        state.comments(docs, "maintainer", "/status");
        (rest, docs)
    };
    day.run_under(first).expect("its second");
    let before = day.server.state().heads.clone();
    let open = day.server.state().items.len();
    assert_eq!(said(&day, asked).len(), 2, "a reply, and the note");
    day.server.state().comments(held, "maintainer", "/hold");
    day.world.on_upstream().commit("Add more", &[("more.txt", "more\n")]);
    day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    day.world.on_fork();

    let report = day.run_under(second).expect("the second login's run");
    let told: Vec<_> = notices(&report).into_iter().filter(|notice| notice.contains("goes on under")).collect();
    let pulls = ["fixes", "docs", "rest"].map(|id| report.observed.of_phase(&id.into()).expect("there").number);
    let dashboard = dashboards(&day);
    assert_eq!(dashboard.len(), 1, "no second one: {dashboard:?}");
    let [fixes, docs, rest] = pulls;
    let all = format!("pull requests {fixes}, {docs} and {rest} and the dashboard {}", dashboard[0]);
    assert_eq!(told, [format!("what {first} made goes on under {second}: {all}")]);
    {
        let state = day.server.state();
        assert_eq!(state.branch("uptake/rest"), before.get("uptake/rest").cloned(), "it is on hold");
        assert_eq!(state.items.len(), open, "nothing is opened again");
        assert!(
            state.runs.iter().all(|run| run["conclusion"] != "cancelled"),
            "no test is cancelled: {:?}",
            state.runs
        );
        let hold = state.comments.iter().find(|comment| comment.body == "/hold").expect("there");
        assert_eq!(hold.reactions, ["eyes", "rocket"]);
    }
    let replies = said(&day, asked).into_iter().filter(|(_, body)| body.contains("<!-- uptake-reply ")).count();
    assert_eq!(replies, 1, "what was answered is not answered again: {:?}", said(&day, asked));

    day.server.log();
    let third = day.run_under(second).expect("its second run");
    assert_eq!(third.changes.changes, []);
    let again: Vec<_> = notices(&third).into_iter().filter(|notice| notice.contains("goes on under")).collect();
    assert_eq!(again, Vec::<String>::new(), "told once");
    let writes = day.server.log().into_iter().filter(|logged| logged.request.writes());
    assert_eq!(writes.map(|logged| logged.request.name()).collect::<Vec<_>>(), [""; 0], "it rests");
    let made = day.server.state().git(&["show", "uptake/ledger:made.yml"]);
    assert!(made.contains(&format!("login: {second}\n")), "{made}");
}

#[test]
fn after_a_trial_with_a_person_s_token_the_app_goes_on() {
    another_login_goes_on("maintainer", LOGIN);
}

#[test]
fn after_a_workflow_s_own_token_the_app_goes_on() {
    another_login_goes_on(WORKFLOW, LOGIN);
}

#[test]
fn an_app_that_was_renamed_goes_on() {
    another_login_goes_on("old-name[bot]", LOGIN);
}

#[test]
fn the_app_may_be_given_up_for_a_workflow_s_own_token() {
    another_login_goes_on(LOGIN, WORKFLOW);
}

#[test]
fn what_a_former_login_says_once_all_is_taken_over_is_a_copy() {
    let day = Day::first();
    day.run_under("maintainer").expect("a trial");
    day.run_under(LOGIN).expect("the App");
    let on = {
        let mut state = day.server.state();
        let on = pull_of(&state, "uptake/rest");
        let asked = state.comments(on, "maintainer", "/status");
        state.comments(on, "maintainer", &format!("Done.\n\n<!-- uptake-reply {asked} -->\n"));
        on
    };
    day.run_under(LOGIN).expect("another");
    let replies = said(&day, on).into_iter().filter(|(author, _)| author == LOGIN).count();
    assert_eq!(replies, 2, "it is answered and noted: {:?}", said(&day, on));
}
