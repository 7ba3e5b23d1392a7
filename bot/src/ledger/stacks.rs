//! Which pull requests the bot made a stack: one that a person takes apart is not made again.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Ledger, LedgerError};

const FILE: &str = "stacks.yml";

/// Open pull requests that are, or were, next to each other in a stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stacks {
    /// The number of each that stands on another, and the other's.
    pub on: BTreeMap<u64, u64>,
}

impl Stacks {
    /// What a ledger says of them.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        Ok(ledger.get(FILE)?.unwrap_or_default())
    }

    /// The ledger with these and no others.
    ///
    /// # Errors
    /// What the ledger says cannot be read.
    pub fn put(&self, ledger: &Ledger) -> Result<Ledger, LedgerError> {
        if Self::of(ledger)? == *self { Ok(ledger.clone()) } else { ledger.with(FILE, self) }
    }

    /// Without those of these pull requests.
    #[must_use]
    pub fn without(mut self, pulls: &[u64]) -> Self {
        self.on.retain(|upper, lower| !pulls.contains(lower) && !pulls.contains(upper));
        self
    }
}
