//! Words and text: counts, code, commands, and text of strangers made fit to be shown.

mod inert;
pub mod markers;
mod words;

pub use engine::visible::{hides, short, shorten, visible, visible_lines};
pub use inert::{discreet_link, inert_html, inert_line, inert_message, markdown_line, markdown_quoting};
pub use words::{did_you_mean, first_few, listed};

/// Text as a fenced block of Markdown; the fence is longer than any in the text, so nothing in it can end the block. Inside a
/// block GitHub neither mentions nor links.
#[must_use]
pub fn fenced(language: &str, text: &str) -> String {
    let text = unmarked(&visible_lines(text));
    let fence = "`".repeat(longest_ticks(&text).max(2) + 1);
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    format!("{fence}{language}\n{text}{end}{fence}\n")
}

/// How every hidden marker of ours begins.
pub const MARK: &str = "<!-- uptake";

/// Code that imitates one of our markers, with something invisible in it: a search of the whole text finds ours alone.
fn unmarked(text: &str) -> String {
    text.replace(MARK, "<!-- \u{200b}uptake")
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text as inline code, for paths and names.
#[must_use]
pub fn code(text: &str) -> String {
    let text = bars_escaped(&unmarked(&visible(text)));
    if text.is_empty() {
        // Two bare backticks would open a span that ends who knows where.
        return "` `".into();
    }
    let fence = "`".repeat(longest_ticks(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code whose bars divide no cells of a table. A backslash before a bar would take the escape for itself, so it gets one of its
/// own; code then shows one too many.
#[must_use]
pub fn bars_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut odd = false;
    for c in text.chars() {
        match c {
            '|' if odd => out.push_str("\\\\|"),
            '|' => out.push_str("\\|"),
            c => out.push(c),
        }
        odd = c == '\\' && !odd;
    }
    out
}

/// A command as it is said in a comment, behind the prefix that is configured.
#[must_use]
pub fn slash(prefix: &str, command: &str) -> String {
    if prefix.is_empty() { format!("/{command}") } else { format!("/{prefix} {command}") }
}

/// `1 file`, `1153 files`: for terminals, comments and commit messages.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {}", plural(number, noun))
}

/// `1 file`, `1,153 files`: for the report, whose numbers are large.
#[must_use]
pub fn grouped_count(number: usize, noun: &str) -> String {
    format!("{} {}", figure(number), plural(number, noun))
}

fn plural(number: usize, noun: &str) -> String {
    format!("{noun}{}", if number == 1 { "" } else { "s" })
}

/// A number with its thousands apart: `1,153`.
#[must_use]
pub fn figure(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One word, quoted for a shell where it needs to be, for commands people paste. What drives a terminal, or hides in one, is
/// written as bash and zsh read it: `$'\\033'`.
#[must_use]
pub fn shell_word(word: &str) -> String {
    if word.chars().any(hides) {
        return dollar_quoted(word.as_bytes());
    }
    // A comma divides words in PowerShell, a word that begins with `@` is a variable there, and one with `=` a program in zsh.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+".contains(c);
    if !word.is_empty() && !word.starts_with(['@', '=']) && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// One word that need be no text, quoted for a shell: with other bytes in it, it is written as bash and zsh read it, `$'a\377'`.
#[must_use]
pub fn shell_bytes(word: &[u8]) -> String {
    str::from_utf8(word).map_or_else(|_| dollar_quoted(word), shell_word)
}

fn dollar_quoted(word: &[u8]) -> String {
    let mut quoted = String::from("$'");
    for byte in word {
        match byte {
            b'\'' | b'\\' => quoted.extend(['\\', char::from(*byte)]),
            0x20..=0x7e => quoted.push(char::from(*byte)),
            _ => quoted.push_str(&format!("\\{byte:03o}")),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_cannot_be_broken_out_of() {
        assert_eq!(fenced("rust", "```\nx"), "````rust\n```\nx\n````\n");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code(" "), "` `");
    }

    #[test]
    fn code_that_imitates_a_marker_is_none() {
        assert!(!fenced("", "<!-- uptake {} -->").contains(MARK) && !code("<!-- uptake:skip=1 -->").contains(MARK));
    }

    #[test]
    fn figures_are_grouped_by_thousands() {
        assert_eq!([figure(7), figure(999), figure(1000), figure(1_234_567)].join(" "), "7 999 1,000 1,234,567");
        assert_eq!([1, 0, 1153].map(|n| grouped_count(n, "commit")).join(", "), "1 commit, 0 commits, 1,153 commits");
        assert_eq!([1, 0, 1153].map(|n| count(n, "commit")).join(", "), "1 commit, 0 commits, 1153 commits");
    }

    #[test]
    fn odd_words_are_quoted_for_the_shell() {
        assert_eq!(shell_word("it's; rm"), r"'it'\''s; rm'");
        assert_eq!(shell_word("main;rm -rf ~"), "'main;rm -rf ~'");
        assert_eq!(shell_word("a/b@2x.rs"), "a/b@2x.rs");
        assert_eq!(["a,b", "@a", "=a", ""].map(shell_word), ["'a,b'", "'@a'", "'=a'", "''"]);
        assert_eq!(shell_bytes(b"it's"), r"'it'\''s'");
        assert_eq!(shell_bytes(b"it's\xff\\;"), r"$'it\'s\377\\;'");
    }

    #[test]
    fn what_drives_a_terminal_is_spelt_out() {
        assert_eq!(shell_word("\u{1b}]0;x\u{7}"), r"$'\033]0;x\007'");
        assert_eq!(shell_word("a\nb"), r"$'a\012b'");
        assert_eq!(shell_word("\u{9b}2J"), r"$'\302\2332J'");
        assert_eq!(shell_bytes("gnp.\u{202e}txt".as_bytes()), r"$'gnp.\342\200\256txt'");
        assert_eq!(shell_word("é b"), "'é b'");
    }
}
