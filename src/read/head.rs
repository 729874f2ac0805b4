//! The beginning of a text in; its dialect, the labels of its columns, and where its records begin out.

use std::path::Path;

use anyhow::{Result, bail};
use csv::{ByteRecord, ReaderBuilder, Terminator};
use memchr::memchr_iter;

use super::batch::Span;
use super::dialect::{self, Dialect};
use super::header;
use super::record::restore;
use super::split::{Cutter, RECORD_LIMIT};
use super::store::{Store, unreadable};
use crate::failure::Failure;

/// How much of a text is looked at first.
const SAMPLE: usize = 1 << 20;
/// What helps against most broken headers.
const SAVE_AGAIN: &str = "save the sheet again as `CSV UTF-8`";

/// What the beginning of a text says.
#[derive(Debug)]
pub(super) struct Head {
    /// The header cells, trimmed; not all of them are empty.
    pub(super) labels: Vec<String>,
    pub(super) dialect: Dialect,
    /// An empty span where the first record begins.
    pub(super) body: Span,
    /// What a reader should know of how the header was read.
    pub(super) notes: Vec<String>,
}

/// What is known of a text before its head is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// The dialect, where the text is not a file but was made by this room.
    pub(super) dialect: Option<Dialect>,
    /// The number of the first line.
    pub(super) first_line: u64,
    /// Whether an empty cell in a row of groups belongs to the group before it.
    pub(super) open_groups: bool,
    /// How many header rows there are, where the user says so.
    pub(super) header_rows: Option<u8>,
}

impl Default for Known {
    fn default() -> Self {
        Self { dialect: None, first_line: 1, open_groups: true, header_rows: None }
    }
}

impl Head {
    /// Reads the head of a text that begins at `start`.
    pub(super) fn read(name: &str, store: &Store, start: u64, known: Known) -> Result<Self> {
        let mut length = SAMPLE;
        loop {
            let sample = store.read(start, length).map_err(|error| unreadable(name, error))?;
            let whole = store.ends_by(start + sample.len() as u64).map_err(|error| unreadable(name, error))?;
            if let Some(mut head) = Self::of(name, &sample, whole, known)? {
                head.body.offset += start;
                return Ok(head);
            }
            if length >= RECORD_LIMIT {
                let message = format!("the header of `{name}` is longer than {} MiB", RECORD_LIMIT >> 20);
                bail!(Failure::new(message).hint("a quote in it may be opened and not closed"));
            }
            length = RECORD_LIMIT;
        }
    }

    /// Nothing where the header does not end in the sample.
    fn of(name: &str, sample: &[u8], whole: bool, known: Known) -> Result<Option<Self>> {
        let (skipped, declared) = if known.dialect.is_some() { (0, None) } else { preamble(sample) };
        let text = &sample[skipped..];
        let prefer_tab = Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("tsv"));
        let judged = || declared.map_or_else(|| dialect::judge(text, prefer_tab), |delimiter| dialect::known(text, delimiter));
        let dialect = known.dialect.unwrap_or_else(judged);
        let terminator = dialect.line_end.terminator();
        let mut cutter = Cutter::new(dialect.delimiter, terminator);
        cutter.advance(text, whole);
        let line_at = |end: usize| known.first_line + memchr_iter(terminator, &sample[..end]).count() as u64;
        let complete = match (cutter.first, cutter.last) {
            (Some(_), Some(last)) if cutter.open.is_some() || !whole => last,
            (None, _) if !whole => return Ok(None),
            (None, _) if cutter.open.is_some() => {
                let message = format!("the header at `{name}:{}` opens a quote that is never closed", line_at(skipped));
                bail!(Failure::new(message).hint(SAVE_AGAIN));
            }
            _ => text.len(),
        };
        let rows = first_rows(&text[..complete], dialect)?;
        let layout = header::layout(&rows.iter().map(|row| row.cells.as_slice()).collect::<Vec<_>>(), known.open_groups, known.header_rows);
        let used = &rows[layout.titles..(layout.titles + layout.rows).min(rows.len())];
        for row in used {
            row.refuse_invalid(name, line_at(skipped + row.start))?;
        }
        let line = used.first().map_or_else(|| line_at(skipped + text.len()), |row| line_at(skipped + row.start));
        if layout.labels.iter().all(String::is_empty) {
            let message = format!("`{name}:{line}` is no header: all its cells are empty");
            bail!(Failure::new(message).hint("export it again with its header row"));
        }
        let end = skipped + used.last().map_or(text.len(), |row| row.end);
        let body = Span { index: 0, offset: end as u64, len: 0, line: line_at(end) };
        Ok(Some(Self { labels: layout.labels, dialect, body, notes: layout.notes }))
    }
}

/// One of the first records, with where it begins and ends.
struct Row {
    /// Its cells, trimmed, broken ones with replacement characters.
    cells: Vec<String>,
    /// The first cell that is not valid text.
    invalid: Option<usize>,
    start: usize,
    end: usize,
}

impl Row {
    fn refuse_invalid(&self, name: &str, line: u64) -> Result<()> {
        let Some(index) = self.invalid else { return Ok(()) };
        let message = format!("`{name}:{line}`: the header of column {} is not valid text: `{}`", index + 1, self.cells[index]);
        bail!(Failure::new(message.replace('\0', "\u{FFFD}")).hint(SAVE_AGAIN));
    }
}

/// The first records: enough to tell titles, one or two header rows, and the first row of data.
fn first_rows(text: &[u8], dialect: Dialect) -> Result<Vec<Row>> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .terminator(Terminator::Any(dialect.line_end.terminator()))
        .from_reader(text);
    let (mut rows, mut record) = (Vec::new(), ByteRecord::new());
    while rows.len() < header::ROWS_LOOKED_AT && reader.read_byte_record(&mut record)? {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let start = start + text[start..].iter().take_while(|byte| **byte == dialect.line_end.terminator()).count();
        let mut row = Row { cells: Vec::with_capacity(record.len()), invalid: None, start, end: reader.position().byte() as usize };
        for (index, cell) in record.iter().enumerate() {
            let label = String::from_utf8_lossy(cell);
            if std::str::from_utf8(cell).is_err() || label.contains('\0') {
                row.invalid = row.invalid.or(Some(index));
            }
            row.cells.push(restore(label.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')).to_owned());
        }
        if row.cells.len() > 1 || !text[start..row.end].iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// How many bytes stand before the header, blank lines and Excel's `sep=;`, and the delimiter that this declares.
fn preamble(sample: &[u8]) -> (usize, Option<u8>) {
    let blank = |from: usize| from + sample[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let start = blank(0);
    match sample[start..] {
        [b's', b'e', b'p', b'=', delimiter @ (b',' | b';' | b'\t' | b'|'), b'\r' | b'\n', ..] => (blank(start + 5), Some(delimiter)),
        _ => (start, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Head> {
        Head::read("a.csv", &Store::Memory(text.as_bytes().to_vec()), 0, Known::default())
    }

    fn error(text: &str) -> String {
        head(text).expect_err("no usable header").to_string()
    }

    #[test]
    fn a_header_cell_may_have_a_line_break_and_the_records_begin_behind_it() {
        let head = head("\"Avg\nviews\", name \r\n1,2\r\n").expect("a header");
        assert_eq!(head.labels, ["Avg\nviews", "name"]);
        assert_eq!((head.body.offset, head.body.line), (20, 3));
    }

    #[test]
    fn blank_lines_and_a_declared_delimiter_stand_before_the_header() {
        let head = head("\r\nsep=;\r\na,b;c\r\n1;2\r\n").expect("a header");
        assert_eq!((head.labels.len(), head.dialect.delimiter, head.body.line), (2, b';', 4));
    }

    #[test]
    fn what_is_no_header_is_said() {
        assert_eq!(error(",,\n1,2,3\n"), "`a.csv:1` is no header: all its cells are empty");
        assert_eq!(error("\n\n"), "`a.csv:3` is no header: all its cells are empty");
        assert_eq!(error("\na,\"b\n1,2\n"), "the header at `a.csv:2` opens a quote that is never closed");
        assert!(error("a,b\0\n").contains("column 2 is not valid text"));
    }
}
