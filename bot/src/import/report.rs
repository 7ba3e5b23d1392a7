//! What was imported and what is wrong with it, for people and for machines.

use crate::text::{self, inert_line};
use std::fmt;

use serde::Serialize;

use super::analysis::Analysis;
use super::blocks::printable;
use super::config;
use super::faults::{Disagreement, DisagreementKind};

/// The result of checking an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnalysisReport {
    /// The document's name, as given.
    pub document: String,
    /// How many distinct commits its tables and commands list.
    pub listed: usize,
    /// How many disagreements of each kind there are; kinds without any are left out.
    pub summary: Vec<Count>,
    /// The disagreements, by kind.
    pub faults: Vec<Disagreement>,
}

/// How often a kind of disagreement was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    pub kind: DisagreementKind,
    /// How often.
    pub count: usize,
}

impl AnalysisReport {
    /// A report on a document of this name.
    #[must_use]
    pub fn new(document: &str, analysis: &Analysis, faults: Vec<Disagreement>) -> Self {
        let names = config::names(analysis);
        let picks = analysis.steps.iter().flat_map(|step| &step.picks).map(|pick| &pick.sha);
        let listed: std::collections::BTreeSet<_> =
            analysis.rows().map(|row| &row.sha).chain(picks).filter_map(|sha| names.get(sha)).collect();
        let of =
            |kind: DisagreementKind| Count { kind, count: faults.iter().filter(|fault| fault.kind == kind).count() };
        let summary = DisagreementKind::ALL.into_iter().map(of).filter(|count| count.count > 0).collect();
        Self { document: document.to_owned(), listed: listed.len(), summary, faults }
    }

    /// How many remarks there are on how the document was read, and how many disagreements, in words.
    fn counted(&self) -> (String, String) {
        let remarks = self.faults.iter().filter(|fault| fault.kind.is_remark()).count();
        let of = |count: usize| {
            if count == 0 { String::new() } else { format!(", {} on how it was read", text::count(count, "remark")) }
        };
        (of(remarks), text::count(self.faults.len() - remarks, "disagreement"))
    }

    /// The faults of one kind.
    fn of(&self, kind: DisagreementKind) -> impl Iterator<Item = &Disagreement> {
        self.faults.iter().filter(move |fault| fault.kind == kind)
    }

    /// The report as Markdown. What it quotes is escaped, mentions and references among it.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = format!("# Check of {}\n\n", inert_line(&self.document));
        page.push_str(&format!("{} commits are listed. ", self.listed));
        if self.faults.is_empty() {
            page.push_str("The document and the repository agree.\n");
            return page;
        }
        let (remarks, found) = self.counted();
        page.push_str(&format!("{found} with the repository, or within the document{remarks}:\n\n"));
        page.push_str("| Count | What |\n| ---: | --- |\n");
        for Count { kind, count } in &self.summary {
            page.push_str(&format!("| {count} | {kind} |\n"));
        }
        for Count { kind, count } in &self.summary {
            page.push_str(&format!("\n## {} ({count})\n\n| Line | Finding |\n| ---: | --- |\n", capital(kind.title())));
            for fault in self.of(*kind) {
                let line = fault.line.map_or_else(|| "–".to_owned(), |line| line.to_string());
                page.push_str(&format!("| {line} | {} |\n", inert_line(&fault.text)));
            }
        }
        page
    }
}

impl fmt::Display for AnalysisReport {
    /// Plain text for a terminal: the counts, then every fault as `document:line: sentence`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = printable(&self.document);
        if self.faults.is_empty() {
            return writeln!(f, "{document}: {} commits listed; the document and the repository agree", self.listed);
        }
        let (remarks, found) = self.counted();
        writeln!(f, "{document}: {} commits listed, {found}{remarks}", self.listed)?;
        for Count { kind, count } in &self.summary {
            writeln!(f, "{count:>6}  {kind}")?;
        }
        for Count { kind, count } in &self.summary {
            writeln!(f, "\n{} ({count})", capital(kind.title()))?;
            for fault in self.of(*kind) {
                match fault.line {
                    Some(line) => writeln!(f, "  {document}:{line}: {}", printable(&fault.text))?,
                    None => writeln!(f, "  {}", printable(&fault.text))?,
                }
            }
        }
        Ok(())
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
