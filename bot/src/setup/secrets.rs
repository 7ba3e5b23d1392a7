//! Who gets at the secrets of a fork: the App's key, and what its workflows hand to upstream's code. Pure.

use super::finding::Finding;
use super::triggers::{Hands, exposed};
use crate::config::Config;
use crate::forge::{EnvironmentFacts, Probed};

/// What the App's key is called wherever it is kept.
const KEY: &str = "UPTAKE_APP_KEY";

/// What the key is called that signs commits.
const SIGNING_KEY: &str = "UPTAKE_SIGNING_KEY";

/// Whether the App's key, and that which signs commits where any does, are where upstream's code, which runs on the bot's branches, cannot
/// have them.
pub(super) fn keys(
    config: Option<&Config>,
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
    if config.is_some_and(|config| config.commits.signing_key.is_some()) {
        found.push(signing_key(environment, plain, settings));
    }
    found
}

/// Whether the key that signs the bot's commits is where upstream's code cannot have it: without it a run changes nothing.
fn signing_key(environment: &Probed<Option<EnvironmentFacts>>, plain: &Probed<Vec<String>>, settings: &str) -> Finding {
    const ABOUT: &str = "signing";
    let page = format!("{settings}/environments");
    let has = |names: &[String]| names.iter().any(|name| name == SIGNING_KEY);
    if plain.as_ref().is_ok_and(|names| has(names)) {
        let described =
            format!("{SIGNING_KEY} is a secret of the repository, so every workflow on every branch may have it");
        return Finding::wrong(ABOUT, described)
            .fix("keep it in the environment uptake alone, and remove it here")
            .page(format!("{settings}/secrets/actions"));
    }
    let names = match environment {
        Ok(environment) => environment.as_ref().map_or(Ok(&[][..]), |environment| environment.secrets.as_deref()),
        Err(why) => Err(why),
    };
    match names {
        Ok(names) if has(names) => Finding::right(ABOUT, "the environment uptake has the key to commits.signing_key"),
        Ok(_) => Finding::wrong(
            ABOUT,
            format!("commits.signing_key says that commits are signed, and the environment uptake has no {SIGNING_KEY}: a run changes nothing without"),
        )
        .fix("keep the text of the private key there")
        .page(page),
        Err(why) => Finding::unknown(ABOUT, why.clone())
            .fix(format!("look there whether {SIGNING_KEY} is one of its secrets"))
            .page(page),
    }
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
