//! What every command that speaks of phases begins with, and what is done with it.

use super::Failure;
use crate::forge::Forge;
use crate::pick::Built;
use crate::pipeline::{NewComments, PublishOutcome, Session};
use crate::survey::Survey;

/// Everything there is to say something about.
pub(super) struct Job {
    pub(super) opened: Session,
    pub(super) found: Survey,
    pub(super) built: Built,
    /// What people said in comments since the last run.
    pub(super) heard: NewComments,
}

impl Job {
    /// Does to the forge all that is to be done, or says what it would be.
    pub(super) fn act(&mut self, forge: &mut dyn Forge, dry: bool) -> Result<PublishOutcome, Failure> {
        let Self { opened, found, built, heard } = self;
        if dry {
            let changes = opened.changes(found, built, forge, forge.mirrors_trunk())?;
            return Ok(PublishOutcome { changes, waiting: heard.notices.clone(), ..PublishOutcome::default() });
        }
        let mirrors_trunk = forge.mirrors_trunk();
        Ok(opened.carry_out(found, built, heard, forge, mirrors_trunk)?)
    }
}
