//! What people said of phases, categories and paths is shown where it applies.

use std::fs;

use crate::support::forge::{out, publish};
use crate::support::{World, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\n";

fn world() -> (World, String) {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let first = world.on_upstream().commit("Name it theirs", &[("a.txt", &TEXT.replacen('a', "theirs", 1))]);
    let second = world.commit("Speed it up", &[("b.txt", &TEXT.replacen('a', "fast", 1))]);
    let third = world.commit("Say how", &[("c.txt", "how\n")]);
    world.on_fork().commit("Name it ours", &[("a.txt", &TEXT.replacen('a', "ours", 1))]);
    let config = format!(
        "phases:
  - id: fixes
    title: Fixes
    priority: 1
    note: 'Review @carefully, see #7'
    estimate: 4-6 hours
    optional: true
    commits: [{third}]
    categories:
      - {{ title: Names, note: keep ours, commits: [{first}] }}
      - {{ title: Speed, commits: [{{ sha: {second}, note: two times faster }}] }}
notes:
  - {{ path: \"*.txt\", note: keep our name }}
"
    );
    (world, config)
}

#[test]
fn a_plan_shows_what_was_said_of_its_phase() {
    let (world, config) = world();
    let path = world.config(&config).display().to_string();
    drop(world.open(&config));
    let (_, said, error) = uptake(&world.fork(), &["--offline", "--config", &path, "plan", "fixes"]);
    let lines: Vec<&str> = said.lines().skip(1).take(5).collect();
    insta::assert_snapshot!(lines.join("\n") + &error, @r#"
    Optional.
    Estimate: 4-6 hours
    Review @carefully, see #7
    Names: keep ours
    275adbdad  decide  medium  Name it theirs  [1 file; root]
    "#);
}

#[test]
fn a_pull_request_shows_it_in_short_and_with_the_conflict() {
    let (world, config) = world();
    publish(&world, &config);
    let body = fs::read_to_string(out(&world).join("pulls/1.md")).expect("a pull request").replace('\u{200b}', "<ZW>");
    let lines: Vec<&str> =
        body.lines().filter(|line| line.contains("The plan says") || line.contains("configuration says")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    - **The plan says:** Optional. · Estimate: 4-6 hours · Review @<ZW>carefully, see #<ZW>7 · Names: keep ours
    The configuration says: keep our name.
    "#);
}

#[test]
fn a_report_shows_the_categories_apart() {
    let (world, config) = world();
    let path = world.config(&config).display().to_string();
    drop(world.open(&config));
    let (code, report, error) = uptake(&world.fork(), &["--offline", "--config", &path, "report"]);
    assert_eq!(code, 0, "{error}");
    let report = report.replace('\u{200b}', "<ZW>");
    let (_, phase) = report.split_once("### Phase 1: Fixes").expect("the phase");
    let (phase, _) = phase.split_once("\n## ").expect("an end");
    insta::assert_snapshot!(phase, @r#"
    Branch `uptake/fixes` on `main` (`80f8c3a85`). 3 commits: 2 apply, 1 waits. Risk: **medium**.

    *Optional.*

    *Estimate: 4-6 hours*

    *Review @<ZW>carefully, see #<ZW>7*

    | SHA | Description | Risk | Outcome | Notes |
    | --- | --- | --- | --- | --- |
    | `275242ccb` | Say how | low | clean |  |

    #### Names

    | SHA | Description | Risk | Outcome | Notes |
    | --- | --- | --- | --- | --- |
    | `275adbdad` | Name it theirs | medium | decide | Conflicts in a.txt. A root. |

    *keep ours*

    #### Speed

    | SHA | Description | Risk | Outcome | Notes |
    | --- | --- | --- | --- | --- |
    | `d7bdbb6cf` | Speed it up | low | clean | two times faster |

    **Recommended action:** Review `uptake/fixes`: 2 picks apply. Then resolve the 1 that waits. The root is `275adbdad`.
    "#);
}
