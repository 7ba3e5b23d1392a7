//! From plan to folder: what lands, what a second run does, and what happens to people's work.

use std::fs;
use std::path::Path;

use uptake::forge::folder::Folder;
use uptake::forge::{Checks, ForgeError, Pulls, State};
use uptake::pick::Outcome;
use uptake::pipeline::RunReport;
use uptake::publish::{ApplyError, Changes, apply};

use crate::support::forge::{
    branches, decisions, dry_run, job, job_while, job_with, lines, out, person_edits, person_pushes, publish,
};
use crate::support::{World, snapshot};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

const CONFIG: &str = "
upstream: { repository: up/stream }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }
ci: { cuda: ['12.9', '13.0'], validate: [make test-all] }
";

/// Two fixes (one conflicts with the fork), one new file.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    world.on_upstream().commit("Fix a (#1)\n\nFixes #9 for @someone\n", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("Fix b", &[("b.txt", "theirs\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("Add c", &[("c.txt", "c\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "ours\nb\nc\nd\ne\nf\ng\nh\n")]);
    world
}

#[test]
fn a_phase_has_the_tree_that_git_gives() {
    let world = world();
    let (_, survey, built) = world.build(CONFIG);
    let outcomes: Vec<_> = built.phases[0].picks.iter().map(|pick| pick.outcome).collect();
    assert_eq!(outcomes, [Outcome::Clean, Outcome::Decide]);
    world.git(&["switch", "--quiet", "--create", "by-hand", "main"]);
    world.git(&["cherry-pick", &survey.commits[0].sha.to_string()]);
    assert_eq!(world.git(&["rev-parse", "HEAD^{tree}"]), built.phases[0].tree.to_string());
}

#[test]
fn a_picked_commit_is_upstream_s_and_mentions_nobody() {
    let world = world();
    publish(&world, CONFIG);
    let shown = branches(&world, &["log", "-1", "--format=%an <%ae> %at%n%cn %ct%n%B", "uptake/fixes"]);
    let sha = world.git(&["rev-parse", "upstream~2"]);
    assert_eq!(
        shown.replace('\u{200b}', "·").replace(&sha, "SHA"),
        "Ada <ada@example.org> 1756728120\n\
         uptake[bot] 1756728120\n\
         Fix a (#·1)\n\nFixes· #·9 for @·someone\n\n(cherry picked from commit SHA)"
    );
}

#[test]
fn a_second_run_changes_nothing_at_all() {
    let world = world();
    insta::assert_snapshot!(lines(&publish(&world, CONFIG)).join("\n"), @r#"
    create branch main at 3594d29b4
    create label "conflicts"
    create label "phase:fixes"
    create label "risk:medium"
    create label "phase:rest"
    create label "risk:low"
    create branch uptake/fixes at 6f9deed9c (1 pick)
    open pull request "Uptake: Fixes" (uptake/fixes into main)
    create branch uptake/rest at 974ba6724 (1 pick)
    open pull request "Uptake: The rest" (uptake/rest into main)
    open the dashboard "Uptake: upstream status"
    "#);
    let before = snapshot(&out(&world));
    assert_eq!(publish(&world, CONFIG), Changes::default());
    assert_eq!(snapshot(&out(&world)), before);
}

#[test]
fn nothing_is_written_to_the_fork() {
    let world = world();
    let session = world.open(CONFIG);
    let before = snapshot(&world.fork());
    job(&world, &session);
    assert_eq!(snapshot(&world.fork()), before);
}

#[test]
fn a_run_killed_at_any_write_is_finished_by_the_next() {
    let world = world();
    publish(&world, CONFIG);
    let whole = snapshot(&out(&world));
    let mut killed = 0;
    for after in [false, true] {
        for left in 0.. {
            fs::remove_dir_all(out(&world)).expect("removed");
            if job_with(&world, &world.open(CONFIG), left, after).is_ok() {
                break;
            }
            publish(&world, CONFIG);
            assert_eq!(snapshot(&out(&world)), whole, "killed at write {left}, after it: {after}");
            killed += 1;
        }
    }
    assert_eq!(killed, 24, "every write of both kinds");
}

#[test]
fn what_a_killed_run_left_half_written_is_cleared_away() {
    let mut world = world();
    publish(&world, CONFIG);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let repository = out(&world).join("branches.git");
    fs::write(repository.join("objects/pack/pack_git2_0a1b2c"), "half a pack").expect("written");
    for branch in ["uptake/rest", "main"] {
        fs::write(repository.join(format!("refs/heads/{branch}.lock")), "").expect("written");
    }
    world.on_fork().commit("More of ours", &[("e.txt", "e\n")]);
    fs::create_dir(out(&world).join("branches.part")).expect("a folder");
    publish(&world, CONFIG);
    assert!(!repository.join("objects/pack/pack_git2_0a1b2c").exists());
}

#[test]
fn half_a_pull_request_is_none() {
    let world = world();
    // What comes after the pull requests is not there yet either.
    let config = format!("{CONFIG}dashboard: {{ enabled: false }}\n");
    publish(&world, &config);
    let whole = snapshot(&out(&world));
    fs::remove_file(out(&world).join("pulls/2.json")).expect("removed");
    fs::write(out(&world).join("pulls/2.md"), "# half").expect("written");
    publish(&world, &config);
    assert!(snapshot(&out(&world)) == whole);
}

#[test]
fn a_moved_upstream_moves_the_branch() {
    let mut world = world();
    publish(&world, CONFIG);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let described = lines(&publish(&world, CONFIG));
    assert!(described[0].starts_with("move branch uptake/rest from "), "{described:?}");
    assert_eq!(
        described[1..],
        ["edit pull request 2 \"Uptake: The rest\": text", "edit the dashboard 3 \"Uptake: upstream status\"",]
    );
}

#[test]
fn people_s_commits_are_kept_and_said_once() {
    let mut world = world();
    publish(&world, CONFIG);
    let theirs = person_pushes(&world, "uptake/rest");
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let described = lines(&publish(&world, CONFIG));
    assert_eq!(
        described,
        [
            "edit pull request 2 \"Uptake: The rest\": text".to_owned(),
            "edit the dashboard 3 \"Uptake: upstream status\"".to_owned(),
            format!("note: branch uptake/rest holds commits by people (it is at {}): left alone", &theirs[..9]),
        ]
    );
    assert_eq!(branches(&world, &["rev-parse", "uptake/rest"]), theirs);
    let page = fs::read_to_string(out(&world).join("pulls/2.md")).expect("a page");
    assert_eq!(page.matches("People pushed to this branch").count(), 1);
    assert_eq!(publish(&world, CONFIG).changes, [], "it is said once");
}

#[test]
fn what_a_person_closed_stays_closed() {
    let world = world();
    publish(&world, CONFIG);
    person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
    let note = "note: pull request 2 \"Uptake: The rest\" was closed by a person: it stays closed";
    assert_eq!(
        lines(&publish(&world, CONFIG)),
        [
            "record on the ledger: close rest, pull request 2 (by pull request 2)",
            "edit the dashboard 3 \"Uptake: upstream status\"",
            note
        ]
    );
    assert_eq!(decisions(&world), ["close rest, pull request 2 by pull request 2: it was closed without merging"]);
    assert_eq!(lines(&publish(&world, CONFIG)), [note], "it is recorded once");
}

/// A person resolves the pick that waits on its branch, in this way.
fn resolved_by_hand(world: &World, text: &str) {
    let fix = world.git(&["rev-parse", "upstream~1"]);
    let from = out(world).join("branches.git").display().to_string();
    world.git(&["fetch", "--quiet", &from, "uptake/fixes:theirs"]);
    world.git(&["switch", "--quiet", "theirs"]);
    fs::write(world.fork().join("b.txt"), text).expect("written");
    world.git(&["commit", "--quiet", "--all", "-m", &format!("Fix b\n\n(cherry picked from commit {fix})")]);
    world.git(&["push", "--quiet", &from, "theirs:uptake/fixes"]);
    world.git(&["switch", "--quiet", "main"]);
}

#[test]
fn what_people_resolved_on_a_branch_counts_as_resolved() {
    let world = world();
    publish(&world, CONFIG);
    resolved_by_hand(&world, "both\nb\nc\nd\ne\nf\ng\nh\n");
    publish(&world, CONFIG);
    let page = fs::read_to_string(out(&world).join("pulls/1.md")).expect("a page");
    assert!(page.contains("resolved 1 pick; the answers are remembered, and used again"), "{page}");
    assert!(page.contains("**2 picks are ready to merge**: all there is."), "{page}");
    assert!(!page.contains("You decide") && !page.contains("needs-human"), "{page}");
    let dashboard = fs::read_to_string(out(&world).join("issues/3.md")).expect("a page");
    assert!(dashboard.contains("review; people resolved 1 pick"), "{dashboard}");
    assert_eq!(
        publish(&world, CONFIG).changes,
        [],
        "and then there is nothing to change: {:?}",
        lines(&publish(&world, CONFIG))
    );
}

#[test]
fn conflict_markers_that_were_pushed_make_a_draft_that_names_the_line() {
    let world = world();
    publish(&world, CONFIG);
    resolved_by_hand(&world, "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> Fix b\nb\nc\nd\ne\nf\ng\nh\n");
    let report = job(&world, &world.open(CONFIG));
    assert_eq!(report.learned.lessons, [], "nothing is learned of it");
    let page = fs::read_to_string(out(&world).join("pulls/1.md")).expect("a page");
    assert!(page.contains("**Not to be merged: a conflict marker is left** in `b.txt`, line 1."), "{page}");
    let pulls = Folder::new(&out(&world)).pulls("uptake/").expect("read").bringing;
    assert!(pulls[0].text.draft && pulls[0].text.labels.contains(&"needs-human".to_owned()), "{:?}", pulls[0].text);
    let dashboard = fs::read_to_string(out(&world).join("issues/3.md")).expect("a page");
    assert!(dashboard.contains("people: conflict markers are on its branch"), "{dashboard}");
    let statuses = || {
        let head = branches(&world, &["rev-parse", "uptake/fixes"]).parse().expect("a name");
        let statuses = Folder::new(&out(&world)).statuses(head).expect("read");
        statuses.iter().map(|it| format!("{} {:?} {}", it.context, it.state, it.description)).collect::<Vec<_>>()
    };
    assert_eq!(statuses(), ["uptake/markers Failure a conflict marker is left in b.txt, line 1"]);
    assert_eq!(publish(&world, CONFIG).changes, [], "it is said once");
    resolved_by_hand_again(&world);
    publish(&world, CONFIG);
    let pulls = Folder::new(&out(&world)).pulls("uptake/").expect("read").bringing;
    assert!(!pulls[0].text.draft, "once they are gone it is no draft");
    assert_eq!(statuses(), Vec::<String>::new());
}

/// The person puts it right in one more commit.
fn resolved_by_hand_again(world: &World) {
    let from = out(world).join("branches.git").display().to_string();
    world.git(&["switch", "--quiet", "theirs"]);
    fs::write(world.fork().join("b.txt"), "both\nb\nc\nd\ne\nf\ng\nh\n").expect("written");
    world.git(&["commit", "--quiet", "--all", "-m", "Resolve it"]);
    world.git(&["push", "--quiet", &from, "theirs:uptake/fixes"]);
    world.git(&["switch", "--quiet", "main"]);
}

#[test]
fn a_phase_with_nothing_left_to_take_is_closed() {
    let mut world = world();
    publish(&world, CONFIG);
    let add = world.git(&["rev-parse", "upstream"]).parse().expect("a name");
    world.on_fork().pick(add, &[]);
    publish(&world, CONFIG);
    let pulls = Folder::new(&out(&world)).pulls("uptake/").expect("read").bringing;
    assert_eq!(pulls.iter().map(|pull| pull.state).collect::<Vec<_>>(), [State::Open, State::Closed]);
}

#[test]
fn what_a_person_pushes_while_a_run_is_about_to_push_is_left_alone() {
    let mut world = world();
    publish(&world, CONFIG);
    world.on_upstream().commit("Fix d", &[("d.txt", "d\n")]);
    let session = world.open(CONFIG);
    let mut theirs = String::new();
    let report = job_while(&world, &session, "push_branch", || theirs = person_pushes(&world, "uptake/fixes"));
    let note = format!("note: branch uptake/fixes holds commits by people (it is at {}): left alone", &theirs[..9]);
    assert!(lines(&report.changes).contains(&note), "{:?}", lines(&report.changes));
    assert_eq!(branches(&world, &["rev-parse", "uptake/fixes"]), theirs);
    let read = lines(&publish(&world, CONFIG));
    assert_eq!(read.first().map(String::as_str), Some("edit pull request 1 \"Uptake: Fixes\": text"), "it is read");
    assert_eq!(lines(&publish(&world, CONFIG)), [note]);
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let world = world();
    let session = world.open(CONFIG);
    let RunReport { changes, mut observed, .. } = dry_run(&world, &session).expect("compared");
    let mut first = Folder::new(&out(&world));
    apply(&changes.changes[..1], &session.repo, &mut first, &mut observed, session.now, &mut Changes::default())
        .expect("applied");
    let mut second = Folder::new(&out(&world));
    let error =
        apply(&changes.changes, &session.repo, &mut second, &mut observed, session.now, &mut Changes::default())
            .expect_err("busy");
    assert!(matches!(error, ApplyError::Forge(ForgeError::Busy(_))), "{error}");
}

#[test]
fn markers_are_committed_into_a_draft_where_so_configured() {
    let world = world();
    let config = CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: commit-markers,");
    publish(&world, &config);
    let file = branches(&world, &["show", "uptake/fixes:b.txt"]);
    assert!(file.starts_with("<<<<<<< fork\nours\n||||||| "), "{file}");
    let pulls = Folder::new(&out(&world)).pulls("uptake/fixes").expect("read").bringing;
    assert!(pulls[0].text.draft);
    assert_eq!(pulls[0].text.labels, ["conflicts", "needs-human", "phase:fixes", "risk:medium"]);
}

#[test]
fn a_phase_may_end_at_its_first_conflict() {
    let mut world = world();
    world.on_upstream().commit("Fix d", &[("d.txt", "d\n")]);
    let (_, _, built) = world.build(&CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: stop,"));
    let outcomes: Vec<_> = built.phases[0].picks.iter().map(|pick| pick.outcome).collect();
    assert_eq!(outcomes, [Outcome::Clean, Outcome::Decide, Outcome::LeftOut]);
}

#[test]
fn stacked_phases_stand_on_each_other() {
    let world = world();
    let (_, _, built) = world.build(&format!("{CONFIG}stacking: previous\n"));
    assert_eq!(built.phases[1].base, "uptake/fixes");
    assert_eq!(built.phases[1].base_commit, built.phases[0].head);
}

#[test]
fn where_all_conflicts_the_notes_still_have_a_pull_request() {
    let mut world = World::new(&[("b.txt", TEXT)]);
    world.on_upstream().commit("Fix b", &[("b.txt", "theirs\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "ours\nb\nc\nd\ne\nf\ng\nh\n")]);
    publish(&world, CONFIG);
    let pulls = Folder::new(&out(&world)).pulls("uptake/").expect("read").bringing;
    assert_eq!(pulls.len(), 1);
    assert!(pulls[0].text.draft && pulls[0].text.body.contains("**`b.txt`**: both sides changed the same lines"));
    assert_eq!(branches(&world, &["diff", "main", "uptake/fixes"]), "");
}

#[test]
fn the_body_has_what_a_reviewer_needs() {
    let world = world();
    publish(&world, CONFIG);
    let page = fs::read_to_string(out(&world).join("pulls/1.md")).expect("a page").replace('\u{200b}', "");
    let shas = [world.git(&["rev-parse", "upstream~2"]), world.git(&["rev-parse", "upstream~1"])];
    for part in [
        "# Uptake: Fixes\n\n**1 pick is ready to merge**, of 2. They are upstream commits of `up/stream`, for `main` (`",
        "Risk: **medium**.\n\n- **You decide:** 1 pick needs a decision; it is [`",
        "][] Fix b (1 place).\n- **Next:** review *Files changed*, then merge with a merge commit or by rebasing",
        "][] | Fix a (#1) | low | clean |\n",
        "## Decisions\n\nThe cheapest first.",
        "**`b.txt`**: both sides changed the same lines\n\n```diff\n@@ the fork, from line 1 @@\n-a\n+ours\n@@ upstream, from line 1 @@\n-a\n+theirs\n```\n",
        &format!(
            "git switch uptake/fixes && git pull --ff-only && git -c merge.conflictStyle=diff3 cherry-pick -x {}\n",
            shas[1]
        ),
        &format!("To resolve it:\n\n```sh\nuptake resolve --push {}\n```\n", &shas[1][..9]),
        "| 12.9 | waiting | `",
        "```sh\nmake test-all\n```",
        "| `/skip SHA REASON` | leave this commit out, and say why |",
    ] {
        assert!(page.contains(part), "{part}\n--- is not in\n{page}");
    }
    assert!(page.contains(&format!("https://redirect.github.com/up/stream/commit/{}\n", &shas[0][..9])));
}

#[test]
fn a_folder_that_holds_something_else_is_an_error_that_says_so() {
    let world = world();
    publish(&world, CONFIG);
    fs::write(out(&world).join("pulls/1.json"), "{\"number\": 1}").expect("written");
    let error = dry_run(&world, &world.open(CONFIG)).expect_err("refused");
    let described = error.to_string().replace(&world.folder().display().to_string(), "FOLDER");
    assert_eq!(described, "FOLDER/out/pulls/1.json: missing field `state` at line 1 column 13");
    assert!(Path::new(&out(&world)).exists());
}
