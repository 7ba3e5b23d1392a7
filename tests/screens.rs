//! What people see first of each text: what is ready, what they decide and what comes next. And how long a text is where it is read, how
//! much of it is addresses, and that no decision is lost in it.

mod reading;

use std::fs;
use std::path::Path;

use regex::Regex;
use uptake::pick::Outcome;

use crate::support::World;
use crate::support::forge::{job, out};

const CONFIG: &str = "
upstream: { repository: up/stream }
fork: { repository: our/fork }
phases:
  - { id: rest, title: The rest, priority: 1, rules: [{ subject: . }] }
ci: { cuda: ['12.9'], validate: [make test-all] }
";

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

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
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
