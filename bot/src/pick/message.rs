//! The message of a picked commit. Pure.

use crate::origin::trailer;
use crate::text::inert_message;
use engine::commit::Commit;
use engine::trailer::with_trailer;

/// Upstream's message, made inert, with the trailer that says where the commit comes from.
pub(crate) fn message(commit: &Commit) -> String {
    with_trailer(&inert_message(&commit.message), &trailer(commit.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::commit::{Signature, When};
    use engine::ids::{CommitId, TreeId};

    fn described(text: &str) -> String {
        let nobody = Signature { name: "a".into(), email: "b".into(), when: When { seconds: 0, offset: 0 } };
        message(&Commit {
            id: CommitId::from_bytes([0xab; 20]),
            tree: TreeId::from_bytes([0; 20]),
            parents: Vec::new(),
            author: nobody.clone(),
            committer: nobody,
            message: text.into(),
        })
        .replace(&"ab".repeat(20), "SHA")
        .replace('\u{200b}', "·")
    }

    #[test]
    fn the_trailer_stands_apart_from_prose_and_with_its_kind() {
        assert_eq!(described("fix: it\n"), "fix: it\n\n(cherry picked from commit SHA)\n");
        assert_eq!(
            described("Fix\n\nWhy: because it was so.\nYes\n"),
            "Fix\n\nWhy: because it was so.\nYes\n\n(cherry picked from commit SHA)\n"
        );
        assert_eq!(
            described("Fix\n\nSigned-off-by: A <a@b.example>\n"),
            "Fix\n\nSigned-off-by: A <a@b.example>\n(cherry picked from commit SHA)\n"
        );
    }

    #[test]
    fn a_pick_comes_from_one_commit_whatever_its_message_says() {
        let other = "cd".repeat(20);
        assert_eq!(
            described(&format!("docs\n\n(cherry picked from commit {other})\n")),
            format!("docs\n\n(cherry picked from commit ·{other})\n(cherry picked from commit SHA)\n")
        );
        assert_eq!(
            described(&format!("docs\n\ncommit {other} upstream.\n")),
            format!("docs\n\ncommit ·{other} upstream.\n\n(cherry picked from commit SHA)\n")
        );
    }

    #[test]
    fn a_closing_keyword_closes_nothing() {
        assert_eq!(described("Fixes #1 for @a"), "Fixes· #·1 for @·a\n\n(cherry picked from commit SHA)\n");
    }
}
