//! The resolving ladder, on real histories: decisions, remembered answers and path rules, kind of conflict by kind.

mod ecosystems;
mod folders;
mod form;
mod kinds;
mod locks;
mod means;
mod properties;
mod remembered;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::progress::Silent;
use uptake::decision::{Decision, FileResolution, Ruling, Rulings};
use uptake::pick::answer::ResolutionStore;
use uptake::pick::runner::{CommandRunner, NoCommands};
use uptake::pick::{
    BuildContext, BuiltPhase, LockfileCache, Outcome, Pick, ProposalSources, ResolutionSources, ResolvedBy, Scope,
    Tools, build, driver,
};
use uptake::pipeline::Session;
use uptake::plan::{SliceFacts, plan};
use uptake::publish::{Observed, Situation, wanted};
use uptake::survey::Survey;
use uptake::view::note::words;

use crate::support::World;

/// A configuration of one phase that takes everything, with these path rules.
pub(crate) fn config(rules: &str) -> String {
    format!(
        "upstream: {{ branch: main }}\nphases:\n  - id: all\n    title: All\n    priority: 1\n    rules: [{{ paths: ['**'] }}]\nconflicts: [{rules}]\n"
    )
}

/// What came of picking everything, with the content of the branch's files.
struct Built {
    phase: BuiltPhase,
    picks: Vec<Pick>,
    files: Vec<(String, String)>,
    /// The pull request's text.
    body: String,
    opened: Session,
}

impl Built {
    fn file(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|(known, _)| known == path).map(|(_, content)| content.as_str())
    }

    fn body(&self) -> String {
        self.body.clone()
    }

    /// The messages of the branch's commits that are the bot's own, the last first.
    fn log(&self) -> String {
        let mut text = String::new();
        let mut at = self.phase.head;
        while at != self.phase.base_commit {
            let commit = self.opened.repo.commit(at).expect("a commit");
            if commit.author.name.starts_with("uptake") {
                text.push_str(&format!("{} <{}>\n{}", commit.author.name, commit.author.when, commit.message));
            }
            at = commit.parents[0];
        }
        text
    }

    /// What the branch teaches of lock files.
    fn remade(&self) -> LockfileCache {
        let mut remade = LockfileCache::default();
        remade.learn(&self.opened.repo, self.phase.head).expect("readable");
        remade
    }
}

fn built(world: &World, rules: &str, decisions: &[Decision], memory: &ResolutionStore) -> Built {
    built_with(world, rules, decisions, memory, &NoCommands, &LockfileCache::default())
}

fn built_with(
    world: &World,
    rules: &str,
    decisions: &[Decision],
    memory: &ResolutionStore,
    workshop: &dyn CommandRunner,
    remade: &LockfileCache,
) -> Built {
    let opened = world.open(&config(rules));
    let survey = crate::support::survey(&opened);
    let facts = SliceFacts::default();
    let plan = plan(&survey, &opened.config, &Rulings::default(), &std::collections::HashSet::new(), &facts);
    let ways = ResolutionSources {
        decisions,
        memory,
        rules: &opened.config.conflicts,
        formats: &opened.config.formats,
        runner: workshop,
        manifests: &uptake::pick::MergedManifests::default(),
    };
    let tools = Tools { workshop, remade };
    let ground = BuildContext {
        branch: &"main".into(),
        head: opened.heads.fork,
        stacking: opened.config.stacking,
        guard: &opened.config.guard,
        ways,
        tools,
        apart: std::collections::BTreeSet::new(),
        proposals: ProposalSources { rules: &[], known: None, asks: false },
    };
    let mut built = build(&opened.repo, Scope::All(&survey), &plan, &ground, &mut Silent).expect("built");
    let body = body(&opened, &survey, &built);
    let phase = built.phases.remove(0);
    let files = opened.repo.files(phase.tree).expect("a tree").into_iter().map(|path| {
        let entry = opened.repo.entry(phase.tree, &path).expect("a tree").expect("a file");
        // A submodule has no content here.
        let content = if entry.mode == 0o160_000 {
            Vec::new()
        } else {
            opened.repo.content(entry).expect("read").expect("a file")
        };
        (path.to_string(), String::from_utf8_lossy(&content).into_owned())
    });
    let files = files.collect();
    Built { files, picks: phase.picks.clone(), phase, body, opened }
}

/// The text of the first phase's pull request.
fn body(opened: &Session, survey: &Survey, built: &uptake::pick::Built) -> String {
    let observed = Observed { trunk: "main".into(), ..Observed::default() };
    let situation = Situation {
        adopted: &std::collections::BTreeMap::new(),
        landed: &std::collections::BTreeSet::new(),
        record: None,
        squashed: None,
        heads: &BTreeMap::new(),
        release: None,
        drafts: true,
        immovable: &BTreeSet::new(),
        unread: &BTreeSet::new(),
        fixed: &BTreeSet::new(),
        stacked: &uptake::ledger::Stacks::default(),
        built,
        survey,
        config: &opened.config,
        rulings: &Rulings::default(),
        said: &[],
        observed: &observed,
        stale_bots: &[],
        tests: &BTreeMap::new(),
        refused: &BTreeSet::new(),
        now: opened.now,
    };
    wanted(&situation, &HashMap::new())[0].text.body.clone()
}

fn rules(world: &World, rules: &str) -> Built {
    built(world, rules, &[], &ResolutionStore::default())
}

/// A pick in words: what came of it, and each resolved path.
fn described(pick: &Pick) -> String {
    let mut text = format!("{}\n", pick.outcome);
    for found in &pick.resolutions {
        let by = match &found.by {
            ResolvedBy::Rule { pattern, .. } => format!("rule {pattern}"),
            ResolvedBy::Decision { origin, .. } => format!("decision of {}", origin.who),
            ResolvedBy::Memory { origin, .. } => format!("memory of {}", origin.who),
            ResolvedBy::Attribute(name) => format!("merge={}", driver(*name)),
            ResolvedBy::FastForward => "fast-forward".to_owned(),
            ResolvedBy::Form => "form".to_owned(),
            ResolvedBy::Formatter { program } => format!("form of {program}"),
            ResolvedBy::Driver { name } => format!("driver {name}"),
            ResolvedBy::Line => "line".to_owned(),
        };
        text.push_str(&format!("{}: {} ({by})\n", found.path, words::method(found.how)));
        let lost = &found.lost;
        for (whose, lines) in [("upstream", &lost.upstream), ("fork", &lost.fork), ("stays", &lost.stays)] {
            for line in lines {
                text.push_str(&format!("  {whose}: {line}\n"));
            }
        }
        for note in &found.notes {
            text.push_str(&format!("  {}\n", words::note(note)));
        }
    }
    for conflict in pick.open() {
        text.push_str(&format!(
            "{}: open{}\n",
            conflict.path,
            conflict.remarks.iter().map(|remark| format!("; {}", words::remark(remark))).collect::<String>()
        ));
    }
    text
}

/// Two places in which both sides meet, and between them one that upstream alone changed.
fn two_places() -> World {
    let text =
        |first: &str, middle: &str, last: &str| format!("top\n{first}\na\nb\nc\n{middle}\nd\ne\nf\n{last}\nend\n");
    let mut world = World::new(&[("a.txt", &text("one", "two", "three"))]);
    world.on_fork().commit("Fork", &[("a.txt", &text("fork one", "two", "fork three"))]);
    world.on_upstream().commit("Upstream", &[("a.txt", &text("upstream one", "upstream two", "upstream three"))]);
    world
}

#[test]
fn the_first_rule_resolves_each_place_and_leaves_what_merged() {
    let world = two_places();
    let found =
        rules(&world, "{ path: '*.md', use: fork }, { path: '*.txt', use: upstream }, { path: a.txt, use: fork }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: upstream's lines in 2 places (rule *.txt)
      fork: fork one
      fork: fork three
    ");
    insta::assert_snapshot!(found.file("a.txt").expect("a file"), @r"
    top
    upstream one
    a
    b
    c
    upstream two
    d
    e
    f
    upstream three
    end
    ");
    let found = rules(&world, "{ path: a.txt, use: fork }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: the fork's lines in 2 places (rule a.txt)
      upstream: upstream one
      upstream: upstream three
    ");
    insta::assert_snapshot!(found.file("a.txt").expect("a file"), @r"
    top
    fork one
    a
    b
    c
    upstream two
    d
    e
    f
    fork three
    end
    ");
    let found = rules(&world, "{ path: a.txt, use: union }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: the fork's lines, then upstream's in 2 places (rule a.txt)
    ");
    insta::assert_snapshot!(found.file("a.txt").expect("a file"), @r"
    top
    fork one
    upstream one
    a
    b
    c
    upstream two
    d
    e
    f
    fork three
    upstream three
    end
    ");
}

fn decision(how: FileResolution) -> Decision {
    Decision {
        ruling: Ruling::Resolve { phase: "all".into(), path: "a.txt".into(), how },
        by: "maintainer".into(),
        when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
        link: None,
        why: None,
    }
}

#[test]
fn a_decision_comes_before_a_rule_and_the_last_one_holds() {
    let world = two_places();
    let rule = "{ path: a.txt, use: upstream }";
    let found = built(
        &world,
        rule,
        &[decision(FileResolution::Manual), decision(FileResolution::Fork)],
        &ResolutionStore::default(),
    );
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.txt: the fork's lines in 2 places (decision of maintainer)
      upstream: upstream one
      upstream: upstream three
    ");
    let found = built(
        &world,
        rule,
        &[decision(FileResolution::Fork), decision(FileResolution::Manual)],
        &ResolutionStore::default(),
    );
    insta::assert_snapshot!(described(&found.picks[0]), @"
    decide
    a.txt: open; maintainer decided that a person resolves it
    ");
    let elsewhere = Decision {
        ruling: Ruling::Resolve { phase: "other".into(), path: "a.txt".into(), how: FileResolution::Fork },
        ..decision(FileResolution::Fork)
    };
    let found = built(&world, "", &[elsewhere], &ResolutionStore::default());
    assert_eq!(found.picks[0].outcome, Outcome::Decide);
}
