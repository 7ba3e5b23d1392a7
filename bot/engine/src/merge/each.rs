//! Many independent merges, on all cores.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Merger;
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

/// The fewest jobs handed out at once. Neighbours in a range touch the same files, so that the cache of one serves the next.
const LEAST: usize = 4;

/// Does each of `jobs` jobs with a merger that makes no trees of conflicts, and returns the results in order. What a job makes
/// is forgotten after it. `step` is called, on this thread, for each job that is done.
///
/// # Errors
/// The first error, in order, of those that occurred; then no further job is begun.
pub fn each<T: Send>(
    repo: &Repo,
    jobs: usize,
    threads: Threads,
    work: impl Fn(&mut Merger<'_>, usize) -> Result<T, GitError> + Sync,
    step: &mut dyn FnMut(),
) -> Result<Vec<T>, GitError> {
    // A thread with little to do is not worth its start.
    let threads = threads.count().min(jobs.div_ceil(2 * LEAST)).max(1);
    let queue =
        JobQueue { left: Mutex::new(0..jobs), threads, done: AtomicUsize::new(0), failed: AtomicBool::new(false) };
    let others: Vec<Repo> = (1..threads).map(|_| repo.again()).collect::<Result<_, _>>()?;
    let mut results: Vec<JobResult<T>> = Vec::with_capacity(jobs);
    std::thread::scope(|scope| {
        let (queue, work) = (&queue, &work);
        let spawn = |repo: Repo| scope.spawn(move || queue.work(&repo, work, &mut || {}));
        let others: Vec<_> = others.into_iter().map(spawn).collect();
        let mut reported = 0;
        results.extend(queue.work(repo, work, &mut || queue.report(&mut reported, step)));
        for other in others {
            match other.join() {
                Ok(found) => results.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        queue.report(&mut reported, step);
    });
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The number of a job and its result.
type JobResult<T> = (usize, Result<T, GitError>);

/// Hands out jobs to threads.
struct JobQueue {
    left: Mutex<Range<usize>>,
    threads: usize,
    done: AtomicUsize,
    failed: AtomicBool,
}

impl JobQueue {
    /// The next jobs: the fewer, the fewer are left, so that all threads end at about the same time.
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
    ) -> Vec<JobResult<T>> {
        let mut results = Vec::new();
        let mut merger = match Merger::new(repo) {
            Ok(merger) => merger,
            Err(error) => return vec![(0, Err(error))],
        };
        merger.leave_conflicts();
        loop {
            let jobs = self.next();
            if jobs.is_empty() {
                return results;
            }
            for at in jobs {
                if self.failed.load(Ordering::Relaxed) {
                    return results;
                }
                let result = work(&mut merger, at);
                self.failed.fetch_or(result.is_err(), Ordering::Relaxed);
                results.push((at, result));
                merger.forget();
                self.done.fetch_add(1, Ordering::Relaxed);
                step();
            }
        }
    }

    /// Calls `step` for each job that was done since the last report.
    fn report(&self, reported: &mut usize, step: &mut dyn FnMut()) {
        let done = self.done.load(Ordering::Relaxed);
        (*reported..done).for_each(|_| step());
        *reported = done;
    }
}
