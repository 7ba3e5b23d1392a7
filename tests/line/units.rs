//! What a range is taken apart into.

use engine::ids::CommitId;
use uptake::config::raw::UnitsBy;
use uptake::line::OnLine;
use uptake::units::{UnitKind, Units};

use super::{heads, line_of, walked};
use crate::support::World;

/// Upstream lands five pull requests by merge commits: one merge fixes what neither side could see, one hardens what it brings,
/// one drops a line, and one pull request had merged the main branch meanwhile.
fn merged_pulls() -> World {
    let mut world = World::new(&[
        ("lib.py", "def load(path):\n    return open(path)\n\n\ndef other():\n    return 1\n"),
        ("main.py", "import lib\n\nprint(lib.load(\"a\"))\n\n\n# end\n"),
        ("limits.txt", "a\nb\nc\nd\ne\nf\n"),
        ("CHANGES.md", "# Changes\n\n- first\n"),
    ]);
    world.git(&["branch", "base"]);
    world.git(&["switch", "--quiet", "--create", "pr1", "base"]);
    world.commit(
        "Rename load",
        &[("lib.py", "def load_config(path):\n    return open(path)\n\n\ndef other():\n    return 1\n")],
    );
    world.commit(
        "Use load_config",
        &[
            ("main.py", "import lib\n\nprint(lib.load_config(\"a\"))\n\n\n# end\n"),
            ("CHANGES.md", "# Changes\n\n- load is load_config now\n- first\n"),
        ],
    );
    world.git(&["switch", "--quiet", "--create", "pr2", "base"]);
    world.commit("Add a tool", &[("tool.py", "import lib\n\nprint(lib.load(\"b\"))\n")]);
    world.commit("Say so", &[("CHANGES.md", "# Changes\n\n- a tool\n- first\n")]);
    world.on_upstream().git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #1 from una/rename", "pr1"]);
    world.try_git(&["merge", "--quiet", "--no-ff", "--no-commit", "pr2"]);
    world.commit(
        "Merge pull request #2 from una/tool",
        &[
            ("CHANGES.md", "# Changes\n\n- a tool\n- load is load_config now\n- first\n"),
            ("tool.py", "import lib\n\nprint(lib.load_config(\"b\"))\n"),
        ],
    );
    world.git(&["switch", "--quiet", "--create", "pr3", "upstream"]);
    world.commit("Add safe_eval", &[("safe.py", "def safe_eval(text):\n    return eval(text)\n")]);
    world.on_upstream().git(&["merge", "--quiet", "--no-ff", "--no-commit", "pr3"]);
    let hardened = "import ast\n\n\ndef safe_eval(text):\n    return ast.literal_eval(text)\n";
    world.commit("Merge pull request #3 from una/safe-eval", &[("safe.py", hardened)]);
    world.git(&["switch", "--quiet", "--create", "pr4", "base"]);
    world.commit("Add limits", &[("limits.txt", "a\nb\nLOW\nc\nd\ne\nHIGH\nf\n")]);
    world.on_upstream().git(&["merge", "--quiet", "--no-ff", "--no-commit", "pr4"]);
    world.commit("Merge pull request #4 from una/limits", &[("limits.txt", "a\nb\nLOW\nc\nd\ne\nf\n")]);
    world.git(&["switch", "--quiet", "--create", "pr5", "base"]);
    world.commit("Shout", &[("main.py", "import lib\n\nprint(lib.load(\"a\"), \"!\")\n\n\n# end\n")]);
    world.try_git(&["merge", "--quiet", "--no-commit", "upstream"]);
    let louder = |signs: &str| format!("import lib\n\nprint(lib.load_config(\"a\"), \"{signs}\")\n\n\n# end\n");
    world.commit("Merge branch 'main' into pr5", &[("main.py", &louder("!"))]);
    world.commit("Shout louder", &[("main.py", &louder("!!"))]);
    world.on_upstream().git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #5 from una/shout", "pr5"]);
    world.on_fork().commit("Say that this is a fork", &[("FORK.md", "Ours.\n")]);
    world
}

/// What git merges the two heads to; they merge cleanly.
fn merged(world: &World) -> String {
    world.git(&["merge-tree", "--write-tree", "main", "upstream"])
}

fn place(units: &Units, sha: CommitId) -> usize {
    units.place(sha).expect("of the range")
}

#[test]
fn a_merged_pull_request_is_one_unit_with_what_its_merge_resolved() {
    let world = merged_pulls();
    let (units, line, end) = line_of(&world, UnitsBy::Auto, |_| None);
    assert_eq!(units.by(), UnitsBy::Mainline);
    let pulls: Vec<_> = units.all().iter().map(|unit| (unit.kind, unit.pull, unit.inside.len())).collect();
    let pull = |number, inside| (UnitKind::Merge, Some(number), inside);
    assert_eq!(pulls, [pull(1, 2), pull(2, 2), pull(3, 1), pull(4, 1), pull(5, 3)]);
    assert!(line.units.iter().all(|unit| unit.outcome == OnLine::Clean), "{:?}", line.units);
    assert!(end.is_equal());
    assert_eq!(line.end.to_string(), merged(&world));
    // An inner commit stands for its unit.
    let inner: CommitId = world.git(&["rev-parse", "pr3"]).parse().expect("a name");
    assert_eq!(place(&units, inner), 2);
}

#[test]
fn by_commits_what_a_merge_resolved_is_a_unit_of_its_own() {
    let world = merged_pulls();
    let (units, ..) = line_of(&world, UnitsBy::Commits, |_| None);
    let resolved: Vec<(String, Vec<String>)> = units
        .all()
        .iter()
        .filter(|unit| unit.kind == UnitKind::Resolution)
        .map(|unit| {
            let paths = unit.changes.iter().map(|change| change.path.to_string()).collect();
            (unit.commit.subject().to_owned(), paths)
        })
        .collect();
    let of = |subject: &str, paths: &[&str]| {
        (subject.to_owned(), paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        resolved,
        [
            of("Merge pull request #2 from una/tool", &["CHANGES.md", "tool.py"]),
            of("Merge pull request #3 from una/safe-eval", &["safe.py"]),
            of("Merge pull request #4 from una/limits", &["limits.txt"]),
            of("Merge branch 'main' into pr5", &["main.py"]),
        ]
    );
    let hardening = &units.all()[place(&units, world.git(&["rev-parse", "upstream~2"]).parse().expect("a name"))];
    assert_eq!(hardening.subject(), format!("what merge {} resolved", hardening.commit.id.short()));
}

#[test]
fn commits_that_replay_to_upstream_s_tree_are_the_units() {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    world.git(&["switch", "--quiet", "--create", "side", "upstream"]);
    world.commit("Side", &[("b.txt", "B\n")]);
    world.on_upstream().commit("Main", &[("a.txt", "A\n")]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #1 from una/side", "side"]);
    world.on_fork().commit("Ours", &[("c.txt", "c\n")]);
    let (units, line, _) = line_of(&world, UnitsBy::Auto, |_| None);
    assert_eq!((units.by(), units.all().len()), (UnitsBy::Commits, 2), "the merge resolved nothing");
    assert_eq!(line.end.to_string(), merged(&world));
}

#[test]
fn the_main_line_leads_through_a_branch_that_merged_it_and_then_became_it() {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n"), ("c.txt", "c\n")]);
    world.git(&["switch", "--quiet", "--create", "feature", "upstream"]);
    world.commit("Feature", &[("b.txt", "B\n")]);
    world.on_upstream();
    let first = world.commit("One", &[("a.txt", "1\n")]);
    let second = world.commit("Two", &[("a.txt", "2\n")]);
    world.git(&["branch", "--force", "main-was", "upstream"]);
    world.git(&["switch", "--quiet", "feature"]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge branch 'main' into feature", "upstream"]);
    let merge = world.head();
    world.on_upstream().git(&["merge", "--quiet", "--ff-only", "feature"]);
    let third = world.commit("Three", &[("c.txt", "C\n")]);
    world.on_fork().commit("Ours", &[("d.txt", "d\n")]);
    let (units, ..) = line_of(&world, UnitsBy::Mainline, |_| None);
    let names: Vec<CommitId> = units.all().iter().map(|unit| unit.commit.id).collect();
    assert_eq!(names, [first, second, merge, third]);
    assert_eq!(units.all()[2].inside.len(), 1);
}

#[test]
fn what_the_fork_has_of_a_pull_request_is_no_change_of_its_merge() {
    let lines = |first: &str, last: &str| format!("{first}\nb\nc\nd\ne\nf\n{last}\n");
    let mut world = World::new(&[("a.txt", &lines("a", "g"))]);
    world.git(&["switch", "--quiet", "--create", "pr", "upstream"]);
    world.commit("First half", &[("a.txt", &lines("first", "g"))]);
    let half = world.head();
    world.commit("Second half", &[("a.txt", &lines("second", "g"))]);
    world.on_upstream().commit("Meanwhile", &[("a.txt", &lines("a", "G"))]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request #1 from una/halves", "pr"]);
    let (_, upstream) = heads(&world);
    let (units, line, end) = walked(&world.fork(), half, upstream, UnitsBy::Mainline, |_| None);
    assert_eq!(units.all().len(), 2);
    let outcomes: Vec<OnLine> = line.units.iter().map(|unit| unit.outcome).collect();
    assert_eq!(outcomes, [OnLine::Clean, OnLine::Clean]);
    assert_eq!(line.end.to_string(), world.git(&["rev-parse", "upstream^{tree}"]));
    assert!(end.is_equal());
}

#[test]
fn a_unit_knows_what_it_undoes() {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    let feature = world.on_upstream().commit("Feature", &[("a.txt", "A\n")]);
    world.commit("Other", &[("b.txt", "B\n")]);
    world.git(&["revert", "--no-edit", &feature.to_string()]);
    world.on_fork().commit("Ours", &[("c.txt", "c\n")]);
    let (units, line, end) = line_of(&world, UnitsBy::Auto, |_| None);
    assert_eq!(units.all()[2].undoes, [0]);
    // Alone on the fork's head the revert changes nothing; on the line it takes the feature back.
    assert_eq!(line.units[2].outcome, OnLine::Clean);
    assert!(end.is_equal());
    assert_eq!(line.end.to_string(), merged(&world));
}
