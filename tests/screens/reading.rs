//! The reading test: the first screen of each text, as somebody reads it who sees it for the first time. It answers three questions: what is
//! ready, what must I decide, what happens next.

use std::fs;
use std::path::Path;

use super::{CONFIG, read, seen, world};
use crate::support::forge::{job, out};
use crate::support::{uptake, uptake_in};

/// The lines of a screen.
const SCREEN: usize = 40;

/// What is seen first of a text, and that it has the three answers.
fn first_screen(text: &str, answers: [&str; 3]) -> String {
    let screen = text.lines().take(SCREEN).collect::<Vec<_>>().join("\n").replace('\u{200b}', "");
    for answer in answers {
        assert!(screen.contains(answer), "{answer:?} is not in\n{screen}");
    }
    screen
}

#[test]
fn the_first_screen_of_what_is_published_says_what_is_ready_what_to_decide_and_what_comes_next() {
    let world = world(3, 2);
    job(&world, &world.open(CONFIG));

    let pull = seen(&read(&out(&world).join("pulls/1.md")));
    let screen = first_screen(&pull, ["3 picks are ready", "You decide:** 2 picks", "**Next:**"]);
    insta::assert_snapshot!(screen, @r#"
    # Uptake: The rest

    **3 picks are ready to merge**, of 5. They are upstream commits of `up/stream`, for `main` (`fb22d2311`). Risk: **medium**.

    - **You decide:** 2 picks need a decision; the cheapest is [`1e91b25d8`][] Make the first of the lines say what it does (#0) (1 place).
    - **Next:** review *Files changed*, then merge with a merge commit or by rebasing: author, date and origin of each commit stay.

    ## Tests

    | CUDA | State | For |
    |---|---|---|
    | 12.9 | waiting | `be6382dd3` |

    1 command that must pass

    ## In this pull request

    | Commit | Change | Risk | Outcome |
    |---|---|---|---|
    | [`a82b9b83e`][] | Support one more of the models that people ask for (#0) | low | clean |
    | [`bf1fcadde`][] | Support one more of the models that people ask for (#1) | low | clean |
    | [`6f42b1060`][] | Support one more of the models that people ask for (#2) | low | clean |

    Risks and remarks: 2 picks

    ## Decisions

    The cheapest first. Each note has what upstream changed, what the fork has there, and how to resolve it.

    <code>1e91b25d8</code> Make the first of the lines say what it does (#0): 1 file

    <code>ed897fe7f</code> Make the first of the lines say what it does (#1): 1 file

    ## Lost lines

    Every line upstream adds and the fork had was looked for on the branch (3 picks, 3 files): every one is there.


    Commands
    "#);

    let dashboard = seen(&read(&out(&world).join("issues/2.md")));
    let screen = first_screen(&dashboard, ["merge what is ready: #1", "Decide [`", "Next for you"]);
    insta::assert_snapshot!(screen, @r#"
    # Uptake: upstream status

    `main` is at `fb22d2311`, `up/stream` at `ed897fe7f`: 5 commits behind. The fork has 0 of them already; **5 still to take**, the oldest written on 2025-09-01: **30 days** ago. As of 2025-10-01.

    **Next for you**

    1. Decide [`1e91b25d8`][] Make the first of the lines say what it does (#0): 1 place.
    2. Review and merge what is ready: #1.

    ## Phases

    `█` in the fork, `▓` ready on the phase's branch, `░` open: not on it, since it conflicts.

    | Phase | Progress | Risk | Pull request | Waits for |
    |---|---|---|---|---|
    | The rest | `▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░` 3 ready, 2 open | medium | #1 | review, and a person: 2 conflicts to resolve |

    All phases together give the same files as git's own merge. 2 files that git cannot merge cleanly are not compared.

    ## The ways to catch up

    | Way | Stops | Files | Places to decide | Common ancestor | You lose |
    |---|--:|--:|--:|---|---|
    | one merge | 1 | 2 | 2 | moves | review in parts |
    | the line in slices | 2 | 2 | 2 | moves | nothing |
    | **the phases as configured** | 2 | 2 | 2 | moves | nothing |
    | the fork's commits onto upstream | 1 | 2 | 2 | moves | review in parts; the fork's history, rewritten |

    Recommended: the phases as configured. A person decides 2 places, and nothing is lost. `uptake run`

    Decisions, the cheapest first: 2 picks

    Tick to leave a commit out for good: The rest, 5 commits
    "#);
}

#[test]
fn the_first_screen_of_what_is_printed_says_it_too() {
    let world = world(3, 2);
    drop(world.open(CONFIG));
    let command = |name| uptake(world.folder(), &["--repo", "fork", "--offline", "--config", "uptake.yml", name]).1;

    let screen = first_screen(&command("plan"), ["ready", "2 decide", "Next: resolve "]);
    insta::assert_snapshot!(screen, @r#"
      #  phase     ready  decide  follow  risk    
      1  The rest  3      2       0       medium

    The ways to catch up, and what each asks of a person
                                        stops  files  places  common ancestor  you lose
      one merge                         1      2      2       moves            review in parts
      the line in slices                2      2      2       moves            nothing
      the phases as configured          2      2      2       moves            nothing
      the fork's commits onto upstream  1      2      2       moves            review in parts; the fork's history, rewritten
      Recommended: the phases as configured. A person decides 2 places, and nothing is lost.
      uptake run

    5 picks in 1 phase: 3 clean, 2 decide; 0 left out, 0 in no phase
    3 picks, 3 files compared line by line: every line of these picks is there
    All phases together give the same files as git's own merge. 2 files that git cannot merge cleanly are not compared.

    Next: resolve 1e91b25d8 (1 place): uptake resolve 1e91b25d8; uptake why 1e91b25d8 explains it
    All 2 decisions in one sitting: uptake resolve
    Details of a phase: uptake plan rest
    "#);

    let screen = first_screen(&seen(&command("report")), ["Recommendation", "decide", "1."]);
    insta::assert_snapshot!(screen, @r#"
    # Upstream integration analysis

    **As of:** 2025-09-01\
    **Upstream:** up/stream\
    **Fork:** our/fork\
    **Common ancestor:** [`0a5a84722`](https://redirect.github.com/up/stream/commit/0a5a84722)\
    **Upstream head:** [`ed897fe7f`](https://redirect.github.com/up/stream/commit/ed897fe7f) (Make the first of the lines say what it does (#1))\
    **Fork head:** `fb22d2311`\
    **Upstream commits:** 5 and 0 merges\
    **Written:** 2025-09-01 to 2025-09-01\
    **Files:** 5 changed by upstream, 2 by the fork, 2 by both

    ## Executive summary

    **2 of 5 commits conflict with the fork.**

    - Since the common ancestor upstream has made 5 commits. They change 5 files. The fork has changed 2 files; 2 were changed on both sides.
    - The fork already has 0 of these commits. 5 are open.
    - Picked one by one onto the fork's head, 2 conflict, 3 apply and 0 change nothing.
    - 2 commits conflict by themselves (roots); 0 apply once the roots before are resolved (cascades).
    - 1 phase takes 5 commits: 3 apply, 2 wait for a person. Every open commit has a phase. All phases together give the same files as git's own merge. 2 files that git cannot merge cleanly are not compared.
    - No path is configured as the fork's own.
    - Effort: about 1 hour, at 2 minutes to review a commit (5) and 5 to decide a place (2 in 2 commits, 2 of them roots). Tests are not counted.
    - Recommendation: review what applies of `uptake/rest`. Then resolve [`1e91b25d8`](https://redirect.github.com/up/stream/commit/1e91b25d8) (1 place), the cheapest decision; `uptake resolve` goes through all of them.

    ## Next steps

    1. **partly ready**: The rest: review 3 picks on `uptake/rest`, resolve 2.
    2. **to do**: After each phase, validate: `make test-all`.

    ## What upstream did

    | Theme | Commits | Open | The newest |
    | --- | --- | --- | --- |
    | Features | 3 | 3 | Support one more of the models that people ask for (#2) |

    2 other commits in smaller themes.

    ## The ways to catch up
    "#);
}

#[test]
fn and_so_does_the_first_screen_of_a_job() {
    let world = world(3, 2);
    drop(world.open(CONFIG));
    let event = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/action/workflow_dispatch.json");
    fs::copy(event, world.folder().join("event.json")).expect("copied");
    let at = |name: &str| world.folder().join(name).display().to_string();
    let environment = [
        ("GITHUB_EVENT_NAME", "workflow_dispatch".to_owned()),
        ("GITHUB_EVENT_PATH", at("event.json")),
        ("GITHUB_REPOSITORY", "octo-org/octo-repo".to_owned()),
        ("GITHUB_STEP_SUMMARY", at("summary")),
        ("GITHUB_WORKSPACE", at("fork")),
        ("RUNNER_TEMP", at("")),
    ];
    fs::write(at("summary"), "").expect("written");
    let action = ["--repo", "fork", "--offline", "--config", "uptake.yml", "action", "--forge", "folder:out"];
    let (code, said, error) = uptake_in(world.folder(), &action, &environment);
    assert_eq!(code, 0, "{said}{error}");
    let summary = read(&world.folder().join("summary"));
    let screen = first_screen(&summary, ["ready to merge", "2 picks wait for a person", "What is next"]);
    insta::assert_snapshot!(screen, @r#"
    ## Uptake: 5 commits behind upstream

    Why: started by octocat. Of upstream's commits 0 are taken already, 5 are open; 2 are for a person to decide.

    ### What is next

    - ready to merge: 1 (3 picks)
    - The rest: 2 picks wait for a person; pull request 1 says on which lines, and how to resolve them

    | phase | pull request | risk | ready | waits | left out |
    | --- | --- | --- | --: | --: | --: |
    | The rest | 1 | medium | 3 | 2 | 0 |

    <details><summary>Made 7 changes</summary>

    - create branch main at fb22d2311
    - create label "conflicts"
    - create label "phase:rest"
    - create label "risk:medium"
    - create branch uptake/rest at be6382dd3 (3 picks)
    - open pull request "Uptake: The rest" (uptake/rest into main)
    - open the dashboard "Uptake: upstream status"

    </details>
    "#);
}

/// The README speaks of no fork: what is ready is how to have it, what to decide is what it asks of people. A README that begins otherwise is
/// read once more as by a stranger, and the snapshot says that it was.
#[test]
fn the_first_screen_of_the_readme_says_what_it_is_what_it_asks_and_how_to_begin() {
    let readme = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md"));
    let answers =
        ["Where it is not sure, it asks you", "cargo install --locked --git", "## Four commands to a rehearsal"];
    let screen = first_screen(&readme, answers);
    insta::assert_snapshot!(screen, @r#"
    # Uptake

    **Keep a long-lived fork up to date, one reviewable pull request at a time.**

    Your fork is hundreds of commits behind. Some of them you cherry-picked by hand, you changed files that upstream keeps changing, and
    `git merge upstream/main` stops in 95 files. Uptake finds out what you already have, groups the rest into pull requests, tells you for
    each conflict *whose* lines meet and from which commits, and remembers how you resolved it. At the end git itself says `0 behind`.

    | A pull request | The report |
    | --- | --- |
    | ![A pull request: what is ready, what to decide, what comes next](docs/src/img/pull-request.png) | ![The report: what to do first, and the ways to catch up](docs/src/img/report.png) |

    There is nothing to install on a server. Branches are built in memory, without a shell and without touching your work tree, and every
    merge is the one git would make. Where it is not sure, it asks you; what you decided, it never undoes.

    ## Install

    ```
    cargo install --locked --git https://github.com/OWNER/uptake uptake
    ```

    This needs Rust 1.89 or newer, git and a C compiler. `OWNER/uptake` is the repository you read this in; its releases have binaries for
    Linux, macOS and Windows, with manual pages and shell completions, and a container image for servers (`ghcr.io/OWNER/uptake`).

    To try it from a clone, there is nothing else to set up:

    ```
    cargo run --locked -- demo                  # the whole job on a small example, in a minute
    cargo test --workspace --locked
    ```

    ## Four commands to a rehearsal

    In a clone of your fork. Nothing of the fork is changed, and nothing leaves your machine:

    ```console
    $ git remote add upstream https://github.com/upstream/engine.git
    $ uptake survey
    $ uptake init
    $ uptake run --forge folder:../preview
    "#);
}
