//! A survey as people read it on a terminal.

use std::fmt::Write;

use super::term::{BAD, GOOD, WAIT, bold, faint, risk, styled, table};
use super::{DONE, Failure, Invocation, OutputFormat, reader};
use crate::line::OnLine;
use crate::pipeline::Inputs;
use crate::survey::{Evidence, LineTotals, Survey, Surveyed};
use crate::text::{code, count, markdown_line, short, visible};
use crate::view::note::warning::warnings;
use crate::view::note::{carry, roads, words};
use engine::ids::CommitId;

/// How many of the fork's own commits are listed; `--format json` has all.
const CARRIED: usize = 15;
/// How many of the units are listed that the fork perhaps has; `--format json` has all.
const PERHAPS: usize = 20;
/// How many of the files both sides changed are listed; `--format json` has all.
const FILES: usize = 15;

pub(super) fn survey(call: &Invocation, format: OutputFormat) -> Result<u8, Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    let inputs = Inputs::of_clone(&session)?;
    let mut survey = inputs.survey(&mut bars)?;
    inputs.roads(&mut survey, &mut bars)?;
    drop(bars);
    call.warn(&survey);
    match format {
        OutputFormat::Text => call.print(&text(&survey))?,
        OutputFormat::Markdown => {
            call.print(&markdown(&survey, session.config.linked_upstream()))?;
        }
        OutputFormat::Json => Invocation::print_json(&survey)?,
    }
    Ok(DONE)
}

pub(super) fn text(survey: &Survey) -> String {
    let totals = &survey.totals;
    let mut text = format!(
        "{}\n  upstream {}, fork {}, common ancestor {}\n  {} and {} behind; {} changed upstream, {} in the fork, {} in both\n\n",
        bold("Survey"),
        survey.upstream_head.short(),
        survey.fork_head.short(),
        survey.merge_base.short(),
        count(totals.commits, "commit"),
        count(totals.merges, "merge"),
        count(survey.files.upstream, "file"),
        survey.files.fork,
        survey.files.both.len(),
    );
    text.push_str(&before_all(survey));
    if totals.commits == 0 {
        return text + &up_to_date(survey);
    }
    let _ = write!(
        text,
        "{}\n{}\n",
        bold("Verdicts"),
        table(&[
            vec!["taken".into(), totals.taken.to_string(), faint("the fork has the change, with evidence")],
            vec!["open".into(), totals.open.to_string(), faint("not in the fork")],
        ])
    );
    text.push_str(&perhaps(survey));
    let _ =
        write!(text, "{}\n{}\n", bold("The open ones, applied one after the other in upstream's order"), line(survey));
    let _ = write!(
        text,
        "{}\n{}\n",
        bold("Each picked alone onto the fork"),
        table(&[
            vec!["clean".into(), totals.clean.to_string()],
            vec!["conflict".into(), conflicts(survey)],
            vec!["no change".into(), totals.noop.to_string()],
        ])
    );
    text.push_str(&ways(survey));
    text.push_str(&carried(survey));
    let _ = writeln!(text, "{}", bold("Commits, in upstream's order"));
    text.push_str(&table(&survey.commits.iter().map(row).collect::<Vec<_>>()));
    if !survey.files.both.is_empty() {
        let _ = writeln!(text, "\n{}", bold("Changed on both sides most often"));
        let mut rows = vec![vec![faint("upstream"), faint("fork"), faint("file")]];
        for both in survey.files.both.iter().take(FILES) {
            rows.push(vec![both.upstream_commits.to_string(), both.fork_commits.to_string(), both.path.to_string()]);
        }
        text.push_str(&table(&rows));
        if survey.files.both.len() > FILES {
            let _ = writeln!(text, "  {}", faint(&format!("and {} more", survey.files.both.len() - FILES)));
        }
    }
    for local in survey.files.local.iter().filter(|local| !local.upstream_commits.is_empty()) {
        let by: Vec<_> = local.upstream_commits.iter().map(CommitId::short).collect();
        let _ = writeln!(
            text,
            "\n{} {} is named as the fork's own, yet upstream touches it: {}",
            styled("note:", WAIT),
            local.pattern,
            by.join(", ")
        );
    }
    text
}

/// What to know before the rest is believed; empty where there is nothing.
pub(super) fn before_all(survey: &Survey) -> String {
    let lines = warnings(survey, reader()).map(|said| format!("{} {said}\n", styled("warning:", BAD)));
    lines.chain((!survey.warnings.is_empty()).then(|| "\n".to_owned())).collect()
}

/// What the fork perhaps has, with its own commit beside it: a person says whether.
pub(super) fn perhaps(survey: &Survey) -> String {
    let rows: Vec<_> = survey
        .perhaps()
        .map(|unit| {
            let signs = words::perhaps(unit).unwrap_or_default();
            vec![unit.sha.short(), styled(&signs, WAIT), short(&unit.subject, 80)]
        })
        .collect();
    let Some(first) = survey.perhaps().next() else { return String::new() };
    let more = rows.len().saturating_sub(PERHAPS);
    let more = if more == 0 { String::new() } else { format!("  {}\n", faint(&format!("and {more} more"))) };
    let (sha, ours) = (first.sha.short(), first.perhaps.map(|ours| ours.short()).unwrap_or_default());
    format!(
        "{}\n{}{more}  {}\n\n",
        bold("Look at these first: perhaps in the fork already"),
        table(&rows[..rows.len().min(PERHAPS)]),
        faint(&format!(
            "uptake why {sha} shows it; then uptake decide taken {sha} as {ours}, or uptake decide pick {sha} PHASE"
        ))
    )
}

fn up_to_date(survey: &Survey) -> String {
    match survey.left_behind() {
        None => "The fork is up to date.\n".into(),
        Some((branch, current)) => {
            let [branch, current] = [branch, current].map(visible);
            format!("The fork lacks nothing of upstream's {branch}, but upstream goes on with {current}.\n")
        }
    }
}

/// What becomes of the open units on the line, and where it ends.
fn line(survey: &Survey) -> String {
    let found = &survey.totals.line;
    let hunks = format!("lines of the fork's own are on the other side, in {}", count(found.hunks, "place"));
    let outcomes = [
        ("clean", found.clean, "apply"),
        ("resolved", found.resolved, "conflict, and need no person"),
        ("decide", found.decide, &*hunks),
        ("follows", found.follows, "conflict only because earlier ones are missing"),
        ("not needed yet", found.not_needed_yet, "what they change came with others that are missing"),
        ("no change", found.no_op, "leave nothing to change there"),
        ("left out", found.left_out, "by the configuration or by decision"),
    ];
    let there = outcomes.into_iter().filter(|(_, number, _)| *number > 0);
    let mut rows: Vec<_> =
        there.map(|(name, number, meaning)| vec![name.to_owned(), number.to_string(), faint(meaning)]).collect();
    if let Some(end) = &survey.end {
        let end = match end.differs.len() {
            0 => "git's own merge of both branches, in every file that it merges cleanly".to_owned(),
            differs => format!("other than git's own merge in {} that it merges cleanly", count(differs, "file")),
        };
        rows.push(vec!["end".into(), String::new(), faint(&end)]);
    }
    table(&rows)
}

/// The ways of catching up, and the one to take.
pub(super) fn ways(survey: &Survey) -> String {
    let Some((said, command)) = roads::recommendation(&survey.roads) else { return String::new() };
    let head = ["", "stops", "files", "places", "common ancestor", "you lose"].map(faint);
    let mut shown = vec![head.to_vec()];
    shown.extend(roads::rows(&survey.roads).into_iter().map(|row| {
        let name = if row.recommended { styled(row.name, GOOD) } else { row.name.to_owned() };
        vec![name, row.stops.to_string(), row.files.to_string(), row.hunks.to_string(), row.base.to_owned(), row.costs]
    }));
    format!(
        "{}\n{}  {said}\n  {}\n\n",
        bold("The ways to catch up, and what each asks of a person"),
        table(&shown),
        bold(command)
    )
}

/// What the fork carries that upstream has not.
fn carried(survey: &Survey) -> String {
    let carry = &survey.carry;
    let rows = carry::rows(carry);
    if rows.is_empty() {
        return String::new();
    }
    let mut shown = vec![vec![String::new(), faint("commits"), faint("files"), String::new()]];
    shown.extend(
        rows.into_iter()
            .map(|row| vec![row.name.to_owned(), row.commits.to_string(), row.paths.to_string(), faint(row.meaning)]),
    );
    let mut text = format!("{}\n{}\n", bold("What the fork carries"), table(&shown));
    if carry.real.is_empty() {
        return text;
    }
    let _ = writeln!(text, "{}", bold("The fork's commits that really change shared files, newest first"));
    let rows = carry.real.iter().take(CARRIED).map(|commit| {
        let files = faint(&format!("  [{}]", count(commit.paths.len(), "file")));
        vec![commit.sha.short(), commit.date.day(), short(&commit.subject, 80) + &files]
    });
    text.push_str(&table(&rows.collect::<Vec<_>>()));
    if carry.real.len() > CARRIED {
        let _ = writeln!(text, "  {}", faint(&format!("and {} more", carry.real.len() - CARRIED)));
    }
    text.push('\n');
    text
}

fn conflicts(survey: &Survey) -> String {
    let totals = &survey.totals;
    if totals.roots + totals.cascades == 0 {
        return totals.conflict.to_string();
    }
    format!(
        "{}  {}",
        totals.conflict,
        faint(&format!(
            "{} and {} among those not taken",
            count(totals.roots, "root"),
            count(totals.cascades, "cascade")
        ))
    )
}

fn row(commit: &Surveyed) -> Vec<String> {
    let state = match (commit.adapted, commit.perhaps) {
        (true, _) => "adapted".to_owned(),
        (false, Some(_)) => format!("{}, perhaps taken", commit.line),
        (false, None) => commit.line.to_string(),
    };
    let state = match commit.line {
        OnLine::Taken | OnLine::Clean | OnLine::Resolved => styled(&state, GOOD),
        OnLine::Decide => styled(&state, BAD),
        OnLine::Follows | OnLine::NotNeededYet => styled(&state, WAIT),
        OnLine::NoOp | OnLine::LeftOut => faint(&state),
    };
    vec![
        commit.sha.short(),
        commit.date.day(),
        state,
        styled(&commit.risk.to_string(), risk(commit.risk)),
        short(&commit.subject, 90),
    ]
}

/// A text of its own; none where there is nothing to say.
fn section(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

/// What becomes of the open units, in a sentence.
fn on_line(found: &LineTotals) -> String {
    format!(
        "{} clean, {} resolved, {} to decide (in {}), {} follow, {} not needed yet, {} without effect, {} left out",
        found.clean,
        found.resolved,
        found.decide,
        count(found.hunks, "place"),
        found.follows,
        found.not_needed_yet,
        found.no_op,
        found.left_out,
    )
}

pub(super) fn markdown(survey: &Survey, upstream: Option<&str>) -> String {
    let totals = &survey.totals;
    let said: String = warnings(survey, reader())
        .map(|said| format!("> [!WARNING]\n> {}\n\n", markdown_line(&said, upstream)))
        .collect();
    let mut text = format!(
        "# Survey\n\n{said}Upstream {}, fork {}, common ancestor {}: {} and {} behind.\n\n\
         | Taken | Open | Perhaps taken | Clean alone | Conflict alone | No change alone | Roots | Cascades |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|\n| {} | {} | {} | {} | {} | {} | {} | {} |\n\n\
         On the line: {}.\n\n{}\
         | Commit | Date | Line | Alone | Risk | Subject | Evidence |\n|---|---|---|---|---|---|---|\n",
        code(&survey.upstream_head.short()),
        code(&survey.fork_head.short()),
        code(&survey.merge_base.short()),
        count(totals.commits, "commit"),
        count(totals.merges, "merge"),
        totals.taken,
        totals.open,
        totals.perhaps,
        totals.clean,
        totals.conflict,
        totals.noop,
        totals.roots,
        totals.cascades,
        on_line(&totals.line),
        section(&roads::markdown(&survey.roads)),
    );
    for commit in &survey.commits {
        let perhaps = |_: &Evidence| if commit.perhaps.is_some() { "perhaps: " } else { "" };
        let evidence: Vec<_> = commit
            .evidence
            .iter()
            .map(|sign| format!("{}{} {}", perhaps(sign), sign.kind, code(&sign.fork_commit.short())))
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            code(&commit.sha.short()),
            commit.date.day(),
            commit.line,
            commit.alone,
            commit.risk,
            markdown_line(&commit.subject, upstream),
            evidence.join(", "),
        );
    }
    text
}
