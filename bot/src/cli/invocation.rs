//! One call of the program: what it works on, for whom, and where it prints.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::term::{BAD, print_json, styled};
use super::{Bars, Colour, Failure, GlobalArgs, Guest, github, print, reader, say};
use crate::action::harmless;
use crate::pick::runner::{CommandRunner, NoCommands};
use crate::pipeline::{ConfigFrom, Context, Session};
use crate::programs::{KeepingRunner, SystemRunner};
use crate::survey::Survey;
use crate::view::note::warning::warnings;

pub(super) struct Invocation {
    pub(super) context: Context,
    /// The fork, where somebody else hosts its runs.
    pub(super) guest: Option<Guest>,
    pub(super) quiet: bool,
    pub(super) colour: Colour,
}

impl Invocation {
    /// As the command line says.
    ///
    /// # Errors
    /// The file of a key cannot be read.
    pub(super) fn new(global: GlobalArgs, guest: Option<Guest>) -> Result<Self, Failure> {
        let GlobalArgs { repo, config, offline, quiet, color: colour } = global;
        let repo = repo.unwrap_or_else(|| engine::enclosing(Path::new(".")));
        let config = config.map_or(ConfigFrom::Fork, ConfigFrom::File);
        let trusted = guest.as_ref().is_none_or(|guest| guest.trusted);
        let context = Context { config, ..context(repo, offline, trusted)? };
        Ok(Self { context, guest, quiet, colour })
    }

    pub(super) fn session(&self, bars: &mut Bars) -> Result<Session, Failure> {
        Ok(Session::open(&self.context, bars)?)
    }

    pub(super) fn bars(&self) -> Bars {
        Bars::new(self.quiet)
    }

    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        Ok(print(text, self.colour)?)
    }

    pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
        Ok(print_json(value)?)
    }

    /// Says on the side what makes a survey less than it seems. It is said to those too who want no remarks.
    pub(super) fn warn(&self, survey: &Survey) {
        for said in warnings(survey, reader()) {
            self.say_warning(&said);
        }
    }

    /// Says one warning on the side.
    pub(super) fn say_warning(&self, said: &str) {
        say(&harmless(&format!("{} {said}", styled("warning:", BAD))), self.colour);
    }

    pub(super) fn remark(&self, text: &str) {
        if !self.quiet {
            say(text, self.colour);
        }
    }
}

/// A clone of a fork to run for. What it is `trusted` with: that its configuration starts programs here, and that its upstream is
/// fetched with our token, and its commits signed with our key.
///
/// # Errors
/// The file of a key cannot be read.
pub(super) fn context(repo: PathBuf, offline: bool, trusted: bool) -> Result<Context, Failure> {
    let upstream_token = if trusted { github::upstream_token() } else { None };
    let signing_key = if trusted { github::signing_key()? } else { None };
    let runner: Rc<dyn CommandRunner> =
        if trusted { kept(&repo, SystemRunner { offline, ..programs() }) } else { Rc::new(NoCommands) };
    let plain = Context::new(repo);
    let server = github::server().unwrap_or_else(|| plain.server.clone());
    Ok(Context { offline, upstream_token, signing_key, guest: !trusted, server, runner, ..plain })
}

/// The programs, with what they answered kept in the clone's git folder.
fn kept(repo: &Path, runner: SystemRunner) -> Rc<dyn CommandRunner> {
    let repo = repo.to_path_buf();
    let folder = move || engine::Repo::open(&repo).ok().map(|repo| repo.common_dir().join("uptake/formatted"));
    Rc::new(KeepingRunner::new(runner, folder))
}

/// What may be started, where this program was.
fn programs() -> SystemRunner {
    #[expect(clippy::disallowed_methods, reason = "an entry: where programs are is a fact of the machine")]
    SystemRunner::from_environment(&|name| std::env::var_os(name))
}
