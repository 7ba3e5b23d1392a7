//! What upstream's units did to each path, and which unit each line of it came with.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::origin;
use crate::units::Unit;
use engine::hash::{HashMap, HashSet};
use engine::ids::BlobId;
use engine::path::RepoPath;
use engine::{GitError, Merger};

/// A line by its content, without its end.
pub(super) type LineKey = u64;

/// A line that came with no unit of the range.
pub(super) const OLD: u32 = u32::MAX;

/// The key of a line; none for one without words.
pub(super) fn key(line: &[u8]) -> Option<LineKey> {
    let line = line.trim_ascii_end();
    if line.trim_ascii().is_empty() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    Some(hasher.finish())
}

/// What units did to one path, and to the paths it was moved from.
#[derive(Default)]
pub(super) struct Story {
    /// For each version, the unit each of its lines came with.
    pub(super) versions: HashMap<BlobId, Rc<[u32]>>,
    /// The lines of the version upstream's range starts from.
    pub(super) first: HashSet<LineKey>,
    /// The units that brought a line.
    pub(super) brought: HashMap<LineKey, Vec<u32>>,
    /// The units that removed it.
    pub(super) removed: HashMap<LineKey, Vec<u32>>,
    /// The units that brought the path, or took it away.
    pub(super) placed: Vec<usize>,
}

impl Story {
    /// Whether upstream has, or had, such a line.
    pub(super) fn knows(&self, line: LineKey) -> bool {
        self.first.contains(&line) || self.brought.contains_key(&line)
    }
}

/// The stories of all paths, each told when it is asked for.
pub(super) struct Stories<'a> {
    pub(super) units: &'a [Unit],
    touches: HashMap<&'a RepoPath, Vec<(usize, usize)>>,
    known: HashMap<RepoPath, Rc<Story>>,
}

impl<'a> Stories<'a> {
    pub(super) fn new(units: &'a [Unit]) -> Self {
        let mut touches: HashMap<&RepoPath, Vec<(usize, usize)>> = HashMap::default();
        for (at, unit) in units.iter().enumerate() {
            for (which, change) in unit.changes.iter().enumerate() {
                touches.entry(&change.path).or_default().push((at, which));
            }
        }
        Self { units, touches, known: HashMap::default() }
    }

    /// Whether a unit touches a path.
    pub(super) fn touches(&self, at: usize, path: &RepoPath) -> bool {
        self.touches.get(path).is_some_and(|all| all.binary_search_by_key(&at, |(unit, _)| *unit).is_ok())
    }

    /// What all units did to a path.
    pub(super) fn of(&mut self, merger: &mut Merger<'_>, path: &RepoPath) -> Result<Rc<Story>, GitError> {
        if let Some(known) = self.known.get(path) {
            return Ok(Rc::clone(known));
        }
        // A path that is moved to itself, by way of others, ends here.
        self.known.insert(path.clone(), Rc::default());
        let touches = self.touches.get(path).cloned().unwrap_or_default();
        let mut story = Story::default();
        for (at, which) in touches {
            origin::tell(self, merger, &mut story, (at, which))?;
        }
        let story = Rc::new(story);
        self.known.insert(path.clone(), Rc::clone(&story));
        Ok(story)
    }
}
