//! Placed cells of a sheet or of JSON objects in, one text of records out that the rest of the room reads like any other table.
//!
//! The text has control characters between cells and between records, which no cell keeps: line `n` of it is row `n` of the sheet.

use anyhow::{Result, bail};

use super::dialect::{Dialect, LineEnd};
use crate::failure::Failure;

/// Unit separator.
const DELIMITER: u8 = 0x1F;
/// How many filled cells, and bytes in them, are held.
const CELL_LIMIT: usize = 60_000_000;
const TEXT_LIMIT: usize = 1 << 30;
/// Columns of a sheet, as Excel has them.
const COLUMN_LIMIT: u32 = 16_384;

/// Numbers of more digits than a spreadsheet keeps.
const DIGITS_LOST: f64 = 1e15;

/// What is between the cells and records of a grid's text.
pub(super) const DIALECT: Dialect = Dialect { delimiter: DELIMITER, line_end: LineEnd::Record };

/// Filled cells with their places.
#[derive(Debug)]
pub(super) struct Grid {
    name: String,
    text: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    row: u32,
    column: u32,
    start: u32,
    len: u32,
    number: bool,
}

/// A rectangle of cells that a sheet shows as one; both corners belong to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Merged {
    pub(super) from: (u32, u32),
    pub(super) to: (u32, u32),
}

impl Grid {
    /// A grid without cells; the name is for errors.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), text: String::new(), cells: Vec::new() }
    }

    /// Puts a cell at a row and column, counted from 0. Blank cells are left out; of two in one place the later one counts.
    pub(super) fn put(&mut self, (row, column): (u32, u32), cell: &str, number: bool) -> Result<()> {
        if cell.trim().is_empty() {
            return Ok(());
        }
        if self.cells.len() >= CELL_LIMIT || self.text.len() + cell.len() > TEXT_LIMIT || column >= COLUMN_LIMIT {
            let message = format!("`{}` has more than {CELL_LIMIT} cells, {} GiB of text or {COLUMN_LIMIT} columns", self.name, TEXT_LIMIT >> 30);
            bail!(Failure::new(message).hint("save the sheet as `CSV UTF-8`, which may be larger"));
        }
        let start = self.text.len();
        self.text.extend(cell.chars().map(kept));
        self.cells.push(Cell { row, column, start: start as u32, len: (self.text.len() - start) as u32, number });
        Ok(())
    }

    /// Whether there is no cell.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Whether it could be a table: at least two rows and two columns.
    pub(super) fn is_table(&self) -> bool {
        let first = self.cells.first();
        self.cells.iter().any(|cell| first.is_some_and(|first| first.row != cell.row))
            && self.cells.iter().any(|cell| first.is_some_and(|first| first.column != cell.column))
    }

    /// Whether a cell stands in this place; only after [`Self::sort`].
    pub(super) fn has(&self, place: (u32, u32)) -> bool {
        self.cells.binary_search_by_key(&place, |cell| (cell.row, cell.column)).is_ok()
    }

    /// Puts the cells in the order of rows and columns.
    pub(super) fn sort(&mut self) {
        // Stable: of two in one place the later one stays last, and is the one that is kept.
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self.cells.reverse();
        self.cells.dedup_by_key(|cell| (cell.row, cell.column));
        self.cells.reverse();
    }

    /// Gives every cell of merged rectangles the text of their first cell. A number over several rows is a sum of nobody knows what: it is
    /// written so that no column takes it for the number of one row.
    pub(super) fn spread(&mut self, merged: &[Merged]) -> Result<()> {
        self.sort();
        let mut more = Vec::new();
        for Merged { from, to } in merged {
            let Ok(at) = self.cells.binary_search_by_key(from, |cell| (cell.row, cell.column)) else { continue };
            let (first, rows) = (self.cells[at], to.0 - from.0 + 1);
            let mut text = self.text[first.start as usize..][..first.len as usize].to_owned();
            let shared = first.number && rows > 1;
            if shared {
                text = format!("{text} (merged over {rows} rows)");
            }
            let places = (from.0..=to.0).flat_map(|row| (from.1..=to.1).map(move |column| (row, column)));
            more.extend(places.filter(|place| shared || place != from).map(|place| (place, text.clone())));
            if more.len() > CELL_LIMIT {
                break;
            }
        }
        for (place, text) in more {
            self.put(place, &text, false)?;
        }
        self.sort();
        Ok(())
    }

    /// The text of the grid, and how many columns it has. The first column with a cell is column 0.
    pub(super) fn into_text(mut self) -> (Vec<u8>, usize) {
        self.sort();
        let first = self.cells.iter().map(|cell| cell.column).min().unwrap_or(0);
        let last = self.cells.iter().map(|cell| cell.column).max().unwrap_or(0);
        let mut text = Vec::with_capacity(self.text.len() + 2 * self.cells.len());
        let (mut row, mut column) = (0, first);
        for cell in &self.cells {
            text.extend(std::iter::repeat_n(LineEnd::Record.terminator(), (cell.row - row) as usize));
            if cell.row > row {
                (row, column) = (cell.row, first);
            }
            text.extend(std::iter::repeat_n(DELIMITER, (cell.column - column) as usize));
            column = cell.column;
            quote(&self.text[cell.start as usize..][..cell.len as usize], &mut text);
        }
        text.push(LineEnd::Record.terminator());
        (text, (last - first + 1) as usize)
    }
}

/// Writes one row of cells into a text in [`DIALECT`].
pub(super) fn write_row<'c>(cells: impl IntoIterator<Item = &'c str>, text: &mut Vec<u8>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            text.push(DELIMITER);
        }
        if cell.contains(['\u{1e}', '\u{1f}']) {
            quote(&cell.chars().map(kept).collect::<String>(), text);
        } else {
            quote(cell, text);
        }
    }
    text.push(LineEnd::Record.terminator());
}

/// What separates cells and records stands in no cell.
fn kept(c: char) -> char {
    if matches!(c, '\u{1e}' | '\u{1f}') { ' ' } else { c }
}

/// A quote is special only where a cell begins with it.
fn quote(cell: &str, text: &mut Vec<u8>) {
    if cell.starts_with('"') {
        text.extend(format!("\"{}\"", cell.replace('"', "\"\"")).bytes());
    } else {
        text.extend_from_slice(cell.as_bytes());
    }
}

/// A number as text, without changing it; one of more digits than a spreadsheet keeps as `6.97E+18`, for everybody to see.
pub(super) fn shortest(number: f64) -> String {
    if number.abs() < DIGITS_LOST || !number.is_finite() {
        return format!("{number}");
    }
    let text = format!("{number:E}");
    let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E+{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(cells: &[(u32, u32, &str)]) -> Grid {
        let mut grid = Grid::new("a.xlsx");
        cells.iter().for_each(|(row, column, cell)| grid.put((*row, *column), cell, cell.parse::<f64>().is_ok()).expect("room"));
        grid
    }

    #[test]
    fn a_row_of_the_sheet_is_a_line_of_the_text() {
        let (text, columns) = grid(&[(3, 2, "b\n\u{1f}c"), (1, 1, "\"a\" x"), (3, 1, "1")]).into_text();
        assert_eq!((String::from_utf8(text).expect("text").as_str(), columns), ("\u{1e}\"\"\"a\"\" x\"\u{1e}\u{1e}1\u{1f}b\n c\u{1e}", 2));
    }

    #[test]
    fn merged_text_counts_for_every_row_and_a_merged_number_for_none() {
        let mut grid = grid(&[(0, 0, "agency"), (1, 0, "鹿"), (1, 1, "3000")]);
        grid.spread(&[Merged { from: (1, 0), to: (2, 0) }, Merged { from: (1, 1), to: (2, 1) }]).expect("room");
        let (text, _) = grid.into_text();
        let text = String::from_utf8(text).expect("text");
        assert_eq!(text, "agency\u{1e}鹿\u{1f}3000 (merged over 2 rows)\u{1e}鹿\u{1f}3000 (merged over 2 rows)\u{1e}");
    }
}
