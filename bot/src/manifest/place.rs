//! What stands where in a manifest: which tables list dependencies, which lists are sets.

use super::node::{Entries, ManifestNode, key_word};

/// Where a value is: the keys that lead to it, from the top.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyPath {
    keys: Vec<String>,
    /// The keys, and what tells the elements of lists.
    steps: Vec<String>,
    name: String,
}

impl KeyPath {
    /// The entry of the table at this place.
    pub(super) fn key(&self, key: &str) -> Self {
        let mut place = self.clone();
        let dot = if place.name.is_empty() { "" } else { "." };
        place.name = format!("{}{dot}{}", place.name, key_word(key));
        place.keys.push(key.to_owned());
        place.steps.push(key.to_owned());
        place
    }

    /// The element of the list at this place that is distinguished from the others like this: `[name = "x"]`.
    pub(super) fn element(&self, described: &str) -> Self {
        let mut place = self.clone();
        place.name = format!("{}[{described}]", place.name);
        place.steps.push(described.to_owned());
        place
    }

    /// The table at the top that this is in, or what is at the top itself.
    pub(super) fn table(&self) -> Option<&str> {
        self.keys.first().map(String::as_str)
    }

    /// What stands here in a file.
    pub(super) fn find<'n>(&self, top: &'n Entries) -> Option<&'n ManifestNode> {
        let (first, rest) = self.steps.split_first()?;
        rest.iter().try_fold(top.get(first)?, |node, step| match node {
            ManifestNode::Table(entries) => entries.get(step),
            ManifestNode::List(elements) => elements.iter().find(|element| describe(element) == *step),
            ManifestNode::Text(_) | ManifestNode::Plain(_) => None,
        })
    }

    /// The full key, as people write it: `workspace.dependencies.serde`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether what stands here is a dependency of Cargo's kind: a text that is its version, or a table with its source and
    /// features. `[patch]` and `[replace]` have the same form, and so have Poetry's.
    pub(super) fn is_dependency(&self) -> bool {
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        let Some((_, table)) = keys.split_last() else { return false };
        match table {
            ["workspace" | "tool", .., last] | [last] => DEPENDENCIES.contains(last) || *last == "replace",
            ["patch", _] => true,
            ["target", _, last] => DEPENDENCIES.contains(last),
            _ => false,
        }
    }

    /// How the elements of the list here are distinguished, if their order says nothing.
    pub(super) fn list(&self) -> List {
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        match keys[..] {
            ["project", "dependencies"]
            | ["project", "optional-dependencies", _]
            | ["build-system", "requires"]
            | ["dependency-groups", _] => List::Requirements,
            [.., "features", _] => List::Set,
            [.., last] if SETS.contains(&last) => List::Set,
            _ => List::Unknown,
        }
    }
}

/// What the elements of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Each stands for itself; the order says nothing.
    Set,
    /// Requirements as Python writes them: the name tells one from another, the rest is the version.
    Requirements,
    /// Not known: the order may matter.
    Unknown,
}

const DEPENDENCIES: [&str; 11] = [
    "require",
    "require-dev",
    "dependencies",
    "dev-dependencies",
    "dev_dependencies",
    "build-dependencies",
    "build_dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "resolutions",
];

const SETS: [&str; 22] = [
    "members",
    "default-members",
    "exclude",
    "include",
    "features",
    "required-features",
    "keywords",
    "categories",
    "classifiers",
    "authors",
    "maintainers",
    "extras",
    "workspaces",
    "packages",
    "files",
    "lib",
    "types",
    "os",
    "cpu",
    "bundleDependencies",
    "bundledDependencies",
    "targets",
];

/// The keys by whose text the tables of a list are distinguished (`[[bin]]`), the first that each of them has.
const NAMES: [&str; 4] = ["name", "id", "path", "key"];

/// How an element is distinguished from the others of its list: by its name where it is a table that has one, and else by all it says.
pub(super) fn describe(element: &ManifestNode) -> String {
    let name = |entries: &super::node::Entries| {
        NAMES
            .iter()
            .find_map(|name| entries.get(*name)?.text().map(|text| (*name, ManifestNode::Text(text.to_owned()))))
    };
    match element.entries().and_then(name) {
        Some((key, text)) => format!("{key} = {text}"),
        None => element.to_string(),
    }
}

/// The name a requirement begins with, as Python compares names: `Foo_bar [x] >= 1` is of `foo-bar`.
pub(super) fn requirement(text: &str) -> String {
    let name = text.trim_start().chars().take_while(|c| c.is_alphanumeric() || "._-".contains(*c));
    name.map(|c| if matches!(c, '.' | '_') { '-' } else { c.to_ascii_lowercase() }).collect()
}
