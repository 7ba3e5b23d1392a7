//! The hidden marker in a pull request's body: what the bot last put there, so that the next run knows its own work from a
//! person's.

use serde::{Deserialize, Serialize};

use crate::ids::CommitId;

/// What the bot remembers of a pull request, in the pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// The phase.
    pub phase: String,
    /// Where the bot left the branch.
    pub head: CommitId,
    /// What it was built on.
    pub base: CommitId,
}

const START: &str = "<!-- uptake ";
const END: &str = " -->";

impl Marker {
    /// The marker as an HTML comment.
    #[must_use]
    pub fn write(&self) -> String {
        // `--` would end the comment; neither a phase's id nor a SHA can hold one, and JSON adds none.
        format!("{START}{}{END}\n", serde_json::to_string(self).unwrap_or_default())
    }

    /// The last marker of a body: ours stands at the end, and a text that imitates one can only stand before it.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let (_, rest) = body.rsplit_once(START)?;
        serde_json::from_str(rest.split_once(END)?.0).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_marker_counts() {
        let marker =
            Marker { phase: "cuda".into(), head: CommitId::from_bytes([1; 20]), base: CommitId::from_bytes([2; 20]) };
        let forged = Marker { phase: "evil".into(), ..marker.clone() };
        assert_eq!(Marker::read(&format!("{}text\n{}", forged.write(), marker.write())), Some(marker));
        assert_eq!(Marker::read("<!-- uptake {} -->"), None);
    }
}
