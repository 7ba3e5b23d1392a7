//! A bar drawn with characters.

/// How long a whole bar is.
const CELLS: usize = 20;

/// A bar of these parts. A part that is not nothing is seen, however small it is.
pub(super) fn bar(parts: &[(usize, char)]) -> String {
    let total: usize = parts.iter().map(|(count, _)| count).sum();
    if total == 0 {
        return String::new();
    }
    let mut cells: Vec<usize> =
        parts.iter().map(|(count, _)| (count * CELLS / total).max(usize::from(*count > 0))).collect();
    // Rounding leaves some cells over, or one too many is drawn: the longest part takes up the difference.
    if let Some(longest) = (0..cells.len()).max_by_key(|at| parts[*at].0) {
        let others: usize = cells.iter().sum::<usize>() - cells[longest];
        cells[longest] = CELLS.saturating_sub(others);
    }
    parts.iter().zip(cells).map(|((_, sign), cells)| sign.to_string().repeat(cells)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_any_other_and_shows_every_part() {
        assert_eq!(bar(&[(1, 'a'), (1, 'b'), (2, 'c')]), "aaaaabbbbbcccccccccc");
        assert_eq!(bar(&[(1, 'a'), (0, 'b'), (999, 'c')]), format!("a{}", "c".repeat(19)));
        assert_eq!(bar(&[(0, 'a')]), "");
    }
}
