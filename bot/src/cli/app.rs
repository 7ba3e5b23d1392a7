//! `uptake app`: registering the GitHub App, with exactly what a run needs.

use std::future::{pending, ready};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use hyper::body::Incoming;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::document::cannot_write;
use super::github::{api, server_or_usual};
use super::term::{bold, table};
use super::{DONE, Failure, Invocation};
use crate::files;
use crate::serve::{HttpResponse, listen};
use crate::setup::{App, NAME_LIMIT, code_in};

const PLAIN: &str = "text/plain; charset=utf-8";

#[derive(Debug, Args)]
pub(super) struct AppArgs {
    /// The fork on GitHub: OWNER/NAME
    #[arg(value_name = "FORK", value_parser = fork)]
    fork: String,
    /// The fork's owner is an organisation
    #[arg(long)]
    organization: bool,
    /// What the App is called; no two on GitHub have one name [default: uptake-OWNER]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// Ask to push changes to .github/workflows too, for commits that a person let in with /pick
    #[arg(long)]
    workflows: bool,
    /// Where `uptake serve` is reached from outside, ending in /webhook: GitHub tells it of comments, issues, pushes and workflow runs
    #[arg(long, value_name = "URL", value_parser = webhook)]
    webhook: Option<String>,
    /// Write the page that registers it, to open in a browser
    #[arg(long, value_name = "FILE", conflicts_with = "serve")]
    page: Option<PathBuf>,
    /// Show that page on this machine alone, wait for GitHub's answer, and say what to do with it
    #[arg(long)]
    serve: bool,
    /// The port for it [default: any that is free]
    #[arg(long, value_name = "PORT", requires = "serve", default_value_t = 0)]
    port: u16,
}

fn fork(text: &str) -> Result<String, String> {
    let plain = |part: &str| {
        !part.is_empty() && part.len() <= 100 && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    match text.split_once('/') {
        Some((owner, name)) if plain(owner) && plain(name) => Ok(text.to_owned()),
        _ => Err("write it as OWNER/NAME, as in the address of its page".into()),
    }
}

fn name(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    match text.trim() {
        "" => Err("a name has letters".into()),
        _ if length > NAME_LIMIT => Err(format!("GitHub takes {NAME_LIMIT} characters, these are {length}")),
        trimmed => Ok(trimmed.to_owned()),
    }
}

fn webhook(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    match text.strip_prefix("https://") {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain) => Ok(text.to_owned()),
        _ => Err("an address begins with https://, and has neither a user nor a query".into()),
    }
}

pub(super) fn app(call: &Invocation, args: &AppArgs) -> Result<u8, Failure> {
    let named = App::of(&args.fork);
    let app = App {
        organization: args.organization,
        name: args.name.clone().unwrap_or_else(|| named.name.clone()),
        workflows: args.workflows,
        webhook: args.webhook.clone(),
        server: server_or_usual(),
        ..named
    };
    if args.serve {
        return serve(call, app, args.port);
    }
    if let Some(path) = &args.page {
        files::write(path, app.page(&state()).as_bytes()).map_err(|error| cannot_write(path, &error))?;
        call.print(&format!(
            "{} holds the page: open it in a browser and press its button. GitHub then shows the App: generate a private key\n\
             there, note its client id, and install it on this one repository.\n",
            path.display()
        ))?;
        return Ok(DONE);
    }
    call.print(&describe(&app))?;
    Ok(DONE)
}

/// Shows the page to this machine's browser until GitHub has answered.
fn serve(call: &Invocation, app: App, port: u16) -> Result<u8, Failure> {
    let failed = |error: io::Error| Failure::failed(format!("cannot listen on 127.0.0.1:{port}: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let host = listener.local_addr().map_err(failed)?.to_string();
        let app = App { redirect: Some(format!("http://{host}/registered")), ..app };
        call.print(&format!("Open http://{host}/ in a browser on this machine; Ctrl-C ends this.\n"))?;
        let page = Registration { app: app.clone(), state: state(), host };
        if let Some(code) = page.code(listener, pending()).await {
            call.print(&registered(&app, &code))?;
        }
        Ok(DONE)
    })
}

/// The page that registers the App, for the browser of this machine alone.
struct Registration {
    app: App,
    state: String,
    host: String,
}

impl Registration {
    /// Shows the page until GitHub's answer to it brings a code, or until `stop`.
    async fn code(self, listener: TcpListener, stop: impl Future<Output = ()>) -> Option<String> {
        let (found, mut codes) = mpsc::channel(1);
        let page = Arc::new(self);
        let respond = move |request: Request<Incoming>| {
            let (response, code) = page.respond(&request);
            if let Some(code) = code {
                // A browser may load it again: the first is as good.
                let _again = found.try_send(code);
            }
            ready(response)
        };
        let mut code = None;
        let until = async {
            tokio::select! {
                biased;
                found = codes.recv() => code = found,
                () = stop => {}
            }
        };
        // One that breaks off is no reason to stop listening.
        listen(listener, until, respond, |_| {}).await;
        code
    }

    /// The response to a request, and GitHub's code if the request brought one.
    fn respond(&self, request: &Request<Incoming>) -> (HttpResponse, Option<String>) {
        let asked_for = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        // A page elsewhere whose name was made to lead here must not read this one.
        let meant = request.method() == Method::GET && asked_for == Some(self.host.as_str());
        let path = if meant { request.uri().path() } else { "" };
        let code = match path {
            "/registered" => code_in(request.uri().query().unwrap_or_default(), &self.state),
            _ => None,
        };
        let (status, kind, body) = match (path, &code) {
            ("/", _) => (StatusCode::OK, "text/html; charset=utf-8", self.app.page(&self.state)),
            ("/registered", Some(_)) => {
                (StatusCode::OK, PLAIN, "Registered. The terminal says what is next.\n".to_owned())
            }
            ("/registered", None) => {
                (StatusCode::BAD_REQUEST, PLAIN, "This is not GitHub's answer to this page.\n".to_owned())
            }
            _ => (StatusCode::NOT_FOUND, PLAIN, "There is nothing here.\n".to_owned()),
        };
        let mut response = HttpResponse::new(body.into());
        *response.status_mut() = status;
        for (name, value) in [
            (CONTENT_TYPE, kind),
            (CACHE_CONTROL, "no-store"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (CONNECTION, "close"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        (response, code)
    }
}

/// A word nobody can guess: the keys of a hash map's hasher come from the system's source of chance.
fn state() -> String {
    let word = || RandomState::new().hash_one("state");
    format!("{:016x}{:016x}", word(), word())
}

fn describe(app: &App) -> String {
    let rows = app
        .permissions()
        .map(|permission| vec![permission.name.to_owned(), permission.level.to_owned(), permission.why.to_owned()]);
    let manifest = serde_json::to_string_pretty(&app.manifest()).unwrap_or_default();
    format!(
        "{}\n{}\n{}\n\n{}\n{manifest}\n\n{}",
        bold(&format!("The App {} for {}", app.name, app.fork)),
        table(&rows.collect::<Vec<_>>()),
        app.told_events(),
        bold("Its manifest"),
        next(app)
    )
}

fn next(app: &App) -> String {
    format!(
        "{}\n  uptake app {} --serve    registers it by a page in your browser\n  {}    registers it by hand\n",
        bold("Next"),
        app.fork,
        app.address("").trim_end_matches("?state=")
    )
}

/// What to do with GitHub's answer. The code is good once, for an hour, and is no secret after that.
fn registered(app: &App, code: &str) -> String {
    let (secret, held) = match app.webhook {
        Some(_) => ("   UPTAKE_WEBHOOK_SECRET   the webhook_secret, for `uptake serve`\n", ", `webhook_secret`"),
        None => ("", ""),
    };
    format!(
        "{}\n\n\
         1. Fetch its key, within the hour; this works once:\n\n   \
         curl -sS -X POST -H 'Accept: application/vnd.github+json' {}/app-manifests/{code}/conversions > app.json\n\n\
         2. app.json holds `client_id`, `pem` (the private key){held} and `html_url`. Keep the two as secrets of the fork\n   \
         (Settings, Secrets and variables, Actions), the key in an environment that only its own branch may use:\n\n   \
         UPTAKE_APP_ID    the client_id\n   UPTAKE_APP_KEY   the pem, all its lines\n{secret}\n\
         3. Delete app.json. Open html_url, Install App, and choose this one repository.\n",
        bold("The App is registered."),
        api()
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpStream};

    use super::*;

    /// What a browser gets, and the code that came with it.
    fn ask(request: &str) -> (String, Option<String>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("bound");
            let host = listener.local_addr().expect("an address").to_string();
            let mut browser = TcpStream::connect(&host).expect("connected");
            browser.write_all(request.replace("HOST", &host).as_bytes()).expect("written");
            if request.is_empty() {
                browser.shutdown(Shutdown::Write).expect("shut");
            }
            let (heard, done) = tokio::sync::oneshot::channel();
            let reading = std::thread::spawn(move || {
                let mut text = String::new();
                browser.read_to_string(&mut text).expect("read");
                heard.send(()).ok();
                text
            });
            let page = Registration { app: App::of("someone/fork"), state: "secret".into(), host };
            let code = page
                .code(listener, async {
                    let _either_way = done.await;
                })
                .await;
            (reading.join().expect("read"), code)
        })
    }

    #[test]
    fn the_page_is_shown_and_github_s_answer_is_taken() {
        let (page, code) = ask("GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("settings/apps/new?state=secret"), "{page}");
        assert_eq!(code, None);
        let (text, code) = ask("GET /registered?code=abc&state=secret HTTP/1.1\r\nHost: HOST\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert_eq!(code.as_deref(), Some("abc"));
    }

    #[test]
    fn nobody_else_is_answered() {
        for request in [
            "GET /registered?code=abc&state=guess HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GET /other HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "",
        ] {
            let (text, code) = ask(request);
            assert!(!text.starts_with("HTTP/1.1 200") && !text.contains("secret"), "{request:?}: {text}");
            assert_eq!(code, None);
        }
    }

    #[test]
    fn only_an_address_that_github_can_call_is_a_webhook() {
        assert_eq!(
            webhook("https://uptake.example.org:8443/webhook").as_deref(),
            Ok("https://uptake.example.org:8443/webhook")
        );
        for wrong in
            ["http://a.example/webhook", "https://", "https:///webhook", "https://me@a.example/", "https://a/?x", "a"]
        {
            assert!(webhook(wrong).is_err(), "{wrong}");
        }
        let app = App { webhook: Some("https://a.example/webhook".into()), ..App::of("someone/fork") };
        assert!(registered(&app, "c0de").contains("UPTAKE_WEBHOOK_SECRET   the webhook_secret"));
        assert!(!registered(&App::of("someone/fork"), "c0de").contains("webhook"));
    }

    #[test]
    fn a_state_is_never_the_same() {
        assert!(state().len() == 32 && state() != state());
    }
}
