//! Reading the ledger from a commit: every problem of every file at once.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{DECISIONS, Ledger, LedgerError, LedgerFile, named};
use crate::yaml::{Problems, document};
use engine::Repo;
use engine::ids::CommitId;

impl Ledger {
    /// Reads the ledger from a commit of its branch; where there is none yet, it is empty.
    ///
    /// # Errors
    /// Everything that is wrong with its files, each with its place; or the commit cannot be read.
    pub fn read(repo: &Repo, at: Option<CommitId>) -> Result<Self, LedgerError> {
        let mut ledger = Self::default();
        let Some(at) = at else { return Ok(ledger) };
        for (path, entry) in repo.entries(repo.commit(at)?.tree)? {
            let content = if entry.is_file() { repo.content(entry)? } else { None };
            let file =
                content.map_or(LedgerFile::Other(entry), |content| LedgerFile::Regular { mode: entry.mode, content });
            ledger.files.insert(path, file);
        }
        let mut reader = LedgerReader { wrong: Vec::new() };
        let mut phases = Vec::new();
        for (path, file) in &ledger.files {
            let (Ok(path), LedgerFile::Regular { content, .. }) = (str::from_utf8(path.as_bytes()), file) else {
                continue;
            };
            let phase = path.strip_prefix("phases/").and_then(|name| name.strip_suffix(".yml"));
            if path == DECISIONS {
                ledger.decisions = reader.read(path, content).unwrap_or_default();
            } else if let Some(id) = phase.filter(|id| !id.contains('/')) {
                phases.extend(reader.read(path, content).map(|record| (id.into(), record)));
            }
        }
        ledger.phases.extend(phases);
        if reader.wrong.is_empty() { Ok(ledger) } else { Err(LedgerError::problems(reader.wrong)) }
    }
}

/// Reads files and remembers what is wrong with them.
struct LedgerReader {
    wrong: Vec<(Problems, Vec<u8>)>,
}

impl LedgerReader {
    fn read<T: DeserializeOwned + JsonSchema>(&mut self, path: &str, content: &[u8]) -> Option<T> {
        match document(content, &named(path)) {
            Ok(value) => value,
            Err(problems) => {
                self.wrong.push((problems, content.to_vec()));
                None
            }
        }
    }
}
