//! Git for tests that hold the engine against it. It stands here because programs are started here alone.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What git prints; it reads no configuration but the repository's, and makes commits that are always the same.
pub(crate) fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let identity = ["AUTHOR", "COMMITTER"].map(|who| {
        [
            (format!("GIT_{who}_NAME"), "a"),
            (format!("GIT_{who}_EMAIL"), "a@b"),
            (format!("GIT_{who}_DATE"), "1700000000 +0000"),
        ]
    });
    let mut child = Command::new("git")
        .args(["-c", "gc.auto=0"])
        .args(arguments)
        .current_dir(folder)
        .envs(identity.into_iter().flatten())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("git ends");
    writer.join().expect("no panic").expect("git reads");
    assert!(output.status.success(), "git {arguments:?}");
    output.stdout
}
