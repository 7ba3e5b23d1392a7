//! What forks really meet: upstreams that land merges, changes that come and go, look-alikes, backports, squashed syncs. Each is
//! taken all the way: where all phases end must be git's own merge, but for what a person decided.

mod attributes;
mod backports;
mod below;
mod branch;
mod content;
mod figures;
mod history;
mod long;
mod moved;
mod names;
mod pairs;
mod parts;
mod replaced;
mod rewritten;
mod stated;
mod units;
mod words;

use engine::ids::TreeId;
use engine::path::RepoPath;
use uptake::line::OnLine;
use uptake::pick::{Built, Outcome};
use uptake::pipeline::Session;
use uptake::survey::{Survey, Surveyed};

/// One phase of all there is.
const ALL: &str = "phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

/// The unit with this subject.
fn unit<'a>(survey: &'a Survey, subject: &str) -> &'a Surveyed {
    let found = survey.commits.iter().find(|unit| unit.subject.starts_with(subject));
    found.unwrap_or_else(|| panic!("no unit {subject}: {:?}", subjects(survey)))
}

fn subjects(survey: &Survey) -> Vec<&str> {
    survey.commits.iter().map(|unit| unit.subject.as_str()).collect()
}

/// What became of each unit on the line.
fn line(survey: &Survey) -> Vec<OnLine> {
    survey.commits.iter().map(|unit| unit.line).collect()
}

/// The outcomes of the picks of the only phase.
fn outcomes(built: &Built) -> Vec<Outcome> {
    built.phases[0].picks.iter().map(|pick| pick.outcome).collect()
}

/// The kinds of reasons for which the only phase leaves units out.
fn left_out<'a>(survey: &'a Survey, built: &'a Built) -> Vec<(&'a str, &'static str)> {
    let subject = |sha| survey.get(sha).map_or("", |unit| unit.subject.as_str());
    built.phases[0].left_out.iter().map(|left| (subject(left.sha), left.reason.kind())).collect()
}

/// The text of a file in a tree, which need not be on disk.
fn file(session: &Session, tree: TreeId, path: &str) -> String {
    let repo = &session.repo;
    let entry = repo.entry(tree, &RepoPath::from(path)).expect("read").expect("there");
    String::from_utf8(repo.content(entry).expect("read").expect("a file")).expect("text")
}
