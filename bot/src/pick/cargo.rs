//! What `cargo update` reads of a repository: the manifests that lead from the lock file's folder to others, and whether the roots of
//! their targets are there, not what is in them. To write more out would take longer than the command.

use std::collections::{HashMap, HashSet};

use super::runner::CommandFiles;
use crate::manifest;
use engine::path::RepoPath;

/// Of manifests and the paths of sources, those that the command misses where they are not there: the sources empty.
pub(super) fn read_by_update(folder: &[u8], manifests: CommandFiles, sources: Vec<RepoPath>) -> CommandFiles {
    let packages = Packages::reached_from(folder, &manifests);
    let mut folders = HashSet::new();
    let mut sources = sources;
    sources.retain(|path| packages.has_source(path) && is_wanted(path, &packages.named, &mut folders));
    let sources: CommandFiles = sources.into_iter().map(|path| (path, Vec::new())).collect();
    let is_read = |path: &RepoPath| path.file_name() != b"Cargo.toml" || packages.has_manifest(path);
    manifests.into_iter().filter(|(path, _)| is_read(path)).chain(sources).collect()
}

/// The folders with manifests.
struct Packages {
    /// Whether cargo comes by each of them.
    reached: HashMap<Vec<u8>, bool>,
    /// The paths that their manifests name.
    paths: HashSet<Vec<u8>>,
    /// What these manifests say, without the folders it begins with: names of targets, and of sources that stand elsewhere.
    named: HashSet<String>,
}

impl Packages {
    /// Those that cargo comes by from a folder: what a manifest may name, whatever for, and what is above it, where cargo looks for
    /// the workspace. A pattern may name all that is below the folder it begins with.
    fn reached_from(folder: &[u8], manifests: &CommandFiles) -> Self {
        let texts: HashMap<&[u8], &[u8]> = manifests
            .iter()
            .filter(|(path, _)| path.file_name() == b"Cargo.toml")
            .map(|(path, text)| (parent(path.as_bytes()).unwrap_or_default(), text.as_slice()))
            .collect();
        let reached = texts.keys().map(|at| (at.to_vec(), false)).collect();
        let mut packages = Self { reached, paths: HashSet::new(), named: HashSet::new() };
        // Without a manifest beside the lock file it is not known what the command begins with.
        let mut pending = match texts.contains_key(folder) {
            true => vec![folder.to_vec()],
            false => texts.keys().map(|at| at.to_vec()).collect(),
        };
        while let Some(next) = pending.pop() {
            let (Some(known), Some(text)) = (packages.reached.get_mut(&next), texts.get(next.as_slice())) else {
                continue;
            };
            if std::mem::replace(known, true) {
                continue;
            }
            pending.extend(above(&next).map(<[u8]>::to_vec));
            let values = str::from_utf8(text).ok().and_then(|text| manifest::values("Cargo.toml", text));
            let Some(values) = values else {
                pending.extend(texts.keys().map(|at| at.to_vec()));
                continue;
            };
            for value in values {
                match resolved(&next, value.as_bytes()) {
                    Some(Named::Path(path)) => {
                        pending.extend(above(&path).map(<[u8]>::to_vec));
                        packages.paths.insert(path.clone());
                        pending.push(path);
                    }
                    Some(Named::Below(start)) => {
                        pending.extend(texts.keys().filter(|at| is_in(at, &start)).map(|at| at.to_vec()));
                    }
                    None => {}
                }
                packages.named.insert(value.rsplit('/').next().unwrap_or_default().to_owned());
            }
        }
        packages
    }

    fn has_manifest(&self, path: &RepoPath) -> bool {
        parent(path.as_bytes()).is_some_and(|at| self.reached.get(at).copied().unwrap_or_default())
    }

    /// Whether a source is of a package that is reached, or named by one.
    fn has_source(&self, path: &RepoPath) -> bool {
        let owner = above(path.as_bytes()).find_map(|at| self.reached.get(at));
        owner.is_none_or(|reached| *reached) || self.paths.contains(path.as_bytes())
    }
}

/// What a value of a manifest is as a path from its folder.
enum Named {
    Path(Vec<u8>),
    /// Something below a folder, by a pattern.
    Below(Vec<u8>),
}

/// `None` where it leads out of the repository.
fn resolved(folder: &[u8], value: &[u8]) -> Option<Named> {
    let mut parts: Vec<&[u8]> = folder.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
    if value.starts_with(b"/") {
        return None;
    }
    for part in value.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            _ if part.iter().any(|byte| b"*?[\\".contains(byte)) => return Some(Named::Below(parts.join(&b'/'))),
            _ => parts.push(part),
        }
    }
    Some(Named::Path(parts.join(&b'/')))
}

/// The folders that a path is in, the nearest first.
fn above(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors(parent(path), |at| parent(at))
}

/// Whether a folder is another or in it.
fn is_in(folder: &[u8], other: &[u8]) -> bool {
    other.is_empty() || folder.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// The folder a path is in; `None` for the top.
pub(super) fn parent(path: &[u8]) -> Option<&[u8]> {
    let slash = path.iter().rposition(|byte| *byte == b'/');
    if path.is_empty() { None } else { Some(&path[..slash.unwrap_or(0)]) }
}

/// Whether cargo misses a source that is not there: the root of a target, if a manifest names it, or if the package has no other. Of
/// those that cargo finds by their folder alone one a folder does.
fn is_wanted(path: &RepoPath, named: &HashSet<String>, folders: &mut HashSet<Vec<u8>>) -> bool {
    let parts: Vec<&[u8]> = path.as_bytes().split(|byte| *byte == b'/').collect();
    let is_named = |name: &[u8]| str::from_utf8(name).is_ok_and(|name| named.contains(name));
    let (file, name, root): (&[u8], &[u8], &[&[u8]]) = match &parts[..] {
        [.., b"build.rs"] | [.., b"src", b"lib.rs" | b"main.rs"] => return true,
        [root @ .., b"examples" | b"tests" | b"benches", file] | [root @ .., b"src", b"bin", file] => {
            (file, file.strip_suffix(b".rs").unwrap_or(file), root)
        }
        [root @ .., b"examples" | b"tests" | b"benches", name, file @ b"main.rs"]
        | [root @ .., b"src", b"bin", name, file @ b"main.rs"] => (file, name, root),
        [.., file] => return is_named(file),
        [] => return false,
    };
    let first = folders.insert(root.join(&b'/'));
    first || is_named(name) || is_named(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(folder: &str, manifests: &[(&str, &str)], sources: &[&str]) -> Vec<String> {
        let manifests =
            manifests.iter().map(|(path, text)| (RepoPath::from(*path), text.as_bytes().to_vec())).collect();
        let sources = sources.iter().map(|path| RepoPath::from(*path)).collect();
        let files = read_by_update(folder.as_bytes(), manifests, sources);
        files.into_iter().map(|(path, _)| path.to_string()).collect()
    }

    #[test]
    fn a_package_that_nothing_leads_to_is_not_read() {
        let manifests = [
            ("Cargo.lock", ""),
            ("Cargo.toml", "[workspace]\nmembers = ['core', \"tools/*\"]\nexclude = [\"tools/odd\"]\n"),
            (
                "core/Cargo.toml",
                "[dependencies]\nshared = { path = '../libs/shared' }\n[lib]\npath = '../code/core.rs'",
            ),
            ("libs/Cargo.toml", "[workspace]\nmembers = ['shared', 'other']"),
            ("libs/other/Cargo.toml", ""),
            ("libs/shared/Cargo.toml", "[dependencies]\nabove = { path = '../../../above' }"),
            ("apart/Cargo.toml", "[workspace]\n[dependencies]\nmore = { path = 'more' }"),
            ("apart/more/Cargo.toml", ""),
            ("tools/one/Cargo.toml", ""),
        ];
        let sources = ["core/src/lib.rs", "code/core.rs", "code/other.rs", "libs/other/src/lib.rs", "apart/src/lib.rs"];
        insta::assert_snapshot!(read("", &manifests, &sources).join("\n"), @r"
        Cargo.lock
        Cargo.toml
        core/Cargo.toml
        libs/Cargo.toml
        libs/other/Cargo.toml
        libs/shared/Cargo.toml
        tools/one/Cargo.toml
        core/src/lib.rs
        code/core.rs
        libs/other/src/lib.rs
        ");
        let apart = read("apart", &manifests, &sources);
        assert!(apart.contains(&"apart/more/Cargo.toml".to_owned()), "{apart:?}");
        assert!(apart.contains(&"Cargo.toml".to_owned()), "cargo looks above for a workspace: {apart:?}");
    }

    #[test]
    fn where_the_beginning_is_not_known_all_is_read() {
        let manifests = [("Cargo.lock", ""), ("a/Cargo.toml", "[package]"), ("b/Cargo.toml", "[package]")];
        assert_eq!(read("", &manifests, &["b/src/lib.rs"]).len(), 4);
    }
}
