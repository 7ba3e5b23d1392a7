//! What is in effect: of all decisions on one thing, the last word.

use crate::names::PhaseId;
use std::collections::BTreeMap;

use super::{Decision, FileResolution, Ruling};
use engine::ids::CommitId;

/// The last word on every commit, phase and path that a decision speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rulings {
    commits: BTreeMap<CommitId, Decision>,
    phases: BTreeMap<PhaseId, PhaseRulings>,
}

/// The last words on one phase. Each is there only while it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseRulings {
    /// [`Ruling::Hold`].
    pub hold: Option<Decision>,
    /// [`Ruling::Close`].
    pub close: Option<Decision>,
    /// [`Ruling::Reopen`], the last word after a [`Ruling::Close`].
    pub reopen: Option<Decision>,
    /// [`Ruling::Start`].
    pub start: Option<Decision>,
    /// [`Ruling::Rebuild`]: only while the branch is where the decision says.
    pub rebuild: Option<Decision>,
    /// [`Ruling::Resolve`], by path.
    pub resolve: BTreeMap<String, (FileResolution, Decision)>,
    /// Every [`Ruling::Retest`], oldest first: whether a run was asked for again is told by when.
    pub retests: Vec<Decision>,
    /// Every [`Ruling::Bisect`], oldest first.
    pub bisects: Vec<Decision>,
}

impl Rulings {
    /// What is in effect after these decisions, oldest first.
    #[must_use]
    pub fn of(decisions: &[Decision]) -> Self {
        let mut rulings = Self::default();
        for decision in decisions {
            rulings.add(decision);
        }
        rulings
    }

    fn add(&mut self, decision: &Decision) {
        let this = || Some(decision.clone());
        match &decision.ruling {
            Ruling::Pick { sha, .. }
            | Ruling::Skip { sha }
            | Ruling::Defer { sha }
            | Ruling::Taken { sha, .. }
            | Ruling::Move { sha, .. } => {
                self.commits.insert(*sha, decision.clone());
            }
            Ruling::Readmit { sha } => {
                self.commits.remove(sha);
            }
            Ruling::Resolve { phase: id, path, how } => {
                self.on(id).resolve.insert(path.clone(), (*how, decision.clone()));
            }
            // It is an answer, and kept as one.
            Ruling::Accept { .. } => {}
            Ruling::Rebuild { phase: id, .. } => self.on(id).rebuild = this(),
            Ruling::Hold { phase: id } => self.on(id).hold = this(),
            Ruling::Unhold { phase: id } => self.on(id).hold = None,
            Ruling::Close { phase: id, .. } => {
                let phase = self.on(id);
                (phase.close, phase.reopen) = (this(), None);
            }
            Ruling::Reopen { phase: id } => {
                let phase = self.on(id);
                (phase.close, phase.reopen) = (None, this());
            }
            Ruling::Start { phase: id } => self.on(id).start = this(),
            Ruling::Retest { phase: id, .. } => self.on(id).retests.push(decision.clone()),
            Ruling::Bisect { phase: id, .. } => self.on(id).bisects.push(decision.clone()),
        }
    }

    /// Whether a decision still holds: nothing later was decided on the same thing.
    #[must_use]
    pub fn holds(&self, decision: &Decision) -> bool {
        let on = |phase: &PhaseId, of: &dyn Fn(&PhaseRulings) -> bool| self.phase(phase).is_some_and(of);
        let is = |held: &Option<Decision>| held.as_ref() == Some(decision);
        match &decision.ruling {
            Ruling::Pick { sha, .. }
            | Ruling::Skip { sha }
            | Ruling::Defer { sha }
            | Ruling::Taken { sha, .. }
            | Ruling::Move { sha, .. } => self.commit(*sha) == Some(decision),
            Ruling::Readmit { sha } => self.commit(*sha).is_none(),
            Ruling::Resolve { phase, path, .. } => self.resolve(phase, path).is_some_and(|(_, held)| held == decision),
            Ruling::Accept { .. } => true,
            Ruling::Rebuild { phase, .. } => on(phase, &|phase| is(&phase.rebuild)),
            Ruling::Hold { phase } => on(phase, &|phase| is(&phase.hold)),
            Ruling::Unhold { phase } => on(phase, &|phase| phase.hold.is_none()),
            Ruling::Close { phase, .. } => on(phase, &|phase| is(&phase.close)),
            Ruling::Reopen { phase } => on(phase, &|phase| is(&phase.reopen)),
            Ruling::Start { phase } => on(phase, &|phase| is(&phase.start)),
            Ruling::Retest { phase, .. } => on(phase, &|phase| phase.retests.last() == Some(decision)),
            Ruling::Bisect { phase, .. } => on(phase, &|phase| phase.bisects.last() == Some(decision)),
        }
    }

    fn on(&mut self, phase: &PhaseId) -> &mut PhaseRulings {
        self.phases.entry(phase.clone()).or_default()
    }

    /// The decision on a commit that holds: to pick, skip, defer or move it. `None`: the configuration decides.
    #[must_use]
    pub fn commit(&self, sha: CommitId) -> Option<&Decision> {
        self.commits.get(&sha)
    }

    /// Whether a person had this very commit picked, and so read what it changes. Moving it elsewhere says nothing of that, nor does
    /// picking another commit of the same merge.
    #[must_use]
    pub fn lets_in(&self, sha: CommitId) -> bool {
        self.commit(sha).is_some_and(|decision| decision.lets_in(sha))
    }

    /// Every commit decided on, with the decision.
    pub fn commits(&self) -> impl Iterator<Item = (CommitId, &Decision)> {
        self.commits.iter().map(|(sha, decision)| (*sha, decision))
    }

    /// What holds of a phase; `None` where nothing was ever decided on it.
    #[must_use]
    pub fn phase(&self, id: &PhaseId) -> Option<&PhaseRulings> {
        self.phases.get(id)
    }

    /// How conflicts in this file of this phase are to be resolved, by decision.
    #[must_use]
    pub fn resolve(&self, phase: &PhaseId, path: &str) -> Option<&(FileResolution, Decision)> {
        self.phases.get(phase)?.resolve.get(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(ruling: Ruling) -> Decision {
        Decision {
            ruling,
            by: "maintainer".into(),
            when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
            link: None,
            why: None,
        }
    }

    #[test]
    fn the_last_word_holds_and_readmitting_takes_it_back() {
        let sha = CommitId::from_bytes([1; 20]);
        let mut decisions = vec![said(Ruling::Skip { sha }), said(Ruling::Defer { sha })];
        assert_eq!(Rulings::of(&decisions).commit(sha), Some(&decisions[1]));
        decisions.push(said(Ruling::Readmit { sha }));
        assert_eq!(Rulings::of(&decisions).commit(sha), None);
        decisions.push(said(Ruling::Move { sha, phase: "cuda".into() }));
        assert_eq!(Rulings::of(&decisions).commit(sha), decisions.last());
    }

    #[test]
    fn what_was_held_or_closed_goes_on_when_so_decided() {
        let phase = || PhaseId::from("cuda");
        let close = said(Ruling::Close { phase: phase(), pull: 7 });
        let hold = said(Ruling::Hold { phase: phase() });
        let of = |more: &[Ruling]| {
            let mut all = vec![close.clone(), hold.clone()];
            all.extend(more.iter().cloned().map(said));
            Rulings::of(&all).phase(&phase()).cloned().unwrap_or_default()
        };
        assert_eq!((of(&[]).close, of(&[]).hold), (Some(close.clone()), Some(hold.clone())));
        let gone = of(&[Ruling::Reopen { phase: phase() }, Ruling::Unhold { phase: phase() }]);
        assert_eq!((gone.close, gone.hold, gone.reopen.is_some()), (None, None, true));
    }
}
