//! The line among the phases: there is one at most, it takes what is left, and it alone is cut into slices.

use super::Checker;
use crate::config::raw::{RawPhase, RawSlice, SliceAt, Take};
use crate::config::{LineSettings, Slice};
use crate::yaml::Problem;
use crate::yaml::source::join;

/// How many units a slice has where nothing is said.
const UNITS: usize = 25;

impl Checker<'_> {
    /// How a phase walks the line, where it does; `earlier`: another phase does already; `releases`: upstream's releases are followed.
    pub(super) fn line(
        &mut self,
        phase: &RawPhase,
        path: &str,
        (earlier, releases): (bool, bool),
    ) -> Option<LineSettings> {
        let take = join(path, "take");
        if phase.take == Take::Topic {
            for (key, there) in [("slice", phase.slice.is_some()), ("land", phase.land.is_some())] {
                if there && !self.resolved.contains(&take) {
                    let at = join(path, key);
                    let problem =
                        Problem::new(self.positions.key(&at), format!("`{key}` counts only with `take: line`"));
                    self.report(&at, problem.help(format!("write `take: line`, or leave `{key}` out")));
                }
            }
            return None;
        }
        if earlier {
            let problem = Problem::new(self.positions.value(&take), "another phase takes the line already");
            self.report(&take, problem.help("the line is cut by one `slice` alone"));
        }
        for (key, there) in [
            ("commits", !phase.commits.is_empty()),
            ("categories", !phase.categories.is_empty()),
            ("rules", !phase.rules.is_empty()),
        ] {
            if there {
                let at = join(path, key);
                let problem = Problem::new(
                    self.positions.key(&at),
                    format!("the line takes all that is left, so it has no `{key}`"),
                );
                self.report(&at, problem.help("give them to a phase of their own"));
            }
        }
        let slice = match &phase.slice {
            None if releases => Slice::Release,
            None => Slice::Units(UNITS),
            Some(RawSlice::At(SliceAt::Release)) => Slice::Release,
            Some(RawSlice::At(SliceAt::Decision)) => Slice::Decision,
            Some(RawSlice::Every(every)) => match (every.units, every.days) {
                (Some(units), None) => Slice::Units(units as usize),
                (None, Some(days)) => Slice::Days(days),
                (Some(_), Some(_)) => {
                    let at = join(&join(path, "slice"), "days");
                    let problem =
                        Problem::new(self.positions.key(&at), "a slice ends after so many units or so many days");
                    self.report(&at, problem.help("leave one of the two out"));
                    Slice::Units(UNITS)
                }
                (None, None) => Slice::Units(UNITS),
            },
        };
        Some(LineSettings { slice, land: phase.land.unwrap_or_default() })
    }
}
