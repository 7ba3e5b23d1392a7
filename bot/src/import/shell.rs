//! Code blocks of commands: which commits they pick, in which order, and what else they run.

use super::analysis::{Stated, StepPick};
use super::remarks;

/// What the commands of one code block say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ShellCommands {
    /// The commits picked.
    pub(super) picks: Vec<StepPick>,
    /// Commands that are not git's.
    pub(super) others: Vec<Stated<String>>,
    /// Whether a comment leaves the list open: `# ... (more as needed)`.
    pub(super) open: bool,
    /// Arguments of `git cherry-pick` that name no single commit.
    pub(super) unread: Vec<Stated<String>>,
}

/// Whether a code block of this language is one of commands.
pub(super) fn is_shell(language: &str) -> bool {
    matches!(language, "" | "bash" | "sh" | "shell" | "zsh" | "console" | "shell-session" | "shellsession")
}

/// Reads the lines of a code block.
pub(super) fn commands(lines: &[Stated<String>]) -> ShellCommands {
    let mut read = ShellCommands::default();
    let mut heading: Option<String> = None;
    for Stated { line, value } in joined(lines) {
        let text = value.trim();
        let text = text.strip_prefix("$ ").unwrap_or(text).trim();
        if text.is_empty() {
            heading = None;
        } else if let Some(comment) = text.strip_prefix('#') {
            let comment = comment.trim();
            read.open |= comment.starts_with("...") || comment.starts_with('…');
            heading = Some(comment.to_owned());
        } else if let Some(arguments) = cherry_pick(text) {
            read.pick(line, arguments, heading.as_ref());
        } else if !matches!(text.split_whitespace().next(), Some("git")) {
            read.others.push(Stated { line, value: text.to_owned() });
        }
    }
    read
}

impl ShellCommands {
    fn pick(&mut self, line: usize, arguments: &str, heading: Option<&String>) {
        let (words, comment) = match arguments.split_once(" #") {
            Some((words, comment)) => (words, Some(comment.trim().to_owned())),
            None => (arguments, None),
        };
        let mut words = words.split_whitespace();
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
                    comment: comment.clone().filter(|comment| !comment.is_empty()),
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

/// Lines, with those that end in a backslash joined to the next.
fn joined(lines: &[Stated<String>]) -> Vec<Stated<String>> {
    let mut whole: Vec<Stated<String>> = Vec::new();
    let mut goes_on = false;
    for Stated { line, value } in lines {
        let (text, more) = match value.trim_end().strip_suffix('\\') {
            Some(text) => (text.trim_end(), true),
            None => (value.as_str(), false),
        };
        match whole.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.value.push(' ');
                last.value.push_str(text.trim());
            }
            None => whole.push(Stated { line: *line, value: text.to_owned() }),
        }
        goes_on = more;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ShellCommands {
        let lines: Vec<Stated<String>> =
            text.lines().enumerate().map(|(n, line)| Stated { line: n + 1, value: line.to_owned() }).collect();
        commands(&lines)
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
        assert!(read.open && read.unread.is_empty() && read.others.is_empty());
    }

    #[test]
    fn what_is_not_git_is_to_be_run_and_ranges_are_not_guessed() {
        let read = read(
            "make clean-all\ngit status\ngit cherry-pick abcdef1..abcdef2 -m 1 abcdef3 && make test-all\ngit cherry-picker",
        );
        assert_eq!(read.others, [Stated { line: 1, value: "make clean-all".into() }]);
        assert_eq!(read.unread, [Stated { line: 3, value: "abcdef1..abcdef2".into() }]);
        assert_eq!(read.picks.iter().map(|p| p.sha.as_str()).collect::<Vec<_>>(), ["abcdef3"]);
    }
}
