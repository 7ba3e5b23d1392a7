//! What was proposed for conflicts, kept on the ledger before anybody sees it: so that a proposer, who may say something else each time, is
//! asked once, and what a person accepts is what was shown.
//!
//! ```text
//! proposals/<key>/meta.yml   which conflict it is for
//! proposals/<key>/file       the proposed file, byte for byte
//! ```

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AnswerKind;
use crate::ledger::{Ledger, LedgerError};
use crate::pick::proposal::{KeptProposal, ProposalStore, WholeProposal};
use engine::ids::{BlobId, CommitId};
use engine::name_of;
use engine::path::RepoPath;

const FOLDER: &str = "proposals/";

/// One proposal: for which conflict it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProposalMeta {
    /// The path in the repository, as git shows it.
    path: String,
    /// The upstream commit whose pick conflicts.
    upstream: CommitId,
    /// What kind of file it is.
    kind: AnswerKind,
    /// The file that is proposed.
    file: BlobId,
    /// Whether another one was kept for the same file of the same commit when this came.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    again: bool,
}

/// The proposals that are kept. One that cannot be read, or is not as it was written, is none: it is made once more.
#[must_use]
pub fn proposals(ledger: &Ledger) -> ProposalStore {
    ProposalStore::new(keys(ledger).iter().filter_map(|key| kept(ledger, key)).collect())
}

fn keys(ledger: &Ledger) -> BTreeSet<String> {
    let key = |path: &str| Some(path.strip_prefix(FOLDER)?.split_once('/')?.0.to_owned());
    ledger.paths(FOLDER).filter_map(key).collect()
}

fn kept(ledger: &Ledger, key: &str) -> Option<KeptProposal> {
    let meta: ProposalMeta = ledger.get(&format!("{FOLDER}{key}/meta.yml")).ok()??;
    let bytes = ledger.bytes(&format!("{FOLDER}{key}/file"))?.to_vec();
    let whole = WholeProposal { key: key.to_owned(), mode: meta.kind.mode()?, bytes };
    (name_of(&whole.bytes) == meta.file).then(|| KeptProposal {
        upstream: meta.upstream,
        path: RepoPath::shown(&meta.path),
        whole,
        again: meta.again,
    })
}

/// The ledger with these proposals kept.
///
/// # Errors
/// One could not be read again as it is.
pub fn propose(ledger: &Ledger, found: &[KeptProposal]) -> Result<Ledger, LedgerError> {
    let before: Vec<KeptProposal> = keys(ledger).iter().filter_map(|key| kept(ledger, key)).collect();
    let mut changed = ledger.clone();
    for KeptProposal { upstream, path, whole, .. } in found {
        if before.iter().any(|kept| kept.whole == *whole) {
            continue;
        }
        let Some(kind) = AnswerKind::of_mode(whole.mode) else { continue };
        let meta = ProposalMeta {
            path: path.to_string(),
            upstream: *upstream,
            kind,
            file: name_of(&whole.bytes),
            again: before.iter().any(|kept| (kept.upstream, &kept.path) == (*upstream, path)),
        };
        let folder = format!("{FOLDER}{}", whole.key);
        changed = changed.with(&format!("{folder}/meta.yml"), &meta)?;
        changed = changed.with_bytes(&format!("{folder}/file"), whole.bytes.clone());
    }
    Ok(changed)
}

/// The ledger without the proposals that are for no conflict any more.
#[must_use]
pub fn keep_only(ledger: &Ledger, found: &[KeptProposal]) -> Ledger {
    let gone = keys(ledger).into_iter().filter(|key| found.iter().all(|kept| kept.whole.key != *key));
    gone.fold(ledger.clone(), |ledger, key| ledger.without_below(&format!("{FOLDER}{key}/")))
}
