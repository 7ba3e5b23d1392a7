//! A folder for a program: files of a repository in, one file out, and nothing that leads elsewhere.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::pick::runner::{CommandError, CommandFiles};
use engine::path::RepoPath;

/// The largest file that is taken back, and of a folder all together, and how many.
const LARGEST: u64 = 64 << 20;
const ALL: u64 = 512 << 20;
const FILES: usize = 100_000;

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

/// All files in a folder after a program ran there, in path order. Where there is anything but plain files and folders, nothing is taken.
pub(super) fn read_all(root: &Path, folder: &RepoPath) -> Result<CommandFiles, CommandError> {
    let (mut found, mut left, mut size) = (CommandFiles::new(), vec![folder.clone()], 0);
    let too_large = || CommandError::TooLarge { path: folder.clone(), megabytes: ALL >> 20 };
    while let Some(at) = left.pop() {
        let on_disk = below(root, &at)?;
        let is_folder = fs::symlink_metadata(&on_disk).is_ok_and(|found| found.is_dir());
        if !is_folder {
            return Err(if at == *folder { CommandError::NoFolder(at) } else { CommandError::NotAFile(at) });
        }
        for entry in fs::read_dir(&on_disk).map_err(|error| CommandError::Folder(error.kind()))? {
            let entry = entry.map_err(|error| CommandError::Folder(error.kind()))?;
            let name = entry.file_name();
            let path = at.join(name.as_encoded_bytes());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                left.push(path);
                continue;
            }
            let content = read_plain(root, &path)?;
            size += content.len() as u64;
            found.push((path, content));
            if size > ALL || found.len() > FILES {
                return Err(too_large());
            }
        }
    }
    if found.is_empty() {
        return Err(CommandError::NoFolder(folder.clone()));
    }
    found.sort();
    Ok(found)
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

    #[test]
    fn all_that_is_in_a_folder_is_read_and_nothing_else() {
        let outer = tempfile::tempdir().expect("a folder");
        let write = |name: &str| write_plain(outer.path(), &RepoPath::from(name), name.as_bytes()).expect("written");
        ["vendor/b/c", "vendor/a", "vendors/x", "go.mod"].into_iter().for_each(write);
        let all = |folder: &str| read_all(outer.path(), &RepoPath::from(folder));
        let file = |name: &str| (RepoPath::from(name), name.as_bytes().to_vec());
        assert_eq!(all("vendor"), Ok(vec![file("vendor/a"), file("vendor/b/c")]));
        assert_eq!(all("none"), Err(CommandError::NoFolder("none".into())));
        assert_eq!(all("go.mod"), Err(CommandError::NoFolder("go.mod".into())));
        fs::create_dir(outer.path().join("empty")).expect("a folder");
        assert_eq!(all("empty"), Err(CommandError::NoFolder("empty".into())));
        fs::create_dir(outer.path().join("vendor/.git")).expect("a folder");
        assert!(all("vendor").is_err(), "no repository comes in");
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
            assert!(read_all(&folder, &RepoPath::from(name)).is_err(), "{name}");
        }
        fs::create_dir(folder.join("d")).expect("a folder");
        std::os::unix::fs::symlink("../../secret", folder.join("d/a")).expect("a link");
        assert_eq!(read_all(&folder, &"d".into()), Err(CommandError::NotAFile("d/a".into())), "none is taken");
    }
}
