//! Slash commands: what is read out of a comment, who may say it, and what comes of it.

mod commands;
mod property;

use std::fmt::Write;

use uptake::chatops::command::SlashCommand;
use uptake::chatops::{ParseError, lines, parse};

/// The comments with what must be read out of each; see the file itself.
const COMMENTS: &str = include_str!("chatops/comments.txt");

struct Case {
    title: String,
    prefix: &'static str,
    body: String,
    expected: Vec<String>,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for text in COMMENTS.split("\n▶ ").skip(1) {
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (title, prefix) = match title.strip_suffix(" [uptake]") {
            Some(title) => (title, "uptake"),
            None => (title, ""),
        };
        let (expected, body): (Vec<_>, Vec<_>) = rest.lines().partition(|line| line.starts_with('◀'));
        let expected = expected.into_iter().map(|line| line.trim_start_matches('◀').trim().to_owned()).collect();
        cases.push(Case { title: title.to_owned(), prefix, body: written(&body.join("\n")), expected });
    }
    cases
}

/// The text a fixture's signs stand for.
fn written(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('⟨') {
        let (inside, after) = after.split_once('⟩').expect("a closing sign");
        result.push_str(before);
        match inside.rsplit_once("× ") {
            Some((word, times)) => result.push_str(&word.repeat(times.parse().expect("a number"))),
            None => {
                let code = u32::from_str_radix(inside, 16).expect("a character's number");
                result.push(char::from_u32(code).expect("a character"));
            }
        }
        rest = after;
    }
    result.push_str(rest);
    result.replace('␍', "\r")
}

fn read(body: &str, prefix: &str) -> Vec<String> {
    let said: Vec<_> =
        lines(body).iter().filter_map(|line| parse(&line.text, prefix)).map(|said| described(&said)).collect();
    if said.is_empty() { vec!["nothing".to_owned()] } else { said }
}

fn described(said: &Result<SlashCommand, ParseError>) -> String {
    match said {
        Ok(SlashCommand::Pick { sha }) => format!("pick {sha}"),
        Ok(SlashCommand::Skip { sha, reason }) => format!("skip {sha} because: {}", short(reason)),
        Ok(SlashCommand::Defer { sha, reason: None }) => format!("defer {sha}"),
        Ok(SlashCommand::Defer { sha, reason: Some(reason) }) => format!("defer {sha} because: {}", short(reason)),
        Ok(SlashCommand::Taken { sha, commit }) => format!("taken {sha} as {commit}"),
        Ok(SlashCommand::Move { sha, phase }) => format!("move {sha} to {phase}"),
        Ok(SlashCommand::Resolve { path, how }) => format!("resolve {path:?} by {how}"),
        Ok(SlashCommand::Accept { sha, path, proposal: None }) => format!("accept {path:?} of {sha}"),
        Ok(SlashCommand::Accept { sha, path, proposal: Some(name) }) => format!("accept {name} for {path:?} of {sha}"),
        Ok(SlashCommand::Needs { sha }) => format!("needs {sha}"),
        Ok(SlashCommand::Why { sha }) => format!("why {sha}"),
        Ok(SlashCommand::Rebuild) => "rebuild".into(),
        Ok(SlashCommand::Hold) => "hold".into(),
        Ok(SlashCommand::Unhold) => "unhold".into(),
        Ok(SlashCommand::Reopen) => "reopen".into(),
        Ok(SlashCommand::Retest { cells }) if cells.is_empty() => "retest all".into(),
        Ok(SlashCommand::Retest { cells }) => format!("retest {}", cells.join(" ")),
        Ok(SlashCommand::Bisect { cell }) => format!("bisect {cell}"),
        Ok(SlashCommand::Status) => "status".into(),
        Ok(SlashCommand::Help) => "help".into(),
        Err(ParseError::Unknown { like }) => {
            format!("? no command{}", like.map(|entry| format!(": did you mean {}", entry.name)).unwrap_or_default())
        }
        Err(ParseError::Missing { entry, what }) => format!("? {}: {what} is missing", entry.name),
        Err(ParseError::Form { entry, word, should, like }) => {
            let like = like.map(|like| format!(": did you mean {like}")).unwrap_or_default();
            let should = should.split(':').next().unwrap_or_default();
            format!("? {}: {word:?} is not {should}{like}", entry.name)
        }
        Err(ParseError::Extra { entry, word }) => format!("? {}: {word:?} is too much", entry.name),
    }
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        let _ = write!(shown, "… ({} characters)", text.chars().count());
    }
    shown
}

#[test]
fn every_comment_is_read_as_the_fixture_says() {
    let cases = cases();
    assert!(cases.len() >= 200, "{} comments", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let read = read(&case.body, case.prefix);
        if read != case.expected {
            let _ = writeln!(wrong, "{}:\n  read     {read:?}\n  expected {:?}", case.title, case.expected);
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn every_command_of_the_table_is_in_the_fixture() {
    for entry in uptake::chatops::command::COMMANDS {
        let is = |line: &String| line.split(' ').next() == Some(entry.name);
        assert!(cases().iter().any(|case| case.expected.iter().any(is)), "{}", entry.name);
    }
}
