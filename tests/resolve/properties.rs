//! What holds for every path rule, on made-up histories: no line of either side is lost unnamed, the result is whole, and the order
//! of picks that have nothing to do with each other does not matter.

use std::collections::{BTreeSet, HashMap};

use engine::commit::{Signature, When};
use engine::ids::CommitId;
use engine::progress::Silent;
use engine::{Edit, Repo};
use proptest::option;
use proptest::prelude::*;
use uptake::config::raw::Stacking;
use uptake::config::{Config, Lookup};
use uptake::line::AsMerged;
use uptake::pick::answer::{Origin, RecordedResolution, ResolutionStore, ResolvedPath};
use uptake::pick::runner::{CommandRunner, NoCommands};
use uptake::pick::{
    BuildContext, BuiltPhase, Conflict, DroppedLines, LockfileCache, Outcome, ProposalSources, ResolutionSources,
    Scope, Tools, build,
};
use uptake::plan::all_open;
use uptake::survey::{Given, Heads, survey};
use uptake::units::MainBranch;
use uptake::view::note::words;

use crate::manifest::properties::{Manifest, comments, leaves, manifest, names_place};
use crate::support::parse_config;

const FILES: [&str; 3] = ["a.txt", "b.txt", "c.txt"];
/// The rules for texts.
const RULES: [&str; 5] = ["upstream", "fork", "union", "keep-local", "lockfile"];
const MANIFESTS: [&str; 3] = ["Cargo.toml", "core/Cargo.toml", "web/package.json"];

/// The content of each file, in the base, the fork, and upstream's commits one after the other.
#[derive(Debug, Clone)]
pub(super) struct Sides {
    pub(super) names: [&'static str; 3],
    pub(super) base: Vec<String>,
    pub(super) fork: Vec<String>,
    pub(super) upstream: Vec<Vec<String>>,
}

impl Sides {
    /// Upstream's last state reached by one commit for each file.
    fn file_by_file(&self) -> Self {
        let last = self.upstream.last().cloned().unwrap_or_default();
        let state = |until: usize| {
            let files = self.base.iter().zip(&last).enumerate();
            files.map(|(at, (base, last))| if at < until { last.clone() } else { base.clone() }).collect()
        };
        Self { upstream: (1..=self.names.len()).map(state).collect(), ..self.clone() }
    }
}

fn lines() -> impl Strategy<Value = String> {
    proptest::collection::vec(0_u8..6, 0..9)
        .prop_map(|lines| lines.iter().map(|line| format!("line {line}\n")).collect())
}

/// Three sides of three files, made one by one from `file`, which is told which it makes.
fn sides_of<S: Strategy<Value = String> + 'static>(
    names: [&'static str; 3],
    file: impl Fn(&'static str) -> S + Copy + 'static,
) -> impl Strategy<Value = Sides> {
    let all = move || names.map(|name| file(name).boxed()).to_vec();
    (all(), all(), proptest::collection::vec(all(), 1..4)).prop_map(move |(base, fork, upstream)| Sides {
        names,
        base,
        fork,
        upstream,
    })
}

fn sides() -> impl Strategy<Value = Sides> {
    sides_of(FILES, |_| lines())
}

fn manifests() -> impl Strategy<Value = Sides> {
    sides_of(MANIFESTS, |name| {
        manifest().prop_map(move |made: Manifest| if name.ends_with(".json") { made.json() } else { made.text() })
    })
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
    built_knowing(sides, &format!("{{ path: '**', use: {rule} }}"), order, &ResolutionStore::default())
}

/// Builds all commits under these path rules, with what people answered before.
pub(super) fn built_knowing(
    sides: &Sides,
    rules: &str,
    order: &[usize],
    memory: &ResolutionStore,
) -> (BuiltPhase, HashMap<String, String>) {
    built_knowing_with(sides, rules, order, memory, Programs { format: "", runner: &NoCommands })
}

/// What resolves with programs: the formatters, and what stands for all programs.
#[derive(Clone, Copy)]
pub(super) struct Programs<'a> {
    pub(super) format: &'a str,
    pub(super) runner: &'a dyn CommandRunner,
}

/// The same with programs.
pub(super) fn built_knowing_with(
    sides: &Sides,
    rules: &str,
    order: &[usize],
    memory: &ResolutionStore,
    programs: Programs<'_>,
) -> (BuiltPhase, HashMap<String, String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let repo = Repo::init(&folder.path().join("r"), "main").expect("a repository");
    let commit = |parents: &[CommitId], files: &[String], at: i64| {
        let edits: Vec<Edit<'_>> = sides.names.iter().zip(files).map(|(path, text)| Edit::Write(path, text)).collect();
        repo.commit_edits(parents, &edits, &signature(at), &signature(at), &format!("Commit {at}")).expect("a commit")
    };
    let base = commit(&[], &sides.base, 0);
    let fork = commit(&[base], &sides.fork, 1);
    let mut head = base;
    for (at, files) in (2..).zip(&sides.upstream) {
        head = commit(&[head], files, at);
    }
    let yaml = format!(
        "phases: [{{ id: p, title: P, priority: 1, rules: [{{ paths: ['**'] }}] }}]\nconflicts: [{rules}]\nformat: [{}]\n",
        programs.format
    );
    let config = parse_config(&yaml, "uptake.yml", &|_| Lookup::Unknown { like: Vec::new() }).expect("right");
    let main = MainBranch { branch: "main", repository: "" };
    let given = Given {
        config: &Config::default(),
        main,
        landed: &[],
        stated: &[],
        leaves_out: &|_| false,
        lets_in: &|_| false,
        whole: true,
    };
    let survey = survey(&repo, Heads { fork, upstream: head }, given, &mut AsMerged, &mut Silent).expect("a survey");
    let mut plan = all_open(&survey);
    let choices = plan.phases[0].choices.clone();
    plan.phases[0].choices = order.iter().filter_map(|at| choices.get(*at).cloned()).collect();
    let ways = ResolutionSources {
        decisions: &[],
        memory,
        rules: &config.conflicts,
        formats: &config.formats,
        runner: programs.runner,
        manifests: &uptake::pick::MergedManifests::default(),
    };
    let remade = LockfileCache::default();
    let tools = Tools { workshop: &NoCommands, remade: &remade };
    let ground = BuildContext {
        branch: &"main".into(),
        head: fork,
        stacking: Stacking::Fork,
        guard: &config.guard,
        ways,
        tools,
        apart: std::collections::BTreeSet::new(),
        proposals: ProposalSources { rules: &[], known: None, asks: false },
    };
    let seek = Scope::All(&survey);
    let phase = build(&repo, seek, &plan, &ground, &mut Silent).expect("built").phases.remove(0);
    let files = repo.files(phase.tree).expect("a tree").into_iter().map(|path| {
        let entry = repo.entry(phase.tree, &path).expect("a tree").expect("a file");
        (path.to_string(), String::from_utf8_lossy(&repo.content(entry).expect("read").expect("a file")).into_owned())
    });
    let files = files.collect();
    (phase, files)
}

/// How often a text has a line.
fn times(text: &str, line: &str) -> usize {
    text.lines().filter(|known| *known == line).count()
}

/// Every value of a manifest, with the keys that lead to it.
fn said(path: &str, text: &str) -> BTreeSet<(String, String)> {
    fn values(path: &str, of: &serde_json::Value, found: &mut BTreeSet<(String, String)>) {
        match of {
            serde_json::Value::Object(inner) => {
                inner.iter().for_each(|(key, of)| values(&format!("{path}/{key}"), of, found));
            }
            serde_json::Value::Array(inner) => inner.iter().for_each(|of| values(path, of, found)),
            other => drop(found.insert((path.to_owned(), other.to_string()))),
        }
    }
    if path.ends_with(".toml") {
        return leaves(text);
    }
    let mut found = BTreeSet::new();
    values("", &serde_json::from_str(text).expect("JSON"), &mut found);
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// One pick: what upstream adds and what the fork had is in the file, or in the list of what was given up. The count here
    /// is made from the texts alone, apart from the product's.
    #[test]
    fn no_line_is_lost_unnamed(sides in sides(), rule in prop::sample::select(&RULES[..])) {
        let mut sides = sides;
        sides.upstream.truncate(1);
        let (phase, files) = built(&sides, rule, &[0]);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        for pick in &phase.picks {
            prop_assert!(pick.outcome != Outcome::Decide, "{:?}", pick);
            for (at, path) in FILES.iter().enumerate() {
                let [base, ours, theirs] = [&sides.base[at], &sides.fork[at], &sides.upstream[0][at]];
                let resolved = &files[*path];
                let lost: Vec<&DroppedLines> = pick.resolutions.iter().filter(|found| found.path.to_string() == *path).map(|found| &found.lost)
                    .chain(phase.locks.iter().filter(|lock| lock.path.to_string() == *path).map(|lock| &lock.lost)).collect();
                for line in (0..6).map(|line| format!("line {line}")) {
                    let [b, o, t, s] = [base, ours, theirs, resolved].map(|text| times(text, &line));
                    let named = |of: fn(&DroppedLines) -> &Vec<String>| lost.iter().flat_map(|lost| of(lost)).filter(|known| **known == line).count();
                    // A line the base has may have moved, been added twice over, or both: of a new one there is no doubt.
                    if b == 0 {
                        prop_assert!(s + named(|lost| &lost.upstream) >= t, "{path}: {line}: upstream's: {base:?} {ours:?} {theirs:?} -> {resolved:?}");
                        prop_assert!(s + named(|lost| &lost.fork) >= o, "{path}: {line}: the fork's: {base:?} {ours:?} {theirs:?} -> {resolved:?}");
                    }
                }
            }
        }
    }

    /// A row of picks: each of them is accounted for, and what comes out is whole lines of the sides and nothing else: no
    /// markers, no line glued to another, also where a side's last line has no end.
    #[test]
    fn a_row_of_picks_loses_nothing_unnamed_and_its_result_is_whole(
        sides in sides(), rule in prop::sample::select(&RULES[..]), ends in prop::array::uniform3(any::<bool>())
    ) {
        let mut sides = sides;
        for (text, ends) in [&mut sides.base[0], &mut sides.fork[0]].into_iter().chain(sides.upstream.last_mut().map(|files| &mut files[0])).zip(ends) {
            if !ends {
                text.truncate(text.trim_end().len());
            }
        }
        let (phase, files) = built(&sides, rule, &[0, 1, 2]);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        let conflicted = phase.picks.iter().filter(|pick| pick.outcome == Outcome::Decide).count();
        prop_assert_eq!(conflicted, 0);
        for text in files.values() {
            prop_assert!(text.lines().all(|line| line.len() == "line 0".len() && line.starts_with("line ")), "{text:?}");
        }
    }

    /// What somebody made of a conflict stands there again, byte for byte, and what it gives up of either side is named.
    #[test]
    fn what_was_resolved_once_stands_there_again_and_loses_nothing_unnamed(
        sides in sides(), resolved in proptest::collection::vec(option::of(lines()), 3)
    ) {
        let mut sides = sides;
        sides.upstream.truncate(1);
        let (open, _) = built_knowing(&sides, "", &[0], &ResolutionStore::default());
        let conflicts: Vec<_> = open.picks.iter().flat_map(|pick| &pick.conflicts).collect();
        let answer = |conflict: &Conflict, resolved: &Option<String>| RecordedResolution {
            key: conflict.path.to_string(),
            path: conflict.path.clone(),
            base: conflict.base.map(|side| side.id),
            ours: conflict.ours.map(|side| side.id),
            theirs: conflict.theirs.map(|side| side.id),
            beside: None,
            resolved: match resolved {
                Some(text) => ResolvedPath::File { mode: 0o100_644, bytes: text.clone().into_bytes() },
                None => ResolvedPath::Removed,
            },
            places: Vec::new(),
            keys: Vec::new(),
            origin: Origin { who: "Ada".into(), when: "2025-11-22T10:00:00Z".parse().expect("a moment"), link: None },
        };
        let memory = ResolutionStore::new(conflicts.iter().zip(&resolved).map(|(conflict, resolved)| answer(conflict, resolved)).collect());
        let (phase, files) = built_knowing(&sides, "", &[0], &memory);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        prop_assert!(phase.picks.iter().all(|pick| pick.outcome != Outcome::Decide));
        for (conflict, resolved) in conflicts.iter().zip(&resolved) {
            prop_assert_eq!(files.get(&conflict.path.to_string()), resolved.as_ref());
        }
    }

    /// Commits that touch different files may come in any order.
    #[test]
    fn the_order_of_independent_picks_does_not_matter(sides in sides(), rule in prop::sample::select(&RULES[..])) {
        let sides = sides.file_by_file();
        let (one, files) = built(&sides, rule, &[0, 1, 2]);
        let (other, same) = built(&sides, rule, &[2, 0, 1]);
        prop_assert_eq!(one.tree, other.tree);
        prop_assert_eq!(files, same);
    }

    /// The rule `manifest`, one pick: what either side says is in the result, or is named; where both answer the same key in their
    /// own way the pick waits, nothing of the branch changes, and the keys are named.
    #[test]
    fn no_key_of_a_manifest_is_lost_unnamed(sides in manifests()) {
        let mut sides = sides;
        sides.upstream.truncate(1);
        let (phase, files) = built(&sides, "manifest", &[0]);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        for pick in &phase.picks {
            if pick.outcome == Outcome::Decide {
                prop_assert_eq!(pick.commit, None);
                prop_assert!(pick.open().all(|conflict| !conflict.remarks.is_empty()), "{:?}", pick.conflicts);
                continue;
            }
            for (at, path) in MANIFESTS.iter().enumerate() {
                let result = said(path, &files[*path]);
                let before = said(path, &sides.base[at]);
                let named: String = pick.resolutions.iter().filter(|found| found.path.to_string() == *path)
                    .flat_map(|found| found.notes.iter().map(words::note).chain(found.lost.upstream.iter().chain(&found.lost.fork).cloned())).map(|line| format!("{line}\n")).collect();
                for side in [&sides.fork[at], &sides.upstream[0][at]] {
                    for (key, value) in said(path, side).difference(&before) {
                        let there = result.contains(&(key.clone(), value.clone()));
                        prop_assert!(there || names_place(&named, key), "{path}: {key} = {value} is lost\n{}\n{named}", files[*path]);
                    }
                    if path.ends_with(".toml") {
                        for comment in comments(side).difference(&comments(&sides.base[at])) {
                            prop_assert!(files[*path].contains(comment) || named.contains(comment), "{comment} is lost\n{}\n{named}", files[*path]);
                        }
                    }
                }
            }
        }
    }

    /// A row of picks under the rule `manifest`: nothing is lost unnamed, and what stands on the branch can be read, also where
    /// every line merged.
    #[test]
    fn a_row_of_manifests_loses_nothing_unnamed_and_can_be_read(sides in manifests()) {
        let (phase, files) = built(&sides, "manifest", &[0, 1, 2]);
        prop_assert_eq!(&phase.checked.unnamed, &[]);
        for path in MANIFESTS {
            prop_assert!(uptake::manifest::reads(path, &files[path]), "{path}:\n{}", files[path]);
        }
    }

    /// Commits that touch different manifests may come in any order.
    #[test]
    fn the_order_of_independent_manifests_does_not_matter(sides in manifests()) {
        let sides = sides.file_by_file();
        let (one, files) = built(&sides, "manifest", &[0, 1, 2]);
        let (other, same) = built(&sides, "manifest", &[2, 0, 1]);
        prop_assert_eq!(one.tree, other.tree);
        prop_assert_eq!(files, same);
    }
}
