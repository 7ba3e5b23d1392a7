//! The manual pages, from the same definitions as the help.

use std::path::Path;

use super::document::cannot_write;
use super::{DONE, Failure, Invocation, help};

/// Writes a page for the program and one for each command into a folder, which is made where there is none.
pub(super) fn write(call: &Invocation, folder: &Path) -> Result<u8, Failure> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(help::command(), folder));
    written.map_err(|error| cannot_write(folder, &error))?;
    call.remark(&format!("Wrote the manual pages. Next: man {}", folder.join("uptake.1").display()));
    Ok(DONE)
}
