//! What people see first of each text: what is ready, what they decide and what comes next. And how long a text is where it is read, how
//! much of it is addresses, and that no decision is lost in it.

use std::fs;
use std::path::Path;

use regex::Regex;
use uptake::pick::Outcome;

use crate::support::forge::{job, out};
use crate::support::{World, uptake, uptake_in};

const CONFIG: &str = "
upstream: { repository: up/stream }
fork: { repository: our/fork }
phases:
  - { id: rest, title: The rest, priority: 1, rules: [{ subject: . }] }
ci: { cuda: ['12.9'], validate: [make test-all] }
";

/// The lines of a screen.
const SCREEN: usize = 40;

/// Many commits that apply, and many that a person decides on.
fn world(apply: usize, decide: usize) -> World {
    let lines = |first: &str| format!("{first}\nb\nc\nd\ne\nf\ng\nh\n");
    let shared: Vec<(String, String)> = (0..decide).map(|at| (format!("shared/{at}.rs"), lines("a"))).collect();
    let files: Vec<(&str, &str)> = shared.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut world = World::new(&files);
    world.on_upstream();
    for at in 0..apply {
        let subject = format!("Support one more of the models that people ask for (#{at})");
        world.commit(&subject, &[(&format!("models/{at}.rs"), "new\n")]);
    }
    for (at, (path, _)) in shared.iter().enumerate() {
        world.commit(&format!("Make the first of the lines say what it does (#{at})"), &[(path, &lines("theirs"))]);
    }
    world.on_fork();
    let ours: Vec<(&str, String)> = shared.iter().map(|(path, _)| (path.as_str(), lines("ours"))).collect();
    let ours: Vec<(&str, &str)> = ours.iter().map(|(path, text)| (*path, text.as_str())).collect();
    world.commit("Ours", &ours);
    world
}

/// What is seen of Markdown before anything is unfolded.
fn seen(text: &str) -> String {
    let folded = Regex::new(r"(?s)<details><summary>([^\n]*)</summary>(?:[^<]|<[^d/]|<d[^e]|</[^d])*</details>")
        .expect("a pattern");
    let hidden = Regex::new(r"(?s)<!--.*?-->|(?m)^\[`[0-9a-f]{9}`\]: .*$").expect("a pattern");
    let mut text = hidden.replace_all(text, "").into_owned();
    loop {
        let next = folded.replace_all(&text, "$1").into_owned();
        if next == text {
            assert!(!text.contains("<details>"), "something is not closed: {text}");
            return text;
        }
        text = next;
    }
}

fn first_screen(text: &str) -> String {
    text.lines().take(SCREEN).collect::<Vec<_>>().join("\n")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

#[test]
fn the_first_screen_says_what_is_ready_what_to_decide_and_what_comes_next() {
    let world = world(3, 2);
    let session = world.open(CONFIG);
    job(&world, &session);
    let (_, plan, _) = uptake(world.folder(), &["--repo", "fork", "--offline", "--config", "uptake.yml", "plan"]);
    fs::write(
        world.folder().join("event.json"),
        read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/action/workflow_dispatch.json"))),
    )
    .expect("written");
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

    let texts = [
        (
            "pull request",
            read(&out(&world).join("pulls/1.md")),
            ["3 picks are ready", "You decide:** 2 picks", "**Next:**"],
        ),
        ("dashboard", read(&out(&world).join("issues/2.md")), ["merge what is ready: #1", "Decide [`", "Next for you"]),
        ("plan", plan, ["ready", "2 decide", "Next: resolve "]),
        ("job", read(&world.folder().join("summary")), ["ready to merge", "2 picks wait for a person", "What is next"]),
    ];
    for (name, text, answers) in texts {
        let screen = first_screen(&seen(&text));
        for answer in answers {
            assert!(screen.contains(answer), "{name}: {answer:?} is not in\n{screen}");
        }
    }
}

#[test]
fn a_body_is_short_where_it_is_read_and_loses_no_decision() {
    let address = Regex::new(r#"https?://[^\s)>"]+"#).expect("a pattern");
    let reference = Regex::new(r"\[(`[0-9a-f]{9}`)\]\[\]").expect("a pattern");
    for (apply, decide) in [(45, 30), (2, 5), (60, 0), (0, 120)] {
        let world = world(apply, decide);
        let session = world.open(CONFIG);
        let report = job(&world, &session);
        let body = read(&out(&world).join("pulls/1.md"));
        let shown = seen(&body);
        assert!(shown.len() <= 5_000, "{} bytes are seen of {apply} and {decide}:\n{shown}", shown.len());
        let addresses: usize = address.find_iter(&body).map(|found| found.len()).sum();
        // Where there are few words, an address for each commit is more of them.
        if (1..100).contains(&decide) {
            assert!(addresses * 100 <= body.len() * 15, "{addresses} of {} bytes of {apply} and {decide}", body.len());
        }
        let picks = report.built.phases.iter().flat_map(|phase| &phase.picks);
        let decisions: Vec<_> = picks.filter(|pick| pick.outcome == Outcome::Decide).collect();
        assert_eq!(decisions.len(), decide);
        let (_, listed) = body.split_once("## Decisions").unwrap_or_default();
        for pick in decisions {
            assert!(listed.contains(&pick.sha.short()), "{} is lost of {decide}", pick.sha.short());
        }
        for label in reference.captures_iter(&body) {
            assert_eq!(body.matches(&format!("\n[{}]: https://", &label[1])).count(), 1, "{}", &label[1]);
        }
    }
}
