//! An input in, an opened table out: its name, its headers, its container, and its records by batches.

use anyhow::{Context, Result, bail};
use encoding_rs::UTF_8;

use super::batch::{Batch, OwnedBatch, Shape, Span};
use super::dialect::{Dialect, LineEnd};
use super::digest::Digest;
use super::encoding::{self, Written};
use super::head::Head;
use super::header::{self, Header};
use super::split::{RECORD_LIMIT, Splitter};
use super::store::Store;
use super::{Input, refuse, scan};
use crate::failure::Failure;

/// How many bytes a batch aims at: large enough that nobody waits for the lock, small enough for the cache.
const BATCH_BYTES: usize = 1 << 20;
/// How much of a file tells its encoding, unless that is plain ASCII.
const SAMPLE: usize = 1 << 16;

/// What a table came in: facts for reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
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
    /// The size in bytes, as it lies on the disk.
    pub bytes: u64,
}

impl std::fmt::Display for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.bom { " with byte order mark" } else { "" };
        let delimiter = match self.delimiter {
            '\t' => "tab".to_owned(),
            other => format!("`{other}`"),
        };
        let line_end = match self.line_end {
            LineEnd::Lf => "LF",
            LineEnd::CrLf => "CRLF",
            LineEnd::Cr => "CR",
        };
        write!(f, "{}{mark}, {delimiter}, {line_end}", self.encoding)
    }
}

/// One opened table. Opening reads its head; the records are read by [`Source::scan`].
#[derive(Debug)]
pub struct Source {
    name: String,
    headers: Vec<Header>,
    container: Container,
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
    /// It cannot be opened or read, is no table of text, is empty, or its header is not usable.
    pub fn open(input: &Input) -> Result<Self> {
        let name = match input {
            Input::Path(path) => path.display().to_string(),
            Input::Stdin => String::from("<stdin>"),
        };
        let store = Store::open(input, &name)?;
        Self::from_store(name, store)
    }

    /// The same for bytes that are in memory already.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self> {
        Self::from_store(name.into(), Store::Memory(bytes))
    }

    fn from_store(name: String, store: Store) -> Result<Self> {
        let bytes = store.size();
        if bytes == 0 {
            bail!(Failure::new(format!("`{name}` is empty")).hint("export it again with its header row"));
        }
        let written = recognise(&name, &store)?;
        let (store, start, lossy, digest) = decode(&name, store, written)?;
        let head = Head::read(&name, &store, start)?;
        let columns = head.labels.len();
        let required = head.labels.iter().rposition(|label| !label.is_empty()).map_or(columns, |last| last + 1);
        let Dialect { delimiter, line_end } = head.dialect;
        let shape = Shape { delimiter, terminator: line_end.terminator(), columns, required, lossy };
        let container = Container {
            encoding: written.encoding.name(),
            bom: written.bom > 0,
            doubtful: written.doubtful,
            delimiter: char::from(delimiter),
            line_end,
            bytes,
        };
        let headers = header::name_all(head.labels);
        Ok(Self { name, headers, container, store, shape, body: head.body, digest, batch_bytes: BATCH_BYTES })
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

    /// Reads one batch of an earlier scan again.
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

/// Tells the encoding, and refuses what is no text.
fn recognise(name: &str, store: &Store) -> Result<Written> {
    let unreadable = || format!("`{name}` cannot be read");
    let head = store.read(0, SAMPLE).with_context(unreadable)?;
    refuse::foreign(name, &head)?;
    if let Some(written) = encoding::marked(&head) {
        return Ok(written);
    }
    refuse::binary(name, &head)?;
    encoding::guess(store).with_context(unreadable)
}

/// The text as UTF-8: the store itself where it is, else its decoded content; with the offset behind the mark,
/// whether decoding failed somewhere, and the digest of what is no longer there.
fn decode(name: &str, store: Store, written: Written) -> Result<(Store, u64, bool, Option<Digest>)> {
    if written.encoding == UTF_8 {
        return Ok((store, written.bom as u64, false, None));
    }
    let decoded = encoding::decode(name, &store, written)?;
    Ok((Store::Memory(decoded.text), 0, decoded.lossy, Some(decoded.digest)))
}
