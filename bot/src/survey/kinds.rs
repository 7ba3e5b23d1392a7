//! What kind of file a path is, in whichever ecosystem: known by name alone.

use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use engine::path::RepoPath;

/// A kind of files that people review in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// The project's own licence.
    Licence,
    /// Other projects' code.
    Vendored,
    /// What a tool made of a manifest.
    Lock,
    /// What it depends on.
    Manifest,
    /// A step of a database's schema.
    Migration,
    /// Texts in other languages.
    Translation,
    /// What a test service runs.
    Ci,
    /// What others build on: schemas, headers, declarations.
    Interface,
    Test,
    Docs,
    /// How it is built.
    Build,
}

impl FileKind {
    /// The kind of a file; `None` for plain code. The first that fits counts: a lock file that is vendored is vendored.
    #[must_use]
    pub fn of(path: &RepoPath) -> Option<Self> {
        let text = path.to_text();
        SETS.iter().find(|(_, set)| set.is_match(&*text)).map(|(kind, _)| *kind)
    }

    /// The patterns that make it out, for a rule.
    #[must_use]
    pub fn globs(self) -> &'static [&'static str] {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or(&[], |(_, globs)| globs)
    }
}

static SETS: LazyLock<Vec<(FileKind, GlobSet)>> = LazyLock::new(|| {
    let set = |globs: &[&str]| {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(GlobBuilder::new(glob).literal_separator(true).build().expect("a constant pattern"));
        }
        set.build().expect("constant patterns")
    };
    KINDS.iter().map(|(kind, globs)| (*kind, set(globs))).collect()
});

const KINDS: [(FileKind, &[&str]); 11] = [
    (
        FileKind::Licence,
        &["LICENSE", "LICENSE[.-]*", "LICENCE", "LICENCE[.-]*", "COPYING", "COPYING[.-]*", "UNLICENSE"],
    ),
    (
        FileKind::Vendored,
        &["vendor/**", "**/vendor/**", "**/third_party/**", "**/third-party/**", "**/node_modules/**", "deps/*/**"],
    ),
    (
        FileKind::Lock,
        &[
            "**/Cargo.lock",
            "**/package-lock.json",
            "**/npm-shrinkwrap.json",
            "**/yarn.lock",
            "**/pnpm-lock.yaml",
            "**/bun.lock",
            "**/bun.lockb",
            "**/go.sum",
            "**/go.work.sum",
            "**/Gemfile.lock",
            "**/poetry.lock",
            "**/uv.lock",
            "**/Pipfile.lock",
            "**/pdm.lock",
            "**/composer.lock",
            "**/mix.lock",
            "**/pubspec.lock",
            "**/Package.resolved",
            "**/Podfile.lock",
            "**/packages.lock.json",
            "**/gradle.lockfile",
            "**/flake.lock",
            "**/Chart.lock",
        ],
    ),
    (
        FileKind::Manifest,
        &[
            "**/Cargo.toml",
            "**/package.json",
            "**/pnpm-workspace.yaml",
            "**/go.mod",
            "**/go.work",
            "**/Gemfile",
            "**/*.gemspec",
            "**/pyproject.toml",
            "**/requirements*.txt",
            "**/requirements/*.txt",
            "**/setup.cfg",
            "**/Pipfile",
            "**/composer.json",
            "**/pom.xml",
            "**/build.gradle",
            "**/build.gradle.kts",
            "**/libs.versions.toml",
            "gradle/dependencies.gradle",
            "**/*.csproj",
            "**/Directory.Packages.props",
            "**/packages.config",
            "**/Package.swift",
            "**/Podfile",
            "**/mix.exs",
            "**/pubspec.yaml",
            "**/*.cabal",
            "**/stack.yaml",
            "**/vcpkg.json",
            "**/flake.nix",
        ],
    ),
    (
        FileKind::Migration,
        &[
            "**/db/migrate/**",
            "**/db/post_migrate/**",
            "**/migrations/**",
            "**/alembic/versions/**",
            "**/db/schema.rb",
            "**/db/structure.sql",
            "**/flyway/**",
        ],
    ),
    (
        FileKind::Translation,
        &[
            "**/locales/**",
            "**/locale/**",
            "**/translations/**",
            "**/i18n/**",
            "**/l10n/**",
            "**/*.po",
            "**/*.pot",
            "**/*.xlf",
            "**/*.xliff",
            "**/*.arb",
            "**/*.lproj/**",
        ],
    ),
    (
        FileKind::Ci,
        &[
            ".github/**",
            ".gitlab-ci.yml",
            ".gitlab/**",
            ".circleci/**",
            ".travis.yml",
            ".cirrus.yml",
            "azure-pipelines*.yml",
            "Jenkinsfile*",
            "appveyor.yml",
            ".appveyor.yml",
            ".buildkite/**",
            ".drone.yml",
            ".tekton/**",
            "ci/**",
            ".ci/**",
        ],
    ),
    (
        FileKind::Interface,
        &[
            "**/*.proto",
            "**/*.graphql",
            "**/*.thrift",
            "**/openapi*.yml",
            "**/openapi*.yaml",
            "**/openapi*.json",
            "**/swagger*.yml",
            "**/swagger*.yaml",
            "**/swagger*.json",
            "**/include/**/*.h",
            "**/include/**/*.hpp",
            "**/*.d.ts",
            "**/*.pyi",
        ],
    ),
    (
        FileKind::Test,
        &[
            "**/tests/**",
            "**/test/**",
            "**/testdata/**",
            "**/__tests__/**",
            "**/spec/**",
            "**/*_test.*",
            "**/*.test.*",
            "**/*.spec.*",
            "**/*_spec.rb",
            "**/test_*.py",
            "**/fixtures/**",
        ],
    ),
    (
        FileKind::Docs,
        &[
            "**/*.md",
            "**/*.mdx",
            "**/*.rst",
            "**/*.adoc",
            "docs/**",
            "doc/**",
            "Documentation/**",
            "**/README*",
            "**/CHANGELOG*",
            "man/**",
            "website/**",
            "**/AUTHORS*",
        ],
    ),
    (
        FileKind::Build,
        &[
            "**/Makefile",
            "**/*.mk",
            "**/CMakeLists.txt",
            "**/*.cmake",
            "**/build.rs",
            "**/Dockerfile*",
            "**/meson.build",
            "**/BUILD",
            "**/BUILD.bazel",
            "**/WORKSPACE",
            "**/configure.ac",
            "**/setup.py",
            "**/build.zig",
            "**/justfile",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        for (path, kind) in [
            ("LICENSE.txt", Some(FileKind::Licence)),
            ("crates/x/LICENSE", None),
            ("vendor/a/LICENSE", Some(FileKind::Vendored)),
            ("go.sum", Some(FileKind::Lock)),
            ("a/b/Gemfile", Some(FileKind::Manifest)),
            ("db/migrate/20250101_x.rb", Some(FileKind::Migration)),
            ("config/locales/de.yml", Some(FileKind::Translation)),
            (".github/workflows/ci.yml", Some(FileKind::Ci)),
            ("include/api.h", Some(FileKind::Interface)),
            ("plugin/tls/tls_test.go", Some(FileKind::Test)),
            ("plugin/tls/README.md", Some(FileKind::Docs)),
            ("plugin/tls/tls.go", None),
        ] {
            assert_eq!(FileKind::of(&path.into()), kind, "{path}");
        }
    }
}
