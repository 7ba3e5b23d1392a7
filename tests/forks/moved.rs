//! Files and folders that one side moved: what is followed is told, what is not certain is risky, and what a folder's new place means is
//! for a rule to say.

use uptake::line::OnLine;
use uptake::pick::{FileFact, FollowedRename, MovedFolder, Outcome};
use uptake::risk::Level;
use uptake::survey::RiskReason;
use uptake::view::note::words;

use super::{ALL, file, line, unit};
use crate::support::{World, uptake};

fn lines(name: &str) -> String {
    format!("{name}\na\nb\nc\nd\ne\nf\ng\nh\n")
}

fn four(folder: &str) -> Vec<(String, String)> {
    (1..=4).map(|at| (format!("{folder}/f{at}.txt"), lines(&format!("file {folder} {at}")))).collect()
}

/// The fork moved `core/api` to `server`; upstream goes on below the old name, and moves `lib` to `engine` itself.
fn moved() -> World {
    let files = [four("core/api"), four("lib")].concat();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut world = World::new(&files);
    world.on_upstream().commit("Add new.txt", &[("core/api/new.txt", "new\n")]);
    let first = lines("file core/api 1");
    world.commit("Edit f1", &[("core/api/f1.txt", &first.replace("\na\n", "\nA\n"))]);
    world.git(&["mv", "lib", "engine"]);
    world.commit_all("Move lib to engine");
    world.on_fork().git(&["mv", "core/api", "server"]);
    world.commit_all("Move core/api to server");
    world.commit("Add lib/ours.txt", &[("lib/ours.txt", "ours\n")]);
    world
}

#[test]
fn a_moved_folder_is_named_with_the_rule_that_follows_it() {
    let world = moved();
    let (_, survey, built) = world.build(ALL);
    assert_eq!(line(&survey), [OnLine::Decide, OnLine::Clean, OnLine::Decide]);
    let facts = |at: usize| built.phases[0].picks[at].conflicts[0].facts.clone();
    let folder =
        |old: &str, new: &str, by_fork| FileFact::Moved(MovedFolder { old: old.into(), new: new.into(), by_fork });
    assert_eq!(facts(0), [folder("core/api", "server", true)]);
    assert_eq!(facts(2), [folder("lib", "engine", false)]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    let sha = unit(&survey, "Add new.txt").sha.to_string();
    world.config(ALL);
    let (_, why, _) = uptake(world.folder(), &["why", &sha, "--offline", "--repo", "fork", "--config", "uptake.yml"]);
    let said = "  The fork has the folder core/api as server, and upstream adds this file to core/api\n";
    let rule = "  The path rule { path: 'server/**', use: follow } takes such files to server\n";
    assert!(why.contains(&[said, rule].concat()), "{why}");
    let rules = "conflicts:\n  - { path: 'server/**', use: follow }\n  - { path: 'engine/**', use: follow }\n";
    let (session, survey, built) = world.build(&format!("{ALL}{rules}"));
    assert_eq!(line(&survey), [OnLine::Resolved, OnLine::Clean, OnLine::Resolved]);
    let tree = built.phases[0].tree;
    assert_eq!(file(&session, tree, "server/new.txt"), "new\n");
    assert_eq!(file(&session, tree, "engine/ours.txt"), "ours\n");
    for gone in ["core/api/new.txt", "lib/ours.txt"] {
        assert_eq!(session.repo.entry(tree, &gone.into()).expect("read"), None, "{gone}");
    }
    assert_eq!(built.phases[0].checked.unnamed, []);
}

#[test]
fn a_rule_that_follows_folders_resolves_nothing_else() {
    let mut world = World::new(&[("server/a.txt", "1\n")]);
    world.on_upstream().commit("Theirs", &[("server/a.txt", "2\n")]);
    world.on_fork().commit("Ours", &[("server/a.txt", "3\n")]);
    let (_, survey, _) = world.build(&format!("{ALL}conflicts: [{{ path: 'server/**', use: follow }}]\n"));
    assert_eq!(line(&survey), [OnLine::Decide]);
}

#[test]
fn every_followed_rename_is_told() {
    let world = moved();
    let (_, survey, built) = world.build(ALL);
    let pick = &built.phases[0].picks[1];
    let rename = FollowedRename {
        from: "core/api/f1.txt".into(),
        to: "server/f1.txt".into(),
        by_us: true,
        alike: 100,
        rivals: Vec::new(),
    };
    assert_eq!((pick.outcome, &pick.renames), (Outcome::Clean, &vec![rename]));
    assert_eq!(
        words::pick_note(pick).as_deref(),
        Some("the fork has core/api/f1.txt as server/f1.txt, and the change goes there (100 % alike)")
    );
    assert_eq!(unit(&survey, "Edit f1").risk, Level::Low);
}

#[test]
fn a_rename_that_could_be_another_is_risky() {
    let text = lines("config");
    let mut world = World::new(&[("conf.txt", &text)]);
    world.on_upstream().commit("Edit conf", &[("conf.txt", &text.replace("\na\n", "\nA\n"))]);
    world.on_fork().git(&["rm", "--quiet", "conf.txt"]);
    world.commit("Two of it", &[("one.txt", &text), ("two.txt", &text)]);
    let (_, survey, built) = world.build(ALL);
    let found = unit(&survey, "Edit conf");
    assert_eq!(found.risk, Level::High);
    let [from, to, rival] = ["conf.txt", "one.txt", "two.txt"].map(Into::into);
    assert_eq!(found.reasons, [RiskReason::AmbiguousRename { from, to, rival }]);
    let note = words::pick_note(&built.phases[0].picks[0]).expect("a note");
    assert!(note.ends_with("(100 % alike; two.txt is as much alike, so see whether it is the right one)"), "{note}");
}
