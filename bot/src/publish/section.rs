//! A long text in sections, shortened and cut at whole ones where the forge would not take it all.

use std::cmp::Reverse;
use std::fmt::Write;

use crate::text::{count, listed};
use crate::view::note::markdown::References;

/// The longest body GitHub takes (422 "body is too long (maximum is 65536 characters)").
pub const BODY_LIMIT: usize = 65_536;

/// What is kept free for the remark on what is not there, and for what is put before the text later: that people pushed to the
/// branch, that it was closed.
const REMARK: usize = 1_000;

/// A section: the same in several lengths, the longest first, each with how much it matters when not all fit. The lowest goes
/// first, and the next shorter one takes its place.
pub(super) struct Section {
    forms: Vec<(u32, String)>,
    /// How many of the forms are given up.
    at: usize,
}

impl Section {
    /// A section that always stays.
    pub(super) fn firm(text: String) -> Self {
        Self::of(u32::MAX, text)
    }

    /// A section of one length.
    pub(super) fn of(weight: u32, text: String) -> Self {
        Self { forms: vec![(weight, text)], at: 0 }
    }

    /// Adds a shorter form.
    pub(super) fn or(mut self, weight: u32, shorter: String) -> Self {
        self.forms.push((weight, shorter));
        self
    }

    fn text(&self) -> &str {
        self.forms.get(self.at).map_or("", |(_, text)| text)
    }

    fn length(&self) -> usize {
        if self.at < self.forms.len() { length(self.text()) } else { 0 }
    }

    fn weight(&self) -> u32 {
        self.forms.get(self.at).map_or(u32::MAX, |(weight, _)| *weight)
    }
}

/// How long a text is, with the addresses of its links at the end of it all.
fn length(text: &str) -> usize {
    text.chars().count() + 1 + text.matches("`][]").count() * References::LINE
}

/// The sections in their order, the lightest shortened or left out where all would be too long, and the end, which is never cut.
/// `elsewhere` says where all of it can be read, and `references` has the addresses of its links.
pub(super) fn fit(
    mut sections: Vec<Section>,
    (what, elsewhere): (&str, &str),
    references: &References,
    end: &str,
) -> String {
    let room = BODY_LIMIT.saturating_sub(length(end) + REMARK);
    let mut used: usize = sections.iter().map(Section::length).sum();
    while used > room {
        // Of the equally light ones the last.
        let lightest = sections.iter_mut().rev().min_by_key(|section| section.weight());
        let Some(lightest) = lightest.filter(|section| section.weight() < u32::MAX) else { break };
        used -= lightest.length();
        lightest.at += 1;
        used += lightest.length();
    }
    give_back(&mut sections, room - used.min(room));
    let lost = sections.iter().filter(|section| section.at == section.forms.len()).count();
    let shortened = sections.iter().filter(|section| section.at > 0).count() - lost;
    let mut body = String::new();
    if lost + shortened > 0 {
        let said = |number: usize, done: &str| {
            (number > 0).then(|| format!("{} {} {done}", count(number, "part"), if number == 1 { "is" } else { "are" }))
        };
        let parts: Vec<String> = [said(shortened, "shortened"), said(lost, "left out")].into_iter().flatten().collect();
        let _ = writeln!(body, "> This text was too long for {what}: {} here. {elsewhere}\n", listed(&parts, "and"));
    }
    for section in sections.iter().filter(|section| section.at < section.forms.len()) {
        body.push_str(section.text());
        body.push('\n');
    }
    let addresses = references.of(&body);
    body + &addresses + end
}

/// Puts back what was given up and fits into the room that is left after all, the weightiest first: one long section that went
/// may leave room for several short ones that went before it.
fn give_back(sections: &mut [Section], mut room: usize) {
    let mut order: Vec<usize> = (0..sections.len()).filter(|at| sections[*at].at > 0).collect();
    order.sort_by_key(|at| Reverse(sections[*at].forms[sections[*at].at - 1].0));
    for at in order {
        let section = &mut sections[at];
        let more = |form: usize| length(&section.forms[form].1).saturating_sub(section.length());
        if let Some(form) = (0..section.at).find(|form| more(*form) <= room) {
            room -= more(form);
            section.at = form;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: &str = "<!-- end -->\n";

    fn section(weight: u32, letter: &str) -> Section {
        Section::of(weight, letter.repeat(30_000))
    }

    #[test]
    fn a_long_text_loses_whole_sections_the_lightest_first() {
        let sections = vec![section(u32::MAX, "a"), section(1, "b"), section(2, "c")];
        let body = fit(sections, ("a pull request", "The report has all."), &References::default(), END);
        assert!(body.chars().count() <= BODY_LIMIT);
        assert!(body.starts_with(
            "> This text was too long for a pull request: 1 part is left out here. The report has all.\n"
        ));
        assert!(body.contains("aaa") && !body.contains("bbb") && body.contains("ccc") && body.ends_with(END));
    }

    #[test]
    fn there_is_room_for_what_is_put_before_it_later() {
        let line = |_| Section::of(1, "x".repeat(99));
        for elsewhere in ["", &"The report has all of it. ".repeat(8)] {
            let body = fit((0..1_000).map(line).collect(), ("a pull request", elsewhere), &References::default(), END);
            let room = BODY_LIMIT - body.chars().count();
            assert!((600..1_200).contains(&room), "{room} free");
        }
    }

    #[test]
    fn what_has_a_shorter_form_is_shortened_before_anything_is_lost() {
        let short = |weight, letter: &str| section(weight, letter).or(weight + 10, format!("short {letter}"));
        let body =
            fit(vec![short(1, "a"), short(2, "b"), short(1, "c")], ("an issue", "There."), &References::default(), END);
        assert!(body.starts_with("> This text was too long for an issue: 1 part is shortened here. There.\n"));
        assert!(body.contains("aaa") && body.contains("bbb") && body.contains("short c"), "of equals the last");
        let long = |letter| section(1, letter).or(5, letter.repeat(40_000)).or(6, String::new());
        let body =
            fit(vec![long("a"), long("b"), section(7, "c")], ("an issue", "There."), &References::default(), END);
        assert!(
            body.starts_with("> This text was too long for an issue: 1 part is shortened here."),
            "{}",
            &body[..90]
        );
    }

    #[test]
    fn room_that_is_left_is_used() {
        let note = |weight, size: usize| Section::of(weight, "q".repeat(size)).or(80, "short".into());
        // The last one goes first and is not enough; once the first is gone there is room for it again.
        let body = fit(
            vec![note(1, 30_000), note(2, 50_000), note(1, 9_000)],
            ("an issue", "There."),
            &References::default(),
            END,
        );
        assert!(body.contains("1 part is shortened here"), "{}", &body[..90]);
        assert_eq!(body.matches('q').count(), 59_000);
        let body =
            fit((1..60).map(|at| note(at, 1_500)).collect(), ("an issue", "There."), &References::default(), END);
        assert!(body.chars().count() <= BODY_LIMIT - 600);
        assert!(body.matches('q').count() > 60_000, "{}", body.matches('q').count());
    }
}
