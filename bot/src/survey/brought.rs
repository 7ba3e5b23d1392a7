//! What a merge brought in.

use std::collections::{BinaryHeap, HashMap};

use super::taken::CommitPaths;
use engine::commit::Commit;
use engine::ids::CommitId;

/// The commits that a merge brought in, by place; none for a commit that is no merge. `commits` has parents before children.
pub(super) fn brought_in(commits: &[CommitPaths], places: &HashMap<CommitId, usize>, merge: &Commit) -> Vec<usize> {
    let [first, others @ ..] = merge.parents.as_slice() else { return Vec::new() };
    let mut reached = Reached::default();
    let reach = |reached: &mut Reached, from: &[CommitId], before: bool| {
        for at in from.iter().filter_map(|id| places.get(id)) {
            reached.add(*at, before);
        }
    };
    reach(&mut reached, &[*first], true);
    reach(&mut reached, others, false);
    let mut brought = Vec::new();
    while let Some((at, before)) = reached.next() {
        if !before {
            brought.push(at);
        }
        reach(&mut reached, &commits[at].commit.parents, before);
    }
    brought.reverse();
    brought
}

/// Places reached from a merge, children before parents, until all that are left were there before it: what is older than where both
/// sides meet is never looked at.
#[derive(Default)]
struct Reached {
    /// Of each place, whether the merge's first parent has it.
    before: HashMap<usize, bool>,
    next: BinaryHeap<usize>,
    /// How many of those that are left the first parent lacks.
    new: usize,
}

impl Reached {
    fn add(&mut self, at: usize, before: bool) {
        match self.before.get_mut(&at) {
            None => {
                self.before.insert(at, before);
                self.next.push(at);
                self.new += usize::from(!before);
            }
            Some(known) if before && !*known => {
                *known = true;
                self.new = self.new.saturating_sub(1);
            }
            Some(_) => {}
        }
    }

    fn next(&mut self) -> Option<(usize, bool)> {
        let at = if self.new == 0 { None } else { self.next.pop() }?;
        let before = self.before[&at];
        self.new -= usize::from(!before);
        Some((at, before))
    }
}
