//! The whole matrix of a fork: what is known of every test, what is to be asked for next, and how a commit compares with its base.
//! Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{TestRecord, TestRun, TestState};
use super::want::{BASE, SEARCH, TestTarget, once_more};
use crate::config::Ci;
use crate::moment::Moment;
use crate::names::CellName;
use engine::ids::CommitId;

/// Everything that is known of tests: the record of each phase, by its id, and of the bases under [`BASE`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    pub records: BTreeMap<String, TestRecord>,
}

/// A test that is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRequest {
    /// In which record.
    pub of: String,
    /// The commit.
    pub head: CommitId,
    /// The cell.
    pub cell: CellName,
    /// The word it will be known by.
    pub request: String,
}

/// How a commit fares in one cell, seen against its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestVerdict {
    /// Nothing is known yet.
    Open,
    Passed,
    /// It failed, and its base passed: it is to blame.
    Failed,
    /// It failed, and nothing is known of its base yet.
    FailedSoFar,
    /// It failed, and so did its base.
    RedBase,
    /// It passed at one time and failed at another.
    Flaky,
    /// The test came to no end; how, is the cell's state.
    NoVerdict,
    /// It is not to be tested.
    Skipped,
}

impl Matrix {
    /// The tests that are wanted and were not asked for yet.
    #[must_use]
    pub fn missing(&self, wants: &[TestTarget]) -> Vec<TestRequest> {
        let mut asks: Vec<TestRequest> = Vec::new();
        for want in wants.iter().filter(|want| want.skipped.is_none()) {
            for (cell, request) in self.words(want) {
                let known = self.by_request(&request).is_some() || asks.iter().any(|ask| ask.request == request);
                if !known {
                    asks.push(TestRequest { of: want.of.clone(), head: want.head, cell: cell.clone(), request });
                }
            }
        }
        asks
    }

    /// The runs of tests that nobody wants any more: of heads that have moved on, and of tests asked for again. `tried`: what searches
    /// for a guilty pick want.
    #[must_use]
    pub fn stale(&self, wants: &[TestTarget], tried: &[TestRequest]) -> Vec<u64> {
        let mut wanted: Vec<String> =
            wants.iter().flat_map(|want| self.words(want).map(|(_, request)| request).collect::<Vec<_>>()).collect();
        wanted.extend(tried.iter().map(|ask| ask.request.clone()));
        let cells = || self.records.values().flat_map(|record| &record.tests);
        // What another commit has by its tree is that commit's test too.
        let shared: BTreeSet<u64> =
            cells().filter(|cell| wanted.contains(&cell.request)).filter_map(|cell| cell.run).collect();
        let stale = cells().filter(|cell| !cell.state.is_over() && !wanted.contains(&cell.request));
        stale.filter_map(|cell| cell.run).filter(|run| !shared.contains(run)).collect()
    }

    /// Notes what the wanted commits hold beside their tests.
    pub(super) fn note_trees(&mut self, wants: &[TestTarget]) {
        for want in wants.iter().filter(|want| want.tree.is_some()) {
            let tests = self.records.values_mut().flat_map(|record| &mut record.tests);
            for test in tests.filter(|test| test.head == want.head && test.tree.is_none()) {
                test.tree = want.tree;
            }
        }
    }

    /// Takes what is known of a tree, or soon will be, over to the wanted commits that hold the same and were never tested: a branch that was
    /// rebuilt to the same files keeps its results.
    pub fn take_over(&mut self, wants: &[TestTarget]) {
        for want in wants.iter().filter(|want| want.skipped.is_none() && want.tree.is_some()) {
            let first = want.requests().zip(&want.again).filter(|(_, again)| **again == 0);
            let wanted: Vec<(CellName, String)> = first.map(|((cell, request), _)| (cell.clone(), request)).collect();
            for (cell, request) in wanted {
                if self.by_request(&request).is_some() {
                    continue;
                }
                let all = self.records.values().flat_map(|record| &record.tests);
                let same: Vec<&TestRun> =
                    all.filter(|test| test.tree == want.tree && test.cell == cell && test.head != want.head).collect();
                let Some(last) = same.iter().filter(|test| test.holds()).max_by_key(|test| test.asked) else {
                    continue;
                };
                let others = same.iter().filter(|test| test.request != last.request).flat_map(|test| test.verdicts());
                let earlier = others.chain(last.earlier.iter().copied()).collect();
                let taken = TestRun { head: want.head, request, earlier, ..(*last).clone() };
                self.records.entry(want.of.clone()).or_default().tests.push(taken);
            }
        }
    }

    /// For each cell, the word by which the test is known that is to tell: once more where the runner of the first was lost.
    fn words<'w>(&self, want: &'w TestTarget) -> impl Iterator<Item = (&'w CellName, String)> {
        want.requests().map(|(cell, request)| {
            let lost = self.by_request(&request).is_some_and(|test| test.state == TestState::Lost);
            (cell, if lost { once_more(&request) } else { request })
        })
    }

    /// The test with this request, in whichever record.
    #[must_use]
    pub fn by_request(&self, request: &str) -> Option<&TestRun> {
        self.records.values().find_map(|record| record.find(request))
    }

    /// The last test of a commit in a cell, in whichever record.
    #[must_use]
    pub fn last(&self, head: CommitId, cell: &CellName) -> Option<&TestRun> {
        self.of(head, cell).pop()
    }

    pub(super) fn of(&self, head: CommitId, cell: &CellName) -> Vec<&TestRun> {
        let tests = self.records.values().flat_map(|record| &record.tests);
        tests.filter(|test| test.head == head && test.cell == *cell).collect()
    }

    /// Whether a commit both passed and failed in a cell: then neither says anything about it.
    #[must_use]
    pub fn is_flaky(&self, head: CommitId, cell: &CellName) -> bool {
        let ended = |red| self.of(head, cell).iter().any(|test| test.verdicts().any(|state| state.is_red() == red));
        ended(true) && ended(false)
    }

    /// How a wanted commit fares in a cell.
    #[must_use]
    pub fn standing(&self, want: &TestTarget, cell: &CellName) -> TestVerdict {
        if want.skipped.is_some() {
            return TestVerdict::Skipped;
        }
        let Some(test) = self.last(want.head, cell) else { return TestVerdict::Open };
        match test.state {
            TestState::Passed if self.is_flaky(want.head, cell) => TestVerdict::Flaky,
            TestState::Passed => TestVerdict::Passed,
            TestState::Failed | TestState::TimedOut if self.is_flaky(want.head, cell) => TestVerdict::Flaky,
            TestState::Failed | TestState::TimedOut if want.of == BASE => TestVerdict::Failed,
            TestState::Failed | TestState::TimedOut => match self.last(want.base, cell).map(|base| base.state) {
                Some(TestState::Failed | TestState::TimedOut) => TestVerdict::RedBase,
                Some(TestState::Passed) => TestVerdict::Failed,
                _ => TestVerdict::FailedSoFar,
            },
            TestState::Asked | TestState::Queued | TestState::Late | TestState::Running => TestVerdict::Open,
            TestState::NeverStarted
            | TestState::NoDevice
            | TestState::SetupFailed
            | TestState::Cancelled
            | TestState::Lost => TestVerdict::NoVerdict,
        }
    }

    /// With these tests about to be asked for.
    pub(super) fn note(&mut self, asks: &[TestRequest], now: Moment) {
        for ask in asks {
            let test = TestRun::new(ask.head, &ask.cell, ask.request.clone(), now);
            self.records.entry(ask.of.clone()).or_default().tests.push(test);
        }
    }
}

/// The configuration a test is run by: that of the want it belongs to, or, when it is wanted no more, of any.
pub(super) fn ci_of<'a>(wants: &'a [TestTarget], of: &str, head: CommitId) -> Option<&'a Ci> {
    let of = of.strip_prefix(SEARCH).unwrap_or(of);
    let own = wants.iter().find(|want| want.of == of && want.head == head);
    own.or_else(|| wants.iter().find(|want| want.of == of)).or(wants.first()).map(|want| &want.ci)
}
