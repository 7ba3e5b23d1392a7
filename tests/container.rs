//! The container image: what its Dockerfile names is there, and what it starts is a command of the program.

use std::fs;
use std::path::Path;

use crate::support::uptake;

fn text(path: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    fs::read_to_string(top.join(path)).expect("text")
}

/// The words of an instruction that is written as JSON.
fn words(dockerfile: &str, instruction: &str) -> Vec<String> {
    let line = dockerfile.lines().find_map(|line| line.strip_prefix(instruction)).expect("the instruction");
    serde_json::from_str(line.trim()).expect("JSON")
}

#[test]
fn the_image_starts_a_server_that_the_program_has_and_is_not_root() {
    let dockerfile = text("Dockerfile");
    assert_eq!(words(&dockerfile, "ENTRYPOINT"), ["uptake"]);
    let command = words(&dockerfile, "CMD");
    let folder = tempfile::tempdir().expect("a folder");
    // All is read before the secret is asked for.
    let arguments: Vec<&str> = command.iter().map(String::as_str).collect();
    let (code, _, error) = uptake(folder.path(), &arguments);
    assert_eq!(code, 2);
    assert!(error.contains("UPTAKE_WEBHOOK_SECRET"), "{error}");
    let port = command[2].rsplit(':').next().expect("a port");
    assert!(command[2].starts_with("0.0.0.0:") && dockerfile.contains(&format!("\nEXPOSE {port}\n")), "{command:?}");
    assert!(text("docs/src/running.md").contains(&format!("-p {port}:{port}")));
    let user = dockerfile.lines().find_map(|line| line.strip_prefix("USER ")).expect("a user");
    let number: u32 = user.split(':').next().and_then(|user| user.parse().ok()).expect("a number");
    assert!(number > 0 && dockerfile.contains(&format!("--uid {number} ")), "{user}");
    for kept in ["--state", "--clones"] {
        let at = command.iter().position(|word| word == kept).expect("an option");
        let volume = dockerfile.lines().find_map(|line| line.strip_prefix("VOLUME ")).expect("a volume");
        assert!(command[at + 1].starts_with(volume), "{kept} is kept");
    }
}

#[test]
fn what_is_copied_into_the_image_is_what_the_release_lays_out() {
    let release = text(".github/workflows/release.yml");
    for copied in text("Dockerfile").lines().filter_map(|line| line.strip_prefix("COPY ")) {
        let from = copied.split(' ').find(|word| !word.starts_with("--")).expect("a file");
        let laid_out = match from {
            "${TARGETARCH}/uptake" => "tar -xzf \"$archive\" -C \"image/$ARCH\" uptake",
            "LICENSE" => "cp LICENSE image/",
            other => panic!("nothing lays out {other}"),
        };
        assert!(release.contains(laid_out), "{laid_out}");
    }
    assert!(release.contains("docker build --file Dockerfile --build-arg TARGETARCH=\"$ARCH\" --tag uptake image\n"));
}
