//! A commit as it is stored, read as git reads it: of a line that git would not write, what can be read counts, and the rest is empty.
//!
//! libgit2 refuses such a commit, and with it every history that it is in. Old and converted repositories have them.

use super::encoding::decode;
use crate::commit::{Commit, Signature, When};
use crate::ids::{CommitId, TreeId};

/// The parts of a commit, in its own bytes.
pub(super) struct Stored<'a> {
    pub(super) tree: TreeId,
    pub(super) parents: Vec<CommitId>,
    pub(super) author: &'a [u8],
    committer: &'a [u8],
    pub(super) encoding: Option<&'a str>,
    message: &'a [u8],
}

impl<'a> Stored<'a> {
    /// Takes a commit apart; `None` where it does not begin with a tree, or a parent is none: there git reads nothing either.
    pub(super) fn parse(raw: &'a [u8]) -> Option<Self> {
        let (tree, mut rest) = named(raw, b"tree ")?;
        let mut parents = Vec::new();
        while rest.starts_with(b"parent ") {
            let (parent, after) = named(rest, b"parent ")?;
            parents.push(CommitId::from_bytes(parent));
            rest = after;
        }
        let mut found =
            Self { tree: TreeId::from_bytes(tree), parents, author: b"", committer: b"", encoding: None, message: b"" };
        let mut seen = [false; 3];
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let (line, after) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
            rest = after;
            if line.is_empty() {
                break;
            }
            // Some tools wrote several authors: the first counts.
            for (at, name) in [&b"author "[..], b"committer ", b"encoding "].into_iter().enumerate() {
                let Some(value) = line.strip_prefix(name).filter(|_| !seen[at]) else { continue };
                seen[at] = true;
                match at {
                    0 => found.author = value,
                    1 => found.committer = value,
                    _ => found.encoding = std::str::from_utf8(value).ok(),
                }
            }
        }
        // Git's messages end at the first zero byte, and the empty lines before one are no part of it.
        let message = rest.split(|byte| *byte == 0).next().unwrap_or_default();
        let start = message.iter().position(|byte| *byte != b'\n').unwrap_or(message.len());
        Some(Self { message: &message[start..], ..found })
    }

    /// When it was committed, in seconds since 1970: what histories are walked by.
    pub(super) fn time(&self) -> i64 {
        Ident::parse(self.committer).when.seconds
    }

    pub(super) fn author(&self) -> Signature {
        self.signature(self.author)
    }

    fn signature(&self, line: &[u8]) -> Signature {
        let Ident { name, email, when } = Ident::parse(line);
        Signature { name: decode(name, self.encoding), email: decode(email, self.encoding), when }
    }

    /// All of it as values, with these parents: those it names, or those that the repository has for it.
    pub(super) fn read(&self, id: CommitId, tree: TreeId, parents: Vec<CommitId>) -> Commit {
        Commit {
            id,
            tree,
            parents,
            author: self.author(),
            committer: self.signature(self.committer),
            message: decode(self.message, self.encoding),
        }
    }
}

/// The object that a line names, and what comes after the line.
fn named<'a>(raw: &'a [u8], name: &[u8]) -> Option<([u8; 20], &'a [u8])> {
    let rest = raw.strip_prefix(name)?;
    let id: CommitId = std::str::from_utf8(rest.get(..40)?).ok()?.parse().ok()?;
    (rest.get(40) == Some(&b'\n')).then(|| (*id.as_bytes(), &rest[41..]))
}

/// A line such as `Name <mail> 1700000000 +0100`, taken apart as git's `split_ident_line` does.
struct Ident<'a> {
    name: &'a [u8],
    email: &'a [u8],
    when: When,
}

impl<'a> Ident<'a> {
    fn parse(line: &'a [u8]) -> Self {
        let none = Self { name: b"", email: b"", when: When { seconds: 0, offset: 0 } };
        let Some(open) = memchr::memchr(b'<', line) else { return none };
        let Some(close) = memchr::memchr(b'>', &line[open..]) else { return none };
        let last = memchr::memrchr(b'>', line).unwrap_or(open + close);
        Self {
            name: line[..open].trim_ascii(),
            email: line[open + 1..open + close].trim_ascii(),
            when: when(line[last + 1..].trim_ascii_start()).unwrap_or(none.when),
        }
    }
}

/// A moment such as `1700000000 +0100`; `None` where it is not of that form. One that no clock shows is 1970, as in `git log`.
fn when(text: &[u8]) -> Option<When> {
    let (seconds, rest) = digits(text)?;
    let rest = rest.trim_ascii_start();
    let (sign, rest) = rest.split_first()?;
    let east = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (offset, _) = digits(rest)?;
    let (hours, minutes) = (offset.unwrap_or(u64::MAX) / 100, offset.unwrap_or(0) % 100);
    // No place is further from Greenwich.
    let offset = i32::try_from(hours * 60 + minutes).ok().filter(|_| hours <= 14 && minutes <= 59).unwrap_or(0);
    Some(When { seconds: seconds.and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or(0), offset: east * offset })
}

/// The number that a text begins with, and the rest; without a number in it where it is too large.
fn digits(text: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[..length]).ok().filter(|number| !number.is_empty())?;
    Some((number.parse().ok(), &text[length..]))
}

/// Whether a line is one that every git takes: servers refuse commits with others.
pub(super) fn is_well_formed(line: &[u8]) -> bool {
    let Ident { name, email, when } = Ident::parse(line);
    let date = format!("{} {}", when.seconds, zone(when.offset));
    let zero = memchr::memchr(0, line).is_some();
    let lined = [&b"<"[..], email, b"> ", date.as_bytes()].concat();
    let Some(before) = line.strip_suffix(&lined[..]).and_then(|before| before.strip_suffix(b" ")) else {
        // Of a negative zero, which git writes where the zone is not known, the sign is no part of the value.
        return line.strip_suffix(b" -0000").is_some_and(|line| is_well_formed(&[line, b" +0000"].concat()));
    };
    !zero && before.trim_ascii() == name && memchr::memchr2(b'<', b'>', before).is_none() && when.seconds >= 0
}

/// An offset in minutes as git writes it.
fn zone(offset: i32) -> String {
    format!("{}{:02}{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60)
}

/// The line that git writes for somebody.
pub(super) fn line(by: &Signature) -> Vec<u8> {
    let plain = |text: &str| text.replace(['<', '>', '\n', '\0'], "").trim().to_owned();
    let date = by.when.seconds.max(0);
    format!("{} <{}> {date} {}", plain(&by.name), plain(&by.email), zone(by.when.offset)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &[u8]) -> String {
        let Ident { name, email, when } = Ident::parse(line);
        format!("{}|{}|{} {}", name.escape_ascii(), email.escape_ascii(), when.seconds, when.offset)
    }

    #[test]
    fn of_a_line_that_git_would_not_write_what_can_be_read_counts() {
        for (line, read) in [
            ("Name <x@y> 1700000000 +0130", "Name|x@y|1700000000 90"),
            ("Name <x@y> 1700000000 -0130", "Name|x@y|1700000000 -90"),
            ("Name 1700000000 +0000", "||0 0"),
            ("Name <x@y", "||0 0"),
            ("Name <x@y>", "Name|x@y|0 0"),
            ("Name <x@y> 99999999999999999999 +0100", "Name|x@y|0 60"),
            ("Name <x@y> -1 +0000", "Name|x@y|0 0"),
            ("Name <x@y> 17 +9999", "Name|x@y|17 0"),
            ("Name <x@y> 17", "Name|x@y|0 0"),
            ("A <b <c> d> 17 +0000", "A|b <c|17 0"),
            ("<x@y>17 +0000", "|x@y|17 0"),
            ("", "||0 0"),
            ("> <", "||0 0"),
        ] {
            assert_eq!(shown(line.as_bytes()), read, "{line}");
        }
    }

    #[test]
    fn a_line_that_servers_refuse_is_written_as_one_they_take() {
        for line in ["Name <x@y> 1700000000 +0130", "N <> 0 -0000", " <x@y> 17 +0000", "a  b \t <x@y> 17 -1400"] {
            assert!(is_well_formed(line.as_bytes()), "{line}");
        }
        for odd in [
            "Name 17 +0000",
            "Name <x@y> 017 +0000",
            "Name <x@y>  17 +0000",
            "Name<x@y> 17 +0000",
            "Name <x@y> 17 +9999",
            "Name <x@y> 17 +0000 more",
            "Na>me <x@y> 17 +0000",
            "Na\0me <x@y> 17 +0000",
            "Name <x@y> 99999999999999999999 +0000",
            "Name <x@y> 9223372036854775808 +0000",
            "Name <x@y>",
            "",
        ] {
            assert!(!is_well_formed(odd.as_bytes()), "{odd}");
            let stored = Stored { author: odd.as_bytes(), ..Stored::parse(PLAIN).expect("a commit") };
            let mended = super::line(&stored.author());
            assert!(is_well_formed(&mended), "{odd}: {}", mended.escape_ascii());
        }
    }

    const PLAIN: &[u8] = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\
        author A <a@b> 1 +0000\nauthor B <b@c> 2 +0000\ncommitter C <c@d> 3 +0000\nencoding latin1\nx y\n\n\n\nsubject\n\nbody\0more";

    #[test]
    fn a_commit_is_taken_apart_and_no_more_than_git_asks_for() {
        let stored = Stored::parse(PLAIN).expect("a commit");
        let commit = stored.read(CommitId::from_bytes([1; 20]), stored.tree, stored.parents.clone());
        assert_eq!((commit.parents.len(), &commit.message[..]), (1, "subject\n\nbody"));
        assert_eq!((&commit.author.name[..], commit.author.when.seconds, stored.time()), ("A", 1, 3));
        assert_eq!((stored.encoding, &commit.committer.email[..]), (Some("latin1"), "c@d"));
        let bare = &PLAIN[..46];
        assert!(Stored::parse(bare).is_some_and(|bare| bare.parents.is_empty() && bare.time() == 0));
        for cut in (0..46).chain(47..94) {
            // Cut in the tree or in the word `parent`, where the rest is a line of no known name.
            let parsed = Stored::parse(&PLAIN[..cut]);
            assert_eq!(parsed.is_some(), (46..53).contains(&cut), "{cut}");
        }
    }
}
