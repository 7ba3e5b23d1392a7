//! Form: how a text is written, not what it says: white space, and what a named formatter changes. Pure.

/// What the names of files end with in which the space before a line and blank lines say nothing. Of any other kind that is not
/// known: it may be Python, YAML, a Makefile, Markdown, a patch or a text that a test compares.
const FREE: [&[u8]; 39] = [
    b".rs", b".c", b".h", b".cc", b".cpp", b".cxx", b".hh", b".hpp", b".hxx", b".cu", b".cuh", b".metal", b".m",
    b".mm", b".java", b".kt", b".kts", b".scala", b".groovy", b".cs", b".swift", b".go", b".dart", b".zig", b".proto",
    b".js", b".jsx", b".mjs", b".cjs", b".ts", b".tsx", b".css", b".scss", b".less", b".json", b".ipynb", b".toml",
    b".php", b".glsl",
];

/// Whether the space before lines says nothing in a file of this name, nor do blank lines.
fn is_free(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    FREE.iter().any(|end| name.ends_with(end))
}

/// Whether two texts differ in white space alone, as far as that says nothing. `name` is what the file is called.
pub(super) fn is_same(name: &[u8], one: &[u8], other: &[u8]) -> bool {
    if is_free(name) { spaced(one).eq(spaced(other)) } else { lines(one).eq(lines(other)) }
}

/// What a text says line by line: without the space after lines, how they end and, where that says nothing, the space before
/// them and blank lines. Space between words stays, since it may be inside of a string.
pub(crate) fn bare(name: &[u8], text: &[u8]) -> Vec<u8> {
    let free = is_free(name);
    let mut bare = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let line = ended(line);
        let line = if free { line.trim_ascii_start() } else { line };
        if !free || !line.is_empty() {
            bare.extend_from_slice(line);
            bare.push(b'\n');
        }
    }
    bare
}

/// A line without its end and the space before that. After a backslash the space counts: with it the line does not go on.
fn ended(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let trimmed = line.trim_ascii_end();
    if trimmed.ends_with(b"\\") { line } else { trimmed }
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEnd {
    Lf,
    CrLf,
}

impl LineEnd {
    /// How all lines of a text end, where they all end alike.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        let mut ends = text
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| line.ends_with(b"\n"))
            .map(|line| if line.ends_with(b"\r\n") { Self::CrLf } else { Self::Lf });
        let first = ends.next()?;
        ends.all(|end| end == first).then_some(first)
    }

    /// A text whose lines end like this.
    pub(crate) fn give(self, text: &[u8]) -> Vec<u8> {
        let mut given = Vec::with_capacity(text.len());
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let Some(content) = line.strip_suffix(b"\n") else {
                given.extend_from_slice(line);
                continue;
            };
            given.extend_from_slice(content.strip_suffix(b"\r").unwrap_or(content));
            given.extend_from_slice(if self == Self::CrLf { b"\r\n" } else { b"\n" });
        }
        given
    }
}

/// Whether a text says in another form what it said: all signs but white space are there, in the same order. What formatters change of
/// a language's writing does not count: in Markdown its marks and list numbers, elsewhere a comma before a closing bracket and, where
/// both mean the same, the kind of quotes.
pub(crate) fn says_same(name: &[u8], text: &[u8], formatted: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = |ends: &[&[u8]]| ends.iter().any(|end| name.ends_with(end));
    if ends(&[b".md", b".markdown", b".mdx"]) {
        return said_in_markdown(text) == said_in_markdown(formatted);
    }
    let quotes = ends(&[b".py", b".pyi", b".js", b".jsx", b".mjs", b".cjs", b".ts", b".tsx", b".css", b".scss"]);
    said_in_code(text, quotes) == said_in_code(formatted, quotes)
}

/// The signs of a code, without white space.
fn said_in_code(text: &[u8], quotes: bool) -> Vec<u8> {
    let mut said: Vec<u8> = Vec::with_capacity(text.len());
    for sign in text.iter().copied().filter(|sign| !sign.is_ascii_whitespace()) {
        if matches!(sign, b')' | b']' | b'}') && said.last() == Some(&b',') {
            said.pop();
        }
        said.push(if quotes && sign == b'\'' { b'"' } else { sign });
    }
    said
}

/// The signs of a Markdown text, without white space, its marks and the numbers of its lists; code between fences whole.
fn said_in_markdown(text: &[u8]) -> Vec<u8> {
    let mut said = Vec::with_capacity(text.len());
    let mut fence: Option<u8> = None;
    for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        let fenced = [b'`', b'~'].into_iter().find(|sign| line.starts_with(&[*sign; 3]));
        let is_fence = fenced.is_some() && (fence.is_none() || fence == fenced);
        let digits = line.iter().take_while(|sign| sign.is_ascii_digit()).count();
        let is_item = digits > 0 && matches!(line.get(digits), Some(b'.' | b')')) && fence.is_none();
        let line = if is_item { &line[digits + 1..] } else { line };
        let kept = |sign: &u8| {
            !sign.is_ascii_whitespace() && (fence.is_some() && !is_fence || !b"\\*_-+=#|:`~>".contains(sign))
        };
        said.extend(line.iter().copied().filter(kept));
        if is_fence {
            fence = if fence.is_none() { fenced } else { None };
        }
    }
    said
}

/// The words of a text: letters, digits and what is beyond ASCII.
pub(crate) fn words(text: &[u8]) -> Vec<&[u8]> {
    let is_letter = |sign: &u8| sign.is_ascii_alphanumeric() || *sign == b'_' || !sign.is_ascii();
    text.split(|sign| !is_letter(sign)).filter(|word| !word.is_empty()).collect()
}

fn spaced(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// The lines that hold anything, without the space after them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').map(ended).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{LineEnd, bare, is_same, says_same};

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
        assert!(!is_same(b"a.sh", b"a \\\nb\n", b"a \\ \nb\n"));
    }

    #[test]
    fn a_bare_text_keeps_what_may_say_something() {
        let same = |name: &str, one: &[u8], other: &[u8]| bare(name.as_bytes(), one) == bare(name.as_bytes(), other);
        for name in ["a.rs", "a.py", "a.yml", "Makefile", "a.md", "unknown"] {
            assert!(same(name, b"a  \r\nb", b"a\nb\n"), "{name}");
            assert!(!same(name, b"s = \"a  b\"\n", b"s = \"a b\"\n"), "{name}");
            assert!(!same(name, b"a \\ \nb\n", b"a \\\nb\n"), "{name}: a line that goes on");
            assert_eq!(same(name, b"  a\n\nb\n", b"a\nb\n"), name == "a.rs", "{name}");
        }
    }

    #[test]
    fn a_formatter_may_change_marks_and_space_alone() {
        let list: (&[u8], &[u8]) = (b"* a\n* _b_\n\n2. c\n3. d_e\n", b"- a\n- *b*\n\n1. c\n1. d\\_e\n");
        assert!(says_same(b"a.MD", list.0, list.1));
        assert!(!says_same(b"a.txt", list.0, list.1));
        assert!(!says_same(b"a.md", b"two 2. three\n", b"two three\n"), "a number within a line");
        assert!(!says_same(b"a.md", b"```\na_b\n```\n", b"```\nab\n```\n"), "code is whole");
        assert!(says_same(b"a.md", b"~~~ sh\na - b\n~~~\n", b"```sh\na - b\n```\n"));
        assert!(says_same(b"a.rs", b"f(a,\n  b,\n);", b"f(a, b);"));
        assert!(!says_same(b"a.rs", b"'a'", b"\"a\"") && says_same(b"a.py", b"'a'", b"\"a\""));
        assert!(!says_same(b"a.rs", b"use b;\nuse a;\n", b"use a;\nuse b;\n"), "an order may say something");
    }

    #[test]
    fn line_ends_are_known_where_they_are_all_alike() {
        assert_eq!(LineEnd::of(b"a\nb"), Some(LineEnd::Lf));
        assert_eq!(LineEnd::of(b"a\r\nb\r\n"), Some(LineEnd::CrLf));
        assert_eq!(LineEnd::of(b"a\r\nb\n"), None);
        assert_eq!(LineEnd::of(b"a"), None);
        assert_eq!(LineEnd::CrLf.give(b"a\nb\r\nc"), b"a\r\nb\r\nc");
        assert_eq!(LineEnd::Lf.give(b"a\nb\r\nc"), b"a\nb\nc");
    }
}
