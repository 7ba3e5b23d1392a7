//! This program itself, started again: so that nothing of what it was given in confidence is in its environment.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::limits;

/// How often a child is looked at, and how much of what it prints is kept.
const LOOK: Duration = Duration::from_millis(20);
const HEARD: u64 = 64 << 10;

/// What a pipe holds at least, on the systems we know.
#[cfg(unix)]
const PIPE: usize = 16 << 10;

/// Keeps the memory and the environment of this process from other processes of its user, as far as the system does that.
pub fn without_secrets_in_reach() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Refused by no system that knows it; one that does not leaves us as we were.
        let _unknown = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Starts this program again in its own place, with `given` to read from its standard input, without these variables, and with `mark`
/// as one of its own that says so. It comes back only where that fails.
#[cfg(unix)]
pub fn again(given: &str, without: &[&str], mark: (&str, &str)) -> io::Error {
    use std::os::unix::process::CommandExt;
    let start = || -> io::Result<io::Error> {
        // A pipe that is full waits for a reader, and there is none yet.
        if given.len() > PIPE {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let (reader, mut writer) = io::pipe()?;
        writer.write_all(given.as_bytes())?;
        drop(writer);
        let mut arguments = std::env::args_os();
        let mut command = Command::new(std::env::current_exe()?);
        command.arg0(arguments.next().unwrap_or_default()).args(arguments).env(mark.0, mark.1).stdin(reader);
        for name in without {
            command.env_remove(name);
        }
        Ok(command.exec())
    };
    start().unwrap_or_else(|error| error)
}

#[cfg(not(unix))]
pub fn again(_: &str, _: &[&str], _: (&str, &str)) -> io::Error {
    io::Error::from(io::ErrorKind::Unsupported)
}

/// What a run of this program in a process of its own may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildLimits {
    pub time: Duration,
    /// In bytes.
    pub memory: u64,
}

/// How a run of this program in a process of its own ended, where it did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    #[error("it could not be started: {0}")]
    NotStarted(#[from] io::Error),
    #[error("it took longer than {} seconds", .0.as_secs())]
    TooSlow(Duration),
    /// Its own words are on standard error.
    #[error("it ended with {0}")]
    Failed(i32),
    /// By a signal: a fault of ours, or too much memory.
    #[error("it was ended by a signal, as by too much memory")]
    Killed,
}

/// Runs this program once more beside us, with `given` to read from its standard input, and returns what it printed.
///
/// # Errors
/// It could not be started, took too long or too much, or failed. All that it started is ended then.
pub fn child(
    arguments: &[OsString],
    given: &str,
    mark: (&str, &str),
    limits: ChildLimits,
) -> Result<String, ChildError> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).env(mark.0, mark.1).stdin(Stdio::piped()).stdout(Stdio::piped());
    limits::of_its_own(&mut command);
    let mut child = command.spawn()?;
    limits::set_memory(&child, limits.memory);
    // One that has ended already reads nothing.
    let _gone = child.stdin.take().map(|mut input| input.write_all(given.as_bytes()));
    let printed = child.stdout.take();
    let listener = thread::spawn(move || {
        let mut text = Vec::new();
        let mut printed = printed?;
        let _partly = printed.by_ref().take(HEARD).read_to_end(&mut text);
        // What is beyond is read too, so that it need not wait for us.
        let _rest = io::copy(&mut printed, &mut io::sink());
        Some(text)
    });
    let mut waited = Duration::ZERO;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if waited < limits.time => {
                thread::sleep(LOOK);
                waited += LOOK;
            }
            None => break None,
        }
    };
    limits::end_all(&mut child);
    let Some(status) = status else { return Err(ChildError::TooSlow(limits.time)) };
    let text = listener.join().ok().flatten().unwrap_or_default();
    match status.code() {
        Some(0) => Ok(String::from_utf8_lossy(&text).trim().to_owned()),
        Some(code) => Err(ChildError::Failed(code)),
        None => Err(ChildError::Killed),
    }
}

/// Ends this process when the one that started it ends, however that ends.
pub fn end_with_parent() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, set_parent_process_death_signal};
        let _unknown = set_parent_process_death_signal(Some(Signal::KILL));
    }
}
