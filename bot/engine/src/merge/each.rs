//! Many merges that do not hang on each other, on all cores.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{ConflictStyle, Merger};
use crate::Repo;
use crate::error::GitError;

/// How many threads work at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// One for each core this program may use.
    All,
    /// So many, and at least one.
    Of(usize),
}

impl Threads {
    fn count(self) -> usize {
        match self {
            Self::All => std::thread::available_parallelism().map_or(1, NonZero::get),
            Self::Of(threads) => threads.max(1),
        }
    }
}

/// The fewest pieces of work handed out at once. Neighbours in a range touch the same files, so that one's memory serves the next.
const LEAST: usize = 4;

/// Does each of `jobs` pieces of work with a merger that makes no trees of conflicts, and returns the answers in order. What a
/// piece makes is forgotten after it. `step` is called, on this thread, for each piece that is done.
///
/// # Errors
/// The first error, in order, of those that came up; then no more work is begun.
pub fn each<T: Send>(
    repo: &Repo,
    jobs: usize,
    threads: Threads,
    work: impl Fn(&mut Merger<'_>, usize) -> Result<T, GitError> + Sync,
    step: &mut dyn FnMut(),
) -> Result<Vec<T>, GitError> {
    // A thread that is done in no time is not worth its start.
    let threads = threads.count().min(jobs.div_ceil(2 * LEAST)).max(1);
    let desk = Desk { left: Mutex::new(0..jobs), threads, done: AtomicUsize::new(0), failed: AtomicBool::new(false) };
    let others: Vec<Repo> = (1..threads).map(|_| repo.again()).collect::<Result<_, _>>()?;
    let mut answers: Vec<Answer<T>> = Vec::with_capacity(jobs);
    std::thread::scope(|scope| {
        let (desk, work) = (&desk, &work);
        let spawn = |repo: Repo| scope.spawn(move || desk.work(&repo, work, &mut || {}));
        let others: Vec<_> = others.into_iter().map(spawn).collect();
        let mut told = 0;
        answers.extend(desk.work(repo, work, &mut || desk.tell(&mut told, step)));
        for other in others {
            match other.join() {
                Ok(found) => answers.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        desk.tell(&mut told, step);
    });
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// A piece of work and what came of it.
type Answer<T> = (usize, Result<T, GitError>);

/// Where threads get their work.
struct Desk {
    left: Mutex<Range<usize>>,
    threads: usize,
    done: AtomicUsize,
    failed: AtomicBool,
}

impl Desk {
    /// The next pieces of work: the fewer, the less is left, so that all threads end at about the same time.
    fn next(&self) -> Range<usize> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let start = left.start;
        left.start += (2 * left.len()).div_ceil(3 * self.threads).max(LEAST).min(left.len());
        start..left.start
    }

    fn work<T>(
        &self,
        repo: &Repo,
        work: &impl Fn(&mut Merger<'_>, usize) -> Result<T, GitError>,
        step: &mut dyn FnMut(),
    ) -> Vec<Answer<T>> {
        let mut answers = Vec::new();
        let mut merger = match Merger::new(repo, ConflictStyle::default()) {
            Ok(merger) => merger,
            Err(error) => return vec![(0, Err(error))],
        };
        merger.leave_conflicts();
        loop {
            let pieces = self.next();
            if pieces.is_empty() {
                return answers;
            }
            for at in pieces {
                if self.failed.load(Ordering::Relaxed) {
                    return answers;
                }
                let answer = work(&mut merger, at);
                self.failed.fetch_or(answer.is_err(), Ordering::Relaxed);
                answers.push((at, answer));
                merger.forget();
                self.done.fetch_add(1, Ordering::Relaxed);
                step();
            }
        }
    }

    /// Counts what was done since it was told last.
    fn tell(&self, told: &mut usize, step: &mut dyn FnMut()) {
        let done = self.done.load(Ordering::Relaxed);
        (*told..done).for_each(|_| step());
        *told = done;
    }
}
