//! Our texts as GitHub's own reader of Markdown has them: cmark-gfm, a program that need not be installed.
//!
//! `UPTAKE_TEXTS=10000 cargo test --locked --test scenarios safety:: -- --ignored cmark` makes up so many texts.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use regex::Regex;
use uptake::text::{code, fenced, inert_line, markdown_line};

use super::reader::live;
use super::{hostile, texts};

/// What cmark-gfm makes of a document, with the extensions that GitHub has on.
fn html(document: &str) -> String {
    let extensions =
        ["table", "strikethrough", "autolink", "tagfilter", "tasklist"].into_iter().flat_map(|one| ["-e", one]);
    let mut program = Command::new("cmark-gfm")
        .arg("--unsafe")
        .args(extensions)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cmark-gfm is installed");
    program.stdin.take().expect("open").write_all(document.as_bytes()).expect("written");
    String::from_utf8(program.wait_with_output().expect("it ends").stdout).expect("text")
}

/// What is live in a page: links and pictures that lead elsewhere than to us, tags that are none of Markdown's, and what the text says.
fn live_in(page: &str) -> Vec<String> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<code[^>]*>.*?</code>").expect("readable"));
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<[^>]*>").expect("readable"));
    // Version 0.29.0.gfm.6 shows our box ticked where `[x]` is anywhere in its line; what was ticked is read from the text itself.
    static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"^</?(p|ul|li|em|strong|del|hr|pre|code|table|thead|tbody|tr|th|td|a|br)( /)?>$|^<input type="checkbox" (checked="" )?disabled="" />$|^<a href="https://redirect\.github\.com/up/stream/[^"]*">$|^<!-- -->$"#,
        )
        .expect("readable")
    });
    let page = CODE.replace_all(page, "<code>");
    let mut found: Vec<String> =
        TAG.find_iter(&page).map(|tag| tag.as_str().to_owned()).filter(|tag| !PLAIN.is_match(tag)).collect();
    let text = TAG.replace_all(&page, "\u{1}");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    found.extend(text.split('\u{1}').flat_map(live));
    found
}

#[test]
#[ignore = "it takes cmark-gfm, and minutes"]
fn cmark_gfm_finds_nothing_live() {
    let count = std::env::var("UPTAKE_TEXTS").map_or(1000, |count| count.parse().expect("a number"));
    let mut runner = TestRunner::default();
    let made_up = (0..count).map(|_| hostile().new_tree(&mut runner).expect("a text").current());
    let mut documents = 0;
    for text in texts().into_iter().filter(|text| text.len() < 5000).chain(made_up) {
        let lines = [inert_line(&text), markdown_line(&text, Some("up/stream")), code(&text)];
        let mut places: Vec<String> = lines
            .iter()
            .flat_map(|line| {
                [
                    format!("{line}\n"),
                    format!("- [ ] {line} · after\n"),
                    format!("before {line}, **after**.\n"),
                    format!("| a | b |\n|---|---|\n| {line} | after |\n"),
                ]
            })
            .collect();
        places.push(format!("before\n\n{}\nafter\n", fenced("", &text)));
        for document in places {
            let page = html(&document);
            assert_eq!(live_in(&page), Vec::<String>::new(), "{text:?}\n{document}\n{page}");
            documents += 1;
        }
    }
    println!("{documents} documents");
}

#[test]
fn the_page_shows_what_is_live() {
    for page in [
        "<p>a @who</p>",
        "<p>Fixes #1</p>",
        r#"<p><a href="https://example.org">x</a></p>"#,
        "<p><img src=\"x\" alt=\"\" /></p>",
        "<p><b>x</b></p>",
    ] {
        assert_ne!(live_in(page), Vec::<String>::new(), "{page}");
    }
    assert_eq!(live_in("<p>plain <code>@who #1</code> <strong>&lt;b&gt;</strong></p>"), Vec::<String>::new());
}
