//! What a program that was started may use, and its end with all that it started.

use std::path::Path;
use std::process::{Child, Command};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};

/// How much memory it may have, in bytes.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 4 << 30;
/// How large a file it may write.
#[cfg(target_os = "linux")]
const FILE: u64 = 512 << 20;
/// How many processes its user may have while it makes more.
#[cfg(target_os = "linux")]
const PROCESSES: u64 = 4096;

/// Puts a program into a group of its own, so that all it starts can be ended with it.
pub(super) fn of_its_own(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _all_alike = command;
}

/// Limits what a program uses from now on; what it starts has its limits.
#[cfg(target_os = "linux")]
pub(super) fn set(child: &Child) {
    use rustix::process::Resource;
    limit(
        child,
        &[(Resource::Data, MEMORY), (Resource::Fsize, FILE), (Resource::Nproc, PROCESSES), (Resource::Core, 0)],
    );
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn set(_: &Child) {}

/// Limits how much memory a program has from now on, and each that it starts.
#[cfg(target_os = "linux")]
pub(super) fn set_memory(child: &Child, bytes: u64) {
    use rustix::process::Resource;
    limit(child, &[(Resource::Data, bytes), (Resource::Core, 0)]);
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn set_memory(_: &Child, _: u64) {}

#[cfg(target_os = "linux")]
fn limit(child: &Child, limits: &[(rustix::process::Resource, u64)]) {
    use rustix::process::{Rlimit, getrlimit, prlimit};
    let Some(pid) = pid(child) else { return };
    for (resource, most) in limits {
        let most = getrlimit(*resource).maximum.map_or(*most, |known| known.min(*most));
        // It may have ended already.
        let _gone = prlimit(Some(pid), *resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

/// How often it is looked for what a program left behind: while it is ended, it may start more.
#[cfg(target_os = "linux")]
const ROUNDS: usize = 16;

/// Ends what a program left behind that is in its group no more and whose parents have ended, as a service does it: by the home that was
/// this program's alone.
#[cfg(target_os = "linux")]
pub(super) fn end_those_of(home: &Path) {
    use std::os::unix::ffi::OsStrExt;
    let mark = [b"HOME=", home.as_os_str().as_bytes()].concat();
    let is_its = |process: &i32| {
        let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark)
    };
    for _ in 0..ROUNDS {
        let left: Vec<Pid> = processes().filter(is_its).filter_map(Pid::from_raw).collect();
        if left.is_empty() {
            break;
        }
        for process in left {
            let _gone = rustix::process::kill_process(process, Signal::KILL);
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn end_those_of(_: &Path) {}

/// All processes there are.
#[cfg(target_os = "linux")]
fn processes() -> impl Iterator<Item = i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
}

/// Ends a program and what it started, in groups of their own too.
pub(super) fn end_all(child: &mut Child) {
    #[cfg(target_os = "linux")]
    let below = descendants(child.id());
    #[cfg(unix)]
    if let Some(group) = pid(child) {
        let _none_left = kill_process_group(group, Signal::KILL);
    }
    #[cfg(target_os = "linux")]
    for process in below.into_iter().filter_map(Pid::from_raw) {
        let _gone = rustix::process::kill_process(process, Signal::KILL);
    }
    // It may have ended by itself.
    let _ended = child.kill().and_then(|()| child.wait());
}

/// The processes that one started, and those that these did, as far as their parents are still there.
#[cfg(target_os = "linux")]
fn descendants(of: u32) -> Vec<i32> {
    let parent = |process: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name before may have any sign in it.
        let (_, rest) = stat.rsplit_once(") ")?;
        rest.split(' ').nth(1)?.parse::<i32>().ok()
    };
    let parents: Vec<(i32, i32)> = processes().filter_map(|process| Some((process, parent(process)?))).collect();
    let mut found = Vec::new();
    let mut next: Vec<i32> = i32::try_from(of).into_iter().collect();
    while let Some(above) = next.pop() {
        let below = parents.iter().filter(|(_, parent)| *parent == above).map(|(process, _)| *process);
        let below: Vec<i32> = below.collect();
        next.extend(&below);
        found.extend(below);
    }
    found
}

#[cfg(unix)]
fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}
