//! The scene in which it lands: one pull request after the other, then the record that tells git.

use std::fmt::Write;

use super::super::Failure;
use super::super::term::table;
use super::decision::answered;
use super::stage::{Stage, heading, typed};
use crate::forge::{Pulls, State};
use crate::text::short;
use engine::Repo;

/// How many pull requests may land before it is plain that something is wrong.
const MOST: usize = 10;

pub(super) fn land(stage: &mut Stage<'_>) -> Result<String, Failure> {
    let mut text = heading(6, "It lands, and git knows");
    text.push_str("  Fern merges what is ready, from the top; each run plans the rest again on what is there:\n");
    let mut rows = Vec::new();
    let mut again = String::new();
    for _ in 0..MOST {
        let all = stage.forge().pulls("uptake/")?.bringing;
        let Some(pull) = all.into_iter().find(|pull| pull.state == State::Open && pull.text.base == "main") else {
            break;
        };
        let when = stage.later();
        stage.people.merge(pull.number, when)?;
        let run = stage.run()?;
        let left: usize = run.report.built.phases.iter().map(|phase| phase.picks.len()).sum();
        let title = short(pull.text.title.trim_start_matches("Uptake: "), 60);
        rows.push(vec![format!("  #{}", pull.number), title, format!("{left} left to take")]);
        if again.is_empty() {
            again = answered(stage, &run)?;
        }
    }
    text.push_str(&table(&rows));
    text.push_str("  After the first, all was planned on another commit; the answer was used again for #4:\n");
    text.push_str(&again);
    text.push_str("  The last is the record: a merge commit that changes no file, so that git knows what is in.\n");
    // The last tests are not waited for any more, and the clone has what was decided and landed.
    stage.run()?;
    let repo = Repo::open_to_write(&stage.demo.fork)?;
    repo.fetch_own("origin", &["uptake/*"])?;
    stage.keep("6-landed")?;
    text.push_str(&typed("git -C fork.git rev-list --count main..refs/remotes/upstream/main"));
    let at = |name: &str| repo.reference(name)?.ok_or_else(|| Failure::failed(format!("there is no {name}")));
    let (_, behind) = repo.ahead_behind(at("refs/heads/main")?, at("refs/remotes/upstream/main")?)?;
    let _ = writeln!(text, "  {behind}\n");
    Ok(text)
}
