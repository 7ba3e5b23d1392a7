//! What a person at a terminal works with: their editor, git's merge tool, a command of theirs. It is started as git starts an editor: by
//! a shell, for the command is the person's own; names of files are handed over as arguments, which no shell reads.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::Command;

/// Runs a person's command in a folder, with these arguments after its own words, and says whether it succeeded. `without`: a variable
/// that is not for it.
///
/// # Errors
/// There is no shell, or it cannot be started.
pub fn at_terminal(command: &str, folder: &Path, arguments: &[&OsStr], without: &str) -> io::Result<bool> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{command} \"$@\"")).arg(command).args(arguments);
    shell.current_dir(folder).env_remove(without);
    // Where we were handed something on our own input, the person is still at the terminal.
    if !io::stdin().is_terminal()
        && let Ok(terminal) = File::open("/dev/tty")
    {
        shell.stdin(terminal);
    }
    Ok(shell.status()?.success())
}
