//! Any bytes as a commit, on top of one that is whole: it is read, walked and picked without a panic, and what is made of it is a
//! commit that is read as it was written.
#![no_main]

#[allow(dead_code, reason = "each target uses a part of it")]
mod store;

use engine::commit::{Signature, When};
use engine::ids::{CommitId, TreeId};
use libfuzzer_sys::fuzz_target;
use store::{empty, loose, open};

fuzz_target!(|bytes: &[u8]| {
    let objects = empty();
    let tree = TreeId::from_bytes(loose(&objects, "tree", b""));
    let whole = format!("tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n");
    let base = CommitId::from_bytes(loose(&objects, "commit", whole.as_bytes()));
    // The beginning is given, so that what comes after it is reached; without the first byte it is not.
    let (start, rest) = match bytes {
        [0, rest @ ..] => (String::new(), rest),
        rest => (format!("tree {tree}\nparent {base}\n"), rest),
    };
    let odd = CommitId::from_bytes(loose(&objects, "commit", &[start.as_bytes(), rest].concat()));
    let repo = open();
    let range = repo.range(base, odd);
    let Ok(commit) = repo.commit(odd) else { return };
    let _shown = (commit.subject().len(), commit.pr(), commit.author.when.to_string(), commit.author.when.day());
    let Ok(range) = range else { return };
    assert_eq!(range.last().map(|last| last.id), Some(odd));
    let bot = Signature { name: "B".into(), email: "b@c".into(), when: When { seconds: 1, offset: 0 } };
    let made = repo.make_pick(odd, base, tree, &bot, "picked\n").expect("made");
    let made = repo.commit(made).expect("read");
    assert_eq!((made.tree, &made.parents[..], &made.message[..]), (tree, &[base][..], "picked\n"));
    assert_eq!(made.author.when, commit.author.when);
    assert_eq!(repo.merge_base(odd, made.id).expect("walked").is_some(), repo.contains(odd, base).expect("walked"));
});
