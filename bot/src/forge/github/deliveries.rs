//! Webhooks that never reached their server, or that it turned away: GitHub sends none again by itself, and keeps them for three days.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use http::Method;
use serde::Deserialize;

use super::client::{Call, OnWait};
use super::error::GitHubError;
use super::fleet::as_app;
use super::{Clock, Credentials};
use crate::forge::ForgeError;
use crate::moment::Moment;

/// How many pages of deliveries are looked at, newest first: a hundred each.
const PAGES: usize = 10;

/// How many are asked for again in one look, so that a server that comes back is not run over.
const AT_ONCE: usize = 100;

/// For how long GitHub sends a delivery again.
const KEPT: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// One time that GitHub sent a webhook.
#[derive(Debug, Clone, Deserialize)]
struct DeliveryModel {
    id: u64,
    /// The same each time that it is sent.
    #[serde(default)]
    guid: String,
    delivered_at: Moment,
    #[serde(default)]
    redelivery: bool,
    #[serde(default)]
    status_code: u16,
    #[serde(default)]
    event: String,
}

impl DeliveryModel {
    const fn arrived(&self) -> bool {
        // 409: it was there before.
        matches!(self.status_code, 200..300 | 409)
    }
}

/// Has GitHub send once more what did not arrive: each webhook once, of the events that `wanted` names by event and id. How many those were.
///
/// # Errors
/// These are no credentials of an App, or GitHub does not say what it sent.
pub fn redeliver(
    api: &str,
    credentials: Credentials,
    clock: Rc<dyn Clock>,
    on_wait: OnWait,
    wanted: &dyn Fn(&str, &str) -> bool,
) -> Result<usize, ForgeError> {
    let client = as_app(api, credentials, clock, on_wait)?;
    let url = format!("{}/app/hook/deliveries", client.api);
    // An App without a webhook has none.
    let all: Vec<DeliveryModel> = client.list_some(&url, None, None, PAGES)?.unwrap_or_default();
    let lost = lost(&all, client.now(), wanted);
    for id in &lost {
        let url = format!("{}/app/hook/deliveries/{id}/attempts", client.api);
        let call = Call { method: Method::POST, url: &url, body: None, scope: None, repeat: true };
        let answer = client.call(&call).map_err(GitHubError::from)?;
        // One that GitHub keeps no longer is lost.
        if answer.status >= 300 && answer.status != 404 {
            return Err(GitHubError::refused(call.name(&client.api), &answer).into());
        }
    }
    Ok(lost.len())
}

/// Those to be sent again, oldest first.
fn lost(all: &[DeliveryModel], now: Duration, wanted: &dyn Fn(&str, &str) -> bool) -> Vec<u64> {
    let mut by_guid: BTreeMap<&str, Vec<&DeliveryModel>> = BTreeMap::new();
    for one in all {
        by_guid.entry(&one.guid).or_default().push(one);
    }
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let oldest = now.saturating_sub(i64::try_from(KEPT.as_secs()).unwrap_or(i64::MAX));
    let is_lost = |sent: &&Vec<&DeliveryModel>| {
        sent.iter().all(|one| {
            !one.arrived()
                && !one.redelivery
                && one.delivered_at.time().as_second() >= oldest
                && wanted(&one.event, &one.guid)
        })
    };
    let mut lost: Vec<&DeliveryModel> =
        by_guid.values().filter(is_lost).filter_map(|sent| sent.first().copied()).collect();
    lost.sort_by_key(|one| (one.delivered_at, one.id));
    lost.into_iter().map(|one| one.id).take(AT_ONCE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrived_or_was_sent_again_is_not_sent_once_more() {
        let now: Moment = "2025-11-22T12:00:00Z".parse().expect("a moment");
        let sent = |id: u64, guid: &str, at: &str, redelivery: bool, status_code: u16| DeliveryModel {
            id,
            guid: guid.to_owned(),
            delivered_at: at.parse().expect("a moment"),
            redelivery,
            status_code,
            event: "push".to_owned(),
        };
        let all = [
            sent(9, "newer", "2025-11-22T11:00:00Z", false, 502),
            sent(8, "twice", "2025-11-22T10:30:00Z", true, 502),
            sent(7, "arrived", "2025-11-22T10:00:00Z", true, 202),
            sent(6, "arrived", "2025-11-22T09:00:00Z", false, 0),
            sent(5, "twice", "2025-11-22T08:30:00Z", false, 502),
            sent(4, "older", "2025-11-22T08:00:00Z", false, 503),
            sent(3, "fine", "2025-11-22T07:00:00Z", false, 200),
            sent(2, "known", "2025-11-22T06:00:00Z", false, 502),
            sent(1, "gone", "2025-11-18T06:00:00Z", false, 502),
        ];
        let now = Duration::from_secs(now.time().as_second().unsigned_abs());
        assert_eq!(lost(&all, now, &|_, guid| guid != "known"), [4, 9]);
        assert_eq!(lost(&all, now, &|event, _| event != "push"), [0; 0]);
    }
}
