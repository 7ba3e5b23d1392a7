//! The programs a fork's configuration names, for making lock files again, for formatting and merging files, and for proposing some: started in a new folder of their own with nothing of the
//! caller's environment but where programs are, with limits, and without a network unless that is allowed.
//!
//! Files of upstream are put into that folder as plain files, and nowhere else. `cargo update` reads manifests and runs no code of
//! theirs; what another command does with the files before it is for the person who configures it to judge.

mod editor;
mod folder;
mod kept;
mod limits;
mod network;
mod own;
mod room;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::pick::runner::{CommandError, CommandFiles, CommandRunner, Task, Wanted};
pub use editor::at_terminal;
use engine::path::RepoPath;
use folder::{read_all, read_plain, write_plain};
pub use kept::KeepingRunner;
pub use own::{ChildError, ChildLimits, again, child, end_with_parent, without_secrets_in_reach};

/// How often a program is looked at: a short one often, a long one less often.
const LOOKS: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(20)];

/// Where its input and its output are, in its home.
const ASKED: &str = "asked";
const ANSWERED: &str = "answered";

/// How many lines of what a failed program said are shown, and how much of it is read for that.
const SHOWN: usize = 6;
const HEARD: u64 = 64 << 10;

/// Starts programs.
#[derive(Debug, Clone, Default)]
pub struct SystemRunner {
    pub path: Option<OsString>,
    /// Where cargo keeps what it downloaded; its settings and credentials are not passed on.
    pub cargo_home: Option<PathBuf>,
    /// Where rustup keeps its toolchains.
    pub rustup_home: Option<PathBuf>,
    /// The toolchain rustup is made to take, so that it looks for none in the folders above.
    pub toolchain: Option<OsString>,
    /// Where folders for programs may be made, in the order of preference; one that others can write above is passed over.
    pub rooms: Vec<PathBuf>,
    /// Whether the network is not to be used even where the configuration allows it.
    pub offline: bool,
}

impl SystemRunner {
    /// Takes what is needed from an environment: `read` gives a variable's value.
    #[must_use]
    pub fn from_environment(read: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let home = read("HOME").map(PathBuf::from);
        let folder = |name: &str, below: &str| {
            read(name).map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(below)))
        };
        let rustup_home = folder("RUSTUP_HOME", ".rustup");
        let rooms = [
            folder("XDG_CACHE_HOME", ".cache"),
            read("XDG_RUNTIME_DIR").map(PathBuf::from),
            read("TMPDIR").map(PathBuf::from),
        ];
        Self {
            path: read("PATH"),
            cargo_home: folder("CARGO_HOME", ".cargo"),
            toolchain: read("RUSTUP_TOOLCHAIN")
                .filter(|name| !name.is_empty())
                .or_else(|| default_toolchain(rustup_home.as_deref()?)),
            rustup_home,
            rooms: rooms.into_iter().flatten().map(|room| room.join("uptake")).collect(),
            offline: false,
        }
    }
}

impl CommandRunner for SystemRunner {
    fn can_start(&self, command: &[String]) -> Result<(), CommandError> {
        let program = command.first().ok_or(CommandError::NoCommand)?;
        // Elsewhere starting it is the test: the name may lack its ending.
        let is_there = self.find(program).is_some() || cfg!(not(unix)) && !program.contains('/');
        if is_there { Ok(()) } else { Err(CommandError::NotInstalled(shown(program))) }
    }

    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
        self.in_room(task, |tree, home| match &task.wanted {
            Wanted::File(path) | Wanted::Folder(path) => read_plain(tree, path),
            Wanted::Output => read_plain(home, &RepoPath::from(ANSWERED)),
        })
    }

    fn generate_folder(&self, task: &Task) -> Result<CommandFiles, CommandError> {
        self.in_room(task, |tree, _| match &task.wanted {
            Wanted::Folder(path) => read_all(tree, path),
            Wanted::File(path) => Ok(vec![(path.clone(), read_plain(tree, path)?)]),
            Wanted::Output => Ok(Vec::new()),
        })
    }
}

impl SystemRunner {
    /// Runs a command on its files in a new folder, and reads what it left: `read` has the folder of the files and the command's home.
    fn in_room<T>(
        &self,
        task: &Task,
        read: impl FnOnce(&Path, &Path) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.can_start(&task.command)?;
        let place = room::make(&self.rooms)?;
        let (tree, home) = (place.path().join("tree"), place.path().join("home"));
        for folder in [&tree, &home] {
            fs::create_dir(folder).map_err(|error| unusable(&error))?;
        }
        for (path, content) in &task.files {
            write_plain(&tree, path, content)?;
        }
        let folder = folder::below(&tree, &task.folder)?;
        let said = home.join("said");
        let status = self.run(task, &folder, &home, &said)?;
        if !status.success() {
            let mut heard = Vec::new();
            let _partly = File::open(&said).and_then(|file| file.take(HEARD).read_to_end(&mut heard));
            return Err(failed(task, status, &String::from_utf8_lossy(&heard), place.path()));
        }
        read(&tree, &home)
    }

    fn run(&self, task: &Task, folder: &Path, home: &Path, said: &Path) -> Result<ExitStatus, CommandError> {
        let Some((program, arguments)) = task.command.split_first() else { return Err(CommandError::NoCommand) };
        let create = |file: &Path| File::create(file).map_err(|error| unusable(&error));
        // Files, not pipes: nothing the program leaves running can hold us up, nor we it.
        let input = if task.input.is_empty() {
            Stdio::null()
        } else {
            let asked = home.join(ASKED);
            fs::write(&asked, &task.input).map_err(|error| unusable(&error))?;
            File::open(&asked).map_err(|error| unusable(&error))?.into()
        };
        let output = if task.wanted == Wanted::Output { create(&home.join(ANSWERED))?.into() } else { Stdio::null() };
        let online = task.network && !self.offline;
        let mut command = match network::cut(self.path.as_deref()).filter(|_| !online) {
            Some([wrapper, options @ ..]) => {
                let mut command = Command::new(wrapper);
                command.args(options).arg(program);
                command
            }
            _ => Command::new(program),
        };
        limits::of_its_own(&mut command);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("HOME", home)
            .env("LC_ALL", "C")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_HOME", self.borrowed_cargo_home(home).map_err(|error| unusable(&error))?)
            .stdin(input)
            .stdout(output)
            .stderr(create(said)?);
        let given = [
            ("PATH", self.path.clone()),
            ("RUSTUP_HOME", self.rustup_home.clone().filter(|home| home.is_dir()).map(OsString::from)),
            ("RUSTUP_TOOLCHAIN", self.toolchain.clone()),
        ];
        command.envs(given.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))));
        if !online {
            command.envs(network::OFFLINE);
        }
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CommandError::NotInstalled(shown(program)),
            _ => CommandError::NotStarted(shown(program)),
        })?;
        limits::set(&child);
        let mut waited = Duration::ZERO;
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if waited.as_secs() < task.seconds => {
                    let look = LOOKS[usize::from(waited > LOOKS[1])];
                    thread::sleep(look);
                    waited += look;
                }
                Ok(None) | Err(_) => break None,
            }
        };
        // What it left running goes with it.
        limits::end_all(&mut child);
        limits::end_those_of(home);
        ended.ok_or_else(|| CommandError::TooSlow { program: shown(program), seconds: task.seconds })
    }

    /// Where a program is: by its path, or in one of the folders that programs are in.
    fn find(&self, program: &str) -> Option<PathBuf> {
        let is_there = |file: &PathBuf| file.is_file();
        if program.contains('/') {
            return Some(PathBuf::from(program)).filter(is_there);
        }
        self.path.iter().flat_map(std::env::split_paths).map(|folder| folder.join(program)).find(is_there)
    }

    /// A home for cargo that shares what was downloaded before, and nothing else: no settings and no credentials.
    fn borrowed_cargo_home(&self, home: &Path) -> io::Result<PathBuf> {
        let borrowed = home.join("cargo");
        fs::create_dir(&borrowed)?;
        for name in ["registry", "git"] {
            let Some(known) = self.cargo_home.as_ref().map(|home| home.join(name)) else { continue };
            if known.is_dir() {
                link(&fs::canonicalize(known)?, &borrowed.join(name))?;
            }
        }
        Ok(borrowed)
    }
}

#[cfg(unix)]
fn link(to: &Path, from: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, from)
}

#[cfg(windows)]
fn link(to: &Path, from: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(to, from)
}

/// The toolchain that rustup takes where nothing says otherwise.
fn default_toolchain(rustup_home: &Path) -> Option<OsString> {
    let settings = fs::read_to_string(rustup_home.join("settings.toml")).ok()?;
    let settings: toml_edit::DocumentMut = settings.parse().ok()?;
    Some(settings.get("default_toolchain")?.as_str()?.into())
}

fn unusable(error: &io::Error) -> CommandError {
    CommandError::Folder(error.kind())
}

/// The name of a program, without where it is.
fn shown(program: &str) -> String {
    crate::text::short(program.rsplit('/').next().unwrap_or(program), 60)
}

/// What is shown of a program that failed: its own words, without the names of folders that differ from run to run.
fn failed(task: &Task, status: ExitStatus, said: &str, place: &Path) -> CommandError {
    let program = task.command.first().map(|program| shown(program)).unwrap_or_default();
    let place = place.display().to_string();
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // Cargo says first what it is doing, then what is wrong.
    let from = lines.iter().position(|line| line.to_ascii_lowercase().starts_with("error")).unwrap_or(0);
    let lines =
        lines[from..].iter().take(SHOWN).map(|line| crate::text::short(&line.replace(&place, "…"), 200)).collect();
    CommandError::Failed { program, code: status.code(), lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(command: &[&str], files: &[(&str, &str)]) -> Task {
        Task {
            command: command.iter().map(|&word| word.to_owned()).collect(),
            folder: RepoPath::from(""),
            files: files.iter().map(|(path, content)| (RepoPath::from(*path), (*content).into())).collect(),
            input: Vec::new(),
            wanted: Wanted::File(RepoPath::from("wanted")),
            network: false,
            seconds: 60,
            repeatable: false,
        }
    }

    fn make(task: &Task) -> Result<String, String> {
        let programs = SystemRunner {
            path: Some("/usr/bin:/bin".into()),
            rooms: vec![room::tests::own()],
            ..SystemRunner::default()
        };
        programs
            .generate(task)
            .map_err(|error| error.to_string())
            .map(|content| String::from_utf8_lossy(&content).into_owned())
    }

    #[test]
    fn a_program_has_its_files_and_a_bare_environment() {
        let found = make(&task(&["cp", "a/b", "wanted"], &[("a/b", "content")]));
        assert_eq!(found.as_deref(), Ok("content"));
        let script = "env | cut -d= -f1 | sort | tr '\\n' ' ' > wanted";
        let names = make(&task(&["sh", "-c", script], &[])).expect("made");
        for name in names.split_whitespace() {
            let known = ["CARGO_HOME", "CARGO_TERM_COLOR", "HOME", "LC_ALL", "PATH"];
            let offline = network::OFFLINE.iter().any(|(offline, _)| *offline == name);
            assert!(known.contains(&name) || offline || ["PWD", "OLDPWD", "SHLVL", "_"].contains(&name), "{name}");
        }
    }

    #[test]
    fn what_goes_wrong_is_said_alike_everywhere() {
        assert_eq!(make(&task(&["/nowhere/no-such-program"], &[])), Err("no-such-program is not installed".into()));
        let script = "echo Updating >&2; echo error: $PWD is bad >&2; exit 3";
        assert_eq!(
            make(&task(&["sh", "-c", script], &[])),
            Err("sh ended with 3".into()),
            "its words are not for publishing"
        );
        assert_eq!(make(&task(&["true"], &[])), Err("the command leaves no file wanted".into()));
        assert_eq!(make(&task(&[], &[])), Err("no command is given".into()));
        let slow = Task { seconds: 1, ..task(&["sleep", "60"], &[]) };
        assert_eq!(make(&slow), Err("sleep took longer than 1 seconds".into()));
    }

    #[test]
    fn a_program_reads_its_input_and_writes_its_output() {
        let wanted = Wanted::Output;
        let input = vec![b'x'; 1 << 20];
        let made = make(&Task { input: input.clone(), wanted: wanted.clone(), ..task(&["cat"], &[]) });
        assert!(made.is_ok_and(|made| made.as_bytes() == input), "more than a pipe holds");
        assert_eq!(make(&Task { wanted: wanted.clone(), ..task(&["cat"], &[]) }), Ok(String::new()), "no input");
        let linked = "ln -sf /etc/hostname ../home/answered";
        assert!(make(&Task { wanted, ..task(&["sh", "-c", linked], &[]) }).is_err(), "a link is not followed");
    }

    #[test]
    fn a_program_has_no_network_and_nothing_it_starts_outlives_it() {
        let script = "(sleep 300 & echo $! > ../home/left) && cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' \n' > wanted; cat ../home/left >> wanted";
        let found = make(&task(&["sh", "-c", script], &[])).expect("made");
        let (devices, left) =
            found.split_at(found.find(|sign: char| sign.is_ascii_digit() && !found.starts_with(sign)).unwrap_or(0));
        if network::cut(Some("/usr/bin:/bin".as_ref())).is_some() {
            assert!(devices.starts_with("lo") && !devices.contains("eth"), "{found}");
        }
        let left = left.trim();
        for _ in 0..50 {
            if !Path::new(&format!("/proc/{left}")).exists() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let stat = fs::read_to_string(format!("/proc/{left}/stat")).unwrap_or_default();
        assert!(stat.contains(") Z "), "{left} still runs: {stat}");
    }
}
