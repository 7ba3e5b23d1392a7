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

/// How many of a thousand bytes of a text are addresses.
fn addresses(text: &str) -> usize {
    let address = Regex::new(r#"https?://[^\s)>"]+"#).expect("a pattern");
    address.find_iter(text).map(|found| found.len()).sum::<usize>() * 1000 / text.len()
}

#[test]
fn a_body_is_short_where_it_is_read_and_loses_no_decision() {
    let reference = Regex::new(r"\[(`[0-9a-f]{9}`)\]\[\]").expect("a pattern");
    for (apply, decide) in [(45, 30), (2, 5), (60, 0), (0, 120)] {
        let world = world(apply, decide);
        let session = world.open(CONFIG);
        let report = job(&world, &session);
        let body = read(&out(&world).join("pulls/1.md"));
        let shown = seen(&body);
        assert!(shown.len() <= 5_000, "{} bytes are seen of {apply} and {decide}:\n{shown}", shown.len());
        // Where there are few words, an address for each commit is more of them.
        if (1..100).contains(&decide) {
            assert!(addresses(&body) <= 150, "{} of 1000 bytes of {apply} and {decide}", addresses(&body));
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

/// A lock file, say, has an address on every line that changes. It is shown as it is, and what is Uptake's own stays below its share.
#[test]
fn addresses_in_shown_code_are_the_code_s() {
    let file = |mark: &str| -> String {
        let line = |at: usize| format!("source = \"git+https://github.com/up/dependency.git?rev={mark}{at}\"\n");
        (0..12).map(line).collect()
    };
    let mut world = World::new(&[("some.lock", &file("base"))]);
    world.on_upstream().commit("Move the dependencies", &[("some.lock", &file("theirs"))]);
    world.on_fork().commit("Ours", &[("some.lock", &file("ours"))]);
    job(&world, &world.open(CONFIG));
    let body = read(&out(&world).join("pulls/1.md"));
    let code = Regex::new(r"(?ms)^```[^\n]*\n.*?^```$").expect("a pattern");
    assert!(addresses(&body) > 150, "{}", addresses(&body));
    assert!(body.contains("dependency.git?rev=theirs0") && body.contains("dependency.git?rev=ours0"), "{body}");
    let own = addresses(&code.replace_all(&body, ""));
    assert!(own <= 150, "{own} of 1000 bytes: {body}");
}
