//! Git itself, as the tests run it: with nothing of this machine's settings, and as cheaply as it goes. A suite that starts git
//! fifty thousand times spends most of its time there.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What git leaves out for the tests: hooks that are only examples, a look at what could be packed after each commit, and the wait
/// until a disk has what is removed a moment later.
const CHEAP: [&str; 3] = ["init.templateDir=", "maintenance.auto=false", "core.fsync=none"];

/// Where git is. A program that is named by its path, in an environment of its own, is started without a copy of this process.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let name = format!("git{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&path).map(|folder| folder.join(&name)).find(|path| path.is_file()).expect("git is there")
    })
}

/// One of the programs that git is made of, such as `git-http-backend`.
pub(crate) fn part(name: &str) -> PathBuf {
    static PARTS: OnceLock<PathBuf> = OnceLock::new();
    let parts = PARTS.get_or_init(|| {
        let output = Command::new(program()).arg("--exec-path").output().expect("git runs");
        PathBuf::from(String::from_utf8(output.stdout).expect("text").trim())
    });
    parts.join(name)
}

/// Git in a folder, with this moment for what it makes.
pub(crate) fn git_command(folder: &Path, arguments: &[&str], clock: i64) -> Command {
    let date = format!("@{clock} +0000");
    let mut command = Command::new(program());
    command
        .args(["-c", "protocol.file.allow=always"])
        .args(CHEAP.iter().flat_map(|set| ["-c", set]))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@example.org")
        .env("GIT_COMMITTER_NAME", "Cleo")
        .env("GIT_COMMITTER_EMAIL", "cleo@example.org")
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date);
    command
}

/// Runs git in a folder.
pub(crate) fn git_in(folder: &Path, arguments: &[&str], clock: i64) -> Output {
    git_command(folder, arguments, clock).output().expect("git runs")
}

/// Runs git in a folder, where it must succeed.
pub(crate) fn git_ok(folder: &Path, arguments: &[&str], clock: i64) {
    let output = git_in(folder, arguments, clock);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The commit of a reference whose file lies in this git directory: a branch that was just committed to does. `None` where it is packed.
pub(crate) fn loose(folder: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    match text.strip_prefix("ref: ") {
        Some(other) => loose(folder, other.trim()),
        None => Some(text.trim().to_owned()),
    }
}

/// Writes a reference as a file in this git directory.
pub(crate) fn write_loose(folder: &Path, name: &str, commit: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, format!("{commit}\n")).expect("written");
}
