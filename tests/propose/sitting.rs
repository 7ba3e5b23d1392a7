//! What is proposed, in a sitting: offered below the conflict, to be taken, changed or thrown away.

use std::fs;
use std::path::PathBuf;

use super::{BOTH, Case, UPSTREAM};
use crate::support::{git_ok, toolchain, uptake_in};

/// A clone of what was published.
fn clone(case: &Case) -> PathBuf {
    let path = case.world.folder().join("clone");
    let from = case.out("branches.git").display().to_string();
    git_ok(case.world.folder(), &["clone", "--quiet", &from, "clone"], 0);
    let upstream = "+refs/heads/upstream:refs/remotes/upstream/main";
    git_ok(&path, &["fetch", "--quiet", &case.world.fork().display().to_string(), upstream], 0);
    for (key, value) in [("user.name", "Cleo"), ("user.email", "cleo@example.org")] {
        git_ok(&path, &["config", key, value], 0);
    }
    path
}

fn resolve(case: &Case, arguments: &[&str]) -> (i32, String) {
    let config = case.world.folder().join("uptake.yml").display().to_string();
    let all = [&["--offline", "--config", &config, "resolve"], arguments].concat();
    let (code, out, error) = uptake_in(&case.world.folder().join("clone"), &all, &toolchain());
    (code, format!("{out}{error}"))
}

fn laid_out(case: &Case) -> PathBuf {
    case.world.folder().join("clone/.git/uptake/sitting/uptake-resolve/src/a.rs")
}

#[test]
fn a_proposal_is_offered_below_its_conflict_and_never_taken_by_itself() {
    let case = Case::new("");
    case.run();
    clone(&case);
    let (code, said) = resolve(&case, &["--wait"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("1 place; something is proposed for 1"), "{said}");
    let text = fs::read_to_string(laid_out(&case)).expect("laid out");
    let sha = case.world.git(&["rev-parse", "--short=9", "upstream"]);
    let expected = format!(
        "fn a() {{\n<<<<<<< fork\n    let x = f(1, two, ours);\n||||||| base\n    let x = f(1, two, three);\n=======\n    let x = g(1, two, three);\n\
         >>>>>>> {sha} (Call g)\n<<<<<<< proposed word by word: to take it, keep these lines alone; else remove them\n    let x = g(1, two, ours);\n\
         >>>>>>> proposed\n}}\n"
    );
    assert_eq!(text, expected);
    // A marker of the proposal that is left is one of a conflict.
    let half = text.replace("<<<<<<< fork\n", "").replace("||||||| base\n", "").replace("=======\n", "");
    fs::write(laid_out(&case), half.replace(&format!(">>>>>>> {sha} (Call g)\n"), "")).expect("written");
    let (code, said) = resolve(&case, &["--continue"]);
    assert!(code == 3 && said.contains("a conflict marker is left"), "{said}");
    fs::write(laid_out(&case), BOTH).expect("written");
    let (code, said) = resolve(&case, &["--continue", "--push"]);
    assert_eq!(code, 0, "{said}");
    let described = case.run();
    assert!(described.contains("1 resolved"), "{described}");
    assert_eq!(case.file("src/a.rs"), BOTH);
    assert!(case.body().contains("` of Cleo, "), "{}", case.body());
}

#[test]
fn a_program_is_asked_when_its_decision_is_laid_out() {
    let case = Case::new("");
    let script = "cat > /dev/null; printf 'fn a() {\\n    let x = h();\\n}\\n'";
    case.run();
    clone(&case);
    case.fetched(&case.script(script, ", name: model"));
    let (code, said) = resolve(&case, &["--wait"]);
    assert_eq!(code, 3, "{said}");
    let text = fs::read_to_string(laid_out(&case)).expect("laid out");
    assert!(
        text.contains("<<<<<<< proposed by model: ") && text.contains("    let x = h();\n>>>>>>> proposed\n"),
        "{text}"
    );
    // It is thrown away.
    fs::write(laid_out(&case), UPSTREAM).expect("written");
    let (code, said) = resolve(&case, &["--continue"]);
    assert_eq!(code, 0, "{said}");
}
