//! A change as a patch shows it: the lines that differ, with three lines around them.

use super::histogram::Flags;
use super::lines::{Interner, common_end, common_start};
use super::myers;
use super::slide::{self, Shifted};

/// Lines around a change.
const CONTEXT: usize = 3;
/// Lines before the first and after the last difference that are compared too: so far may a change slide.
const MARGIN: usize = 64;

/// Goes over the lines of a patch in order: `+`, `-` or a space, and the line.
///
/// What both files begin and end with is not looked at line by line, so that it costs little where a change is small.
pub(crate) fn patch_lines(old: &[u8], new: &[u8], line: &mut dyn FnMut(u8, &[u8])) {
    let (old, new) = differing(old, new);
    let mut interner = Interner::default();
    let (old_lines, new_lines) = (interner.lines(old), interner.lines(new));
    let mut flags = Flags { removed: vec![false; old_lines.len()], added: vec![false; new_lines.len()] };
    myers::diff(&old_lines.tokens, &new_lines.tokens, &mut flags.removed, &mut flags.added);
    let hunks = slide::hunks(flags, &old_lines.tokens, &new_lines.tokens, Shifted::Compared);
    // The first line of the new file that no hunk has shown.
    let mut shown = 0;
    for (at, hunk) in hunks.iter().enumerate() {
        let from = hunk.new.saturating_sub(CONTEXT).max(shown);
        (from..hunk.new).for_each(|at| line(b' ', &new[new_lines.span(at, at + 1)]));
        (hunk.old..hunk.old + hunk.old_len).for_each(|at| line(b'-', &old[old_lines.span(at, at + 1)]));
        let end = hunk.new + hunk.new_len;
        (hunk.new..end).for_each(|at| line(b'+', &new[new_lines.span(at, at + 1)]));
        let next = hunks.get(at + 1).map_or(new_lines.len(), |next| next.new);
        shown = (end + CONTEXT).min(next);
        (end..shown).for_each(|at| line(b' ', &new[new_lines.span(at, at + 1)]));
    }
}

/// Both files without what they begin and end with alike, but for some lines of it.
fn differing<'f>(old: &'f [u8], new: &'f [u8]) -> (&'f [u8], &'f [u8]) {
    let same = common_start(old, new);
    // Where one file ends in the midst of the other's line, the line differs.
    let mut start = start_of_line(old, same);
    for _ in 0..MARGIN {
        start = start_of_line(old, start.saturating_sub(1));
    }
    let mut end = old.len() - common_end(&old[start..], &new[start..]);
    // From the next start of a line on, in both.
    for _ in 0..=MARGIN {
        end = memchr::memchr(b'\n', &old[end..]).map_or(old.len(), |feed| end + feed + 1);
    }
    (&old[start..end], &new[start..new.len() - (old.len() - end)])
}

/// Where the line begins that `at` is in.
fn start_of_line(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |feed| feed + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &[u8], new: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        patch_lines(old, new, &mut |origin, line| {
            text.push(origin);
            text.extend_from_slice(line);
        });
        text
    }

    /// The lines of libgit2's patch.
    fn of_libgit2(old: &[u8], new: &[u8]) -> Vec<u8> {
        let patch = git2::Patch::from_buffers(old, None, new, None, None).expect("a patch");
        let mut text = Vec::new();
        for hunk in 0..patch.num_hunks() {
            for at in 0..patch.num_lines_in_hunk(hunk).expect("counted") {
                let line = patch.line_in_hunk(hunk, at).expect("a line");
                if let origin @ ('+' | '-' | ' ') = line.origin() {
                    text.push(u8::try_from(origin).expect("a byte"));
                    text.extend_from_slice(line.content());
                }
            }
        }
        text
    }

    #[test]
    fn a_change_in_a_long_file_is_shown_as_by_libgit2() {
        let file = |changed: &[(usize, &str)]| -> Vec<u8> {
            let mut lines: Vec<String> = (0..1000).map(|at| format!("line {at}\n")).collect();
            changed.iter().for_each(|(at, text)| lines[*at] = (*text).to_owned());
            lines.concat().into_bytes()
        };
        let old = file(&[]);
        for changes in
            [&[(0, "x\n")][..], &[(999, "no end")], &[(500, ""), (505, "y\nz\n"), (513, "w\n")], &[(999, "")]]
        {
            let new = file(changes);
            assert_eq!(shown(&old, &new), of_libgit2(&old, &new));
            assert_eq!(shown(&new, &old), of_libgit2(&new, &old));
        }
        assert_eq!(shown(&old, &old), b"");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1000))]

        /// Lines that are all different: where they repeat, libgit2 leaves a group elsewhere than git 2.54.
        #[test]
        fn lines_are_those_of_libgit2(keep in proptest::collection::vec(0_u8..4, 0..60)) {
            let (mut old, mut new) = (String::new(), String::new());
            for (at, how) in keep.iter().enumerate() {
                match how {
                    0 => old.push_str(&format!("gone {at}\n")),
                    1 => new.push_str(&format!("new {at}\n")),
                    _ => [&mut old, &mut new].into_iter().for_each(|side| side.push_str(&format!("both {at}\n"))),
                }
            }
            proptest::prop_assert_eq!(shown(old.as_bytes(), new.as_bytes()), of_libgit2(old.as_bytes(), new.as_bytes()));
        }

        #[test]
        fn nothing_is_shown_that_is_in_neither(old in "([ab]\n|x){0,30}", new in "([ab]\n|x){0,30}") {
            let text = shown(old.as_bytes(), new.as_bytes());
            proptest::prop_assert_eq!(text.is_empty(), old == new);
        }
    }
}
