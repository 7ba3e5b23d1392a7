//! The content-loss check: what the commits of a branch really hold, compared with what went into them. It reads the files as
//! they were and as they are and counts lines; how they were merged plays no part.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::loss::{self, DroppedLines, TextVersions};
use super::resolution::{Resolution, ResolvedBy};
use super::resolve::Resolver;
use super::versions::FileVersions;
use crate::survey::form;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merger};

/// Lines that a pick lost though nothing gave them up. There should be none; one is a fault of this program, and to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnexplainedLoss {
    /// The upstream commit.
    pub sha: CommitId,
    pub path: RepoPath,
    /// The lines.
    pub lost: DroppedLines,
}

/// What the check of one branch found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IntegrityReport {
    /// How many picks were checked: all that are on the branch.
    pub picks: usize,
    /// How many files they changed.
    pub files: usize,
    /// How many lines are not there and are named as given up.
    pub named: usize,
    /// What is not there and is not named.
    pub unnamed: Vec<UnexplainedLoss>,
}

/// The trees of one pick on the branch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picked {
    pub(super) sha: CommitId,
    /// Upstream's, before and after.
    pub(super) base: TreeId,
    pub(super) theirs: TreeId,
    /// The branch's, before and after.
    pub(super) ours: TreeId,
    pub(super) result: TreeId,
}

impl IntegrityReport {
    /// Checks one pick. What its resolutions name is no loss, nor is anything at the paths that are `left`: those stand in
    /// conflict markers, or are regenerated later.
    pub(super) fn pick(
        &mut self,
        merger: &mut Merger<'_>,
        picked: Picked,
        (resolver, resolutions): (&Resolver<'_>, &[Resolution]),
        left: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<(), GitError> {
        self.picks += 1;
        let mut paths: BTreeSet<RepoPath> = merger.changed(picked.base, picked.theirs)?.into_iter().collect();
        paths.extend(merger.changed(picked.ours, picked.result)?);
        let trees = [picked.base, picked.ours, picked.theirs, picked.result];
        let mut files = Vec::new();
        for path in paths.into_iter().filter(|path| !left(path)) {
            let versions = FileVersions::at(merger, trees, &path)?;
            files.push((path, versions));
        }
        self.files += files.len();
        let results: HashSet<_> = files.iter().filter_map(|(_, versions)| versions.0[3]).collect();
        let is_by = |path: &RepoPath, is: &dyn Fn(&ResolvedBy) -> bool| {
            resolutions.iter().any(|found| found.path == *path && is(&found.by))
        };
        // Files that came, went or moved: their lines may be at another path.
        let (mut moved, mut whole) = (Vec::new(), Vec::new());
        for (path, versions) in files {
            let [base, ours, theirs, result] = versions.0;
            if base == ours && theirs == result {
                continue;
            }
            // Where the form of one side gave way, what the lines say is compared; where lines were joined, their words.
            let mut versions = versions;
            if is_by(&path, &|by| matches!(by, ResolvedBy::Formatter { .. })) {
                versions = resolver.all_in_form(merger, &path, versions)?;
            }
            if is_by(&path, &|by| *by == ResolvedBy::Form) {
                versions = versions.each(merger, &|text| form::bare(path.file_name(), text))?;
            }
            if is_by(&path, &|by| matches!(by, ResolvedBy::Driver { .. })) {
                versions = versions.each(merger, &|text| form::words(text).join(&b'\n'))?;
            }
            let texts = versions.texts(merger)?;
            match texts {
                Some(texts) if versions.0.contains(&None) => moved.push((path, texts)),
                // A file that is no text may be at another path as a whole.
                None if theirs.is_some_and(|theirs| results.contains(&theirs)) => {}
                Some(_) | None => {
                    let dropped_lines = versions.dropped_lines(merger)?;
                    let dropped_lines = self.unnamed(dropped_lines, resolutions, &|known| *known == path);
                    self.add(picked.sha, &path, dropped_lines);
                    whole.push(path);
                }
            }
        }
        // A moved file may be resolved at a name that this pick changes in neither tree.
        let apart: HashSet<RepoPath> = whole.into_iter().collect();
        self.moved(picked.sha, &moved, resolutions, &|path| !apart.contains(path));
        Ok(())
    }

    /// Files that are not in all four trees, taken together.
    fn moved(
        &mut self,
        sha: CommitId,
        moved: &[(RepoPath, [Vec<u8>; 4])],
        resolutions: &[Resolution],
        at: &dyn Fn(&RepoPath) -> bool,
    ) {
        let all = |at: usize| moved.iter().map(|(_, texts)| texts[at].as_slice()).collect::<Vec<_>>().join(&b'\n');
        let [base, ours, theirs, resolved] = [all(0), all(1), all(2), all(3)];
        let lost = loss::lost_of_texts(TextVersions { base: &base, ours: &ours, theirs: &theirs, resolved: &resolved });
        // A line may be named at one name of a file and be missing at the other.
        let mut lost = self.unnamed(lost, resolutions, at);
        for (path, [_, ours, theirs, _]) in moved {
            let upstream = loss::take_those_of(&mut lost.upstream, theirs);
            let fork = loss::take_those_of(&mut lost.fork, ours);
            self.add(sha, path, DroppedLines { upstream, fork, stays: Vec::new() });
        }
    }

    /// Counts the lost lines that resolutions at some paths name, and returns the others.
    fn unnamed(
        &mut self,
        lost: DroppedLines,
        resolutions: &[Resolution],
        at: &dyn Fn(&RepoPath) -> bool,
    ) -> DroppedLines {
        let here = || resolutions.iter().filter(|resolution| at(&resolution.path));
        let all = lost.upstream.len() + lost.fork.len();
        // Which side a line is missed on is a matter of counting where both had it.
        let mut named: HashMap<&str, usize> = HashMap::new();
        for line in here().flat_map(|resolution| resolution.lost.upstream.iter().chain(&resolution.lost.fork)) {
            *named.entry(line.trim()).or_default() += 1;
        }
        let rest = DroppedLines {
            upstream: less(lost.upstream, &mut named),
            fork: less(lost.fork, &mut named),
            stays: Vec::new(),
        };
        self.named += all - rest.upstream.len() - rest.fork.len();
        rest
    }

    fn add(&mut self, sha: CommitId, path: &RepoPath, lost: DroppedLines) {
        if !lost.is_empty() {
            self.unnamed.push(UnexplainedLoss { sha, path: path.clone(), lost });
        }
    }
}

/// Lines less those that are named, each as often as it is.
fn less(mut lines: Vec<String>, named: &mut HashMap<&str, usize>) -> Vec<String> {
    lines.retain(|line| match named.get_mut(line.trim()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
    lines
}
