//! Drawing by hand: the few SVG elements the pictures are made of, with every text escaped on its way in.
//!
//! Colours are classes, so that the page's style alone knows light, dark and print.

use std::fmt::Write as _;

/// A drawing under construction.
#[derive(Default)]
pub(super) struct Svg {
    out: String,
}

impl Svg {
    /// Opens the drawing. `name` and `about` are read out by screen readers; `id` must be unique on the page.
    pub(super) fn open(id: &str, width: f64, height: f64, name: &str, about: &str) -> Self {
        let mut svg = Self::default();
        svg.raw(&format!(
            "<svg id=\"{id}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-name {id}-about\">\n\
             <title id=\"{id}-name\">{}</title>\n<desc id=\"{id}-about\">{}</desc>\n",
            at(width),
            at(height),
            escape(name),
            escape(about),
        ));
        svg
    }

    /// Our own markup, as it is.
    pub(super) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// A bar. One too thin or flat to be seen is left out.
    pub(super) fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4]) {
        if width > 0.0 && height > 0.0 {
            self.put(format_args!(
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                at(x),
                at(y),
                at(width),
                at(height)
            ));
        }
    }

    pub(super) fn disc(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        self.put(format_args!("<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", at(x), at(y), at(radius)));
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        self.put(format_args!(
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n",
            at(x1),
            at(y1),
            at(x2),
            at(y2)
        ));
    }

    /// A text; `class` says where it is anchored and how it looks.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.put(format_args!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>\n", at(x), at(y), escape(text)));
    }

    /// A text that ends in a stronger one.
    pub(super) fn label(&mut self, class: &str, [x, y]: [f64; 2], text: &str, strong: &str) {
        self.put(format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\">{} <tspan class=\"strong\">{}</tspan></text>\n",
            at(x),
            at(y),
            escape(text),
            escape(strong)
        ));
    }

    /// The tooltip of the group that was just opened.
    pub(super) fn tip(&mut self, text: &str) {
        self.put(format_args!("<title>{}</title>", escape(text)));
    }

    /// The finished drawing.
    pub(super) fn close(mut self) -> String {
        self.raw("</svg>");
        self.out
    }

    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(arguments);
    }
}

/// A number for people and for SVG: a tenth of a pixel is enough.
pub(super) fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A count as a length. Counts stay far below what a `f64` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of commits and files are far below 2^52")]
pub(super) fn length(count: usize) -> f64 {
    count as f64
}

/// Text between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The last `most` characters: of a path, the part that tells it from others.
pub(super) fn cut_front(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let rest: String = text.chars().skip(length - most.saturating_sub(1)).collect();
    format!("…{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_opens_a_tag_or_leaves_an_attribute() {
        assert_eq!(escape("<b class=\"x\">'&"), "&lt;b class=&quot;x&quot;&gt;&#39;&amp;");
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut_front("mistralrs-core/src/lib.rs", 11), "…src/lib.rs");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([at(1.0), at(1.25), at(-0.01), at(10.55)].join(" "), "1 1.2 0 10.6");
    }
}
