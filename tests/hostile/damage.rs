//! Repositories that a power cut, a full disk or somebody's hand left damaged.

use std::fs;
use std::path::{Path, PathBuf};

use super::craft::{Craft, FILE, FOLDER, Name};
use crate::support::git_ok;

/// What came of a run: the states all phases end in, which hang on every object read; or an error.
fn outcome(craft: &Craft) -> Result<Vec<String>, String> {
    let (_, survey, built) = craft.answer()?;
    let mut states: Vec<String> = built.phases.iter().map(|phase| phase.tree.to_string()).collect();
    states.extend(survey.commits.iter().map(|unit| format!("{} {} {}", unit.sha, unit.subject, unit.line)));
    Ok(states)
}

/// A fork and an upstream that both changed a file, with the last state of that file, of its folder, and the commit.
fn world() -> (Craft, [Name; 3]) {
    let mut craft = Craft::new();
    let text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n".repeat(6);
    let state = |craft: &mut Craft, text: &str, parents: &[Name], message: &str| {
        let blob = craft.blob(text);
        let folder = craft.tree(&[(FILE, b"a.txt", blob)]);
        let tree = craft.tree(&[(FOLDER, b"src", folder)]);
        (blob, folder, craft.commit(tree, parents, message))
    };
    let (_, _, base) = state(&mut craft, &text, &[], "base");
    let (_, _, fork) = state(&mut craft, &format!("ours\n{text}"), &[base], "ours");
    let (_, _, one) = state(&mut craft, &format!("{text}more\n"), &[base], "fix: more");
    let (blob, folder, two) = state(&mut craft, &format!("{text}more\nand more\n"), &[one], "fix: and more");
    craft.heads(fork, two);
    (craft, [blob, folder, two])
}

/// Holds the outcome of each changed form of a file against that of the whole one.
fn each(craft: &Craft, path: &Path, forms: impl Iterator<Item = Vec<u8>>) -> (usize, usize) {
    let right = outcome(craft).expect("whole");
    let whole = fs::read(path).expect("read");
    let (mut seen, mut errors) = (0, 0);
    for form in forms {
        // Packs and their indexes are kept from being written to.
        drop(fs::remove_file(path));
        fs::write(path, &form).expect("written");
        match outcome(craft) {
            Ok(states) => assert_eq!(states, right, "form {seen} of {}", path.display()),
            Err(_) => errors += 1,
        }
        seen += 1;
    }
    drop(fs::remove_file(path));
    fs::write(path, whole).expect("written");
    assert_eq!(outcome(craft), Ok(right));
    (seen, errors)
}

#[test]
fn an_object_cut_at_any_length_is_an_error() {
    let (craft, objects) = world();
    let mut seen = 0;
    for object in objects {
        let path = craft.loose(object);
        let whole = fs::read(&path).expect("read");
        let (cuts, errors) = each(&craft, &path, (0..whole.len()).map(|length| whole[..length].to_vec()));
        assert_eq!(errors, cuts, "a part is no object");
        seen += cuts;
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_loose_object_with_a_changed_byte_gives_no_wrong_answer() {
    let (craft, objects) = world();
    for object in objects {
        let path = craft.loose(object);
        let whole = fs::read(&path).expect("read");
        let flipped = (0..whole.len()).map(|at| {
            let mut form = whole.clone();
            form[at] ^= 1 << (at % 8);
            form
        });
        let (flips, errors) = each(&craft, &path, flipped);
        assert!(errors * 10 > flips * 9, "{errors} of {flips}");
    }
}

/// The only file of packs with this ending.
fn packed(craft: &Craft, ending: &str) -> PathBuf {
    let entries = fs::read_dir(craft.path().join("objects/pack")).expect("a folder");
    let mut paths = entries.map(|entry| entry.expect("an entry").path());
    paths.find(|path| path.extension().is_some_and(|end| end == ending)).expect("a pack")
}

#[test]
fn a_pack_or_an_index_with_a_changed_byte_gives_no_wrong_answer() {
    let (craft, _) = world();
    git_ok(&craft.path(), &["repack", "-a", "-d", "-f", "--quiet"], 1_700_000_000);
    git_ok(&craft.path(), &["prune-packed", "--quiet"], 1_700_000_000);
    let mut seen = 0;
    for (ending, step) in [("idx", 5), ("pack", 3)] {
        let path = packed(&craft, ending);
        let whole = fs::read(&path).expect("read");
        let flipped = (0..whole.len()).step_by(step).map(|at| {
            let mut form = whole.clone();
            form[at] ^= [0x80, 1, 0xff, 0x10][at % 4];
            form
        });
        seen += each(&craft, &path, flipped).0;
        let cuts = (0..whole.len()).step_by(37).map(|length| whole[..length].to_vec());
        seen += each(&craft, &path, cuts).0;
    }
    assert!(seen > 400, "{seen}");
}
