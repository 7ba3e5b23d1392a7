//! The words that a commit brings. What was written anew for the fork has other lines than upstream's, and still calls things by the same
//! names.

use std::hash::{DefaultHasher, Hasher};

use super::{FILES, each_changed};
use engine::commit::FileChange;
use engine::hash::{HashMap, HashSet};
use engine::{GitError, Merger};

/// A shorter word is in any code.
const SHORTEST: usize = 6;
/// Of the words of one commit so many are in another that is about the same: this part of them, and no fewer than these.
const PART: usize = 4;
const FEWEST: usize = 2;

/// Words that are more often in the files of a commit than before.
#[derive(Debug, Clone, Default)]
pub(in crate::survey) struct Words(HashSet<u64>);

impl Words {
    /// Reads what a commit brings.
    ///
    /// # Errors
    /// A file is damaged.
    pub(in crate::survey) fn read<'c>(
        merger: &mut Merger<'_>,
        changes: impl IntoIterator<Item = &'c FileChange>,
    ) -> Result<Self, GitError> {
        let mut more: HashMap<u64, i64> = HashMap::default();
        for change in changes.into_iter().take(FILES) {
            each_changed(merger, change, |line, step| {
                for word in words(line) {
                    *more.entry(word).or_default() += step;
                }
            })?;
        }
        Ok(Self(more.into_iter().filter(|(_, more)| *more > 0).map(|(word, _)| word).collect()))
    }

    /// Whether another commit brings enough of these to be about the same.
    pub(in crate::survey) fn are_in(&self, other: &Self) -> bool {
        let both = self.0.intersection(&other.0).count();
        both >= FEWEST && both * PART >= self.0.len()
    }
}

/// What a line calls things, each as its hash: numbers are none.
fn words(line: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let all = line.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && byte.is_ascii());
    let long = all.filter(|word| word.len() >= SHORTEST && !word.iter().all(u8::is_ascii_digit));
    long.map(|word| {
        let mut hasher = DefaultHasher::new();
        hasher.write(word);
        hasher.finish()
    })
}
