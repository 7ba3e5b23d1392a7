//! A run that accepts a proposal and is killed at any of its writes is finished by the next.

use std::fs;
use std::path::Path;

use super::{BOTH, Case, config};
use crate::support::forge::{branches, job, job_with, out};

fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().expect("cp runs");
    assert!(status.success());
}

#[test]
fn whatever_is_lost_the_person_is_obeyed_once() {
    let mut case = Case::new("");
    case.run();
    let comment = case.line();
    case.say("maintainer", &comment);
    let (whole, before) = (out(&case.world), case.world.folder().join("before"));
    copy(&whole, &before);
    let mut ends = Vec::new();
    for after in [false, true] {
        for left in 0.. {
            fs::remove_dir_all(&whole).expect("removed");
            copy(&before, &whole);
            let through = job_with(&case.world, &case.world.open(&config("")), left, after).is_ok();
            job(&case.world, &case.world.open(&config("")));
            assert_eq!(case.file("src/a.rs"), BOTH, "killed at write {left}");
            let ledger = branches(&case.world, &["show", "uptake/ledger:decisions.yml"]);
            assert_eq!(ledger.matches("do: accept").count(), 1, "{ledger}");
            let answers = case.answers();
            assert!(!answers.contains("Nothing was changed"), "killed at write {left}: {answers}");
            let kept = branches(&case.world, &["ls-tree", "-r", "--name-only", "uptake/ledger"]);
            ends.push(format!("{}\n{kept}", case.body()));
            if through {
                break;
            }
        }
    }
    assert!(ends.len() > 12, "{} writes", ends.len());
    assert!(ends.iter().all(|end| *end == ends[0]), "all end alike");
}
