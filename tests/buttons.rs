//! What GitHub's own buttons make of a branch, "Update branch" as a merge or as a rebase: its committer is on the commits then, and they
//! are the bot's as before. What a person put there stays theirs.

use std::fs;

use uptake::memory::LearnReport;

use crate::support::forge::{branches, job, lines, out};
use crate::support::{World, git_command, git_ok};

const CONFIG: &str = "
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: . }] }
conflicts:
  - { path: b.txt, use: union }
dashboard: { enabled: false }
";

/// One unit applies, one conflicts and is resolved by a rule, one is left to a person.
fn world() -> World {
    let mut world = World::new(&[("a.txt", "1\n"), ("b.txt", "1\n"), ("c.txt", "1\n")]);
    world.on_upstream().commit("Fix a", &[("a.txt", "2\n")]);
    world.commit("Fix b", &[("b.txt", "upstream's\n")]);
    world.commit("Fix c", &[("c.txt", "upstream's\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "ours\n"), ("c.txt", "ours\n")]);
    run(&world);
    // Meanwhile the fork goes on.
    world.on_fork().commit("Later", &[("d.txt", "1\n")]);
    world
}

/// A run: what it did, with what it learned.
fn run(world: &World) -> (Vec<String>, LearnReport) {
    let report = job(world, &world.open(CONFIG));
    (lines(&report.changes), report.learned)
}

/// Has GitHub do this to the branch, and put the result there.
fn button(world: &World, arguments: &[&str]) {
    let from = out(world).join("branches.git").display().to_string();
    world.git(&["fetch", "--quiet", &from, "+uptake/fixes:theirs"]);
    world.git(&["switch", "--quiet", "theirs"]);
    let mut command = git_command(&world.fork(), arguments, 1_790_000_000);
    command.env("GIT_COMMITTER_NAME", "GitHub").env("GIT_COMMITTER_EMAIL", "noreply@github.com");
    // A rebase takes date and name of an author from the commit.
    command.env_remove("GIT_AUTHOR_DATE").env_remove("GIT_AUTHOR_NAME").env_remove("GIT_AUTHOR_EMAIL");
    let output = command.output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    world.git(&["push", "--quiet", "--force", &from, "theirs:uptake/fixes"]);
    world.git(&["switch", "--quiet", "main"]);
}

fn goes_on(world: &World) {
    let committers = branches(world, &["log", "--format=%ce", "main..uptake/fixes"]);
    assert!(committers.contains("noreply@github.com"), "{committers}");
    let (done, learned) = run(world);
    assert!(done.iter().any(|line| line.starts_with("move branch uptake/fixes ")), "{done:?}");
    assert!(!done.iter().any(|line| line.contains("commits by people")), "{done:?}");
    assert_eq!(learned, LearnReport::default(), "a rule's answer is no person's");
    assert_eq!(run(world).0, Vec::<String>::new());
}

#[test]
fn a_branch_that_was_brought_up_to_date_by_a_merge_goes_on() {
    let world = world();
    let author = ["-c", "user.name=Cleo", "-c", "user.email=cleo@example.org"];
    let merge = ["merge", "--quiet", "--no-ff", "-m", "Merge branch 'main' into uptake/fixes", "main"];
    button(&world, &[&author[..], &merge].concat());
    goes_on(&world);
}

#[test]
fn a_branch_that_was_rebased_goes_on() {
    let world = world();
    button(&world, &["rebase", "--quiet", "main"]);
    goes_on(&world);
    // Onto the same base: nothing but the committer is another then.
    button(&world, &["rebase", "--quiet", "--force-rebase", "main"]);
    goes_on(&world);
}

#[test]
fn what_a_person_put_there_stays_theirs_and_a_resolution_that_was_learned_is_replayed() {
    let world = world();
    let from = out(&world).join("branches.git").display().to_string();
    let pick = world.git(&["rev-parse", "upstream"]);
    world.git(&["fetch", "--quiet", &from, "+uptake/fixes:theirs"]);
    world.git(&["switch", "--quiet", "theirs"]);
    drop(world.try_git(&["cherry-pick", "-x", &pick]));
    fs::write(world.fork().join("c.txt"), "both\n").expect("written");
    world.git(&["add", "c.txt"]);
    git_ok(&world.fork(), &["-c", "core.editor=true", "cherry-pick", "--continue"], 1_780_000_000);
    world.git(&["push", "--quiet", &from, "theirs:uptake/fixes"]);
    world.git(&["switch", "--quiet", "main"]);
    let (_, learned) = run(&world);
    assert_eq!(learned.lessons.len(), 1, "{learned:?}");
    // Rebased, it is what the bot builds of the answer.
    button(&world, &["rebase", "--quiet", "main"]);
    goes_on(&world);
    assert_eq!(branches(&world, &["show", "uptake/fixes:c.txt"]), "both");
    // A commit of somebody's own is not, even if somebody else rebased it.
    crate::support::forge::person_pushes(&world, "uptake/fixes");
    button(&world, &["rebase", "--quiet", "--force-rebase", "--keep-empty", "main"]);
    let (done, _) = run(&world);
    assert!(done.iter().any(|line| line.contains("branch uptake/fixes holds commits by people")), "{done:?}");
}

#[test]
fn a_stack_that_was_rebased_goes_on() {
    let config = CONFIG.replace("rules: [{ subject: . }] }", "rules: [{ subject: 'Fix [ab]' }] }\n  - { id: more, title: More, priority: 2, rules: [{ subject: 'Add' }] }\nstacking: previous");
    let mut world = World::new(&[("a.txt", "1\n"), ("b.txt", "1\n")]);
    world.on_upstream().commit("Fix a", &[("a.txt", "2\n")]);
    world.commit("Add e", &[("e.txt", "new\n")]);
    job(&world, &world.open(&config));
    world.on_fork().commit("Later", &[("d.txt", "1\n")]);
    let from = out(&world).join("branches.git").display().to_string();
    world.git(&["fetch", "--quiet", &from, "+uptake/fixes:fixes", "+uptake/more:more"]);
    // GitHub's own rebase of a stack: the lower branch onto the fork's, then the upper one onto it.
    for (branch, onto, below) in [("fixes", "main", "main~1"), ("more", "fixes", "fixes@{1}")] {
        world.git(&["switch", "--quiet", branch]);
        let mut command = git_command(&world.fork(), &["rebase", "--quiet", "--onto", onto, below], 1_790_000_000);
        command.env("GIT_COMMITTER_NAME", "GitHub").env("GIT_COMMITTER_EMAIL", "noreply@github.com");
        command.env_remove("GIT_AUTHOR_DATE").env_remove("GIT_AUTHOR_NAME").env_remove("GIT_AUTHOR_EMAIL");
        let output = command.output().expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        world.git(&["push", "--quiet", "--force", &from, &format!("{branch}:uptake/{branch}")]);
    }
    world.git(&["switch", "--quiet", "main"]);
    let committers = branches(&world, &["log", "--format=%ce", "main..uptake/more"]);
    assert_eq!(committers.matches("noreply@github.com").count(), 2, "{committers}");
    let report = job(&world, &world.open(&config));
    let done = lines(&report.changes);
    assert!(!done.iter().any(|line| line.contains("commits by people")), "{done:?}");
    assert_eq!(report.learned, LearnReport::default());
    assert_eq!(lines(&job(&world, &world.open(&config)).changes), Vec::<String>::new());
}
