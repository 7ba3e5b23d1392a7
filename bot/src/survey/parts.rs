//! Changes that the fork took in several commits, each of which names upstream's: what none of them has alone, all may have together.

use super::backports::{Deltas, Fork, is_half};
use super::lines::{Delta, LineIndex, Owed, likeness};
use super::{Evidence, EvidenceKind, Strength};

/// Makes the signs strong of those that together are enough. Where they are so only with what the fork undid since, the signs of the undone
/// ones are: the change was there, and is no more.
pub(super) fn put_together<D: Deltas>(
    fork: Fork<'_>,
    index: &LineIndex,
    found: &mut [Vec<Evidence>],
    deltas: &mut D,
) -> Result<(), D::Error> {
    for (at, signs) in found.iter_mut().enumerate() {
        let stands = |sign: &Evidence| fork.stands.contains(&sign.fork_commit);
        if signs.iter().any(|sign| sign.is_strong() && stands(sign)) {
            continue;
        }
        let named =
            |by: &usize| signs.iter().any(|sign| sign.kind == EvidenceKind::Name && sign.fork_commit == fork.id(*by));
        let all: Vec<usize> =
            fork.names.range((at, 0)..=(at, usize::MAX)).map(|((_, by), _)| *by).filter(named).collect();
        let standing: Vec<usize> = all.iter().copied().filter(|by| fork.stands.contains(&fork.id(*by))).collect();
        let stays = are_it(at, &standing, index, deltas)?;
        if stays || standing.len() < all.len() && are_it(at, &all, index, deltas)? {
            let matter = signs.iter_mut().filter(|sign| sign.kind == EvidenceKind::Name && stands(sign) == stays);
            matter.for_each(|sign| sign.strength = Strength::Strong);
        }
    }
    Ok(())
}

/// Whether several commits of the fork's, each with a line of it, have half of an upstream one together.
fn are_it<D: Deltas>(at: usize, fork: &[usize], index: &LineIndex, deltas: &mut D) -> Result<bool, D::Error> {
    if fork.len() < 2 {
        return Ok(false);
    }
    let theirs = deltas.of_upstream(at)?;
    let alike = |ours: &Delta| likeness(&theirs, ours, &Owed::default(), |line| index.rarity(line));
    let (mut all, mut have_some) = (Vec::with_capacity(fork.len()), 0);
    for by in fork {
        let ours = deltas.of_fork(*by, &|_| true)?;
        have_some += usize::from(alike(&ours).same_name);
        all.push(ours);
    }
    Ok(have_some > 1 && is_half(&alike(&Delta::of_all(all)), at, fork, deltas)?)
}
