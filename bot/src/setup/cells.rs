//! What a fork may be tested with, as its files show it: CUDA versions, or the one list that its own tests run over. Pure.

use serde_yaml_ng::{Mapping, Value};

use crate::survey::FileKind;
use crate::yaml::source::YamlSource;
use engine::path::RepoPath;

/// The matrix that is suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SuggestedMatrix {
    /// CUDA versions.
    Cuda,
    /// Cells as the fork's own tests have them.
    Cells(SuggestedCells),
    /// Nothing is known of it.
    #[default]
    Unknown,
}

/// The list that the fork's own tests run over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedCells {
    /// The workflow it is in.
    pub workflow: String,
    /// What it is called there, such as `go-version`.
    pub key: String,
    /// Its values, in order.
    pub values: Vec<String>,
}

/// A list of more is no plain one.
const MOST: usize = 8;

/// The lists of a matrix that say by their name what they are: a version, as such an input, or a runner.
const VERSIONS: [(&str, &str); 12] = [
    ("go", "go"),
    ("python", "py"),
    ("node", "node"),
    ("ruby", "ruby"),
    ("java", "java"),
    ("jdk", "jdk"),
    ("php", "php"),
    ("rust", "rust"),
    ("toolchain", "rust"),
    ("dotnet", "dotnet"),
    ("elixir", "elixir"),
    ("swift", "swift"),
];
const RUNNERS: [&str; 4] = ["os", "runner", "runs-on", "platform"];

/// The matrix for a fork with these files. `workflows`: the text of each of its workflows, by its file's name.
#[must_use]
pub fn suggested(files: &[RepoPath], workflows: &[(String, String)]) -> SuggestedMatrix {
    if uses_cuda(files) {
        return SuggestedMatrix::Cuda;
    }
    plain(workflows).map_or(SuggestedMatrix::Unknown, SuggestedMatrix::Cells)
}

/// Whether a fork with these files has code of its own for CUDA.
#[must_use]
pub fn uses_cuda(files: &[RepoPath]) -> bool {
    files.iter().any(|path| {
        let text = path.to_text();
        (text.ends_with(".cu") || text.ends_with(".cuh")) && FileKind::of(path) != Some(FileKind::Vendored)
    })
}

/// The one list over which jobs that test run; `None` where there are several different ones, or more than a list.
fn plain(workflows: &[(String, String)]) -> Option<SuggestedCells> {
    let mut found: Vec<SuggestedCells> = Vec::new();
    for (name, text) in workflows {
        let Ok(source) = YamlSource::read(text) else { continue };
        let Some(jobs) = source.value.get("jobs").and_then(Value::as_mapping) else { continue };
        for (id, job) in jobs {
            if !is_test(id, job) {
                continue;
            }
            let Some(matrix) = job.get("strategy").and_then(|it| it.get("matrix")) else { continue };
            let (key, values) = matrix.as_mapping().and_then(one_list)?;
            let cells = SuggestedCells { workflow: name.clone(), key, values };
            if !found.iter().any(|other| (&other.key, &other.values) == (&cells.key, &cells.values)) {
                found.push(cells);
            }
        }
    }
    match found.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// Whether a job says by its name that it tests.
fn is_test(id: &Value, job: &Value) -> bool {
    let names = [id.as_str(), job.get("name").and_then(Value::as_str)];
    names.into_iter().flatten().any(|name| {
        let words = name.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
        words.into_iter().any(|word| matches!(&*word, "test" | "tests" | "unittest" | "unittests"))
    })
}

/// The one list of a matrix, whose values are plain words.
fn one_list(matrix: &Mapping) -> Option<(String, Vec<String>)> {
    let (key, values) = matrix.iter().next().filter(|_| matrix.len() == 1)?;
    let key = key.as_str()?.to_owned();
    let values = values.as_sequence()?.iter().map(word).collect::<Option<Vec<String>>>()?;
    let known = RUNNERS.contains(&&*key) || prefix(&key).is_some();
    (known && (2..=MOST).contains(&values.len())).then_some((key, values))
}

fn word(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!text.is_empty() && text.len() <= 24 && text.chars().all(plain)).then_some(text)
}

/// How the cells of a list of versions are called.
fn prefix(key: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase().replace('_', "-");
    let key = key.strip_suffix("-versions").or(key.strip_suffix("-version")).unwrap_or(&key);
    VERSIONS.iter().find(|(name, _)| *name == key).map(|(_, prefix)| *prefix)
}

impl SuggestedCells {
    /// The input that tells its cells apart; none where the runner does.
    #[must_use]
    pub fn input(&self) -> Option<String> {
        prefix(&self.key).map(|_| self.key.clone())
    }

    /// The cells as lines of a configuration; `None` where their names could not be written.
    pub(super) fn lines(&self) -> Option<Vec<String>> {
        let line = |value: &String| {
            let lower = value.to_ascii_lowercase();
            Some(match prefix(&self.key) {
                Some(prefix) => {
                    let name = format!("{prefix}-{lower}");
                    format!("{{ name: {}, inputs: {{ {}: \"{value}\" }} }}", name_of(&name)?, self.key)
                }
                None => format!("{{ name: {}, runner: [\"{value}\"] }}", name_of(&lower)?),
            })
        };
        self.values.iter().map(line).collect()
    }
}

/// A name that a cell may have.
fn name_of(text: &str) -> Option<&str> {
    let parts = text.split(['.', '-', '_']);
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    (begins && text.len() <= 40 && parts.into_iter().all(word)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(workflow: &str) -> String {
        match suggested(&["main.go".into()], &[("ci.yml".to_owned(), workflow.to_owned())]) {
            SuggestedMatrix::Cells(cells) => cells.lines().expect("names").join("\n"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_one_list_of_a_test_job_is_found() {
        let job = "jobs:\n  test:\n    strategy:\n      matrix:\n";
        insta::assert_snapshot!(lines(&format!("{job}        go-version: ['1.21', '1.22', stable]\n")), @r#"
        { name: go-1.21, inputs: { go-version: "1.21" } }
        { name: go-1.22, inputs: { go-version: "1.22" } }
        { name: go-stable, inputs: { go-version: "stable" } }
        "#);
        insta::assert_snapshot!(lines(&format!("{job}        os: [ubuntu-24.04, windows-2025]\n")), @r#"
        { name: ubuntu-24.04, runner: ["ubuntu-24.04"] }
        { name: windows-2025, runner: ["windows-2025"] }
        "#);
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        let job = "jobs:\n  test:\n    strategy:\n      matrix:\n";
        for matrix in [
            "        go-version: ['1.21', '1.22']\n        os: [linux, windows]\n",
            "        go-version: ['1.21', '1.22']\n        include: [{ go-version: '1.23' }]\n",
            "        go-version: ['1.21']\n",
            "        shard: [1, 2, 3]\n",
            "        go-version: ['1.21', '$(touch x)']\n",
            "        go-version: ${{ fromJSON(needs.a.outputs.b) }}\n",
            "        go-version: ['1.21', '1.22']\n  tests:\n    strategy: { matrix: { go-version: ['1.20', '1.21'] } }\n",
            "        go-version: ['1.21', '1.22']\n  e2e-test:\n    strategy: { matrix: { a: [1], b: [2] } }\n",
        ] {
            assert_eq!(lines(&format!("{job}{matrix}")), "Unknown", "{matrix}");
        }
        assert_eq!(lines("jobs:\n  lint:\n    strategy: { matrix: { go-version: ['1.20', '1.21'] } }\n"), "Unknown");
        assert_eq!(lines("jobs: [\n"), "Unknown");
    }

    #[test]
    fn code_for_cuda_is_the_fork_s_own() {
        let suggest = |path: &str| suggested(&[path.into()], &[]);
        assert_eq!(suggest("kernels/k.cu"), SuggestedMatrix::Cuda);
        assert_eq!(suggest("third_party/lib/k.cuh"), SuggestedMatrix::Unknown);
        assert_eq!(suggest("docs/cu.md"), SuggestedMatrix::Unknown);
    }
}
