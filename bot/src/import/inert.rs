//! Text of others made safe to stand in Markdown.

/// The text with everything escaped that Markdown or GitHub would act on: emphasis, tables, HTML, links, mentions, references.
pub(super) fn inert(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in super::blocks::printable(text).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // A joiner of no width behind the sign keeps it from being read as a mention or a reference.
            '@' | '#' => {
                safe.push(c);
                safe.push('\u{2060}');
            }
            ':' => safe.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn nothing_is_left_live() {
        assert_eq!(
            inert("a|b <i> @you #12 https://x `c` [d](e)\u{1b}[0m"),
            "a\\|b &lt;i&gt; @\u{2060}you #\u{2060}12 https&#58;//x \\`c\\` \\[d\\](e)\\[0m"
        );
    }
}
