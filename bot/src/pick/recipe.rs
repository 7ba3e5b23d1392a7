//! The commands that take a commit by hand, to the same conflict that was met in memory. Pure; names are full SHAs and quoted
//! names of branches and files, so nothing of a stranger's runs.

use std::fmt::Write;

use super::Needs;
use crate::text::{count, shell_bytes, shell_word};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// How many commits to take first are written out.
const ROWS: usize = 100;
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
    /// Upstream on GitHub (`owner/name`); without it, the remote called `upstream`.
    pub upstream: Option<&'a str>,
    pub start: Start<'a>,
    /// What may be taken first, where that is offered.
    pub first: Option<&'a Needs>,
    /// The folder of the fork that upstream's files are in, where they are not at its top.
    pub below: Option<&'a RepoPath>,
    /// The files that conflict; none where the commit applies.
    pub files: Vec<RepoPath>,
}

impl Recipe<'_> {
    /// The commands for a shell, with a remark where a person has to do something.
    #[must_use]
    pub fn commands(&self) -> String {
        let from = self.upstream.map_or_else(
            || "upstream".to_owned(),
            // By its name: the branch it is on need not be the one a fetch takes without being told.
            |upstream| format!("{} {}", shell_word(&format!("https://github.com/{upstream}.git")), self.pick),
        );
        let mut text = format!("git fetch origin && git fetch {from}\n");
        let _ = match self.start {
            Start::Phase(branch) => writeln!(text, "git switch {} && git pull --ff-only", shell_word(branch)),
            Start::Fork(branch) => {
                let start = shell_word(&format!("origin/{branch}"));
                writeln!(text, "git switch --create take-{} {start}", self.pick.short())
            }
        };
        self.take_first(&mut text);
        if self.files.is_empty() {
            return text + &self.picking(self.pick) + "\n";
        }
        let _ = writeln!(text, "{}\n# it stops: resolve the files, then", self.picking(self.pick));
        let names: Vec<String> = self.files.iter().map(|file| shell_bytes(file.as_bytes())).collect();
        let added = if names.len() > FILES { "--all".to_owned() } else { format!("-- {}", names.join(" ")) };
        let _ = writeln!(text, "git add {added}\ngit cherry-pick --continue");
        text
    }

    /// With the lines both sides started from between the markers, as the note has them: without, git draws the places otherwise.
    fn picking(&self, sha: CommitId) -> String {
        let below = self.below.map(|folder| shell_bytes(&[b"-Xsubtree=", folder.as_bytes()].concat()) + " ");
        format!("git -c merge.conflictStyle=diff3 cherry-pick -x {}{sha}", below.unwrap_or_default())
    }

    fn take_first(&self, text: &mut String) {
        let Some(needs) = self.first.filter(|needs| !needs.take.is_empty()) else { return };
        text.push_str("# leave out the next picks to resolve all of it by hand instead\n");
        for sha in needs.take.iter().take(ROWS) {
            match needs.resolve.iter().find(|(resolve, _)| resolve == sha) {
                Some((_, hunks)) => {
                    let _ = writeln!(text, "{}  # stops: {} to resolve", self.picking(*sha), count(*hunks, "hunk"));
                }
                None => {
                    let _ = writeln!(text, "{}", self.picking(*sha));
                }
            }
        }
        if needs.take.len() > ROWS {
            let _ = writeln!(text, "# … and {} more: uptake why --format json names all", needs.take.len() - ROWS);
        }
    }
}
