//! Lock files, and folders that an ecosystem's own tool fills, such as `vendor`: left as they are while commits are picked, and
//! regenerated after them, each in one commit of its own.

mod cache;
mod made;

use std::collections::{BTreeMap, BTreeSet};

use super::cargo::parent;
use super::loss::{self, DroppedLines};
use super::resolve::Resolver;
use super::runner::{CommandError, CommandRunner};
use crate::config::PathRule;
use crate::text::inert_message;
pub use cache::LockfileCache;
use cache::{below, message};
use engine::commit::Entry;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merger, Repo};
use made::Made;

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

/// A lock file, or a folder that a tool fills, after a phase's picks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub path: RepoPath,
    pub is_folder: bool,
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
    /// The picks so far.
    picks: usize,
}

/// One pick's change to a lock file, or to a file in such a folder.
#[derive(Debug, Clone, Copy)]
struct LockTouch {
    sha: CommitId,
    /// Which of the picks it is.
    pick: usize,
    base: Option<Entry>,
    theirs: Option<Entry>,
}

/// What is regenerated at once: a lock file, or a folder. Files come first, since a folder is made from what they say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LockUnit {
    pub(super) is_folder: bool,
    pub(super) path: RepoPath,
}

impl LockUnit {
    /// The one that a path belongs to by its rule.
    fn of(path: &RepoPath, rule: &PathRule) -> Self {
        match rule.folder_of(path) {
            Some(path) => Self { is_folder: true, path },
            None => Self { is_folder: false, path: path.clone() },
        }
    }
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
        self.picks += 1;
        for path in paths {
            let (base, theirs) = (merger.entry(trees.0, &path)?, merger.entry(trees.1, &path)?);
            self.touched.entry(path).or_default().push(LockTouch { sha, pick: self.picks, base, theirs });
        }
        Ok(())
    }

    /// Makes the lock files of a branch again, and moves its head and tree on.
    pub(super) fn finish(&self, merger: &mut Merger<'_>, branch: &mut BranchTip<'_>) -> Result<Vec<Lock>, GitError> {
        let mut units: BTreeMap<LockUnit, (&PathRule, Touched<'_>)> = BTreeMap::new();
        for path in stale(merger, branch)? {
            if let Some(rule) = branch.resolver.lockfile(&path) {
                units.entry(LockUnit::of(&path, rule)).or_insert_with(|| (rule, Touched::new()));
            }
        }
        for (path, touches) in &self.touched {
            if let Some(rule) = branch.resolver.lockfile(path) {
                let (_, touched) = units.entry(LockUnit::of(path, rule)).or_insert_with(|| (rule, Touched::new()));
                touched.insert(path, touches);
            }
        }
        let inputs = branch.tree;
        units.into_iter().map(|(unit, (rule, touched))| one(merger, branch, inputs, (&unit, rule), &touched)).collect()
    }
}

/// The files of a unit that picks change, with what each does.
type Touched<'a> = BTreeMap<&'a RepoPath, &'a [LockTouch]>;

fn one(
    merger: &mut Merger<'_>,
    branch: &mut BranchTip<'_>,
    inputs: TreeId,
    (unit, rule): (&LockUnit, &PathRule),
    touched: &Touched<'_>,
) -> Result<Lock, GitError> {
    let before: BTreeMap<RepoPath, Entry> = made::before(merger, branch, unit)?.into_iter().collect();
    let last = touched.values().filter_map(|touches| touches.last()).max_by_key(|last| last.pick);
    // A folder that the fork removed stays so.
    let gone = |touches: &&&[LockTouch]| {
        touches.last().is_none_or(|last| last.theirs.is_none())
            || unit.is_folder && touches.first().is_some_and(|first| first.base.is_some())
    };
    let made = if branch.tree == branch.from {
        Err(NotRegenerated::NothingChanged)
    } else if before.is_empty() && touched.values().all(|touches| gone(&touches)) {
        Err(NotRegenerated::OnNeitherSide)
    } else {
        made::regenerate(merger, branch, inputs, unit, rule)?
    };
    // The fork changed nothing there, so upstream's files give up nothing of the fork's.
    let unchanged = |(path, touches): (&&RepoPath, &&[LockTouch])| {
        touches.first().is_some_and(|first| first.base == before.get(*path).copied())
    };
    let mut edits: BTreeMap<RepoPath, Option<Entry>> = BTreeMap::new();
    let outcome = match (made, last) {
        (Ok(Made { command, files }), _) => {
            edits.extend(before.keys().map(|path| (path.clone(), None)));
            edits.extend(files.into_iter().map(|(path, entry)| (path, Some(entry))));
            LockOutcome::Made { command }
        }
        (Err(why @ (NotRegenerated::NothingChanged | NotRegenerated::OnNeitherSide)), _) => LockOutcome::Kept { why },
        (Err(why), Some(last)) if touched.iter().all(unchanged) => {
            let theirs = |touches: &[LockTouch]| touches.last().and_then(|last| last.theirs);
            edits.extend(touched.iter().map(|(path, touches)| ((*path).clone(), theirs(touches))));
            LockOutcome::Upstream { why, of: last.sha }
        }
        (Err(why), _) => {
            let command = made::command(unit, rule).map(|words| words.join(" "));
            LockOutcome::Pending { why, command }
        }
    };
    edits.retain(|path, entry| before.get(path) != entry.as_ref());
    let commit =
        if edits.is_empty() { None } else { Some(commit(merger, branch, inputs, &unit.path, &edits, &outcome)?) };
    let lost = lost(merger, (unit, &before), touched, &edits)?;
    let (pattern, network) = (rule.pattern.clone(), rule.network);
    let (path, is_folder) = (unit.path.clone(), unit.is_folder);
    Ok(Lock { path, is_folder, pattern, network, outcome, commit, lost })
}

/// The lock files whose manifests the picks changed, and a path in each such folder.
fn stale(merger: &mut Merger<'_>, branch: &BranchTip<'_>) -> Result<BTreeSet<RepoPath>, GitError> {
    let mut found = BTreeSet::new();
    let folders = branch.resolver.folders();
    for path in merger.changed(branch.from, branch.tree)? {
        let name = path.file_name();
        let of = |(lock, manifest): &&(&str, &str)| name == manifest.as_bytes() || name == lock.as_bytes();
        for (lock, manifest) in MANIFESTS.iter().filter(of) {
            // The nearest one, in the manifest's folder or above.
            let mut above = path.as_bytes();
            let mut lock = Some(lock).filter(|_| name == manifest.as_bytes());
            while let Some(folder) = parent(above) {
                above = folder;
                let folder = RepoPath::from_bytes(folder);
                if let Some(known) = lock.map(|lock| folder.join(lock.as_bytes()))
                    && merger.entry(branch.tree, &known)?.is_some()
                {
                    found.insert(known);
                    lock = None;
                }
                for name in &folders {
                    let inner = folder.join(name.as_bytes());
                    if branch.repo.entry(branch.tree, &inner)?.is_some() {
                        found.insert(inner.join(b"x"));
                    }
                }
            }
        }
    }
    Ok(found)
}

/// The commit that holds a lock file, on top of the branch.
fn commit(
    merger: &mut Merger<'_>,
    branch: &mut BranchTip<'_>,
    inputs: TreeId,
    path: &RepoPath,
    edits: &BTreeMap<RepoPath, Option<Entry>>,
    outcome: &LockOutcome,
) -> Result<CommitId, GitError> {
    let text = match outcome {
        LockOutcome::Made { command } => message(path, command, inputs),
        LockOutcome::Upstream { of, .. } => inert_message(&format!(
            "Take upstream's {path}\n\nAs of {}. It was left out of the picks and could not be regenerated.\n",
            of.short()
        )),
        LockOutcome::Kept { .. } | LockOutcome::Pending { .. } => inert_message(&format!("Keep {path}\n")),
    };
    let tree = merger.with_entries(branch.tree, edits.iter().map(|(path, entry)| (path, *entry)))?;
    merger.keep(tree)?;
    // The last pick's date: the same picks give the same commit.
    let when = branch.repo.commit(branch.head)?.committer.when;
    let bot = branch.repo.bot(when);
    branch.head = branch.repo.make_commit(branch.head, tree, &bot, &text)?;
    branch.tree = tree;
    Ok(branch.head)
}

/// What a lock file lacks: lines the picks add to it in all, and lines of the fork that no pick removes. Of a folder, which is the
/// tool's in all, it is lines of the fork's own: those of files that upstream does not change alike.
fn lost(
    merger: &mut Merger<'_>,
    (unit, before): (&LockUnit, &BTreeMap<RepoPath, Entry>),
    touched: &Touched<'_>,
    edits: &BTreeMap<RepoPath, Option<Entry>>,
) -> Result<DroppedLines, GitError> {
    let mut read = |entry: Option<Entry>| match entry {
        Some(entry) if entry.is_file() => Ok(merger.text(entry)?.map(|text| text.to_vec()).unwrap_or_default()),
        _ => Ok(Vec::new()),
    };
    let others = edits.keys().filter(|_| unit.is_folder && !touched.is_empty());
    let paths: BTreeSet<&RepoPath> = touched.keys().copied().chain(others).collect();
    let mut lost = DroppedLines::default();
    for path in paths {
        let touches = touched.get(path).copied().unwrap_or_default();
        let ours = before.get(path).copied();
        if unit.is_folder && touches.first().is_some_and(|first| first.base == ours) {
            continue;
        }
        let resolved = edits.get(path).copied().unwrap_or(ours);
        let mut changes = Vec::with_capacity(touches.len());
        for touch in touches {
            changes.push((read(touch.base)?, read(touch.theirs)?));
        }
        lost.add(loss::lost_over(&read(ours)?, &changes, &read(resolved)?));
    }
    if unit.is_folder {
        lost.upstream.clear();
    }
    Ok(lost)
}
