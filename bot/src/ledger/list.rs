//! The list of decisions as text: one more is appended, so that what people wrote there stays.

use super::{DECISIONS, named};
use crate::decision::Decision;
use crate::text::visible;
use crate::yaml::{Problems, document};

/// The longest reason kept, in characters.
const LONGEST: usize = 1000;

/// A decision whose texts are one line each, as the file asks for.
pub(super) fn tidy(mut decision: Decision) -> Decision {
    decision.by = line(&decision.by);
    decision.why = decision.why.as_deref().map(line).filter(|why| !why.is_empty());
    decision.link = decision.link.as_deref().map(line).filter(|link| !link.is_empty());
    decision
}

fn line(text: &str) -> String {
    visible(text).chars().take(LONGEST).collect::<String>().trim().to_owned()
}

/// The text of the list with one more decision.
///
/// # Errors
/// The decision would not be read again.
pub(super) fn append(text: &str, before: &[Decision], decision: &Decision) -> Result<String, Problems> {
    let mut all = before.to_vec();
    all.push(decision.clone());
    let written = |decisions: &[Decision]| serde_yaml_ng::to_string(decisions).unwrap_or_default();
    if let Some(indent) = indent(text) {
        let mut longer = text.to_owned();
        if !longer.is_empty() && !longer.ends_with('\n') {
            longer.push('\n');
        }
        for line in written(std::slice::from_ref(decision)).lines() {
            longer.push_str(&format!("{:indent$}{line}\n", ""));
        }
        if read(&longer).is_ok_and(|read| read == all) {
            return Ok(longer);
        }
    }
    // The list was written in another style, in brackets or with an end mark: it is rewritten.
    let again = written(&all);
    read(&again).map(|_| again)
}

/// Reads the list.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(text: &str) -> Result<Vec<Decision>, Problems> {
    document(text.as_bytes(), &named(DECISIONS)).map(Option::unwrap_or_default)
}

/// By how many spaces the items of a list are indented; `None` where it is no list of that style.
fn indent(text: &str) -> Option<usize> {
    let says = |line: &&str| !matches!(line.trim_start().chars().next(), None | Some('#')) && *line != "---";
    let Some(first) = text.lines().find(says) else { return Some(0) };
    first.trim_start().starts_with('-').then(|| first.len() - first.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Ruling;
    use engine::ids::CommitId;

    fn skip(byte: u8) -> Decision {
        Decision {
            ruling: Ruling::Skip { sha: CommitId::from_bytes([byte; 20]) },
            by: "maintainer".into(),
            when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
            link: None,
            why: None,
        }
    }

    fn one(byte: u8) -> String {
        serde_yaml_ng::to_string(&[skip(byte)]).expect("YAML")
    }

    #[test]
    fn comments_and_indentation_stay_as_people_wrote_them() {
        let indented: String = one(1).lines().map(|line| format!("  {line}\n")).collect();
        for text in [format!("# ours\n\n{}# the end", one(1)), format!("---\n{indented}\n"), one(1)] {
            let longer = append(&text, &[skip(1)], &skip(2)).expect("appended");
            assert!(longer.starts_with(text.as_str()), "{longer}");
            assert_eq!(read(&longer).expect("right"), [skip(1), skip(2)]);
        }
        assert_eq!(append("# nothing yet\n", &[], &skip(1)).expect("appended"), format!("# nothing yet\n{}", one(1)));
    }

    #[test]
    fn a_list_in_another_style_is_written_anew() {
        for text in ["[]\n".to_owned(), format!("---\n{}...\n", one(1))] {
            let before = read(&text).expect("right");
            let longer = append(&text, &before, &skip(2)).expect("appended");
            assert_eq!(read(&longer).expect("right").last(), Some(&skip(2)));
        }
    }
}
