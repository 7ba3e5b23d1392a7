//! The text of commits that say in which encoding they are.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A text of a commit whose header names this encoding, or none. What cannot be read so is taken for UTF-8, as git does, with what
/// is not UTF-8 replaced.
pub(super) fn decode(bytes: &[u8], encoding: Option<&str>) -> String {
    let read = || {
        let label = encoding?;
        let encoding = Encoding::for_label(label.as_bytes())?;
        if encoding == WINDOWS_1252 && !label.contains("1252") {
            // To browsers Latin-1 is Windows' code page. To git it is what it says.
            return Some(encoding_rs::mem::decode_latin1(bytes).into_owned());
        }
        if [UTF_16BE, UTF_16LE].contains(&encoding) {
            return None;
        }
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(String::from)
    };
    read().unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_the_encoding_that_its_header_names() {
        assert_eq!(decode(b"Stra\xdfe", Some("ISO-8859-1")), "Straße");
        assert_eq!(decode(b"\x80", Some("latin1")), "\u{80}");
        assert_eq!(decode(b"\x80", Some("CP1252")), "€");
        assert_eq!(decode(b"\x93\xfa\x96\x7b", Some("Shift_JIS")), "日本");
        assert_eq!(decode("ß".as_bytes(), None), "ß");
    }

    #[test]
    fn what_cannot_be_read_so_is_taken_for_utf_8() {
        assert_eq!(decode("ß\u{3042}".as_bytes(), Some("no-such")), "ß\u{3042}");
        assert_eq!(decode("ab".as_bytes(), Some("UTF-16")), "ab");
        assert_eq!(decode(b"\x93\xff", Some("EUC-JP")), "\u{fffd}\u{fffd}");
        assert_eq!(decode(b"\xdf", None), "\u{fffd}");
    }
}
