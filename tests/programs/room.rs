//! What a program has before it and in reach, what it may use, and that nothing of it stays.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{run_into, world};
use crate::support::toolchain;

#[test]
fn a_program_has_the_files_of_the_branch_but_no_settings_and_no_links() {
    let mut world = world();
    let settings = [
        ".cargo/config.toml",
        "rust-toolchain",
        "rust-toolchain.toml",
        ".npmrc",
        ".yarnrc",
        ".yarnrc.yml",
        ".yarn/releases/yarn.cjs",
        ".pnp.cjs",
        ".pnp.js",
        ".pnpmfile.cjs",
        ".pnpmfile.mjs",
        "pnpmfile.js",
        "bunfig.toml",
        "uv.toml",
        "poetry.toml",
    ];
    world.on_upstream();
    for at in settings.into_iter().flat_map(|name| [name.to_owned(), format!("deep/{name}")]) {
        let path = world.fork().join(at);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, "theirs\n").expect("a file");
    }
    std::os::unix::fs::symlink("/etc/hostname", world.fork().join("link")).expect("a link");
    world.commit("Bring settings", &[("deep/file.txt", "theirs\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork();
    let (lock, body) =
        run_into(&world, "out", "find . ! -type d | sort > ../found; cp ../found Cargo.lock", &toolchain());
    assert_eq!(lock, "./Cargo.lock\n./Cargo.toml\n./deep/file.txt\n./ours.txt\n", "{body}");
}

#[test]
fn a_program_has_an_emptied_environment_and_of_cargo_s_home_what_was_downloaded() {
    let world = world();
    let home = world.folder().join("home");
    for (path, text) in [
        (".cargo/config.toml", "[build]\n"),
        (".cargo/credentials.toml", "token\n"),
        (".cargo/registry/cache", "known\n"),
        (".rustup/settings.toml", "default_toolchain = \"nightly-of-ours\"\n"),
    ] {
        fs::create_dir_all(home.join(path).parent().expect("a parent")).expect("a folder");
        fs::write(home.join(path), text).expect("a file");
    }
    let room = toolchain().into_iter().filter(|(name, _)| *name == "XDG_CACHE_HOME");
    let mut environment: Vec<(&str, String)> = room.collect();
    environment.extend([
        ("HOME", home.display().to_string()),
        ("CARGO_BUILD_RUSTC_WRAPPER", "mine".into()),
        ("AWS_SECRET_ACCESS_KEY", "hidden".into()),
        ("HTTPS_PROXY", "http://proxy.example.org".into()),
    ]);
    let script = "(env | sort; echo; ls -A \"$CARGO_HOME\") > ../said; cp ../said Cargo.lock";
    let (lock, _) = run_into(&world, "out", script, &environment);
    let (variables, cargo_home) = lock.split_once("\n\n").expect("both");
    assert_eq!(cargo_home, "registry\n", "no settings and no credentials");
    let named: Vec<&str> = variables.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    let own = ["CARGO_HOME", "CARGO_TERM_COLOR", "HOME", "LC_ALL", "PATH", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
    // What tells programs of each kind that there is no network.
    let offline = [
        "CARGO_NET_OFFLINE",
        "GOFLAGS",
        "GOPROXY",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "PIP_NO_INDEX",
        "UV_OFFLINE",
        "YARN_ENABLE_NETWORK",
        "http_proxy",
        "https_proxy",
        "npm_config_offline",
    ];
    let of_shells = ["PWD", "OLDPWD", "SHLVL", "_"];
    for name in own.iter().chain(&offline) {
        assert!(named.contains(name), "{name} is not in {named:?}");
    }
    for name in &named {
        assert!(own.iter().chain(&offline).chain(&of_shells).any(|known| known == name), "{name}");
    }
    for line in ["RUSTUP_TOOLCHAIN=nightly-of-ours", "HTTPS_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9"]
    {
        assert!(variables.lines().any(|known| known == line), "{line} is not in {variables}");
    }
    assert!(variables.lines().any(|line| line.starts_with("HOME=") && line.ends_with("/home")), "{variables}");
}

/// The limits are there a moment after its beginning.
#[cfg(target_os = "linux")]
#[test]
fn a_program_is_limited_in_memory_files_and_processes() {
    let world = world();
    let script = "n=0; until [ $n -gt 2000 ] || \
                  [ \"$(grep -cE '^Max (processes +4096|core file size +0 +0) ' /proc/self/limits)\" = 2 ]; do n=$((n + 1)); done; \
                  grep -E '^Max (data size|file size|processes|core file size) ' /proc/self/limits > ../said; cp ../said Cargo.lock";
    let (lock, _) = run_into(&world, "out", script, &toolchain());
    let limits: Vec<String> = lock
        .lines()
        .map(|line| line.split_whitespace().filter(|word| *word != "bytes").collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        format!("Max file size {0} {0}", 512_u64 << 20),
        format!("Max data size {0} {0}", 4_u64 << 30),
        "Max core file size 0 0".to_owned(),
        "Max processes 4096 4096 processes".to_owned(),
    ];
    assert_eq!(limits, expected);
}

/// One that went into a session of its own, whose parent has ended: a service.
#[cfg(target_os = "linux")]
#[test]
fn what_a_program_leaves_behind_ends_with_it_wherever_it_went() {
    let world = world();
    let left = world.folder().join("left");
    let script = format!(
        "(setsid sh -c 'echo $$ > {0}.part; mv {0}.part {0}; exec sleep 600' &) ; until [ -e {0} ]; do :; done; echo made > Cargo.lock",
        left.display()
    );
    let (lock, body) = run_into(&world, "out", &script, &toolchain());
    assert_eq!(lock, "made\n", "{body}");
    let process = fs::read_to_string(&left).expect("it was started").trim().to_owned();
    let stat = Path::new("/proc").join(&process).join("stat");
    let begun = Instant::now();
    // Killed, and perhaps not yet gone.
    while fs::read_to_string(&stat).is_ok_and(|stat| stat.contains("(sleep)") && !stat.contains(") Z ")) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{process} still runs");
        std::thread::yield_now();
    }
}
