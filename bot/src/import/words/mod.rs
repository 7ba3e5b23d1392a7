//! The words documents are written in, a table per language, and how a text is held against them.
//!
//! A language is one more file with a table, and its name in [`LANGUAGES`]. Words of all languages are looked for at once: people mix
//! them.

mod english;

use super::decision::Disposition;

const LANGUAGES: [&Words; 1] = [&english::ENGLISH];

/// A table of words. Phrases are written in lower case with single spaces; case, hyphens and underscores of a text do not matter.
pub(super) struct Words {
    /// What the heads of columns are called.
    columns: &'static [(Column, &'static [&'static str])],
    /// What becomes of a commit.
    dispositions: &'static [(Disposition, &'static [&'static str])],
    /// What may stand around such a word in a heading: "PICK table (chronological)".
    fillers: &'static [&'static str],
    /// What the labels of lines are called: "Estimated effort: 4 hours".
    labels: &'static [(Label, &'static [&'static str])],
    /// What the headings of sections speak of.
    rooms: &'static [(Room, &'static [&'static str])],
    /// What the phases of a plan are called.
    steps: &'static [&'static str],
    /// What priorities are called.
    priorities: &'static [&'static str],
    /// What says that something may be left away.
    optional: &'static [&'static str],
    /// How a conflict is said to be resolved, as a whole clause.
    policies: &'static [(Policy, &'static [&'static str])],
}

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Sha,
    /// The fork's commit.
    Fork,
    /// The subject, word for word.
    Subject,
    Description,
    Risk,
    Decision,
    /// A remark that needs no name.
    Note,
    /// A remark that is kept with the name of its column.
    Remark,
    /// What the repository itself has: days, authors, files.
    Known,
    Path,
    Resolution,
}

/// What a labelled line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// What becomes of the commits above.
    Decision,
    /// What to do with all of a table.
    Action,
    Estimate,
    Resolution,
    /// The commit that is spoken of.
    Commit,
    /// The range that was looked at.
    Range,
    /// What the document as a whole advises.
    Recommendation,
    /// When it was written.
    Date,
    /// The files that are spoken of.
    File,
}

/// What a section is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// The fork's own commits and features.
    Own,
    /// Paths only the fork has.
    Local,
    /// Files both sides changed.
    Both,
    /// Conflicts that are expected.
    Expected,
    /// What is to be done next.
    Next,
    /// What upstream did, in themes.
    Summary,
    /// How a result is checked.
    Validation,
}

/// Whose file a conflict is resolved with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Theirs,
    Ours,
    Both,
}

/// What the head of a column says it holds: the longest phrase in it counts.
pub(super) fn column(head: &str) -> Option<Column> {
    longest(head, LANGUAGES.iter().flat_map(|words| words.columns), contains)
}

/// The disposition a text begins with, and what follows.
pub(super) fn disposition(text: &str) -> Option<(Disposition, &str)> {
    let all = LANGUAGES.iter().flat_map(|words| words.dispositions);
    all.flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (*kind, phrase)))
        .filter_map(|(kind, phrase)| Some((kind, begins(text, phrase)?)))
        .min_by_key(|(_, rest)| rest.len())
}

/// What a label says, where all of it is one; a time may have more words around it.
pub(super) fn label(text: &str) -> Option<Label> {
    let labels = || LANGUAGES.iter().flat_map(|words| words.labels);
    let time = labels().filter(|(label, _)| *label == Label::Estimate);
    longest(text, labels(), is_whole).or_else(|| longest(text, time, contains))
}

/// What a heading is about. What sums up is called so and nothing else.
pub(super) fn room(heading: &str) -> Option<Room> {
    let rooms = || LANGUAGES.iter().flat_map(|words| words.rooms);
    let others = rooms().filter(|(room, _)| *room != Room::Summary);
    longest(heading, rooms(), is_whole).or_else(|| longest(heading, others, contains))
}

/// Whether a text says that something may be left away.
pub(super) fn is_optional(text: &str) -> bool {
    LANGUAGES.iter().flat_map(|words| words.optional).any(|phrase| contains(text, phrase))
}

/// How a clause says a conflict is resolved; it may say nothing else.
pub(super) fn policy(clause: &str) -> Option<Policy> {
    let whole = |phrase: &&&str| begins(clause, phrase).is_some_and(|rest| !rest.chars().any(char::is_alphanumeric));
    let all = LANGUAGES.iter().flat_map(|words| words.policies);
    all.flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (*kind, phrase)))
        .find(|(_, phrase)| whole(phrase))
        .map(|(kind, _)| kind)
}

/// A policy a text begins with, and what follows: `prefer ours: DIR/**`.
pub(super) fn policy_at(text: &str) -> Option<(Policy, &str)> {
    let all = LANGUAGES.iter().flat_map(|words| words.policies);
    all.flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (*kind, phrase)))
        .filter_map(|(kind, phrase)| Some((kind, begins(text, phrase)?)))
        .min_by_key(|(_, rest)| rest.len())
}

/// What a phase of a plan is called: the word, and what follows.
pub(super) fn step(heading: &str) -> Option<(&'static str, &str)> {
    let all = LANGUAGES.iter().flat_map(|words| words.steps);
    all.filter_map(|word| Some((*word, begins(heading, word)?))).next()
}

/// The word for a priority that a text begins with, and what follows.
pub(super) fn priority(text: &str) -> Option<&str> {
    LANGUAGES.iter().flat_map(|words| words.priorities).find_map(|word| begins(text, word))
}

/// Whether nothing but fillers and numbers is in a text.
pub(super) fn is_filler(text: &str) -> bool {
    let mut words = tokens(text).map(|(_, word)| word);
    words.all(|word| {
        word.chars().all(|c| c.is_ascii_digit())
            || LANGUAGES.iter().any(|language| language.fillers.contains(&word.as_str()))
    })
}

/// What a sign says without a legend.
pub(super) fn sign(c: char) -> Option<Disposition> {
    Some(match c {
        '✅' | '☑' | '✔' => Disposition::Taken,
        '❌' | '✗' | '✘' | '✖' | '🚫' | '⛔' => Disposition::Skip,
        '⏳' | '⌛' | '⏭' | '⬜' | '☐' | '🔲' | '🔄' => Disposition::Pick,
        '⚠' => Disposition::Careful,
        _ => return None,
    })
}

fn longest<T: Copy + 'static>(
    text: &str,
    table: impl Iterator<Item = &'static (T, &'static [&'static str])>,
    found: fn(&str, &str) -> bool,
) -> Option<T> {
    table
        .flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (*kind, *phrase)))
        .filter(|(_, phrase)| found(text, phrase))
        .max_by_key(|(_, phrase)| phrase.len())
        .map(|(kind, _)| kind)
}

/// The words of a text in lower case, each with where it ends.
fn tokens(text: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    let apart = |c: char| !c.is_alphanumeric() && c != '#';
    let mut at = 0;
    text.split_inclusive(apart).filter_map(move |piece| {
        let word = piece.trim_end_matches(apart);
        let end = at + word.len();
        at += piece.len();
        (!word.is_empty()).then(|| (end, word.to_lowercase()))
    })
}

/// What follows a phrase that a text begins with, signs before it aside.
fn begins<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    let mut words = tokens(text);
    let mut end = 0;
    for wanted in phrase.split(' ') {
        let (at, word) = words.next()?;
        if word != wanted {
            return None;
        }
        end = at;
    }
    Some(&text[end..])
}

/// Whether a text is a phrase and nothing else.
fn is_whole(text: &str, phrase: &str) -> bool {
    tokens(text).map(|(_, word)| word).eq(phrase.split(' ').map(str::to_owned))
}

/// Whether a phrase stands in a text, word by word.
fn contains(text: &str, phrase: &str) -> bool {
    let words: Vec<String> = tokens(text).map(|(_, word)| word).collect();
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).any(|window| window.iter().zip(&phrase).all(|(word, wanted)| word == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_of_a_head_counts() {
        assert_eq!(column("Fork Commit"), Some(Column::Fork));
        assert_eq!(column("Upstream SHA(s)"), Some(Column::Sha));
        assert_eq!(column("Commit message"), Some(Column::Subject));
        assert_eq!(column("Conflict Risk"), Some(Column::Risk));
        assert_eq!(column("#"), Some(Column::Known));
        assert_eq!(column("Colour"), None);
    }

    #[test]
    fn a_disposition_is_read_with_what_follows() {
        assert_eq!(disposition("PICK WITH CONFLICTS, see below"), Some((Disposition::Careful, ", see below")));
        assert_eq!(disposition("NO_OP"), Some((Disposition::NoEffect, "")));
        assert_eq!(disposition("cherry-pick"), Some((Disposition::Pick, "")));
        assert_eq!(disposition("Skipping stones"), None);
        assert_eq!(disposition("the rest"), None);
    }

    #[test]
    fn a_policy_is_a_whole_clause() {
        assert_eq!(policy("Accept THEIRS"), Some(Policy::Theirs));
        assert_eq!(policy("Keep both sets, rename if needed"), None);
        assert_eq!(
            policy_at("prefer ours: docs/**").map(|(policy, rest)| (policy, rest.trim())),
            Some((Policy::Ours, ": docs/**"))
        );
    }

    #[test]
    fn every_phrase_is_one_that_can_be_found() {
        let plain = |phrase: &&str| tokens(phrase).map(|(_, word)| word).collect::<Vec<_>>().join(" ") == **phrase;
        for words in LANGUAGES {
            let all = words.columns.iter().flat_map(|(_, phrases)| *phrases);
            let all = all.chain(words.dispositions.iter().flat_map(|(_, phrases)| *phrases));
            let all = all.chain(words.labels.iter().flat_map(|(_, phrases)| *phrases));
            let all = all.chain(words.rooms.iter().flat_map(|(_, phrases)| *phrases));
            let all = all.chain(words.policies.iter().flat_map(|(_, phrases)| *phrases));
            let odd: Vec<_> = all.chain(words.steps).chain(words.optional).filter(|phrase| !plain(phrase)).collect();
            assert!(odd.is_empty(), "{odd:?}");
        }
    }
}
