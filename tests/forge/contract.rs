//! The suite: each function is a test of every forge.

mod issues;
mod runs;

use engine::ids::CommitId;
use engine::{GitError, Repo};
use uptake::forge::{ForgeError, Permission, PullText, Stacked, State};

use super::Bench;
use issues::*;
use runs::*;

/// A module of tests for each forge: its name, and what makes a fresh one.
macro_rules! contract {
    ($forge:ident, $bench:expr, [$($name:ident)*]) => {
        mod $forge {
            $(
                #[test]
                fn $name() {
                    super::$name(&mut $bench);
                }
            )*
        }
    };
    ($tests:tt => $($forge:ident: $bench:expr;)*) => {
        $(contract!($forge, $bench, $tests);)*
    };
}

contract! {
    [
        a_branch_is_made_moved_and_removed
        a_branch_that_moved_is_left_alone
        a_branch_is_lent_to_a_repository_that_lacks_it
        all_branches_are_lent_at_once
        a_pull_request_is_opened_edited_and_closed
        a_pull_request_is_opened_once
        a_pull_request_without_commits_is_refused
        a_pull_request_between_branches_that_are_not_there_is_refused
        a_merge_is_known_by_its_commit
        a_closed_pull_request_is_opened_again
        what_is_asked_in_a_pull_request_can_be_asked_again
        a_moved_branch_cannot_be_reopened
        removing_a_branch_closes_what_stands_on_it
        what_goes_into_a_branch_is_told_whosever_it_is
        where_there_are_stacks_one_is_made_grows_and_is_taken_apart
        branches_of_people_are_told_from_ours
        labels_are_made_and_changed
        an_issue_is_found_by_its_marker_and_its_author
        an_issue_is_opened_once
        a_closed_issue_is_opened_again
        comments_are_listed_made_once_and_edited
        a_comment_that_was_edited_says_so
        a_comment_on_nothing_is_an_error
        rights_are_looked_up
        a_comment_gets_each_sign_once
        the_last_status_of_each_check_counts
        a_run_is_started_once_and_followed
        a_run_is_cancelled_once
    ] =>
    folder: crate::forge::folder::bench();
    github: crate::github::bench();
}

/// A commit by the bot (or by a person) on top of the fork's `main`, in the clone only.
fn commit(bench: &mut dyn Bench, name: &str, by_bot: bool) -> CommitId {
    let world = bench.world();
    world.git(&["switch", "--quiet", "--detach", "main"]);
    let head = world.commit(name, &[(name, name)]);
    let head = if by_bot {
        let tree = world.git(&["rev-parse", &format!("{head}^{{tree}}")]);
        world.commit_tree(&tree, "main", name, ("uptake[bot]", "uptake[bot]@users.noreply.github.com"))
    } else {
        head
    };
    world.git(&["switch", "--quiet", "main"]);
    head
}

fn repo(bench: &mut dyn Bench) -> Repo {
    Repo::open(&bench.world().fork()).expect("opened")
}

fn push(bench: &mut dyn Bench, branch: &str, head: CommitId, from: Option<CommitId>) -> Result<(), ForgeError> {
    let repo = repo(bench);
    let known = bench.branch("main");
    bench.write().push_branch(&repo, branch, head, from, known)
}

/// A branch of the bot on the forge.
fn branch(bench: &mut dyn Bench, name: &str) -> CommitId {
    let head = commit(bench, name, true);
    push(bench, name, head, None).expect("pushed");
    head
}

fn text(head: &str) -> PullText {
    PullText {
        title: format!("Take {head}"),
        body: "What it takes: `a` & <b>\n\nMore.\n\n<!-- uptake {\"phase\":\"fixes\"} -->\n".into(),
        head: head.into(),
        base: "main".into(),
        labels: vec!["phase:fixes".into(), "risk:low".into()],
        draft: false,
    }
}

/// A pull request of the bot on the forge, with its branch.
fn pull(bench: &mut dyn Bench, head: &str) -> u64 {
    branch(bench, head);
    bench.write().open_pull(&text(head)).expect("opened")
}

fn state(bench: &dyn Bench, number: u64) -> State {
    let pulls = bench.read().pulls("").expect("read").bringing;
    pulls.into_iter().find(|pull| pull.number == number).expect("a pull request").state
}

fn clone(bench: &mut dyn Bench) -> Repo {
    Repo::open(&bench.world().fork()).expect("opened")
}

fn moved(result: &Result<(), ForgeError>) {
    assert!(matches!(result, Err(ForgeError::Git(GitError::RefMoved { .. }))), "{result:?}");
}

fn a_branch_is_made_moved_and_removed(bench: &mut dyn Bench) {
    let (one, two) = (commit(bench, "one", true), commit(bench, "two", true));
    push(bench, "uptake/a", one, None).expect("made");
    push(bench, "uptake/a", one, None).expect("made again");
    assert_eq!(bench.branch("uptake/a"), Some(one));
    push(bench, "uptake/a", two, Some(one)).expect("moved");
    push(bench, "uptake/a", two, Some(one)).expect("moved again");
    let clone = clone(bench);
    let found = bench.read().branches(&clone, "uptake/", "main").expect("read");
    let found: Vec<_> = found.iter().map(|branch| (branch.name.as_str(), branch.head)).collect();
    assert_eq!(found, [("main", bench.branch("main").expect("there")), ("uptake/a", two)]);
    bench.write().delete_branch("uptake/a", two).expect("removed");
    bench.write().delete_branch("uptake/a", two).expect("removed again");
    assert_eq!(bench.branch("uptake/a"), None);
}

fn a_branch_that_moved_is_left_alone(bench: &mut dyn Bench) {
    let (one, two) = (commit(bench, "one", true), commit(bench, "two", true));
    push(bench, "uptake/a", one, None).expect("made");
    moved(&push(bench, "uptake/a", two, None));
    moved(&push(bench, "uptake/a", two, Some(two)));
    moved(&push(bench, "uptake/gone", two, Some(one)));
    moved(&bench.write().delete_branch("uptake/a", two));
    assert_eq!(bench.branch("uptake/a"), Some(one));
    assert_eq!(bench.branch("uptake/gone"), None);
}

fn a_branch_is_lent_to_a_repository_that_lacks_it(bench: &mut dyn Bench) {
    let head = branch(bench, "uptake/a");
    // Of the clone alone the commit is known; without it, by the forge.
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = Repo::init(&folder.path().join("other.git"), "main").expect("made");
    assert!(elsewhere.commit(head).is_err());
    assert_eq!(bench.read().fetch_branch(&elsewhere, "uptake/gone").expect("read"), None);
    assert_eq!(bench.read().fetch_branch(&elsewhere, "uptake/a").expect("read"), Some(head));
    assert_eq!(elsewhere.commit(head).expect("within reach").subject(), "uptake/a");
    assert_eq!(elsewhere.references("refs/").expect("read"), []);
}

fn all_branches_are_lent_at_once(bench: &mut dyn Bench) {
    let heads = [branch(bench, "uptake/a"), branch(bench, "uptake/b")];
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = Repo::init(&folder.path().join("other.git"), "main").expect("made");
    bench.read().branches(&elsewhere, "uptake/", "main").expect("read");
    let subjects = heads.map(|head| elsewhere.commit(head).expect("within reach").subject().to_owned());
    assert_eq!(subjects, ["uptake/a", "uptake/b"]);
    assert_eq!(elsewhere.references("refs/").expect("read"), []);
}

fn a_pull_request_is_opened_edited_and_closed(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    branch(bench, "other");
    bench.write().open_pull(&text("other")).expect("opened");
    let found = bench.read().pulls("uptake/").expect("read").bringing;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].number, found[0].state, &found[0].text), (number, State::Open, &text("uptake/a")));
    let new = PullText {
        title: "Another title".into(),
        body: "Another text".into(),
        base: "other".into(),
        labels: vec!["risk:high".into()],
        draft: true,
        ..text("uptake/a")
    };
    bench.write().edit_pull(number, &text("uptake/a"), &new).expect("edited");
    bench.write().edit_pull(number, &text("uptake/a"), &new).expect("edited again");
    assert_eq!(bench.read().pulls("uptake/").expect("read").bringing[0].text, new);
    let ready = PullText { draft: false, ..new.clone() };
    bench.write().edit_pull(number, &new, &ready).expect("edited");
    assert_eq!(bench.read().pulls("uptake/").expect("read").bringing[0].text, ready);
    bench.write().close_pull(number).expect("closed");
    bench.write().close_pull(number).expect("closed again");
    assert_eq!(state(bench, number), State::Closed);
    let missing = bench.write().close_pull(99);
    assert!(matches!(missing, Err(ForgeError::Missing(_))), "{missing:?}");
}

fn a_pull_request_is_opened_once(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    let new = PullText { title: "Another title".into(), draft: true, ..text("uptake/a") };
    assert_eq!(bench.write().open_pull(&new).expect("opened"), number);
    let found = bench.read().pulls("").expect("read").bringing;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, new);
}

fn a_pull_request_without_commits_is_refused(bench: &mut dyn Bench) {
    let main = bench.branch("main").expect("there");
    push(bench, "uptake/a", main, None).expect("made");
    let refused = bench.write().open_pull(&text("uptake/a"));
    assert!(matches!(refused, Err(ForgeError::NoCommits { .. })), "{refused:?}");
    assert_eq!(bench.read().pulls("").expect("read").bringing, []);
}

fn a_pull_request_between_branches_that_are_not_there_is_refused(bench: &mut dyn Bench) {
    let refused = bench.write().open_pull(&text("uptake/a"));
    assert!(matches!(refused, Err(ForgeError::Missing(_))), "{refused:?}");
    branch(bench, "uptake/a");
    let refused = bench.write().open_pull(&PullText { base: "uptake/b".into(), ..text("uptake/a") });
    assert!(matches!(refused, Err(ForgeError::Missing(_))), "{refused:?}");
}

fn a_merge_is_known_by_its_commit(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    assert_eq!(bench.read().merge_commit(number).expect("read"), None);
    let squashed = commit(bench, "squashed", false);
    bench.merges(number, squashed);
    assert_eq!(bench.read().merge_commit(number).expect("read"), Some(squashed));
    assert_eq!(state(bench, number), State::Merged);
    bench.write().close_pull(number).expect("nothing to do");
    assert_eq!(state(bench, number), State::Merged);
    let refused = bench.write().reopen_pull(number, "Mine.");
    assert!(matches!(refused, Err(ForgeError::CannotReopen { .. })), "{refused:?}");
    assert!(matches!(bench.read().merge_commit(99), Err(ForgeError::Missing(_))));
}

fn a_closed_pull_request_is_opened_again(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    bench.write().close_pull(number).expect("closed");
    bench.write().reopen_pull(number, "Mine.").expect("opened");
    bench.write().reopen_pull(number, "Mine.").expect("opened already");
    assert_eq!(state(bench, number), State::Open);
    let found = bench.read().pulls("uptake/").expect("read").bringing;
    assert_eq!(found[0].text, PullText { body: "Mine.".into(), ..text("uptake/a") });
}

fn what_is_asked_in_a_pull_request_can_be_asked_again(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    bench.grants("maintainer", Permission::Write);
    let before = bench.read().pulls("uptake/").expect("read");
    for _ in 0..2 {
        let nobody: Vec<String> = Vec::new();
        assert_eq!(bench.write().ask_review(number, &["maintainer".into()]).expect("asked"), nobody);
        assert_eq!(bench.write().assign(number, &["maintainer".into()]).expect("assigned"), nobody);
        assert_eq!(bench.write().auto_merge(number, None).expect("off"), None);
    }
    assert_eq!(bench.read().pulls("uptake/").expect("read"), before);
    assert!(bench.write().ask_review(99, &["maintainer".into()]).is_err());
    assert!(bench.write().auto_merge(99, None).is_err());
}

fn a_moved_branch_cannot_be_reopened(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    let old = bench.branch("uptake/a");
    bench.write().close_pull(number).expect("closed");
    let new = commit(bench, "new", true);
    push(bench, "uptake/a", new, old).expect("moved");
    let refused = bench.write().reopen_pull(number, "Mine.");
    assert!(matches!(refused, Err(ForgeError::CannotReopen { .. })), "{refused:?}");
    bench.write().delete_branch("uptake/a", new).expect("removed");
    let refused = bench.write().reopen_pull(number, "Mine.");
    assert!(matches!(refused, Err(ForgeError::CannotReopen { .. })), "{refused:?}");
    assert_eq!(state(bench, number), State::Closed);
}

fn removing_a_branch_closes_what_stands_on_it(bench: &mut dyn Bench) {
    let lower = pull(bench, "uptake/a");
    branch(bench, "uptake/b");
    let upper = PullText { base: "uptake/a".into(), ..text("uptake/b") };
    let upper = bench.write().open_pull(&upper).expect("opened");
    branch(bench, "uptake/c");
    let stacked = PullText { base: "uptake/a".into(), ..text("uptake/c") };
    let kept = bench.write().open_pull(&stacked).expect("opened");
    bench.write().edit_pull(kept, &stacked, &text("uptake/c")).expect("edited");
    let head = bench.branch("uptake/a").expect("there");
    bench.write().delete_branch("uptake/a", head).expect("removed");
    assert_eq!([lower, upper, kept].map(|number| state(bench, number)), [State::Closed, State::Closed, State::Open]);
}

fn where_there_are_stacks_one_is_made_grows_and_is_taken_apart(bench: &mut dyn Bench) {
    let mut numbers = vec![pull(bench, "uptake/a")];
    for (name, below) in [("uptake/b", "uptake/a"), ("uptake/c", "uptake/b")] {
        branch(bench, name);
        let upper = PullText { base: below.into(), ..text(name) };
        numbers.push(bench.write().open_pull(&upper).expect("opened"));
    }
    let made = bench.write().stack(None, &numbers[..2]).expect("an answer");
    if !bench.read().has_stacks().expect("an answer") {
        assert_eq!(made, Stacked::Without);
        return bench.write().unstack(1).expect("there is none");
    }
    let Stacked::In(stack) = made else { panic!("{made:?}") };
    assert!(matches!(bench.write().stack(None, &numbers).expect("an answer"), Stacked::Refused(_)));
    assert_eq!(bench.write().stack(Some(stack), &numbers[2..]).expect("an answer"), Stacked::In(stack));
    let stacks = |bench: &dyn Bench| {
        numbers.iter().map(|number| bench.read().pull(*number).expect("there").stack).collect::<Vec<_>>()
    };
    assert_eq!(stacks(bench), [Some(stack); 3]);
    let from = bench.read().pull(numbers[1]).expect("there").text;
    let to = PullText { base: "main".into(), title: "Take b alone".into(), ..from.clone() };
    let refused = bench.write().edit_pull(numbers[1], &from, &to);
    assert!(matches!(refused, Err(ForgeError::Stacked { .. })), "{refused:?}");
    let same = PullText { base: from.base.clone(), ..to.clone() };
    bench.write().edit_pull(numbers[1], &from, &same).expect("all else can be changed");
    bench.write().unstack(stack).expect("apart");
    bench.write().unstack(stack).expect("as it was");
    assert_eq!(stacks(bench), [None; 3]);
    bench.write().edit_pull(numbers[1], &same, &to).expect("edited");
}

fn what_goes_into_a_branch_is_told_whosever_it_is(bench: &mut dyn Bench) {
    pull(bench, "uptake/a");
    branch(bench, "uptake/b");
    let upper = PullText { base: "uptake/a".into(), ..text("uptake/b") };
    let upper = bench.write().open_pull(&upper).expect("opened");
    let theirs = bench.opens_pull("somebody", "mend", "uptake/a");
    bench.opens_pull("somebody", "other", "main");
    let into = |bench: &mut dyn Bench| bench.read().pulls("uptake/").expect("read").going_into;
    assert_eq!(into(bench), [(upper, "uptake/a".into()), (theirs, "uptake/a".into())]);
    bench.write().close_pull(upper).expect("closed");
    assert_eq!(into(bench), [(theirs, "uptake/a".into())]);
    // It is nobody's branch here, whatever it is called.
    assert!(bench.read().pulls("mend").expect("read").bringing.iter().all(|pull| !pull.own));
}

fn branches_of_people_are_told_from_ours(bench: &mut dyn Bench) {
    branch(bench, "uptake/ours");
    let theirs = commit(bench, "theirs", false);
    push(bench, "uptake/theirs", theirs, None).expect("pushed");
    // The last commit alone says nothing: below the bot's there may be a person's.
    let tree = bench.world().git(&["rev-parse", &format!("{theirs}^{{tree}}")]);
    let bot = ("uptake[bot]", "uptake[bot]@users.noreply.github.com");
    let above = bench.world().commit_tree(&tree, &theirs.to_string(), "above", bot);
    push(bench, "uptake/under", above, None).expect("pushed");
    let clone = clone(bench);
    let found = bench.read().branches(&clone, "uptake/", "main").expect("read");
    let found: Vec<_> = found.iter().map(|branch| (branch.name.as_str(), branch.people)).collect();
    assert_eq!(found, [("main", true), ("uptake/ours", false), ("uptake/theirs", true), ("uptake/under", true)]);
}
