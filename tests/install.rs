//! How the action gets its program: a released one that is the one committed, or one built from source, and nothing else.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::write_program;

const VERSION: &str = "1.2.3";
const ARCHIVE: &str = "uptake-1.2.3-x86_64-unknown-linux-gnu.tar.gz";

/// The action as it is checked out on a runner, with a `curl` that brings what is in `release` and a `cargo` that makes a program.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for part in ["action/action", "bin", "release", "temporary", "scratch"] {
            fs::create_dir_all(at(part)).expect("a folder");
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../action/install");
        fs::copy(script, at("action/action/install")).expect("copied");
        fs::write(at("action/Cargo.toml"), format!("[workspace.package]\nversion = \"{VERSION}\"\n")).expect("written");
        program(&at("scratch/uptake"), "echo released");
        let pack = [
            "-czf",
            &at(&format!("release/{ARCHIVE}")).display().to_string(),
            "-C",
            &at("scratch").display().to_string(),
            "uptake",
        ];
        assert!(Command::new("tar").args(pack).status().expect("tar runs").success());
        program(
            &at("bin/curl"),
            "while [ $# -gt 0 ]; do case \"$1\" in --output) out=\"$2\"; shift;; https:*) url=\"$1\";; esac; shift; done\n\
             echo \"$url\" >> \"$FOLDER/asked\"; cp \"$FOLDER/release/${url##*/}\" \"$out\"",
        );
        program(
            &at("bin/cargo"),
            "echo \"$PWD: $*\" >> \"$FOLDER/asked\"; while [ \"$1\" != --target-dir ]; do shift; done\n\
             mkdir -p \"$2/release\"; printf '#!/bin/sh\\necho built\\n' > \"$2/release/uptake\"; chmod +x \"$2/release/uptake\"",
        );
        let runner = Self { folder };
        runner.commit(&format!("{}  {ARCHIVE}\n", runner.digest()));
        runner
    }

    /// Makes this the table of checksums.
    fn commit(&self, table: &str) {
        fs::write(self.folder.path().join("action/action/checksums.txt"), format!("# SHA-256\n{table}"))
            .expect("written");
    }

    fn digest(&self) -> String {
        let archive = self.folder.path().join("release").join(ARCHIVE);
        let output = Command::new("sha256sum").arg(archive).output().expect("sha256sum runs");
        String::from_utf8_lossy(&output.stdout).split(' ').next().expect("a digest").to_owned()
    }

    /// Whether it worked, what it printed, and what it asked of the world.
    fn install(&self, os: &str, repository: &str) -> (bool, String, String) {
        let at = |name: &str| self.folder.path().join(name);
        let path = format!("{}:{}", at("bin").display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("bash")
            .arg(at("action/action/install"))
            .arg(at("temporary/uptake"))
            .env_clear()
            .env("PATH", path)
            .env("FOLDER", self.folder.path())
            .env("RUNNER_OS", os)
            .env("RUNNER_ARCH", "X64")
            .env("GITHUB_ACTION_REPOSITORY", repository)
            .env("GITHUB_OUTPUT", at("output"))
            .current_dir(at("scratch"))
            .output()
            .expect("bash runs");
        let clean = |text: String| text.replace(&self.folder.path().display().to_string(), "FOLDER");
        let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        let asked = fs::read_to_string(at("asked")).unwrap_or_default();
        (output.status.success(), clean(printed.into_owned()), clean(asked))
    }

    fn output(&self) -> String {
        let text = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
        text.replace(&self.folder.path().display().to_string(), "FOLDER")
    }
}

fn program(path: &Path, script: &str) {
    write_program(path, &format!("#!/bin/sh\n{script}\n"));
}

#[test]
fn a_release_is_taken_if_it_is_the_one_committed() {
    let runner = Runner::new();
    let (worked, printed, asked) = runner.install("Linux", "o/uptake");
    assert!(worked, "{printed}");
    assert_eq!(asked, format!("https://github.com/o/uptake/releases/download/v{VERSION}/{ARCHIVE}\n"));
    assert!(printed.ends_with("\nreleased\n"), "{printed}");
    assert_eq!(runner.output(), "binary=FOLDER/temporary/uptake/uptake\nhow=released\n");
}

#[test]
fn another_file_than_the_one_committed_is_never_run() {
    let runner = Runner::new();
    program(&runner.folder.path().join("scratch/uptake"), "echo owned > \"$FOLDER/owned\"");
    let at = |name: &str| runner.folder.path().join(name).display().to_string();
    let pack = ["-czf", &at(&format!("release/{ARCHIVE}")), "-C", &at("scratch"), "uptake"];
    assert!(Command::new("tar").args(pack).status().expect("tar runs").success());
    let (worked, printed, asked) = runner.install("Linux", "o/uptake");
    assert!(!worked && !asked.contains("build"), "no way round it:\n{printed}");
    let said = format!(
        "::error title=Uptake::{ARCHIVE} is not the file that was released: its SHA-256 is {}",
        runner.digest()
    );
    assert!(printed.starts_with(&said) && printed.ends_with("Nothing of it was run.\n"), "{printed}");
    assert!(!runner.folder.path().join("owned").exists() && runner.output().is_empty());
    assert_eq!(fs::read_dir(runner.folder.path().join("temporary/uptake")).expect("a folder").count(), 0);
}

#[test]
fn without_a_release_it_is_built_from_the_actions_own_source() {
    let built = "FOLDER/action: build --release --locked --bin uptake --target-dir FOLDER/temporary/uptake/build\n";
    let runner = Runner::new();
    runner.commit("");
    let (worked, printed, asked) = runner.install("Linux", "o/uptake");
    assert!(worked && printed.contains(&format!("action/checksums.txt has no {ARCHIVE}\n")), "{printed}");
    assert_eq!(
        (asked.as_str(), runner.output().as_str()),
        (built, "binary=FOLDER/temporary/uptake/uptake\nhow=built\n")
    );

    // The release is gone, or the action is used from its own repository, which has none to download from.
    for gone in [true, false] {
        let runner = Runner::new();
        if gone {
            fs::remove_file(runner.folder.path().join("release").join(ARCHIVE)).expect("removed");
        }
        let (worked, printed, asked) = runner.install("Linux", if gone { "o/uptake" } else { "" });
        assert!(worked && printed.contains("could not be downloaded, so it is built from source"), "{printed}");
        assert!(asked.ends_with(built), "{asked}");
    }

    let runner = Runner::new();
    let (worked, printed, _) = runner.install("FreeBSD", "o/uptake");
    assert!(worked && printed.contains("has no uptake-1.2.3-none.tar.gz"), "{printed}");
}
