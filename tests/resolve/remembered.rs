//! What people resolved: an answer that was given before, and one that is no text, learned from their commits, kept on the ledger, and used
//! again.

use std::fs;

use engine::ids::CommitId;
use engine::path::RepoPath;
use uptake::ledger::Ledger;
use uptake::memory::{by_trailer, learn, recall, remember};
use uptake::pick::answer::{HunkAnswer, Origin, RecordedResolution, ResolutionStore, ResolvedPath};

use super::{built, config, described, rules, two_places};
use crate::support::World;

fn module(world: &World, at: CommitId) {
    fs::create_dir_all(world.fork().join("module")).expect("a folder");
    world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{at},module")]);
}

#[test]
fn a_submodule_is_remembered() {
    let mut world = World::new(&[("x", "")]);
    let first = world.head();
    module(&world, first);
    let start = world.commit("With a module", &[("y", "")]);
    world.git(&["branch", "--force", "upstream"]);
    world.on_upstream();
    module(&world, start);
    let theirs = world.commit("Upstream", &[("x", "x\n")]);
    world.on_fork();
    module(&world, theirs);
    world.commit("Fork", &[("y", "y\n")]);
    assert!(!world.try_git(&["cherry-pick", "-x", &theirs.to_string()]).status.success());
    module(&world, first);
    world.git(&["-c", "core.editor=true", "cherry-pick", "--continue"]);

    let opened = world.open(&config(""));
    let resolved = opened.repo.commit(world.head()).expect("a commit");
    let pairs = by_trailer(std::slice::from_ref(&resolved));
    let learned = learn(&opened.repo, &[resolved], &pairs, &|_| true, &|_| None).expect("read");
    assert_eq!(learned.passed, []);
    let ledger =
        learned.lessons.iter().fold(Ledger::default(), |ledger, lesson| remember(&ledger, lesson).expect("kept"));
    let memory = recall(&ledger).expect("right");
    world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let found = built(&world, "", &[], &memory);
    let described = described(&found.picks[0]);
    assert!(described.contains("module: the submodule at the commit it was resolved at then"), "{described}");
    let at = |path: &[u8]| {
        let path = engine::path::RepoPath::from_bytes(path);
        found.opened.repo.entry(found.phase.tree, &path).expect("a tree").expect("there").id
    };
    assert_eq!(at(b"module").as_bytes(), first.as_bytes());
}

/// An answer to the conflict of [`two_places`], in whatever way it is looked up.
fn answer(world: &World, places: Vec<HunkAnswer>) -> RecordedResolution {
    let open = rules(world, "");
    let conflict = &open.picks[0].conflicts[0];
    let id = |entry: Option<engine::commit::Entry>| entry.map(|entry| entry.id);
    RecordedResolution {
        key: "k".into(),
        path: RepoPath::from("a.txt"),
        base: id(conflict.base),
        ours: id(conflict.ours),
        theirs: id(conflict.theirs),
        beside: None,
        resolved: ResolvedPath::File { mode: 0o100_644, bytes: b"by hand\n".to_vec() },
        places,
        keys: Vec::new(),
        origin: Origin {
            who: "maintainer".into(),
            when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
            link: None,
        },
    }
}

#[test]
fn an_answer_given_before_comes_before_a_rule() {
    let world = two_places();
    let memory = ResolutionStore::new(vec![answer(&world, Vec::new())]);
    let found = built(&world, "{ path: a.txt, use: upstream }", &[], &memory);
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: the file as it was resolved then (memory of maintainer)
      upstream: upstream one
      upstream: upstream two
      upstream: upstream three
      fork: top
      fork: fork one
      fork: a
      fork: b
      fork: c
      fork: d
      fork: e
      fork: f
      fork: fork three
      fork: end
    ");
    assert_eq!(found.file("a.txt"), Some("by hand\n"));
}

#[test]
fn an_answer_holds_for_the_same_lines_in_a_file_that_changed_elsewhere() {
    let world = two_places();
    let place = |n: &str| HunkAnswer {
        ours: format!("fork {n}\n").into(),
        theirs: format!("upstream {n}\n").into(),
        resolved: format!("both {n}\n").into(),
    };
    let both = answer(&world, vec![place("one"), place("three")]);
    let one = answer(&world, vec![place("one")]);
    let mut world = world;
    let text = fs::read_to_string(world.fork().join("a.txt")).expect("a file");
    world.on_fork().commit("Later", &[("a.txt", &format!("{text}more\n"))]);
    let found = built(&world, "", &[], &ResolutionStore::new(vec![both]));
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: the lines that were resolved on then in 2 places (memory of maintainer)
      upstream: upstream one
      upstream: upstream three
      fork: fork one
      fork: fork three
    ");
    insta::assert_snapshot!(found.file("a.txt").expect("a file"), @r"
    top
    both one
    a
    b
    c
    upstream two
    d
    e
    f
    both three
    end
    more
    ");
    // One place is remembered: the rule has the other, and without a rule a person has the file.
    let memory = ResolutionStore::new(vec![one]);
    let found = built(&world, "{ path: a.txt, use: fork }", &[], &memory);
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: the lines that were resolved on then in 1 of 2 places (memory of maintainer)
      upstream: upstream one
      fork: fork one
    a.txt: the fork's lines in 1 of 2 places (rule a.txt)
      upstream: upstream three
    ");
    let found = built(&world, "", &[], &memory);
    insta::assert_snapshot!(described(&found.picks[0]), @"
    decide
    a.txt: open; 1 of its 2 places would be resolved
    ");
}
