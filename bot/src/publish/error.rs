//! What can go wrong while a forge is made to show what was built.

use crate::forge::ForgeError;
use crate::ledger::LedgerError;

/// Why the changes could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The forge refused one.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// The ledger is not right, or could not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
