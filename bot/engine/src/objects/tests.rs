//! What is read, against what git says of repositories that git made; and what is damaged.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::ids::{BlobId, CommitId};
use crate::remote::test_git::git;
use crate::{GitError, Repo};

/// A commit of these files.
fn commit(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        fs::write(path, content).expect("written");
    }
    git(folder, &["add", "--all"], b"");
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "a change"], b"");
}

/// Every object git knows in a repository, with its kind and its content.
fn all(folder: &Path) -> Vec<(Id, Kind, Vec<u8>)> {
    let list = git(folder, &["cat-file", "--batch-all-objects", "--batch-check"], b"");
    let names: Vec<String> = String::from_utf8(list).expect("text").lines().map(|line| line[..40].to_owned()).collect();
    let mut output = &git(folder, &["cat-file", "--batch"], names.join("\n").as_bytes())[..];
    let mut found = Vec::new();
    while let Some(end) = output.iter().position(|byte| *byte == b'\n') {
        let head = std::str::from_utf8(&output[..end]).expect("text");
        let [name, kind, size] = head.split(' ').collect::<Vec<_>>()[..] else { panic!("{head}") };
        let kind = match kind {
            "blob" => Kind::Blob,
            "tree" => Kind::Tree,
            "commit" => Kind::Commit,
            _ => Kind::Tag,
        };
        let size: usize = size.parse().expect("a number");
        let id: BlobId = name.parse().expect("a name");
        found.push((*id.as_bytes(), kind, output[end + 1..][..size].to_vec()));
        output = &output[end + 2 + size..];
    }
    assert_eq!(found.len(), names.len());
    found
}

/// Text of many lines, of which one is changed.
fn text(changed: usize) -> Vec<u8> {
    let line = |at: usize| format!("line {at} of {}\n", if at % 97 == changed { changed } else { 0 });
    (0..4000).map(line).collect::<String>().into_bytes()
}

/// A repository with packs, in which objects are deltas of others, loose objects, and an alternate of either.
fn made(folder: &Path) -> PathBuf {
    let (lender, repo) = (folder.join("lender"), folder.join("repo"));
    fs::create_dir(&lender).expect("a folder");
    git(&lender, &["init", "--quiet"], b"");
    for at in 0..6 {
        commit(&lender, &[("long.txt", &text(at)), ("deep/in/a/folder", format!("{at}").as_bytes())]);
    }
    git(&lender, &["repack", "-a", "-d", "-f", "--quiet"], b"");
    commit(&lender, &[("empty", b""), ("binary", &[0; 70_000])]);
    git(folder, &["clone", "--quiet", "--shared", "lender", "repo"], b"");
    for at in 6..12 {
        commit(&repo, &[("long.txt", &text(at))]);
    }
    git(&repo, &["tag", "--annotate", "--message", "a tag", "tagged"], b"");
    git(&repo, &["repack", "-l", "-d", "-f", "--quiet"], b"");
    for at in 12..15 {
        commit(&repo, &[("long.txt", &text(at)), ("other", format!("{at}").as_bytes())]);
    }
    repo
}

fn read(repo: &Path, id: &Id) -> Result<Option<(Kind, Vec<u8>)>, Damaged> {
    let found = Objects::open(&repo.join(".git/objects")).read(&mut Reader::default(), id)?;
    Ok(found.map(|(kind, content)| (kind, content.bytes.clone())))
}

/// What a fetch brings is deltas against what is there; the bases are put at the end of its pack, after what is made of them.
#[test]
fn a_pack_that_a_fetch_completed_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (theirs, ours) = (folder.join("theirs"), folder.join("ours"));
    fs::create_dir(&theirs).expect("a folder");
    git(&theirs, &["init", "--quiet"], b"");
    for at in 0..3 {
        commit(&theirs, &[("long.txt", &text(at))]);
    }
    git(folder, &["clone", "--quiet", "--no-local", "theirs", "ours"], b"");
    for at in 3..9 {
        commit(&theirs, &[("long.txt", &text(at)), ("new.txt", format!("{at}").as_bytes())]);
    }
    git(&ours, &["-c", "fetch.unpackLimit=1", "fetch", "--quiet"], b"");
    let after = |pack: &Pack| {
        let ids = all(&ours).into_iter().filter_map(|(id, ..)| pack.find(&id));
        ids.filter_map(|at| Some((at, pack.entry(&mut Reader::default(), at)?))).any(|(at, entry)| {
            match entry.content {
                Content::Delta(base) => base > at,
                Content::Whole(_) => false,
            }
        })
    };
    let objects = Objects::open(&ours.join(".git/objects"));
    assert!(objects.packs.iter().any(after), "a base that is after what is made of it");
    for (id, kind, content) in all(&ours) {
        assert_eq!(read(&ours, &id), Ok(Some((kind, content))));
    }
}

/// Both have a first pack, of about the same places. A reader keeps what it read last, and must not take it for the other's.
#[test]
fn what_was_read_of_one_repository_is_not_taken_for_the_lenders() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, other] = ["one", "other"].map(|name| {
        let repo = folder.path().join(name);
        fs::create_dir(&repo).expect("a folder");
        git(&repo, &["init", "--quiet"], b"");
        for at in 0..8 {
            commit(&repo, &[("text", format!("{name} {at}").as_bytes())]);
        }
        git(&repo, &["repack", "-a", "-d", "--quiet"], b"");
        repo
    });
    let objects = Objects::open(&one.join(".git/objects"));
    objects.borrow(&Arc::new(Objects::open(&other.join(".git/objects"))));
    let mut reader = Reader::default();
    for pair in all(&one).into_iter().zip(all(&other)) {
        for (id, kind, content) in <[_; 2]>::from(pair) {
            let (found, read) = objects.read(&mut reader, &id).expect("not damaged").expect("there");
            assert_eq!((found, &read.bytes), (kind, &content));
        }
    }
}

#[test]
fn every_object_is_what_git_says_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let repo = made(folder.path());
    let all = all(&repo);
    let kinds = |kind| all.iter().filter(|(_, known, _)| *known == kind).count();
    assert!([Kind::Blob, Kind::Tree, Kind::Commit, Kind::Tag].into_iter().all(|kind| kinds(kind) > 0));
    let pack = git(&repo, &["count-objects", "--verbose"], b"");
    assert!(!String::from_utf8_lossy(&pack).contains("in-pack: 0"), "packs are read");
    assert!(!String::from_utf8_lossy(&pack).starts_with("count: 0"), "loose objects are read");
    let objects = Objects::open(&repo.join(".git/objects"));
    let mut reader = Reader::default();
    // Twice: the second time much is remembered.
    for _ in 0..2 {
        for (id, kind, content) in &all {
            assert_eq!(objects.size(&mut reader, id), Some(content.len()));
            let (found, read) = objects.read(&mut reader, id).expect("not damaged").expect("there");
            assert_eq!((found, &read.bytes), (*kind, content));
        }
    }
    assert!(objects.read(&mut reader, &[7; 20]).expect("not damaged").is_none());
}

#[test]
fn what_is_made_in_memory_and_what_comes_later_is_read_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path());
    let repo = Repo::open(&path).expect("a repository");
    let id = repo.make_blob(b"made in memory").expect("made");
    assert_eq!(repo.blob_at(id.as_bytes()).expect("read").bytes, b"made in memory");
    let later = git(&path, &["hash-object", "-w", "--stdin"], b"came later");
    let later: BlobId = String::from_utf8(later).expect("text").trim().parse().expect("a name");
    assert_eq!(repo.blob_at(later.as_bytes()).expect("read").bytes, b"came later");
    git(&path, &["repack", "-a", "-d", "--quiet"], b"");
    for (id, kind, content) in all(&path).into_iter().filter(|(_, kind, _)| *kind == Kind::Blob) {
        assert_eq!(repo.blob_at(&id).expect("packed otherwise now").bytes, content, "{kind:?}");
    }
    assert!(matches!(repo.blob_at(&[7; 20]), Err(GitError::Missing { .. })));
}

#[test]
fn a_loose_object_that_was_cut_short_is_damaged_whatever_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path());
    let head = String::from_utf8(git(&path, &["rev-parse", "HEAD", "HEAD~2", "HEAD^{tree}", "HEAD:other"], b""));
    let names: Vec<String> = head.expect("text").lines().map(str::to_owned).collect();
    let [commit, before, tree, blob] = &names[..] else { panic!("{names:?}") };
    let commits = [commit, before].map(|name| name.parse::<CommitId>().expect("a name"));
    let tree = tree.parse().expect("a name");
    let blob: BlobId = blob.parse().expect("a name");
    for (which, name) in names.iter().enumerate() {
        let file = path.join(".git/objects").join(&name[..2]).join(&name[2..]);
        let whole = fs::read(&file).expect("loose");
        fs::remove_file(&file).expect("removed");
        for length in [0, 1, 2, 3, 10, 15, whole.len() / 2, whole.len() - 5, whole.len() - 1] {
            fs::write(&file, &whole[..length]).expect("written");
            assert!(read(&path, name.parse::<BlobId>().expect("a name").as_bytes()).is_err());
            let repo = Repo::open(&path).expect("a repository");
            let asked = match which {
                0 | 1 => repo.range(commits[1], commits[0]).map(drop),
                2 => repo.files(tree).map(drop),
                _ => repo.blob_at(blob.as_bytes()).map(drop),
            };
            assert!(matches!(asked, Err(GitError::Damaged { .. })), "{name} cut to {length}: {asked:?}");
            assert!(repo.objects().is_damaged(name.parse::<BlobId>().expect("a name").as_bytes()));
        }
        fs::write(&file, &whole).expect("written");
    }
    let repo = Repo::open(&path).expect("a repository");
    assert_eq!(repo.range(commits[1], commits[0]).expect("whole again").len(), 2);
}

/// The one file of a kind in a folder.
fn file(folder: &Path, extension: &str) -> PathBuf {
    let mut files = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    files.find(|path| path.extension().is_some_and(|known| known == extension)).expect("a file")
}

#[test]
fn a_damaged_index_or_pack_ends_no_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path());
    let packs = path.join(".git/objects/pack");
    let all = all(&path);
    for extension in ["idx", "pack"] {
        let file = file(&packs, extension);
        let whole = fs::read(&file).expect("a file");
        fs::remove_file(&file).expect("removed");
        let each = (0..whole.len()).step_by(whole.len() / 60 + 1);
        let cut = each.clone().map(|length| whole[..length].to_vec());
        let changed = each.flat_map(|at| [0xff, 0x80, 0x01].map(|bits| (at, bits))).map(|(at, bits)| {
            let mut changed = whole.clone();
            changed[at] ^= bits;
            changed
        });
        for damaged in cut.chain(changed) {
            fs::write(&file, damaged).expect("written");
            let objects = Objects::open(&path.join(".git/objects"));
            let mut reader = Reader::default();
            for (id, ..) in &all {
                // Whatever it is, it is an answer, and it takes no more room than a file of this repository.
                if let Ok(Some((_, content))) = objects.read(&mut reader, id) {
                    assert!(content.bytes.len() < 1 << 20);
                }
                objects.size(&mut reader, id);
            }
        }
        fs::write(&file, whole).expect("written");
    }
}
