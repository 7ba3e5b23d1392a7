//! What is done with the files at certain paths: rules for conflicts, and formatters.

use super::Checker;
use crate::config::raw::{RawFormat, RawPathNote, RawPathRule, ResolveBy};
use crate::config::{FormatRule, PathNote, PathRule, glob};
use crate::yaml::Problem;
use crate::yaml::source::join;

impl Checker<'_> {
    pub(super) fn conflicts(&mut self, rules: &[RawPathRule]) -> Vec<PathRule> {
        let mut checked = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let path = join("conflicts", index);
            if !self.resolved.contains(&join(&path, "use")) {
                self.only_with(rule, &path);
            }
            match glob::matcher(&rule.path) {
                Ok(path) => checked.push(PathRule {
                    pattern: rule.path.clone(),
                    path,
                    resolve: rule.r#use,
                    command: rule.command.clone(),
                    name: rule.name.clone(),
                    network: rule.network,
                    seconds: rule.seconds,
                    untrusted: false,
                }),
                Err(fault) => self.fault(&join(&path, "path"), fault),
            }
        }
        checked
    }

    /// Reports what a rule has that counts only with another `use`, and what its own takes.
    fn only_with(&mut self, rule: &RawPathRule, path: &str) {
        let by = rule.r#use;
        let given = [
            ("command", !rule.command.is_empty(), &["lockfile", "driver", "propose"][..]),
            ("name", rule.name.is_some(), &["driver", "propose"]),
            ("network", rule.network, &["lockfile", "propose"]),
            ("seconds", rule.seconds.is_some(), &["propose"]),
        ];
        for (key, is_given, uses) in given {
            let word = match by {
                ResolveBy::Lockfile => "lockfile",
                ResolveBy::Driver => "driver",
                ResolveBy::Propose => "propose",
                _ => "",
            };
            if is_given && !uses.contains(&word) {
                let at = join(path, key);
                let written: Vec<String> = uses.iter().map(|word| format!("`use: {word}`")).collect();
                let written = crate::text::listed(&written, "or");
                let problem = Problem::new(self.positions.key(&at), format!("`{key}` counts only with {written}"));
                self.report(&at, problem.help(format!("write {written}, or leave `{key}` out")));
            }
        }
        let at = join(path, "use");
        if by == ResolveBy::Driver && !rule.command.iter().any(|word| word.contains("%A")) {
            let problem = Problem::new(self.positions.value(&at), "a driver takes a `command` with `%A` in its words");
            let help = "as in git's configuration: `[mergiraf, merge, --git, \"%O\", \"%A\", \"%B\", -p, \"%P\"]`; the result is read from `%A`";
            self.report(&at, problem.help(help));
        }
    }

    pub(super) fn notes(&mut self, notes: &[RawPathNote]) -> Vec<PathNote> {
        let mut checked = Vec::new();
        for (index, note) in notes.iter().enumerate() {
            match glob::matcher(&note.path) {
                Ok(path) => checked.push(PathNote { pattern: note.path.clone(), path, note: note.note.clone() }),
                Err(fault) => self.fault(&join(&join("notes", index), "path"), fault),
            }
        }
        checked
    }

    pub(super) fn formats(&mut self, formats: &[RawFormat]) -> Vec<FormatRule> {
        let mut checked = Vec::new();
        for (index, format) in formats.iter().enumerate() {
            let at = join("format", index);
            match glob::matcher(&format.path) {
                Ok(path) => checked.push(FormatRule {
                    pattern: format.path.clone(),
                    path,
                    command: format.command.clone(),
                    untrusted: false,
                }),
                Err(fault) => self.fault(&join(&at, "path"), fault),
            }
        }
        checked
    }
}
