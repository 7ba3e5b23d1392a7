//! Whom the bot's commits are by, as written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::words;

/// Whom the commits are by that Uptake makes, and what is put on them. The author of a picked commit stays upstream's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Commits")]
pub struct CommitSettings {
    /// The committer's name, with `email`. Without both it is `uptake[bot]`. Name an account that no person commits with: what it
    /// committed on a phase's branch is moved like any other commit of Uptake's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::PersonName>")]
    pub name: Option<String>,
    /// The committer's address. For GitHub to show `Verified`, one that the account with the key has verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Email>")]
    pub email: Option<String>,
    /// The public SSH key that the commits are signed for, `ssh-ed25519 AAAA…`. The private one is in `UPTAKE_SIGNING_KEY`, its text, or
    /// `UPTAKE_SIGNING_KEY_FILE`, its path; a run without it changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::PublicKey>")]
    pub signing_key: Option<String>,
    /// Whether each commit ends with `Signed-off-by:` and the committer, as a Developer Certificate of Origin asks for. What upstream
    /// signed off stays.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sign_off: bool,
}

impl CommitSettings {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
