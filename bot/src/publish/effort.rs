//! What deciding on a pick takes, in a few words. Pure.

use crate::pick::conflict::places;
use crate::pick::{Cost, Pick};
use crate::text::count;
use crate::view::note::to_look_at;

/// What deciding on a pick takes.
fn work(pick: &Pick) -> String {
    if pick.is_held_back() {
        return "to be read first".to_owned();
    }
    let proposals = to_look_at(pick.open()).map(|proposals| format!(", {proposals}")).unwrap_or_default();
    count(places(pick.open()), "place") + &proposals
}

/// What deciding on a pick takes, and how many picks come free with it.
pub(super) fn effort<'p>(pick: &Pick, all: impl IntoIterator<Item = &'p Pick>) -> String {
    let frees = match Cost::of(pick, all).frees {
        0 => String::new(),
        1 => "; 1 pick waits only for it".to_owned(),
        frees => format!("; {frees} picks wait only for it"),
    };
    work(pick) + &frees
}
