//! Git itself, asked for the same merges.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use engine::GitVersion;

/// A bare repository in a temporary folder, and git run on it with no configuration but its own.
pub(super) struct Scratch {
    folder: tempfile::TempDir,
}

/// A merge to make: three trees or commits, by name. The names are also what git labels conflicts with.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    pub(super) base: String,
    pub(super) ours: String,
    pub(super) theirs: String,
}

/// The result of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) clean: bool,
    /// Whether all that conflicts is known to be lines of texts.
    pub(super) only_texts: bool,
    pub(super) tree: String,
    /// Paths in conflict, each once, in path order.
    pub(super) paths: Vec<Vec<u8>>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        scratch.git(&["init", "--quiet", "--bare", "."], b"");
        scratch
    }

    /// A repository that borrows the objects of another one, which stays as it is.
    pub(super) fn borrowing(other: &Path) -> Self {
        let scratch = Self::new();
        let objects = std::fs::canonicalize(other.join("objects"))
            .or_else(|_| std::fs::canonicalize(other.join(".git/objects")))
            .expect("the objects of the other repository");
        let alternates = scratch.path().join("objects/info/alternates");
        std::fs::write(alternates, format!("{}\n", objects.display())).expect("a writable folder");
        scratch
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// Keeps the folder, for a look at what went wrong.
    pub(super) fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    /// Runs git and returns what it printed.
    pub(super) fn git(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        git(self.folder.path(), arguments, input)
    }

    /// Git's answers to these merges, by one process; none for a merge on which git itself fails (some renames between
    /// files, links and submodules run into its own assertions) or loses a file that is to follow its folder: from a path that
    /// was a folder before (it is then listed with no mode at all), to where it came from, or to where another came from.
    pub(super) fn merge(&self, picks: &[Pick]) -> Vec<Option<Answer>> {
        self.merge_with(&["-c", "merge.conflictStyle=zdiff3"], picks)
    }

    /// As [`Scratch::merge`], by git with these options.
    pub(super) fn merge_with(&self, options: &[&str], picks: &[Pick]) -> Vec<Option<Answer>> {
        let lines: String =
            picks.iter().map(|pick| format!("{} -- {} {}\n", pick.base, pick.ours, pick.theirs)).collect();
        let arguments = [options, &["merge-tree", "--stdin", "-z", "--messages"]].concat();
        let Some(output) = try_git(self.folder.path(), &arguments, lines.as_bytes()) else {
            if picks.len() == 1 {
                return vec![None];
            }
            let (some, others) = picks.split_at(picks.len() / 2);
            return [self.merge_with(options, some), self.merge_with(options, others)].concat();
        };
        let mut fields = output.split(|byte| *byte == 0);
        let answers = picks.iter().map(|_| answer(&mut fields)).collect();
        assert_eq!(fields.next(), Some(&b""[..]), "nothing is left over");
        answers
    }

    /// Imports what [`super::history::State::export`] wrote, and returns the commits in order of their marks.
    pub(super) fn import(&self, stream: &[u8]) -> Vec<String> {
        self.git(&["fast-import", "--quiet", "--force", "--export-marks=marks"], stream);
        let marks = std::fs::read_to_string(self.path().join("marks")).expect("marks");
        let mut commits: Vec<(usize, String)> = marks
            .lines()
            .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
            .map(|(mark, commit)| (mark.parse().expect("a number"), commit.to_owned()))
            .collect();
        commits.sort();
        commits.into_iter().map(|(_, commit)| commit).collect()
    }

    /// The trees of these commits or trees.
    pub(super) fn trees(&self, names: &[String]) -> Vec<String> {
        let lines: String = names.iter().map(|name| format!("{name}^{{tree}}\n")).collect();
        let output = self.git(&["cat-file", "--batch-check=%(objectname)"], lines.as_bytes());
        String::from_utf8(output).expect("object names").lines().map(str::to_owned).collect()
    }
}

fn answer<'o>(fields: &mut impl Iterator<Item = &'o [u8]>) -> Option<Answer> {
    let mut clean = fields.next().expect("a verdict") == b"1";
    let tree = String::from_utf8(fields.next().expect("a tree").to_vec()).expect("an object name");
    let mut paths = Vec::new();
    let mut lost = false;
    let mut located = Vec::new();
    for entry in fields.by_ref().take_while(|field| !field.is_empty()) {
        let tab = entry.iter().position(|byte| *byte == b'\t').expect("mode, object and stage before the path");
        lost |= entry.starts_with(b"000000 ");
        paths.push(entry[tab + 1..].to_vec());
    }
    while let Some(count) = fields.next().filter(|field| !field.is_empty()) {
        let count: usize = String::from_utf8_lossy(count).parse().expect("the number of paths");
        let about: Vec<&[u8]> = fields.by_ref().take(count).collect();
        let kind = fields.next().expect("a kind");
        fields.next().expect("a message");
        // Where the text to be added cannot be merged itself and then meets an empty file, git says so, leaves the markers in
        // the file, and calls the merge clean. A maintainer would find them in the branch; for us it is a conflict.
        if kind == b"CONFLICT (rename involved in collision)" {
            clean = false;
            paths.push(about[0].to_vec());
            lost |= about[0] == about[1];
        }
        // A file that its folder took back to where it came from is not renamed.
        lost |= kind == b"CONFLICT (rename/rename)" && about[1..].contains(&about[0]);
        if kind == b"CONFLICT (directory rename suggested)" {
            located.push(about[0].to_vec());
        }
    }
    lost |= located.iter().any(|path| !paths.iter().any(|other| other.starts_with(path)));
    paths.sort();
    paths.dedup();
    (!lost).then_some(Answer { clean, only_texts: false, tree, paths })
}

/// The version of the git here.
pub(super) fn installed() -> GitVersion {
    static VERSION: LazyLock<GitVersion> = LazyLock::new(|| {
        let printed = String::from_utf8(git(Path::new("."), &["version"], b"")).expect("text");
        let number = printed.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        let mut parts = number.into_iter().flat_map(|number| number.trim().split('.')).map(str::parse);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => GitVersion(major, minor),
            _ => panic!("git says it is {printed:?}"),
        }
    });
    *VERSION
}

/// Runs git in a folder, apart from the configuration and the environment of the machine.
pub(super) fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    try_git(folder, arguments, input).unwrap_or_else(|| panic!("git {arguments:?} fails in {}", folder.display()))
}

fn try_git(folder: &Path, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("git")
        .args(["-c", "gc.auto=0", "-c", "core.looseCompression=0", "-c", "core.fsync=none"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git is installed");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // Git that fails reads no further; what counts is how it ends.
    let writer = std::thread::spawn(move || stdin.write_all(&input).is_ok());
    let output = child.wait_with_output().expect("git runs");
    let read = writer.join().expect("no panic");
    (output.status.success() && read).then_some(output.stdout)
}
