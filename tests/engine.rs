//! Our merges against git's: the verdict, the paths in conflict and, when clean, the tree, on histories made up and real.
//!
//! `UPTAKE_ENGINE_PICKS=100000 cargo test --test scenarios engine::` makes up more, `UPTAKE_ENGINE_SEED` starts elsewhere, and
//! with `UPTAKE_ENGINE_KEEP=1` repositories in which answers differ are left for a look.
//! `UPTAKE_ENGINE_REPO=<repository> UPTAKE_ENGINE_RANGE=<fork>..<upstream>` compares on a real range, alone and in sequence.

#![allow(clippy::print_stdout, reason = "a comparison run by hand is read")]

mod history;
mod oracle;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use engine::ids::TreeId;
use engine::{MergeLabels, Merger, Repo, TouchedEntries, TreePatch};
use history::{Random, State};
use oracle::{Answer, Pick, Scratch, git};

/// Merges per repository.
const BATCH: usize = 1000;
/// States an upstream goes through in one history.
const STEPS: usize = 9;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

/// Our answer to the same merge.
fn ours(merger: &mut Merger<'_>, pick: &Pick, trees: [&String; 3]) -> Answer {
    let [base, ours, theirs] = trees.map(|tree| tree.parse::<TreeId>().expect("a tree"));
    let labels = MergeLabels { base: pick.base.clone(), ours: pick.ours.clone(), theirs: pick.theirs.clone() };
    let merged = merger.merge(base, ours, theirs, &labels).expect("all objects are here");
    Answer {
        clean: merged.is_clean(),
        tree: merged.tree.to_string(),
        paths: merged.conflicts.iter().map(|conflict| conflict.path.as_bytes().to_vec()).collect(),
    }
}

/// Whether two answers are the same where it counts: the tree of a conflict is ours to write.
fn agree(ours: &Answer, gits: &Answer) -> bool {
    ours.clean == gits.clean && ours.paths == gits.paths && (!gits.clean || ours.tree == gits.tree)
}

fn describe(name: &str, pick: &Pick, ours: &Answer, gits: &Answer) -> String {
    let show = |answer: &Answer| {
        let paths: Vec<_> = answer.paths.iter().map(|path| String::from_utf8_lossy(path)).collect();
        format!("{} {} {paths:?}", if answer.clean { "clean" } else { "conflict" }, answer.tree)
    };
    format!(
        "{name}: --merge-base={} {} {}\n  git:  {}\n  ours: {}",
        pick.base,
        pick.ours,
        pick.theirs,
        show(gits),
        show(ours)
    )
}

/// One fork and the states its upstream goes through.
fn history(seed: u64) -> (State, Vec<State>) {
    let mut random = Random::new(seed);
    let base = State::first(&mut random);
    let mut fork = base.clone();
    // Every other history is a calm one: few changes, most of which merge.
    let (fork_changes, first_changes, changes) = if seed.is_multiple_of(2) { (3, 2, 2) } else { (10, 12, 5) };
    fork.change(&mut random, fork_changes, &base);
    let mut upstream = base;
    let mut states = Vec::new();
    for step in 0..=STEPS {
        // The first state may be far from the base, for a fork drifts; then it is small changes.
        let most = if step == 0 { first_changes } else { changes };
        upstream.change(&mut random, most, &fork);
        states.push(upstream.clone());
    }
    (fork, states)
}

/// What a comparison came to.
#[derive(Default)]
struct Tally {
    merges: usize,
    clean: usize,
    /// Merges for which git has no answer to compare with.
    unanswered: usize,
    /// Merges that met what an earlier one met, and came out as that one did.
    same_entries: usize,
    wrong: Vec<String>,
}

/// What came of picks that hang on the files they change alone.
#[derive(Default)]
struct Results(HashMap<(String, String, TouchedEntries), Came>);

/// The verdict, the paths in conflict and, when clean, the files.
type Came = (bool, Vec<Vec<u8>>, TouchedEntries);

impl Results {
    /// Notes what came of a pick; where one met the same before, it must have come out the same, which is then said.
    fn holds(&mut self, merger: &mut Merger<'_>, repo: &Repo, pick: &Pick, ours: &Answer) -> bool {
        let [base, theirs, onto, result] =
            [&pick.base, &pick.theirs, &pick.ours, &ours.tree].map(|tree| tree.parse::<TreeId>().expect("a tree"));
        let changes = repo.changes(Some(base), theirs).expect("read");
        let Some(touched) = merger.touched_entries(&changes, theirs, onto, &TreePatch::new()).expect("read") else {
            return false;
        };
        let paths = changes.iter().map(|change| &change.path);
        let after = merger.files_at(result, paths.clone()).expect("read");
        // Nothing but the files it changes may come out otherwise than it was.
        let put_back = merger.with_entries(result, paths.zip(touched.iter().copied())).expect("put together");
        assert_eq!(put_back.to_string(), pick.ours, "{pick:?}");
        // The name of a tree that a conflict left in a file is the test's own label.
        let after = if ours.clean { after } else { TouchedEntries::new() };
        let came = (ours.clean, ours.paths.clone(), after);
        match self.0.entry((pick.base.clone(), pick.theirs.clone(), touched)) {
            Entry::Vacant(place) => {
                place.insert(came);
                false
            }
            Entry::Occupied(known) => {
                assert_eq!(*known.get(), came, "{pick:?}");
                true
            }
        }
    }
}

/// Compares some generated merges, each alone and in sequence.
fn compare_generated(seed: u64, histories: u64, tally: &mut Tally) {
    let scratch = Scratch::new();
    let mut stream = Vec::new();
    let mut marks = 0;
    for i in 0..histories {
        let (fork, states) = history(seed + i);
        for state in std::iter::once(&fork).chain(&states) {
            marks += 1;
            state.export(marks, &mut stream);
        }
    }
    scratch.git(&["fast-import", "--quiet", "--force", "--export-marks=marks"], &stream);
    let marks = std::fs::read_to_string(scratch.path().join("marks")).expect("marks");
    let mut commits: Vec<(usize, String)> = marks
        .lines()
        .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
        .map(|(mark, commit)| (mark.parse().expect("a number"), commit.to_owned()))
        .collect();
    commits.sort();
    let commits: Vec<String> = commits.into_iter().map(|(_, commit)| commit).collect();
    let trees = scratch.trees(&commits);
    let repo = Repo::open(&scratch.path()).expect("a repository");
    let mut merger = Merger::new(&repo).expect("a repository");
    let wrong_before = tally.wrong.len();
    // In sequence: where each history's fork has come to, by the clean picks so far.
    let mut heads: Vec<String> = trees.chunks(STEPS + 2).map(|history| history[0].clone()).collect();
    for step in 1..=STEPS {
        let mut picks = Vec::new();
        let mut names = Vec::new();
        for (i, history) in trees.chunks(STEPS + 2).enumerate() {
            let (fork, base, theirs) = (&history[0], &history[step], &history[step + 1]);
            let seed = seed + i as u64;
            let mut add = |name: &str, base: &String, ours: &String, theirs: &String| {
                names.push((format!("history {seed}, step {step}, {name}"), i));
                picks.push(Pick { base: base.clone(), ours: ours.clone(), theirs: theirs.clone() });
            };
            add("alone", base, fork, theirs);
            add("in sequence", base, &heads[i], theirs);
            // The other way round: the fork's whole change onto upstream.
            add("turned", &history[1], theirs, fork);
        }
        let answers = scratch.merge(&picks);
        let mut known = Results::default();
        for ((pick, gits), (name, i)) in picks.iter().zip(&answers).zip(&names) {
            let ours = ours(&mut merger, pick, [&pick.base, &pick.ours, &pick.theirs]);
            tally.merges += 1;
            let Some(gits) = gits else {
                tally.unanswered += 1;
                continue;
            };
            tally.clean += usize::from(gits.clean);
            if !agree(&ours, gits) {
                tally.wrong.push(describe(name, pick, &ours, gits));
            }
            tally.same_entries += usize::from(known.holds(&mut merger, &repo, pick, &ours));
            if gits.clean && name.ends_with("in sequence") {
                heads[*i].clone_from(&gits.tree);
            }
        }
    }
    if tally.wrong.len() > wrong_before && std::env::var_os("UPTAKE_ENGINE_KEEP").is_some() {
        tally.wrong.push(format!("the repository is {}", scratch.keep().display()));
    }
}

#[test]
fn generated_merges_are_gits() {
    let picks = usize::try_from(number("UPTAKE_ENGINE_PICKS", 2000)).expect("a number");
    let mut seed = number("UPTAKE_ENGINE_SEED", 1);
    let mut tally = Tally::default();
    let per_history = 3 * STEPS;
    while tally.merges < picks {
        let histories = (picks - tally.merges).min(BATCH).div_ceil(per_history) as u64;
        compare_generated(seed, histories, &mut tally);
        seed += histories;
    }
    let Tally { merges, clean, unanswered, same_entries, wrong } = tally;
    println!(
        "{merges} merges: {clean} clean, {} answered differently, {unanswered} without an answer of git's",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} of {merges} differ:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    assert!(
        clean * 10 > merges * 2 && clean * 10 < merges * 8,
        "both outcomes are exercised: {clean} of {merges} clean"
    );
    assert!(same_entries * 50 > merges, "equal entries are exercised: {same_entries} of {merges}");
    assert!(unanswered * 50 < merges, "git answers nearly all: not {unanswered} of {merges}");
}

#[test]
fn real_merges_are_gits() {
    let (Some(repo), Ok(range)) = (std::env::var_os("UPTAKE_ENGINE_REPO"), std::env::var("UPTAKE_ENGINE_RANGE")) else {
        return;
    };
    let repo = std::path::PathBuf::from(repo);
    let (fork, _) = range.split_once("..").expect("UPTAKE_ENGINE_RANGE=<fork>..<upstream>");
    let lines = |arguments: &[&str]| -> Vec<String> {
        String::from_utf8(git(&repo, arguments, b"")).expect("text").lines().map(str::to_owned).collect()
    };
    let commits = lines(&["rev-list", "--reverse", "--topo-order", "--no-merges", &range]);
    let parents: Vec<String> = commits.iter().map(|commit| format!("{commit}^")).collect();
    let scratch = Scratch::borrowing(&repo);
    let (theirs, bases) = (scratch.trees(&commits), scratch.trees(&parents));
    let fork = lines(&["rev-parse", &format!("{fork}^{{tree}}")]).remove(0);
    let opened = Repo::open(&scratch.path()).expect("a repository");
    let mut merger = Merger::new(&opened).expect("a repository");
    let mut wrong = Vec::new();
    let picks: Vec<Pick> = bases
        .iter()
        .zip(&theirs)
        .map(|(base, theirs)| Pick { base: base.clone(), ours: fork.clone(), theirs: theirs.clone() })
        .collect();
    let mut tally = [0; 3];
    for ((pick, gits), commit) in picks.iter().zip(scratch.merge(&picks)).zip(&commits) {
        let gits = gits.expect("git answers");
        let ours = ours(&mut merger, pick, [&pick.base, &pick.ours, &pick.theirs]);
        tally[if !gits.clean {
            0
        } else if gits.tree == fork {
            1
        } else {
            2
        }] += 1;
        if !agree(&ours, &gits) {
            wrong.push(describe(&format!("{commit} alone"), pick, &ours, &gits));
        }
    }
    println!("{} picks alone: {} conflict, {} change nothing, {} apply", picks.len(), tally[0], tally[1], tally[2]);
    let (mut head, mut landed) = (fork, 0);
    for (pick, commit) in picks.iter().zip(&commits) {
        let pick = Pick { ours: head.clone(), ..pick.clone() };
        let gits = scratch.merge(std::slice::from_ref(&pick)).remove(0).expect("git answers");
        let ours = ours(&mut merger, &pick, [&pick.base, &pick.ours, &pick.theirs]);
        if !agree(&ours, &gits) {
            wrong.push(describe(&format!("{commit} in sequence"), &pick, &ours, &gits));
        }
        if gits.clean {
            landed += usize::from(gits.tree != head);
            head = gits.tree;
        }
    }
    println!("in sequence {landed} apply");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
