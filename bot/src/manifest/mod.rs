//! A three-way merge of what manifests say (TOML, JSON and go.mod), instead of their lines.
//!
//! ```text
//! three texts -> three nodes -> one node, notes, disagreements -> the fork's text, changed only where the node differs
//! ```
//!
//! * A key only one side changed has that side's value; a key both changed to the same has it.
//! * Workspace members, features, keywords and the like are sets: what either side added is there, what either removed is not.
//! * A dependency's version and source are upstream's, its features those of both, and what else the fork says of it stays
//!   (`dependency`).
//! * Tables in a list (`[[bin]]`) are distinguished by their name.
//! * Of a version in a go.mod that both sides changed the higher is taken, as Go itself does, and a `replace` of the fork's stays.
//! * Anything else both sides changed differently is a disagreement, which names the key.
//!
//! Nothing either side added is missing from the result unless a note or a disagreement names it, comments included.

mod answer;
mod dependency;
mod format;
mod go;
mod highest;
mod json;
mod key;
mod known;
mod merge;
mod node;
mod order;
mod place;
mod toml;

pub use self::answer::answers;
use self::format::{ManifestFormat, dressed, plain};
pub use self::key::{KeyAnswer, KeyConflict};
pub use self::known::KnownManifests;
use self::merge::MergeNotes;
use self::node::{Entries, ManifestNode};
use self::place::KeyPath;

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestOutcome {
    /// Both sides' changes are in it.
    Merged {
        /// The fork's file with upstream's changes.
        text: String,
        /// What the merge gave up, of which side, and why: one sentence each, for people, with text of strangers in it.
        notes: Vec<String>,
    },
    /// Both sides changed a key, and neither answer follows from the other.
    Disagreement {
        /// The keys, in the file's order.
        keys: Vec<KeyConflict>,
        /// The merged file, with the fork's answer at each of these keys.
        text: String,
        /// As in [`ManifestOutcome::Merged`].
        notes: Vec<String>,
    },
    /// The files have no structure to merge: not TOML, JSON or go.mod by their name, malformed, or a key stands twice. To be merged as text.
    NotAManifest {
        /// Whose file, and what is wrong with it.
        why: String,
    },
}

/// Merges what a manifest says on three sides.
///
/// Kept of the fork's file: the order of its keys, its comments, blank lines, quotes and line breaks, byte order mark, the missing
/// line break at its end. What upstream adds comes with its own comments (in JSON without them, which a note says), next to
/// the key it follows there.
///
/// Where a single commit is picked, the base is the file before that commit, which the fork may never have been at. `ancestor`, the
/// file at the common ancestor of both branches, tells what the fork changed from what it is merely behind in: a key as it was at
/// the ancestor is no answer of the fork's, and upstream's is taken; what was in neither comes in whole; a dependency still from
/// where it was is not the fork's own. All of that is said in notes. An ancestor that cannot be read is one that is not known.
///
/// `known` is what people answered to disagreements before, of several the last; returned are those that resolved one. `manifests` is what
/// was read so far.
#[must_use]
pub fn merge(
    manifests: &mut KnownManifests,
    known: &[KeyAnswer],
    ancestor: Option<&str>,
    path: &str,
    base: Option<&str>,
    ours: &str,
    theirs: &str,
) -> (ManifestOutcome, Vec<KeyAnswer>) {
    let not = |why: String| (ManifestOutcome::NotAManifest { why }, Vec::new());
    let Some(format) = ManifestFormat::of(path) else {
        return not("neither TOML nor JSON nor go.mod by its name".into());
    };
    let mut read =
        |text: &str, whose: &str| manifests.read(format, plain(text)).map_err(|why| format!("{whose} {why}"));
    let sides = base
        .map(|base| read(base, "the common ancestor's"))
        .transpose()
        .and_then(|base| Ok((base, read(ours, "the fork's")?, read(theirs, "upstream's")?)));
    let (was, own, other) = match sides {
        Ok(sides) => sides,
        Err(why) => return not(why),
    };
    // As the change alone would leave it, to the byte.
    if ours == theirs || base == Some(theirs) {
        return (ManifestOutcome::Merged { text: ours.to_owned(), notes: Vec::new() }, Vec::new());
    }
    if base == Some(ours) {
        return (ManifestOutcome::Merged { text: theirs.to_owned(), notes: Vec::new() }, Vec::new());
    }
    let ancestor = ancestor.and_then(|text| manifests.read(format, plain(text)).ok());
    let mut merge = MergeNotes { ancestor, known: known.to_vec(), go: format.is_go(), ..MergeNotes::default() };
    let none = Entries::new();
    let before = was.as_ref().map_or(&none, |was| &was.says);
    let merged = merge.entries(&KeyPath::default(), before, &own.says, &other.says);
    let written = own.write(was.as_deref(), &other, &merged);
    // The result is read again: it says what was merged, or it is not given out.
    let written = written.map(|text| (manifests.read(format, text.clone()), text));
    let Some((_, text)) = written.filter(|(said, _)| said.as_ref().is_ok_and(|said| same(&said.says, &merged))) else {
        return not("what both sides say cannot be put into the fork's form of it".into());
    };
    merge.notes.extend(comments_given_up(format, base, [(ours, "the fork"), (theirs, "upstream")], &text));
    let text = dressed(&text, ours);
    let MergeNotes { notes, keys, used, .. } = merge;
    let outcome = if keys.is_empty() {
        ManifestOutcome::Merged { text, notes }
    } else {
        ManifestOutcome::Disagreement { keys, text, notes }
    };
    (outcome, used)
}

/// Whether a merge made of two manifests, of the kind their path says, what is none any more.
#[must_use]
pub fn is_broken(path: &str, ours: &[u8], theirs: &[u8], merged: &[u8]) -> bool {
    let reads = |text| str::from_utf8(text).is_ok_and(|text| reads(path, text));
    // The sides are asked of a broken one alone: few are.
    !reads(merged) && reads(ours) && reads(theirs)
}

/// Whether a text is a manifest of the kind its path says.
#[must_use]
pub fn reads(path: &str, text: &str) -> bool {
    ManifestFormat::of(path).is_some_and(|format| format.read(&plain(text)).is_ok())
}

/// The texts that are values in a manifest, wherever they stand in it; `None` where it cannot be read.
#[must_use]
pub fn values(path: &str, text: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut pending: Vec<ManifestNode> = ManifestFormat::of(path)?.read(&plain(text)).ok()?.into_values().collect();
    while let Some(node) = pending.pop() {
        match node {
            ManifestNode::Text(text) => found.push(text),
            ManifestNode::Plain(_) => {}
            ManifestNode::List(elements) => pending.extend(elements),
            ManifestNode::Table(entries) => pending.extend(entries.into_values()),
        }
    }
    Some(found)
}

fn same(one: &Entries, other: &Entries) -> bool {
    ManifestNode::Table(one.clone()) == ManifestNode::Table(other.clone())
}

/// A note for each comment that one side added and the result lacks.
fn comments_given_up(
    format: ManifestFormat,
    base: Option<&str>,
    sides: [(&str, &str); 2],
    result: &str,
) -> Vec<String> {
    let known = |text: &str| format.comments(&plain(text)).into_iter().collect::<std::collections::HashSet<_>>();
    let (before, after) = (base.map(known).unwrap_or_default(), known(result));
    let mut notes = Vec::new();
    for (text, whose) in sides {
        let mut described = std::collections::HashSet::new();
        for comment in format.comments(&plain(text)) {
            if !before.contains(&comment) && !after.contains(&comment) && described.insert(comment.clone()) {
                notes.push(format!("a comment of {whose} found no place: `{comment}`"));
            }
        }
    }
    notes
}
