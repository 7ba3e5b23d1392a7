//! Upstream histories made up from a seed: branches, merges of two and more, merges with changes of their own, reverts, relands,
//! renames. Written by `git fast-import`, as commits with whole trees.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use engine::GitVersion;

use crate::support::git_command;

/// Numbers that look random and are the same for the same seed (xorshift64*).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        usize::try_from(number).expect("64 bits") % end.max(1)
    }

    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

type State = BTreeMap<String, Vec<String>>;

/// A commit of a made-up history; its parents are places of earlier ones.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) parents: Vec<usize>,
    pub(super) message: String,
    pub(super) state: State,
}

/// A history: the last commit is upstream's head, the first the root of all.
pub(super) struct History(pub(super) Vec<Made>);

const PATHS: [&str; 10] =
    ["a.rs", "b.rs", "src/c.rs", "src/d.rs", "src/deep/e.rs", "lib/f.rs", "lib/g.rs", "docs/h.md", "docs/i.md", "j"];
const TARGETS: [&str; 5] = ["moved/k.rs", "src/l.rs", "lib/new/m.rs", "n", "docs/o.md"];

fn line(random: &mut Random) -> String {
    let words = ["}", "", "call();", "let x = 1;", "// note", "return;", "use a;", "end"];
    let word = words[random.below(words.len())];
    if random.once_in(3) { word.to_owned() } else { format!("{word} {}", random.below(90)) }
}

/// The path of the file that the fork changes and upstream never does.
pub(super) const FORKS: &str = "forks/own.txt";

fn first(random: &mut Random) -> State {
    let mut state: State = PATHS
        .iter()
        .map(|path| ((*path).to_owned(), (0..12 + random.below(20)).map(|_| line(random)).collect()))
        .collect();
    state.insert(FORKS.to_owned(), (0..9).map(|at| format!("line {at}")).collect());
    state
}

fn change(random: &mut Random, state: &mut State) {
    for _ in 0..=random.below(3) {
        let own: Vec<String> = state.keys().filter(|path| *path != FORKS).cloned().collect();
        let Some(path) = own.get(random.below(own.len())).cloned() else { continue };
        match random.below(12) {
            0 => drop(state.remove(&path)),
            1 => {
                let lines = (0..8 + random.below(9)).map(|_| line(random)).collect();
                state.insert(TARGETS[random.below(TARGETS.len())].to_owned(), lines);
            }
            2 => {
                if let Some(lines) = state.remove(&path) {
                    state.insert(TARGETS[random.below(TARGETS.len())].to_owned(), lines);
                }
            }
            _ => {
                let lines = state.get_mut(&path).expect("there");
                let at = random.below(lines.len() + 1);
                match random.below(3) {
                    0 if at < lines.len() => drop(lines.remove(at)),
                    1 if at < lines.len() => lines[at] = line(random),
                    _ => lines.insert(at, line(random)),
                }
            }
        }
    }
}

impl History {
    /// Makes up so many commits.
    pub(super) fn new(random: &mut Random, commits: usize) -> Self {
        let mut made = vec![Made { parents: vec![], message: "Start".to_owned(), state: first(random) }];
        // The branches that have not been merged yet; the first is the main one.
        let mut tips = vec![0];
        while made.len() < commits {
            let at = if random.once_in(2) { 0 } else { random.below(tips.len()) };
            let next = match random.below(10) {
                0 | 1 if tips.len() < 5 => {
                    tips.push(tips[at]);
                    continue;
                }
                2..=4 if tips.len() > 1 => merge(random, &made, &mut tips),
                5 => undo(random, &made, tips[at]),
                _ => {
                    let mut state = made[tips[at]].state.clone();
                    change(random, &mut state);
                    Made { parents: vec![tips[at]], message: format!("Change {}", made.len()), state }
                }
            };
            // A merge puts its own branch first.
            let branch = tips.iter().position(|tip| *tip == next.parents[0]).unwrap_or(at);
            made.push(next);
            tips[branch] = made.len() - 1;
        }
        while tips.len() > 1 {
            let next = merge(random, &made, &mut tips);
            made.push(next);
            tips[0] = made.len() - 1;
        }
        let head = tips[0];
        if head + 1 != made.len() {
            let state = made[head].state.clone();
            made.push(Made { parents: vec![head], message: "Last".to_owned(), state });
        }
        Self(made)
    }

    /// The places of the commits that one has in its history, itself included.
    pub(super) fn ancestors(&self, of: usize) -> Vec<usize> {
        let mut seen = vec![false; self.0.len()];
        let mut pending = vec![of];
        while let Some(at) = pending.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                pending.extend(&self.0[at].parents);
            }
        }
        (0..self.0.len()).filter(|at| seen[*at]).collect()
    }

    /// Adds a fork of a commit that changes nothing of upstream's but its own paths; returns its place.
    pub(super) fn fork(&mut self, from: usize) -> usize {
        let mut state = self.0[from].state.clone();
        state.insert("OURS.md".to_owned(), vec!["ours".to_owned()]);
        state.insert(FORKS.to_owned(), (0..9).map(|at| format!("our line {at}")).collect());
        self.0.push(Made { parents: vec![from], message: "Ours".to_owned(), state });
        self.0.len() - 1
    }

    /// Writes it into a new bare repository; returns the commits by place.
    pub(super) fn write(&self, folder: &Path) -> Vec<String> {
        run(folder, &["init", "--quiet", "--bare", "--initial-branch=main", "."], b"");
        let mut stream = String::new();
        for (at, made) in self.0.iter().enumerate() {
            writeln!(stream, "reset refs/tmp\ncommit refs/tmp\nmark :{}", at + 1).expect("memory");
            writeln!(stream, "committer T <t@example.org> {} +0000", 1_700_000_000 + 60 * at).expect("memory");
            writeln!(stream, "data {}\n{}", made.message.len(), made.message).expect("memory");
            for (which, parent) in made.parents.iter().enumerate() {
                writeln!(stream, "{} :{}", if which == 0 { "from" } else { "merge" }, parent + 1).expect("memory");
            }
            stream.push_str("deleteall\n");
            for (path, lines) in &made.state {
                let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
                writeln!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len()).expect("memory");
            }
        }
        run(folder, &["fast-import", "--quiet", "--force", "--export-marks=marks"], stream.as_bytes());
        let marks = std::fs::read_to_string(folder.join("marks")).expect("marks");
        let mut commits: Vec<(usize, String)> = marks
            .lines()
            .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
            .map(|(mark, commit)| (mark.parse().expect("a number"), commit.to_owned()))
            .collect();
        commits.sort();
        commits.into_iter().map(|(_, commit)| commit).collect()
    }
}

/// A merge of one branch or several into another; the merged ones are gone. Whole files are merged: what both sides changed is the
/// first side's, and now and then the merge changes more.
fn merge(random: &mut Random, made: &[Made], tips: &mut Vec<usize>) -> Made {
    let others = if tips.len() > 2 && random.once_in(3) { 2 } else { 1 };
    let mut parents = vec![tips[0]];
    let mut state = made[tips[0]].state.clone();
    for _ in 0..others {
        let other = 1 + random.below(tips.len() - 1);
        // A branch may go on after it was merged: then histories cross.
        let tip = if random.once_in(4) { tips[other] } else { tips.remove(other) };
        if parents.contains(&tip) {
            continue;
        }
        let theirs = &made[tip].state;
        let base = &made[common(made, parents[0], tip)].state;
        for path in base.keys().chain(theirs.keys()).cloned().collect::<std::collections::BTreeSet<_>>() {
            if state.get(&path) == base.get(&path) {
                match theirs.get(&path) {
                    Some(lines) => drop(state.insert(path, lines.clone())),
                    None => drop(state.remove(&path)),
                }
            }
        }
        parents.push(tip);
        if tips.len() < 2 {
            break;
        }
    }
    if random.once_in(4) {
        change(random, &mut state);
    }
    if random.once_in(8) {
        state = made[parents[0]].state.clone();
    }
    let message = format!("Merge pull request #{} from una/branch", made.len());
    Made { parents, message, state }
}

/// Any common ancestor, the latest by place.
fn common(made: &[Made], one: usize, two: usize) -> usize {
    let reach = |from: usize| {
        let mut seen = vec![false; made.len()];
        let mut pending = vec![from];
        while let Some(at) = pending.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                pending.extend(&made[at].parents);
            }
        }
        seen
    };
    let (one, two) = (reach(one), reach(two));
    (0..made.len()).rev().find(|at| one[*at] && two[*at]).unwrap_or(0)
}

/// Takes back what a recent commit of the branch changed, file by file, or brings back what such a commit took back.
fn undo(random: &mut Random, made: &[Made], tip: usize) -> Made {
    let mut target = tip;
    for _ in 0..random.below(4) {
        if let [parent] = *made[target].parents {
            target = parent;
        }
    }
    let mut state = made[tip].state.clone();
    if let [parent] = *made[target].parents {
        let (before, after) = (&made[parent].state, &made[target].state);
        for path in before.keys().chain(after.keys()).cloned().collect::<std::collections::BTreeSet<_>>() {
            if before.get(&path) != after.get(&path) && state.get(&path) == after.get(&path) {
                match before.get(&path) {
                    Some(lines) => drop(state.insert(path, lines.clone())),
                    None => drop(state.remove(&path)),
                }
            }
        }
    }
    Made { parents: vec![tip], message: format!("Revert \"{}\"", made[target].message), state }
}

/// The version of git whose answers are to be given.
pub(super) fn installed() -> GitVersion {
    let (_, printed) = run(Path::new("."), &["--version"], b"");
    let mut numbers = printed.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    GitVersion(numbers.next().expect("a number"), numbers.next().expect("a number"))
}

/// Runs git in a folder with this on its standard input: whether it succeeded, and what it printed.
pub(super) fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> (bool, String) {
    let mut command = git_command(folder, arguments, 0);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git is installed");
    child.stdin.take().expect("a pipe").write_all(input).expect("written");
    let output = child.wait_with_output().expect("git runs");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
