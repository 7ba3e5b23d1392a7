//! How many files a change touches, as `git diff` counts them with its search for renames.

use engine::ids::TreeId;
use engine::{Merger, Repo};

use super::history::made_up;
use super::oracle::Scratch;

#[test]
fn files_are_counted_as_git_counts_them() {
    let scratch = Scratch::new();
    let mut stream = Vec::new();
    let mut marks = 0;
    for seed in 0..60 {
        let (fork, states) = made_up(seed);
        for state in std::iter::once(&fork).chain(&states) {
            marks += 1;
            state.export(marks, &mut stream);
        }
    }
    let trees = scratch.trees(&scratch.import(&stream));
    let repo = Repo::open(&scratch.path()).expect("a repository");
    let mut merger = Merger::new(&repo).expect("a repository");
    let mut renames = 0;
    for pair in trees.windows(2) {
        let count = |options: &[&str]| {
            let names =
                scratch.git(&[&["diff-tree", "-r", "-z", "--name-only"], options, &[&pair[0], &pair[1]]].concat(), b"");
            names.iter().filter(|byte| **byte == 0).count()
        };
        let gits = count(&["-M"]);
        let [old, new] = [&pair[0], &pair[1]].map(|tree| tree.parse::<TreeId>().expect("a tree"));
        assert_eq!(
            merger.files_changed(old, new).expect("counted"),
            gits,
            "git diff --name-status -M {} {}",
            pair[0],
            pair[1]
        );
        renames += usize::from(gits < count(&["--no-renames"]));
    }
    assert!(renames > 100, "renames are exercised: {renames}");
}
