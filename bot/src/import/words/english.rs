//! English.

use super::{Column, Disposition, Label, Policy, Room, Words};

#[rustfmt::skip]
pub(super) const ENGLISH: Words = Words {
    columns: &[
        (Column::Sha, &[
            "sha", "shas", "hash", "hashes", "commit", "commits", "id", "revision", "upstream", "upstream commit",
            "upstream sha", "upstream shas", "upstream sha s", "commit sha", "commit hash", "original commit",
        ]),
        (Column::Fork, &[
            "fork commit", "fork sha", "fork", "our commit", "local commit", "local sha", "ours", "picked as",
        ]),
        (Column::Subject, &[
            "subject", "message", "commit message", "commit subject",
        ]),
        (Column::Description, &[
            "description", "title", "summary", "change", "changes", "feature", "what it does", "what",
        ]),
        (Column::Risk, &[
            "risk", "conflict risk", "risk level", "severity", "level",
        ]),
        (Column::Decision, &[
            "decision", "status", "approach", "action", "recommendation", "verdict", "disposition", "type", "plan",
            "research result", "result", "outcome",
        ]),
        (Column::Note, &[
            "note", "notes", "comment", "comments", "remark", "remarks", "reason", "details", "rationale", "why", "issues",
        ]),
        (Column::Remark, &[
            "impact", "benefit", "complexity", "effort", "estimate", "estimated effort", "priority", "conflicts",
            "conflict", "dependencies", "depends on", "mitigation", "urgency", "tests",
        ]),
        (Column::Known, &[
            "#", "no", "number", "date", "upstream date", "pr", "author", "area", "areas", "files", "files affected",
            "file", "verified", "verify", "batch",
        ]),
        (Column::Path, &[
            "path", "file", "files", "conflicted file", "folder", "directory",
        ]),
        (Column::Resolution, &[
            "resolution", "strategy", "resolution strategy", "policy", "how to resolve", "resolve",
        ]),
    ],
    dispositions: &[
        (Disposition::Pick, &[
            "pick", "picks", "cherry pick", "cherry picks", "clean cherry picks", "integrate", "adopt", "take", "apply",
            "merge", "include", "pending", "to do", "todo", "not started", "queued", "open", "in progress", "port",
            "recommended", "strongly recommend adoption", "strongly recommended", "recommend adoption", "all pick",
        ]),
        (Disposition::Careful, &[
            "manual", "manually", "pick with conflicts", "pick carefully", "pick careful", "pick with care",
            "pick with branding", "pick with adaptations", "pick with adaptation", "adapt", "partial", "partially",
            "partially implemented", "partially integrated", "partial implementation", "manual merge",
        ]),
        (Disposition::Review, &[
            "review", "needs review", "evaluate", "investigate", "research", "assess", "undecided", "tbd", "to be decided",
            "needs investigation", "check", "verify", "check if already covered",
        ]),
        (Disposition::Defer, &[
            "defer", "deferred", "later", "postpone", "postponed", "not now", "evaluate for future", "future",
        ]),
        (Disposition::Reimplement, &[
            "reimplement", "re implement", "reimplements", "reimplementation", "reimplementations", "rewrite",
            "all reimplement", "to reimplement", "implement again",
        ]),
        (Disposition::NoEffect, &[
            "no op", "noop", "no effect", "no change needed", "nothing to do", "vacuous", "moot",
        ]),
        (Disposition::Skip, &[
            "skip", "skips", "skipped", "all skip", "do not integrate", "don t integrate", "do not pick", "don t pick",
            "will not integrate", "won t integrate", "reject", "rejected", "exclude", "excluded", "drop", "dropped",
            "ignore", "ignored", "not needed", "not applicable", "removed", "omit", "omitted", "not wanted",
        ]),
        (Disposition::Taken, &[
            "already integrated", "already in", "already implemented", "already applied", "already have", "already picked",
            "already present", "already merged", "already taken", "already done", "integrated", "implemented", "done",
            "completed", "complete", "applied", "adopted", "picked", "merged", "cherry picked", "ported", "taken",
            "duplicate", "duplicates", "dup", "reimplemented", "recent integration", "recently integrated",
        ]),
    ],
    fillers: &[
            "table", "tables", "list", "commit", "commits", "chronological", "chronologically", "category", "section",
            "final", "phase", "phases", "batch", "batches", "in", "our", "the", "branch", "of", "and", "with", "solo",
            "candidates", "fork", "all", "as", "before",
        ],
    labels: &[
        (Label::Decision, &[
            "decision", "status", "recommendation", "verdict", "disposition", "approach",
        ]),
        (Label::Action, &[
            "recommended action", "action", "action items",
        ]),
        (Label::Estimate, &[
            "estimate", "estimated", "estimated effort", "estimated time", "effort", "time estimate", "integration time",
            "estimated integration time", "resolution time", "conflict resolution time",
        ]),
        (Label::Resolution, &[
            "resolution", "resolution strategy", "resolve", "resolve by", "strategy", "mitigation", "policy",
        ]),
        (Label::Commit, &[
            "commit", "commits", "sha", "shas", "upstream commit", "upstream sha",
        ]),
        (Label::Range, &[
            "range", "upstream range", "commit range", "source", "analysis range", "total commits in range",
        ]),
        (Label::Recommendation, &[
            "overall recommendation", "assessment",
        ]),
        (Label::Date, &[
            "date", "analysis date", "generated", "written", "last updated", "analysis completed",
        ]),
        (Label::File, &[
            "file", "files", "path", "paths", "location",
        ]),
    ],
    rooms: &[
        (Room::Own, &[
            "fork only", "fork only features", "only in our fork", "our own commits", "own commits", "our commits",
            "fork commits", "our custom commits", "local commits", "fork specific commits", "fork s own commits",
            "features to preserve", "custom features", "commit chain",
        ]),
        (Room::Local, &[
            "modified locally", "local files", "local only", "custom code", "our own paths", "fork only paths",
            "custom changes", "safe no upstream changes", "not in upstream", "only ours",
        ]),
        (Room::Both, &[
            "both", "modified by both", "modified in both", "changed by both", "requires review modified in both",
        ]),
        (Room::Expected, &[
            "expected conflicts", "expected merge conflicts", "potential conflicts", "likely conflicts", "conflict areas",
            "high conflict areas", "potential conflicts with our custom code", "conflicts expected", "conflict assessment",
            "high risk conflicts", "medium risk conflicts",
        ]),
        (Room::Next, &[
            "next steps", "what is next", "to do next",
        ]),
        (Room::Summary, &[
            "summary", "executive summary", "overview",
        ]),
        (Room::Validation, &[
            "validation", "validate", "verification", "verify", "testing",
        ]),
    ],
    steps: &[
            "phase", "step", "stage", "batch", "wave",
        ],
    priorities: &[
            "priority", "tier",
        ],
    optional: &[
            "optional", "selective", "as needed", "later", "if needed", "nice to have",
        ],
    policies: &[
        (Policy::Theirs, &[
            "accept theirs", "take theirs", "use theirs", "prefer theirs", "keep theirs", "theirs", "accept upstream",
            "accept upstream s", "take upstream", "use upstream", "prefer upstream", "keep upstream",
            "accept upstream version", "take upstream version", "use upstream version", "accept the upstream version",
            "take upstream s version", "accept upstream s version", "use upstream s version",
        ]),
        (Policy::Ours, &[
            "accept ours", "take ours", "use ours", "prefer ours", "keep ours", "ours", "keep local", "prefer local",
            "keep our version", "keep the fork s", "keep fork", "prefer fork", "keep fork version", "use our version",
            "keep the fork s version", "keep local version",
        ]),
        (Policy::Both, &[
            "keep both", "accept both", "take both", "union", "keep both sides",
        ]),
    ],
};
