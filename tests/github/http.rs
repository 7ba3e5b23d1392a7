//! HTTP over the loopback, as much of it as git and our client speak: one request a connection, so that a fault hits one request.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path, not decoded, without the query.
    pub(crate) path: String,
    /// The query, not decoded.
    pub(crate) query: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(decoded)
    }

    /// The token it shows, to the API or to git.
    pub(crate) fn token(&self) -> Option<String> {
        let header = self.header("authorization")?;
        let Some(basic) = header.strip_prefix("Basic ") else {
            return header.strip_prefix("Bearer ").map(str::to_owned);
        };
        let pair = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
        pair.strip_prefix("x-access-token:").map(str::to_owned)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether it changes anything.
    pub(crate) fn writes(&self) -> bool {
        !["GET", "HEAD"].contains(&self.method.as_str()) && !self.path.ends_with("/git-upload-pack")
    }

    /// Method and path, as in messages.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Response {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".into(), "application/json; charset=utf-8".into())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    pub(crate) fn message(status: u16, message: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }),
        )
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Packs the answer for a client that takes it packed, as GitHub does with what is longer than a little.
    pub(crate) fn packed_for(mut self, request: &Request) -> Self {
        let json = self.headers.iter().any(|(name, value)| name == "content-type" && value.contains("json"));
        let takes = request.header("accept-encoding").is_some_and(|encodings| encodings.contains("gzip"));
        if json && takes && self.body.len() > 100 {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(&self.body).expect("packed");
            self.body = packer.finish().expect("packed");
            self = self.with("content-encoding", "gzip");
        }
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut text =
            format!("HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut bytes = (text + "\r\n").into_bytes();
        bytes.extend(&self.body);
        bytes
    }

    pub(crate) fn send(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.write_all(&self.bytes())
    }

    /// Sends all but the end of it.
    pub(crate) fn send_half(&self, mut stream: &TcpStream) -> io::Result<()> {
        let bytes = self.bytes();
        stream.write_all(&bytes[..bytes.len() - (self.body.len() / 2).max(3)])
    }
}

/// Reads a request; `None` where the other side went without one.
pub(crate) fn read(stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut input = BufReader::new(stream);
    let Some(first) = line(&mut input)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = Vec::new();
    while let Some(line) = line(&mut input)?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut request =
        Request { method: method.into(), path: path.into(), query: query.into(), headers, body: Vec::new() };
    if request.header("expect").is_some() {
        let mut stream = stream;
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked")) {
        loop {
            let size = line(&mut input)?.unwrap_or_default();
            let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
            let mut chunk = vec![0; size];
            input.read_exact(&mut chunk)?;
            request.body.extend(&chunk);
            line(&mut input)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = request.header("content-length").and_then(|length| length.parse().ok()) {
        request.body = vec![0; length];
        input.read_exact(&mut request.body)?;
    }
    Ok(Some(request))
}

fn line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut text = String::new();
    Ok((input.read_line(&mut text)? > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A part of a path or query as it was meant.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => match (digit(), digit()) {
                (Some(high), Some(low)) => bytes.push(u8::try_from(high * 16 + low).expect("a byte")),
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
