//! Settling a manifest by what it says, instead of line by line.

use super::Step;
use crate::commit::Entry;
use crate::config::PathRule;
use crate::git::{GitError, Merger, PathConflict};
use crate::ids::TreeId;
use crate::manifest::{self, KeyConflict, Outcome};
use crate::pick::four::Four;
use crate::pick::resolution::{By, Resolution};

/// Merges a manifest key by key; the file as both branches last had it in common tells what the fork changed.
pub(super) fn settle(
    merger: &mut Merger<'_>,
    conflict: &PathConflict,
    rule: &PathRule,
    ancestor: TreeId,
) -> Result<Step, GitError> {
    let not_text = || Ok(Step::Open(vec!["not merged key by key: it is not UTF-8".into()]));
    let Some(texts) = Four([conflict.base, conflict.ours, conflict.theirs, None]).texts(merger)? else {
        return not_text();
    };
    let [base, ours, theirs, _] = texts.map(String::from_utf8);
    let (Ok(base), Ok(ours), Ok(theirs)) = (base, ours, theirs) else { return not_text() };
    let base = conflict.base.is_some().then_some(base.as_str());
    let path = conflict.path.to_text();
    let ancestor = match merger.entry(ancestor, &conflict.names[0])? {
        Some(entry) => Four([Some(entry), None, None, None]).texts(merger)?.map(|[text, ..]| text),
        None => None,
    };
    let ancestor = ancestor.and_then(|text| String::from_utf8(text).ok());
    Ok(match manifest::merge_since(ancestor.as_deref(), &path, base, &ours, &theirs) {
        Outcome::Merged { text, notes } => {
            let mode = conflict.ours.map_or(0o100_644, |ours| ours.mode);
            let entry = Entry { mode, id: merger.make_file(text.into_bytes())? };
            let resolution = Resolution {
                path: conflict.path.clone(),
                kind: Some(conflict.kind),
                by: By::Rule { pattern: rule.pattern.clone(), settle: rule.settle },
                how: "merged key by key".into(),
                lost: Four([conflict.base, conflict.ours, conflict.theirs, Some(entry)]).lost(merger)?,
                notes,
            };
            Step::Settled(vec![(conflict.path.clone(), Some(entry))], vec![resolution])
        }
        Outcome::Disagreement { keys, notes, .. } => Step::Disagreement(keys.iter().map(told).chain(notes).collect()),
        Outcome::NotAManifest { why } => Step::Open(vec![format!("not merged key by key: {why}")]),
    })
}

/// A key the sides disagree about, in words.
fn told(key: &KeyConflict) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
    format!(
        "{}: the fork has {}, upstream {} (before: {})",
        key.key,
        value(&key.ours),
        value(&key.theirs),
        value(&key.base)
    )
}
