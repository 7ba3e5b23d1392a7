//! How a message names the commit that its change was picked or ported from: git's own way, and those of distributions and of the
//! kernel's stable branches.

use std::sync::LazyLock;

use regex::Regex;

static ORIGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xim)
          \( (?:cherry[-\x20]picked|back-?ported) \s+ from \s+ commit \s+ ([0-9a-f]{7,40}) \b
        | ^ commit \x20 ([0-9a-f]{7,40}) \x20 upstream \.? \x20* $
        | ^ \[ \x20* upstream \x20 commit \x20 ([0-9a-f]{7,40}) \x20* \]
        | ^ upstream-commit: \x20* ([0-9a-f]{7,40}) \b
        | (?:cherry[-\x20]picked|back-?ported) \x20+ from:? \x20+ https?://\S+/commit/([0-9a-f]{7,40}) \b",
    )
    .ok()
});

/// The trailer that names where a pick comes from, as `git cherry-pick -x` writes it.
#[must_use]
pub fn trailer(commit: engine::ids::CommitId) -> String {
    format!("(cherry picked from commit {commit})")
}

/// The commits that a message names as its origin, in its order, in small letters.
pub fn origins(message: &str) -> impl Iterator<Item = String> + '_ {
    ORIGIN.iter().flat_map(move |origin| origin.captures_iter(message)).filter_map(|found| {
        let sha = found.iter().skip(1).flatten().next()?;
        Some(sha.as_str().to_ascii_lowercase())
    })
}

/// A text that names no origin, with `sign` before each commit that it named as one.
#[must_use]
pub fn broken(text: &str, sign: char) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = 0;
    for found in ORIGIN.iter().flat_map(|origin| origin.captures_iter(text)) {
        let Some(sha) = found.iter().skip(1).flatten().next() else { continue };
        result.push_str(&text[rest..sha.start()]);
        result.push(sign);
        rest = sha.start();
    }
    result.push_str(&text[rest..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "595efdd1ad23c4776b823f5bab711fbef03970f0";

    #[test]
    fn every_form_is_read_and_none_is_left_once_broken() {
        for form in [
            "(cherry picked from commit SHA)",
            "(Cherry-picked from commit\n SHA linux-stable)",
            "(backported from commit SHA)",
            "commit SHA upstream.",
            "[ Upstream commit SHA ]",
            "Upstream-commit: SHA",
            "Cherry-picked from https://github.com/o/r/commit/SHA",
        ] {
            let message = form.replace("SHA", SHA);
            assert_eq!(origins(&message).collect::<Vec<_>>(), [SHA], "{message}");
            let broken = broken(&message, '\u{200b}');
            assert_eq!(origins(&broken).count(), 0, "{broken}");
            assert_eq!(broken.replace('\u{200b}', ""), message);
        }
    }

    #[test]
    fn they_are_read_in_order() {
        let message = "(cherry picked from commit aaaaaaa)\n(cherry picked from commit BBBBBBB)\n";
        assert_eq!(origins(message).collect::<Vec<_>>(), ["aaaaaaa", "bbbbbbb"]);
        assert_eq!(broken("none", '·'), "none");
    }
}
