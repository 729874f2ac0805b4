//! The beginning of a text in; its dialect, the labels of its columns, and where its records begin out.

use std::path::Path;

use anyhow::{Context, Result, bail};
use csv::{ByteRecord, ReaderBuilder, Terminator};
use memchr::memchr_iter;

use super::batch::Span;
use super::dialect::{self, Dialect};
use super::record::restore;
use super::split::{Cutter, RECORD_LIMIT};
use super::store::Store;
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
}

impl Head {
    /// Reads the head of a text that begins at `start`.
    pub(super) fn read(name: &str, store: &Store, start: u64) -> Result<Self> {
        let mut length = SAMPLE;
        loop {
            let sample = store.read(start, length).with_context(|| format!("`{name}` cannot be read"))?;
            let whole = start + sample.len() as u64 >= store.size();
            if let Some(mut head) = Self::of(name, &sample, whole)? {
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
    fn of(name: &str, sample: &[u8], whole: bool) -> Result<Option<Self>> {
        let (skipped, declared) = preamble(sample);
        let text = &sample[skipped..];
        let prefer_tab = Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("tsv"));
        let dialect = declared.map_or_else(|| dialect::judge(text, prefer_tab), |delimiter| dialect::known(text, delimiter));
        let terminator = dialect.line_end.terminator();
        let mut cutter = Cutter::new(dialect.delimiter, terminator);
        cutter.advance(text, whole);
        let line = 1 + memchr_iter(terminator, &sample[..skipped]).count() as u64;
        let end = match cutter.first {
            Some(end) => end,
            None if !whole => return Ok(None),
            None if cutter.open.is_some() => {
                let message = format!("the header at `{name}:{line}` opens a quote that is never closed");
                bail!(Failure::new(message).hint(SAVE_AGAIN));
            }
            None => text.len(),
        };
        let labels = labels(name, &text[..end], dialect, line)?;
        let line = line + memchr_iter(terminator, &text[..end]).count() as u64;
        let body = Span { index: 0, offset: (skipped + end) as u64, len: 0, line };
        Ok(Some(Self { labels, dialect, body }))
    }
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

/// The cells of the header row.
fn labels(name: &str, text: &[u8], dialect: Dialect, line: u64) -> Result<Vec<String>> {
    let mut cells = ByteRecord::new();
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .terminator(Terminator::Any(dialect.line_end.terminator()))
        .from_reader(text)
        .read_byte_record(&mut cells)?;
    let mut labels = Vec::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let label = String::from_utf8_lossy(cell);
        if std::str::from_utf8(cell).is_err() || label.contains('\0') {
            let message = format!("`{name}:{line}`: the header of column {} is not valid text: `{label}`", index + 1);
            bail!(Failure::new(message.replace('\0', "\u{FFFD}")).hint(SAVE_AGAIN));
        }
        labels.push(restore(label.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')).to_owned());
    }
    if labels.iter().all(String::is_empty) {
        let message = format!("`{name}:{line}` is no header: all its cells are empty");
        bail!(Failure::new(message).hint("export it again with its header row"));
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Head> {
        Head::read("a.csv", &Store::Memory(text.as_bytes().to_vec()), 0)
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
