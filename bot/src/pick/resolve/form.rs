//! A conflicting place where one side changed nothing but the form: what the other side says is taken. Pure.
//!
//! It is asked after what a person decided or answered, which may mean the form as well, and before any rule that drops the lines
//! of one side: it drops nothing.

use super::text::MergedPart;
use crate::survey::form::{LineEnd, bare};

/// One conflicting place of a file.
pub(super) struct FormPlace<'p> {
    /// What the file is called.
    pub(super) name: &'p [u8],
    /// The lines both sides started from; `None` where both added the file.
    pub(super) base: Option<&'p [u8]>,
    pub(super) ours: &'p [u8],
    pub(super) theirs: &'p [u8],
    /// The lines both sides begin or end with there, which the base may have too.
    pub(super) shared: &'p [u8],
}

/// More lines that both sides share are not tried one by one.
const MOST_SHARED: usize = 64;

impl<'p> FormPlace<'p> {
    /// The lines of the side that says something; the fork's where both say the same.
    pub(super) fn resolved(&self) -> Option<&'p [u8]> {
        if bare(self.name, self.ours) == bare(self.name, self.theirs) {
            return Some(self.ours);
        }
        let base = bare(self.name, self.base?);
        if self.is_base(self.ours, &base) {
            Some(self.theirs)
        } else {
            self.is_base(self.theirs, &base).then_some(self.ours)
        }
    }

    /// Whether a side says what the base says, with the shared lines around it as they may stand.
    fn is_base(&self, side: &[u8], base: &[u8]) -> bool {
        let shared: Vec<&[u8]> = self.shared.split_inclusive(|byte| *byte == b'\n').collect();
        let whole = |before: usize| [&shared[..before].concat(), side, &shared[before..].concat()].concat();
        shared.len() <= MOST_SHARED && (0..=shared.len()).any(|before| bare(self.name, &whole(before)) == base)
    }
}

/// The parts of a merged text put together, with line ends as the fork's file has them, where it has one kind. What somebody
/// answered stays byte for byte.
pub(super) fn joined(parts: &[MergedPart], fork: &[u8]) -> Vec<u8> {
    let end = LineEnd::of(fork);
    let mut text: Vec<u8> = Vec::new();
    for part in parts.iter().filter(|part| !part.text.is_empty()) {
        // A side whose last line has no end would run into the next.
        if text.last().is_some_and(|last| *last != b'\n') {
            text.extend_from_slice(if end == Some(LineEnd::CrLf) { b"\r\n" } else { b"\n" });
        }
        match end {
            Some(end) if !part.exact => text.extend(end.give(&part.text)),
            _ => text.extend_from_slice(&part.text),
        }
    }
    text
}
