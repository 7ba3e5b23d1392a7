//! The three-way merge of what manifests say. Pure: how it is written down is another's work.

use std::collections::HashSet;
use std::rc::Rc;

use super::dependency;
use super::format::Manifest;
use super::key::{KeyAnswer, KeyConflict, read};
use super::node::{Entries, ManifestNode, listed};
use super::order::{kept, ordered};
use super::place::{KeyPath, List, describe, requirement};

/// What has to be said of a merge, gathered while it goes through the tables.
#[derive(Debug, Default)]
pub(super) struct MergeNotes {
    /// What was resolved at the cost of one side.
    pub(super) notes: Vec<String>,
    /// Where the sides disagree; the result has ours.
    pub(super) keys: Vec<KeyConflict>,
    /// Where each of these keys is.
    pub(super) places: Vec<KeyPath>,
    /// What people answered to such disagreements before.
    pub(super) known: Vec<KeyAnswer>,
    /// Those of them that resolved one.
    pub(super) used: Vec<KeyAnswer>,
    /// Whether it is Go's: then the higher version is taken.
    pub(super) go: bool,
    /// What the file says at the common ancestor of both branches, where that is known.
    pub(super) ancestor: Option<Rc<Manifest>>,
}

/// The same place on the three sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct ThreeSides<'a> {
    pub(super) base: Option<&'a ManifestNode>,
    pub(super) ours: Option<&'a ManifestNode>,
    pub(super) theirs: Option<&'a ManifestNode>,
}

impl MergeNotes {
    /// The merged value of a place; nothing where it goes.
    pub(super) fn value(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<ManifestNode> {
        let dependency = place.is_dependency();
        let same = |one: Option<&ManifestNode>, other: Option<&ManifestNode>| {
            one == other || (dependency && dependency::same(one, other))
        };
        let ThreeSides { base, ours, theirs } = sides;
        if same(ours, theirs) || same(theirs, base) {
            return ours.cloned();
        }
        if same(ours, base) {
            return theirs.cloned();
        }
        // The fork never had it: what upstream changes there is no change of the fork's file, so it comes whole.
        if let (None, Some(theirs), Some(None)) = (ours, theirs, self.before(place)) {
            self.notes.push(format!(
                "`{}`: the fork does not have what upstream changes there; it comes in, `{theirs}`",
                place.name()
            ));
            return Some(theirs.clone());
        }
        if self.go
            && let Some(merged) = self.highest(place, sides)
        {
            return merged;
        }
        if dependency && let Some(merged) = self.dependency(place, sides) {
            return Some(merged);
        }
        let (was, own, other) = (
            base.and_then(ManifestNode::entries),
            ours.and_then(ManifestNode::entries),
            theirs.and_then(ManifestNode::entries),
        );
        match (ours, theirs) {
            (Some(_), Some(_)) if own.is_some() && other.is_some() => {}
            // A table one side took away and the other changed: each key is judged on its own.
            (Some(_), None) | (None, Some(_)) if !dependency && was.is_some() && (own.is_some() || other.is_some()) => {
            }
            // A list that is gone is one without elements.
            (Some(ManifestNode::List(_)) | None, Some(ManifestNode::List(_)) | None) => {
                let merged = self.list(place, sides).or_else(|| self.disagree(place, sides));
                // An empty list is written where one was, but a list of tables cannot be.
                let stays = ours.is_some() && theirs.is_some() && place.list() == List::Set;
                return merged.filter(|merged| stays || merged.elements().is_none_or(|elements| !elements.is_empty()));
            }
            _ => return self.disagree(place, sides),
        }
        let none = Entries::new();
        let [was, own, other] = [was, own, other].map(|side| side.unwrap_or(&none));
        let merged = self.entries(place, was, own, other);
        if ours.is_some() && theirs.is_some() {
            return Some(ManifestNode::Table(merged));
        }
        if merged.is_empty() {
            return None;
        }
        // Of a table that only holds others, those have said it.
        let inner = |(key, value): (&String, &ManifestNode)| {
            value.entries().is_some() && was.get(key).is_some_and(|was| was.entries().is_some())
        };
        if merged.iter().all(inner) {
            return Some(ManifestNode::Table(merged));
        }
        let (who, left) = if ours.is_some() { ("upstream", "the fork") } else { ("the fork", "upstream") };
        self.notes.push(format!(
            "{who} removed `{}`; what {left} changed there stays: `{}`",
            place.name(),
            listed(&merged)
        ));
        Some(ManifestNode::Table(merged))
    }

    /// The merged entries of a table, in the fork's order.
    pub(super) fn entries(&mut self, place: &KeyPath, base: &Entries, ours: &Entries, theirs: &Entries) -> Entries {
        let mut merged = Entries::new();
        let only_theirs = theirs.keys().filter(|key| !ours.contains_key(*key));
        let gone = base.keys().filter(|key| !ours.contains_key(*key) && !theirs.contains_key(*key));
        for key in ours.keys().chain(only_theirs).chain(gone) {
            let sides = ThreeSides { base: base.get(key), ours: ours.get(key), theirs: theirs.get(key) };
            if let Some(value) = self.value(&place.key(key), sides) {
                merged.insert(key.clone(), value);
            }
        }
        let keys = |entries: &Entries| entries.keys().cloned().collect::<Vec<_>>();
        let stays: HashSet<String> = merged.keys().cloned().collect();
        let order = ordered(&keys(ours), &keys(theirs), &stays);
        order.into_iter().filter_map(|key| merged.swap_remove(&key).map(|value| (key, value))).collect()
    }

    /// The merged list; nothing where its order may matter, or its elements cannot be distinguished.
    fn list(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<ManifestNode> {
        let kind = place.list();
        let sides =
            [sides.base, sides.ours, sides.theirs].map(|side| side.and_then(ManifestNode::elements).unwrap_or(&[]));
        let named = |list: &&[ManifestNode]| {
            list.iter().all(|one| one.entries().is_some_and(|_| describe(one) != one.to_string()))
        };
        let mergeable = match kind {
            List::Requirements => sides.iter().all(|list| list.iter().all(|one| one.text().is_some())),
            List::Set => true,
            List::Unknown => sides.iter().all(named),
        };
        let name = |one: &ManifestNode| match (kind, one.text()) {
            (List::Requirements, Some(text)) => requirement(text),
            _ => describe(one),
        };
        let [base, ours, theirs] = sides.map(|list| {
            let entries: Entries = list.iter().map(|one| (name(one), one.clone())).collect();
            (entries.len() == list.len()).then_some(entries)
        });
        // Twice the same: which of them was changed cannot be said.
        let (Some(base), Some(ours), Some(theirs), true) = (base, ours, theirs, mergeable) else { return None };
        if ours.values().chain(theirs.values()).all(ManifestNode::is_scalar) && kind == List::Set {
            let names = |entries: &Entries| entries.keys().cloned().collect::<Vec<_>>();
            let (was, own, other) = (names(&base), names(&ours), names(&theirs));
            let order = ordered(&own, &other, &kept(&was, &own, &other));
            return Some(ManifestNode::List(
                order.iter().filter_map(|name| ours.get(name).or(theirs.get(name)).cloned()).collect(),
            ));
        }
        Some(ManifestNode::List(self.elements(place, kind, &base, &ours, &theirs)))
    }

    fn elements(
        &mut self,
        place: &KeyPath,
        kind: List,
        base: &Entries,
        ours: &Entries,
        theirs: &Entries,
    ) -> Vec<ManifestNode> {
        let mut merged = Entries::new();
        let only_theirs = theirs.keys().filter(|name| !ours.contains_key(*name));
        for name in ours.keys().chain(only_theirs) {
            let place = place.element(name);
            let sides = ThreeSides { base: base.get(name), ours: ours.get(name), theirs: theirs.get(name) };
            let value = if kind == List::Requirements {
                self.requirement(&place, sides)
            } else if sides.base.is_some() && sides.ours.is_some() != sides.theirs.is_some() {
                // An element is one thing: taken away here and changed there is no matter of its keys.
                self.removed(&place, sides)
            } else {
                self.value(&place, sides)
            };
            if let Some(value) = value {
                merged.insert(name.clone(), value);
            }
        }
        let names = |entries: &Entries| entries.keys().cloned().collect::<Vec<_>>();
        let stays: HashSet<String> = merged.keys().cloned().collect();
        let order = ordered(&names(ours), &names(theirs), &stays);
        order.iter().filter_map(|name| merged.swap_remove(name)).collect()
    }

    fn removed(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<ManifestNode> {
        if sides.base == sides.ours || sides.base == sides.theirs { None } else { self.disagree(place, sides) }
    }

    /// The value of a place at the common ancestor; nothing where the ancestor is not known.
    pub(super) fn before(&self, place: &KeyPath) -> Option<Option<&ManifestNode>> {
        Some(place.find(&self.ancestor.as_ref()?.says))
    }

    /// Two different answers, of which neither follows from the other: the fork's stays, and it is said. Where the fork's is only
    /// what both branches began with, the fork has not answered at all, and upstream's stands.
    pub(super) fn disagree(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<ManifestNode> {
        if let (Some(ours), Some(before)) = (sides.ours, self.before(place))
            && before == Some(ours)
        {
            let taken =
                sides.theirs.map_or("upstream's removal".to_owned(), |theirs| format!("upstream's, `{theirs}`,"));
            self.notes.push(format!("`{}`: the fork never changed it, `{ours}`; {taken} is taken", place.name()));
            return sides.theirs.cloned();
        }
        let shown = |side: Option<&ManifestNode>| side.map(ManifestNode::to_string);
        let conflict = KeyConflict {
            key: place.name().to_owned(),
            base: shown(sides.base),
            ours: shown(sides.ours),
            theirs: shown(sides.theirs),
        };
        self.answered(place, conflict, |_| true).unwrap_or_else(|| sides.ours.cloned())
    }

    /// What somebody answered to a disagreement before, if it fits: a value, or that there is none. Where nobody did, it is noted.
    pub(super) fn answered(
        &mut self,
        place: &KeyPath,
        conflict: KeyConflict,
        fits: impl Fn(Option<&ManifestNode>) -> bool,
    ) -> Option<Option<ManifestNode>> {
        let known = self.known.iter().rev().find(|known| known.answers(&conflict)).cloned();
        let resolved = known.as_ref().and_then(|known| match &known.resolved {
            Some(resolved) => read(resolved).map(Some),
            None => Some(None),
        });
        match (known, resolved) {
            (Some(known), Some(resolved)) if fits(resolved.as_ref()) => {
                self.used.push(known);
                Some(resolved)
            }
            _ => {
                self.keys.push(conflict);
                self.places.push(place.clone());
                None
            }
        }
    }
}
