//! Text in columns.

/// One line for each row, its cells below those of the row before. A cell is one line, whatever is in it.
pub(super) fn aligned<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    let one_line = |cell: String| cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let rows: Vec<_> = rows.map(|row| row.map(one_line)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths);
        let cells: Vec<_> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_below_each_other_and_lines_end_with_their_text() {
        let rows = [["a", "bb", "c"], ["äöü", "b", ""], ["", "b\n b", "c"]];
        let rows = rows.into_iter().map(|row| row.map(str::to_owned));
        assert_eq!(aligned(rows), "a    bb   c\näöü  b\n     b b  c\n");
        assert_eq!(aligned(std::iter::empty::<[String; 2]>()), "");
    }
}
