//! The hidden marker in a pull request's body: what the bot last put there, so that the next run knows its own work from a
//! person's.

use serde::{Deserialize, Serialize};

use super::ask::Asked;
use super::section::BODY_LIMIT;
use crate::forge::PullRequest;
use crate::moment::Moment;
use crate::names::PhaseId;
use crate::text::MARK;
use engine::ids::CommitId;

/// What the bot remembers of a pull request, in the pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub phase: PhaseId,
    /// Where the bot left the branch.
    pub head: CommitId,
    /// What it was built on.
    pub base: CommitId,
    /// Whether the bot made it a draft: a person's wish the other way is kept.
    #[serde(default, skip_serializing_if = "is_not")]
    pub draft: bool,
    /// Whether it was to be a draft, and the repository can have none.
    #[serde(default, skip_serializing_if = "is_not")]
    pub plain: bool,
    /// Whether the bot closed it, since nothing was left to do: then it is no person's word.
    #[serde(default, skip_serializing_if = "is_not")]
    pub done: bool,
    /// Whether a bot closed it and it was opened again: that is done once.
    #[serde(default, skip_serializing_if = "is_not")]
    pub again: bool,
    /// When the last `reopen` of the phase was said that has been obeyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened: Option<Moment>,
    /// What was asked for in it.
    #[serde(default, skip_serializing_if = "Asked::is_nothing")]
    pub asked: Asked,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_not(flag: &bool) -> bool {
    !flag
}

// `text::MARK` and a space: code that is shown never holds it.
const START: &str = "<!-- uptake ";
const END: &str = " -->";

impl Marker {
    /// The marker as an HTML comment.
    #[must_use]
    pub fn write(&self) -> String {
        // `--` would end the comment; neither a phase's id, a SHA nor a date can hold one, and JSON adds none.
        format!("{START}{}{END}\n", serde_json::to_string(self).unwrap_or_default())
    }

    /// The last marker of a body: ours stands at the end, and a text that imitates one can only stand before it.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let (_, rest) = body.rsplit_once(START)?;
        serde_json::from_str(rest.split_once(END)?.0).ok()
    }

    /// The marker of a pull request that the bot opened. In anybody else's it means nothing, since everybody can copy one.
    #[must_use]
    pub fn of(pull: &PullRequest) -> Option<Self> {
        if pull.own { Self::read(&pull.text.body) } else { None }
    }

    /// A body with what stands below the marker of the one that is there: other bots put their summaries at the end. What could be taken for a
    /// marker is left out, and so is what is too much.
    pub(super) fn with_what_is_below(body: String, there: &str) -> String {
        let below = there.rsplit_once(START).and_then(|(_, rest)| rest.split_once(END)).map_or("", |(_, below)| below);
        if below.trim().is_empty() || below.contains(MARK) || body.len() + below.len() > BODY_LIMIT {
            return body;
        }
        format!("{}{below}", body.trim_end())
    }

    /// The body with this marker instead of its own, and with what others put below that.
    pub(super) fn instead(&self, body: &str) -> String {
        let parts = body.rsplit_once(START).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
        match parts {
            Some((before, below)) => format!("{before}{}{below}", self.write().trim_end()),
            None => self.put(body),
        }
    }

    /// The body with this marker instead of its own, and nothing below.
    pub(super) fn put(&self, body: &str) -> String {
        let rest = match body.rfind(START) {
            Some(at) if body[at..].contains(END) => &body[..at],
            _ => body,
        };
        format!("{}\n\n{}", rest.trim_end(), self.write())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker() -> Marker {
        let (head, base) = (CommitId::from_bytes([1; 20]), CommitId::from_bytes([2; 20]));
        let (reopened, asked) = (None, Asked::default());
        Marker {
            phase: "cuda".into(),
            head,
            base,
            draft: false,
            plain: false,
            done: false,
            again: false,
            reopened,
            asked,
        }
    }

    #[test]
    fn the_last_marker_counts() {
        let forged = Marker { phase: "evil".into(), ..marker() };
        assert_eq!(Marker::read(&format!("{}text\n{}", forged.write(), marker().write())), Some(marker()));
        assert_eq!(Marker::read("<!-- uptake {} -->"), None);
    }

    #[test]
    fn what_others_put_below_stays_where_it_is_and_nothing_like_a_mark_with_it() {
        let there = format!("old\n\n{}\n## Summary\n\nBy another bot.\n", marker().write());
        let new = format!("new\n\n{}", marker().write());
        let kept = Marker::with_what_is_below(new.clone(), &there);
        assert_eq!(kept, format!("{new}\n## Summary\n\nBy another bot.\n"));
        assert_eq!(Marker::with_what_is_below(new.clone(), &kept), kept, "and does not grow");
        let long = format!("{}{new}", "x".repeat(BODY_LIMIT - new.len()));
        assert_eq!(Marker::with_what_is_below(long.clone(), &there), long, "there is no room");
        let forged = format!("{there}<!-- uptake-reply 7 -->\n");
        assert_eq!(Marker::with_what_is_below(new.clone(), &forged), new);
    }

    #[test]
    fn a_marker_takes_the_place_of_the_one_before() {
        let done = Marker { done: true, ..marker() };
        let body = done.put(&format!("text\n\n{}", marker().write()));
        assert_eq!(body, format!("text\n\n{}", done.write()));
        assert_eq!(done.put(&body), body);
        assert_eq!(
            done.instead(&format!("text\n\n{}\nby another", marker().write())),
            format!("text\n\n{}\nby another", done.write())
        );
    }
}
