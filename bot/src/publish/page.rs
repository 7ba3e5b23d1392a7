//! A text that names pull requests which are not open yet: their numbers are put in when it is written.

/// What the dashboard is known by.
pub const MARK: &str = "<!-- uptake dashboard -->";

/// That a bot closed the dashboard and it was opened again.
pub(super) const AGAIN: &str = "<!-- uptake:again -->";

/// Whether a dashboard was opened again after a bot closed it.
#[must_use]
pub fn is_dashboard_again(body: &str) -> bool {
    body.contains(AGAIN)
}

/// What stands around the name of a branch until the text is cut into pieces. No text of a stranger's holds it: where such text is
/// made fit to be shown, control characters are replaced.
const SLOT: char = '\0';

/// A title and a text with places for the numbers of pull requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DashboardPage {
    pub title: String,
    pieces: Vec<PagePiece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PagePiece {
    Text(String),
    /// The number of the pull request that brings this branch.
    Pull(String),
}

/// The place of a number in a text that becomes a [`DashboardPage`].
pub(super) fn slot(branch: &str) -> String {
    format!("{SLOT}{branch}{SLOT}")
}

impl DashboardPage {
    /// The text, with its slots.
    pub(super) fn new(title: String, text: &str) -> Self {
        let piece = |(at, piece): (usize, &str)| {
            if at % 2 == 0 { PagePiece::Text(piece.to_owned()) } else { PagePiece::Pull(piece.to_owned()) }
        };
        Self { title, pieces: text.split(SLOT).enumerate().map(piece).collect() }
    }

    /// The text, with the numbers that are known.
    pub(super) fn text(&self, number: &dyn Fn(&str) -> Option<u64>) -> String {
        let described = |piece: &PagePiece| match piece {
            PagePiece::Text(text) => text.clone(),
            PagePiece::Pull(branch) => {
                number(branch).map_or_else(|| "to be opened".to_owned(), |number| format!("#{number}"))
            }
        };
        self.pieces.iter().map(described).collect()
    }

    /// Whether it names a pull request that is yet to be opened.
    pub(super) fn is_open(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, PagePiece::Pull(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_in_when_they_are_known() {
        let page = DashboardPage::new("t".into(), &format!("a {} b {}", slot("uptake/a"), slot("uptake/b")));
        assert!(page.is_open());
        assert_eq!(page.text(&|branch| (branch == "uptake/a").then_some(7)), "a #7 b to be opened");
    }
}
