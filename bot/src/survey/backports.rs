//! Changes that the fork took in a form of its own: by a bot, in a squash, by hand, under another title or in files of other names.
//!
//! A name says which commit may be another, its lines whether it is. Where both agree the fork has it; where only one speaks a person
//! is asked. A commit that says it is the other needs few lines to be believed: what is written anew has others. Lines without a name
//! say so alone where nearly all of them are there, and enough of them to be no coincidence.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::kinds::FileKind;
use super::lines::{Common, Delta, Likeness, LineIndex, Owed, Sketch, likeness, owe};
use super::names::{NameSign, SharedNames, Worth};
use super::taken::{CommitPaths, Upstream};
use super::{Evidence, EvidenceKind, Strength, parts};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// Gives the lines that commits change.
pub(super) trait Deltas {
    /// What goes wrong.
    type Error;

    /// Of a commit of upstream's, by place.
    fn of_upstream(&mut self, at: usize) -> Result<Delta, Self::Error>;

    /// Of a commit of upstream's, by place, what is kept for all of them at once.
    fn sketch(&mut self, at: usize) -> Result<Cow<'_, Sketch>, Self::Error>;

    /// Of a commit of the fork's, by place, in the files whose names are asked for.
    fn of_fork(&mut self, at: usize, names: &dyn Fn(&[u8]) -> bool) -> Result<Delta, Self::Error>;

    /// The words that a commit of upstream's and some of the fork's together bring both.
    fn words(&mut self, upstream: usize, fork: &[usize], among: Among) -> Result<Common, Self::Error>;

    /// Whether the files of the same names that a commit of the fork's touches have all lines that an upstream commit adds, after it.
    fn holds(&mut self, upstream: usize, fork: usize) -> Result<bool, Self::Error>;

    /// Whether the fork still has most of what an upstream commit adds, in files of the same paths or those that a commit of its own
    /// touches.
    fn stands(&mut self, upstream: usize, fork: usize) -> Result<bool, Self::Error>;
}

/// Which files of two commits are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those whose names are the same.
    SameNames,
    /// All of upstream's, and those of the fork's whose names are the same.
    TheirNames,
    /// The same, without documents: prose about the same has the same words.
    TheirCode,
    /// All of them.
    All,
}

/// So much of a commit is there where a name says that it is.
const NAMED: f32 = 0.5;
/// So much of it, in a file of another name, where the commit says that it is the other; in one of the same name a line will do.
const STATED: f32 = 0.1;
/// So much of it is enough without a name; or so much, where it is a good part of the fork's commit.
const NEARLY_ALL: f32 = 0.9;
const MOST: f32 = 0.7;
const GOOD_PART: f32 = 0.3;
/// Lines that weigh so much are no coincidence; a person is asked of those that weigh less.
const CERTAIN: f32 = 6.0;
const PERHAPS: f32 = 3.0;
/// Of each file so much.
const OF_EACH_FILE: f32 = 0.5;
/// No more of the fork's commits than these are looked through line by line, the latest.
const LOOKED_AT: usize = 20_000;

/// The fork's side.
#[derive(Clone, Copy)]
pub(super) struct Fork<'a> {
    pub(super) commits: &'a [CommitPaths],
    /// What they share with upstream's by name.
    pub(super) names: &'a SharedNames,
    /// Those that are one of upstream's for sure: they are no others.
    pub(super) spoken_for: &'a HashSet<CommitId>,
    /// Those whose change still stands.
    pub(super) stands: &'a HashSet<CommitId>,
}

impl Fork<'_> {
    pub(super) fn id(&self, by: usize) -> CommitId {
        self.commits[by].commit.id
    }

    fn may(&self, by: usize) -> bool {
        !self.spoken_for.contains(&self.id(by))
    }
}

/// For each upstream commit the signs, where it is among the `open` ones.
pub(super) fn find<D: Deltas>(
    upstream: Upstream<'_>,
    open: &HashSet<usize>,
    fork: Fork<'_>,
    deltas: &mut D,
) -> Result<Vec<Vec<Evidence>>, D::Error> {
    let mut found = vec![Vec::new(); upstream.commits.len()];
    if open.is_empty() {
        return Ok(found);
    }
    let (index, candidates) = candidates(upstream, open, fork, deltas)?;
    let named = fork.names.keys().copied().filter(|(at, by)| open.contains(at) && fork.may(*by));
    let mut pairs: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, by) in named.chain(candidates) {
        pairs.entry(by).or_default().insert(at);
    }
    for (by, all) in pairs {
        let delta = deltas.of_fork(by, &|_| true)?;
        let mut pairing = Pairing { upstream, fork, index: &index, by, delta, owed: Owed::default() };
        let mut read = Vec::new();
        for at in all {
            read.push((at, deltas.of_upstream(at)?));
        }
        let fork_commit = fork.id(by);
        for (at, kind, strength) in pairing.signs(read, deltas)? {
            found[at].push(Evidence { kind, fork_commit, strength });
        }
    }
    parts::put_together(fork, &index, &mut found, deltas)?;
    Ok(found)
}

/// The places of an upstream commit and one of the fork's.
type PlacePair = (usize, usize);

/// The pairs of an upstream commit and one of the fork's with most lines in common.
fn candidates<D: Deltas>(
    upstream: Upstream<'_>,
    open: &HashSet<usize>,
    fork: Fork<'_>,
    deltas: &mut D,
) -> Result<(LineIndex, Vec<PlacePair>), D::Error> {
    let asked: BTreeSet<usize> = open.iter().copied().filter(|at| !upstream.commits[*at].commit.is_merge()).collect();
    let mut index = LineIndex::default();
    let mut files = FileNames::default();
    for at in asked {
        index.add(at, &*deltas.sketch(at)?);
        files.add(at, &upstream.commits[at]);
    }
    index.finish();
    let mut candidates = Vec::new();
    let mut left = LOOKED_AT;
    for (by, change) in fork.commits.iter().enumerate().rev() {
        if change.commit.is_merge() || !fork.may(by) {
            continue;
        }
        let names = files.shared(change);
        if names.is_empty() || left == 0 {
            continue;
        }
        left -= 1;
        let delta = deltas.of_fork(by, &|name| names.contains(name))?;
        candidates.extend(index.find(&delta).into_iter().map(|at| (at, by)));
    }
    Ok((index, candidates))
}

/// Upstream's commits by the names of the files that they touch.
#[derive(Default)]
struct FileNames<'a> {
    touched_by: HashMap<&'a [u8], Vec<usize>>,
    names: HashMap<usize, HashSet<&'a [u8]>>,
}

impl<'a> FileNames<'a> {
    fn add(&mut self, at: usize, change: &'a CommitPaths) {
        let names: HashSet<&[u8]> = change.paths.iter().map(RepoPath::file_name).collect();
        for name in &names {
            self.touched_by.entry(*name).or_default().push(at);
        }
        self.names.insert(at, names);
    }

    /// The files of upstream's commits of which one of the fork's touches half or more.
    fn shared(&self, change: &CommitPaths) -> HashSet<&'a [u8]> {
        let here: HashSet<&[u8]> = change.paths.iter().map(RepoPath::file_name).collect();
        let mut met: HashMap<usize, usize> = HashMap::new();
        for at in here.iter().filter_map(|name| self.touched_by.get(name)).flatten() {
            *met.entry(*at).or_default() += 1;
        }
        let half = met.into_iter().filter(|(at, met)| met * 2 >= self.names[at].len());
        half.flat_map(|(at, _)| &self.names[&at]).copied().collect()
    }
}

/// A commit of the fork with all upstream commits that it may be.
struct Pairing<'a> {
    upstream: Upstream<'a>,
    fork: Fork<'a>,
    index: &'a LineIndex,
    by: usize,
    delta: Delta,
    /// The lines that are owed to commits found in it already.
    owed: Owed,
}

impl Pairing<'_> {
    /// The signs for each: first for those that are named, then for those with the most lines there; a line counts once.
    fn signs<D: Deltas>(
        &mut self,
        all: Vec<(usize, Delta)>,
        deltas: &mut D,
    ) -> Result<Vec<(usize, EvidenceKind, Strength)>, D::Error> {
        let mut signs = Vec::new();
        let mut by_lines = Vec::new();
        for (at, delta) in all {
            let alike = self.alike(&delta, &Owed::default());
            let mut strong = false;
            for name in self.fork.names.get(&(at, self.by)).into_iter().flatten() {
                let stated = name.worth >= Worth::Stated && self.of_a_kind(at);
                let elsewhere = alike.share >= NAMED && alike.added >= NAMED;
                if alike.same_name || elsewhere || stated || self.upstream.absorbed[at] {
                    let strength = self.by_name(at, *name, &alike, deltas)?;
                    strong |= strength == Strength::Strong;
                    signs.push((at, name.kind, strength));
                }
            }
            // What is only stated to be there may be in other lines, which stay for others.
            if strong && alike.share >= NAMED {
                owe(&mut self.owed, &delta);
            }
            by_lines.push((at, delta, alike, strong));
        }
        by_lines.sort_by(|(at, _, one, _), (other_at, _, other, _)| {
            other.share.total_cmp(&one.share).then(at.cmp(other_at))
        });
        for (at, delta, alike, named) in by_lines {
            let alike = if named { alike } else { self.alike(&delta, &self.owed) };
            let enough = alike.share >= NEARLY_ALL || alike.share >= MOST && alike.of_other >= GOOD_PART;
            if !enough || !alike.same_name || alike.weight < PERHAPS {
                continue;
            }
            let certain = alike.weight >= CERTAIN && alike.least >= OF_EACH_FILE && alike.added >= MOST;
            let undone = !self.fork.stands.contains(&self.fork.id(self.by));
            let there = certain && (undone || deltas.stands(at, self.by)?);
            let strength = if there { Strength::Strong } else { Strength::Weak };
            signs.push((at, EvidenceKind::Lines, strength));
            if !named && strength == Strength::Strong {
                owe(&mut self.owed, &delta);
            }
        }
        Ok(signs)
    }

    fn alike(&self, delta: &Delta, owed: &Owed) -> Likeness {
        likeness(delta, &self.delta, owed, |line| self.index.rarity(line))
    }

    /// What a name and the lines say together.
    fn by_name<D: Deltas>(
        &self,
        at: usize,
        name: NameSign,
        alike: &Likeness,
        deltas: &mut D,
    ) -> Result<Strength, D::Error> {
        // That both take the same line away says nothing of what they bring, but where that is most of all.
        let somewhere = alike.same_name || alike.share >= STATED || alike.weight >= PERHAPS;
        let few = alike.added > 0.0 && somewhere || alike.share >= MOST && alike.same_name;
        let half = alike.share >= NAMED && alike.added >= NAMED;
        let is_there = match name.worth {
            Worth::Hint => false,
            Worth::Listed => is_half(alike, at, &[self.by], deltas)?,
            Worth::Certain => {
                let line = name.kind == EvidenceKind::Name && alike.added > 0.0 && alike.same_name;
                half || line && deltas.words(at, &[self.by], Among::TheirNames)?.is_half()
            }
            Worth::Stated if self.is_test_alone(at) => half,
            Worth::Stated => few,
            Worth::Is => few || self.of_a_kind(at) && self.says_the_same(at, alike, deltas)?,
        };
        let certain = name.kind != EvidenceKind::Subject || self.is_only(at);
        Ok(if certain && is_there { Strength::Strong } else { Strength::Weak })
    }

    /// Whether both bring enough of the same words to be about the same, or both take the same away and the fork had already what comes
    /// instead.
    fn says_the_same<D: Deltas>(&self, at: usize, alike: &Likeness, deltas: &mut D) -> Result<bool, D::Error> {
        let part = alike.share >= GOOD_PART && alike.same_name;
        Ok(part && deltas.holds(at, self.by)?
            || deltas.words(at, &[self.by], Among::SameNames)?.is_alike()
            || deltas.words(at, &[self.by], Among::All)?.is_alike_anywhere())
    }

    /// Whether the fork's commit tests what upstream's changes, and no more.
    fn is_test_alone(&self, at: usize) -> bool {
        let code = |path: &RepoPath| !matches!(FileKind::of(path), Some(FileKind::Test | FileKind::Docs));
        !self.fork.commits[self.by].paths.iter().any(code) && self.upstream.commits[at].paths.iter().any(code)
    }

    /// Whether both commits touch files with the same ending: what is said in a document alone is a plan.
    fn of_a_kind(&self, at: usize) -> bool {
        let [one, other] = [&self.upstream.commits[at].paths, &self.fork.commits[self.by].paths];
        let endings: HashSet<&[u8]> = other.iter().filter_map(ending).collect();
        one.iter().filter_map(ending).any(|ending| endings.contains(ending))
    }

    /// Whether no other commit of the fork's has the title of an upstream one.
    fn is_only(&self, at: usize) -> bool {
        let all = self.fork.names.range((at, 0)..=(at, usize::MAX));
        let titled = all.filter(|(_, names)| names.iter().any(|name| name.kind == EvidenceKind::Subject));
        let mut counts = titled.filter(|((_, by), _)| *by != self.by && self.fork.may(*by));
        !counts.any(|((_, by), _)| self.fork.stands.contains(&self.fork.id(*by)))
    }
}

/// Whether half of a commit is there, or of code a third and half of the words.
pub(super) fn is_half<D: Deltas>(
    alike: &Likeness,
    upstream: usize,
    fork: &[usize],
    deltas: &mut D,
) -> Result<bool, D::Error> {
    let half = alike.share >= NAMED && alike.added >= NAMED;
    let part = alike.share >= GOOD_PART && alike.added >= GOOD_PART && alike.same_name;
    Ok(half || part && deltas.words(upstream, fork, Among::TheirCode)?.is_half_of_many())
}

/// What a file's name ends with, which says what is in it.
fn ending(path: &RepoPath) -> Option<&[u8]> {
    let name = path.file_name();
    name.iter().rposition(|byte| *byte == b'.').map(|dot| &name[dot..])
}
