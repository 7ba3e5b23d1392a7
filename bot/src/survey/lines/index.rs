//! Which of upstream's commits a line is changed by: each commit of the fork is looked up line by line, so that no two are ever compared
//! that have nothing in common.

use std::collections::HashMap;

use super::sketch::Sketch;
use super::{ByLine, Delta, LineHash, Rarity};

/// Of so much of a commit is looked closer.
const CANDIDATE: f32 = 0.5;

/// A line of a commit of upstream's.
#[derive(Clone, Copy)]
struct Entry {
    line: LineHash,
    commit: u32,
    says: f32,
}

/// The lines of upstream's commits, and how common they are on both sides.
#[derive(Default)]
pub(in crate::survey) struct LineIndex {
    entries: Vec<Entry>,
    /// Of each commit, how much all its lines weigh.
    weights: HashMap<u32, f32>,
    /// How many of the fork's commits change a line.
    fork: ByLine<u32>,
}

impl LineIndex {
    /// Adds a commit of upstream's, by place.
    pub(in crate::survey) fn add(&mut self, commit: usize, sketch: &Sketch) {
        let Ok(commit) = u32::try_from(commit) else { return };
        self.entries.extend(sketch.lines().map(|(line, says)| Entry { line, commit, says }));
    }

    /// To be called once, when all commits are added.
    pub(in crate::survey) fn finish(&mut self) {
        self.entries.sort_unstable_by_key(|entry| (entry.line, entry.commit));
        for same in self.entries.chunk_by(|one, other| one.line == other.line) {
            for entry in same {
                *self.weights.entry(entry.commit).or_default() += entry.says * Rarity::of(same.len(), 1);
            }
        }
    }

    /// The commits of upstream's of whose lines a commit of the fork has so many that a closer look is worth it.
    pub(in crate::survey) fn find(&mut self, fork: &Delta) -> Vec<usize> {
        let mut found: HashMap<u32, f32> = HashMap::new();
        for line in fork.all().keys() {
            let same = self.same(*line);
            if same.is_empty() {
                continue;
            }
            let weight = Rarity::of(same.len(), 1);
            for entry in same {
                *found.entry(entry.commit).or_default() += entry.says * weight;
            }
            *self.fork.entry(*line).or_default() += 1;
        }
        let enough = |(commit, there): (u32, f32)| {
            (there > 0.0 && there >= CANDIDATE * self.weights[&commit]).then_some(commit as usize)
        };
        let mut found: Vec<usize> = found.into_iter().filter_map(enough).collect();
        found.sort_unstable();
        found
    }

    fn same(&self, line: LineHash) -> &[Entry] {
        let from = self.entries.partition_point(|entry| entry.line < line);
        let rest = &self.entries[from..];
        &rest[..rest.iter().take_while(|entry| entry.line == line).count()]
    }

    /// How rare a line is, now that the fork's commits were looked up.
    pub(in crate::survey) fn rarity(&self, line: LineHash) -> f32 {
        Rarity::of(self.same(line).len(), self.fork.get(&line).copied().unwrap_or_default() as usize)
    }
}
