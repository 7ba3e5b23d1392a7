//! A sitting that is killed after each of its steps once ends where one does that was left alone.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use engine::progress::{Progress, Silent};
use uptake::pick::runner::NoCommands;
use uptake::pipeline::{ConfigFrom, Context};
use uptake::sitting::{CurrentDecision, Desk, Sitting, SittingEnd, SittingError, SittingNews};

use super::{Maintainer, run, world};

/// Somebody who takes upstream's lines everywhere, and whose machine fails after so many steps.
struct Mortal {
    left: usize,
    silent: Silent,
}

impl Mortal {
    fn step(&mut self) -> Result<(), SittingError> {
        self.left = self.left.checked_sub(1).ok_or(SittingError::Nothing("killed"))?;
        Ok(())
    }
}

impl Desk for Mortal {
    fn resolve(&mut self, folder: &Path, decision: &CurrentDecision) -> Result<bool, SittingError> {
        self.step()?;
        for open in &decision.paths {
            let text = fs::read_to_string(folder.join(&open.path)).expect("laid out");
            let mut within = false;
            let upstreams = |line: &&str| {
                within = (within || line.starts_with("<<<<<<< ")) && !line.starts_with("=======");
                !within && !line.starts_with("=======") && !line.starts_with(">>>>>>> ")
            };
            let resolved: Vec<&str> = text.lines().filter(upstreams).collect();
            fs::write(folder.join(&open.path), resolved.join("\n") + "\n").expect("written");
        }
        self.step()?;
        Ok(true)
    }

    fn validate(&mut self, _: &str, _: &Path) -> Result<bool, SittingError> {
        Ok(true)
    }

    fn tell(&mut self, _: &SittingNews<'_>) -> Result<(), SittingError> {
        self.step()
    }

    fn progress(&mut self) -> &mut dyn Progress {
        &mut self.silent
    }
}

/// A sitting with so many steps, and one without end after it; returns whether the first was through.
fn sit(cleo: &Maintainer, left: usize) -> bool {
    let context = Context {
        config: ConfigFrom::File(cleo.folder.join("uptake.yml")),
        offline: true,
        runner: Rc::new(NoCommands),
        now: "2025-10-05T12:00:00Z".parse().expect("a moment"),
        ..Context::new(cleo.path.clone())
    };
    let attempt = |left| -> Result<SittingEnd, SittingError> {
        let mut desk = Mortal { left, silent: Silent };
        let (mut sitting, plan) = Sitting::begin(&context, None, false, &mut desk)?;
        sitting.go_on(plan, false, &mut desk)
    };
    let through = match attempt(left) {
        Ok(end) => {
            assert!(matches!(end, SittingEnd::Done), "{end:?}");
            true
        }
        Err(error) => {
            assert_eq!(error.to_string(), "killed");
            assert!(matches!(attempt(usize::MAX).expect("gone on"), SittingEnd::Done));
            false
        }
    };
    Sitting::resume(&context).expect("there").push().expect("sent");
    through
}

#[test]
fn it_ends_where_one_does_that_was_left_alone() {
    let (world, _) = world();
    run(&world);
    let whole = fs::canonicalize(super::out(&world)).expect("there");
    let before = world.folder().join("before");
    copy(&whole, &before);
    let mut ends: Vec<String> = Vec::new();
    for left in (0..).map(|at| if at == 0 { usize::MAX } else { at - 1 }) {
        fs::remove_dir_all(&whole).expect("removed");
        copy(&before, &whole);
        let name = format!("clone-{left}");
        let cleo = Maintainer::new(&world, &name);
        let through = sit(&cleo, left);
        let refs = "--format=%(refname) %(objectname)";
        let local = cleo.git(&["for-each-ref", refs, "refs/heads/uptake/"]);
        let there = super::git_in(&whole.join("branches.git"), &["for-each-ref", refs, "refs/heads/uptake/"], 0);
        let there = String::from_utf8_lossy(&there.stdout).trim().to_owned();
        assert_eq!(local, there, "what was built is sent");
        let config = world.folder().join("uptake.yml").display().to_string();
        let arguments = ["--offline", "--config", &config, "plan", "--format", "json"];
        let (_, plan, error) = super::uptake_in(&cleo.path, &arguments, &[]);
        ends.push(format!("{local}\n{plan}{error}"));
        assert_eq!(ends[0], ends[ends.len() - 1], "killed after {left} steps");
        fs::remove_dir_all(&cleo.path).expect("removed");
        if through && left < usize::MAX {
            break;
        }
    }
    // Three decisions of at least six steps each.
    assert!(ends.len() > 20, "{}", ends.len());
}

#[test]
fn a_lock_that_a_killed_program_left_in_the_work_tree_is_in_nobodys_way() {
    let (world, [two, ..]) = world();
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    assert_eq!(cleo.resolve(&[&two.short()], false).0, 3, "it waits");
    fs::write(cleo.path.join(".git/worktrees/uptake-resolve/index.lock"), "").expect("written");
    let refused = super::git_in(&cleo.tree(), &["add", "a.rs"], 0);
    assert!(!refused.status.success(), "git takes it for another's");
    fs::write(cleo.tree().join("a.rs"), super::text("both", "5", "both, too")).expect("written");
    let (code, said) = cleo.resolve(&["--continue"], false);
    assert!(code == 0 && said.contains("resolved, remembered"), "{code}: {said}");
}

#[test]
fn a_reference_that_a_killed_program_left_locked_is_named() {
    let (world, [two, ..]) = world();
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    let lock = cleo.path.join(".git/refs/heads/uptake/ledger.lock");
    fs::create_dir_all(lock.parent().expect("a folder")).expect("made");
    fs::write(&lock, "").expect("written");
    let (code, said) = cleo.resolve(&[&two.short()], true);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("refs/heads/uptake/ledger is locked") && said.contains("ledger.lock'"), "{said}");
    fs::remove_file(&lock).expect("removed");
    let (code, said) = cleo.resolve(&[], true);
    assert!(code == 0 && said.contains("resolved, remembered"), "{code}: {said}");
}

fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().expect("cp runs");
    assert!(status.success());
}
