//! The commands that take a commit by hand, to the same conflict that was met in memory. Pure; names are full SHAs and quoted
//! names of branches and files, so nothing of a stranger's runs.

use std::fmt::Write;

use serde::Serialize;

use crate::text::{shell_bytes, shell_word};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// How many files are named; beyond, all that changed are added.
const FILES: usize = 8;

/// Where a person starts from.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// The phase's branch, as it was published.
    Phase(&'a str),
    /// A new branch on the fork's.
    Fork(&'a str),
}

/// What the commands are made from.
#[derive(Debug, Clone)]
pub struct Recipe<'a> {
    /// The commit to take.
    pub pick: CommitId,
    /// The address of upstream; without it, the remote called `upstream`.
    pub upstream: Option<String>,
    pub start: Start<'a>,
    /// The folder of the fork that upstream's files are in, where they are not at its top.
    pub below: Option<&'a RepoPath>,
    /// The files that conflict; none where the commit applies.
    pub files: Vec<RepoPath>,
    /// Whether it is a person's to resolve.
    pub is_decision: bool,
}

/// The commands, in blocks that are pasted whole: one ends where a person has to do something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipeCommands {
    /// The one command that does all of it; empty where there is nothing for a person to resolve.
    pub resolve: String,
    /// With git alone: up to the conflict, or to the end where there is none.
    pub start: String,
    /// Once the conflict is resolved; empty where there is none. It stops where a conflict marker is left.
    pub finish: String,
}

/// Of what `git diff --check` looks for, the markers alone are wrong here: upstream may have space at the ends of its lines. In quotes, since
/// a comma divides words in `PowerShell`.
const FORM: &str = "core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab";

impl Recipe<'_> {
    /// The commands for a shell: bash, zsh, fish or `PowerShell` 7. They hold no comments, which not every shell takes on a command
    /// line.
    #[must_use]
    pub fn commands(&self) -> RecipeCommands {
        let from = self.upstream.as_ref().map_or_else(
            || "upstream".to_owned(),
            // By its name: the branch it is on need not be the one a fetch takes without being told.
            |upstream| format!("{} {}", shell_word(upstream), self.pick),
        );
        let resolve = match self.is_decision {
            true => format!("uptake resolve --push {}\n", self.pick.short()),
            false => String::new(),
        };
        let mut start = format!("git fetch origin && git fetch {from}\n");
        // In one line with the pick, so that nothing is picked where the branch could not be switched to.
        let push = match self.start {
            Start::Phase(branch) => {
                let branch = shell_word(branch);
                let _ = write!(start, "git switch {branch} && git pull --ff-only && ");
                format!("git push origin {branch}")
            }
            Start::Fork(branch) => {
                let from = shell_word(&format!("origin/{branch}"));
                let own = format!("take-{}", self.pick.short());
                let _ = write!(start, "git switch --create {own} {from} && ");
                format!("git push --set-upstream origin {own}")
            }
        };
        // With the lines both sides started from between the markers, as the note has them: without, git draws the places otherwise.
        let below = self.below.map(|folder| shell_bytes(&[b"-Xsubtree=", folder.as_bytes()].concat()) + " ");
        let below = below.unwrap_or_default();
        let _ = writeln!(start, "git -c merge.conflictStyle=diff3 cherry-pick -x {below}{}", self.pick);
        if self.files.is_empty() {
            let _ = writeln!(start, "{push}");
            return RecipeCommands { resolve, start, finish: String::new() };
        }
        let names: Vec<String> = self.files.iter().map(|file| shell_bytes(file.as_bytes())).collect();
        let added = if names.len() > FILES { "--all".to_owned() } else { format!("-- {}", names.join(" ")) };
        let finish = format!(
            "git add {added} && git -c '{FORM}' diff --cached --check && \
             git -c core.editor=true cherry-pick --continue && {push}\n"
        );
        RecipeCommands { resolve, start, finish }
    }
}
