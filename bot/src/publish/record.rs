//! The pull request that records that upstream is in. Pure.

use std::fmt::Write;

use super::ask::Asked;
use super::commits::Names;
use super::desired::Desired;
use super::marker::Marker;
use super::section::{Section, fit};
use super::situation::Situation;
use super::{labels, stale_bot};
use crate::branch;
use crate::forge::PullText;
use crate::names::{BranchName, PhaseId};
use crate::record::{Grounds, NAME, Record, Recorded};
use crate::survey::{Because, Difference};
use crate::text::{code, count, markdown_line};
use crate::view::note::words;

/// More files than these are not listed.
const FILES: usize = 30;

/// The pull request as it should be, on this branch.
pub(super) fn wanted(situation: &Situation<'_>, record: &Record, branch: &BranchName) -> Desired {
    let id = PhaseId::from(NAME);
    let reopened = situation.rulings.phase(&id).and_then(|said| said.reopen.as_ref()).map(|said| said.when);
    let (head, base) = (record.commit, record.base);
    let (asked, again) = (Asked::of(situation, branch), stale_bot::again(situation, &id, branch));
    let marker =
        Marker { phase: id.clone(), head, base, draft: false, plain: false, done: false, again, reopened, asked };
    let opened = if again { stale_bot::PULLS.note(situation) } else { String::new() };
    let round = branch::round(branch, &id).filter(|round| *round > 1);
    let round = round.map(|round| format!(" (round {round})")).unwrap_or_default();
    let title = "Record that upstream is in".to_owned();
    Desired {
        phase: id,
        text: PullText {
            title: format!("Uptake: record that upstream is in, up to {}{round}", record.says.up_to.short()),
            body: opened + &RecordText { record, names: Names::new(situation.survey, situation.config) }.body(&marker),
            head: branch.clone(),
            base: situation.observed.trunk.clone(),
            labels: labels::kept_open(labels::of_record(situation.config), again, situation.config),
            draft: false,
        },
        title,
        head,
        base,
        commits: 0,
        conflicts: 0,
        held_back: 0,
        on: None,
        asked: Asked::default(),
        marker,
    }
    .ready(situation, true)
}

/// What the dashboard says of it, with how its pull request is named.
pub(super) fn line(record: &Record, names: &Names<'_>, pull: &str) -> String {
    format!(
        "Upstream is in up to {}, {}: {pull} records it, so that git knows it too. Merge it with a merge commit.",
        names.link(record.says.up_to),
        count(record.says.units.len(), "unit"),
    )
}

struct RecordText<'a> {
    record: &'a Record,
    names: Names<'a>,
}

impl RecordText<'_> {
    fn body(&self, marker: &Marker) -> String {
        let units = |title, is: &dyn Fn(&Grounds) -> bool| self.units(title, is);
        let folded = [
            (90, units("Left out for good", &|grounds| matches!(grounds, Grounds::LeftOut(_)))),
            (80, units("In a form of the fork's own", &|grounds| matches!(grounds, Grounds::Adapted { .. }))),
            (70, self.differs()),
            (20, units("Nothing left to change", &|grounds| matches!(grounds, Grounds::NoOp))),
            (10, units("Taken", &|grounds| matches!(grounds, Grounds::Taken(_)))),
        ];
        let folded = folded.into_iter().filter(|(_, text)| !text.is_empty());
        let mut sections = vec![Section::firm(self.head())];
        sections.extend(folded.map(|(weight, text)| Section::of(weight, text)));
        fit(sections, ("a pull request", "`uptake record` has all of it."), &self.names.references, &marker.write())
    }

    fn head(&self) -> String {
        let says = &self.record.says;
        let all = says.units.len();
        let of = |is: &dyn Fn(&Grounds) -> bool| says.units.iter().filter(|unit| is(&unit.grounds)).count();
        let left_out = of(&|grounds| matches!(grounds, Grounds::LeftOut(_)));
        let next = match says.left {
            0 => "Git and GitHub then say that the fork is 0 commits behind.".to_owned(),
            left => format!("After that, {} are left.", count(left, "unit")),
        };
        format!(
            "{}**Merge this with a merge commit** (\"Create a merge commit\"): squashed or rebased, git would learn nothing from it.\n\n\
             It changes no file. It tells git that upstream is in up to {} {}: of {}, {} in the fork and {left_out} left out for good. {next}\n",
            self.again(),
            self.names.link(says.up_to),
            self.names.subject(says.up_to),
            count(all, "unit"),
            match all - left_out {
                1 => "1 is".to_owned(),
                there => format!("{there} are"),
            },
        )
    }

    /// What to say where one like this was merged, and git knows nothing of it.
    fn again(&self) -> String {
        self.record.lost.map_or_else(String::new, |pull| {
            format!(
                "> [!WARNING]\n> #{pull} was merged, but not with a merge commit, so git still does not know that upstream is in. Here it is again.\n\n"
            )
        })
    }

    fn units(&self, title: &str, is: &dyn Fn(&Grounds) -> bool) -> String {
        let units: Vec<&Recorded> = self.record.says.units.iter().filter(|unit| is(&unit.grounds)).collect();
        if units.is_empty() {
            return String::new();
        }
        let mut text = format!("<details><summary>{title}: {}</summary>\n\n", count(units.len(), "unit"));
        for unit in units {
            let subject = markdown_line(&unit.subject, self.names.upstream);
            let _ = writeln!(text, "- {} {subject}{}", self.names.link(unit.sha), self.why(&unit.grounds));
        }
        text.push_str("\n</details>\n");
        text
    }

    fn why(&self, grounds: &Grounds) -> String {
        let why = match grounds {
            Grounds::LeftOut(reason) => words::reason(reason),
            Grounds::Adapted { evidence, share } => {
                let share = share.map(|share| format!("; {} of the {} lines it adds are here", share.there, share.of));
                format!("{}{}", words::evidence(evidence), share.unwrap_or_default())
            }
            Grounds::Taken(evidence) => words::evidence(evidence),
            Grounds::NoOp => return String::new(),
        };
        format!(": {}", markdown_line(&why, self.names.upstream))
    }

    fn differs(&self) -> String {
        let differs = &self.record.differs;
        if differs.is_empty() {
            return String::new();
        }
        let mut text = format!(
            "<details><summary>Git's own merge would change {}; each has its reason</summary>\n\n",
            count(differs.len(), "file")
        );
        for Difference { path, because } in differs.iter().take(FILES) {
            let because = match because {
                Because::Unit(sha) => self.names.link(*sha),
                Because::Rule(_) | Because::Unknown => markdown_line(&because.to_string(), None),
            };
            let _ = writeln!(text, "- {}: {because}", code(&path.to_string()));
        }
        if differs.len() > FILES {
            let _ = writeln!(text, "- and {} more", count(differs.len() - FILES, "file"));
        }
        text.push_str("\n</details>\n");
        text
    }
}
