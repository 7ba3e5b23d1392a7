//! The words that a commit brings. What was written anew for the fork has other lines than upstream's, and still calls things by the same
//! names.

use std::hash::{DefaultHasher, Hasher};

use super::{FILES, each_changed};
use engine::commit::FileChange;
use engine::hash::{HashMap, HashSet};
use engine::{GitError, Merger};

/// A shorter word is in any code.
const SHORTEST: usize = 6;
/// Fewer words are a coincidence: in files of the same names, and anywhere or where little else speaks for it.
const FEWEST: usize = 2;
const FEWEST_ANYWHERE: usize = 6;
/// Of the words of a commit so many are in another that is about the same.
const PART: usize = 4;
/// So many of them anywhere; and they are no less of the other than this.
const PART_ANYWHERE: usize = 3;
const PART_OF_OTHER: usize = 20;

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

    /// Compares them with what another commit brings.
    pub(in crate::survey) fn common(&self, other: &Self) -> Common {
        Common { both: self.0.intersection(&other.0).count(), here: self.0.len(), there: other.0.len() }
    }
}

/// How many words two commits bring both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::survey) struct Common {
    both: usize,
    here: usize,
    there: usize,
}

impl Common {
    /// Whether commits that change files of the same names are about the same.
    pub(in crate::survey) const fn is_alike(self) -> bool {
        self.both >= FEWEST && self.both * PART >= self.here
    }

    /// Whether the other has half of what one brings, or more.
    pub(in crate::survey) const fn is_half(self) -> bool {
        self.both >= FEWEST && self.both * 2 >= self.here
    }

    /// The same of a commit that brings more than a few words.
    pub(in crate::survey) const fn is_half_of_many(self) -> bool {
        self.is_half() && self.both >= FEWEST_ANYWHERE
    }

    /// Whether commits are about the same whichever files they change: one that does much else is not.
    pub(in crate::survey) const fn is_alike_anywhere(self) -> bool {
        self.both >= FEWEST_ANYWHERE
            && self.both * PART_ANYWHERE >= self.here
            && self.both * PART_OF_OTHER >= self.there
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
