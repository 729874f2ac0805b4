//! Files in, batches of records out: CSV and TSV of any encoding, workbooks, JSON and Arrow streams, read in parallel, exactly, with file and line.
//!
//! ```text
//! path or `-` ─store→ bytes ─encoding→ UTF-8 ─dialect→ delimiter, line end ─split→ batches ─batch→ records
//! ```
//! A sheet of a workbook, the objects of JSON and the batches of an Arrow stream become such a text first (`grid`), so that everything after it is the same.
//! This room knows containers, encodings and line numbers but no field: what a cell means is decided elsewhere.
//! One lock-holder cuts the file at record ends, which needs only the quotes; the `csv` crate then parses the
//! batches outside of the lock, so threads share the costly part and memory is bounded by threads × batch.
//! No file makes this room panic: what cannot be read is an error with a hint, what is wrong in one record is a
//! [`RecordFault`], and what is wrong in one cell is an [`InvalidText`].

use std::ffi::OsStr;
use std::path::PathBuf;

mod arrow;
mod arrow_column;
mod batch;
mod dialect;
mod digest;
mod encoding;
mod grid;
mod head;
mod header;
mod json;
mod record;
mod refuse;
mod scan;
mod source;
mod split;
mod store;
mod workbook;

pub use batch::{Batch, OwnedBatch, Span};
pub use dialect::LineEnd;
pub use digest::Digest;
pub use header::Header;
pub use record::{InvalidText, Record, RecordFault};
pub use source::{Container, Form, Layout, Source, TextForm};

/// Where a table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or anything that can be opened like one (a named pipe, `/dev/stdin`).
    Path(PathBuf),
    /// Standard input; read to its end before anything else, unless it is opened to be read once.
    Stdin,
}

impl Input {
    /// The input an argument of the command line names: `-` is standard input, anything else is a path.
    #[must_use]
    pub fn from_argument(argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        if argument == "-" { Self::Stdin } else { Self::Path(PathBuf::from(argument)) }
    }

    /// The path as it was given, or `<stdin>`.
    fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => String::from("<stdin>"),
        }
    }
}
