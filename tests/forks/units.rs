//! Upstreams that land pull requests by merges, some of which carry changes of their own.

use engine::ids::CommitId;
use uptake::config::raw::UnitsBy;
use uptake::decision::Ruling;
use uptake::line::OnLine;
use uptake::pick::Outcome;
use uptake::survey::{EvidenceKind, Verdict};

use super::{ALL, file, left_out, line, outcomes, unit};
use crate::support::World;

/// Merges a branch into upstream as the button does, with these files on top of git's merge.
fn land(world: &mut World, number: u32, branch: &str, title: &str, files: &[(&str, &str)]) -> CommitId {
    world.on_upstream();
    let merge = format!("Merge pull request #{number} from una/{branch}\n\n{title}");
    world.git(&["merge", "--quiet", "--no-ff", "--no-commit", branch]);
    world.commit(&merge, files)
}

/// A pull request of these commits, begun at the common ancestor.
fn pull(world: &World, branch: &str) {
    world.git(&["switch", "--quiet", "--create", branch, "base"]);
}

/// A configuration that takes main-line steps as one. These few commits would replay one by one.
fn by_main_line(config: &str) -> String {
    format!("units: mainline\n{config}")
}

fn world() -> (World, [CommitId; 3]) {
    let mut world = World::new(&[
        ("lib.py", "def load():\n    return 1\n"),
        ("main.py", "load()\n\n\nend\n"),
        ("limits", "a\nb\nc\nd\n"),
    ]);
    world.git(&["branch", "base", "main"]);
    pull(&world, "rename");
    world.commit("Rename load", &[("lib.py", "def load_config():\n    return 1\n")]);
    world.commit("Use the new name", &[("main.py", "load_config()\n\n\nend\n")]);
    pull(&world, "tool");
    world.commit("Add a tool", &[("tool.py", "load()\n")]);
    pull(&world, "limits");
    world.commit("Add limits", &[("limits", "a\nLOW\nb\nc\nHIGH\nd\n")]);
    let rename = land(&mut world, 1, "rename", "Rename load to load_config", &[]);
    // Only the merge mends the caller, and only the merge loses a line again.
    let tool = land(&mut world, 2, "tool", "A tool", &[("tool.py", "load_config()\n")]);
    let limits = land(&mut world, 3, "limits", "Limits", &[("limits", "a\nLOW\nb\nc\nd\n")]);
    world.on_fork().commit("Ours", &[("FORK.md", "ours\n")]);
    (world, [rename, tool, limits])
}

#[test]
fn a_merged_pull_request_is_one_unit_with_its_number_and_what_its_merge_resolved() {
    let (world, merges) = world();
    let (session, survey, built) = world.build(&by_main_line(ALL));
    assert_eq!(survey.units.by(), UnitsBy::Mainline);
    let found: Vec<_> = survey.commits.iter().map(|unit| (unit.sha, unit.pr, unit.inside.len())).collect();
    assert_eq!(found, [(merges[0], Some(1), 2), (merges[1], Some(2), 1), (merges[2], Some(3), 1)]);
    assert_eq!(survey.commits[0].subject, "Rename load to load_config (#1)");
    assert_eq!((survey.totals.units, survey.totals.commits, survey.totals.merges), (3, 4, 3));
    assert_eq!(line(&survey), [OnLine::Clean; 3]);
    assert_eq!(outcomes(&built), [Outcome::Clean; 3]);
    let tree = built.phases[0].tree;
    assert_eq!(file(&session, tree, "tool.py"), "load_config()\n");
    assert_eq!(file(&session, tree, "limits"), "a\nLOW\nb\nc\nd\n");
    let end = built.end.expect("compared");
    assert!(survey.end.is_some_and(|end| end.equal) && end.equal && end.complete, "{end:?}");
}

#[test]
fn a_commit_inside_a_merge_stands_for_its_unit_and_that_is_reported() {
    let (world, merges) = world();
    let inner = world.git(&["rev-parse", "rename~1"]);
    let config = format!("phases:\n  - {{ id: one, title: One, priority: 1, commits: ['{inner}'] }}\n");
    let (_, _, built) = world.build(&by_main_line(&config));
    let picks: Vec<_> = built.phases[0].picks.iter().map(|pick| (pick.sha, pick.named_by)).collect();
    assert_eq!(picks, [(merges[0], Some(inner.parse().expect("a name")))]);
    // A decision on it counts for its unit too.
    world.decide([Ruling::Skip { sha: inner.parse().expect("a name") }]);
    let (_, survey, built) = world.build(&by_main_line(ALL));
    assert_eq!(left_out(&survey, &built), [("Rename load to load_config (#1)", "skipped")]);
    assert_eq!(survey.commits[0].line, OnLine::LeftOut);
}

#[test]
fn a_merge_picked_by_its_first_parent_is_taken_with_all_it_brought_in() {
    let (mut world, [rename, ..]) = world();
    world.on_fork().pick(rename, &["-m", "1", "-x"]);
    let (_, survey, _) = world.build(&by_main_line(ALL));
    let taken = unit(&survey, "Rename load");
    assert_eq!((taken.verdict, taken.inside_taken), (Verdict::Taken, 2));
    assert!(taken.evidence.iter().any(|sign| sign.kind == EvidenceKind::Trailer), "{:?}", taken.evidence);
}

#[test]
fn a_merge_whose_commits_were_picked_one_by_one_is_taken() {
    let (mut world, _) = world();
    for inner in ["rename~1", "rename"] {
        let sha = world.git(&["rev-parse", inner]).parse().expect("a name");
        world.on_fork().pick(sha, &["-x"]);
    }
    let (_, survey, _) = world.build(&by_main_line(ALL));
    let taken = unit(&survey, "Rename load");
    assert_eq!((taken.verdict, taken.inside_taken), (Verdict::Taken, 2));
    // One of two is not enough, and is counted.
    world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let (_, survey, _) = world.build(&by_main_line(ALL));
    let open = unit(&survey, "Rename load");
    assert_eq!((open.verdict, open.inside_taken, open.line), (Verdict::Open, 1, OnLine::Clean));
}

#[test]
fn by_commits_what_a_merge_resolved_is_a_unit_of_its_own() {
    let (world, merges) = world();
    let (session, survey, built) = world.build(&format!("units: commits\n{ALL}"));
    assert_eq!(survey.units.by(), UnitsBy::Commits);
    let resolved: Vec<_> = survey.commits.iter().filter(|unit| merges.contains(&unit.sha)).collect();
    assert_eq!(resolved.len(), 2, "two of the three merges resolved something");
    assert!(resolved.iter().all(|unit| unit.subject.starts_with("what merge ")), "{resolved:?}");
    assert!(survey.end.as_ref().is_some_and(|end| end.equal), "{:?}", survey.end);
    assert_eq!(file(&session, built.phases[0].tree, "tool.py"), "load_config()\n");
    assert!(built.end.is_some_and(|end| end.equal && end.complete));
}

/// A fork whose first commit is a copy of upstream's files at some commit.
fn copied() -> (World, CommitId) {
    let text = "1\n2\n3\n4\n5\n6\n7\n8\n";
    let mut world = World::new(&[("a.txt", text), ("b.txt", "b\n")]);
    world.on_upstream().commit("Spell two", &[("a.txt", &text.replace('2', "two"))]);
    let from = world.commit("Add c", &[("c.txt", "c\n")]);
    world.commit("Spell one", &[("a.txt", &text.replace('2', "two").replace('1', "one"))]);
    world.commit("Add d", &[("d.txt", "d\n")]);
    world.git(&["switch", "--quiet", "--orphan", "copy"]);
    world.git(&["checkout", &from.to_string(), "--", "."]);
    world.commit_all("Initial import");
    world.commit("Our b", &[("b.txt", "b\nours\n")]);
    world.git(&["branch", "--force", "main", "copy"]);
    (world, from)
}

#[test]
fn a_fork_that_began_as_a_copy_is_told_what_it_began_from_and_goes_on_from_there() {
    let (world, from) = copied();
    world.git(&["switch", "--quiet", "main"]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    let (code, _, error) = crate::support::uptake(&world.fork(), &["survey", "--offline"]);
    assert_eq!(code, 2, "{error}");
    let first = world.git(&["rev-parse", "--short=9", "main~1"]);
    let named = format!("base: {}  (Add c; it has the files of the fork's {first})", from.short());
    assert!(error.contains(&named), "{error}");
    let (_, survey, built) = world.build(&format!("base: {from}\n{ALL}"));
    assert_eq!(survey.merge_base, from);
    let subjects: Vec<_> = survey.commits.iter().map(|unit| (unit.subject.as_str(), unit.line)).collect();
    assert_eq!(subjects, [("Spell one", OnLine::Clean), ("Add d", OnLine::Clean)]);
    assert_eq!(outcomes(&built), [Outcome::Clean, Outcome::Clean]);
    assert!(survey.end.is_some_and(|end| end.equal) && built.end.is_some_and(|end| end.complete));
    // What it began from is a commit of upstream's.
    let ours = world.git(&["rev-parse", "main"]);
    let config = world.config(&format!("base: {ours}\n{ALL}")).display().to_string();
    let (code, _, error) = crate::support::uptake(&world.fork(), &["survey", "--offline", "--config", &config]);
    assert_eq!(code, 2);
    assert!(error.contains("is not in upstream's branch"), "{error}");
}
