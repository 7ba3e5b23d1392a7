//! The files of a folder forge: JSON, and pages of Markdown with a JSON file beside them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ForgeError;
use crate::files;

/// What a JSON file holds; `None` where there is no such file.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ForgeError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(path, source)),
    };
    let wrong = |error: serde_json::Error| ForgeError::Content { path: path.into(), message: error.to_string() };
    serde_json::from_slice(&text).map(Some).map_err(wrong)
}

/// Writes a JSON file whole or not at all, and its folder where it is not there.
pub(super) fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), ForgeError> {
    let wrong = |error: serde_json::Error| ForgeError::Content { path: path.into(), message: error.to_string() };
    let mut json = serde_json::to_string_pretty(value).map_err(wrong)?;
    json.push('\n');
    write_text(path, &json)
}

/// A text file; `None` where there is none.
pub(super) fn read_text(path: &Path) -> Result<String, ForgeError> {
    fs::read_to_string(path).map_err(|source| failed(path, source))
}

pub(super) fn write_text(path: &Path, text: &str) -> Result<(), ForgeError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    }
    files::write(path, text.as_bytes()).map_err(|source| failed(path, source))
}

/// The numbers that are names of JSON files in a folder, in order.
pub(super) fn numbers(folder: &Path) -> Result<Vec<u64>, ForgeError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(folder, source)),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry.map_err(|source| failed(folder, source))?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|n| n.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// A page whose first line is a heading: the heading, and the rest.
pub(super) fn split_page(page: &str) -> (&str, &str) {
    let (heading, body) = page.split_once("\n\n").unwrap_or((page.trim_end(), ""));
    (heading.strip_prefix("# ").unwrap_or(heading), body)
}

pub(super) fn page(title: &str, body: &str) -> String {
    format!("# {title}\n\n{body}")
}

pub(super) fn failed(path: &Path, source: io::Error) -> ForgeError {
    ForgeError::File { path: PathBuf::from(path), source }
}
