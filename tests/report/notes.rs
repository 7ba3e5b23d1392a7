//! What the report says of each conflict and of what was resolved, in both its forms.

use engine::commit::When;
use engine::path::RepoPath;
use uptake::pick::Method;
use uptake::pick::answer::Origin;
use uptake::pick::{Attribution, CommitSummary, DroppedLines, Outcome, Resolution, ResolvedBy};
use uptake::view::report::markdown;

use super::facts::{Owned, id, small};
use super::{page, section};

/// The small fork with all that can be said of a conflict: a long place, one that a cascade meets again, whose lines they are, and
/// a file that an answer resolved.
fn described() -> Owned {
    let mut owned = small();
    let named = |n: u8, subject: &str| CommitSummary {
        sha: id(n),
        subject: subject.into(),
        author: "Bea".into(),
        date: When { seconds: 1_760_000_000, offset: 0 },
        verdict: None,
    };
    let whose = Attribution {
        fork: vec![named(0xf5, "Our own engine")],
        picked: Vec::new(),
        upstream: vec![named(1, "Fix the parser")],
    };
    let picks = &mut owned.built.phases[1].picks;
    for pick in &mut picks[..2] {
        let conflict = &mut pick.conflicts[0];
        conflict.hunks[0].ours = (0..30).map(|line| format!("our line {line}")).collect();
        conflict.hunks[1].line = 90;
        conflict.hunks[1].theirs = vec![format!("theirs of {}", pick.sha.short())];
        conflict.whose = vec![whose.clone(), whose.clone()];
    }
    picks[2].outcome = Outcome::Resolved;
    picks[2].commit = Some(id(0xdd));
    let origin = Origin {
        who: "maintainer".into(),
        when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
        link: Some("https://github.com/someone/fork/pull/7".into()),
    };
    picks[2].resolutions.push(Resolution {
        path: RepoPath::from("Cargo.toml"),
        kind: None,
        by: ResolvedBy::Memory { key: "0123456789ab".into(), origin },
        how: Method::Lines { chosen: None, places: 1, total: 1 },
        lost: DroppedLines { upstream: vec!["cudarc = 2".into()], fork: vec!["cudarc = 0".into()], stays: Vec::new() },
        notes: Vec::new(),
    });
    owned.built.phases[1].checked.picks = 1;
    owned.built.phases[1].checked.files = 1;
    owned
}

#[test]
fn each_conflict_is_told_as_the_pull_request_tells_it() {
    let markdown = markdown(&described().facts());
    insta::assert_snapshot!(section(&markdown, "In phase 2: Engine"), @"
    <details><summary><code>020202020</code> Rework the engine: 1 file</summary>

    A root: it conflicts on its own account, even with all before it resolved.

    - Resolve these 2 hunks by hand: no earlier open commit would make it conflict less.

    **`src/engine.rs`**: both sides changed the same lines, in 2 places

    ```
    <<<<<<< fork, from line 4
    our line 0
    our line 1
    our line 2
    our line 3
    our line 4
    our line 5
    our line 6
    our line 7
    our line 8
    our line 9
    our line 10
    our line 11
    our line 12
    our line 13
    our line 14
    our line 15
    our line 16
    our line 17
    our line 18
    our line 19
    our line 20
    our line 21
    our line 22
    our line 23
    … 6 more lines
    ||||||| before
    b
    =======
    t
    >>>>>>> upstream
    ```

    In full: [the fork's 30 lines](https://github.com/someone/fork/blob/f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0/src/engine.rs#L4-L33)

    - the fork's side is from [`f5f5f5f5f`](https://github.com/someone/fork/commit/f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5): Our own engine (Bea, 2025-10-09)
    - missing from upstream: [`010101010`](https://redirect.github.com/owner/upstream/commit/0101010101010101010101010101010101010101): Fix the parser (Bea, 2025-10-09)

    ```
    <<<<<<< fork, from line 90
    o
    ||||||| before
    b
    =======
    theirs of 020202020
    >>>>>>> upstream
    ```

    - the fork's side is from `f5f5f5f5f`
    - missing from upstream: `010101010`

    To resolve it by hand:

    ```sh
    git fetch origin && git fetch https://github.com/owner/upstream.git 0202020202020202020202020202020202020202
    git switch uptake/engine && git pull --ff-only
    git -c merge.conflictStyle=diff3 cherry-pick -x 0202020202020202020202020202020202020202
    ```

    When no conflict marker is left in the files:

    ```sh
    git add -- src/engine.rs && git -c core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab diff --cached --check && git -c core.editor=true cherry-pick --continue && git push origin uptake/engine
    ```

    </details>

    <details><summary><code>030303030</code> Tune the engine: 1 file</summary>

    A cascade of [`020202020`](https://redirect.github.com/owner/upstream/commit/0202020202020202020202020202020202020202).

    It follows `020202020`: it conflicts only because of what is not here yet. Nothing here is for a person to decide.


    **`src/engine.rs`**: both sides changed the same lines, in 2 places

    From line 4 on, the same as in the note on [`020202020`](https://redirect.github.com/owner/upstream/commit/0202020202020202020202020202020202020202).

    ```
    <<<<<<< fork, from line 90
    o
    ||||||| before
    b
    =======
    theirs of 030303030
    >>>>>>> upstream
    ```

    - the fork's side is from [`f5f5f5f5f`](https://github.com/someone/fork/commit/f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5): Our own engine (Bea, 2025-10-09)
    - missing from upstream: [`010101010`](https://redirect.github.com/owner/upstream/commit/0101010101010101010101010101010101010101): Fix the parser (Bea, 2025-10-09)

    To resolve it by hand:

    ```sh
    git fetch origin && git fetch https://github.com/owner/upstream.git 0303030303030303030303030303030303030303
    git switch uptake/engine && git pull --ff-only
    git -c merge.conflictStyle=diff3 cherry-pick -x 0303030303030303030303030303030303030303
    ```

    When no conflict marker is left in the files:

    ```sh
    git add -- src/engine.rs && git -c core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab diff --cached --check && git -c core.editor=true cherry-pick --continue && git push origin uptake/engine
    ```

    </details>
    ");
}

#[test]
fn what_was_resolved_is_listed_with_its_origin_and_what_it_gave_up() {
    let markdown = markdown(&described().facts());
    insta::assert_snapshot!(section(&markdown, "On the branch of phase 2: Engine"), @"
    <details><summary>1 file resolved without a person</summary>

    | Commit | File | What was done | By | Given up |
    |---|---|---|---|---|
    | [`050505050`](https://redirect.github.com/owner/upstream/commit/0505050505050505050505050505050505050505) | `Cargo.toml` | the lines that were resolved on then in 1 place | answer `0123456789ab` of maintainer, 2025-11-22T10:00:00Z ([there](https://github.com/someone/fork/pull/7)) | 1 line of upstream's, 1 line of the fork's |

    </details>

    Every line upstream adds and the fork had was looked for on the branch (1 pick, 1 file): those that are missing are named here.

    <details><summary>1 line of upstream's and 1 line of the fork's given up</summary>

    `+` upstream adds it and the branch lacks it, `-` the fork had it, `=` upstream removes it and it stays.

    `Cargo.toml` in [`050505050`](https://redirect.github.com/owner/upstream/commit/0505050505050505050505050505050505050505):

    ```
    + cudarc = 2
    - cudarc = 0
    ```

    </details>
    ");
}

#[test]
fn the_page_says_the_same() {
    let page =
        page(&described()).replace("&#x2f;", "/").replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">");
    for part in [
        "our line 23\n… 6 more lines\n||||||| before",
        "From line 4 on, the same as in the note on ",
        "the fork's side is from ",
        "https://github.com/someone/fork/commit/f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5",
        "https://github.com/someone/fork/blob/f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0/src/engine.rs#L4-L33",
        "git -c merge.conflictStyle=diff3 cherry-pick -x 0202020202020202020202020202020202020202",
        "the lines that were resolved on then in 1 place",
        "answer <code>0123456789ab</code> of ",
        "href=\"https://github.com/someone/fork/pull/7\"",
        "+ cudarc = 2\n- cudarc = 0",
    ] {
        assert!(page.contains(part), "{part}\n--- is not in\n{page}");
    }
}
