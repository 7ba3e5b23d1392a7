//! Code blocks of commands: which commits they pick, in which order, and what else they run.

mod lines;
mod programs;

use super::analysis::{Stated, StepPick};
use super::remarks;
use lines::Command;
use programs::Purpose;

/// What the commands of one code block say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ShellCommands {
    /// The commits picked.
    pub(super) picks: Vec<StepPick>,
    /// Commands that build or test.
    pub(super) tests: Vec<Stated<String>>,
    /// Commands that a person has to confirm.
    pub(super) unsure: Vec<Stated<String>>,
    /// Commands with a string or a here-document that goes over several lines.
    pub(super) long: Vec<Stated<String>>,
    /// Commands that are never run.
    pub(super) refused: Vec<Stated<String>>,
    /// Comments that are no heading of picks and close no list.
    pub(super) comments: Vec<Stated<String>>,
    /// Whether a comment leaves the list open: `# ... (more as needed)`.
    pub(super) open: bool,
    /// Arguments of `git cherry-pick` that name no single commit.
    pub(super) unread: Vec<Stated<String>>,
    /// The files that are taken whole, and from which side.
    pub(super) sides: Vec<Stated<(Side, String)>>,
}

/// Which side's file `git checkout` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Theirs,
    Ours,
}

/// Whether a code block of this language is one of commands.
pub(super) fn is_shell(language: &str) -> bool {
    matches!(language, "" | "bash" | "sh" | "shell" | "zsh" | "console" | "shell-session" | "shellsession")
}

/// Reads the lines of a code block; one that names no language and has other lines than commands is read for its picks alone.
pub(super) fn commands(language: &str, lines: &[Stated<String>]) -> ShellCommands {
    let all = lines::commands(lines);
    let is_one = |command: &Command| command.text.is_empty() || programs::is_command(&command.text);
    let prose = language.is_empty() && !all.iter().all(is_one);
    let mut read = ShellCommands::default();
    let mut folder: Option<String> = None;
    // What stands above a group of picks, and whether there were any.
    let mut heading: Option<(Stated<String>, bool)> = None;
    for command in &all {
        if command.text.is_empty() {
            let next = read.comment(command).map(|comment| (comment, false));
            let before = std::mem::replace(&mut heading, next);
            read.comments.extend(before.filter(|(_, used)| !used).map(|(comment, _)| comment));
        } else if let Some(arguments) = cherry_pick(&command.text) {
            if let Some((_, used)) = &mut heading {
                *used = true;
            }
            read.pick(command, arguments, heading.as_ref().map(|(comment, _)| &comment.value));
        } else if !prose {
            read.other(command, &mut folder);
        }
    }
    read.comments.extend(heading.filter(|(_, used)| !used).map(|(comment, _)| comment));
    read.comments.sort_by_key(|comment| comment.line);
    read
}

impl ShellCommands {
    /// What a line that is a comment says; one that leaves the list open says nothing else.
    fn comment(&mut self, command: &Command) -> Option<Stated<String>> {
        let (line, comment) = (command.line, command.comment.as_ref()?);
        if comment.starts_with("...") || comment.starts_with('…') {
            self.open = true;
            return None;
        }
        // A pick that is commented out is one under a condition, which a person has to judge.
        let value = match cherry_pick(comment) {
            Some(arguments) => format!("only under a condition: {}", arguments.trim().replace('#', "-")),
            None => comment.clone(),
        };
        Some(Stated { line, value })
    }

    fn other(&mut self, command: &Command, folder: &mut Option<String>) {
        let Command { line, text, spans, .. } = command;
        let purpose = programs::purpose(text);
        if purpose == Purpose::Folder {
            let to = text.split_whitespace().nth(1).unwrap_or_default();
            let inside =
                !to.is_empty() && !to.starts_with(['/', '~', '-', '$']) && !to.split('/').any(|part| part == "..");
            *folder = inside.then(|| match folder {
                Some(from) => format!("{from}/{to}"),
                None => to.to_owned(),
            });
            return;
        }
        let value = match folder {
            Some(folder) => format!("cd {folder} && {text}"),
            None => text.clone(),
        };
        let stated = Stated { line: *line, value };
        match purpose {
            Purpose::Git | Purpose::Folder => self.side(command),
            Purpose::Tests | Purpose::Unknown if *spans => self.long.push(stated),
            Purpose::Tests => self.tests.push(stated),
            Purpose::Unknown => self.unsure.push(stated),
            Purpose::Refused => self.refused.push(stated),
        }
    }

    /// `git checkout --theirs PATH`.
    fn side(&mut self, command: &Command) {
        let words: Vec<&str> = command.text.split_whitespace().collect();
        let ["git", "checkout", which @ ("--theirs" | "--ours"), paths @ ..] = words.as_slice() else { return };
        let side = if *which == "--theirs" { Side::Theirs } else { Side::Ours };
        let paths = paths.iter().filter(|path| **path != "--" && !path.starts_with('<'));
        self.sides.extend(paths.map(|path| Stated { line: command.line, value: (side, (*path).to_owned()) }));
    }

    fn pick(&mut self, command: &Command, arguments: &str, heading: Option<&String>) {
        let line = command.line;
        let mut words = arguments.split_whitespace();
        while let Some(word) = words.next() {
            let lower = word.to_ascii_lowercase();
            match word {
                // The word behind these belongs to the option.
                "-m" | "-X" | "--mainline" | "--strategy" | "--strategy-option" => drop(words.next()),
                "&&" | ";" | "||" => break,
                _ if word.starts_with('-') => {}
                _ if remarks::is_hex(&lower) => self.picks.push(StepPick {
                    line,
                    sha: lower,
                    comment: command.comment.clone().filter(|comment| !comment.is_empty()),
                    heading: heading.cloned(),
                }),
                _ => self.unread.push(Stated { line, value: word.to_owned() }),
            }
        }
    }
}

/// What follows `git cherry-pick` in a command, options of git itself aside.
fn cherry_pick(text: &str) -> Option<&str> {
    let (before, arguments) = text.split_once("cherry-pick")?;
    let ends = arguments.is_empty() || arguments.starts_with(char::is_whitespace);
    (ends && before.split_whitespace().next() == Some("git")).then_some(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ShellCommands {
        let lines: Vec<Stated<String>> =
            text.lines().enumerate().map(|(n, line)| Stated { line: n + 1, value: line.to_owned() }).collect();
        commands("bash", &lines)
    }

    fn texts(stated: &[Stated<String>]) -> Vec<&str> {
        stated.iter().map(|stated| stated.value.as_str()).collect()
    }

    #[test]
    fn commits_keep_their_order_comment_and_heading() {
        let read = read(
            "# cudarc updates (choose latest)\n$ git cherry-pick -x 58DE28bbb abcdef1 \\\n  abcdef2 # why\n\ngit cherry-pick --continue\n# ... (more)",
        );
        let picks: Vec<_> =
            read.picks.iter().map(|p| (p.line, p.sha.as_str(), p.comment.as_deref(), p.heading.as_deref())).collect();
        let heading = Some("cudarc updates (choose latest)");
        assert_eq!(
            picks,
            [
                (2, "58de28bbb", Some("why"), heading),
                (2, "abcdef1", Some("why"), heading),
                (2, "abcdef2", Some("why"), heading)
            ]
        );
        assert!(read.open && read.unread.is_empty() && read.tests.is_empty());
    }

    #[test]
    fn what_is_not_git_is_to_be_run_and_ranges_are_not_guessed() {
        let read = read(
            "make clean-all\ngit status\ngit cherry-pick abcdef1..abcdef2 -m 1 abcdef3 && make test-all\ngit cherry-picker",
        );
        assert_eq!(read.tests, [Stated { line: 1, value: "make clean-all".into() }]);
        assert_eq!(read.unread, [Stated { line: 3, value: "abcdef1..abcdef2".into() }]);
        assert_eq!(read.picks.iter().map(|p| p.sha.as_str()).collect::<Vec<_>>(), ["abcdef3"]);
    }

    #[test]
    fn a_folder_goes_before_what_is_run_in_it() {
        let read = read("cd ui/user\npnpm install\npnpm run check\ncd ../..\nmake lint\ncode x.svelte");
        assert_eq!(texts(&read.tests), ["cd ui/user && pnpm run check", "make lint"]);
        assert_eq!(texts(&read.unsure), ["cd ui/user && pnpm install"]);
        assert_eq!(texts(&read.refused), ["code x.svelte"]);
    }

    #[test]
    fn a_block_of_prose_is_read_for_picks_alone() {
        let lines = ["You are picking.", "git cherry-pick abcdef1", "Run: npm run lint", "make it so"];
        let lines: Vec<_> = lines.iter().zip(1..).map(|(l, line)| Stated { line, value: (*l).to_owned() }).collect();
        let read = commands("", &lines);
        assert_eq!((read.picks.len(), read.tests.len(), read.unsure.len()), (1, 0, 0));
    }

    #[test]
    fn a_side_is_taken_for_a_file() {
        let read = read("git checkout --theirs ui/a.svelte\ngit checkout --ours -- b c");
        let sides: Vec<_> = read.sides.iter().map(|stated| (stated.value.0, stated.value.1.as_str())).collect();
        assert_eq!(sides, [(Side::Theirs, "ui/a.svelte"), (Side::Ours, "b"), (Side::Ours, "c")]);
    }
}
