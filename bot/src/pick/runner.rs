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

/// Why a command did not make its file. The message names nothing of the machine, since it is shown in pull requests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Nobody allowed programs to be started.
    #[error("no program is started here")]
    NotAllowed,
    /// The task names no program.
    #[error("no command is given")]
    NoCommand,
    /// The folder for it could not be made or written.
    #[error("the temporary folder cannot be used: {0}")]
    Folder(std::io::ErrorKind),
    /// There is no such program.
    #[error("{0} is not installed")]
    NotInstalled(String),
    /// The program could not be started.
    #[error("{0} could not be started")]
    NotStarted(String),
    /// The program did not end in time.
    #[error("{program} took longer than {seconds} seconds")]
    TooSlow {
        /// Its name.
        program: String,
        /// The time it had.
        seconds: u64,
    },
    /// No folder is the user's own all the way up.
    #[error("there is no folder for programs that other users cannot write to, or in, or above")]
    NoRoom,
    /// A folder above the one for programs has settings that these would read.
    #[error("a folder above the one for programs has a {0}, which they would read")]
    Settings(&'static str),
    /// The program failed. What it said is not for publishing: it may have read what nobody meant to show.
    #[error("{program} {}", ended(*code))]
    Failed {
        /// Its name.
        program: String,
        /// Its exit code; `None` where it was killed.
        code: Option<i32>,
        /// What it said, a line each, for whoever runs it.
        lines: Vec<String>,
    },
    /// A file has a name that could lead out of the folder.
    #[error("a file cannot be put out under the name {0}")]
    Name(RepoPath),
    /// The file that is wanted is not there.
    #[error("the command leaves no file {0}")]
    NoFile(RepoPath),
    /// Something else is there.
    #[error("the command leaves something else than a file at {0}")]
    NotAFile(RepoPath),
    /// It is too large.
    #[error("the command leaves more than {megabytes} MB at {path}")]
    TooLarge {
        path: RepoPath,
        /// The limit.
        megabytes: u64,
    },
}

fn ended(code: Option<i32>) -> String {
    code.map_or_else(|| "was killed".to_owned(), |code| format!("ended with {code}"))
}

/// Whoever makes files with programs.
pub trait CommandRunner: fmt::Debug {
    /// Puts the files into a new folder, runs the command there, and returns the file that is wanted.
    ///
    /// # Errors
    /// Why it could not be made; the error says the same on every machine.
    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError>;
}

/// Starts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCommands;

impl CommandRunner for NoCommands {
    fn generate(&self, _: &Task) -> Result<Vec<u8>, CommandError> {
        Err(CommandError::NotAllowed)
    }
}
