//! What holds for any upstream: a fork that changed nothing ends at upstream's tree, and one that changed other paths ends where
//! git's own merge does.
//!
//! `UPTAKE_LINE_HISTORIES=1000 cargo test --test scenarios line::property` makes up more, `UPTAKE_LINE_SEED` starts elsewhere, and
//! with `UPTAKE_LINE_KEEP=1` the repositories are left for a look.

use std::path::Path;

use engine::ids::CommitId;
use engine::{Merger, Repo};
use uptake::config::raw::UnitsBy;
use uptake::line::OnLine;

use super::histories::{History, Random, installed, run};
use super::walked;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

fn tree_of(folder: &Path, commit: &str) -> String {
    run(folder, &["rev-parse", &format!("{commit}^{{tree}}")], b"").1
}

/// Walks the line of one fork of a made-up history in all ways, and holds where it ends.
fn check(folder: &Path, seed: u64, (fork, upstream): (&str, &str), unchanged: bool) {
    let ids: [CommitId; 2] = [fork, upstream].map(|name| name.parse().expect("a name"));
    let (merged, printed) = run(folder, &["merge-tree", "--write-tree", "--no-messages", fork, upstream], b"");
    for by in [UnitsBy::Auto, UnitsBy::Mainline] {
        let (units, line, end) = walked(folder, ids[0], ids[1], by, |_| None);
        let about = format!("seed {seed}, {by:?} ({:?}), {fork}..{upstream} in {}", units.by(), folder.display());
        if unchanged {
            assert_eq!(line.end.to_string(), tree_of(folder, upstream), "{about}");
        } else if merged {
            assert_eq!(line.end.to_string(), printed, "{about}: {:?}", end.differs);
        }
        assert!(end.is_equal(), "{about}: {:?}", end.differs);
        let asked = line.units.iter().filter(|unit| unit.outcome == OnLine::Decide).count();
        assert_eq!(asked, 0, "{about}: nothing is the fork's own: {:?}", line.units);
    }
}

#[test]
fn a_fork_that_changed_nothing_ends_at_upstream_s_tree_and_one_that_changed_other_paths_at_git_s_merge() {
    let start = number("UPTAKE_LINE_SEED", 1);
    for seed in start..start + number("UPTAKE_LINE_HISTORIES", 12) {
        let mut folder = tempfile::tempdir().expect("a folder");
        folder.disable_cleanup(std::env::var_os("UPTAKE_LINE_KEEP").is_some());
        let mut random = Random::new(seed);
        let mut history = History::new(&mut random, 30);
        let head = history.0.len() - 1;
        let ancestors = history.ancestors(head);
        let points = [random.below(ancestors.len()), random.below(ancestors.len())].map(|at| ancestors[at]);
        let forks = points.map(|from| history.fork(from));
        let commits = history.write(folder.path());
        for (from, fork) in points.into_iter().zip(forks) {
            check(folder.path(), seed, (&commits[from], &commits[head]), true);
            check(folder.path(), seed, (&commits[fork], &commits[head]), false);
        }
    }
}

#[test]
fn two_commits_merge_as_git_merges_them_however_their_histories_cross() {
    let start = number("UPTAKE_LINE_SEED", 1);
    for seed in start..start + number("UPTAKE_LINE_HISTORIES", 12) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut random = Random::new(seed);
        let history = History::new(&mut random, 30);
        let commits = history.write(folder.path());
        let repo = Repo::open(folder.path()).expect("opened");
        let mut merger = Merger::as_of(&repo, installed()).expect("a merger");
        for _ in 0..10 {
            let [ours, theirs] = [0, 0].map(|_| &commits[random.below(commits.len())]);
            let (clean, printed) =
                run(folder.path(), &["merge-tree", "--write-tree", "--no-messages", "--name-only", ours, theirs], b"");
            let mut printed = printed.lines();
            let tree = printed.next().expect("a tree");
            let paths: Vec<String> = printed.map(str::to_owned).collect();
            let merged =
                merger.merge_commits(ours.parse().expect("a name"), theirs.parse().expect("a name")).expect("merged");
            let about = format!("seed {seed}: {ours} {theirs}");
            assert_eq!(merged.is_clean(), clean, "{about}: {merged:?} {paths:?}");
            if clean {
                assert_eq!(merged.tree.to_string(), tree, "{about}");
            } else if merged.unclear.is_empty() {
                let found: Vec<String> = merged.conflicts.iter().map(|conflict| conflict.path.to_string()).collect();
                assert_eq!(found, paths, "{about}");
            }
        }
    }
}
