//! What the fork's own branch says of programs. A work tree may have anybody's branch checked out, and whoever looks at it wants no program
//! started that only this branch names.

use super::{ConfigFrom, RunError};
use crate::config::raw::{RawConfig, RawFormat, RawPathRule};
use crate::config::{CONFIG_PATH, Config, PathRule, WrittenConfig};
use engine::Repo;
use engine::path::RepoPath;

/// What branches are called before anything else is known of a repository.
const USUAL: [&str; 2] = ["main", "master"];

/// Where our own branches are in a clone, and where the fork's as they were last fetched.
const LOCAL: &str = "refs/heads/";
const FETCHED: &str = "refs/remotes/origin/";

/// Marks the rules whose command, or whose use of the network, the fork's own branch does not have: those are not started.
pub(super) fn mark_untrusted(repo: &Repo, from: &ConfigFrom, config: &mut Config) -> Result<(), RunError> {
    // A file that was named is the word of whoever named it, and a bare repository has its configuration from its branch.
    if *from != ConfigFrom::Fork || repo.work_tree().is_none() {
        return Ok(());
    }
    let starts = |rule: &&mut PathRule| !rule.command.is_empty() || rule.network;
    let mut rules: Vec<&mut PathRule> =
        config.conflicts.iter_mut().chain(&mut config.proposers).filter(starts).collect();
    if rules.is_empty() && config.formats.is_empty() {
        return Ok(());
    }
    let own = own_rules(repo)?;
    let has = |rule: &PathRule| {
        own.conflicts.iter().any(|own| {
            let RawPathRule { path, r#use, command, name, network, seconds } = own;
            (path, *r#use, command, name, *network, *seconds)
                == (&rule.pattern, rule.resolve, &rule.command, &rule.name, rule.network, rule.seconds)
        })
    };
    for rule in &mut rules {
        rule.untrusted = !has(rule);
    }
    for rule in &mut config.formats {
        let has = |own: &RawFormat| (&own.path, &own.command) == (&rule.pattern, &rule.command);
        rule.untrusted = !own.format.iter().any(has);
    }
    Ok(())
}

/// What names programs on the fork's own branch, as it is here and as it was fetched.
#[derive(Default)]
struct OwnRules {
    conflicts: Vec<RawPathRule>,
    format: Vec<RawFormat>,
}

fn own_rules(repo: &Repo) -> Result<OwnRules, RunError> {
    let mut rules = OwnRules::default();
    let mut next = own_branches(repo)?;
    let mut seen: Vec<String> = Vec::new();
    while let Some(name) = next.pop() {
        if seen.contains(&name) {
            continue;
        }
        if let Some(config) = committed(repo, &name)? {
            // Its word for which branch is the fork's.
            let named = config.fork.branch.iter().filter(|branch| !is_bots(branch));
            next.extend(named.flat_map(|branch| [LOCAL, FETCHED].map(|folder| format!("{folder}{branch}"))));
            rules.conflicts.extend(config.conflicts);
            rules.format.extend(config.format);
        }
        seen.push(name);
    }
    Ok(rules)
}

/// The default branch of the fork as its clone knows it, else the usual ones, else the only one there is.
fn own_branches(repo: &Repo) -> Result<Vec<String>, RunError> {
    if let Some(default) = repo.symbolic_target("refs/remotes/origin/HEAD")
        && let Some(branch) = default.strip_prefix(FETCHED)
    {
        return Ok(vec![format!("{LOCAL}{branch}"), default]);
    }
    let usual = USUAL.iter().flat_map(|branch| [LOCAL, FETCHED].map(|folder| format!("{folder}{branch}")));
    let mut found = Vec::new();
    for name in usual {
        if repo.reference(&name)?.is_some() {
            found.push(name);
        }
    }
    if found.is_empty() {
        let local: Vec<String> = repo.references(LOCAL)?.into_iter().map(|(name, _)| name).collect();
        let own: Vec<String> = local.into_iter().filter(|name| !is_bots(&name[LOCAL.len()..])).collect();
        found.extend(<[String; 1]>::try_from(own).into_iter().flatten());
    }
    Ok(found)
}

/// Whether a branch is one of the bot's, which hold what upstream wrote.
fn is_bots(branch: &str) -> bool {
    branch.starts_with("uptake/")
}

/// The configuration as it is committed on a branch; none where it is not there, or not right.
fn committed(repo: &Repo, name: &str) -> Result<Option<RawConfig>, RunError> {
    let Some(head) = repo.reference(name)? else { return Ok(None) };
    let Some(entry) = repo.entry(repo.commit(head)?.tree, &RepoPath::from(CONFIG_PATH))? else { return Ok(None) };
    let Some(content) = repo.content(entry)? else { return Ok(None) };
    let written = WrittenConfig::read(&String::from_utf8_lossy(&content), name);
    Ok(written.ok().and_then(|written| written.check_alone().ok().cloned()))
}
