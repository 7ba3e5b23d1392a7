//! What every command that speaks of phases begins with, and what is done with it.

use super::Fault;
use super::publish::Place;
use crate::pick::Built;
use crate::run::{Done, Heard, Opened};
use crate::survey::Survey;

/// Everything there is to say something about.
pub(super) struct Job {
    pub(super) opened: Opened,
    pub(super) found: Survey,
    pub(super) built: Built,
    /// What people said in comments since the last run.
    pub(super) heard: Heard,
}

impl Job {
    /// Does to the forge all that is to be done, or says what it would be.
    pub(super) fn act(&mut self, place: &mut Place, dry: bool) -> Result<Done, Fault> {
        let Self { opened, found, built, heard } = self;
        let holds_base = place.holds_base();
        match place.write() {
            Some(forge) if !dry => Ok(opened.carry_out(found, built, heard, forge, holds_base)?),
            _ => {
                let changes = opened.changes(found, built, place.read(), holds_base)?;
                Ok(Done { changes, waiting: heard.notices.clone(), ..Done::default() })
            }
        }
    }
}
