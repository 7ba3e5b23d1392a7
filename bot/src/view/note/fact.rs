//! What else is known of a conflicting file, in a sentence each.

use super::prose::Prose;
use crate::pick::{FileFact, LineEnds};

pub(crate) fn prose(fact: &FileFact) -> Prose {
    match fact {
        FileFact::LineEnds(LineEnds::Upstream) => {
            Prose::new("upstream changes line ends only, and nothing of what the lines say")
        }
        FileFact::LineEnds(LineEnds::Fork) => {
            Prose::new("the fork's file differs from what both sides started from in line ends only")
        }
        FileFact::LineEnds(LineEnds::Same) => Prose::new("the two sides differ in line ends only"),
        FileFact::LineEnds(LineEnds::Between) => {
            Prose::new("line ends are all that conflicts: it would merge if the lines of both sides ended alike")
        }
    }
}
