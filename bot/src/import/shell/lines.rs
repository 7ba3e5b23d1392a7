//! Lines of a shell as commands: what a quoted string or a here-document holds is no command, however it looks.

use crate::import::analysis::Stated;

/// One command as it is written, comment apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// The line it begins on.
    pub(super) line: usize,
    /// Its text; of one that goes over several lines, only the first is there.
    pub(super) text: String,
    /// The comment behind it, or the whole of a line that is one.
    pub(super) comment: Option<String>,
    /// Whether a string or a here-document of it goes over several lines.
    pub(super) spans: bool,
}

/// The commands and comments of a block, in order. An empty line is an empty command.
pub(super) fn commands(lines: &[Stated<String>]) -> Vec<Command> {
    let mut all: Vec<Command> = Vec::new();
    let mut open = Open::default();
    for Stated { line, value } in lines {
        if let Some(end) = &open.document {
            if value.trim() == end {
                open.document = None;
            }
            continue;
        }
        let goes_on = open.goes_on;
        let inside = open.quote.is_some();
        let text = if goes_on || inside { value.as_str() } else { prompt(value) };
        let (words, comment) = open.line(text);
        match all.last_mut().filter(|_| goes_on || inside) {
            Some(last) if inside => {
                last.spans = true;
                last.comment = last.comment.take().or(comment);
            }
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(words.trim());
                last.comment = last.comment.take().or(comment);
                last.spans |= open.document.is_some();
            }
            None => {
                let text = words.trim().to_owned();
                all.push(Command { line: *line, text, comment, spans: open.document.is_some() });
            }
        }
    }
    // A string that is never closed may hold anything.
    if let Some(last) = all.last_mut().filter(|_| open.quote.is_some() || open.document.is_some()) {
        last.spans = true;
    }
    all
}

/// A line without the sign a terminal shows before it.
fn prompt(line: &str) -> &str {
    let line = line.trim_start();
    line.strip_prefix("$ ").unwrap_or(line)
}

/// What is still open where a line begins.
#[derive(Default)]
struct Open {
    quote: Option<char>,
    /// The word that ends a here-document.
    document: Option<String>,
    /// The line before ended in a backslash.
    goes_on: bool,
}

impl Open {
    /// The text of a line without its comment, and the comment.
    fn line(&mut self, line: &str) -> (String, Option<String>) {
        self.goes_on = false;
        let mut words = String::new();
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match (self.quote, c) {
                (Some('\''), '\'') | (Some('"'), '"') => self.quote = None,
                (Some('\''), _) => {}
                (_, '\\') => {
                    let Some((_, escaped)) = chars.next() else {
                        self.goes_on = true;
                        break;
                    };
                    words.push(c);
                    words.push(escaped);
                    continue;
                }
                (Some(_), _) => {}
                (None, '\'' | '"') => self.quote = Some(c),
                (None, '#') if words.is_empty() || words.ends_with(char::is_whitespace) => {
                    return (words, Some(line[at + 1..].trim().to_owned()));
                }
                (None, '<') if line[at..].starts_with("<<") && !line[at..].starts_with("<<<") => {
                    self.document = self.document.take().or_else(|| here(&line[at + 2..]));
                }
                (None, _) => {}
            }
            words.push(c);
        }
        (words, None)
    }
}

/// The word that ends a here-document: `EOF` of `<<-'EOF'`.
fn here(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches('-').trim_start().trim_start_matches(['\'', '"', '\\']);
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The parts of a command between `&&`, `||`, `;`, `|` and `&`, strings kept whole.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut quote, mut start) = (Vec::new(), None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '&' | '|' | ';') => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, bool)> {
        let lines: Vec<_> = text.lines().zip(1..).map(|(l, line)| Stated { line, value: l.to_owned() }).collect();
        commands(&lines).into_iter().map(|command| (command.text, command.spans)).collect()
    }

    #[test]
    fn what_a_string_holds_is_no_command() {
        let text = "git commit -m \"One\n\nrm -rf it\ngh run list\n\"\nmake test";
        assert_eq!(read(text), [("git commit -m \"One".into(), true), ("make test".into(), false)]);
    }

    #[test]
    fn what_a_here_document_holds_is_no_command() {
        let text = "cat <<-'EOF' > x\nrm -rf it\nEOF\nmake test\ncat << END\nnever closed\nmake";
        let expected = [("cat <<-'EOF' > x", true), ("make test", false), ("cat << END", true)];
        assert_eq!(read(text), expected.map(|(text, spans)| (text.to_owned(), spans)));
    }

    #[test]
    fn a_comment_is_apart_and_a_backslash_joins() {
        let lines = [(1, "$ make \\"), (2, "  test # it's all"), (3, "echo 'a # b' \\' c")];
        let lines: Vec<_> = lines.map(|(line, text)| Stated { line, value: text.to_owned() }).into();
        let read = commands(&lines);
        assert_eq!((read[0].text.as_str(), read[0].comment.as_deref()), ("make test", Some("it's all")));
        assert_eq!((read[1].line, read[1].text.as_str()), (3, "echo 'a # b' \\' c"));
    }

    #[test]
    fn parts_are_apart_and_strings_whole() {
        assert_eq!(parts("a && b 'x && y'; c | d"), ["a", "b 'x && y'", "c", "d"]);
    }
}
