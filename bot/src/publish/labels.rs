//! Which labels a pull request has, and what each looks like. Pure.

use crate::config::Config;
use crate::config::raw::LabelSettings;
use crate::forge::Label;
use crate::pick::{BuiltPhase, Pick};
use crate::record;
use crate::risk::Level;
use crate::text::{inert_message, short};

/// GitHub refuses a longer name ("name is too long").
const NAME_LIMIT: usize = 50;

/// GitHub refuses a longer description.
const DESCRIPTION_LIMIT: usize = 100;

/// The labels of a phase's pull request, sorted; `unready`: it must not be merged as it is.
pub(super) fn of(phase: &BuiltPhase, config: &Config, unready: bool, stacked: bool) -> Vec<String> {
    let LabelSettings { phase: before_id, risk, conflicts, needs_human, stacked: on_another, extra, .. } =
        &config.labels;
    let mut labels = vec![format!("{before_id}{}", phase.configured()), format!("{risk}{}", phase.risk)];
    let waits: Vec<&Pick> = phase.picks.iter().filter(|pick| pick.outcome.needs_person()).collect();
    if waits.iter().any(|pick| !pick.is_held_back()) {
        labels.push(conflicts.clone());
    }
    if unready || waits.iter().any(|pick| pick.is_held_back()) {
        labels.push(needs_human.clone());
    }
    if stacked {
        labels.push(on_another.clone());
    }
    labels.extend(extra.iter().cloned());
    tidy(labels)
}

/// The labels of the pull request that records that upstream is in.
pub(super) fn of_record(config: &Config) -> Vec<String> {
    let own = format!("{}{}", config.labels.phase, record::NAME);
    tidy(std::iter::once(own).chain(config.labels.extra.iter().cloned()).collect())
}

/// With the label that keeps open what a bot closed before; `again`: it did.
pub(super) fn kept_open(labels: Vec<String>, again: bool, config: &Config) -> Vec<String> {
    let keep = again.then(|| config.labels.keep_open.clone());
    tidy(labels.into_iter().chain(keep).collect())
}

fn tidy(mut labels: Vec<String>) -> Vec<String> {
    for label in &mut labels {
        *label = label.chars().take(NAME_LIMIT).collect();
    }
    labels.sort();
    labels.dedup();
    labels
}

/// What a pull request's labels become: those that are wanted, and those that people put there.
pub(super) fn joined(wanted: &[String], there: &[String], config: &Config) -> Vec<String> {
    let theirs = there.iter().filter(|label| !is_ours(label, config)).cloned();
    tidy(wanted.iter().map(|label| spelt(label, there)).chain(theirs).collect())
}

/// A pull request's labels with the one that says that a person is needed.
pub(super) fn waiting(there: &[String], config: &Config) -> Vec<String> {
    tidy(there.iter().cloned().chain([spelt(&config.labels.needs_human, there)]).collect())
}

/// A label as it is written where it is there already: to a forge it is the same in capitals, and it goes on showing the first way.
fn spelt(label: &str, there: &[String]) -> String {
    let same = |known: &&String| known.to_lowercase() == label.to_lowercase();
    there.iter().find(same).cloned().unwrap_or_else(|| label.to_owned())
}

fn is_ours(label: &str, config: &Config) -> bool {
    let labels = &config.labels;
    let label = label.to_lowercase();
    begins(&label, &labels.phase, config.phases.iter().map(|phase| phase.id.as_str()).chain([record::NAME]))
        || begins(&label, &labels.risk, ["low", "medium", "high", "critical"])
        || [&labels.conflicts, &labels.needs_human, &labels.stacked].iter().any(|own| own.to_lowercase() == label)
}

/// Whether a label begins so. Every label begins with nothing, so there it must be one of these.
fn begins<'a>(label: &str, start: &str, all: impl IntoIterator<Item = &'a str>) -> bool {
    match start.to_lowercase() {
        start if start.is_empty() => all.into_iter().any(|one| one.eq_ignore_ascii_case(label)),
        start => label.starts_with(&start),
    }
}

/// What a label of ours looks like where it is made; `title` is that of the phase.
pub(super) fn look(name: &str, title: &str, config: &Config) -> Label {
    let labels = &config.labels;
    let risk = |level: &Level| name == format!("{}{level}", labels.risk);
    let (colour, description) = if let Some(level) = Level::ALL.into_iter().find(risk) {
        match level {
            Level::Low => ("0e8a16", "Uptake: nothing speaks against taking these commits".to_owned()),
            Level::Medium => ("fbca04", "Uptake: the riskiest commit here is worth a look".to_owned()),
            Level::High => ("d93f0b", "Uptake: the riskiest commit here needs care".to_owned()),
            Level::Critical => ("b60205", "Uptake: security, or a change everything leans on".to_owned()),
        }
    } else if name == labels.conflicts {
        ("e99695", "Uptake: some commits of the phase conflict and wait for a person".to_owned())
    } else if name == labels.needs_human {
        ("d4c5f9", "Uptake: cannot go on before a person decides or resolves something".to_owned())
    } else if name == labels.stacked {
        ("bfdadc", "Uptake: is built on the phase before; merge that one first".to_owned())
    } else if name == labels.keep_open {
        ("0052cc", "Uptake: a bot closed this before; bots that close what is stale are to pass over it".to_owned())
    } else if name.starts_with(&labels.phase) {
        ("1d76db", format!("Uptake phase: {}", inert_message(&short(title, DESCRIPTION_LIMIT))))
    } else {
        ("ededed", "Uptake: on every pull request, by configuration".to_owned())
    };
    // GitHub has refused descriptions with characters of four bytes.
    let description = description.chars().filter(|c| c.len_utf8() < 4).take(DESCRIPTION_LIMIT).collect();
    Label { name: name.to_owned(), colour: colour.into(), description }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_put_there_stays() {
        let there = ["phase:a", "risk:high", "conflicts", "help wanted"].map(str::to_owned);
        let wanted = ["phase:a", "risk:low"].map(str::to_owned);
        assert_eq!(joined(&wanted, &there, &Config::default()), ["help wanted", "phase:a", "risk:low"]);
    }

    #[test]
    fn a_label_is_the_same_in_capitals() {
        let there = ["Conflicts", "PHASE:a", "Risk:Low", "help wanted"].map(str::to_owned);
        let wanted = ["conflicts", "phase:a", "risk:low"].map(str::to_owned);
        let config = Config::default();
        assert_eq!(joined(&wanted, &there, &config), ["Conflicts", "PHASE:a", "Risk:Low", "help wanted"]);
        assert_eq!(waiting(&["Needs-Human".into()], &config), ["Needs-Human"]);
    }

    #[test]
    fn where_labels_begin_with_nothing_people_s_stay_all_the_same() {
        let mut config = Config::default();
        config.labels.phase.clear();
        config.labels.risk.clear();
        let (wanted, there) = (["low".to_owned()], ["critical", "help wanted"].map(str::to_owned));
        assert_eq!(joined(&wanted, &there, &config), ["help wanted", "low"]);
    }

    #[test]
    fn a_label_fits_what_github_takes() {
        let label = look("phase:a", &format!("🚀 {} for @everyone", "long ".repeat(30)), &Config::default());
        assert!(
            label.description.chars().count() <= DESCRIPTION_LIMIT
                && label.description.starts_with("Uptake phase:  long")
        );
        assert_eq!(tidy(vec!["x".repeat(60)]), ["x".repeat(NAME_LIMIT)]);
        assert_eq!(look("risk:critical", "", &Config::default()).colour, "b60205");
    }
}
