//! History that somebody joined or altered for their own clone alone: grafts, and objects that git shows others for.

use std::fs;

use engine::ids::CommitId;
use serde_json::Value;

use super::{ALL, line};
use crate::support::{World, uptake};
use uptake::line::OnLine;

const TEXT: &str = "1\n2\n3\n4\n5\n6\n";

/// A fork that began as a copy of upstream's second commit; returned with that and the copy.
fn copied() -> (World, CommitId, CommitId) {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let began = world.on_upstream().commit("Two", &[("a.txt", &TEXT.replace('2', "two"))]);
    world.commit("Five", &[("a.txt", &TEXT.replace('2', "two").replace('5', "five"))]);
    world.git(&["switch", "--quiet", "--orphan", "copy"]);
    let copy = world.commit("Copy of upstream", &[("a.txt", &TEXT.replace('2', "two"))]);
    world.git(&["branch", "--quiet", "--force", "main", "copy"]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(ALL);
    (world, began, copy)
}

fn survey(world: &World) -> (i32, Value, String) {
    let (code, out, error) = uptake(
        world.folder(),
        &["survey", "--offline", "--repo", "fork", "--config", "uptake.yml", "--format", "json"],
    );
    (code, serde_json::from_str(&out).unwrap_or_default(), error)
}

#[test]
fn a_graft_joins_histories_as_it_does_for_git() {
    let (world, began, copy) = copied();
    assert_eq!(survey(&world).0, 2, "without it they have nothing in common");
    fs::create_dir_all(world.fork().join(".git/info")).expect("a folder");
    fs::write(world.fork().join(".git/info/grafts"), format!("{copy} {began}\n")).expect("written");
    assert_eq!(world.git(&["merge-base", "main", "upstream"]), began.to_string());
    let found = world.survey();
    assert_eq!((found.merge_base, line(&found)), (began, vec![OnLine::Clean]));
}

#[test]
fn replaced_objects_are_named_and_read_as_they_are_stored() {
    let (world, began, copy) = copied();
    world.git(&["replace", "--graft", &copy.to_string(), &began.to_string()]);
    let (code, _, error) = survey(&world);
    assert_eq!(code, 2);
    assert!(error.contains("have no common ancestor") && error.contains("base:"), "{error}");
    world.config(&format!("base: {began}\n{ALL}"));
    let (code, found, error) = survey(&world);
    assert_eq!((code, &found["merge_base"]), (0, &began.to_string().into()));
    assert_eq!(found["warnings"], serde_json::json!([{ "kind": "replaced", "objects": [copy] }]));
    let wanted = format!("warning: git shows other objects in the place of 1 object (refs/replace/{})", copy.short());
    assert!(error.starts_with(&wanted), "{error}");
}
