//! Repositories written object by object, with no check of git's in between.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use engine::progress::Silent;
use tempfile::TempDir;
use uptake::pick::Built;
use uptake::pipeline::{ConfigFrom, Context, Inputs, Session};
use uptake::survey::Survey;

/// The name of an object, as it is in a tree.
pub(super) type Name = [u8; 20];

pub(super) const FILE: &str = "100644";
pub(super) const FOLDER: &str = "40000";

/// How long anything may take, on a machine that has other things to do as well.
const LONGEST: Duration = Duration::from_secs(20);

const CONFIG: &str = "phases:\n  - { id: all, title: All, priority: 1, rules: [{ subject: . }] }\n";

/// A bare repository.
pub(super) struct Craft {
    folder: TempDir,
    clock: u64,
}

pub(super) fn hex(name: Name) -> String {
    name.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Craft {
    pub(super) fn new() -> Self {
        let craft = Self { folder: tempfile::tempdir().expect("a folder"), clock: 1_700_000_000 };
        for folder in ["objects/pack", "refs/heads", "refs/remotes/upstream"] {
            fs::create_dir_all(craft.path().join(folder)).expect("a folder");
        }
        craft.write("HEAD", b"ref: refs/heads/main\n");
        craft.write("config", b"[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
        fs::write(craft.folder.path().join("uptake.yml"), CONFIG).expect("a file");
        craft
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("repo.git")
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.path().join(name), content).expect("a file");
    }

    /// Where a loose object is.
    pub(super) fn loose(&self, name: Name) -> PathBuf {
        let name = hex(name);
        self.path().join("objects").join(&name[..2]).join(&name[2..])
    }

    pub(super) fn object(&self, kind: &str, content: &[u8]) -> Name {
        let raw = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
        let name: Name = digest(&SHA1_FOR_LEGACY_USE_ONLY, &raw).as_ref().try_into().expect("20 bytes");
        let path = self.loose(name);
        if !path.exists() {
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            deflated.write_all(&raw).expect("in memory");
            fs::write(path, deflated.finish().expect("in memory")).expect("a file");
        }
        name
    }

    pub(super) fn blob(&self, content: &str) -> Name {
        self.object("blob", content.as_bytes())
    }

    /// A tree of these entries, in this order.
    pub(super) fn tree(&self, entries: &[(&str, &[u8], Name)]) -> Name {
        let mut raw = Vec::new();
        for (mode, name, object) in entries {
            raw.extend_from_slice(mode.as_bytes());
            raw.push(b' ');
            raw.extend_from_slice(name);
            raw.push(0);
            raw.extend_from_slice(object);
        }
        self.object("tree", &raw)
    }

    pub(super) fn signature(&self) -> String {
        format!("Up <up@example.org> {} +0000", self.clock)
    }

    pub(super) fn commit(&mut self, tree: Name, parents: &[Name], message: &str) -> Name {
        self.clock += 60;
        let signature = self.signature();
        self.commit_by(tree, parents, message.as_bytes(), (signature.as_bytes(), signature.as_bytes()))
    }

    pub(super) fn commit_by(
        &self,
        tree: Name,
        parents: &[Name],
        message: &[u8],
        (author, committer): (&[u8], &[u8]),
    ) -> Name {
        let mut raw = format!("tree {}\n", hex(tree)).into_bytes();
        for parent in parents {
            raw.extend(format!("parent {}\n", hex(*parent)).into_bytes());
        }
        raw.extend([&b"author "[..], author, b"\ncommitter ", committer, b"\n\n", message].concat());
        self.object("commit", &raw)
    }

    pub(super) fn heads(&self, fork: Name, upstream: Name) {
        self.write("refs/heads/main", format!("{}\n", hex(fork)).as_bytes());
        self.write("refs/remotes/upstream/main", format!("{}\n", hex(upstream)).as_bytes());
    }

    /// What a run makes of it: a survey and its branches, or why there is none. It must end in time.
    pub(super) fn answer(&self) -> Result<(Session, Survey, Built), String> {
        let start = Instant::now();
        let answer = run(&self.path(), &self.folder.path().join("uptake.yml"));
        assert!(start.elapsed() < LONGEST, "it took {:?}", start.elapsed());
        if let Err(why) = &answer {
            assert!(!why.is_empty() && !why.chars().any(char::is_control), "{why:?}");
        }
        answer
    }
}

fn run(repo: &Path, config: &Path) -> Result<(Session, Survey, Built), String> {
    let now = "2025-10-01T12:00:00Z".parse().expect("a moment");
    let context = Context {
        config: ConfigFrom::File(config.to_path_buf()),
        offline: true,
        now,
        ..Context::new(repo.to_path_buf())
    };
    let session = Session::open(&context, &mut Silent).map_err(|error| error.to_string())?;
    let (survey, built) = {
        let inputs = Inputs::of_clone(&session).map_err(|error| error.to_string())?;
        let survey = inputs.survey(&mut Silent).map_err(|error| error.to_string())?;
        let built = inputs.build(&survey, &mut Silent).map_err(|error| error.to_string())?;
        (survey, built)
    };
    Ok((session, survey, built))
}
