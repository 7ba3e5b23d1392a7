//! scratch
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use uptake::{config::Config, git::Repo, progress::Silent, survey::*};
fn main() {
    let repo = Repo::open(std::path::Path::new(&std::env::args().nth(1).unwrap())).unwrap();
    let heads = Heads {
        upstream: repo.reference("refs/remotes/upstream/master").unwrap().unwrap(),
        fork: repo.reference("refs/heads/master").unwrap().unwrap(),
    };
    let s = survey(&repo, heads, &Config::default(), &mut Silent).unwrap();
    println!("{}", serde_json::to_string_pretty(&s).unwrap());
}
