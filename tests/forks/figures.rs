//! A number has one value, whoever says it: survey, plan, `why`, report and dashboard of the same fork.

use std::fs;

use ::uptake::line::OnLine;
use ::uptake::pick::Outcome;

use super::ALL;
use crate::support::{World, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

/// A fork that has one of upstream's commits, is in the way of another, and lacks what two more build on.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)]);
    let taken = world.on_upstream().commit("Fix c", &[("c.txt", &TEXT.replacen('a', "C", 1))]);
    world.commit("Rework a", &[("a.txt", &TEXT.replacen("a\nb", "theirs\ntheirs too", 1))]);
    world.commit("Rework a again", &[("a.txt", &TEXT.replacen("a\nb", "theirs\ntheirs again", 1))]);
    world.commit("Rework a and b", &[("a.txt", &TEXT.replacen("a\nb\nc", "theirs\ntheirs again\nand c", 1))]);
    world.commit("Fix b", &[("b.txt", &TEXT.replacen('h', "H", 1))]);
    world.on_fork().commit("Ours", &[("a.txt", &TEXT.replacen('a', "ours", 1))]);
    world.pick(taken, &["-x"]);
    world
}

fn word(outcome: Outcome) -> String {
    outcome.to_string()
}

#[test]
fn every_command_says_the_same_of_every_unit() {
    let world = world();
    let (_, survey, built) = world.build(ALL);
    let line: Vec<OnLine> = survey.commits.iter().map(|unit| unit.line).collect();
    assert_eq!(line[0], OnLine::Taken);
    assert!(line.contains(&OnLine::Decide) && line.contains(&OnLine::NotNeededYet), "{line:?}");
    // All of it in one phase is the line itself.
    let picks = &built.phases[0].picks;
    let planned: Vec<String> = picks.iter().map(|pick| word(pick.outcome)).collect();
    let open = survey.commits.iter().filter(|unit| unit.line != OnLine::Taken);
    assert_eq!(planned, open.map(|unit| unit.line.to_string()).collect::<Vec<_>>());
    let config = world.config(ALL).display().to_string();
    let ask = |arguments: &[&str]| {
        let (code, out, error) = uptake(&world.fork(), &[arguments, &["--offline", "--config", &config]].concat());
        assert!(code == 0 || code == 3, "{arguments:?}: {out}{error}");
        out
    };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let said = json(&ask(&["survey", "--format", "json"]));
    let totals = &survey.totals;
    assert_eq!(said["totals"]["taken"], totals.taken);
    assert_eq!(said["totals"]["line"]["decide"], totals.line.decide);
    let plan = json(&ask(&["plan", "--format", "json"]));
    for (at, unit) in survey.commits.iter().enumerate() {
        let why = json(&ask(&["why", &unit.sha.to_string(), "--format", "json"]));
        for field in ["verdict", "line", "hunks", "after", "cascade", "roots"] {
            assert_eq!(why[field], said["commits"][at][field], "{field} of {}", unit.subject);
        }
        let picked = plan["phases"][0]["picks"].as_array().expect("a list");
        if let Some(pick) = picked.iter().find(|pick| pick["sha"] == unit.sha.to_string()) {
            assert_eq!((&pick["outcome"], &pick["hunks"]), (&why["line"], &why["hunks"]), "{}", unit.subject);
        }
    }
    let report = ask(&["report"]);
    let open = totals.units - totals.taken;
    assert!(
        report.contains(&format!("The fork already has {} of these commits. {open} are open.", totals.taken)),
        "{report}"
    );
    assert!(report.contains(&format!("{} waits for a person", totals.line.decide)), "{report}");
    ask(&["run", "--forge", "folder:../out"]);
    let dashboard = fs::read_dir(world.folder().join("out/issues")).expect("a dashboard");
    let dashboard =
        dashboard.map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("text")).collect::<String>();
    assert!(
        dashboard.contains(&format!("The fork has {} of them already; **{open} still to take**", totals.taken)),
        "{dashboard}"
    );
    let end = ::uptake::view::note::words::end(built.end.as_ref().expect("compared"));
    assert!(dashboard.contains(&end) && report.contains(&end.replace('`', "")), "{end}\n{dashboard}\n{report}");
}
