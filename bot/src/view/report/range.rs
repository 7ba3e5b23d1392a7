//! The upper half of the picture: the range on its line, and the arcs from roots to cascades.

use std::collections::BTreeMap;

use super::header::heaviest;
use super::index::{CommitPlace, CommitState, ReportIndex};
use super::scale::{LEFT, RIGHT, Scale, stack};
use super::svg::{Svg, at, length};
use crate::survey::Surveyed;
use crate::text::{grouped_count, shorten, visible};
use engine::commit::pr_of;
use engine::ids::CommitId;

/// How many roots are named in the picture.
const NAMED: usize = 3;
const NAME: f64 = 19.0;
const ARCS: f64 = 118.0;
/// From how many arcs on they are drawn fainter.
const CROWD: usize = 300;
/// How high the bars above the line and below it may be.
const UP: f64 = 46.0;
const DOWN: f64 = 17.0;
const GAP: f64 = 1.5;

/// The range and what its height hangs on.
pub(super) struct RangePicture<'a> {
    heavy: Vec<&'a Surveyed>,
    /// The most cascades on one root.
    most: usize,
    line: f64,
    tallest: usize,
}

impl<'a> RangePicture<'a> {
    pub(super) fn new(index: &ReportIndex<'a>, scale: &Scale) -> Self {
        let heavy = heaviest(index);
        let most = heavy.first().map_or(0, |root| index.cascades_of(root.sha).len());
        let named = heavy.len().min(NAMED);
        let arcs = if heavy.is_empty() { 6.0 } else { length(named) * NAME + ARCS };
        let commits = &index.facts.survey.commits;
        let open = |column| {
            let members = &commits[scale.members(column, commits.len())];
            members.iter().filter(|commit| is_above(CommitState::of(commit))).count()
        };
        let tallest = (0..scale.columns).map(open).max().unwrap_or_default().max(1);
        Self { heavy, most, line: arcs + UP, tallest }
    }

    /// How much room it takes.
    pub(super) fn height(&self) -> f64 {
        self.line + DOWN + 12.0
    }

    pub(super) fn draw(&self, svg: &mut Svg, index: &ReportIndex<'_>, scale: &Scale) {
        self.arcs(svg, index, scale);
        svg.raw("</g>\n<g class=\"strip\">\n");
        svg.text("side", LEFT - 14.0, self.line - 8.0, "open");
        svg.text("side", LEFT - 14.0, self.line + 14.0, "in the fork");
        for column in 0..scale.columns {
            self.column(svg, index, scale, column);
        }
        svg.raw("</g>\n");
        let end = LEFT + scale.step * length(scale.columns);
        svg.line("line", [LEFT, self.line, end, self.line]);
        self.names(svg, index, scale);
    }

    /// How high above the line a commit's mark ends.
    fn rise(&self, index: &ReportIndex<'_>, commit: &Surveyed) -> f64 {
        match CommitState::of(commit) {
            CommitState::Root => 24.0 + 22.0 * self.weight(index, commit),
            CommitState::Cascade => 17.0,
            CommitState::Conflict => 26.0,
            CommitState::Clean => 9.0,
            CommitState::Taken | CommitState::NoOp => 0.0,
        }
    }

    /// A root's share of the heaviest, so that the area of its disc is true to what hangs on it.
    fn weight(&self, index: &ReportIndex<'_>, commit: &Surveyed) -> f64 {
        (length(index.cascades_of(commit.sha).len()) / length(self.most.max(1))).sqrt()
    }

    /// Where an arc meets a column.
    fn top(&self, index: &ReportIndex<'_>, scale: &Scale, column: usize) -> f64 {
        let commits = &index.facts.survey.commits;
        let members = &commits[scale.members(column, commits.len())];
        match members {
            [commit] => self.line - GAP - self.rise(index, commit),
            members => {
                let open = members.iter().filter(|commit| is_above(CommitState::of(commit))).count();
                self.line - GAP - self.stacked(open)
            }
        }
    }

    fn stacked(&self, count: usize) -> f64 {
        (UP - 6.0) * length(count) / length(self.tallest)
    }

    fn arcs(&self, svg: &mut Svg, index: &ReportIndex<'_>, scale: &Scale) {
        let mut arcs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (position, commit) in index.facts.survey.commits.iter().enumerate() {
            for root in commit.roots.iter().filter_map(|root| index.position(*root)) {
                let ends = (scale.column(root), scale.column(position));
                // Within one column there is nothing to span.
                if ends.0 != ends.1 {
                    *arcs.entry(ends).or_insert(0) += 1;
                }
            }
        }
        // Where arcs would run together into one colour, each is fainter.
        svg.raw(if arcs.len() > CROWD { "<g class=\"arcs many\">\n" } else { "<g class=\"arcs\">\n" });
        let furthest = arcs.keys().map(|(from, to)| from.abs_diff(*to)).max().unwrap_or(1);
        for ((from, to), commits) in arcs {
            let span = (length(from.abs_diff(to)) / length(furthest)).sqrt();
            let reach = scale.step * length(from.abs_diff(to));
            // A cubic's crest is three quarters of the way to its handles. No arc is steeper than a semicircle and a half.
            let lift = (14.0 + (ARCS - 22.0) * span).min(14.0 + reach * 0.75) / 0.75;
            let ((x1, y1), (x2, y2)) =
                ((scale.x(from), self.top(index, scale, from)), (scale.x(to), self.top(index, scale, to)));
            let width = 1.0 + length(commits - 1).sqrt() * 0.4;
            svg.raw(&format!(
                "<path class=\"arc\" data-from=\"{from}\" data-to=\"{to}\" stroke-width=\"{}\" d=\"M{} {}C{} {} {} {} {} {}\"/>\n",
                at(width),
                at(x1),
                at(y1),
                at(x1),
                at(y1 - lift),
                at(x2),
                at(y2 - lift),
                at(x2),
                at(y2)
            ));
        }
    }

    fn column(&self, svg: &mut Svg, index: &ReportIndex<'_>, scale: &Scale, column: usize) {
        let commits = &index.facts.survey.commits;
        let members = &commits[scale.members(column, commits.len())];
        let (x, width) = (scale.x(column), scale.mark());
        let left = x - width / 2.0;
        open(svg, index, &members.iter().collect::<Vec<_>>(), column);
        // The whole column answers to the pointer, however low its mark.
        svg.rect("hit", [x - scale.step / 2.0, self.line - UP, scale.step, UP + DOWN]);
        if let [commit] = members {
            let state = CommitState::of(commit);
            let rise = self.rise(index, commit);
            match state {
                CommitState::Taken | CommitState::NoOp => {
                    svg.rect(state.class(), [left, self.line + GAP, width, DOWN - 5.0]);
                }
                CommitState::Root => {
                    svg.rect("root", [x - width.min(2.4) / 2.0, self.line - GAP - rise, width.min(2.4), rise]);
                    svg.disc("root", x, self.line - GAP - rise, 2.6 + 5.4 * self.weight(index, commit));
                }
                CommitState::Clean | CommitState::Cascade | CommitState::Conflict => {
                    svg.rect(state.class(), [left, self.line - GAP - rise, width, rise]);
                }
            }
        } else {
            let (mut up, mut down) = (self.line - GAP, self.line + GAP);
            for (state, commits) in stack(members.iter().map(CommitState::of)) {
                let tall = self.stacked(commits);
                if is_above(state) {
                    up -= tall;
                    svg.rect(state.class(), [left, up, width, tall]);
                } else {
                    let tall = tall.min(self.line + DOWN - down);
                    svg.rect(state.class(), [left, down, width, tall]);
                    down += tall;
                }
            }
        }
        svg.raw("</g>\n");
    }

    /// The heaviest roots by name. Rows are given so that no leader crosses a name: to the left of the middle names run to the
    /// right, and the further right a root stands the lower its row; on the other half it is the mirror image.
    fn names(&self, svg: &mut Svg, index: &ReportIndex<'_>, scale: &Scale) {
        let middle = f64::midpoint(LEFT, RIGHT);
        let mut named: Vec<(f64, usize, &Surveyed)> = self
            .heavy
            .iter()
            .take(NAMED)
            .filter_map(|root| index.position(root.sha).map(|at| (scale.column(at), *root)))
            .map(|(column, root)| (scale.x(column), column, root))
            .collect();
        named.sort_by(|a, b| a.0.total_cmp(&b.0));
        let lefts = named.iter().filter(|(x, ..)| *x < middle).count();
        named[lefts..].reverse();
        let y = |row: usize| NAME * length(row) + 13.0;
        for (row, (x, column, _)) in named.iter().enumerate() {
            svg.line("leader", [*x, y(row) - 10.0, *x, self.top(index, scale, *column) - 8.0]);
        }
        for (row, (x, _, root)) in named.iter().enumerate() {
            let held = index.cascades_of(root.sha).len();
            let text = shorten(&bare(&root.subject), 52);
            let right = *x < middle;
            let class = if right { "name" } else { "name end" };
            let x = if right { x + 6.0 } else { x - 6.0 };
            svg.label(class, [x, y(row)], &text, &format!("holds back {held}"));
        }
    }
}

/// A subject without the number of its pull request, which says nothing in a picture.
fn bare(subject: &str) -> String {
    let subject = visible(subject);
    match (pr_of(&subject), subject.rfind(" (#")) {
        (Some(_), Some(end)) => subject[..end].to_owned(),
        _ => subject,
    }
}

fn is_above(state: CommitState) -> bool {
    !matches!(state, CommitState::Taken | CommitState::NoOp)
}

/// Opens the group of a column's mark, with its tooltip and where a click leads. It is no link: a screen reader takes the drawing as one
/// picture, and has the same commits as links in the tables.
pub(super) fn open(svg: &mut Svg, index: &ReportIndex<'_>, members: &[&Surveyed], column: usize) {
    let (to, tip) = match members {
        [commit] => {
            let has_row =
                index.place(commit.sha) != CommitPlace::Unclaimed || index.facts.built.unassigned.contains(&commit.sha);
            let to = if has_row { format!(" data-to=\"c-{}\"", commit.sha) } else { String::new() };
            (to, tip(index, commit))
        }
        members => (String::new(), crowd(members)),
    };
    svg.raw(&format!("<g class=\"m\" data-i=\"{column}\"{to}>"));
    svg.tip(&tip);
}

fn tip(index: &ReportIndex<'_>, commit: &Surveyed) -> String {
    let state = CommitState::of(commit);
    let mut lines = vec![
        format!("{} {}", commit.sha.short(), visible(&commit.subject)),
        format!("{}, {}", visible(&commit.author.name), commit.date.day()),
    ];
    lines.push(match state {
        CommitState::Root => format!("root: {} on it", grouped_count(index.cascades_of(commit.sha).len(), "cascade")),
        CommitState::Cascade => {
            let roots: Vec<String> = commit.roots.iter().map(CommitId::short).collect();
            if roots.is_empty() {
                "cascade of earlier open commits".into()
            } else {
                format!("cascade of {}", roots.join(", "))
            }
        }
        CommitState::Taken => "in the fork already".into(),
        CommitState::NoOp => "would change nothing".into(),
        CommitState::Clean => "applies as it is".into(),
        CommitState::Conflict => format!("conflicts in {}", grouped_count(commit.conflicts.len(), "file")),
    });
    if let Some((phase, pick)) = index.pick(commit.sha) {
        lines.push(format!("{}: {}", visible(&phase.title), pick.outcome));
    }
    lines.join("\n")
}

fn crowd(members: &[&Surveyed]) -> String {
    let days = || members.iter().map(|commit| commit.date.day());
    let states: Vec<String> = stack(members.iter().map(|commit| CommitState::of(commit)))
        .into_iter()
        .map(|(state, commits)| format!("{commits} {}", state.class()))
        .collect();
    format!(
        "{}, {} to {}\n{}",
        grouped_count(members.len(), "commit"),
        days().min().unwrap_or_default(),
        days().max().unwrap_or_default(),
        states.join(", ")
    )
}
