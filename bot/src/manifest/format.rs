//! The formats of manifests, and what of a text is no part of what it says.

use toml_edit::DocumentMut;

use super::node::Entries;
use super::{go, json, toml};

/// The formats, behind the same three questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManifestFormat {
    Toml,
    Json,
    Go,
}

impl ManifestFormat {
    pub(super) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ends = |end: &str| name.len() > end.len() && name.to_ascii_lowercase().ends_with(end);
        if ends(".toml") || name == "Pipfile" {
            Some(Self::Toml)
        } else if ends(".json") || ends(".jsonc") {
            Some(Self::Json)
        } else if name == "go.mod" || name == "go.work" {
            Some(Self::Go)
        } else {
            None
        }
    }

    /// Whether Go's rules hold for what both sides changed.
    pub(super) fn is_go(self) -> bool {
        matches!(self, Self::Go)
    }

    pub(super) fn read(self, text: &str) -> Result<Entries, String> {
        match self {
            Self::Toml => toml::read(text),
            Self::Json => json::read(text),
            Self::Go => go::read(text),
        }
    }

    /// Reads what a text says, and how it is written.
    pub(super) fn parse(self, text: String) -> Result<Manifest, String> {
        let (says, written) = match self {
            Self::Toml => {
                let document = toml::parse(&text)?.into_mut();
                (toml::entries(document.as_table()), Written::Toml(document))
            }
            Self::Json => (json::read(&text)?, Written::Json(text)),
            Self::Go => (go::read(&text)?, Written::Go(text)),
        };
        Ok(Manifest { says, written })
    }

    pub(super) fn comments(self, text: &str) -> Vec<String> {
        match self {
            Self::Toml => toml::comments(text),
            Self::Json => json::comments(text),
            Self::Go => go::comments(text),
        }
    }
}

/// A manifest that was read.
#[derive(Debug)]
pub(super) struct Manifest {
    /// What it says.
    pub(super) says: Entries,
    written: Written,
}

/// How a manifest is written.
#[derive(Debug)]
enum Written {
    Toml(DocumentMut),
    Json(String),
    Go(String),
}

impl Manifest {
    /// The fork's text, changed to say what is wanted; upstream's is what new parts look like.
    pub(super) fn write(&self, base: Option<&Self>, theirs: &Self, wanted: &Entries) -> Option<String> {
        match (&self.written, base.map(|base| &base.written), &theirs.written) {
            (Written::Toml(ours), None, Written::Toml(theirs)) => Some(toml::write(None, ours.clone(), theirs, wanted)),
            (Written::Toml(ours), Some(Written::Toml(base)), Written::Toml(theirs)) => {
                Some(toml::write(Some(base), ours.clone(), theirs, wanted))
            }
            (Written::Json(ours), ..) => json::write(ours, wanted),
            (Written::Go(ours), _, Written::Go(theirs)) => go::write(ours, theirs, wanted),
            _ => None,
        }
    }
}

const MARK: char = '\u{feff}';

/// The text without byte order mark and carriage returns.
pub(super) fn plain(text: &str) -> String {
    text.strip_prefix(MARK).unwrap_or(text).replace("\r\n", "\n")
}

/// The text with the mark, the line breaks and the end the fork's file has.
pub(super) fn dressed(text: &str, like: &str) -> String {
    let mut dressed = text.trim_end_matches('\n').to_owned();
    if like.is_empty() {
        return text.to_owned();
    }
    let end = &like[like.trim_end_matches(['\r', '\n']).len()..];
    dressed.extend(end.chars().filter(|c| *c == '\n'));
    let (all, windows) = (like.matches('\n').count(), like.matches("\r\n").count());
    if windows * 2 > all {
        dressed = dressed.replace('\n', "\r\n");
    }
    if like.starts_with(MARK) {
        dressed.insert(0, MARK);
    }
    dressed
}
