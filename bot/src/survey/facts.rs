//! A surveyed commit as the rules of a configuration see it.

use super::Surveyed;
use crate::config::OwnedFacts;

impl<'a> From<&'a Surveyed> for OwnedFacts<'a> {
    fn from(commit: &'a Surveyed) -> Self {
        Self {
            subject: &commit.subject,
            author: format!("{} <{}>", commit.author.name, commit.author.email),
            day: commit.date.day(),
            paths: &commit.paths,
        }
    }
}
