//! Telling which files were followed, and which others each could have been.

use super::FollowedRename;
use super::follow::Renamed;
use super::merger::{MergeMemory, Merger, OngoingMerge};
use super::node::MergeSide;
use super::rename::Renames;
use super::similarity::{EQUAL, LEAST, Similarity};
use super::store::Store;
use super::tree::Version;
use crate::error::GitError;
use crate::hash::HashMap;
use crate::path::RepoPath;

/// Where a side moved more files than this, none is compared with all others.
const MOST: usize = 2000;

impl OngoingMerge<'_, '_> {
    /// Notes that a file was followed from its old version to its new one. `all` are the renames of the side that moved it.
    pub(super) fn note_rename(
        &mut self,
        rename: &Renamed,
        [old, new]: [Version; 2],
        all: &Renames,
    ) -> Result<(), GitError> {
        if !self.engine.tells_renames {
            return Ok(());
        }
        let singles = &self.moves[rename.side.index()].singles;
        let Merger { store, memory: MergeMemory { similarity, .. }, .. } = &mut *self.engine;
        let score = score(store, similarity, old, new)?;
        let mut rivals = Vec::new();
        if singles.len() <= MOST {
            let went: HashMap<usize, usize> =
                all.source.iter().enumerate().filter_map(|(to, from)| Some(((*from)?, to))).collect();
            for (at, single) in singles.iter().enumerate() {
                if single.path == rename.from || single.path == rename.to || !single.version.is_regular() {
                    continue;
                }
                let pair = if single.added { [old, single.version] } else { [single.version, new] };
                let rival = self::score(store, similarity, pair[0], pair[1])?;
                if rival < score.max(LEAST) {
                    continue;
                }
                // What is more like another file than like this one is that other.
                let partner = match single.added {
                    true => all.source.get(at).copied().flatten().map(|from| [singles[from].version, single.version]),
                    false => went.get(&at).map(|to| [single.version, singles[*to].version]),
                };
                let closer = match partner {
                    Some([old, new]) => self::score(store, similarity, old, new)? > rival,
                    None => false,
                };
                if !closer {
                    rivals.push(RepoPath::from_bytes(single.path.to_vec()));
                }
            }
        }
        rivals.sort();
        self.renames.push(FollowedRename {
            from: RepoPath::from_bytes(rename.from.to_vec()),
            to: RepoPath::from_bytes(rename.to.to_vec()),
            by_us: rename.side == MergeSide::Ours,
            alike: u8::try_from(score * 100 / EQUAL).unwrap_or(100),
            rivals,
        });
        Ok(())
    }
}

fn score(store: &mut Store<'_>, similarity: &mut Similarity, old: Version, new: Version) -> Result<u64, GitError> {
    if old.id == new.id { Ok(EQUAL) } else { similarity.score(store, old, new, (LEAST, false)) }
}
