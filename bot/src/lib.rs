//! Uptake takes upstream commits up into a long-lived fork, in phases.
//!
//! ```text
//! config + repository -> survey -> plan -> pick -> publish
//! ```
//!
//! Each stage takes the value of the stage before and returns its own; only [`publish::apply`] and a fetch touch the world.
//! Read on in this order:
//!
//! * [`pipeline`] is the way through all of it, the only file that knows every stage; [`cli`] calls it and prints, [`demo`] makes it an example.
//! * [`config`] reads `.github/uptake.yml`; [`import`] makes one from an integration analysis written by hand.
//! * [`engine`], a crate of its own, is the only one that names `git2`: history, changes, merges in memory, blame.
//! * [`units`] takes upstream's range apart: into commits, or into steps of its main line.
//! * [`mod@line`] applies the open units to the fork in upstream's order, and holds the end against git's own merge.
//! * [`survey`] says what upstream has that the fork lacks: verdicts with evidence, the line, conflicts, [`risk`].
//! * [`plan`] sorts it into phases, and says of each commit left out why.
//! * [`pick`] builds a branch per phase in memory, with an outcome per commit and a note per conflict.
//! * [`record`] says how far upstream is in, and makes the merge commit that tells git.
//! * [`publish`] compares what was built with what a [`forge`] has, and makes the difference.
//! * [`ci`] has the phases tested in each cell of the matrix, and finds the pick that breaks one.
//! * [`manifest`] merges what manifests say instead of their lines.
//! * [`programs`] starts what a configuration names, to make lock files again.
//! * [`view::why`] says all that is known of one commit.
//! * [`ledger`] keeps what people decided and what became of each phase, on a branch of its own; [`decision`] says what there is
//!   to decide.
//! * [`memory`] learns how people resolved conflicts, and gives it to every later build.
//! * [`sitting`] has a person resolve what is left, one decision after the other.
//! * [`view::note`] says what stands on both sides of a conflict and what was resolved, for the pull request, the report and `why` alike.
//! * [`view::matrix`] puts what the tests came to into words: tables, statuses, the end of a search.
//! * [`view::report`] writes all of it down, as Markdown and as a page; [`chatops`] has the slash commands.
//! * [`action`] is the side of GitHub Actions: events and job summaries; [`workflows`] has the workflow files of a fork;
//!   [`serve`] takes webhooks.
//! * [`setup`] is what GitHub gets to register the App.
//! * [`text`], [`files`], [`method`], [`moment`], [`names`], [`branch`], [`origin`], [`guard`], [`signing`] are the words all of them share, with the values of [`engine`].

pub mod action;
pub mod branch;
pub mod chatops;
pub mod ci;
pub mod cli;
pub mod config;
pub mod decision;
pub mod demo;
pub mod files;
pub mod forge;
pub mod guard;
pub mod hosts;
pub mod import;
pub mod ledger;
pub mod line;
pub mod manifest;
pub mod memory;
pub mod method;
pub mod moment;
pub mod names;
pub mod origin;
pub mod pick;
pub mod pipeline;
pub mod plan;
pub mod programs;
pub mod publish;
pub mod record;
pub mod risk;
pub mod serve;
pub mod setup;
pub mod signing;
pub mod sitting;
pub mod survey;
pub mod text;
pub mod units;
pub mod view;
pub mod workflows;
pub mod yaml;
