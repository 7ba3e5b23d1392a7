//! Making files again with a program: what picking asks for. Starting programs is the caller's to allow; by itself picking starts
//! none.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use engine::ids::BlobId;
use engine::name_of;
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
    /// What it reads from its standard input.
    pub input: Vec<u8>,
    /// Where its answer is.
    pub wanted: Wanted,
    /// Whether it may use the network.
    pub network: bool,
    /// How many seconds it may take.
    pub seconds: u64,
    /// Whether the same task always comes to the same, so that its answer may be kept for the next run.
    pub repeatable: bool,
}

/// Where a program leaves its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// In this file.
    File(RepoPath),
    /// In this folder: all files that are there when it has ended.
    Folder(RepoPath),
    /// It writes it to its standard output.
    Output,
}

impl Task {
    /// What names the task: two of the same name are the same.
    #[must_use]
    pub fn name(&self) -> BlobId {
        let Self { command, folder, files, input, wanted, network, seconds, repeatable: _ } = self;
        let content = files.iter().map(|(path, content)| (path.as_bytes(), name_of(content)));
        let content: Vec<(&[u8], BlobId)> = content.collect();
        name_of(format!("{:?}", (command, folder, content, name_of(input), wanted, network, seconds)).as_bytes())
    }
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
        /// What it said, a line each, for the person who runs it.
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
    /// The folder that is wanted has no file.
    #[error("the command leaves no files in {0}")]
    NoFolder(RepoPath),
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

/// Makes files with programs.
pub trait CommandRunner: fmt::Debug {
    /// Whether a command can be started at all: it is asked before files are read for it, which in a large repository takes long.
    ///
    /// # Errors
    /// Why it cannot.
    fn can_start(&self, _: &[String]) -> Result<(), CommandError> {
        Ok(())
    }

    /// Puts the files into a new folder, runs the command there, and returns the file that is wanted.
    ///
    /// # Errors
    /// Why it could not be made; the error says the same on every machine.
    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError>;

    /// Does it for a folder: returns all files that are in it afterwards, in path order.
    ///
    /// # Errors
    /// Why it could not be made.
    fn generate_folder(&self, _: &Task) -> Result<CommandFiles, CommandError> {
        Err(CommandError::NotAllowed)
    }
}

/// Starts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoCommands;

impl CommandRunner for NoCommands {
    fn can_start(&self, _: &[String]) -> Result<(), CommandError> {
        Err(CommandError::NotAllowed)
    }

    fn generate(&self, _: &Task) -> Result<Vec<u8>, CommandError> {
        Err(CommandError::NotAllowed)
    }
}

/// How many bytes of answers are remembered.
const MEMORY: usize = 256 << 20;

/// Asks another for each task once, and knows from then on what came of it: a run meets the same files again and again.
#[derive(Debug)]
pub struct RememberingRunner {
    runner: Rc<dyn CommandRunner>,
    known: RefCell<HashMap<BlobId, Result<Vec<u8>, CommandError>>>,
    /// The bytes of what is known.
    held: Cell<usize>,
}

impl RememberingRunner {
    /// One that knows nothing yet.
    #[must_use]
    pub fn new(runner: Rc<dyn CommandRunner>) -> Self {
        Self { runner, known: RefCell::default(), held: Cell::default() }
    }
}

impl CommandRunner for RememberingRunner {
    fn can_start(&self, command: &[String]) -> Result<(), CommandError> {
        self.runner.can_start(command)
    }

    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
        let name = task.name();
        if let Some(known) = self.known.borrow().get(&name) {
            return known.clone();
        }
        let made = self.runner.generate(task);
        let size = made.as_ref().map_or(0, Vec::len);
        if self.held.get() + size > MEMORY {
            self.known.borrow_mut().clear();
            self.held.set(0);
        }
        self.held.set(self.held.get() + size);
        self.known.borrow_mut().insert(name, made.clone());
        made
    }

    /// A folder is made once for a branch, and too large to be remembered.
    fn generate_folder(&self, task: &Task) -> Result<CommandFiles, CommandError> {
        self.runner.generate_folder(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Counting(Cell<usize>);

    impl CommandRunner for Counting {
        fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
            self.0.set(self.0.get() + 1);
            if task.input.is_empty() { Err(CommandError::NoCommand) } else { Ok(task.input.clone()) }
        }
    }

    #[test]
    fn what_is_the_same_in_all_is_asked_once() {
        let counting = Rc::new(Counting::default());
        let runner = RememberingRunner::new(Rc::clone(&counting) as Rc<dyn CommandRunner>);
        let task = Task {
            command: vec!["a".into()],
            folder: RepoPath::from(""),
            files: vec![(RepoPath::from("x"), b"1".to_vec())],
            input: b"in".to_vec(),
            wanted: Wanted::Output,
            network: false,
            seconds: 1,
            repeatable: false,
        };
        let others = [
            Task { command: vec!["a".into(), "b".into()], ..task.clone() },
            Task { folder: RepoPath::from("d"), ..task.clone() },
            Task { files: vec![(RepoPath::from("x"), b"2".to_vec())], ..task.clone() },
            Task { files: vec![(RepoPath::from("y"), b"1".to_vec())], ..task.clone() },
            Task { input: Vec::new(), ..task.clone() },
            Task { wanted: Wanted::File(RepoPath::from("x")), ..task.clone() },
            Task { network: true, ..task.clone() },
            task,
        ];
        for _ in 0..2 {
            for task in &others {
                assert_eq!(runner.generate(task).is_err(), task.input.is_empty(), "a failure is known too");
            }
        }
        assert_eq!(counting.0.get(), others.len());
    }
}
