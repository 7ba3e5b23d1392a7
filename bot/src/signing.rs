//! The SSH key that the bot's commits are signed with, and its signatures as git writes them (`PROTOCOL.sshsig` of OpenSSH).
//!
//! It is done here and not by `ssh-keygen`, which takes a process and a file for each commit. Of the kinds of key only ed25519 is taken: it
//! signs the same bytes the same way each time, and a commit's signature is a part of its name.

use std::fmt;

use aws_lc_rs::digest::{SHA512, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_STANDARD, Engine as _};

const KIND: &[u8] = b"ssh-ed25519";
const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";

/// How many characters a line of a signature has, as `ssh-keygen` writes it.
const WIDTH: usize = 70;

/// A private key.
pub struct SigningKey {
    pair: Ed25519KeyPair,
}

/// Why a text is no key that can sign. It never holds a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    #[error("it is no private key of OpenSSH's")]
    NoKey,
    #[error("it has a passphrase, and nobody is there to type it")]
    Locked,
    #[error("it is no ed25519 key: other kinds do not sign the same bytes the same way twice")]
    OtherKind,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Reads a key as `ssh-keygen -t ed25519` writes it.
    ///
    /// # Errors
    /// It is none, or none that can be used.
    pub fn read(text: &str) -> Result<Self, SigningKeyError> {
        let bare = SigningKeyError::NoKey;
        let inside = text.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END)).ok_or(bare)?;
        let inside: String = inside.split_whitespace().collect();
        let bytes = BASE64_STANDARD.decode(inside).map_err(|_| bare)?;
        let mut whole = Wire(bytes.strip_prefix(b"openssh-key-v1\0").ok_or(bare)?);
        let (cipher, _kdf, _options) = (whole.string()?, whole.string()?, whole.string()?);
        let (keys, _public, secret) = (whole.number()?, whole.string()?, whole.string()?);
        if cipher != b"none" {
            return Err(SigningKeyError::Locked);
        }
        let mut secret = Wire(secret);
        let (check, again) = (secret.number()?, secret.number()?);
        if keys != 1 || check != again {
            return Err(bare);
        }
        if secret.string()? != KIND {
            return Err(SigningKeyError::OtherKind);
        }
        let (public, pair) = (secret.string()?, secret.string()?);
        let seed = pair.strip_suffix(public).ok_or(bare)?;
        let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public).map_err(|_| bare)?;
        Ok(Self { pair })
    }

    /// Whether a line such as `ssh-ed25519 AAAA… comment` is the public key to it.
    #[must_use]
    pub fn belongs_to(&self, public: &str) -> bool {
        let said = public.split_whitespace().nth(1).and_then(|text| BASE64_STANDARD.decode(text).ok());
        said.is_some_and(|said| said == self.public())
    }

    /// The signature of a commit's bytes, in lines.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> String {
        let hashed = digest(&SHA512, bytes);
        let about = |out: &mut Vec<u8>| [&b"git"[..], b"", b"sha512"].iter().for_each(|part| put(out, part));
        let mut signed = b"SSHSIG".to_vec();
        about(&mut signed);
        put(&mut signed, hashed.as_ref());
        let mut signature = Vec::new();
        put(&mut signature, KIND);
        put(&mut signature, self.pair.sign(&signed).as_ref());
        let mut whole = b"SSHSIG\0\0\0\x01".to_vec();
        put(&mut whole, &self.public());
        about(&mut whole);
        put(&mut whole, &signature);
        let text = BASE64_STANDARD.encode(whole);
        let mut lines = String::from("-----BEGIN SSH SIGNATURE-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(WIDTH));
            lines.push_str(line);
            lines.push('\n');
            rest = after;
        }
        lines + "-----END SSH SIGNATURE-----\n"
    }

    fn public(&self) -> Vec<u8> {
        let mut public = Vec::new();
        put(&mut public, KIND);
        put(&mut public, self.pair.public_key().as_ref());
        public
    }
}

/// Adds a string with its length before it, as SSH does.
fn put(out: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(part);
}

/// What is left to read of such bytes.
struct Wire<'a>(&'a [u8]);

impl<'a> Wire<'a> {
    fn number(&mut self) -> Result<u32, SigningKeyError> {
        let (number, rest) = self.0.split_first_chunk().ok_or(SigningKeyError::NoKey)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Result<&'a [u8], SigningKeyError> {
        let length = usize::try_from(self.number()?).map_err(|_| SigningKeyError::NoKey)?;
        let (string, rest) = self.0.split_at_checked(length).ok_or(SigningKeyError::NoKey)?;
        self.0 = rest;
        Ok(string)
    }
}
