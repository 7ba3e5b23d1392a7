//! A small fork and its upstream, shaped like a real case: changes taken by hand and out of order, a security fix, two updates
//! of one dependency of which only the latest matters, a manifest and a lock file both sides edit, a file upstream renamed and
//! the fork edited, a crate only the fork has. Every commit is a workspace that cargo builds without a network, so that lock files
//! are regenerated for real.

use super::files::*;
use engine::Edit;

/// A commit of the story.
pub(super) struct Chapter {
    /// What the configuration and later chapters call it.
    pub(super) name: &'static str,
    pub(super) message: &'static str,
    /// Who wrote it: `true` for the fork's people.
    pub(super) fork: bool,
    /// Hours after the story begins.
    pub(super) at: i64,
    pub(super) edits: &'static [Edit<'static>],
    /// The upstream chapter whose author and date it keeps: it was picked by hand.
    pub(super) picked: Option<&'static str>,
    /// The side branch it stands on or merges.
    pub(super) branch: StoryBranch,
}

/// Where a chapter stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StoryBranch {
    /// On the line of its side.
    Main,
    /// On a side branch from the last commit of the line.
    Side,
    /// On the line, merging the side branch.
    Merge,
}

use StoryBranch::{Main, Merge, Side};

const fn upstream(name: &'static str, at: i64, message: &'static str, edits: &'static [Edit<'static>]) -> Chapter {
    Chapter { name, message, fork: false, at, edits, picked: None, branch: Main }
}

const fn fork(name: &'static str, at: i64, message: &'static str, edits: &'static [Edit<'static>]) -> Chapter {
    Chapter { name, message, fork: true, at, edits, picked: None, branch: Main }
}

/// What both sides start from.
pub(super) const START: Chapter = upstream(
    "start",
    0,
    "Lantern 0.1\n",
    &[
        Edit::Write("Cargo.toml", MANIFEST),
        Edit::Write("Cargo.lock", LOCK),
        Edit::Write("README.md", README),
        Edit::Write("core/Cargo.toml", CORE_MANIFEST),
        Edit::Write("core/src/attention.rs", ATTENTION),
        Edit::Write("core/src/lib.rs", LIB),
        Edit::Write("core/src/sampler.rs", SAMPLER),
        Edit::Write("cuda/topk.cu", TOPK),
        Edit::Write("docs/guide.md", GUIDE),
        Edit::Write("server/Cargo.toml", SERVER_MANIFEST),
        Edit::Write("server/src/main.rs", SERVER),
        Edit::Write("server/src/tools.rs", TOOLS),
        Edit::Write("temp.log", "left over\n"),
        Edit::Write("vendor/cudarc/Cargo.toml", CUDARC),
        Edit::Write("vendor/cudarc/src/lib.rs", CUDARC_LIB),
    ],
);

/// Upstream's line, oldest first.
pub(super) const UPSTREAM: &[Chapter] = &[
    upstream(
        "sampler",
        100,
        "Fix inverted logic in the sampler (#101)\n",
        &[Edit::Write("core/src/sampler.rs", SAMPLER_FIXED)],
    ),
    upstream(
        "cudarc-17",
        200,
        "Update cudarc to 0.17 (#102)\n",
        &[
            Edit::Write("Cargo.toml", MANIFEST_17),
            Edit::Write("Cargo.lock", LOCK_17),
            Edit::Write("vendor/cudarc/Cargo.toml", CUDARC_17),
        ],
    ),
    upstream(
        "cache",
        300,
        "Add a paged cache (#103)\n\nFixes #55, thanks to @lantern-users.\n",
        &[Edit::Write("core/src/cache.rs", CACHE), Edit::Write("core/src/lib.rs", LIB_CACHE)],
    ),
    upstream(
        "overflow",
        400,
        "Fix stack buffer overflow in topk (#104)\n\nA k above 32 wrote past the end of the block's scratch space.\n",
        &[Edit::Write("cuda/topk.cu", TOPK_SAFE)],
    ),
    upstream(
        "rename",
        500,
        "Give attention a folder of its own (#105)\n",
        &[Edit::Rename("core/src/attention.rs", "core/src/attention/mod.rs")],
    ),
    upstream(
        "tiles",
        600,
        "perf: tile the attention loop (#106)\n",
        &[Edit::Write("core/src/attention/mod.rs", ATTENTION_TILED)],
    ),
    upstream(
        "hang",
        700,
        "Fix server hang when a tool is slow (#107)\n",
        &[Edit::Write("server/src/tools.rs", TOOLS_FIXED)],
    ),
    Chapter {
        branch: Side,
        ..upstream("spelling", 750, "docs: spelling (#112)\n", &[Edit::Write("README.md", README_SPELT)])
    },
    upstream(
        "cudarc-19",
        800,
        "Switch to cudarc 0.19 (#108)\n",
        &[
            Edit::Write("Cargo.toml", MANIFEST_19),
            Edit::Write("Cargo.lock", LOCK_19),
            Edit::Write("vendor/cudarc/Cargo.toml", CUDARC_19),
        ],
    ),
    Chapter {
        branch: Merge,
        ..upstream(
            "merge",
            850,
            "Merge pull request #112 from lantern/spelling\n",
            &[Edit::Write("README.md", README_SPELT)],
        )
    },
    upstream(
        "cuda-13",
        900,
        "Support CUDA 13.1 (#109)\n",
        &[Edit::Write("Cargo.toml", MANIFEST_13), Edit::Write("cuda/topk.cu", TOPK_13)],
    ),
    upstream("guide", 1000, "docs: explain the cache (#110)\n", &[Edit::Write("docs/guide.md", GUIDE_CACHE)]),
    upstream(
        "evict",
        1100,
        "Evict old blocks from the cache (#111)\n",
        &[Edit::Write("core/src/cache.rs", CACHE_EVICT)],
    ),
    upstream("temp", 1200, "Remove temp\n", &[Edit::Remove("temp.log")]),
    upstream(
        "telemetry",
        1250,
        "Send usage counts home (#114)\n",
        &[Edit::Write("core/src/lib.rs", LIB_TELEMETRY), Edit::Write("core/src/telemetry.rs", TELEMETRY)],
    ),
    upstream(
        "stream",
        1300,
        "feat(server)!: stream answers (#113)\n",
        &[Edit::Write("server/src/main.rs", SERVER_STREAM)],
    ),
    upstream(
        "words",
        1400,
        "Split answers at any white space (#115)\n",
        &[Edit::Write("server/src/main.rs", SERVER_WORDS)],
    ),
];

/// What upstream goes on with once the fork has caught up.
pub(super) const LATER: &[Chapter] = &[
    upstream(
        "empty",
        3600,
        "Say so when an answer is empty (#116)\n",
        &[Edit::Write("server/src/main.rs", SERVER_EMPTY)],
    ),
    upstream("ports", 3700, "docs: name the port (#117)\n", &[Edit::Write("docs/guide.md", GUIDE_PORT)]),
];

/// The fork's line, oldest first; its configuration comes last.
pub(super) const FORK: &[Chapter] = &[
    fork(
        "tui",
        2000,
        "Add our terminal interface\n",
        &[
            Edit::Write("Cargo.toml", MANIFEST_TUI),
            Edit::Write("Cargo.lock", LOCK_TUI),
            Edit::Write("tui/Cargo.toml", TUI_MANIFEST),
            Edit::Write("tui/src/main.rs", "fn main() {\n    println!(\"lantern\");\n}\n"),
        ],
    ),
    Chapter { picked: Some("hang"), ..fork("hang", 2100, "", &[Edit::Write("server/src/tools.rs", TOOLS_FIXED)]) },
    Chapter {
        picked: Some("sampler"),
        ..fork("sampler", 2200, "", &[Edit::Write("core/src/sampler.rs", SAMPLER_FIXED_OURS)])
    },
    fork("features", 2300, "Build cudarc with our features\n", &[Edit::Write("Cargo.toml", MANIFEST_FEATURES)]),
    fork("shapes", 2400, "Log shapes in attention\n", &[Edit::Write("core/src/attention.rs", ATTENTION_LOGGED)]),
    fork("temp", 2500, "Clean up\n", &[Edit::Remove("temp.log"), Edit::Write(".gitignore", "*.log\n")]),
    fork("retry", 2600, "Retry lost connections\n", &[Edit::Write("server/src/main.rs", SERVER_RETRY)]),
];
