//! What a person may do about a conflicting pick, in sentences.

use super::prose::{CommitRef, Prose, agree};
use crate::pick::{Needs, Outcome, Pick};
use crate::survey::{Cascade, Surveyed};
use crate::text::count;
use engine::ids::CommitId;

/// How many commits one sentence names.
const NAMED: usize = 12;

/// How a commit is named and linked in a sentence.
pub(crate) type Link<'a> = &'a mut dyn FnMut(CommitId) -> CommitRef;

/// Whether the conflict is the commit's own or follows from others; `None` where that is not known or there is none.
pub(crate) fn standing(commit: &Surveyed, link: Link<'_>) -> Option<Prose> {
    match commit.cascade {
        Cascade::None => None,
        Cascade::Root => Some(Prose::new("A root: it conflicts by itself, even with all before it resolved.")),
        Cascade::Cascade if commit.roots.is_empty() => {
            Some(Prose::new("A cascade: it conflicts only because earlier open commits are missing."))
        }
        Cascade::Cascade => Some(commits(Prose::new("A cascade of "), &commit.roots, link).plain(".")),
    }
}

/// The ways to take a pick that conflicts in so many places.
pub(crate) fn offers(needs: &Needs, places: usize, link: Link<'_>) -> Vec<Prose> {
    let by_hand = format!("Resolve {} by hand", these(places, "place"));
    if needs.take.is_empty() {
        let why = if needs.cut_off {
            "the search for commits to take first was cut off"
        } else {
            "no earlier open commit would make it conflict less"
        };
        return vec![Prose::new(format!("{by_hand}: {why}."))];
    }
    let first = Prose::new(format!("Or take {} first: ", these(needs.take.len(), "commit")));
    let mut other = conflicting(commits(first, &needs.take, link).plain("."), needs, link);
    other = match (needs.left, needs.verified, needs.resolve.is_empty()) {
        (0, true, true) => other.plain(" Tried: then it applies."),
        (0, true, false) => other.plain(" Tried: with that resolved as upstream has it, it applies."),
        (0, false, _) => other.plain(" Not tried to the end."),
        (left, ..) => {
            other.plain(format!(" {} of its own {} left even then.", count(left, "place"), agree(left, "is", "are")))
        }
    };
    if needs.least && needs.take.len() > 1 {
        other = other.plain(" None of them can be spared.");
    }
    if needs.cut_off {
        other = other.plain(" The search was cut off: fewer may do.");
    }
    vec![Prose::new(format!("{by_hand}.")), other]
}

/// What lets a pick in that applies, and waits for what it changes alone.
pub(super) fn let_in(pick: &Pick) -> Prose {
    let named =
        Prose::new("It applies, and changes ").list(&pick.guarded, NAMED, |prose, path| prose.code(path.to_string()));
    named
        .plain(
            ", which may run with the fork's secrets as soon as it is on a branch. Read it upstream; then a comment ",
        )
        .code(format!("/pick {}", pick.sha.short()))
        .plain(" lets it in.")
}

/// Which of the commits to take first conflict themselves.
fn conflicting(prose: Prose, needs: &Needs, link: Link<'_>) -> Prose {
    match (needs.take.len(), needs.resolve.as_slice()) {
        (_, []) => prose,
        (1, [(_, hunks)]) => prose.plain(format!(" It conflicts itself, in {}.", count(*hunks, "place"))),
        (_, all) => {
            let name = |prose: Prose, (sha, hunks): &(CommitId, usize)| {
                prose.commit(link(*sha)).plain(format!(" ({})", count(*hunks, "place")))
            };
            let verb = agree(all.len(), " conflicts itself.", " conflict themselves.");
            prose.plain(" Of these, ").list(all, NAMED, name).plain(verb)
        }
    }
}

/// What a pick lacks that meets no line of the fork's own.
pub(super) fn lacks(pick: &Pick, link: Link<'_>) -> Option<Prose> {
    let (before, after) = match pick.outcome {
        Outcome::Follows => (
            "It follows ",
            ": it conflicts only because of what is not here yet. Nothing here is for a person to decide.",
        ),
        Outcome::NotNeededYet => ("Not needed yet: the code it changes is not in the fork; it came with ", "."),
        _ => return None,
    };
    if pick.follows.is_empty() {
        return Some(Prose::new(
            "It conflicts only because earlier commits are not here. Nothing here is for a person to decide.",
        ));
    }
    Some(commits(Prose::new(before), &pick.follows, link).plain(after))
}

/// Goes on with a list of commits.
fn commits(prose: Prose, commits: &[CommitId], link: Link<'_>) -> Prose {
    prose.list(commits, NAMED, |prose, sha| prose.commit(link(*sha)))
}

fn these(number: usize, noun: &str) -> String {
    if number == 1 { format!("this {noun}") } else { format!("these {}", count(number, noun)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> CommitId {
        CommitId::from_bytes([byte; 20])
    }

    fn described(needs: &Needs, places: usize) -> String {
        let link = |sha: CommitId| {
            let short = sha.to_string()[..2].to_owned();
            CommitRef { short, sha: sha.to_string(), url: None, subject: String::new() }
        };
        let offers = offers(needs, places, &mut link.clone());
        offers.iter().map(Prose::plain_text).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn both_offers_are_named() {
        let needs = Needs {
            take: vec![id(1), id(2)],
            resolve: vec![(id(1), 3)],
            verified: true,
            least: true,
            ..Needs::default()
        };
        insta::assert_snapshot!(described(&needs, 2), @r"
        Resolve these 2 places by hand.
        Or take these 2 commits first: 01 and 02. Of these, 01 (3 places) conflicts itself. Tried: with that resolved as upstream has it, it applies. None of them can be spared.
        ");
        let needs = Needs { take: vec![id(1)], verified: true, ..Needs::default() };
        insta::assert_snapshot!(described(&needs, 1), @r"
        Resolve this place by hand.
        Or take this commit first: 01. Tried: then it applies.
        ");
        insta::assert_snapshot!(described(&Needs::default(), 1), @"Resolve this place by hand: no earlier open commit would make it conflict less.");
    }
}
