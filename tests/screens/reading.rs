//! The reading test: the first screen of each text, as somebody reads it who sees it for the first time. It answers three questions: what is
//! ready, what must I decide, what happens next.

use std::fs;
use std::path::Path;

use super::{CONFIG, read, seen, world};
use crate::support::forge::{job, out};
use crate::support::{uptake, uptake_in};

/// The lines of a screen.
const SCREEN: usize = 40;

/// What is seen first of a text, and that it has the three answers.
fn first_screen(text: &str, answers: [&str; 3]) -> String {
    let screen = text.lines().take(SCREEN).collect::<Vec<_>>().join("\n").replace('\u{200b}', "");
    for answer in answers {
        assert!(screen.contains(answer), "{answer:?} is not in\n{screen}");
    }
    screen
}

#[test]
fn the_first_screen_says_what_is_ready_what_to_decide_and_what_comes_next() {
    let world = world(3, 2);
    let session = world.open(CONFIG);
    job(&world, &session);
    let command = |name| uptake(world.folder(), &["--repo", "fork", "--offline", "--config", "uptake.yml", name]).1;

    let pull = seen(&read(&out(&world).join("pulls/1.md")));
    let screen = first_screen(&pull, ["3 picks are ready", "You decide:** 2 picks", "**Next:**"]);
    insta::assert_snapshot!(screen, @"");

    let dashboard = seen(&read(&out(&world).join("issues/2.md")));
    let screen = first_screen(&dashboard, ["merge what is ready: #1", "Decide [`", "Next for you"]);
    insta::assert_snapshot!(screen, @"");

    let screen = first_screen(&command("plan"), ["ready", "2 decide", "Next: resolve "]);
    insta::assert_snapshot!(screen, @"");

    let screen = first_screen(&seen(&command("report")), ["Recommendation", "decide", "1."]);
    insta::assert_snapshot!(screen, @"");
}

#[test]
fn the_first_screen_of_a_job_says_it_too() {
    let world = world(3, 2);
    drop(world.open(CONFIG));
    let event = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/action/workflow_dispatch.json");
    fs::copy(event, world.folder().join("event.json")).expect("copied");
    let at = |name: &str| world.folder().join(name).display().to_string();
    let environment = [
        ("GITHUB_EVENT_NAME", "workflow_dispatch".to_owned()),
        ("GITHUB_EVENT_PATH", at("event.json")),
        ("GITHUB_REPOSITORY", "octo-org/octo-repo".to_owned()),
        ("GITHUB_STEP_SUMMARY", at("summary")),
        ("GITHUB_WORKSPACE", at("fork")),
        ("RUNNER_TEMP", at("")),
    ];
    fs::write(at("summary"), "").expect("written");
    let action = ["--repo", "fork", "--offline", "--config", "uptake.yml", "action", "--forge", "folder:out"];
    let (code, said, error) = uptake_in(world.folder(), &action, &environment);
    assert_eq!(code, 0, "{said}{error}");
    let summary = read(&world.folder().join("summary"));
    let screen = first_screen(&summary, ["ready to merge", "2 picks wait for a person", "What is next"]);
    insta::assert_snapshot!(screen, @"");
}

/// The README speaks of no fork: what is ready is how to have it, what to decide is what it asks of people.
#[test]
fn the_first_screen_of_the_readme_says_what_it_is_what_it_asks_and_how_to_begin() {
    let readme = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md"));
    let screen = first_screen(
        &readme,
        ["What it is\nnot sure of it asks", "cargo install --locked --git", "## Four commands to a rehearsal"],
    );
    let pictures = ["pull-request.png", "report.png"].map(|name| screen.matches(name).count());
    assert_eq!(pictures, [1, 1], "what it looks like is seen before it is installed");
}
