//! Cells and rows that could not be taken, and what columns held: nothing is lost silently.

/// A cell or a whole row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Line of the file where the row starts.
    pub line: u64,
    /// Header of the column; empty where the whole row is meant.
    pub column: String,
    /// The cell, cut to 60 characters.
    pub cell: String,
    /// Why.
    pub reason: String,
    /// Whether the whole row was refused rather than one cell.
    pub row: bool,
}

/// How many rejects of one file are kept with their cells; all are counted.
pub const KEPT: usize = 1_000;

/// Rejects of a part of a file, in the order of its rows.
#[derive(Debug)]
pub struct Rejects {
    /// The first ones, up to `room`.
    pub kept: Vec<Reject>,
    /// How many are kept.
    pub room: usize,
    /// Cells refused.
    pub cells: u64,
    /// Rows refused.
    pub rows: u64,
}

impl Default for Rejects {
    fn default() -> Self {
        Self { kept: Vec::new(), room: KEPT, cells: 0, rows: 0 }
    }
}

impl Rejects {
    /// Counts a refused cell and keeps it if there is room.
    pub fn cell(&mut self, line: u64, column: &str, cell: &str, reason: &str) {
        self.cells += 1;
        self.keep(line, column, cell, reason, false);
    }

    /// Counts a refused row and keeps it if there is room.
    pub fn row(&mut self, line: u64, column: &str, cell: &str, reason: &str) {
        self.rows += 1;
        self.keep(line, column, cell, reason, true);
    }

    fn keep(&mut self, line: u64, column: &str, cell: &str, reason: &str, row: bool) {
        if self.kept.len() < self.room {
            self.kept.push(Reject { line, column: shortened(column), cell: shortened(cell), reason: reason.to_owned(), row });
        }
    }

    /// Adds the rejects of the next part of the same file.
    pub fn append(&mut self, mut later: Self) {
        self.cells += later.cells;
        self.rows += later.rows;
        later.kept.truncate(self.room.saturating_sub(self.kept.len()));
        self.kept.append(&mut later.kept);
    }
}

/// The text on one line, cut to 60 characters.
#[must_use]
pub fn shortened(text: &str) -> String {
    let mut words = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let start: String = words.by_ref().take(60).collect();
    if words.next().is_some() { format!("{start}…") } else { start }
}

/// What one column held, over a part of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Cells with a value.
    pub filled: u64,
    /// Cells with a value that is not of the column's kind.
    pub refused: u64,
    /// Largest number without sign or suffix.
    pub largest_bare: Option<f64>,
}

impl Tally {
    /// Takes in a number as it was written.
    pub fn saw(&mut self, bare: bool, value: f64) {
        if bare {
            self.largest_bare = Some(self.largest_bare.map_or(value, |largest| largest.max(value)));
        }
    }

    /// Adds what the next part of the same file held.
    pub fn append(&mut self, later: Self) {
        self.filled += later.filled;
        self.refused += later.refused;
        if let Some(value) = later.largest_bare {
            self.saw(true, value);
        }
    }
}
