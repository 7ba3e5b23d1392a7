//! Where a life is lived: a folder, or GitHub as a server on the loopback plays it. People do the same on both.

use std::fs;
use std::path::PathBuf;

use engine::progress::Silent;
use uptake::forge::folder::Folder;
use uptake::forge::github::Purpose;
use uptake::forge::{Forge, PullRequest, State};
use uptake::pipeline::{RunReport, Session, run};

use crate::github::{Server, UPSTREAM, app, connect, seed};
use crate::support::World;
use crate::support::forge::out;

pub(super) trait Place {
    /// The forge, as a run has it.
    fn forge(&self) -> Box<dyn Forge>;
    /// The repository that has its branches.
    fn repository(&self) -> PathBuf;
    /// A person merged a pull request, which became this commit.
    fn merged(&self, number: u64, commit: &str);
    /// Somebody pushed to the repository.
    fn pushed(&self);
}

/// Makes the place for a fork.
pub(super) type PlaceFor = fn(&World) -> Box<dyn Place>;

pub(super) fn on_folder(world: &World) -> Box<dyn Place> {
    Box::new(OnFolder(out(world)))
}

pub(super) fn on_server(world: &World) -> Box<dyn Place> {
    let server = Server::new(world.folder());
    seed(world, &server);
    Box::new(OnServer { server, clone: world.fork() })
}

struct OnFolder(PathBuf);

impl Place for OnFolder {
    fn forge(&self) -> Box<dyn Forge> {
        Box::new(Folder::new(&self.0))
    }

    fn repository(&self) -> PathBuf {
        self.0.join("branches.git")
    }

    fn merged(&self, number: u64, commit: &str) {
        let path = self.0.join(format!("pulls/{number}.json"));
        let mut record: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
        record["state"] = "merged".into();
        record["merged"] = commit.into();
        fs::write(&path, record.to_string()).expect("written");
    }

    fn pushed(&self) {}
}

struct OnServer {
    server: Server,
    clone: PathBuf,
}

impl Place for OnServer {
    fn forge(&self) -> Box<dyn Forge> {
        let github = connect(&self.server, &self.clone, app(), Purpose::PublishAndTest).github;
        Box::new(github.writing(&[UPSTREAM.parse().expect("a name")]).expect("the fork"))
    }

    fn repository(&self) -> PathBuf {
        self.server.state().repository.clone()
    }

    fn merged(&self, number: u64, commit: &str) {
        let mut state = self.server.state();
        state.close(number);
        state.item(number).and_then(|item| item.pull.as_mut()).expect("a pull request").merged = Some(commit.into());
        state.pushed();
    }

    fn pushed(&self) {
        self.server.state().pushed();
    }
}

/// Runs the job, and once more, which must change nothing.
pub(super) fn run_twice(place: &dyn Place, open: &dyn Fn() -> Session) -> RunReport {
    let once = || run(&open(), &mut *place.forge(), &mut Silent).expect("published");
    let report = once();
    let again: Vec<String> = once().changes.changes.iter().map(ToString::to_string).collect();
    assert_eq!(again, Vec::<String>::new(), "a second run changes nothing");
    report
}

pub(super) fn open_pulls(place: &dyn Place) -> Vec<PullRequest> {
    let all = place.forge().pulls("uptake/").expect("read").bringing;
    all.into_iter().filter(|pull| pull.state == State::Open).collect()
}
