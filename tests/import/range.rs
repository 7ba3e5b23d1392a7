//! A document's own range, `a..b`, in a real repository: names of tags, of branches and of commits.

use std::fs;

use crate::support::{World, uptake};

/// What `import` says of a document about such a range, of `commits` commits, that lists one.
fn said(world: &World, range: &str, commits: usize, listed: &str) -> String {
    let text = format!(
        "# Plan\n- Range: `{range}` ({commits} commits)\n\n| SHA | Description |\n|---|---|\n| {listed} | Fix b |\n"
    );
    fs::write(world.folder().join("plan.md"), text).expect("written");
    let arguments = ["--repo", "fork", "--offline", "--quiet", "import", "plan.md", "--output", "out.yml", "--force"];
    let (code, out, error) = uptake(world.folder(), &arguments);
    assert_eq!(code, 0, "{out}{error}");
    out
}

#[test]
fn a_range_is_the_one_between_the_two_commits_it_names() {
    let mut world = World::new(&[("a.txt", "1\n")]);
    world.on_fork().commit("Ours", &[("own.txt", "1\n")]);
    let before = world.on_upstream().commit("Fix a", &[("a.txt", "2\n")]);
    let listed = world.commit("Fix b", &[("b.txt", "1\n")]).to_string();
    let after = world.commit("Fix c", &[("c.txt", "1\n")]);
    world.git(&["tag", "v1.0", &before.to_string()]);
    world.git(&["tag", "v1.1", &listed]);
    world.git(&["update-ref", "refs/remotes/upstream/release/1.1", &listed]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork().git(&["branch", "elsewhere"]);

    let (from, to) = (&before.to_string()[..9], &listed[..9]);
    for range in ["v1.0..v1.1", "v1.0...v1.1", "v1.0..release/1.1", &format!("{from}..{to}"), &format!("v1.0..{to}")] {
        let found = said(&world, range, 1, to);
        assert_eq!(found, "plan.md: 1 commits listed; the document and the repository agree\n", "{range}");
    }
    // Of a larger range more is not listed, and the count does not fit.
    let found = said(&world, &format!("v1.0..{}", &after.to_string()[..9]), 1, to);
    assert!(found.contains(&format!("{} is in no list: 'Fix c'", &after.to_string()[..9])), "{found}");
    assert!(found.contains("1 commits in all; the range has 2"), "{found}");
    assert!(!found.contains("'Fix a'"), "what is before it is not asked for: {found}");
    // Names that nobody has, and a branch that is none of upstream's.
    for range in ["v1.0..v9", "v0..v1.1", "v1.0..elsewhere"] {
        let found = said(&world, range, 7, to);
        let unknown = format!("plan.md:2: the range {range} is not in this repository, so its counts");
        assert!(found.contains(&unknown) && !found.contains("in no list"), "{range}: {found}");
    }
}
