//! A run in which nothing is new but how tests stand: what changed is read, put on the ledger, said beside the commits and shown in the pull
//! requests. Nothing is built. Where it takes more than that, a whole run does it.

use std::collections::BTreeMap;

use super::matrix::{OnLedger, named};
use super::rest::{self, Glance, RestRecord, Rested, says};
use super::{RunError, Session};
use crate::ci::{self, BASE, Matrix, TestTarget, poll};
use crate::forge::{Ahead, Forge, PullRequest, PullText, State};
use crate::ledger::{Changed, Ledger, LedgerError, update};
use crate::publish::BODY_LIMIT;
use crate::view::matrix as view;

/// What is kept free in a pull request for what may be put before its text later.
const ROOM: usize = 600;

/// Deals with the tests, where nothing else is new since the last run; `None` where that takes a whole run.
pub(super) fn follow(
    glance: &Glance,
    record: &RestRecord,
    session: &Session,
    forge: &mut dyn Forge,
) -> Result<Option<Rested>, RunError> {
    let targets: Option<Vec<_>> = record.tests.iter().map(|known| known.target(&session.config)).collect();
    let Some(targets) = targets else { return Ok(None) };
    let before = glance.matrix()?;
    let polled = poll(&before, &targets, forge, session.now)?;
    // A test that is to be asked for again, or stopped.
    if polled.calls() || !polled.matrix.missing(&targets).is_empty() {
        return Ok(None);
    }
    if polled.matrix == before {
        return Ok(Some(record.rested(Vec::new(), Vec::new())));
    }
    let after = polled.matrix.clone();
    let tests = Tests { glance, record, targets: &targets, before: &before, after: &after };
    let Some(shown) = tests.shown(forge)? else { return Ok(None) };
    let mut keep = OnLedger { repo: &session.repo, ledger: glance.ledger.clone() };
    let statuses = |matrix: &Matrix, wants: &[TestTarget]| glance.untold(view::statuses(matrix, wants));
    let (_, acted) = ci::act(polled, &[], &session.branch, forge, &mut keep, &statuses)?;
    let (mut done, waiting) = (view::done(&acted), view::waiting(&acted));
    if acted.left_to_another {
        return Ok(Some(record.rested(done, waiting)));
    }
    for (number, [from, to]) in &shown {
        forge.edit_pull(*number, from, to)?;
        done.push(format!("show it in pull request {number} \"{}\"", to.title));
    }
    if acted.failed.is_empty() {
        tests.note(&shown, session, forge)?;
    }
    Ok(Some(record.rested(done, waiting)))
}

/// How the tests stand, and how they stood.
struct Tests<'a> {
    glance: &'a Glance,
    record: &'a RestRecord,
    targets: &'a [TestTarget],
    before: &'a Matrix,
    after: &'a Matrix,
}

impl Tests<'_> {
    /// What pull requests say and are to say, by number; `None` where one does not say what it did, or has no room.
    fn shown(&self, forge: &dyn Forge) -> Result<Option<BTreeMap<u64, [PullText; 2]>>, RunError> {
        let rulings = self.glance.ledger.effective();
        let mut tables_of = BTreeMap::new();
        for (known, want) in self.record.tests.iter().zip(self.targets).filter(|(_, want)| want.of != BASE) {
            let tables = [self.before, self.after].map(|matrix| view::table(matrix, want));
            // On hold a pull request stays as it is.
            let held = rulings.phase(&want.of.as_str().into()).is_some_and(|said| said.hold.is_some());
            if tables[0] == tables[1] || held {
                continue;
            }
            let Some(number) = known.pull else { return Ok(None) };
            tables_of.insert(number, tables);
        }
        forge.read_ahead(&tables_of.keys().copied().map(Ahead::Pull).collect::<Vec<_>>())?;
        let mut shown = BTreeMap::new();
        for (number, tables) in tables_of {
            let pull = forge.pull(number)?;
            if !self.is_as_left(&pull) {
                return Ok(None);
            }
            let Some(body) = with_table(&pull.text.body, &tables) else { return Ok(None) };
            let to = PullText { body, ..pull.text.clone() };
            shown.insert(number, [pull.text, to]);
        }
        Ok(Some(shown))
    }

    /// Whether a pull request is as the last run left it.
    fn is_as_left(&self, pull: &PullRequest) -> bool {
        let known = self.record.conversations.get(&pull.number);
        pull.state == State::Open && known.is_some_and(|known| known.says == said_by(&pull.text))
    }

    /// Notes what this run leaves, so that the next rests where nothing is new.
    fn note(
        &self,
        shown: &BTreeMap<u64, [PullText; 2]>,
        session: &Session,
        forge: &mut dyn Forge,
    ) -> Result<(), RunError> {
        let Some(began) = forge.began()? else { return Ok(()) };
        // What could not be done is tried again a day after the run that tried it.
        let since = if self.record.retry { self.record.since } else { rest::since(began) };
        let mut left = RestRecord { since, ..self.record.clone() };
        for (number, [_, text]) in shown {
            if let Some(known) = left.conversations.get_mut(number) {
                known.says = said_by(text);
            }
        }
        for (head, statuses) in view::statuses(self.after, self.targets) {
            left.told.insert(head.to_string(), named(&statuses));
        }
        let noted = update(&session.repo, forge, &mut |ledger: &Ledger| {
            // What cannot be read now is no reason to rest.
            let seen = rest::seen(session, &self.glance.branches, ledger).unwrap_or_default();
            // What people wrote there meanwhile is for the next run.
            let ledger = match rest::is_obeyed(&self.glance.ledger, ledger) {
                true => ledger.with(rest::FILE, &RestRecord { seen, ..left.clone() })?,
                false => ledger.clone(),
            };
            Ok(Changed { ledger, message: "Note what this run leaves\n".to_owned() })
        });
        match noted {
            // Others write there: then there is something new for the next.
            Err(LedgerError::Contended(_)) => Ok(()),
            noted => noted.map(drop).map_err(RunError::from),
        }
    }
}

fn said_by(text: &PullText) -> String {
    says(&text.title, &text.body, true, &text.labels)
}

/// A body with one table in the place of another, where that is there once and there is room.
fn with_table(body: &str, [old, new]: &[String; 2]) -> Option<String> {
    let (before, after) = body.split_once(old.as_str())?;
    let body = format!("{before}{new}{after}");
    (!after.contains(old.as_str()) && body.chars().count() + ROOM <= BODY_LIMIT).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_one_before_where_it_stands_once_and_fits() {
        let tables = ["| a |\n", "| a | b |\n"].map(str::to_owned);
        assert_eq!(with_table("x\n\n| a |\n\ny", &tables).as_deref(), Some("x\n\n| a | b |\n\ny"));
        assert_eq!(with_table("x\n\n| c |\n\ny", &tables), None);
        assert_eq!(with_table("| a |\n| a |\n", &tables), None);
        let long = format!("| a |\n{}", "x".repeat(BODY_LIMIT - ROOM));
        assert_eq!(with_table(&long, &tables), None);
    }
}
