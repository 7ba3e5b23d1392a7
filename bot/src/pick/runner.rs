//! Making files anew with a program: what picking asks for. Starting programs is the caller's to allow; by itself picking starts
//! none.

use std::fmt;

use engine::path::RepoPath;

/// Files to put out: paths with their content.
pub type CommandFiles = Vec<(RepoPath, Vec<u8>)>;

/// A file to be made by a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The program and its arguments, one word each; no shell sees them.
    pub command: Vec<String>,
    /// The folder it runs in, within the files.
    pub folder: RepoPath,
    /// What it has before it, and nothing else: paths with their content.
    pub files: CommandFiles,
    /// The file wanted of it.
    pub wanted: RepoPath,
    /// Whether it may use the network.
    pub network: bool,
}

/// Whoever makes files with programs.
pub trait CommandRunner: fmt::Debug {
    /// Puts the files into a new folder, runs the command there, and returns the file that is wanted.
    ///
    /// # Errors
    /// Why it could not be made, as a phrase for people that is the same on every machine.
    fn generate(&self, task: &Task) -> Result<Vec<u8>, String>;
}

/// Starts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCommands;

impl CommandRunner for NoCommands {
    fn generate(&self, _: &Task) -> Result<Vec<u8>, String> {
        Err("no program is started here".into())
    }
}
