//! Foreign text made fit to be looked at: one line, nothing that hides or reorders its neighbours.

/// How many marks may stand on one letter. No script needs more; a pile of them runs over the lines above and below.
const MARKS: usize = 4;

/// The text on one line. Line breaks and tabs become spaces; control characters and the invisible ones that turn the reading
/// direction or carry hidden text become `�`, so that a reader sees that something stood there.
#[must_use]
pub fn visible(text: &str) -> String {
    let shown = calm(text.chars().map(shown));
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines of code, made visible like one line, but with their breaks and indentation.
#[must_use]
pub fn visible_lines(text: &str) -> String {
    calm(text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { shown(c) }))
}

/// A stranger's text on one line, with no escape code or hidden character left in it, and cut as by [`shorten`].
#[must_use]
pub fn short(text: &str, most: usize) -> String {
    shorten(&visible(text), most)
}

/// A text, cut where it has more than `most` characters; the last of them is an ellipsis then.
#[must_use]
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Whether a character is none to be shown as it is: it breaks a line, drives a terminal, turns the reading direction, or hides.
#[must_use]
pub fn hides(c: char) -> bool {
    shown(c) != c
}

/// Text of the same number of bytes in which nothing hides: what it means is found at the same place.
#[must_use]
pub fn in_place(text: &str) -> String {
    let shown = |c: char| match (c, c.len_utf8()) {
        ('\n' | '\t', _) => c,
        (c, _) if !hides(c) => c,
        (_, 1) => '?',
        (_, 2) => '\u{b7}',
        (_, 3) => '\u{fffd}',
        _ => '\u{10102}',
    };
    text.chars().map(shown).collect()
}

fn shown(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        // Marks, embeddings, overrides and isolates of the bidirectional algorithm, and the old ones for digits and shapes.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => '\u{fffd}',
        // Of no width: soft hyphen, zero-width space, word joiner, invisible operators, byte order mark, and the tags and selectors
        // that spell out hidden text. The zero-width joiners and the first sixteen selectors stay: many scripts and emoji are
        // misspelt without them.
        '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' => {
            '\u{fffd}'
        }
        '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => '\u{fffd}',
        // Letters that look like nothing.
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// Takes away the marks that pile up on one letter.
fn calm(text: impl Iterator<Item = char>) -> String {
    let mut marks = 0;
    let mut result = String::new();
    for c in text {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks <= MARKS {
            result.push(c);
        }
    }
    result
}

/// The blocks of combining marks that fit any letter, and the joiners and selectors, which may pile up as well.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_on_its_line_and_in_its_direction() {
        assert_eq!(visible("Fix\r\n\tthe  build "), "Fix the build");
        assert_eq!(visible("safe \u{202e}gnp.exe\u{2069}"), "safe \u{fffd}gnp.exe\u{fffd}");
        assert_eq!(visible("\u{1b}[31mred"), "\u{fffd}[31mred");
        assert_eq!(visible("père, שלום, 👩‍🚀, ❤️"), "père, שלום, 👩‍🚀, ❤️");
    }

    #[test]
    fn nothing_is_hidden_and_nothing_piles_up() {
        assert_eq!(visible("a\u{ad}b\u{3164}c\u{e0101}d\u{2062}e"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e");
        assert_eq!(visible(&format!("a{}b", "\u{301}".repeat(50))), format!("a{}b", "\u{301}".repeat(MARKS)));
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_words() {
        assert_eq!((short("abcdef", 6), short("abcdefg", 6)), ("abcdef".to_owned(), "abcde…".to_owned()));
        assert_eq!((shorten("naïve façade", 7), shorten("short", 7)), ("naïve…".to_owned(), "short".to_owned()));
    }
}
