//! The lines that commits change, to find what one brings in another: whoever takes a change by hand, in a squash, under another title or
//! in a file of another name keeps most of its lines.
//!
//! A line is what it says without white space, with whether it came or went. One without a word or a number is left out.

mod index;
mod share;
mod sketch;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};

use engine::commit::{Entry, FileChange};
use engine::{FileText, GitError, Merger};

pub(super) use index::LineIndex;
use share::Rarity;
pub(super) use share::{Likeness, Owed, likeness, owe};
pub(super) use sketch::Sketch;
pub(super) use words::{Common, Words};

/// Larger files are not looked at: nobody wrote them by hand.
const LARGEST: usize = 1 << 20;
/// Nor are more files of a commit than these.
const FILES: usize = 500;
/// A line this long says as much as any.
const WHOLE: usize = 16;

/// A line that a commit changes: two in 2^64 share one.
pub(super) type LineHash = u64;

/// Hashes are as good as random.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(super) type ByLine<T> = HashMap<LineHash, T, BuildHasherDefault<AsItIs>>;

/// How often a line is changed, and how much of a whole line it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Count {
    pub(super) times: u32,
    pub(super) says: f32,
    /// Whether it came.
    pub(super) added: bool,
}

/// The lines that a commit changes in one file.
#[derive(Debug, Clone, Default)]
pub(super) struct FileDelta {
    /// The file's name without its folder.
    pub(super) name: Vec<u8>,
    pub(super) lines: ByLine<Count>,
}

/// The lines that a commit changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Delta {
    pub(super) files: Vec<FileDelta>,
}

impl Delta {
    /// Reads what a commit changes. Links, submodules, what is no text and what this clone lacks change no lines.
    ///
    /// # Errors
    /// A file is damaged.
    pub(super) fn read<'c>(
        merger: &mut Merger<'_>,
        changes: impl IntoIterator<Item = &'c FileChange>,
    ) -> Result<Self, GitError> {
        let mut files = Vec::new();
        for change in changes.into_iter().take(FILES) {
            let lines = changed(merger, change)?;
            if !lines.is_empty() {
                files.push(FileDelta { name: change.path.file_name().to_vec(), lines });
            }
        }
        let mut delta = Self { files };
        delta.leave_out_moved();
        Ok(delta)
    }

    /// What several commits change together: what one brings and another takes is neither.
    pub(super) fn of_all(deltas: impl IntoIterator<Item = Self>) -> Self {
        let mut files: BTreeMap<Vec<u8>, ByLine<(i64, f32)>> = BTreeMap::new();
        for file in deltas.into_iter().flat_map(|delta| delta.files) {
            let more = files.entry(file.name).or_default();
            for (line, count) in file.lines {
                let (said, step) = if count.added { (line, 1) } else { (!line, -1) };
                more.entry(said).or_insert((0, count.says)).0 += step * i64::from(count.times);
            }
        }
        let files = files.into_iter().map(|(name, more)| FileDelta { name, lines: net(more) });
        Self { files: files.filter(|file| !file.lines.is_empty()).collect() }
    }

    /// Takes out what only goes from one file to another: where both sides move a file, each elsewhere, neither has the other's change.
    fn leave_out_moved(&mut self) {
        let mut sides: ByLine<[u32; 2]> = ByLine::default();
        for (line, count) in self.files.iter().flat_map(|file| &file.lines) {
            let said = if count.added { *line } else { !*line };
            sides.entry(said).or_default()[usize::from(count.added)] += count.times;
        }
        let mut moved: ByLine<[u32; 2]> = sides
            .into_iter()
            .map(|(said, [went, came])| (said, [went.min(came); 2]))
            .filter(|(_, [times, _])| *times > 0)
            .collect();
        if moved.is_empty() {
            return;
        }
        for file in &mut self.files {
            file.lines.retain(|line, count| {
                let said = if count.added { *line } else { !*line };
                if let Some(left) = moved.get_mut(&said) {
                    let left = &mut left[usize::from(count.added)];
                    let taken = count.times.min(*left);
                    (*left, count.times) = (*left - taken, count.times - taken);
                }
                count.times > 0
            });
        }
        self.files.retain(|file| !file.lines.is_empty());
    }

    /// Whether most of the lines that another adds go with this.
    pub(super) fn takes_back(&self, other: &Self) -> bool {
        let here = self.all();
        let (mut all, mut gone) = (0, 0);
        for (line, count) in other.all().iter().filter(|(_, count)| count.added) {
            all += count.times;
            gone += here.get(&!*line).filter(|here| !here.added).map_or(0, |here| here.times.min(count.times));
        }
        all > 0 && gone * 2 > all
    }

    /// All its lines, whichever file they are in.
    pub(super) fn all(&self) -> ByLine<Count> {
        let mut all: ByLine<Count> = ByLine::default();
        for (line, count) in self.files.iter().flat_map(|file| &file.lines) {
            all.entry(*line).and_modify(|known| known.times += count.times).or_insert(*count);
        }
        all
    }
}

/// The lines of whole files.
///
/// # Errors
/// A file is damaged.
pub(super) fn of_files(
    merger: &mut Merger<'_>,
    files: impl IntoIterator<Item = Option<Entry>>,
) -> Result<HashSet<LineHash>, GitError> {
    let (mut all, mut bare) = (HashSet::new(), Vec::new());
    for file in files {
        if let Some(text) = text(merger, file)?.flatten() {
            let lines = text.split(|byte| *byte == b'\n').filter_map(|line| said(line, &mut bare));
            all.extend(lines.map(|(line, _)| line));
        }
    }
    Ok(all)
}

/// One side of a change: `None` where that is nothing to be read line by line, and nothing where there is no file.
#[expect(clippy::option_option, reason = "a missing file is an empty text; a picture is none")]
fn text(merger: &mut Merger<'_>, entry: Option<Entry>) -> Result<Option<Option<FileText>>, GitError> {
    let Some(entry) = entry else { return Ok(Some(None)) };
    if !entry.is_file() {
        return Ok(None);
    }
    Ok(merger.text_at_hand(entry, LARGEST)?.map(Some))
}

/// The lines that a change takes or brings. What is moved within the file is neither.
fn changed(merger: &mut Merger<'_>, change: &FileChange) -> Result<ByLine<Count>, GitError> {
    let mut more: ByLine<(i64, f32)> = ByLine::default();
    let mut bare = Vec::new();
    each_changed(merger, change, |line, step| {
        if let Some((line, says)) = said(line, &mut bare) {
            more.entry(line).or_insert((0, says)).0 += step;
        }
    })?;
    Ok(net(more))
}

/// The lines that are there more often than before, and those that are less often.
fn net(more: ByLine<(i64, f32)>) -> ByLine<Count> {
    let changed = more.into_iter().filter(|(_, (more, _))| *more != 0);
    changed
        .map(|(line, (more, says))| {
            let added = more > 0;
            let times = u32::try_from(more.unsigned_abs()).unwrap_or(u32::MAX);
            // What went is another line than what came.
            (if added { line } else { !line }, Count { times, says, added })
        })
        .collect()
}

/// Calls for each line that a change takes, with -1, and for each that it brings, with 1.
fn each_changed(
    merger: &mut Merger<'_>,
    change: &FileChange,
    mut seen: impl FnMut(&[u8], i64),
) -> Result<(), GitError> {
    let [Some(old), Some(new)] = [text(merger, change.old)?, text(merger, change.new)?] else { return Ok(()) };
    match (change.old, change.new) {
        (Some(old), Some(new)) => {
            let Some(hunks) = merger.hunks(old, new)? else { return Ok(()) };
            let [old, new] = [merger.lines(old)?, merger.lines(new)?];
            for hunk in hunks {
                old.of(hunk.old).for_each(|line| seen(line, -1));
                new.of(hunk.new).for_each(|line| seen(line, 1));
            }
        }
        _ => {
            for (text, step) in [(old, -1), (new, 1)] {
                text.iter().flat_map(|text| text.split(|byte| *byte == b'\n')).for_each(|line| seen(line, step));
            }
        }
    }
    Ok(())
}

/// What a line says, without white space, for which it needs some room; `None` where it has no word and no number.
fn said(line: &[u8], bare: &mut Vec<u8>) -> Option<(LineHash, f32)> {
    bare.clear();
    bare.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
    if !bare.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    hasher.write(bare);
    #[expect(clippy::cast_precision_loss, reason = "at most WHOLE")]
    let says = bare.len().min(WHOLE) as f32 / WHOLE as f32;
    Some((hasher.finish(), says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_it_says_without_white_space() {
        let said = |line: &str| said(line.as_bytes(), &mut Vec::new());
        assert_eq!(said("\tcall(b);\r\n"), said("    call( b );"));
        assert_ne!(said("call(b);"), said("call(c);"));
        assert_eq!((said("}"), said("  // ---"), said("")), (None, None, None));
        let weights = ["a", "a line of the usual length"].map(|line| said(line).map(|(_, says)| says));
        assert_eq!(weights, [Some(1.0 / 16.0), Some(1.0)]);
    }
}
