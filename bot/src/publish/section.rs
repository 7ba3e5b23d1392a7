//! A long text in sections, cut at whole ones where the forge would not take it all.

use std::fmt::Write;

use crate::text::count;

/// The longest body GitHub takes (422 "body is too long (maximum is 65536 characters)").
pub const BODY_LIMIT: usize = 65_536;

/// A section, and how much it matters when not all fit: the lowest goes first.
pub(super) struct Section {
    pub(super) weight: u32,
    pub(super) text: String,
}

impl Section {
    /// A section that stays whatever happens.
    pub(super) fn firm(text: String) -> Self {
        Self { weight: u32::MAX, text }
    }
}

/// The sections in their order, the lightest left out where all would be too long, and the end, which is never cut.
pub(super) fn fit(mut sections: Vec<Section>, what: &str, end: &str) -> String {
    let length = |text: &str| text.chars().count() + 1;
    let room = BODY_LIMIT.saturating_sub(length(end) + 200);
    let mut used: usize = sections.iter().map(|section| length(&section.text)).sum();
    let mut cut = 0;
    while used > room {
        let Some(at) = (0..sections.len()).min_by_key(|at| sections[*at].weight) else { break };
        if sections[at].weight == u32::MAX {
            break;
        }
        used -= length(&sections.remove(at).text);
        cut += 1;
    }
    let mut body = String::new();
    if cut > 0 {
        let is = if cut == 1 { "is" } else { "are" };
        let parts = count(cut, "part");
        let _ = writeln!(
            body,
            "> This text was too long for {what}: {parts} of it {is} left out here, `uptake report` has all.\n"
        );
    }
    for section in sections {
        body.push_str(&section.text);
        body.push('\n');
    }
    body + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_loses_whole_sections_the_lightest_first() {
        let section = |weight, letter: &str| Section { weight, text: letter.repeat(30_000) };
        let sections = vec![section(u32::MAX, "a"), section(1, "b"), section(2, "c")];
        let body = fit(sections, "a pull request", "<!-- end -->\n");
        assert!(body.chars().count() <= BODY_LIMIT);
        assert!(body.starts_with("> This text was too long for a pull request: 1 part of it is left out here"));
        assert!(
            body.contains("aaa") && !body.contains("bbb") && body.contains("ccc") && body.ends_with("<!-- end -->\n")
        );
    }
}
