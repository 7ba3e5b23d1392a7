//! What is read otherwise on another machine or by another program: names that are one to some file systems, texts in other
//! encodings, formats of repositories, commits of submodules.

use std::fs;
use std::path::Path;

use engine::Repo;
use uptake::pick::Outcome;
use uptake::survey::Warning;

use super::{ALL, unit};
use crate::support::{World, git_command, git_ok, uptake};

const COMPOSED: &str = "caf\u{e9}.txt";
const DECOMPOSED: &str = "cafe\u{301}.txt";

#[test]
fn a_path_that_is_another_s_without_case_or_form_is_named_with_its_unit() {
    let mut world = World::new(&[("Foo.txt", "1\n2\n3\n4\n5\n"), ("README", "r\n")]);
    world.git(&["config", "core.ignorecase", "false"]);
    let guide = world.on_upstream().commit("Add a guide", &[("Docs/Guide.md", "guide\n")]);
    world.git(&["mv", "Foo.txt", "foo.txt"]);
    world.commit_all("Lower-case foo");
    let cafe = world.commit("Add a café", &[(COMPOSED, "n\n")]);
    let folder = world.commit("Make notes a folder", &[("Notes/one.md", "1\n")]);
    world.commit("Add more docs", &[("Docs/other.md", "other\n")]);
    world.on_fork().commit("Ours", &[("docs/guide.md", "ours\n"), (DECOMPOSED, "d\n"), ("notes", "ours\n")]);
    let (_, survey, built) = world.build(ALL);
    let same = |unit, path: &str, other: &str| Warning::SameName { unit, path: path.into(), other: other.into() };
    let mut found = survey.warnings.clone();
    found.sort_by_key(|warning| {
        survey.commits.iter().position(|unit| matches!(warning, Warning::SameName { unit: of, .. } if *of == unit.sha))
    });
    // The renamed file takes the old one's place, and two folders of one name hold different files.
    assert_eq!(
        found,
        [
            same(guide, "Docs/Guide.md", "docs/guide.md"),
            same(cafe, COMPOSED, DECOMPOSED),
            same(folder, "Notes/one.md", "notes")
        ]
    );
    assert!(built.phases[0].picks.iter().all(|pick| pick.outcome == Outcome::Clean));
    let (_, out, error) =
        uptake(world.folder(), &["plan", "--offline", "--repo=fork", "--config=uptake.yml", "--format=json"]);
    let beside = "brings Docs/Guide.md beside docs/guide.md, which macOS and Windows may not tell apart";
    assert!(error.starts_with(&format!("warning: {} {beside}.\n", guide.short())), "{error}");
    assert!(error.contains("(another form of the same letters), which"), "{error}");
    assert!(out.contains(&format!("\"note\": \"it {beside}\"")), "{out}");
}

#[test]
fn names_that_the_fork_has_both_of_are_its_own_affair() {
    let mut world = World::new(&[("a.txt", "1\n2\n3\n"), ("A.txt", "1\n"), ("b.txt", "b\n")]);
    world.on_upstream().commit("Change", &[("a.txt", "1\n2\nthree\n")]);
    world.on_fork().commit("Ours", &[("o", "o\n")]);
    assert_eq!(world.survey().warnings, []);
}

#[test]
fn a_message_is_read_in_its_encoding_and_picked_as_utf_8() {
    let mut world = World::new(&[("a.txt", "1\n2\n3\n")]);
    world.on_upstream();
    fs::write(world.fork().join("a.txt"), "1\n2\ndrei\n").expect("a file");
    fs::write(world.folder().join("message"), b"Stra\xdfe (#7)\n\nF\xfcr J\xf6rg.\n").expect("a file");
    let message = world.folder().join("message").display().to_string();
    let arguments = ["-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet", "--all", "--file", &message];
    let mut command = git_command(&world.fork(), &arguments, 1_756_800_000);
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"J\xf6rg");
    assert!(command.env("GIT_AUTHOR_NAME", name).status().expect("git runs").success());
    let sha = world.head();
    assert!(world.git(&["cat-file", "commit", &sha.to_string()]).contains("encoding ISO-8859-1"));
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    let (session, survey, built) = world.build(ALL);
    let found = unit(&survey, "Straße (#7)");
    assert_eq!((found.author.name.as_str(), found.pr), ("Jörg", Some(7)));
    let picked = session.repo.commit(built.phases[0].picks[0].commit.expect("picked")).expect("read");
    // What git makes of it: the text in UTF-8, and no word on an encoding.
    world.git(&["switch", "--quiet", "--create", "by-git"]);
    world.git(&["cherry-pick", "-x", &sha.to_string()]);
    assert_eq!(picked.message.trim_end().replace('\u{200b}', ""), world.git(&["log", "-1", "--format=%B"]));
    assert_eq!(picked.author.name, world.git(&["log", "-1", "--format=%an"]));
    world.on_fork();
    let (code, _, error) =
        uptake(world.folder(), &["run", "--offline", "--repo=fork", "--config=uptake.yml", "--forge=folder:out"]);
    assert_eq!(code, 0, "{error}");
    let published = git_command(&world.folder().join("out/branches.git"), &["cat-file", "commit", "uptake/all"], 0);
    let text = String::from_utf8({ published }.output().expect("git runs").stdout).expect("UTF-8");
    assert!(
        text.contains("\nauthor Jörg <") && text.contains("\n\nStraße (#") && !text.contains("\nencoding "),
        "{text}"
    );
}

fn refused(folder: &Path, name: &str, begin: &str, help: &str) {
    let (code, out, error) = uptake(folder, &["survey", "--offline", "--repo", name]);
    assert_eq!((code, out.as_str()), (2, ""), "{error}");
    assert_eq!(error, format!("error: cannot read the repository at {name}: {begin}\n  {help}\n"));
}

#[test]
fn formats_that_cannot_be_read_are_refused_by_their_name() {
    let world = World::new(&[("a.txt", "1\n")]);
    let folder = world.folder();
    let sha256 = "its objects are named by SHA-256 (extensions.objectFormat), and Uptake reads SHA-1 only";
    let sha1 = "use a repository made with --object-format=sha1, as all on GitHub are; git converts none in place";
    git_ok(folder, &["init", "--quiet", "--object-format=sha256", "sha256"], 0);
    git_ok(folder, &["init", "--quiet", "--bare", "--object-format=sha256", "sha256.git"], 0);
    refused(folder, "sha256", sha256, sha1);
    refused(folder, "sha256.git", sha256, sha1);
    // As git init --ref-format=reftable and extensions.compatObjectFormat leave it, of which not every git knows.
    for (name, key, value) in [("reftable", "refStorage", "reftable"), ("compat", "compatObjectFormat", "sha256")] {
        git_ok(folder, &["clone", "--quiet", "fork", name], 0);
        git_ok(&folder.join(name), &["config", "core.repositoryFormatVersion", "1"], 0);
        git_ok(&folder.join(name), &["config", &format!("extensions.{key}"), value], 0);
    }
    let reftable = "its branches are in a reftable (extensions.refStorage), and Uptake reads files only";
    refused(
        folder,
        "reftable",
        reftable,
        "git refs migrate --ref-format=files makes them files, and so does a new clone with --ref-format=files",
    );
    let compat = "its objects have names of two kinds (extensions.compatObjectFormat), and Uptake reads SHA-1 only";
    refused(
        folder,
        "compat",
        compat,
        "make a new clone, which has no such setting, or git config --unset extensions.compatObjectFormat",
    );
    // A folder of work that is linked to another repository is read, and is of that one's format.
    world.git(&["worktree", "add", "--quiet", "-b", "linked", "../linked"]);
    assert!(Repo::open(&folder.join("linked")).is_ok());
    world.git(&["config", "core.repositoryFormatVersion", "1"]);
    world.git(&["config", "extensions.compatObjectFormat", "sha256"]);
    refused(
        folder,
        "linked",
        compat,
        "make a new clone, which has no such setting, or git config --unset extensions.compatObjectFormat",
    );
}

#[test]
fn the_note_on_a_submodule_names_both_commits_and_where_they_can_be_compared() {
    let commits = [
        "0000000000000000000000000000000000000001",
        "0000000000000000000000000000000000000002",
        "0000000000000000000000000000000000000003",
    ];
    let modules = "[submodule \"lib\"]\n\tpath = lib\n\turl = https://github.com/upstream-owner/lib.git\n";
    let mut world = World::new(&[(".gitmodules", modules), ("a.txt", "a\n")]);
    let at = |world: &mut World, commit: &str, message: &str| {
        fs::create_dir_all(world.fork().join("lib")).expect("a folder");
        world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},lib")]);
        world.commit_all(message);
    };
    at(&mut world, commits[0], "Add lib");
    world.git(&["branch", "--force", "upstream"]);
    world.on_upstream();
    at(&mut world, commits[1], "Move lib on");
    let sha = world.head().to_string();
    world.on_fork();
    at(&mut world, commits[2], "Move lib elsewhere");
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(ALL);
    let link = format!("https://redirect.github.com/upstream-owner/lib/compare/{}...{}", commits[2], commits[1]);
    let there = ["--offline", "--repo=fork", "--config=uptake.yml"];
    let (_, out, error) = uptake(world.folder(), &[&there[..], &["why", &sha]].concat());
    for said in [
        format!("  the fork has the submodule at {}\n", commits[2]),
        format!("  upstream has it at {}\n", commits[1]),
        format!("  before, it was at {}\n", commits[0]),
    ] {
        assert!(out.contains(&said), "{out}{error}");
    }
    let (_, out, _) = uptake(world.folder(), &[&there[..], &["plan", "--format=json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let known = serde_json::json!([{ "path": "lib", "base": commits[0], "fork": commits[2], "upstream": commits[1], "compare": link }]);
    assert_eq!(json["phases"][0]["picks"][0]["submodules"], known);
    let (_, _, _) = uptake(world.folder(), &[&there[..], &["run", "--forge=folder:out"]].concat());
    let pulls = fs::read_dir(world.folder().join("out/pulls")).expect("a folder");
    let body = pulls.map(|pull| fs::read_to_string(pull.expect("a file").path()).expect("a text")).collect::<String>();
    assert!(body.contains(&format!("({link})")), "{body}");
}
