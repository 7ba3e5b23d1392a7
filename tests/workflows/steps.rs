//! The steps of the workflows that test do without a GPU what they say.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml_ng::Value;
use uptake::workflows::{GPU_FILE, TESTS_FILE};

use super::{TESTING, parsed, rendered};
use crate::support::write_program;

/// What the last job of the GPU workflow can be named after `verdict: `.
const VERDICTS: [&str; 7] = ["passed", "failed", "timed-out", "no-device", "old-driver", "setup-failed", "not-started"];

/// A step's script of a workflow that tests, run as a runner runs it, with the programs it may find and the environment it gets.
struct Step {
    folder: tempfile::TempDir,
    script: String,
}

impl Step {
    fn new(id: &str) -> Self {
        Self::of(GPU_FILE, id)
    }

    fn of(file: &str, id: &str) -> Self {
        let text = rendered().into_iter().find(|it| it.name == file).expect("a template").text;
        let document = parsed(&text);
        let mut steps = document["jobs"]["tests"]["steps"].as_sequence().expect("steps").iter();
        let step = steps.find(|step| step.get("id").and_then(Value::as_str) == Some(id)).expect("the step");
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("bin")).expect("a folder");
        for program in ["bash", "head", "sort", "cat", "touch"] {
            let found = which(program);
            symlink(found, folder.path().join("bin").join(program)).expect("linked");
        }
        Self { folder, script: step["run"].as_str().expect("a script").to_owned() }
    }

    /// With an `nvidia-smi` that prints this driver, or fails where there is none to print.
    fn with_driver(self, driver: Option<&str>) -> Self {
        let script = match driver {
            Some(driver) => format!("#!/bin/sh\necho '{driver}'\n"),
            None => "#!/bin/sh\necho 'No devices were found'\nexit 6\n".to_owned(),
        };
        write_program(&self.folder.path().join("bin/nvidia-smi"), &script);
        self
    }

    /// The exit code, the last verdict it put out, what it printed, and its summary.
    fn run(&self, environment: &[(&str, &str)]) -> (i32, String, String, String) {
        let at = |name: &str| self.folder.path().join(name);
        let output = Command::new(at("bin/bash"))
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &self.script])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", at("bin"))
            .env("GITHUB_OUTPUT", at("output"))
            .env("GITHUB_STEP_SUMMARY", at("summary"))
            .envs(environment.iter().copied())
            .output()
            .expect("bash runs");
        let outputs = fs::read_to_string(at("output")).unwrap_or_default();
        let values: BTreeMap<&str, &str> = outputs.lines().filter_map(|line| line.split_once('=')).collect();
        let verdict = values.get("verdict").copied().unwrap_or_default().to_owned();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let summary = fs::read_to_string(at("summary")).unwrap_or_default();
        (output.status.code().unwrap_or(-1), verdict, printed, summary)
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

pub(super) fn which(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file()).expect("on the path")
}

#[test]
fn a_missing_device_and_an_old_driver_are_told_from_failed_tests() {
    let cases = [
        // CUDA version, driver, exit code, verdict, and what is said.
        ("13.0", Some("580.65.06"), 0, "ready", ""),
        (
            "13.0",
            Some("570.211.01"),
            1,
            "old-driver",
            "CUDA 13.0 needs driver 580 or newer; this runner has 570.211.01",
        ),
        ("13.1", Some("580.95.05"), 0, "ready", "CUDA 13.1 came with driver 590.44.01, and this runner has 580.95.05"),
        ("13.1", Some("590.48.01"), 0, "ready", ""),
        ("12.9", Some("575.51.03"), 0, "ready", ""),
        ("12.9", Some("535.261.03"), 0, "ready", "CUDA 12.9 came with driver 575.51.03"),
        ("12.9", Some("470.256.02"), 1, "old-driver", "needs driver 525 or newer"),
        ("14.0", Some("600.1"), 0, "ready", "no minimum driver is known for CUDA 14.0"),
        ("13.0", None, 1, "no-device", "nvidia-smi sees no GPU"),
        ("13.0", Some("N/A"), 1, "no-device", "nvidia-smi sees no GPU"),
        ("$(touch owned)", Some("600.1"), 0, "ready", "no minimum driver is known for CUDA $(touch owned)"),
    ];
    for (cuda, driver, code, verdict, said) in cases {
        let step = Step::new("device").with_driver(driver);
        let (found, put, printed, _) = step.run(&[("CUDA", cuda)]);
        assert_eq!((found, put.as_str()), (code, verdict), "CUDA {cuda}, driver {driver:?}:\n{printed}");
        assert!(printed.contains(said), "{said} is not in\n{printed}");
        assert_eq!(said.is_empty(), !printed.contains("::"), "{printed}");
        assert!(verdict == "ready" || VERDICTS.contains(&verdict));
        assert!(!step.folder().join("owned").exists());
    }
    let (code, verdict, printed, _) = Step::new("device").run(&[("CUDA", "13.0")]);
    assert_eq!((code, verdict.as_str()), (1, "no-device"));
    assert!(printed.contains("nvidia-smi is not in this container"), "{printed}");
}

#[test]
fn the_commands_run_in_order_until_one_fails() {
    for file in TESTING {
        commands_run(file);
    }
}

#[test]
fn what_a_cell_is_given_reaches_its_commands_as_variables_and_no_shell_as_text() {
    let step = Step::of(TESTS_FILE, "validate");
    let hostile = "$(touch owned)`touch owned`\"; touch owned; '";
    let commands = "test \"$INPUT_GO_VERSION\" = \"$SAME\"\ntest \"$CELL\" = go-1.22\n";
    let environment = [("VALIDATE", commands), ("INPUT_GO_VERSION", hostile), ("SAME", hostile), ("CELL", "go-1.22")];
    let (code, _, printed, _) = step.run(&environment);
    assert_eq!(code, 0, "{printed}");
    assert!(!step.folder().join("owned").exists());
    let text = rendered().into_iter().find(|it| it.name == TESTS_FILE).expect("a template").text;
    let document = parsed(&text);
    let inputs = document["on"]["workflow_dispatch"]["inputs"].as_mapping().expect("inputs");
    let names: Vec<&str> = inputs.keys().filter_map(Value::as_str).collect();
    assert_eq!(names, ["sha", "cell", "validate", "request_id", "runner", "go-version"]);
    assert!(text.contains("\n          INPUT_GO_VERSION: ${{ inputs.go-version }}\n"), "{text}");
}

fn commands_run(file: &str) {
    let step = Step::of(file, "validate");
    let (code, put, printed, summary) = step.run(&[("VALIDATE", "echo one\n\n  \ncat\necho a | cat; touch last\n")]);
    assert_eq!((code, put.as_str()), (0, ""), "how it ended is all it says: {printed}");
    assert!(step.folder().join("last").exists(), "a command that reads must not swallow the rest");
    insta::allow_duplicates! { insta::assert_snapshot!(summary.replace("| 1 |", "| 0 |"), @r"
    | command | result | seconds |
    | --- | --- | --: |
    | `echo one` | passed | 0 |
    | `cat` | passed | 0 |
    | `echo a \| cat; touch last` | passed | 0 |
    "); }

    let step = Step::of(file, "validate");
    let (code, verdict, printed, summary) = step.run(&[("VALIDATE", "false | cat\ntouch never")]);
    assert_eq!((code, verdict.as_str()), (1, ""));
    assert!(printed.contains("::error::failed: false | cat\n") && !step.folder().join("never").exists());
    insta::allow_duplicates! { insta::assert_snapshot!(summary.replace("| 1 |", "| 0 |"), @r"
    | command | result | seconds |
    | --- | --- | --: |
    | `false \| cat` | failed | 0 |
    | `touch never` | not run | |
    "); }

    let (code, _, printed, _) = Step::of(file, "reached").run(&[("VALIDATE", " \n")]);
    assert!(code == 1 && printed.contains("there is no command to run"), "{code} {printed}");
    assert_eq!(Step::of(file, "reached").run(&[("VALIDATE", "make test\n")]).0, 0);
}
