//! Merges that are clean since git 2.54, and were a conflict before.

use engine::{GitVersion, Merger, Repo};

use super::compare::{Engine, Verdict, answer};
use super::history::{Random, State};
use super::number;
use super::oracle::{Pick, Scratch, installed};

/// Merges of a few letters.
const MERGES: usize = 1500;

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

/// A base of few different lines, and two sides that each changed some of them: nearly every group of changed lines can be slid.
fn letters(random: &mut Random) -> [State; 3] {
    texts(random).map(|text| State::of_file("file", text))
}

/// The texts of [`letters`].
pub(super) fn texts(random: &mut Random) -> [Vec<u8>; 3] {
    let alphabet = 2 + random.below(3);
    let letter = |random: &mut Random| [b"AxyB"[random.below(alphabet)], b'\n'];
    let base: Vec<[u8; 2]> = (0..5 + random.below(12)).map(|_| letter(random)).collect();
    let mut side = |changed: bool| {
        let mut lines = base.clone();
        let edits = if changed { 1 + random.below(4) } else { 0 };
        for _ in 0..edits {
            let at = random.below(lines.len());
            match random.below(4) {
                0 if lines.len() > 1 => drop(lines.remove(at)),
                1 => lines[at] = letter(random),
                2 => lines.insert(at, [b'Z', b'\n']),
                _ => lines.insert(at, letter(random)),
            }
        }
        lines.concat()
    };
    [side(false), side(true), side(true)]
}

#[test]
fn merges_of_few_lines_are_gits() {
    let mut random = Random::new(number("UPTAKE_ENGINE_SEED", 1));
    let scratch = Scratch::new();
    let mut stream = Vec::new();
    for merge in 0..MERGES {
        for (at, state) in letters(&mut random).iter().enumerate() {
            state.export(3 * merge + at + 1, &mut stream);
        }
    }
    let trees = scratch.trees(&scratch.import(&stream));
    let picks: Vec<Pick> = trees
        .chunks(3)
        .map(|trees| Pick { base: trees[0].clone(), ours: trees[1].clone(), theirs: trees[2].clone() })
        .collect();
    let repo = Repo::open(&scratch.path()).expect("a repository");
    let mut engine = Engine::new(&repo).expect("a repository");
    let (mut clean, mut git_is_older, mut wrong) = (0, 0, Vec::new());
    for (pick, gits) in picks.iter().zip(scratch.merge(&picks)) {
        let gits = gits.expect("git answers");
        clean += usize::from(gits.clean);
        match engine.compare("letters", pick, &gits).1 {
            Verdict::Same => {}
            Verdict::GitIsOlder => git_is_older += 1,
            Verdict::Different(description) => {
                let texts = [&pick.base, &pick.ours, &pick.theirs].map(|tree| {
                    let text = scratch.git(&["show", &format!("{tree}:file")], b"");
                    String::from_utf8_lossy(&text).replace('\n', "")
                });
                wrong.push(format!("{texts:?} {description}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{MERGES} merges of letters: {clean} clean, {git_is_older} by git 2.54's rules");
    assert!(clean * 10 > MERGES && clean * 10 < MERGES * 9, "both outcomes are exercised: {clean} clean");
    assert_eq!(git_is_older > 0, installed() < GitVersion(2, 54), "what differs is exercised: {git_is_older}");
}
