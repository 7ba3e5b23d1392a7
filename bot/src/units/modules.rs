//! What a list of submodules (`.gitmodules`) must not say: git's own rules, by which a server refuses a push (`fsck`), since older gits
//! and other programs run what such a list names.

/// Whether git refuses a list with this content: for the name, the path, the address or the command of a submodule.
pub(super) fn is_refused(content: &[u8]) -> bool {
    let mut reader = Reader { rest: content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content) };
    let mut section: (Vec<u8>, Option<Vec<u8>>) = Default::default();
    while let Some(line) = reader.line() {
        match line {
            Line::Section(name, below) => section = (name, below),
            Line::Value(key, value) => {
                let (b"submodule", Some(name)) = (&section.0[..], &section.1) else { continue };
                let value = value.as_deref();
                let bad = match &key[..] {
                    b"url" => value.is_some_and(is_bad_address),
                    b"path" => value.is_some_and(|path| path.starts_with(b"-")),
                    b"update" => value.is_some_and(|update| update.starts_with(b"!")),
                    _ => false,
                };
                if bad || is_bad_name(name) {
                    return true;
                }
            }
        }
    }
    false
}

/// The name is that of a folder in git's own.
fn is_bad_name(name: &[u8]) -> bool {
    name.is_empty() || name.split(is_separator).any(|part| part == b"..")
}

fn is_separator(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

fn is_bad_address(url: &[u8]) -> bool {
    if url.starts_with(b"-") {
        return true;
    }
    let (mut rest, mut up) = (url, false);
    loop {
        match rest {
            [b'.', b'.', next, ..] if is_separator(next) => (rest, up) = (&rest[3..], true),
            [b'.', next, ..] if is_separator(next) => rest = &rest[2..],
            _ => break,
        }
    }
    if rest.len() < url.len() || url.starts_with(b"git://") {
        // One that leads above what it is relative to takes the place of the host.
        return decoded(url).contains(&b'\n') || up && matches!(rest.first(), Some(b':' | b'/'));
    }
    for scheme in [&b"http"[..], b"https", b"ftp", b"ftps"] {
        let Some(rest) = url.strip_prefix(scheme) else { continue };
        if let Some(rest) = rest.strip_prefix(b"::") {
            return !is_web_address(rest);
        }
        if rest.starts_with(b"://") {
            return !is_web_address(url);
        }
    }
    false
}

/// Whether it is an address with a host, and its escapes are some, and none of them a line break.
fn is_web_address(url: &[u8]) -> bool {
    let Some(at) = url.windows(3).position(|part| part == b"://") else { return false };
    let (scheme, rest) = (&url[..at], &url[at + 3..]);
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+.-".contains(byte);
    if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(is_scheme) {
        return false;
    }
    let authority = rest.split(|byte| b"/?#".contains(byte)).next().unwrap_or_default();
    let host = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let port = host.iter().rposition(|byte| *byte == b':').filter(|at| !host[*at..].contains(&b']'));
    let (host, port) = host.split_at(port.unwrap_or(host.len()));
    let is_port = |port: &[u8]| {
        let number = std::str::from_utf8(port.get(1..).unwrap_or_default()).unwrap_or("x");
        number.is_empty()
            || number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_[:]".contains(byte);
    let escapes = |rest: &[u8]| {
        let mut parts = rest.split(|byte| *byte == b'%').skip(1);
        parts.all(|part| part.len() >= 2 && part[..2].iter().all(u8::is_ascii_hexdigit))
    };
    !host.is_empty() && host.iter().all(is_host) && is_port(port) && escapes(rest) && !decoded(url).contains(&b'\n')
}

/// An address without its escapes.
fn decoded(url: &[u8]) -> Vec<u8> {
    let mut found = Vec::with_capacity(url.len());
    let mut at = 0;
    while let Some(byte) = url.get(at) {
        let code = url.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        found.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    found
}

/// What a line of a configuration of git's says.
enum Line {
    /// `[submodule "name"]`
    Section(Vec<u8>, Option<Vec<u8>>),
    /// `key = value`, or a key alone.
    Value(Vec<u8>, Option<Vec<u8>>),
}

/// Reads a configuration as git does, up to what it does not understand.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        // Git reads either line end.
        if let [b'\r', b'\n', ..] = self.rest {
            self.rest = &self.rest[1..];
        }
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    /// Takes what is of this kind.
    fn take(&mut self, is: impl Fn(u8) -> bool) -> Vec<u8> {
        let length = self.rest.iter().take_while(|byte| is(**byte)).count();
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken.to_ascii_lowercase()
    }

    fn line(&mut self) -> Option<Line> {
        loop {
            self.take(|byte| byte.is_ascii_whitespace());
            match self.next()? {
                b'#' | b';' => drop(self.take(|byte| byte != b'\n')),
                b'[' => return self.section(),
                first if first.is_ascii_alphabetic() => {
                    let key = [vec![first.to_ascii_lowercase()], self.take(|b| b.is_ascii_alphanumeric() || b == b'-')];
                    self.take(|byte| byte == b' ' || byte == b'\t');
                    return match self.next() {
                        None | Some(b'\n') => Some(Line::Value(key.concat(), None)),
                        Some(b'=') => Some(Line::Value(key.concat(), Some(self.value()?))),
                        Some(_) => None,
                    };
                }
                _ => return None,
            }
        }
    }

    fn section(&mut self) -> Option<Line> {
        let name = self.take(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
        if self.take(|byte| byte == b' ' || byte == b'\t').is_empty() {
            let dot = name.iter().position(|byte| *byte == b'.');
            let below = dot.map(|dot| name[dot + 1..].to_vec());
            let name = name[..dot.unwrap_or(name.len())].to_vec();
            return (self.next()? == b']').then_some(Line::Section(name, below));
        }
        if self.next()? != b'"' {
            return None;
        }
        let mut below = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\n' => return None,
                b'\\' => below.push(self.next().filter(|byte| *byte != b'\n')?),
                byte => below.push(byte),
            }
        }
        (self.next()? == b']').then_some(Line::Section(name, Some(below)))
    }

    fn value(&mut self) -> Option<Vec<u8>> {
        let (mut found, mut quoted, mut kept) = (Vec::new(), false, 0);
        self.take(|byte| byte == b' ' || byte == b'\t');
        loop {
            match self.next() {
                None | Some(b'\n') if quoted => return None,
                None | Some(b'\n') => break,
                Some(b'#' | b';') if !quoted => drop(self.take(|byte| byte != b'\n')),
                Some(b'"') => quoted = !quoted,
                Some(b'\\') => {
                    match self.next()? {
                        b'\n' => continue,
                        b't' => found.push(b'\t'),
                        b'b' => found.push(8),
                        b'n' => found.push(b'\n'),
                        byte @ (b'\\' | b'"') => found.push(byte),
                        _ => return None,
                    }
                    kept = found.len();
                }
                Some(byte) => {
                    found.push(byte);
                    if quoted || !byte.is_ascii_whitespace() {
                        kept = found.len();
                    }
                }
            }
        }
        found.truncate(kept);
        Some(found)
    }
}
