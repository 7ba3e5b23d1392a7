//! The life of a pull request: merged, closed, opened again, held, stacked, and cleared away. And the dashboard, which tells of it.

#[path = "life/dashboard.rs"]
mod dashboard;
mod place;
#[path = "life/stacked.rs"]
mod stacked;
#[path = "life/whole.rs"]
mod whole;

use std::fs;

use uptake::decision::Ruling;
use uptake::names::PhaseId;

use crate::support::forge::{
    branches, decide, decisions, job_with, lines, out, person_edits, person_merges, person_pushes, publish, pulls,
};
use crate::support::{World, snapshot};

/// Two phases; the dashboard, which changes with everything, is looked at elsewhere.
const CONFIG: &str = "
upstream: { repository: up/stream }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }
dashboard: { enabled: false }
";

/// A fix and a new file, both of which apply.
fn world() -> World {
    let mut world = World::new(&[("a.txt", "a\nb\nc\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\nb\nc\n")]);
    world.commit("Add c", &[("c.txt", "c\n")]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    world
}

fn phase(id: &str) -> PhaseId {
    id.into()
}

#[test]
fn labels_are_made_once_and_people_s_stay() {
    let world = world();
    let described = lines(&publish(&world, CONFIG));
    let labels: Vec<_> = described.iter().filter(|line| line.contains("label")).collect();
    assert_eq!(
        labels,
        ["create label \"phase:fixes\"", "create label \"risk:low\"", "create label \"phase:rest\""]
            .iter()
            .collect::<Vec<_>>()
    );
    let text = fs::read_to_string(out(&world).join("labels.json")).expect("labels");
    assert!(text.contains("\"colour\": \"1d76db\",\n    \"description\": \"Uptake phase: Fixes\""), "{text}");
    // A person paints a label, puts another on a pull request, and makes a draft of it.
    person_edits(&world, "labels.json", "1d76db", "000000");
    person_edits(&world, "pulls/1.json", "\"phase:fixes\"", "\"help wanted\",\n    \"phase:fixes\"");
    person_edits(&world, "pulls/1.json", "\"draft\": false", "\"draft\": true");
    let before = snapshot(&out(&world));
    assert_eq!(lines(&publish(&world, CONFIG)), Vec::<String>::new());
    assert_eq!(snapshot(&out(&world)), before);
}

#[test]
fn after_a_merge_the_phase_goes_on_under_a_fresh_name() {
    let mut world = world();
    publish(&world, CONFIG);
    person_merges(&mut world, "uptake/fixes", 1);
    let described = lines(&publish(&world, CONFIG));
    let gone = described.iter().find(|line| line.contains("delete")).expect("a branch is deleted");
    assert!(gone.starts_with("delete branch uptake/fixes (at "), "{described:?}");
    assert_eq!(pulls(&world)[0], "1 Merged uptake/fixes -> main: Uptake: Fixes");
    world.on_upstream().commit("Fix d", &[("d.txt", "d\n")]);
    publish(&world, CONFIG);
    assert_eq!(
        pulls(&world),
        [
            "1 Merged uptake/fixes -> main: Uptake: Fixes",
            "2 Open uptake/rest -> main: Uptake: The rest",
            "3 Open uptake/fixes-2 -> main: Uptake: Fixes (round 2)",
        ]
    );
    assert_eq!(lines(&publish(&world, CONFIG)), Vec::<String>::new());
}

#[test]
fn what_the_bot_closed_is_no_person_s_word() {
    let mut world = world();
    publish(&world, CONFIG);
    let fix = world.git(&["rev-parse", "upstream~1"]).parse().expect("a name");
    world.on_fork().pick(fix, &[]);
    let described = lines(&publish(&world, CONFIG));
    let about: Vec<_> =
        described.iter().filter(|line| line.contains("Fixes") || line.contains("uptake/fixes")).collect();
    assert_eq!(about.len(), 3, "{described:?}");
    assert_eq!(about[0], "edit pull request 1 \"Uptake: Fixes\": text");
    assert_eq!(about[1], "close pull request 1 \"Uptake: Fixes\": nothing is left to take");
    let page = fs::read_to_string(out(&world).join("pulls/1.md")).expect("a page");
    assert!(page.contains("> Closed by Uptake: nothing is left to take."), "{page}");
    assert_eq!(branches(&world, &["for-each-ref", "--format=%(refname:short)"]), "main\nuptake/ledger\nuptake/rest");
    world.on_upstream().commit("Fix d", &[("d.txt", "d\n")]);
    publish(&world, CONFIG);
    assert_eq!(pulls(&world)[2], "3 Open uptake/fixes-2 -> main: Uptake: Fixes (round 2)");
    assert_eq!(decisions(&world), Vec::<String>::new());
}

#[test]
fn a_closed_pull_request_opens_again_when_so_decided() {
    let world = world();
    publish(&world, CONFIG);
    person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
    publish(&world, CONFIG);
    decide(&world, [Ruling::Reopen { phase: phase("rest") }]);
    let described = lines(&publish(&world, CONFIG));
    assert_eq!(
        described,
        ["open pull request 2 \"Uptake: The rest\" again", "edit pull request 2 \"Uptake: The rest\": text",]
    );
    assert_eq!(lines(&publish(&world, CONFIG)), Vec::<String>::new());
    // Closed once more, it stays closed: the old word was obeyed.
    person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
    let described = lines(&publish(&world, CONFIG));
    assert_eq!(described[0], "record on the ledger: close rest, pull request 2 (by pull request 2)");
    assert_eq!(described.len(), 2, "{described:?}");
}

#[test]
fn where_the_branch_went_on_or_is_gone_another_pull_request_is_opened() {
    let mut world = world();
    publish(&world, CONFIG);
    person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
    // Said before any run saw that it was closed.
    decide(&world, [Ruling::Reopen { phase: phase("rest") }]);
    let theirs = person_pushes(&world, "uptake/rest");
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    publish(&world, CONFIG);
    assert_eq!(
        pulls(&world)[1..],
        ["2 Closed uptake/rest -> main: Uptake: The rest", "3 Open uptake/rest-2 -> main: Uptake: The rest (round 2)",]
    );
    assert_eq!(branches(&world, &["rev-parse", "uptake/rest"]), theirs, "people's commits are kept");
    let described = lines(&publish(&world, CONFIG));
    assert_eq!(described.len(), 1, "{described:?}");
    assert!(described[0].contains("is of no use any more, but holds commits by people: left alone"), "{described:?}");
}

#[test]
fn where_the_forge_will_not_open_it_again_another_takes_its_place() {
    let world = world();
    publish(&world, CONFIG);
    person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
    // The forge remembers that the branch was elsewhere when it was closed.
    let main = branches(&world, &["commit-tree", "main^{tree}", "-m", "Elsewhere"]);
    person_edits(
        &world,
        "pulls/2.json",
        "\"draft\": false",
        &format!("\"draft\": false,\n  \"closed_at\": \"{main}\""),
    );
    decide(&world, [Ruling::Reopen { phase: phase("rest") }]);
    publish(&world, CONFIG);
    assert_eq!(pulls(&world)[2], "3 Open uptake/rest-2 -> main: Uptake: The rest (round 2)");
    assert_eq!(lines(&publish(&world, CONFIG)), Vec::<String>::new());
}

#[test]
fn people_s_commits_are_given_up_only_where_they_were_when_that_was_said() {
    let mut world = world();
    publish(&world, CONFIG);
    let first = person_pushes(&world, "uptake/rest");
    decide(&world, [Ruling::Rebuild { phase: phase("rest"), head: first.parse().expect("a name") }]);
    let second = person_pushes(&world, "uptake/rest");
    let described = lines(&publish(&world, CONFIG));
    let note = described.last().expect("a note");
    assert_eq!(
        *note,
        format!(
            "note: branch uptake/rest holds commits by people (it is at {}): left alone; to rebuild it was asked for when it was at {}",
            &second[..9],
            &first[..9]
        )
    );
    let page = fs::read_to_string(out(&world).join("pulls/2.md")).expect("a page");
    assert!(
        page.contains("To have Uptake go on with it, comment `/rebuild`: it is built again on the newest base"),
        "{page}"
    );
    decide(&world, [Ruling::Rebuild { phase: phase("rest"), head: second.parse().expect("a name") }]);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let described = lines(&publish(&world, CONFIG));
    assert!(described[0].starts_with(&format!("move branch uptake/rest from {}", &second[..9])), "{described:?}");
    let page = fs::read_to_string(out(&world).join("pulls/2.md")).expect("a page");
    assert!(!page.contains("People pushed"), "{page}");
    assert_eq!(lines(&publish(&world, CONFIG)), Vec::<String>::new());
}

#[test]
fn a_phase_on_hold_is_left_as_it_is() {
    let mut world = world();
    publish(&world, CONFIG);
    decide(&world, [Ruling::Hold { phase: phase("rest") }]);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    assert_eq!(lines(&publish(&world, CONFIG)), ["note: phase rest is on hold by maintainer: left alone"]);
    decide(&world, [Ruling::Unhold { phase: phase("rest") }]);
    let described = lines(&publish(&world, CONFIG));
    assert!(described[0].starts_with("move branch uptake/rest from ") && described.len() == 2, "{described:?}");
}

#[test]
fn what_belongs_to_a_phase_that_is_gone_is_cleared_away() {
    let world = world();
    publish(&world, CONFIG);
    let without = CONFIG.replace("  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }\n", "");
    let described = lines(&publish(&world, &without));
    let rest: Vec<_> = described.iter().filter(|line| line.contains("rest")).cloned().collect();
    assert_eq!(rest.len(), 3, "{described:?}");
    assert_eq!(rest[0], "edit pull request 2 \"Uptake: The rest\": text");
    assert_eq!(rest[1], "close pull request 2 \"Uptake: The rest\": its phase is not in the configuration any more");
    assert!(rest[2].starts_with("delete branch uptake/rest (at "), "{described:?}");
    assert_eq!(lines(&publish(&world, &without)), Vec::<String>::new());
}

#[test]
fn nothing_of_people_s_is_cleared_away() {
    let world = world();
    publish(&world, CONFIG);
    let theirs = person_pushes(&world, "uptake/rest");
    branches(&world, &["update-ref", "refs/heads/uptake/notes", "main"]);
    let without = CONFIG.replace("  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }\n", "");
    let described = lines(&publish(&world, &without));
    assert!(!described.iter().any(|line| line.contains("delete") || line.contains("close")), "{described:?}");
    assert_eq!(
        described.last().map(String::as_str),
        Some("note: branch uptake/notes is of no phase and no pull request of ours: left alone")
    );
    assert_eq!(branches(&world, &["rev-parse", "uptake/rest"]), theirs);
    assert!(pulls(&world)[1].starts_with("2 Open "), "{:?}", pulls(&world));
}

#[test]
fn a_branch_that_a_person_s_pull_request_goes_into_stays() {
    let mut world = world();
    publish(&world, CONFIG);
    let theirs = out(&world).join("pulls/3.json");
    let record = r#"{"number": 3, "state": "open", "title": "Mend", "head": "mend", "base": "uptake/fixes", "labels": [],
        "draft": false, "by": "somebody"}"#;
    fs::write(theirs.with_extension("md"), "# Mend\n\nMine.\n").expect("written");
    fs::write(&theirs, record).expect("written");
    person_merges(&mut world, "uptake/fixes", 1);
    let described = lines(&publish(&world, CONFIG));
    assert!(!described.iter().any(|line| line.starts_with("delete")), "it would be closed for good: {described:?}");
    assert_eq!(lines(&publish(&world, CONFIG)), Vec::<String>::new());
    person_edits(&world, "pulls/3.json", "\"open\"", "\"closed\"");
    let described = lines(&publish(&world, CONFIG));
    assert!(described.iter().any(|line| line.starts_with("delete branch uptake/fixes (at ")), "{described:?}");
}

#[test]
fn a_marker_counts_only_in_the_bot_s_own_pull_request() {
    let mut world = world();
    publish(&world, CONFIG);
    // Somebody opens one from a branch of theirs, with a marker copied out of the bot's.
    let theirs = person_pushes(&world, "uptake/rest");
    let (json, page) = (out(&world).join("pulls/2.json"), out(&world).join("pulls/2.md"));
    let copy =
        fs::read_to_string(&json).expect("a file").replace("\"number\": 2", "\"number\": 3,\n  \"by\": \"somebody\"");
    fs::write(out(&world).join("pulls/3.json"), copy.replace("uptake/rest", "uptake/mine")).expect("written");
    fs::copy(page, out(&world).join("pulls/3.md")).expect("copied");
    branches(&world, &["update-ref", "refs/heads/uptake/mine", &theirs]);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    publish(&world, CONFIG);
    assert_eq!(branches(&world, &["rev-parse", "uptake/mine"]), theirs);
    assert!(pulls(&world)[2].starts_with("3 Open uptake/mine -> main"), "{:?}", pulls(&world));
}

#[test]
fn a_run_killed_at_any_write_of_a_busy_day_is_finished_by_the_next() {
    // One phase merged, one closed by a person, one with people's commits, a new one, and one that is gone.
    let config = |ids: &[&str]| {
        let phase = |id: &&str| {
            format!("  - {{ id: {id}, title: Phase {id}, priority: 1, rules: [{{ subject: '^{id}' }}] }}\n")
        };
        format!("phases:\n{}", ids.iter().map(phase).collect::<String>())
    };
    let day = || {
        let mut world = World::new(&[("a.txt", "a\n")]);
        world.on_upstream();
        for id in ["aa", "bb", "cc", "dd", "ee"] {
            world.commit(&format!("{id} one"), &[(&format!("{id}.txt"), "1\n")]);
        }
        world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
        publish(&world, &config(&["aa", "bb", "cc", "dd"]));
        person_merges(&mut world, "uptake/aa", 1);
        person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
        person_pushes(&world, "uptake/cc");
        world.on_upstream();
        for id in ["aa", "bb", "cc", "ee"] {
            world.commit(&format!("{id} two"), &[(&format!("{id}2.txt"), "2\n")]);
        }
        world
    };
    let after_all = config(&["aa", "bb", "cc", "ee"]);
    let whole = |world: &World| {
        let mut files = snapshot(&out(world));
        // Commits of the ledger bear the time of their making in order, and packs hold what was sent together.
        files.retain(|(path, _)| !path.starts_with("branches.git"));
        let refs = branches(world, &["for-each-ref", "--format=%(refname) %(tree)"]);
        let heads = branches(world, &["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/uptake/[!l]*"]);
        (files, refs, heads)
    };
    let undisturbed = day();
    let described = lines(&publish(&undisturbed, &after_all));
    assert!(described.len() > 10, "{described:?}");
    let undisturbed = whole(&undisturbed);
    for after in [false, true] {
        for left in 0.. {
            let world = day();
            let killed = job_with(&world, &world.open(&after_all), left, after).is_err();
            publish(&world, &after_all);
            assert_eq!(whole(&world), undisturbed, "killed at write {left}, after it: {after}");
            if !killed {
                break;
            }
        }
    }
}
