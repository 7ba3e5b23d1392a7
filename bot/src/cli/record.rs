//! `uptake record`: how far upstream is in, and whether git may be told.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;

use super::term::{bold, faint, table};
use super::{DONE, Failure, Invocation, OutputFormat, WAITS, json};
use crate::pipeline::Inputs;
use crate::pipeline::decide::commit_named;
use crate::record::{Grounds, Record, Recorded, Refusal};
use crate::survey::Survey;
use crate::text::{count, short, visible};
use crate::view::note::words;
use engine::ids::CommitId;

/// More units and files than these are not listed on a terminal.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// Up to this upstream commit [default: as far as can be]
    #[arg(value_name = "SHA")]
    sha: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
}

pub(super) fn record(call: &Invocation, args: &RecordArgs) -> Result<u8, Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    session.require_config()?;
    let wanted = args.sha.as_ref().map(|sha| commit_named(&session.repo, sha)).transpose();
    let wanted = wanted.map_err(crate::pipeline::RunError::from)?;
    let inputs = Inputs::of_clone(&session)?;
    let survey = inputs.survey(&mut bars)?;
    let built = inputs.build(&survey, &mut bars)?;
    let found = inputs.record(&survey, &built, wanted)?;
    drop(bars);
    call.warn(&survey);
    call.print(&match args.format {
        OutputFormat::Json => json(&RecordJson::of(&found))?,
        OutputFormat::Text | OutputFormat::Markdown => match &found {
            Ok(record) => accepted(record, &survey),
            Err(refusal) => refused(refusal, &survey),
        },
    })?;
    Ok(match found {
        Ok(_) | Err(Refusal::UpToDate) => DONE,
        Err(_) => WAITS,
    })
}

fn subject(survey: &Survey, sha: CommitId) -> String {
    survey.get(sha).map(|unit| visible(&short(&unit.subject, 70))).unwrap_or_default()
}

fn rows(units: &[CommitId], survey: &Survey) -> String {
    let mut text =
        table(&units.iter().take(SHOWN).map(|sha| vec![sha.short(), subject(survey, *sha)]).collect::<Vec<_>>());
    if units.len() > SHOWN {
        let _ = writeln!(text, "  and {}", count(units.len() - SHOWN, "more unit"));
    }
    text
}

fn accepted(record: &Record, survey: &Survey) -> String {
    let says = &record.says;
    let of = |is: &dyn Fn(&Grounds) -> bool| says.units.iter().filter(|unit| is(&unit.grounds)).collect::<Vec<_>>();
    let left_out: Vec<&Recorded> = of(&|grounds| matches!(grounds, Grounds::LeftOut(_)));
    let adapted = of(&|grounds| matches!(grounds, Grounds::Adapted { .. })).len();
    let mut text = format!(
        "{} {}\n{}: {} in the fork ({adapted} in a form of its own), {} left out for good. {} after it.\n",
        bold(&format!("Upstream is in, up to {}", says.up_to.short())),
        subject(survey, says.up_to),
        count(says.units.len(), "unit"),
        says.units.len() - left_out.len(),
        left_out.len(),
        count(says.left, "unit"),
    );
    if !left_out.is_empty() {
        text.push_str("\nLeft out for good:\n");
        let row = |unit: &&Recorded| {
            let why = match &unit.grounds {
                Grounds::LeftOut(reason) => visible(&short(&words::reason(reason), 60)),
                _ => String::new(),
            };
            vec![unit.sha.short(), visible(&short(&unit.subject, 50)), faint(&why)]
        };
        text.push_str(&table(&left_out.iter().map(row).collect::<Vec<_>>()));
    }
    if !record.differs.is_empty() {
        let _ = writeln!(
            text,
            "\nGit's own merge would change {}, each for a reason that is known:",
            count(record.differs.len(), "file")
        );
        let files = record.differs.iter().take(SHOWN);
        text.push_str(&table(
            &files
                .map(|file| vec![visible(&short(&file.path.to_string(), 70)), short(&file.because.to_string(), 9)])
                .collect::<Vec<_>>(),
        ));
        if record.differs.len() > SHOWN {
            let _ = writeln!(text, "  and {}", count(record.differs.len() - SHOWN, "more file"));
        }
    }
    text.push_str("\nNext: uptake run opens a pull request that records it; merge that with a merge commit.\n");
    text
}

fn refused(refusal: &Refusal, survey: &Survey) -> String {
    match refusal {
        Refusal::UpToDate => "Git knows already that upstream is in: the fork is 0 commits behind.\n".to_owned(),
        Refusal::NotInRange(sha) => {
            format!("{} is none of the upstream commits that the fork lacks: uptake survey lists them.\n", sha.short())
        }
        Refusal::Open(units) => format!(
            "{}: {} neither in the fork nor left out for good.\n\n{}\n\
             Next: uptake why SHA says what each waits for; uptake decide skip SHA --why TEXT leaves one out, and\n\
             uptake decide taken SHA as OURS says that the fork has it as a commit of its own.\n",
            bold("Not to be recorded yet"),
            if units.len() == 1 { "1 unit is".to_owned() } else { format!("{} units are", units.len()) },
            rows(units, survey)
        ),
        Refusal::Doubtful(units) => format!(
            "{}: the fork says that it has {}, but less than half of the lines are there.\n\n{}\n\
             Next: uptake decide taken SHA as OURS if it has, uptake decide pick SHA PHASE or skip SHA if not.\n",
            bold("Not to be recorded"),
            count(units.len(), "unit"),
            rows(units, survey)
        ),
        Refusal::Unexplained(paths) => {
            let mut text = format!(
                "{}: git's own merge would change {}, and no unit explains it.\n\n",
                bold("Not to be recorded"),
                count(paths.len(), "file")
            );
            for path in paths.iter().take(SHOWN) {
                let _ = writeln!(text, "  {}", visible(&path.to_string()));
            }
            text.push_str("\nNext: git diff FORK UPSTREAM -- PATH shows what is missing there.\n");
            text
        }
    }
}

/// The record for a program.
#[derive(Serialize)]
struct RecordJson {
    /// The last upstream commit that is in; null where nothing may be recorded.
    up_to: Option<CommitId>,
    units: Vec<UnitJson>,
    differs: Vec<crate::survey::Difference>,
    /// How many units come after.
    left: usize,
    /// Why there is no record.
    refused: Option<RefusedJson>,
}

#[derive(Serialize)]
struct UnitJson {
    sha: CommitId,
    grounds: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct RefusedJson {
    kind: &'static str,
    units: Vec<CommitId>,
    paths: Vec<String>,
}

impl RecordJson {
    fn of(found: &Result<Record, Refusal>) -> Self {
        match found {
            Ok(record) => Self {
                up_to: Some(record.says.up_to),
                units: record.says.units.iter().map(UnitJson::of).collect(),
                differs: record.differs.clone(),
                left: record.says.left,
                refused: None,
            },
            Err(refusal) => {
                let refused = Some(RefusedJson::of(refusal));
                Self { up_to: None, units: Vec::new(), differs: Vec::new(), left: 0, refused }
            }
        }
    }
}

impl UnitJson {
    fn of(unit: &Recorded) -> Self {
        let (grounds, reason) = match &unit.grounds {
            Grounds::LeftOut(reason) => ("left-out", Some(words::reason(reason))),
            Grounds::Adapted { .. } => ("adapted", None),
            Grounds::NoOp => ("no-op", None),
            Grounds::Taken(_) => ("taken", None),
        };
        Self { sha: unit.sha, grounds, reason }
    }
}

impl RefusedJson {
    fn of(refusal: &Refusal) -> Self {
        let of = |kind, units: &[CommitId]| Self { kind, units: units.to_vec(), paths: Vec::new() };
        match refusal {
            Refusal::UpToDate => of("up-to-date", &[]),
            Refusal::NotInRange(sha) => of("not-in-range", &[*sha]),
            Refusal::Open(units) => of("open", units),
            Refusal::Doubtful(units) => of("doubtful", units),
            Refusal::Unexplained(paths) => {
                Self { kind: "unexplained", units: Vec::new(), paths: paths.iter().map(ToString::to_string).collect() }
            }
        }
    }
}
