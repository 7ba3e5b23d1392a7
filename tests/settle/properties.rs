//! What holds for every path rule, on made-up histories: no line of either side is lost unnamed, and the order of picks that have
//! nothing to do with each other does not matter.

use std::collections::HashMap;

use proptest::prelude::*;
use uptake::commit::{Signature, When};
use uptake::config::raw::Stacking;
use uptake::config::{Config, Lookup};
use uptake::git::{Edit, Repo};
use uptake::ids::CommitId;
use uptake::pick::answer::Memory;
use uptake::pick::workshop::Closed;
use uptake::pick::{BuiltPhase, Ground, Outcome, Remade, Seek, Tools, Ways, build};
use uptake::plan::all_open;
use uptake::progress::Silent;
use uptake::survey::{Heads, survey};

const FILES: [&str; 3] = ["a.txt", "b.txt", "c.txt"];

/// The lines of each file, in the base, the fork, and upstream's commits one after the other.
type Sides = (Vec<Vec<u8>>, Vec<Vec<u8>>, Vec<Vec<Vec<u8>>>);

fn lines() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(0_u8..6, 0..9)
}

fn sides() -> impl Strategy<Value = Sides> {
    let all = || proptest::collection::vec(lines(), FILES.len());
    (all(), all(), proptest::collection::vec(all(), 1..4))
}

fn text(lines: &[u8]) -> String {
    lines.iter().map(|line| format!("line {line}\n")).collect()
}

fn signature(at: i64) -> Signature {
    Signature {
        name: "Ada".into(),
        email: "ada@example.org".into(),
        when: When { seconds: 1_756_728_000 + at, offset: 0 },
    }
}

/// Makes the history and builds all of upstream's commits onto the fork, in the order given.
fn built(sides: &Sides, rule: &str, order: &[usize]) -> (BuiltPhase, HashMap<String, String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let repo = Repo::init(&folder.path().join("r"), "main").expect("a repository");
    let commit = |parents: &[CommitId], files: &[Vec<u8>], at: i64| {
        let texts: Vec<String> = files.iter().map(|lines| text(lines)).collect();
        let edits: Vec<Edit<'_>> = FILES.iter().zip(&texts).map(|(path, text)| Edit::Write(path, text)).collect();
        repo.commit_edits(parents, &edits, &signature(at), &signature(at), &format!("Commit {at}")).expect("a commit")
    };
    let base = commit(&[], &sides.0, 0);
    let fork = commit(&[base], &sides.1, 1);
    let mut head = base;
    for (at, files) in (2..).zip(&sides.2) {
        head = commit(&[head], files, at);
    }
    let yaml = format!(
        "phases: [{{ id: p, title: P, priority: 1, rules: [{{ paths: ['**'] }}] }}]\nconflicts: [{{ path: '**', use: {rule} }}]\n"
    );
    let config = Config::parse(&yaml, "uptake.yml", &|_| Lookup::Unknown { like: Vec::new() }).expect("right");
    let survey = survey(&repo, Heads { fork, upstream: head }, &Config::default(), &[], &mut Silent).expect("a survey");
    let mut plan = all_open(&survey);
    let choices = plan.phases[0].choices.clone();
    plan.phases[0].choices = order.iter().filter_map(|at| choices.get(*at).cloned()).collect();
    let memory = Memory::default();
    let ways = Ways { decisions: &[], memory: &memory, rules: &config.conflicts };
    let remade = Remade::default();
    let tools = Tools { workshop: &Closed, remade: &remade };
    let ground = Ground {
        branch: "main",
        head: fork,
        stacking: Stacking::Fork,
        ways,
        tools,
        apart: std::collections::BTreeSet::new(),
    };
    let seek = Seek::One(&survey, fork);
    let phase = build(&repo, seek, &plan, &ground, &mut Silent).expect("built").phases.remove(0);
    let files = repo.files(phase.tree).expect("a tree").into_iter().map(|path| {
        let entry = repo.entry(phase.tree, &path).expect("a tree").expect("a file");
        (path.to_string(), String::from_utf8_lossy(&repo.blob(entry.id).expect("a file")).into_owned())
    });
    let files = files.collect();
    (phase, files)
}

/// How often a text has a line.
fn times(text: &str, line: &str) -> usize {
    text.lines().filter(|known| *known == line).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// One pick: what upstream adds and what the fork had is in the file, or in the list of what was given up. The count here
    /// is made from the texts alone, apart from the product's.
    #[test]
    fn no_line_is_lost_unnamed(sides in sides(), rule in prop::sample::select(vec!["upstream", "fork", "union", "keep-local", "lockfile"])) {
        let (base, fork, mut upstream) = sides;
        upstream.truncate(1);
        let sides = (base, fork, upstream);
        let (phase, files) = built(&sides, rule, &[0]);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        for pick in &phase.picks {
            prop_assert!(pick.outcome != Outcome::Conflicted, "{:?}", pick);
            for (at, path) in FILES.iter().enumerate() {
                let [base, ours, theirs] = [&sides.0[at], &sides.1[at], &sides.2[0][at]].map(|lines| text(lines));
                let settled = &files[*path];
                let lost: Vec<&uptake::pick::Lost> = pick.resolutions.iter().filter(|found| found.path.to_string() == *path).map(|found| &found.lost)
                    .chain(phase.locks.iter().filter(|lock| lock.path.to_string() == *path).map(|lock| &lock.lost)).collect();
                for line in (0..6).map(|line| format!("line {line}")) {
                    let [b, o, t, s] = [&base, &ours, &theirs, settled].map(|text| times(text, &line));
                    let named = |of: fn(&uptake::pick::Lost) -> &Vec<String>| lost.iter().flat_map(|lost| of(lost)).filter(|known| **known == line).count();
                    // A line the base has may have moved, been added twice over, or both: of a new one there is no doubt.
                    if b == 0 {
                        prop_assert!(s + named(|lost| &lost.upstream) >= t, "{path}: {line}: upstream's: {base:?} {ours:?} {theirs:?} -> {settled:?}");
                        prop_assert!(s + named(|lost| &lost.fork) >= o, "{path}: {line}: the fork's: {base:?} {ours:?} {theirs:?} -> {settled:?}");
                    }
                }
            }
        }
    }

    /// A row of picks: each of them is accounted for.
    #[test]
    fn a_row_of_picks_loses_nothing_unnamed(sides in sides(), rule in prop::sample::select(vec!["upstream", "fork", "union", "keep-local"])) {
        let (phase, _) = built(&sides, rule, &[0, 1, 2]);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        let conflicted = phase.picks.iter().filter(|pick| pick.outcome == Outcome::Conflicted).count();
        prop_assert_eq!(conflicted, 0);
    }

    /// Commits that touch different files may come in any order.
    #[test]
    fn the_order_of_independent_picks_does_not_matter(sides in sides(), rule in prop::sample::select(vec!["upstream", "fork", "union", "keep-local"])) {
        let (base, fork, upstream) = sides;
        let last = upstream.last().cloned().unwrap_or_default();
        // One commit for each file.
        let steps = (1..=FILES.len()).map(|until| {
            base.iter().zip(&last).enumerate().map(|(at, (base, last))| if at < until { last.clone() } else { base.clone() }).collect()
        });
        let sides = (base.clone(), fork, steps.collect());
        let (one, files) = built(&sides, rule, &[0, 1, 2]);
        let (other, same) = built(&sides, rule, &[2, 0, 1]);
        prop_assert_eq!(one.tree, other.tree);
        prop_assert_eq!(files, same);
    }
}
