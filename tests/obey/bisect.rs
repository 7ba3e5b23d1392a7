//! `/bisect` from the comment to the answer.

use std::fs;

use crate::support::snapshot;

use super::{CONFIG, Office, TESTED, finish};

/// Plays the GPU: from the thirteenth pick on it fails, which is what has its file. Returns how many tests waited.
fn answer(office: &Office) -> usize {
    let mut open = 0;
    let runs = fs::read_dir(office.out("runs")).expect("runs").count() as u64;
    for run in 1..=runs {
        if office.json(&format!("runs/{run}.json"))["state"] == "queued" {
            open += 1;
            let inputs = office.json(&format!("dispatches/{run}.json"))["inputs"].clone();
            let file = format!("{}:f13.rs", inputs["sha"].as_str().expect("a SHA"));
            let broken = office.world.try_git(&["--git-dir", "../out/branches.git", "cat-file", "-e", &file]);
            finish(office, run, if broken.status.success() { "failed" } else { "passed" });
        }
    }
    open
}

/// How many tests a search asked for.
fn halves(office: &Office) -> usize {
    let record = ["--git-dir", "../out/branches.git", "show", "uptake/ledger:ci/bisect.fixes.yml"];
    office.world.git(&record).matches("request:").count()
}

#[test]
fn a_bisect_goes_on_where_it_was_when_the_fork_moves() {
    let config = format!("{CONFIG}{}rebuild: always\n", TESTED.replace("'12.9', '13.0', '13.1'", "'13.1'"));
    let mut office = Office::new(&config, 20);
    answer(&office);
    office.run();
    office.say(1, "maintainer", "/bisect cuda 13.1");
    for round in 0.. {
        assert!(round < 12, "it goes on and on");
        office.run();
        if answer(&office) == 0 {
            break;
        }
        if round == 1 || round == 3 {
            // Every commit of the phase is another one from now on, and the old ones stand on no branch but the search's.
            office.world.on_fork().commit(&format!("Ours {round}"), &[("ours.txt", "x\n")]);
        }
    }
    assert!((1..=5).contains(&halves(&office)), "{} rounds", halves(&office));
    let guilty = office.upstream(8);
    let found = office.answers(1).into_iter().find(|text| text.contains("uptake-bisect")).expect("an answer");
    assert!(found.starts_with(&format!("**`{}` breaks the phase", &guilty[..9])), "{found}");
    assert!(
        found.contains("The branch was rebuilt while the search went on. It kept to the picks as they were at"),
        "{found}"
    );
    office.run();
    let branches = office.world.git(&["--git-dir", "../out/branches.git", "branch", "--list", "uptake/bisect/*"]);
    assert_eq!(branches, "", "what was kept for the search is gone");
}

#[test]
fn a_bisect_that_was_asked_for_before_the_fork_moved_says_where_it_began() {
    let config = format!("{CONFIG}{}rebuild: always\n", TESTED.replace("'12.9', '13.0', '13.1'", "'13.1'"));
    let mut office = Office::new(&config, 20);
    answer(&office);
    office.run();
    let asked = office.world.git(&["--git-dir", "../out/branches.git", "rev-parse", "uptake/fixes"]);
    office.say(1, "maintainer", "/bisect cuda 13.1");
    office.world.on_fork().commit("Ours", &[("ours.txt", "x\n")]);
    for round in 0.. {
        assert!(round < 12, "it goes on and on");
        office.run();
        if answer(&office) == 0 {
            break;
        }
    }
    let found = office.answers(1).into_iter().find(|text| text.contains("uptake-bisect")).expect("an answer");
    assert!(found.starts_with(&format!("**`{}` breaks the phase", &office.upstream(8)[..9])), "{found}");
    let described =
        format!("It was asked for `{}`; the branch was rebuilt before the search began, so it began with", &asked[..9]);
    assert!(found.contains(&described), "{found}");
    let before = snapshot(&office.out(""));
    office.run();
    assert_eq!(snapshot(&office.out("")), before);
}

#[test]
fn a_bisect_of_twenty_picks_finds_the_planted_fault_in_five_rounds() {
    let config = format!("{CONFIG}{}", TESTED.replace("'12.9', '13.0', '13.1'", "'13.1'"));
    let mut office = Office::new(&config, 20);
    answer(&office);
    office.run();
    office.say(1, "maintainer", "/bisect cuda 13.1");
    let mut rounds = 0;
    loop {
        office.run();
        if answer(&office) == 0 {
            break;
        }
        rounds += 1;
        assert!(rounds <= 5, "{rounds} rounds");
    }
    let guilty = office.upstream(8);
    let found = office.answers(1).into_iter().find(|text| text.contains("uptake-bisect")).expect("an answer");
    assert!(
        found.starts_with(&format!("**`{}` breaks the phase with CUDA `13.1`**: fix: number 13", &guilty[..9])),
        "{found}"
    );
    office.run();
    let branches = office.world.git(&["--git-dir", "../out/branches.git", "branch", "--list", "uptake/bisect/*"]);
    assert_eq!(branches, "", "what was kept for the search is gone");
    let before = snapshot(&office.out(""));
    office.run();
    assert_eq!(snapshot(&office.out("")), before);
}

#[test]
fn a_merge_slice_cannot_be_halved_and_is_said_so_at_once() {
    let phases = "
upstream: { branch: main }
phases:
  - { id: line, title: Upstream, priority: 1, take: line, land: merge, slice: { units: 100 } }
";
    let mut office = Office::new(&format!("{phases}{}", TESTED.replace("'12.9', '13.0', '13.1'", "'13.1'")), 13);
    answer(&office);
    office.run();
    assert!(office.body(1).contains("13.1"), "{}", office.body(1));
    let before = fs::read_dir(office.out("dispatches")).expect("tests").count();
    office.say(1, "maintainer", "/bisect cuda 13.1");
    office.run();
    assert_eq!(answer(&office), 0, "no test is asked for");
    assert_eq!(fs::read_dir(office.out("dispatches")).expect("tests").count(), before);
    let said = office.answers(1);
    let ends =
        "This branch is one merge commit, which cannot be halved. With `land: picks` it has a commit for each unit.";
    assert_eq!(said.iter().filter(|text| text.contains(ends)).count(), 1, "{said:#?}");
    let branches = office.world.git(&["--git-dir", "../out/branches.git", "branch", "--list", "uptake/bisect/*"]);
    assert_eq!(branches, "");
    let before = snapshot(&office.out(""));
    office.run();
    assert_eq!(snapshot(&office.out("")), before, "it is said once");
}
