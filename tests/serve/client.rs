//! GitHub's side of a webhook, on a loopback connection: as few lines of HTTP as that takes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::hmac;

/// The secret of the tests.
pub(crate) const SECRET: &str = "between us";

/// The header that signs these bytes, as GitHub makes it.
pub(crate) fn signature(secret: &str, body: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body.as_bytes());
    tag.as_ref().iter().fold("sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// A new comment with a command, in a repository, as far as a server looks at it; no two are one.
pub(crate) fn comment(repository: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    serde_json::json!({
        "action": "created",
        "comment": { "id": NEXT.fetch_add(1, Ordering::Relaxed), "body": "/rebuild", "user": { "login": "someone", "type": "User" } },
        "issue": { "number": 7 },
        "repository": { "full_name": repository },
        "installation": { "id": 11 },
    })
    .to_string()
}

/// The ids of the deliveries that a state folder has as handled, in order.
pub(crate) fn handled(state: &std::path::Path) -> Vec<String> {
    let log = std::fs::read_to_string(state.join("handled.log")).expect("a log");
    log.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// What a line of the log says, without when, how much it matters, and what it is about; other lines as they are.
pub(crate) fn said(line: &str) -> String {
    let mut words = line.splitn(3, ' ');
    let (Some(when), Some(_), Some(rest)) = (words.next(), words.next(), words.next()) else { return line.to_owned() };
    if when.parse::<jiff::Timestamp>().is_err() {
        return line.to_owned();
    }
    let end = rest.rfind(" [").unwrap_or(rest.len());
    rest[..end].trim_start().to_owned()
}

/// A connection that is kept.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        TcpStream::connect(address).map(|stream| Self(BufReader::new(stream)))
    }

    /// The status and the text of an answer.
    pub(crate) fn ask(&mut self, head: &str, body: &str) -> io::Result<(u16, String)> {
        let length =
            if head.contains("content-length") { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let request = format!("{head}host: here\r\n{length}\r\n{body}");
        self.0.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut text = vec![0; length];
        self.0.read_exact(&mut text)?;
        Ok((status, String::from_utf8_lossy(&text).into_owned()))
    }

    pub(crate) fn get(&mut self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), "").expect("an answer")
    }

    /// Delivers a webhook under this id, signed with this secret.
    pub(crate) fn deliver(&mut self, id: &str, body: &str, secret: &str) -> io::Result<(u16, String)> {
        self.deliver_event("issue_comment", id, body, secret)
    }

    pub(crate) fn deliver_event(
        &mut self,
        event: &str,
        id: &str,
        body: &str,
        secret: &str,
    ) -> io::Result<(u16, String)> {
        let signature = signature(secret, body);
        self.ask(
            &format!(
                "POST /webhook HTTP/1.1\r\ncontent-type: application/json\r\nx-github-event: {event}\r\n\
                 x-github-delivery: {id}\r\nx-hub-signature-256: {signature}\r\n"
            ),
            body,
        )
    }
}

/// A server's process, which does not outlive a test that fails.
pub(crate) struct Mortal(pub(crate) Child);

impl Mortal {
    /// Asks it to end, and waits until it has.
    pub(crate) fn end(mut self) {
        let killed = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().expect("kill runs");
        assert!(killed.success() && self.0.wait().expect("ended").success());
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
