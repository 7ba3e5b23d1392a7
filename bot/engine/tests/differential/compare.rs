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
        let verdict = if ours.is(gits) || is_without_empty_conflicts(&mut self.merger, &ours, gits) {
            Verdict::Same
        } else if installed() < GitVersion::LATEST {
            let earlier = answer(&mut self.earlier, pick);
            match earlier.is(gits) || is_without_empty_conflicts(&mut self.earlier, &earlier, gits) {
                true => Verdict::GitIsOlder,
                false => Verdict::Different(describe(name, pick, &ours, gits)),
            }
        } else {
            Verdict::Different(describe(name, pick, &ours, gits))
        };
        (ours, verdict)
    }
}

/// Whether an answer is git's but for conflicts without lines. Where both sides came to the same lines by different hunks, git's
/// default style sees no conflict, while `zdiff3` takes these lines out of it, as common to both, and leaves an empty one.
fn is_without_empty_conflicts(merger: &mut Merger<'_>, answer: &Answer, gits: &Answer) -> bool {
    let trees = [&answer.tree, &gits.tree].map(|tree| tree.parse::<TreeId>().expect("a tree"));
    let mut open = gits.paths.clone();
    for path in merger.changed(trees[0], trees[1]).expect("read") {
        let [ours, gits] = trees.map(|tree| {
            let entry = merger.entry(tree, &path).expect("read")?;
            merger.text(entry).expect("read")
        });
        let (Some(ours), Some(gits)) = (ours, gits.map(|text| without_empty_conflicts(&text))) else { return false };
        if ours[..] != gits[..] || !open.iter().any(|open| open == path.as_bytes()) {
            return false;
        }
        if !ours.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"<<<<<<< ")) {
            open.retain(|open| open != path.as_bytes());
        }
    }
    answer.paths == open && answer.clean == (gits.clean || open.is_empty())
}

fn without_empty_conflicts(text: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let is = |at: usize, marker: &[u8]| lines.get(at).is_some_and(|line| line.starts_with(marker));
    let (mut rest, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        if is(at, b"<<<<<<< ") && is(at + 1, b"||||||| ") {
            let middle = (at..lines.len()).find(|line| is(*line, b"=======")).expect("the middle of a conflict");
            if is(middle + 1, b">>>>>>> ") {
                at = middle + 2;
                continue;
            }
        }
        rest.extend_from_slice(lines[at]);
        at += 1;
    }
    rest
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
