//! What a forge would find live in a text: written from GitHub's documentation, not from our code.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag};
use regex::Regex;

/// What is live in a plain text, such as a commit's message.
pub(super) fn live(text: &str) -> Vec<String> {
    static SIGNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            // A mention.
            r"(?i)(?:^|[^a-z0-9])@[a-z0-9]",
            // An issue, a closing keyword before anything that may be one.
            r"#[0-9]",
            r"(?i)(?:^|[^a-z0-9])gh-[0-9]",
            r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+)?#[0-9]",
            r"(?i)https?://(?:www\.)?github\.com/",
            r"(?i)\bwww\.github\.com/",
            // What turns the reading direction, hides, or drives a terminal.
            "[\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200e}\u{200f}\u{61c}\u{feff}\u{ad}\u{2060}-\u{2064}\u{1b}\u{7}\0]",
            "[\u{300}-\u{36f}]{6}",
        ]
        .map(|sign| Regex::new(sign).expect("readable"))
        .into()
    });
    SIGNS.iter().flat_map(|sign| sign.find_iter(text)).map(|found| found.as_str().to_owned()).collect()
}

/// What in a text keeps workflows from running, wherever it becomes a commit's message.
pub(super) fn skips(text: &str) -> Vec<String> {
    static SIGN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?im)\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks:").expect("readable")
    });
    SIGN.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// A Markdown text as it is rendered.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// Pieces of text that are one piece to a reader: what stands between two tags, and code not among them.
    pub(super) prose: Vec<String>,
    /// Raw HTML, comments too.
    pub(super) html: Vec<String>,
    /// Where links and pictures lead.
    pub(super) targets: Vec<String>,
    /// Check boxes.
    pub(super) boxes: usize,
    /// The cells of each row of a table.
    pub(super) rows: Vec<usize>,
}

pub(super) fn render(markdown: &str) -> Rendered {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM;
    let mut rendered = Rendered::default();
    let mut piece = String::new();
    let mut code = false;
    for event in Parser::new_ext(markdown, options) {
        if let Event::Text(text) = &event {
            if !code {
                piece.push_str(text);
            }
            continue;
        }
        if !matches!(event, Event::SoftBreak) && !piece.is_empty() {
            rendered.prose.push(std::mem::take(&mut piece));
        }
        match event {
            Event::SoftBreak => piece.push('\n'),
            Event::Html(text) | Event::InlineHtml(text) => rendered.html.push(text.into_string()),
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => code = false,
            Event::Start(Tag::Link { dest_url, .. }) => rendered.targets.push(dest_url.into_string()),
            // A reader's machine fetches it unasked, wherever it leads.
            Event::Start(Tag::Image { dest_url, .. }) => rendered.targets.push(format!("picture: {dest_url}")),
            Event::Start(Tag::TableRow) => rendered.rows.push(0),
            Event::Start(Tag::TableCell) => {
                if let Some(cells) = rendered.rows.last_mut() {
                    *cells += 1;
                }
            }
            Event::TaskListMarker(_) => rendered.boxes += 1,
            _ => {}
        }
    }
    rendered.prose.push(piece);
    rendered
}

impl Rendered {
    /// What is live in it; `ours` are pieces of HTML that we write ourselves.
    pub(super) fn live(&self) -> Vec<String> {
        static OURS: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"</?details>|</?summary>|</?code>|<!-- uptake(?::[a-z]+)?[ =][^<>]*-->").expect("readable")
        });
        // GitHub links addresses by itself.
        static ADDRESS: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"(?i)(?:https?|ftp)://|www\.\S|[a-z0-9._+-]@[a-z0-9]").expect("readable"));
        let mut found: Vec<String> = self.prose.iter().flat_map(|text| live(text)).collect();
        found.extend(self.prose.iter().flat_map(|text| ADDRESS.find_iter(text)).map(|found| found.as_str().to_owned()));
        for html in &self.html {
            // What is left once our own tags are gone is text, and no tag.
            let rest = OURS.replace_all(html, "");
            found.extend(live(&rest));
            found.extend(rest.contains('<').then(|| html.clone()));
        }
        let leads_away = |target: &&String| !target.starts_with("https://redirect.github.com/up/stream/");
        found.extend(self.targets.iter().filter(leads_away).cloned());
        found
    }
}

#[test]
fn the_reader_sees_what_is_live() {
    assert_eq!(skips("a [Skip CI]\nskip-checks: true").len(), 2);
    for text in ["@who", "a @who", "(@who)", "#1", "o/r#1", "gh-1", "Fixes: #1", "https://github.com/o/r", "\u{202e}"] {
        assert!(!live(text).is_empty(), "{text}");
    }
    for text in [
        "**@who**",
        "_@who_",
        "<b>x</b>",
        "[x](https://evil.example)",
        "http://evil.example",
        "&#64;who",
        "a \\@who",
        "a@b.example",
        "xmpp:a@b.example",
        "www.\u{200b}evil.example",
        "éGH-1",
        "![x](https://redirect.github.com/up/stream/issues/7)",
    ] {
        assert!(!render(text).live().is_empty(), "{text}");
    }
    for text in ["`@who #1`", "```\n@who\n```\n", "<details><summary>a</summary>\n\n</details>"] {
        assert_eq!(render(text).live(), Vec::<String>::new(), "{text}");
    }
}
