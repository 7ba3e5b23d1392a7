//! Where the story is played: the fork, its forge, the people there, and the time, which passes from scene to scene and is no clock's.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::document::cannot_write;
use super::super::invocation::context;
use super::super::term::{bold, faint};
use super::super::{Failure, Invocation};
use crate::config::Config;
use crate::demo::{self, Demo, People};
use crate::files::reason;
use crate::forge::Issues;
use crate::forge::folder::Folder;
use crate::pipeline::{self, Context, RunReport, Session};
use engine::commit::When;

/// When the first run is, in minutes after the story began, and how long it is from one thing to the next.
const FIRST_RUN: i64 = 3000 * 60;
const STEP: i64 = 15;

pub(super) struct Stage<'c> {
    pub(super) call: &'c Invocation,
    pub(super) folder: &'c Path,
    pub(super) demo: &'c Demo,
    pub(super) people: People<'c>,
    minutes: i64,
}

/// A run, and the configuration it was made with.
pub(super) struct Run {
    pub(super) report: RunReport,
    pub(super) config: Config,
}

impl<'c> Stage<'c> {
    pub(super) fn new(call: &'c Invocation, folder: &'c Path, demo: &'c Demo) -> Result<Self, Failure> {
        Ok(Self { call, folder, demo, people: People::arrive(demo)?, minutes: FIRST_RUN })
    }

    /// Some time passes.
    pub(super) fn later(&mut self) -> When {
        self.minutes += STEP;
        demo::at(self.minutes)
    }

    /// What `uptake` works on in the fork's clone, some time later. The maintainer sits there.
    pub(super) fn context(&mut self) -> Result<Context, Failure> {
        let when = self.later();
        let now = Timestamp::from_second(when.seconds).unwrap_or_default();
        let context = context(self.demo.fork.clone(), false, true)?;
        Ok(Context { now, person: Some(demo::fern(when)), ..context })
    }

    /// What `uptake run` does; then the runners with a GPU answer what it asked of them.
    pub(super) fn run(&mut self) -> Result<Run, Failure> {
        let context = self.context()?;
        let mut bars = self.call.bars();
        let session = Session::open(&context, &mut bars)?;
        let report = pipeline::run(&session, &mut self.forge(), &mut bars)?;
        let when = self.later();
        demo::answer(self.demo, when)?;
        Ok(Run { report, config: session.config })
    }

    /// The maintainer writes a comment.
    pub(super) fn comment(&mut self, on: u64, text: &str) -> Result<(), Failure> {
        let when = self.later();
        Ok(self.people.comment(on, text, when)?)
    }

    /// What the program answered in a pull request, comment by comment.
    pub(super) fn answers(&self, number: u64) -> Result<Vec<String>, Failure> {
        let mut answers = Vec::new();
        for comments in self.forge().comments(&[number])? {
            answers.extend(comments?.into_iter().filter(|comment| comment.bot).map(|comment| comment.body));
        }
        Ok(answers)
    }

    pub(super) fn forge(&self) -> Folder {
        Folder::new(&self.demo.forge)
    }

    /// A file of the forge, for what it says.
    pub(super) fn page(&self, kind: &str, number: u64) -> Result<String, Failure> {
        let path = self.demo.forge.join(kind).join(format!("{number}.md"));
        fs::read_to_string(&path).map_err(|error| cannot_read(&path, &error))
    }

    /// Keeps what people read on the forge as it is now, since it changes with each scene.
    pub(super) fn keep(&self, scene: &str) -> Result<(), Failure> {
        let to = self.folder.join("scenes").join(scene);
        fs::create_dir_all(&to).map_err(|error| cannot_write(&to, &error))?;
        for (kind, name) in [("pulls", "pull-request"), ("issues", "dashboard")] {
            let from = self.demo.forge.join(kind);
            for entry in fs::read_dir(&from).map_err(|error| cannot_read(&from, &error))? {
                let page: PathBuf = entry.map_err(|error| cannot_read(&from, &error))?.path();
                let number = page.file_stem().unwrap_or_default().display().to_string();
                if page.extension().is_some_and(|extension| extension == "md") {
                    let copy = to.join(format!("{name}-{number}.md"));
                    fs::copy(&page, &copy).map_err(|error| cannot_write(&copy, &error))?;
                }
            }
        }
        Ok(())
    }
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("cannot read {}: {}", path.display(), reason(error)))
}

/// The heading of a scene.
pub(super) fn heading(number: usize, what: &str) -> String {
    format!("{} {}\n", bold(&format!("== {number}.")), bold(what))
}

/// What a person types at a terminal.
pub(super) fn typed(command: &str) -> String {
    format!("  {} {}\n", faint("$"), bold(command))
}

/// What a person writes in a pull request.
pub(super) fn said(on: u64, text: &str) -> String {
    format!("  {} {}\n", faint(&format!("Fern, in #{on}:")), bold(text))
}

/// A text on one line, without what only Markdown needs: marks, and where links lead.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = markdown.replace(['\u{200b}', '`'], "").replace("**", "");
    while let Some(at) = text.find("](http") {
        let end = text[at..].find(')').map_or(text.len(), |end| at + end + 1);
        text.replace_range(at..end, "");
        if let Some(begin) = text[..at].rfind('[') {
            text.remove(begin);
        }
    }
    text
}
