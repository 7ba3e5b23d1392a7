//! Form: how a text is written, not what it says. White space alone, so far. Pure.

/// Files in which the space before a line is part of what it says.
const INDENTED: [&[u8]; 12] =
    [b".py", b".pyi", b".pyx", b".yml", b".yaml", b".nim", b".hs", b".fs", b".coffee", b".pug", b".mk", b"makefile"];

/// Whether two texts differ in white space alone, as far as that says nothing. `name` is what the file is called.
pub(super) fn is_same(name: &[u8], one: &[u8], other: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    if INDENTED.iter().any(|end| name.ends_with(end)) {
        return lines(one).eq(lines(other));
    }
    words(one).eq(words(other))
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// The lines that hold anything, without the space after them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn white_space_between_words_is_form() {
        assert!(is_same(b"a.rs", b"fn a() {\n  b();\n}\n", b"fn a()\r\n{\r\n\tb();\r\n\r\n}"));
        assert!(!is_same(b"a.rs", b"let a b;", b"let ab;"));
        assert!(!is_same(b"a.rs", b"a b", b"b a"));
        assert!(is_same(b"a.rs", b"", b" \n"));
    }

    #[test]
    fn the_space_before_a_line_counts_where_it_says_something() {
        assert!(!is_same(b"a.py", b"if a:\n    b\n    c\n", b"if a:\n    b\nc\n"));
        assert!(is_same(b"a.py", b"if a:\n    b\n", b"if a:  \n\n    b"));
        assert!(!is_same(b"Makefile", b"a:\n\tb\n", b"a:\n    b\n"));
    }
}
