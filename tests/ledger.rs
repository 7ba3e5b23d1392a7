//! The ledger: what is read from it and refused, what stays of people's words, and what a plan makes of it.

mod commands;
mod together;

use std::fs;

use engine::Repo;
use engine::ids::CommitId;
use uptake::decision::{FileResolution, Ruling};
use uptake::ledger::{Attempt, AttemptState, BRANCH, InClone, Ledger, LedgerError, PhaseRecord, find_in_clone, update};
use uptake::pick::Built;
use uptake::plan::LeftOut;
use uptake::view::note::words;

use crate::support::{World, said};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

const CONFIG: &str = "
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: rest, title: The rest, priority: 2, rules: [{ subject: ^Add }] }
exclude: [{ reason: not ours, rules: [{ subject: ^Drop }] }]
";

/// Upstream has `Fix a`, `Fix b`, `Add c`, `Drop d` and `Go e`.
fn world() -> (World, [CommitId; 5]) {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("d.txt", TEXT)]);
    world.on_upstream();
    let commits = [
        world.commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]),
        world.commit("Fix b", &[("b.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]),
        world.commit("Add c", &[("c.txt", "c\n")]),
        world.commit("Drop d", &[("d.txt", "gone\n")]),
        world.commit("Go e", &[("e.txt", "e\n")]),
    ];
    world.on_fork().commit("Ours", &[("f.txt", "ours\n")]);
    (world, commits)
}

/// What is planned, a line for each commit, by its subject.
fn described(world: &World, built: &Built) -> String {
    let subject = |sha: CommitId| world.git(&["log", "-1", "--format=%s", &sha.to_string()]);
    let left = |left: &LeftOut| format!("  not {}: {}\n", subject(left.sha), words::reason(&left.reason));
    let mut text = String::new();
    for phase in &built.phases {
        text.push_str(&format!("{}\n", phase.id));
        for pick in &phase.picks {
            let note = words::pick_note(pick);
            let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
            text.push_str(&format!("  {}{note}\n", subject(pick.sha)));
        }
        phase.left_out.iter().for_each(|one| text.push_str(&left(one)));
    }
    text.push_str("nowhere\n");
    built.left_out.iter().for_each(|one| text.push_str(&left(one)));
    built.unassigned.iter().for_each(|sha| text.push_str(&format!("  {}\n", subject(*sha))));
    text
}

#[test]
fn what_people_decided_goes_before_the_configuration() {
    let (world, [a, b, c, d, e]) = world();
    let phase = |id: &str| id.into();
    world.decide([
        Ruling::Skip { sha: a },
        Ruling::Move { sha: b, phase: phase("rest") },
        Ruling::Defer { sha: c },
        Ruling::Pick { sha: d, phase: phase("rest") },
        Ruling::Pick { sha: e, phase: phase("gone") },
    ]);
    insta::assert_snapshot!(described(&world, &world.build(CONFIG).2), @r"
    fixes
      not Fix a: skipped by maintainer: we said so
    rest
      Fix b (put here by maintainer: we said so)
      Drop d (put here by maintainer: we said so)
      not Add c: waits: deferred by maintainer: we said so
    nowhere
      not Go e: decided for phase gone, which the configuration does not have, by maintainer: we said so
    ");
    world.decide([Ruling::Readmit { sha: a }, Ruling::Readmit { sha: c }, Ruling::Skip { sha: e }]);
    insta::assert_snapshot!(described(&world, &world.build(CONFIG).2), @r"
    fixes
      Fix a
    rest
      Fix b (put here by maintainer: we said so)
      Add c
      Drop d (put here by maintainer: we said so)
    nowhere
      not Go e: skipped by maintainer: we said so
    ");
}

#[test]
fn a_decision_takes_what_is_named_elsewhere_and_keeps_what_is_said_of_it_there() {
    let (world, [a, b, ..]) = world();
    let config = format!(
        "phases:\n  - {{ id: fixes, title: Fixes, priority: 1, commits: [{{ sha: '{a}', risk: high, note: mind it }}, '{b}'] }}\n  - {{ id: rest, title: Rest, priority: 2, rules: [{{ subject: ^Add }}] }}\n"
    );
    world.decide([Ruling::Move { sha: a, phase: "rest".into() }]);
    let (_, _, built) = world.build(&config);
    insta::assert_snapshot!(described(&world, &built), @r"
    fixes
      Fix b
      not Fix a: moved to phase rest by maintainer: we said so
    rest
      Fix a (mind it; put here by maintainer: we said so)
      Add c
    nowhere
      Drop d
      Go e
    ");
    assert_eq!(built.phases[1].picks[0].risk, uptake::risk::Level::High);
}

#[test]
fn what_the_fork_has_stays_taken_whatever_was_decided() {
    let (mut world, [a, ..]) = world();
    let old = world.git(&["merge-base", "main", "upstream"]).parse().expect("a name");
    world.on_fork().pick(a, &["-x"]);
    world.decide([
        Ruling::Pick { sha: a, phase: "rest".into() },
        Ruling::Pick { sha: old, phase: "rest".into() },
        Ruling::Pick { sha: CommitId::from_bytes([7; 20]), phase: "rest".into() },
    ]);
    let (_, _, built) = world.build(CONFIG);
    let kinds: Vec<&str> = built.phases[1].left_out.iter().map(|left| left.reason.kind()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "taken").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "ancestor").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "out-of-range").count(), 1, "{kinds:?}");
}

#[test]
fn of_a_group_the_latest_that_is_not_skipped_is_taken() {
    let (world, [a, b, ..]) = world();
    let config = format!("{CONFIG}supersede: [{{ title: fixes, commits: ['{a}', '{b}'] }}]\n");
    let taken = |world: &World| world.build(&config).2.phases[0].picks.iter().map(|pick| pick.sha).collect::<Vec<_>>();
    assert_eq!(taken(&world), [b]);
    world.decide([Ruling::Skip { sha: b }]);
    assert_eq!(taken(&world), [a]);
}

/// Commits these files onto the clone's ledger branch as a person does, in a work tree.
fn by_hand(world: &World, files: &[(&str, &str)]) {
    world.git(&["switch", "--quiet", BRANCH]);
    for (path, text) in files {
        let path = world.fork().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    world.git(&["add", "--all"]);
    world.git(&["commit", "--quiet", "-m", "By hand"]);
    world.git(&["switch", "--quiet", "main"]);
}

fn read(world: &World) -> Result<Ledger, LedgerError> {
    let repo = Repo::open(&world.fork()).expect("opened");
    Ledger::read(&repo, find_in_clone(&repo).expect("found"))
}

#[test]
fn all_that_is_wrong_with_a_ledger_is_said_at_once_with_its_place() {
    let (world, [a, ..]) = world();
    world.decide([Ruling::Skip { sha: a }]);
    let decisions = format!(
        "# ours
- ruling: {{ do: skip, sha: {a} }}
  by: maintainer
  when: 2025-11-22T10:00:00Z
- ruling: {{ do: skp, sha: {a} }}
  by: maintainer
  when: yesterday
- ruling: {{ sha: {a} }}
  by: maintainer
  when: 2025-11-22T10:00:00Z
- ruling: {{ do: move, sha: 264d71baf }}
  by: ''
  when: 2025-11-22T10:00:00Z
  reason: none
- nothing
- ruling: {{ do: resolve, phase: Fixes!, path: a.txt, how: mine }}
  when: 2025-11-22T10:00:00Z
"
    );
    by_hand(&world, &[("decisions.yml", &decisions), ("phases/fixes.yml", "rounds:\n  - branch: uptake/fixes\n")]);
    let Err(LedgerError::Problems { files }) = read(&world) else { panic!("it was taken") };
    let described: Vec<String> = files.iter().map(|(problems, _)| problems.to_string()).collect();
    insta::assert_snapshot!(described.join("\n").replace(&a.to_string(), "SHA"), @r#"
    uptake/ledger:decisions.yml:5:17: `do` cannot be `skp` (did you mean `skip`? one of pick, skip, defer, readmit, taken, move, resolve, accept, rebuild, hold, unhold, close, reopen, start, retest, bisect)
    uptake/ledger:decisions.yml:7:9: `when` cannot be `yesterday` (a moment is written like `2025-11-22T10:00:00Z`)
    uptake/ledger:decisions.yml:8:11: `ruling` lacks the key `do` (`do`: one of pick, skip, defer, readmit, taken, move, resolve, accept, rebuild, hold, unhold, close, reopen, start, retest, bisect)
    uptake/ledger:decisions.yml:11:11: `ruling` lacks the key `phase` (`phase`: The phase's id)
    uptake/ledger:decisions.yml:11:28: `sha` cannot be `264d71baf` (the full name is needed: 40 hexadecimal digits, as `git rev-parse NAME` prints them)
    uptake/ledger:decisions.yml:12:7: `by` is empty (it is one line of text)
    uptake/ledger:decisions.yml:14:3: unknown key `reason` in an item of the list (known here: ruling, by, when, link, why)
    uptake/ledger:decisions.yml:15:3: an item of the list must be a mapping (`key: value` lines), not a text (its keys: ruling, by, when, link, why)
    uptake/ledger:decisions.yml:16:3: an item of the list lacks the key `by` (`by`: Who: a login on the forge, or the name of a committer)
    uptake/ledger:decisions.yml:16:33: `phase` cannot be `Fixes!` (a phase is named by its id in the configuration, such as `build-fixes`)
    uptake/ledger:decisions.yml:16:59: `how` cannot be `mine` (one of upstream, fork, union, manual)
    uptake/ledger:phases/fixes.yml:2:5: an item of `rounds` lacks the keys `base`, `head`, `picks` and `state`
    "#);
}

#[test]
fn people_s_comments_and_files_stay() {
    let (world, [a, b, ..]) = world();
    world.decide([Ruling::Skip { sha: a }]);
    let text = world.git(&["show", &format!("{BRANCH}:decisions.yml")]);
    let noted = format!("# talked about on Monday\n{text} # really\n");
    by_hand(&world, &[("decisions.yml", &noted), ("notes/why.md", "because\n")]);
    world.decide([Ruling::Skip { sha: b }]);
    let after = world.git(&["show", &format!("{BRANCH}:decisions.yml")]);
    assert!(after.starts_with(noted.trim_end()), "{after}");
    assert_eq!(world.git(&["show", &format!("{BRANCH}:notes/why.md")]), "because");
    assert_eq!(
        read(&world).expect("right").decisions(),
        [said(Ruling::Skip { sha: a }), said(Ruling::Skip { sha: b })]
    );
    assert!(world.git(&["show", &format!("{BRANCH}:README.md")]).starts_with("# The ledger of Uptake"));
    assert!(
        !world.try_git(&["merge-base", "main", BRANCH]).status.success(),
        "it has nothing to do with the fork's code"
    );
}

#[test]
fn the_same_ledger_is_the_same_commit_and_no_change_is_none() {
    let (world, [a, ..]) = world();
    let repo = Repo::open(&world.fork()).expect("opened");
    let ledger = Ledger::default().decide(said(Ruling::Skip { sha: a })).expect("decided");
    let first = ledger.commit(&repo, None, "Skip a").expect("a commit");
    assert_eq!(ledger.commit(&repo, None, "Skip a").expect("a commit"), first);
    assert_eq!(ledger.commit(&repo, Some(first), "Skip a").expect("a commit"), first);
    assert_eq!(Ledger::read(&repo, Some(first)).expect("right").decisions(), ledger.decisions());
    let commit = repo.commit(first).expect("a commit");
    assert_eq!(commit.committer.when.to_string(), "2025-11-22T10:00:00Z");
}

#[test]
fn a_record_is_read_as_it_was_written_and_nonsense_is_not_written() {
    let (world, [a, b, ..]) = world();
    let repo = Repo::open(&world.fork()).expect("opened");
    let round = Attempt {
        branch: "uptake/fixes".into(),
        pull: Some(3),
        base: a,
        head: b,
        by_people: false,
        picks: vec![],
        state: AttemptState::Open,
        landed: None,
    };
    let record = PhaseRecord { rounds: vec![round] };
    let ledger = Ledger::default().with_phase(&"fixes".into(), record.clone()).expect("recorded");
    let at = ledger.commit(&repo, None, "Published").expect("a commit");
    assert_eq!(Ledger::read(&repo, Some(at)).expect("right").phases()["fixes"], record);
    let odd = Ruling::Hold { phase: "no id".into() };
    let error = Ledger::default().decide(said(odd)).expect_err("refused").to_string();
    assert_eq!(error, "cannot put hold no id on the ledger: `phase` cannot be `no id`");
}

#[test]
fn a_reason_of_several_lines_is_put_on_one() {
    let (world, [a, ..]) = world();
    let mut decision = said(Ruling::Skip { sha: a });
    decision.why = Some("first\n- ruling: { do: hold }\n\u{202e}last: #x".into());
    let ledger = Ledger::default().decide(decision).expect("decided");
    let repo = Repo::open(&world.fork()).expect("opened");
    let at = ledger.commit(&repo, None, "Skip a").expect("a commit");
    let read = Ledger::read(&repo, Some(at)).expect("right");
    assert_eq!(read.decisions().len(), 1);
    assert_eq!(read.decisions()[0].why.as_deref(), Some("first - ruling: { do: hold } \u{fffd}last: #x"));
}

#[test]
fn two_ledgers_of_a_clone_that_went_different_ways_are_told_apart_by_nobody() {
    let (world, [a, b, ..]) = world();
    world.decide([Ruling::Skip { sha: a }]);
    world.git(&["update-ref", &format!("refs/remotes/origin/{BRANCH}"), BRANCH]);
    world.decide([Ruling::Skip { sha: b }]);
    assert_eq!(read(&world).expect("right").decisions().len(), 2, "the one that has all of the other");
    let parent = format!("{BRANCH}~1");
    let tree = world.git(&["rev-parse", &format!("{BRANCH}^{{tree}}")]);
    let other = world.git(&["commit-tree", &tree, "-p", &parent, "-m", "Another"]);
    world.git(&["update-ref", &format!("refs/remotes/origin/{BRANCH}"), &other]);
    let repo = Repo::open(&world.fork()).expect("opened");
    let error = find_in_clone(&repo).expect_err("refused").to_string();
    assert_eq!(error, "refs/heads/uptake/ledger and refs/remotes/origin/uptake/ledger went different ways");
    let mut change = |_: &Ledger| panic!("nothing is changed");
    assert!(update(&repo, &mut InClone::new(&repo), &mut change).is_err());
}

#[test]
fn how_a_file_is_resolved_is_the_last_word_on_it() {
    let resolve = |how| said(Ruling::Resolve { phase: "fixes".into(), path: "a.txt".into(), how });
    let mut ledger = Ledger::default();
    for how in [FileResolution::Fork, FileResolution::Manual] {
        ledger = ledger.decide(resolve(how)).expect("decided");
    }
    let rulings = ledger.effective();
    assert_eq!(rulings.resolve(&"fixes".into(), "a.txt").map(|(how, _)| *how), Some(FileResolution::Manual));
    assert!(rulings.resolve(&"rest".into(), "a.txt").is_none());
}
