//! How fast to send, and what to do when no response came: pure decisions about time.
//!
//! GitHub asks for a second between writes, says in headers how long to wait, and does not respond while it is out of order.

use std::time::Duration;

use super::error::error_message;
use super::transport::ApiResponse;

/// Between two writes.
pub(super) const BETWEEN_WRITES: Duration = Duration::from_secs(1);
/// How often a request that is safe to repeat is sent.
pub(super) const TRIES: u32 = 5;
/// How long a run waits for limits and outages in all, before it leaves the rest to the next.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(15 * 60);

/// What an answer means for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    /// It was dealt with, one way or the other.
    Answered,
    /// It was not looked at: it may be sent again after this long.
    RateLimited(Duration),
    /// Nobody knows whether it was dealt with.
    Indeterminate,
}

/// What an answer means. `limits` is how many refusals for speed came before it in a row.
pub(super) fn disposition(answer: &ApiResponse, now: Duration, limits: u32) -> Disposition {
    let number = |name: &str| answer.header(name).and_then(|text| text.trim().parse::<u64>().ok());
    match answer.status {
        429 => {}
        200 if is_limited_query(&answer.body) => {}
        403 if number("retry-after").is_some()
            || number("x-ratelimit-remaining") == Some(0)
            || is_limit(&error_message(answer)) => {}
        // 500 and above: something between us and the answer is out of order.
        500.. => return Disposition::Indeterminate,
        _ => return Disposition::Answered,
    }
    if let Some(seconds) = number("retry-after") {
        return Disposition::RateLimited(Duration::from_secs(seconds.max(1)));
    }
    if number("x-ratelimit-remaining") == Some(0)
        && let Some(reset) = number("x-ratelimit-reset")
    {
        // By the server's own clock. Where that does not help, each wait is longer than the last.
        let left = Duration::from_secs(reset).saturating_sub(answer.date().unwrap_or(now)) + Duration::from_secs(1);
        return Disposition::RateLimited(if limits == 0 { left } else { left.max(growing(limits - 1)) });
    }
    Disposition::RateLimited(growing(limits))
}

/// A minute, and twice as long each time after.
fn growing(limits: u32) -> Duration {
    Duration::from_secs(60) * 2_u32.pow(limits.min(6))
}

/// Whether this is how GitHub's other API says so: it answers with 200 all the same.
fn is_limited_query(body: &str) -> bool {
    if !body.contains("\"errors\"") {
        return false;
    }
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let says =
        |error: &serde_json::Value| error["type"] == "RATE_LIMITED" || error["message"].as_str().is_some_and(is_limit);
    body["errors"].as_array().is_some_and(|errors| errors.iter().any(says))
}

fn is_limit(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    message.contains("rate limit") || message.contains("abuse detection")
}

/// How long to wait before the next try after `tries` without an answer; `jitter` is between 0 and 255, so that many who lost
/// the connection at once do not come back at once.
pub(super) fn backoff(tries: u32, jitter: u8) -> Duration {
    let whole = Duration::from_secs(1) * 2_u32.pow(tries.saturating_sub(1).min(6));
    whole / 2 + whole * u32::from(jitter) / 510
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000_000);

    fn judged(status: u16, headers: &[(&'static str, &'static str)], message: &str, limits: u32) -> Disposition {
        let mut map = http::HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, http::HeaderValue::from_static(value));
        }
        let body = serde_json::json!({ "message": message }).to_string();
        disposition(&ApiResponse { status, headers: map, body }, NOW, limits)
    }

    fn limited(seconds: u64) -> Disposition {
        Disposition::RateLimited(Duration::from_secs(seconds))
    }

    #[test]
    fn limits_are_told_from_refusals() {
        assert_eq!(judged(200, &[], "", 0), Disposition::Answered);
        assert_eq!(judged(403, &[], "Resource not accessible by integration", 0), Disposition::Answered);
        assert_eq!(
            judged(403, &[("x-ratelimit-remaining", "4999")], "Must have admin rights", 0),
            Disposition::Answered
        );
        assert_eq!(judged(422, &[], "Validation Failed", 0), Disposition::Answered);
        assert_eq!(judged(502, &[], "", 0), Disposition::Indeterminate);
        assert_eq!(judged(429, &[("retry-after", "7")], "", 0), limited(7));
        assert_eq!(judged(403, &[("retry-after", "30")], "You have exceeded a secondary rate limit", 0), limited(30));
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1000090")];
        assert_eq!(judged(403, &headers, "API rate limit exceeded", 0), limited(91));
        assert_eq!(judged(429, &headers, "", 0), limited(91));
        // Our clock may be fast, and a limit that is past by it be reported again and again.
        let past = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "999000")];
        assert_eq!(
            [0, 1, 3].map(|limits| judged(403, &past, "API rate limit exceeded", limits)),
            [1, 60, 240].map(limited)
        );
        let dated = [past[0], past[1], ("date", "Mon, 12 Jan 1970 13:29:00 GMT")];
        assert_eq!(judged(403, &dated, "API rate limit exceeded", 0), limited(61));
        assert_eq!(judged(403, &[], "You have exceeded a secondary rate limit", 0), limited(60));
        assert_eq!(judged(403, &[], "You have exceeded a secondary rate limit", 2), limited(240));
    }

    #[test]
    fn a_query_is_held_up_by_an_answer_that_looks_like_any_other() {
        let judged = |body: &str| {
            disposition(&ApiResponse { status: 200, headers: http::HeaderMap::new(), body: body.into() }, NOW, 0)
        };
        assert_eq!(judged(r#"{"data":null,"errors":[{"type":"RATE_LIMITED","message":"x"}]}"#), limited(60));
        assert_eq!(
            judged(r#"{"errors":[{"message":"You have exceeded a secondary rate limit."}],"data":null}"#),
            limited(60)
        );
        assert_eq!(judged(r#"{"data":null,"errors":[{"type":"NOT_FOUND","message":"x"}]}"#), Disposition::Answered);
        // What people write is no error.
        assert_eq!(judged(r#"{"body":"\"errors\": rate limit","errors":"RATE_LIMITED"}"#), Disposition::Answered);
        assert_eq!(judged(r#"[{"errors":[{"type":"RATE_LIMITED"}]}]"#), Disposition::Answered);
    }

    #[test]
    fn each_try_waits_longer_and_never_for_nothing() {
        let range = |tries| (backoff(tries, 0).as_millis(), backoff(tries, 255).as_millis());
        assert_eq!([1, 2, 3, 4].map(range), [(500, 1000), (1000, 2000), (2000, 4000), (4000, 8000)]);
    }
}
