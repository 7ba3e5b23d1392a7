//! A folder for a program: files of a repository in, one file out, and nothing that leads elsewhere.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::pick::runner::CommandError;
use engine::path::RepoPath;

/// The largest file that is taken back.
const LARGEST: u64 = 64 << 20;

/// Writes a file at its path below a folder in which only this function has written. It makes no links, and a name that could
/// lead out of the folder is refused, so the file is in the folder whatever the name is.
pub(super) fn write_plain(folder: &Path, path: &RepoPath, content: &[u8]) -> Result<(), CommandError> {
    let to = below(folder, path)?;
    let parent = to.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(|_| refused(path))?;
    // Only a new file: where names differ in their case alone, the second is not written over the first.
    let mut file = OpenOptions::new().write(true).create_new(true).open(&to).map_err(|_| refused(path))?;
    file.write_all(content).map_err(|_| refused(path))
}

/// The file at a path after a program ran there: a plain file that is really in the folder.
pub(super) fn read_plain(folder: &Path, path: &RepoPath) -> Result<Vec<u8>, CommandError> {
    let from = below(folder, path)?;
    let none = || CommandError::NoFile(path.clone());
    let found = fs::symlink_metadata(&from).map_err(|_| none())?;
    let (real, root) = (fs::canonicalize(&from).map_err(|_| none())?, fs::canonicalize(folder).map_err(|_| none())?);
    if !found.is_file() || !real.starts_with(root) {
        return Err(CommandError::NotAFile(path.clone()));
    }
    if found.len() > LARGEST {
        return Err(CommandError::TooLarge { path: path.clone(), megabytes: LARGEST >> 20 });
    }
    fs::read(&from).map_err(|_| none())
}

/// A path below a folder.
pub(super) fn below(folder: &Path, path: &RepoPath) -> Result<PathBuf, CommandError> {
    let mut to = folder.to_path_buf();
    for name in path.as_bytes().split(|byte| *byte == b'/') {
        // The folder itself is the empty path.
        if name.is_empty() && path.as_bytes().is_empty() {
            continue;
        }
        let plain = std::str::from_utf8(name).ok().filter(|name| {
            !name.is_empty()
                && *name != "."
                && *name != ".."
                && !name.eq_ignore_ascii_case(".git")
                && !name.contains(['\0', '\\', ':'])
        });
        to.push(plain.ok_or_else(|| refused(path))?);
    }
    Ok(to)
}

fn refused(path: &RepoPath) -> CommandError {
    CommandError::Name(path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("tree");
        fs::create_dir(&folder).expect("a folder");
        for name in [
            "../out",
            "a/../../out",
            "/out",
            "a//b",
            ".",
            "..",
            "a/.git/config",
            ".GIT/hooks/x",
            "a\0b",
            "a\\..\\b",
            "C:x",
        ] {
            assert!(write_plain(&folder, &RepoPath::from(name), b"x").is_err(), "{name:?}");
        }
        assert_eq!(fs::read_dir(outer.path()).expect("a folder").count(), 1);
        write_plain(&folder, &RepoPath::from("a/b"), b"x").expect("written");
        assert!(write_plain(&folder, &RepoPath::from("a/b"), b"y").is_err(), "no second one");
        assert!(write_plain(&folder, &RepoPath::from("a/b/c"), b"y").is_err(), "a file is no folder");
        assert_eq!(read_plain(&folder, &RepoPath::from("a/b")), Ok(b"x".to_vec()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("tree");
        fs::create_dir(&folder).expect("a folder");
        fs::write(outer.path().join("secret"), "x").expect("a file");
        std::os::unix::fs::symlink("../secret", folder.join("a")).expect("a link");
        std::os::unix::fs::symlink("..", folder.join("up")).expect("a link");
        for name in ["a", "up/secret"] {
            assert!(read_plain(&folder, &RepoPath::from(name)).is_err(), "{name}");
        }
    }
}
