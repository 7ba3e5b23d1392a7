//! Writing a merged text, with markers around what could not be merged.

use super::lines::LineTable;
use super::regions::{self, Region, RegionKind, Three};

/// The labels of the markers, and how long they are.
pub(in crate::merge) struct Markers<'a> {
    pub(in crate::merge) base: &'a [u8],
    pub(in crate::merge) ours: &'a [u8],
    pub(in crate::merge) theirs: &'a [u8],
    pub(in crate::merge) length: usize,
    /// Whether the base's lines stand between those of both sides.
    pub(in crate::merge) with_base: bool,
    /// Whether a text with conflicts is wanted at all.
    pub(in crate::merge) wanted: bool,
}

pub(super) type FileText<'a> = (&'a [u8], &'a LineTable);

/// A stretch of lines of one of the three files: base, ours, theirs.
pub(super) type Piece = (usize, std::ops::Range<usize>);

/// What a merge without conflicts is put together from, where our file has so many lines.
pub(super) fn pieces(our_lines: usize, regions: &[Region]) -> Vec<Piece> {
    let (mut pieces, mut done) = (Vec::new(), 0);
    // Our lines are taken with the unchanged lines that follow.
    for region in regions.iter().filter(|region| region.who == RegionKind::Theirs) {
        pieces.push((1, done..region.ours));
        pieces.push((2, region.theirs..region.theirs + region.theirs_len));
        done = region.ours + region.ours_len;
    }
    pieces.push((1, done..our_lines));
    pieces
}

/// The text that pieces make.
pub(super) fn text(files: [FileText<'_>; 3], pieces: &[Piece]) -> Vec<u8> {
    let bytes = |(file, lines): &Piece| &files[*file].0[files[*file].1.span(lines.start, lines.end)];
    pieces.iter().map(bytes).collect::<Vec<_>>().concat()
}

/// The lines that pieces make; `None` where one of them goes on in the next.
pub(super) fn lines(files: [FileText<'_>; 3], pieces: &[Piece]) -> Option<LineTable> {
    let mut made = LineTable::with_room(pieces.iter().map(|(_, lines)| lines.len()).sum());
    let mut length = 0;
    for (at, (file, lines)) in pieces.iter().enumerate().filter(|(_, (_, lines))| !lines.is_empty()) {
        let (bytes, table) = files[*file];
        let span = table.span(lines.start, lines.end);
        if at + 1 < pieces.len() && bytes[span.clone()].last() != Some(&b'\n') {
            return None;
        }
        made.push(table, lines.clone(), length);
        length += span.len();
    }
    Some(made)
}

/// A merged text with markers around what conflicts.
pub(super) fn render(files: [FileText<'_>; 3], three: Three<'_>, regions: &[Region], markers: &Markers<'_>) -> Vec<u8> {
    let mut shown = regions.to_vec();
    regions::trim(three, &mut shown);
    let [base, ours, theirs] = files;
    let mut out = Vec::with_capacity(ours.0.len() + theirs.0.len() / 8);
    let mut done = 0;
    for region in &shown {
        match region.who {
            // Our lines are written with the unchanged lines that follow.
            RegionKind::Same | RegionKind::Ours => continue,
            RegionKind::Theirs => {
                out.extend_from_slice(&ours.0[ours.1.span(done, region.ours)]);
                out.extend_from_slice(&theirs.0[theirs.1.span(region.theirs, region.theirs + region.theirs_len)]);
            }
            RegionKind::Neither => {
                out.extend_from_slice(&ours.0[ours.1.span(done, region.ours)]);
                let crlf = uses_crlf(files, region.ours, region.theirs);
                let mut section = |sign: u8, label: &[u8], file: FileText<'_>, from: usize, length: usize| {
                    marker(&mut out, sign, label, markers.length, crlf);
                    let lines = &file.0[file.1.span(from, from + length)];
                    out.extend_from_slice(lines);
                    if !lines.is_empty() && lines.last() != Some(&b'\n') {
                        out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
                    }
                };
                section(b'<', markers.ours, ours, region.ours, region.ours_len);
                if markers.with_base {
                    section(b'|', markers.base, base, region.base, region.base_len);
                }
                section(b'=', b"", theirs, region.theirs, region.theirs_len);
                marker(&mut out, b'>', markers.theirs, markers.length, crlf);
            }
        }
        done = region.ours + region.ours_len;
    }
    out.extend_from_slice(&ours.0[ours.1.span(done, ours.1.len())]);
    out
}

fn marker(out: &mut Vec<u8>, sign: u8, label: &[u8], length: usize, crlf: bool) {
    out.resize(out.len() + length, sign);
    if !label.is_empty() {
        out.push(b' ');
        out.extend_from_slice(label);
    }
    out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
}

/// Whether the lines around a conflict end in CR LF; markers then do too.
pub(super) fn uses_crlf(files: [FileText<'_>; 3], our_line: usize, their_line: usize) -> bool {
    let [base, ours, theirs] = files;
    let votes = [(ours, our_line.saturating_sub(1)), (theirs, their_line.saturating_sub(1)), (base, 0)];
    let mut last = None;
    for (file, line) in votes {
        last = ends_in_crlf(file, line);
        if last == Some(false) {
            return false;
        }
    }
    last == Some(true)
}

/// How the line ends; where it is a last line without an end, how the one before does.
fn ends_in_crlf(file: FileText<'_>, line: usize) -> Option<bool> {
    let text = |line: usize| &file.0[file.1.span(line, line + 1)];
    if line >= file.1.len() {
        return None;
    }
    if text(line).ends_with(b"\n") {
        return Some(text(line).ends_with(b"\r\n"));
    }
    line.checked_sub(1).map(|before| text(before).ends_with(b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::super::{SourceText, TextMerger};
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> (String, bool) {
        let source = |n: u8, text: &'static [u8]| SourceText { id: [n; 20], bytes: text };
        let leak = |text: &str| -> &'static [u8] { Box::leak(text.as_bytes().to_vec().into_boxed_slice()) };
        let markers = Markers {
            base: b"base",
            ours: b"fork",
            theirs: b"264d71baf (Fix it)",
            length: 7,
            with_base: true,
            wanted: true,
        };
        let merged = TextMerger::default().merge(
            source(0, leak(base)),
            source(1, leak(ours)),
            source(2, leak(theirs)),
            (&markers, true),
        );
        let clean = merged.clean.is_some();
        let text = merged.clean.map(|made| made.text).or(merged.marked).expect("one or the other");
        (String::from_utf8(text).expect("text"), clean)
    }

    #[test]
    fn changes_apart_are_taken_together() {
        let (text, clean) = merged("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD");
        assert_eq!((text.as_str(), clean), ("A\nb\nc\nD", true));
    }

    #[test]
    fn a_conflict_shows_both_sides_and_the_base() {
        let (base, ours, theirs) = ("a\nb\nc\n", "a\nsame\nours\nc\n", "a\nsame\ntheirs\nc");
        let (text, clean) = merged(base, ours, theirs);
        assert!(!clean);
        insta::assert_snapshot!(text, @r"
        a
        same
        <<<<<<< fork
        ours
        c
        ||||||| base
        b
        c
        =======
        theirs
        c
        >>>>>>> 264d71baf (Fix it)
        ");
    }

    #[test]
    fn markers_end_as_the_lines_do() {
        let (text, _) = merged("a\r\nb\r\n", "a\r\nc\r\n", "a\r\nd\r\n");
        let expected = "a\r\n<<<<<<< fork\r\nc\r\n||||||| base\r\nb\r\n=======\r\nd\r\n>>>>>>> 264d71baf (Fix it)\r\n";
        assert_eq!(text, expected);
    }

    proptest::proptest! {
        #[test]
        fn the_lines_of_a_result_are_those_it_would_be_cut_into(
            base in "([a-d]\n){0,8}[ab]?", ours in "([a-d]\n){0,8}[ab]?", theirs in "([a-d]\n){0,8}[ab]?"
        ) {
            let markers =
                Markers { base: b"", ours: b"", theirs: b"", length: 7, with_base: false, wanted: false };
            let source = |n: u8, text| SourceText { id: [n; 20], bytes: text };
            let mut merger = TextMerger::default();
            let [base, ours, theirs] = [base.as_bytes(), ours.as_bytes(), theirs.as_bytes()];
            let merged = merger.merge(source(0, base), source(1, ours), source(2, theirs), (&markers, true));
            if let Some(made) = merged.clean {
                let cut = merger.interner.lines(&made.text);
                let ends_inside = made.lines.is_none();
                if let Some(made) = made.lines {
                    proptest::prop_assert_eq!((&made.lines.tokens, &made.lines.ends), (&cut.tokens, &cut.ends));
                }
                // Only a last line without an end can be in the way.
                let all_end = [base, ours, theirs].iter().all(|text| text.is_empty() || text.ends_with(b"\n"));
                proptest::prop_assert!(!(ends_inside && all_end));
            }
        }
    }
}
