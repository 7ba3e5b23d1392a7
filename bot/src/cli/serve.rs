//! `uptake serve`: the ordinary run for each webhook of a GitHub App, for those who host it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::document::cannot_write;
use super::guest::{Guest, refresh_guest};
use super::invocation::{Invocation, context};
use super::publish::Target;
use super::run_once::run_once;
use super::{DONE, Failure, publish, say};
use crate::config::CONFIG_PATH;
use crate::forge::github::{BadName, RepoName};
use crate::pipeline::read_config;
use crate::serve::{Batch, Secret, Server, ServerConfig, Work, WorkError, deliveries};
use crate::text::count;
use engine::Repo;

#[derive(Debug, Args)]
#[command(after_help = "\
The webhook's secret is taken from UPTAKE_WEBHOOK_SECRET, the App's id and key from UPTAKE_APP_ID and UPTAKE_APP_KEY or
UPTAKE_APP_KEY_FILE. Point the App's webhook at /webhook, content type application/json; /healthz and /metrics (Prometheus) are
beside it. Put a proxy before it that speaks TLS. SIGTERM or Ctrl-C ends it: what was written down is taken up at the next start.
A fork is cloned when its first webhook comes, and fetched before each run.")]
pub(super) struct ServeArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8711")]
    listen: SocketAddr,
    /// The folder where deliveries are written down until they are handled
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// The folder of the clones, OWNER/NAME in lower case for each fork; it may begin empty
    #[arg(long, value_name = "DIR")]
    clones: PathBuf,
    /// Where branches and pull requests go: github, or folder:DIR, with a folder OWNER/NAME in it for each fork
    #[arg(long, value_name = "FORGE", value_parser = publish::forge, default_value = "github")]
    forge: Target,
    /// How many deliveries may wait; further ones are turned away
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    capacity: usize,
    /// How many runs may be under way at once, each in another fork
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    parallel: usize,
    /// Let the forks' configurations start programs here (lock files), and fetch their upstreams with UPTAKE_UPSTREAM_TOKEN: only
    /// where all of them are yours
    #[arg(long)]
    trust: bool,
    /// How many seconds a stop waits for the runs under way
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    grace: u64,
}

/// The ordinary run in the clone of the fork that deliveries are of.
struct Runs {
    clones: PathBuf,
    forge: Target,
    offline: bool,
    trust: bool,
    colour: super::Colour,
}

impl Work for Runs {
    fn run(&self, batch: &Batch) -> Result<String, WorkError> {
        let did = self.work(batch).map_err(|failure| WorkError::Failed(failure.into()))?;
        let because = batch.deliveries.last().map_or("", |delivery| delivery.because.as_str());
        Ok(format!("{because}: {did}"))
    }

    fn log(&self, line: &str) {
        say(line, self.colour);
    }
}

impl Runs {
    /// What was done, for the log.
    fn work(&self, batch: &Batch) -> Result<String, Failure> {
        let named = batch.deliveries.last().map_or(batch.repository.as_str(), |delivery| delivery.name.as_str());
        let fork: RepoName = named.parse().map_err(|error: BadName| Failure::failed(error.to_string()))?;
        // Offline, and with a forge on disk, clones are as somebody put them there.
        let ours = self.forge == Target::GitHub && !self.offline;
        let call = Invocation {
            context: context(self.clones.join(&batch.repository), self.offline, self.trust || !ours),
            guest: ours.then_some(Guest { fork, trusted: self.trust }),
            quiet: true,
            colour: self.colour,
        };
        let target = match &self.forge {
            Target::GitHub => Target::GitHub,
            Target::Folder(folder) => {
                let folder = folder.join(&batch.repository);
                std::fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
                Target::Folder(folder)
            }
        };
        refresh_guest(&call, &target)?;
        if read_config(&Repo::open(&call.context.repo)?, &call.context.config)?.is_none() {
            return Ok(format!("nothing to do, for it has no {CONFIG_PATH}"));
        }
        let (_, report) = run_once(&call, &target, false)?;
        Ok(match report.changes.changes.len() {
            0 => "nothing to change".to_owned(),
            changed => count(changed, "change"),
        })
    }
}

pub(super) fn serve(call: &Invocation, args: &ServeArgs) -> Result<u8, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "an entry; a secret does not belong among arguments, which every user sees"
    )]
    let secret = std::env::var("UPTAKE_WEBHOOK_SECRET").ok().and_then(|text| Secret::new(text.trim()));
    let Some(secret) = secret else {
        let hint = "it holds the secret that the App's webhook is set up with; without one anybody could start runs"
            .to_owned();
        return Err(Failure::wrong("UPTAKE_WEBHOOK_SECRET is not set".into(), Some(hint)));
    };
    std::fs::create_dir_all(&args.clones).map_err(|error| cannot_write(&args.clones, &error))?;
    let config = ServerConfig {
        listen: args.listen,
        secret,
        state: args.state.clone(),
        capacity: args.capacity,
        parallel: args.parallel,
        grace: Duration::from_secs(args.grace),
        rest: Duration::from_secs(60),
    };
    let (clones, forge) = (args.clones.clone(), args.forge.clone());
    let (offline, trust, colour) = (call.context.offline, args.trust, call.colour);
    let work = Arc::new(Runs { clones, forge, offline, trust, colour });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let waiting = runtime.block_on(async {
        let stop = stopped().map_err(|error| Failure::failed(format!("cannot hear signals: {error}")))?;
        let bound = Server::bind(config, work).await;
        let server = bound.map_err(|error| Failure::failed(format!("cannot serve at {}: {error}", args.listen)))?;
        let address = server.address().map_err(|error| Failure::failed(error.to_string()))?;
        call.remark(&format!("Listening on http://{address}/webhook. SIGTERM or Ctrl-C ends it."));
        Ok::<usize, Failure>(server.serve(stop).await)
    })?;
    call.remark(&match waiting {
        0 => "Stopped; nothing waits.".to_owned(),
        some => format!("Stopped; waiting for the next start: {}.", deliveries(some)),
    });
    // A run that was not over in time must not hold the end up: the next start does it again.
    runtime.shutdown_background();
    Ok(DONE)
}

/// Is there when the program is asked to end.
#[cfg(unix)]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Is there when the program is asked to end.
#[cfg(not(unix))]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _either_way = tokio::signal::ctrl_c().await;
    })
}
