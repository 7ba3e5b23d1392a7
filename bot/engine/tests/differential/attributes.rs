//! Merges as `.gitattributes` has them, by us and by git with a work tree's attributes.

use engine::{GitVersion, Merger, Repo};

use super::compare::answer;
use super::history::{Random, State};
use super::number;
use super::oracle::{Pick, Scratch, installed};
use super::shifted::texts;

/// Merges for each way.
const MERGES: usize = 400;

/// Ways to write what merges `dir/file`, and whether conflicts are still met.
const WAYS: [(&str, bool); 5] = [
    ("file merge=union\n", false),
    ("[attr]joined merge=union\ndir/* joined\nfile -text\n", false),
    ("file binary\n", true),
    ("*file -merge\n", true),
    ("file merge=union\n/dir/file !merge\n", true),
];

/// Three states of a file in a folder. Some have no line feed at their end, some end their lines in CR LF.
fn states(random: &mut Random, attributes: &str) -> [State; 3] {
    let carriage = random.below(4) == 0;
    texts(random).map(|mut text| {
        if random.below(3) == 0 {
            text.pop();
        }
        let text = if carriage { String::from_utf8_lossy(&text).replace('\n', "\r\n").into_bytes() } else { text };
        State::of_file("dir/file", text).and_file(".gitattributes", attributes.as_bytes().to_vec())
    })
}

#[test]
fn attributes_merge_as_in_gits_work_tree() {
    let mut random = Random::new(number("UPTAKE_ENGINE_SEED", 1));
    for (attributes, conflicting) in WAYS {
        let scratch = Scratch::new();
        let mut stream = Vec::new();
        for merge in 0..MERGES {
            for (at, state) in states(&mut random, attributes).iter().enumerate() {
                state.export(3 * merge + at + 1, &mut stream);
            }
        }
        let trees = scratch.trees(&scratch.import(&stream));
        let pick = |trees: &[String]| Pick { base: trees[0].clone(), ours: trees[1].clone(), theirs: trees[2].clone() };
        let picks: Vec<Pick> = trees.chunks(3).map(pick).collect();
        let repo = Repo::open(&scratch.path()).expect("a repository");
        let mut merger = Merger::as_of(&repo, installed().min(GitVersion::LATEST)).expect("a repository");
        // A union is of what git's default style has between its markers; the style that ships shows more.
        let source = format!("--attr-source={}", picks[0].ours);
        let style = if conflicting { "merge.conflictStyle=zdiff3" } else { "merge.conflictStyle=merge" };
        let gits = scratch.merge_with(&[&source, "-c", style], &picks);
        let (mut clean, mut wrong) = (0, Vec::new());
        for (pick, gits) in picks.iter().zip(gits) {
            let gits = gits.expect("git answers");
            let ours = answer(&mut merger, pick);
            clean += usize::from(ours.clean);
            let same_tree = ours.tree == gits.tree || !gits.clean;
            if ours.clean != gits.clean || ours.paths != gits.paths || !same_tree {
                let show = |tree: &str| {
                    String::from_utf8_lossy(&scratch.git(&["show", &format!("{tree}:dir/file")], b"")).into_owned()
                };
                let texts = [&pick.base, &pick.ours, &pick.theirs, &gits.tree].map(|tree| show(tree));
                wrong.push(format!("{attributes}: {texts:?}\n  git: {gits:?}\n  we: {ours:?}"));
            }
        }
        assert!(wrong.is_empty(), "{} of {MERGES}\n{}", wrong.len(), wrong[0]);
        assert_eq!(clean < MERGES, conflicting, "{attributes}: {clean} clean");
    }
}
