//! A text in, spans that end at record ends out, found by looking at nothing but quotes and line ends.

use std::ops::Range;

use anyhow::{Result, bail};
use memchr::{memchr, memchr_iter, memrchr};
use xxhash_rust::xxh3::Xxh3;

use super::batch::{Shape, Span};
use super::digest::Digest;
use super::store::{Store, unreadable};
use crate::failure::Failure;

/// The longest record in bytes. Nobody writes one of this size: a quote was opened and never closed.
pub(super) const RECORD_LIMIT: usize = 64 << 20;

/// Follows the quotes through a window of text that begins at a record's start, exactly as `csv-core` does: a quote
/// opens a cell only at its first byte, and a doubled quote inside stands for itself.
#[derive(Debug)]
pub(super) struct Cutter {
    delimiter: u8,
    terminator: u8,
    /// Everything before has been looked at.
    at: usize,
    /// Where the quote that is open at `at` stands.
    pub(super) open: Option<usize>,
    /// The end of the first record.
    pub(super) first: Option<usize>,
    /// The end of the last record that ends in the window.
    pub(super) last: Option<usize>,
}

impl Cutter {
    pub(super) fn new(delimiter: u8, terminator: u8) -> Self {
        Self { delimiter, terminator, at: 0, open: None, first: None, last: None }
    }

    /// Goes on to the end of a window that has grown. `whole` says that it will not grow any more.
    pub(super) fn advance(&mut self, window: &[u8], whole: bool) {
        while self.at < window.len() {
            if self.open.is_some() {
                let Some(quote) = memchr(b'"', &window[self.at..]).map(|found| self.at + found) else {
                    return self.at = window.len();
                };
                match window.get(quote + 1) {
                    // Whether this one closes depends on a byte that is yet to come.
                    None if !whole => return self.at = quote,
                    Some(b'"') => self.at = quote + 2,
                    _ => (self.at, self.open) = (quote + 1, None),
                }
            } else if window[self.at] == self.delimiter && window.get(self.at + 1) == Some(&b'"') {
                // Between two quoted cells; only to be fast where all cells are quoted.
                (self.at, self.open) = (self.at + 2, Some(self.at + 1));
            } else {
                let next = memchr(b'"', &window[self.at..]).map(|found| self.at + found);
                let stop = next.unwrap_or(window.len());
                self.ends_in(window, self.at..stop);
                self.open = next.filter(|quote| self.begins_field(window, *quote));
                self.at = next.map_or(stop, |quote| quote + 1);
            }
        }
    }

    /// Notes the record ends in a stretch of text outside of quotes.
    fn ends_in(&mut self, window: &[u8], stretch: Range<usize>) {
        let text = &window[stretch.clone()];
        if self.first.is_none() {
            self.first = memchr(self.terminator, text).map(|found| stretch.start + found + 1);
        }
        if let Some(found) = memrchr(self.terminator, text) {
            self.last = Some(stretch.start + found + 1);
        }
    }

    fn begins_field(&self, window: &[u8], quote: usize) -> bool {
        quote == 0 || window[quote - 1] == self.delimiter || window[quote - 1] == self.terminator
    }
}

/// Memory for one batch. Kept between batches, because fresh pages cost as much as reading.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    length: usize,
}

impl Buffer {
    /// What was read.
    pub(super) fn filled(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn room(&mut self, wanted: usize) -> &mut [u8] {
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        &mut self.bytes[self.length..wanted]
    }
}

/// Hands out one span after the other, in file order, and feeds every byte to the digest on the way.
pub(super) struct Splitter<'s> {
    name: &'s str,
    store: &'s Store,
    shape: Shape,
    batch_bytes: usize,
    /// Where and on which line the next batch begins, and its number.
    next: Span,
    /// What was read beyond the last batch (of a file; memory is not copied).
    pending: Vec<u8>,
    /// Everything before this offset has been read and hashed.
    read_to: u64,
    hasher: Xxh3,
    done: bool,
}

impl<'s> Splitter<'s> {
    /// Starts behind the header, at `start`.
    pub(super) fn new(name: &'s str, store: &'s Store, shape: Shape, start: Span, batch_bytes: usize) -> Result<Self> {
        let mut hasher = Xxh3::new();
        match store {
            Store::Memory(bytes) => hasher.update(bytes),
            Store::File { .. } | Store::Stream(_) => hasher.update(&store.read(0, usize::try_from(start.offset)?)?),
        }
        let pending = Vec::new();
        Ok(Self { name, store, shape, batch_bytes, next: start, pending, read_to: start.offset, hasher, done: false })
    }

    /// The number of the batch that comes next.
    pub(super) fn index(&self) -> u32 {
        self.next.index
    }

    /// The digest of everything that was read: of the file, once the last span is out.
    pub(super) fn digest(&self) -> Digest {
        Digest::finish(&self.hasher)
    }

    /// The next span; its text is in `buffer`, or in memory where the store is memory.
    pub(super) fn next(&mut self, buffer: &mut Buffer) -> Result<Option<Span>> {
        if self.done {
            return Ok(None);
        }
        let mut cutter = Cutter::new(self.shape.delimiter, self.shape.terminator);
        let mut wanted = self.batch_bytes.max(self.pending.len().saturating_mul(2)).min(RECORD_LIMIT);
        buffer.length = 0;
        loop {
            let whole = self.fill(buffer, wanted)?;
            let window = self.window(buffer, wanted);
            cutter.advance(window, whole);
            if whole {
                return self.end(window, &cutter);
            }
            if let Some(end) = cutter.last {
                let (text, rest) = window.split_at(end);
                let rest = if matches!(self.store, Store::Memory(_)) { Vec::new() } else { rest.to_vec() };
                let span = self.take(text);
                self.pending = rest;
                return Ok(Some(span));
            }
            if wanted >= RECORD_LIMIT {
                bail!(self.endless(window, &cutter));
            }
            wanted = wanted.saturating_mul(2).min(RECORD_LIMIT);
        }
    }

    /// Makes the window `wanted` bytes long; true where the file ends in it.
    fn fill(&mut self, buffer: &mut Buffer, wanted: usize) -> Result<bool> {
        if let Store::Memory(bytes) = self.store {
            return Ok(self.next.offset + wanted as u64 >= bytes.len() as u64);
        }
        if buffer.length == 0 {
            let pending = std::mem::take(&mut self.pending);
            buffer.room(wanted.max(pending.len()))[..pending.len()].copy_from_slice(&pending);
            buffer.length = pending.len();
        }
        let wanted = wanted.max(buffer.length);
        let room = buffer.room(wanted);
        let count = self.store.fill(self.read_to, room).map_err(|error| unreadable(self.name, error))?;
        self.hasher.update(&room[..count]);
        let at_end = count < room.len();
        buffer.length += count;
        self.read_to += count as u64;
        self.store.forget(self.read_to);
        if at_end && matches!(self.store, Store::File { size, .. } if *size != self.read_to) {
            bail!(Failure::new(format!("`{}` was changed while it was read", self.name)).hint("run again when it is complete"));
        }
        Ok(at_end)
    }

    fn window<'w>(&self, buffer: &'w Buffer, wanted: usize) -> &'w [u8]
    where
        's: 'w,
    {
        match self.store {
            Store::File { .. } | Store::Stream(_) => buffer.filled(),
            Store::Memory(bytes) => {
                let rest = bytes.get(self.next.offset as usize..).unwrap_or_default();
                &rest[..rest.len().min(wanted)]
            }
        }
    }

    /// The last span: everything that is left, if every quote in it is closed.
    fn end(&mut self, window: &[u8], cutter: &Cutter) -> Result<Option<Span>> {
        self.done = true;
        if let Some(open) = cutter.open {
            let line = self.line_at(window, open);
            bail!(
                Failure::new(format!("`{}:{line}` opens a quote that is never closed", self.name))
                    .hint("close the quote, or write a quote that belongs to the text twice: `\"\"`")
            );
        }
        Ok(if window.is_empty() { None } else { Some(self.take(window)) })
    }

    /// Hands out `text` and moves on behind it.
    fn take(&mut self, text: &[u8]) -> Span {
        let span = Span { len: text.len() as u32, ..self.next };
        self.next.index += 1;
        self.next.offset += text.len() as u64;
        self.next.line += memchr_iter(self.shape.terminator, text).count() as u64;
        span
    }

    fn endless(&self, window: &[u8], cutter: &Cutter) -> Failure {
        let start = window.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(0);
        let line = self.line_at(window, start);
        let message = format!("the record at `{}:{line}` is longer than {} MiB", self.name, RECORD_LIMIT >> 20);
        Failure::new(message).hint(match cutter.open {
            Some(open) => {
                format!("a quote that is opened on line {} is not closed within it", self.line_at(window, open))
            }
            None => String::from("check that the lines of the file end in a line feed"),
        })
    }

    fn line_at(&self, window: &[u8], position: usize) -> u64 {
        self.next.line + memchr_iter(self.shape.terminator, &window[..position]).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8], step: usize) -> (Option<usize>, Option<usize>, Option<usize>) {
        let mut cutter = Cutter::new(b',', b'\n');
        for end in (step..text.len()).step_by(step) {
            cutter.advance(&text[..end], false);
        }
        cutter.advance(text, true);
        (cutter.first, cutter.last, cutter.open)
    }

    #[test]
    fn record_ends_are_outside_of_quotes() {
        assert_eq!(cut(b"a,b\nc", 100), (Some(4), Some(4), None));
        assert_eq!(cut(b"a,\"\n\",\"\n\"\nc", 100), (Some(10), Some(10), None));
        assert_eq!(cut(b"\"a\"\"\n\"\nc\n", 100), (Some(7), Some(9), None));
    }

    #[test]
    fn a_quote_within_a_cell_is_text() {
        assert_eq!(cut(b"a\"b\nc\"", 100), (Some(4), Some(4), None));
        assert_eq!(cut(b"\"a\"b\"\nc", 100), (Some(6), Some(6), None));
        assert_eq!(cut(b"a,\"b\nc", 100), (None, None, Some(2)));
    }

    #[test]
    fn a_window_that_grows_is_cut_like_a_whole_one() {
        let text = b"\"a\"\"\",\"\"\n\"b\nc\",d\ne\"f,\"\"\"\"\n\"g";
        for step in 1..text.len() {
            assert_eq!(cut(text, step), cut(text, 100), "step {step}");
        }
    }

    #[test]
    fn a_record_without_end_is_an_error_that_names_its_line() {
        let mut text = b"1,2\n3,\"4\n".to_vec();
        text.resize(RECORD_LIMIT + 100, b'x');
        let store = Store::Memory(text);
        let shape = Shape { delimiter: b',', terminator: b'\n', columns: 2, required: 2, lossy: false };
        let start = Span { index: 0, offset: 0, len: 0, line: 2 };
        let mut splitter = Splitter::new("a.csv", &store, shape, start, 1 << 20).expect("memory");
        let mut buffer = Buffer::default();
        assert_eq!(splitter.next(&mut buffer).expect("a batch").map(|span| span.len), Some(4));
        let error = splitter.next(&mut buffer).expect_err("no end");
        assert_eq!(error.to_string(), "the record at `a.csv:3` is longer than 64 MiB");
    }
}
