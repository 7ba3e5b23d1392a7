//! Issues, comments and labels in a folder, and who may do what.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Folder, store};
use crate::forge::{
    Closer, Comment, CommentLists, ForgeError, Issue, Issues, Label, LoginProof, Permission, Reaction, State, Touched,
    marker, same_text,
};
use crate::moment::Moment;
use engine::commit::BOT;

/// The JSON file of an issue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IssueRecord {
    number: u64,
    state: State,
    title: String,
    author: String,
    labels: Vec<String>,
}

/// The JSON file of a comment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommentRecord {
    /// The pull request or issue it is on.
    on: u64,
    author: String,
    bot: bool,
    created: Moment,
    /// Whether it said something else before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    edited: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<Reaction>,
}

impl Folder {
    fn issue_page(&self, number: u64) -> PathBuf {
        self.path.join("issues").join(format!("{number}.md"))
    }

    fn comment_page(&self, id: u64) -> PathBuf {
        self.path.join("comments").join(format!("{id}.md"))
    }

    fn read_issue_record(&self, number: u64) -> Result<IssueRecord, ForgeError> {
        let record = store::read(&self.issue_page(number).with_extension("json"))?;
        record.ok_or_else(|| ForgeError::Missing(format!("issue {number}")))
    }

    fn own_issues(&self) -> Result<Vec<Issue>, ForgeError> {
        let mut found = Vec::new();
        for number in store::numbers(&self.path.join("issues"))? {
            let IssueRecord { number, state, title, author, mut labels } = self.read_issue_record(number)?;
            if author == BOT.0 {
                labels.sort();
                let body = store::split_page(&store::read_text(&self.issue_page(number))?).1.to_owned();
                found.push(Issue { number, state, title, body, labels });
            }
        }
        Ok(found)
    }

    fn write_issue(&self, record: &IssueRecord, body: &str) -> Result<(), ForgeError> {
        let page = self.issue_page(record.number);
        store::write_text(&page, &store::page(&record.title, body))?;
        store::write(&page.with_extension("json"), record)
    }

    /// That there is a pull request or an issue of this number.
    fn has(&self, number: u64) -> Result<(), ForgeError> {
        let there =
            [self.page(number), self.issue_page(number)].iter().any(|page| page.with_extension("json").exists());
        if there { Ok(()) } else { Err(ForgeError::Missing(format!("issue {number}"))) }
    }

    fn read_comment_record(&self, id: u64) -> Result<CommentRecord, ForgeError> {
        let record = store::read(&self.comment_page(id).with_extension("json"))?;
        record.ok_or_else(|| ForgeError::Missing(format!("comment {id}")))
    }
}

impl Issues for Folder {
    fn login(&self) -> Result<String, ForgeError> {
        Ok(BOT.0.to_owned())
    }

    fn began(&self) -> Result<Option<Moment>, ForgeError> {
        Ok(None)
    }

    fn touched(&self, _since: Moment) -> Result<Option<Vec<Touched>>, ForgeError> {
        Ok(None)
    }

    fn issue_create_races(&self) -> bool {
        false
    }

    fn login_proof(&self) -> Result<LoginProof, ForgeError> {
        Ok(LoginProof::Always)
    }

    fn has_issues(&self) -> Result<bool, ForgeError> {
        Ok(true)
    }

    fn find_issue(&self, marker: &str, known: Option<u64>) -> Result<Option<Issue>, ForgeError> {
        let is = |issue: &Issue| issue.body.contains(marker) || Some(issue.number) == known;
        let mut found: Vec<_> = self.own_issues()?.into_iter().filter(is).collect();
        found.sort_by_key(|issue| (Some(issue.number) != known, issue.state != State::Open, issue.number));
        Ok(found.into_iter().next())
    }

    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError> {
        self.lock()?;
        let same = |issue: &Issue| match (marker(&issue.body), marker(body)) {
            (None, None) => issue.title == title,
            (old, new) => old == new,
        };
        if let Some(old) = self.own_issues()?.into_iter().find(|issue| issue.state == State::Open && same(issue)) {
            return Ok(old.number);
        }
        let number = self.next_number()?;
        let (author, labels) = (BOT.0.to_owned(), labels.to_vec());
        self.write_issue(&IssueRecord { number, state: State::Open, title: title.to_owned(), author, labels }, body)?;
        Ok(number)
    }

    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.lock()?;
        let record = self.read_issue_record(number)?;
        self.write_issue(&IssueRecord { title: title.to_owned(), ..record }, body)
    }

    fn closer(&self, _number: u64) -> Result<Option<Closer>, ForgeError> {
        Ok(None)
    }

    fn reopen_issue(&mut self, number: u64, title: &str, body: &str, labels: &[String]) -> Result<(), ForgeError> {
        self.lock()?;
        let record = self.read_issue_record(number)?;
        let (title, labels) = (title.to_owned(), labels.to_vec());
        self.write_issue(&IssueRecord { state: State::Open, title, labels, ..record }, body)
    }

    fn comments(&self, numbers: &[u64]) -> Result<CommentLists, ForgeError> {
        let mut found: CommentLists = numbers.iter().map(|number| self.has(*number).map(|()| Vec::new())).collect();
        for id in store::numbers(&self.path.join("comments"))? {
            let CommentRecord { on, author, bot, created, edited, .. } = self.read_comment_record(id)?;
            let at = numbers.iter().position(|number| *number == on);
            if let Some(Ok(comments)) = at.and_then(|at| found.get_mut(at)) {
                let body = store::read_text(&self.comment_page(id))?;
                let link = format!("comments/{id}.md");
                comments.push(Comment { id, author, bot, body, created, edited, link });
            }
        }
        Ok(found)
    }

    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError> {
        self.lock()?;
        let own = |comment: &Comment| comment.author == BOT.0 && same_text(&comment.body, body);
        let there: Vec<Comment> = self.comments(&[number])?.pop().transpose()?.unwrap_or_default();
        if let Some(old) = there.into_iter().find(own) {
            return Ok(old.id);
        }
        let id = store::numbers(&self.path.join("comments"))?.last().map_or(1, |last| last + 1);
        store::write_text(&self.comment_page(id), body)?;
        let (author, created) = (BOT.0.to_owned(), Moment::default());
        let record = CommentRecord { on: number, author, bot: true, created, edited: false, reactions: Vec::new() };
        store::write(&self.comment_page(id).with_extension("json"), &record)?;
        Ok(id)
    }

    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError> {
        self.lock()?;
        self.read_comment_record(id)?;
        store::write_text(&self.comment_page(id), body)
    }

    fn react(&mut self, id: u64, reaction: Reaction) -> Result<(), ForgeError> {
        self.lock()?;
        let mut record = self.read_comment_record(id)?;
        if !record.reactions.contains(&reaction) {
            record.reactions.push(reaction);
            store::write(&self.comment_page(id).with_extension("json"), &record)?;
        }
        Ok(())
    }

    fn labels(&self) -> Result<Vec<Label>, ForgeError> {
        let mut labels: Vec<Label> = store::read(&self.path.join("labels.json"))?.unwrap_or_default();
        labels.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(labels)
    }

    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError> {
        self.lock()?;
        let mut labels = self.labels()?;
        labels.retain(|old| old.name.to_lowercase() != label.name.to_lowercase());
        labels.push(label.clone());
        labels.sort_by(|a, b| a.name.cmp(&b.name));
        store::write(&self.path.join("labels.json"), &labels)
    }

    fn permission(&self, login: &str) -> Result<Permission, ForgeError> {
        let all: BTreeMap<String, Permission> = store::read(&self.path.join("permissions.json"))?.unwrap_or_default();
        let found = all.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(login));
        Ok(found.map_or(Permission::None, |(_, permission)| permission))
    }
}
