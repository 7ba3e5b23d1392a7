//! Pull requests in a folder, and the branches they bring.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Folder, store};
use crate::forge::branches::full;
use crate::forge::{ForgeError, PullList, PullRequest, PullText, Pulls, Stacked, State};
use crate::method::MergeMethod;
use crate::names::BranchName;
use engine::ids::CommitId;

/// The JSON file of a pull request.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PullRecord {
    number: u64,
    state: State,
    title: String,
    head: BranchName,
    base: BranchName,
    labels: Vec<String>,
    draft: bool,
    /// The login that opened it, where that was not this program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// The commit it became on its base; a person who merges it by hand writes it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    merged: Option<CommitId>,
    /// Who is asked for a review.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    reviewers: BTreeSet<String>,
    /// Who it is assigned to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    assignees: BTreeSet<String>,
    /// How it is to be merged as soon as it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_merge: Option<MergeMethod>,
    /// Where its branch was when it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_at: Option<CommitId>,
}

impl Folder {
    fn record(&self, number: u64) -> PathBuf {
        self.page(number).with_extension("json")
    }

    fn read_record(&self, number: u64) -> Result<PullRecord, ForgeError> {
        store::read(&self.record(number))?.ok_or_else(|| ForgeError::Missing(format!("pull request {number}")))
    }

    fn write_record(&self, record: &PullRecord) -> Result<(), ForgeError> {
        store::write(&self.record(record.number), record)
    }

    fn read_pull(&self, number: u64) -> Result<PullRequest, ForgeError> {
        let PullRecord { number, state, title, head, base, labels, draft, by, .. } = self.read_record(number)?;
        let page = store::read_text(&self.page(number))?;
        let body = store::split_page(&page).1.to_owned();
        let own = by.is_none();
        Ok(PullRequest { number, state, text: PullText { title, body, head, base, labels, draft }, own, stack: None })
    }

    pub(super) fn all_pulls(&self) -> Result<Vec<PullRequest>, ForgeError> {
        store::numbers(&self.path.join("pulls"))?.into_iter().map(|number| self.read_pull(number)).collect()
    }

    fn write_pull(&self, record: PullRecord, text: &PullText) -> Result<(), ForgeError> {
        let PullText { title, body, base, labels, draft, .. } = text.clone();
        store::write_text(&self.page(record.number), &store::page(&title, &body))?;
        self.write_record(&PullRecord { title, base, labels, draft, ..record })
    }
}

impl Pulls for Folder {
    fn pulls(&self, prefix: &str) -> Result<PullList, ForgeError> {
        let mut all = self.all_pulls()?;
        let into = all.iter().filter(|pull| pull.state == State::Open && pull.text.base.starts_with(prefix));
        let going_into = into.map(|pull| (pull.number, pull.text.base.clone())).collect();
        all.retain(|pull| pull.text.head.starts_with(prefix));
        Ok(PullList { bringing: all, going_into })
    }

    fn pull(&self, number: u64) -> Result<PullRequest, ForgeError> {
        self.read_pull(number)
    }

    fn merge_commit(&self, number: u64) -> Result<Option<CommitId>, ForgeError> {
        let record = self.read_record(number)?;
        Ok(record.merged.filter(|_| record.state == State::Merged))
    }

    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError> {
        self.lock()?;
        let same = |pull: &PullRequest| {
            pull.own && pull.state == State::Open && pull.text.head == text.head && pull.text.base == text.base
        };
        if let Some(old) = self.all_pulls()?.into_iter().find(same) {
            self.write_pull(self.read_record(old.number)?, text)?;
            return Ok(old.number);
        }
        let repo = self.open()?.ok_or_else(|| ForgeError::Missing(format!("branch {}", text.head)))?;
        let at = |branch: &str| {
            repo.reference(&full(branch))?.ok_or_else(|| ForgeError::Missing(format!("branch {branch}")))
        };
        if repo.contains(at(&text.base)?, at(&text.head)?)? {
            return Err(ForgeError::NoCommits { head: text.head.clone(), base: text.base.clone() });
        }
        let number = self.next_number()?;
        let PullText { title, head, base, labels, draft, .. } = text.clone();
        let record = PullRecord {
            number,
            state: State::Open,
            title,
            head,
            base,
            labels,
            draft,
            by: None,
            merged: None,
            reviewers: BTreeSet::new(),
            assignees: BTreeSet::new(),
            auto_merge: None,
            closed_at: None,
        };
        self.write_pull(record, text)?;
        Ok(number)
    }

    fn edit_pull(&mut self, number: u64, _from: &PullText, to: &PullText) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_pull(self.read_record(number)?, to)
    }

    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.lock()?;
        let mut record = self.read_record(number)?;
        if record.state == State::Open {
            record.state = State::Closed;
            record.closed_at = match self.open()? {
                Some(repo) => repo.reference(&full(&record.head))?,
                None => None,
            };
            self.write_record(&record)?;
        }
        Ok(())
    }

    fn ask_review(&mut self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError> {
        self.lock()?;
        let mut record = self.read_record(number)?;
        record.reviewers.extend(who.iter().cloned());
        self.write_record(&record).map(|()| Vec::new())
    }

    fn assign(&mut self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError> {
        self.lock()?;
        let mut record = self.read_record(number)?;
        record.assignees.extend(who.iter().cloned());
        self.write_record(&record).map(|()| Vec::new())
    }

    fn auto_merge(&mut self, number: u64, method: Option<MergeMethod>) -> Result<Option<String>, ForgeError> {
        self.lock()?;
        let record = PullRecord { auto_merge: method, ..self.read_record(number)? };
        self.write_record(&record).map(|()| None)
    }

    fn has_stacks(&self) -> Result<bool, ForgeError> {
        Ok(false)
    }

    fn stack(&mut self, _onto: Option<u64>, _pulls: &[u64]) -> Result<Stacked, ForgeError> {
        Ok(Stacked::Without)
    }

    fn unstack(&mut self, _stack: u64) -> Result<(), ForgeError> {
        Ok(())
    }

    fn reopen_pull(&mut self, number: u64, body: &str) -> Result<(), ForgeError> {
        self.lock()?;
        let mut record = self.read_record(number)?;
        let refuse = |why: String| Err(ForgeError::CannotReopen { number, why });
        match record.state {
            State::Open => return Ok(()),
            State::Merged => return refuse("it was merged".into()),
            State::Closed => {}
        }
        let repo = self.open()?;
        let head = repo.as_ref().map(|repo| repo.reference(&full(&record.head))).transpose()?.flatten();
        let (Some(repo), Some(head)) = (repo, head) else {
            return refuse(format!("the branch {} is gone", record.head));
        };
        if let Some(closed_at) = record.closed_at
            && !repo.contains(head, closed_at)?
        {
            return refuse(format!("the branch {} was force-pushed or recreated", record.head));
        }
        record.state = State::Open;
        record.closed_at = None;
        store::write_text(&self.page(number), &store::page(&record.title, body))?;
        self.write_record(&record)
    }
}
