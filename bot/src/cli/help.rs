//! What help says besides a command's own arguments: the commands in groups, examples, and what the environment gives.

use std::fmt::Write;
use std::sync::LazyLock;

use clap::builder::Styles;
use clap::{Command, CommandFactory};

use super::Cli;

/// The commands by what somebody comes for.
pub(super) const GROUPS: [(&str, &[&str]); 4] = [
    ("Look (changes nothing)", &["survey", "plan", "why", "report", "record"]),
    ("Act", &["resolve", "decide", "run", "memory", "ledger"]),
    ("Set up", &["demo", "init", "import", "check", "doctor", "app", "schema", "completions", "man"]),
    ("Host", &["action", "serve", "fleet"]),
];

const EXIT_CODES: &str = "  0 done   1 failed   2 wrong use or bad configuration   3 done, but decisions wait for you";

const START: &str = "\
  uptake demo                          the whole job on a small example
  uptake survey                        what upstream has that this fork lacks
  uptake init                          write a starting .github/uptake.yml
  uptake run --forge folder:../preview try it: branches and pull requests in a folder
  uptake init --workflows              write the workflows that run it on GitHub";

const OF_GITHUB: &str = "\
  UPTAKE_APP_ID            the GitHub App's client id or number
  UPTAKE_APP_KEY           its private key: the text of the .pem file
  UPTAKE_APP_KEY_FILE      or the path of that file
  UPTAKE_TOKEN             instead of an App, for a trial: a token; else GITHUB_TOKEN
  UPTAKE_UPSTREAM_TOKEN    a token that may read a private upstream
  UPTAKE_SIGNING_KEY       the private SSH key to commits.signing_key: its text
  UPTAKE_SIGNING_KEY_FILE  or the path of its file
  GITHUB_REPOSITORY        the fork, where neither fork.repository nor origin says
  GITHUB_API_URL           the API of a GitHub Enterprise server
  GITHUB_SERVER_URL        its web address; upstream is fetched from there too";

const OF_APP: &str = "\
  UPTAKE_APP_ID            the GitHub App's client id or number
  UPTAKE_APP_KEY           its private key: the text of the .pem file
  UPTAKE_APP_KEY_FILE      or the path of that file";

/// What the help of one command ends with.
struct Ending {
    command: &'static str,
    examples: &'static str,
    environment: Option<&'static str>,
    more: Option<&'static str>,
}

const fn examples(command: &'static str, examples: &'static str) -> Ending {
    Ending { command, examples, environment: None, more: None }
}

const ENDINGS: [Ending; 22] = [
    examples(
        "survey",
        "\
  uptake survey                        fetch upstream, then list its commits
  uptake survey --offline              use what was fetched before
  uptake survey --format json | jq '.totals'",
    ),
    examples(
        "plan",
        "\
  uptake plan                          one line per pull request
  uptake plan urgent                   each pick of the phase `urgent`
  uptake plan --all                    how far one long sequence would get",
    ),
    examples(
        "why",
        "\
  uptake why 5f2beedd3
  uptake why 5f2b --format markdown    for a comment or a document",
    ),
    examples(
        "report",
        "\
  uptake report > analysis.md
  uptake report --output pages         Markdown and a web page, in a folder",
    ),
    examples("record", "  uptake record                        what could be recorded today, or what is still open"),
    examples(
        "resolve",
        "\
  uptake resolve                       begin, or go on where you stopped
  uptake resolve 5f2beedd3             this decision alone
  uptake resolve --continue            check what you did, and go on
  uptake resolve --status              what is resolved, and what is left
  uptake resolve --push                send the branches and what was learned",
    ),
    examples(
        "decide",
        "\
  uptake decide skip 1a2b3c4d5 --why 'we removed this backend'
  uptake decide pick 1a2b3c4d5 urgent
  uptake decide taken 1a2b3c4d5 as 9f8e7d6c5
  uptake decide hold urgent --forge github",
    ),
    Ending {
        command: "run",
        examples: "\
  uptake run --forge folder:../preview          branches and pull requests in a folder
  uptake run --forge github --dry-run           what a run on GitHub would change
  uptake run --forge github",
        environment: Some(OF_GITHUB),
        more: None,
    },
    examples(
        "memory",
        "\
  uptake memory list
  uptake memory learn --from main      learn from picks that people made by hand
  uptake memory forget 3f9a --why 'wrong for the new API'",
    ),
    examples(
        "ledger",
        "\
  uptake ledger show
  uptake ledger show --forge github    the fork's, not the clone's
  uptake ledger check                  after an edit by hand",
    ),
    examples("demo", "  uptake demo\n  uptake demo --dir example            keep it in a folder of your choice"),
    examples(
        "init",
        "\
  uptake init                          write .github/uptake.yml
  uptake init --stdout                 print it instead
  uptake init --workflows --action OWNER/uptake@TAG",
    ),
    examples(
        "import",
        "\
  uptake import analysis.md --output .github/uptake.yml
  uptake import analysis.md > uptake.yml",
    ),
    examples("check", "  uptake check\n  uptake check --config draft.yml"),
    Ending { command: "doctor", examples: "  uptake doctor", environment: Some(OF_GITHUB), more: None },
    examples(
        "app",
        "\
  uptake app maintainer/engine --serve          register it in your browser
  uptake app acme/engine --organization --page register.html",
    ),
    examples("schema", "  uptake schema > uptake.schema.json"),
    examples(
        "completions",
        "\
  uptake completions bash > ~/.local/share/bash-completion/completions/uptake
  uptake completions zsh > ~/.zfunc/_uptake
  uptake completions fish > ~/.config/fish/completions/uptake.fish
  uptake completions powershell >> $PROFILE",
    ),
    examples("man", "  uptake man ~/.local/share/man/man1"),
    Ending {
        command: "action",
        examples: "  uptake action --forge github         as action.yml calls it",
        environment: Some(OF_GITHUB),
        more: None,
    },
    Ending {
        command: "serve",
        examples: "  uptake serve --state /var/lib/uptake/state --clones /var/lib/uptake/clones",
        environment: Some(
            "\
  UPTAKE_WEBHOOK_SECRET    the webhook's secret
  UPTAKE_APP_ID            the GitHub App's client id or number
  UPTAKE_APP_KEY           its private key: the text of the .pem file
  UPTAKE_APP_KEY_FILE      or the path of that file",
        ),
        more: Some(
            "\
  Point the App's webhook at /webhook, content type application/json; /healthz is beside it.
  Put a proxy in front that speaks TLS. Ctrl-C or SIGTERM ends it; what it wrote down is handled
  after the next start. A fork is cloned when its first webhook comes.",
        ),
    },
    Ending {
        command: "fleet",
        examples: "  uptake fleet\n  uptake fleet --format json           the matrix of a workflow",
        environment: Some(OF_APP),
        more: Some(
            "\
  A fork asks for it with `fleet: true` in its configuration. `uptake init --workflows --fleet`
  writes the workflow; each of its jobs is `uptake action --fork OWNER/NAME`.",
        ),
    },
];

/// How wide help is at most.
pub(super) const WIDTH: usize = 100;

/// Digits of the commit in the version, as many as are shown of commits elsewhere.
const SHORT: usize = 9;

/// The version, with the commit where the build was given one (`UPTAKE_COMMIT`).
static VERSION: LazyLock<String> = LazyLock::new(|| match option_env!("UPTAKE_COMMIT") {
    Some("") | None => env!("CARGO_PKG_VERSION").to_owned(),
    Some(commit) => format!("{} ({})", env!("CARGO_PKG_VERSION"), commit.get(..SHORT).unwrap_or(commit)),
});

/// The command line with all of its help: what is parsed, completed, and written as manual pages.
pub(super) fn command() -> Command {
    let mut command = Cli::command().version(VERSION.as_str());
    let groups = groups(&command);
    command = command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{}\n{{options}}{{after-help}}",
        heading("Global options")
    ));
    command = command.after_help(in_sections(&ending("uptake")));
    for ending in &ENDINGS {
        let text = in_sections(&ending.sections());
        command = command.mut_subcommand(ending.command, |sub| sub.after_long_help(text));
    }
    command
}

/// The long help of every command as `--help` prints it, on a terminal as wide as help ever is.
#[must_use]
pub fn all_help() -> String {
    let mut command = command().term_width(WIDTH);
    command.build();
    let mut text = String::new();
    one_help(&mut text, &command, "uptake");
    text
}

fn one_help(text: &mut String, command: &Command, name: &str) {
    let mut shown = command.clone().term_width(WIDTH);
    let _ = writeln!(text, "$ {name} --help\n{}\n", shown.render_long_help().to_string().trim_end());
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        one_help(text, sub, &format!("{name} {}", sub.get_name()));
    }
}

/// What the help of a command ends with: headings, and lines laid out below them.
pub(super) fn ending(command: &str) -> Vec<(&'static str, &'static str)> {
    if command == "uptake" {
        let more = "  uptake help COMMAND   what a command does, with examples";
        return vec![("Start here", START), ("Exit codes", EXIT_CODES), ("More", more)];
    }
    Ending::of(command).map(Ending::sections).unwrap_or_default()
}

/// The examples of a command.
pub(super) fn examples_of(command: &str) -> Option<&'static str> {
    Ending::of(command).map(|ending| ending.examples)
}

impl Ending {
    fn of(command: &str) -> Option<&'static Self> {
        ENDINGS.iter().find(|ending| ending.command == command)
    }

    fn sections(&self) -> Vec<(&'static str, &'static str)> {
        let more = [("Environment", self.environment), ("More", self.more)];
        let more = more.into_iter().filter_map(|(name, text)| Some((name, text?)));
        std::iter::once(("Examples", self.examples)).chain(more).collect()
    }
}

fn heading(text: &str) -> String {
    let styles = Styles::styled();
    let style = styles.get_header();
    format!("{style}{text}:{style:#}")
}

fn in_sections(parts: &[(&str, &str)]) -> String {
    let each = parts.iter().map(|(name, text)| format!("{}\n  {}", heading(name), text.trim_start()));
    each.collect::<Vec<_>>().join("\n\n")
}

/// The commands in their groups, each with its first line.
fn groups(command: &Command) -> String {
    let styles = Styles::styled();
    let literal = styles.get_literal();
    let mut text = String::new();
    for (name, members) in GROUPS {
        let _ = writeln!(text, "{}", heading(name));
        for member in members {
            let about = command.find_subcommand(member).and_then(Command::get_about).map(ToString::to_string);
            let _ = writeln!(text, "  {literal}{member:<12}{literal:#} {}", about.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(command: &Command) -> impl Iterator<Item = &Command> {
        command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
    }

    #[test]
    fn each_command_is_in_one_group_and_has_examples() {
        let command = command();
        let mut names: Vec<&str> = visible(&command).map(Command::get_name).collect();
        names.sort_unstable();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, members)| members.iter().copied()).collect();
        grouped.sort_unstable();
        assert_eq!(grouped, names);
        let mut ended: Vec<&str> = ENDINGS.iter().map(|ending| ending.command).collect();
        ended.sort_unstable();
        assert_eq!(ended, names);
    }

    #[test]
    fn everything_has_a_help_text_and_first_lines_fit() {
        fn look(command: &Command, path: &str) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && about.len() <= 64, "{path}: {about}");
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                let help = argument.get_help().or(argument.get_long_help());
                assert!(help.is_some_and(|text| !text.to_string().is_empty()), "{path}: {}", argument.get_id());
            }
            for sub in visible(command) {
                look(sub, &format!("{path} {}", sub.get_name()));
            }
        }
        let command = command();
        for sub in visible(&command) {
            look(sub, sub.get_name());
        }
    }

    /// The words of a line as a shell has them, up to what is piped, redirected or said of it.
    fn words(line: &str) -> Vec<String> {
        let command = line.trim_start().split(['|', '>']).next().unwrap_or_default();
        let command = command.split("   ").next().unwrap_or_default();
        let quoted = command.split('\'').enumerate();
        quoted
            .flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn the_examples_are_commands_that_exist() {
        for line in ENDINGS.iter().flat_map(|ending| ending.examples.lines()) {
            let read = command().try_get_matches_from(words(line));
            assert!(read.is_ok(), "{line}: {}", read.err().map(|error| error.to_string()).unwrap_or_default());
        }
    }
}
