//! How many conflicts git's markers show in its default style.

use engine::{Merger, Repo};

use super::history::Random;
use super::number;
use super::oracle::{Scratch, installed};

/// Merges of a few letters.
const MERGES: usize = 300;

fn text(printed: Vec<u8>) -> String {
    String::from_utf8(printed).expect("an object name").trim().to_owned()
}

/// A tree with one file of a letter a line.
fn tree(scratch: &Scratch, letters: &[u8]) -> String {
    let content: Vec<u8> = letters.iter().flat_map(|letter| [*letter, b'\n']).collect();
    let blob = text(scratch.git(&["hash-object", "-w", "--stdin"], &content));
    text(scratch.git(&["mktree"], format!("100644 blob {blob}\tfile\n").as_bytes()))
}

/// Some lines replaced, removed and added.
fn changed(random: &mut Random, base: &[u8]) -> Vec<u8> {
    let mut lines = base.to_vec();
    for _ in 0..random.below(5) + 1 {
        let at = random.below(lines.len());
        match random.below(3) {
            0 => lines.insert(at, b'a' + u8::try_from(random.below(26)).expect("a letter")),
            1 if lines.len() > 1 => drop(lines.remove(at)),
            _ => lines[at] = b'A' + u8::try_from(random.below(26)).expect("a letter"),
        }
    }
    lines
}

#[test]
fn places_are_counted_as_git_marks_them() {
    let scratch = Scratch::new();
    let mut random = Random::new(number("UPTAKE_ENGINE_SEED", 1));
    let (mut conflicts, mut several) = (0, 0);
    for _ in 0..MERGES {
        let base: Vec<u8> = (0..24).map(|_| b'a' + u8::try_from(random.below(26)).expect("a letter")).collect();
        let sides = [base.clone(), changed(&mut random, &base), changed(&mut random, &base)];
        let [base, ours, theirs] = sides.each_ref().map(|letters| tree(&scratch, letters));
        let line = format!("{base} -- {ours} {theirs}\n");
        let printed = scratch.git(&["merge-tree", "--stdin", "-z", "--no-messages"], line.as_bytes());
        let result = text(printed.split(|byte| *byte == 0).nth(1).expect("a tree").to_vec());
        let marked = scratch.git(&["cat-file", "blob", &format!("{result}:file")], b"");
        let shown = marked.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"<<<<<<< ")).count();
        let repo = Repo::open(&scratch.path()).expect("a repository");
        let mut merger = Merger::as_of(&repo, installed()).expect("a repository");
        let [base, ours, theirs] = [base, ours, theirs].map(|tree| tree.parse().expect("a tree"));
        let merged = merger.merge(base, ours, theirs, &engine::MergeLabels::default()).expect("merged");
        let places: usize = merged.conflicts.iter().map(|conflict| merger.places(conflict).expect("counted")).sum();
        assert_eq!(places, shown, "{}\n{sides:?}", String::from_utf8_lossy(&marked));
        conflicts += usize::from(shown > 0);
        several += usize::from(shown > 1);
    }
    assert!(conflicts > MERGES / 4 && several > 10, "{conflicts} conflicts, {several} in several places");
}
