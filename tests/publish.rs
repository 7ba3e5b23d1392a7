//! From plan to folder: what lands, what a second run does, and what happens to people's work.

use std::fs;
use std::path::{Path, PathBuf};

use uptake::forge::folder::Folder;
use uptake::forge::{Dispatch, ForgeError, ForgeRead, ForgeWrite, Label, PullText, Reaction, State, Status};
use uptake::git::Repo;
use uptake::ids::CommitId;
use uptake::pick::Outcome;
use uptake::progress::Silent;
use uptake::publish::{Changes, apply};
use uptake::run::Opened;

use crate::support::{World, git_in, snapshot};

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

fn out(world: &World) -> PathBuf {
    world.folder().join("out")
}

/// Runs the whole job into the folder and returns what changed.
fn publish(world: &World, config: &str) -> Changes {
    job(world, &world.open(config))
}

fn job(world: &World, opened: &Opened) -> Changes {
    let survey = opened.survey(&mut Silent).expect("a survey");
    let built = opened.build(&survey, &mut Silent).expect("built");
    let mut folder = Folder::new(&out(world));
    let changes = opened.changes(&survey, &built, &folder, true).expect("compared");
    apply(&changes.changes, &opened.repo, &mut folder, &mut |_| {}).expect("applied");
    changes
}

fn lines(changes: &Changes) -> Vec<String> {
    let all = changes.changes.iter().map(ToString::to_string);
    all.chain(changes.notices.iter().map(|notice| format!("note: {notice}"))).collect()
}

fn branches(world: &World, arguments: &[&str]) -> String {
    let output = git_in(&out(world).join("branches.git"), arguments, 1_800_000_000);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn a_phase_has_the_tree_that_git_gives() {
    let world = world();
    let (_, survey, built) = world.build(CONFIG);
    let outcomes: Vec<_> = built.phases[0].picks.iter().map(|pick| pick.outcome).collect();
    assert_eq!(outcomes, [Outcome::Clean, Outcome::Conflicted]);
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
    assert_eq!(publish(&world, CONFIG).changes.len(), 5);
    let before = snapshot(&out(&world));
    assert_eq!(publish(&world, CONFIG), Changes::default());
    assert_eq!(snapshot(&out(&world)), before);
}

#[test]
fn nothing_is_written_to_the_fork() {
    let world = world();
    let opened = world.open(CONFIG);
    let before = snapshot(&world.fork());
    job(&world, &opened);
    assert_eq!(snapshot(&world.fork()), before);
}

/// A forge that dies at the nth write, half of them after the write was done.
struct Mortal<'a> {
    inner: &'a mut Folder,
    left: usize,
    after: bool,
}

impl Mortal<'_> {
    fn write<T>(&mut self, write: impl FnOnce(&mut Folder) -> Result<T, ForgeError>) -> Result<T, ForgeError> {
        let dead = || ForgeError::Busy("killed".into());
        if self.left == 0 {
            if self.after {
                write(self.inner)?;
            }
            return Err(dead());
        }
        self.left -= 1;
        write(self.inner)
    }
}

impl ForgeWrite for Mortal<'_> {
    fn push(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError> {
        self.write(|folder| folder.push(repo, branch, head, expected, known))
    }

    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError> {
        self.write(|folder| folder.open_pull(text))
    }

    fn edit_pull(&mut self, number: u64, text: &PullText) -> Result<(), ForgeError> {
        self.write(|folder| folder.edit_pull(number, text))
    }

    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.write(|folder| folder.close_pull(number))
    }

    fn reopen_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.write(|folder| folder.reopen_pull(number))
    }

    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError> {
        self.write(|folder| folder.delete_branch(branch, expected))
    }

    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError> {
        self.write(|folder| folder.put_label(label))
    }

    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError> {
        self.write(|folder| folder.open_issue(title, body, labels))
    }

    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.write(|folder| folder.edit_issue(number, title, body))
    }

    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError> {
        self.write(|folder| folder.comment(number, body))
    }

    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError> {
        self.write(|folder| folder.edit_comment(id, body))
    }

    fn react(&mut self, comment: u64, reaction: Reaction) -> Result<(), ForgeError> {
        self.write(|folder| folder.react(comment, reaction))
    }

    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError> {
        self.write(|folder| folder.put_status(commit, status))
    }

    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<u64>, ForgeError> {
        self.write(|folder| folder.dispatch(dispatch))
    }

    fn cancel(&mut self, run: u64) -> Result<(), ForgeError> {
        self.write(|folder| folder.cancel(run))
    }
}

#[test]
fn a_run_killed_at_any_write_is_finished_by_the_next() {
    let world = world();
    publish(&world, CONFIG);
    let whole = snapshot(&out(&world));
    for left in 0..5 {
        for after in [false, true] {
            fs::remove_dir_all(out(&world)).expect("removed");
            let (opened, survey, built) = world.build(CONFIG);
            let mut folder = Folder::new(&out(&world));
            let changes = opened.changes(&survey, &built, &folder, true).expect("compared");
            let mut mortal = Mortal { inner: &mut folder, left, after };
            apply(&changes.changes, &opened.repo, &mut mortal, &mut |_| {}).expect_err("killed");
            drop(folder);
            publish(&world, CONFIG);
            assert_eq!(snapshot(&out(&world)), whole, "killed at write {left}, after it: {after}");
        }
    }
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
    assert_eq!(publish(&world, CONFIG).changes.len(), 5);
    assert!(!repository.join("objects/pack/pack_git2_0a1b2c").exists());
}

#[test]
fn half_a_pull_request_is_none() {
    let world = world();
    publish(&world, CONFIG);
    let whole = snapshot(&out(&world));
    fs::remove_file(out(&world).join("pulls/2.json")).expect("removed");
    fs::write(out(&world).join("pulls/2.md"), "# half").expect("written");
    publish(&world, CONFIG);
    assert_eq!(snapshot(&out(&world)), whole);
}

#[test]
fn a_moved_upstream_moves_the_branch() {
    let mut world = world();
    publish(&world, CONFIG);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let told = lines(&publish(&world, CONFIG));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("move branch uptake/rest from "), "{told:?}");
    assert_eq!(told[1], "edit pull request 2 \"Uptake 2/2: The rest\": text");
}

/// A person commits onto a phase's branch, in the folder.
fn person_pushes(world: &World) -> String {
    let tree = branches(world, &["rev-parse", "uptake/rest^{tree}"]);
    let commit = branches(world, &["commit-tree", &tree, "-p", "uptake/rest", "-m", "By hand"]);
    branches(world, &["update-ref", "refs/heads/uptake/rest", &commit]);
    commit
}

#[test]
fn people_s_commits_are_kept_and_said_once() {
    let mut world = world();
    publish(&world, CONFIG);
    let theirs = person_pushes(&world);
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let told = lines(&publish(&world, CONFIG));
    assert_eq!(
        told,
        [
            "edit pull request 2 \"Uptake 2/2: The rest\": text".to_owned(),
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
    let path = out(&world).join("pulls/2.json");
    let json = fs::read_to_string(&path).expect("a file").replace("\"open\"", "\"closed\"");
    fs::write(&path, json).expect("written");
    let told = lines(&publish(&world, CONFIG));
    assert_eq!(told, ["note: pull request 2 \"Uptake 2/2: The rest\" was closed by a person: it stays closed"]);
}

#[test]
fn a_phase_with_nothing_left_to_take_is_closed() {
    let mut world = world();
    publish(&world, CONFIG);
    let add = world.git(&["rev-parse", "upstream"]).parse().expect("a name");
    world.on_fork().pick(add, &[]);
    publish(&world, CONFIG);
    let pulls = Folder::new(&out(&world)).pulls("uptake/").expect("read");
    assert_eq!(pulls.iter().map(|pull| pull.state).collect::<Vec<_>>(), [State::Open, State::Closed]);
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let world = world();
    let (opened, survey, built) = world.build(CONFIG);
    let mut first = Folder::new(&out(&world));
    let changes = opened.changes(&survey, &built, &first, true).expect("compared");
    apply(&changes.changes[..1], &opened.repo, &mut first, &mut |_| {}).expect("applied");
    let mut second = Folder::new(&out(&world));
    let error = apply(&changes.changes, &opened.repo, &mut second, &mut |_| {}).expect_err("busy");
    assert!(matches!(error, ForgeError::Busy(_)), "{error}");
}

#[test]
fn markers_are_committed_into_a_draft_where_so_configured() {
    let world = world();
    let config = CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: commit-markers,");
    publish(&world, &config);
    let file = branches(&world, &["show", "uptake/fixes:b.txt"]);
    assert!(file.starts_with("<<<<<<< fork\nours\n||||||| "), "{file}");
    let pulls = Folder::new(&out(&world)).pulls("uptake/fixes").expect("read");
    assert!(pulls[0].text.draft);
    assert_eq!(pulls[0].text.labels, ["conflicts", "phase:fixes", "risk:medium"]);
}

#[test]
fn a_phase_may_end_at_its_first_conflict() {
    let mut world = world();
    world.on_upstream().commit("Fix d", &[("d.txt", "d\n")]);
    let (_, _, built) = world.build(&CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: stop,"));
    let outcomes: Vec<_> = built.phases[0].picks.iter().map(|pick| pick.outcome).collect();
    assert_eq!(outcomes, [Outcome::Clean, Outcome::Conflicted, Outcome::LeftOut]);
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
    let pulls = Folder::new(&out(&world)).pulls("uptake/").expect("read");
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
        "# Uptake 1/2: Fixes\n\nTakes upstream commits of `up/stream` into `main` (`",
        "1 clean, 1 conflicted. Risk: **medium**.",
        "([up/stream#1](https://redirect.github.com/up/stream/issues/1)) | Ada | low | clean |  |\n",
        "| medium: picked alone it conflicts in 1 file | **conflicted** in 1 file, not on the branch |  |\n",
        "**`b.txt`**: both sides changed the same lines\n\n```\n<<<<<<< fork, from line 1\nours\n||||||| before\na\n=======\ntheirs\n>>>>>>> upstream\n```\n",
        &format!(
            "git switch uptake/fixes && git pull --ff-only\ngit -c merge.conflictStyle=diff3 cherry-pick -x {}\n",
            shas[1]
        ),
        "| 12.9 | waiting | `",
        "```sh\nmake test-all\n```",
        "| `/skip SHA REASON` | leave this commit out, and say why |",
    ] {
        assert!(page.contains(part), "{part}\n--- is not in\n{page}");
    }
    assert!(page.contains(&format!("https://redirect.github.com/up/stream/commit/{}", shas[0])));
}

#[test]
fn a_folder_that_holds_something_else_is_an_error_that_says_so() {
    let world = world();
    publish(&world, CONFIG);
    fs::write(out(&world).join("pulls/1.json"), "{\"number\": 1}").expect("written");
    let (opened, survey, built) = world.build(CONFIG);
    let error = opened.changes(&survey, &built, &Folder::new(&out(&world)), true).expect_err("refused");
    let told = error.to_string().replace(&world.folder().display().to_string(), "FOLDER");
    assert_eq!(told, "FOLDER/out/pulls/1.json: missing field `state` at line 1 column 13");
    assert!(Path::new(&out(&world)).exists());
}
