//! What every command that speaks of phases begins with, and what is done with it.

use super::Fault;
use crate::forge::Forge;
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
    pub(super) fn act(&mut self, forge: &mut dyn Forge, dry: bool) -> Result<Done, Fault> {
        let Self { opened, found, built, heard } = self;
        if dry {
            let changes = opened.changes(found, built, forge, forge.mirrors_trunk())?;
            return Ok(Done { changes, waiting: heard.notices.clone(), ..Done::default() });
        }
        let mirrors_trunk = forge.mirrors_trunk();
        Ok(opened.carry_out(found, built, heard, forge, mirrors_trunk)?)
    }
}
