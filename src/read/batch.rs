//! A piece of text that begins and ends with a record in, its records one by one out.

use std::cell::Cell;
use std::io::Read;

use anyhow::Result;
use csv::{ByteRecord, ReaderBuilder, Terminator};
use memchr::memchr;

use super::record::Record;

/// Where a batch stands in its file: enough to read it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The number of the batch, from 0, in file order.
    pub index: u32,
    /// Where it begins in the text, in bytes (of the decoded text, where the file is not UTF-8).
    pub offset: u64,
    /// Its length in bytes.
    pub len: u32,
    /// The physical line it begins on, from 1.
    pub line: u64,
}

/// What all batches of one file have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    pub(super) terminator: u8,
    /// Columns of the header.
    pub(super) columns: usize,
    /// Columns up to the last one with a label: the least a record must have.
    pub(super) required: usize,
    /// Whether decoding put replacement characters where it failed.
    pub(super) lossy: bool,
}

/// Some consecutive records of a file.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    pub(super) span: Span,
    pub(super) shape: Shape,
    pub(super) text: &'a [u8],
}

impl Batch<'_> {
    /// Where the batch stands in its file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Calls `visit` with every record, in file order; the first error ends it. Blank lines are no records.
    ///
    /// # Errors
    /// Those of `visit`.
    pub fn for_each(&self, mut visit: impl FnMut(&Record<'_>) -> Result<()>) -> Result<()> {
        // The reader is given one blank line first: it would take a byte order mark off the front of every batch, and
        // what a cell holds must not depend on where batches begin.
        let blank = [self.shape.terminator];
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.shape.delimiter)
            .terminator(Terminator::Any(self.shape.terminator))
            .buffer_capacity(1 << 15)
            .from_reader(blank.chain(self.text));
        let has_nul = memchr(0, self.text).is_some();
        let counted = Cell::new((0, self.span.line));
        let mut cells = ByteRecord::new();
        let mut row = 0;
        while reader.read_byte_record(&mut cells)? {
            if cells.len() == 1 && is_line_end(cells.as_slice()) {
                continue;
            }
            // Positions count the blank line.
            let offset = cells.position().map_or(1, csv::Position::byte).saturating_sub(1);
            let end = reader.position().byte().saturating_sub(1);
            visit(&Record::new(self, &cells, row, (offset as usize, end as usize), &counted, has_nul))?;
            row += 1;
        }
        Ok(())
    }
}

/// Whether a record is only what is left of a blank line: the return of CRLF, or the line feed after a last lone return.
fn is_line_end(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// A batch that was read again and owns its text.
#[derive(Debug)]
pub struct OwnedBatch {
    pub(super) span: Span,
    pub(super) shape: Shape,
    pub(super) text: Vec<u8>,
}

impl OwnedBatch {
    /// A batch of only these of its records, by where each begins and how long it is, in bytes. What is told of rows and lines is not theirs.
    #[must_use]
    pub fn picked(&self, records: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut text = Vec::new();
        for (offset, length) in records {
            text.extend_from_slice(self.text.get(offset as usize..).and_then(|rest| rest.get(..length as usize)).unwrap_or_default());
        }
        Self { text, ..*self }
    }

    /// The batch itself.
    #[must_use]
    pub fn as_batch(&self) -> Batch<'_> {
        Batch { span: self.span, shape: self.shape, text: &self.text }
    }
}
