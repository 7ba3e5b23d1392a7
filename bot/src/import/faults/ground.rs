//! What the checks stand on: the document, the survey, and what each name of the one is in the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use globset::{GlobBuilder, GlobMatcher};

use super::{Disagreement, DisagreementKind, ListedCommit, RangeScope};
use crate::import::analysis::{Analysis, CommitRow, Listing};
use crate::import::config;
use crate::survey::{Survey, Surveyed, Totals};
use engine::commit::When;
use engine::ids::CommitId;

/// A commit the document names, as the repository has it.
pub(super) enum DocumentCommit<'a> {
    /// One of the range.
    Range(usize, &'a Surveyed),
    /// A merge of the range.
    Merge(CommitId, &'a str),
    /// Older than the common ancestor.
    Ancestor(CommitId, When, String),
    /// Not upstream's.
    Elsewhere(CommitId),
    /// One of several.
    Ambiguous(usize),
    /// None.
    Unknown,
}

impl DocumentCommit<'_> {
    pub(super) fn id(&self) -> Option<CommitId> {
        match self {
            DocumentCommit::Range(_, commit) => Some(commit.sha),
            DocumentCommit::Merge(id, _) | DocumentCommit::Ancestor(id, ..) | DocumentCommit::Elsewhere(id) => {
                Some(*id)
            }
            DocumentCommit::Ambiguous(_) | DocumentCommit::Unknown => None,
        }
    }

    /// Where it stands in upstream's order: all ancestors before the range, among themselves by date.
    pub(super) fn position(&self) -> Option<(Option<usize>, When)> {
        match self {
            DocumentCommit::Range(at, commit) => Some((Some(*at), commit.date)),
            DocumentCommit::Ancestor(_, date, _) => Some((None, *date)),
            _ => None,
        }
    }
}

/// The document and the repository side by side.
pub(super) struct FactIndex<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) survey: &'a Survey,
    /// The part of the range that is spoken of, and what is in it.
    pub(super) scope: &'a RangeScope,
    pub(super) totals: Totals,
    /// Each name as written, and the longest way the document writes the same one.
    pub(super) names: BTreeMap<String, String>,
    /// What the names are, the longest of each.
    places: BTreeMap<String, DocumentCommit<'a>>,
}

impl<'a> FactIndex<'a> {
    pub(super) fn new(
        analysis: &'a Analysis,
        survey: &'a Survey,
        scope: &'a RangeScope,
        lookup: &dyn Fn(&str) -> ListedCommit,
    ) -> Self {
        let mut names = config::names(analysis);
        let remarks = analysis.rows().flat_map(|row| {
            let fork = row.duplicate.iter().filter_map(|duplicate| duplicate.fork.as_ref());
            row.follows.iter().chain(row.rivals.iter().map(|rival| &rival.sha)).chain(fork)
        });
        let claims = [&analysis.claims.ancestor, &analysis.claims.head];
        let claimed = claims.into_iter().flatten().map(|claim| &claim.value.sha);
        for name in remarks.chain(claimed) {
            names.entry(name.clone()).or_insert_with(|| name.clone());
        }
        let merges: HashMap<CommitId, &str> =
            survey.merges.iter().map(|merge| (merge.sha, merge.subject.as_str())).collect();
        let place = |name: &str| match lookup(name) {
            ListedCommit::InRange(id) => match (survey.position(id), merges.get(&id)) {
                (Some(at), _) => DocumentCommit::Range(at, &survey.commits[at]),
                (None, Some(subject)) => DocumentCommit::Merge(id, subject),
                (None, None) => DocumentCommit::Elsewhere(id),
            },
            ListedCommit::Ancestor { id, date, subject } => DocumentCommit::Ancestor(id, date, subject),
            ListedCommit::Elsewhere(id) => DocumentCommit::Elsewhere(id),
            ListedCommit::Ambiguous(count) => DocumentCommit::Ambiguous(count),
            ListedCommit::Unknown => DocumentCommit::Unknown,
        };
        let distinct: BTreeSet<&String> = names.values().collect();
        let places = distinct.into_iter().map(|name| (name.clone(), place(name))).collect();
        Self { analysis, survey, scope, totals: totals(survey, scope), names, places }
    }

    /// What the document means by a name.
    pub(super) fn commit(&self, sha: &str) -> &DocumentCommit<'a> {
        self.names.get(sha).and_then(|name| self.places.get(name)).unwrap_or(&DocumentCommit::Unknown)
    }

    /// The rows of tables, or where there are none, of lists.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'a CommitRow> + '_ {
        let tables = self.analysis.table_rows().next().is_some();
        self.analysis
            .tables()
            .filter(move |table| !tables || table.listing == Listing::Table)
            .flat_map(|table| &table.rows)
    }

    /// Those rows, each commit's first one only.
    pub(super) fn first_rows(&self) -> impl Iterator<Item = &'a CommitRow> + '_ {
        let mut seen = BTreeSet::new();
        self.rows().filter(move |row| seen.insert(self.names.get(&row.sha)))
    }

    /// Every commit of the range the document lists, in a table or in its commands.
    pub(super) fn listed(&self) -> BTreeSet<CommitId> {
        let picks = self.analysis.steps.iter().flat_map(|step| &step.picks).map(|pick| &pick.sha);
        let own = self.analysis.own.iter().map(|own| &own.value);
        let rows = self.analysis.rows().map(|row| &row.sha);
        rows.chain(picks).chain(own).filter_map(|sha| self.commit(sha).id()).collect()
    }

    /// By how many whole days `earlier` is older than `later`, in upstream's order; `None` where it is not older.
    pub(super) fn older(&self, earlier: &str, later: &str) -> Option<Older> {
        let (before, after) = (self.commit(earlier).position()?, self.commit(later).position()?);
        let older = match (before.0, after.0) {
            (Some(before), Some(after)) => before < after,
            (None, None) => before.1.seconds < after.1.seconds,
            (before, after) => before.is_none() && after.is_some(),
        };
        older.then(|| Older { days: (after.1.seconds - before.1.seconds + DAY / 2).div_euclid(DAY) })
    }

    /// A fault about a commit the document names.
    pub(super) fn fault(&self, line: usize, sha: &str, kind: DisagreementKind, text: String) -> Disagreement {
        Disagreement { line: Some(line), commit: Some(sha.to_owned()), sha: self.commit(sha).id(), kind, text }
    }
}

/// What of the range is in the part that is spoken of.
fn totals(survey: &Survey, scope: &RangeScope) -> Totals {
    match scope {
        RangeScope::Whole | RangeScope::Unknown { .. } => survey.totals.clone(),
        RangeScope::Part(part) => {
            let commits: Vec<Surveyed> =
                survey.commits.iter().filter(|commit| scope.has(commit.sha)).cloned().collect();
            Totals::of(&commits, (part.commits.len() - part.merges, part.merges))
        }
    }
}

const DAY: i64 = 86_400;

/// That a commit is older than another.
pub(super) struct Older {
    days: i64,
}

impl std::fmt::Display for Older {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.days {
            1 => f.write_str("1 day older"),
            days if days > 1 => write!(f, "{days} days older"),
            // Written on the same day, or dated out of order: where it stands is what counts.
            _ => f.write_str("earlier in upstream's order"),
        }
    }
}

/// Says something about one line, not about a commit.
pub(super) fn fault_of_line(line: usize, kind: DisagreementKind, text: String) -> Disagreement {
    Disagreement { line: Some(line), commit: None, sha: None, kind, text }
}

/// A glob of the document; one that is none matches nothing.
pub(super) fn matcher(glob: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(glob).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}
