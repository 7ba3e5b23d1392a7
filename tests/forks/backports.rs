//! Changes that the fork took in a form of its own: by a bot, in a squash, under another title, in files of other names. And what only
//! looks like that.

use std::fs;

use uptake::decision::Ruling;
use uptake::survey::{EvidenceKind, Strength, Survey, Verdict};

use super::{ALL, unit};
use crate::support::{World, survey, uptake};

/// A file in which functions of this name return numbers.
fn file(name: &str, numbers: std::ops::Range<u32>) -> String {
    numbers.map(|n| format!("int {name}_{n}(void)\n{{\n\treturn {name}_of({n});\n}}\n\n")).collect()
}

/// The lines that a fix of upstream's puts at the end of a file.
pub(super) fn fix(name: &str) -> String {
    (0..20).map(|n| format!("static void check_{name}_{n}(struct {name} *it)\n")).collect()
}

const FILES: [&str; 4] = ["net.c", "disk.c", "ui.c", "test.c"];

/// Both sides have four files, and the fork its own lines at the end of each, so that nothing applies there.
pub(super) fn world() -> World {
    let files = FILES.map(|path| (path, file(&path[..path.len() - 2], 0..6)));
    let mut world = World::new(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    let ours = files.each_ref().map(|(path, text)| (*path, format!("{text}/* {path} of ours */\n")));
    world.on_fork().commit("Ours", &ours.each_ref().map(|(path, text)| (*path, text.as_str())));
    world
}

/// What one side makes of a file with these fixes in it.
pub(super) fn with(path: &str, ours: bool, fixes: &[&str]) -> String {
    let ours = if ours { format!("/* {path} of ours */\n") } else { String::new() };
    let fixes: String = fixes.iter().map(|name| fix(name)).collect();
    format!("{}{ours}{fixes}", file(&path[..path.len() - 2], 0..6))
}

/// What is said of a unit: its verdict, and the signs with their strength.
pub(super) fn said(survey: &Survey, subject: &str) -> (Verdict, Vec<(EvidenceKind, Strength)>) {
    let unit = unit(survey, subject);
    (unit.verdict, unit.evidence.iter().map(|sign| (sign.kind, sign.strength)).collect())
}

use EvidenceKind::{Lines, Name, Number, Subject};
use Strength::{Strong, Weak};

/// What is said of a fix of upstream's where the fork has half of it, under this message.
fn half(upstream: &str, fork: &str) -> (Verdict, Vec<(EvidenceKind, Strength)>) {
    let mut world = world();
    let sha = world.on_upstream().commit(upstream, &[("net.c", &with("net.c", false, &["peer", "host"]))]);
    let ours = format!("{}/* and more of ours */\nint ours(void);\n", with("net.c", true, &["peer"]));
    let fork = fork.replace("SHORT", &sha.to_string()[..8]).replace("SHA", &sha.to_string());
    world.on_fork().commit(&fork, &[("net.c", &ours)]);
    let survey = survey(&world.open("upstream: { repository: up/stream, branch: main }\n"));
    said(&survey, upstream)
}

#[test]
fn a_name_and_half_of_the_lines_take_a_change() {
    let taken = |kinds: &[EvidenceKind]| (Verdict::Taken, kinds.iter().map(|kind| (*kind, Strong)).collect::<Vec<_>>());
    for (upstream, fork, kinds) in [
        ("Check the peer (#7)", "check the peer.", &[Subject][..]),
        ("Check the peer (#7)", "[release-1] Check the peer (#9)", &[Subject]),
        ("Check the peer (#7)", "UPSTREAM: 7: Check the peer", &[Subject]),
        ("Check the peer (#7)", "Look at peers (#7) (#12)", &[Number]),
        ("Check the peer (#7)", "Check the peer (#7) (#12)", &[Number, Subject]),
        ("Check the peer (#7)", "Peers\n\nPorting over https://github.com/Up/Stream/pull/7", &[Number]),
        ("Check the peer", "Peers\n\nUpstream: SHA", &[Name]),
        ("Check the peer", "reimplement: peers (upstream SHORT)", &[Name]),
        ("Check the peer", "Weekly\n\nApplied commits:\n\n- SHORT Check the peer\n", &[Name]),
        ("Check the peer (#7)", "Weekly\n\n* Check the peer (#7)\n\n* And another one (#8)\n", &[Name]),
    ] {
        assert_eq!(half(upstream, fork), taken(kinds), "{fork}");
    }
}

#[test]
fn a_name_of_another_or_of_a_part_takes_nothing() {
    for (upstream, fork, signs) in [
        ("Check the peer (#7)", "Peers\n\nPorting over https://github.com/other/stream/pull/7", &[][..]),
        ("Check the peer", "Peers\n\nIt conflicts with upstream's SHA.", &[]),
        ("Check the peer", "Sync\n\nSkipped:\n\n- SHA Check the peer\n", &[]),
        ("Check the peer", "Something else", &[]),
        ("Check the peer (#7)", "Sync\n\nSkipped:\n\n* Check the peer (#7)\n", &[]),
        ("Check the peer (#7)", "Sync\n\n* Check the peer (#9)\n", &[]),
        ("Check the peer (#7)", "Sync\n\n* Check the peer (#7)\n\n* Revert \"Check the peer (#7)\"\n", &[]),
        ("Check the peer", "Peers\n\nPart of upstream SHA", &[(Name, Weak)]),
    ] {
        assert_eq!(half(upstream, fork), (Verdict::Open, signs.to_vec()), "{fork}");
    }
}

#[test]
fn a_name_without_a_line_alike_is_none() {
    let mut world = world();
    world.on_upstream().commit("Check the peer (#7)", &[("net.c", &with("net.c", false, &["peer"]))]);
    world.on_fork().commit("Check the peer", &[("net.c", &with("net.c", true, &["other"]))]);
    assert_eq!(said(&world.survey(), "Check the peer"), (Verdict::Open, vec![]));
}

#[test]
fn what_is_stated_and_would_still_apply_is_open() {
    let mut world = World::new(&[("net.c", &file("net", 0..6)), ("disk.c", &file("disk", 0..6))]);
    let fix = format!("{}{}", file("net", 0..6), fix("peer"));
    let sha = world.on_upstream().commit("Check the peer", &[("net.c", &fix)]).to_string();
    let ours = format!("static void check_peer_3(struct peer *it)\n{}", file("net", 0..6));
    world.on_fork().commit(&format!("reimplement: peers (upstream {})", &sha[..9]), &[("net.c", &ours)]);
    let survey = world.survey();
    assert_eq!(said(&survey, "Check the peer"), (Verdict::Open, vec![(Name, Strong)]));
    assert!(survey.is_contradicted(survey.commits[0].sha));
}

#[test]
fn a_title_that_two_have_is_weak() {
    let mut world = world();
    world.on_upstream().commit("Update the checks (#7)", &[("net.c", &with("net.c", false, &["peer", "host"]))]);
    for (path, fixes) in [("net.c", ["peer"]), ("disk.c", ["peer"])] {
        let more = with(path, true, &fixes) + &fix("ours") + &fix("of_ours");
        world.on_fork().commit("Update the checks", &[(path, &more)]);
    }
    let (verdict, signs) = said(&world.survey(), "Update the checks");
    assert_eq!((verdict, signs), (Verdict::Open, vec![(Subject, Weak), (Subject, Weak)]));
}

/// Three fixes of upstream's in three files.
fn three(world: &mut World) {
    for (subject, path, name) in
        [("Mend peers", "net.c", "peer"), ("Mend blocks", "disk.c", "block"), ("Mend rows", "ui.c", "row")]
    {
        world.on_upstream().commit(subject, &[(path, &with(path, false, &[name]))]);
    }
}

#[test]
fn a_squash_under_another_title_has_what_its_lines_say() {
    let mut world = world();
    three(&mut world);
    world.on_fork().commit(
        "What we need this week",
        &[("net.c", &with("net.c", true, &["peer"])), ("disk.c", &with("disk.c", true, &["block"]))],
    );
    let survey = world.survey();
    assert_eq!(said(&survey, "Mend peers"), (Verdict::Taken, vec![(Lines, Strong)]));
    assert_eq!(said(&survey, "Mend blocks"), (Verdict::Taken, vec![(Lines, Strong)]));
    assert_eq!(said(&survey, "Mend rows"), (Verdict::Open, vec![]));
}

#[test]
fn lines_count_for_one_commit_alone() {
    let mut world = world();
    world.on_upstream().commit("Mend peers", &[("net.c", &with("net.c", false, &["peer"]))]);
    // The same again in another place, which the fork does not have.
    world.commit("Mend peers there, too", &[("net.c", &with("net.c", false, &["peer", "peer"]))]);
    world.on_fork().commit("Peers", &[("net.c", &with("net.c", true, &["peer"]))]);
    let survey = world.survey();
    assert_eq!(said(&survey, "Mend peers").0, Verdict::Taken);
    assert_eq!(said(&survey, "Mend peers there, too"), (Verdict::Open, vec![]));
}

#[test]
fn a_file_that_lacks_its_lines_is_a_persons_question() {
    let mut world = world();
    let guard = with("net.c", false, &[]).replace("return net_of(3);", "return net_of(3) & CHECKED_BY_THE_PEER;");
    let tests = with("test.c", false, &["a", "b", "c", "d", "e"]);
    let upstream = world.on_upstream().commit("Check what peers say", &[("net.c", &guard), ("test.c", &tests)]);
    // The test alone, all of it.
    let ours =
        world.on_fork().commit("Tests for later", &[("test.c", &with("test.c", true, &["a", "b", "c", "d", "e"]))]);
    let survey = world.survey();
    assert_eq!(said(&survey, "Check what peers"), (Verdict::Open, vec![(Lines, Weak)]));
    assert_eq!(survey.commits[0].perhaps, Some(ours));
    assert_eq!(survey.totals.perhaps, 1);
    // A person's word ends it.
    world.decide([Ruling::Pick { sha: upstream, phase: "all".into() }]);
    let (_, survey, _) = world.build(ALL);
    assert_eq!((survey.commits[0].perhaps, survey.commits[0].verdict), (None, Verdict::Open));
    world.decide([Ruling::Taken { sha: upstream, commit: ours }]);
    let (_, survey, _) = world.build(ALL);
    assert_eq!((survey.commits[0].perhaps, survey.commits[0].verdict), (None, Verdict::Taken));
}

#[test]
fn what_is_perhaps_taken_comes_first_with_the_forks_commit_beside_it() {
    let mut world = world();
    let upstream = world
        .on_upstream()
        .commit("Check the peer (#7)", &[("net.c", &with("net.c", false, &["peer", "host", "a", "b"]))]);
    let ours = world.on_fork().commit("Look at peers (#7) (#12)", &[("net.c", &with("net.c", true, &["peer"]))]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(ALL);
    let there = ["--repo", "fork", "--config", "uptake.yml", "--offline"];
    for command in ["survey", "plan"] {
        let (_, out, error) = uptake(world.folder(), &[&there[..], &[command]].concat());
        let shown: Vec<&str> =
            out.lines().skip_while(|line| !line.starts_with("Look at these first")).take(3).collect();
        let shown = shown.join("\n").replace(&upstream.short(), "THEIRS").replace(&ours.short(), "OURS");
        assert_eq!(
            shown,
            "Look at these first: perhaps in the fork already\n  THEIRS  number of OURS  Check the peer (#7)\n  \
             uptake why THEIRS shows it; then uptake decide taken THEIRS as OURS, or uptake decide pick THEIRS PHASE",
            "{command}: {error}"
        );
    }
}

#[test]
fn what_the_fork_moved_to_a_file_of_another_name_is_found_by_its_lines() {
    let mut world = world();
    let moved = with("net.c", true, &[]);
    world.on_fork();
    fs::remove_file(world.fork().join("net.c")).expect("removed");
    world.commit("Move net", &[("net_legacy.c", &moved)]);
    let test = with("test.c", false, &["b"]);
    world.on_upstream().commit("Mend peers", &[("net.c", &with("net.c", false, &["peer"])), ("test.c", &test)]);
    let ours = [("net_legacy.c", with("net.c", true, &["peer"])), ("test.c", with("test.c", true, &["b"]))];
    world.on_fork().commit("Peers", &ours.each_ref().map(|(path, text)| (*path, text.as_str())));
    assert_eq!(said(&world.survey(), "Mend peers"), (Verdict::Taken, vec![(Lines, Strong)]));
}

#[test]
fn what_the_fork_undid_is_not_taken() {
    for by in ["say", "silently"] {
        let mut world = world();
        three(&mut world);
        let before = with("net.c", true, &[]);
        let ours =
            world.on_fork().commit("Peers, and no title of theirs", &[("net.c", &with("net.c", true, &["peer"]))]);
        let message =
            if by == "say" { format!("Revert it\n\nThis reverts commit {ours}.") } else { "As it was".into() };
        let undone = world.commit(&message, &[("net.c", &before)]);
        let survey = world.survey();
        let unit = unit(&survey, "Mend peers");
        assert_eq!(unit.verdict, Verdict::Open, "{by}");
        if by == "say" {
            assert_eq!((unit.reverted_by, unit.perhaps), (Some(undone), None));
        }
    }
}

#[test]
fn the_pull_request_and_the_dashboard_ask_about_what_is_perhaps_taken_until_a_person_says() {
    let mut world = world();
    let upstream = world
        .on_upstream()
        .commit("Check the peer (#7)", &[("net.c", &with("net.c", false, &["peer", "host", "a", "b"]))]);
    world.commit("Add a file", &[("more.c", "int more;\n")]);
    let ours = world.on_fork().commit("Look at peers (#7) (#12)", &[("net.c", &with("net.c", true, &["peer"]))]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(ALL);
    let run = || {
        let there =
            ["--repo", "fork", "--config", "uptake.yml", "--offline", "--quiet", "run", "--forge", "folder:out"];
        let (code, out, error) = uptake(world.folder(), &there);
        assert!(code == 0 || code == 3, "{code} {out}{error}");
    };
    let page = |path: &str| {
        let text = fs::read_to_string(world.folder().join("out").join(path)).expect("a page");
        text.replace(&upstream.short(), "THEIRS").replace(&ours.short(), "OURS").replace('\u{200b}', "·")
    };
    let section = |text: &str| {
        let from = text.find("## Look at these first")?;
        let end = text[from..].find("\n\n## ").map_or(text.len(), |end| from + end);
        Some(text[from..end].trim().to_owned())
    };
    let step = |text: &str| text.lines().find(|line| line.contains("See whether the fork has")).map(str::to_owned);
    run();
    let (pull, dashboard) = (page("pulls/1.md"), page("issues/2.md"));
    insta::assert_snapshot!(section(&pull).unwrap_or(pull), @r#"
    ## Look at these first

    The fork perhaps has them already. `/taken SHA as OURS` or `/pick SHA` says whether.

    - `THEIRS` Check the peer (#·7): number of OURS
    "#);
    insta::assert_snapshot!(step(&dashboard).unwrap_or(dashboard), @"1. See whether the fork has `THEIRS` Check the peer (#·7) already (number of OURS).");

    fs::write(world.folder().join("out/permissions.json"), r#"{ "maintainer": "write" }"#).expect("a file");
    let said = format!("/taken {} as {}", upstream.short(), ours.short());
    fs::create_dir_all(world.folder().join("out/comments")).expect("a folder");
    fs::write(world.folder().join("out/comments/901.md"), said).expect("a file");
    let record = r#"{ "on": 1, "author": "maintainer", "bot": false, "created": "2025-12-01T10:00:00Z" }"#;
    fs::write(world.folder().join("out/comments/901.json"), record).expect("a file");
    run();
    let (pull, dashboard) = (page("pulls/1.md"), page("issues/2.md"));
    assert_eq!((section(&pull), step(&dashboard)), (None, None), "{pull}\n{dashboard}");
}
