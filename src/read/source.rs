//! An input in, an opened table out: its name, its headers, its container, and its records by batches.

use std::io::{Cursor, Read};

use anyhow::{Context, Result, bail};
use encoding_rs::UTF_8;

use super::batch::{Batch, OwnedBatch, Shape, Span};
use super::dialect::{Dialect, LineEnd};
use super::digest::Digest;
use super::encoding::{self, Written};
use super::grid;
use super::head::{Head, Known};
use super::header::{self, Header};
use super::split::{RECORD_LIMIT, Splitter};
use super::store::{Store, unreadable};
use super::{Input, arrow, arrow::ArrowText, json, refuse, scan, workbook};
use crate::failure::Failure;

/// How many bytes a batch aims at: large enough that nobody waits for the lock, small enough for the cache.
const BATCH_BYTES: usize = 1 << 20;
/// How much of a file tells its encoding, unless that is plain ASCII.
const SAMPLE: usize = 1 << 16;
/// The largest workbook: what a spreadsheet itself could still open.
const WORKBOOK_LIMIT: u64 = 512 << 20;
/// The largest Arrow stream that is held whole.
const ARROW_LIMIT: u64 = 2 << 30;

/// What a table came in: facts for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Text, workbook or JSON.
    pub form: Form,
    /// The size in bytes, as it lies on the disk.
    pub bytes: u64,
}

/// Kinds of container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Lines of delimited text.
    Text(TextForm),
    /// A sheet of a workbook.
    Workbook {
        /// `xlsx`, `xlsb`, `xls` or `ods`.
        format: &'static str,
        /// The sheet that was read.
        sheet: String,
    },
    /// Objects of JSON.
    Json {
        /// Whether it is JSON Lines, where a place is a line; else it is the number of the object.
        lines: bool,
    },
    /// An Arrow IPC stream, where a place is the number of the row.
    Arrow,
}

/// How delimited text is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextForm {
    /// The name of the encoding, as the web standards spell it (`UTF-8`, `gb18030`).
    pub encoding: &'static str,
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// Whether the encoding is only a guess.
    pub doubtful: bool,
    /// What stands between two cells.
    pub delimiter: char,
    /// How lines end.
    pub line_end: LineEnd,
}

impl Container {
    /// How it is written down, where it is text.
    #[must_use]
    pub fn text(&self) -> Option<&TextForm> {
        match &self.form {
            Form::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl std::fmt::Display for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.form {
            Form::Text(TextForm { encoding, bom, delimiter, line_end, .. }) => {
                let mark = if *bom { " with byte order mark" } else { "" };
                let delimiter = match delimiter {
                    '\t' => "tab".to_owned(),
                    other => format!("`{other}`"),
                };
                write!(f, "{encoding}{mark}, {delimiter}, {line_end}")
            }
            Form::Workbook { format, sheet } => write!(f, "{format}, sheet `{sheet}`"),
            Form::Json { lines: true } => f.write_str("JSON Lines"),
            Form::Json { lines: false } => f.write_str("JSON"),
            Form::Arrow => f.write_str("Arrow stream"),
        }
    }
}

/// What the user says of how files are to be read.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The sheet of workbooks, or the array of JSON, that holds the candidates.
    pub sheet: Option<String>,
    /// Rows of header: 1 or 2.
    pub header_rows: Option<u8>,
}

/// One opened table. Opening reads its head; the records are read by [`Source::scan`].
#[derive(Debug)]
pub struct Source {
    name: String,
    headers: Vec<Header>,
    container: Container,
    /// What a reader should know of how the table was read.
    notes: Vec<String>,
    doubts: Vec<String>,
    store: Store,
    shape: Shape,
    /// Where the records begin.
    body: Span,
    /// The digest of the raw bytes, where the store holds decoded text.
    digest: Option<Digest>,
    batch_bytes: usize,
}

impl Source {
    /// Opens an input and reads its header.
    ///
    /// # Errors
    /// It cannot be opened or read, is no table, is empty, or its header is not usable.
    pub fn open(input: &Input) -> Result<Self> {
        Self::open_as(input, &Layout::default())
    }

    /// Bytes of its text.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.store.size()
    }

    /// Opens an input as the user says.
    ///
    /// # Errors
    /// As [`Source::open`]; also a sheet that is not there.
    pub fn open_as(input: &Input, layout: &Layout) -> Result<Self> {
        let name = input.name();
        let store = Store::open(input, &name)?;
        Self::from_store(name, store, layout)
    }

    /// Opens an input whose records are read once, by [`Source::in_order`]: standard input, pipes and Arrow streams are not held. What must be held
    /// to be read at all is: text that is not UTF-8, workbooks, JSON. Of a pipe, the first MiB tells the encoding.
    ///
    /// # Errors
    /// As [`Source::open_as`].
    pub fn open_once(input: &Input, layout: &Layout) -> Result<Self> {
        let name = input.name();
        let store = Store::open_once(input, &name)?;
        let head = store.read(0, 8).map_err(|error| unreadable(&name, error))?;
        // What is in a file may be read at any offset; what is made of it comes once.
        let store = if arrow::looks_like(&head) { Store::stream(store.into_reader()?) } else { store };
        Self::from_store(name, store, layout)
    }

    /// The same for bytes that are in memory already.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self> {
        Self::from_store(name.into(), Store::Memory(bytes), &Layout::default())
    }

    fn from_store(name: String, store: Store, layout: &Layout) -> Result<Self> {
        if store.ends_by(0).map_err(|error| unreadable(&name, error))? {
            bail!(Failure::new(format!("`{name}` is empty")).hint("export it again with its header row"));
        }
        let size = store.size();
        let Content { store, start, digest, known, lossy, form, mut notes, doubts, columns } = content(&name, store, layout)?;
        let head = Head::read(&name, &store, start, known)?;
        notes.extend(head.notes);
        let mut labels = head.labels;
        let required = labels.iter().rposition(|label| !label.is_empty()).map_or(labels.len(), |last| last + 1);
        // A sheet says nothing of cells that are empty, so that its rows may be short.
        let required = if columns.is_some() { 0 } else { required };
        labels.resize(labels.len().max(columns.unwrap_or(0)), String::new());
        let Dialect { delimiter, line_end } = head.dialect;
        let shape = Shape { delimiter, terminator: line_end.terminator(), columns: labels.len(), required, lossy };
        let form = match form {
            Form::Text(text) => Form::Text(TextForm { delimiter: char::from(delimiter), line_end, ..text }),
            other => other,
        };
        let container = Container { form, bytes: size };
        let headers = header::name_all(labels);
        Ok(Self { name, headers, container, notes, doubts, store, shape, body: head.body, digest, batch_bytes: BATCH_BYTES })
    }

    /// The same source, read in batches of about this many bytes. Results must not depend on it.
    #[must_use]
    pub fn with_batch_bytes(mut self, bytes: usize) -> Self {
        self.batch_bytes = bytes.clamp(1, RECORD_LIMIT);
        self
    }

    /// The path as it was given, or `<stdin>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The headers, in file order; their number is the number of columns.
    #[must_use]
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// What a reader should know of how the table was read: titles, header rows, sheets.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What could be wrong with it: formulas without values, merged numbers, mended JSON.
    #[must_use]
    pub fn doubts(&self) -> &[String] {
        &self.doubts
    }

    /// What the table came in.
    #[must_use]
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Calls `work` with every batch on `threads` threads, and returns the results in file order with the digest of
    /// the raw bytes.
    ///
    /// # Errors
    /// The first one in file order: of `work`, or of a file that cannot be read or cut into records.
    pub fn scan<T: Send>(&self, threads: usize, work: impl Fn(&Batch<'_>) -> Result<T> + Sync) -> Result<(Vec<T>, Digest)> {
        let splitter = Splitter::new(&self.name, &self.store, self.shape, self.body, self.batch_bytes)?;
        let (results, digest) = scan::run((splitter, &self.store, self.shape), threads, &work)?;
        Ok((results, self.digest.unwrap_or(digest)))
    }

    /// Calls `work` with every batch on `threads` threads, and `take` with the results in file order, as soon as they are there: no more batches than
    /// threads are held.
    ///
    /// # Errors
    /// As [`Source::scan`]; also the first of `take`. What stands before it in the file has been taken.
    pub fn in_order<T>(&self, threads: usize, work: impl Fn(&Batch<'_>) -> Result<T> + Sync, take: impl FnMut(T) -> Result<()> + Send) -> Result<()> {
        let splitter = Splitter::new(&self.name, &self.store, self.shape, self.body, self.batch_bytes)?;
        scan::in_order((splitter, &self.store, self.shape), threads, &work, take)
    }

    /// Reads one batch of an earlier scan again; there is none of a source that was opened to be read once.
    ///
    /// # Errors
    /// The file cannot be read any more, or has become shorter.
    pub fn batch(&self, span: Span) -> Result<OwnedBatch> {
        let unreadable = || format!("`{}` cannot be read", self.name);
        let text = self.store.read(span.offset, span.len as usize).with_context(unreadable)?;
        if text.len() < span.len as usize {
            bail!(Failure::new(format!("`{}` was changed while it was read", self.name)).hint("run again"));
        }
        Ok(OwnedBatch { span, shape: self.shape, text })
    }
}

/// The text of a table, whatever it came in.
struct Content {
    store: Store,
    /// Where the text begins: behind a byte order mark.
    start: u64,
    /// The digest of the raw bytes, where the store holds something else.
    digest: Option<Digest>,
    known: Known,
    /// Whether decoding failed somewhere.
    lossy: bool,
    form: Form,
    notes: Vec<String>,
    doubts: Vec<String>,
    /// How many columns have a cell, where the text was made of cells.
    columns: Option<usize>,
}

fn content(name: &str, store: Store, layout: &Layout) -> Result<Content> {
    let failed = |error| unreadable(name, error);
    let head = store.read(0, SAMPLE).map_err(failed)?;
    if refuse::is_workbook(&head) {
        return of_workbook(name, &store.at_rest(name)?, layout);
    }
    if arrow::looks_like(&head) {
        return of_arrow(name, store);
    }
    refuse::foreign(name, &head)?;
    let written = if let Some(written) = encoding::marked(&head) {
        written
    } else {
        refuse::binary(name, &head)?;
        encoding::guess(&store).with_context(|| format!("`{name}` cannot be read"))?
    };
    let (store, start, lossy, digest) = decode(name, store, written)?;
    if json::looks_like(&store.read(start, SAMPLE).map_err(failed)?) {
        return of_json(name, &store.at_rest(name)?, start, digest, layout);
    }
    let text = TextForm { encoding: written.encoding.name(), bom: written.bom > 0, doubtful: written.doubtful, delimiter: ',', line_end: LineEnd::Lf };
    let known = Known { header_rows: layout.header_rows, ..Known::default() };
    Ok(Content { store, start, digest, known, lossy, form: Form::Text(text), notes: Vec::new(), doubts: Vec::new(), columns: None })
}

fn of_workbook(name: &str, store: &Store, layout: &Layout) -> Result<Content> {
    let bytes = store.read_whole(name, WORKBOOK_LIMIT)?;
    let digest = Some(Digest::of(&bytes));
    let sheet = workbook::read(name, bytes, layout.sheet.as_deref())?;
    let form = Form::Workbook { format: sheet.format, sheet: sheet.name };
    let known = Known { dialect: Some(grid::DIALECT), open_groups: !sheet.has_merged, header_rows: layout.header_rows, ..Known::default() };
    let (text, columns) = sheet.grid.into_text();
    Ok(Content { store: Store::Memory(text), start: 0, digest, known, lossy: false, form, notes: sheet.notes, doubts: sheet.doubts, columns: Some(columns) })
}

/// An Arrow stream that comes once is turned into text as it comes.
fn of_arrow(name: &str, store: Store) -> Result<Content> {
    let (digest, reader): (_, Box<dyn Read + Send>) = if store.is_stream() {
        (None, store.into_reader()?)
    } else {
        let bytes = store.read_whole(name, ARROW_LIMIT)?;
        (Some(Digest::of(&bytes)), Box::new(Cursor::new(bytes)))
    };
    let text = ArrowText::open(name, reader)?;
    let columns = Some(text.columns());
    let known = Known { dialect: Some(grid::DIALECT), first_line: 0, header_rows: Some(1), ..Known::default() };
    let store = if digest.is_some() { Store::stream(text).at_rest(name)? } else { Store::stream(text) };
    Ok(Content { store, start: 0, digest, known, lossy: false, form: Form::Arrow, notes: Vec::new(), doubts: Vec::new(), columns })
}

fn of_json(name: &str, store: &Store, start: u64, digest: Option<Digest>, layout: &Layout) -> Result<Content> {
    let bytes = store.read_whole(name, json::SIZE_LIMIT as u64)?;
    let objects = json::read(name, &bytes[start as usize..], layout.sheet.as_deref())?;
    // The row of names stands before the first object, which is number 1.
    let known = Known { dialect: Some(grid::DIALECT), first_line: 0, header_rows: Some(1), ..Known::default() };
    let (form, digest) = (Form::Json { lines: objects.lines }, Some(digest.unwrap_or_else(|| Digest::of(&bytes))));
    let (text, columns) = objects.grid.into_text();
    Ok(Content {
        store: Store::Memory(text),
        start: 0,
        digest,
        known,
        lossy: false,
        form,
        notes: objects.notes,
        doubts: objects.doubts,
        columns: Some(columns),
    })
}

/// The text as UTF-8: the store itself where it is, else its decoded content; with the offset behind the mark,
/// whether decoding failed somewhere, and the digest of what is no longer there.
fn decode(name: &str, store: Store, written: Written) -> Result<(Store, u64, bool, Option<Digest>)> {
    if written.encoding == UTF_8 {
        return Ok((store, written.bom as u64, false, None));
    }
    let decoded = encoding::decode(name, &store.at_rest(name)?, written)?;
    Ok((Store::Memory(decoded.text), 0, decoded.lossy, Some(decoded.digest)))
}
