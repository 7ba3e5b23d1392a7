//! A folder for a program that no other user of the machine can write to, or above: cargo, rustup and their kin look for settings in
//! every folder above the one they are started in, up to the top.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::unusable;
use crate::pick::runner::CommandError;

/// The settings that programs read in a folder above them.
const SETTINGS: [&str; 12] = [
    ".cargo/config.toml",
    ".cargo/config",
    "rust-toolchain.toml",
    "rust-toolchain",
    "Cargo.toml",
    "pnpm-workspace.yaml",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnp.cjs",
    "go.work",
    "uv.toml",
    "pyproject.toml",
];

/// Makes a new folder in the first of these that is fit.
pub(super) fn make(rooms: &[PathBuf]) -> Result<TempDir, CommandError> {
    let mut why = CommandError::NoRoom;
    for room in rooms {
        if private(room).is_err() {
            continue;
        }
        let Ok(real) = fs::canonicalize(room) else { continue };
        if !real.ancestors().all(is_ours) {
            continue;
        }
        match real.ancestors().find_map(settings_in) {
            None => return inside(&real).map_err(|error| unusable(&error)),
            Some(file) => why = CommandError::Settings(file),
        }
    }
    Err(why)
}

/// Makes a new folder in one, for its user alone.
fn inside(room: &Path) -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("room-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(room)
}

/// The settings in a folder that programs below it read.
fn settings_in(folder: &Path) -> Option<&'static str> {
    SETTINGS.into_iter().find(|file| fs::symlink_metadata(folder.join(file)).is_ok())
}

/// Makes a folder where there is none, for its user alone.
fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Whether nobody but its user and the superuser can put anything into a folder. A group that is the user's own may.
#[cfg(unix)]
fn is_ours(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(found) = fs::metadata(folder) else { return false };
    let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    let owned = found.uid() == user || found.uid() == 0;
    let by_group = found.mode() & 0o020 == 0 || found.gid() == group || found.gid() == 0;
    owned && by_group && found.mode() & 0o002 == 0
}

#[cfg(not(unix))]
const fn is_ours(_: &Path) -> bool {
    true
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A folder of our own: where the tests were built.
    pub(crate) fn own() -> PathBuf {
        let program = std::env::current_exe().expect("a program");
        program.parent().expect("a folder").join("uptake-rooms")
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_above_is_passed_over() {
        use std::os::unix::fs::PermissionsExt;
        let outer = tempfile::tempdir_in(make(&[own()]).expect("made").keep()).expect("a folder");
        let shared = outer.path().join("shared");
        fs::create_dir(&shared).expect("a folder");
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).expect("shared");
        assert_eq!(make(&[shared.join("a")]).err(), Some(CommandError::NoRoom));
        let made = make(&[shared.join("a"), outer.path().join("b")]).expect("the next one is fit");
        assert!(made.path().starts_with(fs::canonicalize(outer.path()).expect("real").join("b")));
        assert_eq!(fs::metadata(made.path()).expect("there").permissions().mode() & 0o077, 0);
        std::os::unix::fs::symlink(&shared, outer.path().join("link")).expect("a link");
        assert_eq!(make(&[outer.path().join("link/c")]).err(), Some(CommandError::NoRoom), "by its real path");
        fs::remove_dir_all(outer.path().parent().expect("a folder")).expect("removed");
    }

    #[test]
    fn settings_in_a_folder_above_are_refused_by_name() {
        let outer = make(&[own()]).expect("made");
        for file in SETTINGS {
            let above = outer.path().join(file.replace(['/', '.'], "-"));
            fs::create_dir_all(above.join(".cargo")).expect("a folder");
            fs::write(above.join(file), "").expect("a file");
            assert_eq!(make(&[above.join("x/y")]).err(), Some(CommandError::Settings(file)));
        }
        assert_eq!(make(&[]).err(), Some(CommandError::NoRoom));
    }
}
