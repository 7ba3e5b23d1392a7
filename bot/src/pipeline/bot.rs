//! The bot as the configuration has it: whom its commits are by, and what signs them.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::RunError;
use crate::config::raw::CommitSettings;
use crate::signing::SigningKey;
use engine::{Bot, Signer};

/// The bot; a key that the configuration does not name signs nothing.
///
/// # Errors
/// What was given as the key is none, or another one.
pub fn bot(said: &CommitSettings, key: Option<&SecretString>) -> Result<Bot, RunError> {
    let plain = Bot::default();
    let signer = said.signing_key.as_deref().zip(key).map(|(public, key)| signer(public, key)).transpose()?;
    Ok(Bot {
        name: said.name.clone().unwrap_or(plain.name),
        email: said.email.clone().unwrap_or(plain.email),
        sign_off: said.sign_off,
        signer,
    })
}

fn signer(public: &str, key: &SecretString) -> Result<Signer, RunError> {
    let key = SigningKey::read(key.expose_secret()).map_err(|why| RunError::SigningKey(why.to_string()))?;
    if !key.belongs_to(public) {
        return Err(RunError::SigningKey("it is not the private key to commits.signing_key".into()));
    }
    Ok(Arc::new(move |bytes| key.sign(bytes)))
}
