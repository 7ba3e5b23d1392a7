//! Resolution memory: what a person resolved once is learned, kept on the ledger as plain files, and given to every later build.
//!
//! ```text
//! resolutions/<key>/meta.yml        which conflict it was, who resolved it, when and where
//! resolutions/<key>/file            the file as it was resolved, byte for byte; none where it was removed
//! resolutions/<key>/places/1/…      ours, theirs, resolved: the lines of each conflicting place, and what stands there now
//! ```
//!
//! What is only proposed is kept apart, below `proposals/` ([`propose`]).
//!
//! The key is made from the path and the three files of the conflict, so the same conflict has one answer, the latest. An answer
//! that somebody withdrew stays as a mark, so that it is not learned again from the same commit.
//!
//! Of a manifest the keys that both sides changed are remembered too, with what stands there now (in `meta.yml`): lines put between
//! other lines than those they were chosen for may make it a file that nobody can read, and then the keys still have their answers.
//!
//! A path that is no text stands in `meta.yml` as git shows it, in quotes and with octal escapes, which is read back to the byte.
//!
//! Which name a file gets that both sides renamed, or that one side renamed and the other removed, is several paths' matter: it
//! is remembered where a commit resolved nothing else, and used again where all renames in dispute are the same ones.
//!
//! Not remembered: where a new file goes whose folder the other side moved; and a conflict that other picks met in the same file
//! before it was resolved, unless each of its places can be distinguished.

mod accept;
mod join;
mod learn;
mod meta;
mod pair;
mod proposals;

use std::collections::BTreeMap;

use crate::ledger::{Ledger, LedgerError, named};
use crate::pick::answer::{HunkAnswer, Origin, RecordedResolution, ResolutionStore, ResolvedPath};
use crate::yaml::{Problem, Problems};
use engine::ids::{BlobId, CommitId};
use engine::path::RepoPath;

pub use accept::accepted;
pub use join::join;
pub use learn::{LearnReport, Skipped, learn};
pub use meta::{AnswerKind, Meta, Where, Withdrawn};
pub use pair::{Pair, by_evidence, by_trailer, is_rebased};
pub use proposals::{keep_only, proposals, propose};

const FOLDER: &str = "resolutions/";

/// An answer with what it was learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedResolution {
    pub answer: RecordedResolution,
    /// The upstream commit whose pick conflicted.
    pub upstream: CommitId,
    /// The commit that resolved it; `None` where a person accepted what was proposed.
    pub commit: Option<CommitId>,
}

/// What is kept under one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResolution {
    pub key: String,
    /// All but the texts.
    pub meta: Meta,
}

/// The key of a conflict: of its path, its base, ours and theirs and, of a rename, what it is beside.
#[must_use]
pub fn key(path: &RepoPath, [base, ours, theirs, beside]: [Option<BlobId>; 4]) -> String {
    let mut text = path.as_bytes().to_vec();
    let files = [Some(base), Some(ours), Some(theirs), beside.map(Some)];
    for side in files.into_iter().flatten() {
        text.push(0);
        text.extend(side.map(|id| id.to_string()).unwrap_or_default().into_bytes());
    }
    engine::name_of(&text).to_string().chars().take(12).collect()
}

/// Everything kept, withdrawn answers too, by key.
///
/// # Errors
/// Everything that is wrong with what is kept.
pub fn list(ledger: &Ledger) -> Result<Vec<StoredResolution>, LedgerError> {
    let mut kept = Vec::new();
    let mut wrong = Vec::new();
    for key in keys(ledger) {
        let path = format!("{FOLDER}{key}/meta.yml");
        match ledger.get::<Meta>(&path) {
            Ok(Some(meta)) => {
                let lacks = lacks(ledger, &key, &meta);
                if lacks.is_empty() {
                    kept.push(StoredResolution { key, meta });
                } else {
                    let text = ledger.text(&path).to_owned();
                    wrong.push((Problems { name: named(&path), list: lacks }, text));
                }
            }
            Ok(None) => {
                let list = vec![problem("the file is not there, or says nothing".into())];
                wrong.push((Problems { name: named(&path), list }, String::new()));
            }
            Err(LedgerError::Problems { files }) => wrong.extend(files),
            Err(error) => return Err(error),
        }
    }
    if wrong.is_empty() { Ok(kept) } else { Err(LedgerError::Problems { files: wrong }) }
}

/// The files that an entry names and that are not there.
fn lacks(ledger: &Ledger, key: &str, meta: &Meta) -> Vec<Problem> {
    if meta.withdrawn.is_some() {
        return Vec::new();
    }
    let file = meta.resolved.mode().map(|_| "file".to_owned());
    let places = (1..=meta.places).flat_map(|at| PARTS.map(|part| format!("places/{at}/{part}")));
    let missing =
        file.into_iter().chain(places).filter(|name| ledger.bytes(&format!("{FOLDER}{key}/{name}")).is_none());
    missing.map(|name| problem(format!("the file `{name}` beside it is not there"))).collect()
}

const PARTS: [&str; 3] = ["ours", "theirs", "resolved"];

fn problem(message: String) -> Problem {
    Problem {
        line: 1,
        column: 1,
        width: 0,
        message,
        help: Some("`uptake memory forget KEY` withdraws it".into()),
        related: None,
    }
}

fn keys(ledger: &Ledger) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for path in ledger.paths(FOLDER) {
        let key = path[FOLDER.len()..].split('/').next().unwrap_or_default();
        if keys.last().is_none_or(|last| last != key) {
            keys.push(key.to_owned());
        }
    }
    keys.dedup();
    keys
}

/// The answers in effect, ready to be looked up.
///
/// # Errors
/// Everything that is wrong with what is kept.
pub fn recall(ledger: &Ledger) -> Result<ResolutionStore, LedgerError> {
    let mut kept = list(ledger)?;
    // Of two answers to the same lines the later one holds.
    kept.sort_by(|one, other| (one.meta.when, &one.key).cmp(&(other.meta.when, &other.key)));
    let known = kept.into_iter().filter(|kept| kept.meta.withdrawn.is_none());
    Ok(ResolutionStore::new(known.map(|StoredResolution { key, meta }| answer(ledger, key, meta)).collect()))
}

fn answer(ledger: &Ledger, key: String, meta: Meta) -> RecordedResolution {
    let bytes = |name: &str| ledger.bytes(&format!("{FOLDER}{key}/{name}")).unwrap_or_default().to_vec();
    let place = |at: u32| {
        let [ours, theirs, resolved] = PARTS.map(|part| bytes(&format!("places/{at}/{part}")));
        HunkAnswer { ours, theirs, resolved }
    };
    let resolved = match (meta.resolved.mode(), meta.module) {
        (Some(mode), _) => ResolvedPath::File { mode, bytes: bytes("file") },
        (None, Some(commit)) => ResolvedPath::Submodule(commit),
        (None, None) => ResolvedPath::Removed,
    };
    RecordedResolution {
        path: RepoPath::shown(&meta.path),
        base: meta.base,
        ours: meta.ours,
        theirs: meta.theirs,
        beside: meta.beside,
        resolved,
        places: (1..=meta.places).map(place).collect(),
        keys: meta.keys,
        origin: Origin { who: meta.who, when: meta.when, link: meta.place.describe() },
        key,
    }
}

/// The ledger with this lesson on it. What is known already or was withdrawn, and what is older than what is known, change nothing.
///
/// # Errors
/// It could not be read again as it is.
pub fn remember(ledger: &Ledger, lesson: &LearnedResolution) -> Result<Ledger, LedgerError> {
    let LearnedResolution { answer, .. } = lesson;
    let folder = format!("{FOLDER}{}/", answer.key);
    let path = format!("{folder}meta.yml");
    let Some(meta) = Meta::of(lesson) else { return Ok(ledger.clone()) };
    if let Some(known) = ledger.get::<Meta>(&path)? {
        let same = (known.resolved, known.file, known.module) == (meta.resolved, meta.file, meta.module);
        let once = known.place.commit.is_some() && known.place.commit == meta.place.commit;
        if same || once || known.when >= meta.when {
            return Ok(ledger.clone());
        }
    }
    let mut changed = ledger.without_below(&folder).with(&path, &meta)?;
    if let ResolvedPath::File { bytes, .. } = &answer.resolved {
        changed = changed.with_bytes(&format!("{folder}file"), bytes.clone());
    }
    for (at, place) in answer.places.iter().enumerate() {
        for (part, bytes) in PARTS.iter().zip([&place.ours, &place.theirs, &place.resolved]) {
            changed = changed.with_bytes(&format!("{folder}places/{}/{part}", at + 1), bytes.clone());
        }
    }
    Ok(changed)
}

/// The ledger with an answer withdrawn: it is not used any more, and not learned again from the same commit. `None` where nothing
/// is kept under this key.
///
/// # Errors
/// What is kept under it cannot be read.
pub fn forget(ledger: &Ledger, key: &str, withdrawn: Withdrawn) -> Result<Option<Ledger>, LedgerError> {
    let path = format!("{FOLDER}{key}/meta.yml");
    let Some(meta) = ledger.get::<Meta>(&path)? else { return Ok(None) };
    if meta.withdrawn.is_some() {
        return Ok(Some(ledger.clone()));
    }
    let meta = Meta { withdrawn: Some(withdrawn), places: 0, keys: Vec::new(), ..meta };
    ledger.without_below(&format!("{FOLDER}{key}/")).with(&path, &meta).map(Some)
}

/// The keys that begin with these characters.
///
/// # Errors
/// Everything that is wrong with what is kept.
pub fn keys_like(ledger: &Ledger, beginning: &str) -> Result<BTreeMap<String, Meta>, LedgerError> {
    let kept = list(ledger)?.into_iter().filter(|kept| kept.key.starts_with(beginning));
    Ok(kept.map(|kept| (kept.key, kept.meta)).collect())
}
