//! `uptake fleet`: the forks that one scheduled workflow runs for, a job each.

use std::fmt::Write;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::github::all_installations;
use super::term::{WAIT, bold, styled};
use super::{DONE, Failure, Invocation};
use crate::config::{CONFIG_PATH, check_text};
use crate::forge::github::{FleetNotice, Installed};
use crate::text::{count, short};
use crate::yaml::text_of;

/// How many jobs GitHub starts from one matrix at most.
const JOBS: usize = 256;

#[derive(Debug, Args)]
pub(super) struct FleetArgs {
    /// All forks that have a configuration, whether or not it says `fleet: true`
    #[arg(long)]
    all: bool,
    /// Only the Nth of M parts, for more forks than one matrix holds (256)
    #[arg(long, value_name = "N/M")]
    part: Option<FleetPart>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = FleetFormat::Text)]
    format: FleetFormat,
}

/// How a fleet is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FleetFormat {
    /// For a terminal
    Text,
    /// For the matrix of a workflow, on one line: {"include":[{"fork":"OWNER/NAME"}]}
    Json,
}

/// The `number`th of `of` parts, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FleetPart {
    number: usize,
    of: usize,
}

impl FromStr for FleetPart {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match read {
            Some((number, of)) if number >= 1 && number <= of => Ok(Self { number, of }),
            _ => Err("a part is written N/M, such as 1/2 and 2/2"),
        }
    }
}

pub(super) fn fleet(call: &Invocation, args: &FleetArgs) -> Result<u8, Failure> {
    let found = all_installations(call, CONFIG_PATH)?;
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    for installed in &found.repositories {
        match why_not(installed, args.all) {
            None => taken.push(installed.repository.to_string()),
            // The log of a workflow may be public.
            Some(why) if installed.private && args.format == FleetFormat::Json => {
                left.push(format!("a private repository: {why}"));
            }
            Some(why) => left.push(format!("{}: {why}", installed.repository)),
        }
    }
    let notices: Vec<&str> = found.notices.iter().map(|notice| said(notice, args.format)).collect();
    let whole = taken.len();
    if let Some(FleetPart { number, of }) = args.part {
        taken = taken.into_iter().skip(number - 1).step_by(of).collect();
    }
    if taken.len() > JOBS {
        let message = format!("{}, and GitHub starts {JOBS} jobs from one matrix at most", count(taken.len(), "fork"));
        let parts = whole.div_ceil(JOBS);
        let hint = format!("a workflow for each part of them: --part 1/{parts} to --part {parts}/{parts}");
        return Err(Failure::wrong(message, Some(hint)));
    }
    match args.format {
        FleetFormat::Json => {
            let include: Vec<_> = taken.iter().map(|fork| json!({ "fork": fork })).collect();
            call.print(&format!("{}\n", json!({ "include": include })))?;
            for line in left.iter().map(String::as_str).chain(notices) {
                call.remark(&short(line, 300));
            }
        }
        FleetFormat::Text => {
            let of = match found.repositories.len() {
                1 => "the 1 repository".to_owned(),
                number => format!("{number} repositories"),
            };
            let head = format!("{} to run for, of {of} the App is installed on", count(taken.len(), "fork"));
            let mut text = format!("{}\n", bold(&head));
            for fork in &taken {
                let _ = writeln!(text, "  {fork}");
            }
            for line in &left {
                let _ = writeln!(text, "  {} {}", styled("left out:", WAIT), short(line, 300));
            }
            for line in notices {
                let _ = writeln!(text, "  {} {}", styled("note:", WAIT), short(line, 300));
            }
            call.print(&text)?;
        }
    }
    Ok(DONE)
}

/// What could not be looked at; of a private repository no more than that, where others may read it.
fn said(notice: &FleetNotice, format: FleetFormat) -> &str {
    match (&notice.private, format) {
        (Some(_), FleetFormat::Json) => {
            "a private repository could not be looked at; `uptake fleet` on a terminal says why"
        }
        _ => &notice.text,
    }
}

/// Why a repository is not run for; `None`: it is.
fn why_not(installed: &Installed, all: bool) -> Option<String> {
    let Some(bytes) = &installed.file else { return Some(format!("it has no {CONFIG_PATH}")) };
    if all {
        return None;
    }
    match text_of(bytes, CONFIG_PATH).and_then(|text| check_text(text, CONFIG_PATH)) {
        Ok(raw) if raw.fleet => None,
        Ok(_) => Some("its configuration does not say `fleet: true`".to_owned()),
        Err(problems) => {
            let first = problems.to_string();
            Some(format!("its configuration is not right: {}", first.lines().next().unwrap_or_default()))
        }
    }
}
