//! Who we are to GitHub: an App installed on the repository, or somebody's token.
//!
//! An App signs a token of a few minutes with its private key, and gets one of an hour for it that is good for this repository and
//! these permissions alone. Tokens are opaque, are kept in memory only, and print as nothing.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::error::GitHubError;

/// What we show GitHub.
#[derive(Debug)]
pub enum Credentials {
    /// A GitHub App.
    App {
        /// Its client id, or its number.
        id: String,
        /// Its private key, PEM.
        key: SecretString,
    },
    /// Somebody's token, for a trial, or a workflow's own.
    Token(SecretString),
}

/// What a run does, and so what its token must be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Looking only.
    Read,
    /// Branches, pull requests, labels, comments and the dashboard.
    Publish,
    /// Those, and the test matrix: starting runs and saying what came of them.
    PublishAndTest,
}

/// What one token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TokenScope {
    pub(super) purpose: Purpose,
    /// Whether files of `.github/workflows` are pushed.
    pub(super) workflows: bool,
}

impl TokenScope {
    /// The permissions, as GitHub calls them.
    pub(super) fn permissions(self) -> BTreeMap<&'static str, &'static str> {
        let (publish, test) = match self.purpose {
            Purpose::Read => ("read", "read"),
            Purpose::Publish => ("write", "read"),
            Purpose::PublishAndTest => ("write", "write"),
        };
        let mut all = BTreeMap::from([
            ("metadata", "read"),
            ("contents", publish),
            ("pull_requests", publish),
            ("issues", publish),
            ("actions", test),
            ("statuses", publish),
        ]);
        if self.workflows {
            all.insert("workflows", "write");
        }
        all
    }
}

/// An installation of the App, as GitHub describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Installation {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) app_slug: String,
    #[serde(default)]
    pub(super) permissions: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) suspended_at: Option<String>,
}

/// A token of an installation, as GitHub gives it.
#[derive(Deserialize)]
pub(super) struct Minted {
    pub(super) token: SecretString,
    expires_at: String,
}

/// A token ends this much before GitHub says so: a request takes time, and clocks differ.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// The tokens of a run.
pub(super) struct Auth {
    credentials: Credentials,
    tokens: RefCell<BTreeMap<TokenScope, (SecretString, Duration)>>,
    /// What this run does.
    pub(super) purpose: Purpose,
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: u64,
    exp: u64,
    iss: &'a str,
}

impl Auth {
    pub(super) fn new(credentials: Credentials, purpose: Purpose) -> Self {
        Self { credentials, tokens: RefCell::default(), purpose }
    }

    pub(super) fn is_app(&self) -> bool {
        matches!(self.credentials, Credentials::App { .. })
    }

    /// The token for this scope, where there is one that still holds; somebody's token is good for what it is good for.
    pub(super) fn held(&self, scope: TokenScope, now: Duration) -> Option<SecretString> {
        match &self.credentials {
            Credentials::Token(token) => Some(token.clone()),
            Credentials::App { .. } => {
                let tokens = self.tokens.borrow();
                tokens.get(&scope).filter(|(_, ends)| *ends > now).map(|(token, _)| token.clone())
            }
        }
    }

    /// Keeps a token until shortly before it ends.
    pub(super) fn keep(&self, scope: TokenScope, minted: Minted, now: Duration) -> SecretString {
        let ends = minted.expires_at.parse::<jiff::Timestamp>().ok();
        let ends = ends.and_then(|ends| u64::try_from(ends.as_second()).ok()).map(Duration::from_secs);
        // Without a date that can be read it is good for what is asked now.
        let ends = ends.map_or(now, |ends| ends.saturating_sub(MARGIN));
        self.tokens.borrow_mut().insert(scope, (minted.token.clone(), ends));
        minted.token
    }

    /// Forgets the tokens of the App, since GitHub does not take one of them any more.
    pub(super) fn forget(&self) {
        self.tokens.borrow_mut().clear();
    }

    /// The App's own token of the next minutes.
    ///
    /// # Errors
    /// The key is none, or there is no App.
    pub(super) fn signed(&self, now: Duration) -> Result<SecretString, GitHubError> {
        let Credentials::App { id, key } = &self.credentials else {
            return Err(GitHubError::Setup {
                what: "only an App signs its requests".into(),
                advice: "UPTAKE_APP_ID and UPTAKE_APP_KEY hold the App's id and private key".into(),
            });
        };
        // In an environment variable the lines of a key may have been joined.
        let pem = SecretString::from(key.expose_secret().replace("\\n", "\n"));
        let bad = |error: &dyn Display| GitHubError::Setup {
            what: format!("the App's private key cannot be used: {error}"),
            advice:
                "UPTAKE_APP_KEY holds the text of the .pem file that GitHub gave out, or UPTAKE_APP_KEY_FILE names it; \
                     it begins with -----BEGIN RSA PRIVATE KEY-----"
                    .into(),
        };
        let key = rsa_key(pem.expose_secret()).map_err(|error| bad(&error))?;
        // A minute early, since clocks differ; GitHub takes no more than ten minutes.
        let now = now.as_secs();
        let claims = Claims { iat: now.saturating_sub(60), exp: now + 540, iss: id };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).map_err(|error| bad(&error))?;
        Ok(token.into())
    }

    /// What this scope needs and the installation lacks, in words.
    pub(super) fn lacking(scope: TokenScope, installation: &Installation) -> Vec<String> {
        let has = |name: &str, level: &str| match installation.permissions.get(name).map(String::as_str) {
            Some("write" | "admin") => true,
            Some("read") => level == "read",
            _ => false,
        };
        let all = scope.permissions().into_iter();
        // Everybody with an installation has metadata; not every server says so.
        let all = all.filter(|(name, level)| *name != "metadata" && !has(name, level));
        all.map(|(name, level)| format!("{name}: {level}")).collect()
    }
}

/// The RSA key of a PEM text: as GitHub gives it out (PKCS#1), or as other programs write it (PKCS#8).
fn rsa_key(pem: &str) -> Result<EncodingKey, String> {
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| match error {
        rustls_pki_types::pem::Error::NoItemsFound => "it is no text of a .pem file".to_owned(),
        other => other.to_string(),
    })? {
        PrivateKeyDer::Pkcs1(key) => Some(EncodingKey::from_rsa_der(key.secret_pkcs1_der())),
        PrivateKeyDer::Pkcs8(key) => pkcs1_within(key.secret_pkcs8_der()).map(EncodingKey::from_rsa_der),
        _ => None,
    }
    .ok_or_else(|| "it is no RSA key".to_owned())
}

/// The PKCS#1 key within a PKCS#8 one: a sequence of a version, an algorithm, and the key as a string of bytes.
fn pkcs1_within(pkcs8: &[u8]) -> Option<&[u8]> {
    let (sequence, _) = der_value(pkcs8, 0x30)?;
    let (_version, rest) = der_value(sequence, 0x02)?;
    let (_algorithm, rest) = der_value(rest, 0x30)?;
    Some(der_value(rest, 0x04)?.0)
}

/// The content of the first DER value, which must have this tag, and what follows it.
fn der_value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match length {
        0x00..=0x7f => (usize::from(length), rest),
        // That many bytes of length follow.
        0x81 | 0x82 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    if found == tag { rest.split_at_checked(length) } else { None }
}
