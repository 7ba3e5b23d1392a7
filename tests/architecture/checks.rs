//! The architecture test's own tests: a breach is found however it is written, and nothing else is taken for one.

use super::source::Source;
use super::{circles, forbidden_imports, imports, lost_paths, misplaced_names, stale_permissions};

#[test]
fn a_circle_of_rooms_is_found() {
    let files = [
        ("bot/src/plan/mod.rs", "use crate::config::Config;\n"),
        ("bot/src/config/mod.rs", "\nuse crate::survey::Survey;\n"),
        ("bot/src/survey/mod.rs", "use super::plan;\n"),
        ("bot/src/view/note/mod.rs", "use crate::view::why;\nuse crate::plan;\n"),
        ("bot/src/view/why/mod.rs", "fn f() { super::note::f() }\n"),
        ("bot/src/cli/mod.rs", "use crate::plan;\n"),
    ];
    let rooms = imports(&files.map(|(path, text)| Source::new(path, text)));
    insta::assert_snapshot!(circles(&rooms).join("\n"), @r"
    a circle of `config`, `plan`, `survey`:
      bot/src/config/mod.rs:2 names `survey`
      bot/src/plan/mod.rs:1 names `config`
      bot/src/survey/mod.rs:1 names `plan`
    a circle of `view::note`, `view::why`:
      bot/src/view/note/mod.rs:1 names `view::why`
      bot/src/view/why/mod.rs:1 names `view::note`
    ");
    let unused = stale_permissions(&rooms);
    assert!(unused.iter().any(|line| line.starts_with("MAY_IMPORT: `plan` does not import `survey`")), "{unused:?}");
    assert!(!unused.iter().any(|line| line.starts_with("MAY_IMPORT: `plan` does not import `config`")), "{unused:?}");
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let breach = |path: &str, text: &str| forbidden_imports(&Source::new(path, text)).join("\n");
    insta::assert_snapshot!(breach("bot/src/plan/order.rs", "use engine::ids::TreeId;\nuse engine::Repo;\n"), @"bot/src/plan/order.rs:2: `plan` names `engine::Repo`, but may import only values, config, survey, yaml: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/plan/order.rs", "use crate::{ids::{CommitId, TreeId}, config,\n    forge::Forge};\n"), @"bot/src/plan/order.rs:2: `plan` names `forge::Forge`, but may import only values, config, survey, yaml: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/plan/order.rs", "use super::super::forge;\nuse super::assign;\n"), @"bot/src/plan/order.rs:1: `plan` names `forge`, but may import only values, config, survey, yaml: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/plan/mod.rs", "fn f(s: super::forge::Pull) {}\n"), @"bot/src/plan/mod.rs:1: `plan` names `forge::Pull`, but may import only values, config, survey, yaml: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/text.rs", "use crate::plan::Plan;\n"), @"bot/src/text.rs:1: `text` names `plan::Plan`, but may import only values: a value knows no room, so that any room can use it");
    insta::assert_snapshot!(breach("bot/src/main.rs", "use uptake::pipeline;\n"), @"bot/src/main.rs:1: `main` names `pipeline`, but may import only values, cli: everything is in the library");
    insta::assert_snapshot!(breach("bot/src/attic.rs", ""), @"bot/src/attic.rs: what may `attic` import? Say so in MAY_IMPORT and in CONTRIBUTING.md");
    // Not imports: prose, text, and a room's own inside.
    assert_eq!(
        breach(
            "bot/src/plan/order.rs",
            "//! See [`crate::forge`].\nconst A: &str = r#\"crate::git \" crate::forge\"#;\n"
        ),
        ""
    );
    assert_eq!(breach("bot/src/survey/mod.rs", "pub use run::survey;\nuse self::run::Heads;\n"), "");
    assert_eq!(breach("bot/src/plan/order.rs", "mod tests {\n    use super::super::{Plan, assign};\n}\n"), "");
}

#[test]
fn a_misplaced_name_is_found() {
    let breach = |path: &str, text: &str| misplaced_names(&Source::new(path, text)).join("\n");
    insta::assert_snapshot!(breach("bot/src/pick/build.rs", "// git2 in prose\nuse git2::Oid;\nlet a = \"git2\";\n"), @"bot/src/pick/build.rs:2: `git2` belongs in bot/engine/src/ alone: all other code speaks of commits and trees as values, so that libgit2 can be replaced");
    insta::assert_snapshot!(breach("bot/src/forge/folder.rs", "use octocrab::Octocrab;\nuse std::{fs, process::{Command, Stdio}};\n"), @r#"
        bot/src/forge/folder.rs:1: `octocrab` belongs in bot/src/forge/github/ alone: all other code speaks to a forge through its traits
        bot/src/forge/folder.rs:2: `process::{Command` belongs in bot/engine/src/remote/, bot/src/programs/ alone: programs are started in two places, where arguments and environment are watched
    "#);
    insta::assert_snapshot!(breach("bot/src/run.rs", "let c = '\"'; println!(\"no\"); // '\n"), @"bot/src/run.rs:1: `println!` belongs in bot/src/cli/ alone: stages return values; only the command line speaks to people");
    assert_eq!(breach("bot/engine/src/remote/mod.rs", "use git2::Oid;\nuse std::process::Command;\n"), "");
    assert_eq!(breach("bot/src/cli/mod.rs", "println!(); enum Command {}\nuse std::process::ExitCode;\n"), "");
}

#[test]
fn what_a_guide_points_at_in_vain_is_found() {
    insta::assert_snapshot!(lost_paths("`survey/attic.rs`, `bot/src/lib.rs`: `attic`, `survey/mod.rs` and `text/`").join("\n"), @r"
    CONTRIBUTING.md: there is no `survey/attic.rs`
    CONTRIBUTING.md: `bot/src/lib.rs` has no function `attic`
    ");
}
