//! The merge of manifests: what is said of each case in `manifest/cases.md`, and what holds for all of them.

pub(crate) mod properties;

use uptake::manifest::{KeyConflict, KnownManifests, ManifestOutcome, merge};

/// The merge where nobody answered anything before.
pub(crate) fn merge_since(
    ancestor: Option<&str>,
    path: &str,
    base: Option<&str>,
    ours: &str,
    theirs: &str,
) -> ManifestOutcome {
    merge(&mut KnownManifests::default(), &[], ancestor, path, base, ours, theirs).0
}

const CASES: &str = include_str!("manifest/cases.md");

/// One case: the text under a heading.
struct Case<'a> {
    title: &'a str,
    blocks: Vec<(Vec<&'a str>, String)>,
}

impl<'a> Case<'a> {
    fn all() -> Vec<Self> {
        CASES.split("\n## ").skip(1).map(Case::read).collect()
    }

    fn read(text: &'a str) -> Self {
        let mut lines = text.lines();
        let title = lines.next().unwrap_or_default();
        let mut blocks = Vec::new();
        while let Some(line) = lines.next() {
            if let Some(info) = line.strip_prefix("```") {
                let body: String =
                    lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
                blocks.push((info.split(' ').collect(), body));
            }
        }
        Case { title, blocks }
    }

    /// The block of a role, as its info string wants it: `crlf`, `bom`, `no-end`, `tight` (nothing at all).
    fn block(&self, role: &str) -> Option<String> {
        let (info, body) = self.blocks.iter().find(|(info, _)| info.get(1) == Some(&role))?;
        let mut body = body.clone();
        if info.contains(&"no-end") {
            body.truncate(body.trim_end().len());
        }
        if info.contains(&"crlf") {
            body = body.replace('\n', "\r\n");
        }
        if info.contains(&"bom") {
            body.insert(0, '\u{feff}');
        }
        Some(body)
    }

    fn path(&self) -> &str {
        match self.blocks[0].0[0] {
            "json" => "web/package.json",
            "python" => "pyproject.toml",
            "lock" => "poetry.lock",
            "go" => "go.mod",
            "composer" => "composer.json",
            "catalog" => "gradle/libs.versions.toml",
            _ => "crates/a/Cargo.toml",
        }
    }

    fn sides(&self) -> (Option<String>, String, String) {
        let side = |role: &str| self.block(role);
        (side("base"), side("ours").expect("the fork's"), side("theirs").expect("upstream's"))
    }

    fn outcome(&self) -> ManifestOutcome {
        let (base, ours, theirs) = self.sides();
        merge_since(self.block("ancestor").as_deref(), self.path(), base.as_deref(), &ours, &theirs)
    }
}

/// What is said of an outcome: the text, and the rest as the case's `text said` block has it.
fn said(outcome: &ManifestOutcome) -> (Option<&str>, String) {
    let lines = |notes: &[String]| notes.iter().map(|note| format!("note: {note}\n")).collect::<String>();
    match outcome {
        ManifestOutcome::Merged { text, notes } => (Some(text), lines(notes)),
        ManifestOutcome::Disagreement { keys, text, notes } => {
            (Some(text), keys.iter().map(key).collect::<String>() + &lines(notes))
        }
        ManifestOutcome::NotAManifest { why } => (None, format!("as text: {why}\n")),
    }
}

fn key(conflict: &KeyConflict) -> String {
    let shown = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".into());
    let [base, ours, theirs] = [&conflict.base, &conflict.ours, &conflict.theirs].map(shown);
    format!("{}: {base} -> the fork {ours}, upstream {theirs}\n", conflict.key)
}

#[test]
fn every_case_comes_out_as_written() {
    let cases = Case::all();
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let outcome = case.outcome();
        let (text, said) = said(&outcome);
        let wanted = (case.block("merged"), case.block("said").unwrap_or_default());
        if (text.map(str::to_owned), said.clone()) != wanted {
            wrong.push(format!("## {}\n{}---\n{said}", case.title, text.unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases came out otherwise:\n\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
