//! A command that makes a lock file or a folder, and what it made.

use super::{BranchTip, LockUnit, NotRegenerated, below};
use crate::config::PathRule;
use crate::pick::cargo::parent;
use crate::pick::runner::{CommandFiles, Task, Wanted};
use crate::pick::{contained, inputs};
use engine::commit::Entry;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Merger};

/// Git's mode of a plain file.
const FILE: u32 = 0o100_644;

/// How long a command may take, in seconds.
const SECONDS: u64 = 300;

/// What a command made.
pub(super) struct Made {
    pub(super) command: String,
    /// All files, with their contents.
    pub(super) files: Vec<(RepoPath, Entry)>,
}

/// The command that makes it again.
pub(super) fn command(unit: &LockUnit, rule: &PathRule) -> Option<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    match rule.command.as_slice() {
        [] if unit.path.file_name() == b"Cargo.lock" => Some(words(&["cargo", "update", "--workspace"])),
        [] => None,
        command => Some(command.to_vec()),
    }
}

/// Makes a lock file or a folder again; or says why that was not done.
pub(super) fn regenerate(
    merger: &mut Merger<'_>,
    branch: &BranchTip<'_>,
    inputs: TreeId,
    unit: &LockUnit,
    rule: &PathRule,
) -> Result<Result<Made, NotRegenerated>, GitError> {
    if rule.untrusted && !rule.command.is_empty() {
        return Ok(Err(NotRegenerated::NotTheForks));
    }
    let Some(words) = command(unit, rule) else { return Ok(Err(NotRegenerated::NoCommand)) };
    let command = words.join(" ");
    let known = branch.tools.remade.known(&unit.path, &command, inputs).cloned();
    let made = match known {
        Some(known) => Ok(known),
        None => run(branch, unit, rule, words)?,
    };
    let made = match made {
        Ok(made) => made,
        Err(why) => return Ok(Err(why)),
    };
    let mut files = Vec::new();
    for (path, content) in made {
        // Who may run a file is not asked of a program: that stays as it was.
        let there = merger.entry(branch.tree, &path)?.filter(Entry::is_file);
        let mode = there.map_or(FILE, |entry| entry.mode);
        files.push((path, Entry { mode, id: merger.make_file(content) }));
    }
    Ok(Ok(Made { command, files }))
}

/// Has a command make it.
fn run(
    branch: &BranchTip<'_>,
    unit: &LockUnit,
    rule: &PathRule,
    command: Vec<String>,
) -> Result<Result<CommandFiles, NotRegenerated>, GitError> {
    let runner = branch.tools.workshop;
    if let Err(why) = runner.can_start(&command) {
        return Ok(Err(NotRegenerated::Command(why)));
    }
    let Some(files) = inputs::files(branch.repo, branch.tree, unit, &command)? else {
        return Ok(Err(NotRegenerated::TooLarge { megabytes: inputs::LARGEST >> 20 }));
    };
    if let Some(manifest) = contained::leads_out(&files) {
        return Ok(Err(NotRegenerated::LeadsOut { manifest }));
    }
    let wanted = unit.path.clone();
    let task = Task {
        command,
        folder: RepoPath::from_bytes(parent(unit.path.as_bytes()).unwrap_or_default()),
        files,
        input: Vec::new(),
        wanted: if unit.is_folder { Wanted::Folder(wanted) } else { Wanted::File(wanted) },
        network: rule.network && !rule.untrusted,
        seconds: SECONDS,
        repeatable: false,
    };
    let made = match unit.is_folder {
        true => runner.generate_folder(&task),
        false => runner.generate(&task).map(|content| vec![(unit.path.clone(), content)]),
    };
    Ok(made.map_err(NotRegenerated::Command))
}

/// What is there before: the file, or all files of the folder.
pub(super) fn before(
    merger: &mut Merger<'_>,
    branch: &BranchTip<'_>,
    unit: &LockUnit,
) -> Result<Vec<(RepoPath, Entry)>, GitError> {
    if unit.is_folder {
        return below(branch.repo, branch.tree, &unit.path);
    }
    Ok(merger.entry(branch.tree, &unit.path)?.map(|entry| (unit.path.clone(), entry)).into_iter().collect())
}
