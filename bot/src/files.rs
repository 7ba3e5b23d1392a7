//! Files written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file so that a reader (or a run after a power cut) sees the old content or the new, never a part of it. A file that
/// already has this content is left untouched, its times too; what an interrupted write left behind is cleared away.
///
/// # Errors
/// The folder cannot be written.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let part = part_of(path);
    if fs::read(path).is_ok_and(|old| old == content) {
        return match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let mut file = File::create(&part)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&part, path)
}

/// Why a file could not be read or written, without the system's numbers.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not".to_owned(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => "a file of that name is in the way".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => error.to_string(),
    }
}

/// Where a file stands until it is whole. Always the same name, so that nothing piles up beside a file over many interrupted
/// runs.
fn part_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_write_leaves_no_trace_after_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("1.md");
        write(&path, b"whole").expect("written");
        fs::write(part_of(&path), b"half").expect("a leftover");
        write(&path, b"whole").expect("written again");
        let names: Vec<_> =
            fs::read_dir(folder.path()).expect("listed").map(|e| e.expect("an entry").file_name()).collect();
        assert_eq!(names, ["1.md"]);
    }
}
