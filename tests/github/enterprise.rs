//! A GitHub that is not github.com: nothing that is written leads to another, and the fork is recognised by where its clone is from.

use super::hosted::{uptake, world};
use super::state::FORK;
use crate::support::git_in;

const CONFIG: &str = "upstream: { repository: up/mistral.rs, branch: upstream }\nfork: { repository: fork/mistral.rs }\nphases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }\n";

#[test]
fn what_is_written_there_leads_nowhere_else() {
    let (mut world, server) = world(CONFIG);
    // A conflict, so that both sides' commits and files are linked, and the way to take it by hand is given.
    world.on_upstream().commit("Fix c, see #7 and up/mistral.rs#8", &[("c.txt", "theirs\n")]);
    world.on_fork().commit("Our own c", &[("c.txt", "ours\n")]);
    super::seed(&world, &server);
    let arguments = ["run", "--forge", "github", "--fork", FORK, "--repo", "clone"];
    let output = uptake(&world, &server).args(arguments).output().expect("uptake runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", text(&output.stderr));
    let state = server.state();
    let mut written: Vec<String> = state.items.iter().map(|item| item.body.clone()).collect();
    written.extend(state.comments.iter().map(|comment| comment.body.clone()));
    written.push(state.git(&["log", "--format=%B", "uptake/fixes"]));
    written.push(text(&output.stdout));
    drop(state);
    for text in &written {
        assert!(!text.contains("github.com"), "{text}");
    }
    let all = written.join("\n");
    let (own, theirs) = (format!("{}/fork/mistral.rs/", server.git()), format!("{}/up/mistral.rs/", server.git()));
    assert!(all.contains(&format!("{own}commit/")) && all.contains(&format!("{theirs}commit/")), "{all}");
    assert!(all.contains(&format!("git fetch {}/up/mistral.rs.git ", server.git())), "{all}");
    // There is no way to upstream's pull requests and issues that leaves no trace there.
    assert!(!all.contains("/issues/") && all.contains("#\u{200b}7"), "{all}");
}

#[test]
fn the_fork_is_where_its_clone_is_from_on_that_server() {
    let (world, server) = world(&CONFIG.replace("fork: { repository: fork/mistral.rs }\n", ""));
    let origin = format!("{}/{FORK}.git", server.git());
    assert!(git_in(&world.fork(), &["remote", "add", "origin", &origin], 0).status.success());
    let output = uptake(&world, &server).args(["--repo", "fork", "doctor"]).output().expect("uptake runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains(&format!("{FORK} can be written to")), "{text}");
    assert!(!text.contains("github.com"), "{text}");
}
