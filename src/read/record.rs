//! One parsed record in; its cells, its line and what is wrong with it out.

use std::cell::Cell;
use std::fmt;

use csv::ByteRecord;
use memchr::{memchr, memchr_iter};

use super::batch::Batch;

/// How much of a broken cell an error shows, in characters.
const PREVIEW: usize = 40;

/// One row of a table.
#[derive(Debug)]
pub struct Record<'a> {
    batch: &'a Batch<'a>,
    cells: &'a ByteRecord,
    /// All cells without delimiters, where they are valid UTF-8 together: checked once for all cells.
    text: Option<&'a str>,
    row: u32,
    /// Where it begins and ends in the batch, in bytes.
    offset: usize,
    end: usize,
    /// The position in the batch up to which lines have been counted, and the line there.
    counted: &'a Cell<(usize, u64)>,
    has_nul: bool,
}

impl<'a> Record<'a> {
    pub(super) fn new(
        batch: &'a Batch<'a>,
        cells: &'a ByteRecord,
        row: u32,
        (offset, end): (usize, usize),
        counted: &'a Cell<(usize, u64)>,
        batch_has_nul: bool,
    ) -> Self {
        let has_nul = batch_has_nul && memchr(0, cells.as_slice()).is_some();
        let text = simdutf8::basic::from_utf8(cells.as_slice()).ok();
        Self { batch, cells, text, row, offset, end, counted, has_nul }
    }

    /// Where the record begins in its batch and how long it is, in bytes: [`super::OwnedBatch::picked`] finds it there again.
    #[must_use]
    pub fn place(&self) -> (u32, u32) {
        (self.offset as u32, (self.end - self.offset) as u32)
    }

    /// The number of the record in its batch, from 0.
    #[must_use]
    pub fn row(&self) -> u32 {
        self.row
    }

    /// The physical line of the file on which the record begins, from 1. Lines are counted by line feeds, or by
    /// returns where these alone end lines. Cheap when asked in file order.
    #[must_use]
    pub fn line(&self) -> u64 {
        let (text, terminator) = (self.batch.text, self.batch.shape.terminator);
        let blank = text[self.offset..].iter().take_while(|byte| **byte == terminator).count();
        let start = self.offset + blank;
        let (from, line) = match self.counted.get() {
            counted if counted.0 <= start => counted,
            _ => (0, self.batch.span.line),
        };
        let line = line + memchr_iter(terminator, &text[from..start]).count() as u64;
        self.counted.set((start, line));
        line
    }

    /// How many cells the record has, at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a record has at least one cell")]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// The text of a cell, columns counted from 0; empty where the record is shorter. The apostrophe that keeps a
    /// spreadsheet from running a cell (`'=1+1`) is taken off.
    ///
    /// # Errors
    /// The cell is not valid text in the file's encoding.
    pub fn cell(&self, column: usize) -> Result<&'a str, InvalidText> {
        let Some(range) = self.cells.range(column) else { return Ok("") };
        let text = self.text.and_then(|text| text.get(range.clone()));
        let text = match text {
            Some(text) => text,
            None => std::str::from_utf8(&self.cells.as_slice()[range]).map_err(|_| self.invalid(column))?,
        };
        if self.batch.shape.lossy && text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(self.invalid(column));
        }
        let is_last = column + 1 == self.cells.len() && self.batch.shape.terminator == b'\n';
        Ok(restore(if is_last { text.trim_end_matches('\r') } else { text }))
    }

    /// What is wrong with the record as a whole.
    #[must_use]
    pub fn fault(&self) -> Option<RecordFault> {
        let (found, shape) = (self.cells.len(), &self.batch.shape);
        if self.has_nul {
            return Some(RecordFault::Nul);
        }
        let ragged = if found > shape.columns {
            let extra = self.cells.range(shape.columns).map_or(0, |range| range.start);
            !is_space(&self.cells.as_slice()[extra..])
        } else {
            found < shape.required && !self.is_blank()
        };
        ragged.then_some(RecordFault::Ragged { found, expected: shape.columns })
    }

    /// Whether all cells are empty or hold nothing but white space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        is_space(self.cells.as_slice())
    }

    fn invalid(&self, column: usize) -> InvalidText {
        let bytes = self.cells.get(column).unwrap_or_default();
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * PREVIEW)]).chars().take(PREVIEW).collect();
        InvalidText { column, shown }
    }
}

fn is_space(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

/// The text on one line, cut to 40 characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(PREVIEW).collect()
}

/// Takes off the apostrophe that our own files, and careful others, put before what a spreadsheet would run.
pub(super) fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => rest,
        _ => cell,
    }
}

/// What is wrong with a record as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFault {
    /// It has fewer cells than the header has labels, or more than the header has columns and they are not empty.
    Ragged {
        /// Cells of the record.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// It holds a NUL byte, which no spreadsheet writes.
    Nul,
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { found, expected } => write!(f, "{found} cells where the header has {expected}"),
            Self::Nul => f.write_str("a NUL byte"),
        }
    }
}

impl std::error::Error for RecordFault {}

/// A cell that is no text in the encoding of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidText {
    /// The column, from 0.
    pub column: usize,
    /// The beginning of the cell, `�` where it is broken.
    pub shown: String,
}

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not valid text: `{}`", self.shown)
    }
}

impl std::error::Error for InvalidText {}
