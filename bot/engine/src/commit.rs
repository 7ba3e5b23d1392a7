//! Commits and changes as plain, owned values: what the stages speak of once git has been read.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

use crate::ids::{BlobId, CommitId, TreeId};
use crate::path::RepoPath;

/// Who made or applied a change, and when, as git records it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The name, read in the encoding that the commit names; bytes that are not of it are replaced.
    pub name: String,
    /// The e-mail address; likewise.
    pub email: String,
    pub when: When,
}

/// A moment with the offset its author's clock had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// Seconds since 1970, UTC.
    pub seconds: i64,
    /// Minutes east of UTC.
    pub offset: i32,
}

impl fmt::Display for When {
    /// RFC 3339, in the author's offset. A moment or offset outside what that can express is shown as the nearest it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = Timestamp::from_second(self.seconds).unwrap_or(if self.seconds < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        });
        let offset = Offset::from_seconds(self.offset.saturating_mul(60)).unwrap_or(Offset::UTC);
        if offset == Offset::UTC { write!(f, "{stamp}") } else { write!(f, "{}", stamp.display_with_offset(offset)) }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl When {
    /// The calendar day in the author's offset, `2025-11-22`.
    #[must_use]
    pub fn day(&self) -> String {
        let stamp = Timestamp::from_second(self.seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = Offset::from_seconds(self.offset.saturating_mul(60)).unwrap_or(Offset::UTC);
        offset.to_datetime(stamp).date().to_string()
    }
}

/// The name and address the bot commits under.
pub const BOT: (&str, &str) = ("uptake[bot]", "uptake[bot]@users.noreply.github.com");

/// The address GitHub commits under for what people do in the browser.
pub const BROWSER: &str = "noreply@github.com";

/// A commit without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: CommitId,
    /// The state of all files it records.
    pub tree: TreeId,
    /// Its parents, first parent first.
    pub parents: Vec<CommitId>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who applied it.
    pub committer: Signature,
    /// The whole message, read in the encoding that the commit names; bytes that are not of it are replaced.
    pub message: String,
}

impl Commit {
    /// The first line of the message.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.message.trim_start().lines().next().unwrap_or_default().trim_end()
    }

    /// Whether it joins two or more lines of history.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }

    /// The pull request its subject names at the end, `… (#1849)`, as GitHub's squash and merge buttons write it.
    #[must_use]
    pub fn pr(&self) -> Option<u64> {
        pr_of(self.subject())
    }
}

/// The number in `… (#1849)` at the end of a subject line.
#[must_use]
pub fn pr_of(subject: &str) -> Option<u64> {
    let inner = subject.trim_end().strip_suffix(')')?;
    let (_, number) = inner.rsplit_once("(#")?;
    number.parse().ok()
}

/// What one side has at a path. Whoever reads its content hands over all of it: a submodule has a name as a file has, but there is
/// no content by that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Git's mode: `0o100644`, `0o100755`, `0o120000` (symbolic link) or `0o160000` (submodule).
    pub mode: u32,
    /// The content; of a submodule, the commit it is at.
    pub id: BlobId,
}

impl Entry {
    /// Git's mode of a submodule.
    pub const SUBMODULE: u32 = 0o160_000;

    /// What names its content; `None` of a submodule.
    #[must_use]
    pub(crate) const fn content(&self) -> Option<BlobId> {
        if self.mode == Self::SUBMODULE { None } else { Some(self.id) }
    }

    /// What git compares of a submodule: the line that says where it is at.
    pub(crate) fn submodule_line(&self) -> Vec<u8> {
        format!("Subproject commit {}\n", self.id).into_bytes()
    }

    /// Whether it is a symbolic link.
    #[must_use]
    pub const fn is_link(&self) -> bool {
        self.mode & 0o170_000 == 0o120_000
    }

    /// Whether it is a regular file, by the kind bits of its mode: no link and no submodule.
    #[must_use]
    pub const fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }
}

/// One path a commit changed against its first parent. Renames stand as a removal and an addition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileChange {
    pub path: RepoPath,
    /// Before; `None` where it was added.
    pub old: Option<Entry>,
    /// After; `None` where it was removed.
    pub new: Option<Entry>,
}

impl FileChange {
    /// What undoes changes, in the order in which the difference between the two trees has it.
    #[must_use]
    pub fn reversed(changes: &[Self]) -> Vec<Self> {
        let back = |change: &Self| Self { path: change.path.clone(), old: change.new, new: change.old };
        let mut back: Vec<Self> = changes.iter().map(back).collect();
        // Where a path became another kind of thing: what goes stands before what comes.
        back.chunk_by_mut(|one, other| one.path == other.path).for_each(<[Self]>::reverse);
        back
    }

    /// Whether it leaves the content as it is, and changes the mode alone.
    pub(crate) fn keeps_content(&self) -> bool {
        self.old.map(|old| old.id) == self.new.map(|new| new.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_its_author_s_offset() {
        let when = When { seconds: 1_763_856_000, offset: -300 };
        assert_eq!(when.to_string(), "2025-11-22T19:00:00-05:00");
        assert_eq!(When { offset: 0, ..when }.to_string(), "2025-11-23T00:00:00Z");
        assert_eq!(when.day(), "2025-11-22");
    }

    #[test]
    fn a_moment_no_calendar_has_does_not_panic() {
        assert!(!When { seconds: i64::MAX, offset: 99_999_999 }.to_string().is_empty());
    }

    #[test]
    fn the_pull_request_is_the_one_at_the_end() {
        assert_eq!(pr_of("Fix (#12) again (#1849)"), Some(1849));
        assert_eq!(pr_of("Fix #12"), None);
        assert_eq!(pr_of("Revert \"Fix (#12)\""), None);
    }
}
