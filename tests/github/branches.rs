//! The repository of the played GitHub: its branches, as they lie in the folder, and what a push does.

use std::collections::BTreeMap;
use std::fs;

use engine::Repo;

use super::state::{Item, Pull, State};
use crate::support::{git_in, snapshot, write_program};

impl State {
    /// Makes the repository, still empty.
    pub(super) fn make_repository(&self) {
        self.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
        let config = self.repository.join("config");
        let written = fs::read_to_string(&config).expect("a configuration");
        fs::write(&config, written + "[http]\n\treceivepack = true\n[receive]\n\tautogc = false\n").expect("written");
        let hook = self.repository.join("hooks/pre-receive");
        fs::create_dir_all(hook.parent().expect("a parent")).expect("a folder");
        write_program(&hook, HOOK);
    }

    /// Runs git in the repository and returns what it prints.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = git_in(&self.repository, arguments, 1_763_800_000);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub(crate) fn branch(&self, name: &str) -> Option<String> {
        let name = format!("refs/heads/{name}");
        // As git does, without starting it: it is asked at every turn.
        if let Ok(sha) = fs::read_to_string(self.repository.join(&name)) {
            return Some(sha.trim().to_owned());
        }
        let packed = fs::read_to_string(self.repository.join("packed-refs")).unwrap_or_default();
        let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
        lines.find(|(_, packed)| *packed == name).map(|(sha, _)| sha.to_owned())
    }

    /// All branches with their commits, as they lie in the folder.
    fn branches(&self) -> BTreeMap<String, String> {
        let packed = fs::read_to_string(self.repository.join("packed-refs")).unwrap_or_default();
        let lines = packed.lines().filter_map(|line| line.split_once(' '));
        let packed =
            lines.filter_map(|(sha, name)| Some((name.strip_prefix("refs/heads/")?.to_owned(), sha.to_owned())));
        let mut all: BTreeMap<_, _> = packed.collect();
        for (path, content) in snapshot(&self.repository.join("refs/heads")) {
            if path.extension().is_some_and(|ends| ends == "lock") {
                continue;
            }
            let name = path.to_str().expect("a name").replace('\\', "/");
            all.insert(name, String::from_utf8(content).expect("a name").trim().to_owned());
        }
        all
    }

    /// All names there are, as they lie in the folder.
    pub(super) fn names(&self) -> Vec<u8> {
        let mut all = fs::read(self.repository.join("packed-refs")).unwrap_or_default();
        let mut files = snapshot(&self.repository.join("refs"));
        files.sort();
        for (path, content) in files {
            all.extend(path.display().to_string().into_bytes());
            all.extend(content);
        }
        all
    }

    /// Whether there is such a commit.
    pub(crate) fn has(&self, commit: &str) -> bool {
        self.repo().has_commit(commit.parse().expect("a commit's name"))
    }

    /// Whether one commit is in the history of another.
    pub(crate) fn contains(&self, commit: &str, ancestor: &str) -> bool {
        let [commit, ancestor] = [commit, ancestor].map(|name| name.parse().expect("a commit's name"));
        self.repo().contains(commit, ancestor).unwrap_or(false)
    }

    /// Asked at every turn, too: without starting git.
    fn repo(&self) -> Repo {
        Repo::open(&self.repository).expect("opened")
    }

    /// What a push does to pull requests: those of a branch that went are closed, and those onto it.
    pub(crate) fn pushed(&mut self) {
        let now = self.branches();
        let gone: Vec<_> = self.heads.keys().filter(|name| !now.contains_key(*name)).cloned().collect();
        let stands_on = |item: &Item| {
            let brings = |pull: &Pull| pull.from.is_none() && gone.contains(&pull.head);
            item.pull.as_ref().is_some_and(|pull| brings(pull) || gone.contains(&pull.base))
        };
        let numbers: Vec<_> =
            self.items.iter().filter(|item| item.open && stands_on(item)).map(|item| item.number).collect();
        for number in numbers {
            self.close(number);
        }
        self.heads = now;
    }
}

/// As GitHub does, refuses workflow files that the default branch has not, unless the token is good for them; and where a rule says
/// so, that a branch goes.
const HOOK: &str = r#"#!/bin/sh
while read old new name; do
    case "$new" in
    0000000000000000000000000000000000000000*)
        if [ -e no-deletions ]; then
            echo "error: GH013: Repository rule violations found for $name." >&2
            echo "- Cannot delete this branch" >&2
            exit 1
        fi ;;
    esac
    case "$new$WORKFLOWS" in *write|0000000000000000000000000000000000000000*) continue;; esac
    if ! git rev-parse --quiet --verify "$new:.github/workflows" >/dev/null; then continue; fi
    git rev-parse --quiet --verify refs/heads/main >/dev/null || continue
    if ! git diff --quiet refs/heads/main "$new" -- .github/workflows; then
        echo "refusing to allow a GitHub App to create or update workflow \`.github/workflows/ci.yml\` without \`workflows\` permission" >&2
        exit 1
    fi
done
"#;
