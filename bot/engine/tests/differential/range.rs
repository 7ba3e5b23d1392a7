//! The commits of a range, each picked alone and then one after the other: a range of a real repository, or one made up.

use std::path::{Path, PathBuf};

use engine::Repo;

use super::compare::{Engine, Verdict};
use super::history::{STEPS, made_up};
use super::number;
use super::oracle::{Pick, Scratch, git};

/// Histories that are made up where no repository is named.
const HISTORIES: u64 = 4;

/// The results of the picks of a range, as git has them.
#[derive(Debug, Default)]
struct Tally {
    conflict: usize,
    change_nothing: usize,
    apply: usize,
    /// Those that apply one after the other.
    in_sequence: usize,
    git_is_older: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn note(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Same => {}
            Verdict::GitIsOlder => self.git_is_older += 1,
            Verdict::Different(description) => self.wrong.push(description),
        }
    }

    fn compare(&mut self, repo: &Path, range: &str) {
        let (fork, _) = range.split_once("..").expect("a range is written <fork>..<upstream>");
        let lines = |arguments: &[&str]| -> Vec<String> {
            String::from_utf8(git(repo, arguments, b"")).expect("text").lines().map(str::to_owned).collect()
        };
        let commits = lines(&["rev-list", "--reverse", "--topo-order", "--no-merges", range]);
        let parents: Vec<String> = commits.iter().map(|commit| format!("{commit}^")).collect();
        let scratch = Scratch::borrowing(repo);
        let (theirs, bases) = (scratch.trees(&commits), scratch.trees(&parents));
        let fork = lines(&["rev-parse", &format!("{fork}^{{tree}}")]).remove(0);
        let opened = Repo::open(&scratch.path()).expect("a repository");
        let mut engine = Engine::new(&opened).expect("a repository");
        let picks: Vec<Pick> = bases
            .iter()
            .zip(&theirs)
            .map(|(base, theirs)| Pick { base: base.clone(), ours: fork.clone(), theirs: theirs.clone() })
            .collect();
        for ((pick, gits), commit) in picks.iter().zip(scratch.merge(&picks)).zip(&commits) {
            let Some(gits) = gits else { continue };
            let came = match gits.clean {
                false => &mut self.conflict,
                true if gits.tree == fork => &mut self.change_nothing,
                true => &mut self.apply,
            };
            *came += 1;
            self.note(engine.compare(&format!("{commit} alone"), pick, &gits).1);
        }
        let mut head = fork;
        for (pick, commit) in picks.iter().zip(&commits) {
            let pick = Pick { ours: head.clone(), ..pick.clone() };
            let Some(gits) = scratch.merge(std::slice::from_ref(&pick)).remove(0) else { continue };
            self.note(engine.compare(&format!("{commit} in sequence"), &pick, &gits).1);
            if gits.clean {
                self.in_sequence += usize::from(gits.tree != head);
                head = gits.tree;
            }
        }
    }
}

/// A repository with a fork and an upstream that went their ways.
fn made_up_range(seed: u64) -> Scratch {
    let (fork, states) = made_up(seed);
    let mut stream = Vec::new();
    states[0].export(1, &mut stream);
    fork.export_onto(Some(1), 2, &mut stream);
    states[1].export_onto(Some(1), 3, &mut stream);
    for (step, state) in states.iter().enumerate().skip(2) {
        state.export_onto(Some(step + 1), step + 2, &mut stream);
    }
    let scratch = Scratch::new();
    let commits = scratch.import(&stream);
    scratch.git(&["update-ref", "refs/heads/fork", &commits[1]], b"");
    scratch.git(&["update-ref", "refs/heads/upstream", &commits[STEPS + 1]], b"");
    scratch
}

#[test]
fn the_picks_of_a_range_are_gits() {
    let mut tally = Tally::default();
    match (std::env::var_os("UPTAKE_ENGINE_REPO"), std::env::var("UPTAKE_ENGINE_RANGE")) {
        (Some(repo), Ok(range)) => tally.compare(&PathBuf::from(repo), &range),
        (None, Err(_)) => {
            let seed = number("UPTAKE_ENGINE_SEED", 1);
            for scratch in (seed..seed + HISTORIES).map(made_up_range) {
                tally.compare(&scratch.path(), "fork..upstream");
            }
            let Tally { conflict, apply, in_sequence, .. } = &tally;
            assert!(*conflict > 0 && *apply > 0 && *in_sequence > 0, "all outcomes are there: {tally:?}");
        }
        _ => panic!("a real range takes both UPTAKE_ENGINE_REPO and UPTAKE_ENGINE_RANGE=<fork>..<upstream>"),
    }
    let Tally { conflict, change_nothing, apply, in_sequence, git_is_older, wrong } = tally;
    println!(
        "{} picks alone: {conflict} conflict, {change_nothing} change nothing, {apply} apply; in sequence {in_sequence} apply; \
         {git_is_older} by git 2.54's rules, {} answered differently",
        conflict + change_nothing + apply,
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
