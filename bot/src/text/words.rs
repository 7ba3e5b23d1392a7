//! How lists read in a sentence, and which known word a slip was meant to be.

use std::borrow::Borrow;
use std::fmt::Display;

/// `a`, `a and b`, `a, b and c`: the word given stands before the last.
#[must_use]
pub fn listed<S: Borrow<str>>(items: &[S], word: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.borrow().to_owned(),
        [most @ .., last] => format!("{} {word} {}", most.join(", "), last.borrow()),
    }
}

/// `a, b and c`; where there are more than `most` items, `a, b and 4 more`.
#[must_use]
pub fn first_few<T: Display>(items: impl ExactSizeIterator<Item = T>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let mut shown: Vec<String> = items.take(most).map(|item| item.to_string()).collect();
    shown.extend((more > 0).then(|| format!("{more} more")));
    listed(&shown, "and")
}

/// The known word that was probably meant: the nearest one that is at most so many slips away, each a letter missing, too many,
/// wrong, or in its neighbour's place. Case, and how the parts of a word are set apart, make no difference.
#[must_use]
pub fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    slips: impl Fn(&str) -> usize,
) -> Option<&'a str> {
    // Comparing costs the product of both lengths, and a path may be long.
    const LONGEST: usize = 300;
    let plain = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let (word, length) = (plain(word), word.chars().count());
    let near = known.into_iter().filter(|_| length <= LONGEST).filter_map(|other| {
        let most = slips(other);
        let comparable = other.chars().count().abs_diff(length) <= most;
        let distance = if comparable { strsim::osa_distance(&word, &plain(other)) } else { usize::MAX };
        (distance <= most).then_some((distance, other))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(listed(&["a"], "or"), "a");
        assert_eq!(listed(&["a", "b", "c"], "or"), "a, b or c");
        assert_eq!(first_few([1, 2, 3].iter(), 3), "1, 2 and 3");
        assert_eq!(first_few([1, 2, 3, 4, 5].iter(), 3), "1, 2, 3 and 2 more");
        assert_eq!(first_few([0_u8; 0].iter(), 3), "");
    }

    #[test]
    fn the_nearest_word_is_meant_if_it_is_near() {
        let known = ["id", "title", "priority", "on_conflict"];
        let find = |word| did_you_mean(word, known, |_| 2);
        assert_eq!((find("on-conflict"), find("Prioirty")), (Some("on_conflict"), Some("priority")));
        assert_eq!((find("subject"), find(&"x".repeat(1000))), (None, None));
        assert_eq!(did_you_mean("titel", known, |other| other.len() / 10), None, "as near as each word asks");
    }
}
