//! What stands around keys and values: comments and blank lines, merged like everything else.

use std::collections::HashMap;

use toml_edit::{Decor, RawString};

use crate::manifest::order::{kept, ordered};

fn text(raw: Option<&RawString>) -> Option<&str> {
    raw.and_then(RawString::as_str)
}

/// Merges the comments before and after something of the fork's that upstream has too. Where upstream changed none, the fork's
/// spaces and blank lines stay as they are.
pub(super) fn merge(ours: &mut Decor, base: Option<&Decor>, theirs: Option<&Decor>) {
    let Some(theirs) = theirs else { return };
    let was = |side: fn(&Decor) -> Option<&RawString>| base.and_then(|base| text(side(base))).unwrap_or_default();
    let new = |side: fn(&Decor) -> Option<&RawString>| text(side(theirs)).unwrap_or_default();
    let differ = |one: &str, other: &str| one.trim() != other.trim();
    let (before, after) = (new(Decor::prefix), new(Decor::suffix));
    if differ(before, was(Decor::prefix)) {
        let own = text(ours.prefix()).unwrap_or_default();
        let merged = merged(was(Decor::prefix), own, before);
        if merged != own {
            ours.set_prefix(merged);
        }
    }
    // At the end of a line there is one comment: the side's that changed it, and the fork's where both did.
    let own = text(ours.suffix()).unwrap_or_default();
    if differ(after, was(Decor::suffix)) && !differ(own, was(Decor::suffix)) {
        ours.set_suffix(after.to_owned());
    }
}

/// Drops the spaces around something that comes from another kind of table: within braces there are others.
pub(super) fn bare(decor: &mut Decor) {
    let spaces = |side: Option<&RawString>| text(side).is_none_or(|text| text.chars().all(|c| c == ' ' || c == '\t'));
    if spaces(decor.prefix()) && spaces(decor.suffix()) {
        decor.clear();
    }
}

/// Lines of comments, merged as a set; blank lines go with the comment below them.
pub(super) fn merged(base: &str, ours: &str, theirs: &str) -> String {
    if ours == theirs || theirs == base {
        return ours.to_owned();
    }
    if ours == base {
        return theirs.to_owned();
    }
    let ([was, own, other], end) = ([base, ours, theirs].map(comments), blank_end(ours));
    let names = |comments: &[(Name, String)]| comments.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (was, mine, new) = (names(&was), names(&own), names(&other));
    let mut written: HashMap<Name, String> = other.into_iter().chain(own).collect();
    let order = ordered(&mine, &new, &kept(&was, &mine, &new));
    let mut text: String = order.iter().filter_map(|name| written.remove(name)).collect();
    text.push_str(end);
    text
}

/// A comment, and how often it stood above already: a ruler stands more than once.
type Name = (String, usize);

fn comments(text: &str) -> Vec<(Name, String)> {
    let mut found: Vec<(Name, String)> = Vec::new();
    let mut blank = String::new();
    for line in text.split_inclusive('\n') {
        blank.push_str(line);
        if !line.trim().is_empty() {
            let comment = line.trim().to_owned();
            let before = found.iter().filter(|((other, _), _)| *other == comment).count();
            found.push(((comment, before), std::mem::take(&mut blank)));
        }
    }
    found
}

/// What follows the last comment.
fn blank_end(text: &str) -> &str {
    &text[text
        .rfind(|c: char| !c.is_whitespace())
        .map_or(0, |last| text[last..].find('\n').map_or(text.len(), |line| last + line + 1))..]
}
