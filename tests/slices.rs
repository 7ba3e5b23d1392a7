//! Slices of the line: where it is cut, what stands on what, what is shown of a decision, and how they land one by one.

use std::fs;

use engine::progress::Silent;
use uptake::pick::{Built, BuiltPhase, Outcome};
use uptake::pipeline::Inputs;
use uptake::view::note::words;

use crate::support::forge::{branches, job_with, lines, out, person_edits, person_merges, publish, pulls};
use crate::support::{World, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";

fn config(slice: &str) -> String {
    format!(
        "phases:\n  - {{ id: urgent, title: Urgent, priority: 1, rules: [{{ subject: ^Urgent }}] }}\n  \
         - {{ id: line, title: Upstream, priority: 2, take: line, slice: {slice} }}\ndashboard: {{ enabled: false }}\n"
    )
}

fn text(changes: &[(char, &str)]) -> String {
    changes.iter().fold(TEXT.to_owned(), |text, (line, new)| text.replacen(*line, new, 1))
}

/// Six units, of which the fork's own lines are in the way of the third and the fifth.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)]);
    world.on_upstream().commit("Add one", &[("1.txt", "1\n")]);
    world.commit("Add two", &[("2.txt", "2\n")]);
    world.commit("Rework b", &[("a.txt", &text(&[('b', "theirs")]))]);
    world.commit("Go on with b", &[("a.txt", &text(&[('b', "theirs, too")]))]);
    let (a, c) = (text(&[('b', "theirs, three")]), text(&[('j', "theirs")]));
    world.commit("Rework b and j", &[("a.txt", &a), ("c.txt", &c)]);
    world.commit("Urgent: mend b", &[("b.txt", &text(&[('e', "mended")]))]);
    world.commit("Add three", &[("3.txt", "3\n")]);
    let (a, c) = (text(&[('b', "ours")]), text(&[('j', "ours")]));
    world.on_fork().commit("Ours", &[("a.txt", &a), ("c.txt", &c)]);
    world
}

/// Each slice: its title, how many commits of it are on its branch, and what its picks came to.
fn slices(built: &Built) -> Vec<(String, usize, Vec<Outcome>)> {
    let slices = built.phases.iter().filter(|phase| phase.slice.is_some());
    let row = |phase: &BuiltPhase| {
        (phase.title.clone(), phase.landed(), phase.picks.iter().map(|pick| pick.outcome).collect())
    };
    slices.map(row).collect()
}

#[test]
fn all_before_the_first_decision_is_a_slice_and_the_next_stands_on_it() {
    use Outcome::{Clean, Decide, NotNeededYet};
    let (_, _, built) = world().build(&config("{ units: 4 }"));
    assert_eq!(
        slices(&built),
        [
            ("Upstream 1 September, 2 units".to_owned(), 2, vec![Clean, Clean]),
            ("Upstream 1 September, 4 units".to_owned(), 1, vec![Decide, NotNeededYet, Decide, Clean]),
        ]
    );
    let [urgent, first, second] = &built.phases[..] else { panic!("{:?}", built.phases) };
    assert_eq!((urgent.picks.len(), urgent.base.as_str(), first.base.as_str()), (1, "main", "main"));
    assert_eq!((&second.base, &second.on, second.base_commit), (&first.branch, &Some(first.id.clone()), first.head));
    assert!(built.unassigned.is_empty(), "{:?}", built.unassigned);
}

#[test]
fn each_decision_is_shown_once_as_it_is_on_the_line() {
    let (_, survey, built) = world().build(&config("{ units: 100 }"));
    let decided = built.phases.iter().flat_map(|phase| &phase.picks).filter(|pick| pick.outcome.needs_person());
    let places: Vec<usize> = decided.map(|pick| pick.conflicts.iter().map(|conflict| conflict.places).sum()).collect();
    let line: Vec<usize> = survey.commits.iter().map(|unit| unit.hunks).filter(|hunks| *hunks > 0).collect();
    assert_eq!(places, line);
    // The second meets the fork's line alone: what it goes on with is there already.
    assert_eq!(places, [1, 1]);
}

#[test]
fn the_line_is_cut_by_number_by_days_at_releases_and_before_decisions() {
    let world = world();
    let titles = |slice: &str| {
        let (_, _, built) = world.build(&config(slice));
        let units = |(_, _, picks): (_, _, Vec<Outcome>)| picks.len();
        slices(&built).into_iter().map(units).collect::<Vec<_>>()
    };
    assert_eq!(titles("{ units: 1 }"), [1, 1, 1, 1, 1, 1]);
    assert_eq!(titles("{ units: 3 }"), [2, 3, 1]);
    assert_eq!(titles("{ days: 2 }"), [2, 4]);
    assert_eq!(titles("decision"), [2, 2, 2]);
    world.git(&["tag", "v1", "upstream~3"]);
    assert_eq!(titles("release"), [2, 2, 2]);
}

#[test]
fn upstream_s_releases_are_fetched_and_do_not_become_the_fork_s() {
    let world = world();
    let server = world.folder().join("server.git").display().to_string();
    world.git(&["init", "--quiet", "--bare", &server]);
    world.git(&["tag", "--annotate", "-m", "One", "v1", "upstream~3"]);
    world.git(&["push", "--quiet", &server, "upstream:main", "v1"]);
    world.git(&["tag", "--delete", "v1"]);
    world.git(&["switch", "--quiet", "main"]);
    world.git(&["remote", "add", "upstream", &format!("file://{server}")]);
    let path = world.config(&config("release")).display().to_string();
    let (_, out, error) = uptake(&world.fork(), &["plan", "--config", &path, "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{error}"));
    assert_eq!(plan["phases"].as_array().map(Vec::len), Some(4), "the urgent lane, and three slices: {out}");
    assert_eq!(world.git(&["tag", "--list"]), "");
}

#[test]
fn a_slice_is_published_into_the_one_before_and_keeps_its_name_when_that_lands() {
    let mut world = world();
    let config = config("{ units: 4 }");
    publish(&world, &config);
    let before = pulls(&world);
    let [_, first, second] = &before[..] else { panic!("{before:?}") };
    assert!(
        first.starts_with("2 Open uptake/line-") && first.contains(" -> main: Uptake: Upstream 1 September, 2 units"),
        "{first}"
    );
    let name = first.split(' ').nth(2).expect("a branch").to_owned();
    assert!(second.contains(&format!(" -> {name}: Uptake: Upstream 1 September, 4 units")), "{second}");
    assert_eq!(lines(&publish(&world, &config)), Vec::<String>::new());
    person_merges(&mut world, &name, 2);
    publish(&world, &config);
    let own = second.split(' ').nth(2).expect("a branch");
    assert_eq!(
        pulls(&world)[1..],
        [
            format!("2 Merged {name} -> main: Uptake: Upstream 1 September, 2 units"),
            format!("3 Open {own} -> main: Uptake: Upstream 1 September, 4 units"),
        ]
    );
    assert_eq!(lines(&publish(&world, &config)), Vec::<String>::new());
    // Upstream goes on: what is new joins the last slice while there is room, and begins another then.
    world.on_upstream().commit("Add four", &[("4.txt", "4\n")]);
    publish(&world, &config);
    assert!(
        pulls(&world)[3].contains(&format!(" -> {own}: Uptake: Upstream 1 September, 1 unit")),
        "{:?}",
        pulls(&world)
    );
}

#[test]
fn a_slice_with_a_decision_begins_there_also_once_that_is_decided() {
    let mut world = world();
    let config = config("{ units: 100 }");
    publish(&world, &config);
    let names = |world: &World| {
        pulls(world).iter().map(|pull| pull.split(' ').nth(2).expect("a branch").to_owned()).collect::<Vec<_>>()
    };
    let before = names(&world);
    // The fork takes the line that was in the way as upstream has it.
    world.on_fork().commit("As upstream", &[("a.txt", &text(&[('b', "theirs")]))]);
    publish(&world, &config);
    let after = names(&world);
    assert_eq!(after[..3], before[..3], "{:?}", pulls(&world));
    assert_eq!(after.len(), 4, "the next decision begins another: {:?}", pulls(&world));
}

#[test]
fn what_lacks_earlier_commits_is_not_urgent_but_comes_in_its_turn() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    world.on_upstream().commit("Add a kernel", &[("kernel.txt", TEXT)]);
    let mend = world.commit("Urgent: mend the kernel", &[("kernel.txt", &text(&[('e', "mended")]))]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    let (_, _, built) = world.build(&config("{ units: 100 }"));
    let kernel = world.git(&["rev-parse", "--short=9", "upstream~1"]);
    let left: Vec<_> = built.phases[0].left_out.iter().map(|left| (left.sha, words::reason(&left.reason))).collect();
    let why = format!(
        "the fork does not have the code it changes: that came with {kernel}, and this comes in its turn, on the line"
    );
    assert_eq!(left, [(mend, why)]);
    assert_eq!(built.phases[1].picks.len(), 2);
    assert_eq!(built.phases[1].landed(), 2);
}

#[test]
fn what_is_urgent_takes_along_the_little_that_it_needs() {
    let steps = |number: usize| {
        let mut world = World::new(&[("a.txt", TEXT)]);
        world.on_upstream().commit("Something else", &[("1.txt", "1\n")]);
        for step in 0..number {
            world.commit(&format!("Rework e, step {step}"), &[("a.txt", &text(&[('e', &format!("step {step}"))]))]);
        }
        world.commit("Urgent: mend e", &[("a.txt", &text(&[('e', "mended")]))]);
        world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
        let (_, _, built) = world.build(&config("{ units: 100 }"));
        built
    };
    let urgent = &steps(2).phases[0];
    assert_eq!((urgent.picks.len(), urgent.landed(), urgent.left_out.len()), (3, 3, 0));
    let last = urgent.picks[2].sha.short();
    assert_eq!(urgent.picks[0].note, Some(format!("taken along, since {last} needs it")));
    // More than a few would be another line.
    let urgent = &steps(4).phases[0];
    assert_eq!((urgent.picks.len(), urgent.left_out.len()), (0, 1));
    assert!(words::reason(&urgent.left_out[0].reason).ends_with(" first, so it comes in its turn, on the line"));
}

#[test]
fn a_plan_says_what_each_phase_takes() {
    let world = world();
    world.open(&config("{ units: 4 }"));
    let config = world.config(&config("{ units: 4 }")).display().to_string();
    let (_, out, error) = uptake(&world.fork(), &["plan", "--offline", "--config", &config, "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{error}"));
    let takes: Vec<_> = plan["phases"].as_array().expect("a list").iter().map(|phase| phase["take"].clone()).collect();
    assert_eq!(takes, ["topic", "line", "line"]);
    assert_eq!(plan["phases"][2]["base"], plan["phases"][1]["branch"]);
}

#[test]
fn a_run_in_two_halves_ends_where_a_whole_one_does() {
    let world = world();
    let session = world.open(&config("{ units: 4 }"));
    for left in 0..6 {
        let _cut_short = job_with(&world, &session, left, true);
    }
    publish(&world, &config("{ units: 4 }"));
    assert_eq!(pulls(&world).len(), 3, "{:?}", pulls(&world));
    assert_eq!(lines(&publish(&world, &config("{ units: 4 }"))), Vec::<String>::new());
    assert!(fs::read_dir(out(&world)).is_ok());
}

#[test]
fn slices_are_held_and_closed_like_any_phase() {
    let world = world();
    let config = config("{ units: 2 }");
    publish(&world, &config);
    let count = pulls(&world).len();
    person_edits(&world, "pulls/3.json", "\"open\"", "\"closed\"");
    publish(&world, &config);
    assert_eq!(pulls(&world).len(), count);
    assert!(pulls(&world)[2].starts_with("3 Closed"), "{:?}", pulls(&world));
    assert_eq!(lines(&publish(&world, &config)).len(), 1, "it says once more that it rests");
    assert!(!branches(&world, &["branch"]).is_empty());
}

#[test]
fn the_phases_ask_what_the_line_asks_and_the_lane_in_front() {
    let world = world();
    let session = world.open(&config("{ units: 4 }"));
    let inputs = Inputs::of_clone(&session).expect("read");
    let mut survey = inputs.survey(&mut Silent).expect("a survey");
    inputs.roads(&mut survey, &mut Silent).expect("counted");
    let asked: Vec<_> = survey.roads.iter().map(|road| (road.hunks, road.command.starts_with("uptake run"))).collect();
    assert_eq!((asked[1], asked[2]), ((2, true), (2, true)));
}
