//! What makes a survey less than it seems, in words.

use crate::survey::{Survey, Warning};
use crate::text::{count, visible};

/// Where something is said: what brings history is not the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Terminal,
    /// In a job of GitHub Actions.
    Actions,
    /// In a document, which any of them may have written.
    Document,
}

/// How many replaced objects are named.
const NAMED: usize = 3;
/// How many warnings are listed.
const LISTED: usize = 20;

/// All warnings of a survey; of a great many, the first.
pub fn warnings(survey: &Survey, reader: Reader) -> impl Iterator<Item = String> {
    let more = survey.warnings.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!("and {more} more, which `uptake survey --format json` has."));
    survey.warnings.iter().take(LISTED).map(move |found| warning(found, reader)).chain(more)
}

/// A warning, a sentence or two.
#[must_use]
pub fn warning(warning: &Warning, reader: Reader) -> String {
    match warning {
        Warning::CutHistory { commits, in_range: true } => format!(
            "history is cut: this clone is shallow and has no parents of {} that only one side has. What the fork took before counts as open. {}.",
            count(*commits, "commit"),
            remedy(reader)
        ),
        Warning::CutHistory { commits, in_range: false } => format!(
            "history is cut: this clone is shallow and has no parents of {}. What only one side seems to have may be in the other by way of what is missing. {}.",
            count(*commits, "commit"),
            remedy(reader)
        ),
        Warning::Replaced { objects } => {
            let named: Vec<String> =
                objects.iter().take(NAMED).map(|object| format!("refs/replace/{}", object.short())).collect();
            let more = objects.len() - named.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!(
                "git shows other objects in the place of {} ({}{more}); here they are read as they are stored, as GitHub shows them. If history was joined that way, name the commit that the fork began from as `base:`; `git replace --delete` removes a replacement.",
                count(objects.len(), "object"),
                named.join(", ")
            )
        }
        Warning::LeftBehind { branch, current, is_default, ahead, own } => {
            let (branch, current) = (visible(branch), visible(current));
            let role = if *is_default { "upstream's default branch" } else { "upstream's branch" };
            let own = if *own == 0 { String::new() } else { format!(" (and lacks {})", count(*own, "commit")) };
            format!(
                "the branch followed is left behind: {role} {current} has {} that {branch} lacks{own}. If upstream goes on there, write `upstream: {{ branch: {current} }}` into the configuration.",
                count(*ahead, "commit")
            )
        }
        Warning::OtherRemote { remote, leads_to, configured } => {
            let key = if *remote == "origin" { "fork" } else { "upstream" };
            format!(
                "{key}.repository is {}, and git's remote {remote} leads to {}. If the configuration is misspelt, links and runs go to the wrong place; if the repository was renamed, `git remote set-url {remote} URL` brings the clone up to date.",
                visible(configured),
                visible(leads_to),
            )
        }
        Warning::Joined { upstream, fork } => format!(
            "upstream and the fork have no commit in common, but the same files again and again: one history was rewritten. They are joined where the files are the same for the last time, at upstream's {} and the fork's {}. `base:` in the configuration names another commit of upstream's.",
            upstream.short(),
            fork.short()
        ),
        Warning::Contradiction { unit, says, share } => format!(
            "{unit} counts as open: the fork's {} says that it has it, but it would still apply (of {} that it adds the fork has {}). Where the fork has it in another form, `uptake decide taken {unit} as OURS` says so.",
            says.short(),
            count(share.of, "line"),
            share.there,
            unit = unit.short(),
        ),
        Warning::SameName { unit, path, other } => {
            format!("{} brings {}.", unit.short(), same_name(path, other))
        }
    }
}

/// Two paths that are one to some file systems.
pub(super) fn same_name(path: &impl ToString, other: &impl ToString) -> String {
    let [path, other] = [path.to_string(), other.to_string()].map(|path| visible(&path));
    // Two forms of one letter look the same.
    let form = if path.to_lowercase() == other.to_lowercase() { "" } else { " (another form of the same letters)" };
    format!("{path} beside {other}{form}, which macOS and Windows may not tell apart")
}

/// How the rest of history is brought.
#[must_use]
pub const fn remedy(reader: Reader) -> &'static str {
    match reader {
        Reader::Terminal => "`git fetch --unshallow` brings the rest",
        Reader::Actions => "Give the step that checks out `fetch-depth: 0`",
        Reader::Document => "`git fetch --unshallow`, or `fetch-depth: 0` where a workflow checks out, brings the rest",
    }
}
