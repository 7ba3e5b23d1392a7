//! Labels, issues, comments and rights.

use uptake::forge::{ForgeError, Label, Permission, Reaction, State};

use super::{Bench, pull};

pub(super) fn labels_are_made_and_changed(bench: &mut dyn Bench) {
    let before = bench.read().labels().expect("read").len();
    let label =
        |name: &str, colour: &str| Label { name: name.into(), colour: colour.into(), description: "Why".into() };
    bench.write().put_label(&label("risk:high", "b60205")).expect("made");
    bench.write().put_label(&label("phase:fixes", "1d76db")).expect("made");
    bench.write().put_label(&label("risk:high", "d93f0b")).expect("changed");
    bench.write().put_label(&label("risk:high", "d93f0b")).expect("changed again");
    let found = bench.read().labels().expect("read");
    assert_eq!(found.len(), before + 2);
    for label in [label("phase:fixes", "1d76db"), label("risk:high", "d93f0b")] {
        assert!(found.contains(&label), "{found:?}");
    }
}

pub(super) fn an_issue_is_found_by_its_marker_and_its_author(bench: &mut dyn Bench) {
    const MARKER: &str = "<!-- uptake dashboard -->";
    assert_eq!(bench.read().find_issue(MARKER, None).expect("read"), None);
    let body = format!("Progress\n\n{MARKER}\n");
    bench.opens_issue("mallory", "Progress", &body);
    assert_eq!(bench.read().find_issue(MARKER, None).expect("read"), None);
    let number = bench.write().open_issue("Progress", &body, &["uptake".into()]).expect("opened");
    let found = bench.read().find_issue(MARKER, None).expect("read").expect("an issue");
    assert_eq!(bench.read().find_issue("<!-- another -->", None).expect("read"), None);
    assert_eq!(bench.read().find_issue("<!-- another -->", Some(number)).expect("read").as_ref(), Some(&found));
    assert_eq!(bench.read().find_issue(MARKER, Some(99)).expect("read").as_ref(), Some(&found));
    assert_eq!((found.number, found.state, found.title.as_str()), (number, State::Open, "Progress"));
    assert_eq!((found.body.trim_end(), found.labels.as_slice()), (body.trim_end(), &["uptake".to_owned()][..]));
    let edited = format!("More progress\n\n{MARKER}\n");
    bench.write().edit_issue(number, "Uptake", &edited).expect("edited");
    bench.write().edit_issue(number, "Uptake", &edited).expect("edited again");
    let found = bench.read().find_issue(MARKER, None).expect("read").expect("an issue");
    assert_eq!((found.title.as_str(), found.body.trim_end()), ("Uptake", edited.trim_end()));
    bench.closes_issue(number);
    assert_eq!(bench.read().find_issue(MARKER, None).expect("read").expect("an issue").state, State::Closed);
    let refused = bench.write().edit_issue(99, "a", "b");
    assert!(matches!(refused, Err(ForgeError::Missing(_))), "{refused:?}");
}

pub(super) fn an_issue_is_opened_once(bench: &mut dyn Bench) {
    let write = bench.write();
    let one = write.open_issue("Progress", "a\n\n<!-- uptake one -->\n", &[]).expect("opened");
    let other = write.open_issue("Progress", "a\n\n<!-- uptake two -->\n", &[]).expect("opened");
    assert_eq!(write.open_issue("Progress", "b\n\n<!-- uptake one -->\n", &[]).expect("there"), one);
    assert_ne!(one, other);
    bench.closes_issue(one);
    let new = bench.write().open_issue("Progress", "a\n\n<!-- uptake one -->\n", &[]).expect("opened");
    assert_ne!(new, one);
}

pub(super) fn a_closed_issue_is_opened_again(bench: &mut dyn Bench) {
    let number = bench.write().open_issue("Progress", "a\n\n<!-- uptake one -->\n", &["bug".into()]).expect("opened");
    bench.closes_issue(number);
    let (body, labels) = ("b\n\n<!-- uptake one -->\n", ["pinned".to_owned()]);
    for _ in 0..2 {
        bench.write().reopen_issue(number, "More", body, &labels).expect("opened again");
        let found = bench.read().find_issue("<!-- uptake one -->", Some(number)).expect("read").expect("there");
        assert_eq!((found.state, &*found.title, found.body.trim_end()), (State::Open, "More", body.trim_end()));
        assert_eq!(found.labels, labels);
    }
    assert_eq!(bench.read().closer(number).expect("read"), None);
    assert!(bench.write().reopen_issue(99, "More", body, &labels).is_err());
}

pub(super) fn comments_are_listed_made_once_and_edited(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    let asked = bench.comments(number, "maintainer", "/status");
    let answer = "All is well.\n\n<!-- uptake answer 1 -->";
    let id = bench.write().comment(number, answer).expect("said");
    assert_eq!(bench.write().comment(number, answer).expect("said already"), id);
    let again = bench.comments(number, "maintainer", "/status");
    let other = bench.write().comment(number, "All is well.\n\n<!-- uptake answer 2 -->").expect("said");
    bench.write().edit_comment(id, "All is done.\n\n<!-- uptake answer 1 -->").expect("edited");
    let found = bench.read().comments(&[number]).expect("read").remove(0).expect("there");
    let login = bench.read().login().expect("a login");
    let short: Vec<_> = found
        .iter()
        .map(|comment| (comment.id, comment.author.as_str(), comment.bot, comment.body.trim_end()))
        .collect();
    assert_eq!(
        short,
        [
            (asked, "maintainer", false, "/status"),
            (id, login.as_str(), true, "All is done.\n\n<!-- uptake answer 1 -->"),
            (again, "maintainer", false, "/status"),
            (other, login.as_str(), true, "All is well.\n\n<!-- uptake answer 2 -->"),
        ]
    );
    assert!(
        found.iter().all(|comment| comment.created.to_string().ends_with('Z') && !comment.link.is_empty()),
        "{found:?}"
    );
}

pub(super) fn a_comment_that_was_edited_says_so(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    let left = bench.comments(number, "maintainer", "/status");
    let changed = bench.comments(number, "maintainer", "Thanks!");
    bench.write().react(left, Reaction::Eyes).expect("put");
    bench.edits_comment(changed, "/hold");
    bench.write().react(changed, Reaction::Eyes).expect("put");
    let found = bench.read().comments(&[number]).expect("read").remove(0).expect("there");
    let short: Vec<_> = found.iter().map(|comment| (comment.id, comment.body.trim_end(), comment.edited)).collect();
    assert_eq!(short, [(left, "/status", false), (changed, "/hold", true)]);
    assert_eq!(bench.reactions(changed), ["eyes"]);
}

pub(super) fn a_comment_on_nothing_is_an_error(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    let lists = bench.read().comments(&[99, number]).expect("read");
    assert!(matches!(lists.as_slice(), [Err(ForgeError::Missing(_)), Ok(none)] if none.is_empty()), "{lists:?}");
    assert!(matches!(bench.write().comment(99, "a"), Err(ForgeError::Missing(_))));
    assert!(matches!(bench.write().edit_comment(99, "a"), Err(ForgeError::Missing(_))));
    assert!(matches!(bench.write().react(99, Reaction::Eyes), Err(ForgeError::Missing(_))));
}

pub(super) fn rights_are_looked_up(bench: &mut dyn Bench) {
    let all = [
        ("ann", Permission::Read),
        ("ben", Permission::Triage),
        ("cat", Permission::Write),
        ("dan", Permission::Maintain),
        ("eve", Permission::Admin),
    ];
    for (login, permission) in all {
        bench.grants(login, permission);
    }
    for (login, permission) in all {
        assert_eq!(bench.read().permission(login).expect("read"), permission, "{login}");
    }
    assert_eq!(bench.read().permission("nobody").expect("read"), Permission::None);
    assert!(Permission::None < Permission::Read && Permission::Triage < Permission::Write);
}

pub(super) fn a_comment_gets_each_sign_once(bench: &mut dyn Bench) {
    let number = pull(bench, "uptake/a");
    let comment = bench.comments(number, "maintainer", "/status");
    for reaction in [Reaction::Eyes, Reaction::Rocket, Reaction::Eyes, Reaction::Confused] {
        bench.write().react(comment, reaction).expect("put");
    }
    assert_eq!(bench.reactions(comment), ["confused", "eyes", "rocket"]);
}
