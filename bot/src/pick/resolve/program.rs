//! A program of the configuration that makes a text of texts.

use crate::pick::remark::ProgramFailure;
use crate::pick::runner::{CommandRunner, Task};

/// How many bytes a program is given, and how many it may give back.
pub(super) const LARGEST: usize = 4 << 20;

/// What a program makes of it.
pub(in crate::pick) fn run(runner: &dyn CommandRunner, task: &Task) -> Result<Vec<u8>, ProgramFailure> {
    let too_large = Err(ProgramFailure::TooLarge { megabytes: LARGEST >> 20 });
    if task.input.len() + task.files.iter().map(|(_, content)| content.len()).sum::<usize>() > LARGEST {
        return too_large;
    }
    let made = runner.generate(task).map_err(ProgramFailure::Command)?;
    if made.len() > LARGEST {
        return too_large;
    }
    if made.contains(&0) { Err(ProgramFailure::NoText) } else { Ok(made) }
}
