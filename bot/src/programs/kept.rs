//! What programs answered to tasks that always come to the same, kept between runs: a survey asks its formatters for the same files every
//! time, and starting them is most of what it costs.
//!
//! An answer is found by the task and by what the program is on disk: one that was installed anew is asked again. Keeping is never a
//! reason to fail. What cannot be written is not kept, and what does not come back as it was written is asked for again.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::SystemRunner;
use crate::pick::runner::{CommandError, CommandFiles, CommandRunner, Task};
use engine::name_of;

/// How many bytes are kept at most.
const MOST: u64 = 64 << 20;

/// Of the first line of a script, how much is read for the name of what runs it.
const FIRST_LINE: u64 = 512;

/// Starts programs, and keeps what they answered in a folder.
pub struct KeepingRunner {
    runner: SystemRunner,
    /// Finds the folder, when the first answer is looked for: there may be no clone before.
    find: Box<dyn Fn() -> Option<PathBuf>>,
    folder: OnceCell<Option<PathBuf>>,
    /// The bytes that are kept, once they were counted.
    held: Cell<Option<u64>>,
    most: u64,
}

impl fmt::Debug for KeepingRunner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeepingRunner").field("runner", &self.runner).finish_non_exhaustive()
    }
}

impl KeepingRunner {
    /// One that keeps answers in the folder that is found when the first is asked for; nowhere where there is none.
    #[must_use]
    pub fn new(runner: SystemRunner, folder: impl Fn() -> Option<PathBuf> + 'static) -> Self {
        Self { runner, find: Box::new(folder), folder: OnceCell::new(), held: Cell::new(None), most: MOST }
    }

    /// Where the answer to a task is kept, where it may be.
    fn file(&self, task: &Task) -> Option<PathBuf> {
        if !task.repeatable {
            return None;
        }
        let folder = self.folder.get_or_init(|| (self.find)()).as_ref()?;
        let (program, arguments) = task.command.split_first()?;
        let mut state = states_of(&self.runner.find(program)?)?;
        // `python3 /opt/format.py`: what a program is given by its full path is a part of it.
        for named in arguments.iter().map(Path::new).filter(|named| named.is_absolute() && named.is_file()) {
            state.push(FileState::of(named)?);
        }
        let name = name_of(format!("{} {state:?}", task.name()).as_bytes()).to_string();
        let (group, rest) = name.split_at_checked(2)?;
        Some(folder.join(group).join(rest))
    }

    /// Keeps an answer, and makes room where there is too much.
    fn keep(&self, file: &Path, answer: &[u8]) -> io::Result<()> {
        let Some(Some(folder)) = self.folder.get() else { return Ok(()) };
        let held = match self.held.get() {
            Some(held) => held,
            None => kept(folder).iter().map(|(_, size, _)| size).sum(),
        };
        let mut held = held + answer.len() as u64;
        if held > self.most {
            held = clear(folder, self.most / 2);
        }
        self.held.set(Some(held));
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        // Written in part, it does not have the name it begins with.
        fs::write(file, [name_of(answer).to_string().as_bytes(), b"\n", answer].concat())
    }
}

impl CommandRunner for KeepingRunner {
    fn can_start(&self, command: &[String]) -> Result<(), CommandError> {
        self.runner.can_start(command)
    }

    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
        let Some(file) = self.file(task) else { return self.runner.generate(task) };
        if let Some(answer) = read(&file) {
            return Ok(answer);
        }
        let answer = self.runner.generate(task)?;
        let _unkept = self.keep(&file, &answer);
        Ok(answer)
    }

    fn generate_folder(&self, task: &Task) -> Result<CommandFiles, CommandError> {
        self.runner.generate_folder(task)
    }
}

/// An answer that was kept, where it is whole.
fn read(file: &Path) -> Option<Vec<u8>> {
    let mut content = fs::read(file).ok()?;
    let end = content.iter().position(|byte| *byte == b'\n')?;
    let answer = content.split_off(end + 1);
    (name_of(&answer).to_string().as_bytes() == &content[..end]).then_some(answer)
}

/// All that is kept: when it was written, its size, and where it is.
fn kept(folder: &Path) -> Vec<(Option<SystemTime>, u64, PathBuf)> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries(folder).flat_map(|group| entries(&group.path())).filter_map(|entry| {
        let data = entry.metadata().ok().filter(Metadata::is_file)?;
        Some((data.modified().ok(), data.len(), entry.path()))
    });
    files.collect()
}

/// Removes what was written first until no more than so many bytes are left; returns how many.
fn clear(folder: &Path, most: u64) -> u64 {
    let mut all = kept(folder);
    all.sort();
    let mut held: u64 = all.iter().map(|(_, size, _)| size).sum();
    for (_, size, file) in all {
        if held <= most {
            break;
        }
        if fs::remove_file(&file).is_ok() {
            held -= size;
        }
    }
    held
}

/// A file or a folder as it is on disk: another version of it differs in one of these.
#[derive(Debug)]
#[expect(dead_code, reason = "they are read by way of Debug, all together")]
struct FileState {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
    /// Package managers give files the time they had elsewhere; this one is when the file came here.
    changed: Option<(i64, i64)>,
}

impl FileState {
    fn of(path: &Path) -> Option<Self> {
        let path = fs::canonicalize(path).ok()?;
        let data = fs::metadata(&path).ok()?;
        Some(Self { size: data.len(), modified: data.modified().ok(), changed: changed(&data), path })
    }
}

#[cfg(unix)]
fn changed(data: &Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    Some((data.ctime(), data.ctime_nsec()))
}

#[cfg(not(unix))]
const fn changed(_: &Metadata) -> Option<(i64, i64)> {
    None
}

/// A program, what runs it where it is a script, and the folder of the packages beside it: Python's formatters have theirs as plugins.
fn states_of(program: &Path) -> Option<Vec<FileState>> {
    let mut states = vec![FileState::of(program)?];
    let mut first = Vec::new();
    File::open(program).ok()?.take(FIRST_LINE).read_to_end(&mut first).ok()?;
    if let Some(line) = first.strip_prefix(b"#!").and_then(|rest| rest.split(|byte| *byte == b'\n').next()) {
        let line = String::from_utf8_lossy(line);
        states.extend(line.split_whitespace().next().and_then(|by| FileState::of(Path::new(by))));
    }
    let libraries = program.parent().and_then(Path::parent).map(|above| above.join("lib"));
    let mut versions: Vec<PathBuf> =
        libraries.iter().flat_map(fs::read_dir).flatten().flatten().map(|entry| entry.path()).collect();
    versions.sort();
    let is_python =
        |folder: &&PathBuf| folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"python"));
    let packages = versions.iter().filter(is_python).map(|folder| folder.join("site-packages"));
    states.extend(packages.filter_map(|folder| FileState::of(&folder)));
    Some(states)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::pick::runner::Wanted;
    use crate::programs::room;
    use engine::path::RepoPath;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    /// A formatter that takes down how often it is started, and a folder to keep its answers in.
    struct Bench {
        folder: TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let bench = Self { folder: TempDir::new().expect("a folder") };
            bench.install("tr a-z A-Z");
            bench
        }

        fn program(&self) -> PathBuf {
            self.folder.path().join("format")
        }

        /// Written beside and moved there: a program that is open for writing cannot be run.
        fn install(&self, does: &str) {
            let (log, new) = (self.folder.path().join("log"), self.folder.path().join("new"));
            let text = format!("#!/bin/sh\necho x >> '{}'\n{does}\n", log.display());
            let write = ["-c", "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\""];
            let written = std::process::Command::new("/bin/sh").args(write).arg(&new).arg(text).status();
            assert!(written.expect("sh runs").success());
            fs::rename(new, self.program()).expect("moved");
        }

        fn runner(&self, most: u64) -> KeepingRunner {
            let system = SystemRunner {
                path: Some("/usr/bin:/bin".into()),
                rooms: vec![room::tests::own()],
                ..SystemRunner::default()
            };
            let folder = self.folder.path().join("kept");
            KeepingRunner { most, ..KeepingRunner::new(system, move || Some(folder.clone())) }
        }

        fn starts(&self) -> usize {
            fs::read_to_string(self.folder.path().join("log")).map_or(0, |log| log.lines().count())
        }

        fn task(&self, input: &str) -> Task {
            Task {
                command: vec![self.program().display().to_string()],
                folder: RepoPath::from(""),
                files: Vec::new(),
                input: input.into(),
                wanted: Wanted::Output,
                network: false,
                seconds: 60,
                repeatable: true,
            }
        }

        /// What a run of its own is answered.
        fn ask(&self, input: &str) -> String {
            let made = self.runner(MOST).generate(&self.task(input)).expect("made");
            String::from_utf8(made).expect("text")
        }
    }

    #[test]
    fn an_answer_is_known_to_the_next_run_until_the_program_is_another() {
        let bench = Bench::new();
        assert_eq!([bench.ask("a\n"), bench.ask("b\n"), bench.ask("a\n")], ["A\n", "B\n", "A\n"]);
        assert_eq!(bench.starts(), 2);
        bench.install("tr a-z b-z");
        assert_eq!((bench.ask("a\n").as_str(), bench.starts()), ("b\n", 3));
        // Of the same size, and as old.
        let before = fs::metadata(bench.program()).expect("there").modified().expect("a time");
        bench.install("tr a-z c-z");
        File::options().append(true).open(bench.program()).and_then(|file| file.set_modified(before)).expect("set");
        assert_eq!((bench.ask("a\n").as_str(), bench.starts()), ("c\n", 4));
    }

    #[test]
    fn what_may_differ_and_what_failed_is_asked_again() {
        let bench = Bench::new();
        let other = Task { repeatable: false, ..bench.task("a\n") };
        for starts in [1, 2] {
            assert_eq!(bench.runner(MOST).generate(&other), Ok(b"A\n".to_vec()));
            assert_eq!(bench.starts(), starts);
        }
        bench.install("exit 1");
        for starts in [3, 4] {
            assert!(bench.runner(MOST).generate(&bench.task("a\n")).is_err());
            assert_eq!(bench.starts(), starts);
        }
    }

    #[test]
    fn what_is_damaged_or_cannot_be_kept_is_asked_again() {
        let bench = Bench::new();
        bench.ask("some text\n");
        let folder = bench.folder.path().join("kept");
        let file = kept(&folder).pop().expect("kept").2;
        let whole = fs::read(&file).expect("read");
        for end in 0..whole.len() {
            fs::write(&file, &whole[..end]).expect("written");
            assert_eq!(read(&file), None, "{end}");
        }
        let starts = bench.starts();
        assert_eq!((bench.ask("some text\n").as_str(), bench.starts()), ("SOME TEXT\n", starts + 1));
        assert_eq!(fs::read(&file).expect("read"), whole, "it is whole again");
        // A file where the folder should be.
        fs::remove_dir_all(&folder).expect("removed");
        fs::write(&folder, "").expect("written");
        assert_eq!(bench.ask("some text\n"), "SOME TEXT\n");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let bench = Bench::new();
        let runner = bench.runner(1000);
        for at in 0..30 {
            runner.generate(&bench.task(&format!("{at} {}", "x".repeat(90)))).expect("made");
            let held: u64 = kept(&bench.folder.path().join("kept")).iter().map(|(_, size, _)| size).sum();
            // Each has the name of its content before it.
            assert!(held <= 1500, "{held} bytes after {at}");
        }
    }

    #[test]
    fn a_package_that_is_installed_beside_a_script_makes_it_another() {
        let folder = TempDir::new().expect("a folder");
        let packages = folder.path().join("lib/python3.12/site-packages");
        fs::create_dir_all(&packages).expect("made");
        fs::create_dir(folder.path().join("bin")).expect("made");
        let program = folder.path().join("bin/format");
        fs::write(&program, "#!/bin/sh\n").expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
        let state = || format!("{:?}", states_of(&program));
        let before = state();
        assert_eq!(state(), before);
        assert!(before.contains("/bin/") && before.contains("site-packages"), "{before}");
        fs::create_dir(packages.join("plugin")).expect("made");
        assert_ne!(state(), before);
    }
}
