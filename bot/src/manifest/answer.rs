//! What a person answered where both sides changed a key: read from the file they made, and used in later merges.

use super::key::{KeyAnswer, KeyConflict, read};
use super::node::{Entries, ManifestNode};
use super::place::KeyPath;
use super::{ManifestFormat, dependency, plain};

/// The answers that a file as a person resolved it gives to the keys which the sides of a merge disagree about. None where one of
/// the files cannot be read.
#[must_use]
pub fn answers(path: &str, base: Option<&str>, ours: &str, theirs: &str, resolved: &str) -> Vec<KeyAnswer> {
    let Some(format) = ManifestFormat::of(path) else { return Vec::new() };
    let entries = |text: &str| format.read(&plain(text)).ok();
    let (Some(was), Some(own), Some(other), Some(resolved)) =
        (base.map_or(Some(Entries::new()), entries), entries(ours), entries(theirs), entries(resolved))
    else {
        return Vec::new();
    };
    let mut merge = super::merge::MergeNotes::default();
    merge.entries(&KeyPath::default(), &was, &own, &other);
    let answers = merge.places.iter().zip(merge.keys).filter_map(|(place, conflict)| {
        let KeyConflict { key, ours, theirs, .. } = conflict;
        let value = place.find(&resolved).map(|value| {
            // Of a dependency both sides have, they disagree about where it comes from.
            let source = place.is_dependency() && ours.is_some() && theirs.is_some();
            source.then(|| dependency::source_of(value)).flatten().unwrap_or_else(|| value.clone())
        });
        let described = value.as_ref().map(ManifestNode::to_string);
        // What could not be read back would be another answer.
        (described.as_deref().and_then(read) == value).then_some(KeyAnswer { key, ours, theirs, resolved: described })
    });
    answers.collect()
}
