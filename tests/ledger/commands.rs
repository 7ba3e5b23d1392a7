//! `uptake decide`, `uptake ledger`, and a run that follows them.

use uptake::ledger::BRANCH;

use super::{CONFIG, by_hand, world};
use crate::support::{World, uptake};

fn run(world: &World, arguments: &[&str]) -> (i32, String, String) {
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    uptake(world.folder(), &[&["--repo", "fork", "--config", "uptake.yml", "--offline"], arguments].concat())
}

#[test]
fn a_decision_at_a_terminal_is_followed_by_the_next_plan() {
    let (world, [a, ..]) = world();
    world.git(&["config", "user.name", "Cleo"]);
    let short = a.short();
    let (code, out, error) =
        run(&world, &["decide", "skip", &short, "--why", "we have our own", "--link", "https://example.org/1"]);
    assert_eq!(code, 0, "{error}");
    assert!(
        out.starts_with(&format!("Decided: skip {short}, by Cleo: we have our own. It is on the clone's ledger (")),
        "{out}"
    );
    assert_eq!(error, "Next: git push origin uptake/ledger\n");
    let message = world.git(&["log", "-1", "--format=%B", BRANCH]);
    assert_eq!(message, format!("Skip {short}\n\nBy Cleo: we have our own\nhttps://example.org/1"));
    let (_, out, _) = run(&world, &["plan", "fixes"]);
    let line = out.lines().find(|line| line.contains(&short)).expect("a line");
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>().join(" "),
        format!("{short} left out Fix a skipped by Cleo: we have our own (https://example.org/1)")
    );
    let (_, out, _) = run(&world, &["plan", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let left = &plan["phases"][0]["left_out"][0];
    assert_eq!((left["kind"].as_str(), left["decision"]["by"].as_str()), (Some("skipped"), Some("Cleo")));
    assert_eq!(left["decision"]["link"], "https://example.org/1");
    let (_, out, _) = run(&world, &["ledger", "show"]);
    assert!(out.contains(&format!("skip {short}")) && out.contains("Cleo: we have our own"), "{out}");
    let (code, _, _) = run(&world, &["decide", "readmit", &short, "--by", "Ada"]);
    assert_eq!(code, 0);
    let (_, out, _) = run(&world, &["plan", "fixes"]);
    assert!(out.lines().any(|line| line.contains(&short) && line.contains("clean")), "{out}");
    let (_, out, _) = run(&world, &["ledger", "show"]);
    assert!(out.contains(&format!("skip {short}, no longer")), "{out}");
}

#[test]
fn a_run_follows_the_ledger_of_its_forge_and_keeps_it() {
    let (world, [a, ..]) = world();
    let short = a.short();
    let (code, _, error) =
        run(&world, &["decide", "skip", &short, "--by", "Ada", "--why", "no", "--forge", "folder:out"]);
    assert_eq!(code, 0, "{error}");
    for _ in 0..2 {
        let (code, out, error) = run(&world, &["run", "--forge", "folder:out"]);
        assert_eq!(code, 0, "{error}");
        assert!(out.contains("2 picks in 2 phases: 2 clean; 2 left out"), "{out}");
    }
    let page = std::fs::read_to_string(world.folder().join("out/pulls/1.md")).expect("a page");
    assert!(page.contains("skipped by Ada: no"), "{page}");
    let (_, out, _) = run(&world, &["plan"]);
    assert!(!out.contains("skipped"), "the clone has no ledger:\n{out}");
    let (_, out, _) = run(&world, &["ledger", "check", "--forge", "folder:out"]);
    assert!(out.starts_with("uptake/ledger: right: 1 decision, "), "{out}");
}

#[test]
fn a_broken_ledger_stops_everything_before_anything_is_changed() {
    let (world, [a, ..]) = world();
    assert_eq!(run(&world, &["decide", "skip", &a.to_string(), "--why", "no"]).0, 0);
    by_hand(&world, &[("decisions.yml", "- ruling: { do: skip }\n  by: Ada\n  when: 2025-11-22T10:00:00Z\n")]);
    for command in
        [&["plan"][..], &["ledger", "check"], &["decide", "skip", &a.to_string(), "--why", "no"], &["survey"]]
    {
        let (code, out, error) = run(&world, command);
        assert_eq!((code, out.as_str()), (2, ""), "{command:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @r"
            error: `ruling` lacks the key `sha`
             --> uptake/ledger:decisions.yml:1:11
              |
            1 | - ruling: { do: skip }
              |           ^^
              |
              = help: `sha`: The upstream commit

              git switch uptake/ledger, fix it, commit and push; nothing was changed
            ");
        }
    }
}

#[test]
fn what_cannot_be_decided_is_refused_with_what_could_be() {
    let (world, [a, ..]) = world();
    let refused = |arguments: &[&str]| {
        let (code, _, error) = run(&world, &[&["decide"], arguments].concat());
        assert_eq!(code, 2, "{error}");
        error
    };
    assert_eq!(
        refused(&["move", &a.to_string(), "fixs"]),
        "error: the configuration has no phase 'fixs'; its phases: fixes, rest\n  nothing was decided\n"
    );
    let mut slip = a.short();
    let last = if slip.ends_with('0') { "1" } else { "0" };
    slip.replace_range(8.., last);
    let error = refused(&["skip", &slip]);
    assert!(
        error.starts_with(&format!(
            "error: there is no commit '{slip}' in this repository; did you mean {} (Fix a)",
            a.short()
        )),
        "{error}"
    );
    assert!(world.git(&["branch", "--list", BRANCH]).is_empty());
}
