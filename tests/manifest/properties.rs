//! What holds for every merge, on made-up manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use proptest::collection::{btree_map, btree_set};
use proptest::option;
use proptest::prelude::*;
use toml_edit::{DocumentMut, Item, TableLike, Value};
use uptake::manifest::{self, KnownManifests, ManifestOutcome, answers};

use super::merge_since;

fn merge(path: &str, base: Option<&str>, ours: &str, theirs: &str) -> ManifestOutcome {
    merge_since(None, path, base, ours, theirs)
}

/// A manifest as a value; its text is made from it.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    members: BTreeSet<&'static str>,
    package: BTreeMap<&'static str, u8>,
    dependencies: BTreeMap<&'static str, Dependency>,
    target: BTreeMap<&'static str, Dependency>,
    features: BTreeMap<&'static str, BTreeSet<&'static str>>,
    bins: BTreeMap<&'static str, u8>,
    /// A comment above each dependency that has this version.
    described: u8,
    table_form: bool,
}

#[derive(Debug, Clone)]
struct Dependency {
    version: u8,
    git: Option<u8>,
    features: BTreeSet<&'static str>,
    optional: Option<bool>,
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "d-e", "f_g", "h.i"])
}

fn dependency() -> impl Strategy<Value = Dependency> {
    (0..4_u8, option::weighted(0.3, 0..2_u8), btree_set(names(), 0..3), option::weighted(0.3, any::<bool>()))
        .prop_map(|(version, git, features, optional)| Dependency { version, git, features, optional })
}

pub(crate) fn manifest() -> impl Strategy<Value = Manifest> {
    (
        btree_set(names(), 0..5),
        btree_map(names(), 0..3_u8, 0..3),
        btree_map(names(), dependency(), 0..5),
        btree_map(names(), dependency(), 0..3),
        btree_map(names(), btree_set(names(), 0..3), 0..3),
        btree_map(names(), 0..3_u8, 0..3),
        0..5_u8,
        any::<bool>(),
    )
        .prop_map(|(members, package, dependencies, target, features, bins, described, table_form)| Manifest {
            members,
            package,
            dependencies,
            target,
            features,
            bins,
            described,
            table_form,
        })
}

impl Manifest {
    pub(crate) fn text(&self) -> String {
        let list = |set: &BTreeSet<&str>| set.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ");
        let mut text = format!("[workspace]\nmembers = [{}]\n", list(&self.members));
        let _ = writeln!(text, "\n[package]");
        for (key, value) in &self.package {
            let _ = writeln!(text, "\"{key}\" = {value}");
        }
        for (table, entries) in [("dependencies", &self.dependencies), ("target.'cfg(x)'.dependencies", &self.target)] {
            let _ = writeln!(text, "\n[{table}]");
            for (key, dependency) in entries {
                if dependency.version == self.described {
                    let _ = writeln!(text, "# {key} is at {}", dependency.version);
                }
                let Dependency { version, git, features, optional } = dependency;
                let plain = git.is_none() && features.is_empty() && optional.is_none() && !self.table_form;
                if plain {
                    let _ = writeln!(text, "\"{key}\" = \"{version}\"");
                    continue;
                }
                let mut parts = vec![format!("version = \"{version}\"")];
                parts.extend(git.map(|git| format!("git = \"{git}\"")));
                parts.extend((!features.is_empty()).then(|| format!("features = [{}]", list(features))));
                parts.extend(optional.map(|optional| format!("optional = {optional}")));
                let _ = writeln!(text, "\"{key}\" = {{ {} }}", parts.join(", "));
            }
        }
        let _ = writeln!(text, "\n[features]");
        for (key, set) in &self.features {
            let _ = writeln!(text, "\"{key}\" = [{}]", list(set));
        }
        for (name, value) in &self.bins {
            let _ = write!(text, "\n[[bin]]\nname = \"{name}\"\nvalue = {value}\n");
        }
        text
    }
}

impl Manifest {
    /// The manifest as JSON, as far as JSON has it.
    pub(crate) fn json(&self) -> String {
        let table = |of: &BTreeMap<&str, Dependency>| {
            let one = |(key, of): (&&str, &Dependency)| {
                let features: Vec<&str> = of.features.iter().copied().collect();
                ((*key).to_owned(), serde_json::json!({ "version": of.version.to_string(), "features": features }))
            };
            of.iter().map(one).collect::<serde_json::Map<_, _>>()
        };
        let members: Vec<&str> = self.members.iter().copied().collect();
        let whole = serde_json::json!({
            "workspaces": members,
            "package": self.package,
            "dependencies": table(&self.dependencies),
            "devDependencies": table(&self.target),
        });
        serde_json::to_string_pretty(&whole).expect("JSON") + "\n"
    }
}

/// Every value of a text with the keys that lead to it; elements of lists without their place.
pub(crate) fn leaves(text: &str) -> BTreeSet<(String, String)> {
    fn value(path: &str, value_of: &Value, found: &mut BTreeSet<(String, String)>) {
        match value_of {
            Value::Array(array) => array.iter().for_each(|one| value(path, one, found)),
            Value::InlineTable(inner) => table(path, inner, found),
            other => drop(found.insert((path.to_owned(), other.clone().decorated("", "").to_string()))),
        }
    }
    fn table(path: &str, of: &dyn TableLike, found: &mut BTreeSet<(String, String)>) {
        let dependency = path.ends_with("dependencies");
        for (key, item) in of.iter() {
            let key = format!("{path}/{key}");
            match item {
                // The short form of a dependency.
                Item::Value(text @ Value::String(_)) if dependency => value(&format!("{key}/version"), text, found),
                Item::Value(of) => value(&key, of, found),
                Item::Table(inner) => table(&key, inner, found),
                Item::ArrayOfTables(tables) => {
                    for inner in tables {
                        table(&format!("{key}/{}", inner["name"]).replace(['"', ' '], ""), inner, found);
                    }
                }
                Item::None => {}
            }
        }
    }
    let mut found = BTreeSet::new();
    table("", text.parse::<DocumentMut>().expect("TOML").as_table(), &mut found);
    found
}

pub(crate) fn comments(text: &str) -> BTreeSet<&str> {
    text.lines().filter(|line| line.starts_with('#')).collect()
}

/// The result, and all that was said of it.
fn described(outcome: &ManifestOutcome) -> (&str, String) {
    match outcome {
        ManifestOutcome::Merged { text, notes } => (text, notes.join("\n")),
        ManifestOutcome::Disagreement { keys, text, notes } => (text, format!("{keys:?}\n{}", notes.join("\n"))),
        ManifestOutcome::NotAManifest { why } => panic!("{why}"),
    }
}

/// Whether what was said names a place: one of the keys that lead to it, from the second on.
pub(crate) fn names_place(said: &str, path: &str) -> bool {
    let keys: Vec<&str> = path.split('/').skip(1).collect();
    let last = keys.iter().skip(1).find(|key| !["dependencies", "cfg(x)"].contains(*key));
    last.is_some_and(|key| said.contains(key))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_side_s_change_comes_out_to_the_byte(base in manifest(), new in manifest()) {
        let (base, new) = (base.text(), new.text());
        let unchanged = ManifestOutcome::Merged { text: new.clone(), notes: Vec::new() };
        prop_assert_eq!(&merge("Cargo.toml", Some(&base), &new, &new), &unchanged);
        prop_assert_eq!(&merge("Cargo.toml", Some(&base), &base, &new), &unchanged);
        prop_assert_eq!(&merge("Cargo.toml", Some(&base), &new, &base), &unchanged);
    }

    #[test]
    fn nothing_of_either_side_is_lost_unnamed(
        ancestor in option::of(manifest()),
        base in option::weighted(0.9, manifest()),
        ours in manifest(),
        theirs in manifest(),
    ) {
        let text = |side: Option<Manifest>| side.map(|side| side.text());
        let (ancestor, base, ours, theirs) = (text(ancestor), text(base), ours.text(), theirs.text());
        let outcome = merge_since(ancestor.as_deref(), "Cargo.toml", base.as_deref(), &ours, &theirs);
        let (text, said) = described(&outcome);
        let (result, before) = (leaves(text), base.as_deref().map(leaves).unwrap_or_default());
        for side in [&ours, &theirs] {
            for (path, value) in leaves(side).difference(&before) {
                let there = result.contains(&(path.clone(), value.clone()));
                prop_assert!(there || names_place(&said, path), "{path} = {value} is lost\n{text}\n{said}");
            }
            for comment in comments(side).difference(&base.as_deref().map(comments).unwrap_or_default()) {
                prop_assert!(text.contains(comment) || said.contains(comment), "{comment} is lost\n{text}\n{said}");
            }
        }
        let known: BTreeSet<_> = leaves(&ours).union(&leaves(&theirs)).cloned().collect();
        for leaf in &result {
            prop_assert!(known.contains(leaf), "{leaf:?} is of neither side\n{text}");
        }
        // What both sides took away is gone.
        for leaf in before.difference(&known) {
            prop_assert!(!result.contains(leaf), "{leaf:?} is back\n{text}");
        }
    }

    /// What a person made of it resolves all that both sides disagree about, and nothing is lost but what that names.
    #[test]
    fn a_file_that_somebody_resolved_answers_its_keys(
        base in option::weighted(0.9, manifest()), ours in manifest(), theirs in manifest(), resolved in manifest()
    ) {
        let (base, ours, theirs, resolved) = (base.map(|base| base.text()), ours.text(), theirs.text(), resolved.text());
        let known = answers("Cargo.toml", base.as_deref(), &ours, &theirs, &resolved);
        let alone = merge_since(None, "Cargo.toml", base.as_deref(), &ours, &theirs);
        let disagreements = if let ManifestOutcome::Disagreement { keys, .. } = &alone { keys.len() } else { 0 };
        prop_assert_eq!(known.len(), disagreements);
        let (outcome, used) = manifest::merge(&mut KnownManifests::default(), &known, None, "Cargo.toml", base.as_deref(), &ours, &theirs);
        let (text, said) = described(&outcome);
        if let ManifestOutcome::Disagreement { keys, .. } = &outcome {
            // A dependency that both sides have and the person removed: where it comes from is no question then.
            let gone = |key: &str| known.iter().any(|known| known.key == key && known.resolved.is_none());
            prop_assert!(keys.iter().all(|conflict| gone(&conflict.key)), "{keys:?}\n{known:?}");
        }
        let said = format!("{said}{used:?}");
        let (result, before) = (leaves(text), base.as_deref().map(leaves).unwrap_or_default());
        for (path, value) in leaves(&ours).union(&leaves(&theirs)) {
            let there = before.contains(&(path.clone(), value.clone())) || result.contains(&(path.clone(), value.clone()));
            prop_assert!(there || names_place(&said, path), "{path} = {value} is lost\n{text}\n{said}");
        }
        let theirs = leaves(&theirs);
        for leaf in &result {
            let someone = leaves(&ours).contains(leaf) || theirs.contains(leaf) || leaves(&resolved).contains(leaf);
            prop_assert!(someone, "{leaf:?} is of nobody\n{text}");
        }
    }

    #[test]
    fn it_does_not_matter_whose_change_came_first(base in manifest(), ours in manifest(), theirs in manifest()) {
        let (base, ours, theirs) = (base.text(), ours.text(), theirs.text());
        let one = merge("Cargo.toml", Some(&base), &ours, &theirs);
        let other = merge("Cargo.toml", Some(&base), &theirs, &ours);
        let ((one, said), (other, _)) = (described(&one), described(&other));
        if said.is_empty() {
            prop_assert_eq!(leaves(one), leaves(other));
        }
    }

    #[test]
    fn merging_the_same_again_changes_nothing(base in manifest(), ours in manifest(), theirs in manifest()) {
        let (base, ours, theirs) = (base.text(), ours.text(), theirs.text());
        let once = merge("Cargo.toml", Some(&base), &ours, &theirs);
        let (text, said) = described(&once);
        if said.is_empty() {
            let again = merge("Cargo.toml", Some(&base), text, &theirs);
            prop_assert_eq!(leaves(described(&again).0), leaves(text));
        }
    }

    #[test]
    fn of_any_text_the_result_can_be_read_again(name in "[a-z]{1,4}\\.(toml|json)", sides in prop::array::uniform3("([\\[\\]{}=\"'#,./:a-c\\n\\r \u{e9}0-9]{0,40}|[ -~\\n]{0,60})")) {
        let [base, ours, theirs] = sides;
        if let ManifestOutcome::Merged { text, .. } | ManifestOutcome::Disagreement { text, .. } = merge(&name, Some(&base), &ours, &theirs) {
            prop_assert_eq!(merge(&name, None, &text, &text), ManifestOutcome::Merged { text: text.clone(), notes: Vec::new() });
        }
    }
}
