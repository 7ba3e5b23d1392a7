//! What is shown of a line too long to be shown whole: where it differs from the other sides.

use std::ops::Range;

/// How much is shown before and after a difference, in characters.
const AROUND: usize = 40;

/// A line as it is shown: whole, or the parts of it that differ from these others, in no more than about `width` characters.
pub(super) fn shown(line: &str, others: &[&str], width: usize) -> String {
    // Most lines are short, and their bytes are soon counted.
    if line.len() <= width || line.chars().nth(width).is_none() {
        return line.to_owned();
    }
    let line: Vec<char> = line.chars().collect();
    let mut parts: Vec<Range<usize>> = others.iter().filter_map(|other| difference(&line, other)).collect();
    parts.sort_by_key(|part| part.start);
    parts.dedup();
    if parts.is_empty() {
        return format!("{}…", line[..width].iter().collect::<String>());
    }
    let each = width / parts.len();
    let mut windows: Vec<Range<usize>> = Vec::new();
    for part in parts {
        let start = part.start.saturating_sub(AROUND);
        let end = (part.end + AROUND).min(start + each).min(line.len());
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => windows.push(start..end),
        }
    }
    let mut text = String::new();
    let mut done = 0;
    for window in windows {
        if window.start > done {
            text.push_str(if done == 0 { "… " } else { " … " });
        }
        text.extend(&line[window.clone()]);
        done = window.end;
    }
    if done < line.len() {
        text.push_str(" …");
    }
    text
}

/// Where a line differs from another: what is left without what both begin and end with.
fn difference(line: &[char], other: &str) -> Option<Range<usize>> {
    let other: Vec<char> = other.chars().collect();
    let start = line.iter().zip(&other).take_while(|(one, two)| one == two).count();
    let left = line.len().min(other.len()) - start;
    let end = line.iter().rev().zip(other.iter().rev()).take(left).take_while(|(one, two)| one == two).count();
    (start < line.len().max(other.len())).then(|| start..line.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(changes: &[(usize, &str)]) -> String {
        let word = |at: usize| match changes.iter().find(|(place, _)| *place == at) {
            Some((_, word)) => (*word).to_owned(),
            None => format!("w{at:04}"),
        };
        (0..1000).map(word).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn a_short_line_is_shown_whole() {
        assert_eq!(shown("a b", &["a c"], 300), "a b");
        assert_eq!(shown(&"é".repeat(300), &[], 300).chars().count(), 300);
    }

    #[test]
    fn of_a_long_line_each_side_shows_where_it_differs() {
        let (base, ours, theirs) = (long(&[]), long(&[(800, "FORK")]), long(&[(20, "UPSTREAM")]));
        let fork = shown(&ours, &[&base], 120);
        assert!(
            fork.starts_with("… 793,w0794,") && fork.contains("w0799,FORK,w0801") && fork.ends_with(" …"),
            "{fork}"
        );
        let upstream = shown(&theirs, &[&base], 120);
        assert_eq!(
            upstream,
            "… 013,w0014,w0015,w0016,w0017,w0018,w0019,UPSTREAM,w0021,w0022,w0023,w0024,w0025,w0026,w00 …"
        );
        let before = shown(&base, &[&ours, &theirs], 200);
        assert!(before.contains("w0020") && before.contains("w0800") && before.contains(" … "), "{before}");
        assert!([&fork, &upstream, &before].iter().all(|text| text.chars().count() < 230));
    }

    #[test]
    fn a_line_that_differs_from_none_is_cut_at_its_end() {
        let line = long(&[]);
        assert!(shown(&line, &[&line], 100).starts_with("w0000,w0001"));
        assert!(shown(&line, &[], 100).ends_with('…'));
    }
}
