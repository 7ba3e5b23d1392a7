//! Histories made up from a seed: a fork and its upstream that edit, move, remove and retype the same files.

use std::collections::BTreeMap;
use std::io::Write;

use super::content::{binary, commit_name, edit, repetitive, text};

/// States an upstream goes through in one history.
pub(super) const STEPS: usize = 9;

/// Numbers that look random and are the same for the same seed (xorshift64*).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).expect("64 bits") % end.max(1)
    }

    /// True once in `n` times.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    mode: &'static str,
    content: Vec<u8>,
}

/// All files of one state.
#[derive(Debug, Clone, Default)]
pub(super) struct State(BTreeMap<String, File>);

const FOLDERS: [&str; 9] = ["", "src", "src/core", "src/core/deep", "lib", "lib/util", "docs", "a", "a/b"];
const NAMES: [&str; 14] = [
    "one.rs",
    "two.rs",
    "mod.rs",
    "lib.rs",
    "README",
    "x",
    "x.c",
    "x-y",
    "x0",
    "Makefile",
    "data.bin",
    "über",
    "two words",
    "z",
];
const NEW_FOLDERS: [&str; 8] = ["src", "source", "lib", "moved/here", "a/b/c", "x", "core", "docs/old"];
const REGULAR: &str = "100644";
const EXECUTABLE: &str = "100755";
const LINK: &str = "120000";
const SUBMODULE: &str = "160000";

impl State {
    /// A state of one file.
    pub(super) fn of_file(path: &str, content: Vec<u8>) -> Self {
        Self(BTreeMap::from([(path.to_owned(), File { mode: REGULAR, content })]))
    }

    /// The state with one more file.
    pub(super) fn and_file(mut self, path: &str, content: Vec<u8>) -> Self {
        self.0.insert(path.to_owned(), File { mode: REGULAR, content });
        self
    }

    /// A first state, of some ten to thirty files.
    pub(super) fn first(random: &mut Random) -> Self {
        let mut state = Self::default();
        for _ in 0..10 + random.below(20) {
            state.add(random);
        }
        state
    }

    /// Makes up to `most` changes. Some take what `other` has, as a fork and an upstream do that merged before.
    pub(super) fn change(&mut self, random: &mut Random, most: usize, other: &Self) {
        for _ in 0..=random.below(most) {
            self.change_once(random, other);
        }
        if self.0.is_empty() {
            self.add(random);
        }
    }

    fn change_once(&mut self, random: &mut Random, other: &Self) {
        match random.below(28) {
            0..=8 => self.edit_some(random),
            9 | 10 => self.add(random),
            11 => self.remove(random),
            12 | 13 => self.rename(random, false),
            14..=16 => self.rename(random, true),
            17 | 18 => self.move_folder(random),
            19 => self.change_mode(random),
            20 => self.retype(random),
            21 => self.bump_submodule(random),
            22 => self.file_to_folder(random),
            23 => self.folder_to_file(random),
            24 => self.copy(random),
            25 => self.change_line_ends(random),
            26 => self.take_from(random, other),
            _ => self.remove_folder(random),
        }
    }

    fn any(&self, random: &mut Random) -> Option<String> {
        self.0.keys().nth(random.below(self.0.len())).cloned()
    }

    /// Puts a file, and removes whatever cannot be beside it.
    fn put(&mut self, path: &str, file: File) {
        let below = format!("{path}/");
        self.0.retain(|known, _| !known.starts_with(&below) && !path.starts_with(&format!("{known}/")));
        self.0.insert(path.to_owned(), file);
    }

    fn add(&mut self, random: &mut Random) {
        let path = join(random.pick(&FOLDERS), random.pick(&NAMES));
        let content = match random.below(12) {
            0 => binary(random),
            1 => Vec::new(),
            2 => repetitive(random),
            // The same few texts again and again, so that files are alike or equal.
            3..=6 => {
                let mut few = Random::new(random.below(5) as u64 + 1);
                let mut content = text(&mut few);
                if random.once_in(2) {
                    edit(random, &mut content);
                }
                content
            }
            _ => text(random),
        };
        let file = match random.below(20) {
            0 => File { mode: LINK, content: b"target".to_vec() },
            1 => File { mode: SUBMODULE, content: commit_name(random) },
            2 | 3 => File { mode: EXECUTABLE, content },
            _ => File { mode: REGULAR, content },
        };
        self.put(&path, file);
    }

    fn edit_some(&mut self, random: &mut Random) {
        let Some(path) = self.any(random) else { return };
        if let Some(file) = self.0.get_mut(&path) {
            match file.mode {
                LINK => file.content = format!("target{}", random.below(4)).into_bytes(),
                SUBMODULE => file.content = commit_name(random),
                _ => edit(random, &mut file.content),
            }
        }
    }

    fn remove(&mut self, random: &mut Random) {
        if let Some(path) = self.any(random) {
            self.0.remove(&path);
        }
    }

    fn rename(&mut self, random: &mut Random, edited: bool) {
        let Some(path) = self.any(random) else { return };
        let Some(mut file) = self.0.remove(&path) else { return };
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        let folder = path.strip_suffix(&name).map_or("", |folder| folder.trim_end_matches('/')).to_owned();
        let target = match random.below(3) {
            0 => join(random.pick(&FOLDERS), &name),
            1 => join(&folder, random.pick(&NAMES)),
            _ => join(random.pick(&NEW_FOLDERS), random.pick(&NAMES)),
        };
        if edited && file.mode != LINK && file.mode != SUBMODULE {
            edit(random, &mut file.content);
        }
        self.put(&target, file);
    }

    fn a_folder(&self, random: &mut Random) -> Option<String> {
        let path = self.any(random)?;
        let slashes: Vec<usize> = path.match_indices('/').map(|(i, _)| i).collect();
        (!slashes.is_empty()).then(|| path[..slashes[random.below(slashes.len())]].to_owned())
    }

    /// Moves a folder; now and then a file stays or goes elsewhere.
    fn move_folder(&mut self, random: &mut Random) {
        let Some(folder) = self.a_folder(random) else { return };
        let mut target = random.pick(&NEW_FOLDERS).to_owned();
        if random.once_in(3) {
            target = format!("{target}/{}", folder.rsplit('/').next().unwrap_or("f"));
        }
        if random.once_in(8) {
            target = String::new();
        }
        let astray = random.once_in(4);
        let below = format!("{folder}/");
        let paths: Vec<String> = self.0.keys().filter(|path| path.starts_with(&below)).cloned().collect();
        let mut moved = Vec::new();
        for path in paths {
            if astray && random.once_in(3) {
                if random.once_in(2)
                    && let Some(file) = self.0.remove(&path)
                {
                    moved.push((join(random.pick(&NEW_FOLDERS), &path[below.len()..]), file));
                }
                continue;
            }
            if let Some(mut file) = self.0.remove(&path) {
                if random.once_in(4) && (file.mode == REGULAR || file.mode == EXECUTABLE) {
                    edit(random, &mut file.content);
                }
                moved.push((join(&target, &path[below.len()..]), file));
            }
        }
        for (path, file) in moved {
            self.put(&path, file);
        }
    }

    fn change_mode(&mut self, random: &mut Random) {
        let Some(path) = self.any(random) else { return };
        if let Some(file) = self.0.get_mut(&path) {
            match file.mode {
                REGULAR => file.mode = EXECUTABLE,
                EXECUTABLE => file.mode = REGULAR,
                _ => {}
            }
        }
    }

    fn retype(&mut self, random: &mut Random) {
        let Some(path) = self.any(random) else { return };
        let file = match random.below(3) {
            0 => File { mode: LINK, content: format!("target{}", random.below(3)).into_bytes() },
            1 => File { mode: SUBMODULE, content: commit_name(random) },
            _ => File { mode: REGULAR, content: text(random) },
        };
        self.put(&path, file);
    }

    fn bump_submodule(&mut self, random: &mut Random) {
        let content = commit_name(random);
        match self.0.values_mut().find(|file| file.mode == SUBMODULE) {
            Some(file) => file.content = content,
            None => self.put("vendor/sub", File { mode: SUBMODULE, content }),
        }
    }

    fn file_to_folder(&mut self, random: &mut Random) {
        let Some(path) = self.any(random) else { return };
        let Some(file) = self.0.remove(&path) else { return };
        let inner = if random.once_in(2) { file } else { File { mode: REGULAR, content: text(random) } };
        self.put(&join(&path, random.pick(&NAMES)), inner);
        if random.once_in(2) {
            self.put(&join(&path, random.pick(&NAMES)), File { mode: REGULAR, content: text(random) });
        }
    }

    fn folder_to_file(&mut self, random: &mut Random) {
        let Some(folder) = self.a_folder(random) else { return };
        let content = text(random);
        self.put(&folder, File { mode: REGULAR, content });
    }

    fn copy(&mut self, random: &mut Random) {
        let Some(path) = self.any(random) else { return };
        if let Some(mut file) = self.0.get(&path).cloned() {
            if random.once_in(2) && file.mode == REGULAR {
                edit(random, &mut file.content);
            }
            self.put(&join(random.pick(&FOLDERS), random.pick(&NAMES)), file);
        }
    }

    fn change_line_ends(&mut self, random: &mut Random) {
        let Some(path) = self.any(random) else { return };
        let Some(file) = self.0.get_mut(&path) else { return };
        if file.mode != REGULAR && file.mode != EXECUTABLE {
            return;
        }
        if random.once_in(2) {
            if file.content.last() == Some(&b'\n') {
                file.content.pop();
            }
        } else if file.content.contains(&b'\r') {
            file.content.retain(|byte| *byte != b'\r');
        } else {
            file.content = file.content.split_inclusive(|byte| *byte == b'\n').fold(Vec::new(), |mut all, line| {
                all.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
                all.extend_from_slice(b"\r\n");
                all
            });
        }
    }

    fn take_from(&mut self, random: &mut Random, other: &Self) {
        for _ in 0..=random.below(3) {
            if let Some(path) = other.any(random)
                && let Some(file) = other.0.get(&path)
            {
                self.put(&path, file.clone());
            }
        }
    }

    fn remove_folder(&mut self, random: &mut Random) {
        if let Some(folder) = self.a_folder(random) {
            let below = format!("{folder}/");
            self.0.retain(|path, _| !path.starts_with(&below));
        }
    }

    /// Writes the state as a commit without parents, in the language of `git fast-import`.
    pub(super) fn export(&self, mark: usize, stream: &mut Vec<u8>) {
        self.export_onto(None, mark, stream);
    }

    /// Writes the state as a commit with this parent.
    pub(super) fn export_onto(&self, parent: Option<usize>, mark: usize, stream: &mut Vec<u8>) {
        let mut line = |text: String| stream.extend_from_slice(text.as_bytes());
        line("reset refs/states\n".to_owned());
        line(format!("commit refs/states\nmark :{mark}\ncommitter T <t@example.com> {mark} +0000\ndata 0\n"));
        if let Some(parent) = parent {
            line(format!("from :{parent}\ndeleteall\n"));
        }
        for (path, file) in &self.0 {
            if file.mode == SUBMODULE {
                let commit = String::from_utf8_lossy(&file.content);
                writeln!(stream, "M {SUBMODULE} {commit} {path}").expect("memory");
            } else {
                writeln!(stream, "M {} inline {path}\ndata {}", file.mode, file.content.len()).expect("memory");
                stream.extend_from_slice(&file.content);
                stream.push(b'\n');
            }
        }
    }
}

/// One fork and the states its upstream goes through.
pub(super) fn made_up(seed: u64) -> (State, Vec<State>) {
    let mut random = Random::new(seed);
    let base = State::first(&mut random);
    let mut fork = base.clone();
    // Every other history is a calm one: few changes, most of which merge.
    let (fork_changes, first_changes, changes) = if seed.is_multiple_of(2) { (3, 2, 2) } else { (10, 12, 5) };
    fork.change(&mut random, fork_changes, &base);
    let mut upstream = base;
    let mut states = Vec::new();
    for step in 0..=STEPS {
        // The first state may be far from the base, for a fork drifts; then it is small changes.
        let most = if step == 0 { first_changes } else { changes };
        upstream.change(&mut random, most, &fork);
        states.push(upstream.clone());
    }
    (fork, states)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
