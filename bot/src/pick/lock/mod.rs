//! Lock files: left as they are while commits are picked, and regenerated after them, in one commit of their own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::cargo::parent;
use super::loss::{self, DroppedLines};
use super::resolve::Resolver;
use super::runner::{CommandError, CommandRunner, Task, Wanted};
use super::{contained, inputs};
use crate::config::PathRule;
use crate::text::inert_message;
use engine::commit::Entry;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merger, Repo};

/// Git's mode of a plain file.
const FILE: u32 = 0o100_644;

/// How long a command may take, in seconds.
const SECONDS: u64 = 300;

/// The trailer that says which files a lock file was made from.
const INPUTS: &str = "Uptake-Inputs: ";
const MADE: &str = "Uptake-Made-Anew: ";
const COMMAND: &str = "Uptake-Command: ";

/// Lock files and the manifests they are made from: where a manifest changed, the lock file may no longer fit.
const MANIFESTS: [(&str, &str); 14] = [
    ("Cargo.lock", "Cargo.toml"),
    ("package-lock.json", "package.json"),
    ("pnpm-lock.yaml", "package.json"),
    ("yarn.lock", "package.json"),
    ("poetry.lock", "pyproject.toml"),
    ("uv.lock", "pyproject.toml"),
    ("npm-shrinkwrap.json", "package.json"),
    ("bun.lock", "package.json"),
    ("Pipfile.lock", "Pipfile"),
    ("Gemfile.lock", "Gemfile"),
    ("composer.lock", "composer.json"),
    ("go.sum", "go.mod"),
    ("go.work.sum", "go.work"),
    ("flake.lock", "flake.nix"),
];

/// A lock file after a phase's picks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub path: RepoPath,
    /// The pattern of its rule.
    pub pattern: String,
    /// Whether its rule lets the command use the network.
    pub network: bool,
    /// What became of it.
    pub outcome: LockOutcome,
    /// The commit that holds it, where it changed.
    pub commit: Option<CommitId>,
    /// What it lacks of the picks' changes to it, and of the fork's file.
    pub lost: DroppedLines,
}

/// What became of a lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockOutcome {
    /// Made by this command.
    Made { command: String },
    /// Upstream's file as of the last pick that touches it.
    Upstream { why: NotRegenerated, of: CommitId },
    /// The fork's file, which no longer fits the manifests: a person regenerates it before the phase is merged.
    Pending {
        why: NotRegenerated,
        /// The command that does it, where one is known.
        command: Option<String>,
    },
    /// As it was before the picks, which ask for no other.
    Kept { why: NotRegenerated },
}

impl Lock {
    /// Whether a person has to regenerate it before the phase is merged.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(self.outcome, LockOutcome::Pending { .. })
    }
}

/// Why a lock file was not regenerated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRegenerated {
    /// No pick of the phase changes anything else.
    NothingChanged,
    /// Neither the fork nor upstream has it.
    OnNeitherSide,
    /// No command is configured for it.
    NoCommand,
    /// The fork's own branch has no such command: the one that is checked out is somebody else's, or not committed yet.
    NotTheForks,
    /// A manifest points out of the repository, so a program would read what else is on the machine.
    LeadsOut { manifest: RepoPath },
    /// The command would need more files than are handed out.
    TooLarge { megabytes: usize },
    /// The command did not make it.
    Command(CommandError),
}

/// Lock files made before: by path, command and the tree they were made from.
#[derive(Debug, Clone, Default)]
pub struct LockfileCache(HashMap<(RepoPath, String, TreeId), Vec<u8>>);

impl LockfileCache {
    /// Adds the lock files made in the last commits of a branch, as they are in a repository that has it.
    ///
    /// # Errors
    /// A commit is missing.
    pub fn learn(&mut self, repo: &Repo, head: CommitId) -> Result<(), GitError> {
        let mut next = Some(head);
        while let Some(id) = next.take() {
            let commit = repo.commit(id)?;
            let trailer = |name: &str| commit.message.lines().find_map(|line| line.strip_prefix(name));
            let (Some(path), Some(command), Some(inputs)) = (trailer(MADE), trailer(COMMAND), trailer(INPUTS)) else {
                break;
            };
            let (path, Ok(inputs)) = (RepoPath::from(path), inputs.parse()) else { break };
            // A picked commit may have such lines too, but never this message and no other.
            if commit.message != repo.message_of_bot(&cache_key(&path, command, inputs)) {
                break;
            }
            if let Some(entry) = repo.entry(commit.tree, &path)?
                && let Some(content) = repo.content(entry)?
            {
                self.0.insert((path, command.to_owned(), inputs), content);
            }
            next = commit.parents.first().copied();
        }
        Ok(())
    }
}

/// What makes lock files.
#[derive(Debug, Clone, Copy)]
pub struct Tools<'a> {
    /// What starts programs.
    pub workshop: &'a dyn CommandRunner,
    /// What was made before.
    pub remade: &'a LockfileCache,
}

/// What the picks of a phase do to lock files, in the order of the picks.
#[derive(Debug, Default)]
pub(super) struct Locks {
    touched: BTreeMap<RepoPath, Vec<LockTouch>>,
}

/// One pick's change to a lock file.
#[derive(Debug, Clone, Copy)]
struct LockTouch {
    sha: CommitId,
    base: Option<Entry>,
    theirs: Option<Entry>,
}

/// The branch after its picks.
pub(super) struct BranchTip<'b> {
    pub(super) repo: &'b Repo,
    pub(super) resolver: &'b Resolver<'b>,
    pub(super) tools: Tools<'b>,
    /// Before the picks and after.
    pub(super) from: TreeId,
    pub(super) head: CommitId,
    pub(super) tree: TreeId,
}

impl Locks {
    /// Takes down what a pick that counts does to the lock files.
    pub(super) fn touch(
        &mut self,
        merger: &mut Merger<'_>,
        sha: CommitId,
        trees: (TreeId, TreeId),
        paths: impl IntoIterator<Item = RepoPath>,
    ) -> Result<(), GitError> {
        for path in paths {
            let (base, theirs) = (merger.entry(trees.0, &path)?, merger.entry(trees.1, &path)?);
            self.touched.entry(path).or_default().push(LockTouch { sha, base, theirs });
        }
        Ok(())
    }

    /// Makes the lock files of a branch again, and moves its head and tree on.
    pub(super) fn finish(&self, merger: &mut Merger<'_>, branch: &mut BranchTip<'_>) -> Result<Vec<Lock>, GitError> {
        let mut paths: BTreeSet<RepoPath> = self.touched.keys().cloned().collect();
        paths.extend(stale(merger, branch)?);
        let inputs = branch.tree;
        let mut locks = Vec::new();
        for path in paths {
            let Some(rule) = branch.resolver.lockfile(&path) else { continue };
            locks.push(self.one(merger, branch, inputs, &path, rule)?);
        }
        Ok(locks)
    }

    fn one(
        &self,
        merger: &mut Merger<'_>,
        branch: &mut BranchTip<'_>,
        inputs: TreeId,
        path: &RepoPath,
        rule: &PathRule,
    ) -> Result<Lock, GitError> {
        let touches = self.touched.get(path).map_or(&[][..], Vec::as_slice);
        let before = merger.entry(branch.tree, path)?;
        let removed = before.is_none() && touches.last().is_none_or(|last| last.theirs.is_none());
        let made = if branch.tree == branch.from {
            Err(NotRegenerated::NothingChanged)
        } else if removed {
            Err(NotRegenerated::OnNeitherSide)
        } else {
            regenerate(branch, inputs, path, rule)?
        };
        let (after, outcome) = match (made, touches.last()) {
            (Ok((content, command)), _) => {
                let mode = before.map_or(FILE, |entry| entry.mode);
                (Some(Entry { mode, id: merger.make_file(content)? }), LockOutcome::Made { command })
            }
            (Err(why @ (NotRegenerated::NothingChanged | NotRegenerated::OnNeitherSide)), _) => {
                (before, LockOutcome::Kept { why })
            }
            // The fork changed nothing there, so upstream's file gives up nothing of the fork's.
            (Err(why), Some(last)) if touches.first().is_some_and(|first| first.base == before) => {
                (last.theirs, LockOutcome::Upstream { why, of: last.sha })
            }
            (Err(why), _) => {
                let command = command(path, rule).map(|words| words.join(" "));
                (before, LockOutcome::Pending { why, command })
            }
        };
        let commit = if after == before { None } else { Some(commit(merger, branch, inputs, path, after, &outcome)?) };
        let lost = lost(merger, before, touches, after)?;
        let (pattern, network) = (rule.pattern.clone(), rule.network);
        Ok(Lock { path: path.clone(), pattern, network, outcome, commit, lost })
    }
}

/// The lock files whose manifests the picks changed.
fn stale(merger: &mut Merger<'_>, branch: &BranchTip<'_>) -> Result<BTreeSet<RepoPath>, GitError> {
    let mut found = BTreeSet::new();
    for path in merger.changed(branch.from, branch.tree)? {
        for (lock, _) in MANIFESTS.iter().filter(|(_, manifest)| path.file_name() == manifest.as_bytes()) {
            // The nearest one, in the manifest's folder or above.
            let mut folder = path.as_bytes();
            while let Some(above) = parent(folder) {
                folder = above;
                let lock = RepoPath::from_bytes(folder).join(lock.as_bytes());
                if merger.entry(branch.tree, &lock)?.is_some() {
                    found.insert(lock);
                    break;
                }
            }
        }
    }
    Ok(found)
}

/// The command that makes a lock file.
fn command(path: &RepoPath, rule: &PathRule) -> Option<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    match rule.command.as_slice() {
        [] if path.file_name() == b"Cargo.lock" => Some(words(&["cargo", "update", "--workspace"])),
        [] => None,
        command => Some(command.to_vec()),
    }
}

/// The content of a lock file regenerated, and the command that did; or why it was not.
fn regenerate(
    branch: &BranchTip<'_>,
    inputs: TreeId,
    path: &RepoPath,
    rule: &PathRule,
) -> Result<Result<(Vec<u8>, String), NotRegenerated>, GitError> {
    if rule.untrusted && !rule.command.is_empty() {
        return Ok(Err(NotRegenerated::NotTheForks));
    }
    let Some(command) = command(path, rule) else { return Ok(Err(NotRegenerated::NoCommand)) };
    let described = command.join(" ");
    if let Some(known) = branch.tools.remade.0.get(&(path.clone(), described.clone(), inputs)) {
        return Ok(Ok((known.clone(), described)));
    }
    let Some(files) = inputs::files(branch.repo, branch.tree, path, &command)? else {
        return Ok(Err(NotRegenerated::TooLarge { megabytes: inputs::LARGEST >> 20 }));
    };
    if let Some(manifest) = contained::leads_out(&files) {
        return Ok(Err(NotRegenerated::LeadsOut { manifest }));
    }
    let folder = RepoPath::from_bytes(parent(path.as_bytes()).unwrap_or_default());
    let task = Task {
        command,
        folder,
        files,
        input: Vec::new(),
        wanted: Wanted::File(path.clone()),
        network: rule.network && !rule.untrusted,
        seconds: SECONDS,
        repeatable: false,
    };
    Ok(branch.tools.workshop.generate(&task).map(|content| (content, described)).map_err(NotRegenerated::Command))
}

/// The message of a commit that makes a lock file again.
fn cache_key(path: &RepoPath, command: &str, inputs: TreeId) -> String {
    inert_message(&format!(
        "Regenerate {path}\n\nAfter the picks, which leave it alone.\n\n{MADE}{path}\n{COMMAND}{command}\n{INPUTS}{inputs}\n"
    ))
}

/// The commit that holds a lock file, on top of the branch.
fn commit(
    merger: &mut Merger<'_>,
    branch: &mut BranchTip<'_>,
    inputs: TreeId,
    path: &RepoPath,
    entry: Option<Entry>,
    outcome: &LockOutcome,
) -> Result<CommitId, GitError> {
    let text = match outcome {
        LockOutcome::Made { command } => cache_key(path, command, inputs),
        LockOutcome::Upstream { of, .. } => inert_message(&format!(
            "Take upstream's {path}\n\nAs of {}. It was left out of the picks and could not be regenerated.\n",
            of.short()
        )),
        LockOutcome::Kept { .. } | LockOutcome::Pending { .. } => inert_message(&format!("Keep {path}\n")),
    };
    let tree = merger.with_entries(branch.tree, [(path, entry)])?;
    merger.keep(tree)?;
    // The last pick's date: the same picks give the same commit.
    let when = branch.repo.commit(branch.head)?.committer.when;
    let bot = branch.repo.bot(when);
    branch.head = branch.repo.make_commit(branch.head, tree, &bot, &text)?;
    branch.tree = tree;
    Ok(branch.head)
}

/// What a lock file lacks: lines the picks add to it in all, and lines of the fork that no pick removes.
fn lost(
    merger: &mut Merger<'_>,
    before: Option<Entry>,
    touches: &[LockTouch],
    after: Option<Entry>,
) -> Result<DroppedLines, GitError> {
    let mut read = |entry: Option<Entry>| match entry {
        Some(entry) if entry.is_file() => Ok(merger.text(entry)?.map(|text| text.to_vec()).unwrap_or_default()),
        _ => Ok(Vec::new()),
    };
    let (ours, resolved) = (read(before)?, read(after)?);
    let mut changes = Vec::with_capacity(touches.len());
    for touch in touches {
        changes.push((read(touch.base)?, read(touch.theirs)?));
    }
    Ok(loss::lost_over(&ours, &changes, &resolved))
}
