//! What must never happen.

use std::collections::BTreeMap;

use engine::Repo;
use uptake::forge::github::{GitHubError, Purpose};
use uptake::forge::{
    Branches, Checks, Dispatch, ForgeError, Issues, Label, PullText, Pulls, Reaction, Status, StatusState,
};

use super::bench::{app, connect};
use super::state::{FORK, Pull, UPSTREAM};
use crate::forge::Bench;
use crate::support::snapshot;

#[test]
fn upstream_cannot_be_written_to_by_any_name() {
    let bench = super::bench();
    let clone = bench.world.fork();
    let refused = |upstream: &str| {
        let github = connect(&bench.server, &clone, app(), Purpose::Publish).github;
        let Err(ForgeError::GitHub(error)) = github.writing(&[upstream.parse().expect("a name")]) else {
            panic!("{upstream} is written to");
        };
        assert!(matches!(*error, GitHubError::Upstream(_)), "{error}");
    };
    refused(FORK);
    refused(&FORK.to_uppercase());
    // Upstream took the name that stands as the fork's; its old one leads there.
    bench.server.state().old_upstream = Some("old/name".into());
    refused("old/name");
    for other in [UPSTREAM, "gone/away"] {
        let github = connect(&bench.server, &clone, app(), Purpose::Publish).github;
        assert!(github.writing(&[other.parse().expect("a name")]).is_ok(), "{other}");
    }
    assert_eq!(
        bench.writes().into_iter().filter(|name| !name.ends_with("/access_tokens")).collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn what_was_opened_for_looking_sends_no_write() {
    let mut bench = super::bench();
    let head = bench.push_branch().expect("pushed");
    let mut text = PullText {
        title: "Take a".into(),
        body: "Text".into(),
        head: "uptake/a".into(),
        base: "main".into(),
        labels: Vec::new(),
        draft: false,
    };
    let number = bench.github.open_pull(&text).expect("opened");
    let comment = bench.try_comment(number, "Done.").expect("said");
    let dispatch =
        Dispatch { workflow: "uptake-ci.yml".into(), on: "main".into(), inputs: BTreeMap::new(), fresh: false };
    let run = bench.github.dispatch(&dispatch).expect("started").expect("its id").run;
    bench.writes();
    let (repo, main) = (Repo::open(&bench.world.fork()).expect("opened"), bench.branch("main"));
    let status = Status { context: "a".into(), state: StatusState::Error, description: String::new(), link: None };
    let label = Label { name: "risk:low".into(), colour: "0e8a16".into(), description: "Why".into() };
    let mut looking = connect(&bench.server, &bench.world.fork(), app(), Purpose::PublishAndTest).github;
    let before = text.clone();
    text.title = "Take b".into();
    let mut all = vec![
        looking.push_branch(&repo, "uptake/b", head, None, main),
        looking.delete_branch("uptake/a", head),
        looking.edit_pull(number, &before, &text),
        looking.close_pull(number),
        looking.open_issue("Progress", "None yet.", &[]).map(drop),
        looking.reopen_issue(number, "Progress", "None yet.", &[]),
        looking.edit_issue(number, "Progress", "None yet."),
        looking.comment(number, "All done.").map(drop),
        looking.edit_comment(comment, "All done."),
        looking.react(comment, Reaction::Rocket),
        looking.put_label(&label),
        looking.put_status(head, &status),
        looking.dispatch(&dispatch).map(drop),
        looking.cancel_run(run),
    ];
    text.base = "uptake/a".into();
    all.push(looking.open_pull(&text).map(drop));
    let sent = bench.writes();
    bench.github.close_pull(number).expect("closed");
    bench.writes();
    all.push(looking.reopen_pull(number, "Text"));
    for (at, refused) in all.into_iter().enumerate() {
        let Err(ForgeError::GitHub(error)) = refused else { panic!("the write {at} was sent") };
        assert!(matches!(*error, GitHubError::ReadOnly(_)), "{at}: {error}");
    }
    let sent: Vec<_> = sent.into_iter().chain(bench.writes()).collect();
    assert!(sent.iter().all(|name| name.ends_with("/access_tokens")), "{sent:?}");
}

#[test]
fn a_pull_request_that_a_person_opened_is_not_changed() {
    let mut bench = super::bench();
    bench.push_branch().expect("pushed");
    let number = bench.server.state().opens_issue("maintainer", "By hand", "Mine.", Vec::new());
    bench.server.state().item(number).expect("an item").pull = Some(Pull::new("uptake/a", "main"));
    let found = bench.github.pulls("uptake/").expect("read").bringing;
    assert!(!found[0].own && found[0].text.title == "By hand", "{found:?}");
    let text = PullText { title: "Ours".into(), ..found[0].text.clone() };
    let error = bench.github.open_pull(&text).expect_err("refused").to_string();
    assert!(error.ends_with("A pull request already exists for fork:uptake/a."), "{error}");
    assert_eq!(bench.github.pulls("uptake/").expect("read").bringing, found);
}

#[test]
fn the_clone_is_only_read() {
    let mut bench = super::bench();
    let before = snapshot(&bench.world.fork());
    let main = bench.branch("main").expect("there");
    let repo = Repo::open(&bench.world.fork()).expect("opened");
    bench.github.push_branch(&repo, "uptake/a", main, None, Some(main)).expect("pushed");
    bench.github.branches(&repo, "uptake/", "main").expect("read");
    assert_eq!(snapshot(&bench.world.fork()), before);
}
