//! `uptake serve`: the ordinary run for each webhook of a GitHub App, for those who host it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::document::cannot_write;
use super::github::redelivered;
use super::guest::{Guest, refresh_guest};
use super::invocation::{Invocation, context};
use super::publish::Target;
use super::run_once::{RunMode, run_once};
use super::secrets::{MARK, to_hand_on, variable};
use super::{DONE, Failure, publish, say};
use crate::config::CONFIG_PATH;
use crate::forge::github::RepoName;
use crate::moment::Moment;
use crate::pipeline::{RunEnd, read_config};
use crate::programs::{ChildLimits, child, end_with_parent};
use crate::serve::{Batch, EVENTS, LogLevel, LogRecord, Secret, Server, ServerConfig, Work, WorkError, deliveries};
use crate::text::{count, visible};
use engine::Repo;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8711", value_parser = address)]
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
    /// How many runs may be under way at once, each in another fork; the last place is for forks whose runs end well
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    parallel: usize,
    /// How many seconds a run may take before it is ended; after three such the fork's deliveries are set aside
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    run_seconds: u64,
    /// How many MiB of memory a run, and each git that it starts, may have
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    run_memory: u64,
    /// How many MiB a fork's clone may take, with what is fetched into it from upstream
    #[arg(long, value_name = "MIB", default_value_t = 8192)]
    clone_size: u64,
    /// Where the metrics are (Prometheus), for nobody outside; with port 0 any that is free, and `none` for no metrics
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8712", value_parser = metrics)]
    metrics: MetricsAt,
    /// Let the forks' configurations start programs here (lock files), and fetch their upstreams with UPTAKE_UPSTREAM_TOKEN: only
    /// where all of them are yours
    #[arg(long)]
    trust: bool,
    /// How many minutes lie between two looks at each fork that has a clone here, since upstream sends no webhook; 0: none is looked at
    #[arg(long, value_name = "MINUTES", default_value_t = 180)]
    every: u64,
    /// How the log is written, to standard error: for people, or as JSON, an object on each line. RUST_LOG says how much: error, warn, info
    /// or debug
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log: LogFormat,
    /// How many seconds a stop waits for the runs under way
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    grace: u64,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Where the metrics are, if anywhere.
#[derive(Debug, Clone, Copy)]
struct MetricsAt(Option<SocketAddr>);

fn metrics(text: &str) -> Result<MetricsAt, String> {
    match text {
        "none" => Ok(MetricsAt(None)),
        at => address(at).map(|at| MetricsAt(Some(at))).map_err(|why| format!("{why}, or none")),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write ADDRESS:PORT, such as 127.0.0.1:8711".into())
}

/// One run for one fork, in a process of its own: what `uptake serve` starts.
#[derive(Debug, Args)]
pub(super) struct ServeOneArgs {
    /// The folder of the clones
    #[arg(long, value_name = "DIR")]
    clones: PathBuf,
    /// Where branches and pull requests go
    #[arg(long, value_name = "FORGE", value_parser = publish::forge)]
    forge: Target,
    /// Whether the fork's configuration is trusted
    #[arg(long)]
    trust: bool,
    /// How many MiB the clone may take
    #[arg(long, value_name = "MIB")]
    clone_size: u64,
    /// Run only where one of these logins may do more in the fork than look
    #[arg(long, value_name = "LOGIN")]
    asks: Vec<String>,
    /// The fork, OWNER/NAME
    #[arg(value_name = "FORK")]
    fork: RepoName,
}

/// The ordinary run in the clone of the fork that deliveries are of. Whatever that fork has in it, a process that takes too long, takes too
/// much or ends in a fault takes nothing of the server with it.
struct Runs {
    clones: PathBuf,
    /// What each run is called with, but for its fork.
    arguments: Vec<OsString>,
    limits: ChildLimits,
    colour: super::Colour,
    format: LogFormat,
    /// The least that is written.
    level: Option<LogLevel>,
    /// Whether GitHub can be asked for what did not arrive: as the App, whose webhook it is.
    redelivers: bool,
}

impl Work for Runs {
    fn run(&self, batch: &Batch) -> Result<String, WorkError> {
        let last = batch.deliveries.last();
        let named = last.map_or(batch.repository.as_str(), |delivery| delivery.name.as_str());
        let mut arguments = self.arguments.clone();
        arguments.extend(batch.asks().into_iter().flat_map(|login| ["--asks".into(), login.into()]));
        arguments.push(named.into());
        let did = child(&arguments, &to_hand_on(), MARK, self.limits);
        let did = did.map_err(|error| WorkError::Failed(error.into()))?;
        Ok(format!("{}: {}", last.map_or("", |delivery| delivery.because.as_str()), visible(&did)))
    }

    fn log(&self, record: &LogRecord) {
        if self.level.is_none_or(|least| record.level > least) {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "a log says when something was")]
        let now = Moment::to_second(jiff::Timestamp::now());
        let line = match self.format {
            LogFormat::Text => record.text(now),
            LogFormat::Json => record.json(now),
        };
        say(&line, self.colour);
    }

    fn redeliver(&self, known: &dyn Fn(&str) -> bool) -> Result<usize, WorkError> {
        if !self.redelivers {
            return Ok(0);
        }
        let wanted = |event: &str, id: &str| EVENTS.contains(&event) && !known(id);
        redelivered(&wanted).map_err(|error| WorkError::Failed(error.line().into()))
    }

    fn known(&self) -> Vec<String> {
        let inside = |folder: &std::path::Path| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut names: Vec<String> = entries
                .filter(|entry| entry.path().is_dir())
                .filter_map(|entry| entry.file_name().into_string().ok())
                .filter(|name| !name.starts_with('.'))
                .collect();
            names.sort();
            names
        };
        let of = |owner: String| {
            let names = inside(&self.clones.join(&owner)).into_iter();
            names.map(|name| format!("{owner}/{name}")).collect::<Vec<_>>()
        };
        inside(&self.clones).into_iter().flat_map(of).collect()
    }
}

/// What was done for one fork, as the line that its server logs.
pub(super) fn serve_one(call: &Invocation, args: &ServeOneArgs) -> Result<u8, Failure> {
    end_with_parent();
    let folder = args.fork.to_string().to_ascii_lowercase();
    // Offline, and with a forge on disk, clones are as somebody put them there.
    let offline = call.context.offline;
    let ours = args.forge == Target::GitHub && !offline;
    let run = Invocation {
        context: context(args.clones.join(&folder), offline, args.trust || !ours)?,
        guest: ours.then(|| Guest {
            fork: args.fork.clone(),
            trusted: args.trust,
            most: Some(args.clone_size.saturating_mul(1 << 20)),
        }),
        quiet: true,
        colour: call.colour,
    };
    let target = match &args.forge {
        Target::GitHub => Target::GitHub,
        Target::Folder(forge) => {
            let folder = forge.join(&folder);
            std::fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
            Target::Folder(folder)
        }
    };
    if !args.asks.is_empty() && !publish::may_ask(&run, &target, args.fork.clone(), &args.asks)? {
        call.print("nothing to do, for nobody asked who may\n")?;
        return Ok(DONE);
    }
    refresh_guest(&run, &target)?;
    if read_config(&Repo::open(&run.context.repo)?, &run.context.config)?.is_none() {
        call.print(&format!("nothing to do, for it has no {CONFIG_PATH}\n"))?;
        return Ok(DONE);
    }
    let (_, end) = run_once(&run, &target, RunMode::Rest)?;
    call.print(&match end {
        RunEnd::Rested(rested) if rested.done.is_empty() => "nothing is new\n".to_owned(),
        RunEnd::Rested(rested) => format!("{} for tests\n", count(rested.done.len(), "change")),
        RunEnd::Done(report) => match report.changes.changes.len() {
            0 => "nothing to change\n".to_owned(),
            changed => format!("{}\n", count(changed, "change")),
        },
    })?;
    Ok(DONE)
}

/// What each run is called with.
fn arguments(call: &Invocation, args: &ServeArgs) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec!["--color".into(), "never".into()];
    if call.context.offline {
        arguments.push("--offline".into());
    }
    arguments.extend(["serve-one".into(), "--clones".into(), args.clones.clone().into_os_string()]);
    let mut forge = OsString::from("github");
    if let Target::Folder(folder) = &args.forge {
        forge = "folder:".into();
        forge.push(folder);
    }
    arguments.extend(["--forge".into(), forge]);
    if args.trust {
        arguments.push("--trust".into());
    }
    arguments.extend(["--clone-size".into(), args.clone_size.to_string().into()]);
    arguments
}

pub(super) fn serve(call: &Invocation, args: &ServeArgs) -> Result<u8, Failure> {
    // A secret does not belong among arguments, which every user sees.
    let secret = variable("UPTAKE_WEBHOOK_SECRET").and_then(|text| Secret::new(&text));
    let Some(secret) = secret else {
        let hint = "it holds the secret that the App's webhook is set up with; without one anybody could start runs"
            .to_owned();
        return Err(Failure::wrong("UPTAKE_WEBHOOK_SECRET is not set".into(), Some(hint)));
    };
    std::fs::create_dir_all(&args.clones).map_err(|error| cannot_write(&args.clones, &error))?;
    let config = ServerConfig {
        listen: args.listen,
        metrics: args.metrics.0,
        secret,
        state: args.state.clone(),
        capacity: args.capacity,
        parallel: args.parallel,
        grace: Duration::from_secs(args.grace),
        redeliver: Duration::from_secs(3600),
        every: (args.every > 0).then(|| Duration::from_secs(args.every.saturating_mul(60))),
        rest: Duration::from_secs(60),
    };
    let limits = ChildLimits { time: Duration::from_secs(args.run_seconds), memory: args.run_memory << 20 };
    let ours = args.forge == Target::GitHub && !call.context.offline;
    let work = Arc::new(Runs {
        clones: args.clones.clone(),
        arguments: arguments(call, args),
        limits,
        colour: call.colour,
        format: args.log,
        level: variable("RUST_LOG").map_or(Some(LogLevel::Info), |text| LogLevel::of_variable(&text)),
        redelivers: ours && variable("UPTAKE_APP_ID").is_some(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let waiting = runtime.block_on(async {
        let stop = stopped().map_err(|error| Failure::failed(format!("cannot hear signals: {error}")))?;
        let bound = Server::bind(config, work).await;
        let server = bound.map_err(|error| Failure::failed(format!("cannot serve at {}: {error}", args.listen)))?;
        let address = server.address().map_err(|error| Failure::failed(error.to_string()))?;
        let metrics =
            server.metrics_address().map(|at| format!(" Metrics are at http://{at}/metrics.")).unwrap_or_default();
        call.remark(&format!("Listening on http://{address}/webhook.{metrics} SIGTERM or Ctrl-C ends it."));
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
