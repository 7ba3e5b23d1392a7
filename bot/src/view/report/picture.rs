//! The range as a picture: every commit from left to right, the conflicts it meets above the line, what the fork has of it
//! below, arcs from each root to its cascades, and under it the phases as lanes on the same scale.

use super::index::ReportIndex;
use super::lanes;
use super::months::{MonthMark, ticks};
use super::range;
use super::scale::{Scale, WIDTH};
use super::svg::{Svg, length};
use crate::text::{figure, grouped_count};

/// How far apart the names of two months must stand.
const MONTH: f64 = 62.0;
const AXIS: f64 = 24.0;

/// The drawing, and what a reader must be told about it.
pub(super) struct Picture {
    /// The markup; empty where there is no commit to draw.
    pub svg: String,
    /// How many commits share a mark.
    pub per_mark: usize,
}

pub(super) fn draw(index: &ReportIndex<'_>) -> Picture {
    let commits = &index.facts.survey.commits;
    let scale = Scale::new(commits.len());
    let svg = if commits.is_empty() { String::new() } else { markup(index, &scale) };
    Picture { svg, per_mark: scale.per_column }
}

fn markup(index: &ReportIndex<'_>, scale: &Scale) -> String {
    let commits = &index.facts.survey.commits;
    let range = range::RangePicture::new(index, scale);
    let lanes = lanes::Lanes::new(index);
    let top = range.height();
    let bottom = top + AXIS + lanes.height();
    let mut svg = Svg::open("range", WIDTH, bottom, "The upstream range, commit by commit", &about(index));
    let days: Vec<String> = commits.iter().map(|commit| commit.date.day()).collect();
    let gap = MONTH / scale.step * length(scale.per_column);
    axis(&mut svg, scale, &ticks(&days, gap), top, bottom);
    lanes.draw(&mut svg, index, scale, top + AXIS);
    range.draw(&mut svg, index, scale);
    svg.close()
}

/// The picture in words, for those who cannot see it.
fn about(index: &ReportIndex<'_>) -> String {
    let states = super::header::states(index);
    let parts: Vec<String> = states.iter().map(|state| format!("{} {}", figure(state.count), state.meaning)).collect();
    let total = grouped_count(index.facts.survey.commits.len(), "commit");
    format!("{total} in upstream's order: {}. The tables below say the same of each.", parts.join("; "))
}

fn axis(svg: &mut Svg, scale: &Scale, ticks: &[MonthMark], top: f64, bottom: f64) {
    for tick in ticks {
        let x = scale.x(scale.column(tick.at)) - scale.step / 2.0;
        svg.line("month", [x, top + 2.0, x, bottom - 8.0]);
        svg.text("month-name", x + 4.0, top + 14.0, &tick.name);
    }
}
