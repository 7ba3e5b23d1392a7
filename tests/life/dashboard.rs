//! The dashboard, and what people say by its check boxes.

use std::fs;

use engine::Repo;
use engine::ids::CommitId;
use uptake::decision::{Decision, Ruling};
use uptake::forge::folder::Folder;
use uptake::ledger::{Changed, update};
use uptake::pipeline::RunReport;
use uptake::publish::{Changes, apply};

use super::CONFIG;
use crate::support::World;
use crate::support::forge::{decisions, dry_run, job_while, lines, out, person_edits, publish, pulls};

fn config() -> String {
    CONFIG.replace("{ enabled: false }", "{ alarm_days: 20 }")
}

/// A fix that applies, a root with a cascade, and a file of its own.
fn world() -> World {
    let mut world = World::new(&[("a.txt", "a\nb\nc\n"), ("b.txt", "a\nb\nc\nd\ne\nf\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\nb\nc\n")]);
    world.commit("Change b", &[("b.txt", "one\nb\nc\nd\ne\nf\n")]);
    world.commit("Change b again", &[("b.txt", "two\nb\nc\nd\ne\nf\n")]);
    world.commit("Add c", &[("c.txt", "c\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "ours\nb\nc\nd\ne\nf\n")]);
    world
}

fn page(world: &World) -> String {
    let folder = out(world).join("issues");
    let mut pages: Vec<_> = fs::read_dir(folder)
        .expect("issues")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    assert_eq!(pages.len(), 1, "one dashboard: {pages:?}");
    fs::read_to_string(pages.remove(0)).expect("a page")
}

#[test]
fn it_says_how_the_whole_stands() {
    let world = world();
    publish(&world, &config());
    let mut described = page(&world).replace('\u{200b}', "·");
    for (at, name) in ["main", "upstream~3", "upstream~2", "upstream~1", "upstream"].iter().enumerate() {
        let sha = world.git(&["rev-parse", name]);
        described = described.replace(&sha, &format!("SHA{at}")).replace(&sha[..9], &format!("sha{at}"));
    }
    insta::assert_snapshot!(described, @r#"
    # Uptake: upstream status

    `main` is at `sha0`, `up/stream` at `sha4`: 4 commits behind. The fork has 0 of them already; **4 still to take**, the oldest written on 2025-09-01: **30 days** ago. As of 2025-10-01.

    > [!WARNING]
    > The fork lags: the oldest commit still to take is 30 days old, the limit is 20 days (`dashboard.alarm_days`).

    **Next for you**

    1. Decide [`sha2`][] Change b: 1 place; 1 pick waits only for it.
    2. Review and merge what is ready: #1, #2.

    ## Phases

    `█` in the fork, `▓` ready on the phase's branch, `░` open: not on it, since it conflicts.

    | Phase | Progress | Risk | Pull request | Waits for |
    |---|---|---|---|---|
    | Fixes | `▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓` 1 ready | low | #1 | review |
    | The rest | `▓▓▓▓▓▓░░░░░░░░░░░░░░` 1 ready, 2 open | medium | #2 | review, and a person: 1 conflict to resolve |

    All phases together give the same files as git's own merge. 1 file that git cannot merge cleanly is not compared.

    ## The ways to catch up

    | Way | Stops | Files | Places to decide | Common ancestor | You lose |
    |---|--:|--:|--:|---|---|
    | one merge | 1 | 1 | 1 | moves | review in parts |
    | the line in slices | 1 | 1 | 1 | moves | nothing |
    | **the phases as configured** | 1 | 1 | 1 | moves | nothing |
    | the fork's commits onto upstream | 1 | 1 | 1 | moves | review in parts; the fork's history, rewritten |

    Recommended: the phases as configured. A person decides 1 place, and nothing is lost. `uptake run`

    <details><summary>Decisions, the cheapest first: 1 pick</summary>

    - [`sha2`][] Change b · 1 place; 1 pick waits only for it, The rest #2

    </details>

    <details><summary>Tick to leave a commit out for good: Fixes, 1 commit</summary>

    - [ ] <!-- uptake:skip=SHA1 --> `sha1` Fix a (#·1) · clean

    </details>

    <details><summary>Tick to leave a commit out for good: The rest, 3 commits</summary>

    - [ ] <!-- uptake:skip=SHA2 --> `sha2` Change b · decide
    - [ ] <!-- uptake:skip=SHA3 --> `sha3` Change b again · not-needed-yet
    - [ ] <!-- uptake:skip=SHA4 --> `sha4` Add c · clean

    </details>

    [`sha2`]: https://redirect.github.com/up/stream/commit/sha2
    <!-- uptake:ticked  -->
    <!-- uptake dashboard -->
    "#);
}

#[test]
fn a_ticked_box_leaves_a_commit_out_and_one_unticked_takes_it_back() {
    let world = world();
    publish(&world, &config());
    let sha = world.git(&["rev-parse", "upstream~2"]);
    let item = format!("] <!-- uptake:skip={sha} -->");
    person_edits(&world, "issues/3.md", &format!("- [ {item}"), &format!("- [x{item}"));
    let described = lines(&publish(&world, &config()));
    assert_eq!(described[0], format!("record on the ledger: skip {} (by the dashboard)", &sha[..9]));
    assert_eq!(decisions(&world), [format!("skip {} by the dashboard: ticked in the dashboard", &sha[..9])]);
    let described = page(&world);
    assert!(
        described.contains(&format!(
            "<details><summary>Left out by decision, untick to take it after all: 1 commit</summary>\n\n- [x{item}"
        )),
        "{described}"
    );
    let pull = fs::read_to_string(out(&world).join("pulls/2.md")).expect("a page");
    assert!(pull.contains("skipped by the dashboard"), "{pull}");
    assert_eq!(lines(&publish(&world, &config())), Vec::<String>::new(), "it is acted on once");
    person_edits(&world, "issues/3.md", &format!("- [x{item}"), &format!("- [ {item}"));
    let described = lines(&publish(&world, &config()));
    assert_eq!(described[0], format!("record on the ledger: readmit {} (by the dashboard)", &sha[..9]));
    assert!(!page(&world).contains("Left out by decision"));
    assert_eq!(lines(&publish(&world, &config())), Vec::<String>::new());
}

#[test]
fn of_very_many_decisions_the_latest_have_a_box() {
    let world = world();
    let repo = Repo::open(&world.fork()).expect("opened");
    let updated = update(&repo, &mut Folder::new(&out(&world)), &mut |ledger| {
        let mut ledger = ledger.clone();
        for number in 0..150u8 {
            let ruling = Ruling::Skip { sha: CommitId::from_bytes([number; 20]) };
            let when = format!("2025-09-22T10:{:02}:{:02}Z", number / 60, number % 60).parse().expect("a moment");
            let why = Some("not for us".into());
            ledger = ledger.decide(Decision { ruling, by: "maintainer".into(), when, link: None, why })?;
        }
        Ok(Changed { ledger, message: "Skip many".into() })
    });
    updated.expect("decided");
    publish(&world, &config());
    let described = page(&world);
    assert!(described.contains("\nand 50 earlier; `uptake ledger show` lists them all.\n"), "{described}");
    let (shown, hidden) = described.rsplit_once("<!-- uptake:ticked ").expect("the hidden list");
    assert_eq!((shown.matches("- [x] ").count(), hidden.matches("skip=").count()), (100, 100));
    let named = |number: u8| described.contains(&format!("skip={}", CommitId::from_bytes([number; 20])));
    assert!(named(149) && named(50) && !named(49));
}

#[test]
fn a_ticked_box_starts_a_phase() {
    let world = world();
    let config = format!("{}stacking: landed\n", config());
    publish(&world, &config);
    assert_eq!(pulls(&world).len(), 1);
    let described = page(&world);
    assert!(
        described.contains("- [ ] <!-- uptake:start=rest --> Start **The rest** now, though Fixes has not landed\n"),
        "{described}"
    );
    assert!(described.contains("| Fixes to land |"), "{described}");
    person_edits(&world, "issues/2.md", "- [ ] <!-- uptake:start=rest", "- [x] <!-- uptake:start=rest");
    let described = lines(&publish(&world, &config));
    assert_eq!(described[0], "record on the ledger: start rest (by the dashboard)");
    assert_eq!(pulls(&world).len(), 2);
    assert_eq!(lines(&publish(&world, &config)), Vec::<String>::new());
}

#[test]
fn a_box_ticked_while_a_run_writes_is_not_lost() {
    let mut world = world();
    publish(&world, &config());
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let session = world.open(&config());
    let RunReport { changes, mut observed, .. } = dry_run(&world, &session).expect("compared");
    let sha = world.git(&["rev-parse", "upstream~3"]);
    person_edits(
        &world,
        "issues/3.md",
        &format!("- [ ] <!-- uptake:skip={sha}"),
        &format!("- [x] <!-- uptake:skip={sha}"),
    );
    let mut folder = Folder::new(&out(&world));
    apply(&changes.changes, &session.repo, &mut folder, &mut observed, session.now, &mut Changes::default())
        .expect("applied");
    drop(folder);
    let described = lines(&publish(&world, &config()));
    assert_eq!(described[0], format!("record on the ledger: skip {} (by the dashboard)", &sha[..9]));
}

#[test]
fn a_box_ticked_at_any_time_of_a_run_is_not_lost() {
    let tested = format!("{}ci: {{ workflow: gpu.yml, cuda: ['13.0'], validate: [make test] }}\n", config());
    // Before anything is written; while branches are; and after the dashboard is, where a run with tests shows all once more.
    for (moment, in_the_way) in [("comments", true), ("push_branch", true), ("dispatch", false)] {
        let mut world = world();
        publish(&world, &config());
        let sha = world.git(&["rev-parse", "upstream~2"]);
        world.on_upstream().commit("Fix d", &[("d.txt", "d\n")]);
        let item = |tick: &str| format!("- [{tick}] <!-- uptake:skip={sha} -->");
        let session = world.open(&tested);
        let tick = || person_edits(&world, "issues/3.md", &item(" "), &item("x"));
        let report = job_while(&world, &session, moment, tick);
        let left = "note: the dashboard 3 was changed during this run: left to the next, which obeys what was ticked";
        assert_eq!(lines(&report.changes).iter().any(|line| line == left), in_the_way, "{moment}");
        assert!(page(&world).contains(&item("x")), "{moment}");
        let described = lines(&publish(&world, &tested));
        assert_eq!(described[0], format!("record on the ledger: skip {} (by the dashboard)", &sha[..9]), "{moment}");
    }
}

#[test]
fn a_closed_dashboard_is_left_alone() {
    let mut world = world();
    publish(&world, &config());
    person_edits(&world, "issues/3.json", "\"open\"", "\"closed\"");
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let before = page(&world);
    let described = lines(&publish(&world, &config()));
    assert_eq!(
        described.last().map(String::as_str),
        Some("note: the dashboard 3 is closed: left alone (open it again, or set `dashboard.enabled: false`)")
    );
    assert_eq!(page(&world), before);
}

#[test]
fn the_alarm_goes_off_past_the_configured_age_alone() {
    let world = world();
    publish(&world, &config());
    assert!(page(&world).contains("the oldest commit still to take is 30 days old, the limit is 20 days"));
    for quiet in ["30", "0"] {
        publish(&world, &config().replace("alarm_days: 20", &format!("alarm_days: {quiet}")));
        assert!(!page(&world).contains("WARNING"), "{quiet}");
    }
}

#[test]
fn it_is_edited_on_another_day_and_not_twice_on_one() {
    let world = world();
    publish(&world, &config());
    let at = |now: &str| lines(&dry_run(&world, &world.open_at(&config(), now)).expect("compared").changes);
    assert_eq!(at("2025-10-01T23:59:59Z"), Vec::<String>::new());
    let described = at("2025-10-02T00:00:00Z");
    assert_eq!(described, ["edit the dashboard 3 \"Uptake: upstream status\""]);
}
