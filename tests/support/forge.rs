//! A folder to publish into, and ways to look at it, to act in it as people do, and to be cut short while writing to it.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use engine::Repo;
use engine::ids::CommitId;
use engine::progress::Silent;
use uptake::decision::{Decision, Ruling};
use uptake::forge::folder::Folder;
use uptake::forge::{
    Branches, Checks, Closer, CommentLists, Dispatch, Forge, ForgeBranch, ForgeError, Issue, Issues, Job, Label,
    LoginProof, Permission, PullList, PullRequest, PullText, Pulls, Reaction, Run, Stacked, Started, Status, Touched,
};
use uptake::ledger::{BRANCH, Changed, Ledger, update};
use uptake::method::MergeMethod;
use uptake::moment::Moment;
use uptake::pipeline::{RunError, RunReport, Session, preview, run};
use uptake::publish::{Changes, Observed};

use super::{World, git_in};

/// The folder a world publishes into.
pub(crate) fn out(world: &World) -> PathBuf {
    world.folder().join("out")
}

/// Runs the whole job into the folder and returns what changed.
pub(crate) fn publish(world: &World, config: &str) -> Changes {
    job(world, &world.open(config)).changes
}

/// Runs the whole job into the folder for what was opened.
pub(crate) fn job(world: &World, session: &Session) -> RunReport {
    job_with(world, session, usize::MAX, false).expect("published")
}

/// What that job would do.
pub(crate) fn dry_run(world: &World, session: &Session) -> Result<RunReport, RunError> {
    preview(session, &Folder::new(&out(world)), &mut Silent)
}

/// The whole job, killed at the nth write, before or after it was made.
pub(crate) fn job_with(world: &World, session: &Session, left: usize, after: bool) -> Result<RunReport, String> {
    let mut folder = Folder::new(&out(world));
    let mut mortal = Mortal { inner: &mut folder, left, after, meanwhile: RefCell::default() };
    let report = run(session, &mut mortal, &mut Silent).map_err(|error| error.to_string())?;
    drop(mortal);
    let there = Observed::read(&folder, &session.repo, &session.branch).expect("read");
    let known = Observed { ledger: there.ledger, ..report.observed.clone() };
    assert_eq!(known, there, "what the run knows of the forge in the end is what is there");
    Ok(report)
}

/// The whole job, with something that happens just before it calls this method of the forge for the first time.
pub(crate) fn job_while(world: &World, session: &Session, method: &'static str, happens: impl FnOnce()) -> RunReport {
    let mut folder = Folder::new(&out(world));
    let meanwhile: Meanwhile<'_> = RefCell::new(Some((method, Box::new(happens))));
    let mut mortal = Mortal { inner: &mut folder, left: usize::MAX, after: false, meanwhile };
    let report = run(session, &mut mortal, &mut Silent).expect("published");
    assert!(mortal.meanwhile.take().is_none(), "{method} was not called");
    report
}

/// What a run says it did, and what it left alone.
pub(crate) fn lines(changes: &Changes) -> Vec<String> {
    let all = changes.changes.iter().map(ToString::to_string);
    all.chain(changes.notices.iter().map(|notice| format!("note: {notice}"))).collect()
}

/// Runs git on the branches of the folder and returns what it prints.
pub(crate) fn branches(world: &World, arguments: &[&str]) -> String {
    let output = git_in(&out(world).join("branches.git"), arguments, 1_800_000_000);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A person commits onto a branch of the folder.
pub(crate) fn person_pushes(world: &World, branch: &str) -> String {
    let tree = branches(world, &["rev-parse", &format!("{branch}^{{tree}}")]);
    let commit = branches(world, &["commit-tree", &tree, "-p", branch, "-m", "By hand"]);
    branches(world, &["update-ref", &format!("refs/heads/{branch}"), &commit]);
    commit
}

/// A person changes the file of a pull request or an issue.
pub(crate) fn person_edits(world: &World, file: &str, from: &str, to: &str) {
    let path = out(world).join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{from:?} is not in {text}");
    fs::write(&path, text.replace(from, to)).expect("written");
}

/// A person merges a phase's branch into the fork's, and the pull request is merged.
pub(crate) fn person_merges(world: &mut World, branch: &str, pull: u64) {
    let commit = branches(world, &["rev-parse", branch]);
    world.on_fork();
    let from = out(world).join("branches.git");
    world.git(&["fetch", "--quiet", from.to_str().expect("text"), branch]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge a phase", &commit]);
    person_edits(world, &format!("pulls/{pull}.json"), "\"open\"", "\"merged\"");
}

/// Puts decisions on the folder's ledger, each said at its own time.
pub(crate) fn decide(world: &World, rulings: impl IntoIterator<Item = Ruling>) {
    decide_on(world, &mut Folder::new(&out(world)), rulings);
}

/// Puts decisions on a forge's ledger, each said at its own time.
pub(crate) fn decide_on(world: &World, forge: &mut dyn Forge, rulings: impl IntoIterator<Item = Ruling>) {
    let repo = Repo::open(&world.fork()).expect("opened");
    for ruling in rulings {
        let updated = update(&repo, forge, &mut |ledger| {
            let when = format!("2025-09-22T10:00:{:02}Z", ledger.decisions().len()).parse().expect("a moment");
            let decision = Decision { ruling: ruling.clone(), by: "maintainer".into(), when, link: None, why: None };
            Ok(Changed { ledger: ledger.decide(decision)?, message: ruling.to_string() })
        });
        updated.expect("decided");
    }
}

/// The decisions on the folder's ledger: what, and by whom.
pub(crate) fn decisions(world: &World) -> Vec<String> {
    let session = world.open("phases: []");
    let at = Folder::new(&out(world)).fetch_branch(&session.repo, BRANCH).expect("read");
    let ledger = Ledger::read(&session.repo, at).expect("a ledger");
    ledger.decisions().iter().map(|decision| format!("{} by {}", decision.ruling, decision.describe())).collect()
}

/// The pull requests: number, state, draft or not, branch, base, title.
pub(crate) fn pulls(world: &World) -> Vec<String> {
    let pulls = Folder::new(&out(world)).pulls("uptake/").expect("read").bringing;
    let described = |pull: PullRequest| {
        let PullText { title, head, base, draft, .. } = pull.text;
        let draft = if draft { "draft " } else { "" };
        format!("{} {:?} {draft}{head} -> {base}: {title}", pull.number, pull.state)
    };
    pulls.into_iter().map(described).collect()
}

/// A method of a forge, and what happens before it is called first.
type Meanwhile<'a> = RefCell<Option<(&'static str, Box<dyn FnOnce() + 'a>)>>;

/// A forge that dies at the nth write, half of them after the write was done.
struct Mortal<'a> {
    inner: &'a mut Folder,
    left: usize,
    after: bool,
    meanwhile: Meanwhile<'a>,
}

impl Mortal<'_> {
    fn called(&self, method: &str) {
        let happens = self.meanwhile.borrow_mut().take_if(|(before, _)| *before == method);
        if let Some((_, happens)) = happens {
            happens();
        }
    }

    fn write<T>(&mut self, write: impl FnOnce(&mut Folder) -> Result<T, ForgeError>) -> Result<T, ForgeError> {
        let dead = || ForgeError::Busy("killed".into());
        if self.left == 0 {
            if self.after {
                write(self.inner)?;
            }
            return Err(dead());
        }
        self.left -= 1;
        write(self.inner)
    }
}

/// What a forge that dies does for each trait: reading goes through, a write is counted.
macro_rules! mortal {
    ($($forge_trait:ident {
        $(= $fact:ident)*
        $($read:ident(&self $(, $of:ident: $of_type:ty)*) -> $found:ty;)*
        $(;$write:ident(&mut self $(, $with:ident: $with_type:ty)*) -> $made:ty)*
    })*) => {
        $(impl $forge_trait for Mortal<'_> {
            $(fn $fact(&self) -> bool {
                self.inner.$fact()
            })*
            $(fn $read(&self, $($of: $of_type),*) -> Result<$found, ForgeError> {
                self.called(stringify!($read));
                self.inner.$read($($of),*)
            })*
            $(fn $write(&mut self, $($with: $with_type),*) -> Result<$made, ForgeError> {
                self.called(stringify!($write));
                self.write(|folder| folder.$write($($with),*))
            })*
        })*
    };
}

mortal! {
    Branches {
        = mirrors_trunk
        branches(&self, repo: &Repo, prefix: &str, base: &str) -> Vec<ForgeBranch>;
        fetch_branch(&self, repo: &Repo, branch: &str) -> Option<CommitId>;
        ;push_branch(
            &mut self, repo: &Repo, branch: &str, head: CommitId, expected: Option<CommitId>, known: Option<CommitId>
        ) -> ()
        ;delete_branch(&mut self, branch: &str, expected: CommitId) -> ()
    }
    Pulls {
        pulls(&self, prefix: &str) -> PullList;
        pull(&self, number: u64) -> PullRequest;
        has_stacks(&self) -> bool;
        merge_commit(&self, number: u64) -> Option<CommitId>;
        ;open_pull(&mut self, text: &PullText) -> u64
        ;edit_pull(&mut self, number: u64, from: &PullText, to: &PullText) -> ()
        ;close_pull(&mut self, number: u64) -> ()
        ;ask_review(&mut self, number: u64, who: &[String]) -> Vec<String>
        ;assign(&mut self, number: u64, who: &[String]) -> Vec<String>
        ;auto_merge(&mut self, number: u64, method: Option<MergeMethod>) -> Option<String>
        ;stack(&mut self, onto: Option<u64>, pulls: &[u64]) -> Stacked
        ;unstack(&mut self, stack: u64) -> ()
        ;reopen_pull(&mut self, number: u64, body: &str) -> ()
    }
    Issues {
        = issue_create_races
        began(&self) -> Option<Moment>;
        touched(&self, since: Moment) -> Option<Vec<Touched>>;
        login(&self) -> String;
        login_proof(&self) -> LoginProof;
        has_issues(&self) -> bool;
        find_issue(&self, marker: &str, known: Option<u64>) -> Option<Issue>;
        closer(&self, number: u64) -> Option<Closer>;
        comments(&self, numbers: &[u64]) -> CommentLists;
        permission(&self, login: &str) -> Permission;
        labels(&self) -> Vec<Label>;
        ;open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> u64
        ;edit_issue(&mut self, number: u64, title: &str, body: &str) -> ()
        ;reopen_issue(&mut self, number: u64, title: &str, body: &str, labels: &[String]) -> ()
        ;comment(&mut self, number: u64, body: &str) -> u64
        ;edit_comment(&mut self, id: u64, body: &str) -> ()
        ;react(&mut self, comment: u64, reaction: Reaction) -> ()
        ;put_label(&mut self, label: &Label) -> ()
    }
    Checks {
        statuses(&self, commit: CommitId) -> Vec<Status>;
        runs(&self, workflow: &str, since: Option<Moment>) -> Vec<Run>;
        jobs(&self, run: u64) -> Vec<Job>;
        run(&self, id: u64) -> Option<(Run, Vec<Job>)>;
        ;put_status(&mut self, commit: CommitId, status: &Status) -> ()
        ;dispatch(&mut self, dispatch: &Dispatch) -> Option<Started>
        ;cancel_run(&mut self, run: u64) -> ()
    }
}
