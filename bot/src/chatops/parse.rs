//! One line read as a command of ours: well said, badly said, or none of ours.

use super::command::{COMMANDS, CommandSpec, SlashCommand};
use crate::branch::PREFIX;
use crate::decision::FileResolution;
use crate::names::CellName;
use crate::text::{did_you_mean, short, visible};

/// No cell's name is longer.
const LONGEST_CELL: usize = 40;

/// What is wrong with a line that is meant for us.
#[derive(Debug, Clone)]
pub enum ParseError {
    /// There is no such command.
    Unknown {
        /// What was probably meant.
        like: Option<&'static CommandSpec>,
    },
    /// An argument is missing.
    Missing {
        /// Which command.
        entry: &'static CommandSpec,
        /// What is missing, with its article.
        what: &'static str,
    },
    /// An argument is not of its form.
    Form {
        /// Which command.
        entry: &'static CommandSpec,
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
        entry: &'static CommandSpec,
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
pub fn parse(line: &str, prefix: &str) -> Option<Result<SlashCommand, ParseError>> {
    let said = line.strip_prefix('/')?;
    if said.starts_with(char::is_whitespace) {
        return None;
    }
    let (first, rest) = split(said);
    if prefix.is_empty() {
        // Who writes our name in full means us, even against the configuration.
        return if first.eq_ignore_ascii_case("uptake") { Some(meant(rest)) } else { bare(first, rest) };
    }
    if first.eq_ignore_ascii_case(prefix) {
        return Some(meant(rest));
    }
    // Only one who goes on with a command of ours has misspelt the prefix.
    let (name, _) = split(rest);
    let slip = slip_of(first, [prefix]).is_some();
    CommandSpec::named(name).filter(|_| slip).map(|entry| Err(ParseError::Unknown { like: Some(entry) }))
}

/// A line that is meant for us for certain, since our name stands before it.
fn meant(text: &str) -> Result<SlashCommand, ParseError> {
    let (name, rest) = split(text);
    match CommandSpec::named(name) {
        Some(entry) => (entry.read)(entry, &Words::new(rest)),
        None => Err(ParseError::Unknown { like: nearest(name) }),
    }
}

/// A line without a name before it: other bots' commands look the same.
fn bare(name: &str, rest: &str) -> Option<Result<SlashCommand, ParseError>> {
    if let Some(entry) = CommandSpec::named(name) {
        return Some((entry.read)(entry, &Words::new(rest)));
    }
    let plain = name.trim_end_matches([',', '.', ':', ';', '!', '?']);
    if OTHERS.contains(&plain.to_ascii_lowercase().as_str()) {
        return None;
    }
    nearest(plain).map(|entry| Err(ParseError::Unknown { like: Some(entry) }))
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(first, rest)| (first, rest.trim_start()))
}

/// The command that was probably meant.
fn nearest(name: &str) -> Option<&'static CommandSpec> {
    slip_of(name, COMMANDS.iter().map(|entry| entry.name)).and_then(CommandSpec::named)
}

/// The word that was probably meant: one slip away from a short word, two from a longer one.
fn slip_of<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    did_you_mean(word, known.into_iter().filter(|_| letters), |other| if other.len() < 5 { 1 } else { 2 })
}

impl<'a> Words<'a> {
    fn new(rest: &'a str) -> Self {
        Self { rest, words: rest.split_whitespace().collect() }
    }
}

/// A word without the backticks or quotes people put around it.
fn unquote(word: &str) -> &str {
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

pub(super) fn nothing(entry: &'static CommandSpec, words: &Words<'_>) -> Result<(), ParseError> {
    match words.words.first() {
        None => Ok(()),
        Some(word) => Err(ParseError::Extra { entry, word: short(word, SHOWN) }),
    }
}

/// The beginning of a SHA, also out of a link to a commit, which is what one copies from a list of them.
fn sha(entry: &'static CommandSpec, word: Option<&&str>) -> Result<String, ParseError> {
    let Some(word) = word else { return Err(ParseError::Missing { entry, what: "the commit" }) };
    let bare = unquote(word);
    let sha = bare.rsplit_once("/commit/").or_else(|| bare.rsplit_once("/commits/")).map_or(bare, |(_, sha)| sha);
    if (4..=40).contains(&sha.len()) && sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(sha.to_ascii_lowercase())
    } else {
        let should = "a commit: 4 to 40 digits of its SHA, each 0-9 or a-f";
        Err(ParseError::Form { entry, word: short(bare, SHOWN), should, like: None })
    }
}

pub(super) fn only_sha(entry: &'static CommandSpec, words: &Words<'_>) -> Result<String, ParseError> {
    let sha = sha(entry, words.words.first())?;
    match words.words.get(1) {
        None => Ok(sha),
        Some(word) => Err(ParseError::Extra { entry, word: short(word, SHOWN) }),
    }
}

/// The longest reason that is kept, in characters.
const REASON: usize = 500;

pub(super) fn sha_and_reason(
    entry: &'static CommandSpec,
    words: &Words<'_>,
) -> Result<(String, Option<String>), ParseError> {
    let sha = sha(entry, words.words.first())?;
    let (_, reason) = split(words.rest);
    let reason: String = visible(reason).chars().take(REASON).collect();
    Ok((sha, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())))
}

pub(super) fn sha_as_ours(entry: &'static CommandSpec, words: &Words<'_>) -> Result<(String, String), ParseError> {
    let upstream = sha(entry, words.words.first())?;
    match words.words.get(1) {
        None => return Err(ParseError::Missing { entry, what: "`as` and the fork's commit" }),
        Some(word) if !word.eq_ignore_ascii_case("as") => {
            let should = "`as`, with the fork's commit after it";
            return Err(ParseError::Form { entry, word: short(word, SHOWN), should, like: None });
        }
        Some(_) => {}
    }
    let Some(ours) = words.words.get(2) else { return Err(ParseError::Missing { entry, what: "the fork's commit" }) };
    let ours = sha(entry, Some(ours))?;
    match words.words.get(3) {
        None => Ok((upstream, ours)),
        Some(word) => Err(ParseError::Extra { entry, word: short(word, SHOWN) }),
    }
}

pub(super) fn sha_and_phase(entry: &'static CommandSpec, words: &Words<'_>) -> Result<(String, String), ParseError> {
    let sha = sha(entry, words.words.first())?;
    let phase = unquote(words.words.get(1).ok_or(ParseError::Missing { entry, what: "the phase" })?);
    if let Some(word) = words.words.get(2) {
        return Err(ParseError::Extra { entry, word: short(word, SHOWN) });
    }
    let phase = phase.trim_start_matches(PREFIX);
    if phase.is_empty() || phase.len() > SHOWN || !phase.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        let should = "a phase: its id, as its branch has behind `uptake/`";
        return Err(ParseError::Form { entry, word: short(phase, SHOWN), should, like: None });
    }
    Ok((sha, phase.to_ascii_lowercase()))
}

pub(super) fn path_and_how(
    entry: &'static CommandSpec,
    words: &Words<'_>,
) -> Result<(String, FileResolution), ParseError> {
    let Some((before, last)) = words.rest.trim_end().rsplit_once(char::is_whitespace) else {
        let what = if words.words.is_empty() { "the path" } else { "how to resolve it" };
        return Err(ParseError::Missing { entry, what });
    };
    let how = unquote(last).to_ascii_lowercase();
    let ways = [FileResolution::Upstream, FileResolution::Fork, FileResolution::Union, FileResolution::Manual];
    let Some(how) = ways.into_iter().find(|way| way.to_string() == how) else {
        let like = slip_of(&how, ["upstream", "fork", "union", "manual"]);
        let should = "a way to resolve it: upstream, fork, union or manual";
        return Err(ParseError::Form { entry, word: short(last, SHOWN), should, like });
    };
    Ok((path(entry, before)?, how))
}

/// A path in the repository.
fn path(entry: &'static CommandSpec, words: &str) -> Result<String, ParseError> {
    let path = unquote(words);
    let inside = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if !inside || path.len() > 4096 || visible(path) != path {
        let should = "a path in the repository, such as `src/main.rs`";
        return Err(ParseError::Form { entry, word: short(path, SHOWN), should, like: None });
    }
    Ok(path.to_owned())
}

/// A commit, a path and, where it is there, the name of a proposal, as a note has it.
pub(super) fn proposal(
    entry: &'static CommandSpec,
    words: &Words<'_>,
) -> Result<(String, String, Option<String>), ParseError> {
    let sha = sha(entry, words.words.first())?;
    let (_, rest) = split(words.rest);
    if rest.is_empty() {
        return Err(ParseError::Missing { entry, what: "the path" });
    }
    // A path may have blanks in it, and is in quotes then where its end looks like such a name.
    let named = rest.rsplit_once(char::is_whitespace).filter(|(_, last)| {
        let last = unquote(last);
        last.len() == 9 && last.bytes().all(|byte| byte.is_ascii_hexdigit()) && unquote(rest) == rest
    });
    Ok(match named {
        Some((before, last)) => (sha, path(entry, before)?, Some(unquote(last).to_ascii_lowercase())),
        None => (sha, path(entry, rest)?, None),
    })
}

/// Names of tests; `cuda 13.0`, `cuda-13.0` and `13.0` are one name. None where nothing is said, or `all`.
pub(super) fn cells(entry: &'static CommandSpec, words: &Words<'_>) -> Result<Vec<CellName>, ParseError> {
    let mut found: Vec<CellName> = Vec::new();
    let mut rest = words.words.iter().map(|word| unquote(word));
    let mut all = false;
    while let Some(word) = rest.next() {
        let named = word.eq_ignore_ascii_case("cuda");
        let word =
            if named { rest.next().ok_or(ParseError::Missing { entry, what: "the CUDA version" })? } else { word };
        if named && CellName::from(word).cuda().is_none() {
            let should = "a CUDA version: two numbers with a dot between them, such as `cuda 13.0`";
            return Err(ParseError::Form { entry, word: short(word, SHOWN), should, like: None });
        }
        if word.eq_ignore_ascii_case("all") {
            all = true;
            continue;
        }
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if word.len() > LONGEST_CELL || !word.chars().all(part) {
            let should = "the name of a test: as the table of the tests has it";
            return Err(ParseError::Form { entry, word: short(word, SHOWN), should, like: None });
        }
        let name = CellName::from(word.to_ascii_lowercase());
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Ok(if all { Vec::new() } else { found })
}

/// The name of one test.
pub(super) fn one_cell(entry: &'static CommandSpec, words: &Words<'_>) -> Result<CellName, ParseError> {
    let mut cells = cells(entry, words)?.into_iter();
    let cell = cells.next().ok_or(ParseError::Missing { entry, what: "the name of the test" })?;
    match cells.next() {
        None => Ok(cell),
        Some(more) => Err(ParseError::Extra { entry, word: short(&more, SHOWN) }),
    }
}
