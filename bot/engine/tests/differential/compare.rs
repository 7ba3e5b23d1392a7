//! One merge by us and by git, and whether the answers are the same.

use engine::ids::TreeId;
use engine::{ConflictKind, GitError, GitVersion, MergeLabels, Merger, Repo};

use super::oracle::{Answer, Pick, installed};

/// Our side of the comparison.
pub(super) struct Engine<'r> {
    pub(super) merger: Merger<'r>,
    earlier: Merger<'r>,
}

/// How our answer compares with git's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the same.
    Same,
    /// It is another one only because the installed git is older than the one whose answers are given.
    GitIsOlder,
    /// It is another one; both are described.
    Different(String),
}

impl<'r> Engine<'r> {
    pub(super) fn new(repo: &'r Repo) -> Result<Self, GitError> {
        Ok(Self { merger: Merger::new(repo)?, earlier: Merger::as_of(repo, installed())? })
    }

    /// Makes a merge that git has answered.
    pub(super) fn compare(&mut self, name: &str, pick: &Pick, gits: &Answer) -> (Answer, Verdict) {
        let ours = answer(&mut self.merger, pick);
        let verdict = if ours.is(gits) {
            Verdict::Same
        } else if installed() < GitVersion::LATEST && answer(&mut self.earlier, pick).is(gits) {
            Verdict::GitIsOlder
        } else {
            Verdict::Different(describe(name, pick, &ours, gits))
        };
        (ours, verdict)
    }
}

impl Answer {
    /// Whether an answer is git's: the verdict, the paths, and the tree, with markers where texts conflict. Where anything else
    /// conflicts git's tree may lack a file that is in the way of another one, so that it is not compared.
    fn is(&self, gits: &Self) -> bool {
        let tree_counts = gits.clean || self.only_texts;
        self.clean == gits.clean && self.paths == gits.paths && (self.tree == gits.tree || !tree_counts)
    }
}

/// Our answer to a merge.
pub(super) fn answer(merger: &mut Merger<'_>, pick: &Pick) -> Answer {
    let [base, ours, theirs] =
        [&pick.base, &pick.ours, &pick.theirs].map(|tree| tree.parse::<TreeId>().expect("a tree"));
    let labels = MergeLabels { base: pick.base.clone(), ours: pick.ours.clone(), theirs: pick.theirs.clone() };
    let merged = merger.merge(base, ours, theirs, &labels).expect("all objects are here");
    Answer {
        clean: merged.is_clean(),
        only_texts: merged.unclear.is_empty()
            && merged.conflicts.iter().all(|conflict| conflict.kind == ConflictKind::Text),
        tree: merged.tree.to_string(),
        paths: merged.conflicts.iter().map(|conflict| conflict.path.as_bytes().to_vec()).collect(),
    }
}

fn describe(name: &str, pick: &Pick, ours: &Answer, gits: &Answer) -> String {
    let show = |answer: &Answer| {
        let paths: Vec<_> = answer.paths.iter().map(|path| String::from_utf8_lossy(path)).collect();
        format!("{} {} {paths:?}", if answer.clean { "clean" } else { "conflict" }, answer.tree)
    };
    format!(
        "{name}: --merge-base={} {} {}\n  git:  {}\n  ours: {}",
        pick.base,
        pick.ours,
        pick.theirs,
        show(gits),
        show(ours)
    )
}
