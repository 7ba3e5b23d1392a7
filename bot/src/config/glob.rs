//! Globs over the paths of a repository: `*` within a folder, `**` across folders. One that names a folder covers all that is
//! in it.

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

use super::rule::{RegexBudget, RuleError};
use crate::yaml::wording::quoted;

/// One pattern.
pub(super) fn matcher(pattern: &str) -> Result<GlobMatcher, RuleError> {
    check(pattern)?;
    let pattern = pattern.trim_end_matches('/');
    let both = if pattern.ends_with("**") { pattern.to_owned() } else { format!("{{{pattern},{pattern}/**}}") };
    Ok(build(&both)?.compile_matcher())
}

/// What a byte of a glob, as a regular expression, takes compiled: a bound that was measured.
const COMPILED: usize = 128;

/// Several, any of which may match; or those that are wrong, with their index.
pub(super) fn set(patterns: &[String], budget: &mut RegexBudget) -> Result<GlobSet, Vec<(usize, RuleError)>> {
    let mut builder = GlobSetBuilder::new();
    let mut faults = Vec::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let trimmed = pattern.trim_end_matches('/');
        let globs = check(pattern).and_then(|()| Ok([build(trimmed)?, build(&format!("{trimmed}/**"))?]));
        match globs {
            Ok(globs) => {
                let size: usize = globs.iter().map(|glob| COMPILED * glob.regex().len()).sum();
                if budget.take(size).is_none() {
                    let help = "name folders instead of files, or match by `subject` and `types`";
                    let message = "all patterns of paths together are too large".to_owned();
                    return Err(vec![(index, fault(message, Some(help)))]);
                }
                globs.into_iter().for_each(|glob| {
                    builder.add(glob);
                });
            }
            Err(fault) => faults.push((index, fault)),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    builder.build().map_err(|error| vec![(0, fault(error.kind().to_string(), None))])
}

/// The pattern that fits this one path.
pub(crate) fn literal(path: &str) -> String {
    path.chars().flat_map(|c| "*?[]{}!,\\".contains(c).then_some('\\').into_iter().chain([c])).collect()
}

/// What a glob library takes and yet can match no path of a repository.
fn check(pattern: &str) -> Result<(), RuleError> {
    // The pattern by itself first: put between braces, one that is not closed would be reported with our braces.
    build(pattern)?;
    let help = "paths begin at the top of the repository, without a leading `/` or `./`";
    if pattern.starts_with('/') || pattern.split('/').any(|part| part == "." || part == "..") {
        return Err(fault(format!("no path fits {}", quoted(pattern)), Some(help)));
    }
    if pattern.starts_with('!') {
        let message = format!("{} begins with `!`, which is no negation here", quoted(pattern));
        return Err(fault(message, Some("name the paths that do count")));
    }
    Ok(())
}

fn build(pattern: &str) -> Result<Glob, RuleError> {
    let error = match GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build() {
        Ok(glob) => return Ok(glob),
        Err(error) => error,
    };
    Err(fault(format!("not a glob: {}", error.kind()), None))
}

fn fault(message: String, help: Option<&'static str>) -> RuleError {
    RuleError { at: String::new(), message, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_together_have_a_limit() {
        let many: Vec<String> = (0..20_000).map(|at| format!("**/a{at}*/{{b,c,d}}/**/x?z*")).collect();
        let wrong = set(&many, &mut RegexBudget::default()).expect_err("too many");
        assert_eq!(wrong[0].1.message, "all patterns of paths together are too large");
        let people: Vec<String> = (0..2000).map(|at| format!("src/part{at}/**")).collect();
        assert!(set(&people, &mut RegexBudget::default()).is_ok());
    }

    #[test]
    fn a_path_made_a_pattern_fits_itself() {
        for path in ["a b", "!a", "[a]", "\\[", "{a,b}", "a*?"] {
            let one = matcher(&literal(path)).unwrap_or_else(|fault| panic!("{path}: {fault:?}"));
            assert!(one.is_match(path) && one.is_match(format!("{path}/x")) && !one.is_match("a"), "{path}");
        }
    }

    #[test]
    fn a_star_stays_within_its_folder_and_a_folder_covers_all_in_it() {
        for (pattern, fits, not) in [
            ("*.md", &["README.md"][..], &["docs/a.md"][..]),
            ("**/*.md", &["README.md", "docs/a.md"], &["docs/a.mdx"]),
            ("docs/**", &["docs/a", "docs/a/b"], &["docs", "adocs/a"]),
            ("crates/tui", &["crates/tui", "crates/tui/src/main.rs"], &["crates/tui2/x", "x/crates/tui/y"]),
            ("crates/tui/", &["crates/tui/src/main.rs"], &["crates/tui2/x"]),
            ("a/{b,c}.rs", &["a/b.rs", "a/c.rs"], &["a/d.rs"]),
            ("**", &["a", "a/b/c"], &[]),
        ] {
            let one = matcher(pattern).unwrap_or_else(|fault| panic!("{pattern}: {fault:?}"));
            let several = set(&[pattern.to_owned()], &mut RegexBudget::default())
                .unwrap_or_else(|faults| panic!("{pattern}: {faults:?}"));
            for path in fits {
                assert!(one.is_match(path) && several.is_match(path), "{pattern} fits {path}");
            }
            for path in not {
                assert!(!one.is_match(path) && !several.is_match(path), "{pattern} does not fit {path}");
            }
        }
    }
}
