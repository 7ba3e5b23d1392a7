//! The patterns of `.gitattributes`, matched as git's `wildmatch` does.

use std::collections::HashSet;

/// A pattern, taken apart.
#[derive(Debug)]
pub(super) struct Pattern {
    text: Vec<u8>,
    /// Whether it is about the last part of a path, since it has no slash.
    name_only: bool,
    /// Whether it is about folders, and so fits no file.
    folders_only: bool,
}

impl Pattern {
    /// A pattern as it is written; `None` for a negative one, which git has no meaning for.
    pub(super) fn new(written: &[u8]) -> Option<Self> {
        if written.first() == Some(&b'!') {
            return None;
        }
        let (text, folders_only) = match written.strip_suffix(b"/") {
            Some(text) => (text, true),
            None => (written, false),
        };
        let name_only = !text.contains(&b'/');
        let text = text.strip_prefix(b"/").unwrap_or(text).to_vec();
        Some(Self { text, name_only, folders_only })
    }

    /// Whether it fits a file; `path` begins at the folder that the pattern is written in.
    pub(super) fn fits(&self, path: &[u8]) -> bool {
        if self.folders_only {
            return false;
        }
        let text = if self.name_only { super::super::node::file_name(path) } else { path };
        Wild { pattern: &self.text, text, paths: !self.name_only, failed: HashSet::new() }.fits(0, 0)
    }
}

/// A pattern held against a text.
struct Wild<'w> {
    pattern: &'w [u8],
    text: &'w [u8],
    /// Whether a slash is more than a character.
    paths: bool,
    /// From where on pattern and text are known not to fit, so that many stars take no longer than few.
    failed: HashSet<(usize, usize)>,
}

impl Wild<'_> {
    fn fits(&mut self, mut at: usize, mut there: usize) -> bool {
        loop {
            let Some(sign) = self.pattern.get(at).copied() else { return there == self.text.len() };
            if sign == b'*' {
                return self.star(at, there);
            }
            let Some(byte) = self.text.get(there).copied() else { return false };
            let (fits, next) = match sign {
                b'?' => (!(self.paths && byte == b'/'), at + 1),
                b'[' => match class(&self.pattern[at + 1..], byte) {
                    Some((fits, length)) => (fits && !(self.paths && byte == b'/'), at + 1 + length),
                    None => return false,
                },
                b'\\' => match self.pattern.get(at + 1) {
                    Some(literal) => (*literal == byte, at + 2),
                    None => return false,
                },
                literal => (literal == byte, at + 1),
            };
            if !fits {
                return false;
            }
            at = next;
            there += 1;
        }
    }

    fn star(&mut self, at: usize, there: usize) -> bool {
        if !self.failed.insert((at, there)) {
            return false;
        }
        let stars = self.pattern[at..].iter().take_while(|sign| **sign == b'*').count();
        let rest = at + stars;
        let next = self.pattern.get(rest).copied();
        let whole_part = (at == 0 || self.pattern[at - 1] == b'/')
            && (matches!(next, None | Some(b'/')) || self.pattern[rest..].starts_with(b"\\/"));
        let crosses = !self.paths || stars > 1 && whole_part;
        // `**/` may stand for no folder at all.
        if self.paths && crosses && next == Some(b'/') && self.fits(rest + 1, there) {
            return true;
        }
        for end in there..=self.text.len() {
            if self.fits(rest, end) {
                return true;
            }
            if !crosses && self.text.get(end) == Some(&b'/') {
                return false;
            }
        }
        false
    }
}

/// Whether a byte is in a class such as `[a-z]`, and how long that is without its first bracket; `None` where it has no end.
fn class(pattern: &[u8], byte: u8) -> Option<(bool, usize)> {
    let negated = matches!(pattern.first(), Some(b'!' | b'^'));
    let mut at = usize::from(negated);
    let (mut found, mut before, mut first) = (false, None, true);
    loop {
        let sign = *pattern.get(at)?;
        if sign == b']' && !first {
            return Some((found != negated, at + 1));
        }
        first = false;
        let range = (sign == b'-' && pattern.get(at + 1).is_some_and(|end| *end != b']')).then_some(before).flatten();
        if let Some(start) = range {
            at += 1;
            if pattern.get(at) == Some(&b'\\') {
                at += 1;
            }
            found |= (start..=*pattern.get(at)?).contains(&byte);
            before = None;
        } else if sign == b'[' && pattern.get(at + 1) == Some(&b':') {
            let name = &pattern[at + 2..];
            let end = name.windows(2).position(|signs| signs == b":]")?;
            found |= is_of(&name[..end], byte)?;
            at += end + 3;
            before = None;
        } else {
            if sign == b'\\' {
                at += 1;
            }
            let literal = *pattern.get(at)?;
            found |= literal == byte;
            before = Some(literal);
        }
        at += 1;
    }
}

/// Whether a byte is of a named class; `None` where there is no class of that name.
fn is_of(name: &[u8], byte: u8) -> Option<bool> {
    Some(match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte.is_ascii_whitespace() || byte == 0x0b,
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_fit_as_gits_do() {
        let cases = [
            ("*.json", "a.json", true),
            ("*.json", "deep/down/a.json", true),
            ("*.json", "a.jsonl", false),
            ("/*.json", "a.json", true),
            ("/*.json", "deep/a.json", false),
            ("docs/*.md", "docs/a.md", true),
            ("docs/*.md", "docs/deep/a.md", false),
            ("docs/**/*.md", "docs/a.md", true),
            ("docs/**/*.md", "docs/deep/down/a.md", true),
            ("**/gen/*", "gen/x", true),
            ("**/gen/*", "a/b/gen/x", true),
            ("**/gen/*", "a/b/gen/x/y", false),
            ("gen/**", "gen/x/y", true),
            ("gen/**", "gen", false),
            ("a**b", "a/b", false),
            ("a**b", "axxb", true),
            ("x/a**b", "x/a/b", false),
            ("gen/", "gen", false),
            ("a?c", "abc", true),
            ("d/a?c", "d/a/c", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]-]x", "]x", true),
            ("[[:digit:]]x", "7x", true),
            ("\\*x", "*x", true),
            ("\\*x", "ax", false),
            ("[a", "a", false),
        ];
        for (pattern, path, fits) in cases {
            let found = Pattern::new(pattern.as_bytes()).expect("positive").fits(path.as_bytes());
            assert_eq!(found, fits, "{pattern} {path}");
        }
        assert!(Pattern::new(b"!a").is_none());
    }

    #[test]
    fn many_stars_take_no_longer_than_few() {
        let pattern = Pattern::new("*a".repeat(200).as_bytes()).expect("positive");
        assert!(!pattern.fits("a".repeat(199).as_bytes()));
        assert!(pattern.fits("a".repeat(2000).as_bytes()));
    }
}
