//! The order of what is merged: the fork's, with what upstream adds where upstream has it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// `kept` in the order of `ours`, with those that only `theirs` has after the one they follow there; where none they follow is
/// kept, before the first kept one that follows them, and else at the end.
pub(super) fn ordered<T: Clone + Eq + Hash>(ours: &[T], theirs: &[T], kept: &HashSet<T>) -> Vec<T> {
    let own: Vec<T> = ours.iter().filter(|one| kept.contains(one)).cloned().collect();
    let there: HashSet<T> = own.iter().cloned().collect();
    // Of each that stays, the new ones before and after it.
    let mut after: HashMap<&T, Vec<T>> = HashMap::new();
    let mut before: HashMap<&T, Vec<T>> = HashMap::new();
    let (mut last, mut waiting) = (None, Vec::new());
    for one in theirs {
        if there.contains(one) {
            if !waiting.is_empty() {
                before.insert(one, std::mem::take(&mut waiting));
            }
            last = Some(one);
        } else if kept.contains(one) {
            match last {
                Some(last) => after.entry(last).or_default().push(one.clone()),
                None => waiting.push(one.clone()),
            }
        }
    }
    let mut order = Vec::with_capacity(kept.len());
    for one in &own {
        order.extend(before.remove(one).unwrap_or_default());
        order.push(one.clone());
        order.extend(after.remove(one).unwrap_or_default());
    }
    order.extend(waiting);
    order
}

/// What a three-way merge of sets keeps: what both have, and what either added.
pub(super) fn kept<T: Clone + Eq + Hash>(base: &[T], ours: &[T], theirs: &[T]) -> HashSet<T> {
    let (before, own, other): (HashSet<&T>, HashSet<&T>, HashSet<&T>) =
        (base.iter().collect(), ours.iter().collect(), theirs.iter().collect());
    let stays = |one: &&T| if before.contains(one) { own.contains(one) && other.contains(one) } else { true };
    ours.iter().chain(theirs).filter(stays).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> String {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let (base, ours, theirs) = (chars(base), chars(ours), chars(theirs));
        ordered(&ours, &theirs, &kept(&base, &ours, &theirs)).into_iter().collect()
    }

    #[test]
    fn what_is_new_stands_where_upstream_has_it() {
        assert_eq!(merged("abc", "abxc", "anbc"), "anbxc");
        assert_eq!(merged("abc", "abc", "nmabc"), "nmabc");
        assert_eq!(merged("", "x", "y"), "xy");
        assert_eq!(merged("abc", "cab", "abnc"), "cabn");
    }

    #[test]
    fn removals_of_either_side_hold() {
        assert_eq!(merged("abc", "bcx", "aby"), "byx");
    }
}
