//! The terminal: what is printed, in colour where somebody looks, and progress where it helps.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use crate::risk::Level;
use engine::progress::Progress;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    fn choice(self) -> anstream::ColorChoice {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }

    /// Whether what goes to standard error is coloured.
    #[must_use]
    pub(crate) fn on_stderr(self) -> bool {
        match self {
            Self::Auto => anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Prints a whole text to standard output; escape codes are dropped where nobody would see colour.
///
/// # Errors
/// Standard output is closed or full. A reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str, colour: Colour) -> io::Result<()> {
    let mut out = anstream::AutoStream::new(io::stdout().lock(), colour.choice());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Prints a value as JSON to standard output, without making a text of it first: of a long range that is a large one.
///
/// # Errors
/// As those of [`print()`], or the value cannot be written as JSON.
pub(crate) fn print_json(value: &impl serde::Serialize) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
    match written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Says something on the side: on standard error, so that output stays fit for a pipe.
pub(crate) fn say(text: &str, colour: Colour) {
    let mut out = anstream::AutoStream::new(io::stderr().lock(), colour.choice());
    // When even standard error is gone there is nobody left to tell.
    let _gone = writeln!(out, "{text}");
}

/// Text in a style.
#[must_use]
pub(crate) fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// A heading.
#[must_use]
pub(crate) fn bold(text: &str) -> String {
    styled(text, Style::new().bold())
}

/// Something secondary.
#[must_use]
pub(crate) fn faint(text: &str) -> String {
    styled(text, Style::new().dimmed())
}

/// The colour of good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// The colour of what waits.
pub(crate) const WAIT: Style = AnsiColor::Yellow.on_default();
/// The colour of bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// The colour of a risk.
#[must_use]
pub(crate) const fn risk(level: Level) -> Style {
    match level {
        Level::Low => Style::new(),
        Level::Medium => WAIT,
        Level::High => BAD,
        Level::Critical => BAD.bold(),
    }
}

/// Progress bars on a terminal, silence elsewhere.
pub(crate) struct Bars {
    bar: Option<ProgressBar>,
    shown: bool,
}

impl Bars {
    /// Bars, unless they are not wanted or nobody looks.
    #[must_use]
    pub(crate) fn new(quiet: bool) -> Self {
        Self { bar: None, shown: !quiet && io::stderr().is_terminal() }
    }
}

impl Progress for Bars {
    fn stage(&mut self, what: &str, steps: usize) {
        if !self.shown {
            return;
        }
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        let bar = ProgressBar::new(steps as u64);
        if let Ok(style) = ProgressStyle::with_template("{msg:36} {bar:30} {pos}/{len}  {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar.tick();
        self.bar = Some(bar);
    }

    fn step(&mut self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
            // What comes after the last stage prints lines of its own.
            if bar.length().is_some_and(|steps| bar.position() >= steps) {
                bar.finish_and_clear();
            }
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Columns that line up, the last one free; cells may hold styles, which take no room.
#[must_use]
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |cell: &str| anstream::adapter::strip_str(cell).to_string().chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from("  ");
        for (at, cell) in row.iter().enumerate() {
            line.push_str(cell);
            if at + 1 < row.len() {
                line.push_str(&" ".repeat(widths[at] - width(cell) + 2));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
