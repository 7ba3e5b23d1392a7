//! The folder forge, with an editor for a hand.

use std::fs;
use std::path::PathBuf;

use engine::Repo;
use engine::ids::CommitId;
use serde_json::{Value, json};
use uptake::forge::folder::Folder;
use uptake::forge::{Branches, Forge, Job, Permission, RunState};

use super::Bench;
use crate::support::World;

pub(super) struct FolderBench {
    world: World,
    folder: Folder,
}

pub(super) fn bench() -> FolderBench {
    let mut world = World::new(&[("a.txt", "a\n")]);
    let head = world.on_fork().head();
    let mut folder = Folder::new(&world.folder().join("out"));
    let repo = Repo::open(&world.fork()).expect("opened");
    folder.push_branch(&repo, "main", head, None, None).expect("pushed");
    FolderBench { world, folder }
}

impl FolderBench {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_file(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("written");
    }

    fn edit(&self, name: &str, edit: impl FnOnce(&mut Value)) {
        let text = fs::read(self.path(name)).unwrap_or_else(|_| b"{}".to_vec());
        let mut value: Value = serde_json::from_slice(&text).expect("JSON");
        edit(&mut value);
        self.write_file(name, &serde_json::to_vec(&value).expect("JSON"));
    }
}

impl Bench for FolderBench {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn read(&self) -> &dyn Forge {
        &self.folder
    }

    fn write(&mut self) -> &mut dyn Forge {
        &mut self.folder
    }

    fn comments(&mut self, number: u64, login: &str, body: &str) -> u64 {
        let id = (1..).find(|id| !self.path(&format!("comments/{id}.json")).exists()).expect("a number");
        self.write_file(&format!("comments/{id}.md"), body.as_bytes());
        let record = json!({ "on": number, "author": login, "bot": false, "created": "2025-11-22T10:00:00Z" });
        self.edit(&format!("comments/{id}.json"), |value| *value = record);
        id
    }

    fn edits_comment(&mut self, id: u64, body: &str) {
        self.write_file(&format!("comments/{id}.md"), body.as_bytes());
        self.edit(&format!("comments/{id}.json"), |value| value["edited"] = true.into());
    }

    fn opens_issue(&mut self, login: &str, title: &str, body: &str) -> u64 {
        let taken = |id: &u64| ["issues", "pulls"].iter().any(|kind| self.path(&format!("{kind}/{id}.json")).exists());
        let number = (1..).find(|id| !taken(id)).expect("a number");
        self.write_file(&format!("issues/{number}.md"), format!("# {title}\n\n{body}").as_bytes());
        let record = json!({ "number": number, "state": "open", "title": title, "author": login, "labels": [] });
        self.edit(&format!("issues/{number}.json"), |value| *value = record);
        number
    }

    fn opens_pull(&mut self, login: &str, head: &str, base: &str) -> u64 {
        let taken = |id: &u64| ["issues", "pulls"].iter().any(|kind| self.path(&format!("{kind}/{id}.json")).exists());
        let number = (1..).find(|id| !taken(id)).expect("a number");
        self.write_file(&format!("pulls/{number}.md"), b"# By hand\n\nMine.\n");
        let record = json!({ "number": number, "state": "open", "title": "By hand", "head": head, "base": base, "labels": [],
            "draft": false, "by": login });
        self.edit(&format!("pulls/{number}.json"), |value| *value = record);
        number
    }

    fn closes_issue(&mut self, number: u64) {
        self.edit(&format!("issues/{number}.json"), |value| value["state"] = "closed".into());
    }

    fn merges(&mut self, number: u64, commit: CommitId) {
        self.edit(&format!("pulls/{number}.json"), |value| {
            value["state"] = "merged".into();
            value["merged"] = commit.to_string().into();
        });
    }

    fn grants(&mut self, login: &str, permission: Permission) {
        self.edit("permissions.json", |value| value[login] = permission.to_string().into());
    }

    fn runs(&mut self, id: u64, state: RunState, jobs: &[Job]) {
        self.edit(&format!("runs/{id}.json"), |value| {
            value["state"] = serde_json::to_value(state).expect("JSON");
            value["jobs"] = serde_json::to_value(jobs).expect("JSON");
            value["started"] = "2025-11-22T10:00:00Z".into();
            if state.is_over() {
                value["finished"] = "2025-11-22T11:00:00Z".into();
            }
        });
    }

    fn reactions(&self, comment: u64) -> Vec<String> {
        let text = fs::read(self.path(&format!("comments/{comment}.json"))).expect("a comment");
        let value: Value = serde_json::from_slice(&text).expect("JSON");
        let all = value["reactions"].as_array().cloned().unwrap_or_default();
        let mut all: Vec<_> = all.iter().map(|one| one.as_str().expect("a name").to_owned()).collect();
        all.sort();
        all
    }

    fn branch(&self, name: &str) -> Option<CommitId> {
        let repo = Repo::open(&self.folder.repository()).expect("opened");
        repo.reference(&format!("refs/heads/{name}")).expect("read")
    }
}
