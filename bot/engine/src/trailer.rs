//! The trailers that a commit's message ends with, as git reads them.

/// A message with one more trailer. It joins the last paragraph where that consists of trailers, as `git cherry-pick -x` does it. One that
/// is among them already is not put there twice.
#[must_use]
pub fn with_trailer(message: &str, trailer: &str) -> String {
    let text = message.trim_end();
    let gap = match trailers(text) {
        Some(there) if there.lines().any(|line| line == trailer) => return format!("{text}\n"),
        Some(_) => "\n",
        None => "\n\n",
    };
    format!("{text}{gap}{trailer}\n")
}

/// Whether a message has a trailer.
#[must_use]
pub fn has_trailer(message: &str, trailer: &str) -> bool {
    trailers(message.trim_end()).is_some_and(|there| there.lines().any(|line| line == trailer))
}

/// The last paragraph, where it consists of trailers.
fn trailers(text: &str) -> Option<&str> {
    // The first paragraph is the subject, even where it looks like a trailer (`fix: …`).
    let (_, last) = text.rsplit_once("\n\n")?;
    let is_trailer = |line: &str| {
        line.starts_with("(cherry picked from commit ")
            || line.split_once(": ").is_some_and(|(token, value)| {
                !value.is_empty()
                    && !token.is_empty()
                    && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
    };
    last.lines().all(is_trailer).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: &str = "Signed-off-by: A <a@b.example>";

    #[test]
    fn a_trailer_joins_its_kind_and_stands_apart_from_prose() {
        assert_eq!(with_trailer("fix: it\n", WHO), format!("fix: it\n\n{WHO}\n"));
        let picked = "Fix\n\n(cherry picked from commit abc)\n";
        assert_eq!(with_trailer(picked, WHO), format!("{picked}{WHO}\n"));
        let told = "Fix\n\nWhy: because.\nYes\n";
        assert_eq!(with_trailer(told, WHO), format!("{told}\n{WHO}\n"));
    }

    #[test]
    fn one_that_is_there_is_not_put_there_twice() {
        let once = with_trailer("Fix\n", WHO);
        assert!(has_trailer(&once, WHO) && !has_trailer("Fix\n", WHO));
        let more = with_trailer(&once, "(cherry picked from commit abc)");
        assert_eq!(with_trailer(&more, WHO), more);
    }
}
