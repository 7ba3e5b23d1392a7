//! Two ledgers that went different ways, as one: what a person decided and answered in their clone, put on what others wrote meanwhile.

use std::collections::BTreeSet;

use super::{FOLDER, Meta};
use crate::ledger::{Ledger, LedgerError};

/// `theirs` with all that `ours` says and `base`, from which both began, did not. Of two answers to the same conflict the later one holds.
///
/// # Errors
/// What is kept cannot be read.
pub fn join(base: &Ledger, ours: &Ledger, theirs: &Ledger) -> Result<Ledger, LedgerError> {
    let mut joined = theirs.clone();
    let known = |decision: &&_| !base.decisions().contains(*decision) && !theirs.decisions().contains(*decision);
    for decision in ours.decisions().iter().filter(known) {
        joined = joined.decide(decision.clone())?;
    }
    let keys: BTreeSet<&str> = ours.paths(FOLDER).filter_map(|path| path[FOLDER.len()..].split('/').next()).collect();
    for key in keys {
        let folder = format!("{FOLDER}{key}/");
        let meta = |ledger: &Ledger| ledger.get::<Meta>(&format!("{folder}meta.yml"));
        let (before, own, other) = (meta(base)?, meta(ours)?, meta(theirs)?);
        let is_later = match (&own, &other) {
            (Some(own), Some(other)) => last(own) > last(other),
            (own, None) => own.is_some(),
            (None, Some(_)) => false,
        };
        if own == before || !is_later {
            continue;
        }
        joined = joined.without_below(&folder);
        for path in ours.paths(&folder) {
            joined = joined.with_bytes(path, ours.bytes(path).unwrap_or_default().to_vec());
        }
    }
    Ok(joined)
}

/// When something was last said of an answer.
fn last(meta: &Meta) -> crate::moment::Moment {
    meta.withdrawn.as_ref().map_or(meta.when, |withdrawn| withdrawn.when)
}
