//! A path inside a repository. Git's paths are bytes; people and JSON want text.

use std::fmt;

use serde::{Serialize, Serializer};

/// How many folders deep a path may be, git's own `core.maxTreeDepth`.
pub const DEEPEST: usize = 2048;

/// A path inside a repository, `/` between its parts, kept as git's own bytes.
///
/// Shown (and written to JSON) as it is where it is readable text, and else as git shows it: in quotes, with the odd bytes as
/// octal escapes (`core.quotePath`), so that no two paths look the same and no path can break a line or a table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// The path with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The path as git has it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text where it is UTF-8; for matching globs and regular expressions.
    #[must_use]
    pub fn to_text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The path that is shown like this: what [`fmt::Display`] writes is read back to the byte. A text that begins with a quote and
    /// is not of that form is taken as it is.
    #[must_use]
    pub fn shown(text: &str) -> Self {
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        quoted.and_then(unquoted).map_or_else(|| Self::from(text), Self)
    }

    /// Whether git puts out no file of this name, on one system or another: a part that is empty, `.` or `..`, or one that is `.git`
    /// to some file system (in other letters, by a short name, with what Windows or macOS leaves out of names). What holds one cannot
    /// be checked out, and no host takes it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.split(|byte| *byte == b'/').any(|part| {
            part.is_empty() || part == b"." || part == b".." || is_git_to_windows(part) || is_git_to_macos(part)
        })
    }

    /// How many parts it has.
    #[must_use]
    pub fn depth(&self) -> usize {
        1 + memchr::memchr_iter(b'/', &self.0).count()
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
    }

    /// The path with this file or folder name appended.
    #[must_use]
    pub fn join(&self, name: &[u8]) -> Self {
        let mut bytes = self.0.clone();
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name);
        Self(bytes)
    }
}

/// Spaces and dots at the end go, as does what follows a colon, and a backslash is a slash.
fn is_git_to_windows(name: &[u8]) -> bool {
    name.split(|byte| *byte == b'\\').any(|part| {
        let part = part.split(|byte| *byte == b':').next().unwrap_or_default();
        let end = part.iter().rposition(|byte| !matches!(byte, b' ' | b'.')).map_or(0, |last| last + 1);
        let part = &part[..end];
        part.eq_ignore_ascii_case(b".git") || part.eq_ignore_ascii_case(b"git~1")
    })
}

/// Invisible characters are left out.
fn is_git_to_macos(name: &[u8]) -> bool {
    let ignored = |c: &char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    std::str::from_utf8(name)
        .is_ok_and(|name| name.chars().filter(|c| !ignored(c)).flat_map(char::to_lowercase).eq(".git".chars()))
}

/// The bytes of a quoted path; `None` where an escape is none of git's.
fn unquoted(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next()? {
            b'n' => b'\n',
            b't' => b'\t',
            sign @ (b'"' | b'\\') => sign,
            first @ b'0'..=b'3' => {
                let mut digit = || rest.next().filter(|digit| (b'0'..=b'7').contains(digit)).map(|digit| digit - b'0');
                ((first - b'0') << 6) | (digit()? << 3) | digit()?
            }
            _ => return None,
        });
    }
    Some(bytes)
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl PartialEq<str> for RepoPath {
    fn eq(&self, text: &str) -> bool {
        self.0 == text.as_bytes()
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(&self.0) {
            Ok(text) if !text.chars().any(|c| c.is_control() || c == '"' || c == '\\') => f.write_str(text),
            _ => {
                f.write_str("\"")?;
                for byte in &self.0 {
                    match byte {
                        b'"' | b'\\' => write!(f, "\\{}", char::from(*byte))?,
                        b'\n' => f.write_str("\\n")?,
                        b'\t' => f.write_str("\\t")?,
                        0x20..=0x7e => write!(f, "{}", char::from(*byte))?,
                        _ => write!(f, "\\{byte:03o}")?,
                    }
                }
                f.write_str("\"")
            }
        }
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_git_puts_out_are_known() {
        for refused in [
            ".git",
            ".GIT/config",
            "a/.git",
            "git~1",
            "GIT~1/x",
            ".git ",
            ".git. .",
            ".git::$INDEX_ALLOCATION",
            "a\\.git\\b",
            ".g\u{200c}it",
            "\u{feff}.gIt",
            "..",
            "a/../b",
            ".",
            "./a",
            "/etc/x",
            "a//b",
            "a/",
        ] {
            assert!(RepoPath::from(refused).is_refused(), "{refused:?}");
        }
        for fine in [
            ".gitignore",
            ".github/x",
            "git",
            "git~2",
            "a.git",
            "...",
            "..a",
            ".git~1",
            "a b",
            "\u{200c}x",
            "-x",
            "a\n",
        ] {
            assert!(!RepoPath::from(fine).is_refused(), "{fine:?}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back_to_the_byte() {
        for bytes in
            [&b"a/b.rs"[..], b"\xff\xfe", b"a\tb\n\"c\"\\d", b"\"", b"\x01\x7f", "\u{e9}\u{85}".as_bytes(), b""]
        {
            let path = RepoPath::from_bytes(bytes);
            assert_eq!(RepoPath::shown(&path.to_string()), path);
        }
        assert_eq!(RepoPath::shown("\"\\9\""), RepoPath::from("\"\\9\""), "not of the form");
    }

    #[test]
    fn odd_bytes_are_shown_as_git_shows_them() {
        assert_eq!(RepoPath::from("bot/src/é.rs").to_string(), "bot/src/é.rs");
        assert_eq!(RepoPath::from_bytes(*b"a\xffb\n\"").to_string(), r#""a\377b\n\"""#);
    }
}
