//! Commits of the fork's that say they are upstream's, or list upstream's titles: how much of the change must be there besides.

use uptake::survey::{EvidenceKind, Strength, Verdict};

use super::backports::{fix, said, with, world};
use crate::support::World;
use EvidenceKind::{Lines, Name, Number, Subject};
use Strength::{Strong, Weak};

/// What is said of a fix of upstream's of twenty lines where the fork's commit changes this file.
fn restated(fork: &str, path: &str, ours: &str) -> (Verdict, Vec<(EvidenceKind, Strength)>) {
    let mut world = world();
    let sha = world.on_upstream().commit("Check the peer (#7)", &[("net.c", &with("net.c", false, &["peer"]))]);
    world.on_fork().commit(&fork.replace("SHORT", &sha.to_string()[..9]), &[(path, ours)]);
    said(&world.survey(), "Check the peer")
}

#[test]
fn a_commit_that_says_it_is_upstreams_needs_a_line_alike_alone() {
    let line = "static void check_peer_3(struct peer *it)\n";
    let [alike, none] = [line, "static void peers_of_ours(void)\n"].map(|line| with("net.c", true, &["ours"]) + line);
    for (fork, kinds) in [
        ("reimplement: peers (upstream SHORT)", &[Name][..]),
        ("Look at peers\n\nReimplements upstream SHORT for us.", &[Name]),
        ("Sync to v2 (#12)\n\n* Peers (upstream SHORT)\n\n* Others", &[Name]),
        ("Look at peers (upstream SHORT) addresses #12", &[Name]),
        ("Look at peers\n\nUpstream reference: SHORT - Check the peer", &[Name]),
        ("Check the peer (#7) (#12)", &[Number, Subject]),
    ] {
        let signs = |strength| kinds.iter().map(|kind| (*kind, strength)).collect::<Vec<_>>();
        assert_eq!(restated(fork, "net.c", &alike), (Verdict::Taken, signs(Strong)), "{fork}");
        // Without one, in the same file or in another, a person is asked; and a document is none of it.
        assert_eq!(restated(fork, "net.c", &none), (Verdict::Open, signs(Weak)), "{fork}");
        assert_eq!(restated(fork, "peers.c", &none), (Verdict::Open, signs(Weak)), "{fork}");
        assert_eq!(restated(fork, "plan.md", &none), (Verdict::Open, vec![]), "{fork}");
    }
    // Written anew under upstream's names, it is believed of a commit that is nothing else.
    let anew =
        with("net.c", true, &["ours"]) + "bool check_peer_1(peer_of_ours *p); bool check_peer_2(peer_of_ours *p);\n";
    let anew = anew
        + "bool check_peer_3(peer_of_ours *p); bool check_peer_4(p); bool check_peer_5(p); bool check_peer_6(p);\n";
    assert_eq!(restated("reimplement: peers (upstream SHORT)", "net.c", &anew), (Verdict::Taken, vec![(Name, Strong)]));
    assert_eq!(restated("Weekly\n\nApplied:\n- SHORT: peers", "net.c", &anew), (Verdict::Open, vec![(Name, Weak)]));
    // In a file of another name, too, where it is a good part of both.
    let elsewhere = |more: &str| restated("reimplement: peers (upstream SHORT)", "peers.c", &(anew.clone() + more));
    assert_eq!(elsewhere(""), (Verdict::Taken, vec![(Name, Strong)]));
    let others: String = (0..200).map(|n| format!("bool something_else_{n}(void);\n")).collect();
    assert_eq!(elsewhere(&others), (Verdict::Open, vec![(Name, Weak)]));
    for fork in [
        "See upstream's SHORT for what is to be ported",
        "reimplement: the concepts (upstream SHORT)",
        "reimplement: peers (upstream SHORT)\n\n- SHORT: PARTIAL",
        "Peers\n\nPorted from SHORT.\n\n- SHORT: the rest is planned",
        "Look at peers (upstream SHORT) after #12 broke it",
        "Weekly\n\n* Check the peer (#7)\n",
        "Check the peers (#7)",
    ] {
        assert_eq!(restated(fork, "net.c", &alike).0, Verdict::Open, "{fork}");
    }
}

#[test]
fn what_is_named_with_a_line_and_half_of_its_words_is_taken() {
    let named = |words: u32| {
        let line = "static void check_peer_3(struct peer *it)\n";
        let words: String = (4..4 + words).map(|n| format!("bool check_peer_{n}(peer_of_ours *p);\n")).collect();
        restated(
            "cherry-pick: upstream SHORT..1234567 batch 2",
            "net.c",
            &(with("net.c", true, &["ours"]) + line + &words),
        )
    };
    assert_eq!(named(12), (Verdict::Taken, vec![(Name, Strong)]));
    assert_eq!(named(2), (Verdict::Open, vec![(Name, Weak)]));
}

#[test]
fn a_title_in_a_squash_is_taken_with_a_third_of_its_lines_and_half_of_its_words_in_code() {
    let listed = |path: &str, lines: usize, words: u32| {
        let mut world = World::new(&[(path, "int first(void);\n")]);
        let change = format!("int first(void);\n{}", fix("peer"));
        world.on_upstream().commit("Check the peer (#7)", &[(path, &change)]);
        let alike: String = fix("peer").split_inclusive('\n').take(lines).collect();
        let words: String = (10..10 + words).map(|n| format!("bool check_peer_{n}(peer_of_ours *p);\n")).collect();
        let ours = format!("int first(void);\nint ours(void);\n{alike}{words}");
        world.on_fork().commit("Weekly\n\n* Check the peer (#7)\n* Others\n", &[(path, &ours)]);
        said(&world.survey(), "Check the peer").1
    };
    assert_eq!(listed("net.c", 7, 6), [(Name, Strong)]);
    assert_eq!(listed("net.c", 7, 1), [(Name, Weak)], "too few words");
    assert_eq!(listed("net.c", 2, 10), [(Name, Weak)], "too few lines");
    assert_eq!(listed("docs/net.md", 7, 6), [(Name, Weak)], "prose about the same");
}

#[test]
fn what_is_stated_is_taken_where_both_take_the_same_away_or_have_rare_lines_alike_elsewhere() {
    // Most of the change is what goes, and what comes instead is the fork's own.
    let removed = |ours: &str, gone: &str| {
        let text = |more: &str, fixes: &[&str]| with("net.c", false, fixes) + more;
        let before = text("", &["peer", "host"]);
        let mut world = World::new(&[("net.c", &before)]);
        let sha = world.on_upstream().commit("Drop the peers", &[("net.c", &text("int host_alone;\n", &["host"]))]);
        let ours = before.replace(gone, "") + ours;
        world
            .on_fork()
            .commit(&format!("reimplement: peers (upstream {})", &sha.to_string()[..9]), &[("net.c", &ours)]);
        said(&world.survey(), "Drop the peers").1
    };
    assert_eq!(removed("bool hosts_of_ours;\n", &fix("peer")), [(Name, Strong), (Lines, Weak)]);
    assert_eq!(removed("bool hosts_of_ours;\n", "static void check_peer_3(struct peer *it)\n"), [(Name, Weak)]);
    // Of sixty lines three are in a file of another name.
    let elsewhere = |lines: usize| {
        let mut world = world();
        let sha =
            world.on_upstream().commit("Check all", &[("net.c", &with("net.c", false, &["peer", "host", "row"]))]);
        let alike: String = fix("peer").split_inclusive('\n').take(lines).collect();
        world
            .on_fork()
            .commit(&format!("Weekly\n\nApplied:\n- {}: all checks", &sha.to_string()[..9]), &[("peers.c", &alike)]);
        said(&world.survey(), "Check all")
    };
    assert_eq!(elsewhere(3), (Verdict::Taken, vec![(Name, Strong)]));
    assert_eq!(elsewhere(1), (Verdict::Open, vec![(Name, Weak)]));
}
