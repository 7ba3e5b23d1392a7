//! `uptake init --workflows`: the workflows of a fork, written into its work tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::document::{InitArgs, cannot_write};
use super::github;
use super::{DONE, Failure, Invocation};
use crate::config::CONFIG_PATH;
use crate::config::raw::{RawConfig, RawInputs};
use crate::files;
use crate::forge::github::Purpose;
use crate::hosts::GITHUB;
use crate::names::BranchName;
use crate::pipeline;
use crate::setup::{SuggestedMatrix, suggested};
use crate::workflows::{ActionRef, FOLDER, ForkFacts, Pin, TestedWith, render, render_fleet};
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{Repo, remote_commit};

/// The action that belongs to this program, as its release says; a build by hand belongs to none.
const OWN_ACTION: Option<&str> = option_env!("UPTAKE_ACTION");

const NEXT: &str = "\
Next:
  1. Read them, commit them to the fork's branch, and push.
  2. On GitHub, Actions: switch workflows on (they are off in a new fork), the schedule of `Uptake` too.
  3. Settings, Actions, General: allow GitHub Actions to create and approve pull requests.
     Or install a GitHub App and give the environment `uptake` its id (variable UPTAKE_APP_ID) and its key
     (secret UPTAKE_APP_KEY): then checks start on the pull requests by themselves. Let only the fork's
     branch use that environment (Deployment branches), and see what a push starts: uptake doctor.
  4. Actions, Uptake, Run workflow: the first run. Then it runs daily, and on comments, pushes and test results.
  5. `uptake doctor` says what is still missing.";

const NEXT_OF_HOST: &str = "\
Next:
  1. Read it, commit it to the default branch, and push. Who may write here may write to every fork.
  2. Settings, Environments: give `uptake` the App's id (variable UPTAKE_APP_ID) and its key (secret UPTAKE_APP_KEY).
  3. In each fork, say `fleet: true` in .github/uptake.yml, and leave out the workflow that `uptake init --workflows` writes.
  4. Actions, Uptake fleet, Run workflow: the first run. Then it runs daily.";

pub(super) fn write_workflows(call: &Invocation, args: &InitArgs) -> Result<u8, Failure> {
    let repo = Repo::open(&call.context.repo)?;
    let config = configured(call, &repo)?;
    let (repository, branch) = fork_side(&config, &repo)?;
    let pin = pin(call, args.action.as_ref())?;
    let tested = tested_with(&config, &repo, &branch)?;
    let id = repository.as_deref().and_then(|name| id_of(call, name));
    let queues = queues(&repo);
    let fork = ForkFacts { repository: repository.as_deref(), id, queues, branch: &branch, tested: &tested };
    let rendered = if args.fleet { Some(render_fleet(fork, &pin)) } else { render(fork, &pin) };
    let Some(workflows) = rendered else {
        let message = format!("the branch {branch:?} cannot be named in a workflow, which takes it for an expression");
        return Err(Failure::wrong(
            message,
            Some("rename it, or write the workflows by hand; nothing was changed".into()),
        ));
    };
    if args.stdout {
        let shown: Vec<String> = workflows.iter().map(|it| format!("# {FOLDER}/{}\n{}", it.name, it.text)).collect();
        call.print(&shown.join("---\n"))?;
        return Ok(DONE);
    }
    let Some(top) = repo.work_tree() else {
        let hint = "--stdout prints them; a clone with its files can hold them".to_owned();
        return Err(Failure::wrong(
            format!("{} is a bare repository: it has no files", repo.path().display()),
            Some(hint),
        ));
    };
    let folder = top.join(FOLDER);
    let files: Vec<(PathBuf, &str)> = workflows.iter().map(|it| (folder.join(it.name), it.text.as_str())).collect();
    let differs =
        |path: &PathBuf, text: &str| fs::read(path).map_or_else(|_| path.exists(), |old| old != text.as_bytes());
    let changed: Vec<String> = files
        .iter()
        .filter(|(path, text)| !args.force && differs(path, text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    if !changed.is_empty() {
        let message = format!("there already, and not as they would be written: {}", changed.join(", "));
        return Err(Failure::wrong(
            message,
            Some("--force replaces them, --stdout prints what would be written; nothing was changed".into()),
        ));
    }
    fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
    let mut described = Vec::new();
    for (path, text) in &files {
        let same = fs::read(path).is_ok_and(|old| old == text.as_bytes());
        files::write(path, text.as_bytes()).map_err(|error| cannot_write(path, &error))?;
        described.push(format!("{} {}", if same { "Unchanged:" } else { "Wrote" }, path.display()));
    }
    if !args.fleet && !top.join(CONFIG_PATH).exists() {
        described.push(format!("There is no {CONFIG_PATH} yet: uptake init writes one."));
    }
    call.remark(&described.join("\n"));
    call.remark(if args.fleet { NEXT_OF_HOST } else { NEXT });
    Ok(DONE)
}

/// The number of a repository, where GitHub can be asked for it.
fn id_of(call: &Invocation, name: &str) -> Option<u64> {
    if call.context.offline || !github::knows_who() {
        return None;
    }
    let asked = github::connect(call, name.parse().ok()?, Purpose::Read).ok()?;
    asked.repository_id().ok().flatten()
}

/// Whether the server that a fork is on takes `queue`: GitHub does, and GitHub Enterprise Cloud.
fn queues(repo: &Repo) -> bool {
    let server = github::server().or_else(|| repo.server_of("origin", GITHUB));
    server.is_none_or(|server| server == GITHUB || server.ends_with(".ghe.com"))
}

/// The fork's configuration; one that says nothing where there is none.
fn configured(call: &Invocation, repo: &Repo) -> Result<RawConfig, Failure> {
    Ok(match pipeline::read_config(repo, &call.context.config)? {
        Some(source) => source.read()?.check_alone().map_err(|problems| source.wrong(problems))?.clone(),
        None => RawConfig::default(),
    })
}

/// What the tests are run with: as the configuration says, or where it says nothing, as the fork's files show.
fn tested_with(config: &RawConfig, repo: &Repo, branch: &BranchName) -> Result<TestedWith, Failure> {
    let all = || config.phases.iter().filter_map(|phase| phase.ci.as_ref()).chain([&config.ci]);
    let cuda = all().any(|ci| !ci.cuda.is_empty());
    let mut cells: Option<BTreeSet<String>> = None;
    for ci in all().filter(|ci| !ci.matrix.is_empty()) {
        let inputs = ci.matrix.iter().map(|cell| &cell.inputs).chain([&ci.inputs]);
        cells.get_or_insert_default().extend(inputs.flat_map(RawInputs::names).map(str::to_owned));
    }
    if cuda || cells.is_some() {
        return Ok(TestedWith { cuda, cells });
    }
    let head = match repo.reference(&format!("refs/heads/{branch}"))? {
        Some(head) => Some(head),
        None => repo.reference("HEAD")?,
    };
    Ok(match head.map(|head| suggested_matrix(repo, head)).transpose()?.unwrap_or_default() {
        SuggestedMatrix::Cuda => TestedWith { cuda: true, cells: None },
        SuggestedMatrix::Cells(cells) => TestedWith { cuda: false, cells: Some(cells.input().into_iter().collect()) },
        SuggestedMatrix::Unknown => TestedWith::default(),
    })
}

/// The matrix that the fork's files show at a commit.
pub(super) fn suggested_matrix(repo: &Repo, head: CommitId) -> Result<SuggestedMatrix, Failure> {
    let tree = repo.commit(head)?.tree;
    let files = repo.files(tree)?;
    Ok(suggested(&files, &workflow_texts(repo, tree, &files)?))
}

/// The workflow files among these, by their names, each with its text.
pub(super) fn workflow_texts(repo: &Repo, tree: TreeId, files: &[RepoPath]) -> Result<Vec<(String, String)>, Failure> {
    let folder = format!("{FOLDER}/");
    let mut texts = Vec::new();
    for path in files {
        let Some(name) = path.to_text().strip_prefix(&folder).map(str::to_owned) else { continue };
        let Some(file) = repo.entry(tree, path)? else { continue };
        // A link or a submodule has no text of its own, and GitHub runs neither.
        let text = if file.is_file() { repo.content(file)? } else { None };
        texts.push((name, String::from_utf8_lossy(&text.unwrap_or_default()).into_owned()));
    }
    Ok(texts)
}

/// The fork's name on GitHub and its branch: as the configuration says, or as the clone has them.
fn fork_side(config: &RawConfig, repo: &Repo) -> Result<(Option<String>, BranchName), Failure> {
    let said = config.fork.clone();
    let head = || repo.head_name().and_then(|name| name.strip_prefix("refs/heads/").map(BranchName::from));
    let Some(branch) = said.branch.or_else(head) else {
        let hint = "switch to the branch that pull requests go into, or name it as fork.branch in the configuration"
            .to_owned();
        return Err(Failure::wrong("HEAD is on no branch".into(), Some(hint)));
    };
    let origin = || {
        ActionRef::read(&format!("{}@x", repo.name_on(&github::server_or_usual(), "origin")?))
            .ok()
            .map(|named| named.repository)
    };
    Ok((said.repository.or_else(origin), branch))
}

/// The action, at a commit.
fn pin(call: &Invocation, asked: Option<&ActionRef>) -> Result<Pin, Failure> {
    let own = || OWN_ACTION.and_then(|text| ActionRef::read(text).ok());
    let Some(action) = asked.cloned().or_else(own) else {
        let hint =
            "name it: --action OWNER/NAME@REF, the repository this program is from with a tag or a commit".to_owned();
        return Err(Failure::wrong(
            "a program built by hand does not know which action belongs to it".into(),
            Some(hint),
        ));
    };
    if let Some(commit) = action.commit() {
        return Ok(Pin::new(action, commit));
    }
    if call.context.offline {
        let hint = format!("name a commit: --action {}@ and its 40 digits", action.repository);
        return Err(Failure::wrong(format!("{action} cannot be looked up offline"), Some(hint)));
    }
    // On a GitHub Enterprise server it may be there, or come from GitHub.
    let server = github::server_or_usual();
    let at = |server: &str| remote_commit(&format!("{server}/{}.git", action.repository), &action.reference);
    let found = match at(&server) {
        Ok(None) | Err(_) if server != GITHUB => at(GITHUB),
        found => found,
    };
    let found = found.map_err(|error| {
        let instead =
            format!("or name a commit, which is not looked up: --action {}@ and its 40 digits", action.repository);
        Failure::failed(format!("{action} cannot be looked up: {error}; {instead}"))
    })?;
    match found {
        Some(commit) => Ok(Pin::new(action, commit)),
        None => {
            let message = format!("{} has neither a tag nor a branch named {}", action.repository, action.reference);
            Err(Failure::wrong(message, None))
        }
    }
}
