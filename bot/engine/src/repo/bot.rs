//! Whom the bot's commits are by, and what is put on them: one place for all that are made, in memory or on disk.

use std::sync::Arc;

use super::Repo;
use super::stored::line;
use crate::commit::{BOT, Commit, Signature, When};
use crate::error::GitError;
use crate::ids::CommitId;
use crate::trailer::{has_trailer, with_trailer};

/// Signs the bytes of a commit: what git puts under `gpgsig`. The same bytes must give the same signature, since it is a part of the
/// commit's name.
pub type Signer = Arc<dyn Fn(&[u8]) -> String + Send + Sync>;

/// Whom the bot's commits are by.
#[derive(Clone)]
pub struct Bot {
    pub name: String,
    pub email: String,
    /// Whether its commits say `Signed-off-by`.
    pub sign_off: bool,
    /// What signs them.
    pub signer: Option<Signer>,
}

impl Default for Bot {
    fn default() -> Self {
        Self { name: BOT.0.into(), email: BOT.1.into(), sign_off: false, signer: None }
    }
}

impl Repo {
    /// Makes all commits of the bot's from now on by this one.
    pub fn set_bot(&mut self, bot: Bot) {
        self.bot = bot;
    }

    /// The bot, as what makes a commit at that moment.
    #[must_use]
    pub fn bot(&self, when: When) -> Signature {
        Signature { name: self.bot.name.clone(), email: self.bot.email.clone(), when }
    }

    /// Whether it is the bot: by the name it has, or the one it has without any configuration.
    #[must_use]
    pub fn is_bot(&self, by: &Signature) -> bool {
        by.email == BOT.1 || by.email == self.bot.email
    }

    /// Whether the bot's commits are signed.
    #[must_use]
    pub fn signs(&self) -> bool {
        self.bot.signer.is_some()
    }

    /// A message as a commit of the bot's has it.
    #[must_use]
    pub fn message_of_bot(&self, message: &str) -> String {
        if self.bot.sign_off { with_trailer(message, &self.sign_off()) } else { message.to_owned() }
    }

    /// Whether a commit is as the bot would make it now: by whom, signed or not, signed off or not.
    ///
    /// # Errors
    /// The commit is missing.
    pub fn is_as_bot_makes(&self, commit: &Commit) -> Result<bool, GitError> {
        let Commit { committer, message, .. } = commit;
        Ok(committer.name == self.bot.name
            && committer.email == self.bot.email
            && has_trailer(message, &self.sign_off()) == self.bot.sign_off
            && self.is_signed(commit.id)? == self.signs())
    }

    fn is_signed(&self, commit: CommitId) -> Result<bool, GitError> {
        let raw = self.stored(commit)?;
        let mut lines = raw.bytes.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
        Ok(lines.any(|line| line.starts_with(b"gpgsig ")))
    }

    fn sign_off(&self) -> String {
        format!("Signed-off-by: {} <{}>", self.bot.name, self.bot.email)
    }

    /// Whether the line of a committer is the bot's.
    pub(super) fn is_line_of_bot(&self, committer: &[u8]) -> bool {
        // All but the date, which both end with.
        let bot = line(&self.bot(When { seconds: 0, offset: 0 }));
        bot.strip_suffix(b"0 +0000").is_some_and(|bot| committer.starts_with(bot))
    }

    /// A commit's bytes, with the signature that is theirs.
    pub(super) fn signed(&self, head: &[u8], message: &[u8]) -> Vec<u8> {
        let unsigned = [head, b"\n", message].concat();
        let Some(signer) = &self.bot.signer else { return unsigned };
        let signature = signer(&unsigned);
        // Lines that go on begin with a blank.
        let signature = signature.trim_end().replace('\n', "\n ");
        [head, b"gpgsig ", signature.as_bytes(), b"\n\n", message].concat()
    }
}
