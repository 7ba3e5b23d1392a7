//! The action a workflow uses, held at one commit.

use std::fmt;

use engine::ids::CommitId;

/// An action as people name it: `OWNER/NAME@REF`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRef {
    /// `owner/name` on GitHub.
    pub repository: String,
    /// A tag, a branch, or a commit.
    pub reference: String,
}

impl ActionRef {
    /// Reads `OWNER/NAME@REF`.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let plain = |text: &str, more: &str| {
            text.starts_with(|first: char| first.is_ascii_alphanumeric())
                && text.chars().all(|sign| sign.is_ascii_alphanumeric() || "._-".contains(sign) || more.contains(sign))
        };
        let named =
            text.split_once('@').and_then(|(repository, reference)| Some((repository.split_once('/')?, reference)));
        match named {
            Some(((owner, name), reference)) if plain(owner, "") && plain(name, "") && plain(reference, "/") => {
                Ok(Self { repository: format!("{owner}/{name}"), reference: reference.to_owned() })
            }
            _ => Err("an action is written OWNER/NAME@REF, REF being a tag, a branch or a commit".into()),
        }
    }

    /// The commit, where it is named by all its digits.
    #[must_use]
    pub fn commit(&self) -> Option<CommitId> {
        self.reference.parse().ok()
    }
}

impl fmt::Display for ActionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.repository, self.reference)
    }
}

/// An action at a commit: tags and branches can be moved by the one who owns them, and the action holds the right to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    action: ActionRef,
    commit: CommitId,
}

impl Pin {
    /// The action at this commit.
    #[must_use]
    pub const fn new(action: ActionRef, commit: CommitId) -> Self {
        Self { action, commit }
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.action.repository, self.commit)?;
        // People, and the tools that renew pins, read the version from the comment.
        if self.action.commit().is_none() { write!(f, " # {}", self.action.reference) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_read_or_refused() {
        let read = |text| ActionRef::read(text).map(|action| action.to_string());
        let commit = format!("o/uptake@{}", "ab".repeat(20));
        for right in ["o/uptake@v1.2.3", "o-1/up.take@release/1", &commit] {
            assert_eq!(read(right).as_deref(), Ok(right));
        }
        for wrong in [
            "",
            "uptake@v1",
            "o/uptake",
            "o/uptake@",
            "o/up/take@v1",
            "o/uptake@v1\n- run: x",
            "-o/uptake@v1",
            "o/u@-x",
            "o/u@v1 # x",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pin_names_the_version_it_stands_for() {
        let pin =
            |text: &str| Pin::new(ActionRef::read(text).expect("right"), CommitId::from_bytes([0xab; 20])).to_string();
        let sha = "ab".repeat(20);
        assert_eq!(pin("o/uptake@v1"), format!("o/uptake@{sha} # v1"));
        assert_eq!(pin(&format!("o/uptake@{sha}")), format!("o/uptake@{sha}"));
    }
}
