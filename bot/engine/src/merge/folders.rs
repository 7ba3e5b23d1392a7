//! Where removed folders went, judged by the files that were in them.

use super::node::{TreePath, file_name, parent};
use super::order::hash_order;
use super::walk::Need;
use crate::hash::HashMap;

/// How many files went from one folder to another, in order of first sight.
#[derive(Debug, Default, Clone)]
pub(super) struct Counts(Vec<(Vec<u8>, usize)>);

impl Counts {
    fn add(&mut self, folder: &[u8]) {
        match self.0.iter_mut().find(|(known, _)| known == folder) {
            Some((_, count)) => *count += 1,
            None => self.0.push((folder.to_vec(), 1)),
        }
    }

    /// The folder most files went to; of several, the one git visits first.
    fn likeliest(&self) -> Option<&[u8]> {
        let names: Vec<&[u8]> = self.0.iter().map(|(name, _)| name.as_slice()).collect();
        let mut best: Option<&(Vec<u8>, usize)> = None;
        for i in hash_order(&names) {
            if best.is_none_or(|best| self.0[i].1 > best.1) {
                best = Some(&self.0[i]);
            }
        }
        best.map(|(name, _)| name.as_slice())
    }

    /// The folder more files went to than to any other.
    pub(super) fn majority(&self) -> Majority<'_> {
        let most = self.0.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let mut best = self.0.iter().filter(|(_, count)| *count == most && most > 0);
        match (best.next(), best.next()) {
            (None, _) => Majority::Unknown,
            (Some((name, _)), None) => Majority::To(name),
            (Some(_), Some(_)) => Majority::Split,
        }
    }

    /// Whether the majority stays the same, wherever `open` more files should turn out to have gone.
    fn is_certain(&self, open: usize) -> bool {
        let mut counts: Vec<usize> = self.0.iter().map(|(_, count)| *count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let place = |i: usize| counts.get(i).copied().unwrap_or(0);
        place(0) > place(1) + open
    }
}

/// Where a folder went.
pub(super) enum Majority<'a> {
    /// Nothing is known to have left it.
    Unknown,
    To(&'a [u8]),
    /// As many files went to one folder as to another.
    Split,
}

/// The folders one side removed, and where their files went.
pub(super) struct FolderMoves<'a> {
    removed: &'a mut HashMap<TreePath, Need>,
    counts: HashMap<Vec<u8>, Counts>,
}

impl<'a> FolderMoves<'a> {
    pub(super) fn new(removed: &'a mut HashMap<TreePath, Need>) -> Self {
        Self { removed, counts: HashMap::default() }
    }

    /// Counts a renamed file for its folder and, as long as the paths end alike, for the folders above.
    pub(super) fn count(&mut self, old: &[u8], new: &[u8]) {
        let (mut old_folder, mut new_folder) = (old, new);
        let mut first = true;
        loop {
            let alike = file_name(old_folder) == file_name(new_folder);
            old_folder = parent(old_folder);
            new_folder = parent(new_folder);
            let Some(need) = self.removed.get(old_folder).copied() else { return };
            if !first && !alike {
                return;
            }
            if need == Need::Itself || first {
                self.counts.entry(old_folder.to_vec()).or_default().add(new_folder);
            }
            first = false;
            if need == Need::No || old_folder.is_empty() || new_folder.is_empty() {
                return;
            }
        }
    }

    /// For each folder that files left, where most went: a guess for the files still missing.
    pub(super) fn guesses(&self) -> HashMap<Vec<u8>, Vec<u8>> {
        let guess = |(folder, counts): (&Vec<u8>, &Counts)| Some((folder.clone(), counts.likeliest()?.to_vec()));
        self.counts.iter().filter_map(guess).collect()
    }

    /// Notes which folders' moves are certain already, whatever becomes of the files in `open`.
    pub(super) fn note_certain<'p>(&mut self, open: impl Iterator<Item = &'p [u8]>) {
        let mut unknown: HashMap<&[u8], usize> = HashMap::default();
        for path in open {
            let mut folder = parent(path);
            while !folder.is_empty() && self.removed.get(folder).is_some_and(|need| *need != Need::No) {
                *unknown.entry(folder).or_insert(0) += 1;
                folder = parent(folder);
            }
        }
        let none = Counts::default();
        for (folder, need) in self.removed.iter_mut() {
            let open = unknown.get(&**folder).copied();
            let counts = self.counts.get(&**folder);
            if *need == Need::Itself
                && (open.is_some() || counts.is_some())
                && counts.unwrap_or(&none).is_certain(open.unwrap_or(0))
            {
                *need = Need::Above;
            }
        }
    }

    /// Whether anything still depends on where this file went, as far as its folders are concerned.
    pub(super) fn needs(&self, path: &[u8]) -> bool {
        let mut folder = parent(path);
        loop {
            match self.removed.get(folder) {
                None | Some(Need::No) => return false,
                Some(Need::Itself) => return true,
                Some(Need::Above) => folder = parent(folder),
            }
        }
    }

    /// The counts of the folders it matters for.
    pub(super) fn finish(self) -> HashMap<Vec<u8>, Counts> {
        let Self { removed, mut counts } = self;
        counts.retain(|folder, _| removed.get(folder.as_slice()).is_some_and(|need| *need != Need::No));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_counts_for_every_folder_above_that_it_carries_along() {
        let mut removed: HashMap<TreePath, Need> =
            ["a", "a/b", "a/b/c"].map(|folder| (TreePath::from(folder.as_bytes()), Need::Itself)).into_iter().collect();
        let mut moves = FolderMoves::new(&mut removed);
        moves.count(b"a/b/c/x", b"a/new/c/x");
        moves.count(b"a/b/c/y", b"a/new/c/y");
        moves.count(b"a/b/c/z", b"else/z");
        let counts = moves.finish();
        let went = |folder: &str| match counts.get(folder.as_bytes()).map(Counts::majority) {
            Some(Majority::To(folder)) => String::from_utf8_lossy(folder).into_owned(),
            Some(Majority::Split) => "split".to_owned(),
            Some(Majority::Unknown) | None => "unknown".to_owned(),
        };
        assert_eq!([went("a/b/c"), went("a/b"), went("a")], ["a/new/c", "a/new", "unknown"]);
    }

    #[test]
    fn a_tie_is_a_split() {
        let mut removed: HashMap<TreePath, Need> = [(TreePath::from(&b"a"[..]), Need::Itself)].into_iter().collect();
        let mut moves = FolderMoves::new(&mut removed);
        moves.count(b"a/x", b"b/x");
        moves.count(b"a/y", b"c/y");
        assert!(matches!(moves.finish()[&b"a"[..]].majority(), Majority::Split));
    }
}
