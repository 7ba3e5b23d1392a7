//! Commits that git would not write: authors and dates of any bytes, lines of any kind, messages that are no text.

use engine::ids::CommitId;

use super::craft::{self, Craft, FILE};
use super::{begun, subjects};

#[test]
fn no_author_or_date_keeps_a_run_from_an_answer() {
    let lines: Vec<Vec<u8>> = [
        " <x@y> 1700000000 +0000",
        " <> 1700000000 +0000",
        "Name 1700000000 +0000",
        "Name <x@y>",
        "Name <x@y> ",
        "Name <x@y> 99999999999999999999 +0000",
        "Name <x@y> -1 +0000",
        "Name <x@y> 9223372036854775807 +0000",
        "Name <x@y> -9223372036854775808 +0000",
        "Name <x@y> 3153600000000 +0000",
        "Name <x@y> 1700000000 +9999",
        "Name <x@y> 1700000000 -99999999",
        "A > <b < c <x@y> 1700000000 +0000",
        "Name <x@y 1700000000 +0000",
        "Name x@y> 1700000000 +0000",
        "<x@y>",
        "",
        " ",
        "<",
        ">",
        "<>",
        "> <",
        "Name <x@y> x +0000",
        "Name <x@y> 17 x",
        "Name <x@y> 1700000000 +",
        "Name <x@y> 1700000000 + 1",
        "Name <x@y> 0x10 +0000",
        "Na\0me <x@y> 1700000000 +0000",
        "\u{1b}[31mRed\u{7}\u{202e} <x\u{200b}@y> 1700000000 +0000",
        "Name <x@y> 1700000000 +0000 more",
        "Name <x@y>\t1700000000\t+0000",
        "Name <x@y> 1700000000.5 +0000",
        "Name <x@y> +1700000000 +0000",
    ]
    .iter()
    .map(|line| line.as_bytes().to_vec())
    .chain([b"N\xff\xfe <x@y> 1700000000 +0000".to_vec(), vec![b'a'; 100_000]])
    .collect();
    for line in &lines {
        for which in 0..3 {
            let mut craft = Craft::new();
            let (first, base, fork) = begun(&mut craft);
            let tree = craft.tree(&[first, (FILE, b"n", craft.blob("n\n"))]);
            let fine = craft.signature();
            let by = match which {
                0 => (&line[..], fine.as_bytes()),
                1 => (fine.as_bytes(), &line[..]),
                _ => (&line[..], &line[..]),
            };
            let odd = craft.commit_by(tree, &[base], b"fix: odd", by);
            let after = craft.tree(&[first, (FILE, b"m", craft.blob("m\n")), (FILE, b"n", craft.blob("n\n"))]);
            let after = craft.commit(after, &[odd], "fix: after");
            craft.heads(fork, after);
            let (session, survey, built) = craft.answer().unwrap_or_else(|why| panic!("{line:?}: {why}"));
            assert_eq!(subjects(&survey), ["fix: odd", "fix: after"], "{line:?}");
            let picks = &built.phases[0].picks;
            assert_eq!(picks.len(), 2, "{line:?}");
            for pick in picks {
                let commit = session.repo.commit(pick.commit.expect("built")).expect("read");
                let hidden = |text: &str| text.chars().any(uptake::text::hides);
                assert!(!hidden(&commit.author.name) && !hidden(&commit.author.email), "{commit:?}");
            }
        }
    }
}

/// What stands between the tree and the message of a commit, read as git reads it.
#[test]
fn a_commit_of_odd_lines_is_read_as_git_reads_it() {
    let by = "Up <up@example.org> 1700000000 +0000";
    for (head, author, message) in [
        (format!("author {by}\n\nfix: odd\n"), "Up", "fix: odd\n"),
        (format!("committer {by}\n\nfix: odd\n"), "", "fix: odd\n"),
        ("\nfix: odd\n".to_owned(), "", "fix: odd\n"),
        (format!("committer {by}\nauthor {by}\n\nfix: odd\n"), "Up", "fix: odd\n"),
        (format!("author {by}\nauthor X <x@y> 1 +0000\ncommitter {by}\n\nfix: odd\n"), "Up", "fix: odd\n"),
        (format!("author {by}\ncommitter {by}\nnone\n such\nencoding nowhere\n\n\n\nfix: odd\n"), "Up", "fix: odd\n"),
        (format!("author {by}\ncommitter {by}\n"), "Up", ""),
        (format!("author {by}\ncommitter {by}"), "Up", ""),
        (format!("mergetag object\n tree x\n\u{0}\nauthor {by}\n\nfix: odd\n"), "Up", "fix: odd\n"),
        (String::new(), "", ""),
    ] {
        let (craft, odd) = with_raw(|tree, base| format!("tree {tree}\nparent {base}\n{head}"));
        let (session, survey, built) = craft.answer().unwrap_or_else(|why| panic!("{head:?}: {why}"));
        assert_eq!(survey.commits.len(), 2, "{head:?}");
        // No rule finds one without a subject.
        assert_eq!(built.phases[0].picks.len(), 1 + usize::from(!message.is_empty()), "{head:?}");
        let read = session.repo.commit(odd).expect("read");
        assert_eq!((&read.author.name[..], &read.message[..]), (author, message), "{head:?}");
    }
}

/// A commit that git reads nothing of stops a run as it stops git, and is named.
#[test]
fn a_commit_that_is_none_is_named() {
    let by = "Up <up@example.org> 1700000000 +0000";
    let rest = format!("author {by}\ncommitter {by}\n\nfix: odd\n");
    type Raw = fn(&str, &str, &str) -> String;
    let cases: [Raw; 7] = [
        |_, _, _| String::new(),
        |_, base, rest| format!("parent {base}\n{rest}"),
        |tree, base, rest| format!("tree {}\nparent {base}\n{rest}", &tree[1..]),
        |tree, base, rest| format!("tree {tree} \nparent {base}\n{rest}"),
        |tree, base, rest| format!("tree {tree}\nparent {}\n{rest}", &base[1..]),
        |tree, base, rest| format!("tree {tree}\nparent {base}\nparent x\n{rest}"),
        |tree, _, _| format!("tree {tree}"),
    ];
    for (at, raw) in cases.into_iter().enumerate() {
        let (craft, odd) = with_raw(|tree, base| raw(tree, base, &rest));
        let why = craft.answer().map(drop).expect_err("no answer");
        assert!(why.contains(&odd.to_string()) && why.contains("damaged"), "{at}: {why}");
    }
}

/// A fork and an upstream of two commits, the first of which is of these bytes.
fn with_raw(raw: impl FnOnce(&str, &str) -> String) -> (Craft, CommitId) {
    let mut craft = Craft::new();
    let (first, base, fork) = begun(&mut craft);
    let tree = craft.tree(&[first, (FILE, b"n", craft.blob("n\n"))]);
    let odd = craft.object("commit", raw(&craft::hex(tree), &craft::hex(base)).as_bytes());
    let after = craft.tree(&[first, (FILE, b"m", craft.blob("m\n")), (FILE, b"n", craft.blob("n\n"))]);
    let after = craft.commit(after, &[odd], "fix: after");
    craft.heads(fork, after);
    (craft, CommitId::from_bytes(odd))
}

#[test]
fn a_message_of_any_bytes_is_taken() {
    for message in [
        &b""[..],
        b"\n\n\n",
        b"fix\0hidden\n",
        b"fix \xff\xfe\n",
        b"x\r\n\r\n::error::boom\r\n##[error]x\r\n",
        b"\x1b[2J",
        &[b'a'; 300_000],
    ] {
        let mut craft = Craft::new();
        let base = craft.tree(&[(FILE, b"a", craft.blob("1\n"))]);
        let base = craft.commit(base, &[], "base");
        let tree = craft.tree(&[(FILE, b"a", craft.blob("2\n"))]);
        let signature = craft.signature();
        let odd = craft.commit_by(tree, &[base], message, (signature.as_bytes(), signature.as_bytes()));
        craft.heads(base, odd);
        let (_, survey, _) = craft.answer().unwrap_or_else(|why| panic!("{message:?}: {why}"));
        assert_eq!(survey.commits.len(), 1);
    }
}
