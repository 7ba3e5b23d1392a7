//! `uptake demo`: the whole job on a small example, as a story in scenes. All that it shows is done by the same pipeline as any run,
//! on a folder; what people and runners would do, the demo does by writing that folder's files.

mod decision;
mod landing;
mod next;
mod review;
mod stage;
mod start;

use std::path::PathBuf;

use super::{DONE, Failure, Invocation};
use crate::files::reason;
use stage::Stage;

pub(super) fn demo(call: &Invocation, dir: Option<PathBuf>) -> Result<u8, Failure> {
    let folder = folder(dir)?;
    let demo = crate::demo::build(&folder)?;
    // The same once more, which stays as it is at first.
    crate::demo::build(&folder.join(next::YOURS))?;
    let mut stage = Stage::new(call, &folder, &demo)?;
    let began = start::publish(&mut stage)?;
    call.print(&start::survey(&stage, &began))?;
    call.print(&start::plan(&began))?;
    call.print(&review::command(&mut stage)?)?;
    call.print(&review::tests(&mut stage)?)?;
    call.print(&decision::resolve(&mut stage)?)?;
    call.print(&landing::land(&mut stage)?)?;
    call.print(&next::look(&stage)?)?;
    Ok(DONE)
}

/// The folder to work in: new, or empty, so that nothing of anybody's is overwritten.
fn folder(dir: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let Some(dir) = dir else {
        let made = tempfile::Builder::new().prefix("uptake-demo-").tempdir();
        return made
            .map(tempfile::TempDir::keep)
            .map_err(|error| Failure::failed(format!("no temporary folder: {}", reason(&error))));
    };
    let failed = |error: std::io::Error| Failure::wrong(format!("--dir {}: {}", dir.display(), reason(&error)), None);
    std::fs::create_dir_all(&dir).map_err(failed)?;
    if std::fs::read_dir(&dir).map_err(failed)?.next().is_some() {
        let hint = "name a folder that is empty or not there yet; nothing was changed".to_owned();
        return Err(Failure::wrong(format!("--dir {}: the folder is not empty", dir.display()), Some(hint)));
    }
    std::fs::canonicalize(&dir).map_err(failed)
}
