//! Whom the bot's commits are by, what signs them, and `Signed-off-by`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::support::forge::{branches, lines, out, person_merges, publish, pulls};
use crate::support::{World, uptake_in};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

const PHASES: &str = "
upstream: { repository: up/stream, branch: main }
rebuild: when-needed
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: stuck, title: Stuck, priority: 2, rules: [{ subject: ^Stuck }] }
";

const SLICES: &str = "
upstream: { repository: up/stream, branch: main }
phases:
  - { id: rest, title: All, priority: 1, take: line, slice: { units: 2 }, land: merge }
";

const MACHINE: &str = "name: acme-bot, email: 12+acme-bot@users.noreply.github.com";

/// A fix that its author signed off, one that conflicts with the fork, and more for the line.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("z.txt", TEXT)]);
    world.on_upstream();
    world.commit("Fix a\n\nWhy.\n\nSigned-off-by: Ada <ada@example.org>\n", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("More", &[("b.txt", "B\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("Stuck", &[("z.txt", "theirs\n")]);
    world.on_fork().commit("Ours", &[("z.txt", "ours\n")]);
    world
}

/// A key of `ssh-keygen`'s: its file, and the public part.
fn key(world: &World, kind: &str, passphrase: &str) -> (PathBuf, String) {
    let path = world.folder().join(format!("{kind}-{}", fs::read_dir(world.folder()).expect("a folder").count()));
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", kind, "-C", "a machine", "-N", passphrase, "-f"])
        .arg(&path)
        .status()
        .expect("ssh-keygen runs");
    assert!(made.success());
    let public = fs::read_to_string(path.with_extension("pub")).expect("a file");
    (path, public.trim().to_owned())
}

/// `uptake run` on the folder, with a key.
fn run(world: &World, config: &str, key: Option<&PathBuf>) -> (i32, String, String) {
    let config = world.config(config).display().to_string();
    let forge = format!("folder:{}", out(world).display());
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.git(&["switch", "--quiet", "main"]);
    let environment: Vec<(&str, String)> =
        key.iter().map(|path| ("UPTAKE_SIGNING_KEY_FILE", path.display().to_string())).collect();
    uptake_in(&world.fork(), &["run", "--offline", "--forge", &forge, "--config", &config], &environment)
}

/// The commits of the bot's branches that neither side had, with who made them.
fn made(world: &World, format: &str) -> Vec<String> {
    let upstream = world.git(&["rev-parse", "upstream"]);
    let format = format!("--format={format}");
    let all = ["log", "--reverse", &format, "--glob=refs/heads/uptake/*", "--not", "main", &upstream];
    branches(world, &all).lines().map(str::to_owned).collect()
}

/// What git says of each commit that the bot made: `G` is a good signature.
fn verified(world: &World, public: &str) -> Vec<(bool, String)> {
    let allowed = world.folder().join("allowed");
    fs::write(&allowed, format!("12+acme-bot@users.noreply.github.com {public}\n")).expect("written");
    let setting = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    let verify = |commit: &String| {
        let folder = out(world).join("branches.git");
        let output = crate::support::git_in(&folder, &["-c", &setting, "verify-commit", commit], 1_800_000_000);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).trim().to_owned())
    };
    made(world, "%H").iter().map(verify).collect()
}

/// Runs once, and has git verify all that was made: commits with these beginnings, and perhaps others.
fn signed(phases: &str, kinds: &[&str]) {
    let world = world();
    let (path, public) = key(&world, "ed25519", "");
    let config = format!("{phases}commits: {{ {MACHINE}, signing_key: \"{public}\", sign_off: true }}\n");
    let (code, text, error) = run(&world, &config, Some(&path));
    assert_eq!(code, 3, "{text}{error}");
    let subjects = made(&world, "%s");
    let some = |start: &&str| subjects.iter().any(|subject| subject.starts_with(start));
    assert!(kinds.iter().all(some), "{subjects:?}");
    for (good, said) in verified(&world, &public) {
        let expected = "Good \"git\" signature for 12+acme-bot@users.noreply.github.com with ED25519 key";
        assert!(good && said.starts_with(expected), "{said}");
    }
    let by: BTreeSet<_> = made(&world, "%cn <%ce>").into_iter().collect();
    assert_eq!(Vec::from_iter(by), ["acme-bot <12+acme-bot@users.noreply.github.com>"]);
    let (code, text, _) = run(&world, &config, Some(&path));
    assert!(code == 3 && text.starts_with("Nothing to change"), "{text}");
    // Into another folder, with the same key: the same commits. When the ledger was written is another matter.
    let heads = || branches(&world, &["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/uptake"]);
    let phases =
        |text: String| text.lines().filter(|line| !line.contains("ledger")).map(str::to_owned).collect::<Vec<_>>();
    let first = phases(heads());
    fs::rename(out(&world), world.folder().join("first")).expect("moved");
    run(&world, &config, Some(&path));
    assert_eq!(phases(heads()), first);
}

#[test]
fn picks_and_placeholders_and_the_ledger_are_signed_as_git_verifies_it_and_always_with_the_same_bytes() {
    signed(PHASES, &["Fix a", "Hold the place", "Record how the phases stand"]);
}

#[test]
fn so_is_what_a_person_decides_in_a_clone() {
    let world = world();
    let (path, public) = key(&world, "ed25519", "");
    let config = world.config(&format!("{PHASES}commits: {{ {MACHINE}, signing_key: \"{public}\" }}\n"));
    let (config, stuck) = (config.display().to_string(), world.git(&["rev-parse", "upstream"]));
    let decide = ["decide", "--config", &config, "skip", &stuck, "--why", "ours"];
    let (code, _, error) =
        uptake_in(&world.fork(), &decide, &[("UPTAKE_SIGNING_KEY_FILE", path.display().to_string())]);
    assert_eq!(code, 0, "{error}");
    assert!(world.git(&["cat-file", "commit", "uptake/ledger"]).contains("\ngpgsig -----BEGIN SSH SIGNATURE-----\n"));
}

#[test]
fn so_are_merge_commits_of_slices() {
    signed(SLICES, &["Merge upstream up to"]);
}

#[test]
fn the_record_is_signed_too() {
    let mut world = world();
    let (path, public) = key(&world, "ed25519", "");
    let phases = "
upstream: { repository: up/stream, branch: main }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
exclude:
  - { reason: not ours, rules: [{ subject: ^(Stuck|More) }] }
";
    let config = format!("{phases}commits: {{ {MACHINE}, signing_key: \"{public}\" }}\n");
    run(&world, &config, Some(&path));
    person_merges(&mut world, "uptake/fixes", 1);
    run(&world, &config, Some(&path));
    assert!(pulls(&world).iter().any(|pull| pull.contains("uptake/record")), "{:?}", pulls(&world));
    let all = verified(&world, &public);
    assert!(all.iter().all(|(good, _)| *good), "{all:?}");
}

#[test]
fn signed_off_once_in_a_block_that_git_reads() {
    let world = world();
    let config = format!("{PHASES}commits: {{ sign_off: true }}\n");
    assert_eq!(run(&world, &config, None).0, 3);
    let message = branches(&world, &["log", "-1", "--format=%B", "uptake/fixes"]);
    let at = world.git(&["rev-parse", "upstream~2"]);
    assert_eq!(
        message,
        format!(
            "Fix a\n\nWhy.\n\nSigned-off-by: Ada <ada@example.org>\n(cherry picked from commit {at})\n\
             Signed-off-by: uptake[bot] <uptake[bot]@users.noreply.github.com>"
        )
    );
    let by = "%(trailers:key=Signed-off-by,valueonly,separator=%x2c)|%s";
    for commit in made(&world, by) {
        let (trailers, subject) = commit.split_once('|').expect("both");
        let whose = trailers.split(',').filter(|who| who.starts_with("uptake[bot] ")).count();
        assert_eq!(whose, 1, "{subject}: {trailers}");
    }
}

#[test]
fn branches_are_made_again_once_when_the_committer_changes_and_are_nobody_else_s() {
    let world = world();
    publish(&world, PHASES);
    assert_eq!(publish(&world, PHASES).changes, []);
    let other = format!("{PHASES}commits: {{ {MACHINE}, sign_off: true }}\n");
    let moved = lines(&publish(&world, &other));
    let count = moved.iter().filter(|line| line.starts_with("move branch uptake/")).count();
    assert_eq!(count, 2, "{moved:?}");
    assert_eq!(publish(&world, &other).changes, []);
    // And back: what the other name committed is still the bot's.
    let back = lines(&publish(&world, PHASES));
    assert_eq!(back.iter().filter(|line| line.starts_with("move branch uptake/")).count(), 2, "{back:?}");
    assert!(!back.iter().any(|line| line.contains("people")), "{back:?}");
}

#[test]
fn without_the_key_nothing_is_published_unsigned() {
    let world = world();
    let (_, public) = key(&world, "ed25519", "");
    let config = format!("{PHASES}commits: {{ {MACHINE}, signing_key: \"{public}\" }}\n");
    insta::assert_snapshot!(run(&world, &config, None).2, @r#"
    error: commits.signing_key says that the commits are signed, and there is no private key
      UPTAKE_SIGNING_KEY holds the text of an ed25519 key without a passphrase, or UPTAKE_SIGNING_KEY_FILE names its file: ssh-keygen -t ed25519 -N '' -f FILE makes one, and FILE.pub is what commits.signing_key says
    "#);
    assert!(!out(&world).join("branches.git").exists());
    for (kind, passphrase) in [("ed25519", "secret"), ("ecdsa", ""), ("rsa", "")] {
        let (path, _) = key(&world, kind, passphrase);
        let (code, _, error) = run(&world, &config, Some(&path));
        assert_eq!(code, 2);
        let why = if passphrase.is_empty() { "it is no ed25519 key" } else { "it has a passphrase" };
        assert!(error.contains(why), "{kind}: {error}");
    }
    let (other, _) = key(&world, "ed25519", "");
    let (_, _, error) = run(&world, &config, Some(&other));
    assert!(error.contains("it is not the private key to commits.signing_key"), "{error}");
}
