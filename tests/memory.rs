//! Resolution memory: what a person resolved on a phase branch is learned, replayed where the same conflict comes up, said where it
//! cannot be, and withdrawn when so decided.

mod five;
mod keys;
mod markers;
mod odd;
mod renames;

use std::fs;
use std::path::PathBuf;

use engine::ids::CommitId;
use uptake::forge::Branches;
use uptake::forge::folder::Folder;
use uptake::ledger::BRANCH;
use uptake::memory::{LearnReport, list};
use uptake::pick::{BuiltPhase, Conflict, Outcome, ResolvedBy};
use uptake::view::note::words;

use crate::support::forge::{self, out};
use crate::support::{World, git_in, git_ok, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

const CONFIG: &str = "
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }
";

/// A root (`Fix b`), a commit that hangs on it (`Fix b more`), one that is clean, and one that removes a file the fork changed.
fn world() -> (World, [CommitId; 4]) {
    let mut world = World::new(&[("b.txt", TEXT), ("c.txt", TEXT), ("gone.txt", TEXT)]);
    world.on_upstream();
    let root = world.commit("Fix b", &[("b.txt", "one\nb\nc\nd\ne\nf\ng\nh\n")]);
    let cascade = world.commit("Fix b more", &[("b.txt", "two\nb\nc\nd\ne\nf\ng\nh\n")]);
    let clean = world.commit("Fix c", &[("c.txt", "a\nb\nc\nd\ne\nf\ng\nH\n")]);
    fs::remove_file(world.fork().join("gone.txt")).expect("removed");
    let removes = world.commit_all("Fix by removing");
    world.on_fork().commit("Ours", &[("b.txt", "ours\nb\nc\nd\ne\nf\ng\nh\n"), ("gone.txt", "ours\n")]);
    (world, [root, cascade, clean, removes])
}

/// The whole job into the folder: what was learned, and the first phase as it was built.
fn job(world: &World, config: &str) -> (LearnReport, BuiltPhase) {
    let mut report = forge::job(world, &world.open(config));
    (report.learned, report.built.phases.remove(0))
}

fn outcomes(phase: &BuiltPhase) -> Vec<Outcome> {
    phase.picks.iter().map(|pick| pick.outcome).collect()
}

/// A clone of the folder's branches, as a person has it.
struct Person {
    path: PathBuf,
    clock: i64,
}

impl Person {
    fn new(world: &World) -> Self {
        let path = world.folder().join("person");
        let _there = fs::remove_dir_all(&path);
        let from = out(world).join("branches.git");
        git_ok(world.folder(), &["clone", "--quiet", &from.display().to_string(), "person"], 1_760_000_000);
        git_ok(&path, &["fetch", "--quiet", &world.fork().display().to_string(), "upstream:upstream"], 1_760_000_000);
        Self { path, clock: 1_760_000_000 }
    }

    fn git(&mut self, arguments: &[&str]) -> String {
        self.clock += 60;
        let output = git_in(&self.path, arguments, self.clock);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn on(&mut self, branch: &str) -> &mut Self {
        self.git(&["switch", "--quiet", branch]);
        self
    }

    /// Picks a commit by hand and resolves it: this file has this content, or is gone.
    fn resolve(&mut self, sha: CommitId, path: &str, content: Option<&str>) {
        self.git(&["cherry-pick", "-x", &sha.to_string()]);
        match content {
            Some(content) => fs::write(self.path.join(path), content).expect("written"),
            None => fs::remove_file(self.path.join(path)).expect("removed"),
        }
        self.git(&["add", "--all"]);
        self.git(&["-c", "core.editor=true", "cherry-pick", "--continue"]);
    }

    fn push(&mut self) {
        self.git(&["push", "--quiet", "--force", "origin", "HEAD"]);
    }
}

/// Takes a phase's branch away, so that the next run builds it again.
fn give_up(world: &World, branch: &str) {
    git_ok(&out(world).join("branches.git"), &["update-ref", "-d", &format!("refs/heads/{branch}")], 1_760_000_000);
}

const RESOLVED: &str = "one, ours\nb\nc\nd\ne\nf\ng\nh\n";

/// The root resolved by hand on the published branch.
fn resolved() -> (World, [CommitId; 4]) {
    let (world, commits) = world();
    let (learned, phase) = job(&world, CONFIG);
    assert_eq!(learned, LearnReport::default());
    assert_eq!(
        outcomes(&phase),
        [Outcome::Decide, Outcome::NotNeededYet, Outcome::Clean, Outcome::Decide],
        "nothing is known yet"
    );
    let mut person = Person::new(&world);
    person.on("uptake/fixes").resolve(commits[0], "b.txt", Some("one\nb\nc\nd\ne\nf\ng\nh\n"));
    person.resolve(commits[3], "gone.txt", None);
    person.push();
    (world, commits)
}

/// What is remarked on a conflict, in words.
fn said(conflict: &Conflict) -> Vec<String> {
    conflict.remarks.iter().map(words::remark).collect()
}

#[test]
fn what_a_person_resolved_is_replayed_and_what_hung_on_it_is_clean() {
    let (world, [root, cascade, clean, removes]) = resolved();
    let (learned, phase) = job(&world, CONFIG);
    let described: Vec<_> =
        learned.lessons.iter().map(|lesson| (lesson.upstream, lesson.answer.path.to_string())).collect();
    assert_eq!(described, [(root, "b.txt".to_owned()), (removes, "gone.txt".into())]);
    assert_eq!(learned.lessons[0].answer.origin.who, "Cleo");
    assert_eq!(outcomes(&phase), [Outcome::Resolved, Outcome::Clean, Outcome::Clean, Outcome::Resolved]);
    let origin = phase.picks[0].resolutions[0].by.origin().expect("a person's");
    assert_eq!((origin.who.as_str(), origin.when.day().as_str()), ("Cleo", "2025-10-09"));
    assert!(matches!(phase.picks[0].resolutions[0].by, ResolvedBy::Memory { .. }));

    give_up(&world, "uptake/fixes");
    let (_, phase) = job(&world, CONFIG);
    let log = git_in(&out(&world).join("branches.git"), &["log", "--format=%B", "main..uptake/fixes"], 0);
    let log = String::from_utf8_lossy(&log.stdout).into_owned();
    for sha in [root, cascade, clean, removes] {
        assert_eq!(log.matches(&format!("(cherry picked from commit {sha})")).count(), 1, "each is there once:\n{log}");
    }
    let shown = |path: &str| {
        let output = git_in(&out(&world).join("branches.git"), &["show", &format!("uptake/fixes:{path}")], 0);
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(shown("b.txt").as_deref(), Some("two\nb\nc\nd\ne\nf\ng\nh\n"));
    assert_eq!(shown("gone.txt"), None);
    assert_eq!(outcomes(&phase), [Outcome::Resolved, Outcome::Clean, Outcome::Clean, Outcome::Resolved]);
    let (learned, _) = job(&world, CONFIG);
    assert_eq!(learned, LearnReport::default(), "nothing is learned twice");
}

#[test]
fn markers_that_were_committed_teach_when_a_person_resolves_them() {
    let config = CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: commit-markers,");
    let (world, [root, ..]) = world();
    job(&world, &config);
    let mut person = Person::new(&world);
    person.on("uptake/fixes");
    let at = person.git(&["log", "--format=%H", "--grep", &root.to_string()]);
    // As with `git rebase -i`, the bot's commit is left as it is and another on top of it resolves it.
    person.git(&["switch", "--quiet", "--detach", &at]);
    fs::write(person.path.join("b.txt"), RESOLVED).expect("written");
    person.git(&["commit", "--quiet", "--all", "-m", "Resolve b"]);
    person.git(&["switch", "--quiet", "-C", "uptake/fixes"]);
    person.push();
    let (learned, phase) = job(&world, &config);
    assert_eq!(learned.lessons.len(), 1, "{learned:?}");
    assert_eq!(learned.lessons[0].answer.origin.who, "Cleo");
    assert_eq!(phase.picks[0].outcome, Outcome::Resolved);
}

#[test]
fn an_amended_commit_teaches_and_the_bot_s_own_do_not() {
    let config = CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: commit-markers,");
    let (world, [root, ..]) = world();
    job(&world, &config);
    let mut person = Person::new(&world);
    person.on("uptake/fixes");
    let at = person.git(&["log", "--format=%H", "--grep", &root.to_string()]);
    person.git(&["switch", "--quiet", "--detach", &at]);
    fs::write(person.path.join("b.txt"), RESOLVED).expect("written");
    person.git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    person.git(&["switch", "--quiet", "-C", "uptake/fixes"]);
    person.push();
    let (learned, _) = job(&world, &config);
    let described: Vec<_> =
        learned.lessons.iter().map(|lesson| (lesson.upstream, lesson.answer.path.to_string())).collect();
    assert_eq!(described, [(root, "b.txt".to_owned())]);
}

#[test]
fn on_a_moved_fork_it_is_replayed_where_the_lines_allow_and_said_where_not() {
    let (mut world, _) = resolved();
    job(&world, CONFIG);
    give_up(&world, "uptake/fixes");
    // Elsewhere in the same file: the files are others, the conflicting lines are not.
    world.on_fork().commit("Ours, below", &[("b.txt", "ours\nb\nc\nd\ne\nf\ng\nours too\n")]);
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(outcomes(&phase), [Outcome::Resolved, Outcome::Clean, Outcome::Clean, Outcome::Resolved]);
    world.on_fork().commit("Ours, again", &[("b.txt", "ours again\nb\nc\nd\ne\nf\ng\nours too\n")]);
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(outcomes(&phase)[0], Outcome::Decide);
    let remarks = said(&phase.picks[0].conflicts[0]);
    assert_eq!(remarks.len(), 1);
    let (before, after) = remarks[0].split_once(" (memory ").expect("a key");
    assert!(before.starts_with("Cleo resolved it on 2025-10-09 in "), "{remarks:?}");
    assert!(after.ends_with("), but other lines stand there now"), "{remarks:?}");
    assert_eq!(outcomes(&phase)[3], Outcome::Resolved, "the other one is still known");
}

#[test]
fn of_a_pick_that_is_blocked_it_is_said_too() {
    let text = |first: &str, last: &str| format!("{first}\nb\nc\nd\ne\nf\ng\n{last}\n");
    let mut world = World::new(&[("b.txt", TEXT)]);
    world.on_upstream();
    let root = world.commit("Fix b", &[("b.txt", &text("one", "h"))]);
    let later = world.commit("Fix its end", &[("b.txt", &text("one", "end"))]);
    world.on_fork().commit("Ours", &[("b.txt", &text("ours", "our end"))]);
    let (_, phase) = job(&world, CONFIG);
    // With upstream's file for the first, the second would apply.
    assert_eq!(outcomes(&phase), [Outcome::Decide, Outcome::Follows]);
    let mut person = Person::new(&world);
    person.on("uptake/fixes").resolve(root, "b.txt", Some(&text("one", "our end")));
    person.resolve(later, "b.txt", Some(&text("one", "end")));
    person.push();
    let (learned, phase) = job(&world, CONFIG);
    assert_eq!(learned.lessons.len(), 2);
    assert_eq!(outcomes(&phase), [Outcome::Resolved, Outcome::Resolved]);
    world.on_fork().commit("Ours, again", &[("b.txt", &text("ours again", "our end again"))]);
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(outcomes(&phase), [Outcome::Decide, Outcome::Follows]);
    for pick in &phase.picks {
        let remarks = said(&pick.conflicts[0]);
        assert!(remarks.iter().any(|remark| remark.ends_with("), but other lines stand there now")), "{remarks:?}");
    }
}

#[test]
fn upstream_s_file_taken_as_it_is_answers_each_place_too() {
    let (mut world, [root, ..]) = world();
    // The fork's own line below goes with it, so nothing around the place is as it was.
    world.on_fork().commit("Ours, below", &[("b.txt", "ours\nb\nc\nd\ne\nf\ng\nours too\n")]);
    job(&world, CONFIG);
    let mut person = Person::new(&world);
    person.on("uptake/fixes").resolve(root, "b.txt", Some("one\nb\nc\nd\ne\nf\ng\nh\n"));
    person.push();
    let (learned, phase) = job(&world, CONFIG);
    assert_eq!(learned.lessons[0].answer.places.len(), 1);
    assert_eq!(phase.picks[0].outcome, Outcome::Resolved);
    world.on_fork().commit("Ours, in between", &[("b.txt", "ours\nb\nc\nd and ours\ne\nf\ng\nours too\n")]);
    let (_, phase) = job(&world, CONFIG);
    assert_eq!(phase.picks[0].outcome, Outcome::Resolved, "the lines that conflict are the same");
    assert_eq!(words::method(phase.picks[0].resolutions[0].how), "the lines that were resolved on then in 1 place");
}

#[test]
fn what_was_forgotten_is_neither_replayed_nor_learned_again() {
    let (world, _) = resolved();
    job(&world, CONFIG);
    let repo = engine::Repo::open(&world.fork()).expect("opened");
    let folder = Folder::new(&out(&world));
    let read = || {
        let at = folder.fetch_branch(&repo, BRANCH).expect("read");
        list(&uptake::ledger::Ledger::read(&repo, at).expect("right")).expect("right")
    };
    let key = read().into_iter().find(|kept| kept.meta.path == "b.txt").expect("kept").key;
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    let run = |arguments: &[&str]| {
        uptake(world.folder(), &[&["--repo", "fork", "--config", "uptake.yml", "--offline"], arguments].concat())
    };
    let (code, described, error) = run(&["memory", "list", "--forge", "folder:out"]);
    assert_eq!(code, 0, "{error}");
    assert!(
        described.contains(&key) && described.contains("b.txt") && described.contains("Cleo on 2025-10-09"),
        "{described}"
    );
    let (code, described, error) =
        run(&["memory", "forget", &key[..6], "--by", "Ada", "--why", "it was wrong", "--forge", "folder:out"]);
    assert_eq!((code, described), (0, format!("Forgotten: {key}\n")), "{error}");
    let (learned, phase) = job(&world, CONFIG);
    assert_eq!(
        learned,
        LearnReport::default(),
        "the branch still has it, and it is not learned from that commit again"
    );
    assert_eq!(outcomes(&phase)[0], Outcome::Decide);
    assert_eq!(said(&phase.picks[0].conflicts[0]), ["the answer of Cleo of 2025-10-09 was withdrawn by Ada"]);
    let (code, _, error) = run(&["memory", "forget", "nothing", "--forge", "folder:out"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: nothing is remembered under a key that begins with 'nothing'\n"), "{error}");
    assert!(read().iter().any(|kept| kept.meta.withdrawn.is_some()));
}

#[test]
fn a_history_that_was_made_by_hand_teaches() {
    let (mut world, [root, ..]) = world();
    world.on_fork();
    // As the fork did long before: no trailer, a message of its own, but author and date are upstream's.
    let _conflicts = world.try_git(&["cherry-pick", &root.to_string()]);
    fs::write(world.fork().join("b.txt"), RESOLVED).expect("written");
    world.git(&["add", "--all"]);
    world.git(&["-c", "core.editor=true", "cherry-pick", "--continue"]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    let run = |arguments: &[&str]| {
        uptake(world.folder(), &[&["--repo", "fork", "--config", "uptake.yml", "--offline"], arguments].concat())
    };
    let (code, dry, error) = run(&["memory", "learn", "--from", "main", "--dry-run"]);
    assert_eq!(code, 0, "{error}");
    assert!(dry.starts_with("1 conflict resolved by people\n") && dry.contains("b.txt"), "{dry}");
    assert!(world.git(&["branch", "--list", BRANCH]).is_empty());
    let (_, described, _) = run(&["memory", "learn", "--from", "main"]);
    assert!(described.ends_with("They are on the ledger now.\n"), "{described}");
    let (_, described, _) = run(&["memory", "learn", "--from", "main"]);
    assert!(described.ends_with("All of it was known.\n"), "{described}");
    let key = described.lines().nth(1).and_then(|line| line.split_whitespace().next()).expect("a key").to_owned();
    assert_eq!(world.git(&["show", &format!("{BRANCH}:resolutions/{key}/file")]), RESOLVED.trim_end());
    assert_eq!(world.git(&["show", &format!("{BRANCH}:resolutions/{key}/places/1/resolved")]), "one, ours");
    // Where the pick is to be made again, the answer is at hand.
    world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let (_, _, built) = world.build(CONFIG);
    assert_eq!(built.phases[0].picks[0].outcome, Outcome::Resolved);
    let (code, _, error) = run(&["memory", "learn", "--from", "nowhere"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: --from nowhere: there is no such branch or commit\n"), "{error}");
}

#[test]
fn what_is_kept_and_was_broken_by_hand_is_told_with_its_place() {
    let (world, _) = resolved();
    job(&world, CONFIG);
    let mut person = Person::new(&world);
    person.on(BRANCH);
    let key = person.git(&["ls-tree", "--name-only", "HEAD", "resolutions/"]);
    let folder = key.lines().next().expect("a key").to_owned();
    person.git(&["rm", "--quiet", &format!("{folder}/places/1/ours")]);
    let meta = person.path.join(&folder).join("meta.yml");
    let text = fs::read_to_string(&meta).expect("a file");
    person.git(&["commit", "--quiet", "--all", "-m", "Tidy"]);
    person.push();
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    let run = |arguments: &[&str]| {
        uptake(world.folder(), &[&["--repo", "fork", "--config", "uptake.yml", "--offline"], arguments].concat())
    };
    let (code, _, error) = run(&["ledger", "check", "--forge", "folder:out"]);
    assert_eq!(code, 2);
    assert!(
        error
            .contains(&format!("the file `places/1/ours` beside it is not there\n --> {BRANCH}:{folder}/meta.yml:1:1")),
        "{error}"
    );
    fs::write(&meta, text.replace("places: ", "placs: ")).expect("written");
    person.git(&["commit", "--quiet", "--all", "-m", "Slip"]);
    person.push();
    let (code, _, error) = run(&["ledger", "check", "--forge", "folder:out"]);
    assert_eq!(code, 2);
    assert!(error.contains("unknown key `placs`"), "{error}");
}
