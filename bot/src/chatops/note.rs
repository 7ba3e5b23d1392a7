//! What the bot leaves in a conversation: one comment that says how its commands went, edited in place, and marks by which it
//! knows its own comments again.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::answer::decided;
use super::reply::defuse_commands;
use crate::decision::Decision;
use crate::forge::Comment;

const REPLY: &str = "<!-- uptake-reply ";
const NOTE: &str = "<!-- uptake-commands ";
const END: &str = " -->";

/// How many handled comments are remembered in the note; those before them count as handled.
const REMEMBERED: usize = 500;

/// How many decisions the note lists.
const LISTED: usize = 40;

/// The longest list of them, in characters: GitHub takes 65,536 for the whole, and a reason may be long.
const LONGEST: usize = 50_000;

/// The mark of the reply to a comment.
pub(super) fn mark_reply(comment: u64) -> String {
    format!("{REPLY}{comment}{END}\n")
}

/// What the bot has said in a conversation already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// The comments that have their reply.
    pub replied: BTreeSet<u64>,
    /// The comments the note says are done with.
    pub done: BTreeSet<u64>,
    /// The note itself: its comment and its text.
    pub note: Option<(u64, String)>,
}

#[derive(Default, Serialize, Deserialize)]
struct NoteMark {
    done: BTreeSet<u64>,
}

impl Trail {
    /// Reads it from a conversation. Only what we wrote ourselves is looked at, since anybody can write a mark: by `kept`, whether a
    /// comment is ours and goes on being so. `None`: it is nobody's of ours. What was written under a login that is ours no more goes
    /// into a note of our own.
    #[must_use]
    pub fn read(comments: &[Comment], kept: &dyn Fn(&Comment) -> Option<bool>) -> Self {
        let mut trail = Self::default();
        for (comment, kept) in comments.iter().filter_map(|comment| Some((comment, kept(comment)?))) {
            if let Some(id) = marked(&comment.body, REPLY).and_then(|id| id.parse().ok()) {
                if kept {
                    trail.replied.insert(id)
                } else {
                    trail.done.insert(id)
                };
            } else if let Some(mark) = marked(&comment.body, NOTE) {
                trail.done.extend(serde_json::from_str::<NoteMark>(mark).unwrap_or_default().done);
                if kept {
                    trail.note = Some((comment.id, comment.body.clone()));
                }
            }
        }
        trail
    }

    /// Whether a comment was handled before.
    #[must_use]
    pub fn handled(&self, comment: u64) -> bool {
        let before = || self.done.len() >= REMEMBERED && self.done.first().is_some_and(|first| comment < *first);
        self.replied.contains(&comment) || self.done.contains(&comment) || before()
    }

    /// The note as it should be, once these comments are handled too; `None` while there is nothing to note.
    #[must_use]
    pub fn note(&self, handled: &[u64], decisions: &[&Decision]) -> Option<String> {
        let mut done: BTreeSet<u64> = self.done.iter().chain(handled).copied().collect();
        if done.is_empty() && decisions.is_empty() {
            return None;
        }
        while done.len() > REMEMBERED {
            done.pop_first();
        }
        let mark = serde_json::to_string(&NoteMark { done }).unwrap_or_default();
        let mut text = String::from("**Decided in this conversation**\n\n");
        if decisions.is_empty() {
            text.push_str("Nothing yet.\n");
        }
        let mut lines = Vec::new();
        let mut room = LONGEST;
        for decision in decisions.iter().rev().take(LISTED) {
            let line = line(decision);
            let Some(left) = room.checked_sub(line.chars().count()) else { break };
            room = left;
            lines.push(line);
        }
        text.extend(lines.iter().rev().map(String::as_str));
        if lines.len() < decisions.len() {
            let _ = writeln!(text, "\nEarlier ones are on the branch `uptake/ledger`.");
        }
        let _ = write!(text, "\n{NOTE}{mark}{END}\n");
        Some(defuse_commands(&text))
    }
}

fn line(decision: &Decision) -> String {
    let said = match &decision.link {
        Some(link) if link.starts_with("https://") => format!("[said]({link}) "),
        _ => "said ".to_owned(),
    };
    format!("- {} · {said}{}\n", decided(decision), decision.when)
}

fn marked<'a>(body: &'a str, start: &str) -> Option<&'a str> {
    // The last one counts: ours stands at the end, and a text that imitates one can only stand before it.
    let (_, rest) = body.trim_end().rsplit_once("<!-- ")?;
    rest.strip_prefix(start.trim_start_matches("<!-- "))?.strip_suffix(END)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Ruling;
    use crate::moment::Moment;
    use engine::ids::CommitId;

    #[test]
    fn many_long_reasons_make_no_note_that_github_refuses() {
        let decision = |number: u8| Decision {
            ruling: Ruling::Skip { sha: CommitId::from_bytes([number; 20]) },
            by: "maintainer".into(),
            when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
            link: None,
            // Shown, each takes four characters.
            why: Some("<".repeat(500)),
        };
        let decisions: Vec<_> = (0..40).map(decision).collect();
        let handled: Vec<u64> = (9_000_000_000..9_000_000_500).collect();
        let note = Trail::default().note(&handled, &decisions.iter().collect::<Vec<_>>()).expect("a note");
        assert!(note.chars().count() <= 65_536, "{}", note.chars().count());
        let last = note.matches("is left out").count();
        assert!(last > 20 && note.contains(&"27".repeat(4)) && !note.contains("`000000000`"), "{last} of the last");
        assert!(note.contains("Earlier ones are on the branch `uptake/ledger`."), "{note}");
        let comment = Comment {
            id: 7,
            author: "bot".into(),
            bot: true,
            body: note,
            created: Moment::default(),
            edited: false,
            link: String::new(),
        };
        assert!(handled.iter().all(|id| Trail::read(std::slice::from_ref(&comment), &|_| Some(true)).handled(*id)));
    }
}
