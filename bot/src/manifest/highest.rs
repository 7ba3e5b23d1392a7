//! What both sides of a go.mod changed: Go takes the highest version that anybody asks for, so with the higher of two nothing is lost.

use std::cmp::Ordering;

use super::go::compare;
use super::merge::{MergeNotes, ThreeSides};
use super::node::ManifestNode;
use super::place::KeyPath;

impl MergeNotes {
    /// The merged value of a requirement, of Go's own version or of a replacement that both sides changed; nothing where it is none.
    pub(super) fn highest(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<Option<ManifestNode>> {
        let text = |side: Option<&ManifestNode>| side.and_then(ManifestNode::text).map(str::to_owned);
        let (ours, theirs) = (text(sides.ours), text(sides.theirs));
        if ours.is_none() && theirs.is_none() {
            return None;
        }
        let name = place.name().to_owned();
        let kept = sides.ours.cloned();
        match place.table()? {
            "require" | "go" | "toolchain" => match (ours, theirs) {
                (Some(ours), Some(theirs)) => {
                    let order = compare(&ours, &theirs)?;
                    let (taken, higher, lower, whose) = match order {
                        Ordering::Less => (sides.theirs.cloned(), theirs, ours, "upstream's"),
                        Ordering::Equal | Ordering::Greater => (kept, ours, theirs, "the fork's"),
                    };
                    self.notes.push(format!(
                        "`{name}`: {whose} version is the higher and is taken, `{higher}`; `{lower}` is dropped"
                    ));
                    Some(taken)
                }
                (Some(ours), None) => {
                    self.notes.push(format!("`{name}`: upstream removed it; the fork's stays, `{ours}`"));
                    Some(kept)
                }
                (None, Some(theirs)) => {
                    self.notes.push(format!("`{name}`: the fork removed it; upstream's comes in, `{theirs}`"));
                    Some(sides.theirs.cloned())
                }
                (None, None) => None,
            },
            "replace" => {
                let (Some(ours), theirs) = (ours, theirs) else { return None };
                let theirs = theirs
                    .map_or("upstream removed it".to_owned(), |theirs| format!("upstream's is dropped, `{theirs}`"));
                self.notes.push(format!("`{name}`: the fork's replacement is kept, `{ours}`; {theirs}"));
                Some(kept)
            }
            _ => None,
        }
    }
}
