//! Which removed file is which added file: first the equal ones, then those of the same name, then the most alike.

use super::folders::{Counts, FolderMoves};
use super::node::{file_name, join, parent};
use super::similarity::{EQUAL, LEAST, Similarity, larger};
use super::store::{EMPTY_BLOB, Id, Store};
use super::tree::Version;
use super::walk::{Moves, Relevance, Single};
use crate::error::GitError;
use crate::hash::{HashMap, HashSet};
use crate::objects::cache::IdHash;

/// The least score of files paired by their name.
const LEAST_BY_NAME: u64 = LEAST + (EQUAL - LEAST) / 2;
/// How renames are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct RenameRules {
    /// More than this many comparisons, squared, are not made.
    pub(super) limit: usize,
    /// Whether an empty file can have been renamed.
    pub(super) empty: bool,
}

impl RenameRules {
    /// Those of a merge (`merge.renameLimit`).
    pub(super) const MERGE: Self = Self { limit: 7000, empty: false };
    /// Those of a difference that is shown (`diff.renameLimit`).
    pub(super) const DIFF: Self = Self { limit: 1000, empty: true };
}

/// Equal files looked at for one added file.
const EQUALS: usize = 100;
/// Candidates kept for one added file.
const CANDIDATES: usize = 4;

/// What one side renamed.
#[derive(Default)]
pub(super) struct Renames {
    /// For each of the side's files that came or went, by place: where an added file came from.
    pub(super) source: Vec<Option<usize>>,
    /// Where the files of each removed folder went.
    pub(super) folders: HashMap<Vec<u8>, Counts>,
}

/// Finds one side's renames, as far as they are relevant.
pub(super) fn detect(
    store: &mut Store<'_>,
    similarity: &mut Similarity,
    moves: &mut Moves,
    rules: RenameRules,
) -> Result<Renames, GitError> {
    let mut found = Renames { source: vec![None; moves.singles.len()], folders: HashMap::default() };
    if moves.relevant.is_empty() {
        return Ok(found);
    }
    let singles = &moves.singles;
    let of_kind = |added: bool| -> Vec<usize> {
        let fits = |i: &usize| singles[*i].added == added && (rules.empty || singles[*i].version.id != EMPTY_BLOB);
        (0..singles.len()).filter(fits).collect()
    };
    let (sources, targets) = (of_kind(false), of_kind(true));
    if sources.is_empty() || targets.is_empty() {
        return Ok(found);
    }
    let mut search = RenameSearch {
        store,
        similarity,
        singles,
        relevant: &moves.relevant,
        folders: FolderMoves::new(&mut moves.removed_folders),
        used: vec![false; singles.len()],
        source: &mut found.source,
        limit: rules.limit,
        sources,
        targets,
    };
    search.equal();
    search.by_name()?;
    search.most_alike()?;
    found.folders = search.folders.finish();
    Ok(found)
}

struct RenameSearch<'s, 'r> {
    store: &'s mut Store<'r>,
    similarity: &'s mut Similarity,
    singles: &'s [Single],
    relevant: &'s HashMap<super::node::TreePath, Relevance>,
    folders: FolderMoves<'s>,
    used: Vec<bool>,
    source: &'s mut Vec<Option<usize>>,
    limit: usize,
    /// Removed files not paired yet, and all added files, by place.
    sources: Vec<usize>,
    targets: Vec<usize>,
}

/// A possible pair.
#[derive(Clone, Copy)]
struct Candidate {
    source: usize,
    target: usize,
    score: u64,
    same_name: bool,
}

impl RenameSearch<'_, '_> {
    fn name(&self, i: usize) -> &[u8] {
        file_name(&self.singles[i].path)
    }

    fn pair(&mut self, source: usize, target: usize) {
        self.source[target] = Some(source);
        self.used[source] = true;
    }

    /// Pairs equal files, of the same name where there is a choice.
    ///
    /// Those that are paired are taken out now and then, so that no search goes past many of them: thousands of files may have one content.
    fn equal(&mut self) {
        #[derive(Default)]
        struct Equals {
            sources: Vec<usize>,
            paired: usize,
        }
        let mut by_content = std::collections::HashMap::<Id, Equals, IdHash>::default();
        for source in &self.sources {
            by_content.entry(self.singles[*source].version.id).or_default().sources.push(*source);
        }
        for t in 0..self.targets.len() {
            let target = self.targets[t];
            let version = self.singles[target].version;
            let Some(equal) = by_content.get_mut(&version.id) else { continue };
            let fits = |source: &&usize| {
                let other = self.singles[**source].version;
                !self.used[**source] && (version.is_regular() && other.is_regular() || version.mode == other.mode)
            };
            let mut fitting = equal.sources.iter().filter(fits).take(EQUALS);
            let first = fitting.next().copied();
            let named = first
                .filter(|first| self.name(*first) == self.name(target))
                .or_else(|| fitting.find(|source| self.name(**source) == self.name(target)).copied());
            if let Some(source) = named.or(first) {
                self.pair(source, target);
                equal.paired += 1;
                if equal.paired == EQUALS {
                    equal.sources.retain(|source| !self.used[*source]);
                    equal.paired = 0;
                }
            }
        }
        let used = &self.used;
        self.sources.retain(|source| !used[*source]);
    }

    /// Pairs files of the same name, where it is the only such file on its side or its folder seems to have moved there.
    fn by_name(&mut self) -> Result<(), GitError> {
        for t in 0..self.targets.len() {
            let target = self.targets[t];
            if let Some(source) = self.source[target] {
                self.folders.count(&self.singles[source].path, &self.singles[target].path);
            }
        }
        let guesses = self.folders.guesses();
        let free: Vec<usize> = self.targets.iter().copied().filter(|target| self.source[*target].is_none()).collect();
        let relevant = |source: &usize| self.relevant.contains_key(&self.singles[*source].path);
        let sources: Vec<usize> = self.sources.iter().copied().filter(relevant).collect();
        let by_path: HashMap<&[u8], usize> = match guesses.is_empty() {
            true => HashMap::default(),
            false => free.iter().map(|i| (&*self.singles[*i].path, *i)).collect(),
        };
        // Of thousands of files few are relevant, and only their names are asked for.
        let asked: HashSet<&[u8]> = sources.iter().map(|source| self.name(*source)).collect();
        let (source_names, target_names) = (self.unique_names(&self.sources, &asked), self.unique_names(&free, &asked));
        let mut pairs = Vec::new();
        for source in &sources {
            let path = &self.singles[*source].path;
            let name = self.name(*source);
            let Some(target) = target_names.get(name) else { continue };
            let target = match (source_names.get(name), target) {
                (Some(Some(_)), Some(target)) => Some(*target),
                _ => guesses.get(parent(path)).and_then(|folder| {
                    // A guess that leads to the top names no file, as in git.
                    if folder.is_empty() { None } else { by_path.get(&*join(folder, name)).copied() }
                }),
            };
            pairs.extend(target.map(|target| (*source, target)));
        }
        for (source, target) in pairs {
            let (old, new) = (self.singles[source].version, self.singles[target].version);
            if self.source[target].is_some()
                || self.similarity.score(self.store, old, new, (LEAST_BY_NAME, false))? < LEAST_BY_NAME
            {
                continue;
            }
            self.pair(source, target);
            self.folders.count(&self.singles[source].path, &self.singles[target].path);
        }
        Ok(())
    }

    /// Of these file names, those that are there, with the one file of that name; nothing where there are several.
    fn unique_names(&self, places: &[usize], asked: &HashSet<&[u8]>) -> HashMap<&[u8], Option<usize>> {
        let mut names = HashMap::default();
        for i in places {
            let name = file_name(&self.singles[*i].path);
            if asked.contains(name) {
                names.entry(name).and_modify(|unique| *unique = None).or_insert(Some(*i));
            }
        }
        names
    }

    /// Pairs what is left by likeness, the most alike first.
    fn most_alike(&mut self) -> Result<(), GitError> {
        let (used, singles, relevant) = (&self.used, self.singles, self.relevant);
        self.sources.retain(|source| !used[*source] && relevant.contains_key(&singles[*source].path));
        self.folders.note_certain(self.sources.iter().map(|source| &*singles[*source].path));
        let folders = &self.folders;
        self.sources.retain(|source| {
            let path = &singles[*source].path;
            relevant.get(path) == Some(&Relevance::Content) || folders.needs(path)
        });
        let free: Vec<usize> = self.targets.iter().copied().filter(|target| self.source[*target].is_none()).collect();
        if free.is_empty() || free.len() * self.sources.len() > self.limit * self.limit {
            return Ok(());
        }
        let mut sizes = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            sizes.push(size(self.store, singles[*source].version)?);
        }
        let mut candidates = Vec::new();
        for target in free {
            let mut best = self.candidates(target, &sizes, false)?;
            if self.sources.len() > CANDIDATES && has_tie(&best) {
                // Which of two equals comes first depends on what else was a candidate meanwhile.
                best = self.candidates(target, &sizes, true)?;
            }
            candidates.extend(best);
        }
        candidates.sort_by_key(Candidate::rank);
        for Candidate { source, target, score, .. } in candidates {
            if score < LEAST {
                break;
            }
            if self.source[target].is_none() && !self.used[source] {
                self.pair(source, target);
                self.folders.count(&singles[source].path, &singles[target].path);
            }
        }
        Ok(())
    }

    /// The removed files, which are of these sizes, most like an added one.
    fn candidates(&mut self, target: usize, sizes: &[Option<u64>], exact: bool) -> Result<Vec<Candidate>, GitError> {
        let mut best: Vec<Candidate> = Vec::with_capacity(CANDIDATES);
        let added = &self.singles[target];
        let added_size = size(self.store, added.version)?;
        for (source, removed_size) in self.sources.iter().zip(sizes) {
            let removed = &self.singles[*source];
            // Most pairs are told apart by this alone.
            let near = removed_size.zip(added_size).and_then(|(old, new)| larger(old, new, LEAST)).is_some();
            let score = match near {
                true => self.similarity.score(self.store, removed.version, added.version, (LEAST, exact))?,
                false => 0,
            };
            let same_name = file_name(&removed.path) == file_name(&added.path);
            record(&mut best, Candidate { source: *source, target, score, same_name });
        }
        Ok(best)
    }
}

/// The size of a file that can have been renamed.
fn size(store: &mut Store<'_>, version: Version) -> Result<Option<u64>, GitError> {
    version.is_regular().then(|| store.size(version.id).map(|size| size as u64)).transpose()
}

/// Whether two candidates that are good enough are equally good.
fn has_tie(candidates: &[Candidate]) -> bool {
    let tied = |i: usize, one: &Candidate| candidates[..i].iter().any(|other| other.rank() == one.rank());
    candidates.iter().enumerate().any(|(i, one)| one.score >= LEAST && tied(i, one))
}

impl Candidate {
    /// The better, the smaller.
    fn rank(&self) -> (u64, bool) {
        (EQUAL - self.score.min(EQUAL), !self.same_name)
    }
}

/// Puts a candidate in the place of the worst, if it is better or there is room.
fn record(best: &mut Vec<Candidate>, candidate: Candidate) {
    if best.len() < CANDIDATES {
        best.push(candidate);
        return;
    }
    let mut worst = 0;
    for i in 1..best.len() {
        if best[i].rank() > best[worst].rank() {
            worst = i;
        }
    }
    if candidate.rank() < best[worst].rank() {
        best[worst] = candidate;
    }
}
