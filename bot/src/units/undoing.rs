//! Which units say that they undo others.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::{UnitKind, Units};
use engine::{GitError, Repo};

static REVERTS: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
    Regex::new(r"(?i)\b(?:this reverts|reverts) commit\s+([0-9a-f]{7,40})").unwrap()
});

/// Notes for each unit the earlier units it undoes, by its message or, for a pull request of one commit, by that commit's.
pub(super) fn mark(repo: &Repo, units: &mut Units) -> Result<(), GitError> {
    let mut names: Vec<(String, usize)> = units.places.iter().map(|(id, at)| (id.to_string(), *at)).collect();
    names.sort_unstable();
    for at in 0..units.units.len() {
        let unit = &units.units[at];
        let mut undone = named(&names, at, &unit.commit.message);
        if unit.kind == UnitKind::Merge
            && let [only] = &*unit.inside
        {
            undone.extend(named(&names, at, &repo.commit(*only)?.message));
        }
        units.units[at].undoes = undone.into_iter().collect();
    }
    Ok(())
}

fn named(names: &[(String, usize)], before: usize, message: &str) -> BTreeSet<usize> {
    let found = REVERTS.captures_iter(message).filter_map(|named| {
        let sha = named[1].to_ascii_lowercase();
        let first = names.partition_point(|(name, _)| *name < sha);
        names.get(first).filter(|(name, _)| name.starts_with(&sha)).map(|(_, at)| *at)
    });
    found.filter(|at| *at < before).collect()
}
