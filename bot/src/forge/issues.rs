//! Issues, comments, labels and who may do what, as a forge has them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Ahead, ForgeError, State};
use crate::moment::Moment;

/// A label of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Its name, at most 50 characters. Upper and lower case are the same label.
    pub name: String,
    /// Six hexadecimal digits, without `#`.
    pub colour: String,
    /// What it means, at most 100 characters.
    pub description: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its number; issues and pull requests are numbered together.
    pub number: u64,
    /// Open or closed.
    pub state: State,
    pub title: String,
    /// The body, Markdown.
    pub body: String,
    /// Its labels, sorted.
    pub labels: Vec<String>,
}

/// A comment on a pull request or an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id, one of a kind in the whole forge.
    pub id: u64,
    /// The login of its author.
    pub author: String,
    /// Whether a program wrote it: this one or another.
    pub bot: bool,
    /// The text, Markdown.
    pub body: String,
    /// When it was written.
    pub created: Moment,
    /// Whether it said something else before.
    pub edited: bool,
    /// Where people see it.
    pub link: String,
}

/// What somebody may do with the repository; more comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Nothing, or nobody of that name.
    None,
    /// Look. On a public repository everybody may.
    Read,
    /// Sort issues and pull requests.
    Triage,
    /// Push.
    Write,
    /// Change most settings.
    Maintain,
    /// Everything.
    Admin,
}

/// What it proves that something stands under this program's login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoginProof {
    /// That this program wrote it, and it will be the same login tomorrow.
    #[default]
    Always,
    /// That this program wrote it. Tomorrow it may write under another.
    Now,
    /// Nothing: others write under it, too.
    Nothing,
}

/// Who closed a pull request or an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closer {
    pub login: String,
    /// Whether it is a program's login.
    pub bot: bool,
}

/// The comments on several pull requests or issues, for each its own or why they cannot be read.
pub type CommentLists = Vec<Result<Vec<Comment>, ForgeError>>;

/// A pull request or an issue as a list of what changed shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    pub number: u64,
    /// Whether it is open.
    pub open: bool,
    pub title: String,
    /// The body, Markdown.
    pub body: String,
    /// Its labels, sorted.
    pub labels: Vec<String>,
    /// How many comments are on it.
    pub comments: u64,
}

/// A sign put on a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Seen.
    Eyes,
    /// On its way.
    Rocket,
    /// Done.
    PlusOne,
    /// Refused.
    MinusOne,
    /// Not understood.
    Confused,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        })
    }
}

/// Reads and changes issues, comments and labels of a forge, and knows who may do what.
pub trait Issues {
    /// The login this program writes under: what it wrote itself is known by it.
    fn login(&self) -> Result<String, ForgeError>;

    /// What that login proves.
    fn login_proof(&self) -> Result<LoginProof, ForgeError>;

    /// Whether the repository has issues at all.
    fn has_issues(&self) -> Result<bool, ForgeError>;

    /// When the forge was first spoken to, by its own clock; `None` where it has none, and cannot tell what was [`Issues::touched`].
    fn began(&self) -> Result<Option<Moment>, ForgeError>;

    /// Reads these side by side, where the forge is far enough away for that to matter. The calls that ask for each of them must follow
    /// before anything is written.
    fn read_ahead(&self, _what: &[Ahead]) -> Result<(), ForgeError> {
        Ok(())
    }

    /// The pull requests and issues that changed since a moment, in whatever way: their text, their state, what was said there. `None`
    /// where the forge cannot tell.
    fn touched(&self, since: Moment) -> Result<Option<Vec<Touched>>, ForgeError>;

    /// The issue of this number, where it is there still; else the issue this program wrote whose body holds this hidden marker: an open
    /// one before a closed one, the older of two. What others wrote is not looked at, since anybody can copy a marker.
    fn find_issue(&self, marker: &str, known: Option<u64>) -> Result<Option<Issue>, ForgeError>;

    /// Who closed a pull request or an issue; `None` where the forge does not say, or it is not closed.
    ///
    /// # Errors
    /// There is no such pull request or issue.
    fn closer(&self, number: u64) -> Result<Option<Closer>, ForgeError>;

    /// Whether two runs that open an issue with one hidden marker at the same moment may open two: then they must agree before.
    fn issue_create_races(&self) -> bool;

    /// The comments on each of these pull requests and issues, oldest first; an error of one of them where there is no such pull request
    /// or issue.
    fn comments(&self, numbers: &[u64]) -> Result<CommentLists, ForgeError>;

    /// What somebody may do; [`Permission::None`] for a login nobody has.
    ///
    /// # Errors
    /// The forge cannot be read: then nobody may do anything.
    fn permission(&self, login: &str) -> Result<Permission, ForgeError>;

    /// The repository's labels, by name.
    fn labels(&self) -> Result<Vec<Label>, ForgeError>;

    /// Opens an issue and returns its number. Where this program has an open one with the same hidden marker (the last `<!-- … -->`
    /// of the body; without one, the same title), that one's number is returned and it is left as it is.
    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError>;

    /// Makes an issue say this.
    ///
    /// # Errors
    /// There is no such issue, or it is shut ([`ForgeError::Shut`]).
    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError>;

    /// Opens a closed issue again, and makes it say this, with exactly these labels, in the same moment.
    ///
    /// # Errors
    /// There is no such issue, or it is shut ([`ForgeError::Shut`]).
    fn reopen_issue(&mut self, number: u64, title: &str, body: &str, labels: &[String]) -> Result<(), ForgeError>;

    /// Comments on a pull request or an issue and returns the comment's id. Where this program has a comment there with the same
    /// hidden marker (without one, the same text), that one's id is returned and it is left as it is: an answer names in its
    /// marker what it answers.
    ///
    /// # Errors
    /// There is no such pull request or issue, or it is shut ([`ForgeError::Shut`]).
    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError>;

    /// Makes a comment say this.
    ///
    /// # Errors
    /// There is no such comment, or its conversation is shut ([`ForgeError::Shut`]).
    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError>;

    /// Puts a sign on a comment.
    ///
    /// # Errors
    /// There is no such comment, or its conversation is shut ([`ForgeError::Shut`]).
    fn react(&mut self, comment: u64, reaction: Reaction) -> Result<(), ForgeError>;

    /// Makes a label, or makes one of this name look like this.
    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError>;
}

/// Whether two texts of ours say the same: by their hidden markers where there are any.
pub(super) fn same_text(one: &str, two: &str) -> bool {
    match (marker(one), marker(two)) {
        (None, None) => plain(one) == plain(two),
        (one, two) => one == two,
    }
}

/// The last hidden marker of a text; an imitation of one comes before it.
pub(super) fn marker(text: &str) -> Option<&str> {
    let start = text.rfind("<!-- ")?;
    let end = text[start..].find("-->")?;
    Some(&text[start..start + end + 3])
}

/// A text as every forge gives it back: line ends and space at the end may come back otherwise.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}
