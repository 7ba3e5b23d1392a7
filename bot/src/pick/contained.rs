//! Whether manifests stay in the repository: a program that reads one would follow what it names to other files of the machine, and what
//! it makes of those is published.

use super::runner::CommandFiles;
use engine::path::RepoPath;
use serde_json::Value;

/// Keys of Cargo.toml and pyproject.toml whose strings are paths.
const PATHS: [&str; 9] =
    ["path", "paths", "workspace", "members", "default-members", "build", "readme", "license-file", "file"];

/// Keys whose strings are addresses, which may name a folder of the machine too.
const ADDRESSES: [&str; 5] = ["git", "registry-index", "index", "registry", "url"];

/// Keys of package.json and composer.json under which dependencies stand, or where they are from.
const DEPENDENCIES: [&str; 9] = [
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "bundleDependencies",
    "overrides",
    "resolutions",
    "workspaces",
    "repositories",
];

/// The first manifest that points out of the repository, or that cannot be read and so cannot be judged.
pub(super) fn leads_out(files: &CommandFiles) -> Option<RepoPath> {
    let out = |(path, content): &&(RepoPath, Vec<u8>)| {
        let depth = path.as_bytes().iter().filter(|byte| **byte == b'/').count();
        let text = String::from_utf8_lossy(content);
        match path.file_name() {
            b"Cargo.toml" | b"pyproject.toml" => toml_leads_out(&text, depth),
            b"package.json" | b"composer.json" => json_leads_out(&text, depth),
            b"pnpm-workspace.yaml" => yaml_leads_out(&text, depth),
            b"go.mod" | b"go.work" => go_leads_out(&text, depth),
            _ => false,
        }
    };
    files.iter().find(out).map(|(path, _)| path.clone())
}

/// Whether a path leads out of a repository from a folder so deep in it.
fn is_outside(path: &str, depth: usize) -> bool {
    let path = path.trim();
    let mut depth = i64::try_from(depth).unwrap_or(i64::MAX);
    if path.starts_with(['/', '\\']) || path == "~" || path.starts_with("~/") || path.get(1..2) == Some(":") {
        return true;
    }
    path.split(['/', '\\']).any(|part| {
        depth += match part {
            ".." => -1,
            "" | "." => 0,
            _ => 1,
        };
        depth < 0
    })
}

/// Whether a word is a path and not a name.
fn is_path(word: &str) -> bool {
    word.starts_with(['.', '/', '\\']) || word.starts_with("~/")
}

/// Whether an address is a folder of the machine.
fn is_local(address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    let address = address.strip_prefix("git+").or_else(|| address.strip_prefix("sparse+")).unwrap_or(&address);
    address.starts_with("file:") || is_path(address)
}

/// Words of a go.mod may stand in quotes; a comment is none.
fn go_leads_out(text: &str, depth: usize) -> bool {
    let said = text.lines().filter_map(|line| line.split("//").next());
    let words = said.flat_map(str::split_whitespace).map(|word| word.trim_matches(['"', '`', '(', ')']));
    words.filter(|word| is_path(word)).any(|word| is_outside(word, depth))
}

fn toml_leads_out(text: &str, depth: usize) -> bool {
    match text.parse::<toml_edit::DocumentMut>() {
        Ok(document) => item_leads_out("", document.as_item(), depth),
        Err(_) => true,
    }
}

fn item_leads_out(key: &str, item: &toml_edit::Item, depth: usize) -> bool {
    if let Some(table) = item.as_table_like() {
        return table.iter().any(|(key, item)| item_leads_out(key, item, depth));
    }
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().flat_map(toml_edit::Table::iter).any(|(key, item)| item_leads_out(key, item, depth));
    }
    item.as_value().is_some_and(|value| value_leads_out(key, value, depth))
}

fn value_leads_out(key: &str, value: &toml_edit::Value, depth: usize) -> bool {
    if let Some(table) = value.as_inline_table() {
        return table.iter().any(|(key, value)| value_leads_out(key, value, depth));
    }
    if let Some(array) = value.as_array() {
        return array.iter().any(|value| value_leads_out(key, value, depth));
    }
    value.as_str().is_some_and(|text| {
        PATHS.contains(&key) && is_outside(text, depth) || ADDRESSES.contains(&key) && is_local(text)
    })
}

fn json_leads_out(text: &str, depth: usize) -> bool {
    let Ok(Value::Object(manifest)) = serde_json::from_str::<Value>(text) else { return true };
    let nested = manifest.get("pnpm").and_then(Value::as_object);
    let tables = manifest.iter().chain(nested.into_iter().flatten());
    tables.filter(|(key, _)| DEPENDENCIES.contains(&key.as_str())).any(|(_, value)| strings_lead_out(value, depth))
}

fn yaml_leads_out(text: &str, depth: usize) -> bool {
    serde_yaml_ng::from_str::<Value>(text).map_or(true, |value| strings_lead_out(&value, depth))
}

/// Whether any string below is a path, or an address of one, that leads out.
fn strings_lead_out(value: &Value, depth: usize) -> bool {
    match value {
        Value::Object(map) => map.values().any(|value| strings_lead_out(value, depth)),
        Value::Array(list) => list.iter().any(|value| strings_lead_out(value, depth)),
        Value::String(text) => {
            let text = text.trim_start_matches('!');
            let named = ["file:", "link:", "portal:", "patch:", "exec:", "workspace:", "git+file:"];
            let path = named.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
            is_outside(path, depth)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(path: &str, text: &str) -> bool {
        leads_out(&vec![(RepoPath::from(path), text.as_bytes().to_vec())]).is_some()
    }

    #[test]
    fn a_manifest_that_stays_in_the_repository_is_read() {
        let cargo = "[package]\nname = 'a'\nreadme = '../README.md'\ndescription = '/etc is a folder'\n\
                     [dependencies]\nb = { path = '../b' }\nc = { git = 'https://github.com/o/c' }\n";
        assert!(!out("a/Cargo.toml", cargo));
        assert!(!out(
            "Cargo.toml",
            "[workspace]\nmembers = ['crates/*']\n[package]\nbuild = false\ninclude = ['/src']\n"
        ));
        assert!(!out(
            "a/package.json",
            r#"{ "main": "/x", "dependencies": { "b": "file:../b", "c": "^1.0.0", "e": "~1.2.3", "d": "npm:@s/d@~2" } }"#
        ));
        assert!(!out("pnpm-workspace.yaml", "packages: ['packages/*', '!packages/x']\n"));
        assert!(!out("go.mod", "module m // ours\nrequire x v1.0.0 // indirect\nreplace x => ./y // ../z\n"));
    }

    #[test]
    fn one_that_points_out_of_it_is_refused() {
        for text in [
            "[dependencies]\nx = { path = '/home/somebody/secret' }",
            "[dependencies]\nx = { path = '../secret' }",
            "[dependencies.x]\npath = 'a/../../secret'",
            "[workspace]\nmembers = ['/home/*']",
            "[package]\nworkspace = '..'",
            "[[bin]]\nname = 'x'\npath = '/etc/passwd'",
            "[patch.crates-io]\nx = { path = '~/x' }",
            "[target.'cfg(unix)'.dependencies]\nx = { git = 'file:///home/somebody/secret' }",
            "[dependencies]\nx = { git = '/home/somebody/secret' }",
            "not toml",
        ] {
            assert!(out("Cargo.toml", text), "{text}");
        }
        assert!(out("a/Cargo.toml", "[dependencies]\nx = { path = '../../x' }"));
        for text in [
            r#"{ "repositories": [{ "type": "path", "url": "../x" }] }"#,
            r#"{ "repositories": { "x": { "url": "file:///x" } } }"#,
        ] {
            assert!(out("composer.json", text), "{text}");
        }
        for text in [
            r#"{ "dependencies": { "x": "file:../x" } }"#,
            r#"{ "devDependencies": { "x": "link:/home/x" } }"#,
            r#"{ "workspaces": ["../*"] }"#,
            r#"{ "workspaces": { "packages": ["/home/*"] } }"#,
            r#"{ "pnpm": { "overrides": { "x": "file:/x" } } }"#,
            "[]",
        ] {
            assert!(out("package.json", text), "{text}");
        }
        assert!(out("pnpm-workspace.yaml", "packages: ['../x']\n") && out("go.mod", "replace x => ../y\n"));
        assert!(out("go.mod", "replace x => \"/etc\"\n") && out("a/go.work", "use (\n\t`../../y`\n)\n"));
    }
}
