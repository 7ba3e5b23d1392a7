//! Reading side by side what does not depend on each other.
//!
//! What was read ahead is handed to the call that asks for it, which deals with a refusal, a limit or a lost response as if it had sent
//! the request itself. So what comes of it does not depend on which response was first, and nothing is asked for more often.

use std::collections::BTreeSet;

use http::Method;

use super::GitHub;
use super::auth::TokenScope;
use super::client::{Call, Client, PAGE};
use super::error::GitHubError;
use super::throttle::{Disposition, disposition};
use super::transport::{ApiRequest, ApiResponse};
use crate::forge::Ahead;
use engine::ids::CommitId;

/// How many requests are on their way at once. GitHub allows a hundred, to all that use the same token together.
const AT_ONCE: usize = 4;

/// All pull requests, in an order in which what is opened meanwhile comes last.
pub(super) const PULLS: &str = "/pulls?state=all&sort=created&direction=asc";
pub(super) const LABELS: &str = "/labels";

pub(super) fn pull_path(number: u64) -> String {
    format!("/pulls/{number}")
}

pub(super) fn issue_path(number: u64) -> String {
    format!("/issues/{number}")
}

pub(super) fn comments_path(number: u64) -> String {
    format!("/issues/{number}/comments")
}

pub(super) fn statuses_path(commit: CommitId) -> String {
    format!("/commits/{commit}/status")
}

pub(super) fn jobs_path(run: u64) -> String {
    format!("/actions/runs/{run}/jobs?filter=latest")
}

impl GitHub {
    /// Where this is read.
    pub(super) fn url_of(&self, what: Ahead) -> String {
        let client = &self.client;
        match what {
            Ahead::Pulls => first_page(&client.url(PULLS)),
            Ahead::Labels => first_page(&client.url(LABELS)),
            Ahead::Pull(number) => client.url(&pull_path(number)),
            Ahead::Issue(number) => client.url(&issue_path(number)),
            Ahead::Statuses(commit) => first_page(&client.url(&statuses_path(commit))),
            Ahead::Jobs(run) => first_page(&client.url(&jobs_path(run))),
        }
    }
}

/// The first page of a list: as much of it as GitHub gives at once.
pub(super) fn first_page(list: &str) -> String {
    format!("{list}{}per_page={PAGE}", if list.contains('?') { '&' } else { '?' })
}

impl Client {
    /// Reads these addresses ahead, a few at once. The calls that ask for them must follow before anything is written.
    pub(super) fn read_ahead(&self, mut urls: Vec<String>) -> Result<(), GitHubError> {
        let mut new = BTreeSet::new();
        urls.retain(|url| !self.ahead.borrow().contains_key(url) && new.insert(url.clone()));
        if urls.len() < 2 {
            return Ok(());
        }
        for urls in urls.chunks(AT_ONCE) {
            let token = self.token_for(self.scope())?;
            let responses = {
                let seen = self.seen.borrow();
                let request = |url| ApiRequest {
                    method: Method::GET,
                    url,
                    token: &token,
                    etag: seen.get(url).map(|(etag, _)| etag.as_str()),
                    body: None,
                };
                let requests: Vec<_> = urls.iter().map(String::as_str).map(request).collect();
                self.transport.send_all(&requests)
            };
            let more = responses.iter().all(|response| {
                response.as_ref().is_ok_and(|response| response.status < 500) && !self.is_refused(response)
            });
            self.ahead.borrow_mut().extend(urls.iter().cloned().zip(responses));
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// Reads the next pages of a list ahead, `left` at most, where its `Link` header numbers them.
    pub(super) fn read_pages_ahead(
        &self,
        page: &ApiResponse,
        scope: Option<TokenScope>,
        left: usize,
    ) -> Result<(), GitHubError> {
        let Some(header) = page.header("link").filter(|_| scope == Some(self.scope())) else { return Ok(()) };
        let ends = linked(header, "next").zip(linked(header, "last"));
        let Some((next, last)) = ends.and_then(|(next, last)| Some((numbered(next)?, numbered(last)?))) else {
            return Ok(());
        };
        let (before, number, after) = next;
        let alike = (before, after) == (last.0, last.2) && before.starts_with(&format!("{}/", self.api));
        let known = self.ahead.borrow().contains_key(&format!("{before}{number}{after}"));
        if !alike || known {
            return Ok(());
        }
        let numbers = (number..=last.1).take(AT_ONCE.min(left));
        self.read_ahead(numbers.map(|number| format!("{before}{number}{after}")).collect())
    }

    /// What was read ahead for this call.
    pub(super) fn take_ahead(&self, call: &Call<'_>) -> Option<Result<ApiResponse, String>> {
        let may = call.method == Method::GET && call.scope == Some(self.scope());
        if may { self.ahead.borrow_mut().remove(call.url) } else { None }
    }

    /// Forgets what was refused for the same reason as another: after a pause, or with a new token, it is asked for again, and no pause
    /// is made twice.
    pub(super) fn forget_refused(&self) {
        self.ahead.borrow_mut().retain(|_, response| !self.is_refused(response));
    }

    /// Whether the same request may be answered after a pause, or with another token.
    fn is_refused(&self, response: &Result<ApiResponse, String>) -> bool {
        response.as_ref().is_ok_and(|response| {
            response.status == 401 || matches!(disposition(response, self.clock.now(), 0), Disposition::RateLimited(_))
        })
    }
}

/// The address in a `Link` header that is called `name`.
pub(super) fn linked<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let called = format!("rel=\"{name}\"");
    let entry = header.split(',').find(|entry| entry.split(';').skip(1).any(|part| part.trim() == called))?;
    entry.split(';').next()?.trim().strip_prefix('<')?.strip_suffix('>')
}

/// An address of a page: what is before its number, the number, and what is after it.
fn numbered(url: &str) -> Option<(&str, usize, &str)> {
    let begin = url.rfind("&page=").or_else(|| url.rfind("?page="))? + "&page=".len();
    let digits = url[begin..].bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = url[begin..].split_at(digits);
    Some((&url[..begin], number.parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbered_by_their_own_word() {
        let header = "<https://a/b?per_page=100&page=2&x=1>; rel=\"next\", <https://a/b?page=34>; rel=\"last\"";
        assert_eq!(linked(header, "next").and_then(numbered), Some(("https://a/b?per_page=100&page=", 2, "&x=1")));
        assert_eq!(linked(header, "last").and_then(numbered), Some(("https://a/b?page=", 34, "")));
        assert_eq!(linked(header, "prev"), None);
        assert_eq!(numbered("https://a/b?per_page=100&after=abc"), None);
        assert_eq!(numbered("https://a/b?page="), None);
    }
}
