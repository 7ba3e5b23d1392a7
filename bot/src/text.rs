//! Text from strangers made inert: shown as it is, yet mentioning nobody, closing nothing, and breaking no table.
//!
//! Commit messages, names and paths of upstream end up in pull requests and in the messages of picked commits. There `@name`
//! notifies people, `#12` links an issue of the fork (or of upstream, from a fork), `Fixes #12` closes it, and a link to an
//! issue leaves a backlink on it. Facts on how GitHub reads text:
//! <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Invisible and of no width: enough to keep `@` from being a mention, and `#` from being a reference, with the text looking
/// the same.
const ZERO_WIDTH: char = '\u{200b}';

static LIVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?imx)
        (?P<url> https?://(?:www\.)?github\.com/)
      | (?P<close> \b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?) (?P<gap> :?\s+) (?P<ref> [\w.-]+/[\w.-]+\#\d | \#\d | https?:// | gh-\d))
      | (?P<at> (?P<before> ^ | [^a-z0-9_] ) @ [a-z0-9\[] )
      | (?P<hash> \# \d )
      | (?P<gh> \b gh- \d )",
    )
    .ok()
});

/// A picked commit's message with every mention, closing keyword and reference made inert. Trailers stay as they are: the `@`
/// of a mail address mentions nobody.
#[must_use]
pub fn inert_message(text: &str) -> String {
    inert(text, "https://redirect.github.com/")
}

fn inert(text: &str, redirect: &str) -> String {
    let Some(live) = LIVE.as_ref() else { return text.to_owned() };
    let text = without_tricks(text);
    let mut result = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(found) = live.captures_at(&text, rest) {
        let Some(whole) = found.get(0) else { break };
        result.push_str(&text[rest..whole.start()]);
        // What follows the sign may itself be live (`fixes #1`, `@#1`), so only the sign is consumed.
        rest = replace(&found, whole.start(), redirect, &mut result);
    }
    result.push_str(&text[rest..]);
    result
}

/// Writes the inert form of what was found, and returns where to go on.
fn replace(found: &Captures<'_>, start: usize, redirect: &str, result: &mut String) -> usize {
    if let Some(url) = found.name("url") {
        result.push_str(redirect);
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
        result.push_str(&gh.as_str()[..2]);
        result.push(ZERO_WIDTH);
        return start + 2;
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

/// Without the characters that make text read otherwise than it is stored: overrides of the writing direction, and controls but
/// for line feeds and tabs.
fn without_tricks(text: &str) -> String {
    let is_trick = |c: char| {
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
            || (c.is_control() && c != '\n' && c != '\t')
    };
    text.chars().filter(|c| !is_trick(*c)).collect()
}

/// Text for one line of Markdown, a table's cell included: shown as it is, with nothing live in it.
///
/// `upstream` (`owner/name`) turns `#12` into a link to that repository behind a redirect, which leaves no backlink there.
#[must_use]
pub fn markdown_line(text: &str, upstream: Option<&str>) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut escaped = String::with_capacity(one_line.len());
    for c in without_tricks(&one_line).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    let escaped = inert(&escaped, "https://redirect.github.com/");
    match upstream {
        Some(upstream) => linked(&escaped, upstream),
        None => escaped,
    }
}

/// `(#12)`, already inert, as a link that leaves no trace at its target.
fn linked(text: &str, upstream: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("#\u{200b}") {
        let digits: String = rest[at + "#\u{200b}".len()..].chars().take_while(char::is_ascii_digit).collect();
        result.push_str(&rest[..at]);
        let _ =
            write!(result, "[{upstream}#{ZERO_WIDTH}{digits}](https://redirect.github.com/{upstream}/issues/{digits})");
        rest = &rest[at + "#\u{200b}".len() + digits.len()..];
    }
    result.push_str(rest);
    result
}

/// Text as a fenced block of Markdown; the fence is longer than any in the text, so nothing in it can end the block. Inside a
/// block GitHub neither mentions nor links.
#[must_use]
pub fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    format!("{fence}{language}\n{}{end}{fence}\n", without_tricks(text))
}

/// Text as inline code, for paths and names.
#[must_use]
pub fn code(text: &str) -> String {
    let text = without_tricks(text).replace(['\n', '\t'], " ").replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text for one line of a terminal, at most `width` characters: no escape code of a stranger's reaches it.
#[must_use]
pub fn terminal_line(text: &str, width: usize) -> String {
    let text = without_tricks(text).replace(['\n', '\t'], " ");
    if text.chars().count() <= width {
        return text;
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// `1 file`, `2 files`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// One word, quoted for a POSIX shell where it needs to be, for commands people paste.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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
    fn making_text_inert_twice_changes_nothing_more() {
        let once = inert_message("Fixes #3 GH-4 @a/b @@x ##1 closes #1 fixes (@y)\n@z");
        assert!(!once.contains("@x") && !once.contains("@y") && !once.contains("@z"), "{once:?}");
        assert_eq!(inert_message(&once), once);
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
    }

    #[test]
    fn a_fence_cannot_be_broken_out_of() {
        assert_eq!(fenced("rust", "```\nx"), "````rust\n```\nx\n````\n");
        assert_eq!(code("a`b"), "``a`b``");
    }

    #[test]
    fn direction_overrides_are_dropped() {
        assert_eq!(markdown_line("a\u{202e}b", None), "ab");
    }

    #[test]
    fn odd_words_are_quoted_for_the_shell() {
        assert_eq!(shell_word("it's; rm"), r"'it'\''s; rm'");
        assert_eq!(shell_word("a/b.rs"), "a/b.rs");
    }
}
