//! What must never happen.

use engine::Repo;
use uptake::forge::github::{GitHubError, Purpose};
use uptake::forge::{ForgeError, ForgeRead, ForgeWrite, PullText};

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
fn a_pull_request_that_a_person_opened_is_not_changed() {
    let mut bench = super::bench();
    bench.push_branch().expect("pushed");
    let number = bench.server.state().opens_issue("maintainer", "By hand", "Mine.", Vec::new());
    let (head, base) = ("uptake/a".into(), "main".into());
    let pull = Pull { head, base, from: None, draft: false, merged: None, closed_at: None };
    bench.server.state().item(number).expect("an item").pull = Some(pull);
    let found = bench.github.pulls("uptake/").expect("read");
    assert!(!found[0].own && found[0].text.title == "By hand", "{found:?}");
    let text = PullText { title: "Ours".into(), ..found[0].text.clone() };
    let error = bench.github.open_pull(&text).expect_err("refused").to_string();
    assert!(error.ends_with("A pull request already exists for fork:uptake/a."), "{error}");
    assert_eq!(bench.github.pulls("uptake/").expect("read"), found);
}

#[test]
fn the_clone_is_only_read() {
    let mut bench = super::bench();
    let before = snapshot(&bench.world.fork());
    let main = bench.branch("main").expect("there");
    let repo = Repo::open(&bench.world.fork()).expect("opened");
    bench.github.push(&repo, "uptake/a", main, None, Some(main)).expect("pushed");
    bench.github.branches("uptake/", "main").expect("read");
    assert_eq!(snapshot(&bench.world.fork()), before);
}
