//! No commit speaks for another: what a message says of others shows nothing of them.

use engine::ids::CommitId;
use uptake::survey::{EvidenceKind, LineShare, Survey, Verdict, Warning};

use super::{ALL, unit};
use crate::support::World;

const NET: &str = "int check(int n)\n{\n\treturn n;\n}\n\nint open(void)\n{\n\treturn 0;\n}\n";

/// Upstream mends something grave, and later changes a greeting with this message.
fn world(message: impl Fn(CommitId) -> String, files: &[(&str, &str)]) -> (World, CommitId, CommitId) {
    let mut world = World::new(&[("net.c", NET), ("README", "hello\n")]);
    let guarded = NET.replace("\treturn n;\n", "\tif (n < 0)\n\t\treturn -1; /* CVE */\n\treturn n;\n");
    let fix = world.on_upstream().commit("security: check bounds", &[("net.c", &guarded)]);
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (*path, text.replace(NET, &guarded))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let other = world.commit(&message(fix), &files);
    (world, fix, other)
}

fn names_the_fix(fix: CommitId) -> String {
    format!("docs: greet the world\n\nNoted while reading:\n(cherry picked from commit {fix})")
}

const GREETING: [(&str, &str); 1] = [("README", "hello world\n")];

fn verdicts(survey: &Survey) -> Vec<Verdict> {
    survey.commits.iter().map(|unit| unit.verdict).collect()
}

#[test]
fn a_trailer_in_a_picked_message_takes_no_other_commit() {
    for how in [&["-x"][..], &[]] {
        let (mut world, _, other) = world(names_the_fix, &GREETING);
        world.on_fork().pick(other, how);
        let survey = world.survey();
        assert_eq!(verdicts(&survey), [Verdict::Open, Verdict::Taken], "picked with {how:?}");
        assert_eq!(unit(&survey, "security: check bounds").evidence, []);
    }
}

#[test]
fn a_built_pick_names_its_own_origin_alone() {
    let (world, fix, other) = world(names_the_fix, &GREETING);
    let (session, _, built) = world.build(&ALL.replace("subject: .", "paths: [README]"));
    let pick = &built.phases[0].picks[0];
    assert_eq!(pick.sha, other);
    let message = session.repo.commit(pick.commit.expect("built")).expect("read").message;
    let expected = format!(
        "docs: greet the world\n\nNoted while reading:\n(cherry picked from commit \u{200b}{fix})\n\n(cherry picked from commit {other})\n"
    );
    assert_eq!(message, expected);
}

#[test]
fn a_copied_author_and_title_take_no_other_commit() {
    let (mut world, fix, _) = world(|_| "security: check bounds\n\n[docs only]".into(), &GREETING);
    let date = world.git(&["show", "--no-patch", "--format=%at +0000", &fix.to_string()]);
    world.on_upstream().git(&["commit", "--amend", "--no-edit", "--quiet", "--date", &date]);
    let other = world.head();
    world.on_fork().pick(other, &["-x"]);
    let survey = world.survey();
    assert_eq!(verdicts(&survey), [Verdict::Open, Verdict::Taken]);
    assert_eq!(survey.commits[0].evidence, []);
}

#[test]
fn words_that_the_content_contradicts_are_shown_and_leave_a_commit_open() {
    // It touches the file that the trailer is about, elsewhere.
    let renamed = NET.replace("int open", "int opened");
    let mut world = World::new(&[("net.c", NET), ("README", "hello\n")]);
    let fix = world
        .on_upstream()
        .commit("security: check bounds", &[("net.c", &NET.replace("return n;", "return n < 0 ? -1 : n;"))]);
    let ours = world.on_fork().commit(&names_the_fix(fix), &[("net.c", &renamed)]);
    let survey = world.survey();
    assert_eq!(verdicts(&survey), [Verdict::Open]);
    assert_eq!(survey.commits[0].evidence[0].kind, EvidenceKind::Trailer, "the sign is shown all the same");
    let share = LineShare { there: 0, of: 1 };
    assert_eq!(survey.warnings, [Warning::Contradiction { unit: fix, says: ours, share }]);
    let (_, _, stderr) = crate::support::uptake(world.folder(), &["--repo", "fork", "--offline", "survey"]);
    let said = stderr.lines().find(|line| line.contains("counts as open")).unwrap_or(&stderr);
    insta::assert_snapshot!(
        said.replace(&fix.short(), "FIX").replace(&ours.short(), "OURS"),
        @"warning: FIX counts as open: the fork's OURS says that it has it, but it would still apply (of 1 line that it adds the fork has 0). Where the fork has it in another form, `uptake decide taken FIX as OURS` says so."
    );
}

#[test]
fn what_was_taken_with_its_undoing_is_no_contradiction() {
    // `says_so`: whether the undoing takes back what it says; where it does not, the fork's word for the fix counts for nothing.
    for says_so in [true, false] {
        let fixed = NET.replace("return n;", "return n < 0 ? -1 : n;");
        let mut world = World::new(&[("net.c", NET), ("README", "hello\n")]);
        // So that the words alone say it: the lines around are others.
        world.on_fork().commit("Widen it", &[("net.c", &NET.replace("int check", "long check"))]);
        let fix = world.on_upstream().commit("security: check bounds", &[("net.c", &fixed)]);
        let files = if says_so { [("net.c", NET)] } else { [("README", "hello there\n")] };
        let undoing = world.commit(&format!("Revert it\n\nThis reverts commit {fix}."), &files);
        if says_so {
            world.on_fork().pick(fix, &["-x"]);
        } else {
            world.on_fork().commit(&names_the_fix(fix), &[("net.c", &NET.replace("int open", "int opened"))]);
        }
        world.pick(undoing, &["-x"]);
        let survey = world.survey();
        let first = if says_so { Verdict::Taken } else { Verdict::Open };
        assert_eq!(verdicts(&survey), [first, Verdict::Taken]);
        assert!(!survey.commits[0].adapted && survey.commits[0].share.is_none());
        assert_eq!(survey.is_contradicted(fix), !says_so);
    }
}

#[test]
fn a_squash_of_several_picks_takes_what_it_has() {
    let text = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
    let mut world = World::new(&[("a.txt", text), ("b.txt", text), ("c.txt", text)]);
    world.on_upstream();
    let named: Vec<CommitId> = ["a", "b", "c"]
        .iter()
        .map(|name| world.commit(&format!("Fix {name}"), &[(&format!("{name}.txt"), &text.replace('j', "J"))]))
        .collect();
    let trailers: String = named.iter().map(|sha| format!("\n(cherry picked from commit {sha})")).collect();
    let fixed = text.replace('j', "J");
    // It has all but the second.
    world.on_fork().commit(&format!("Three fixes\n{trailers}"), &[("a.txt", &fixed), ("c.txt", &fixed)]);
    assert_eq!(verdicts(&world.survey()), [Verdict::Taken, Verdict::Open, Verdict::Taken]);
}

#[test]
fn what_a_pick_says_of_undoing_undoes_nothing_of_the_fork() {
    let mut world = World::new(&[("a.txt", "1\n"), ("b.txt", "1\n")]);
    let fix = world.on_upstream().commit("Fix a", &[("a.txt", "2\n")]);
    let ours = world.on_fork().pick(fix, &["-x"]);
    let other = world.on_upstream().commit(&format!("docs\n\nThis reverts commit {ours}."), &[("b.txt", "2\n")]);
    world.on_fork().pick(other, &["-x"]);
    assert_eq!(verdicts(&world.survey()), [Verdict::Taken, Verdict::Taken]);
}
