//! SECURITY.md: the numbers and names in it are those of the code, and what it points at is there. That the promises themselves are kept is
//! held by the tests that its table names.

use std::fs;
use std::path::Path;

use regex::Regex;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// On one line, however it is broken.
fn page() -> String {
    read("SECURITY.md").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a constant of the code is, as it is written there.
fn constant(path: &str, name: &str) -> String {
    let pattern = format!(r"(?s)\bconst {name}: [^=]+= (.+?);\n");
    let text = read(path);
    let found = Regex::new(&pattern).expect("a pattern").captures(&text);
    found.unwrap_or_else(|| panic!("{path} has no {name}"))[1].to_owned()
}

/// `300`, `200_000` or `4 << 20`.
fn number(path: &str, name: &str) -> u64 {
    let text = constant(path, name).replace('_', "");
    let (value, shift) = text.split_once(" << ").unwrap_or((&text, "0"));
    let read = |text: &str| text.trim().parse::<u64>().unwrap_or_else(|_| panic!("{path}: {name} is {text}"));
    read(value) << read(shift)
}

/// The words in quotes of a constant.
fn words(path: &str, name: &str) -> Vec<String> {
    let text = constant(path, name);
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (last, rest) = quoted.split_last().expect("names");
    format!("{} and {last}", rest.join(", "))
}

#[test]
fn its_numbers_are_those_of_the_code() {
    let page = page();
    let minutes = |path, name| match number(path, name) {
        60 => "1 minute".to_owned(),
        seconds => {
            assert_eq!(seconds % 60, 0, "{path}");
            format!("{} minutes", seconds / 60)
        }
    };
    let mebibytes = |path, name| format!("{} MiB", number(path, name) >> 20);
    let limits = "bot/src/programs/limits.rs";
    let folder = "bot/src/programs/folder.rs";
    let formatter = minutes("bot/src/pick/resolve/formed.rs", "SECONDS");
    assert_eq!(formatter, minutes("bot/src/pick/resolve/driver.rs", "SECONDS"));
    let tries = number("bot/src/serve/queue.rs", "TRIES");
    assert_eq!(tries, 3, "the page has it in a word");
    assert_eq!(number("bot/src/serve/queue.rs", "UNKNOWN"), 2, "the page has it in a word");
    for sentence in [
        format!(
            "{} ({formatter} for a formatter or a driver, which never has a network, {} for a proposer where `seconds` says nothing else)",
            minutes("bot/src/pick/lock/made.rs", "SECONDS"),
            minutes("bot/src/pick/propose/mod.rs", "SECONDS"),
        ),
        format!("{} GiB of memory and files of {}", number(limits, "MEMORY") >> 30, mebibytes(limits, "FILE"),),
        format!(
            "starts none once its user has {},{:03} processes",
            number(limits, "PROCESSES") / 1000,
            number(limits, "PROCESSES") % 1000
        ),
        format!(
            "a merge driver the three files of the conflict, {} at most",
            mebibytes("bot/src/pick/resolve/program.rs", "LARGEST")
        ),
        format!(
            "of a folder all plain files, {},{:03} and {} at most",
            number(folder, "FILES") / 1000,
            number(folder, "FILES") % 1000,
            mebibytes(folder, "ALL")
        ),
        format!("all bodies together have {} of memory", mebibytes("bot/src/serve/bodies.rs", "TOGETHER")),
        format!("of {} connections", number("bot/src/serve/listen.rs", "CONNECTIONS")),
        "set aside after three".to_owned(),
        "for two such comments of a repository at a time".to_owned(),
    ] {
        assert!(page.contains(&sentence), "SECURITY.md does not say: {sentence}");
    }
}

#[test]
fn its_names_are_those_of_the_code() {
    let page = page();
    for (path, name, before) in [
        ("bot/src/pick/inputs.rs", "SETTINGS", "are not written out: upstream's "),
        ("bot/src/programs/room.rs", "SETTINGS", "has a file they would take settings from: "),
        (
            "bot/src/cli/secrets.rs",
            "NAMES",
            "taken out of the environment of Uptake itself before anything is started: ",
        ),
    ] {
        let sentence = format!("{before}{}", list(&words(path, name)));
        assert!(page.contains(&sentence), "SECURITY.md does not say: {sentence}");
    }
    let manifests = constant_names_in("bot/src/pick/contained.rs");
    let sentence = format!("where one of these points out of the repository: {}", list(&manifests));
    assert!(page.contains(&sentence), "SECURITY.md does not say: {sentence}");
    for path in [".github/workflows", ".github/actions", ".github/uptake.yml"] {
        assert!(
            read("bot/src/guard.rs").contains(&format!("b\"{path}\"")) && page.contains(&format!("`{path}`")),
            "{path}"
        );
    }
    // What a program without a network is told.
    let proxy = constant("bot/src/programs/network.rs", "NOWHERE");
    assert!(proxy.contains("127.0.0.1:9"), "{proxy}");
}

/// The manifests that are judged, in the order of the code.
fn constant_names_in(path: &str) -> Vec<String> {
    let text = read(path);
    let (_, body) = text.split_once("match path.file_name() {").expect("a match");
    let (arms, _) = body.split_once("_ => false").expect("its end");
    let name = Regex::new(r#"b"([\w.-]+)""#).expect("a pattern");
    name.captures_iter(arms).map(|found| found[1].to_owned()).collect()
}

/// A test that a row names is a file of tests, or a file or folder of the code with tests of its own; and no row is without one.
#[test]
fn each_promise_names_tests_that_are_there() {
    let text = read("SECURITY.md");
    let (_, rest) = text.split_once("| promise | how it is kept | held by |").expect("a table");
    let rows: Vec<&str> = rest.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 20, "{}", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [promise, how, held] = cells[..] else { panic!("three cells: {row}") };
        let paths = |cell: &str| {
            let quoted = cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            quoted.into_iter().filter(|name| name.starts_with("bot/") || name.starts_with("tests/")).collect::<Vec<_>>()
        };
        assert!(!paths(held).is_empty(), "no test holds: {promise}");
        for path in paths(how).into_iter().chain(paths(held)) {
            assert!(
                Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&path).exists(),
                "{promise}: {path} is not there"
            );
        }
        for path in paths(held) {
            assert!(path.ends_with(".rs"), "{promise}: {path} is no file");
            // What every forge must do is called from one place.
            let tests = read(&path).contains("#[test]") || path.starts_with("tests/forge/contract/");
            assert!(tests, "{promise}: {path} has no test");
        }
    }
}

/// Where programs are started at all is held by `tests/architecture.rs`; of shells one alone is, for a person's own editor.
#[test]
fn a_shell_is_started_for_a_person_s_own_command_alone() {
    let shell =
        Regex::new(r#"Command::new\("(?:/bin/)?(?:sh|bash|dash|zsh|cmd|powershell)(?:\.exe)?"\)"#).expect("a pattern");
    let tests = Regex::new(r"(?m)^#\[cfg\((?:all\()?test\b.*\nmod \w+ \{").expect("a pattern");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["bot/engine/src/remote", "bot/src/programs"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder") {
            let name = format!("{folder}/{}", entry.expect("an entry").file_name().to_string_lossy());
            let text = read(&name);
            // Tests start what they need.
            if shell.is_match(tests.split(&text).next().unwrap_or_default()) {
                found.push(name);
            }
        }
    }
    assert_eq!(found, ["bot/src/programs/editor.rs"]);
}
