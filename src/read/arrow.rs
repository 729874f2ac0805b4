//! An Arrow IPC stream in, one text of records out, a batch at a time, in the dialect that sheets and JSON become too.
//!
//! Numbers become what a CSV would hold, without losing a digit; dates are ISO, lists JSON, times UTC. What is null is an empty cell.

use std::fmt::Write as _;
use std::io::{self, Cursor, Read};

use anyhow::{Result, bail};
use polars_arrow::{
    array::{
        Array, BooleanArray, DictionaryArray, DictionaryKey, Int8Array, Int16Array, Int32Array, Int64Array, ListArray, PrimitiveArray, UInt8Array,
        UInt16Array, UInt32Array, UInt64Array, Utf8Array, Utf8ViewArray,
    },
    datatypes::{ArrowDataType, IntegerType, TimeUnit},
    io::ipc::{
        format::ipc::{MessageHeaderRef, MessageRef, RecordBatchRef, planus::ReadAsRoot},
        read::{StreamMetadata, StreamReader, StreamState, read_stream_metadata},
    },
    offset::Offset,
    record_batch::RecordBatchT,
    temporal_conversions as time,
};

use super::grid;
use crate::failure::Failure;

/// What every message begins with.
const CONTINUATION: [u8; 4] = [0xFF; 4];
/// The largest message: engines send some ten thousand rows in one.
const MESSAGE_LIMIT: u64 = 1 << 30;
/// All dictionaries of one stream.
const DICTIONARY_LIMIT: usize = 256 << 20;

/// Whether bytes begin like an Arrow stream.
pub(super) fn looks_like(head: &[u8]) -> bool {
    head.starts_with(&CONTINUATION)
}

/// A stream, and the text of the batch that is being read.
pub(super) struct ArrowText<R> {
    name: String,
    reader: R,
    metadata: StreamMetadata,
    /// The messages with dictionaries so far; every batch is read behind them.
    dictionaries: Vec<u8>,
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
            if !is_read(&field.dtype) {
                let (column, kind) = (&field.name, kind_of(&field.dtype));
                bail!(Failure::new(format!("`{name}`: column `{column}` holds {kind}, which has no text of its own")).hint(format!(
                    "cast it to text before, or leave it out: `.withColumn(\"{column}\", to_json(\"{column}\"))` or `.drop(\"{column}\")` in Spark"
                )));
            }
        }
        let mut text = Vec::new();
        grid::write_row(metadata.schema.iter_values().map(|field| field.name.as_str()), &mut text);
        Ok(Self { name: name.to_owned(), reader, metadata, dictionaries: Vec::new(), text, at: 0, rows: 0, ended: false })
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
            let broken = |what: String| broken(&self.name, self.rows, &what);
            let parsed = MessageRef::read_as_root(&message[PREFIX..message.len() - body]);
            let header = parsed.and_then(|message| message.header()).map_err(|error| broken(error.to_string()))?;
            match header {
                Some(MessageHeaderRef::RecordBatch(batch)) => {
                    self.check(Some(batch), body)?;
                    let all = if self.dictionaries.is_empty() { message } else { [self.dictionaries.as_slice(), &message].concat() };
                    let mut batches = StreamReader::new(Cursor::new(all), self.metadata.clone(), None);
                    match batches.next() {
                        Some(Ok(StreamState::Some(batch))) => self.take(&batch)?,
                        Some(Err(error)) => bail!(broken(error.to_string())),
                        _ => bail!(broken("a batch without rows".to_owned())),
                    }
                    return Ok(true);
                }
                Some(MessageHeaderRef::DictionaryBatch(batch)) => {
                    self.check(batch.data().map_err(|error| broken(error.to_string()))?, body)?;
                    if self.dictionaries.len() + message.len() > DICTIONARY_LIMIT {
                        let text = format!("the dictionaries of `{}` are larger than {} MiB", self.name, DICTIONARY_LIMIT >> 20);
                        bail!(Failure::new(text).hint("send the columns as text instead of categories"));
                    }
                    self.dictionaries.extend(message);
                }
                _ => bail!(broken("a message that is no batch".to_owned())),
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

    /// Refuses what the decoder trusts: buffers beyond the body, and compressed ones.
    fn check(&self, batch: Option<RecordBatchRef<'_>>, body: usize) -> Result<()> {
        let broken = |what: String| broken(&self.name, self.rows, &what);
        let Some(batch) = batch else { return Err(broken("an empty dictionary".to_owned())) };
        if !matches!(batch.compression(), Ok(None)) {
            bail!(
                Failure::new(format!("`{}` is compressed", self.name)).hint("send it without compression: `pyarrow.ipc.IpcWriteOptions(compression=None)`")
            );
        }
        let buffers = batch.buffers().map_err(|error| broken(error.to_string()))?;
        let fits = |offset: i64, length: i64| offset >= 0 && length >= 0 && offset.checked_add(length).is_some_and(|end| end as u64 <= body as u64);
        if buffers.is_some_and(|buffers| !buffers.iter().all(|buffer| fits(buffer.offset(), buffer.length()))) {
            return Err(broken("a buffer lies outside of its batch".to_owned()));
        }
        Ok(())
    }

    fn take(&mut self, batch: &RecordBatchT<Box<dyn Array>>) -> Result<()> {
        let fault = || broken(&self.name, self.rows, "a column is not of its type");
        let writers: Vec<CellWriter<'_>> = batch.arrays().iter().map(|array| writer(array.as_ref()).ok_or_else(fault)).collect::<Result<_>>()?;
        let mut cells = vec![String::new(); writers.len()];
        for row in 0..batch.len() {
            for (cell, write) in cells.iter_mut().zip(&writers) {
                cell.clear();
                write(row, cell);
            }
            grid::write_row(cells.iter().map(String::as_str), &mut self.text);
        }
        self.rows += batch.len() as u64;
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

/// Writes the cell of a row.
type CellWriter<'a> = Box<dyn Fn(usize, &mut String) + 'a>;

/// Whether columns of a type have a text.
fn is_read(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as T;
    match dtype {
        T::Null | T::Boolean | T::Float32 | T::Float64 | T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Date32 | T::Timestamp(_, _) => true,
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => true,
        T::Decimal(_, scale) => *scale <= 38,
        T::List(inner) | T::LargeList(inner) => is_read(&inner.dtype),
        T::Dictionary(_, values, _) => !matches!(**values, T::Dictionary(..)) && is_read(values),
        _ => false,
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

/// What writes the cells of a column; `None` where the column is not of the type that it says.
fn writer(array: &dyn Array) -> Option<CellWriter<'_>> {
    let value = value_writer(array)?;
    Some(match array.validity() {
        None => value,
        Some(valid) => Box::new(move |row, cell| {
            if valid.get_bit(row) {
                value(row, cell);
            }
        }),
    })
}

fn value_writer(array: &dyn Array) -> Option<CellWriter<'_>> {
    use ArrowDataType as T;
    Some(match array.dtype() {
        T::Null => Box::new(|_, _| {}),
        T::Boolean => plain(array, BooleanArray::value)?,
        T::Int8 => plain(array, |array: &Int8Array, row| array.value(row))?,
        T::Int16 => plain(array, |array: &Int16Array, row| array.value(row))?,
        T::Int32 => plain(array, |array: &Int32Array, row| array.value(row))?,
        T::Int64 => plain(array, |array: &Int64Array, row| array.value(row))?,
        T::UInt8 => plain(array, |array: &UInt8Array, row| array.value(row))?,
        T::UInt16 => plain(array, |array: &UInt16Array, row| array.value(row))?,
        T::UInt32 => plain(array, |array: &UInt32Array, row| array.value(row))?,
        T::UInt64 => plain(array, |array: &UInt64Array, row| array.value(row))?,
        // The shortest text of the narrow number, not of the wide one.
        T::Float32 => plain(array, |array: &PrimitiveArray<f32>, row| float(array.value(row).to_string().parse().unwrap_or(f64::NAN)))?,
        T::Float64 => plain(array, |array: &PrimitiveArray<f64>, row| float(array.value(row)))?,
        T::Decimal(_, scale) => {
            let scale = *scale;
            plain(array, move |array: &PrimitiveArray<i128>, row| decimal(array.value(row), scale))?
        }
        T::Utf8 => plain(array, |array: &Utf8Array<i32>, row| array.value(row))?,
        T::LargeUtf8 => plain(array, |array: &Utf8Array<i64>, row| array.value(row))?,
        T::Utf8View => plain(array, |array: &Utf8ViewArray, row| array.value(row))?,
        T::Date32 => plain(array, |array: &PrimitiveArray<i32>, row| date(array.value(row)))?,
        T::Timestamp(unit, _) => {
            let unit = *unit;
            plain(array, move |array: &PrimitiveArray<i64>, row| moment(array.value(row), unit))?
        }
        T::List(_) => list::<i32>(array)?,
        T::LargeList(_) => list::<i64>(array)?,
        T::Dictionary(key, _, _) => match key {
            IntegerType::Int8 => dictionary::<i8>(array)?,
            IntegerType::Int16 => dictionary::<i16>(array)?,
            IntegerType::Int32 => dictionary::<i32>(array)?,
            IntegerType::Int64 => dictionary::<i64>(array)?,
            IntegerType::UInt8 => dictionary::<u8>(array)?,
            IntegerType::UInt16 => dictionary::<u16>(array)?,
            IntegerType::UInt32 => dictionary::<u32>(array)?,
            IntegerType::UInt64 => dictionary::<u64>(array)?,
            _ => return None,
        },
        _ => return None,
    })
}

/// Writes what `value` gives of a row as it displays itself.
fn plain<'a, A: Array, V: std::fmt::Display + 'a>(array: &'a dyn Array, value: impl Fn(&'a A, usize) -> V + 'a) -> Option<CellWriter<'a>> {
    let array = array.as_any().downcast_ref::<A>()?;
    Some(Box::new(move |row, cell| {
        // Writing to a text cannot fail.
        let _ = write!(cell, "{}", value(array, row));
    }))
}

fn float(value: f64) -> String {
    if value.is_nan() { String::new() } else { grid::shortest(value) }
}

/// A decimal with all its digits, without zeros at the end.
fn decimal(value: i128, scale: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

fn date(days: i32) -> String {
    // What is added to a day beyond these millennia overflows.
    shown(time::date32_to_date_opt(days.clamp(-10_000_000, 10_000_000)).filter(|_| days.abs_diff(0) <= 10_000_000))
}

fn moment(value: i64, unit: TimeUnit) -> String {
    shown(match unit {
        TimeUnit::Second => time::timestamp_s_to_datetime_opt(value),
        TimeUnit::Millisecond => time::timestamp_ms_to_datetime_opt(value),
        TimeUnit::Microsecond => time::timestamp_us_to_datetime_opt(value),
        TimeUnit::Nanosecond => time::timestamp_ns_to_datetime_opt(value),
    })
}

fn shown(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A list as JSON: texts in quotes, numbers without.
fn list<O: Offset>(array: &dyn Array) -> Option<CellWriter<'_>> {
    let array = array.as_any().downcast_ref::<ListArray<O>>()?;
    let values = array.values().as_ref();
    let is_text = matches!(
        values.dtype(),
        ArrowDataType::Utf8 | ArrowDataType::LargeUtf8 | ArrowDataType::Utf8View | ArrowDataType::Date32 | ArrowDataType::Timestamp(..)
    );
    let item = writer(values)?;
    Some(Box::new(move |row, cell| {
        let (start, end) = array.offsets().start_end(row);
        let mut items = Vec::with_capacity(end - start);
        for at in start..end {
            let mut text = String::new();
            item(at, &mut text);
            if !text.is_empty() {
                items.push(if is_text { serde_json::Value::from(text).to_string() } else { text });
            }
        }
        if !items.is_empty() {
            let _ = write!(cell, "[{}]", items.join(","));
        }
    }))
}

fn dictionary<K: DictionaryKey>(array: &dyn Array) -> Option<CellWriter<'_>> {
    let array = array.as_any().downcast_ref::<DictionaryArray<K>>()?;
    let value = writer(array.values().as_ref())?;
    Some(Box::new(move |row, cell| value(array.key_value(row), cell)))
}
