//! The page a job shows for a run: what upstream has, how each phase stands, what was changed, and what waits for whom.

use std::fmt::Write;

use crate::forge::{PullRequest, State};
use crate::pick::{Built, BuiltPhase};
use crate::publish::{Changes, Marker};
use crate::survey::Survey;
use crate::text::{count, first_few, inert_line};

/// How many changes are listed: GitHub shows a page of 1 MiB at most.
const LISTED: usize = 200;

/// How many pull requests are named as ready.
const READY: usize = 5;

/// A run that is over.
#[derive(Clone, Copy)]
pub struct RunSummary<'a> {
    /// Why there was one.
    pub because: &'a str,
    /// Whether nothing was written.
    pub dry: bool,
    /// The fork's page, for links; `None` where it is on no forge that has pages.
    pub fork: Option<&'a str>,
    /// What makes the survey less than it seems, in words.
    pub warnings: &'a [String],
    /// What the range is.
    pub survey: &'a Survey,
    /// What was built.
    pub built: &'a Built,
    /// What was changed, and what was left alone.
    pub changes: &'a Changes,
    /// What could not be done and waits for the next run, in words.
    pub waiting: &'a [String],
    /// All of the bot's pull requests as they are now.
    pub pulls: &'a [PullRequest],
}

impl<'a> RunSummary<'a> {
    /// Each phase's open pull request.
    pub(super) fn pulls(&self) -> Vec<(&'a BuiltPhase, &'a PullRequest)> {
        let open = |phase: &&'a BuiltPhase| {
            // By its marker: after a merge a phase goes on under another name.
            let is = |pull: &&PullRequest| Marker::of(pull).is_some_and(|marker| marker.phase == phase.id);
            self.pulls.iter().filter(|pull| pull.state == State::Open).rev().find(is)
        };
        self.built.phases.iter().filter_map(|phase| Some((phase, open(&phase)?))).collect()
    }

    /// Whether a pick waits for a person.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.built.phases.iter().any(|phase| waiting(phase) > 0)
    }
}

fn waiting(phase: &BuiltPhase) -> usize {
    phase.picks.iter().filter(|pick| pick.outcome.needs_person()).count()
}

/// The page, Markdown.
#[must_use]
pub fn summary(ran: &RunSummary<'_>) -> String {
    let mut page = String::new();
    let totals = &ran.survey.totals;
    let behind = match totals.commits {
        0 => match ran.survey.left_behind() {
            None => "nothing upstream that the fork lacks".to_owned(),
            Some((branch, _)) => format!("nothing on upstream's {} that the fork lacks", inert_line(branch)),
        },
        commits => format!("{} behind upstream", count(commits, "commit")),
    };
    let dry = if ran.dry { ", dry run" } else { "" };
    let _ = writeln!(page, "## Uptake: {behind}\n");
    for said in ran.warnings {
        let _ = writeln!(page, "> [!WARNING]\n> {}\n", inert_line(said));
    }
    let _ = writeln!(
        page,
        "Why: {}{dry}. Of upstream's commits {} taken already, {} open; {} for a person to decide.\n",
        inert_line(ran.because),
        are(totals.taken),
        are(totals.open),
        are(totals.line.decide)
    );
    next(&mut page, ran);
    phases(&mut page, ran);
    changes(&mut page, ran);
    page
}

fn are(number: usize) -> String {
    format!("{number} {}", if number == 1 { "is" } else { "are" })
}

fn phases(page: &mut String, ran: &RunSummary<'_>) {
    if ran.built.phases.is_empty() {
        page.push_str("The configuration has no phases, so there is nothing to build.\n\n");
        return;
    }
    page.push_str(
        "| phase | pull request | risk | ready | waits | left out |\n| --- | --- | --- | --: | --: | --: |\n",
    );
    let pulls = ran.pulls();
    for phase in &ran.built.phases {
        let pull = pulls.iter().find(|(of, _)| of.branch == phase.branch).map_or_else(
            || if phase.head == phase.base_commit { "nothing to take" } else { "none yet" }.to_owned(),
            |(_, pull)| number(ran.fork, pull),
        );
        let _ = writeln!(
            page,
            "| {} | {pull} | {} | {} | {} | {} |",
            inert_line(&phase.title),
            phase.risk,
            phase.landed(),
            waiting(phase),
            phase.left_out.len()
        );
    }
    page.push('\n');
}

/// What could not be done, with the pages that allow what GitHub took for a secret as links; all else in it is a stranger's, and inert.
fn with_unblock_links(text: &str) -> String {
    const PAGE: &str = "/security/secret-scanning/unblock-secret/";
    let word = |word: &str| {
        let address = word.trim_end_matches([',', '.', ';', ':']);
        let plain = |c: char| c.is_ascii_alphanumeric() || "/.-_:".contains(c);
        let is = address.starts_with("https://") && address.contains(PAGE) && address.chars().all(plain);
        if is { format!("<{address}>{}", &word[address.len()..]) } else { inert_line(word) }
    };
    if !text.contains(PAGE) {
        return inert_line(text);
    }
    // Pieces between links are made inert whole, since what is to be broken may reach over words.
    let mut line = String::new();
    let mut plain: Vec<&str> = Vec::new();
    for part in text.split_whitespace() {
        let linked = word(part);
        if linked.starts_with("<https://") {
            let before = inert_line(&std::mem::take(&mut plain).join(" "));
            line.push_str(&format!("{before} {linked} "));
        } else {
            plain.push(part);
        }
    }
    (line + &inert_line(&plain.join(" "))).trim().to_owned()
}

fn number(fork: Option<&str>, pull: &PullRequest) -> String {
    let draft = if pull.text.draft { ", draft" } else { "" };
    match fork {
        Some(fork) => format!("[#{0}]({fork}/pull/{0}){draft}", pull.number),
        None => format!("{}{draft}", pull.number),
    }
}

fn changes(page: &mut String, ran: &RunSummary<'_>) {
    let number = ran.changes.changes.len();
    let _ = match (number, ran.dry) {
        (0, _) => writeln!(page, "**Nothing to change**: branches and pull requests are as they should be.\n"),
        (_, true) => writeln!(page, "<details><summary>Would make {}</summary>\n", count(number, "change")),
        (_, false) => writeln!(page, "<details><summary>Made {}</summary>\n", count(number, "change")),
    };
    for change in ran.changes.changes.iter().take(LISTED) {
        let _ = writeln!(page, "- {}", inert_line(&change.to_string()));
    }
    if number > LISTED {
        let _ = writeln!(page, "- and {} more", number - LISTED);
    }
    if number > 0 {
        page.push_str("\n</details>\n\n");
    }
}

fn next(page: &mut String, ran: &RunSummary<'_>) {
    let pulls = ran.pulls();
    let ready = pulls.iter().filter(|(phase, pull)| !pull.text.draft && phase.landed() > 0);
    let ready: Vec<String> =
        ready.map(|(phase, pull)| format!("{} ({})", number(ran.fork, pull), count(phase.landed(), "pick"))).collect();
    let mut steps: Vec<String> = match ready.is_empty() {
        true => Vec::new(),
        false => vec![format!("ready to merge: {}", first_few(ready.into_iter(), READY))],
    };
    steps.extend(ran.waiting.iter().map(|waiting| format!("not done: {}", with_unblock_links(waiting))));
    steps.extend(ran.changes.notices.iter().map(|notice| inert_line(&notice.to_string())));
    for (phase, pull) in pulls {
        let waits = waiting(phase);
        if waits > 0 {
            steps.push(format!(
                "{}: {} for a person; pull request {} says on which lines, and how to resolve them",
                inert_line(&phase.title),
                if waits == 1 { "1 pick waits".to_owned() } else { format!("{waits} picks wait") },
                number(ran.fork, pull)
            ));
        }
    }
    if !ran.built.unassigned.is_empty() {
        let commits = count(ran.built.unassigned.len(), "commit");
        steps.push(format!("{commits} of upstream in no phase: a rule in the configuration, or `/pick`, takes them"));
    }
    if !steps.is_empty() {
        page.push_str("### What is next\n\n");
        for step in steps {
            let _ = writeln!(page, "- {step}");
        }
        page.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_that_allows_a_secret_is_a_link() {
        let page = "https://github.com/o/fork/security/secret-scanning/unblock-secret/2abC";
        let text = format!("branch uptake/a: see https://evil.example/x and @all: allow it at {page}, then *go* on");
        let shown = with_unblock_links(&text);
        assert!(shown.contains(&format!("<{page}>, then")), "{shown}");
        assert!(!shown.contains("https://evil") && !shown.contains("@all") && shown.contains("\\*go\\*"), "{shown}");
        assert_eq!(with_unblock_links("plain *text*"), inert_line("plain *text*"));
    }
}
