//! Notes and what was resolved, as Markdown. Every text of others is disarmed here.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::prose::{CommitRef, Prose, ProsePiece};
use super::resolved::{DroppedContent, ResolvedFile};
use super::{Detail, FileNote, Note, ResolvedSummary};
use crate::pick::recipe::RecipeCommands;
use crate::text::{code, count, fenced, inert_html, markdown_line, markdown_quoting, short};

/// How many files of one pick stay open; where there are more, the places of each are folded.
const OPEN: usize = 3;
/// How many files a note of one line names.
const NAMED: usize = 3;
/// How many characters of a remark stand in a note of one line.
const REMARK: usize = 160;
/// How many rows the table of resolved files has at most.
const ROWS: usize = 150;
/// How many lost lines of one file are shown, and how many characters of each.
const LINES: usize = 40;
const WIDTH: usize = 200;
/// How many files are shown with their lost lines.
const FILES: usize = 60;

/// Writes Markdown in which `#12` is an issue of this upstream, where it is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MarkdownWriter<'a> {
    pub(crate) upstream: Option<&'a str>,
    /// Where addresses are kept for the end of the text; `None`: each stands where its link is.
    pub(crate) references: Option<&'a References>,
}

/// The addresses of a text's links, each written once, at its end: most commits are named several times.
#[derive(Debug, Default)]
pub(crate) struct References(RefCell<BTreeMap<String, String>>);

impl References {
    /// About how long a line at the end is.
    pub(crate) const LINE: usize = 90;

    /// A commit as a link whose address stands at the end, or as plain code.
    pub(crate) fn link(&self, commit: &CommitRef) -> String {
        let label = code(&commit.short);
        let Some(url) = &commit.url else { return label };
        let mut known = self.0.borrow_mut();
        match known.entry(label.clone()).or_insert_with(|| url.clone()) == url {
            // With the empty brackets it is a link whatever follows it, be it a colon.
            true => format!("[{label}][]"),
            false => format!("[{label}]({url})"),
        }
    }

    /// The lines for the end of a text.
    pub(crate) fn of(&self, text: &str) -> String {
        let known = self.0.borrow();
        let used = known.iter().filter(|(label, _)| text.contains(&format!("[{label}][]")));
        used.map(|(label, url)| format!("[{label}]: {url}\n")).collect()
    }
}

impl MarkdownWriter<'_> {
    /// A commit as a link, or as plain code.
    pub(crate) fn commit(self, commit: &CommitRef) -> String {
        match (self.references, &commit.url) {
            (Some(references), _) => references.link(commit),
            (None, Some(url)) => format!("[{}]({url})", code(&commit.short)),
            (None, None) => code(&commit.short),
        }
    }

    pub(crate) fn prose(self, prose: &Prose) -> String {
        let piece = |piece: &ProsePiece| match piece {
            ProsePiece::Plain { text } => text.clone(),
            ProsePiece::Foreign { text } => markdown_line(text, self.upstream),
            ProsePiece::Code { text } => code(text),
            ProsePiece::Commit { commit: at } => self.commit(at),
            ProsePiece::Link { text, url } => format!("[{text}]({url})"),
        };
        prose.0.iter().map(piece).collect()
    }

    /// A note, folded.
    pub(crate) fn note(self, note: &Note, detail: Detail) -> String {
        if detail == Detail::Line {
            return self.line(note);
        }
        let mut text = format!(
            "<details><summary><code>{}</code> {}: {}</summary>\n\n",
            note.commit.short,
            inert_html(&note.commit.subject),
            count(note.files.len(), "file")
        );
        for prose in note.standing.iter().chain(&note.blocked) {
            let _ = writeln!(text, "{}\n", self.prose(prose));
        }
        for offer in &note.offers {
            let _ = writeln!(text, "- {}", self.prose(offer));
        }
        text.push('\n');
        self.files(&note.files, detail, &mut text);
        text.push_str(if note.recipe.resolve.is_empty() { "To take it by hand:\n\n" } else { "To resolve it:\n\n" });
        self.recipe(&note.recipe, &mut text);
        text + "\n</details>\n"
    }

    /// The commands, a block for each time they are pasted.
    pub(crate) fn recipe(self, recipe: &RecipeCommands, text: &mut String) {
        if !recipe.resolve.is_empty() {
            text.push_str(&fenced("sh", &recipe.resolve));
            text.push_str("\n<details><summary>With git alone</summary>\n\n");
        }
        text.push_str(&fenced("sh", &recipe.start));
        if !recipe.finish.is_empty() {
            text.push_str("\nWhen no conflict marker is left in the files:\n\n");
            text.push_str(&fenced("sh", &recipe.finish));
        }
        if !recipe.resolve.is_empty() {
            text.push_str("\n</details>\n");
        }
    }

    /// A note in one line of a list.
    fn line(self, note: &Note) -> String {
        let paths = note.files.iter().map(|file| code(&file.path));
        let mut files: Vec<String> = paths.take(NAMED).collect();
        if note.files.len() > NAMED {
            files.push(count(note.files.len() - NAMED, "more file"));
        }
        let standing = note.blocked.as_ref().or(note.standing.as_ref());
        // That somebody resolved it once is said last, and must not get lost.
        let remark = note.files.iter().find_map(|file| Some((&file.path, file.remarks.last()?)));
        let remark = remark.map(|(path, remark)| {
            format!(" {} is not resolved: {}.", code(path), markdown_quoting(&short(remark, REMARK), self.upstream))
        });
        format!(
            "- {} {}, in {}.{}{}\n",
            self.commit(&note.commit),
            markdown_line(&note.commit.subject, self.upstream),
            files.join(", "),
            standing.map(|prose| format!(" {}", self.prose(prose))).unwrap_or_default(),
            remark.unwrap_or_default()
        )
    }

    /// What stands on both sides, file by file.
    pub(crate) fn files(self, files: &[FileNote], detail: Detail, text: &mut String) {
        let folded = files.iter().filter(|file| !file.places.is_empty()).count() > OPEN;
        for file in files {
            let places = if file.count > 1 { format!(", in {} places", file.count) } else { String::new() };
            let _ = writeln!(text, "**{}**: {}{places}\n", code(&file.path), file.kind);
            for prose in &file.resolved {
                let _ = writeln!(text, "{}\n", self.prose(prose));
            }
            for remark in &file.remarks {
                let _ = writeln!(text, "Not resolved: {}.\n", markdown_quoting(remark, self.upstream));
            }
            for fact in &file.facts {
                let _ = writeln!(text, "{}.\n", self.prose(fact));
            }
            if file.places.is_empty() || detail == Detail::Brief {
                self.bullets(&file.who, text);
                self.proposal(file, detail, text);
                continue;
            }
            if folded {
                let _ = write!(text, "<details><summary>{}</summary>\n\n", count(file.count, "place"));
            }
            for place in &file.places {
                if let Some(same) = &place.same {
                    let _ = writeln!(text, "{}\n", self.prose(same));
                    continue;
                }
                text.push_str(&fenced("diff", &place.block));
                text.push('\n');
                if let Some(rest) = &place.rest {
                    let _ = writeln!(text, "{}\n", self.prose(rest));
                }
                self.bullets(&place.who, text);
            }
            if file.count > file.places.len() {
                let _ = writeln!(text, "… and {}.\n", count(file.count - file.places.len(), "more place"));
            }
            if folded {
                text.push_str("</details>\n\n");
            }
            self.proposal(file, detail, text);
        }
    }

    /// What is proposed for a file: all of it or none.
    fn proposal(self, file: &FileNote, detail: Detail, text: &mut String) {
        let Some(proposal) = &file.proposal else { return };
        let (head, open) = (self.prose(&proposal.head), code(&proposal.open));
        if proposal.block.is_empty() || detail == Detail::Brief {
            let _ = writeln!(text, "{head}. It is too long to be shown here: {open} opens it.\n");
            return;
        }
        let _ = writeln!(text, "{head}; nothing of it is on the branch:\n\n{}", fenced("diff", &proposal.block));
        let _ = match &proposal.accept {
            Some(accept) => {
                writeln!(
                    text,
                    "To take it as it is, in a comment: {}. To look at it, and change it: {open}.\n",
                    code(accept)
                )
            }
            None => writeln!(text, "{open} opens it.\n"),
        };
    }

    fn bullets(self, lines: &[Prose], text: &mut String) {
        for line in lines {
            let _ = writeln!(text, "- {}", self.prose(line));
        }
        if !lines.is_empty() {
            text.push('\n');
        }
    }

    /// What became of lock files, and the table of what was resolved; in short, how often by what. Empty where nothing was.
    pub(crate) fn resolved(self, resolved: &ResolvedSummary, detail: Detail) -> String {
        let mut text = String::new();
        self.bullets(&resolved.locks, &mut text);
        if resolved.rows.is_empty() {
            return text;
        }
        let files = count(resolved.rows.len(), "file");
        if detail != Detail::Full {
            let ways = resolved.ways.iter().map(|(way, times)| format!("- {times} by {}\n", self.prose(way)));
            let _ = writeln!(text, "{files} resolved without a person:\n\n{}", ways.collect::<String>());
            return text;
        }
        let _ = write!(text, "<details><summary>{files} resolved without a person</summary>\n\n");
        self.rows(&resolved.rows, &mut text);
        text + "\n</details>\n"
    }

    fn rows(self, rows: &[ResolvedFile], text: &mut String) {
        text.push_str("| Commit | File | What was done | By | Dropped |\n|---|---|---|---|---|\n");
        for row in rows.iter().take(ROWS) {
            let notes: String =
                row.notes.iter().map(|note| format!("<br>{}", markdown_quoting(note, self.upstream))).collect();
            let _ = writeln!(
                text,
                "| {} | {} | {}{notes} | {} | {} |",
                self.commit(&row.commit),
                code(&row.path),
                markdown_line(&row.how, None),
                self.prose(&row.by),
                row.given_up
            );
        }
        if rows.len() > ROWS {
            let _ = writeln!(text, "\nand {}.", count(rows.len() - ROWS, "more file"));
        }
    }

    /// A resolved file in one line.
    pub(crate) fn row(self, row: &ResolvedFile) -> String {
        let notes: String =
            row.notes.iter().map(|note| format!(" {}", markdown_quoting(note, self.upstream))).collect();
        format!(
            "{}: {}, by {}; dropped: {}.{notes}",
            code(&row.path),
            markdown_line(&row.how, None),
            self.prose(&row.by),
            row.given_up
        )
    }

    /// Every line that is missing, folded, and what the check of the branch found; in short, how many. Empty where there was
    /// nothing to look at.
    pub(crate) fn dropped_lines(self, resolved: &ResolvedSummary, detail: Detail) -> String {
        let mut text = String::new();
        if resolved.looked.is_empty() {
            return text;
        }
        let looked = &resolved.looked;
        if resolved.unnamed.is_empty() {
            let missing = match (resolved.lost.is_empty(), detail) {
                (true, _) => "every one is there".to_owned(),
                (false, Detail::Full) => "those that are missing are named here".to_owned(),
                (false, _) => {
                    let [upstream, fork] = resolved.total;
                    format!(
                        "{} of upstream's and {} of the fork's were dropped, and `uptake plan --format json` names each",
                        count(upstream, "line"),
                        count(fork, "line")
                    )
                }
            };
            let _ = writeln!(
                text,
                "Every line upstream adds and the fork had was looked for on the branch ({looked}): {missing}.\n"
            );
        } else {
            let _ = writeln!(
                text,
                "> [!WARNING]\n> Lines are missing that nothing gave up ({looked} looked at). This should not be: look at them, and report it.\n"
            );
            resolved.unnamed.iter().for_each(|gone| self.dropped_file(gone, &mut text));
        }
        if resolved.lost.is_empty() || detail != Detail::Full {
            return text;
        }
        let [upstream, fork] = resolved.total;
        let _ = write!(
            text,
            "<details><summary>{} of upstream's and {} of the fork's dropped</summary>\n\n`+` upstream adds it and the branch lacks it, `-` the fork had it, `=` upstream removes it and it stays.\n\n",
            count(upstream, "line"),
            count(fork, "line"),
        );
        resolved.lost.iter().take(FILES).for_each(|gone| self.dropped_file(gone, &mut text));
        if resolved.lost.len() > FILES {
            let more = count(resolved.lost.len() - FILES, "more file");
            let _ = writeln!(text, "and {more}; `uptake plan --format json` has all.\n");
        }
        text + "</details>\n"
    }

    /// Lines of a file that are not there.
    pub(crate) fn dropped_file(self, gone: &DroppedContent, text: &mut String) {
        let of = gone.commit.as_ref().map(|at| format!(" in {}", self.commit(at))).unwrap_or_default();
        let path = code(&gone.path);
        if let Some(how_many) = &gone.unlisted {
            let _ = writeln!(text, "{path}: {how_many}, not listed, since the file is still to be regenerated.\n");
            return;
        }
        let _ = writeln!(text, "{path}{of}:\n");
        let shown = gone.lines.iter().take(LINES).map(|line| line.chars().take(WIDTH).collect::<String>());
        let mut lines: Vec<String> = shown.collect();
        if gone.lines.len() > LINES {
            lines.push(format!("… {}", count(gone.lines.len() - LINES, "more line")));
        }
        text.push_str(&fenced("", &lines.join("\n")));
        text.push('\n');
    }
}
