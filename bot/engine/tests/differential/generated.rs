//! Made-up merges, thousands of them: each alone, in sequence, and the other way round.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use engine::ids::TreeId;
use engine::{Merger, Repo, TouchedEntries, TreePatch};

use super::compare::{Engine, Verdict};
use super::history::{STEPS, made_up};
use super::number;
use super::oracle::{Answer, Pick, Scratch};

/// Merges per repository.
const BATCH: usize = 1000;

/// What a comparison came to.
#[derive(Default)]
struct Tally {
    merges: usize,
    clean: usize,
    /// Merges in which nothing but texts conflicts, whose markers are compared.
    marked: usize,
    /// Merges for which git has no answer to compare with.
    unanswered: usize,
    /// Merges that met what an earlier one met, and came out as that one did.
    same_entries: usize,
    /// Merges whose answer is git 2.54's, while the git here is older.
    git_is_older: usize,
    wrong: Vec<String>,
}

/// The results of picks that depend on the files they change alone.
#[derive(Default)]
struct Results(HashMap<(String, String, TouchedEntries), Came>);

/// The verdict, the paths in conflict and, when clean, the files.
type Came = (bool, Vec<Vec<u8>>, TouchedEntries);

impl Results {
    /// Notes the result of a pick, and says whether an earlier one met the same files; then it must have the same result.
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
        let (fork, states) = made_up(seed + i);
        for state in std::iter::once(&fork).chain(&states) {
            marks += 1;
            state.export(marks, &mut stream);
        }
    }
    let commits = scratch.import(&stream);
    let trees = scratch.trees(&commits);
    let repo = Repo::open(&scratch.path()).expect("a repository");
    let mut engine = Engine::new(&repo).expect("a repository");
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
            tally.merges += 1;
            let Some(gits) = gits else {
                tally.unanswered += 1;
                continue;
            };
            tally.clean += usize::from(gits.clean);
            let (ours, verdict) = engine.compare(name, pick, gits);
            tally.marked += usize::from(!gits.clean && ours.only_texts);
            match verdict {
                Verdict::Same => {}
                Verdict::GitIsOlder => tally.git_is_older += 1,
                Verdict::Different(description) => tally.wrong.push(description),
            }
            tally.same_entries += usize::from(known.holds(&mut engine.merger, &repo, pick, &ours));
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
    let Tally { merges, clean, marked, unanswered, same_entries, git_is_older, wrong } = tally;
    println!(
        "{merges} merges: {clean} clean, {} answered differently, {git_is_older} by git 2.54's rules, {unanswered} without an answer of git's",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} of {merges} differ:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    assert!(
        clean * 10 > merges * 2 && clean * 10 < merges * 8,
        "both outcomes are exercised: {clean} of {merges} clean"
    );
    assert!(marked * 50 > merges, "markers are exercised: {marked} of {merges}");
    assert!(same_entries * 50 > merges, "equal entries are exercised: {same_entries} of {merges}");
    assert!(git_is_older * 200 < merges, "2.54 differs rarely: not {git_is_older} of {merges}");
    assert!(unanswered * 50 < merges, "git answers nearly all: not {unanswered} of {merges}");
}
