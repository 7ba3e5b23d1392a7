//! The report as Markdown.

mod tables;
mod write;

use super::prose::agree;
use crate::text::{grouped_count, inert_line, short};
use crate::view::note::markdown::MarkdownWriter;
use crate::view::note::{Detail, Note};

/// How many files of a decision are named, and how much of a remark is shown.
const NAMED: usize = 3;
const REMARK: usize = 200;
use write::{bullets, cell, code, commit, fence, heading, paragraph, prose, table, unlinked};

use super::view::{PhaseView, ReportHeader, ReportView};

/// Writes the whole report.
pub(super) fn write(view: &ReportView) -> String {
    let mut out = String::new();
    header(&mut out, &view.header);
    heading(&mut out, 2, "Executive summary");
    paragraph(&mut out, &format!("**{}.**", inert_line(&view.header.headline)));
    bullets(&mut out, view.summary.iter().map(prose));
    next_steps(&mut out, view);
    tables::themes(&mut out, view);
    analysis(&mut out, view);
    tables::ways(&mut out, view);
    categorised(&mut out, view);
    tables::carried(&mut out, view);
    tables::conflicts(&mut out, view);
    notes(&mut out, view);
    strategy(&mut out, view);
    tables::risks(&mut out, view);
    tables::expected(&mut out, view);
    tables::left_out(&mut out, view);
    tables::unassigned(&mut out, view);
    closing(&mut out, view);
    out
}

fn header(out: &mut String, header: &ReportHeader) {
    heading(out, 1, "Upstream integration analysis");
    let subject =
        |subject: &str| if subject.is_empty() { String::new() } else { format!(" ({})", inert_line(subject)) };
    let mut lines = vec![
        format!("**Upstream:** {}", inert_line(&header.upstream)),
        format!("**Fork:** {}", inert_line(&header.fork)),
        format!("**Common ancestor:** {}{}", commit(&header.merge_base), subject(&header.merge_base.subject)),
        format!("**Upstream head:** {}{}", commit(&header.upstream_head), subject(&header.upstream_head.subject)),
        format!("**Fork head:** {}", code(&header.fork_head)),
        format!("**Upstream commits:** {} and {}", header.commits, header.merges),
    ];
    if !header.as_of.is_empty() {
        lines.insert(0, format!("**As of:** {}", header.as_of));
    }
    if !header.first_day.is_empty() {
        lines.push(format!("**Written:** {} to {}", header.first_day, header.last_day));
    }
    lines.push(format!("**Files:** {}", prose(&header.files)));
    // Two spaces at the end of a line would be lost in many editors; a backslash breaks it as well.
    paragraph(out, &lines.join("\\\n"));
}

fn categorised(out: &mut String, view: &ReportView) {
    heading(out, 2, "Categorised commits");
    if view.phases.is_empty() {
        paragraph(
            out,
            "No phase is configured, so no commit has a category yet. All open ones are under *Unassigned commits*.",
        );
    }
    let all = tables::has_all(view);
    for phase in &view.phases {
        heading(out, 3, &title(phase));
        let risk = if phase.risk.is_empty() { String::new() } else { format!(" Risk: **{}**.", phase.risk) };
        let listed = |names: &[String]| names.iter().map(|name| inert_line(name)).collect::<Vec<_>>().join(", ");
        let cuda = if phase.cuda.is_empty() { String::new() } else { format!(" CUDA {}.", listed(&phase.cuda)) };
        let tests = if phase.tests.is_empty() { String::new() } else { format!(" Tests: {}.", listed(&phase.tests)) };
        paragraph(
            out,
            &format!(
                "Branch {} on {} ({}). {}.{risk}{cuda}{tests}",
                code(&phase.branch),
                code(&phase.base),
                code(&phase.base_commit),
                prose(&phase.tally_text),
            ),
        );
        for said in &phase.said {
            paragraph(out, &format!("*{}*", prose(said)));
        }
        if phase.groups.is_empty() {
            paragraph(out, "No upstream commit fits this phase.");
        }
        for group in &phase.groups {
            if !group.title.is_empty() {
                heading(out, 4, &inert_line(&group.title));
            }
            tables::rows(out, &group.rows, "Outcome", all);
            paragraph(out, &group.said.iter().map(|said| format!("*{}*", prose(said))).collect::<String>());
        }
        let action: Vec<String> = phase.action.iter().map(unlinked).collect();
        paragraph(out, &format!("**Recommended action:** {}", action.join(" ")));
    }
}

fn title(phase: &PhaseView) -> String {
    format!("Phase {}: {}", phase.number, inert_line(&phase.title))
}

fn lacking(picks: usize) -> String {
    format!("{} {}", grouped_count(picks, "pick"), agree(picks, "lacks", "lack"))
}

/// What is to be decided, and what was resolved without a person: in short, for the pull requests and the page have it all.
fn notes(out: &mut String, view: &ReportView) {
    let writer = MarkdownWriter { upstream: view.repository.as_deref(), references: None };
    heading(out, 2, "Conflicts to resolve");
    paragraph(
        out,
        match view.phases.iter().all(|phase| phase.notes.is_empty()) {
            true => "No pick waits for a person.",
            false => "The page has both sides of each conflict and how to resolve it, and so has `uptake why SHA`.",
        },
    );
    for phase in view.phases.iter().filter(|phase| !phase.notes.is_empty()) {
        heading(out, 3, &format!("In phase {}: {}", phase.number, inert_line(&phase.title)));
        // What only follows others is no work, and is in the table of its phase.
        let (decide, others): (Vec<&Note>, Vec<&Note>) = phase.notes.iter().partition(|note| !note.offers.is_empty());
        bullets(out, decide.iter().map(|note| decision(note)));
        let others = match (decide.is_empty(), others.len()) {
            (_, 0) => String::new(),
            (true, n) => format!("Nothing: {} earlier ones alone.", lacking(n)),
            (false, n) => format!("{} earlier ones alone.", lacking(n)),
        };
        paragraph(out, &others);
    }
    heading(out, 2, "Resolved without a person");
    let mut nothing = true;
    for phase in &view.phases {
        let text =
            [writer.resolved(&phase.resolved, Detail::Brief), writer.dropped_lines(&phase.resolved, Detail::Brief)];
        if text.iter().all(String::is_empty) {
            continue;
        }
        nothing = false;
        heading(out, 3, &format!("On the branch of phase {}: {}", phase.number, inert_line(&phase.title)));
        text.iter().filter(|text| !text.is_empty()).for_each(|text| paragraph(out, text.trim_end()));
    }
    if nothing {
        paragraph(out, "Nothing had to be resolved.");
    }
}

/// A decision in one line, without addresses: in a document with many they would be most of it.
fn decision(note: &Note) -> String {
    let named: Vec<String> = note.files.iter().take(NAMED).map(|file| code(&file.path)).collect();
    let more = note.files.len() - named.len();
    let more = if more > 0 { format!(" and {}", grouped_count(more, "more file")) } else { String::new() };
    let standing = note.blocked.as_ref().or(note.standing.as_ref());
    let remark = note.files.iter().find_map(|file| Some((&file.path, file.remarks.last()?)));
    let remark = remark
        .map(|(path, remark)| format!(" {} is not resolved: {}.", code(path), inert_line(&short(remark, REMARK))));
    format!(
        "{} {}, in {}{more}.{}{}",
        code(&note.commit.short),
        inert_line(&note.commit.subject),
        named.join(", "),
        standing.map(|prose| format!(" {}", unlinked(prose))).unwrap_or_default(),
        remark.unwrap_or_default(),
    )
}

fn strategy(out: &mut String, view: &ReportView) {
    heading(out, 2, "Integration strategy");
    if view.phases.iter().all(|phase| phase.commands.is_none()) {
        paragraph(out, "No phase has a commit to pick, so there is nothing to type.");
        return;
    }
    paragraph(
        out,
        "Uptake builds a branch for each phase with what applies. To take a phase by hand instead, work in a clone of the \
         fork that has upstream as its remote `upstream`:",
    );
    if let Some(remote) = &view.remote {
        fence(out, "bash", std::slice::from_ref(remote));
    }
    if !tables::has_all(view) {
        paragraph(
            out,
            "The page has what to type for each phase: here the lists of commits would be most of the document.",
        );
        return;
    }
    // What all phases are validated with is said once.
    let mut validations =
        view.phases.iter().filter_map(|phase| phase.commands.as_ref()).map(|commands| &commands.validate);
    let common = validations.next().filter(|first| !first.is_empty() && validations.all(|other| other == *first));
    for phase in &view.phases {
        heading(out, 3, &format!("{} ({})", title(phase), phase.state.word()));
        let Some(commands) = &phase.commands else {
            paragraph(out, "Nothing to pick.");
            continue;
        };
        fence(out, "bash", &commands.lines);
        if let Some(stops) = &commands.stops {
            paragraph(out, &unlinked(stops));
        }
        if common.is_some() {
            continue;
        }
        if commands.validate.is_empty() {
            paragraph(out, "No validation command is configured for this phase.");
        } else {
            paragraph(out, "Then validate:");
            fence(out, "bash", &commands.validate);
        }
    }
    if let Some(common) = common {
        paragraph(out, "After each phase, validate:");
        fence(out, "bash", common);
    }
}

fn next_steps(out: &mut String, view: &ReportView) {
    heading(out, 2, "Next steps");
    for (at, step) in view.steps.iter().enumerate() {
        out.push_str(&format!("{}. **{}**: {}\n", at + 1, step.state, unlinked(&step.text)));
    }
    out.push('\n');
}

/// What an analysis by hand said of the whole.
fn analysis(out: &mut String, view: &ReportView) {
    let Some(said) = &view.analysis else { return };
    heading(out, 2, "What the analysis by hand said");
    let date = said.date.iter().map(|date| format!("Written: {}", prose(date)));
    let advice = said.advice.iter().map(|advice| format!("Advice: {}", prose(advice)));
    let themes = said.themes.iter().map(|theme| format!("Upstream: {}", prose(theme)));
    bullets(out, date.chain(advice).chain(said.estimates.iter().map(prose)).chain(themes));
    if !said.steps.is_empty() {
        let mark = |done: bool| if done { "[x]" } else { "[ ]" };
        bullets(out, said.steps.iter().map(|step| format!("{} {}", mark(step.done), prose(&step.text))));
    }
}

fn closing(out: &mut String, view: &ReportView) {
    heading(out, 2, "Totals");
    let rows = view.totals.iter().map(|total| vec![total.name.to_owned(), cell(&total.value)]);
    table(out, &["What", "Count"], rows);
}
