//! Text of strangers stays text: in titles, bodies, the dashboard and the messages of picked commits.

#[path = "safety/cmark.rs"]
mod cmark;
#[path = "safety/corpus.rs"]
mod corpus;
#[path = "safety/reader.rs"]
mod reader;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use uptake::text::{code, fenced, hides, inert_html, inert_line, inert_message, markdown_line, short};

use crate::support::{World, git_in, uptake};
use corpus::{TEXTS, long};
use reader::{live, render, skips};

fn texts() -> Vec<String> {
    TEXTS.iter().map(|text| (*text).to_owned()).chain(long()).collect()
}

/// That no way in which we show a text makes anything of it live.
fn assert_inert(text: &str) {
    let none = Vec::<String>::new();
    let message = inert_message(text);
    // Of what hides only the space of no width that breaks something, and what breaks a line.
    let hidden = |shown: &str| shown.chars().find(|c| !"\n\t\u{200b}".contains(*c) && hides(*c));
    assert_eq!(hidden(&message), None, "as a message: {text:?}");
    assert_eq!((live(&message), skips(&message)), (none.clone(), none.clone()), "as a message: {text:?}");
    assert!(!message.contains("<!-- uptake"), "as a message: {text:?}");
    assert_eq!(inert_message(&message), message, "made inert twice: {text:?}");
    for (how, line) in [
        ("a line", inert_line(text)),
        ("a linked line", markdown_line(text, Some("up/stream"))),
        ("code", code(text)),
        ("HTML", format!("<details><summary>{}</summary>\n\n</details>", inert_html(text))),
    ] {
        assert!(!line.contains("<!-- uptake"), "{how}: {text:?}");
        assert_eq!(hidden(&line), None, "{how}: {text:?}");
        assert!(!line.contains(['\n', '\r']) || how == "HTML", "{how}: {text:?}");
        for (place, document) in [
            ("alone", format!("{line}\n")),
            ("in a list", format!("- [ ] {line} · after\n")),
            ("in a sentence", format!("before {line}, **after**.\n")),
        ] {
            // Ours stands in blocks of HTML alone, where Markdown means nothing.
            if how == "HTML" && place != "alone" {
                continue;
            }
            let rendered = render(&document);
            assert_eq!(rendered.live(), none, "{how} {place}: {document}");
            assert_eq!(
                rendered.boxes,
                usize::from(place == "in a list" && !line.starts_with("    ")),
                "{how} {place}: {document}"
            );
        }
        if how != "HTML" {
            let table = format!("| a | b |\n|---|---|\n| {line} | after |\n");
            let rendered = render(&table);
            assert_eq!((rendered.live(), rendered.rows), (none.clone(), vec![2]), "{how} in a table: {table}");
        }
    }
    let block = format!("before\n\n{}\nafter\n", fenced("", text));
    assert_eq!(hidden(&block), None, "a block: {text:?}");
    let rendered = render(&block);
    assert_eq!(rendered.live(), none, "a block: {block}");
    assert_eq!(rendered.prose.concat(), "beforeafter", "a block: {block}");
    assert!(!block.contains("<!-- uptake"), "a block: {block}");
}

#[test]
fn no_text_of_the_corpus_is_live() {
    for text in texts() {
        assert_inert(&text);
    }
}

/// Pieces that mean something, in any order, with anything between them.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "@",
            "#",
            "1",
            "octocat",
            "GH-",
            "fixes",
            "Closes",
            ":",
            " ",
            "\n",
            "_",
            "*",
            "`",
            "```",
            "~",
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "<!-- ",
            "uptake",
            " -->",
            "&#64;",
            "&",
            ";",
            "\\",
            "|",
            "https://",
            "github.com/",
            "www.",
            "o/r",
            "/",
            "\u{200b}",
            "\u{200d}",
            "\u{202e}",
            "\u{301}",
            "-",
            "=",
            "skip ci",
            "skip-checks:",
            "\t",
            "\r",
            "$",
            "!",
            "^",
            "é",
            "ﬁ",
            "ſ",
            "K",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_made_up_text_is_live(text in hostile()) {
        assert_inert(&text);
    }

    #[test]
    fn a_shortened_text_is_no_longer_than_said(text in hostile(), most in 1usize..30) {
        prop_assert!(short(&text, most).chars().count() <= most);
    }
}

/// A fork and an upstream whose every word is hostile: messages, paths, file contents, and the configuration's own.
fn hostile_world() -> (World, String) {
    const PATH: &str = "a|b `c` @octocat #1 <b>.txt";
    let mut world = World::new(&[("a.txt", "a\n"), (PATH, "a\n")]);
    let texts: Vec<String> = texts().into_iter().map(|text| text.chars().take(60_000).collect()).collect();
    let messages = texts.iter().filter(|text| !text.trim().is_empty() && !text.contains('\0'));
    world.on_upstream();
    for (at, message) in messages.enumerate() {
        world.commit(message, &[(&format!("{at}.txt"), message)]);
    }
    // Both sides change the same lines, with texts that imitate ours.
    for (at, text) in texts.iter().filter(|text| !text.trim().is_empty()).enumerate().take(40) {
        world.commit(
            &format!("Change {at} @octocat #1"),
            &[("a.txt", &format!("{at}\n{text}\n")), (PATH, &format!("{text}{at}\n"))],
        );
    }
    world.on_fork().commit("Ours fixes #1", &[("a.txt", &texts.concat()), (PATH, "ours\n<!-- uptake {} -->\n")]);
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    let config = format!(
        "upstream: {{ repository: up/stream }}\n\
         phases:\n\
         \x20 - {{ id: all, title: {}, priority: 1, on_conflict: leave-out, rules: [{{ subject: . }}] }}\n\
         exclude:\n\
         \x20 - {{ reason: {}, rules: [{{ subject: 'Change 3' }}] }}\n\
         ci: {{ cuda: ['12.9'], validate: [{}] }}\n",
        quoted("Fixes #1 for @octocat <!-- uptake {} --> [skip ci] | a"),
        quoted("@octocat fixes #1 <img src=x> | ]("),
        quoted("echo '@octocat fixes #1 ``` <!-- uptake {} -->'"),
    );
    (world, config)
}

#[test]
fn nothing_hostile_in_a_repository_is_live_where_it_is_published() {
    let (world, config) = hostile_world();
    drop(world.open(&config));
    let (code, _, described) = uptake(
        world.folder(),
        &["--repo", "fork", "--config", "uptake.yml", "--offline", "--quiet", "run", "--forge", "folder:out"],
    );
    assert_eq!((code, described.as_str()), (3, ""), "conflicts wait");
    let out = world.folder().join("out");
    let mut seen = 0;
    // The numbers of our own pull requests stand in a column of their own, in what is next, and at the end of a decision's line.
    let numbers = regex::Regex::new(r"(?m)\| #[0-9]+ \||(ready:|for) #[0-9]+(, #[0-9]+)*| #[0-9]+$").expect("readable");
    for page in ["pulls", "issues"].iter().flat_map(|folder| pages(&out.join(folder))) {
        let page = numbers.replace_all(&page, "| |").into_owned();
        assert!(page.chars().count() <= uptake::publish::BODY_LIMIT + 260, "{} characters", page.chars().count());
        // A title is plain text on a forge.
        let (title, body) = page.split_once("\n\n").expect("a title");
        assert_eq!((live(title), render(body).live()), (Vec::new(), Vec::new()));
        // A squash merge takes it for its message.
        assert_eq!(skips(title), Vec::<String>::new());
        let ours =
            page.matches("<!-- uptake {\"phase\":\"all\"").count() + page.matches("<!-- uptake dashboard -->").count();
        assert_eq!((ours, page.matches("<!-- uptake ").count()), (1, 1), "one marker: {page}");
        assert!(page.trim_end().ends_with("-->"), "the marker ends it");
        seen += 1;
    }
    assert!(seen > 0);
    let log = git_in(&out.join("branches.git"), &["log", "--format=%B", "main..uptake/all"], 1_800_000_000);
    let log = String::from_utf8(log.stdout).expect("text");
    assert!(log.matches("(cherry picked from commit ").count() > 30, "{log}");
    assert_eq!((live(&log), skips(&log)), (Vec::new(), Vec::new()));
}

fn pages(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let pages = paths.filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.map(|path| fs::read_to_string(path).expect("text")).collect()
}

/// Reads the messages of a real range: `UPTAKE_MESSAGES=REPOSITORY:FORK..UPSTREAM cargo test --locked --test scenarios safety:: --
/// --ignored --nocapture`.
#[test]
#[ignore = "reads a repository of this machine"]
fn no_message_of_a_real_range_is_live() {
    let place = std::env::var("UPTAKE_MESSAGES").expect("UPTAKE_MESSAGES=REPOSITORY:FORK..UPSTREAM");
    let (repository, range) = place.rsplit_once(':').expect("REPOSITORY:FORK..UPSTREAM");
    let log =
        git_in(Path::new(repository), &["log", "--no-merges", "-z", "--format=%B%n%an%n%ae", range], 1_800_000_000);
    let log = String::from_utf8_lossy(&log.stdout).into_owned();
    let messages: Vec<_> = log.split('\0').filter(|message| !message.is_empty()).collect();
    let hostile = messages.iter().filter(|message| !live(message).is_empty() || !skips(message).is_empty()).count();
    println!("{} messages, {hostile} of them live as they are", messages.len());
    assert!(messages.len() > 1, "{}", messages.len());
    messages.iter().for_each(|message| assert_inert(message));
}
