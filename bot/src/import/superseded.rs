//! Groups of commits of which the document wants one only.

use super::analysis::{Analysis, CommitRow, RivalSide, Superseded, Table};
use super::remarks;

/// The groups a document names: in the action below a table, in a comment above picks, in the remark of a row.
pub(super) fn groups(read: &Analysis) -> Vec<Superseded> {
    let mut groups = Vec::new();
    for table in read.tables() {
        groups.extend(by_action(table));
    }
    for pick in read.steps.iter().flat_map(|step| &step.picks) {
        let Some(heading) = &pick.heading else { continue };
        if let (Some(keep), Some(topic)) = (remarks::choose_latest(heading), remarks::topic(heading)) {
            let keep = keep.unwrap_or_else(|| pick.sha.clone());
            join(&mut groups, by_topic(pick.line, &topic, read.rows(), Some(keep)));
        }
    }
    for row in read.rows() {
        for rival in &row.rivals {
            let keep = match rival.keep {
                Some(RivalSide::This) => row.sha.clone(),
                Some(RivalSide::Other) => rival.sha.clone(),
                // Two that cannot both go in, without a word on which goes: that is a person's to say.
                None => continue,
            };
            let title = format!("{} or what it replaces", row.description);
            let commits = vec![rival.sha.clone(), row.sha.clone()];
            join(&mut groups, Some(Superseded { line: row.line, title, commits, keep: Some(keep) }));
        }
    }
    let duplicates: Vec<&str> = read.rows().filter(|row| row.duplicate.is_some()).map(|row| row.sha.as_str()).collect();
    for group in &mut groups {
        group.commits.retain(|sha| !duplicates.contains(&sha.as_str()));
    }
    groups.retain(|group| group.commits.len() > 1);
    groups
}

fn by_action(table: &Table) -> Option<Superseded> {
    let action = table.action.as_ref()?;
    let keep = remarks::choose_latest(&action.value)?;
    let topic = remarks::topic(&action.value)?;
    by_topic(action.line, &topic, table.rows.iter(), keep)
}

/// The rows whose description names the topic, and the one to keep.
fn by_topic<'a>(
    line: usize,
    topic: &str,
    rows: impl Iterator<Item = &'a CommitRow>,
    keep: Option<String>,
) -> Option<Superseded> {
    let word = topic.to_lowercase();
    let mut commits: Vec<String> = Vec::new();
    for row in rows {
        let names = row
            .description
            .to_lowercase()
            .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
            .any(|w| w == word);
        if (names || keep.as_deref() == Some(row.sha.as_str())) && !commits.contains(&row.sha) {
            commits.push(row.sha.clone());
        }
    }
    if let Some(keep) = keep.as_ref().filter(|keep| !commits.contains(keep)) {
        commits.push(keep.clone());
    }
    (commits.len() > 1).then(|| Superseded { line, title: format!("{topic} updates"), commits, keep })
}

/// Adds a group, to one that shares a commit with it where there is one: what was said first decides which is kept.
fn join(groups: &mut Vec<Superseded>, group: Option<Superseded>) {
    let Some(group) = group else { return };
    match groups.iter_mut().find(|known| known.commits.iter().any(|sha| group.commits.contains(sha))) {
        Some(known) => {
            let new: Vec<String> = group.commits.into_iter().filter(|sha| !known.commits.contains(sha)).collect();
            known.commits.extend(new);
        }
        None => groups.push(group),
    }
}
