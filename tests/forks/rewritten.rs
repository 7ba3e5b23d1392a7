//! A fork whose history was rewritten: the same files again and again, and no commit in common.

use uptake::line::OnLine;
use uptake::survey::Warning;

use super::{ALL, line, outcomes};
use crate::support::World;
use uptake::pick::Outcome;

const TEXT: &str = "1\n2\n3\n4\n5\n6\n";

#[test]
fn it_is_joined_where_the_files_are_the_same_for_the_last_time() {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let states = [TEXT.replace('1', "one"), TEXT.replace('1', "one").replace('2', "two")];
    let began = states.iter().map(|state| world.on_upstream().commit("Spell", &[("a.txt", state)])).collect::<Vec<_>>();
    world.commit("Spell six", &[("a.txt", &states[1].replace('6', "six"))]);
    world.git(&["switch", "--quiet", "--orphan", "again"]);
    let again =
        [TEXT, &states[0], &states[1]].map(|state| world.commit("Rewritten", &[("a.txt", state), ("b.txt", TEXT)]));
    world.commit("Ours", &[("b.txt", "ours\n"), ("ours.txt", "ours\n")]);
    world.git(&["branch", "--force", "main", "again"]);
    let (_, survey, built) = world.build(ALL);
    assert_eq!(survey.merge_base, began[1]);
    assert_eq!(survey.warnings, [Warning::Joined { upstream: began[1], fork: again[2] }]);
    assert_eq!((line(&survey), outcomes(&built)), (vec![OnLine::Clean], vec![Outcome::Clean]));
    assert_eq!(survey.carry.commits, 1, "what was rewritten is upstream's");
    assert!(survey.end.is_some_and(|end| end.equal));
}
