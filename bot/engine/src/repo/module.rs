//! Submodules that are at hand: in the work tree, or where git keeps those of a repository. Only their history is read.

use super::Repo;
use crate::ids::CommitId;
use crate::objects::Id;

impl Repo {
    /// The later of two commits that both sides moved a submodule to, where both follow the one that they started from and one follows
    /// the other. `None` where that is not so, or where it cannot be told, since the submodule or one of the commits is not here.
    pub(crate) fn fast_forward(&self, path: &[u8], commits: [Option<Id>; 3]) -> Option<Id> {
        let commits = commits.map(|commit| commit.map(CommitId::from_bytes));
        let [Some(base), Some(ours), Some(theirs)] = commits else { return None };
        let module = self.module(path)?;
        let follows = |later, earlier| module.contains(later, earlier).unwrap_or(false);
        if ![base, ours, theirs].iter().all(|commit| module.has_commit(*commit))
            || !follows(ours, base)
            || !follows(theirs, base)
        {
            return None;
        }
        let later = if follows(theirs, ours) { Some(theirs) } else { follows(ours, theirs).then_some(ours) };
        later.map(|later| *later.as_bytes())
    }

    /// The submodule at a path.
    fn module(&self, path: &[u8]) -> Option<Self> {
        let path = str::from_utf8(path).ok()?;
        // Whoever wrote the tree does not choose a place elsewhere.
        let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git");
        if !path.split('/').all(plain) || path.contains(['\\', ':']) {
            return None;
        }
        let checked_out = self.inner.workdir().map(|top| top.join(path));
        let kept = self.inner.commondir().join("modules").join(path);
        let open = |place: std::path::PathBuf| Self::open(&place).ok();
        checked_out.and_then(open).or_else(|| open(kept))
    }
}
