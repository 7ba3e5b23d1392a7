//! What people do on the demo's forge. It is a folder, so they do it as anybody may: by writing its files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Demo, DemoError, MAIN, fern};
use crate::config::CONFIG_PATH;
use crate::files;
use crate::moment::Moment;
use engine::commit::When;
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{Edit, Merger, Repo};

/// The login of the fork's maintainer.
pub const LOGIN: &str = "fern";

/// The people of the fork, at its forge.
pub struct People<'d> {
    demo: &'d Demo,
}

impl<'d> People<'d> {
    /// They have a forge, where the maintainer may do everything, and a clone that comes from there.
    ///
    /// # Errors
    /// The forge or the clone cannot be written.
    pub fn arrive(demo: &'d Demo) -> Result<Self, DemoError> {
        let branches = demo.forge.join("branches.git").display().to_string();
        Repo::open_to_write(&demo.fork)?.add_remote("origin", &branches)?;
        write(&demo.forge.join("permissions.json"), &json!({ LOGIN: "maintain" }))?;
        Ok(Self { demo })
    }

    /// The maintainer writes a comment on a pull request.
    ///
    /// # Errors
    /// The forge cannot be written.
    pub fn comment(&self, on: u64, text: &str, when: When) -> Result<(), DemoError> {
        let folder = self.demo.forge.join("comments");
        let number = (1..).find(|number: &u64| !folder.join(format!("{number}.json")).exists()).unwrap_or_default();
        let page = folder.join(format!("{number}.md"));
        write_text(&page, text.as_bytes())?;
        let record = json!({ "on": on, "author": LOGIN, "bot": false, "created": Moment::from(when) });
        write(&page.with_extension("json"), &record)
    }

    /// The maintainer has the lock file taken from upstream, by its rule in the fork's configuration.
    ///
    /// # Errors
    /// The fork's repository cannot be read or written.
    pub fn do_without_cargo(&self, when: When) -> Result<(), DemoError> {
        let fork = Repo::open_to_write(&self.demo.fork)?;
        let Some(main) = fork.reference(MAIN)? else { return Err(DemoError::NoBranch(MAIN.to_owned())) };
        let file = fork.entry(fork.commit(main)?.tree, &RepoPath::from(CONFIG_PATH))?;
        let text = file.map(|file| fork.content(file)).transpose()?.flatten().unwrap_or_default();
        let text = String::from_utf8_lossy(&text).replace("use: lockfile", "use: upstream");
        let edits = [Edit::Write(CONFIG_PATH, &text)];
        let us = fern(when);
        let head = fork.commit_edits(&[main], &edits, &us, &us, "Take the lock file from upstream\n")?;
        Ok(fork.move_reference(MAIN, head, Some(main))?)
    }

    /// The maintainer merges a pull request with a merge commit, and brings the fork's clone up to date.
    ///
    /// # Errors
    /// It is a draft, or a repository cannot be read or written.
    pub fn merge(&self, number: u64, when: When) -> Result<CommitId, DemoError> {
        let file = self.demo.forge.join("pulls").join(format!("{number}.json"));
        let mut record = read(&file)?;
        if record["draft"] == true {
            return Err(DemoError::Draft(number));
        }
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let (title, branch) = (text("title"), text("head"));
        let repo = Repo::open_to_write(&self.demo.forge.join("branches.git"))?;
        let at = |name: &str| repo.reference(name)?.ok_or_else(|| DemoError::NoBranch(name.to_owned()));
        let (main, head) = (at(MAIN)?, at(&format!("refs/heads/{branch}"))?);
        let mut merger = Merger::new(&repo)?;
        let tree = merger.merge_commits(main, head)?.tree;
        merger.keep(tree)?;
        let message = format!("Merge pull request #{number} from lighthouse/{branch}\n\n{title}\n");
        let merged = repo.make_merge([main, head], tree, &fern(when), &message)?;
        repo.move_reference(MAIN, merged, Some(main))?;
        let fork = Repo::open_to_write(&self.demo.fork)?;
        repo.send(&fork, merged)?;
        fork.move_reference(MAIN, merged, fork.reference(MAIN)?)?;
        record["state"] = "merged".into();
        record["merged"] = merged.to_string().into();
        write(&file, &record)?;
        Ok(merged)
    }
}

/// What a JSON file of the forge holds.
pub(super) fn read(path: &Path) -> Result<Value, DemoError> {
    let text = fs::read(path).map_err(|source| failed(path, source))?;
    serde_json::from_slice(&text).map_err(|source| failed(path, source.into()))
}

/// Writes a JSON file of the forge.
pub(super) fn write(path: &Path, value: &Value) -> Result<(), DemoError> {
    write_text(path, format!("{value:#}\n").as_bytes())
}

fn write_text(path: &Path, text: &[u8]) -> Result<(), DemoError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    }
    files::write(path, text).map_err(|source| failed(path, source))
}

pub(super) fn failed(path: &Path, source: io::Error) -> DemoError {
    DemoError::File { path: PathBuf::from(path), source }
}
