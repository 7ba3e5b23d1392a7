//! Small repositories that would take much time or memory.

use std::fmt::Write;

use super::craft::{Craft, FILE, FOLDER, Name};
use super::left_out;

/// A file that both sides changed.
fn both(base: &str, ours: &str, theirs: &str) -> Craft {
    let mut craft = Craft::new();
    let tree = |craft: &Craft, text: &str| craft.tree(&[(FILE, b"a.txt", craft.blob(text))]);
    let [base, ours, theirs] = [base, ours, theirs].map(|text| tree(&craft, text));
    let base = craft.commit(base, &[], "base");
    let fork = craft.commit(ours, &[base], "ours");
    let upstream = craft.commit(theirs, &[base], "fix: theirs");
    craft.heads(fork, upstream);
    craft
}

#[test]
fn a_file_of_few_different_lines_is_merged_in_time() {
    // Once this took some ten seconds, and twice as much text four times that.
    let n = 30_000;
    both(&"a\nb\n".repeat(n), &"b\na\n".repeat(n), &"a\na\nb\n".repeat(n)).answer().expect("an answer");
}

#[test]
fn files_with_hardly_a_line_in_common_are_compared_in_time() {
    let lines = |factor: usize| {
        (0..15_000).fold(String::new(), |mut text, at| {
            let _ = writeln!(text, "{:09}", at * factor);
            text
        })
    };
    both(&lines(1), &format!("ours\n{}", lines(2)), &format!("theirs\n{}", lines(3))).answer().expect("an answer");
}

#[test]
fn thousands_of_places_in_one_file_are_gone_through_in_time() {
    // Once each line of the result was compared with the mark of each place: minutes.
    let lines = |seed: u32| {
        let mut random = seed;
        let mut next = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(random >> 30).expect("two bits"))
        };
        (0..20_000).flat_map(|_| [next(), '\n']).collect::<String>()
    };
    let (_, survey, _) = both(&lines(1), &lines(2), &lines(3)).answer().expect("an answer");
    assert!(survey.commits[0].hunks > 1000, "{}", survey.commits[0].hunks);
}

#[test]
fn a_file_of_millions_of_lines_is_no_text() {
    let lines = "\n".repeat(2_200_000);
    let (_, survey, _) =
        both(&lines, &format!("ours\n{lines}"), &format!("theirs\n{lines}")).answer().expect("an answer");
    assert_eq!(survey.commits[0].conflicts.len(), 1);
}

/// How much memory a plan may take, in MiB.
#[cfg(unix)]
const MOST: u64 = 500;

/// The program itself, with no more memory than that.
#[cfg(unix)]
fn planned_within(craft: &Craft) {
    let planned = std::process::Command::new("/bin/sh")
        .args(["-c", &format!("ulimit -d {} && exec \"$0\" \"$@\"", MOST << 10), env!("CARGO_BIN_EXE_uptake")])
        .args(["--repo", "repo.git", "--config", "uptake.yml", "--offline", "--quiet", "plan"])
        .current_dir(craft.folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", craft.folder())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("sh runs");
    let text = String::from_utf8_lossy(&planned.stderr);
    assert!(matches!(planned.status.code(), Some(0 | 3)), "{:?}: {text}", planned.status);
}

#[cfg(unix)]
#[test]
fn small_files_of_very_many_lines_take_little_memory() {
    let lines = "\n".repeat(2_200_000);
    planned_within(&both(&lines, &format!("ours\n{lines}"), &format!("theirs\n{lines}")));
    let n = 30_000;
    planned_within(&both(&"a\nb\n".repeat(n), &"b\na\n".repeat(n), &"a\na\nb\n".repeat(n)));
}

#[test]
fn folders_whose_names_lie_apart_are_merged_in_time() {
    let mut craft = Craft::new();
    let (x, y) = (craft.blob("x\n"), craft.blob("y\n"));
    let (one, two) = (craft.tree(&[(FILE, b"f", x)]), craft.tree(&[(FILE, b"f", y)]));
    let names: Vec<String> = (0..4_000).map(|at| format!("n{at:06}")).collect();
    // Upstream has a folder and, before it, a file of a longer name; the fork has a file where the folder is.
    let theirs = |craft: &Craft, folder: Name| {
        let files: Vec<String> = names.iter().map(|name| format!("{name}.c")).collect();
        let entries: Vec<(&str, &[u8], Name)> = names
            .iter()
            .zip(&files)
            .flat_map(|(name, file)| [(FILE, file.as_bytes(), x), (FOLDER, name.as_bytes(), folder)])
            .collect();
        craft.tree(&[(FOLDER, b"w", craft.tree(&entries))])
    };
    let (base, changed) = (theirs(&craft, one), theirs(&craft, two));
    let files: Vec<(&str, &[u8], Name)> = names.iter().map(|name| (FILE, name.as_bytes(), x)).collect();
    let ours = craft.tree(&[(FOLDER, b"w", craft.tree(&files))]);
    let base = craft.commit(base, &[], "base");
    let fork = craft.commit(ours, &[base], "ours");
    let upstream = craft.commit(changed, &[base], "fix: theirs");
    craft.heads(fork, upstream);
    craft.answer().expect("an answer");
}

fn nested(craft: &Craft, depth: usize, leaf: &str) -> Name {
    let mut tree = craft.tree(&[(FILE, b"f", craft.blob(leaf))]);
    for _ in 1..depth {
        tree = craft.tree(&[(FOLDER, b"d", tree)]);
    }
    tree
}

fn deep(depth: usize) -> Craft {
    let mut craft = Craft::new();
    let a = (FILE, &b"a"[..], craft.blob("1\n"));
    let base = craft.tree(&[a]);
    let base = craft.commit(base, &[], "base");
    let ours = craft.tree(&[a, (FILE, b"z", craft.blob("ours\n"))]);
    let fork = craft.commit(ours, &[base], "ours");
    let one = craft.tree(&[a, (FOLDER, b"d", nested(&craft, depth, "x\n"))]);
    let one = craft.commit(one, &[base], "fix: deep");
    let two = craft.tree(&[a, (FOLDER, b"d", nested(&craft, depth, "y\n"))]);
    let two = craft.commit(two, &[one], "fix: deeper");
    craft.heads(fork, two);
    craft
}

#[test]
fn deep_folders_are_taken_as_deep_as_git_goes() {
    let (_, _, built) = deep(2000).answer().expect("an answer");
    assert_eq!(left_out(&built), [""; 0]);
    match deep(2500).answer() {
        Ok((_, _, built)) => assert_eq!(left_out(&built), ["refused", "refused"]),
        Err(why) => assert!(why.contains("nested more than 2048 deep"), "{why}"),
    }
}
