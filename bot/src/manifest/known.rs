//! Manifests as they were read lately: of a row of merges, the next one begins with what the last one read and made.

use std::collections::VecDeque;
use std::rc::Rc;

use super::format::{Manifest, ManifestFormat};

/// So many are remembered: the sides of a merge and what came of it, for a few files in turn.
const MOST: usize = 32;

/// The manifests that were read lately, oldest first.
#[derive(Debug, Default)]
pub struct KnownManifests(VecDeque<(ManifestFormat, String, Rc<Manifest>)>);

impl KnownManifests {
    /// Reads a text without byte order mark and carriage returns.
    pub(super) fn read(&mut self, format: ManifestFormat, text: String) -> Result<Rc<Manifest>, String> {
        let is = |(of, known, _): &(ManifestFormat, String, Rc<Manifest>)| *of == format && *known == text;
        let manifest = match self.0.iter().position(is).and_then(|at| self.0.remove(at)) {
            Some((_, _, manifest)) => manifest,
            None => Rc::new(format.parse(text.clone())?),
        };
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((format, text, Rc::clone(&manifest)));
        Ok(manifest)
    }
}
