//! How fast picks are, against git on the same picks in the same run.
//!
//! `cargo bench --bench picks -- <repository> <fork>..<upstream> [rounds]` picks each commit of the range that is no merge
//! alone onto the fork, with our engine, with one process of `git merge-tree --stdin` and with `git cherry-pick` in a work tree,
//! in turns, and prints the fastest and the median time of each and their ratio. The repository itself is not written to. On
//! Linux the processor time is printed, too, which other programs on the machine disturb less. Going back to the fork after each
//! `git cherry-pick` is part of picking alone, but not of that command, so its time is given with it and without.
//!
//! A fourth argument, `uptake`, `one-thread` or `git`, runs one of them alone, once, for a profiler or a counter of instructions.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "to time and to print is what a benchmark is for")]

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use engine::ids::TreeId;
use engine::{MergeLabels, Repo, Threads, each};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Git as it is measured.
const GIT: &[&str] = &["merge-tree", "--stdin", "--no-messages"];

/// Base, ours and theirs.
type Pick = [TreeId; 3];

fn main() -> Outcome<()> {
    // Cargo passes `--bench`; what is left is ours.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [repo, range, rest @ ..] = arguments.as_slice() else {
        println!("usage: cargo bench --bench picks -- <repository> <fork>..<upstream> [rounds]");
        return Ok(());
    };
    let rounds = rest.first().map_or(Ok(7), |rounds| rounds.parse::<usize>())?;
    // Cargo runs benchmarks in the package's folder, not where it was called.
    let called_from = std::env::var_os("PWD").map_or_else(PathBuf::new, PathBuf::from);
    let picks = picks(&called_from.join(repo), range)?;
    let scratch = tempfile::tempdir()?;
    borrow(scratch.path(), &called_from.join(repo))?;
    let lines: String = picks.iter().map(|[base, ours, theirs]| format!("{base} -- {ours} {theirs}\n")).collect();

    let alone = |threads| pick_all(scratch.path(), &picks, threads).map(|conflicts| println!("{conflicts} conflict"));
    match rest.get(1).map(String::as_str) {
        Some("uptake") => return alone(Threads::All),
        Some("one-thread") => return alone(Threads::Of(1)),
        Some("git") => return run(scratch.path(), GIT, &lines).map(|output| println!("{} bytes", output.len())),
        _ => {}
    }
    let (mut uptake, mut one_thread, mut git) = (Vec::new(), Vec::new(), Vec::new());
    let work_tree = tempfile::tempdir()?;
    borrow(work_tree.path(), &called_from.join(repo))?;
    let commits = check_out(work_tree.path(), &called_from.join(repo), range)?;
    let (mut by_hand, mut and_back) = (Vec::new(), Vec::new());
    let (mut uptake_processor, mut git_processor) = (Vec::new(), Vec::new());
    let mut conflicts = 0;
    for _ in 0..rounds {
        let (start, processor) = (Instant::now(), thread_time());
        conflicts = pick_all(scratch.path(), &picks, Threads::Of(1))?;
        one_thread.push(start.elapsed());
        uptake_processor.extend(thread_time().zip(processor).map(|(now, then)| now.saturating_sub(then)));

        let start = Instant::now();
        pick_all(scratch.path(), &picks, Threads::All)?;
        uptake.push(start.elapsed());

        let (start, processor) = (Instant::now(), children_time());
        run(scratch.path(), GIT, &lines)?;
        git.push(start.elapsed());
        git_processor.extend(children_time().zip(processor).map(|(now, then)| now.saturating_sub(then)));
        let (picking, going_back) = cherry_pick(work_tree.path(), &commits)?;
        by_hand.push(picking);
        and_back.push(picking + going_back);
    }
    println!(
        "{} picks, {conflicts} of them conflict, {rounds} rounds; each round starts with nothing in memory",
        picks.len()
    );
    let by_hand = report("git cherry-pick", by_hand, None);
    let and_back = report("... and back", and_back, None);
    let git = report("git merge-tree --stdin", git, None);
    report("uptake, one thread", one_thread.clone(), Some(git));
    report("uptake, all cores", uptake.clone(), Some(git));
    report("one thread / cherry-pick", one_thread.clone(), Some(by_hand));
    report("all cores / cherry-pick", uptake.clone(), Some(by_hand));
    report("one thread / ... and back", one_thread, Some(and_back));
    report("all cores / ... and back", uptake, Some(and_back));
    if git_processor.len() == rounds && uptake_processor.len() == rounds {
        let git = report("git, processor time", git_processor, None);
        report("uptake, processor time", uptake_processor, Some(git));
    }
    if let Some(peak) = std::fs::read_to_string("/proc/self/status")?.lines().find(|line| line.starts_with("VmHWM")) {
        println!("peak memory of this process: {}", peak.trim_start_matches("VmHWM:").trim());
    }
    Ok(())
}

/// The merges behind picking each commit of the range alone onto the fork.
fn picks(repo: &Path, range: &str) -> Outcome<Vec<Pick>> {
    let (fork, _) = range.split_once("..").ok_or("the range is <fork>..<upstream>")?;
    let ours: TreeId = run(repo, &["rev-parse", "--verify", &format!("{fork}^{{tree}}")], "")?.trim().parse()?;
    let commits = run(repo, &["rev-list", "--reverse", "--topo-order", "--no-merges", "--parents", range], "")?;
    let names: String = commits
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(commit, parent)| format!("{parent}^{{tree}}\n{commit}^{{tree}}\n"))
        .collect();
    let trees = run(repo, &["cat-file", "--batch-check=%(objectname)"], &names)?;
    let trees: Vec<TreeId> = trees.lines().map(str::parse).collect::<Result<_, _>>()?;
    Ok(trees.chunks_exact(2).map(|pair| [pair[0], ours, pair[1]]).collect())
}

fn pick_all(repo: &Path, picks: &[Pick], threads: Threads) -> Outcome<usize> {
    let repo = Repo::open(repo)?;
    let clean = each(
        &repo,
        picks.len(),
        threads,
        |merger, at| {
            let [base, ours, theirs] = picks[at];
            Ok(merger.merge(base, ours, theirs, &MergeLabels::default())?.is_clean())
        },
        &mut || {},
    )?;
    Ok(clean.into_iter().filter(|clean| !clean).count())
}

/// Makes `scratch` a bare repository that borrows the objects of another one.
fn borrow(scratch: &Path, repo: &Path) -> Outcome<()> {
    run(scratch, &["init", "--quiet", "--bare", "."], "")?;
    let objects = run(repo, &["rev-parse", "--path-format=absolute", "--git-path", "objects"], "")?;
    std::fs::write(scratch.join("objects/info/alternates"), objects)?;
    Ok(())
}

/// Checks the fork out, but for files whose content the repository lacks, and lists the commits to pick.
fn check_out(folder: &Path, repo: &Path, range: &str) -> Outcome<Vec<String>> {
    let (fork, _) = range.split_once("..").ok_or("the range is <fork>..<upstream>")?;
    let fork = run(repo, &["rev-parse", "--verify", &format!("{fork}^{{commit}}")], "")?.trim().to_owned();
    for [name, value] in [["core.bare", "false"], ["core.sparseCheckout", "true"], ["gc.auto", "0"]] {
        run(folder, &["config", name, value], "")?;
    }
    let shallow = run(repo, &["rev-parse", "--path-format=absolute", "--git-path", "shallow"], "")?;
    if Path::new(shallow.trim()).is_file() {
        std::fs::copy(shallow.trim(), folder.join("shallow"))?;
    }
    let files = run(folder, &["ls-tree", "-r", "--format=%(objectname) %(path)", &fork], "")?;
    let names: String =
        files.lines().filter_map(|line| line.split_once(' ')).map(|(id, _)| format!("{id}\n")).collect();
    let kinds = run(folder, &["cat-file", "--batch-check=%(objecttype)"], &names)?;
    let missing = files.lines().zip(kinds.lines()).filter(|(_, kind)| kind.ends_with("missing"));
    let patterns: String =
        missing.filter_map(|(file, _)| file.split_once(' ')).map(|(_, path)| format!("!/{path}\n")).collect();
    std::fs::create_dir_all(folder.join("info"))?;
    std::fs::write(folder.join("info/sparse-checkout"), format!("/*\n{patterns}"))?;
    std::fs::create_dir(folder.join("tree"))?;
    run(folder, &["--git-dir=.", "--work-tree=tree", "checkout", "--quiet", "--force", "--detach", &fork], "")?;
    let commits = run(repo, &["rev-list", "--reverse", "--topo-order", "--no-merges", range], "")?;
    Ok(commits.lines().map(str::to_owned).collect())
}

/// Picks each commit as people do, one process each: how long that took, and how long going back to the fork in between did.
fn cherry_pick(folder: &Path, commits: &[String]) -> Outcome<(Duration, Duration)> {
    let (mut picking, mut going_back) = (Duration::ZERO, Duration::ZERO);
    for commit in commits {
        let git = |arguments: &[&str]| {
            let place = ["--git-dir=.", "--work-tree=tree"];
            Command::new("git")
                .args(place)
                .args(arguments)
                .current_dir(folder)
                .stderr(Stdio::null())
                .stdout(Stdio::null())
                .status()
        };
        let start = Instant::now();
        // A conflict is an answer too, so how it ends does not matter.
        git(&["cherry-pick", "--no-commit", commit])?;
        picking += start.elapsed();
        let start = Instant::now();
        git(&["reset", "--quiet", "--hard"])?;
        going_back += start.elapsed();
    }
    Ok((picking, going_back))
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Outcome<String> {
    let mut child =
        Command::new("git").args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "a thread panicked")??;
    if !output.status.success() {
        return Err(format!("git {} fails in {}", arguments.join(" "), folder.display()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The processor time of this thread.
fn thread_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// The processor time of all programs this one has run and waited for, in steps of a hundredth of a second.
fn children_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, which may hold anything, ends with the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(13)?.parse::<u64>().ok()? + fields.get(14)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn report(name: &str, mut times: Vec<Duration>, against: Option<(Duration, Duration)>) -> (Duration, Duration) {
    times.sort_unstable();
    let (least, median) = (times[0], times[times.len() / 2]);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    print!("{name:<24} fastest {:8.1} ms   median {:8.1} ms", milliseconds(least), milliseconds(median));
    if let Some((git_least, git_median)) = against {
        let ratio = |git: Duration, ours: Duration| git.as_secs_f64() / ours.as_secs_f64();
        print!("   git takes {:.1} and {:.1} times as long", ratio(git_least, least), ratio(git_median, median));
    }
    println!();
    (least, median)
}
