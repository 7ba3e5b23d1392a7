//! What a person may do about a conflicting pick, in words. Pure.

use super::{Conflict, Needs};
use crate::survey::{Cascade, Surveyed};
use crate::text::count;
use engine::ids::CommitId;

/// How many commits one sentence names.
const NAMED: usize = 12;

/// Whether the conflict is the commit's own or follows from others; `None` where that is not known or there is none.
#[must_use]
pub fn standing(commit: &Surveyed, name: &dyn Fn(CommitId) -> String) -> Option<String> {
    match commit.cascade {
        Cascade::None => None,
        Cascade::Root => Some("A root: it conflicts on its own account, even with all before it settled.".into()),
        Cascade::Cascade if commit.roots.is_empty() => {
            Some("A cascade: it conflicts only because earlier open commits are missing.".into())
        }
        Cascade::Cascade => Some(format!("A cascade of {}.", list(&commit.roots, name))),
    }
}

/// In how many places a person would settle these conflicts.
#[must_use]
pub fn places<'a>(conflicts: impl IntoIterator<Item = &'a Conflict>) -> usize {
    conflicts.into_iter().map(|conflict| conflict.hunks.len().max(1)).sum()
}

/// The ways to take a pick that conflicts in so many places.
#[must_use]
pub fn offers(needs: &Needs, places: usize, name: &dyn Fn(CommitId) -> String) -> Vec<String> {
    let by_hand = format!("Settle {} by hand", these(places, "hunk"));
    if needs.take.is_empty() {
        let why = if needs.cut_off {
            "the search for commits to take first was cut off"
        } else {
            "no earlier open commit would make it conflict less"
        };
        return vec![format!("{by_hand}: {why}.")];
    }
    let first = format!("take {} first: {}", these(needs.take.len(), "commit"), list(&needs.take, name));
    let mut other = format!("Or {first}.");
    if !needs.settle.is_empty() {
        let one = |(sha, hunks): &(CommitId, usize)| format!("{} ({})", name(*sha), count(*hunks, "hunk"));
        let mut shown: Vec<String> = needs.settle.iter().take(NAMED).map(one).collect();
        if needs.settle.len() > NAMED {
            shown.push(format!("{} more", needs.settle.len() - NAMED));
        }
        other.push_str(&match (needs.take.len(), needs.settle.as_slice()) {
            (1, [(_, hunks)]) => format!(" It conflicts itself, in {}.", count(*hunks, "hunk")),
            (_, [_]) => format!(" Of these, {} conflicts itself.", and(&shown)),
            _ => format!(" Of these, {} conflict themselves.", and(&shown)),
        });
    }
    other.push_str(&match (needs.left, needs.verified, needs.settle.is_empty()) {
        (0, true, true) => " Tried: then it applies.".to_owned(),
        (0, true, false) => " Tried: with that settled as upstream has it, it applies.".to_owned(),
        (0, false, _) => " Not tried to the end.".to_owned(),
        (left, ..) => format!(" {} of its own {} left even then.", count(left, "hunk"), is(left)),
    });
    if needs.least && needs.take.len() > 1 {
        other.push_str(" None of them can be spared.");
    }
    if needs.cut_off {
        other.push_str(" The search was cut off: fewer may do.");
    }
    vec![format!("{by_hand}."), other]
}

/// What a pick waits for that the picks before it alone would make clean, as the object of "blocked by".
#[must_use]
pub fn blockers(needs: &Needs, name: &dyn Fn(CommitId) -> String) -> String {
    list(&needs.blocked_by, name)
}

fn is(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn these(number: usize, noun: &str) -> String {
    if number == 1 { format!("this {noun}") } else { format!("these {}", count(number, noun)) }
}

fn list(commits: &[CommitId], name: &dyn Fn(CommitId) -> String) -> String {
    let mut shown: Vec<String> = commits.iter().take(NAMED).map(|sha| name(*sha)).collect();
    if commits.len() > NAMED {
        shown.push(format!("{} more", commits.len() - NAMED));
    }
    and(&shown)
}

fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(needs: &Needs, places: usize) -> String {
        offers(needs, places, &|sha| sha.to_string()[..2].to_owned()).join("\n")
    }

    fn id(byte: u8) -> CommitId {
        CommitId::from_bytes([byte; 20])
    }

    #[test]
    fn both_offers_are_named() {
        let needs = Needs {
            take: vec![id(1), id(2)],
            settle: vec![(id(1), 3)],
            verified: true,
            least: true,
            ..Needs::default()
        };
        insta::assert_snapshot!(describe(&needs, 2), @r"
        Settle these 2 hunks by hand.
        Or take these 2 commits first: 01 and 02. Of these, 01 (3 hunks) conflicts itself. Tried: with that settled as upstream has it, it applies. None of them can be spared.
        ");
        let needs = Needs { take: vec![id(1)], verified: true, ..Needs::default() };
        insta::assert_snapshot!(describe(&needs, 1), @r"
        Settle this hunk by hand.
        Or take this commit first: 01. Tried: then it applies.
        ");
        insta::assert_snapshot!(describe(&Needs::default(), 1), @"Settle this hunk by hand: no earlier open commit would make it conflict less.");
    }
}
