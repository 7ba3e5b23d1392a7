//! What the server keeps, and the hands of the people around it.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::fleet::Installation;
use super::http::Response;
use super::stacked::Stack;

/// The repository the App is installed on.
pub(crate) const FORK: &str = "fork/mistral.rs";
/// Where it comes from.
pub(crate) const UPSTREAM: &str = "up/mistral.rs";
/// The App's id.
pub(crate) const APP: &str = "Iv1.0123456789abcdef";
/// Who the App is.
pub(crate) const LOGIN: &str = "pick-bot[bot]";
/// When it all begins, in seconds.
const START: u64 = 1_763_800_000;

/// A pull request, or what else has a number.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) number: u64,
    pub(crate) author: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) open: bool,
    /// Who closed it, where that is known.
    pub(crate) closed_by: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    /// There where it is a pull request.
    pub(crate) pull: Option<Pull>,
    /// Whether somebody locked the conversation.
    pub(crate) locked: bool,
    /// Whether it is in another repository now.
    pub(crate) moved: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Pull {
    pub(crate) head: String,
    pub(crate) base: String,
    /// The repository its branch is in, where that is a fork of this one.
    pub(crate) from: Option<String>,
    pub(crate) draft: bool,
    pub(crate) reviewers: Vec<String>,
    /// How it is merged by itself.
    pub(crate) auto_merge: Option<String>,
    pub(crate) merged: Option<String>,
    /// Where the branch was when it was closed.
    pub(crate) closed_at: Option<String>,
}

impl Item {
    /// One that is open, and nothing but that.
    pub(crate) fn new(number: u64, author: &str, title: &str, body: &str) -> Self {
        Self {
            number,
            author: author.to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
            open: true,
            closed_by: None,
            labels: Vec::new(),
            assignees: Vec::new(),
            pull: None,
            locked: false,
            moved: false,
        }
    }
}

impl Pull {
    /// One from a branch of the fork into another.
    pub(crate) fn new(head: &str, base: &str) -> Self {
        Self {
            head: head.to_owned(),
            base: base.to_owned(),
            from: None,
            draft: false,
            reviewers: Vec::new(),
            auto_merge: None,
            merged: None,
            closed_at: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) on: u64,
    pub(crate) author: String,
    pub(crate) body: String,
    pub(crate) reactions: Vec<String>,
    pub(crate) created: String,
    pub(crate) updated: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) permissions: BTreeMap<String, String>,
    pub(crate) ends: u64,
    pub(crate) login: String,
}

/// All of it.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) root: String,
    pub(crate) repository: PathBuf,
    pub(crate) clock: Arc<AtomicU64>,
    pub(crate) installed: bool,
    pub(crate) granted: BTreeMap<String, String>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) rights: BTreeMap<String, String>,
    pub(crate) labels: Vec<Value>,
    pub(crate) items: Vec<Item>,
    pub(crate) comments: Vec<Comment>,
    /// When each pull request and issue changed last, and what it was then.
    changed: BTreeMap<u64, (u64, String)>,
    /// The last id that a comment had: of one that is removed it is given to no other.
    pub(crate) last_comment: u64,
    pub(crate) statuses: Vec<(String, Value)>,
    pub(crate) runs: Vec<Value>,
    pub(crate) jobs: BTreeMap<u64, Vec<Value>>,
    /// The branches as they were after the last push.
    pub(crate) heads: BTreeMap<String, String>,
    /// At most so many on a page.
    pub(crate) page: usize,
    /// An older server says nothing of the run it starts.
    pub(crate) silent_dispatch: bool,
    /// Whether there are issues.
    pub(crate) issues: bool,
    /// The checks that the fork's branch asks for, by the older kind of protection.
    pub(crate) required: Vec<String>,
    /// Whether draft pull requests can be had.
    pub(crate) drafts: bool,
    /// The stacks; `None`: there are none here.
    pub(crate) stacks: Option<Vec<Stack>>,
    pub(crate) last_stack: u64,
    /// Whether none can be taken apart at present.
    pub(crate) locked_stacks: bool,
    /// The App's webhooks as they were sent, newest first.
    pub(crate) deliveries: Vec<Value>,
    /// The App's installations, as a list of them shows.
    pub(crate) fleet: Vec<Installation>,
    /// Upstream's repository, which everybody may read.
    pub(crate) upstream: Option<PathBuf>,
    /// What upstream was called before.
    pub(crate) old_upstream: Option<String>,
    /// What git's server answered to those who only read, by all that the answer depends on: starting it is most of a run's time.
    pub(super) described: Arc<Mutex<HashMap<Vec<u8>, Response>>>,
    minted: u64,
}

impl State {
    pub(super) fn new(folder: &Path, root: &str) -> Self {
        let repository = folder.join("server.git");
        fs::create_dir_all(&repository).expect("a folder");
        let state = Self {
            root: root.to_owned(),
            repository,
            clock: Arc::new(AtomicU64::new(START * 1000)),
            installed: true,
            granted: [("metadata", "read")]
                .into_iter()
                .chain(["contents", "pull_requests", "issues", "actions", "statuses"].map(|name| (name, "write")))
                .map(|(name, level)| (name.to_owned(), level.to_owned()))
                .collect(),
            tokens: BTreeMap::new(),
            rights: BTreeMap::new(),
            labels: vec![json!({ "name": "bug", "color": "d73a4a", "description": null })],
            items: Vec::new(),
            comments: Vec::new(),
            changed: BTreeMap::new(),
            last_comment: 999,
            statuses: Vec::new(),
            runs: Vec::new(),
            jobs: BTreeMap::new(),
            heads: BTreeMap::new(),
            page: 100,
            silent_dispatch: false,
            issues: true,
            required: Vec::new(),
            stacks: Some(Vec::new()),
            last_stack: 0,
            locked_stacks: false,
            deliveries: Vec::new(),
            drafts: true,
            fleet: Vec::new(),
            upstream: None,
            old_upstream: None,
            described: Arc::default(),
            minted: 0,
        };
        state.make_repository();
        state
    }

    /// Seconds since 1970, by the clock that the client waits by.
    pub(crate) fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed) / 1000
    }

    pub(crate) fn time(&self) -> String {
        let now = i64::try_from(self.now()).expect("a date");
        jiff::Timestamp::from_second(now).expect("a date").to_string()
    }

    /// The time as HTTP writes it.
    pub(crate) fn date(&self) -> String {
        let now = i64::try_from(self.now()).expect("a date");
        jiff::Timestamp::from_second(now).expect("a date").strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    pub(crate) fn mint(&mut self, permissions: BTreeMap<String, String>) -> (String, String) {
        self.minted += 1;
        // As long as GitHub's of today, and with all characters that those have.
        let token = format!("ghs_{}_eyJ.{}.{}", self.minted, "a1B2".repeat(60), "Zz9_".repeat(60));
        let ends = self.now() + 3600;
        self.tokens.insert(token.clone(), Token { permissions, ends, login: LOGIN.into() });
        let date = jiff::Timestamp::from_second(i64::try_from(ends).expect("a date")).expect("a date");
        (token, date.to_string())
    }

    /// All of it as it was: the branches too, though not the commits, which are there for whoever knows their names.
    pub(crate) fn restore(&mut self, was: &Self) {
        self.clock.store(START * 1000, Ordering::Relaxed);
        *self = was.clone();
        let refs = self.repository.join("refs/heads");
        fs::remove_dir_all(&refs).expect("removed");
        fs::create_dir(&refs).expect("a folder");
        let line = |(name, sha): (&String, &String)| format!("{sha} refs/heads/{name}\n");
        let lines: String = self.heads.iter().map(line).collect();
        fs::write(self.repository.join("packed-refs"), format!("# pack-refs with: sorted \n{lines}")).expect("written");
    }

    /// How many tokens were given out.
    pub(crate) fn minted(&self) -> u64 {
        self.minted
    }

    /// When a pull request or an issue changed last: as everything is looked at with each request, that is when it was first seen so.
    pub(super) fn changed(&mut self) -> BTreeMap<u64, u64> {
        let now = self.now();
        for item in &self.items {
            let said: Vec<_> = self.comments.iter().filter(|comment| comment.on == item.number).collect();
            let all = format!("{item:?} {said:?}");
            match self.changed.get_mut(&item.number) {
                Some((_, known)) if *known == all => {}
                _ => drop(self.changed.insert(item.number, (now, all))),
            }
        }
        self.changed.iter().map(|(number, (when, _))| (*number, *when)).collect()
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.items.iter().map(|item| item.number).max().unwrap_or_default() + 1
    }

    pub(crate) fn item(&mut self, number: u64) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.number == number)
    }

    /// The open pull request of a branch.
    pub(crate) fn pull_of(&self, branch: &str) -> u64 {
        let is = |item: &&Item| item.open && item.pull.as_ref().is_some_and(|pull| pull.head == branch);
        self.items.iter().find(is).map(|item| item.number).expect("an open pull request")
    }

    /// Somebody opens an issue.
    pub(crate) fn opens_issue(&mut self, author: &str, title: &str, body: &str, labels: Vec<String>) -> u64 {
        let number = self.next_number();
        self.items.push(Item { labels, ..Item::new(number, author, title, body) });
        number
    }

    /// Somebody comments.
    pub(crate) fn comments(&mut self, on: u64, author: &str, body: &str) -> u64 {
        let id = self.last_comment + 1;
        self.last_comment = id;
        let (author, body, now) = (author.into(), body.into(), self.time());
        let (created, updated, reactions) = (now.clone(), now, Vec::new());
        self.comments.push(Comment { id, on, author, body, reactions, created, updated });
        id
    }

    /// Somebody makes a comment say something else.
    pub(crate) fn edits_comment(&mut self, id: u64, body: &str) {
        let now = self.time();
        let comment = self.comments.iter_mut().find(|comment| comment.id == id).expect("a comment");
        (comment.body, comment.updated) = (body.into(), now);
    }

    /// Somebody closes a pull request or an issue.
    pub(crate) fn closes(&mut self, login: &str, number: u64) {
        self.close(number);
        self.item(number).expect("an item").closed_by = Some(login.to_owned());
    }

    pub(crate) fn close(&mut self, number: u64) {
        let head = self.item(number).and_then(|item| item.pull.as_ref()).map(|pull| pull.head.clone());
        // A branch that has just gone is where it was.
        let at = head.and_then(|head| self.heads.get(&head).cloned());
        let item = self.item(number).expect("an item");
        (item.open, item.closed_by) = (false, None);
        if let Some(pull) = &mut item.pull {
            pull.closed_at = at;
        }
    }
}

/// The App's key: private, PEM; and public, DER. Made once, since making it takes a while.
pub(crate) fn key() -> &'static (String, Vec<u8>) {
    static KEY: OnceLock<(String, Vec<u8>)> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).expect("DER");
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
        let kind = ["PRIVATE", "KEY"].join(" ");
        let pem = format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"));
        (pem, pair.public_key().as_ref().to_vec())
    })
}
