//! Two who write to the ledger at once: neither's word is lost.

use std::path::{Path, PathBuf};

use engine::Repo;
use engine::ids::CommitId;
use uptake::decision::Ruling;
use uptake::forge::folder::Folder;
use uptake::forge::{Branches, ForgeError};
use uptake::ledger::{BRANCH, Changed, Ledger, LedgerError, LedgerStore, Updated, update};

use crate::support::{World, said};

fn sha(number: u32) -> CommitId {
    let mut bytes = [0xaa; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    CommitId::from_bytes(bytes)
}

fn decide<S: LedgerStore + ?Sized>(repo: &Repo, store: &mut S, number: u32) -> Result<Updated, LedgerError> {
    let decision = said(Ruling::Skip { sha: sha(number) });
    update(repo, store, &mut |ledger: &Ledger| {
        Ok(Changed { ledger: ledger.decide(decision.clone())?, message: decision.ruling.to_string() })
    })
}

/// Which decisions a folder's ledger holds, in order.
fn decided(fork: &Path, out: &Path) -> Vec<CommitId> {
    let repo = Repo::open(fork).expect("opened");
    let at = Folder::new(out).fetch_branch(&repo, BRANCH).expect("read");
    let ledger = Ledger::read(&repo, at).expect("right");
    let sha = |decision: &uptake::decision::Decision| match decision.ruling {
        Ruling::Skip { sha } => sha,
        _ => panic!("{decision:?}"),
    };
    ledger.decisions().iter().map(sha).collect()
}

/// A folder forge on which somebody else writes first, at the moments it is told to: before the nth look, or before the nth write.
struct Raced<'a> {
    fork: &'a Path,
    out: &'a Path,
    /// One bit for each moment, the earliest first.
    moments: u32,
    next: u32,
    others: u32,
}

impl Raced<'_> {
    fn moment(&mut self) {
        if self.moments >> self.next & 1 == 1 {
            let repo = Repo::open(self.fork).expect("opened");
            decide(&repo, &mut Folder::new(self.out), 1000 + self.others).expect("the other one's word");
            self.others += 1;
        }
        self.next += 1;
    }
}

impl LedgerStore for Raced<'_> {
    fn at(&mut self, repo: &Repo) -> Result<Option<CommitId>, LedgerError> {
        self.moment();
        Folder::new(self.out).at(repo)
    }

    fn advance(&mut self, repo: &Repo, new: CommitId, expected: Option<CommitId>) -> Result<(), LedgerError> {
        self.moment();
        Folder::new(self.out).advance(repo, new, expected)
    }
}

#[test]
fn nobody_s_word_is_lost_in_any_of_64_interleavings() {
    let world = World::new(&[("a.txt", "a\n")]);
    for moments in 0..64_u32 {
        let out: PathBuf = world.folder().join(format!("out-{moments}"));
        let fork = world.fork();
        let mut raced = Raced { fork: &fork, out: &out, moments, next: 0, others: 0 };
        let repo = Repo::open(&fork).expect("opened");
        let updated = decide(&repo, &mut raced, 7).expect("ours");
        // A write is tried until nobody was quicker: up to three times here, as there are six moments.
        let mut wanted: Vec<CommitId> = (0..raced.others).map(|other| sha(1000 + other)).collect();
        wanted.push(sha(7));
        assert_eq!(decided(&fork, &out), wanted, "moments {moments:b}");
        assert!(updated.wrote);
        assert_eq!(raced.next % 2, 0);
    }
}

#[test]
fn who_is_always_beaten_gives_up_and_says_so() {
    let world = World::new(&[("a.txt", "a\n")]);
    let (fork, out) = (world.fork(), world.folder().join("out"));
    struct Beaten<'a>(Raced<'a>);
    impl LedgerStore for Beaten<'_> {
        fn at(&mut self, repo: &Repo) -> Result<Option<CommitId>, LedgerError> {
            Folder::new(self.0.out).at(repo)
        }

        fn advance(&mut self, repo: &Repo, new: CommitId, expected: Option<CommitId>) -> Result<(), LedgerError> {
            self.0.next = 0;
            self.0.advance(repo, new, expected)
        }
    }
    let mut beaten = Beaten(Raced { fork: &fork, out: &out, moments: 1, next: 0, others: 0 });
    let error = decide(&Repo::open(&fork).expect("opened"), &mut beaten, 7).expect_err("beaten");
    assert!(matches!(error, LedgerError::Contended(_)), "{error}");
    assert_eq!(decided(&fork, &out).len() as u32, beaten.0.others, "the others' words are all there");
}

#[test]
fn threads_that_write_at_once_lose_nothing() {
    const WRITERS: u32 = 5;
    const EACH: u32 = 4;
    let world = World::new(&[("a.txt", "a\n")]);
    let (fork, out) = (world.fork(), world.folder().join("out"));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (fork, out) = (&fork, &out);
            scope.spawn(move || {
                for number in 0..EACH {
                    let repo = Repo::open(fork).expect("opened");
                    loop {
                        match decide(&repo, &mut Folder::new(out), writer * 100 + number) {
                            Ok(_) => break,
                            // A folder is one writer's at a time, and says so to the other.
                            Err(LedgerError::Forge(ForgeError::Busy(_)) | LedgerError::Contended(_)) => {
                                std::thread::yield_now();
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            });
        }
    });
    let mut found = decided(&fork, &out);
    for writer in 0..WRITERS {
        let own: Vec<CommitId> = (0..EACH).map(|number| sha(writer * 100 + number)).collect();
        let order: Vec<CommitId> = found.iter().copied().filter(|sha| own.contains(sha)).collect();
        assert_eq!(order, own, "each writer's words are in the order they were said");
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len() as u32, WRITERS * EACH);
}
