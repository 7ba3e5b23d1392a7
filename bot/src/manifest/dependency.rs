//! A dependency on the three sides: where it comes from is one thing, and what is wanted of it another.
//!
//! The source (version, git repository, revision, path, registry, package, the workspace's) is one unit: half of one side's and
//! half of the other's is a source nobody has tried. A side that alone changed it is followed. Where both did, upstream's is
//! taken if the fork's is only another version, or another revision of the same repository, than before the change or at the
//! common ancestor: it kept in step by itself, and upstream went further. It is a disagreement if the fork moved the dependency to a place of its own (a repository, a path,
//! another package), for that is a decision of the fork. Features are a set, of which each side's additions and removals hold;
//! of everything else the fork's stays.

use super::key::KeyConflict;
use super::merge::{MergeNotes, ThreeSides};
use super::node::{Entries, ManifestNode, listed};
use super::place::KeyPath;

/// What says where a dependency lives.
const HOME: [&str; 12] = [
    "git",
    "path",
    "registry",
    "registry-index",
    "workspace",
    "package",
    "base",
    "url",
    "file",
    "source",
    "index",
    "protocol",
];
/// What says which state of it.
const STATE: [&str; 4] = ["version", "rev", "branch", "tag"];

/// Whether two dependencies say the same: `"1"` is `{ version = "1" }`.
pub(super) fn same(one: Option<&ManifestNode>, other: Option<&ManifestNode>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other || parts(one).is_some_and(|one| Some(one) == parts(other)),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// A dependency as a table. A version that names its place as well (`git+https://…`, `npm:other@1`) has it as that place.
fn parts(node: &ManifestNode) -> Option<Entries> {
    match node {
        ManifestNode::Table(entries) => Some(entries.clone()),
        ManifestNode::Text(text) => Some(written(text)),
        ManifestNode::Plain(_) | ManifestNode::List(_) => None,
    }
}

/// The parts of a version as a package.json has it. Put together again by [`text`].
fn written(text: &str) -> Entries {
    let part = |key: &str, text: &str| (key.to_owned(), ManifestNode::Text(text.to_owned()));
    let split = |at: usize| Entries::from([part("protocol", &text[..at]), part("version", &text[at..])]);
    let colon = text.find(':');
    match (text.find('#'), colon, text.rfind('@')) {
        // `git+https://a/b#v1`, `owner/name#v1`.
        (Some(hash), ..) => split(hash + 1),
        // `npm:@scope/name@1`
        (None, Some(colon), Some(at)) if text.starts_with("npm:") && at > colon + 1 => split(at + 1),
        // `workspace:*`
        (None, Some(colon), _) if !text.contains('/') => split(colon + 1),
        // `file:../x`, `owner/name`
        _ if colon.is_some() || text.contains('/') => Entries::from([part("protocol", text)]),
        _ => Entries::from([part("version", text)]),
    }
}

/// The short form, where a dependency is no more than that.
fn text(entries: &Entries) -> Option<ManifestNode> {
    let of = |key: &str| entries.get(key).and_then(ManifestNode::text).unwrap_or_default();
    let only = entries.keys().all(|key| key == "version" || key == "protocol");
    only.then(|| ManifestNode::Text(format!("{}{}", of("protocol"), of("version"))))
}

fn only(entries: &Entries, keys: &[&str]) -> Entries {
    let wanted = |(key, _): &(&String, &ManifestNode)| keys.contains(&key.as_str());
    entries.iter().filter(wanted).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn source(entries: &Entries) -> Entries {
    let mut source = only(entries, &HOME);
    source.extend(only(entries, &STATE));
    source
}

/// Of a dependency, what says where it comes from.
pub(super) fn source_of(node: &ManifestNode) -> Option<ManifestNode> {
    parts(node).map(|entries| whole(&source(&entries)))
}

fn is_source(key: &str) -> bool {
    HOME.contains(&key) || STATE.contains(&key)
}

impl MergeNotes {
    /// The merged dependency; nothing where a side's is no dependency as one knows them.
    pub(super) fn dependency(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<ManifestNode> {
        let (Some(mine), Some(other)) = (sides.ours, sides.theirs) else { return None };
        let (ours, theirs) = (parts(mine)?, parts(other)?);
        let base = match sides.base {
            Some(base) => Some(parts(base)?),
            None => None,
        };
        let chosen = self.source(place, base.as_ref(), &ours, &theirs);
        let base = base.unwrap_or_default();
        let rest = |entries: &Entries| -> Entries {
            entries.iter().filter(|(key, _)| !is_source(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let wants = self.wants(place, &rest(&base), &rest(&ours), &rest(&theirs));
        // The keys of the source where the fork's source begins, in the order of the side it comes from.
        let mut merged = chosen;
        merged.extend(wants);
        if mine.text().is_some() || other.text().is_some() {
            // One of them is short: so is the result, if it says no more than that.
            if let Some(text) = text(&merged) {
                return Some(text);
            }
        }
        Some(ManifestNode::Table(merged))
    }

    /// The source of a dependency, chosen whole.
    fn source(&mut self, place: &KeyPath, base: Option<&Entries>, ours: &Entries, theirs: &Entries) -> Entries {
        let (mine, other) = (source(ours), source(theirs));
        let was = base.map(source);
        if mine == other || was.as_ref() == Some(&other) {
            return mine;
        }
        if was.as_ref() == Some(&mine) {
            return other;
        }
        let home = |entries: &Entries| only(entries, &HOME);
        let began = self.before(place).flatten().and_then(parts);
        let stayed = [base, began.as_ref(), Some(theirs)].into_iter().flatten().any(|other| home(other) == home(ours));
        if !stayed {
            let [base, ours, theirs] =
                [was.as_ref(), Some(&mine), Some(&other)].map(|side| side.map(|side| whole(side).to_string()));
            let conflict = KeyConflict { key: place.name().to_owned(), base, ours, theirs };
            let resolved = self.answered(place, conflict, |resolved| resolved.and_then(parts).is_some());
            return resolved.flatten().as_ref().and_then(parts).map_or(mine, |resolved| source(&resolved));
        }
        let older = if is_newer(&mine, &other) { ", which is newer" } else { "" };
        let [taken, dropped] = shown(&other, &mine);
        self.notes.push(format!(
            "`{}`: upstream's source is taken, `{taken}`; the fork's is dropped, `{dropped}`{older}",
            place.name(),
        ));
        other
    }

    /// Features and the like: a set is merged as one, and of two answers the fork's stays.
    fn wants(&mut self, place: &KeyPath, base: &Entries, ours: &Entries, theirs: &Entries) -> Entries {
        let mut inner = Self { ancestor: self.ancestor.clone(), ..Self::default() };
        let merged = inner.entries(place, base, ours, theirs);
        self.notes.append(&mut inner.notes);
        for key in inner.keys {
            let mine = key
                .ours
                .map_or("the fork's removal is kept".to_owned(), |ours| format!("the fork's is kept, `{ours}`"));
            let other =
                key.theirs.map_or("upstream removed it".to_owned(), |it| format!("upstream's is dropped, `{it}`"));
            self.notes.push(format!("`{}`: {mine}; {other}", key.key));
        }
        merged
    }

    /// A requirement of Python's: a text of which the name is told already.
    pub(super) fn requirement(&mut self, place: &KeyPath, sides: ThreeSides<'_>) -> Option<ManifestNode> {
        let ThreeSides { base, ours, theirs } = sides;
        if ours == theirs || theirs == base {
            return ours.cloned();
        }
        if ours == base {
            return theirs.cloned();
        }
        let (Some(mine), Some(other)) = (ours.and_then(ManifestNode::text), theirs.and_then(ManifestNode::text)) else {
            return self.disagree(place, sides);
        };
        let own_place = |text: &str| text.contains('@');
        if own_place(mine) && !base.and_then(ManifestNode::text).is_some_and(own_place) {
            return self.disagree(place, sides);
        }
        self.notes.push(format!("`{}`: upstream's is taken, `{other}`; the fork's is dropped, `{mine}`", place.name()));
        theirs.cloned()
    }
}

/// In the short form where there is one.
fn whole(source: &Entries) -> ManifestNode {
    text(source).unwrap_or_else(|| ManifestNode::Table(source.clone()))
}

/// Two sources within a sentence: what tells them apart.
fn shown(one: &Entries, other: &Entries) -> [String; 2] {
    let apart = |one: &Entries, other: &Entries| -> Entries {
        let entries = one.iter().filter(|(key, value)| other.get(*key) != Some(*value));
        entries.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let parts = [apart(one, other), apart(other, one)];
    let has_all = parts.iter().all(|part| !part.is_empty());
    match [text(one), text(other)] {
        [None, None] if has_all => parts.map(|part| listed(&part)),
        _ => [one, other].map(|source| text(source).map_or_else(|| listed(source), |text| text.to_string())),
    }
}

/// Whether the first is the newer of two plain versions.
fn is_newer(one: &Entries, other: &Entries) -> bool {
    let version = |entries: &Entries| -> Option<Vec<u64>> {
        let text = entries.get("version")?.text()?.trim_start_matches(['^', '~', '=', 'v', ' ']);
        text.split('.').map(|part| part.parse().ok()).collect()
    };
    let only_version = one.len() == 1 && other.len() == 1;
    matches!((only_version, version(one), version(other)), (true, Some(one), Some(other)) if one > other)
}
