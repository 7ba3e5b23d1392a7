//! A forge in a folder: a bare repository for the branches, and for each pull request a Markdown file to read and a JSON file
//! with the rest. The way to see a run's whole result without GitHub, and the test double of everything that publishes.
//!
//! ```text
//! branches.git/     the branches; borrows the objects of the fork's clone
//! pulls/1.md        the title as a heading, then the body
//! pulls/1.json      branch, base, labels, draft, state
//! ```
//!
//! The Markdown file is written before the JSON file, and a pull request without a JSON file does not exist yet: a run that
//! is cut short between the two leaves nothing half done.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Branch, ForgeError, ForgeRead, ForgeWrite, PullRequest, PullText, State};
use crate::commit::BOT;
use crate::files;
use crate::git::Repo;
use crate::ids::CommitId;

/// A forge in a folder; the folder need not exist before the first write.
pub struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

/// What stands in the JSON file of a pull request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    number: u64,
    state: State,
    title: String,
    head: String,
    base: String,
    labels: Vec<String>,
    draft: bool,
}

impl Folder {
    /// The forge in this folder.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf(), lock: None }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the branches are.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.path.join("branches.git")
    }

    /// The file people read a pull request in.
    #[must_use]
    pub fn page(&self, number: u64) -> PathBuf {
        self.path.join("pulls").join(format!("{number}.md"))
    }

    fn record(&self, number: u64) -> PathBuf {
        self.page(number).with_extension("json")
    }

    fn open(&self) -> Result<Option<Repo>, ForgeError> {
        let path = self.repository();
        if path.is_dir() { Ok(Some(Repo::open_to_write(&path)?)) } else { Ok(None) }
    }

    fn numbers(&self) -> Result<Vec<u64>, ForgeError> {
        let folder = self.path.join("pulls");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(ForgeError::File { path: folder, source }),
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry.map_err(|source| ForgeError::File { path: folder.clone(), source })?.file_name();
            numbers
                .extend(name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|n| n.parse::<u64>().ok()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn read(&self, number: u64) -> Result<PullRequest, ForgeError> {
        let path = self.record(number);
        let text = fs::read(&path).map_err(|source| ForgeError::File { path: path.clone(), source })?;
        let record: Record =
            serde_json::from_slice(&text).map_err(|error| ForgeError::Content { path, message: error.to_string() })?;
        let path = self.page(number);
        let page = fs::read_to_string(&path).map_err(|source| ForgeError::File { path, source })?;
        let body = page.split_once("\n\n").map_or("", |(_, body)| body).to_owned();
        let Record { number, state, title, head, base, labels, draft } = record;
        Ok(PullRequest { number, state, text: PullText { title, body, head, base, labels, draft } })
    }

    fn write(&mut self, pull: &PullRequest) -> Result<(), ForgeError> {
        self.lock()?;
        let PullText { title, body, head, base, labels, draft } = pull.text.clone();
        let page = self.page(pull.number);
        files::write(&page, format!("# {title}\n\n{body}").as_bytes())
            .map_err(|source| ForgeError::File { path: page, source })?;
        let record = Record { number: pull.number, state: pull.state, title, head, base, labels, draft };
        let path = self.record(pull.number);
        let mut json = serde_json::to_string_pretty(&record)
            .map_err(|error| ForgeError::Content { path: path.clone(), message: error.to_string() })?;
        json.push('\n');
        files::write(&path, json.as_bytes()).map_err(|source| ForgeError::File { path, source })
    }

    /// Makes the folder this run's alone until it ends, however it ends.
    fn lock(&mut self) -> Result<(), ForgeError> {
        if self.lock.is_some() {
            return Ok(());
        }
        let pulls = self.path.join("pulls");
        fs::create_dir_all(&pulls).map_err(|source| ForgeError::File { path: pulls, source })?;
        let path = self.path.join(".lock");
        let fail = |source| ForgeError::File { path: path.clone(), source };
        let file = File::options().create(true).append(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => self.lock = Some(file),
            Err(fs::TryLockError::WouldBlock) => return Err(ForgeError::Busy(self.path.display().to_string())),
            Err(fs::TryLockError::Error(source)) => return Err(fail(source)),
        }
        match self.open()? {
            Some(repo) => Ok(repo.sweep()?),
            None => Ok(()),
        }
    }
}

impl ForgeRead for Folder {
    fn pulls(&self, prefix: &str) -> Result<Vec<PullRequest>, ForgeError> {
        let all = self.numbers()?.into_iter().map(|number| self.read(number));
        all.filter(|pull| pull.as_ref().map_or(true, |pull| pull.text.head.starts_with(prefix))).collect()
    }

    fn branches(&self, prefix: &str, base: &str) -> Result<Vec<Branch>, ForgeError> {
        let Some(repo) = self.open()? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let base_head = repo.reference(&full(base))?;
        if let Some(head) = base_head {
            found.push(Branch { name: base.to_owned(), head, people: true });
        }
        for (name, head) in repo.references(&full(prefix))? {
            let own = match base_head {
                Some(base) => repo.range(base, head)?,
                None => Vec::new(),
            };
            let people = own.iter().any(|commit| commit.committer.email != BOT.1);
            found.push(Branch { name: name.trim_start_matches("refs/heads/").to_owned(), head, people });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}

impl ForgeWrite for Folder {
    fn push(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError> {
        self.lock()?;
        let to = match self.open()? {
            Some(to) => to,
            // The fork's own branch is the first to come, and a clone comes up on it.
            None => Repo::init_borrowing(&self.repository(), branch, repo)?,
        };
        repo.send(&to, head, known)?;
        to.move_reference(&full(branch), head, expected)?;
        Ok(())
    }

    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError> {
        self.lock()?;
        let number = self.numbers()?.last().map_or(1, |last| last + 1);
        self.write(&PullRequest { number, state: State::Open, text: text.clone() })?;
        Ok(number)
    }

    fn edit_pull(&mut self, number: u64, text: &PullText) -> Result<(), ForgeError> {
        let state = self.read(number)?.state;
        self.write(&PullRequest { number, state, text: text.clone() })
    }

    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        let text = self.read(number)?.text;
        self.write(&PullRequest { number, state: State::Closed, text })
    }
}

fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}
