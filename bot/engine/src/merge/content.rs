//! Merging what is at one path: modes, texts, links, submodules.

use super::ConflictKind;
use super::attributes::{FileAttributes, MergeDriver, is_pointer};
use super::merger::{ConflictOutput, OngoingMerge};
use super::node::TreePath;
use super::store::{Blob, Id, Kind, is_binary};
use super::text::{MadeText, Markers, SourceText};
use super::tree::{SUBMODULE, Version};
use crate::error::GitError;

/// Texts as large as this are not merged line by line.
const LARGE: usize = 1023 << 20;

/// The result of merging two files of one kind.
pub(super) struct MergedContents {
    /// The result; where it could not be merged, our side.
    pub(super) version: Version,
    /// The result's text, where it is not an object yet: then the version has no name for it.
    pub(super) text: Option<UnnamedText>,
    /// Why it is no clean merge.
    pub(super) conflict: Option<ConflictKind>,
    /// The driver of `.gitattributes` without which there would be a conflict.
    pub(super) driver: Option<MergeDriver>,
}

/// A merged text that is no object yet.
pub(super) struct UnnamedText {
    pub(super) made: MadeText,
    /// What it was made of, where it merged cleanly.
    pub(super) of: Option<(Id, Id, Id)>,
}

/// A merged text, or why there is none, and the driver that made it.
type TextOutcome = ((Option<MadeText>, Option<ConflictKind>), Option<MergeDriver>);

impl OngoingMerge<'_, '_> {
    /// Merges two files of one kind, by the attributes of this path. `nested` makes conflict markers longer, for a result that may
    /// be merged again.
    pub(super) fn merge_contents(
        &mut self,
        path: &TreePath,
        stages: &[Version; 3],
        names: &[TreePath; 3],
        nested: usize,
    ) -> Result<MergedContents, GitError> {
        let [base, ours, theirs] = *stages;
        // Common ancestors that conflict are held against both sides: there, what cannot be merged is what both started from.
        let whole = if self.engine.depth > 0 && base.kind() == ours.kind() { base } else { ours };
        let (mode, mode_conflict) = if ours.mode == theirs.mode || ours.mode == base.mode {
            (theirs.mode, false)
        } else {
            (ours.mode, theirs.mode != base.mode)
        };
        let mut driver = None;
        let (id, text, conflict) = if ours.id == theirs.id || ours.id == base.id {
            (theirs.id, None, None)
        } else if theirs.id == base.id {
            (ours.id, None, None)
        } else if ours.is_regular() {
            // A base of another kind is no base.
            let base = if base.is_regular() { base } else { Version::NONE };
            let attributes = self.engine.attributes(self.roots[1], path)?;
            let of = (base.id, ours.id, theirs.id);
            let as_text = nested == 0 && attributes.driver == MergeDriver::Text;
            let merged_before = if as_text { self.engine.memory.contents.get(&of) } else { None };
            if let Some(merged) = merged_before {
                let id = self.engine.store.make_again(&merged);
                let conflict = mode_conflict.then_some(ConflictKind::Mode);
                return Ok(MergedContents { version: Version { mode, id }, text: None, conflict, driver });
            }
            let (merged, driven_by) = self.merge_texts(&[base, ours, theirs], names, nested, &attributes)?;
            driver = driven_by;
            match merged {
                // What may be merged again must have a name.
                (Some(made), conflict) if nested > 0 => (self.engine.store.make(Kind::Blob, made.text), None, conflict),
                (None, None) => (ours.id, None, None),
                (None, conflict) => (whole.id, None, conflict),
                (Some(made), conflict) => {
                    let of = (as_text && conflict.is_none()).then_some(of);
                    (ours.id, Some(UnnamedText { made, of }), conflict)
                }
            }
        } else if ours.kind() == SUBMODULE {
            let commits = [base, ours, theirs].map(|side| (side.kind() == SUBMODULE).then_some(side.id));
            match self.engine.store.repo().fast_forward(path, commits) {
                Some(later) => {
                    driver = Some(MergeDriver::FastForward);
                    (later, None, None)
                }
                // Without the submodule's own history there is no telling which commit is newer.
                None => (whole.id, None, Some(ConflictKind::Submodule)),
            }
        } else {
            (whole.id, None, Some(ConflictKind::Binary))
        };
        let conflict = conflict.or(mode_conflict.then_some(ConflictKind::Mode));
        Ok(MergedContents { version: Version { mode, id }, text, conflict, driver })
    }

    /// The merged text, or why there is none; and the driver that made it what it is. No text and no conflict: our file stays.
    fn merge_texts(
        &mut self,
        stages: &[Version; 3],
        names: &[TreePath; 3],
        nested: usize,
        attributes: &FileAttributes,
    ) -> Result<TextOutcome, GitError> {
        match attributes.driver {
            MergeDriver::Whole => return Ok(((None, Some(ConflictKind::Whole)), None)),
            MergeDriver::Ours => return Ok(((None, None), Some(MergeDriver::Ours))),
            MergeDriver::Text | MergeDriver::Union | MergeDriver::FastForward => {}
        }
        let [base, ours, theirs] = *stages;
        let store = &mut self.engine.store;
        let base_blob =
            if base.is_none() { std::sync::Arc::new(Blob { bytes: Vec::new() }) } else { store.blob(base.id)? };
        let (our_blob, their_blob) = (store.blob(ours.id)?, store.blob(theirs.id)?);
        if [&base_blob, &our_blob, &their_blob].iter().any(|blob| is_binary(&blob.bytes) || blob.bytes.len() > LARGE) {
            return Ok(((None, Some(ConflictKind::Binary)), None));
        }
        if is_pointer(&our_blob.bytes) || is_pointer(&their_blob.bytes) {
            return Ok(((None, Some(ConflictKind::Pointer)), None));
        }
        let files = [(base.id, &base_blob), (ours.id, &our_blob), (theirs.id, &their_blob)];
        let [base_text, our_text, their_text] = files.map(|(id, blob)| SourceText { id, bytes: &blob.bytes });
        if attributes.driver == MergeDriver::Union {
            let (text, joined) = self.engine.memory.texts.union(base_text, our_text, their_text);
            return Ok(((Some(MadeText { text, lines: None }), None), joined.then_some(MergeDriver::Union)));
        }
        let moved = names[0] != names[1] || names[1] != names[2];
        let label = |label: &str, name: &[u8]| {
            // A line break in a label would end the marker line.
            let mut label: Vec<u8> =
                label.bytes().map(|byte| if byte.is_ascii_control() { b' ' } else { byte }).collect();
            if moved {
                label.push(b':');
                label.extend_from_slice(name);
            }
            label
        };
        let labels = self.labels;
        let (base_label, our_label, their_label) =
            (label(&labels.base, &names[0]), label(&labels.ours, &names[1]), label(&labels.theirs, &names[2]));
        let markers = Markers {
            base: &base_label,
            ours: &our_label,
            theirs: &their_label,
            length: attributes.marker + nested + 2 * self.engine.depth,
            with_base: self.engine.depth == 0,
            // A result that meets another file yet is needed in any case.
            wanted: self.engine.conflicts == ConflictOutput::Marked || nested > 0,
        };
        let goes_on = self.engine.conflicts != ConflictOutput::Nothing;
        let merged = self.engine.memory.texts.merge(base_text, our_text, their_text, (&markers, goes_on));
        let marked = merged.marked.map(|text| MadeText { text, lines: None });
        let merged = match merged.clean {
            Some(made) => (Some(made), None),
            None if base.is_none() => (marked, Some(ConflictKind::AddAdd)),
            None => (marked, Some(ConflictKind::Text)),
        };
        Ok((merged, None))
    }
}
