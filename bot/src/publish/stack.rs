//! Stacks: pull requests each of which goes into the branch of the one below it, shown and merged as one where the forge can do that. Pure.
//!
//! A pull request in a stack goes where it goes: its base cannot be changed (GitHub refuses it with 422). So a stack is taken apart
//! before that, and made again after it. A forge adds to the top of a stack alone.

use std::collections::BTreeMap;

use super::change::Change;
use super::changes::ChangeSet;
use super::situation::Situation;
use crate::forge::{PullRequest, PullText, State};
use crate::ledger::Stacks;
use crate::names::BranchName;

/// A stack holds no more (GitHub's limit).
const LIMIT: usize = 100;

/// A pull request of the bot's that is open once the changes found so far are made.
struct Layer<'a> {
    text: &'a PullText,
    /// What there is of it before.
    pull: Option<&'a PullRequest>,
}

impl Layer<'_> {
    /// The stack it is in, if that is none of these.
    fn stack(&self, apart: &BTreeMap<u64, Vec<u64>>) -> Option<u64> {
        self.pull.and_then(|pull| pull.stack).filter(|stack| !apart.contains_key(stack))
    }
}

/// The stacks that are taken apart before anything else, and those that are made when all pull requests are there.
pub(super) fn changes(situation: &Situation<'_>, found: &ChangeSet) -> (Vec<Change>, Vec<Change>) {
    let mut apart = BTreeMap::new();
    for pull in situation.observed.pulls.iter().filter(|pull| pull.state == State::Open) {
        if let Some(stack) = pull.stack.filter(|_| found.text_of(pull).is_some_and(|text| text.base != pull.text.base))
        {
            apart.entry(stack).or_insert_with(|| open_in(situation, stack));
        }
    }
    let mut made = Vec::new();
    if situation.observed.offers_stacks {
        for chain in chains(situation, found) {
            made.extend(offer(situation, &chain, &mut apart));
        }
    }
    let apart = apart.into_iter().map(|(stack, pulls)| Change::Unstack { stack, pulls });
    (apart.collect(), made)
}

/// The open pull requests in a stack.
fn open_in(situation: &Situation<'_>, stack: u64) -> Vec<u64> {
    let inside = |pull: &&PullRequest| pull.stack == Some(stack) && pull.state == State::Open;
    situation.observed.pulls.iter().filter(inside).map(|pull| pull.number).collect()
}

/// The bot's pull requests that stand on each other, from the fork's branch up, as far as one alone goes into the branch of each.
fn chains<'a>(situation: &'a Situation<'_>, found: &'a ChangeSet) -> Vec<Vec<Layer<'a>>> {
    let observed = situation.observed;
    let ours = |number: u64| observed.pulls.iter().any(|pull| pull.number == number);
    let others = observed.going_into.iter().filter(|(number, _)| !ours(*number)).map(|(_, base)| base);
    let mut into: BTreeMap<&BranchName, usize> = BTreeMap::new();
    for base in found.left(observed).map(|(text, _)| &text.base).chain(others) {
        *into.entry(base).or_default() += 1;
    }
    let own = found
        .left(observed)
        .filter(|(_, pull)| pull.is_none_or(|pull| pull.own))
        .map(|(text, pull)| Layer { text, pull });
    let (lowest, mut above): (Vec<_>, Vec<_>) = own.partition(|layer| layer.text.base == observed.trunk);
    let grown = |lowest: Layer<'a>| {
        let mut chain = vec![lowest];
        while chain.len() < LIMIT {
            let Some(top) = chain.last().map(|layer| &layer.text.head) else { break };
            let next = above.iter().position(|layer| layer.text.base == *top).filter(|_| into.get(top) == Some(&1));
            let Some(next) = next else { break };
            chain.push(above.remove(next));
        }
        chain
    };
    lowest.into_iter().map(grown).filter(|chain| chain.len() > 1).collect()
}

/// What makes a chain one stack, where it is none and no person took it apart.
fn offer(situation: &Situation<'_>, chain: &[Layer<'_>], apart: &mut BTreeMap<u64, Vec<u64>>) -> Option<Change> {
    let declined = |pair: &[Layer<'_>]| {
        let [lower, upper] = [&pair[0], &pair[1]].map(|layer| layer.pull);
        let (Some(lower), Some(upper)) = (lower, upper) else { return false };
        situation.stacked.on.get(&upper.number) == Some(&lower.number)
            && (lower.stack.is_none() || lower.stack != upper.stack)
    };
    if chain.windows(2).any(declined) {
        return None;
    }
    let mut onto = chain[0].stack(apart);
    let inside = chain.iter().take_while(|layer| onto.is_some() && layer.stack(apart) == onto).count();
    let mut rest = &chain[inside..];
    // What is in another stack was put there by people.
    if rest.is_empty() || rest.iter().any(|layer| layer.stack(apart).is_some()) {
        return None;
    }
    if let Some(stack) = onto {
        // A closed one at the top takes nothing above it.
        let top = chain[inside - 1].text.head.clone();
        let closed = |pull: &PullRequest| pull.stack == onto && pull.state == State::Closed && pull.text.base == top;
        if situation.observed.pulls.iter().any(closed) {
            apart.insert(stack, open_in(situation, stack));
            (onto, rest) = (None, chain);
        }
    }
    Some(Change::Stack { onto, branches: rest.iter().map(|layer| layer.text.head.clone()).collect() })
}

/// The open pull requests that stand on each other in a stack, or did as far as is known and still could.
pub(super) fn known(pulls: &[PullRequest], before: &Stacks) -> Stacks {
    let open = || pulls.iter().filter(|pull| pull.own && pull.state == State::Open);
    let on = open().filter_map(|upper| {
        let lower = open().find(|lower| lower.text.head == upper.text.base)?;
        let stacked = upper.stack.is_some() && upper.stack == lower.stack;
        (stacked || before.on.get(&upper.number) == Some(&lower.number)).then_some((upper.number, lower.number))
    });
    Stacks { on: on.collect() }
}
