//! Repositories for the tests: real ones, made by git itself, the same on every machine.

pub(crate) mod forge;
pub(crate) mod git;
pub(crate) mod surveyed;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use engine::Repo;
use engine::ids::CommitId;
use engine::progress::Silent;
use tempfile::TempDir;
use uptake::config::{Config, Lookup, WrittenConfig};
use uptake::decision::{Decision, Ruling};
use uptake::ledger::{Changed, InClone, Ledger, update};
use uptake::pick::Built;
use uptake::pipeline::{ConfigFrom, Context, Inputs, Session};
use uptake::survey::Survey;
use uptake::yaml::Problems;

pub(crate) use git::{git_command, git_in, git_ok};

/// A fork and its upstream in one repository: `main` is the fork, `upstream` becomes `refs/remotes/upstream/main`.
pub(crate) struct World {
    folder: TempDir,
    clock: i64,
}

impl World {
    /// Both sides start from these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let mut world = Self { folder: tempfile::tempdir().expect("a folder"), clock: 1_756_728_000 };
        fs::create_dir(world.fork()).expect("a folder");
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world.commit("Start", files);
        git::write_loose(&world.fork().join(".git"), "refs/heads/upstream", &world.head().to_string());
        world
    }

    /// The folder everything is in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The clone of the fork.
    pub(crate) fn fork(&self) -> PathBuf {
        self.folder.path().join("fork")
    }

    /// Runs git in the fork and returns what it prints, trimmed. It must succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs git in the fork with a file as its standard input.
    pub(crate) fn git_from(&self, arguments: &[&str], input: &Path) -> String {
        let mut command = git_command(&self.fork(), arguments, self.clock);
        let output = command.stdin(fs::File::open(input).expect("a file")).output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs git in the fork, however it ends.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Output {
        git_in(&self.fork(), arguments, self.clock)
    }

    /// Goes to the fork's side.
    pub(crate) fn on_fork(&mut self) -> &mut Self {
        self.go("main");
        self
    }

    /// Goes to upstream's side.
    pub(crate) fn on_upstream(&mut self) -> &mut Self {
        self.go("upstream");
        self
    }

    fn go(&self, branch: &str) {
        let head = fs::read_to_string(self.fork().join(".git/HEAD")).expect("a head");
        if head.trim() != format!("ref: refs/heads/{branch}") {
            self.git(&["switch", "--quiet", branch]);
        }
    }

    /// Commits these files on the side we are on.
    pub(crate) fn commit(&mut self, message: &str, files: &[(&str, &str)]) -> CommitId {
        for (path, content) in files {
            let path = self.fork().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
        self.commit_all(message)
    }

    /// Commits whatever is in the work tree.
    pub(crate) fn commit_all(&mut self, message: &str) -> CommitId {
        self.clock += 60;
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", message]);
        self.head()
    }

    /// Makes a commit of a tree on top of another, committed by somebody else than usual; no branch moves.
    pub(crate) fn commit_tree(&mut self, tree: &str, parent: &str, message: &str, committer: (&str, &str)) -> CommitId {
        self.clock += 60;
        let mut command = git_command(&self.fork(), &["commit-tree", tree, "-p", parent, "-m", message], self.clock);
        command.env("GIT_COMMITTER_NAME", committer.0).env("GIT_COMMITTER_EMAIL", committer.1);
        let output = command.output().expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("a name")
    }

    /// Picks a commit onto the side we are on, as people do by hand.
    pub(crate) fn pick(&mut self, sha: CommitId, arguments: &[&str]) -> CommitId {
        self.clock += 60;
        let sha = sha.to_string();
        self.git(&[&["cherry-pick"], arguments, &[sha.as_str()]].concat());
        self.head()
    }

    /// The commit we are on.
    pub(crate) fn head(&self) -> CommitId {
        let loose = git::loose(&self.fork().join(".git"), "HEAD");
        loose.unwrap_or_else(|| self.git(&["rev-parse", "HEAD"])).parse().expect("a name")
    }

    /// Writes the fork's configuration beside the repository and returns its path.
    pub(crate) fn config(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("uptake.yml");
        fs::write(&path, text).expect("a file");
        path
    }

    /// Puts decisions on the clone's ledger, said by one person on one day.
    pub(crate) fn decide(&self, rulings: impl IntoIterator<Item = Ruling>) {
        let repo = Repo::open(&self.fork()).expect("opened");
        for ruling in rulings {
            let decision = said(ruling);
            let mut change = |ledger: &Ledger| {
                Ok(Changed { ledger: ledger.decide(decision.clone())?, message: decision.ruling.to_string() })
            };
            update(&repo, &mut InClone::new(&repo), &mut change).expect("decided");
        }
    }

    /// Opens both sides for a run, a month after the first commit.
    pub(crate) fn open(&self, config: &str) -> Session {
        self.open_at(config, "2025-10-01T12:00:00Z")
    }

    /// Opens both sides for a run at a moment.
    pub(crate) fn open_at(&self, config: &str, now: &str) -> Session {
        let git = self.fork().join(".git");
        match git::loose(&git, "refs/heads/upstream") {
            Some(commit) => git::write_loose(&git, "refs/remotes/upstream/main", &commit),
            None => drop(self.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"])),
        }
        self.go("main");
        let config = if config.is_empty() { ConfigFrom::Fork } else { ConfigFrom::File(self.config(config)) };
        let now = now.parse().expect("a moment");
        let context = Context { config, offline: true, now, ..Context::new(self.fork()) };
        Session::open(&context, &mut Silent).expect("opened")
    }

    /// The survey, without a configuration.
    pub(crate) fn survey(&self) -> Survey {
        survey(&self.open(""))
    }

    /// The survey and what is built with this configuration.
    pub(crate) fn build(&self, config: &str) -> (Session, Survey, Built) {
        let session = self.open(config);
        let survey = survey(&session);
        let built = Inputs::of_clone(&session).and_then(|inputs| inputs.build(&survey, &mut Silent)).expect("built");
        (session, survey, built)
    }
}

/// A configuration, checked against a repository that has what `lookup` finds.
pub(crate) fn parse_config(text: &str, name: &str, lookup: &dyn Fn(&str) -> Lookup) -> Result<Config, Problems> {
    WrittenConfig::read(text, name)?.check(lookup)
}

/// The survey of what was opened.
pub(crate) fn survey(session: &Session) -> Survey {
    Inputs::of_clone(session).and_then(|inputs| inputs.survey(&mut Silent)).expect("a survey")
}

/// A ruling as a decision.
pub(crate) fn said(ruling: Ruling) -> Decision {
    let when = "2025-11-22T10:00:00Z".parse().expect("a moment");
    Decision { ruling, by: "maintainer".into(), when, link: None, why: Some("we said so".into()) }
}

/// Writes a program to run. A process of its own writes it: what another test starts while we had it open for writing would have it
/// open too, and what is open for writing cannot be run.
pub(crate) fn write_program(path: &Path, text: &str) {
    let write = ["-c", "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\""];
    let written = Command::new("/bin/sh").args(write).arg(path).arg(text).status().expect("sh runs");
    assert!(written.success(), "{}", path.display());
}

/// Runs the binary and returns its exit code, standard output and standard error; paths of this machine are replaced.
pub(crate) fn uptake(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    uptake_in(folder, arguments, &[])
}

/// Runs the binary with more of an environment.
pub(crate) fn uptake_in(folder: &Path, arguments: &[&str], environment: &[(&str, String)]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_uptake"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("uptake runs");
    let clean = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&folder.display().to_string(), "FOLDER");
    (output.status.code().unwrap_or(-1), clean(&output.stdout), clean(&output.stderr))
}

/// What an environment needs for cargo to run: where rustup is, cargo is its stand-in and looks for the toolchains at their place.
pub(crate) fn toolchain() -> Vec<(&'static str, String)> {
    let variable = |name: &str| std::env::var(name).ok();
    let home = variable("RUSTUP_HOME").or_else(|| Some(format!("{}/.rustup", variable("HOME")?)));
    // Below the temporary folder, where the rest of a test is, everybody can write.
    let room = Some(env!("CARGO_TARGET_TMPDIR").to_owned());
    let given = [("RUSTUP_HOME", home), ("RUSTUP_TOOLCHAIN", variable("RUSTUP_TOOLCHAIN")), ("XDG_CACHE_HOME", room)];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Every file below a folder with its content, for comparing two states byte for byte.
pub(crate) fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found
                    .push((path.strip_prefix(folder).expect("inside").to_path_buf(), fs::read(&path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}
