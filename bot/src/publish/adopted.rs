//! What a pull request says whose branch people committed to. Pure.

use super::body;
use super::labels;
use super::marker::Marker;
use super::situation::Situation;
use crate::chatops::command::written;
use crate::config::Config;
use crate::forge::{PullRequest, PullText};
use crate::pick::BuiltPhase;
use crate::text::{code, count, inert_line, listed, short};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// A phase's branch as people left it.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The phase, with what they took on its branch.
    pub phase: BuiltPhase,
    /// What they put on it.
    pub picks: Vec<PersonsPick>,
    /// Files with conflict markers that came with the branch, each with the first line of one, from 1.
    pub markers: Vec<(RepoPath, usize)>,
}

/// A pick that a person put on the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonsPick {
    pub sha: CommitId,
    /// Who committed it.
    pub by: String,
}

/// What a beginning of ours looks like, so that it is not put before itself.
pub(super) const SIGN: &str = "> [!NOTE]\n> People pushed to this branch";

/// What the pull request is to say.
pub(super) fn text(situation: &Situation<'_>, open: &PullRequest, adopted: &Adopted) -> PullText {
    let phase = &adopted.phase;
    let before = Marker::of(open);
    let unready = !adopted.markers.is_empty() || phase.picks.iter().any(|pick| pick.outcome.needs_person());
    let draft = !adopted.markers.is_empty() && situation.drafts();
    // A person's wish is kept: only what the bot made a draft is taken out of it.
    let was_ours = before.as_ref().is_some_and(|marker| marker.draft);
    let marker = before.map(|marker| Marker { draft, ..marker });
    let tests = situation.tests.get(&phase.id).map(String::as_str);
    let body = match &marker {
        Some(marker) => {
            let body = body::body(phase, situation.survey, situation.config, tests, marker);
            Marker::with_what_is_below(body, &open.text.body)
        }
        None => open.text.body.clone(),
    };
    let stacked = phase.on.is_some();
    let wanted = labels::of(phase, situation.config, unready, stacked);
    PullText {
        body: format!("{}{body}", notice(situation, adopted)),
        labels: labels::joined(&wanted, &open.text.labels, situation.config),
        draft: draft || (open.text.draft && !was_ours),
        ..open.text.clone()
    }
}

/// What a person does to have the branch rebuilt.
pub(super) fn how_to_rebuild(config: &Config) -> String {
    let commands = &config.commands;
    if commands.enabled {
        format!("comment {}", code(&written(&commands.prefix, "rebuild")))
    } else {
        "write a `rebuild` decision on the branch `uptake/ledger`".to_owned()
    }
}

fn notice(situation: &Situation<'_>, adopted: &Adopted) -> String {
    let rebuild = how_to_rebuild(situation.config);
    let mut people: Vec<String> = adopted.picks.iter().map(|pick| inert_line(&short(&pick.by, 60))).collect();
    people.sort();
    people.dedup();
    let resolved = match adopted.picks.len() {
        0 => String::new(),
        picks => format!(
            " {} resolved {}; the answers are remembered, and used again where the same conflict comes up.",
            listed(&people, "and"),
            count(picks, "pick")
        ),
    };
    let markers = match adopted.markers.as_slice() {
        [] => String::new(),
        [(path, line), rest @ ..] => format!(
            "> [!CAUTION]\n> **Not to be merged: a conflict marker is left** in {}, line {line}{}.\n\n",
            code(&path.to_string()),
            match rest.len() {
                0 => String::new(),
                more => format!(", and in {}", count(more, "more file")),
            }
        ),
    };
    format!(
        "{markers}{SIGN} (it is at `{}`), so it is theirs: Uptake leaves it alone.{resolved} To have Uptake go on with it, {rebuild}: it is built again on the newest base, with the remembered answers in it; only what else people committed here is left out.\n\n",
        adopted.phase.head.short()
    )
}
