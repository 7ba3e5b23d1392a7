//! The last part of a run: what people said on the forge taken in, and the forge made to show what was built.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::hear::NewComments;
use super::{RunError, Session};
use crate::forge::{Forge, ForgeError};
use crate::pick::Built;
use crate::publish::{ApplyError, Change, Changes, Observed, Situation, apply, compare, ticked_boxes};
use crate::survey::Survey;
use crate::text::visible;

/// Why there is no dashboard though one is wanted: a fork begins so.
const NO_ISSUES: &str = "the repository has no issues, and the dashboard is one: Settings, General, Features, Issues; or set \
                         `dashboard.enabled: false`";

/// What a run did to a forge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishOutcome {
    /// What was changed, and what was left alone.
    pub changes: Changes,
    /// What was done about tests, in words.
    pub tests: Vec<String>,
    /// What could not be done and waits for the next run, in words.
    pub waiting: Vec<String>,
}

/// What a forge turned out not to have or not to do while it was written to.
#[derive(Debug, Default)]
struct MissingFeatures {
    /// Pull requests that it would not open again.
    refused: BTreeSet<u64>,
    /// Draft pull requests.
    drafts: bool,
    /// Branches that it would not have moved, or removed, and why, in words.
    immovable: BTreeSet<String>,
    told: BTreeSet<String>,
}

impl Session {
    /// The same with what people said on the dashboard since it was last written. It is heeded at once, and put on the ledger
    /// before anything else is written.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn with_dashboard_of(mut self, forge: &dyn Forge) -> Result<Self, RunError> {
        let Some(dashboard) = Observed::read_dashboard(forge)? else { return Ok(self) };
        let phases: Vec<_> = self.config.phases.iter().map(|phase| phase.id.as_str()).collect();
        let said = ticked_boxes(&dashboard.body, &self.ledger.effective(), &phases, self.now);
        for decision in &said {
            self.ledger = self.ledger.decide(decision.clone())?;
        }
        self.said.extend(said);
        Ok(self)
    }

    /// What a forge must be told so that it shows what was built. `holds_base`: whether it is to hold a copy of the fork's
    /// branch, as a folder does.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn changes(
        &self,
        survey: &Survey,
        built: &Built,
        forge: &dyn Forge,
        holds_base: bool,
    ) -> Result<Changes, RunError> {
        self.changes_but(survey, built, forge, holds_base, &MissingFeatures::default())
    }

    fn changes_but(
        &self,
        survey: &Survey,
        built: &Built,
        forge: &dyn Forge,
        holds_trunk: bool,
        lacks: &MissingFeatures,
    ) -> Result<Changes, RunError> {
        let observed = Observed::read(forge, &self.branch)?;
        Ok(compare(&Situation {
            built,
            survey,
            config: &self.config,
            trunk: &self.branch,
            holds_trunk,
            rulings: &self.ledger.effective(),
            said: &self.said,
            observed: &observed,
            tests: &self.tables(survey, built, &observed)?,
            refused: &lacks.refused,
            immovable: &lacks.immovable,
            drafts: !lacks.drafts,
            now: self.now,
        }))
    }

    /// All that a run does to a forge: what was built is shown, tests are asked for and their results told, and what people said is
    /// answered.
    ///
    /// # Errors
    /// The forge cannot be read or written. What was changed before stays, and the next run goes on from there.
    pub fn carry_out(
        &mut self,
        survey: &Survey,
        built: &Built,
        heard: &NewComments,
        forge: &mut dyn Forge,
        holds_base: bool,
    ) -> Result<PublishOutcome, RunError> {
        heard.acknowledge(forge)?;
        let (mut changes, mut missed) = self.show(survey, built, forge, holds_base, &mut |_| {})?;
        // They are on the ledger now.
        self.said.clear();
        self.write_down(forge, survey, built)?;
        let tests = self.test(survey, built, forge)?;
        if !tests.done.is_empty() || !tests.failed.is_empty() {
            // What came of the tests stands in the pull requests too, and so does why one could not be asked for.
            let (more, again) = self.show(survey, built, forge, holds_base, &mut |_| {})?;
            changes.changes.extend(more.changes);
            missed.extend(again);
        }
        self.answer(survey, built, heard, forge)?;
        let mut waiting: Vec<String> = heard.notices.iter().cloned().chain(missed).chain(tests.waiting()).collect();
        if self.config.dashboard.enabled && !forge.has_issues()? {
            waiting.push(NO_ISSUES.to_owned());
        }
        Ok(PublishOutcome { changes, tests: tests.done, waiting })
    }

    /// Makes a forge show what was built, and returns what was changed.
    ///
    /// # Errors
    /// The forge cannot be read or written. What was changed before stays, and the next run goes on from there.
    pub fn publish(
        &self,
        survey: &Survey,
        built: &Built,
        forge: &mut dyn Forge,
        holds_base: bool,
        done: &mut dyn FnMut(&Change),
    ) -> Result<Changes, RunError> {
        Ok(self.show(survey, built, forge, holds_base, done)?.0)
    }

    /// The same, with what could not be shown and why, in words.
    fn show(
        &self,
        survey: &Survey,
        built: &Built,
        forge: &mut dyn Forge,
        holds_base: bool,
        done: &mut dyn FnMut(&Change),
    ) -> Result<(Changes, BTreeSet<String>), RunError> {
        let mut lacks = MissingFeatures::default();
        let mut made = Changes::default();
        loop {
            let changes = self.changes_but(survey, built, forge, holds_base, &lacks)?;
            let applied = apply(&changes.changes, &self.repo, forge, self.now, &mut |change| {
                made.changes.push(change.clone());
                done(change);
            });
            match applied {
                Ok(left) => {
                    let notices = changes.notices.into_iter().chain(left).collect();
                    return Ok((Changes { notices, ..made }, lacks.told));
                }
                // It goes on in a new pull request instead.
                Err(ApplyError::Forge(ForgeError::CannotReopen { number, .. })) if lacks.refused.insert(number) => {}
                Err(ApplyError::Forge(ForgeError::NoDrafts)) if !lacks.drafts => lacks.drafts = true,
                // One phase's trouble is not the others'.
                Err(ApplyError::Forge(error @ ForgeError::BranchRefused { .. })) => {
                    let ForgeError::BranchRefused { branch, why } = &error else { return Err(error.into()) };
                    if !lacks.immovable.insert(branch.clone()) {
                        return Err(error.into());
                    }
                    let advice = why.advice().map(|advice| format!("; {advice}")).unwrap_or_default();
                    lacks.told.insert(visible(&format!("{error}{advice}")));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The clock, for what says when it was decided and how old something is.
#[expect(clippy::disallowed_methods, reason = "decisions and the dashboard say when; no branch depends on it")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
