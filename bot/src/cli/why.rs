//! What is known of one commit, as people read it on a terminal.

use std::fmt::Write;

use super::term::{BAD, GOOD, WAIT, bold, faint, risk, styled};
use crate::ids::CommitId;
use crate::pick::offers::standing;
use crate::survey::Verdict;
use crate::text::{count, terminal_line};
use crate::why::markdown::{COMMITS, FILES, alone, block, phase, places, sides};
use crate::why::{Named, Why};

pub(super) fn text(why: &Why) -> String {
    let commit = &why.commit;
    let verdict = match commit.verdict {
        Verdict::Taken => styled("taken", GOOD),
        Verdict::Vacuous => faint("vacuous: nothing shows that it was taken, yet picking it changes nothing"),
        Verdict::Open => styled("open", WAIT),
    };
    let mut text = format!(
        "{}  {}\n  {}, {}\n\n",
        bold(&commit.sha.to_string()),
        terminal_line(&commit.subject, 100),
        terminal_line(&commit.author.name, 60),
        commit.date.day()
    );
    let _ = writeln!(text, "{} {verdict}", label("verdict"));
    for sign in &why.shown_by {
        let _ = writeln!(text, "{} {} of {}", label(""), sign.kind, one_line(&sign.by));
    }
    let _ = writeln!(text, "{} {}", label("risk"), styled(&commit.risk.to_string(), risk(commit.risk)));
    for reason in &commit.reasons {
        let _ = writeln!(text, "{} {}", label(""), terminal_line(reason, 110));
    }
    let _ = writeln!(text, "{} {}", label("alone"), alone(why));
    let name = |sha: CommitId| sha.short();
    if let Some(standing) = standing(commit, &name) {
        let _ = writeln!(text, "{} {standing}", label("conflict"));
    }
    for root in &why.hangs_on {
        let _ = writeln!(text, "{} root {}", label(""), one_line(root));
    }
    let _ = writeln!(text, "{} {}", label("phase"), terminal_line(&phase(why), 110));
    for path in why.paths.iter().take(FILES) {
        let _ = writeln!(text, "\n{}  {}", styled(&path.path.to_string(), BAD), faint(path.kind));
        places(path, &mut text, &|place, text| {
            text.push_str(
                &block(place).lines().map(|line| format!("  {}\n", terminal_line(line, 140))).collect::<String>(),
            );
            for (who, commits) in sides(place) {
                for commit in commits.iter().take(COMMITS) {
                    let _ = writeln!(text, "  {} {}", faint(who), one_line(commit));
                }
                if commits.len() > COMMITS {
                    let _ = writeln!(text, "  {}", faint(&format!("and {} more", commits.len() - COMMITS)));
                }
            }
        });
    }
    if why.paths.len() > FILES {
        let _ = writeln!(text, "\n{}", faint(&format!("and {} more", count(why.paths.len() - FILES, "file"))));
    }
    let offers = why.offers(&name);
    if !offers.is_empty() {
        let _ = writeln!(text, "\n{}", bold("What to do"));
        for offer in offers {
            let _ = writeln!(text, "  {offer}");
        }
    }
    let _ = writeln!(text, "\n{}", bold("Recipe"));
    for line in why.recipe.lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

fn label(text: &str) -> String {
    faint(&format!("  {text:<9}"))
}

fn one_line(commit: &Named) -> String {
    let taken = if commit.verdict == Some(Verdict::Taken) { " (taken)" } else { "" };
    format!(
        "{} {}  {} {}{taken}",
        commit.sha.short(),
        terminal_line(&commit.subject, 70),
        terminal_line(&commit.author, 30),
        commit.date.day()
    )
}
