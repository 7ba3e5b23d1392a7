//! Documents in, configurations out.

use uptake::config::raw::RawConfig;
use uptake::import::{self, ImportError};

fn config(text: &str) -> RawConfig {
    import::to_config(&import::read(text).expect("an analysis"))
}

/// The parts of a configuration an analysis speaks of, in YAML.
fn yaml(text: &str) -> String {
    let text = serde_yaml_ng::to_string(&config(text)).expect("YAML");
    let (text, _) = text.split_once("labels:").expect("labels follow");
    text.replace("upstream: {}\nfork: {}\n", "")
}

const WHOLE: &str = "\
# Integration analysis

**Common Ancestor:** ba5e000 (The base #9)

## Commits
### PRIORITY 2: Parser
| SHA | Description | Risk | Notes |
|-----|-------------|------|-------|
| `bbb0001` | Parser rewrite (#7) | Medium | |
| `bbb0002` | Parser speed (#8) | Low | Follows bbb0001 |

### PRIORITY 1: Fixes
#### CUDA fixes
| SHA | Description | Risk | Notes |
|-----|-------------|------|-------|
| `aaa0001` | Fix overflow (#1) | **HIGH** | **CRITICAL** - security |
| `aaa0002` | Bump cudarc to 2 (#2) | Low | For CUDA 12.9/13.0 |
| `aaa0003` | Bump cudarc to 3 (#3) | 🟡 Medium | Later update, conflicts with aaa0002 |

**Recommended Action:** keep the latest of the cudarc updates (choose latest: aaa0003)

#### Error fixes
| SHA | Description | Risk | Notes |
|-----|-------------|------|-------|
| `aaa0004` | Fix hang (#4) | **DUP** | **Already in our branch** (f04c001) |
| `aaa0005` | Fix leak (#5) | N/A | |

#### Build fixes
| SHA | Description | Risk | Notes |
|-----|-------------|------|-------|
| `aaa0006` | Fix build (#6) | Low | |

### PRIORITY 3: Models
| SHA | Description | Risk | Notes |
|-----|-------------|------|-------|
| `ccc0001` | New model (#10) | Low | |
| `aaa0001` | Fix overflow (#1) | Low | Needed here too |

## Conflict Analysis
### Files Modified Locally (Not in Upstream Scope)
- `our-tool/*` and `.hooks/` - **Local only**
- Docs: `OUR_*.md`

## Strategy
### Phase 1: Critical (NOW)
```bash
git cherry-pick aaa0001  # Fix overflow
```
### Phase 2: Parser work (NEXT)
```bash
git cherry-pick bbb0001
make parser-test
```
### Phase 3: Features (OPTIONAL)
```bash
git cherry-pick ccc0001
git cherry-pick ddd0001  # In no table
```
### Phase 4: Validation
```bash
# After each phase:
make clean-all
make test-all
```

## Expected Merge Conflicts
### High Probability
1. **Cargo.toml** - dependencies
2. **Cargo.lock**
### Low Probability
1. **src/main.rs**
";

#[test]
fn a_whole_analysis_becomes_a_configuration() {
    insta::assert_snapshot!(yaml(WHOLE), @r#"
    local:
    - our-tool/**
    - .hooks/**
    - OUR_*.md
    phases:
    - id: critical
      title: Critical
      priority: 1
      note: NOW
      commits:
      - sha: aaa0001
        risk: critical
        note: CRITICAL - security; Needed here too
    - id: parser-work
      title: Parser work
      priority: 2
      note: NEXT
      commits:
      - sha: bbb0001
        risk: medium
      - sha: bbb0002
        risk: low
        note: Follows bbb0001
      ci:
        cuda:
        - '12.9'
        - '13.0'
        validate:
        - make parser-test
        - make clean-all
        - make test-all
        when: always
    - id: fixes
      title: Fixes
      priority: 3
      categories:
      - title: CUDA fixes
        note: 'keep the latest of the cudarc updates (choose latest: aaa0003)'
        commits:
        - sha: aaa0002
          risk: low
          note: For CUDA 12.9/13.0
        - sha: aaa0003
          risk: medium
          note: Later update, conflicts with aaa0002
      - title: Error fixes
        commits:
        - aaa0005
      - title: Build fixes
        commits:
        - sha: aaa0006
          risk: low
    - id: models
      title: Models
      priority: 4
      optional: true
      commits:
      - sha: ccc0001
        risk: low
    - id: features
      title: Features
      priority: 5
      note: OPTIONAL
      optional: true
      commits:
      - ddd0001
    exclude:
    - reason: 'duplicate: the analysis says the fork has it as f04c001'
      commits:
      - aaa0004
    supersede:
    - title: cudarc updates
      commits:
      - aaa0002
      - aaa0003
      keep: aaa0003
    conflicts:
    - path: Cargo.toml
      use: manifest
    - path: Cargo.lock
      use: lockfile
      command:
      - cargo
      - update
      - --workspace
    notes:
    - path: Cargo.toml
      note: dependencies
    ci:
      cuda:
      - '12.9'
      - '13.0'
      validate:
      - make clean-all
      - make test-all
      when: always
    "#);
}

#[test]
fn nothing_but_a_table_is_needed() {
    let text = "\
Remark | Risk Level | Change | Commit
--- | --- | --- | ---
critical: now | low | Fix it | [ABCDEF1](https://example.com/abcdef1)
|  |  | Second | `1234567890123456789012345678901234567890`
|  |  | The same, in short | 1234567
";
    insta::assert_snapshot!(yaml(text), @r#"
phases:
- id: commits
  title: Commits
  priority: 1
  commits:
  - sha: abcdef1
    risk: critical
    note: 'critical: now'
  - '1234567890123456789012345678901234567890'
ci:
  when: always
"#);
}

#[test]
fn phases_of_the_same_name_stay_apart() {
    let table = |sha: &str| format!("## Fixes\n| SHA |\n|---|\n| {sha} |\n\n");
    let phases = config(&(table("aaaaaa1") + &table("aaaaaa2"))).phases;
    assert_eq!(phases.iter().map(|phase| phase.id.as_str()).collect::<Vec<_>>(), ["fixes", "fixes-2"]);
}

#[test]
fn a_group_keeps_the_one_it_names_and_no_duplicate() {
    let text = "\
## Dependencies
| SHA | Description | Notes |
|---|---|---|
| aaaaaa1 | Bump serde to 2 | superseded by aaaaaa2 |
| aaaaaa2 | Bump serde to 3 | |
| aaaaaa3 | Bump tokio to 2 | already picked (f04c001) |
| aaaaaa4 | Bump tokio to 3 | replaces aaaaaa3 |
";
    let groups = config(text).supersede;
    assert_eq!(groups.len(), 1, "of the second, one is a duplicate: {groups:?}");
    assert_eq!(groups[0].keep.0, "aaaaaa2");
    assert_eq!(groups[0].commits.iter().map(|sha| sha.0.as_str()).collect::<Vec<_>>(), ["aaaaaa2", "aaaaaa1"]);
}

#[test]
fn a_document_without_commits_is_refused_with_what_was_looked_for() {
    let message = |text: &str| import::read(text).expect_err("no analysis").to_string();
    insta::assert_snapshot!(message(""), @"nothing that lists commits was found; looked for Markdown tables with a column `SHA` (or `Commit`, `Hash`) of commits, as a rule with `Description`, `Risk`, `Decision` and `Notes`, under headings such as `### PRIORITY 1: Critical fixes`; for lists and headings that begin with a commit; and for `git cherry-pick` under `## Phase 1: …`");
    insta::assert_snapshot!(message("# Notes\n\n| Area | Commits |\n|---|---|\n| Models | 12 |\n"), @"nothing that lists commits was found among 1 tables (line 3: Area | Commits); looked for Markdown tables with a column `SHA` (or `Commit`, `Hash`) of commits, as a rule with `Description`, `Risk`, `Decision` and `Notes`, under headings such as `### PRIORITY 1: Critical fixes`; for lists and headings that begin with a commit; and for `git cherry-pick` under `## Phase 1: …`");
}

#[test]
fn a_document_beyond_all_measure_is_not_read() {
    let text = "a".repeat(import::MAX_BYTES + 1);
    assert_eq!(import::read(&text), Err(ImportError::TooLarge { size: text.len() }));
}
