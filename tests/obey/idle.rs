//! What an idle run reads: the forge once, so each file of the folder at most once. The kernel counts.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

use super::{CONFIG, Office, TESTED};

/// The folders of the forge that hold files of its own; "" is the forge itself.
const FOLDERS: [&str; 7] = ["", "pulls", "issues", "comments", "runs", "dispatches", "statuses"];

/// How often each file of the forge is opened from now on.
struct Opened {
    inotify: OwnedFd,
    folders: BTreeMap<i32, &'static str>,
}

impl Opened {
    fn watch(out: &Path) -> Self {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).expect("watching");
        // With the closing in between, the kernel does not make one event of two openings.
        let flags = WatchFlags::OPEN | WatchFlags::CLOSE_NOWRITE;
        let watch = |name| (inotify::add_watch(&inotify, out.join(name), flags).expect("a folder"), name);
        let folders = FOLDERS.map(watch).into();
        Self { inotify, folders }
    }

    fn count(&self) -> BTreeMap<String, usize> {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(&self.inotify, &mut buffer);
        let mut found = BTreeMap::new();
        loop {
            let event = match events.next() {
                Ok(event) => event,
                Err(Errno::WOULDBLOCK) => return found,
                Err(error) => panic!("{error}"),
            };
            assert!(!event.events().contains(ReadFlags::QUEUE_OVERFLOW), "more than can be counted");
            if let Some(name) = event.file_name()
                && event.events().contains(ReadFlags::OPEN)
                && !event.events().contains(ReadFlags::ISDIR)
            {
                let name = name.to_str().expect("text");
                *found.entry(Path::new(self.folders[&event.wd()]).join(name).display().to_string()).or_default() += 1;
            }
        }
    }
}

#[test]
fn an_idle_run_opens_each_file_once() {
    let mut office = Office::new(&format!("{CONFIG}{TESTED}"), 2);
    for number in [1, 2, 3] {
        office.say(number, "maintainer", "/status");
    }
    office.run();
    office.run();
    let opened = Opened::watch(&office.out(""));
    let described = office.run();
    assert!(described.starts_with("Nothing to change\n"), "{described}");
    let count = opened.count();
    let often: Vec<_> = count.iter().filter(|(_, times)| **times > 1).collect();
    assert!(often.is_empty(), "{often:?}");
    let of = |folder: &str| count.keys().filter(|file| file.starts_with(folder)).count();
    // Two pull requests, the dashboard, three questions with an answer each, and what is asked of the GPUs.
    assert_eq!([of("pulls/"), of("issues/"), of("labels.json")], [4, 2, 1]);
    assert!(of("comments/") >= 12 && of("runs/") > 0 && of("statuses/") > 0, "{count:?}");
}
