//! What is proposed for a place, offered in the work tree below the conflict itself: in lines that are marked as conflict markers are, so that
//! nothing is taken before a person decided on it.

use crate::pick::proposal::{Proposal, Proposer};
use crate::text::markers::{BEGIN, END};
use crate::text::short;

/// A file with conflict markers, with what is proposed below each place; `None` where it has other places than these.
pub(super) fn offered(marked: &[u8], proposal: &Proposal) -> Option<Vec<u8>> {
    let by = match &proposal.by {
        Proposer::Words => "word by word".to_owned(),
        Proposer::Program(name) => format!("by {}", short(name, 40)),
    };
    let mut text = Vec::with_capacity(marked.len());
    let mut places = proposal.places.iter();
    let mut within = false;
    for line in marked.split_inclusive(|byte| *byte == b'\n') {
        text.extend_from_slice(line);
        if line.starts_with(BEGIN) {
            if within {
                return None;
            }
            within = true;
        } else if within && line.starts_with(END) {
            within = false;
            let Some(lines) = &places.next()?.lines else { continue };
            text.extend_from_slice(
                format!("<<<<<<< proposed {by}: to take it, keep these lines alone; else remove them\n").as_bytes(),
            );
            text.extend_from_slice(lines);
            if !lines.is_empty() && !lines.ends_with(b"\n") {
                text.push(b'\n');
            }
            text.extend_from_slice(b">>>>>>> proposed\n");
        }
    }
    (!within && places.next().is_none()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::proposal::ProposedPlace;

    #[test]
    fn each_proposal_stands_below_its_place() {
        let place = |number: usize| format!("<<<<<<< fork\na{number}\n=======\nb{number}\n>>>>>>> theirs\n");
        let proposed = |lines: Option<&str>| ProposedPlace {
            line: 1,
            ours: Vec::new(),
            lines: lines.map(|lines| lines.as_bytes().to_vec()),
        };
        let proposal = |places| Proposal { by: Proposer::Program("a".into()), places, whole: None };
        let marked = format!("1\n{}2\n{}", place(1), place(2));
        let text = |places| Some(String::from_utf8(offered(marked.as_bytes(), &proposal(places))?).expect("text"));
        let expected = format!(
            "1\n{}2\n{}<<<<<<< proposed by a: to take it, keep these lines alone; else remove them\nc\n>>>>>>> proposed\n",
            place(1),
            place(2)
        );
        assert_eq!(text(vec![proposed(None), proposed(Some("c"))]), Some(expected));
        assert_eq!(text(vec![proposed(None)]), None, "a place that is not the merge's");
        assert_eq!(text(vec![proposed(None), proposed(None), proposed(None)]), None);
    }
}
