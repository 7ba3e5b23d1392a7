//! What the fork's commits are called, and what they say they take: by these names they may be an upstream commit. That they are, the
//! lines say.

use std::collections::{BTreeMap, HashMap};

use super::listed::Titles;
use super::mention::{Claim, Named, mentions};
use super::taken::{CommitPaths, Upstream};
use super::{EvidenceKind, advisory, title};
use engine::commit::Commit;

/// A name that an upstream commit and one of the fork's share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameSign {
    pub(super) kind: EvidenceKind,
    pub(super) worth: Worth,
}

/// What a name is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// What is called the same may be something else.
    Hint,
    /// Its title is one of those that the message lists: of all that came in together, some may have come in part.
    Listed,
    /// It can be no other's.
    Certain,
    /// The commit says that the one so named is among what it takes.
    Stated,
    /// The commit says that it is the one so named.
    Is,
}

/// By the places of an upstream commit and one of the fork's, the names they share.
pub(super) type SharedNames = BTreeMap<(usize, usize), Vec<NameSign>>;

/// Finds the names. Of a title it is certain only where no other commit on its side has it.
pub(super) fn shared(upstream: Upstream<'_>, fork: &[CommitPaths]) -> SharedNames {
    let known = Known::new(upstream);
    let mut found = SharedNames::new();
    for (by, change) in fork.iter().enumerate() {
        let (message, subject) = (change.commit.message.as_str(), change.commit.subject());
        let mut add = |at: usize, kind, worth: Worth| {
            let names: &mut Vec<NameSign> = found.entry((at, by)).or_default();
            match names.iter_mut().find(|name| name.kind == kind) {
                Some(name) => name.worth = name.worth.max(worth),
                None => names.push(NameSign { kind, worth }),
            }
        };
        if let Some(at) = title::core(subject).and_then(|core| known.cores.get(&core)) {
            let same = |at: &&usize| upstream.commits[**at].commit.subject() == subject;
            at.iter().filter(|place| at.len() == 1 || same(place)).for_each(|place| {
                add(*place, EvidenceKind::Subject, if at.len() == 1 { Worth::Certain } else { Worth::Hint });
            });
        }
        for at in title::numbers(subject).filter_map(|number| known.pulls.get(&number)).flatten() {
            add(*at, EvidenceKind::Number, Worth::Certain);
        }
        for mention in mentions(message, &|sha| Some(upstream.commits[known.commit(sha)?].commit.subject())) {
            let worth = match mention.claim {
                Claim::Part => Worth::Hint,
                Claim::Named => Worth::Certain,
                Claim::Stated => Worth::Stated,
                Claim::Is => Worth::Is,
            };
            match &mention.named {
                Named::Commit(sha) => {
                    if let Some(at) = known.commit(sha) {
                        add(at, EvidenceKind::Name, worth);
                    }
                }
                Named::Pull(repository, number) => {
                    let is_upstream = upstream.repository.is_some_and(|is| is.eq_ignore_ascii_case(repository));
                    for at in known.pulls.get(number).into_iter().flatten().filter(|_| is_upstream) {
                        add(*at, EvidenceKind::Number, worth);
                    }
                }
            }
        }
        for at in known.titles.listed(message) {
            add(at, EvidenceKind::Name, Worth::Listed);
        }
        for number in advisory::named(message) {
            for at in known.advisories.get(&number).into_iter().flatten() {
                add(*at, EvidenceKind::Advisory, Worth::Hint);
            }
        }
    }
    // Bots pick under the same title with the number in it, which nothing else has both of.
    for names in found.values_mut() {
        let has = |kind| names.iter().any(|name| name.kind == kind && name.worth >= Worth::Certain);
        if has(EvidenceKind::Subject) && has(EvidenceKind::Number) {
            names.iter_mut().for_each(|name| name.worth = name.worth.max(Worth::Stated));
        }
    }
    found
}

/// Upstream's commits by what they are called.
struct Known<'a> {
    titles: Titles<'a>,
    cores: HashMap<String, Vec<usize>>,
    pulls: HashMap<u64, Vec<usize>>,
    advisories: HashMap<String, Vec<usize>>,
    ids: Vec<(String, usize)>,
}

impl<'a> Known<'a> {
    fn new(upstream: Upstream<'a>) -> Self {
        let mut known = Self {
            titles: Titles::default(),
            cores: HashMap::new(),
            pulls: HashMap::new(),
            advisories: HashMap::new(),
            ids: Vec::new(),
        };
        for (at, change) in upstream.commits.iter().enumerate() {
            let commit: &Commit = &change.commit;
            known.ids.push((commit.id.to_string(), at));
            known.titles.add(at, commit.subject());
            if let Some(core) = title::core(commit.subject()) {
                known.cores.entry(core).or_default().push(at);
            }
            let pull = upstream.pulls.get(&commit.id).copied().or_else(|| commit.pr());
            if let Some(pull) = pull {
                known.pulls.entry(pull).or_default().push(at);
            }
            for number in advisory::named(&commit.message) {
                known.advisories.entry(number).or_default().push(at);
            }
        }
        known.ids.sort_unstable();
        known
    }

    /// The one commit whose id begins so.
    fn commit(&self, begins: &str) -> Option<usize> {
        let from = self.ids.partition_point(|(id, _)| id.as_str() < begins);
        let mut alike = self.ids[from..].iter().take_while(|(id, _)| id.starts_with(begins));
        alike.next().filter(|_| alike.next().is_none()).map(|(_, at)| *at)
    }
}
