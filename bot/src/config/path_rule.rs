//! Rules for the files of some paths: how their conflicts are resolved, and what brings them into one form.

use globset::GlobMatcher;

use super::raw::ResolveBy;
use engine::path::RepoPath;

/// How the conflicts of some paths are resolved.
#[derive(Debug, Clone)]
pub struct PathRule {
    /// The pattern as written.
    pub pattern: String,
    pub path: GlobMatcher,
    /// How their conflicts are resolved.
    pub resolve: ResolveBy,
    /// The command that makes a lock file again, merges a file, or proposes one.
    pub command: Vec<String>,
    /// What a merge driver is called.
    pub name: Option<String>,
    /// Whether the command may use the network.
    pub network: bool,
    /// How many seconds a proposer may take, where that is said.
    pub seconds: Option<u32>,
    /// The fork's own branch does not have this rule so, and its command is not started.
    pub untrusted: bool,
}

impl PathRule {
    /// The folder that the command of a lock file's rule fills: the outermost that a path is in, of a pattern with `/**` at its end.
    #[must_use]
    pub fn folder_of(&self, path: &RepoPath) -> Option<RepoPath> {
        let text = path.to_text();
        self.folder_name()?;
        let mut folders = text.match_indices('/').map(|(end, _)| &text[..end]);
        folders.find(|folder| self.path.is_match(format!("{folder}/x"))).map(RepoPath::from)
    }

    /// The name of such a folder: the last one in the pattern, which is a plain one.
    #[must_use]
    pub fn folder_name(&self) -> Option<&str> {
        let folder = self.pattern.strip_suffix("/**").filter(|_| self.resolve == ResolveBy::Lockfile)?;
        let name = folder.rsplit('/').next().unwrap_or(folder);
        (!name.is_empty() && !name.contains(['*', '?', '[', ']', '{', '}', '\\', '!'])).then_some(name)
    }

    /// What its program is called: its name, or that of the program without where it is; nothing where it has no program.
    #[must_use]
    pub fn program(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| program(&self.command))
    }
}

/// A formatter of some files.
#[derive(Debug, Clone)]
pub struct FormatRule {
    /// The pattern as written.
    pub pattern: String,
    pub path: GlobMatcher,
    /// What reads a file and writes it formatted.
    pub command: Vec<String>,
    /// The fork's own branch does not have it so, and its command is not started.
    pub untrusted: bool,
}

impl FormatRule {
    /// What its program is called.
    #[must_use]
    pub fn program(&self) -> &str {
        program(&self.command)
    }
}

/// The name of a command's program, without where it is.
fn program(command: &[String]) -> &str {
    command.first().map_or("", |program| program.rsplit('/').next().unwrap_or(program))
}
