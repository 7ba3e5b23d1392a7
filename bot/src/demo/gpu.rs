//! The runners with a GPU, which a folder cannot have: the demo writes what they would say of each commit.

use std::fs;

use serde_json::{Value, json};

use super::people::{failed, read, write};
use super::{Demo, DemoError};
use crate::moment::Moment;
use engine::commit::When;
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{GitError, Repo};

/// How long a test takes, in seconds.
const TAKES: i64 = 540;

/// Answers each test that waits for a runner, and says how many there were.
///
/// # Errors
/// The forge cannot be read or written.
pub fn answer(demo: &Demo, when: When) -> Result<usize, DemoError> {
    let folder = demo.forge.join("runs");
    let repo = Repo::open(&demo.forge.join("branches.git"))?;
    let mut answered = 0;
    for entry in fs::read_dir(&folder).map_err(|source| failed(&folder, source))? {
        let file = entry.map_err(|source| failed(&folder, source))?.path();
        let mut run = read(&file)?;
        if run["state"] != "queued" {
            continue;
        }
        let asked = read(&demo.forge.join("dispatches").join(file.file_name().unwrap_or_default()))?;
        let input = |name: &str| asked["inputs"][name].as_str().unwrap_or_default().to_owned();
        let passes = match input("sha").parse() {
            Ok(sha) => passes(&repo, sha, &input("cuda"))?,
            Err(_) => false,
        };
        finish(&mut run, passes, when);
        write(&file, &run)?;
        answered += 1;
    }
    Ok(answered)
}

/// Whether a commit's tests pass with a CUDA version. With 13.1 they do from the commit on that supports it; with 13.0 the tiled
/// attention loop is not exact enough.
fn passes(repo: &Repo, commit: CommitId, cuda: &str) -> Result<bool, GitError> {
    let tree = repo.commit(commit)?.tree;
    let has = |path: &str, text: &str| -> Result<bool, GitError> {
        let Some(file) = repo.entry(tree, &RepoPath::from(path))? else { return Ok(false) };
        Ok(repo.content(file)?.is_some_and(|content| String::from_utf8_lossy(&content).contains(text)))
    };
    Ok(match cuda {
        "13.1" => has("Cargo.toml", "\"13.1\"")?,
        "13.0" => !has("core/src/attention/mod.rs", "chunks(8)")?,
        _ => true,
    })
}

/// A run as it is when it is over, with the job that says what came of it.
fn finish(run: &mut Value, passes: bool, when: When) {
    let started = Moment::from(when);
    let (state, word) = if passes { ("success", "passed") } else { ("failure", "failed") };
    let job = |name: &str, state: &str, steps: u32| json!({ "name": name, "state": state, "steps": steps, "started": started, "link": "" });
    run["state"] = state.into();
    run["started"] = json!(started);
    run["finished"] = json!(Moment::from(When { seconds: when.seconds + TAKES, ..when }));
    run["jobs"] = json!([job("CUDA", state, 9), job(&format!("verdict: {word}"), "success", 2)]);
}
