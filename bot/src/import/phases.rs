//! Which phases an analysis amounts to: what its strategy names comes first, and its tables take in the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{Analysis, PrioritySection, StrategyStep, Table};

/// A phase: what it is called and which commits, in the order the document gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) commits: Vec<String>,
    /// Its own commands, where its block of picks has any.
    pub(super) validate: Vec<String>,
}

/// Every commit the document wants picked, under the longest name it gives it, in exactly one phase.
///
/// 1. Each phase of the strategy takes the commits it names. Where these are of one table, and heading and table speak of the
///    same thing, the phase takes the whole table: naming some of it was an example.
/// 2. A phase that is optional or leaves its list open names nothing: its commits stay with their tables.
/// 3. The tables left, by priority, are one phase per priority.
pub(super) fn drafts(analysis: &Analysis, names: &BTreeMap<String, String>, left_out: &BTreeSet<String>) -> Vec<Draft> {
    let mut taken: BTreeSet<String> = left_out.clone();
    let mut drafts = Vec::new();
    for step in analysis.steps.iter().filter(|step| !step.open) {
        let named: Vec<String> = claim(step.picks.iter().map(|pick| pick.sha.as_str()), names, &mut taken);
        if named.is_empty() {
            continue;
        }
        let mut commits = named;
        if let Some((_, table)) = adopted(step, &commits, analysis, names) {
            commits.extend(claim(table.rows.iter().map(|row| row.sha.as_str()), names, &mut taken));
        }
        let validate = step.validate.iter().map(|command| command.value.clone()).collect();
        drafts.push(Draft { id: slug(&[&step.title]), title: step.title.clone(), commits, validate });
    }
    let mut sections: Vec<&PrioritySection> = analysis.sections.iter().collect();
    sections.sort_by_key(|section| section.number.unwrap_or(u32::MAX));
    for section in sections {
        drafts.extend(rest_of(section, names, &mut taken));
    }
    for step in analysis.steps.iter().filter(|step| step.open) {
        let commits = claim(step.picks.iter().map(|pick| pick.sha.as_str()), names, &mut taken);
        if !commits.is_empty() {
            drafts.push(Draft { id: slug(&[&step.title]), title: step.title.clone(), commits, validate: Vec::new() });
        }
    }
    distinct(&mut drafts);
    drafts
}

/// Takes those not taken yet.
fn claim<'a>(
    shas: impl Iterator<Item = &'a str>,
    names: &BTreeMap<String, String>,
    taken: &mut BTreeSet<String>,
) -> Vec<String> {
    shas.filter_map(|sha| names.get(sha)).filter(|name| taken.insert((*name).clone())).cloned().collect()
}

/// The one table a phase's commits are of, where both speak of the same thing.
fn adopted<'a>(
    step: &StrategyStep,
    commits: &[String],
    analysis: &'a Analysis,
    names: &BTreeMap<String, String>,
) -> Option<(&'a PrioritySection, &'a Table)> {
    let tables =
        || analysis.sections.iter().flat_map(|section| section.tables.iter().map(move |table| (section, table)));
    let lists = |table: &Table, name: &String| table.rows.iter().any(|row| names.get(&row.sha) == Some(name));
    let (section, table) = tables().find(|(_, table)| commits.iter().any(|name| lists(table, name)))?;
    let all_there = commits.iter().all(|name| lists(table, name) || tables().all(|(_, other)| !lists(other, name)));
    let heading = table.title.as_ref().unwrap_or(&section.title);
    let spoken: BTreeSet<String> = words(&step.title).collect();
    (all_there && words(heading).any(|word| spoken.contains(&word))).then_some((section, table))
}

/// What is left of a priority as one phase, called after the tables that have anything left.
fn rest_of(section: &PrioritySection, names: &BTreeMap<String, String>, taken: &mut BTreeSet<String>) -> Option<Draft> {
    let mut titles = Vec::new();
    let mut commits = Vec::new();
    for table in &section.tables {
        let claimed = claim(table.rows.iter().map(|row| row.sha.as_str()), names, taken);
        if !claimed.is_empty() {
            titles.push(table.title.as_deref().unwrap_or(&section.title));
            commits.extend(claimed);
        }
    }
    titles.dedup();
    let whole = titles.len() == section.tables.len();
    if whole {
        titles = vec![&section.title];
    }
    (!commits.is_empty()).then(|| Draft { id: slug(&titles), title: titles.join("; "), commits, validate: Vec::new() })
}

/// The words of a heading that say what it is about.
fn words(heading: &str) -> impl Iterator<Item = String> + '_ {
    const EMPTY: [&str; 15] = [
        "and",
        "the",
        "of",
        "for",
        "a",
        "an",
        "to",
        "in",
        "fixes",
        "updates",
        "update",
        "improvements",
        "new",
        "other",
        "commits",
    ];
    heading
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty() && !EMPTY.contains(&word.as_str()))
}

/// A phase's id: the words of its title, or of several titles the first of each and the last all share.
fn slug(titles: &[&str]) -> String {
    const LONGEST: usize = 40;
    let parts = |title: &str| -> Vec<String> {
        let ascii = |c: char| c.is_ascii_alphanumeric();
        let filler = |word: &String| !matches!(word.as_str(), "and" | "the" | "of");
        title.split(|c: char| !ascii(c)).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase).filter(filler).collect()
    };
    let all: Vec<Vec<String>> = titles.iter().map(|title| parts(title)).filter(|words| !words.is_empty()).collect();
    let chosen: Vec<String> = match all.as_slice() {
        [] => Vec::new(),
        [one] => one.clone(),
        many => {
            let shared = many[0].last().filter(|last| many.iter().all(|words| words.last() == Some(last)));
            many.iter().filter_map(|words| words.first()).chain(shared).cloned().collect()
        }
    };
    let mut id = String::new();
    for word in chosen {
        if !id.is_empty() && id.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(&word[..word.len().min(LONGEST)]);
    }
    if id.is_empty() { "phase".into() } else { id }
}

/// Numbers ids that are the same.
fn distinct(drafts: &mut [Draft]) {
    let mut used = BTreeSet::new();
    for draft in drafts {
        let stem = draft.id.clone();
        let mut n = 1;
        while !used.insert(draft.id.clone()) {
            n += 1;
            draft.id = format!("{stem}-{n}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_the_title_s_words() {
        assert_eq!(slug(&["Testing & CI/CD"]), "testing-ci-cd");
        assert_eq!(slug(&["Build System & Compilation Fixes", "Error Handling & Bug Fixes"]), "build-error-fixes");
        assert_eq!(slug(&["修正"]), "phase");
        assert!(slug(&[&"long ".repeat(40)]).len() <= 40);
    }
}
