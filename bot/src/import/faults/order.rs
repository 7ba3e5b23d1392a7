//! Orders the document gives, against upstream's.

use super::ground::{FactIndex, fault_of_line};
use super::{Disagreement, DisagreementKind};
use crate::import::analysis::{StrategyStep, Superseded, Table};
use crate::import::remarks;
use crate::text::count;

pub(super) fn check(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    for row in ground.analysis.rows() {
        for before in &row.follows {
            if let Some(older) = ground.older(&row.sha, before) {
                let text = format!("{} is said to follow {before}, but it is {older}", row.sha);
                faults.push(ground.fault(row.line, &row.sha, DisagreementKind::Order, text));
            }
        }
    }
    for step in &ground.analysis.steps {
        commands(ground, step, faults);
    }
    for table in ground.analysis.tables() {
        rows(ground, table, faults);
    }
    for group in &ground.analysis.superseded {
        latest(ground, group, faults);
    }
}

/// Commands run one after the other, so their order is one the document gives. Every commit that stands behind a newer one is
/// named with the newest before it.
fn commands(ground: &FactIndex<'_>, step: &StrategyStep, faults: &mut Vec<Disagreement>) {
    let mut newest: Option<&str> = None;
    for pick in &step.picks {
        match newest.and_then(|newest| ground.older(&pick.sha, newest).map(|older| (newest, older))) {
            Some((newest, older)) => {
                let text = format!("{} is picked after {newest}, but it is {older}", pick.sha);
                faults.push(ground.fault(pick.line, &pick.sha, DisagreementKind::Order, text));
            }
            None if ground.commit(&pick.sha).position().is_some() => newest = Some(&pick.sha),
            None => {}
        }
    }
}

/// A table gives an order where the action below says so.
fn rows(ground: &FactIndex<'_>, table: &Table, faults: &mut Vec<Disagreement>) {
    let Some(action) = table.action.as_ref().filter(|action| remarks::in_order(&action.value)) else { return };
    let known: Vec<&str> =
        table.rows.iter().map(|row| row.sha.as_str()).filter(|sha| ground.commit(sha).position().is_some()).collect();
    let backwards: Vec<&[&str]> = known.windows(2).filter(|pair| ground.older(pair[1], pair[0]).is_some()).collect();
    let Some(first) = backwards.first() else { return };
    let how = match known.len() - 1 {
        all if all == backwards.len() => "the table stands newest first, the reverse of upstream's order".to_owned(),
        all => format!("{} of the table's {} stand newest first", backwards.len(), count(all, "neighbouring pair")),
    };
    let text = format!("the commits are to be picked in order, but {how}: {} comes before {}", first[0], first[1]);
    faults.push(fault_of_line(action.line, DisagreementKind::Order, text));
}

/// Whether the one called the latest is.
fn latest(ground: &FactIndex<'_>, group: &Superseded, faults: &mut Vec<Disagreement>) {
    let Some(keep) = &group.keep else { return };
    for other in group.commits.iter().filter(|other| *other != keep) {
        if let Some(older) = ground.older(keep, other) {
            let text =
                format!("{keep} is to be kept as the latest of '{}', but next to {other} it is {older}", group.title);
            faults.push(ground.fault(group.line, keep, DisagreementKind::Order, text));
        }
    }
}
