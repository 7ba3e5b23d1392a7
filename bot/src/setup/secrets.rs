//! Who gets at the secrets of a fork: the App's key, and what its workflows hand to upstream's code. Pure.

use super::finding::Finding;
use super::triggers::{Hands, exposed};
use crate::forge::{EnvironmentFacts, Probed};

/// What the App's key is called wherever it is kept.
const KEY: &str = "UPTAKE_APP_KEY";

/// Whether the App's key is where upstream's code, which runs on the bot's branches, cannot have it.
pub(super) fn key(
    environment: &Probed<Option<EnvironmentFacts>>,
    plain: &Probed<Vec<String>>,
    settings: &str,
) -> Vec<Finding> {
    const ABOUT: &str = "environment";
    let page = format!("{settings}/environments");
    let mut found = Vec::new();
    match environment {
        Err(why) => found.push(Finding::unknown(ABOUT, why.clone()).page(page.clone())),
        Ok(None) => found.push(
            Finding::wrong(ABOUT, "there is no environment uptake: GitHub makes it at the first run, for every branch")
                .fix("make it, let only the fork's branch use it (Deployment branches), and keep the App's key in it")
                .page(page.clone()),
        ),
        Ok(Some(environment)) => {
            if !environment.has_branch_rule {
                found.push(
                    Finding::wrong(ABOUT, "any branch may use the environment uptake, so a workflow on a branch with upstream's code gets the App's key")
                        .fix("Deployment branches: let only the fork's branch use it")
                        .page(page.clone()),
                );
            }
            match &environment.secrets {
                Err(why) => found.push(
                    Finding::unknown(ABOUT, why.clone())
                        .fix(format!("look there whether {KEY} is one of its secrets"))
                        .page(page.clone()),
                ),
                Ok(names) if !names.iter().any(|name| name == KEY) => found.push(
                    Finding::note(
                        ABOUT,
                        format!("the environment uptake has no {KEY}: the workflows run with GITHUB_TOKEN"),
                    )
                    .fix("with an App its pull requests start the tests: `uptake app`")
                    .page(page.clone()),
                ),
                Ok(_) if environment.has_branch_rule => {
                    found.push(Finding::right(ABOUT, "it has the App's key, for the branches of its rule alone"));
                }
                Ok(_) => {}
            }
        }
    }
    let page = format!("{settings}/secrets/actions");
    match plain {
        Ok(names) if names.iter().any(|name| name == KEY) => found.push(
            Finding::wrong(
                "secrets",
                format!("{KEY} is a secret of the repository, so every workflow on every branch may have it"),
            )
            .fix("keep it in the environment uptake alone, and remove it here")
            .page(page),
        ),
        Ok(_) => {}
        Err(why) => found.push(
            Finding::unknown("secrets", why.clone())
                .fix(format!("look there that {KEY} is none of the repository's"))
                .page(page),
        ),
    }
    found
}

/// The workflows that run upstream's code from the bot's branches with something worth having.
pub(super) fn given_to_upstream(files: &[(String, String)], base: &str) -> Vec<Finding> {
    const ABOUT: &str = "what a push starts";
    let one = |(name, text): &(String, String)| {
        let (events, hands) = exposed(text, base)?;
        let events = events.join(" and ");
        let fix = "keep it to your own branches (`branches: [main]`), or hand it nothing while it runs what was not merged yet";
        let finding = match hands {
            Hands::Secrets => Finding::wrong(
                ABOUT,
                format!("{name} runs upstream's code from uptake/** ({events}) with secrets of the fork"),
            ),
            Hands::WriteToken => Finding::note(
                ABOUT,
                format!("{name} runs upstream's code from uptake/** ({events}) with a token that may write"),
            ),
        };
        Some(finding.fix(fix))
    };
    files.iter().filter_map(one).collect()
}
