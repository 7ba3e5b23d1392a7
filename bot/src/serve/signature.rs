//! Whether a webhook is GitHub's.

use aws_lc_rs::hmac;

/// The webhook secret that GitHub and the server share.
pub struct Secret(hmac::Key);

impl Secret {
    /// The secret as it was given to GitHub; `None` where it is empty, since anybody can sign with that.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())))
    }

    /// Whether a header is of the form of a signature, which is known before there is a body.
    #[must_use]
    pub fn is_form(header: &str) -> bool {
        header.strip_prefix("sha256=").and_then(from_hex).is_some()
    }

    /// Whether the header `X-Hub-Signature-256` signs these bytes. Takes as long for a signature that is nearly right as for any
    /// other.
    #[must_use]
    pub fn signs(&self, header: &str, body: &[u8]) -> bool {
        let digits = header.strip_prefix("sha256=").unwrap_or_default();
        from_hex(digits).is_some_and(|tag| hmac::verify(&self.0, body, &tag).is_ok())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let bytes = digits.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut tag = [0; 32];
    for (at, pair) in bytes.chunks_exact(2).enumerate() {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
        tag[at] = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_githubs_documentation() {
        let secret = Secret::new("It's a Secret to Everybody").expect("a secret");
        let header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(secret.signs(header, b"Hello, World!"));
        for (forged, body) in [
            (header, "Hello, World"),
            (&header[..70], "Hello, World!"),
            (&header.replace("sha256", "sha1"), "Hello, World!"),
            (&header.replace("757", "758"), "Hello, World!"),
            (&header.replace("757", "é57"), "Hello, World!"),
            ("", "Hello, World!"),
            ("sha256=", ""),
        ] {
            assert!(!secret.signs(forged, body.as_bytes()), "{forged}");
        }
        assert!(Secret::new("").is_none());
        assert!(
            Secret::is_form(header)
                && !Secret::is_form("nonsense")
                && !Secret::is_form("sha256=12")
                && !Secret::is_form("")
        );
    }
}
