//! The one table of slash commands: syntax and help, as pull requests list them.

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    /// Its name and arguments, without the slash.
    pub syntax: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
}

impl Command {
    /// As it is written in a comment, behind the configured prefix.
    #[must_use]
    pub fn written(&self, prefix: &str) -> String {
        if prefix.is_empty() { format!("/{}", self.syntax) } else { format!("/{prefix} {}", self.syntax) }
    }
}

/// All commands, in the order help lists them.
pub const COMMANDS: &[Command] = &[
    Command { syntax: "pick SHA", help: "take this commit in this phase" },
    Command { syntax: "skip SHA REASON", help: "leave this commit out, and say why" },
    Command { syntax: "defer SHA", help: "leave this commit for a later run" },
    Command { syntax: "move SHA PHASE", help: "take this commit in another phase" },
    Command { syntax: "resolve PATH upstream|fork|union|manual", help: "settle conflicts in this file in this way" },
    Command { syntax: "needs SHA", help: "list the commits this one needs" },
    Command { syntax: "why SHA", help: "explain verdict, risk and conflicts of this commit" },
    Command { syntax: "rebuild", help: "build the branch anew, people's commits on it given up" },
    Command { syntax: "hold", help: "leave this pull request as it is until `unhold`" },
    Command { syntax: "unhold", help: "go on with it" },
    Command { syntax: "reopen", help: "open it again after it was closed" },
    Command { syntax: "retest [cuda VERSION]", help: "run the tests again, all or for one CUDA version" },
    Command { syntax: "bisect cuda VERSION", help: "find the pick that breaks the tests" },
    Command { syntax: "status", help: "say how the phase stands" },
    Command { syntax: "help", help: "list the commands" },
];
