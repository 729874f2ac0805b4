//! An Arrow IPC stream in, one text of records out, a batch at a time, in the dialect that sheets and JSON become too.
//!
//! Numbers become what a CSV would hold, without losing a digit; dates are ISO, lists JSON, times UTC. What is null is an empty cell.

use std::io::{self, Read};

use anyhow::{Result, bail};
use polars_arrow::{
    datatypes::ArrowDataType,
    io::ipc::{
        format::ipc::{MessageHeaderRef, MessageRef, RecordBatchRef, planus::ReadAsRoot},
        read::{StreamMetadata, read_stream_metadata},
    },
};

use super::arrow_column::{self, Body, Column, DICTIONARY_LIMIT, Dictionaries};
use super::grid;
use crate::failure::Failure;

/// What every message begins with.
const CONTINUATION: [u8; 4] = [0xFF; 4];
/// The largest message: engines send some ten thousand rows in one.
const MESSAGE_LIMIT: u64 = 1 << 30;
/// Cells of one batch, and their text.
const CELL_LIMIT: usize = 1 << 28;
const TEXT_LIMIT: usize = 2 << 30;

/// Whether bytes begin like an Arrow stream.
pub(super) fn looks_like(head: &[u8]) -> bool {
    head.starts_with(&CONTINUATION)
}

/// A stream, and the text of the batch that is being read.
pub(super) struct ArrowText<R> {
    name: String,
    reader: R,
    metadata: StreamMetadata,
    dictionaries: Dictionaries,
    text: Vec<u8>,
    /// How much of the text was read.
    at: usize,
    /// Rows so far.
    rows: u64,
    ended: bool,
}

impl<R: Read> ArrowText<R> {
    /// Reads the schema; the text begins with the names of the columns.
    pub(super) fn open(name: &str, mut reader: R) -> Result<Self> {
        let metadata = read_stream_metadata(&mut reader).map_err(|error| broken(name, 0, &error.to_string()))?;
        if !metadata.ipc_schema.is_little_endian {
            bail!(Failure::new(format!("`{name}` is an Arrow stream in big-endian order")).hint("write it on a machine with the usual order of bytes"));
        }
        if metadata.schema.len() != metadata.ipc_schema.fields.len() {
            bail!(Failure::new(format!("two columns of `{name}` have one name")).hint("give each column a name of its own"));
        }
        for field in metadata.schema.iter_values() {
            if !arrow_column::is_read(&field.dtype) {
                let (column, kind) = (&field.name, kind_of(&field.dtype));
                bail!(Failure::new(format!("`{name}`: column `{column}` holds {kind}, which has no text of its own")).hint(format!(
                    "cast it to text before, or leave it out: `.withColumn(\"{column}\", to_json(\"{column}\"))` or `.drop(\"{column}\")` in Spark"
                )));
            }
        }
        let mut text = Vec::new();
        grid::write_row(metadata.schema.iter_values().map(|field| field.name.as_str()), &mut text);
        Ok(Self { name: name.to_owned(), reader, metadata, dictionaries: Dictionaries::default(), text, at: 0, rows: 0, ended: false })
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.metadata.schema.len()
    }

    /// Makes text of the next batch; false at the end.
    fn advance(&mut self) -> Result<bool> {
        self.text.clear();
        self.at = 0;
        while let Some((message, body)) = self.message()? {
            let (message, body) = message.split_at(message.len() - body);
            let broken = |what: &str| broken(&self.name, self.rows, what);
            let parsed = MessageRef::read_as_root(&message[PREFIX..]).and_then(|message| message.header());
            match parsed.map_err(|error| broken(&error.to_string()))? {
                Some(MessageHeaderRef::RecordBatch(batch)) => {
                    self.take(batch, body)?;
                    return Ok(true);
                }
                Some(MessageHeaderRef::DictionaryBatch(batch)) => {
                    let (Ok(id), Ok(Some(data)), Ok(is_delta)) = (batch.id(), batch.data(), batch.is_delta()) else {
                        return Err(broken("a dictionary without values"));
                    };
                    self.refuse_compressed(data)?;
                    let fields = self.metadata.schema.iter_values().zip(&self.metadata.ipc_schema.fields);
                    let added = Body::of(data, body).and_then(|body| self.dictionaries.add(id, fields, body, is_delta));
                    if !added.ok_or_else(|| broken("a dictionary is not of its type"))? {
                        let text = format!("the dictionaries of `{}` are larger than {} MiB", self.name, DICTIONARY_LIMIT >> 20);
                        bail!(Failure::new(text).hint("send the columns as text instead of categories"));
                    }
                }
                _ => return Err(broken("a message that is no batch")),
            }
        }
        Ok(false)
    }

    /// One message as it stands, and the length of its body; `None` at the end.
    fn message(&mut self) -> Result<Option<(Vec<u8>, usize)>> {
        let broken = |what: &str| broken(&self.name, self.rows, what);
        let mut read = |count: u64, message: &mut Vec<u8>| -> Result<bool> {
            let found = self.reader.by_ref().take(count).read_to_end(message)?;
            Ok(found as u64 == count)
        };
        let mut message = Vec::new();
        if !read(PREFIX as u64, &mut message)? {
            // A stream may end without a mark, between two messages.
            return if message.is_empty() { Ok(None) } else { Err(broken("it ends in the middle of a message")) };
        }
        let (mark, length) = message.split_at(CONTINUATION.len());
        let length = length.try_into().map_or(0, u32::from_le_bytes);
        match (mark == CONTINUATION, u64::from(length)) {
            (true, 0) => return Ok(None),
            (true, length) if length <= MESSAGE_LIMIT => {
                if !read(length, &mut message)? {
                    return Err(broken("it ends in the middle of a message"));
                }
            }
            _ => return Err(broken("a message does not begin as it should")),
        }
        let parsed = MessageRef::read_as_root(&message[PREFIX..]).and_then(|message| message.body_length());
        let body = parsed.map_err(|error| broken(&error.to_string()))?;
        let Some(body) = u64::try_from(body).ok().filter(|body| *body <= MESSAGE_LIMIT) else {
            return Err(broken(&format!("a batch of more than {} MiB", MESSAGE_LIMIT >> 20)));
        };
        if !read(body, &mut message)? {
            return Err(broken("it ends in the middle of a batch"));
        }
        Ok(Some((message, body as usize)))
    }

    fn refuse_compressed(&self, batch: RecordBatchRef<'_>) -> Result<()> {
        if !matches!(batch.compression(), Ok(None)) {
            bail!(Failure::new(format!("`{}` is compressed", self.name)).hint("send it without compression: `pyarrow.ipc.IpcWriteOptions(compression=None)`"));
        }
        Ok(())
    }

    /// Makes text of a batch.
    fn take(&mut self, batch: RecordBatchRef<'_>, body: &[u8]) -> Result<()> {
        self.refuse_compressed(batch)?;
        let (schema, dictionaries, text) = (&self.metadata, &self.dictionaries, &mut self.text);
        let mut write = || -> Option<usize> {
            let rows = usize::try_from(batch.length().ok()?).ok()?;
            let mut body = Body::of(batch, body)?;
            let fields = schema.schema.iter_values().zip(&schema.ipc_schema.fields);
            let columns: Vec<Column<'_>> = fields.map(|(field, ipc)| body.column(&field.dtype, ipc, dictionaries)).collect::<Option<_>>()?;
            if columns.iter().any(|column| column.rows() != rows) || rows.checked_mul(columns.len())? > CELL_LIMIT {
                return None;
            }
            let mut cells = vec![String::new(); columns.len()];
            for row in 0..rows {
                for (cell, column) in cells.iter_mut().zip(&columns) {
                    cell.clear();
                    column.write(row, cell)?;
                }
                grid::write_row(cells.iter().map(String::as_str), text);
                // Many cells may point to one long text.
                if text.len() > TEXT_LIMIT {
                    return None;
                }
            }
            Some(rows)
        };
        self.rows += write().ok_or_else(|| broken(&self.name, self.rows, "a column is not of its type, or its batch is too large"))? as u64;
        Ok(())
    }
}

/// Continuation and length.
const PREFIX: usize = 8;

fn broken(name: &str, rows: u64, what: &str) -> anyhow::Error {
    let place = if rows == 0 { String::new() } else { format!(" behind row {rows}") };
    Failure::new(format!("`{name}` is no sound Arrow stream{place}: {what}")).hint("write it with `pyarrow.ipc.new_stream`, without compression").into()
}

impl<R: Read> Read for ArrowText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.ended = !self.advance().map_err(|error| match error.downcast::<Failure>() {
                Ok(failure) => io::Error::other(failure),
                Err(error) => error.downcast::<io::Error>().unwrap_or_else(io::Error::other),
            })?;
        }
        let count = buffer.len().min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..][..count]);
        self.at += count;
        Ok(count)
    }
}

fn kind_of(dtype: &ArrowDataType) -> String {
    match dtype {
        ArrowDataType::Struct(_) => "structs".to_owned(),
        ArrowDataType::Map(..) => "maps".to_owned(),
        ArrowDataType::List(inner) | ArrowDataType::LargeList(inner) => format!("lists of {}", kind_of(&inner.dtype)),
        other => format!("{other:?} values"),
    }
}
