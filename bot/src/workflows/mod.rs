//! The workflows a fork needs, as files to be written: the scheduled run, comments, and the tests.
//!
//! The templates are workflows as they stand, with example values where a fork's own go, so that the linters can read them.

mod pin;
mod tests_file;

use std::collections::BTreeSet;

pub use pin::{ActionRef, Pin};

/// Where GitHub looks for workflows.
pub const FOLDER: &str = ".github/workflows";

/// The file that tests a commit on a GPU, to be dispatched. Its inputs are `sha`, `cuda`, `image`, `validate`, `request` and
/// `runner`; its run is titled with `[request]` at the end, and its last job is named `verdict: ` and
/// `passed`, `failed`, `timed-out`, `no-device`, `old-driver`, `setup-failed` or `not-started`.
pub const GPU_FILE: &str = "uptake-gpu.yml";

/// The file that tests a commit in a cell of the fork's own matrix, to be dispatched. Its inputs are `sha`, `cell`, `validate`,
/// `request_id`, `runner` and what the cells say; its run is titled, and says what came of it, as that of [`GPU_FILE`].
pub const TESTS_FILE: &str = "uptake-tests.yml";

/// The file that runs for many forks, in a repository of the host of the App.
pub const FLEET_FILE: &str = "uptake-fleet.yml";

/// What a fork has: each template's file name and its text.
const TEMPLATES: [(&str, &str); 4] = [
    ("uptake.yml", include_str!("uptake.yml")),
    ("uptake-comments.yml", include_str!("uptake-comments.yml")),
    (GPU_FILE, include_str!("uptake-gpu.yml")),
    (TESTS_FILE, include_str!("uptake-tests.yml")),
];

/// What a host has.
const FLEET: [(&str, &str); 1] = [(FLEET_FILE, include_str!("uptake-fleet.yml"))];

// What stands in the templates where a fork's own values go. Each is found there as a test says.
const REPOSITORY: &str = "placeholder-owner/placeholder-fork";
const ACTION: &str = "placeholder-owner/uptake@0000000000000000000000000000000000000000 # v0.0.0";
const BRANCHES: &str = "branches: [\"main\"]";
const CHECKED_OUT: &str = "ref: \"main\"";
const TESTED: &str = "workflows: [Uptake GPU tests]";
const CRON: &str = "17 4 * * *";
const OWN: &str = "github.repository == 'placeholder-owner/placeholder-fork'";
const QUEUE: &str = "queue: max";
const OWN_ONLY: &str =
    "    # A fork of this fork has its own.\n    if: github.repository == 'placeholder-owner/placeholder-fork'\n";
const OWN_HERE: &str =
    "    # A fork of this repository has its own.\n    if: github.repository == 'placeholder-owner/placeholder-fork'\n";
const OWN_TOO: &str = "github.repository == 'placeholder-owner/placeholder-fork' &&\n      ";

/// The fork the workflows are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForkFacts<'a> {
    /// `owner/name` on GitHub, where it is known.
    pub repository: Option<&'a str>,
    /// Its number there, which stays when it is renamed, where that is known.
    pub id: Option<u64>,
    /// Whether its server lets more than one run wait for another. An older GitHub Enterprise server takes no workflow that asks for that.
    pub queues: bool,
    /// The branch pull requests go into.
    pub branch: &'a str,
    /// What its tests are run with.
    pub tested: &'a TestedWith,
}

/// What a fork's tests are run with. Where nothing is said, cells of which nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestedWith {
    /// CUDA versions.
    pub cuda: bool,
    /// Cells of its own, with the inputs that these say.
    pub cells: Option<BTreeSet<String>>,
}

impl TestedWith {
    /// Whether a template is for it.
    fn wants(&self, name: &str) -> bool {
        match name {
            GPU_FILE => self.cuda,
            TESTS_FILE => self.cells.is_some() || !self.cuda,
            _ => true,
        }
    }

    /// The names of the workflows that test, as GitHub tells others that they have ended.
    fn names(&self) -> String {
        let named = [(GPU_FILE, "Uptake GPU tests"), (TESTS_FILE, "Uptake tests")];
        named.into_iter().filter(|(file, _)| self.wants(file)).map(|(_, name)| name).collect::<Vec<_>>().join(", ")
    }
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its name in [`FOLDER`].
    pub name: &'static str,
    /// What it holds.
    pub text: String,
}

/// The fork's workflows, with the action as pinned. `None`: the branch's name holds what a workflow takes for an expression.
#[must_use]
pub fn render(fork: ForkFacts<'_>, pin: &Pin) -> Option<Vec<Workflow>> {
    if fork.branch.contains("${{") { None } else { Some(rendered(&TEMPLATES, fork, pin)) }
}

/// The workflow that runs for many forks; `host` is the repository it is written into.
#[must_use]
pub fn render_fleet(host: ForkFacts<'_>, pin: &Pin) -> Vec<Workflow> {
    rendered(&FLEET, host, pin)
}

fn rendered(templates: &[(&'static str, &str)], fork: ForkFacts<'_>, pin: &Pin) -> Vec<Workflow> {
    let one = |(name, template): &(&'static str, &str)| {
        let text = match fork.repository {
            Some(repository) => match fork.id {
                Some(id) => template.replace(OWN, &format!("github.repository_id == '{id}'")),
                None => template.replace(REPOSITORY, repository),
            },
            // Which repository is the fork is not known here, so it is not asked for there.
            None => template.replace(OWN_ONLY, "").replace(OWN_HERE, "").replace(OWN_TOO, ""),
        };
        let text = text
            .replace(ACTION, &pin.to_string())
            .replace(BRANCHES, &format!("branches: [{}]", quoted(&filter(fork.branch))))
            .replace(CHECKED_OUT, &format!("ref: {}", quoted(fork.branch)))
            .replace(CRON, &cron(fork.repository.unwrap_or(fork.branch)))
            .replace(TESTED, &format!("workflows: [{}]", fork.tested.names()));
        let text = match (*name, &fork.tested.cells) {
            (TESTS_FILE, Some(inputs)) => tests_file::with_inputs(&text, inputs),
            _ => text,
        };
        let text = if fork.queues { text } else { without_queue(&text) };
        Workflow { name, text }
    };
    templates.iter().filter(|(name, _)| fork.tested.wants(name)).map(one).collect()
}

/// For a server where one run at most waits for another: those that test may not wait for each other then, since the runner is what they wait for
/// anyway; of the others one that waits speaks for all.
fn without_queue(text: &str) -> String {
    let line = |line: &str| match line.trim_start() {
        QUEUE => None,
        group if group.starts_with("group: uptake-") && group.contains("inputs.") => {
            Some(format!("{line}-${{{{ github.run_id }}}}\n"))
        }
        _ => Some(format!("{line}\n")),
    };
    text.lines().filter_map(line).collect()
}

/// A text in YAML's double quotes, which are JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A branch as a filter that fits it alone. Of the signs that mean something in a filter, Git forbids all but these in a name.
fn filter(branch: &str) -> String {
    let escape = |sign: char| matches!(sign, '+' | '!' | ']').then_some('\\').into_iter().chain([sign]);
    branch.chars().flat_map(escape).collect()
}

/// Once a day, at a time that differs from fork to fork and is never near the full hour, when everyone's schedules start.
fn cron(name: &str) -> String {
    // FNV-1a: short, and the same on every machine for ever.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{} {} * * *", 5 + hash % 50, hash / 50 % 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_spread_and_keep_off_the_full_hour() {
        let times: std::collections::BTreeSet<String> = (0..1000).map(|n| cron(&format!("owner/fork-{n}"))).collect();
        assert!(times.len() > 500, "{} different times of 1,200", times.len());
        let minute =
            |time: &String| time.split(' ').next().and_then(|minute| minute.parse::<u32>().ok()).expect("a number");
        assert!(times.iter().all(|time| (5..55).contains(&minute(time))));
        assert_eq!(cron("Owner/Fork"), cron("owner/fork"), "GitHub does not tell them apart");
        insta::assert_snapshot!(cron("owner/fork"), @"48 9 * * *");
    }

    #[test]
    fn a_branch_is_one_branch_and_no_expression() {
        assert_eq!(filter("release/1.x"), "release/1.x");
        assert_eq!(filter("c++"), r"c\+\+");
        assert_eq!(quoted("a\"b"), r#""a\"b""#);
        let pin =
            Pin::new(ActionRef::read("o/uptake@v1.0.0").expect("right"), engine::ids::CommitId::from_bytes([1; 20]));
        assert_eq!(
            render(
                ForkFacts {
                    repository: None,
                    id: None,
                    queues: true,
                    branch: "${{github.token}}",
                    tested: &TestedWith::default()
                },
                &pin
            ),
            None
        );
    }

    #[test]
    fn every_example_value_is_replaced() {
        let pin =
            Pin::new(ActionRef::read("o/uptake@v1.0.0").expect("right"), engine::ids::CommitId::from_bytes([1; 20]));
        let tested = TestedWith { cuda: true, cells: Some(BTreeSet::new()) };
        for repository in [Some("me/fork"), None] {
            let host = ForkFacts { repository, id: None, queues: true, branch: "trunk", tested: &tested };
            for Workflow { name, text } in
                render(host, &pin).expect("written").into_iter().chain(render_fleet(host, &pin))
            {
                assert!(!text.contains("placeholder") && !text.contains("0000000"), "{name}:\n{text}");
                assert!(!text.contains("\"main\"") && !text.contains(CRON), "{name}:\n{text}");
                assert!(!text.contains("INPUT_VERSION") || name != TESTS_FILE, "{name}:\n{text}");
                if ![GPU_FILE, TESTS_FILE].contains(&name) {
                    let uses = format!("uses: o/uptake@{} # v1.0.0\n", "01".repeat(20));
                    let checked_out = text.contains("ref: \"trunk\"\n");
                    assert!(text.contains(&uses) && checked_out != (name == FLEET_FILE), "{name}:\n{text}");
                    assert_eq!(
                        text.contains("github.repository == 'me/fork'"),
                        repository.is_some(),
                        "{name}:\n{text}"
                    );
                }
            }
        }
    }
    #[test]
    fn a_number_takes_the_place_of_a_name_and_an_older_server_is_asked_for_no_queue() {
        let pin =
            Pin::new(ActionRef::read("o/uptake@v1.0.0").expect("right"), engine::ids::CommitId::from_bytes([1; 20]));
        let tested = TestedWith { cuda: true, cells: Some(BTreeSet::new()) };
        let fork =
            ForkFacts { repository: Some("me/fork"), id: Some(42), queues: false, branch: "trunk", tested: &tested };
        let mut groups = Vec::new();
        for Workflow { name, text } in render(fork, &pin).expect("written").into_iter().chain(render_fleet(fork, &pin))
        {
            let testing = [GPU_FILE, TESTS_FILE].contains(&name);
            assert_eq!(text.contains("github.repository_id == '42'"), !testing, "{name}:\n{text}");
            assert!(!text.contains("me/fork") && !text.contains(QUEUE), "{name}:\n{text}");
            groups.extend(text.lines().filter(|line| line.contains("group: ")).map(|line| line.trim().to_owned()));
        }
        let expected = [
            "group: uptake",
            "group: uptake-ask-${{ github.event.comment.id }}",
            "group: uptake",
            "group: uptake-gpu-${{ inputs.cuda }}-${{ github.run_id }}",
            "group: uptake-tests-${{ inputs.cell }}-${{ inputs.sha }}-${{ github.run_id }}",
            "group: uptake-fleet",
        ];
        assert_eq!(groups, expected);
    }
}
