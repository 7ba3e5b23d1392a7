//! A change of the licence is a person's, however much would be easier with it.

use uptake::risk::Level;
use uptake::survey::RiskReason;

use crate::support::{World, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\n";

/// Upstream changes its licence in a commit that three later ones build on.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("LICENSE", "BSD\n")]);
    world
        .on_upstream()
        .commit("Change license to RSAL", &[("a.txt", &TEXT.replacen('b', "licensed", 1)), ("LICENSE", "RSAL\n")]);
    for n in 0..3 {
        world.commit(&format!("Fix overflow {n}"), &[("a.txt", &TEXT.replacen('b', &format!("licensed {n}"), 1))]);
    }
    world.on_fork().commit("Ours", &[("a.txt", &TEXT.replacen('b', "ours", 1))]);
    world
}

const CONFIG: &str = "phases: [{ id: all, title: All, priority: 1, rules: [{ subject: . }] }]\n";

#[test]
fn it_is_critical() {
    let survey = world().survey();
    assert_eq!(survey.commits[0].risk, Level::Critical);
    assert_eq!(survey.commits[0].reasons[0], RiskReason::Licence { files: 1 });
    assert_eq!(survey.commits[0].reasons[0].to_string(), "changes the licence (1 file)");
}

#[test]
fn it_is_never_advised_to_be_taken_first() {
    let world = world();
    let (_, survey, built) = world.build(CONFIG);
    let licence = survey.commits[0].sha;
    for pick in built.phases.iter().flat_map(|phase| &phase.picks) {
        assert!(!pick.needs.take.contains(&licence), "{pick:?}");
    }
    let path = world.config(CONFIG).display().to_string();
    let (_, report, _) = uptake(&world.fork(), &["--offline", "--config", &path, "report"]);
    let advice = format!("resolve [`{}`", licence.short());
    assert!(
        !report.to_lowercase().contains(&advice) && !report.contains(&format!("Then resolve `{}`", licence.short())),
        "{report}"
    );
    let (_, plan, _) = uptake(&world.fork(), &["--offline", "--config", &path, "plan"]);
    assert!(!plan.contains(&format!("take {} first", licence.short())), "{plan}");
}
