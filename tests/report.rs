//! The report, from hand-made facts: what it says, that it says all of it, and that no text of others comes alive in it.

mod facts;
mod hostile;
mod notes;
mod ranges;

use uptake::pick::Outcome;
use uptake::view::report::{html, markdown};

use facts::{Owned, empty, id, small};

/// Each heading with its text up to the next heading of any level.
fn sections(markdown: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        fenced ^= line.starts_with("```");
        match out.last_mut() {
            _ if line.starts_with('#') && !fenced => out.push((line.to_owned(), String::new())),
            Some((_, text)) => text.extend([line, "\n"]),
            None => {}
        }
    }
    out
}

fn section(markdown: &str, heading: &str) -> String {
    let found = sections(markdown).into_iter().find(|(name, _)| name.trim_start_matches(['#', ' ']) == heading);
    found.unwrap_or_else(|| panic!("no section {heading:?} in\n{markdown}")).1.trim().to_owned()
}

fn page(owned: &Owned) -> String {
    html(&owned.facts()).expect("the template renders")
}

#[test]
fn the_head_names_both_sides_and_what_lies_between() {
    insta::assert_snapshot!(section(&markdown(&small().facts()), "Upstream integration analysis"), @r#"
    **As of:** 2025-10-17\
    **Upstream:** owner/upstream\
    **Fork:** someone/fork\
    **Common ancestor:** [`b0b0b0b0b`](https://redirect.github.com/owner/upstream/commit/b0b0b0b0b)\
    **Upstream head:** [`080808080`](https://redirect.github.com/owner/upstream/commit/080808080) (Tidy up)\
    **Fork head:** `f0f0f0f0f`\
    **Upstream commits:** 8 and 1 merge\
    **Written:** 2025-10-10 to 2025-10-17\
    **Files:** 12 changed by upstream, 1,234 by the fork, 3 by both
    "#);
}

#[test]
fn the_summary_is_the_figures_as_sentences() {
    insta::assert_snapshot!(section(&markdown(&small().facts()), "Executive summary"), @r#"
    **1 commit holds back 1 more.**

    - Since the common ancestor upstream has made 8 commits and 1 merge, which is never picked. They change 12 files. The fork has changed 1,234 files; 3 were changed on both sides.
    - The fork already has 1 of these commits; 1 more is not there, yet would change nothing. 7 are open.
    - Picked one by one onto the fork's head, 2 conflict, 4 apply and 2 change nothing.
    - 1 commit conflicts by itself (roots); 1 applies once the roots before are resolved (cascades). Most hangs on [`020202020`](https://redirect.github.com/owner/upstream/commit/020202020) (1 cascade).
    - 2 phases take 4 commits: 2 apply, 1 waits for a person, 1 lacks earlier commits alone. 1 open commit has no phase yet.
    - No upstream commit touches a path that is the fork's own.
    - Effort: about 1 hour, at 2 minutes to review a commit (4) and 5 to decide a place (2 in 1 commit, 1 of them a root). Tests are not counted.
    - Recommendation: merge `uptake/fixes`. Then resolve [`020202020`](https://redirect.github.com/owner/upstream/commit/020202020), on which 1 other commit hangs.
    "#);
}

#[test]
fn a_phase_lists_what_it_claims_in_upstream_s_order_and_says_what_to_do() {
    let markdown = markdown(&small().facts());
    insta::assert_snapshot!(section(&markdown, "Phase 1: Critical fixes"), @r#"
    Branch `uptake/fixes` on `main` (`f0f0f0f0f`). 2 commits: 1 in the fork already, 1 applies. Risk: **critical**. CUDA 13.0.

    | SHA | Description | Risk | Outcome | Notes |
    | --- | --- | --- | --- | --- |
    | `010101010` | Fix the parser |  | taken | In the fork already: patch-id of e1e1e1e1e. |
    | `060606060` | Fix a stack overflow | **critical** | clean | Take this one first. |

    **Recommended action:** Review and merge `uptake/fixes`: every pick applies. Read with care: `060606060` (critical: security).
    "#);
    insta::assert_snapshot!(section(&markdown, "Phase 2: Engine"), @r#"
    Branch `uptake/engine` on `main` (`f0f0f0f0f`). 5 commits: 1 in the fork already, 1 applies, 1 waits, 1 follows, 1 left out. Risk: **medium**. CUDA 13.0.

    | SHA | Description | Risk | Outcome | Notes |
    | --- | --- | --- | --- | --- |
    | `aaaaaaaaa` | *not of the range* |  | taken | Older than the common ancestor, so the fork has it. |
    | `020202020` | Rework the engine | medium | decide | Conflicts in src/engine.rs (2 places). A root: 1 co… |
    | `030303030` | Tune the engine | low | follows | Conflicts in src/engine.rs (2 places). A cascade of… |
    | `040404040` | Bump cudarc to 1 |  | left-out | The earlier update. Superseded by 050505050 (cudarc… |
    | `050505050` | Bump cudarc to 2 | low | clean |  |

    **Recommended action:** Review `uptake/engine`: 1 pick applies. Then resolve the 1 that waits. The root is `020202020`; 1 more only hangs on roots, here or in other phases. Skip `040404040`: another of its group replaces it.
    "#);
}

#[test]
fn every_outcome_has_its_note() {
    let mut owned = small();
    let picks = &mut owned.built.phases[1].picks;
    picks[0].outcome = Outcome::Resolved;
    picks[1].outcome = Outcome::Decide;
    picks[1].commit = Some(id(0xdd));
    picks[2].outcome = Outcome::LeftOut;
    owned.built.phases[0].picks[0].outcome = Outcome::NoOp;
    let markdown = markdown(&owned.facts());
    let engine = section(&markdown, "Phase 2: Engine");
    for note in [
        "| resolved | Resolved by rule or memory in src/engine.rs",
        "| decide | Committed with conflict markers in src/engine.rs",
        "| left-out | The phase ended before it, at a conflict. |",
    ] {
        assert!(engine.contains(note), "{note}\n{engine}");
    }
    // Git would stop at a pick that changes nothing.
    assert!(section(&markdown, "Phase 1: Critical fixes").contains("| no-op |"));
    assert_eq!(section(&markdown, "Phase 1: Critical fixes (nothing to take)"), "Nothing to pick.");
}

#[test]
fn the_conflict_analysis_knows_both_sides() {
    let markdown = markdown(&small().facts());
    insta::assert_snapshot!(section(&markdown, "The fork's own paths"), @"
    | Path | Files in the fork | Touched upstream by |
    | --- | --- | --- |
    | `tools/**` | 5 | nobody |
    ");
    insta::assert_snapshot!(section(&markdown, "Files changed by both sides"), @"
    | File | Upstream commits | Fork commits | Open commits that conflict |
    | --- | --- | --- | --- |
    | `src/engine.rs` | 2 | 1 | 2 |
    | `Cargo.toml` | 2 | 3 | 0 |
    | `README.md` | 1 | 1 | 0 |
    ");
    insta::assert_snapshot!(section(&markdown, "Roots and their cascades"), @r#"
    | Root | Description | Cascades | Conflicts in | Phase |
    | --- | --- | --- | --- | --- |
    | [`020202020`](https://redirect.github.com/owner/upstream/commit/020202020) | Rework the engine | 1 | `src/engine.rs` | Engine |
    "#);
}

#[test]
fn the_strategy_can_be_pasted() {
    insta::assert_snapshot!(section(&markdown(&small().facts()), "Phase 2: Engine (partly ready)"), @r#"
    ```bash
    git fetch upstream
    git switch -c uptake/engine-by-hand main
    git cherry-pick -x \
      020202020 \
      030303030 \
      050505050
    ```

    Git is likely to stop at 2 commits: `020202020` and `030303030`. Resolve the files of each, `git add` them and go on with `git cherry-pick --continue`, or leave the commit for later with `git cherry-pick --skip`.

    After each phase, validate:

    ```bash
    make test
    ```
    "#);
}

#[test]
fn a_stacked_phase_goes_on_from_the_branch_made_by_hand() {
    let mut owned = small();
    owned.built.phases[1].base = "uptake/fixes".into();
    let strategy = section(&markdown(&owned.facts()), "Phase 2: Engine (partly ready)");
    assert!(strategy.contains("git switch -c uptake/engine-by-hand uptake/fixes-by-hand\n"), "{strategy}");
}

#[test]
fn risks_conflicts_and_leftovers_are_counted() {
    let markdown = markdown(&small().facts());
    insta::assert_snapshot!(section(&markdown, "Risk assessment"), @r#"
    | Risk | Commits | Examples |
    | --- | --- | --- |
    | critical | 1 | [`060606060`](https://redirect.github.com/owner/upstream/commit/060606060) Fix a stack overflow |
    | high | 0 | none |
    | medium | 1 | [`020202020`](https://redirect.github.com/owner/upstream/commit/020202020) Rework the engine |
    | low | 4 | [`070707070`](https://redirect.github.com/owner/upstream/commit/070707070) Add a changelog; [`050505050`](https://redirect.github.com/owner/upstream/commit/050505050) Bump cudarc to 2; [`040404040`](https://redirect.github.com/owner/upstream/commit/040404040) Bump cudarc to 1 |
    | taken (in the fork already) | 1 | [`010101010`](https://redirect.github.com/owner/upstream/commit/010101010) Fix the parser |
    | no-op (would change nothing) | 1 | [`080808080`](https://redirect.github.com/owner/upstream/commit/080808080) Tidy up |
    "#);
    insta::assert_snapshot!(section(&markdown, "High probability (1)"), @r#"
    A pick of the plan conflicts there.

    | Where | Files | Commits that conflict | Resolution |
    | --- | --- | --- | --- |
    | `src/` | 1 | 2 | by a person |
    "#);
    insta::assert_snapshot!(section(&markdown, "Medium probability (1)"), @r#"
    A rule resolves it, an open commit conflicts there when picked alone, or both sides changed it twice or more.

    | Where | Files | Commits that conflict | Resolution |
    | --- | --- | --- | --- |
    | `Cargo.toml` | 1 |  | by a person |
    "#);
    insta::assert_snapshot!(section(&markdown, "Low probability (1)"), @r#"
    Both sides changed it, one of them only once, and no open commit conflicts there.

    | Where | Files | Commits that conflict | Resolution |
    | --- | --- | --- | --- |
    | `README.md` | 1 |  | by a person |
    "#);
    insta::assert_snapshot!(section(&markdown, "Superseded (1)"), @"1 commit is in the table of its phase.");
    insta::assert_snapshot!(section(&markdown, "Unassigned commits"), @r#"
    Open commits that no phase claims. Give them a phase, or exclude them with a reason.

    | SHA | Description | Risk | Picked alone | Notes |
    | --- | --- | --- | --- | --- |
    | `070707070` | Add a changelog | low | clean alone |  |
    "#);
}

#[test]
fn the_end_says_what_is_next_and_adds_up() {
    let markdown = markdown(&small().facts());
    insta::assert_snapshot!(section(&markdown, "Next steps"), @r#"
    1. **ready**: Critical fixes: review 1 pick: `uptake/fixes` applies as it is.
    2. **partly ready**: Engine: review 1 pick on `uptake/engine`, resolve 1.
    3. **to do**: Resolve `020202020` first: 1 commit hangs on it.
    4. **to do**: Give 1 open commit a phase, or exclude it: see Unassigned commits.
    5. **to do**: After each phase, validate: `make test`.
    "#);
    insta::assert_snapshot!(section(&markdown, "Totals"), @"
    | What | Count |
    | --- | --- |
    | Upstream commits | 8 |
    | Already in the fork | 1 |
    | Would change nothing | 1 |
    | Open | 7 |
    | Picks that apply, over all phases | 2 |
    | Picks that wait for a person | 1 |
    | Picks that lack earlier commits alone | 1 |
    | Open commits in no phase | 1 |
    | Merges, never picked | 1 |
    | Roots to resolve | 1 |
    | Cascades that follow | 1 |
    | Files changed by upstream | 12 |
    | Files changed by both sides | 3 |
    | The fork's own paths | untouched by upstream |
    ");
}

#[test]
fn before_roots_are_known_the_report_says_so_and_draws_no_arcs() {
    let owned = small().without_roots();
    let markdown = markdown(&owned.facts());
    insta::assert_snapshot!(section(&markdown, "Roots and their cascades"), @"2 open commits conflict. Which of them are roots and which are cascades has not been worked out.");
    assert!(!markdown.contains("A root") && !markdown.contains("A cascade"), "{markdown}");
    assert!(!page(&owned).contains("<path class=\"arc\""));
    assert!(page(&owned).contains("<rect class=\"conflict\""));
}

#[test]
fn an_arc_leads_from_each_root_to_each_of_its_cascades() {
    let page = page(&small());
    let arcs: Vec<&str> = page.lines().filter(|line| line.starts_with("<path class=\"arc\"")).collect();
    assert_eq!(arcs.len(), 1, "{arcs:?}");
    // Columns count from 0: the second commit is the root, the third its cascade.
    assert!(arcs[0].contains("data-from=\"1\" data-to=\"2\""), "{arcs:?}");
    assert!(page.contains("<title>020202020 Rework the engine\nAda, 2025-10-11\nroot: 1 cascade on it\n"));
}

#[test]
fn no_section_is_empty_without_a_word_why() {
    let mut no_phases = small();
    no_phases.built.phases.clear();
    for owned in [small(), small().without_roots(), no_phases, empty()] {
        let markdown = markdown(&owned.facts());
        let sections = sections(&markdown);
        for (at, (heading, text)) in sections.iter().enumerate() {
            let level = |heading: &str| heading.chars().take_while(|c| *c == '#').count();
            let has_subsections = sections.get(at + 1).is_some_and(|(next, _)| level(next) > level(heading));
            assert!(has_subsections || !text.trim().is_empty(), "{heading} is empty in\n{markdown}");
            assert!(!text.contains("|\n\n|") && !text.trim().ends_with("--- |"), "{heading} has an empty table");
        }
        page(&owned);
    }
}

#[test]
fn nothing_to_take_is_said_plainly() {
    let markdown = markdown(&empty().facts());
    insta::assert_snapshot!(section(&markdown, "Executive summary"), @"
    **Upstream has nothing the fork lacks.**

    - Upstream has no commit that the fork lacks. There is nothing to do.
    ");
    assert!(page(&empty()).contains("there is nothing to draw"));
}

#[test]
fn both_forms_have_the_same_sections() {
    let markdown = markdown(&small().facts());
    let page = page(&small());
    let mut titles = page.split("<h2 ").skip(1).filter_map(|rest| Some(rest.split_once('>')?.1.split_once('<')?.0));
    // The page begins with what to do first, and has the pictures on top.
    let on_top = ["What to do first", "The line over time", "The range, commit by commit"];
    assert_eq!(titles.next(), Some(on_top[0]));
    let mut of_page: Vec<&str> = titles.filter(|title| !on_top.contains(title)).collect();
    let mut of_markdown: Vec<&str> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    of_page.sort_unstable();
    of_markdown.sort_unstable();
    assert_eq!(of_page, of_markdown);
}

/// What is read of a part of the page, a line for each of its lines that say something.
fn read(part: &str) -> String {
    let text = regex::Regex::new("<[^>]*>").expect("a pattern").replace_all(part, "").into_owned();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_says_first_what_to_do_and_shows_the_line_over_time() {
    let page = page(&small());
    let (_, rest) = page.split_once("<div class=\"first\">").expect("a first screen");
    let (first, rest) = rest.split_once("</ol>").expect("steps");
    insta::assert_snapshot!(read(first), @r#"
    commits behind8
    in the fork already1
    ready to merge2
    to decide1
    follow by themselves1
    What to do first
    Review and merge what is ready: Critical fixes (1 pick). uptake run --forge github --dry-run
    Decide, the cheapest first: 020202020 Rework the engine (2 places). uptake resolve 020202020
    Run again: 1 commit follows what was decided, without a person. uptake run --forge github
    When all is in or left out for good, merge the record: git then says 0 behind. uptake record
    "#);
    let (_, rest) = rest.split_once("<div class=\"cols\" role=\"img\" aria-label=\"").expect("a chart");
    let (about, rest) = rest.split_once('"').expect("a description");
    insta::assert_snapshot!(about, @"8 commits by day: 1 no effect, or left out, 7 clean.");
    // Its table says of each commit of the range the same as the drawing.
    let (_, rest) = rest.split_once("<tbody>").expect("a table");
    let (table, _) = rest.split_once("</tbody>").expect("its end");
    let cells = table.split("<td class=\"n\">").skip(1).filter_map(|cell| cell.split_once('<'));
    let sum: usize = cells.map(|(number, _)| number.parse::<usize>().expect("a number")).sum();
    assert_eq!(sum, small().survey.commits.len());
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = page(&small());
    for outside in [" src=", "@import", "url(", "<link", "<iframe", "<img", "fetch(", "XMLHttpRequest", "import("] {
        assert!(!page.contains(outside), "{outside}");
    }
    for link in page.split(" href=\"").skip(1) {
        let own = link.starts_with('#') || link.starts_with("https://redirect.github.com/owner/upstream/commit/");
        assert!(own, "{}", &link[..60]);
    }
}

#[test]
fn no_table_is_wider_than_a_narrow_screen() {
    // It scrolls by itself there.
    let page = page(&small());
    assert_eq!(page.matches("<table").count(), page.matches("<div class=\"scroll\"><table").count());
}

#[test]
fn every_mark_that_can_be_clicked_leads_to_a_row() {
    let page = page(&small());
    let targets: Vec<&str> = page.split(" href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() >= 8, "{targets:?}");
    for target in targets {
        assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
    }
}

#[test]
fn without_a_repository_nothing_is_linked() {
    let mut owned = small();
    for repository in [None, Some("../../evil"), Some("a/b\" onclick=\"x")] {
        owned.config.upstream.repository = repository.map(str::to_owned);
        let markdown = markdown(&owned.facts());
        assert!(!markdown.contains("](http") && !markdown.contains("git remote add"), "{markdown}");
        assert!(!page(&owned).contains("href=\"http"));
    }
}

#[test]
fn equal_facts_give_equal_bytes() {
    assert_eq!(markdown(&small().facts()), markdown(&small().facts()));
    assert_eq!(page(&small()), page(&small()));
}
