//! What a command that makes a lock file or a folder has before it.

use super::cargo::{parent, read_by_update};
use super::lock::LockUnit;
use super::runner::CommandFiles;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Repo};

/// What is put out at most for a command, in bytes.
pub(super) const LARGEST: usize = 512 << 20;

/// Settings and code that programs take from the folder they are started in, or from one of its folders: upstream's are left out.
const SETTINGS: [&str; 15] = [
    ".cargo",
    "rust-toolchain",
    "rust-toolchain.toml",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".yarn",
    ".pnp.cjs",
    ".pnp.js",
    ".pnpmfile.cjs",
    ".pnpmfile.mjs",
    "pnpmfile.js",
    "bunfig.toml",
    "uv.toml",
    "poetry.toml",
];

/// Whether a command starts cargo, whatever it has it do and wherever that is.
fn is_cargo(command: &[String]) -> bool {
    let program = command.first().map(String::as_str).unwrap_or_default();
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program).to_ascii_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name) == "cargo"
}

/// Whether a path is, or is in, what programs take for settings of theirs.
fn is_setting(path: &RepoPath) -> bool {
    path.as_bytes()
        .split(|byte| *byte == b'/')
        .any(|part| SETTINGS.iter().any(|name| part.eq_ignore_ascii_case(name.as_bytes())))
}

/// The files for a command. Cargo has what `cargo update` reads where it makes a lock file, whatever it is called with; what another
/// command reads is not known, so it has all files but settings. Links are left out.
pub(super) fn files(
    repo: &Repo,
    tree: TreeId,
    unit: &LockUnit,
    command: &[String],
) -> Result<Option<CommandFiles>, GitError> {
    let (lock, cargo) = (&unit.path, is_cargo(command) && !unit.is_folder);
    let (mut files, mut sources) = (CommandFiles::new(), Vec::new());
    let mut size = 0;
    for (path, entry) in repo.entries(tree)? {
        if is_setting(&path) {
            continue;
        }
        if cargo && path.as_bytes().ends_with(b".rs") {
            sources.push(path);
            continue;
        }
        if cargo && path.file_name() != b"Cargo.toml" && path != *lock {
            continue;
        }
        if entry.is_file()
            && let Some(content) = repo.content(entry)?
        {
            size += content.len();
            if size > LARGEST {
                return Ok(None);
            }
            files.push((path, content));
        }
    }
    if cargo {
        let folder = parent(lock.as_bytes()).unwrap_or_default();
        files = read_by_update(folder, files, sources);
    }
    Ok(Some(files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_program_that_counts_and_not_how_it_is_called() {
        let cargo = |command: &[&str]| is_cargo(&command.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        for command in [
            &["cargo", "update"][..],
            &["cargo", "+stable", "update"],
            &["/usr/bin/cargo", "generate-lockfile"],
            &["Cargo.exe", "x"],
        ] {
            assert!(cargo(command), "{command:?}");
        }
        assert!(!cargo(&["npm", "cargo"]) && !cargo(&["cargo-edit"]) && !cargo(&[]));
    }

    #[test]
    fn settings_are_known_wherever_they_stand() {
        for path in [
            ".cargo/config.toml",
            "a/.cargo/config",
            "a/rust-toolchain.toml",
            ".npmrc",
            "a/.yarn/releases/yarn.cjs",
            ".NPMRC",
        ] {
            assert!(is_setting(&RepoPath::from(path)), "{path}");
        }
        for path in ["Cargo.toml", "cargo/x", "npmrc", "a/yarn.lock", "package.json"] {
            assert!(!is_setting(&RepoPath::from(path)), "{path}");
        }
    }
}
