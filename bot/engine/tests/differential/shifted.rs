//! Merges that are clean since git 2.54, and were a conflict before.

use engine::{GitVersion, Merger, Repo};

use super::compare::{Engine, Verdict, answer};
use super::oracle::{Pick, Scratch, installed};

const BASE: &str = "A x A A A x A A A";
const THEIRS: &str = "A x A Z A x A A A";
/// Our side, and what the merge is.
const CASES: [(&str, &str); 3] = [
    ("A y A A A x A A A", "A y A Z A x A A A"),
    ("B x A A A x A A A", "B x A Z A x A A A"),
    ("N A x A A A x A A A", "N A x A Z A x A A A"),
];

/// A tree with one file of a letter a line.
fn tree(scratch: &Scratch, letters: &str) -> String {
    let text = |printed: Vec<u8>| String::from_utf8(printed).expect("an object name").trim().to_owned();
    let content = letters.replace(' ', "\n") + "\n";
    let blob = text(scratch.git(&["hash-object", "-w", "--stdin"], content.as_bytes()));
    text(scratch.git(&["mktree"], format!("100644 blob {blob}\tfile\n").as_bytes()))
}

#[test]
fn groups_that_were_slid_are_compared_again() {
    let scratch = Scratch::new();
    let (base, theirs) = (tree(&scratch, BASE), tree(&scratch, THEIRS));
    let picks: Vec<Pick> = CASES
        .iter()
        .map(|(ours, _)| Pick { base: base.clone(), ours: tree(&scratch, ours), theirs: theirs.clone() })
        .collect();
    let expected: Vec<String> = CASES.iter().map(|(_, merged)| tree(&scratch, merged)).collect();
    let repo = Repo::open(&scratch.path()).expect("a repository");
    let mut engine = Engine::new(&repo).expect("a repository");
    for ((pick, gits), merged) in picks.iter().zip(scratch.merge(&picks)).zip(expected) {
        let (ours, verdict) = engine.compare("shifted", pick, &gits.expect("git answers"));
        assert!(ours.clean && ours.tree == merged, "{ours:?}");
        assert_eq!(verdict, if installed() >= GitVersion(2, 54) { Verdict::Same } else { Verdict::GitIsOlder });
        let mut earlier = Merger::as_of(&repo, GitVersion(2, 53)).expect("a repository");
        assert!(!answer(&mut earlier, pick).clean, "a conflict by the rules of earlier versions");
    }
}
