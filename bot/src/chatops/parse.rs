//! One line read as a command of ours: well said, badly said, or none of ours.

use super::command::{COMMANDS, Command, Entry};
use crate::decision::How;
use crate::text::visible;

/// What is wrong with a line that is meant for us.
#[derive(Debug, Clone)]
pub enum Wrong {
    /// There is no such command.
    Unknown {
        /// What was said, the prefix left out.
        word: String,
        /// What was probably meant.
        like: Option<&'static Entry>,
    },
    /// An argument is missing.
    Missing {
        /// Which command.
        entry: &'static Entry,
        /// What is missing, with its article.
        what: &'static str,
    },
    /// An argument is not of its form.
    Form {
        /// Which command.
        entry: &'static Entry,
        /// The word that is not.
        word: String,
        /// What it should be.
        should: &'static str,
        /// What was probably meant.
        like: Option<&'static str>,
    },
    /// There are words too many.
    Extra {
        /// Which command.
        entry: &'static Entry,
        /// The first of them.
        word: String,
    },
}

/// The words behind a command's name.
pub(super) struct Words<'a> {
    /// As they were written.
    rest: &'a str,
    words: Vec<&'a str>,
}

/// Commands of other bots that are near to ours, so that we keep silent where they are spoken to.
const OTHERS: &[&str] = &[
    "approve",
    "assign",
    "bench",
    "benchmark",
    "build",
    "cc",
    "check",
    "close",
    "deploy",
    "describe",
    "doc",
    "draft",
    "duplicate",
    "fix",
    "format",
    "hello",
    "home",
    "kind",
    "label",
    "lgtm",
    "lock",
    "merge",
    "milestone",
    "open",
    "ping",
    "pin",
    "preview",
    "publish",
    "ready",
    "rebase",
    "release",
    "remove",
    "rerun",
    "resolve-conflicts",
    "review",
    "run",
    "ship",
    "squash",
    "stale",
    "start",
    "state",
    "stop",
    "test",
    "tests",
    "unassign",
    "uncc",
    "unlock",
    "untest",
    "update",
    "wip",
];

/// Reads a line that begins with a slash. `None`: it is not meant for us.
#[must_use]
pub fn parse(line: &str, prefix: &str) -> Option<Result<Command, Wrong>> {
    let said = line.strip_prefix('/')?;
    if said.starts_with(char::is_whitespace) {
        return None;
    }
    let (first, rest) = split(said);
    if prefix.is_empty() {
        // Who writes our name in full means us, whatever the configuration says.
        return if first.eq_ignore_ascii_case("uptake") { Some(meant(rest)) } else { bare(first, rest) };
    }
    if first.eq_ignore_ascii_case(prefix) {
        return Some(meant(rest));
    }
    // Only one who goes on with a command of ours has misspelt the prefix.
    let (name, _) = split(rest);
    let slip = near(first, prefix);
    Entry::named(name).filter(|_| slip).map(|entry| Err(Wrong::Unknown { word: first.to_owned(), like: Some(entry) }))
}

/// A line that is meant for us for certain, since our name stands before it.
fn meant(text: &str) -> Result<Command, Wrong> {
    let (name, rest) = split(text);
    match Entry::named(name) {
        Some(entry) => (entry.read)(entry, &Words::new(rest)),
        None => Err(Wrong::Unknown { word: name.to_owned(), like: nearest(name) }),
    }
}

/// A line without a name before it: other bots' commands look the same.
fn bare(name: &str, rest: &str) -> Option<Result<Command, Wrong>> {
    if let Some(entry) = Entry::named(name) {
        return Some((entry.read)(entry, &Words::new(rest)));
    }
    let plain = name.trim_end_matches([',', '.', ':', ';', '!', '?']);
    if OTHERS.contains(&plain.to_ascii_lowercase().as_str()) {
        return None;
    }
    nearest(plain).map(|entry| Err(Wrong::Unknown { word: name.to_owned(), like: Some(entry) }))
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(first, rest)| (first, rest.trim_start()))
}

/// The command that was probably meant.
fn nearest(name: &str) -> Option<&'static Entry> {
    let distance = |entry: &&Entry| strsim::osa_distance(&name.to_ascii_lowercase(), entry.name);
    // A longer word cannot be a slip, and comparing takes time with its length.
    let fits = |entry: &&Entry| name.len() <= entry.name.len() + 2 && near(name, entry.name);
    COMMANDS.iter().filter(fits).min_by_key(distance)
}

/// Whether a word is a slip of the pen away from another: one for a short word, two for a longer one.
fn near(word: &str, other: &str) -> bool {
    let slips = if other.len() < 5 { 1 } else { 2 };
    word.len() <= other.len() + slips
        && word.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
        && strsim::osa_distance(&word.to_ascii_lowercase(), other) <= slips
}

impl<'a> Words<'a> {
    fn new(rest: &'a str) -> Self {
        Self { rest, words: rest.split_whitespace().collect() }
    }
}

/// A word without the backticks or quotes people put around it.
fn bared(word: &str) -> &str {
    let word = word.trim();
    for quote in ['`', '"', '\''] {
        if let Some(inner) = word.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)) {
            return inner.trim();
        }
    }
    word
}

/// The longest word that is repeated in an answer.
const SHOWN: usize = 60;

fn shown(word: &str) -> String {
    let word = visible(word);
    if word.chars().count() <= SHOWN { word } else { word.chars().take(SHOWN).chain(['…']).collect() }
}

pub(super) fn nothing(entry: &'static Entry, words: &Words<'_>) -> Result<(), Wrong> {
    match words.words.first() {
        None => Ok(()),
        Some(word) => Err(Wrong::Extra { entry, word: shown(word) }),
    }
}

/// The beginning of a SHA, also out of a link to a commit, which is what one copies from a list of them.
fn sha(entry: &'static Entry, word: Option<&&str>) -> Result<String, Wrong> {
    let Some(word) = word else { return Err(Wrong::Missing { entry, what: "the commit" }) };
    let bare = bared(word);
    let sha = bare.rsplit_once("/commit/").or_else(|| bare.rsplit_once("/commits/")).map_or(bare, |(_, sha)| sha);
    if (4..=40).contains(&sha.len()) && sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(sha.to_ascii_lowercase())
    } else {
        let should = "a commit: 4 to 40 digits of its SHA, each 0-9 or a-f";
        Err(Wrong::Form { entry, word: shown(bare), should, like: None })
    }
}

pub(super) fn only_sha(entry: &'static Entry, words: &Words<'_>) -> Result<String, Wrong> {
    let sha = sha(entry, words.words.first())?;
    match words.words.get(1) {
        None => Ok(sha),
        Some(word) => Err(Wrong::Extra { entry, word: shown(word) }),
    }
}

/// The longest reason that is kept, in characters.
const REASON: usize = 500;

pub(super) fn sha_and_reason(entry: &'static Entry, words: &Words<'_>) -> Result<(String, Option<String>), Wrong> {
    let sha = sha(entry, words.words.first())?;
    let (_, reason) = split(words.rest);
    let reason: String = visible(reason).chars().take(REASON).collect();
    Ok((sha, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())))
}

pub(super) fn sha_and_phase(entry: &'static Entry, words: &Words<'_>) -> Result<(String, String), Wrong> {
    let sha = sha(entry, words.words.first())?;
    let phase = bared(words.words.get(1).ok_or(Wrong::Missing { entry, what: "the phase" })?);
    if let Some(word) = words.words.get(2) {
        return Err(Wrong::Extra { entry, word: shown(word) });
    }
    let phase = phase.trim_start_matches("uptake/");
    if phase.is_empty() || phase.len() > SHOWN || !phase.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        let should = "a phase: its id, as its branch has behind `uptake/`";
        return Err(Wrong::Form { entry, word: shown(phase), should, like: None });
    }
    Ok((sha, phase.to_ascii_lowercase()))
}

pub(super) fn path_and_how(entry: &'static Entry, words: &Words<'_>) -> Result<(String, How), Wrong> {
    let Some((before, last)) = words.rest.trim_end().rsplit_once(char::is_whitespace) else {
        let what = if words.words.is_empty() { "the path" } else { "how to settle it" };
        return Err(Wrong::Missing { entry, what });
    };
    let how = bared(last).to_ascii_lowercase();
    let ways = [How::Upstream, How::Fork, How::Union, How::Manual];
    let Some(how) = ways.into_iter().find(|way| way.to_string() == how) else {
        let like = ["upstream", "fork", "union", "manual"].into_iter().find(|way| near(&how, way));
        let should = "a way to settle it: upstream, fork, union or manual";
        return Err(Wrong::Form { entry, word: shown(last), should, like });
    };
    let path = bared(before);
    let inside = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !inside || path.len() > 4096 || visible(path) != path {
        let should = "a path in the repository, such as `src/main.rs`";
        return Err(Wrong::Form { entry, word: shown(path), should, like: None });
    }
    Ok((path.to_owned(), how))
}

/// `cuda 13.0`, `13.0` or nothing.
pub(super) fn cuda(entry: &'static Entry, words: &Words<'_>) -> Result<Option<String>, Wrong> {
    let mut rest = words.words.as_slice();
    let mut named = false;
    if let [first, after @ ..] = rest
        && bared(first).eq_ignore_ascii_case("cuda")
    {
        (rest, named) = (after, true);
    }
    match rest {
        [] if named => Err(Wrong::Missing { entry, what: "the CUDA version" }),
        [] => Ok(None),
        [word] => {
            let version = bared(word);
            let number = |part: &str| !part.is_empty() && part.len() < 5 && part.bytes().all(|b| b.is_ascii_digit());
            if version.split_once('.').is_some_and(|(major, minor)| number(major) && number(minor)) {
                Ok(Some(version.to_owned()))
            } else {
                let should = "a CUDA version: two numbers with a dot between them, such as `cuda 13.0`";
                Err(Wrong::Form { entry, word: shown(version), should, like: None })
            }
        }
        [_, word, ..] => Err(Wrong::Extra { entry, word: shown(word) }),
    }
}
