//! The forms people write their plans in, each made up: what becomes of every commit, and what is said of what was not read.

use std::fmt::Write;

use uptake::config::raw::{RawConfig, RawPhase, RawPick};
use uptake::import::{self, RangeScope};

use super::remarks::report;

fn config(text: &str) -> RawConfig {
    import::to_config(&import::read(text).expect("an analysis"))
}

/// Every commit, a line each: the phase and the category that take it, with the note, or why it is left out.
fn decided(config: &RawConfig) -> String {
    let mut text = String::new();
    for phase in &config.phases {
        for (_, pick, category) in phase.picks() {
            let note = match pick {
                RawPick::Noted(noted) => noted.note.as_deref().unwrap_or_default(),
                RawPick::Sha(_) => "",
            };
            let category = category.map(|title| format!(" / {title}")).unwrap_or_default();
            let _ = writeln!(text, "{} {}{category}: {note}", pick.sha().0.0, phase.title);
        }
    }
    for exclude in &config.exclude {
        for sha in &exclude.commits {
            let _ = writeln!(text, "{} left out: {}", sha.0, exclude.reason);
        }
    }
    text
}

#[test]
fn columns_stand_in_any_order_and_rows_name_several_commits() {
    let text = "\
## Status

| Status | Count | Meaning |
|---|---|---|
| ✅ Done | 1 | in |
| ⏳ Waiting | 2 | Pending |
| ⚠️ Partial | 1 | in part |

## 2.1 Health Checks (P2 - High Value)

| Subject | Fork commit | Approach | Upstream SHA | Status | Conflicts | Impact | Author |
|---|---|---|---|---|---|---|---|
| Fix it | `f0f0001` | Cherry-pick | `aaa0001` | ✅ | None | Low | Ada |
| Migrate | - | Manual | [`aaa0002`](https://example.org/aaa0002) | ⏳ | HIGH - ours differs | | Ada |
| Two of them | - | Review | `aaa0003`, `aaa0004` | ⏳ | None | | Ada |
| Style | - | Skip | aaa0005 | ❌ | None | We have our own | Ada |
| Breaker | `f0f0002` | Manual | aaa0006 | ⚠️ | None | | Ada |
| Anything | - | Cherry-pick | to come | ⏳ | None | | Ada |
";
    insta::assert_snapshot!(decided(&config(text)), @r#"
    aaa0002 Health Checks: to be adapted by hand; Conflicts: HIGH - ours differs
    aaa0003 Health Checks: to be reviewed before it is picked
    aaa0004 Health Checks: to be reviewed before it is picked
    aaa0006 Health Checks: to be adapted by hand; in part in the fork as f0f0002
    aaa0001 left out: duplicate: the analysis says the fork has it as f0f0001: Impact: Low
    aaa0005 left out: skipped in the analysis: Impact: We have our own
    "#);
}

#[test]
fn sections_decide_and_a_row_of_its_own_decides_before_them() {
    let text = "\
# Decisions: v0.1.0 → v0.2.0

## PICK table (2 commits, chronological)
| # | Upstream SHA | Date | Areas | Rationale | Subject |
|---|---|---|---|---|---|
| 1 | aaa0001 | 2026-01-01 | core | Useful | Fix overflow (#1) |
| 2 | aaa0002 | 2026-01-02 | core | Useful too | Speed (#2) |

## SKIP: Release automation (1 commit)
| SHA | Subject | Reason |
|---|---|---|
| aaa0003 | chore(release): 2 | Version bump |

## REIMPLEMENT (chronological)
| SHA | Rationale | Subject |
|---|---|---|
| aaa0004 | Other architecture | Policy engine |

## NO_OP table
| SHA | Rationale | Subject |
|---|---|---|
| aaa0005 | We have the fix | Process all |

## Already integrated (phase 1) ✅
| Commit | Description | Status |
|---|---|---|
| aaa0006 | Fix hang | ✅ Integrated |

## Changed our minds
### PICK → SKIP (1 commit)
| SHA | Reason |
|---|---|
| aaa0002 | Deferred to #1675 |

### Sticky headers (aaa0007, aaa0008) (REIMPLEMENT)
The user wants them.

- **aaa0009** (mouse): SKIP - tied to the selection
- Backoff (`aaa0010`) → SKIP, we have our own
";
    insta::assert_snapshot!(decided(&config(text)), @r#"
    aaa0001 Commits to be picked: Useful
    aaa0002 left out: skipped in the analysis: Useful too; Deferred to #1675
    aaa0003 left out: skipped in the analysis: Version bump
    aaa0004 left out: to be reimplemented by hand, as the analysis says: Other architecture
    aaa0005 left out: without effect here, as the analysis says: We have the fix
    aaa0006 left out: duplicate: the analysis says the fork has it
    aaa0009 left out: skipped in the analysis: (mouse): SKIP - tied to the selection
    aaa0010 left out: skipped in the analysis: Backoff (aaa0010) → SKIP, we have our own
    aaa0007 left out: to be reimplemented by hand, as the analysis says: Sticky headers (aaa0007, aaa0008) (REIMPLEMENT)
    aaa0008 left out: to be reimplemented by hand, as the analysis says: Sticky headers (aaa0007, aaa0008) (REIMPLEMENT)
    "#);
}

#[test]
fn lists_checklists_and_headings_name_commits() {
    let text = "\
## Phase 1: Batches (adjusted)

### Batch 1 (2 commits after cleanup) - COMPLETED
- ✅ **Status**: COMPLETED
- **Commits**:
  - ✅ `aaa0001` - Refactor it (partial)
  - ❌ `aaa0002` - Emoji
- **Removed**: aaa0003 (workflow), aaa0004 (telemetry)

### Batch 2 - NOT STARTED
- [ ] `aaa0005` - fix: skip empty lines
- [x] `aaa0006` - docs
- ⬜ `aaa0007` + `aaa0008` - two together

### Batch 3: Careful ones (30 minutes)
1. `aaa0009` - NNTP (MANUAL - conflicts with ours)
2. `aaa0010` - Replacement (REVIEW)

## Selected fixes
### 1. Fix the hang (#6)
**Commit**: `bbb0001` → `f0f0001`
**Merge Status**: ✅ Clean

### 2. Context propagation (`bbb0002`)
*   **Local:** Manual calls.
*   **Recommendation:** **Adopt.** It cleans up.

### 3. Fairness (`bbb0003`)
*   **Recommendation:** **Evaluate for future.** A large change.

## Fork-only features
| Feature | Commits | Description |
|---|---|---|
| Login | `f0f0002`, `f0f0003`, etc. | Our own |
";
    insta::assert_snapshot!(decided(&config(text)), @r#"
    aaa0005 Batch 2: 
    aaa0007 Batch 2: 
    aaa0008 Batch 2: 
    aaa0009 Careful ones: to be adapted by hand
    aaa0010 Careful ones: to be reviewed before it is picked
    bbb0002 Selected fixes: It cleans up.
    aaa0001 left out: duplicate: the analysis says the fork has it
    aaa0006 left out: duplicate: the analysis says the fork has it
    aaa0002 left out: skipped in the analysis: Emoji
    aaa0003 left out: skipped in the analysis: workflow
    aaa0004 left out: skipped in the analysis: telemetry
    bbb0001 left out: duplicate: the analysis says the fork has it as f0f0001
    bbb0003 left out: deferred in the analysis: A large change.
    "#);
}

#[test]
fn words_are_kept_on_phases_categories_and_paths() {
    let text = "\
# Analysis
**Date:** 2026-01-13
**Estimated Time:** 4-6 hours
**Recommendation:** merge soon

## Executive Summary
Upstream has focused on:
- New models
- CUDA 13

## Priority 1: Fixes 🚨 (3 commits)
**Impact**: High
**Estimated Effort**: 2 hours
### Model fixes (1 commit)
| SHA | Description |
|---|---|
| aaa0001 | Fix |

**Recommended action:** take all
### Loader fixes (1 commit)
| SHA | Description |
|---|---|
| aaa0002 | Fix |

## Phase 2: Speed (OPTIONAL)
```bash
git cherry-pick aaa0003
```

## Priority 2: Speed
| SHA | Description |
|---|---|
| aaa0003 | Fast |
| aaa0004 | Faster |

## Potential Conflicts with Our Custom Code
### High Conflict Areas
1. **Client.cs** - We have a breaker
2. **src/app/[id]/page.ts** - custom proxy

### Conflict 2: Actions.svelte
**File:** `ui/Actions.svelte`
- Upstream sorted the imports
**Resolution:** Accept THEIRS (import order)

## Policies
- prefer ours: `docs/**`
- accept theirs: `assets/logo.svg`

| File | Resolution |
|---|---|
| `ui/theme.css` | keep both |
| `ui/old.css` | Accept deletion |

## Next Steps
1. ✅ Write this
2. ⏭️ Pick the fixes
";
    let config = config(text);
    let without_picks = |phase: &RawPhase| RawPhase { commits: Vec::new(), ..phase.clone() };
    let shown = RawConfig { phases: config.phases.iter().map(without_picks).collect(), ..config.clone() };
    insta::assert_snapshot!(shown.to_yaml(), @r#"
    # yaml-language-server: $schema=uptake.schema.json

    phases:
      - id: fixes
        title: Fixes
        priority: 1
        note: "Impact: High"
        estimate: "Estimated Effort: 2 hours"
        categories:
          - title: Model fixes
            note: take all
            commits:
              - aaa0001
          - title: Loader fixes
            commits:
              - aaa0002

      - id: speed
        title: Speed
        priority: 2
        optional: true

    conflicts:
      - { path: ui/Actions.svelte, use: upstream }
      - { path: "docs/**", use: fork }
      - { path: assets/logo.svg, use: upstream }
      - { path: ui/theme.css, use: union }

    notes:
      - { path: "**/Client.cs", note: We have a breaker }
      - { path: 'src/app/\[id\]/page.ts', note: custom proxy }
      - { path: ui/Actions.svelte, note: "Accept THEIRS (import order); Upstream sorted the imports" }
      - { path: "docs/**", note: prefer ours }
      - { path: assets/logo.svg, note: accept theirs }
      - { path: ui/theme.css, note: keep both }
      - { path: ui/old.css, note: Accept deletion }

    analysis:
      date: "2026-01-13"
      themes: [New models, CUDA 13]
      advice: [merge soon]
      estimates: ["Estimated Time: 4-6 hours"]
      steps:
        - { text: Write this, done: true }
        - { text: Pick the fixes }
    "#);
}

#[test]
fn commands_come_from_blocks_alone_and_a_person_confirms_the_others() {
    let text = "\
| SHA |
|---|
| aaa0001 |

Run `make inline` first.

## Validation
```bash
cd ui
pnpm install
pnpm run check
cd ..
git commit -m \"Merge

rm -rf what was there
- fixes
Co-authored-by: someone
\"
cat > note <<EOF
make never
EOF
rm -rf target
gh run list
code a.svelte
docker build -t x .
make test && make lint
npm publish
```

## Verification
```
This is what to say to somebody:
make it good
```
";
    let analysis = import::read(text).expect("an analysis");
    let config = import::to_config(&analysis);
    assert_eq!(config.ci.validate, ["cd ui && pnpm run check", "make test && make lint"]);
    let yaml = config.to_yaml_with(&|path| import::comment(&analysis, path));
    let (comment, _) = yaml.split_once("\n\n").expect("a head");
    insta::assert_snapshot!(comment, @r#"
    # yaml-language-server: $schema=uptake.schema.json
    # The document runs these too. Nothing shows that they build or test: move to `ci: validate:` what is to be run.
    #
    #   - cd ui && pnpm install
    #   - docker build -t x .
    "#);
    let report = report(text, &RangeScope::Whole);
    let (_, commands) = report.split_once("Command to confirm").expect("commands");
    insta::assert_snapshot!(commands, @r#"
    (6)
     plan.md:10: 'cd ui && pnpm install' is in the configuration as a comment: a person confirms it
     plan.md:22: 'rm -rf target' is left away: it deletes, publishes, logs in or opens an editor
     plan.md:23: 'gh run list' is left away: it deletes, publishes, logs in or opens an editor
     plan.md:24: 'code a.svelte' is left away: it deletes, publishes, logs in or opens an editor
     plan.md:25: 'docker build -t x .' is in the configuration as a comment: a person confirms it
     plan.md:27: 'npm publish' is left away: it deletes, publishes, logs in or opens an editor
    "#);
}
