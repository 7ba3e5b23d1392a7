//! The record: once upstream is in, git is told, and counts from there.

use engine::ids::CommitId;
use uptake::decision::Ruling;
use uptake::forge::Pulls;
use uptake::forge::folder::Folder;
use uptake::record::{NAME, Refusal};
use uptake::survey::{EvidenceKind, Verdict};

use crate::support::forge::{branches, decide, job, lines, out, person_merges, pulls};
use crate::support::{World, snapshot, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

const CONFIG: &str = "
upstream: { repository: up/stream, branch: main }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
";

/// Two fixes that the phase takes, and a change that nobody wants.
fn world() -> (World, [CommitId; 3]) {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("z.txt", TEXT)]);
    world.on_upstream();
    let commits = [
        world.commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]),
        world.commit("Telemetry for @everyone #7", &[("t.txt", "send\n")]),
        world.commit("Fix b", &[("b.txt", "B\nb\nc\nd\ne\nf\ng\nh\n")]),
    ];
    world.on_fork().commit("Ours", &[("z.txt", "ours\n")]);
    (world, commits)
}

fn run(world: &World) -> Vec<String> {
    lines(&job(world, &world.open(CONFIG)).changes)
}

/// All that is wanted landed, the rest skipped, and the record offered.
fn offered() -> (World, [CommitId; 3]) {
    let (mut world, commits) = world();
    run(&world);
    person_merges(&mut world, "uptake/fixes", 1);
    decide(&world, [Ruling::Skip { sha: commits[1] }]);
    run(&world);
    (world, commits)
}

fn body(world: &World, pull: u64) -> String {
    let all = Folder::new(&out(world)).pulls("uptake/").expect("read").bringing;
    all.into_iter().find(|found| found.number == pull).expect("there").text.body
}

fn behind(world: &World) -> String {
    world.git(&["rev-list", "--count", "main..refs/remotes/upstream/main"]).trim().to_owned()
}

#[test]
fn nothing_is_recorded_while_a_unit_is_open() {
    let (mut world, commits) = world();
    run(&world);
    person_merges(&mut world, "uptake/fixes", 1);
    run(&world);
    assert!(!pulls(&world).iter().any(|pull| pull.contains("record")), "{:?}", pulls(&world));
    let (code, text, _) = uptake(&world.fork(), &["record", "--offline", "--config", &config(&world)]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("Not to be recorded yet: 1 unit is neither in the fork nor left out for good."), "{text}");
    assert!(text.contains(&commits[1].short()), "{text}");
}

fn config(world: &World) -> String {
    world.config(CONFIG).display().to_string()
}

#[test]
fn a_record_changes_no_file_and_after_it_git_counts_no_commit_behind() {
    let (mut world, commits) = offered();
    assert_eq!(behind(&world), "3");
    let before = world.git(&["rev-parse", "main^{tree}"]);
    assert_eq!(pulls(&world)[1], "3 Open uptake/record -> main: Uptake: record that upstream is in, up to 80e2cf5fe");
    let text = body(&world, 3).replace('\u{200b}', "·");
    let text =
        text.split("<!-- uptake").next().expect("a beginning").replace("https://redirect.github.com/up/stream/", "");
    let text = text.replace(&commits[1].to_string(), "SHA").replace(&commits[1].short(), "SHA");
    insta::assert_snapshot!(text.trim_end(), @r#"
    **Merge this with a merge commit** ("Create a merge commit"): squashed or rebased, git would learn nothing from it.

    It changes no file. It tells git that upstream is in up to [`80e2cf5fe`][] Fix b: of 3 units, 2 are in the fork and 1 left out for good. Git and GitHub then say that the fork is 0 commits behind.

    <details><summary>Left out for good: 1 unit</summary>

    - [`SHA`][] Telemetry for @·everyone [up/stream#·7](issues/7): skipped by maintainer

    </details>

    <details><summary>Git's own merge would change 1 file; each has its reason</summary>

    - `t.txt`: [`SHA`][]

    </details>

    <details><summary>Taken: 2 units</summary>

    - [`2f9a9af54`][] Fix a: trailer, patch-id, authorship, subject, ledger of 5172280f6
    - [`80e2cf5fe`][] Fix b: trailer, patch-id, authorship, subject, ledger of 941ce31c2

    </details>

    [`2f9a9af54`]: commit/2f9a9af54
    [`80e2cf5fe`]: commit/80e2cf5fe
    [`SHA`]: commit/SHA
    "#);
    person_merges(&mut world, "uptake/record", 3);
    assert_eq!(behind(&world), "0");
    assert_eq!(world.git(&["rev-parse", "main^{tree}"]), before, "the record changes no file");
    let report = job(&world, &world.open(CONFIG));
    assert_eq!(report.survey.commits.len(), 0);
    let after = snapshot(&out(&world));
    run(&world);
    assert_eq!(snapshot(&out(&world)), after, "and then there is nothing to do");

    // Upstream goes on: only what is new is looked at.
    world.on_upstream().commit("Fix b again", &[("b.txt", "B\nB\nc\nd\ne\nf\ng\nh\n")]);
    let report = job(&world, &world.open(CONFIG));
    assert_eq!(report.survey.commits.iter().map(|unit| unit.subject.as_str()).collect::<Vec<_>>(), ["Fix b again"]);
}

#[test]
fn a_record_that_was_squashed_is_offered_again_and_says_so() {
    let (mut world, _) = offered();
    // What a forge makes of a squash: one commit of its own, here with no change at all.
    world.on_fork().git(&["commit", "--quiet", "--allow-empty", "-m", "Record (#3)"]);
    let squashed = world.head();
    let path = out(&world).join("pulls/3.json");
    let mut pull: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("a file")).expect("JSON");
    pull["state"] = "merged".into();
    pull["merged"] = squashed.to_string().into();
    std::fs::write(&path, pull.to_string()).expect("written");
    let made = run(&world);
    assert!(made.iter().any(|line| line.contains("uptake/record-2 into main")), "{made:?}");
    assert!(
        body(&world, 4).starts_with("> [!WARNING]\n> #3 was merged, but not with a merge commit"),
        "{}",
        body(&world, 3)
    );
    assert_eq!(behind(&world), "3");
}

/// A person brings a branch of the bot's into the fork's by fast-forward, past the forge.
fn forwards(world: &mut World, branch: &str) {
    let from = out(world).join("branches.git").display().to_string();
    world.on_fork().git(&["fetch", "--quiet", &from, branch]);
    world.git(&["merge", "--quiet", "--ff-only", "FETCH_HEAD"]);
}

#[test]
fn what_was_fast_forwarded_past_the_forge_is_said_to_have_landed() {
    let (mut world, commits) = world();
    let landed = |made: &[String], number: u64| {
        let close = made.iter().find(|line| line.starts_with(&format!("close pull request {number} ")));
        assert!(
            close.is_some_and(|line| line.ends_with(": it has landed, its commits are in the fork's branch")),
            "{made:?}"
        );
    };
    run(&world);
    forwards(&mut world, "uptake/fixes");
    decide(&world, [Ruling::Skip { sha: commits[1] }]);
    landed(&run(&world), 1);
    forwards(&mut world, "uptake/record");
    landed(&run(&world), 3);
    assert!(body(&world, 3).starts_with("> [!NOTE]\n> Closed by Uptake: it has landed, "), "{}", body(&world, 3));
    assert_eq!(behind(&world), "0");
    assert_eq!(run(&world), Vec::<String>::new());
}

#[test]
fn a_record_is_closed_when_what_it_says_holds_no_longer() {
    let (world, commits) = offered();
    decide(&world, [Ruling::Readmit { sha: commits[1] }]);
    let made = run(&world);
    assert!(
        made.iter().any(|line| line.starts_with("close pull request 3") && line.contains("does not hold")),
        "{made:?}"
    );
    assert!(!branches(&world, &["branch", "--list"]).contains("uptake/record"));
}

#[test]
fn what_is_only_said_to_be_taken_is_not_recorded_until_a_person_states_it() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let fix = world.on_upstream().commit("Fix a", &[("a.txt", "A\nB\nC\nD\ne\nf\ng\nh\n")]);
    let message = format!("Take it\n\n(cherry picked from commit {fix})");
    let ours =
        world.on_fork().commit(&message, &[("ours.txt", "something else\n"), ("a.txt", "a\nb\nc\nd\ne\nf\ng\nH\n")]);
    let session = world.open(CONFIG);
    let inputs = uptake::pipeline::Inputs::of_clone(&session).expect("read");
    let survey = inputs.survey(&mut engine::progress::Silent).expect("surveyed");
    let built = inputs.build(&survey, &mut engine::progress::Silent).expect("built");
    let found = inputs.record(&survey, &built, None).expect("read");
    assert!(matches!(found, Err(Refusal::Doubtful(_) | Refusal::Open(_))), "{found:?}");

    decide(&world, [Ruling::Taken { sha: fix, commit: ours }]);
    let report = job(&world, &world.open(CONFIG));
    let unit = &report.survey.commits[0];
    assert_eq!(unit.verdict, Verdict::Taken);
    assert!(unit.evidence.iter().any(|sign| sign.kind == EvidenceKind::Ledger && sign.fork_commit == ours));
    let made = lines(&report.changes);
    assert!(made.iter().any(|line| line.contains(&format!("uptake/{NAME} into main"))), "{made:?}");
}

#[test]
fn a_statement_names_a_commit_of_the_fork() {
    let (world, commits) = world();
    let theirs = commits[0].to_string();
    let (code, _, error) = uptake(&world.fork(), &["decide", "taken", &theirs, "as", &theirs]);
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("is not in the fork's branch main"), "{error}");
}
