//! Which phases an analysis amounts to: what its strategy names comes first, and its tables take in the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{Analysis, Listing, PrioritySection, Stated, StrategyStep, Table};

/// A phase: what it is called and which commits, in the order the document gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) title: String,
    /// What the document says to do with it.
    pub(super) note: Vec<String>,
    pub(super) estimate: Option<String>,
    pub(super) optional: bool,
    pub(super) commits: Vec<String>,
    /// Commits that stand under a sub-heading of their own.
    pub(super) categories: Vec<DraftCategory>,
    /// Its own commands, where its block of picks has any.
    pub(super) validate: Vec<String>,
}

impl Draft {
    /// All that the document says of it and of its parts.
    pub(super) fn said(&self) -> impl Iterator<Item = &String> {
        let of_categories = self.categories.iter().flat_map(|category| &category.note);
        self.note.iter().chain(&self.estimate).chain(of_categories)
    }
}

/// Commits under a sub-heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct DraftCategory {
    pub(super) title: String,
    pub(super) note: Vec<String>,
    pub(super) commits: Vec<String>,
}

/// Every commit the document wants picked, under the longest name it gives it, in exactly one phase.
///
/// 1. Each phase of the strategy takes the commits it names. Where these are of one table, and heading and table speak of the
///    same thing, the phase takes the whole table: naming some of it was an example.
/// 2. A phase that is optional or leaves its list open names nothing: its commits stay with their tables, which it makes optional.
/// 3. The tables left, by priority, are one phase per priority, a category per table. What only lists or headings name comes last.
pub(super) fn drafts(analysis: &Analysis, names: &BTreeMap<String, String>, left_out: &BTreeSet<String>) -> Vec<Draft> {
    let mut taken: BTreeSet<String> = left_out.clone();
    let mut drafts = Vec::new();
    for step in analysis.steps.iter().filter(|step| !step.open) {
        let named: Vec<String> = claim(step.picks.iter().map(|pick| pick.sha.as_str()), names, &mut taken);
        if named.is_empty() {
            continue;
        }
        let mut draft = of_step(step, named);
        if let Some((_, table)) = adopted(step, &draft.commits, analysis, names) {
            draft.commits.extend(claim(table.rows.iter().map(|row| row.sha.as_str()), names, &mut taken));
            draft.note.extend(said_of(table));
        }
        drafts.push(draft);
    }
    let optional = optional(analysis, names);
    for listing in [Listing::Table, Listing::List] {
        let mut sections: Vec<&PrioritySection> = analysis.sections.iter().collect();
        sections.sort_by_key(|section| section.number.unwrap_or(u32::MAX));
        for section in sections {
            drafts.extend(rest_of(section, listing, names, &mut taken).map(|mut draft| {
                let mut all = draft.commits.iter().chain(draft.categories.iter().flat_map(|one| &one.commits));
                draft.optional |= all.any(|name| optional.contains(name));
                draft
            }));
        }
    }
    for step in analysis.steps.iter().filter(|step| step.open) {
        let commits = claim(step.picks.iter().map(|pick| pick.sha.as_str()), names, &mut taken);
        if !commits.is_empty() {
            drafts.push(Draft { validate: Vec::new(), ..of_step(step, commits) });
        }
    }
    for section in &analysis.sections {
        let taken_over = section.tables.iter().map(said_of);
        let all: Vec<String> =
            section.words.iter().map(|word| word.value.clone()).chain(taken_over.flatten()).collect();
        keep(&mut drafts, section, all, names);
    }
    distinct(&mut drafts);
    drafts
}

/// What is said of a section goes with its commits: where phases of the strategy took them all, to the first that did.
fn keep(drafts: &mut [Draft], section: &PrioritySection, words: Vec<String>, names: &BTreeMap<String, String>) {
    let new: Vec<String> =
        words.into_iter().filter(|word| !drafts.iter().any(|draft| draft.said().any(|said| said == word))).collect();
    let listed: BTreeSet<&String> =
        section.tables.iter().flat_map(|table| &table.rows).filter_map(|row| names.get(&row.sha)).collect();
    if let Some(draft) = drafts.iter_mut().find(|draft| draft.commits.iter().any(|name| listed.contains(name))) {
        draft.note.extend(new);
    }
}

fn of_step(step: &StrategyStep, commits: Vec<String>) -> Draft {
    let (estimates, words): (Vec<&Stated<String>>, Vec<&Stated<String>>) =
        step.words.iter().partition(|word| super::remarks::is_estimate(&word.value));
    let mut note: Vec<String> =
        step.remark.iter().filter(|remark| !super::remarks::is_duration(remark)).cloned().collect();
    note.extend(words.iter().map(|word| word.value.clone()));
    let estimate = estimates.first().map(|word| word.value.clone());
    Draft {
        id: slug(&[&step.title]),
        title: step.title.clone(),
        note,
        estimate: estimate.or_else(|| step.remark.clone().filter(|remark| super::remarks::is_duration(remark))),
        optional: step.open,
        commits,
        categories: Vec::new(),
        validate: step.validate.iter().map(|command| command.value.clone()).collect(),
    }
}

/// The commits that a phase names which may be left away, and all that stand in a table with them.
fn optional(analysis: &Analysis, names: &BTreeMap<String, String>) -> BTreeSet<String> {
    let open =
        analysis.steps.iter().filter(|step| step.open && step.remark.as_deref().is_some_and(super::words::is_optional));
    let named: BTreeSet<&String> = open.flat_map(|step| &step.picks).filter_map(|pick| names.get(&pick.sha)).collect();
    let with =
        |table: &&Table| table.rows.iter().any(|row| names.get(&row.sha).is_some_and(|name| named.contains(name)));
    let tables = analysis.tables().filter(|table| table.listing == Listing::Table).filter(with);
    let of_tables = tables.flat_map(|table| &table.rows).filter_map(|row| names.get(&row.sha)).cloned();
    of_tables.chain(named.iter().map(|name| (*name).clone())).collect()
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
    let tables = || {
        let all = analysis.sections.iter().flat_map(|section| section.tables.iter().map(move |table| (section, table)));
        all.filter(|(_, table)| table.listing == Listing::Table)
    };
    let lists = |table: &Table, name: &String| table.rows.iter().any(|row| names.get(&row.sha) == Some(name));
    let (section, table) = tables().find(|(_, table)| commits.iter().any(|name| lists(table, name)))?;
    let all_there = commits.iter().all(|name| lists(table, name) || tables().all(|(_, other)| !lists(other, name)));
    let heading = table.title.as_ref().unwrap_or(&section.title);
    let spoken: BTreeSet<String> = words(&step.title).collect();
    (all_there && words(heading).any(|word| spoken.contains(&word))).then_some((section, table))
}

/// What is left of a priority as one phase; its tables are categories of it.
fn rest_of(
    section: &PrioritySection,
    listing: Listing,
    names: &BTreeMap<String, String>,
    taken: &mut BTreeSet<String>,
) -> Option<Draft> {
    let mut draft = Draft { id: slug(&[&section.title]), title: section.title.clone(), ..Draft::default() };
    let titled = section.tables.iter().filter(|table| table.listing == Listing::Table && table.title.is_some()).count();
    for table in section.tables.iter().filter(|table| table.listing == listing) {
        let commits = claim(table.rows.iter().map(|row| row.sha.as_str()), names, taken);
        if commits.is_empty() {
            continue;
        }
        match &table.title {
            Some(title) if titled > 1 && listing == Listing::Table => {
                match draft.categories.iter_mut().find(|category| category.title == *title) {
                    Some(known) => {
                        known.commits.extend(commits);
                        known.note.extend(said_of(table));
                    }
                    None => {
                        draft.categories.push(DraftCategory { title: title.clone(), note: said_of(table), commits });
                    }
                }
            }
            _ => {
                draft.commits.extend(commits);
                draft.note.extend(said_of(table));
            }
        }
    }
    if draft.commits.is_empty() && draft.categories.is_empty() {
        return None;
    }
    let (estimates, words): (Vec<&Stated<String>>, Vec<&Stated<String>>) =
        section.words.iter().partition(|word| super::remarks::is_estimate(&word.value));
    draft.estimate = estimates.first().map(|word| word.value.clone());
    draft.note.extend(words.iter().map(|word| word.value.clone()));
    draft.note.extend(estimates.iter().skip(1).map(|word| word.value.clone()));
    draft.optional = section.words.iter().any(|word| {
        word.value
            .split_once(':')
            .is_some_and(|(_, value)| super::words::is_optional(value) && value.split_whitespace().count() < 4)
    });
    Some(draft)
}

/// What a document says to do with a table.
fn said_of(table: &Table) -> Vec<String> {
    table.action.iter().chain(&table.words).map(|word| word.value.clone()).collect()
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
