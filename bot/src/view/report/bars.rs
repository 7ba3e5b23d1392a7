//! The files both sides changed, as bars away from a common line: the fork's commits to the left, upstream's to the right.

use super::svg::{Svg, cut_front, length};
use super::view::SharedFileRow;
use crate::text::grouped_count;

/// How many files are drawn; the table has all.
const FILES: usize = 24;
const ROW: f64 = 21.0;
const HEAD: f64 = 26.0;
const WIDTH: f64 = 1160.0;
/// How many characters of a path fit beside the bars.
const PATH: usize = 54;
/// Where the common line stands, and how far bars may go from it.
const LINE: f64 = 640.0;
const LEFTMOST: f64 = 206.0;
const RIGHTMOST: f64 = 405.0;

/// Draws them; empty where there is none.
pub(super) fn draw(both: &[SharedFileRow]) -> String {
    let shown = &both[..both.len().min(FILES)];
    if shown.is_empty() {
        return String::new();
    }
    let most = |of: fn(&SharedFileRow) -> usize| length(shown.iter().map(of).max().unwrap_or_default().max(1));
    // One scale for both sides, or the bars could not be compared.
    let unit = (LEFTMOST / most(|both| both.fork)).min(RIGHTMOST / most(|both| both.upstream));
    let about =
        format!("The {} with most conflicts and commits; the table below has all.", grouped_count(shown.len(), "file"));
    let height = HEAD + ROW * length(shown.len()) + 4.0;
    let mut svg = Svg::open("files", WIDTH, height, "Files both sides changed", &about);
    svg.text("side-head end", LINE - 8.0, 12.0, "commits in the fork");
    svg.text("side-head", LINE + 8.0, 12.0, "commits upstream");
    svg.rect("conflict", [LINE + 142.0, 3.0, 10.0, 10.0]);
    svg.text("side-head", LINE + 157.0, 12.0, "open ones that conflict there");
    for (at, both) in shown.iter().enumerate() {
        row(&mut svg, both, HEAD + ROW * length(at), unit);
    }
    svg.line("line", [LINE, HEAD - 4.0, LINE, height - 2.0]);
    svg.close()
}

fn row(svg: &mut Svg, both: &SharedFileRow, y: f64, unit: f64) {
    let middle = y + ROW / 2.0 + 4.0;
    svg.raw("<g class=\"file\">");
    svg.tip(&format!(
        "{}\n{} upstream, {} in the fork; {} of the open ones {}",
        both.path,
        grouped_count(both.upstream, "commit"),
        both.fork,
        both.conflicts,
        super::prose::agree(both.conflicts, "conflicts here", "conflict here")
    ));
    svg.rect("hit", [0.0, y, WIDTH, ROW]);
    svg.text("path", 0.0, middle, &cut_front(&both.path, PATH));
    let (fork, upstream) = (unit * length(both.fork), unit * length(both.upstream));
    svg.rect("fork", [LINE - fork, y + 4.0, fork, ROW - 8.0]);
    svg.text("figure end", LINE - fork - 6.0, middle, &both.fork.to_string());
    svg.rect("upstream", [LINE, y + 4.0, upstream, ROW - 8.0]);
    // A renamed file may conflict under a name upstream's commits do not touch.
    let conflicts = both.conflicts.min(both.upstream);
    svg.rect("conflict", [LINE, y + 4.0, unit * length(conflicts), ROW - 8.0]);
    let figures = if both.conflicts > 0 {
        format!("{}, {} conflict", both.upstream, both.conflicts)
    } else {
        both.upstream.to_string()
    };
    svg.text("figure", LINE + upstream + 6.0, middle, &figures);
    svg.raw("</g>\n");
}
