//! The small change of Markdown: headings, tables, code, and foreign text disarmed on the way.

use super::super::prose::{CommitRef, Prose, ProsePiece};
use crate::text::{bars_escaped, inert_line};

pub(super) fn heading(out: &mut String, level: usize, text: &str) {
    out.push_str(&"#".repeat(level));
    out.push(' ');
    out.push_str(text);
    out.push_str("\n\n");
}

/// A paragraph; of nothing there is none.
pub(super) fn paragraph(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    out.push_str(text);
    out.push_str("\n\n");
}

pub(super) fn bullets(out: &mut String, items: impl Iterator<Item = String>) {
    for item in items {
        out.push_str("- ");
        out.push_str(&item);
        out.push('\n');
    }
    out.push('\n');
}

/// A table whose cells are Markdown already.
pub(super) fn table(out: &mut String, heads: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    out.push_str(&format!("| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len())));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out.push('\n');
}

/// Foreign text for a cell.
pub(super) fn cell(text: &str) -> String {
    inert_line(text)
}

/// Text as code, in or out of a table. In a table even code needs its bars escaped, and out of one a path with a bar is rarer
/// than a stray backslash is bad.
pub(super) fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text) + 1);
    let text = bars_escaped(text);
    // A space apart, or the text's own backticks would join the fence.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{ticks}{pad}{text}{pad}{ticks}") }
}

/// Lines as a block of code.
pub(super) fn fence(out: &mut String, language: &str, lines: &[String]) {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let ticks = "`".repeat(longest.max(2) + 1);
    out.push_str(&format!("{ticks}{language}\n{}\n{ticks}\n\n", lines.join("\n")));
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

pub(super) fn commit(commit: &CommitRef) -> String {
    match &commit.url {
        Some(url) => format!("[{}]({url})", code(&commit.short)),
        None => code(&commit.short),
    }
}

pub(super) fn prose(prose: &Prose) -> String {
    written(prose, &commit)
}

/// Where many commits are named: without the addresses, which would be most of it.
pub(super) fn unlinked(prose: &Prose) -> String {
    written(prose, &|commit| code(&commit.short))
}

fn written(prose: &Prose, commit: &dyn Fn(&CommitRef) -> String) -> String {
    let piece = |piece: &ProsePiece| match piece {
        ProsePiece::Plain { text } => text.clone(),
        ProsePiece::Foreign { text } => inert_line(text),
        ProsePiece::Code { text } => code(text),
        ProsePiece::Commit { commit: at } => commit(at),
        ProsePiece::Link { text, url } => format!("[{text}]({url})"),
    };
    prose.0.iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_own_code() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a\\|b"), "`a\\\\\\|b`");
        let mut out = String::new();
        fence(&mut out, "bash", &["echo '````'".to_owned()]);
        assert_eq!(out, "`````bash\necho '````'\n`````\n\n");
    }
}
