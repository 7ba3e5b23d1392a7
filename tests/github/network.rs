//! The way to GitHub: through a proxy or past it, under TLS, and what is packed on it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use uptake::forge::Issues;
use uptake::forge::github::Purpose;

use super::bench::{app, connect};
use super::server::Server;
use super::state::FORK;
use super::{hosted, http};
use crate::support::World;

/// A name that no resolver knows, now or ever. The certificate is of it, and of this machine's address.
const NAME: &str = "github.invalid";

/// The server under TLS: spoken to directly, or as a proxy that finds the server under any name.
struct Front {
    address: String,
    /// Whom a proxy was asked for.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Front {
    fn new(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (noted, behind) = (Arc::clone(&asked), server.address().to_owned());
        let certificate = CertificateDer::from_pem_file(certificate()).expect("a certificate");
        // Made for this test, and good for nothing else.
        let key = PrivatePkcs8KeyDer::from(include_bytes!("tls/key.der").as_slice());
        let config = ServerConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.into())
            .expect("a key");
        let config = Arc::new(config);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, noted, behind) = (Arc::clone(&config), Arc::clone(&noted), behind.clone());
                thread::spawn(move || serve(stream, config, &noted, &behind));
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("a list"))
    }
}

fn certificate() -> String {
    format!("{}/../tests/github/tls/certificate.pem", env!("CARGO_MANIFEST_DIR"))
}

/// Leads one connection to the server behind. TLS begins with a byte that no request does.
fn serve(stream: TcpStream, config: Arc<ServerConfig>, asked: &Mutex<Vec<String>>, behind: &str) {
    let mut first = [0];
    if stream.peek(&mut first).is_ok_and(|_| first != [0x16]) {
        let Ok(Some(request)) = http::read(&stream) else { return };
        asked.lock().expect("a list").push(request.name());
        if request.method != "CONNECT" {
            return;
        }
        (&stream).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").expect("written");
    }
    let mut client = StreamOwned::new(ServerConnection::new(config).expect("a connection"), stream);
    let mut request = Vec::new();
    while !is_whole(&request) {
        let mut part = [0; 4096];
        match client.read(&mut part) {
            Ok(length) if length > 0 => request.extend(&part[..length]),
            _ => return,
        }
    }
    let mut server = TcpStream::connect(behind).expect("connected");
    server.write_all(&request).expect("written");
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).expect("read");
    client.write_all(&answer).expect("written");
    client.conn.send_close_notify();
    let _gone = client.flush();
}

/// Whether a request has all its headers, and as much of a body as they say.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// What a doctor says of the fork, whose API is there.
fn doctor(world: &World, server: &Server, api: &str, environment: &[(&str, &str)]) -> String {
    let output = hosted::uptake(world, server)
        .args(["doctor", "--repo", "fork"])
        .env("GITHUB_API_URL", api)
        .env("GITHUB_REPOSITORY", FORK)
        .env("SSL_CERT_FILE", certificate())
        .envs(environment.iter().copied())
        .output()
        .expect("uptake runs");
    assert!(Path::new(&certificate()).exists());
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_server_that_only_the_proxy_can_find_is_reached_by_it() {
    let (world, server) = hosted::world("phases: []\n");
    let front = Front::new(&server);
    let proxy = format!("http://{}", front.address);
    let text = doctor(&world, &server, &format!("https://{NAME}/api"), &[("HTTPS_PROXY", &proxy)]);
    assert!(text.contains("pick-bot"), "{text}");
    let asked = front.asked();
    assert!(!asked.is_empty() && asked.iter().all(|name| *name == format!("CONNECT {NAME}:443")), "{asked:?}");
}

#[test]
fn what_needs_no_proxy_is_reached_without() {
    let (world, server) = hosted::world("phases: []\n");
    let front = Front::new(&server);
    let proxy = format!("http://{}", front.address);
    let api = format!("https://{}/api", front.address);
    let text = doctor(&world, &server, &api, &[("HTTPS_PROXY", &proxy)]);
    assert!(text.contains("pick-bot") && !front.asked().is_empty(), "{text}");
    let text = doctor(&world, &server, &api, &[("HTTPS_PROXY", &proxy), ("NO_PROXY", "other.invalid,127.0.0.1")]);
    assert!(text.contains("pick-bot"), "{text}");
    assert_eq!(front.asked(), [""; 0]);
    // What is not encrypted, and so is on this machine, is shown to no proxy.
    let text = doctor(&world, &server, &server.api(), &[("HTTP_PROXY", &proxy), ("ALL_PROXY", &proxy)]);
    assert!(text.contains("pick-bot"), "{text}");
    assert_eq!(front.asked(), [""; 0]);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let (world, server) = hosted::world("phases: []\n");
    let front = Front::new(&server);
    let nobody = world.folder().join("nobody.pem");
    std::fs::write(&nobody, "").expect("written");
    let nobody = nobody.display().to_string();
    let text = doctor(&world, &server, &format!("https://{}/api", front.address), &[("SSL_CERT_FILE", &nobody)]);
    assert!(text.contains("cannot tell whom to trust") && !text.contains("pick-bot"), "{text}");
    assert!(text.contains("name a file of them as SSL_CERT_FILE"), "{text}");
}

#[test]
fn what_is_long_comes_packed() {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_fork();
    let server = Server::new(world.folder());
    let long = "A long description ".repeat(5);
    server
        .state()
        .labels
        .push(serde_json::json!({ "name": "long", "color": "0e8a16", "description": long.trim_end() }));
    let github = connect(&server, &world.fork(), app(), Purpose::Read).github;
    let labels = github.labels().expect("read");
    assert!(labels.iter().any(|label| label.description == long.trim_end()), "{labels:?}");
    let log = server.log();
    let logged = log.iter().find(|logged| logged.request.path.ends_with("/labels")).expect("asked for");
    assert!(logged.packed && logged.request.header("accept-encoding") == Some("gzip"));
}
