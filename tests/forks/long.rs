//! Files with lines that nobody reads: bundles, and what is written on a single line.

use uptake::line::OnLine;
use uptake::pick::FileFact;

use super::{ALL, file, line, unit};
use crate::support::{World, uptake};
use uptake::config::raw::ResolveBy;

/// A file on a single line; what stands at some places of it.
fn one_line(form: fn(usize, &str) -> String, changes: &[(usize, &str)], joined: &str) -> String {
    let word = |at: usize| match changes.iter().find(|(place, _)| *place == at) {
        Some((_, word)) => form(at, word),
        None => form(at, &format!("value {at}")),
    };
    (0..2000).map(word).collect::<Vec<_>>().join(joined)
}

fn json(changes: &[(usize, &str)]) -> String {
    format!("{{{}}}", one_line(|at, word| format!("\"k{at}\":\"{word}\""), changes, ","))
}

fn script(changes: &[(usize, &str)]) -> String {
    one_line(|at, word| format!("function f{at}(a){{return \"{word}\"}}"), changes, ";")
}

fn world() -> World {
    let mut world = World::new(&[("dist/skills.json", &json(&[])), ("dist/app.min.js", &script(&[]))]);
    world.on_upstream().commit("Regenerate the skills", &[("dist/skills.json", &json(&[(5, "UPSTREAM")]))]);
    world.commit("Regenerate the app", &[("dist/app.min.js", &script(&[(50, "UPSTREAM")]))]);
    world.on_fork().commit(
        "Ours",
        &[("dist/skills.json", &json(&[(1600, "FORK")])), ("dist/app.min.js", &script(&[(1500, "FORK")]))],
    );
    world
}

#[test]
fn a_note_shows_of_a_long_line_what_differs_and_the_rule_that_would_merge_it() {
    let world = world();
    let (_, survey, built) = world.build(ALL);
    assert_eq!(line(&survey), [OnLine::Decide, OnLine::Decide]);
    let rules: Vec<_> = built.phases[0].picks.iter().map(|pick| pick.conflicts[0].facts.as_slice()).collect();
    assert!(matches!(rules[0], [FileFact::LongLines { rule: ResolveBy::Manifest, .. }]), "{rules:?}");
    assert!(matches!(rules[1], [FileFact::LongLines { rule: ResolveBy::Lockfile, .. }]), "{rules:?}");
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(ALL);
    let why = |subject: &str| {
        let sha = unit(&survey, subject).sha.to_string();
        uptake(world.folder(), &["why", &sha, "--offline", "--repo", "fork", "--config", "uptake.yml"]).1
    };
    let skills = why("Regenerate the skills");
    assert!(
        skills.contains("The path rule { path: 'dist/skills.json', use: manifest } would merge it, key by key"),
        "{skills}"
    );
    assert!(skills.contains("\"k1599\":\"value 1599\",\"k1600\":\"FORK\",\"k1601\""), "{skills}");
    assert!(skills.contains("\"k5\":\"UPSTREAM\",\"k6\":\"value 6\""), "{skills}");
    let app = why("Regenerate the app");
    assert!(app.contains("function f1500(a){return \"FORK\"}"), "{app}");
    assert!(app.contains("use: lockfile } leaves it out of the picks"), "{app}");
    assert!(skills.lines().chain(app.lines()).all(|line| line.len() < 500), "no line is shown whole");
}

#[test]
fn the_rule_that_is_named_does_merge_it() {
    let world = world();
    let rule = "conflicts: [{ path: 'dist/skills.json', use: manifest }]\n";
    let (session, survey, built) = world.build(&format!("{ALL}{rule}"));
    assert_eq!(line(&survey), [OnLine::Resolved, OnLine::Decide]);
    let both = json(&[(5, "UPSTREAM"), (1600, "FORK")]);
    assert_eq!(file(&session, built.phases[0].tree, "dist/skills.json"), both);
}
