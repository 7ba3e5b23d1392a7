//! Bots that close what nobody touches: how the fork's files set them up, and what of ours one of them closed.

use serde_yaml_ng::Value;

use super::{Inputs, RunError, Session};
use crate::forge::{Ahead, Forge, LoginProof, PullRequest, State};
use crate::names::PhaseId;
use crate::pick::Built;
use crate::publish::{Marker, Observed, StaleBot, StaleRules, is_dashboard_again};
use crate::record;
use crate::yaml::source::YamlSource;
use engine::commit::Entry;
use engine::ids::TreeId;

/// Where actions/stale is set up, and where the App of the same name is.
const WORKFLOWS: &str = ".github/workflows";
const APP: &str = ".github/stale.yml";

/// How such bots are set up on the fork's branch. What cannot be read is passed over: it is for advice alone.
fn stale_bots(session: &Session) -> Result<Vec<StaleBot>, RunError> {
    let repo = &session.repo;
    let top = repo.commit(session.heads.fork)?.tree;
    let text = |path: &str| -> Result<Option<String>, RunError> {
        let file = repo.entry(top, &path.into())?.filter(Entry::is_file);
        let content = file.map(|file| repo.content(file)).transpose()?.flatten();
        Ok(content.and_then(|content| String::from_utf8(content).ok()))
    };
    let mut found = Vec::new();
    if let Some(folder) = repo.entry(top, &WORKFLOWS.into())?.filter(|entry| !entry.is_file()) {
        for name in repo.files(TreeId::from_bytes(*folder.id.as_bytes()))? {
            let file = format!("{WORKFLOWS}/{}", name.to_text());
            let text = text(&file)?.filter(|text| text.contains("actions/stale@"));
            found.extend(text.and_then(|text| of_workflow(&file, &YamlSource::read(&text).ok()?.value)));
        }
    }
    found.extend(text(APP)?.and_then(|text| Some(of_app(&YamlSource::read(&text).ok()?.value))));
    Ok(found)
}

/// A workflow with a step of actions/stale, with the defaults of that.
fn of_workflow(file: &str, workflow: &Value) -> Option<StaleBot> {
    let steps =
        workflow.get("jobs")?.as_mapping()?.values().filter_map(|job| job.get("steps")?.as_sequence()).flatten();
    let is =
        |step: &&Value| step.get("uses").and_then(Value::as_str).is_some_and(|uses| uses.starts_with("actions/stale@"));
    let with = steps.into_iter().find(is)?.get("with").cloned().unwrap_or_default();
    let text = |name: &str| with.get(name).and_then(Value::as_str).unwrap_or_default();
    let rules = |label: &str, setting| StaleRules {
        label: Some(text(label)).filter(|label| !label.is_empty()).unwrap_or("Stale").to_owned(),
        setting,
        exempt: text(setting).split(',').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect(),
        list: false,
    };
    let (pulls, issues) =
        (rules("stale-pr-label", "exempt-pr-labels"), rules("stale-issue-label", "exempt-issue-labels"));
    Some(StaleBot { file: file.to_owned(), pulls, issues })
}

/// The App's file, with the defaults of that.
fn of_app(said: &Value) -> StaleBot {
    let rules = |of: &str| {
        let get = |name: &str| said.get(of).and_then(|own| own.get(name)).or_else(|| said.get(name));
        let exempt = match get("exemptLabels") {
            Some(Value::Sequence(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            Some(_) => Vec::new(),
            None => vec!["pinned".to_owned(), "security".to_owned()],
        };
        let label = get("staleLabel").and_then(Value::as_str).unwrap_or("wontfix").to_owned();
        StaleRules { label, setting: "exemptLabels", exempt, list: true }
    };
    StaleBot { file: APP.to_owned(), pulls: rules("pulls"), issues: rules("issues") }
}

impl Inputs<'_> {
    /// Notes what of all that is wanted still a bot closed, so that it is opened again: once, and never what a person closed. Returns the
    /// bots that the fork's files set up, which matter where one closed something, now or before.
    pub(super) fn find_closed_by_bots(
        &self,
        built: &Built,
        has_record: bool,
        observed: &mut Observed,
        forge: &dyn Forge,
    ) -> Result<Vec<StaleBot>, RunError> {
        let record = has_record.then(|| PhaseId::from(record::NAME));
        let wanted = built.phases.iter().filter(|phase| phase.head != phase.base_commit).map(|phase| &phase.id);
        let closed = wanted.chain(&record).filter_map(|id| self.closed(id, observed));
        let pulls: Vec<(u64, Vec<String>, bool)> =
            closed.map(|pull| (pull.number, pull.text.labels.clone(), true)).collect();
        let dashboard = observed.dashboard.iter().filter(|issue| {
            self.session.config.dashboard.enabled && issue.state != State::Open && !is_dashboard_again(&issue.body)
        });
        let dashboard = dashboard.map(|issue| (issue.number, issue.labels.clone(), false));
        let closed: Vec<_> = dashboard.chain(pulls).collect();
        forge.read_ahead(&closed.iter().map(|(number, ..)| Ahead::Issue(*number)).collect::<Vec<_>>())?;
        let mut by_bots = Vec::new();
        for (number, labels, is_pull) in closed {
            let closer = forge.closer(number)?.filter(|closer| closer.bot);
            by_bots.extend(closer.map(|closer| (number, labels, is_pull, closer)));
        }
        let before = observed.pulls.iter().filter_map(Marker::of).any(|marker| marker.again)
            || observed.dashboard.iter().any(|issue| is_dashboard_again(&issue.body));
        if by_bots.is_empty() && !before {
            return Ok(Vec::new());
        }
        let bots = stale_bots(self.session)?;
        for (number, labels, is_pull, closer) in by_bots {
            // Where others write under our login, actions/stale may be one of them: the label tells.
            let stale = |bot: &StaleBot| if is_pull { bot.pulls.label.clone() } else { bot.issues.label.clone() };
            let stale: Vec<String> = bots.iter().map(stale).chain(["stale".to_owned()]).collect();
            let wears = || labels.iter().any(|label| stale.iter().any(|stale| stale.eq_ignore_ascii_case(label)));
            if closer.login != observed.login || (observed.proof == LoginProof::Nothing && wears()) {
                observed.closed_by_bots.insert(number, closer.login);
            }
        }
        Ok(bots)
    }

    /// The last pull request of a phase, where it is closed and nobody knows why yet.
    fn closed<'o>(&self, id: &PhaseId, observed: &'o Observed) -> Option<&'o PullRequest> {
        let own = |pull: &&PullRequest| Marker::of(pull).is_some_and(|marker| marker.phase == *id);
        let last = observed.pulls.iter().rfind(own).filter(|pull| pull.state == State::Closed)?;
        let marker = Marker::of(last)?;
        let obeyed = self.ledger.effective().phase(id).is_some_and(|said| said.close.is_some());
        // With the branch it went into the forge closes it by itself.
        let orphaned = last.text.base != observed.trunk && observed.branch(&last.text.base).is_none();
        (!marker.done && !marker.again && !obeyed && !orphaned).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow(text: &str) -> Option<StaleBot> {
        of_workflow("stale.yml", &YamlSource::read(text).ok()?.value)
    }

    #[test]
    fn a_step_of_actions_stale_is_read_with_its_defaults() {
        let bot = workflow("jobs: { a: { steps: [{ run: b }, { uses: actions/stale@v9 }] } }").expect("a bot");
        assert_eq!((&*bot.pulls.label, bot.pulls.exempt.len()), ("Stale", 0));
        let with = "{ stale-pr-label: old, exempt-pr-labels: 'bug, pinned,', exempt-issue-labels: x }";
        let bot = workflow(&format!("jobs: {{ a: {{ steps: [{{ uses: actions/stale@v9, with: {with} }}] }} }}"));
        let bot = bot.expect("a bot");
        assert_eq!((&*bot.pulls.label, bot.pulls.exempt), ("old", vec!["bug".to_owned(), "pinned".to_owned()]));
        assert_eq!((&*bot.issues.label, bot.issues.exempt), ("Stale", vec!["x".to_owned()]));
        assert_eq!(workflow("jobs: { a: { uses: actions/stale@v9 } }"), None);
        assert_eq!(workflow("- jobs"), None);
    }

    #[test]
    fn the_app_s_file_is_read_with_its_defaults() {
        let app = |text: &str| of_app(&YamlSource::read(text).expect("YAML").value);
        assert_eq!(app("daysUntilStale: 60").pulls.exempt, ["pinned", "security"]);
        let said = app("staleLabel: old\npulls: { exemptLabels: [a] }\nexemptLabels: b\n");
        assert_eq!(
            (&*said.issues.label, said.pulls.exempt, said.issues.exempt),
            ("old", vec!["a".into()], vec!["b".into()])
        );
    }
}
