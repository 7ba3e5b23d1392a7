//! Any three texts: comparing and merging them ends without a panic, and the answers agree with each other.
//!
//! The bytes are cut in three at zeros. Each of the others is a line, of few different ones, so that most lines repeat: that is
//! where a diff has choices to make.
#![no_main]

use std::cell::OnceCell;

use engine::commit::Entry;
use engine::{FileLines, MergeChunk, Merger, Repo};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static REPO: OnceCell<&'static Repo> = const { OnceCell::new() };
}

/// An empty repository, for as long as the program runs: what is merged stays in memory.
fn repo() -> &'static Repo {
    REPO.with(|repo| {
        *repo.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder").keep();
            Box::leak(Box::new(Repo::init(&folder, "main").expect("a repository")))
        })
    })
}

fn text(lines: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for line in lines {
        match line {
            255 => text.extend_from_slice(b"the last line has no end"),
            254 => text.extend_from_slice(b"carriage return\r\n"),
            253 => text.extend_from_slice(b"<<<<<<< ours\n"),
            252 => text.push(b'\n'),
            line => text.extend_from_slice(&[b'a' + line % 12, b'\n']),
        }
    }
    text
}

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(3, |byte| *byte == 0).map(text);
    let [base, ours, theirs] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let mut merger = Merger::new(repo()).expect("a merger");
    let mut file = |text: &[u8]| Entry { mode: 0o100_644, id: merger.make_file(text.to_vec()) };
    let [base_file, our_file, their_file] = [&base, &ours, &theirs].map(|text| file(text));

    changes_lead_from_old_to_new(&mut merger, base_file, their_file, &theirs);
    changes_lead_from_old_to_new(&mut merger, base_file, our_file, &ours);

    let mut chunks = |ours, theirs| merger.chunks(Some(base_file), ours, theirs).expect("read").expect("texts");
    assert_eq!(whole(&chunks(base_file, their_file)), Some(theirs.clone()), "what only they changed is theirs");
    assert_eq!(whole(&chunks(our_file, base_file)), Some(ours.clone()), "what only we changed is ours");
    assert_eq!(whole(&chunks(our_file, our_file)), Some(ours.clone()), "what both changed alike is the same");
    let merged = chunks(our_file, their_file);

    let hunks = merger.conflict_hunks(Some(base_file), our_file, their_file).expect("read").expect("texts");
    let our_lines = merger.lines(our_file).expect("read");
    let mut found = 0;
    for (at, chunk) in merged.iter().enumerate() {
        assert_eq!(at % 2 == 1, matches!(chunk, MergeChunk::Conflict { .. }), "chunks alternate");
        if let MergeChunk::Conflict { ours, theirs, lines, .. } = chunk {
            let whole = &hunks[found];
            assert!(whole.ours.start <= lines.ours.start && lines.ours.end <= whole.ours.end);
            assert_eq!(joined(&our_lines, lines.ours.clone()), *ours, "the lines are where they are said to be");
            assert!(ours.is_empty() || ours != theirs, "a conflict is one");
            found += 1;
        }
    }
    assert_eq!((merged.len() % 2, found), (1, hunks.len()));
});

fn joined(lines: &FileLines, range: std::ops::Range<usize>) -> Vec<u8> {
    lines.of(range).collect::<Vec<_>>().concat()
}

/// Whatever stands between hunks is the same in both files.
fn changes_lead_from_old_to_new(merger: &mut Merger<'_>, old: Entry, new: Entry, expected: &[u8]) {
    let hunks = merger.hunks(old, new).expect("read").expect("texts");
    let (old_lines, new_lines) = (merger.lines(old).expect("read"), merger.lines(new).expect("read"));
    let (mut built, mut at) = (Vec::new(), 0);
    for hunk in hunks {
        built.extend(joined(&old_lines, at..hunk.old.start));
        built.extend(joined(&new_lines, hunk.new.clone()));
        at = hunk.old.end;
    }
    built.extend(joined(&old_lines, at..old_lines.count()));
    assert_eq!(built, expected);
}

/// The text of a merge without conflicts.
fn whole(chunks: &[MergeChunk]) -> Option<Vec<u8>> {
    match chunks {
        [MergeChunk::Resolved(text)] => Some(text.clone()),
        _ => None,
    }
}
