//! Conflict markers in a text. A text may be about them, so what counts is what neither side of a merge has.

use std::collections::HashMap;

/// How the first line of a conflict begins.
pub const BEGIN: &[u8] = b"<<<<<<< ";
/// How its last line begins.
pub const END: &[u8] = b">>>>>>> ";

/// The lines that begin a conflict, from 1, where one that ends it follows.
#[must_use]
pub fn conflicts(content: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut begun = None;
    for (at, line) in content.split(|byte| *byte == b'\n').enumerate() {
        if line.starts_with(BEGIN) {
            begun = Some(at + 1);
        } else if line.starts_with(END) {
            found.extend(begun.take());
        }
    }
    found
}

/// The first line, from 1, that is a conflict marker, or a part of one that somebody left, and that is in none of the sides as often.
#[must_use]
pub fn left(content: &[u8], sides: &[Vec<u8>]) -> Option<usize> {
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    let markers = |text| lines(text).filter(|(_, line)| is_marker(line));
    for (_, line) in sides.iter().flat_map(|side| markers(side)) {
        *known.entry(line).or_default() += 1;
    }
    markers(content).find_map(|(at, line)| match known.get_mut(line) {
        Some(left) if *left > 0 => {
            *left -= 1;
            None
        }
        _ => Some(at),
    })
}

fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    (1..).zip(lines)
}

/// Seven signs or more, as `.gitattributes` may have it, and a label where there is one.
fn is_marker(line: &[u8]) -> bool {
    let Some(sign) = line.first().filter(|sign| b"<|=>".contains(sign)) else { return false };
    let signs = line.iter().take_while(|byte| *byte == sign).count();
    // A row of another length is a line under a heading.
    let exact = *sign != b'=' || signs == 7;
    signs >= 7 && exact && line.get(signs).is_none_or(|next| *next == b' ' && *sign != b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_conflict_is_found_by_its_line() {
        let left = |text: &str, sides: &[&str]| {
            left(text.as_bytes(), &sides.iter().map(|side| side.as_bytes().to_vec()).collect::<Vec<_>>())
        };
        assert_eq!(left("a\n<<<<<<< fork\nb\n=======\nc\n>>>>>>> 264d71baf (Fix it)\n", &[]), Some(2));
        assert_eq!(left("a\nb\n=======\nc\n", &[]), Some(3), "a part of one");
        assert_eq!(left("a\r\n||||||| base\r\n", &[]), Some(2));
        assert_eq!(left("<<<<<<<<<<< fork\n", &[]), Some(1), "longer ones");
        assert_eq!(left("a << b\n<<<<<<\n========\n=======x\n>>>>>>>>x\n", &[]), None);
        let document = "Title\n=======\n<<<<<<< HEAD\n>>>>>>> theirs\n";
        assert_eq!(left(document, &[document]), None, "a text about markers");
        assert_eq!(left(&format!("{document}<<<<<<< HEAD\n"), &[document]), Some(5));
    }
}
