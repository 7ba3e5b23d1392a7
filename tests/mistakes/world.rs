//! What the mistakes are made in, and the mistakes.

use std::fs;

use crate::support::{World, git_ok};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";
const CONFIG: &str = "phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: . }] }\n";

/// A fork with an upstream that was fetched, a folder that is no repository, and the files the mistakes are about.
pub(super) fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.git(&["remote", "add", "upstream", "https://github.com/up/stream.git"]);
    world.git(&["remote", "add", "origin", "https://github.com/for/k.git"]);
    let folder = world.folder();
    git_ok(folder, &["clone", "--quiet", "fork", "alone"], 0);
    git_ok(&folder.join("alone"), &["remote", "remove", "origin"], 0);
    git_ok(folder, &["clone", "--quiet", "fork", "cut-off"], 0);
    git_ok(&folder.join("cut-off"), &["remote", "add", "upstream", "../gone.git"], 0);
    git_ok(folder, &["clone", "--quiet", "fork", "detached"], 0);
    git_ok(&folder.join("detached"), &["remote", "add", "upstream", "../fork"], 0);
    git_ok(&folder.join("detached"), &["checkout", "--quiet", "--detach"], 0);
    git_ok(folder, &["init", "--quiet", "unborn"], 0);
    fs::create_dir_all(folder.join("full/x")).expect("a folder");
    fs::create_dir_all(folder.join("beside")).expect("a folder");
    git_ok(folder, &["clone", "--quiet", "fork", "misplaced"], 0);
    git_ok(&folder.join("misplaced"), &["remote", "add", "upstream", "../fork"], 0);
    git_ok(&folder.join("misplaced"), &["fetch", "--quiet", "upstream"], 0);
    git_ok(&folder.join("misplaced"), &["update-ref", "refs/remotes/upstream/main", "HEAD"], 0);
    for (name, text) in [
        ("misplaced/uptake.yml", CONFIG),
        ("key.yml", "phasez: []\n"),
        ("type.yml", "phases: { id: fixes }\n"),
        ("sha.yml", "phases:\n  - { id: fixes, title: Fixes, priority: 1, commits: [1234567] }\n"),
        ("tab.yml", "phases:\n\t- id: fixes\n"),
        ("empty.yml", ""),
        ("branch.yml", "upstream: { branch: mian }\n"),
        ("fork.yml", "fork: { branch: mian }\n"),
        ("other.yml", "upstream: { repository: up/straem }\n"),
        ("regex.yml", "phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: '(fix' }] }\n"),
        (
            "huge.yml",
            "phases:\n  - { id: fixes, title: Fixes, priority: 99999999999999999999, rules: [{ subject: . }] }\n",
        ),
        ("open.yml", "phases: [\n"),
        ("prose.md", "Nothing here.\n"),
        ("taken", "a file\n"),
    ] {
        fs::write(folder.join(name), text).expect("written");
    }
    world.config(CONFIG);
    world
}

/// Where, with what in the environment, and how the program is called.
pub(super) type Mistake = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const NOTHING: &[(&str, &str)] = &[];

pub(super) const MISTAKES: &[Mistake] = &[
    ("beside", NOTHING, &["survey"]),
    (".", NOTHING, &["survey", "--repo", "nowhere"]),
    ("alone", NOTHING, &["survey"]),
    ("alone", NOTHING, &["survey", "--offline"]),
    ("cut-off", NOTHING, &["survey"]),
    ("cut-off", NOTHING, &["survey", "--offline"]),
    ("fork", NOTHING, &["survey", "--offline", "--config", "../branch.yml"]),
    ("fork", NOTHING, &["survey", "--offline", "--config", "../fork.yml"]),
    ("fork", NOTHING, &["survey", "--offline", "--format", "yaml"]),
    ("fork", NOTHING, &["plna"]),
    ("fork", NOTHING, &["plan", "--phase", "fixs", "--offline", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["plan", "--offline"]),
    ("misplaced", NOTHING, &["plan", "--offline"]),
    ("fork", NOTHING, &["plan", "--offline", "--config", "../nowhere.yml"]),
    ("fork", NOTHING, &["plan", "fixs", "--offline", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["plan", "--offline", "--config", "../key.yml"]),
    ("fork", NOTHING, &["check", "--config", "../type.yml"]),
    ("fork", NOTHING, &["check", "--config", "../sha.yml"]),
    ("fork", NOTHING, &["check", "--config", "../tab.yml"]),
    ("fork", NOTHING, &["check", "--config", "../empty.yml"]),
    ("fork", NOTHING, &["check", "--config", "../regex.yml"]),
    ("fork", NOTHING, &["check", "--config", "../other.yml"]),
    ("fork", NOTHING, &["why"]),
    ("fork", NOTHING, &["why", "ab", "--offline"]),
    ("fork", NOTHING, &["why", "main", "--offline"]),
    ("fork", NOTHING, &["why", "1234567", "--offline"]),
    ("fork", NOTHING, &["why", "HEAD-OF-FORK", "--offline"]),
    ("fork", NOTHING, &["run"]),
    ("fork", NOTHING, &["run", "--forge", "gitlab"]),
    ("fork", NOTHING, &["run", "--forge", "folder:"]),
    ("fork", NOTHING, &["run", "--offline", "--forge", "github", "--config", "../uptake.yml"]),
    ("fork", &[("UPTAKE_APP_ID", "1")], &["run", "--offline", "--forge", "github", "--config", "../uptake.yml"]),
    (
        "fork",
        &[("UPTAKE_APP_ID", "1"), ("UPTAKE_APP_KEY_FILE", "../nowhere.pem")],
        &["run", "--offline", "--forge", "github", "--config", "../uptake.yml"],
    ),
    (
        "fork",
        &[("UPTAKE_APP_ID", "1"), ("UPTAKE_APP_KEY", "secret")],
        &["run", "--offline", "--forge", "github", "--config", "../uptake.yml"],
    ),
    ("alone", &[("UPTAKE_TOKEN", "t")], &["run", "--offline", "--forge", "github", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["run", "--forge", "github", "--fork", "engine"]),
    ("fork", NOTHING, &["decide", "skip", "HEAD-OF-UPSTREAM"]),
    ("fork", NOTHING, &["decide", "move", "HEAD-OF-UPSTREAM", "fixs", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["decide", "hold", "fixs", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["decide", "taken", "HEAD-OF-UPSTREAM"]),
    ("fork", NOTHING, &["memory", "forget", "abcd"]),
    ("fork", NOTHING, &["memory", "learn", "--from", "mian", "--offline"]),
    ("fork", NOTHING, &["resolve", "--continue", "--offline", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["resolve", "nothing", "--offline", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["init", "--offline", "--output", "../uptake.yml"]),
    ("fork", NOTHING, &["init", "--workflows", "--offline"]),
    ("fork", NOTHING, &["init", "--workflows", "--offline", "--action", "uptake"]),
    ("fork", NOTHING, &["import", "../prose.md", "--offline"]),
    ("fork", NOTHING, &["import", "../nowhere.md", "--offline"]),
    ("fork", NOTHING, &["report", "--offline", "--output", "../taken"]),
    ("fork", NOTHING, &["app", "engine"]),
    ("fork", NOTHING, &["fleet"]),
    ("fork", NOTHING, &["serve", "--state", "../s", "--clones", "../c"]),
    (".", NOTHING, &["demo", "--dir", "full"]),
    (".", NOTHING, &["completions", "tcsh"]),
    ("unborn", NOTHING, &["survey", "--offline"]),
    ("detached", NOTHING, &["survey", "--offline"]),
    (".", NOTHING, &["survey", "--repo", "taken"]),
    ("fork", NOTHING, &["survey", "--offline", "--offline"]),
    ("fork", NOTHING, &["survey", "--color", "blue"]),
    ("fork", NOTHING, &["plan", "fixes", "rest"]),
    ("fork", NOTHING, &["why", "HEAD", "--offline"]),
    ("fork", NOTHING, &["why", "", "--offline"]),
    ("fork", NOTHING, &["check", "--config", ".."]),
    ("fork", NOTHING, &["check", "--config", "../huge.yml"]),
    ("fork", NOTHING, &["check", "--config", "../open.yml"]),
    ("fork", NOTHING, &["report", "--format", "pdf"]),
    ("fork", NOTHING, &["report", "--offline", "--output", "../taken/report.html"]),
    ("fork", NOTHING, &["run", "--forge", "../preview"]),
    ("fork", NOTHING, &["run", "--forge", "github:for/k"]),
    ("fork", NOTHING, &["run", "--forge", "folder:../taken", "--offline", "--config", "../uptake.yml"]),
    ("fork", NOTHING, &["run", "fixes", "--forge", "folder:../preview"]),
    ("fork", NOTHING, &["decide", "skip", "HEAD-OF-UPSTREAM", "--why"]),
    ("fork", NOTHING, &["decide", "pick", "abcd", "fixes"]),
    ("fork", NOTHING, &["decide", "taken", "HEAD-OF-UPSTREAM", "as", "HEAD-OF-UPSTREAM"]),
    ("fork", NOTHING, &["decide", "resolve", "fixes", "a.txt", "mine"]),
    ("fork", NOTHING, &["ledger", "show", "--forge", "folder:../nowhere"]),
    ("fork", NOTHING, &["memory", "list", "--forge", "folder:../nowhere"]),
    ("fork", NOTHING, &["serve", "--listen", "8711", "--state", "../s", "--clones", "../c"]),
    ("fork", NOTHING, &["init", "--offline", "--output", "../taken/uptake.yml"]),
    ("fork", NOTHING, &["man", "../taken"]),
];
