//! Keeping a program off the network: by the system where it can, and by settings that programs read themselves.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The settings that keep programs offline; for those that read only a proxy, an address that leads nowhere.
pub(super) const OFFLINE: [(&str, &str); 11] = [
    ("CARGO_NET_OFFLINE", "true"),
    ("GOFLAGS", "-mod=mod"),
    ("GOPROXY", "off"),
    ("HTTPS_PROXY", NOWHERE),
    ("HTTP_PROXY", NOWHERE),
    ("https_proxy", NOWHERE),
    ("http_proxy", NOWHERE),
    ("npm_config_offline", "true"),
    ("PIP_NO_INDEX", "1"),
    ("UV_OFFLINE", "1"),
    ("YARN_ENABLE_NETWORK", "0"),
];

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// The ways to start a program where it has no network, with a user's rights and with the superuser's.
const WAYS: [&[&str]; 2] = [&["unshare", "--user", "--map-current-user", "--net", "--"], &["unshare", "--net", "--"]];

/// What to put before a program so that it has no network, if the system lets us; tried once.
pub(super) fn cut(path: Option<&OsStr>) -> Option<&'static [&'static str]> {
    static WAY: OnceLock<Option<&'static [&'static str]>> = OnceLock::new();
    *WAY.get_or_init(|| WAYS.into_iter().find(|way| works(way, path)))
}

fn works(way: &[&str], path: Option<&OsStr>) -> bool {
    let [program, options @ ..] = way else { return false };
    if cfg!(not(target_os = "linux")) {
        return false;
    }
    let mut command = Command::new(program);
    command.args(options).arg("true").env_clear();
    command.envs(path.map(|path| ("PATH", path))).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
