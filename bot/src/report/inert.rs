//! Foreign text made harmless in Markdown.

use super::visible::visible;

/// The text for a place in Markdown (a table cell too) where it means nothing but itself: no markup, no HTML, no mention of a
/// person, no reference to an issue or a page.
pub(super) fn inert(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            // At the start of a line these would open a heading or a list.
            '-' | '+' | '#' | '=' if out.is_empty() => out.extend(['\\', c]),
            _ => out.push(c),
        }
        // GitHub looks for mentions and references in the rendered text, where a backslash is gone: a space of no width parts
        // the sign from its word, and a link's scheme from its address.
        let live = match c {
            '@' | '#' => next.is_alphanumeric(),
            '-' => next.is_ascii_digit() && previous.eq_ignore_ascii_case(&'h'),
            ':' => next == '/',
            '.' => previous.eq_ignore_ascii_case(&'w'),
            _ => false,
        };
        if live {
            out.push('\u{200b}');
        }
        previous = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_means_itself() {
        assert_eq!(inert("a | `b` <b>*c*</b> [d](e)"), r"a \| \`b\` &lt;b&gt;\*c\*&lt;/b&gt; \[d\](e)");
        assert_eq!(inert("# not a heading"), r"\# not a heading");
    }

    #[test]
    fn nobody_is_called_and_nothing_is_linked() {
        assert_eq!(inert("thanks @octocat"), "thanks @\u{200b}octocat");
        assert_eq!(inert("Fixes #12, GH-34"), "Fixes #\u{200b}12, GH-\u{200b}34");
        assert_eq!(inert("https://example.org www.example.org"), "https:\u{200b}//example.org www.\u{200b}example.org");
    }
}
