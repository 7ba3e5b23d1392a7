//! The report as one HTML page that stands alone.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, UndefinedBehavior, context};

use super::picture::Picture;
use super::view::ReportView;

/// Writes it around the two drawings. Every value is escaped by the engine, save the drawings (escaped as they are drawn) and
/// the page's own style and script.
pub(super) fn write(view: &ReportView, picture: &Picture, files: &str) -> Result<String, Error> {
    let mut templates = Environment::new();
    // A name that is not there is a fault of the template and must not look like an empty section.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // The names end in .html, which is what turns escaping on.
    templates.add_template("page.html", include_str!("page.html"))?;
    templates.add_template("prose.html", include_str!("page/prose.html"))?;
    templates.add_template("commit.html", include_str!("page/commit.html"))?;
    templates.add_template("rows.html", include_str!("page/rows.html"))?;
    templates.add_template("note.html", include_str!("page/note.html"))?;
    templates.add_template("who.html", include_str!("page/who.html"))?;
    templates.add_template("resolved.html", include_str!("page/resolved.html"))?;
    templates.add_template("lost.html", include_str!("page/lost.html"))?;
    let safe = |text: &str| Value::from_safe_string(text.to_owned());
    templates.get_template("page.html")?.render(context! {
        view => Serde(view),
        picture => safe(&picture.svg),
        per_mark => picture.per_mark,
        files => safe(files),
        style => safe(include_str!("page/page.css")),
        script => safe(include_str!("page/page.js")),
    })
}
