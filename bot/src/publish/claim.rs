//! Which of two runs opens the dashboard. A forge that opens two issues where two runs ask at the same moment can neither refuse
//! nor remove one, so a run first writes on the ledger that it sets out to; there only one of two can.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ApplyError;
use super::notice::Notice;
use super::page::MARK;
use crate::forge::Forge;
use crate::ledger::{Changed, Ledger, LedgerError, update};
use engine::Repo;

const FILE: &str = "dashboard.yml";

/// How long the dashboard is left to a run that set out to open it. One that was killed in between has not opened it by then.
const LEFT: SignedDuration = SignedDuration::from_mins(10);

/// That a run set out to open the dashboard.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DashboardClaim {
    /// When that run began, by which it knows itself again.
    opening: String,
}

/// Opens the dashboard and returns its number, or that another run is about to open it. `now`: when this one began.
pub(super) fn open(
    repo: &Repo,
    forge: &mut dyn Forge,
    now: Timestamp,
    title: &str,
    body: &str,
) -> Result<Result<u64, Notice>, ApplyError> {
    let two = forge.issue_create_races();
    if two && let Some(other) = claim(repo, forge, now)? {
        return Ok(Err(other));
    }
    let opened = forge.open_issue(title, body, &[]);
    if two && opened.is_err() {
        give_up(repo, forge, now);
    }
    Ok(Ok(opened?))
}

/// Sets out to open the dashboard: says so on the ledger, or returns that another run does.
fn claim(repo: &Repo, forge: &mut dyn Forge, now: Timestamp) -> Result<Option<Notice>, LedgerError> {
    let mut others = None;
    update(repo, forge, &mut |ledger| {
        others = other(ledger, now)?;
        let ledger = match others {
            Some(_) => ledger.clone(),
            None => ledger.with(FILE, &DashboardClaim { opening: now.to_string() })?,
        };
        Ok(Changed { ledger, message: "Set out to open the dashboard\n".into() })
    })?;
    Ok(others.map(|since| Notice::Opening { since: since.into() }))
}

/// Leaves it to the next run, whichever that is, unless it was opened whatever the answer said. Where this cannot be written, the
/// next has to wait.
fn give_up(repo: &Repo, forge: &mut dyn Forge, now: Timestamp) {
    if !matches!(forge.find_issue(MARK, None), Ok(None)) {
        return;
    }
    let given_up = update(repo, forge, &mut |ledger| {
        let own = other(ledger, now)?.is_none();
        let ledger = if own { ledger.without(FILE) } else { ledger.clone() };
        Ok(Changed { ledger, message: "Give up opening the dashboard\n".into() })
    });
    drop(given_up);
}

/// When another run set out to that may still be about it.
fn other(ledger: &Ledger, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
    let claim = ledger.get::<DashboardClaim>(FILE)?;
    // What is no moment, a person wrote there: it keeps nobody.
    let since = claim.and_then(|claim| claim.opening.parse::<Timestamp>().ok());
    Ok(since.filter(|since| *since != now && now.duration_since(*since).abs() < LEFT))
}
