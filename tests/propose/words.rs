//! What is put together word by word has the words of both sides, or is not proposed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::config;
use crate::support::World;
use crate::support::survey;
use engine::progress::Silent;
use uptake::pick::Pick;
use uptake::pick::proposal::Proposer;
use uptake::pipeline::Inputs;

/// What is proposed for the first conflict, place by place.
fn proposed(base: &str, fork: &str, upstream: &str) -> Vec<Option<String>> {
    let mut world = World::new(&[("a.rs", base)]);
    world.on_fork().commit("Fork", &[("a.rs", fork)]);
    world.on_upstream().commit("Upstream", &[("a.rs", upstream)]);
    let session = world.open(&config(""));
    let survey = survey(&session);
    let built = Inputs::of_clone(&session).expect("inputs").build(&survey, &mut Silent).expect("built");
    let picks = built.phases.iter().flat_map(|phase| &phase.picks);
    let proposals = picks.flat_map(Pick::open).filter_map(|conflict| conflict.proposal.as_ref());
    let places = proposals.inspect(|proposal| assert_eq!(proposal.by, Proposer::Words)).flat_map(|it| &it.places);
    places.map(|place| Some(String::from_utf8_lossy(place.lines.as_ref()?).into_owned())).collect()
}

#[test]
fn changes_of_different_words_meet_nowhere() {
    let one = |base: &str, fork: &str, upstream: &str| proposed(base, fork, upstream).into_iter().flatten().next();
    assert_eq!(one("f(a, b, c);\n", "f(x, b, c);\n", "f(a, b, y);\n").as_deref(), Some("f(x, b, y);\n"));
    assert_eq!(one("f(a);\n", "f(x);\n", "f(y);\n"), None, "the same word");
    assert_eq!(one("f(a b);\n", "f(x b);\n", "f(a y);\n"), None, "words beside each other");
    assert_eq!(one("", "f(x);\n", "f(y);\n"), None, "both added it");
}

/// The signs of a text but white space, counted: words whole, all others alone.
fn tokens(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut word = String::new();
    for sign in text.chars().chain(['\n']) {
        if sign.is_alphanumeric() || sign == '_' {
            word.push(sign);
            continue;
        }
        if !word.is_empty() {
            *found.entry(std::mem::take(&mut word)).or_default() += 1;
        }
        if !sign.is_whitespace() {
            *found.entry(sign.to_string()).or_default() += 1;
        }
    }
    found
}

/// A line of words and signs, in which a side may have changed, added and removed some.
fn side() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![6 => Just(0_u8), 1 => 1_u8..4], 12)
}

fn written(side: &[u8], who: &str) -> String {
    let word = |(at, change): (usize, &u8)| match change {
        1 => format!("{who}{at}, "),
        2 => String::new(),
        3 => format!("w{at}, {who}{at}(), "),
        _ => format!("w{at}, "),
    };
    format!("f({});\n", side.iter().enumerate().map(word).collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_either_side_is_lost(ours in side(), theirs in side()) {
        let (base, fork, upstream) = (written(&[0; 12], ""), written(&ours, "ours"), written(&theirs, "theirs"));
        let Some(result) = proposed(&base, &fork, &upstream).into_iter().flatten().next() else { return Ok(()) };
        let [before, fork, upstream, result] = [&base, &fork, &upstream, &result].map(|text| tokens(text));
        let of = |side: &BTreeMap<String, usize>, token: &str| i64::try_from(side.get(token).copied().unwrap_or_default()).expect("few");
        for word in fork.keys().chain(upstream.keys()).filter(|word| word.contains("ours") || word.contains("theirs")) {
            prop_assert!(result.contains_key(word), "{} is lost", word);
        }
        // What both took away alike went once.
        if ours.iter().zip(&theirs).any(|both| both == (&2, &2)) {
            return Ok(());
        }
        for token in before.keys().chain(fork.keys()).chain(upstream.keys()).chain(result.keys()) {
            let expected = of(&fork, token) + of(&upstream, token) - of(&before, token);
            prop_assert_eq!(of(&result, token), expected, "{}", token);
        }
    }
}
