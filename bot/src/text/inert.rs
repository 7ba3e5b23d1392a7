//! Text from strangers made inert: shown as it is, yet mentioning nobody, closing nothing, and breaking no table.
//!
//! Commit messages, names and paths of upstream end up in pull requests and in the messages of picked commits. There `@name`
//! notifies people, `#12` links an issue of the fork (or of upstream, from a fork), `Fixes #12` closes it, and a link to an
//! issue leaves a backlink on it; in the message of a branch's last commit `[skip ci]` keeps the tests from running. How GitHub
//! reads text:
//! <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::code;
use super::{visible, visible_lines};
use crate::origin;

/// Invisible and of no width: enough to keep `@` from being a mention, and `#` from being a reference, with the text looking
/// the same.
const ZERO_WIDTH: char = '\u{200b}';

/// GitHub under a name that leaves no backlink at what is linked.
const REDIRECT: &str = "https://redirect.github.com/";

static LIVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?imx)
        (?P<url> (?: https?://(?:www\.)? | www\. ) github\.com/)
      | (?P<close> \b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?) (?P<gap> :?\s+) (?P<ref> [\w.-]+/[\w.-]+\#\d | \#\d | https?:// | gh-\d))
      | (?P<at> (?P<before> (?: ^ | [^a-z0-9_] ) _* ) @ [a-z0-9\[] )
      | (?P<hash> \# \d )
      | (?P<gh> (?-u:\b) _* gh- \d )
      | (?P<skip> \[ (?: (?:skip|no)\ ci | ci\ skip | skip\ actions | actions\ skip ) \] | ^ skip-checks: )",
    )
    .ok()
});

/// What GitHub makes links of without any sign around it, each in the parts that go apart. Of `www.` the letters: what is left out
/// of names of servers stands behind the dot in vain.
static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(:)(//)|(@)?(www)(\.)|(@)([a-z0-9\[])|(gh)(-\d)").ok());

/// A picked commit's message with every mention, closing keyword and reference made inert, and every trailer that names an origin:
/// a pick has one, its own. Other trailers stay as they are: the `@` of a mail address mentions nobody.
#[must_use]
pub fn inert_message(text: &str) -> String {
    // Our own mark is no trick: a message may have been made inert before, in a fork of a fork.
    let shown: Vec<_> = text.split(ZERO_WIDTH).map(visible_lines).collect();
    inert(&super::unmarked(&shown.join("\u{200b}")))
}

/// Made inert; what would say that a commit comes from another says nothing, too.
fn inert(text: &str) -> String {
    origin::broken(&without_links(text), ZERO_WIDTH)
}

fn without_links(text: &str) -> String {
    let Some(live) = LIVE.as_ref() else { return text.to_owned() };
    let mut result = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(found) = live.captures_at(text, rest) {
        let Some(whole) = found.get(0) else { break };
        result.push_str(&text[rest..whole.start()]);
        // What follows the sign may itself be live (`fixes #1`, `@#1`), so only the sign is consumed.
        rest = replace(&found, whole.start(), &mut result);
    }
    result.push_str(&text[rest..]);
    result
}

/// Writes the inert form of what was found, and returns where to go on.
fn replace(found: &Captures<'_>, start: usize, result: &mut String) -> usize {
    if let Some(url) = found.name("url") {
        result.push_str(REDIRECT);
        return url.end();
    }
    if let (Some(close), Some(gap)) = (found.name("close"), found.name("gap")) {
        // The keyword loses its grip once something stands between it and the reference.
        result.push_str(&close.as_str()[..gap.start() - start]);
        result.push(ZERO_WIDTH);
        result.push_str(gap.as_str());
        return gap.end();
    }
    if let Some(gh) = found.name("gh") {
        let letters = gh.as_str().find('-').unwrap_or_default();
        result.push_str(&gh.as_str()[..letters]);
        result.push(ZERO_WIDTH);
        return start + letters;
    }
    if let Some(skip) = found.name("skip") {
        let sign = if skip.as_str().starts_with('[') { 1 } else { "skip-checks".len() };
        result.push_str(&skip.as_str()[..sign]);
        result.push(ZERO_WIDTH);
        return start + sign;
    }
    if let Some(before) = found.name("before") {
        // A mail address is no mention: something that is no word stands before one.
        result.push_str(before.as_str());
        result.push('@');
        result.push(ZERO_WIDTH);
        return before.end() + 1;
    }
    result.push('#');
    result.push(ZERO_WIDTH);
    start + 1
}

/// Text for one line of Markdown, a table's cell included: shown as it is, with nothing live in it.
#[must_use]
pub fn inert_line(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let text = visible(text);
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => escaped.extend(['\\', c]),
            // At the start of a line these would open a heading or a list.
            '-' | '+' | '#' | '=' if escaped.is_empty() => escaped.extend(['\\', c]),
            // A list is one only where space follows: a version stays as it is.
            '.' | ')'
                if signs.peek().is_none_or(|next| next.is_whitespace())
                    && !escaped.is_empty()
                    && escaped.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                escaped.extend(['\\', c]);
            }
            _ => escaped.push(c),
        }
    }
    unlinked(&inert(&escaped))
}

/// Text in which GitHub finds nothing to link by itself: no address of a page or of a person. A stranger's is shown, not linked. What
/// stands behind a link of ours stands at a beginning, so an `@` or a `GH-` is broken whatever was before it.
fn unlinked(text: &str) -> String {
    let Some(address) = ADDRESS.as_ref() else { return text.to_owned() };
    address
        .replace_all(text, |found: &Captures<'_>| {
            found.iter().skip(1).flatten().map(|part| part.as_str()).collect::<Vec<_>>().join("\u{200b}")
        })
        .into_owned()
}

/// Text for one line of HTML inside Markdown, such as a `<summary>`, where Markdown means nothing and a backslash shows.
#[must_use]
pub fn inert_html(text: &str) -> String {
    let escaped = visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    unlinked(&inert(&escaped))
}

/// A line as [`inert_line`] makes it; where upstream's name (`owner/name`) is known, `#12` links there, behind a redirect that leaves no backlink.
#[must_use]
pub fn markdown_line(text: &str, upstream: Option<&str>) -> String {
    let inert = inert_line(text);
    match upstream {
        Some(upstream) => linked(&inert, upstream),
        None => inert,
    }
}

/// A line of our own that quotes what it speaks of in backticks: what is quoted is code, shown to the letter, and the rest is as
/// [`markdown_line`] has it. A stranger's backtick may make other parts code; none comes to life by that.
#[must_use]
pub fn markdown_quoting(text: &str, upstream: Option<&str>) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // One of them opens what nothing closes.
        return markdown_line(text, upstream);
    }
    let mut line = String::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at % 2 == 1 {
            line.push_str(&code(part));
            continue;
        }
        let shown = markdown_line(part, upstream);
        if part.starts_with(' ') && !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&shown);
        if part.ends_with(' ') && !shown.is_empty() {
            line.push(' ');
        }
    }
    line
}

/// An address as the target of a Markdown link that leaves no trace at what it leads to; `None` where it is none to be linked.
#[must_use]
pub fn discreet_link(address: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&+,;=%".contains(c);
    let rest = address.strip_prefix("https://").filter(|rest| rest.chars().all(plain))?;
    let github = ["github.com/", "www.github.com/"].iter().find_map(|host| rest.strip_prefix(host));
    Some(github.map_or_else(|| address.to_owned(), |page| format!("{REDIRECT}{page}")))
}

/// `(#12)`, already inert, as a link that leaves no trace at its target.
fn linked(text: &str, upstream: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("#\u{200b}") {
        let digits: String = rest[at + "#\u{200b}".len()..].chars().take_while(char::is_ascii_digit).collect();
        result.push_str(&rest[..at]);
        if (result.len() - result.trim_end_matches('\\').len()) % 2 == 1 {
            // It kept `#` from opening a heading, and would now keep the link from being one.
            result.pop();
        }
        if result.ends_with('!') {
            // It would make the link a picture.
            result.push(ZERO_WIDTH);
        }
        let _ = write!(result, "[{upstream}#{ZERO_WIDTH}{digits}]({REDIRECT}{upstream}/issues/{digits})");
        rest = &rest[at + "#\u{200b}".len() + digits.len()..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_message_is_live() {
        let message =
            "Fix it (#12)\n\nFixes #3, closes: o/r#4, resolves https://github.com/o/r/issues/5\nThanks @who and @[x]";
        let inert = inert_message(message).replace(ZERO_WIDTH, "·");
        assert_eq!(
            inert,
            "Fix it (#·12)\n\nFixes· #·3, closes·: o/r#·4, resolves· https://redirect.github.com/o/r/issues/5\nThanks @·who and @·[x]"
        );
    }

    #[test]
    fn what_is_quoted_is_shown_to_the_letter_and_nothing_is_live() {
        let described = |text| markdown_quoting(text, Some("up/stream")).replace(ZERO_WIDTH, "·");
        assert_eq!(
            described("`a.b`: `git = \"https://github.com/o/r\"` is taken, see #1"),
            "`a.b`: `git = \"https://github.com/o/r\"` is taken, see [up/stream#·1](https://redirect.github.com/up/stream/issues/1)"
        );
        assert_eq!(described("it`s for @who"), "it\\`s for @·who");
        assert_eq!(described("`a` `b` @who"), "`a` `b` @·who");
        assert_eq!(described("`` @who ``"), "` ` @·who ` `");
    }

    #[test]
    fn making_text_inert_twice_changes_nothing_more() {
        let once = inert_message("Fixes #3 GH-4 @a/b @@x ##1 closes #1 fixes (@y)\n@z");
        assert!(!once.contains("@x") && !once.contains("@y") && !once.contains("@z"), "{once:?}");
        assert_eq!(inert_message(&once), once);
    }

    #[test]
    fn what_only_turns_live_once_rendered_is_caught_too() {
        let described = |text| inert_message(text).replace(ZERO_WIDTH, "·");
        assert_eq!(
            described("_@who_ **@who** www.github.com/o/r/issues/1"),
            "_@·who_ **@·who** https://redirect.github.com/o/r/issues/1"
        );
        assert_eq!(described("a_@b.example"), "a_@b.example");
    }

    #[test]
    fn no_message_keeps_the_tests_from_running() {
        let described = |text| inert_message(text).replace(ZERO_WIDTH, "·");
        assert_eq!(
            described("Fix [Skip CI] [ci skip]\n\nskip-checks: true\n"),
            "Fix [·Skip CI] [·ci skip]\n\nskip-checks·: true\n"
        );
        assert_eq!(
            inert_message(&inert_message("[no ci]\nskip-checks:true")),
            inert_message("[no ci]\nskip-checks:true")
        );
    }

    #[test]
    fn a_trailer_keeps_its_mail_address() {
        let trailer = "Co-authored-by: A <a@b.example>";
        assert_eq!(inert_message(trailer), trailer);
    }

    #[test]
    fn a_line_of_markdown_shows_what_was_written() {
        assert_eq!(
            markdown_line("a|b `c` <script>\n*x* (#7)", Some("o/r")).replace(ZERO_WIDTH, "·"),
            r"a\|b \`c\` &lt;script&gt; \*x\* ([o/r#·7](https://redirect.github.com/o/r/issues/7))"
        );
        assert_eq!(
            markdown_line(r"#7 \#8", Some("o/r")).replace(ZERO_WIDTH, "·"),
            r"[o/r#·7](https://redirect.github.com/o/r/issues/7) \\[o/r#·8](https://redirect.github.com/o/r/issues/8)"
        );
    }

    #[test]
    fn a_line_opens_no_heading_and_no_list() {
        for (text, line) in [
            ("1. a", r"1\. a"),
            ("12) a", r"12\) a"),
            ("2.", r"2\."),
            ("12.9", "12.9"),
            ("v1. a", "v1. a"),
            ("- a", r"\- a"),
            ("# a", r"\# a"),
        ] {
            assert_eq!(inert_line(text), line);
        }
    }

    #[test]
    fn only_a_plain_address_is_linked() {
        assert_eq!(
            discreet_link("https://github.com/o/r/pull/7#issuecomment-1").as_deref(),
            Some("https://redirect.github.com/o/r/pull/7#issuecomment-1")
        );
        assert_eq!(discreet_link("https://example.org/a?b=c").as_deref(), Some("https://example.org/a?b=c"));
        for odd in ["javascript:alert(1)", "http://example.org", "https://a/) [b](https://c", "https://a b"] {
            assert_eq!(discreet_link(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_line_of_html_is_no_markup() {
        assert_eq!(inert_html("<b> `x` _y_ @z (#1)").replace(ZERO_WIDTH, "·"), "&lt;b&gt; `x` _y_ @·z (#·1)");
    }
}
