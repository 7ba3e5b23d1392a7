//! The bot as the configuration has it: whom its commits are by, and what signs them.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{Context, RunError, checked_config};
use crate::config::Config;
use crate::config::raw::CommitSettings;
use crate::signing::SigningKey;
use engine::{Bot, Repo, Signer};

/// The bot; a key that the configuration does not name signs nothing.
///
/// # Errors
/// What was given as the key is none, or another one.
pub(super) fn bot(said: &CommitSettings, key: Option<&SecretString>) -> Result<Bot, RunError> {
    let plain = Bot::default();
    let signer = said.signing_key.as_deref().zip(key).map(|(public, key)| signer(public, key)).transpose()?;
    Ok(Bot {
        name: said.name.clone().unwrap_or(plain.name),
        email: said.email.clone().unwrap_or(plain.email),
        sign_off: said.sign_off,
        signer,
    })
}

/// Opens a clone to commit to its ledger, as the bot of its configuration; and that configuration, where there is one.
///
/// # Errors
/// The clone cannot be opened, or its configuration or the key is not right.
pub fn open_as_bot(context: &Context) -> Result<(Repo, Option<Config>), RunError> {
    let mut repo = Repo::open(&context.repo)?;
    let config = checked_config(&repo, &context.config)?;
    if let Some(config) = &config {
        repo.set_bot(bot(&config.commits, context.signing_key.as_ref())?);
    }
    Ok((repo, config))
}

fn signer(public: &str, key: &SecretString) -> Result<Signer, RunError> {
    let key = SigningKey::read(key.expose_secret()).map_err(|why| RunError::SigningKey(why.to_string()))?;
    if !key.belongs_to(public) {
        return Err(RunError::SigningKey("it is not the private key to commits.signing_key".into()));
    }
    Ok(Arc::new(move |bytes| key.sign(bytes)))
}
