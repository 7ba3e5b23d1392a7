//! Which rung of the ladder speaks for a path.

use std::collections::BTreeSet;

use super::{MergeCase, Resolver};
use crate::config::PathRule;
use crate::config::raw::ResolveBy;
use crate::decision::{FileResolution, Ruling};
use crate::pick::answer::Origin;
use crate::pick::resolution::{ResolvedBy, SideChoice};
use engine::path::RepoPath;
use engine::{GitError, Merger, PathConflict};

/// What is to be done with conflicts in a path.
pub(super) enum ResolutionSource<'a> {
    /// A person resolves them, by decision.
    Manual(Origin),
    /// They are resolved like this, by decision.
    Decided(SideChoice, FileResolution, Origin),
    /// This rule is the first that fits.
    Rule(&'a PathRule),
    /// Nothing speaks for the path.
    Nothing,
}

impl ResolutionSource<'_> {
    /// The side it chooses, where it does.
    pub(super) const fn choice(&self) -> Option<SideChoice> {
        match self {
            Self::Decided(choice, ..) => Some(*choice),
            Self::Rule(rule) => match rule.resolve {
                ResolveBy::Upstream => Some(SideChoice::Upstream),
                ResolveBy::Fork => Some(SideChoice::Fork),
                ResolveBy::Union => Some(SideChoice::Union),
                ResolveBy::Manifest
                | ResolveBy::Lockfile
                | ResolveBy::KeepLocal
                | ResolveBy::Follow
                | ResolveBy::Driver
                | ResolveBy::Propose => None,
            },
            Self::Manual(_) | Self::Nothing => None,
        }
    }

    /// Whether a rule has the file merged by what it says, key by key, so that its lines do not matter.
    pub(super) const fn is_by_keys(&self) -> bool {
        matches!(self, Self::Rule(PathRule { resolve: ResolveBy::Manifest, .. }))
    }

    /// The rule of the merge driver for the path, where it has one.
    pub(super) fn driver(&self) -> Option<&PathRule> {
        match self {
            Self::Rule(rule) => Some(*rule).filter(|rule| rule.resolve == ResolveBy::Driver),
            _ => None,
        }
    }

    /// What is named as what resolved it.
    pub(super) fn by(&self) -> Option<ResolvedBy> {
        match self {
            Self::Decided(_, how, origin) => Some(ResolvedBy::Decision { how: *how, origin: origin.clone() }),
            Self::Rule(rule) => Some(ResolvedBy::Rule { pattern: rule.pattern.clone(), resolve: rule.resolve }),
            Self::Manual(_) | Self::Nothing => None,
        }
    }
}

impl<'a> Resolver<'a> {
    /// The way, or else the merge driver that `.gitattributes` names for the path, where the configuration knows one of that name.
    pub(super) fn attributed(
        &self,
        merger: &mut Merger<'_>,
        case: &MergeCase<'_>,
        conflict: &PathConflict,
        way: ResolutionSource<'a>,
    ) -> Result<ResolutionSource<'a>, GitError> {
        let mut drivers = self.ways.rules.iter().filter(|rule| rule.resolve == ResolveBy::Driver).peekable();
        if !matches!(way, ResolutionSource::Nothing) || drivers.peek().is_none() {
            return Ok(way);
        }
        let Some(name) = merger.driver_name(case.before, &conflict.path)? else { return Ok(way) };
        Ok(drivers.find(|rule| rule.program() == name).map_or(way, ResolutionSource::Rule))
    }

    /// The rule for a lock file, if that is what speaks for a path.
    pub(in crate::pick) fn lockfile(&self, path: &RepoPath) -> Option<&'a PathRule> {
        match self.way(path) {
            ResolutionSource::Rule(rule) if rule.resolve == ResolveBy::Lockfile => Some(rule),
            _ => None,
        }
    }

    /// The names of the folders that rules have regenerated.
    pub(in crate::pick) fn folders(&self) -> BTreeSet<&'a str> {
        self.ways.rules.iter().filter_map(PathRule::folder_name).collect()
    }

    /// What speaks for a path: the last decision on it in this phase, or else the first rule that fits.
    pub(super) fn way(&self, path: &RepoPath) -> ResolutionSource<'a> {
        let text = path.to_text();
        let decided = self.ways.decisions.iter().rev().find_map(|decision| match &decision.ruling {
            // As it is shown, which for nearly all paths is as it is.
            Ruling::Resolve { phase, path: said, how } if phase == self.phase && RepoPath::shown(said) == *path => {
                Some((decision, *how))
            }
            _ => None,
        });
        if let Some((decision, how)) = decided {
            let origin = Origin { who: decision.by.clone(), when: decision.when, link: decision.link.clone() };
            return match how {
                FileResolution::Manual => ResolutionSource::Manual(origin),
                FileResolution::Upstream => ResolutionSource::Decided(SideChoice::Upstream, how, origin),
                FileResolution::Fork => ResolutionSource::Decided(SideChoice::Fork, how, origin),
                FileResolution::Union => ResolutionSource::Decided(SideChoice::Union, how, origin),
            };
        }
        self.ways
            .rules
            .iter()
            .find(|rule| rule.path.is_match(&*text))
            .map_or(ResolutionSource::Nothing, ResolutionSource::Rule)
    }
}
