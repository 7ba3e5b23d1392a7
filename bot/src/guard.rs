//! The paths that no pick changes on a branch of the fork before a person decided: what is there may run as soon as it is pushed.

use globset::GlobSet;

use engine::path::RepoPath;

/// Where GitHub finds what it runs on a push, and where we find which programs make lock files. Compared without regard to case, as some file systems read it.
const BUILT_IN: [&[u8]; 3] = [OWN, b".github/workflows", b".github/actions"];

/// Which programs make lock files: no fork gives this out of its hands.
const OWN: &[u8] = b".github/uptake.yml";

/// The built-in paths, and those that the configuration adds.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    more: GlobSet,
    /// Whether upstream's workflows are taken like any other file.
    trusts_workflows: bool,
}

impl Guard {
    /// The built-in paths and these; without those of workflows where the fork trusts upstream with them.
    #[must_use]
    pub const fn with(more: GlobSet, trusts_workflows: bool) -> Self {
        Self { more, trusts_workflows }
    }

    /// Whether a path is guarded, be it as a file, as a folder, or as something else in the place of one.
    #[must_use]
    pub fn covers(&self, path: &RepoPath) -> bool {
        let bytes = path.as_bytes();
        let built_in = |folder: &&[u8]| {
            let inside = |rest: &[u8]| rest.first().is_none_or(|next| *next == b'/');
            let below = bytes.split_at_checked(folder.len());
            let below = below.is_some_and(|(start, rest)| start.eq_ignore_ascii_case(folder) && inside(rest));
            // A link or a submodule in the place of `.github` itself.
            below || bytes.eq_ignore_ascii_case(b".github")
        };
        let built_in_paths = if self.trusts_workflows { &BUILT_IN[..1] } else { &BUILT_IN[..] };
        built_in_paths.iter().any(built_in) || self.more.is_match(&*path.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_runs_is_guarded_and_nothing_beside_it() {
        let guard = Guard::default();
        let covers = |path: &str| guard.covers(&RepoPath::from(path));
        for path in [
            ".github/workflows/a.yml",
            ".github/workflows",
            ".GitHub/Workflows/a.yml",
            ".github/actions/x/y.js",
            ".github/uptake.yml",
            ".github",
        ] {
            assert!(covers(path), "{path}");
        }
        for path in
            [".github/workflows2/a.yml", ".github/CODEOWNERS", "x/.github/workflows/a.yml", "workflows/a.yml", ""]
        {
            assert!(!covers(path), "{path}");
        }
    }
}
