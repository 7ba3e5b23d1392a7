//! What a sitting sends is what the next run would have built: slices are cut alike, and no branch moves once more.

use super::{Maintainer, run};
use crate::support::World;
use crate::support::forge::branches;

/// So many units, each in a file of its own; the fork is in the way of every other from the third on.
fn world(units: usize, line: &str) -> World {
    let names: Vec<String> = (1..=units).map(|number| format!("{number}.rs")).collect();
    let [start, theirs, ours] = ["2", "upstream's", "ours"].map(|second| super::text(second, "5", "10"));
    let all = |text| names.iter().map(|name| (name.as_str(), text)).collect::<Vec<(&str, &str)>>();
    let mut world = World::new(&all(&start));
    world.on_upstream();
    for file in all(&theirs) {
        world.commit(&format!("Change {}", file.0), &[file]);
    }
    world.on_fork().commit("Ours", &all(&ours).into_iter().skip(2).step_by(2).collect::<Vec<_>>());
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(&format!(
        "upstream: {{ branch: main }}\nphases:\n  - {{ id: line, title: Upstream, priority: 1, take: line, {line} }}\n"
    ));
    world
}

/// A sitting over one decision, or over all, is sent; then there are two runs.
fn is_the_same(units: usize, line: &str, only: Option<&str>) {
    let world = world(units, line);
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    let commit = only.map(|file| world.git(&["log", "-1", "--format=%H", "upstream", "--", file]));
    let arguments: Vec<&str> = commit.iter().map(String::as_str).chain(["--push"]).collect();
    let (code, said) = cleo.resolve(&arguments, true);
    assert_eq!(code, 0, "{line}: {said}");
    assert!(said.contains("Sent uptake/line-"), "{line}: {said}");
    let described = run(&world);
    assert!(!described.contains("move branch"), "{units} units, {line}, {only:?}:\n{said}\n{described}");
    let again = run(&world);
    assert!(again.starts_with("Nothing to change\n"), "{units} units, {line}, {only:?}:\n{again}");
}

#[test]
fn no_branch_moves_after_a_sitting_was_sent() {
    for line in ["slice: { units: 100 }", "slice: decision", "slice: { units: 3 }, land: merge"] {
        // With three, nothing is on the branch of the slice that the decision is in.
        for units in [3, 7] {
            for only in [None, Some("3.rs")] {
                is_the_same(units, line, only);
            }
        }
    }
}

/// What somebody works on in a clone stays, and what was built is sent from there all the same.
#[test]
fn a_branch_that_stays_in_the_clone_is_sent_as_it_was_built() {
    for checked_out in [true, false] {
        let (world, _) = super::world();
        run(&world);
        let cleo = Maintainer::new(&world, "clone");
        let all = cleo.git(&["branch", "--remotes", "--list", "--format=%(refname:lstrip=3)", "origin/uptake/line-*"]);
        let branch = all.lines().next().expect("a branch");
        cleo.git(&["switch", "--quiet", branch]);
        if !checked_out {
            cleo.git(&["commit", "--quiet", "--allow-empty", "--message", "Mine"]);
            cleo.git(&["switch", "--quiet", "main"]);
        }
        let at = |name: &str| cleo.git(&["rev-parse", name]);
        let (own, published) = (at(branch), at(&format!("origin/{branch}")));
        let (code, said) = cleo.resolve(&["--push"], true);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(&format!("Sent {branch}.")), "{said}");
        cleo.git(&["fetch", "--quiet"]);
        assert_eq!(at(branch), own, "{said}");
        assert_ne!(at(&format!("origin/{branch}")), published, "{said}");
    }
}

/// The public key of a machine user, whose private key nobody has.
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzGLpiMp0PY/Wn5429VyLhURU4zWxcbTL1A2UzF/4qN a machine";

#[test]
fn where_commits_are_to_be_signed_and_there_is_no_key_nothing_is_sent() {
    let (world, _) = super::world();
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    let before = branches(&world, &["show-ref"]);
    world.config(&format!(
        "{}commits: {{ name: acme-bot, email: 1+acme-bot@users.noreply.github.com, signing_key: \"{KEY}\" }}\n",
        super::CONFIG
    ));
    let (code, said) = cleo.resolve(&["--push"], true);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("commits.signing_key says that the commits are signed, and there is no private key"),
        "{said}"
    );
    assert_eq!(branches(&world, &["show-ref"]), before);
}
