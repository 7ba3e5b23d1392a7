//! Mistakes people make, and what they are answered: what is wrong, where, and what to do next. Nothing is changed by any of them.

mod world;

use std::fmt::Write;
use std::fs;

use crate::support::{snapshot, uptake_in};

use world::{MISTAKES, world};

#[test]
#[expect(clippy::too_many_lines, reason = "the answers are read in one piece")]
fn each_is_answered_with_what_to_do_next() {
    let world = world();
    let before = snapshot(world.folder());
    let named = [("HEAD-OF-FORK", "main"), ("HEAD-OF-UPSTREAM", "upstream")]
        .map(|(word, branch)| (word, world.git(&["rev-parse", "--short=9", branch])));
    let mut text = String::new();
    for (folder, environment, arguments) in MISTAKES {
        let word = |argument: &&str| {
            named
                .iter()
                .find(|(name, _)| name == argument)
                .map_or_else(|| (*argument).to_owned(), |(_, sha)| sha.clone())
        };
        let words: Vec<String> = arguments.iter().map(word).collect();
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let given: Vec<(&str, String)> = environment.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let (code, _, error) = uptake_in(&world.folder().join(folder), &arguments, &given);
        let variables: String = environment.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        let error = error.replace(&world.folder().display().to_string(), "FOLDER");
        let _ = writeln!(text, "{folder}$ {variables}uptake {}\n[{code}] {error}", words.join(" "));
        // A misspelt repository cannot be known for one; it is warned of.
        assert!(matches!(code, 1 | 2) || error.starts_with("warning: "), "{words:?} ended with {code}: {error}");
    }
    let changed: Vec<_> = snapshot(world.folder()).into_iter().filter(|file| !before.contains(file)).collect();
    let changed: Vec<String> = changed.iter().map(|(path, _)| path.display().to_string()).collect();
    // What keeps two sittings apart stays, and says nothing.
    let changed: Vec<&str> =
        changed.iter().map(String::as_str).filter(|path| !path.ends_with("sitting/lock")).collect();
    assert_eq!(changed, [""; 0], "nothing is changed");
    insta::assert_snapshot!(text, @r#"
    beside$ uptake survey
    [2] error: cannot open a git repository at .: there is none
      change into a clone of the fork, or name it with --repo DIR: its folder, or a bare repository

    .$ uptake survey --repo nowhere
    [2] error: cannot open a git repository at nowhere: there is none
      change into a clone of the fork, or name it with --repo DIR: its folder, or a bare repository

    alone$ uptake survey
    [2] error: nothing says where upstream is: there is no remote named upstream, and no upstream.repository in the configuration. Next: git remote add upstream URL, with the repository that this one is a fork of

    alone$ uptake survey --offline
    [2] error: upstream was not fetched yet: there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master. Next: git remote add upstream URL && git fetch upstream, with the repository that this one is a fork of; where its branch is called otherwise, name it as upstream.branch

    cut-off$ uptake survey
    [1] error: git fetch failed: fatal: '../gone.git' does not appear to be a git repository
    fatal: Could not read from remote repository.

    Please make sure you have the correct access rights
    and the repository exists.
      git remote -v shows the address; --offline works with what was fetched before

    cut-off$ uptake survey --offline
    [2] error: upstream was not fetched yet: there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master. Next: git fetch upstream; where its branch is called otherwise, name it as upstream.branch

    fork$ uptake survey --offline --config ../branch.yml
    [2] error: there is no refs/remotes/upstream/mian for upstream's branch (upstream.branch) (there is main): git fetch upstream brings what is new there, and so does a run without --offline

    fork$ uptake survey --offline --config ../fork.yml
    [2] error: there is no refs/heads/mian for the fork's branch (fork.branch) (there is main, upstream): git branch -a lists the branches there are

    fork$ uptake survey --offline --format yaml
    [2] error: invalid value 'yaml' for '--format <FORMAT>'
      [possible values: text, markdown, json]

    For more information, try '--help'.

    fork$ uptake plna
    [2] error: unrecognized subcommand 'plna'

      tip: a similar subcommand exists: 'plan'

    Usage: uptake [OPTIONS] <COMMAND>

    For more information, try '--help'.

    fork$ uptake plan --phase fixs --offline --config ../uptake.yml
    [2] error: the plan has no phase 'fixs'
      its phases: fixes

    fork$ uptake plan --offline
    [2] error: no configuration: . has no .github/uptake.yml
      uptake init writes one to start from; --config FILE takes one from elsewhere

    misplaced$ uptake plan --offline
    [2] error: no configuration: . has no .github/uptake.yml
      there is uptake.yml: move it to .github/uptake.yml, or say --config uptake.yml

    fork$ uptake plan --offline --config ../nowhere.yml
    [2] error: cannot read ../nowhere.yml: there is no such file
      --config names the file; without it, it is .github/uptake.yml of the fork

    fork$ uptake plan fixs --offline --config ../uptake.yml
    [2] error: the plan has no phase 'fixs'
      its phases: fixes

    fork$ uptake plan --offline --config ../key.yml
    [2] error: unknown key `phasez`
     --> ../key.yml:1:1
      |
    1 | phasez: []
      | ^^^^^^
      |
      = help: did you mean `phases`? known here: upstream, fork, units, base, local, guard, trust_workflows, phases, exclude, supersede, risk, conflicts, notes, analysis, format, ci, labels, stacking, native_stacks, rebuild, commands, dashboard, ready, commits, fleet


    fork$ uptake check --config ../type.yml
    [2] error: `phases` must be a list, not a mapping
     --> ../type.yml:1:9
      |
    1 | phases: { id: fixes }
      |         ^^
      |
      = help: The phases, each with the upstream commits it takes


    fork$ uptake check --config ../sha.yml
    [2] error: an item of `commits` must be a text, not a number
     --> ../sha.yml:2:55
      |
    2 |   - { id: fixes, title: Fixes, priority: 1, commits: [1234567] }
      |                                                       ^^^^^^^
      |
      = help: put it in quotes: "1234567"

    error: the repository has no commit `1234567`
     --> ../sha.yml:2:55
      |
    2 |   - { id: fixes, title: Fixes, priority: 1, commits: [1234567] }
      |                                                       ^^^^^^^
      |
      = help: fetch upstream, or check the SHA for a slip


    fork$ uptake check --config ../tab.yml
    [2] error: a tab in the indentation
     --> ../tab.yml:2:1
      |
    2 |     - id: fixes
      | ^^^^
      |
      = help: YAML is indented by spaces


    fork$ uptake check --config ../empty.yml
    [2] error: the file says nothing
     --> ../empty.yml:1:1
      |
    1 |
      | ^
      |
      = help: `uptake init` writes a configuration to start from


    fork$ uptake check --config ../regex.yml
    [2] error: not a regular expression: unclosed group
     --> ../regex.yml:2:64
      |
    2 |   - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: '(fix' }] }
      |                                                                ^^^^^^^


    fork$ uptake check --config ../other.yml
    [0] warning: upstream.repository is up/straem, and git's remote upstream leads to up/stream. If the configuration is misspelt, links and runs go to the wrong place; if the repository was renamed, `git remote set-url upstream URL` brings the clone up to date.

    fork$ uptake why
    [2] error: the following required arguments were not provided:
      <SHA>

    Usage: uptake why <SHA>

    For more information, try '--help'.

    fork$ uptake why ab --offline
    [2] error: 'ab' is no SHA: a commit is named by the first digits of its SHA, at least 4
      uptake survey lists the commits that can be asked about

    fork$ uptake why main --offline
    [2] error: 'main' is no SHA: a commit is named by the first digits of its SHA, at least 4
      uptake survey lists the commits that can be asked about

    fork$ uptake why 1234567 --offline
    [2] error: 1234567 is no commit of this repository
      uptake survey lists the commits that can be asked about

    fork$ uptake why bda53bece --offline
    [2] error: bda53bece is in the fork's history already: it is not among what upstream has and the fork lacks
      uptake survey lists the commits that can be asked about

    fork$ uptake run
    [2] error: the following required arguments were not provided:
      --forge <github|folder:DIR>

    Usage: uptake run --forge <github|folder:DIR>

    For more information, try '--help'.

    fork$ uptake run --forge gitlab
    [2] error: invalid value 'gitlab' for '--forge <github|folder:DIR>': write github, or folder:DIR, such as folder:../preview

    For more information, try '--help'.

    fork$ uptake run --forge folder:
    [2] error: invalid value 'folder:' for '--forge <github|folder:DIR>': name the folder too: folder:DIR

    For more information, try '--help'.

    fork$ uptake run --offline --forge github --config ../uptake.yml
    [2] error: nothing says who this is to GitHub
      for an App: UPTAKE_APP_ID, and UPTAKE_APP_KEY or UPTAKE_APP_KEY_FILE; for a trial: UPTAKE_TOKEN or GITHUB_TOKEN

    fork$ UPTAKE_APP_ID=1 uptake run --offline --forge github --config ../uptake.yml
    [2] error: UPTAKE_APP_ID is set, and there is no private key to it
      UPTAKE_APP_KEY holds the text of the .pem file, or UPTAKE_APP_KEY_FILE names it

    fork$ UPTAKE_APP_ID=1 UPTAKE_APP_KEY_FILE=../nowhere.pem uptake run --offline --forge github --config ../uptake.yml
    [2] error: cannot read ../nowhere.pem: there is no such file
      UPTAKE_APP_KEY_FILE names the App's private key, a .pem file

    fork$ UPTAKE_APP_ID=1 UPTAKE_APP_KEY=secret uptake run --offline --forge github --config ../uptake.yml
    [2] error: the App's private key cannot be used: it is no text of a .pem file
      UPTAKE_APP_KEY holds the text of the .pem file that GitHub gave out, or UPTAKE_APP_KEY_FILE names it; it begins with -----BEGIN RSA PRIVATE KEY-----

    alone$ UPTAKE_TOKEN=t uptake run --offline --forge github --config ../uptake.yml
    [2] error: upstream was not fetched yet: there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master. Next: git remote add upstream URL && git fetch upstream, with the repository that this one is a fork of; where its branch is called otherwise, name it as upstream.branch

    fork$ uptake run --forge github --fork engine
    [2] error: invalid value 'engine' for '--fork <OWNER/NAME>': 'engine' is not the name of a repository: owner/name is needed, of letters, digits, '.', '_' and '-'

    For more information, try '--help'.

    fork$ uptake decide skip 286e5d44d
    [2] error: decide skip: a reason is missing
      add --why 'TEXT', for those who ask later; nothing was changed

    fork$ uptake decide move 286e5d44d fixs --config ../uptake.yml
    [2] error: the configuration has no phase 'fixs'; its phases: fixes
      nothing was decided

    fork$ uptake decide hold fixs --config ../uptake.yml
    [2] error: the configuration has no phase 'fixs'; its phases: fixes
      nothing was decided

    fork$ uptake decide taken 286e5d44d
    [2] error: the following required arguments were not provided:
      <as OURS>...

    Usage: uptake decide taken <SHA> <as OURS>...

    For more information, try '--help'.

    fork$ uptake memory forget abcd
    [2] error: nothing is remembered under a key that begins with 'abcd'
      uptake memory list shows the keys; nothing was changed

    fork$ uptake memory learn --from mian --offline
    [2] error: --from mian: there is no such branch or commit
      name a branch, a remote's branch such as origin/main, or a commit; git branch -a lists the branches

    fork$ uptake resolve --continue --offline --config ../uptake.yml
    [2] error: no sitting is under way
      uptake resolve begins a sitting, uptake resolve --status says how one stands

    fork$ uptake resolve nothing --offline --config ../uptake.yml
    [2] error: the plan has no phase 'nothing'; its phases: fixes
      or name a commit by four digits of its SHA or more

    fork$ uptake init --offline --output ../uptake.yml
    [2] error: ../uptake.yml is there already
      --force replaces it, --output names another file; nothing was changed

    fork$ uptake init --workflows --offline
    [2] error: a program built by hand does not know which action belongs to it
      name it: --action OWNER/NAME@REF, the repository this program is from with a tag or a commit

    fork$ uptake init --workflows --offline --action uptake
    [2] error: invalid value 'uptake' for '--action <OWNER/NAME@REF>': an action is written OWNER/NAME@REF, REF being a tag, a branch or a commit

    For more information, try '--help'.

    fork$ uptake import ../prose.md --offline
    [2] error: ../prose.md: nothing that lists commits was found; looked for Markdown tables with a column `SHA` (or `Commit`, `Hash`) of commits, as a rule with `Description`, `Risk`, `Decision` and `Notes`, under headings such as `### PRIORITY 1: Critical fixes`; for lists and headings that begin with a commit; and for `git cherry-pick` under `## Phase 1: …`

    fork$ uptake import ../nowhere.md --offline
    [2] error: cannot read ../nowhere.md: there is no such file

    fork$ uptake report --offline --output ../taken
    [1] error: cannot write ../taken: a file of that name is in the way

    fork$ uptake app engine
    [2] error: invalid value 'engine' for '<FORK>': write it as OWNER/NAME, as in the address of its page

    For more information, try '--help'.

    fork$ uptake fleet
    [2] error: nothing says who this is to GitHub
      for an App: UPTAKE_APP_ID, and UPTAKE_APP_KEY or UPTAKE_APP_KEY_FILE; for a trial: UPTAKE_TOKEN or GITHUB_TOKEN

    fork$ uptake serve --state ../s --clones ../c
    [2] error: UPTAKE_WEBHOOK_SECRET is not set
      it holds the secret that the App's webhook is set up with; without one anybody could start runs

    .$ uptake demo --dir full
    [2] error: --dir full: the folder is not empty
      name a folder that is empty or not there yet; nothing was changed

    .$ uptake completions tcsh
    [2] error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.

    unborn$ uptake survey --offline
    [2] error: upstream was not fetched yet: there is neither refs/remotes/upstream/main nor refs/remotes/upstream/master. Next: git remote add upstream URL && git fetch upstream, with the repository that this one is a fork of; where its branch is called otherwise, name it as upstream.branch

    detached$ uptake survey --offline
    [2] error: HEAD is on no branch. Next: switch to the fork's branch, or name it as fork.branch in the configuration

    .$ uptake survey --repo taken
    [2] error: cannot open a git repository at taken: there is none
      change into a clone of the fork, or name it with --repo DIR: its folder, or a bare repository

    fork$ uptake survey --offline --offline
    [2] error: the argument '--offline' cannot be used multiple times

    Usage: uptake survey [OPTIONS]

    For more information, try '--help'.

    fork$ uptake survey --color blue
    [2] error: invalid value 'blue' for '--color <WHEN>'
      [possible values: auto, always, never]

    For more information, try '--help'.

    fork$ uptake plan fixes rest
    [2] error: unexpected argument 'rest' found

    Usage: uptake plan [OPTIONS] [PHASE]

    For more information, try '--help'.

    fork$ uptake why HEAD --offline
    [2] error: 'HEAD' is no SHA: a commit is named by the first digits of its SHA, at least 4
      uptake survey lists the commits that can be asked about

    fork$ uptake why  --offline
    [2] error: '' is no SHA: a commit is named by the first digits of its SHA, at least 4
      uptake survey lists the commits that can be asked about

    fork$ uptake check --config ..
    [2] error: cannot read ..: it is a folder
      --config names the file; without it, it is .github/uptake.yml of the fork

    fork$ uptake check --config ../huge.yml
    [2] error: the number is too large
     --> ../huge.yml:2:42
      |
    2 |   - { id: fixes, title: Fixes, priority: 99999999999999999999, rules: [{ subject: . }] }
      |                                          ^


    fork$ uptake check --config ../open.yml
    [2] error: not YAML: did not find expected node content
     --> ../open.yml:2:1
      |
    2 |
      | ^
      |
      = help: check the indentation, and that each bracket and quote is closed


    fork$ uptake report --format pdf
    [2] error: invalid value 'pdf' for '--format <FORMAT>'
      [possible values: markdown, html]

    For more information, try '--help'.

    fork$ uptake report --offline --output ../taken/report.html
    [1] error: cannot write ../taken: a file of that name is in the way

    fork$ uptake run --forge ../preview
    [2] error: invalid value '../preview' for '--forge <github|folder:DIR>': write github, or folder:DIR, such as folder:../preview

    For more information, try '--help'.

    fork$ uptake run --forge github:for/k
    [2] error: invalid value 'github:for/k' for '--forge <github|folder:DIR>': write github, or folder:DIR, such as folder:../preview

    For more information, try '--help'.

    fork$ uptake run --forge folder:../taken --offline --config ../uptake.yml
    [1] error: cannot use ../taken/pulls: a file of that name is in the way
      folder:DIR names a folder of your own, or one that can be made

    fork$ uptake run fixes --forge folder:../preview
    [2] error: unexpected argument 'fixes' found

    Usage: uptake run [OPTIONS] --forge <github|folder:DIR>

    For more information, try '--help'.

    fork$ uptake decide skip 286e5d44d --why
    [2] error: a value is required for '--why <TEXT>' but none was supplied

    For more information, try '--help'.

    fork$ uptake decide pick abcd fixes
    [2] error: there is no commit 'abcd' in this repository
      uptake survey lists upstream's commits, git log the fork's; nothing was decided

    fork$ uptake decide taken 286e5d44d as 286e5d44d
    [2] error: 286e5d44d is not in the fork's branch main: name the fork's commit that has the change
      nothing was decided

    fork$ uptake decide resolve fixes a.txt mine
    [2] error: invalid value 'mine' for '<HOW>'
      [possible values: upstream, fork, union, manual]

    For more information, try '--help'.

    fork$ uptake ledger show --forge folder:../nowhere
    [2] error: there is no folder ../nowhere
      uptake run --forge folder:../nowhere makes it

    fork$ uptake memory list --forge folder:../nowhere
    [2] error: there is no folder ../nowhere
      uptake run --forge folder:../nowhere makes it

    fork$ uptake serve --listen 8711 --state ../s --clones ../c
    [2] error: invalid value '8711' for '--listen <ADDRESS>': write ADDRESS:PORT, such as 127.0.0.1:8711

    For more information, try '--help'.

    fork$ uptake init --offline --output ../taken/uptake.yml
    [1] error: cannot write ../taken: a file of that name is in the way

    fork$ uptake man ../taken
    [1] error: cannot write ../taken: a file of that name is in the way
    "#);
}

#[test]
fn a_folder_in_a_clone_is_as_good_as_its_top() {
    let world = world();
    let folder = world.fork().join("docs/deep");
    fs::create_dir_all(&folder).expect("a folder");
    let (code, out, error) = uptake_in(&folder, &["survey", "--offline"], &[]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.contains("1 commit and 0 merges behind"), "{out}");
}
