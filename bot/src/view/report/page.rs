//! The report as one HTML page that stands alone.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, UndefinedBehavior, context, escape_formatter};

use super::first::FirstView;
use super::picture::Picture;
use super::svg::escape;
use super::timeline::Timeline;
use super::view::ReportView;

/// What is drawn beside the view.
pub(super) struct Pictures<'a> {
    pub first: FirstView,
    pub timeline: Option<Timeline>,
    pub range: Picture,
    /// The files both sides changed.
    pub files: &'a str,
}

/// The parts of the page that the list of contents names.
const CONTENTS: [(&str, &str); 10] = [
    ("h-time", "Over time"),
    ("h-ways", "Ways"),
    ("h-carry", "The fork"),
    ("h-summary", "Summary"),
    ("h-range", "Range"),
    ("h-phases", "Commits"),
    ("h-conflicts", "Files"),
    ("h-notes", "Conflicts"),
    ("h-strategy", "Commands"),
    ("h-steps", "Next steps"),
];

/// Writes it around the drawings. Every value is escaped by the engine, save the drawings (escaped as they are drawn) and
/// the page's own style and script.
pub(super) fn write(view: &ReportView, pictures: &Pictures<'_>) -> Result<String, Error> {
    let Pictures { first, timeline, range: picture, files } = pictures;
    let mut templates = Environment::new();
    // A name that is not there is a fault of the template and must not look like an empty section.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // The engine's own escaping makes an entity of each slash, of which addresses and paths are full.
    templates.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&escape(text))?),
        _ => escape_formatter(out, state, value),
    });
    // The names end in .html, which is what turns escaping on for all that is no text.
    templates.add_template("page.html", include_str!("page.html"))?;
    templates.add_template("contents.html", include_str!("page/contents.html"))?;
    templates.add_template("first.html", include_str!("page/first.html"))?;
    templates.add_template("timeline.html", include_str!("page/timeline.html"))?;
    templates.add_template("ways.html", include_str!("page/ways.html"))?;
    templates.add_template("prose.html", include_str!("page/prose.html"))?;
    templates.add_template("commit.html", include_str!("page/commit.html"))?;
    templates.add_template("rows.html", include_str!("page/rows.html"))?;
    templates.add_template("note.html", include_str!("page/note.html"))?;
    templates.add_template("who.html", include_str!("page/who.html"))?;
    templates.add_template("resolved.html", include_str!("page/resolved.html"))?;
    templates.add_template("lost.html", include_str!("page/lost.html"))?;
    let there = |id: &str| match id {
        "h-time" => timeline.is_some(),
        "h-ways" => view.way.is_some(),
        "h-carry" => !view.carry.is_empty(),
        _ => true,
    };
    let contents: Vec<(&str, &str)> = CONTENTS.into_iter().filter(|(id, _)| there(id)).collect();
    let safe = |text: &str| Value::from_safe_string(text.to_owned());
    templates.get_template("page.html")?.render(context! {
        view => Serde(view),
        first => Serde(first),
        timeline => Serde(timeline),
        contents => contents,
        picture => safe(&picture.svg),
        per_mark => picture.per_mark,
        files => safe(files),
        style => safe(include_str!("page/page.css")),
        script => safe(include_str!("page/page.js")),
    })
}
