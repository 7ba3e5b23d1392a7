//! Real histories: `UPTAKE_LINE_REPO=<repository> UPTAKE_LINE_BRANCH=main UPTAKE_LINE_STEPS=60,300
//! cargo test --test scenarios line::real -- --nocapture` walks the line of forks that changed nothing, so many first-parent steps
//! behind.

use std::path::PathBuf;
use std::time::Instant;

use engine::ids::CommitId;
use uptake::config::raw::UnitsBy;

use super::histories::run;
use super::walked;

#[test]
fn a_fork_that_changed_nothing_ends_at_upstream_s_tree() {
    let Some(folder) = std::env::var_os("UPTAKE_LINE_REPO").map(PathBuf::from) else { return };
    let branch = std::env::var("UPTAKE_LINE_BRANCH").unwrap_or_else(|_| "HEAD".to_owned());
    let steps = std::env::var("UPTAKE_LINE_STEPS").unwrap_or_else(|_| "60".to_owned());
    let commit = |name: String| -> CommitId {
        run(&folder, &["rev-parse", "--verify", &format!("{name}^{{commit}}")], b"").1.parse().expect("a commit")
    };
    let upstream = commit(branch.clone());
    let tree = run(&folder, &["rev-parse", &format!("{upstream}^{{tree}}")], b"").1;
    for steps in steps.split(',') {
        let begun = Instant::now();
        let (units, line, end) =
            walked(&folder, commit(format!("{branch}~{steps}")), upstream, UnitsBy::Auto, |_| None);
        println!("{steps}: {} units by {:?}, {:.1?}", units.all().len(), units.by(), begun.elapsed());
        assert_eq!(line.end.to_string(), tree, "{steps} steps");
        assert!(end.is_equal(), "{steps} steps: {:?}", end.differs);
    }
}
