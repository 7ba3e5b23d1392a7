//! The notes on conflicting picks, from what picking found.

use std::collections::{HashMap, HashSet};

use super::links::is_repository;
use super::prose::{CommitRef, Prose};
use super::resolved::by;
use super::sides::{self, WIDTH};
use super::{FileNote, Limits, Links, Note, PlaceNote, ProposalNote, fact, offers, words};
use crate::config::raw::CommandSettings;
use crate::pick::conflict::places;
use crate::pick::recipe::{Recipe, RecipeCommands, Start};
use crate::pick::{Attribution, BuiltPhase, CommitSummary, Conflict, Hunk, Pick, Resolution};
use crate::survey::{Cascade, Surveyed, Verdict};
use crate::text::{count, shell_bytes, short, visible, visible_lines};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// How much of what a person said of a path is shown with its conflicts, in characters.
const SAID: usize = 300;

/// Makes notes that are read one after the other: a place that one has shown, a later one need not show again.
pub(crate) struct Notes<'a> {
    links: Links<'a>,
    limits: Limits,
    /// The places shown so far, and in which note.
    shown: HashMap<(RepoPath, [Vec<String>; 3]), Meeting>,
    /// What stands before commands in comments, where these are obeyed.
    prefix: Option<&'a str>,
}

/// How commits of one side are linked.
type Linking<'a> = &'a dyn Fn(&CommitSummary) -> CommitRef;

/// A pick that conflicts: which, what it was tried on, and whether it is a root.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meeting {
    pub(crate) pick: CommitId,
    pub(crate) onto: CommitId,
    pub(crate) root: bool,
}

impl<'a> Notes<'a> {
    pub(crate) fn new(links: Links<'a>, limits: Limits) -> Self {
        Self { links, limits, shown: HashMap::new(), prefix: None }
    }

    /// The same for a place where comments are obeyed.
    pub(crate) fn answered(self, commands: &'a CommandSettings) -> Self {
        Self { prefix: commands.enabled.then_some(&commands.prefix), ..self }
    }

    /// The notes on all picks of a phase that wait for a person, in their order.
    pub(crate) fn of_phase<'s>(
        &mut self,
        phase: &BuiltPhase,
        surveyed: &dyn Fn(CommitId) -> Option<&'s Surveyed>,
    ) -> Vec<Note> {
        let picks = phase.picks.iter().zip(phase.grounds()).filter(|(pick, _)| pick.outcome.waits());
        picks.map(|(pick, onto)| self.of_pick(phase, pick, onto, surveyed)).collect()
    }

    fn of_pick<'s>(
        &mut self,
        phase: &BuiltPhase,
        pick: &Pick,
        onto: CommitId,
        surveyed: &dyn Fn(CommitId) -> Option<&'s Surveyed>,
    ) -> Note {
        let links = self.links;
        let commit = surveyed(pick.sha);
        let subject = |sha| surveyed(sha).map(|commit| commit.subject.as_str()).unwrap_or_default();
        // A link is long: a commit that was linked in this note is named from then on.
        let mut known = HashSet::new();
        let mut link = |sha| {
            let commit = links.commit(sha, subject(sha));
            if known.insert(sha) { commit } else { CommitRef { url: None, ..commit } }
        };
        let standing = commit.and_then(|commit| offers::standing(commit, &mut link));
        let blocked = offers::lacks(pick, &mut link);
        let offers = match pick.outcome.needs_person() {
            true if pick.is_held_back() => vec![offers::let_in(pick)],
            true => offers::offers(&pick.needs, places(pick.open()), &mut link),
            false => Vec::new(),
        };
        let root = commit.is_some_and(|commit| commit.cascade == Cascade::Root);
        let meeting = Meeting { pick: pick.sha, onto, root };
        let files = pick.conflicts.iter().map(Conflict::pathspec).collect();
        let branch = visible(&phase.branch);
        let start = Start::Phase(&branch);
        let is_decision = pick.outcome.needs_person() && !pick.is_held_back();
        let (upstream, below) = (links.fetched(), links.below());
        let recipe = Recipe { pick: pick.sha, upstream, start, below, files, is_decision };
        Note {
            commit: links.commit(pick.sha, subject(pick.sha)),
            standing,
            blocked,
            offers,
            files: self.files(meeting, &pick.conflicts, &pick.resolutions),
            recipe: visible_commands(recipe.commands()),
        }
    }

    /// What is said of each file of a conflict.
    pub(crate) fn files(
        &mut self,
        meeting: Meeting,
        conflicts: &[Conflict],
        resolutions: &[Resolution],
    ) -> Vec<FileNote> {
        let (mut named, mut in_short) = (HashSet::new(), HashSet::new());
        let files = conflicts.iter().map(|conflict| {
            let resolved = resolutions.iter().filter(|found| found.path == conflict.path).map(|found| {
                let how =
                    Prose::new("Resolved on picking it again: ").foreign(&words::method(found.how)).plain(", by ");
                how.and(by(found)).plain(".")
            });
            let resolved: Vec<Prose> = resolved.collect();
            let places = if resolved.is_empty() { conflict.hunks.as_slice() } else { &[] };
            let shown = places.iter().zip(0..self.limits.places);
            let places: Vec<PlaceNote> =
                shown.map(|(hunk, at)| self.place(meeting, conflict, hunk, at, &mut named)).collect();
            let who = merged(&conflict.whose);
            let proposal = conflict.proposal.as_ref().filter(|_| resolved.is_empty());
            FileNote {
                proposal: proposal.map(|it| ProposalNote::new(meeting.pick, &conflict.path, it, self.prefix)),
                path: visible(&conflict.path.to_string()),
                kind: words::kind(conflict.kind),
                remarks: conflict.remarks.iter().map(|remark| visible(&words::remark(remark))).collect(),
                facts: match resolved.is_empty() {
                    true => {
                        let known = conflict.facts.iter().flat_map(|known| fact::sentences(&conflict.path, known));
                        let said = self.links.said(&conflict.path);
                        let said = said.map(|said| Prose::new("The configuration says: ").foreign(&short(said, SAID)));
                        known.chain(said).collect()
                    }
                    false => Vec::new(),
                },
                count: if resolved.is_empty() { conflict.hunks.len() } else { 0 },
                who: match resolved.is_empty() {
                    true => module(conflict).into_iter().chain(self.who(&who, &mut in_short)).collect(),
                    false => Vec::new(),
                },
                resolved,
                places,
            }
        });
        files.collect()
    }

    fn place(
        &mut self,
        meeting: Meeting,
        conflict: &Conflict,
        hunk: &Hunk,
        at: usize,
        named: &mut HashSet<CommitId>,
    ) -> PlaceNote {
        let key = (conflict.path.clone(), [hunk.base.clone(), hunk.ours.clone(), hunk.theirs.clone()]);
        let earlier = self.shown.get(&key).copied();
        // Where notes are cut, a root's stays longer than a cascade's, and an earlier one longer than a later one.
        let earlier = earlier.filter(|shown| shown.pick != meeting.pick && (shown.root || !meeting.root));
        self.shown.entry(key).or_insert(meeting);
        if let Some(shown) = earlier {
            let same = format!("From line {} on, the same as in the note on ", hunk.line);
            let same = Prose::new(same).commit(self.links.commit(shown.pick, "")).plain(".");
            return PlaceNote { block: String::new(), rest: None, same: Some(same), who: Vec::new() };
        }
        let who = conflict.whose.get(at).map(|whose| self.who(whose, named)).unwrap_or_default();
        PlaceNote {
            block: sides::both(hunk, self.limits.lines),
            rest: self.rest(meeting, conflict, hunk),
            same: None,
            who,
        }
    }

    /// Where the whole of a place can be read, if it is cut.
    fn rest(&self, meeting: Meeting, conflict: &Conflict, hunk: &Hunk) -> Option<Prose> {
        let long =
            |side: &[String]| side.len() > self.limits.lines || side.iter().any(|line| line.chars().count() > WIDTH);
        let [our_name, their_name] = &conflict.names;
        let mut ways: Vec<Prose> = Vec::new();
        if long(&hunk.ours) {
            let lines = hunk.line..hunk.line + hunk.ours.len();
            ways.push(match self.links.our_file(meeting.onto, our_name, lines) {
                Some(url) => Prose::default().link(format!("the fork's {}", count(hunk.ours.len(), "line")), url),
                None => command(&format!("{}:", meeting.onto.short()), our_name),
            });
        }
        if long(&hunk.theirs) {
            let lines = hunk.their_line..hunk.their_line + hunk.theirs.len();
            ways.push(match self.links.their_file(meeting.pick, their_name, lines) {
                Some(url) => Prose::default().link(format!("upstream's {}", count(hunk.theirs.len(), "line")), url),
                None => command(&format!("{}:", meeting.pick.short()), &self.links.of_upstream(their_name)),
            });
        }
        if long(&hunk.base) {
            ways.push(match self.links.commit(meeting.pick, "").url {
                Some(url) => Prose::default().link("upstream's change", url),
                None => command(&format!("{}^:", meeting.pick.short()), &self.links.of_upstream(their_name)),
            });
        }
        (!ways.is_empty()).then(|| Prose::new("In full: ").list(&ways, ways.len(), |prose, way| prose.and(way.clone())))
    }

    /// Who put what there, a line for each commit; those that were named before, on one line.
    fn who(&self, whose: &Attribution, named: &mut HashSet<CommitId>) -> Vec<Prose> {
        let upstream = |commit: &CommitSummary| self.links.commit(commit.sha, &commit.subject);
        let own = |commit: &CommitSummary| self.links.own(commit.sha, &commit.subject);
        let sides: [(_, _, Linking<'_>); 3] = [
            ("the fork's side is from ", &whose.fork, &own),
            ("the branch has it from the pick of ", &whose.picked, &upstream),
            ("missing from upstream: ", &whose.upstream, &upstream),
        ];
        let mut lines = Vec::new();
        for (begin, commits, link) in sides {
            let shown = &commits[..commits.len().min(self.limits.commits)];
            let (again, new): (Vec<&CommitSummary>, Vec<&CommitSummary>) =
                shown.iter().partition(|commit| !named.insert(commit.sha));
            lines.extend(new.into_iter().map(|commit| {
                let taken =
                    if commit.verdict == Some(Verdict::Taken) { "; the fork has it in another form" } else { "" };
                Prose::new(begin)
                    .commit(link(commit))
                    .plain(": ")
                    .foreign(&commit.subject)
                    .plain(" (")
                    .foreign(&commit.author)
                    .plain(format!(", {}{taken})", commit.date.day()))
            }));
            if !again.is_empty() {
                let unlinked = |commit: &CommitSummary| CommitRef { url: None, ..link(commit) };
                lines.push(Prose::new(begin).list(&again, again.len(), |prose, commit| prose.commit(unlinked(commit))));
            }
            if commits.len() > shown.len() {
                lines.push(Prose::new(format!("{begin}{}", count(commits.len() - shown.len(), "older commit"))));
            }
        }
        lines
    }
}

/// Where each side has a submodule, a line each, and where that can be compared.
fn module(conflict: &Conflict) -> Vec<Prose> {
    let Some([base, ours, theirs]) = conflict.module_commits() else { return Vec::new() };
    let sides =
        [("the fork has the submodule at ", ours), ("upstream has it at ", theirs), ("before, it was at ", base)];
    let at = sides.into_iter().filter_map(|(begin, at)| Some(Prose::new(begin).code(at?.to_string())));
    let page = module_comparison(conflict).map(|url| Prose::default().link("compare upstream's with the fork's", url));
    at.chain(page).collect()
}

/// The page that compares the fork's commit of a submodule with upstream's.
pub(super) fn module_comparison(conflict: &Conflict) -> Option<String> {
    let [_, ours, theirs] = conflict.module_commits()?;
    let name = conflict.module.as_deref().filter(|name| is_repository(name))?;
    Some(format!("https://redirect.github.com/{name}/compare/{}...{}", ours?, theirs?))
}

fn command(tree: &str, path: &RepoPath) -> Prose {
    Prose::default().code(format!("git show {}", shell_bytes(&[tree.as_bytes(), path.as_bytes()].concat())))
}

/// Everybody who stands at any place of a file.
fn merged(all: &[Attribution]) -> Attribution {
    let side = |of: &dyn Fn(&Attribution) -> Vec<CommitSummary>| {
        let mut seen = HashSet::new();
        all.iter().flat_map(of).filter(|commit| seen.insert(commit.sha)).collect()
    };
    Attribution {
        fork: side(&|whose| whose.fork.clone()),
        picked: side(&|whose| whose.picked.clone()),
        upstream: side(&|whose| whose.upstream.clone()),
    }
}

fn visible_commands(commands: RecipeCommands) -> RecipeCommands {
    let RecipeCommands { resolve, start, finish } = commands;
    RecipeCommands { resolve, start: visible_lines(&start), finish: visible_lines(&finish) }
}
