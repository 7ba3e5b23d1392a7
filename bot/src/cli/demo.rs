//! `uptake demo`: the embedded example, made and run.

use std::path::{Path, PathBuf};

use super::document::ReportInput;
use super::invocation::context;
use super::term::{bold, faint};
use super::{DONE, Failure, Invocation, plan, publish, survey};
use crate::forge::folder::Folder;
use crate::pipeline::{self, RunReport, Session};

pub(super) fn demo(call: &Invocation, dir: Option<PathBuf>) -> Result<u8, Failure> {
    let folder = folder(dir)?;
    let mut bars = call.bars();
    let demo = crate::demo::build(&folder)?;
    let context = context(demo.fork.clone(), false, true);
    let session = Session::open(&context, &mut bars)?;
    let mut forge = Folder::new(&folder.join("published"));
    let done = pipeline::run(&session, &mut forge, &mut bars)?;
    drop(bars);
    let RunReport { survey: found, built, .. } = &done;
    let report = ReportInput { survey: found, built, config: &session.config };
    report.write_to(&folder)?;
    let view = plan::PlanView::new(built, found);
    let text = [
        step(1, "A fork and its upstream were made; this is what upstream has that the fork lacks."),
        survey::text(found),
        step(2, "The configuration sorts it into phases, and each pick was tried in memory."),
        view.text(),
        step(3, "Branches and pull requests were published into a folder."),
        publish::describe(&done, false),
        where_to_look(&folder, &demo, &forge),
    ];
    call.print(&text.join("\n"))?;
    Ok(DONE)
}

/// The folder to work in: new, or empty, so that nothing of anybody's is overwritten.
fn folder(dir: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let Some(dir) = dir else {
        let made = tempfile::Builder::new().prefix("uptake-demo-").tempdir();
        return made
            .map(tempfile::TempDir::keep)
            .map_err(|error| Failure::failed(format!("no temporary folder: {error}")));
    };
    let failed = |error: std::io::Error| Failure::wrong(format!("--dir {}: {error}", dir.display()), None);
    std::fs::create_dir_all(&dir).map_err(failed)?;
    if std::fs::read_dir(&dir).map_err(failed)?.next().is_some() {
        let hint = "name a folder that is empty or not there yet; nothing was changed".to_owned();
        return Err(Failure::wrong(format!("--dir {}: the folder is not empty", dir.display()), Some(hint)));
    }
    std::fs::canonicalize(&dir).map_err(failed)
}

fn step(number: usize, what: &str) -> String {
    format!("{} {}\n", bold(&format!("== {number}.")), bold(what))
}

fn where_to_look(folder: &Path, demo: &crate::demo::Demo, forge: &Folder) -> String {
    let shown = |path: &Path| path.display().to_string();
    let fork = crate::text::shell_word(&shown(&demo.fork));
    let lines = [
        bold("Where to look"),
        format!("  the first pull request   {}", shown(&forge.page(1))),
        format!(
            "  the branches             git -C {} log --oneline --graph --all",
            crate::text::shell_word(&shown(&forge.repository()))
        ),
        format!("  the report               {}", shown(&folder.join("uptake-report.html"))),
        String::new(),
        bold("Try next"),
        format!("  {}", faint("# the same again changes nothing")),
        format!("  uptake run --repo {fork} --forge folder:{}", crate::text::shell_word(&shown(forge.path()))),
        format!("  {}", faint("# the plan alone, for a program")),
        format!("  uptake plan --repo {fork} --format json"),
    ];
    lines.join("\n") + "\n"
}
