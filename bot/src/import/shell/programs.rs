//! What a command of a document may become: one that builds or tests is run after a phase, one that deletes, publishes, logs in or opens
//! an editor never is, and any other waits for a person to confirm it.

use super::lines::parts;

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Git's own, which a phase does itself.
    Git,
    /// Goes to a folder, for what follows.
    Folder,
    /// Builds or tests.
    Tests,
    /// Not known: a person confirms it.
    Unknown,
    /// Deletes, publishes, logs in, or opens an editor.
    Refused,
}

/// Programs that build or test whatever they are told, unless a word of [`REFUSED_WORDS`] is among it.
const BUILDERS: [&str; 27] = [
    "make", "gmake", "ninja", "just", "rake", "pytest", "tox", "nox", "ctest", "cmake", "meson", "gradle", "gradlew",
    "mvn", "mvnw", "rspec", "phpunit", "tsc", "eslint", "ruff", "mypy", "bazel", "sbt", "cabal", "stack", "jest",
    "vitest",
];

/// Programs that build or test by these commands of theirs alone.
const COMMANDS: [(&str, &[&str]); 15] = [
    ("cargo", &["build", "b", "check", "c", "test", "t", "clippy", "fmt", "nextest", "doc", "bench"]),
    ("go", &["build", "test", "vet"]),
    ("npm", &["test", "t", "run"]),
    ("pnpm", &["test", "t", "run", "build", "lint", "check", "typecheck"]),
    ("yarn", &["test", "run", "build", "lint", "check", "typecheck"]),
    ("bun", &["test", "run"]),
    ("dotnet", &["build", "test"]),
    ("swift", &["build", "test"]),
    ("mix", &["test", "compile"]),
    ("zig", &["build", "test"]),
    ("composer", &["test", "validate"]),
    ("npx", &["tsc", "eslint", "jest", "vitest", "mocha"]),
    ("uv", &["run"]),
    ("poetry", &["run"]),
    ("bundle", &["exec"]),
];

/// Interpreters, and the modules of theirs that test.
const MODULES: [&str; 4] = ["pytest", "unittest", "compileall", "mypy"];

/// Programs that a document never starts.
const REFUSED: [&str; 45] = [
    "rm",
    "rmdir",
    "del",
    "unlink",
    "shred",
    "truncate",
    "dd",
    "mkfs",
    "sudo",
    "su",
    "doas",
    "gh",
    "hub",
    "glab",
    "ssh",
    "scp",
    "sftp",
    "rsync",
    "code",
    "vim",
    "vi",
    "nvim",
    "nano",
    "emacs",
    "subl",
    "open",
    "xdg-open",
    "twine",
    "kubectl",
    "helm",
    "terraform",
    "aws",
    "gcloud",
    "az",
    "shutdown",
    "reboot",
    "kill",
    "pkill",
    "killall",
    "eval",
    "exec",
    "source",
    "crontab",
    "systemctl",
    "chmod",
];

/// What a program may not be told, whichever it is.
const REFUSED_WORDS: [&str; 13] = [
    "publish",
    "release",
    "deploy",
    "push",
    "upload",
    "login",
    "logout",
    "install",
    "uninstall",
    "yank",
    "owner",
    "adduser",
    "delete",
];

/// Of those words, the ones that no person needs to be asked about.
const NEVER: [&str; 8] = ["publish", "deploy", "push", "upload", "login", "logout", "yank", "adduser"];

/// What a whole command is for: what its most doubtful part is for.
pub(super) fn purpose(text: &str) -> Purpose {
    let parts = parts(text);
    let of_parts = parts.iter().map(|part| of_part(part)).max_by_key(|purpose| rank(*purpose));
    let plain = !text.contains(['`', '>', '<', '*']) && !text.contains("$(");
    match of_parts {
        Some(Purpose::Tests) if !plain => Purpose::Unknown,
        Some(purpose) => purpose,
        None => Purpose::Git,
    }
}

fn rank(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Folder => 0,
        Purpose::Git => 1,
        Purpose::Tests => 2,
        Purpose::Unknown => 3,
        Purpose::Refused => 4,
    }
}

fn of_part(part: &str) -> Purpose {
    let mut words = part.split_whitespace().skip_while(|word| is_setting(word) || *word == "time" || *word == "env");
    let Some(first) = words.next() else { return Purpose::Unknown };
    let program = first.rsplit('/').next().unwrap_or(first).trim_start_matches('(');
    let words: Vec<&str> = words.collect();
    let pieces = || words.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    if REFUSED.contains(&program) || pieces().any(|word| NEVER.contains(&word)) && program != "git" {
        return Purpose::Refused;
    }
    match program {
        "git" => Purpose::Git,
        "cd" | "pushd" | "popd" => Purpose::Folder,
        _ if pieces().any(|word| REFUSED_WORDS.contains(&word)) => Purpose::Unknown,
        "python" | "python3" => match words.as_slice() {
            ["-m", module, ..] if MODULES.contains(module) => Purpose::Tests,
            _ => Purpose::Unknown,
        },
        _ if BUILDERS.contains(&program) => Purpose::Tests,
        _ => {
            let command = words.iter().find(|word| !word.starts_with(['-', '+']));
            let known = COMMANDS.iter().find(|(name, _)| *name == program);
            let tests = known.zip(command).is_some_and(|((_, commands), command)| commands.contains(command));
            if tests { Purpose::Tests } else { Purpose::Unknown }
        }
    }
}

/// `NAME=value` before a program.
fn is_setting(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// Whether a line looks like one of a shell at all: for blocks that do not say what they are.
pub(super) fn is_command(text: &str) -> bool {
    let first = text.split_whitespace().find(|word| !is_setting(word)).unwrap_or_default();
    let program = first.rsplit('/').next().unwrap_or(first);
    matches!(program, "git" | "cd" | "python" | "python3" | "docker")
        || BUILDERS.contains(&program)
        || REFUSED.contains(&program)
        || COMMANDS.iter().any(|(name, _)| *name == program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_or_tests_is_known() {
        for text in [
            "make clean-all",
            "cargo test --workspace",
            "cargo +nightly fmt --check",
            "./gradlew check",
            "npm run test:ci",
            "cd ui/user && pnpm run check",
            "CC=clang make",
            "python -m pytest -q",
            "go vet ./...",
            "yarn lint",
        ] {
            assert_eq!(purpose(text), Purpose::Tests, "{text}");
        }
    }

    #[test]
    fn what_nobody_named_is_asked_about() {
        for text in [
            "go mod tidy",
            "pnpm install",
            "docker build -t x .",
            "./run.sh",
            "python setup.py test",
            "make release",
            "make test > log",
            "cargo test $(cat list)",
            "npm ci",
            "make install",
        ] {
            assert_eq!(purpose(text), Purpose::Unknown, "{text}");
        }
    }

    #[test]
    fn what_deletes_publishes_logs_in_or_edits_is_refused() {
        for text in [
            "rm -rf target",
            "make test && rm -rf /",
            "gh run list",
            "code a.svelte",
            "npm publish",
            "cargo publish",
            "docker login",
            "sudo make",
            "vim x",
            "docker push x",
            "make deploy",
            "/bin/rm x",
            "npm run publish:all",
        ] {
            assert_eq!(purpose(text), Purpose::Refused, "{text}");
        }
        assert_eq!(purpose("git push origin main --force"), Purpose::Git);
        assert_eq!(purpose("cd ui"), Purpose::Folder);
    }
}
