//! Makes the changes, one after the other. Each is safe to repeat, so a run that is cut short is finished by the next.

use std::collections::HashMap;

use jiff::Timestamp;

use super::changes::same;
use super::claim::open;
use super::error::ApplyError;
use super::page::MARK;
use super::{Ask, Change, Changes, Notice, Observed};
use crate::decision::Decision;
use crate::forge::{Forge, LoginProof, PullText, Stacked, State};
use crate::ledger::{self, Changed, LedgerError, Stacks};
use crate::names::BranchName;
use engine::Repo;

/// Makes the changes in their order, in the forge and in what is known of it. Each one goes into `made`, with a notice of what the
/// forge refused or what is left to another run. `now`: when this run began.
///
/// # Errors
/// The forge refuses one; those before it are made, those after it are not.
pub fn apply(
    changes: &[Change],
    repo: &Repo,
    forge: &mut dyn Forge,
    observed: &mut Observed,
    now: Timestamp,
    made: &mut Changes,
) -> Result<(), ApplyError> {
    let mut opened: HashMap<BranchName, u64> = HashMap::new();
    record(changes, repo, forge)?;
    for change in changes {
        match change {
            Change::Record(_) => {}
            Change::Push { branch, to, from, known, .. } => {
                forge.push_branch(repo, branch, *to, *from, *known)?;
                observed.moved(repo, branch, *to)?;
            }
            Change::Label(label) => {
                forge.put_label(label)?;
                observed.labelled(label);
            }
            Change::Reopen { number, body, .. } => {
                forge.reopen_pull(*number, body)?;
                observed.is_now(*number, State::Open);
                observed.says(*number, body);
            }
            Change::Open(text) => {
                let number = forge.open_pull(text)?;
                observed.made_pull(repo, forge, number)?;
                observed.opened(number, text);
                opened.insert(text.head.clone(), number);
            }
            Change::Edit { number, text, .. } => {
                edit(*number, text, forge, observed)?;
            }
            Change::Ask { pull, head, what, .. } => {
                let Some(number) = pull.or_else(|| opened.get(head).copied()) else { continue };
                let refused = match what {
                    Ask::Review(who) => forge.ask_review(number, who)?,
                    Ask::Assign(who) => forge.assign(number, who)?,
                    Ask::AutoMerge(method) => forge.auto_merge(number, *method)?.into_iter().collect(),
                };
                made.notices.extend(refused.into_iter().map(|why| Notice::Unasked { number, why }));
            }
            Change::Note { pull, text } => {
                let Some(number) = pull.or_else(|| opened.get(&text.head).copied()) else { continue };
                edit(number, text, forge, observed)?;
            }
            Change::Stack { onto, branches } => {
                if !offer(*onto, branches, forge, observed, made)? {
                    continue;
                }
            }
            Change::Unstack { stack, pulls } => take_apart(*stack, pulls, repo, forge, observed)?,
            Change::Close { number, .. } => {
                forge.close_pull(*number)?;
                observed.is_now(*number, State::Closed);
            }
            Change::Delete { branch, at } => {
                forge.delete_branch(branch, *at)?;
                observed.removed(branch);
            }
            Change::Dashboard { number: None, page, .. } => {
                let body = page.text(&|branch| opened.get(branch).copied());
                match open(repo, forge, now, &page.title, &body)? {
                    Ok(number) => {
                        if observed.proof == LoginProof::Nothing && !observed.made.numbers.contains(&number) {
                            // It may have been there, with any boxes ticked.
                            forge.edit_issue(number, &page.title, &body)?;
                        }
                        observed.made_dashboard(repo, forge, number)?;
                        observed.dashboard_is(number, &page.title, &body);
                    }
                    Err(notice) => {
                        made.notices.push(notice);
                        continue;
                    }
                }
            }
            Change::Dashboard { number: Some(number), page, before, again } => {
                // A box that was ticked since it was read would be lost: the next run reads it, and writes then.
                let now = forge.find_issue(MARK, Some(*number))?;
                if now.is_some_and(|now| now.number != *number || !same(&now.body, before)) {
                    made.notices.push(Notice::Changed { number: *number });
                    continue;
                }
                let body = page.text(&|branch| opened.get(branch).copied());
                let written = match again {
                    Some(labels) => forge.reopen_issue(*number, &page.title, &body, labels),
                    None => forge.edit_issue(*number, &page.title, &body),
                };
                match written {
                    // It was deleted or locked meanwhile: the next run sees what is there.
                    Err(error) if error.is_of_conversation() => {
                        made.notices.push(Notice::Changed { number: *number });
                        continue;
                    }
                    written => written?,
                }
                observed.dashboard_is(*number, &page.title, &body);
                if let Some(labels) = again {
                    observed.dashboard_is_open(labels);
                }
            }
        }
        made.add(change);
    }
    Ok(())
}

/// Makes a pull request say this.
fn edit(number: u64, text: &PullText, forge: &mut dyn Forge, observed: &mut Observed) -> Result<(), ApplyError> {
    let known = observed.pulls.iter().find(|pull| pull.number == number).map(|pull| pull.text.clone());
    let from = known.map_or_else(|| forge.pull(number).map(|pull| pull.text), Ok)?;
    forge.edit_pull(number, &from, text)?;
    observed.edited(number, text);
    Ok(())
}

/// Makes the pull requests of these branches a stack; whether that came about.
fn offer(
    onto: Option<u64>,
    branches: &[BranchName],
    forge: &mut dyn Forge,
    observed: &mut Observed,
    made: &mut Changes,
) -> Result<bool, ApplyError> {
    let numbers: Vec<u64> = branches.iter().filter_map(|branch| observed.open_from(branch)).collect();
    match forge.stack(onto, &numbers)? {
        Stacked::In(stack) => {
            observed.stacked(&numbers, stack);
            return Ok(true);
        }
        Stacked::Without => observed.offers_stacks = false,
        Stacked::Refused(why) => made.notices.push(Notice::Apart { branches: branches.to_vec(), why }),
    }
    Ok(false)
}

/// Takes a stack apart, and before that its members off the ledger: what is apart and a stack by its word, a person took apart.
fn take_apart(
    stack: u64,
    pulls: &[u64],
    repo: &Repo,
    forge: &mut dyn Forge,
    observed: &mut Observed,
) -> Result<(), ApplyError> {
    ledger::update(repo, forge, &mut |ledger| {
        let ledger = Stacks::of(ledger)?.without(pulls).put(ledger)?;
        Ok::<_, LedgerError>(Changed { ledger, message: "Note that a stack is taken apart\n".into() })
    })?;
    forge.unstack(stack)?;
    observed.unstacked(stack);
    Ok(())
}

/// Writes the decisions among these changes to the ledger, those that are not there yet. In one commit: what a person ticked at once is read
/// at once.
fn record(changes: &[Change], repo: &Repo, forge: &mut dyn Forge) -> Result<(), LedgerError> {
    let said = changes.iter().filter_map(|change| match change {
        Change::Record(decision) => Some(decision),
        _ => None,
    });
    let decisions: Vec<&Decision> = said.collect();
    if decisions.is_empty() {
        return Ok(());
    }
    ledger::update(repo, forge, &mut |ledger| {
        let new = decisions.iter().copied().filter(|decision| !ledger.decisions().contains(decision));
        let changed = new.clone().try_fold(ledger.clone(), |ledger, decision| ledger.decide(decision.clone()))?;
        Ok(Changed { ledger: changed, message: message(&new.collect::<Vec<_>>()) })
    })
    .map(drop)
}

/// What the commit that writes them says.
fn message(decisions: &[&Decision]) -> String {
    let describe = |decision: &&Decision| format!("{} by {}", decision.ruling, decision.describe());
    match decisions {
        [decision] => format!("Record a decision\n\n{}\n", describe(decision)),
        many => {
            format!("Record {} decisions\n\n{}\n", many.len(), many.iter().map(describe).collect::<Vec<_>>().join("\n"))
        }
    }
}
