//! Manifests and lock files of the ecosystems people have, each as a small repository in which both sides changed both: the manifest is
//! merged by what it says, and the lock file made by the ecosystem's own tool, once, after the picks.

use std::cell::RefCell;

use uptake::pick::answer::ResolutionStore;
use uptake::pick::runner::{CommandError, CommandRunner, Task};
use uptake::pick::{LockOutcome, LockfileCache, NotRegenerated, Outcome};

use super::{Built, built_with};
use crate::support::World;

/// An ecosystem: its manifest before, in the fork and upstream, its lock file and the command for it.
struct Ecosystem {
    manifest: &'static str,
    texts: [&'static str; 3],
    lock: &'static str,
    command: &'static str,
}

const ALL: [Ecosystem; 7] = [
    Ecosystem {
        manifest: "go.mod",
        texts: [
            "module m\n\nrequire (\n\ta v1.0.0\n\tb v1.0.0\n)\n",
            "module m\n\nrequire (\n\ta v1.3.0\n\tb v1.0.0\n)\n",
            "module m\n\nrequire (\n\ta v1.1.0\n\tb v1.1.0\n)\n",
        ],
        lock: "go.sum",
        command: "[go, mod, tidy]",
    },
    Ecosystem {
        manifest: "web/package.json",
        texts: [
            "{\n  \"dependencies\": {\n    \"a\": \"1.0.0\",\n    \"b\": \"1.0.0\"\n  }\n}\n",
            "{\n  \"dependencies\": {\n    \"a\": \"1.3.0\",\n    \"b\": \"1.0.0\"\n  }\n}\n",
            "{\n  \"dependencies\": {\n    \"a\": \"1.1.0\",\n    \"b\": \"1.1.0\"\n  }\n}\n",
        ],
        lock: "web/package-lock.json",
        command: "[npm, install, --package-lock-only, --ignore-scripts]",
    },
    Ecosystem {
        manifest: "package.json",
        texts: [
            "{ \"dependencies\": { \"a\": \"1\" } }\n",
            "{ \"dependencies\": { \"a\": \"2\" } }\n",
            "{ \"dependencies\": { \"a\": \"3\" } }\n",
        ],
        lock: "yarn.lock",
        command: "[yarn, install, --mode=update-lockfile]",
    },
    Ecosystem {
        manifest: "package.json",
        texts: [
            "{ \"dependencies\": { \"a\": \"1\" } }\n",
            "{ \"dependencies\": { \"a\": \"2\" } }\n",
            "{ \"dependencies\": { \"a\": \"3\" } }\n",
        ],
        lock: "pnpm-lock.yaml",
        command: "[pnpm, install, --lockfile-only, --ignore-scripts]",
    },
    Ecosystem {
        manifest: "pyproject.toml",
        texts: [
            "[project]\ndependencies = [\"a>=1\", \"b>=1\"]\n",
            "[project]\ndependencies = [\"a>=1\", \"b>=2\"]\n",
            "[project]\ndependencies = [\"a>=2\", \"b>=3\"]\n",
        ],
        lock: "uv.lock",
        command: "[uv, lock]",
    },
    Ecosystem {
        manifest: "pyproject.toml",
        texts: [
            "[tool.poetry.dependencies]\na = \"1\"\nb = \"1\"\n",
            "[tool.poetry.dependencies]\na = \"1\"\nb = \"2\"\n",
            "[tool.poetry.dependencies]\na = \"2\"\nb = \"3\"\n",
        ],
        lock: "poetry.lock",
        command: "[poetry, lock]",
    },
    Ecosystem {
        manifest: "composer.json",
        texts: [
            "{ \"require\": { \"a/a\": \"1\" } }\n",
            "{ \"require\": { \"a/a\": \"2\" } }\n",
            "{ \"require\": { \"a/a\": \"3\" } }\n",
        ],
        lock: "composer.lock",
        command: "[composer, update, --lock, --no-install, --no-scripts, --no-plugins]",
    },
];

/// A tool that makes one lock file, or is not there.
#[derive(Debug)]
struct Tool {
    answer: Result<&'static str, CommandError>,
    asked: RefCell<Vec<Task>>,
}

impl CommandRunner for Tool {
    fn generate(&self, task: &Task) -> Result<Vec<u8>, CommandError> {
        self.asked.borrow_mut().push(task.clone());
        self.answer.clone().map(Into::into)
    }
}

/// Two of upstream's commits change both files, as does the fork.
fn built(of: &Ecosystem, command: &str, tool: &Tool) -> Built {
    let [base, ours, theirs] = of.texts;
    let mut world = World::new(&[(of.manifest, base), (of.lock, "locked 1\n")]);
    world.on_fork().commit("Ours", &[(of.manifest, ours), (of.lock, "locked by us\n")]);
    world.on_upstream().commit("Bump", &[(of.manifest, theirs), (of.lock, "locked 2\n")]);
    world.commit("Bump the lock alone", &[(of.lock, "locked 3\n")]);
    let rules = format!(
        "{{ path: '**/{}', use: manifest }}, {{ path: '**/{}', use: lockfile{command} }}",
        of.manifest.rsplit('/').next().unwrap_or_default(),
        of.lock.rsplit('/').next().unwrap_or_default()
    );
    built_with(&world, &rules, &[], &ResolutionStore::default(), tool, &LockfileCache::default())
}

#[test]
fn each_is_merged_and_made_anew_once_by_its_own_tool() {
    for of in &ALL {
        let tool = Tool { answer: Ok("locked by the tool\n"), asked: RefCell::default() };
        let built = built(of, &format!(", command: {}", of.command), &tool);
        let phase = &built.phase;
        assert_eq!(built.picks[0].outcome, Outcome::Resolved, "{}", of.lock);
        assert!(built.picks.iter().all(|pick| !pick.outcome.needs_person()), "{}", of.lock);
        let made = LockOutcome::Made { command: of.command.trim_matches(['[', ']']).replace(", ", " ") };
        assert_eq!(phase.locks.iter().map(|lock| &lock.outcome).collect::<Vec<_>>(), [&made], "{}", of.lock);
        let asked = tool.asked.borrow();
        let before: Vec<String> = asked[0].files.iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!((asked.len(), before.contains(&of.manifest.to_owned())), (1, true), "{}", of.lock);
        assert!(!asked[0].network, "{}", of.lock);
    }
}

#[test]
fn a_tool_that_is_missing_is_said_once_and_takes_no_file_of_upstreams() {
    for of in &ALL {
        let missing = CommandError::NotInstalled("tool".into());
        let tool = Tool { answer: Err(missing.clone()), asked: RefCell::default() };
        let built = built(of, &format!(", command: {}", of.command), &tool);
        let locks = &built.phase.locks;
        assert_eq!(locks.len(), 1, "{}", of.lock);
        assert!(locks[0].is_pending() && locks[0].commit.is_none(), "{}: {:?}", of.lock, locks[0].outcome);
    }
}

#[test]
fn what_no_command_is_configured_for_waits_for_a_person() {
    let gemfile = Ecosystem {
        manifest: "Gemfile",
        texts: [
            "gem \"a\"\n\n\n\n\ngem \"z\"\n",
            "gem \"ours\"\ngem \"a\"\n\n\n\n\ngem \"z\"\n",
            "gem \"a\"\n\n\n\n\ngem \"z\"\ngem \"theirs\"\n",
        ],
        lock: "Gemfile.lock",
        command: "",
    };
    let tool = Tool { answer: Ok("never asked\n"), asked: RefCell::default() };
    let built = built(&gemfile, "", &tool);
    assert!(tool.asked.borrow().is_empty());
    let outcomes: Vec<_> = built.phase.locks.iter().map(|lock| lock.outcome.clone()).collect();
    let waits = |outcome: &LockOutcome| match outcome {
        LockOutcome::Pending { why, .. } | LockOutcome::Kept { why } => {
            matches!(why, NotRegenerated::NoCommand | NotRegenerated::NothingChanged)
        }
        LockOutcome::Made { .. } | LockOutcome::Upstream { .. } => false,
    };
    assert!(!outcomes.is_empty() && outcomes.iter().all(waits), "{outcomes:?}");
}
