//! Foreign text made fit to be looked at: one line, nothing that hides or reorders its neighbours.

/// The text on one line. Line breaks and tabs become spaces; control characters and the invisible ones that turn the reading
/// direction or carry hidden text become `�`, so that a reader sees that something stood there.
#[must_use]
pub fn visible(text: &str) -> String {
    let shown: String = text.chars().map(shown).collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The same for several lines of code, whose breaks and indentation stay.
#[must_use]
pub fn visible_lines(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { shown(c) }).collect()
}

fn shown(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        // Marks, embeddings, overrides and isolates of the bidirectional algorithm.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        // Zero-width space, word joiner, byte order mark, and the tag characters that spell out hidden text. The zero-width
        // joiners stay: many scripts and emoji are misspelt without them.
        '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_on_its_line_and_in_its_direction() {
        assert_eq!(visible("Fix\r\n\tthe  build "), "Fix the build");
        assert_eq!(visible("safe \u{202e}gnp.exe\u{2069}"), "safe \u{fffd}gnp.exe\u{fffd}");
        assert_eq!(visible("\u{1b}[31mred"), "\u{fffd}[31mred");
        assert_eq!(visible("père, שלום, 👩‍🚀"), "père, שלום, 👩‍🚀");
    }
}
