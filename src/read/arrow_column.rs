//! One column of an Arrow batch in, the text of its cells out.
//!
//! The bytes are looked at where they are, and never beyond their end: whatever they hold, the answer is a text or nothing. (The readers of the
//! libraries trust a stream more than a stranger's file deserves.)

use std::collections::HashMap;

use polars_arrow::{
    datatypes::{ArrowDataType as T, Field, IntegerType, TimeUnit},
    io::ipc::{IpcField, format::ipc::RecordBatchRef},
    temporal_conversions as time,
};

use super::grid;

/// The text of all dictionaries of one stream.
pub(super) const DICTIONARY_LIMIT: usize = 256 << 20;

/// Whether columns of a type have a text.
pub(super) fn is_read(dtype: &T) -> bool {
    match dtype {
        T::Null | T::Utf8 | T::LargeUtf8 | T::Utf8View => true,
        T::List(inner) | T::LargeList(inner) => is_read(&inner.dtype),
        T::Dictionary(key, values, _) => integer(*key).is_some() && !matches!(**values, T::Dictionary(..)) && is_read(values),
        T::Decimal(_, scale) if *scale > 38 => false,
        dtype => Fixed::new(dtype, &[]).is_some(),
    }
}

/// The buffers of a batch, taken one by one in the order of the schema.
pub(super) struct Body<'a> {
    buffers: std::vec::IntoIter<&'a [u8]>,
    rows: std::vec::IntoIter<usize>,
    views: std::vec::IntoIter<usize>,
}

impl<'a> Body<'a> {
    /// The buffers that a batch says are in its body; nothing where one is not.
    pub(super) fn of(batch: RecordBatchRef<'_>, body: &'a [u8]) -> Option<Self> {
        let place = |offset: i64, length: i64| body.get(usize::try_from(offset).ok()?..)?.get(..usize::try_from(length).ok()?);
        let buffers = batch.buffers().ok()?.map_or_else(|| Some(Vec::new()), |all| all.iter().map(|one| place(one.offset(), one.length())).collect())?;
        let rows = batch.nodes().ok()?.map_or_else(|| Some(Vec::new()), |all| all.iter().map(|one| usize::try_from(one.length()).ok()).collect())?;
        let views = batch.variadic_buffer_counts().ok()?;
        let views = views.map_or_else(|| Some(Vec::new()), |all| all.iter().map(|count| usize::try_from(count).ok()).collect())?;
        Some(Self { buffers: buffers.into_iter(), rows: rows.into_iter(), views: views.into_iter() })
    }

    /// The next column.
    pub(super) fn column(&mut self, dtype: &T, ipc: &IpcField, dictionaries: &'a Dictionaries) -> Option<Column<'a>> {
        let rows = self.rows.next()?;
        if *dtype == T::Null {
            return Some(Column { rows, valid: &[], cells: Cells::Null });
        }
        let valid = self.buffers.next()?;
        let cells = match dtype {
            T::Utf8 | T::LargeUtf8 => Cells::Text { offsets: self.offsets(*dtype == T::LargeUtf8)?, text: self.buffers.next()? },
            T::Utf8View => {
                let views = self.buffers.next()?;
                let count = self.views.next()?;
                Cells::Views { views, texts: (0..count).map(|_| self.buffers.next()).collect::<Option<_>>()? }
            }
            T::List(inner) | T::LargeList(inner) => {
                let offsets = self.offsets(matches!(dtype, T::LargeList(_)))?;
                let quoted = matches!(inner.dtype, T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Dictionary(..) | T::Date32 | T::Timestamp(..));
                Cells::List { offsets, quoted, items: Box::new(self.column(&inner.dtype, ipc.fields.first()?, dictionaries)?) }
            }
            T::Dictionary(key, _, _) => {
                let keys = integer(*key)?;
                Cells::Dictionary { keys: Fixed::new(&keys, self.buffers.next()?)?, values: dictionaries.texts.get(&ipc.dictionary_id?) }
            }
            _ => Cells::Fixed(Fixed::new(dtype, self.buffers.next()?)?),
        };
        Some(Column { rows, valid, cells })
    }

    fn offsets(&mut self, wide: bool) -> Option<Offsets<'a>> {
        Some(Offsets { bytes: self.buffers.next()?, wide })
    }
}

/// The integer type of a dictionary's keys.
fn integer(key: IntegerType) -> Option<T> {
    Some(match key {
        IntegerType::Int8 => T::Int8,
        IntegerType::Int16 => T::Int16,
        IntegerType::Int32 => T::Int32,
        IntegerType::Int64 => T::Int64,
        IntegerType::UInt8 => T::UInt8,
        IntegerType::UInt16 => T::UInt16,
        IntegerType::UInt32 => T::UInt32,
        IntegerType::UInt64 => T::UInt64,
        _ => return None,
    })
}

/// The values of all dictionaries so far.
#[derive(Default)]
pub(super) struct Dictionaries {
    texts: HashMap<i64, Vec<String>>,
}

impl Dictionaries {
    /// Takes in the values of one dictionary, in the place of those before or behind them. True where all of them have room; nothing where no column
    /// has the dictionary.
    pub(super) fn add<'f>(&mut self, id: i64, fields: impl Iterator<Item = (&'f Field, &'f IpcField)>, body: Body<'_>, is_delta: bool) -> Option<bool> {
        let (values, ipc) = fields.map(|(field, ipc)| (&field.dtype, ipc)).find_map(|(dtype, ipc)| values_of(id, dtype, ipc))?;
        // Values are no dictionary themselves.
        let empty = Self::default();
        let mut body: Body<'_> = body;
        let column = body.column(values, ipc, &empty)?;
        let mut texts = if is_delta { self.texts.remove(&id).unwrap_or_default() } else { Vec::new() };
        let size = |text: &String| text.len() + size_of::<String>();
        let mut all: usize = self.texts.values().flatten().chain(&texts).map(size).sum();
        for row in 0..column.rows.min(column.most()) {
            let mut text = String::new();
            column.write(row, &mut text)?;
            all += size(&text);
            if all > DICTIONARY_LIMIT {
                return Some(false);
            }
            texts.push(text);
        }
        self.texts.insert(id, texts);
        Some(true)
    }
}

/// The type of a dictionary's values, in a column or in the items of its lists.
fn values_of<'f>(id: i64, dtype: &'f T, ipc: &'f IpcField) -> Option<(&'f T, &'f IpcField)> {
    static PLAIN: IpcField = IpcField { fields: Vec::new(), dictionary_id: None };
    match dtype {
        T::Dictionary(_, values, _) if ipc.dictionary_id == Some(id) => Some((values.as_ref(), ipc.fields.first().unwrap_or(&PLAIN))),
        T::List(inner) | T::LargeList(inner) => values_of(id, &inner.dtype, ipc.fields.first()?),
        _ => None,
    }
}

/// One column.
pub(super) struct Column<'a> {
    rows: usize,
    /// A bit a row; none where all are valid.
    valid: &'a [u8],
    cells: Cells<'a>,
}

enum Cells<'a> {
    Null,
    Fixed(Fixed<'a>),
    Text { offsets: Offsets<'a>, text: &'a [u8] },
    Views { views: &'a [u8], texts: Vec<&'a [u8]> },
    List { offsets: Offsets<'a>, quoted: bool, items: Box<Column<'a>> },
    Dictionary { keys: Fixed<'a>, values: Option<&'a Vec<String>> },
}

impl Column<'_> {
    /// How many rows it says that it has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many rows its bytes can have; a column of nulls has no bytes.
    fn most(&self) -> usize {
        match &self.cells {
            Cells::Null => 0,
            Cells::Fixed(cells) | Cells::Dictionary { keys: cells, .. } => cells.bytes.len() * 8,
            Cells::Text { offsets, .. } | Cells::List { offsets, .. } => offsets.bytes.len() / 4,
            Cells::Views { views, .. } => views.len() / 16,
        }
    }

    /// Writes the cell of a row; nothing where it is null. `None` where the bytes hold no cell.
    pub(super) fn write(&self, row: usize, cell: &mut String) -> Option<()> {
        if !self.valid.is_empty() && !bit(self.valid, row)? {
            return Some(());
        }
        match &self.cells {
            Cells::Null => {}
            Cells::Fixed(cells) => cell.push_str(&cells.of(row)?),
            Cells::Text { offsets, text } => {
                let (start, end) = offsets.of(row)?;
                cell.push_str(std::str::from_utf8(text.get(start..end)?).ok()?);
            }
            Cells::Views { views, texts } => cell.push_str(view(views, texts, row)?),
            Cells::List { offsets, quoted, items } => {
                let (start, end) = offsets.of(row)?;
                items.write_list(start..end, *quoted, cell)?;
            }
            Cells::Dictionary { keys, values } => cell.push_str(values.as_ref()?.get(keys.of(row)?.parse::<usize>().ok()?)?),
        }
        Some(())
    }

    /// Writes some rows as JSON: texts in quotes, numbers without; null ones are left out.
    fn write_list(&self, rows: std::ops::Range<usize>, quoted: bool, cell: &mut String) -> Option<()> {
        let mut item = String::new();
        for row in rows {
            item.clear();
            self.write(row, &mut item)?;
            if !item.is_empty() {
                cell.push(if cell.is_empty() { '[' } else { ',' });
                cell.push_str(&if quoted { serde_json::Value::from(item.as_str()).to_string() } else { std::mem::take(&mut item) });
            }
        }
        if !cell.is_empty() {
            cell.push(']');
        }
        Some(())
    }
}

fn bit(bits: &[u8], row: usize) -> Option<bool> {
    bits.get(row / 8).map(|byte| byte >> (row % 8) & 1 == 1)
}

/// Where the cells of a column begin and end.
struct Offsets<'a> {
    bytes: &'a [u8],
    wide: bool,
}

impl Offsets<'_> {
    fn of(&self, row: usize) -> Option<(usize, usize)> {
        let at = |row: usize| {
            if self.wide {
                usize::try_from(i64::from_le_bytes(value(self.bytes, row)?)).ok()
            } else {
                usize::try_from(i32::from_le_bytes(value(self.bytes, row)?)).ok()
            }
        };
        let (start, end) = (at(row)?, at(row + 1)?);
        (start <= end).then_some((start, end))
    }
}

/// The bytes of a row in a buffer of values of one width.
fn value<const WIDTH: usize>(bytes: &[u8], row: usize) -> Option<[u8; WIDTH]> {
    bytes.get(row.checked_mul(WIDTH)?..)?.first_chunk().copied()
}

/// A text of up to 12 bytes stands in its view; a longer one where the view points to.
fn view<'a>(views: &'a [u8], texts: &[&'a [u8]], row: usize) -> Option<&'a str> {
    let start = row.checked_mul(16)?;
    let view = views.get(start..start + 16)?;
    let number = |at: usize| view.get(at..at + 4)?.try_into().ok().map(|bytes| u32::from_le_bytes(bytes) as usize);
    let length = number(0)?;
    let text = if length <= 12 { view.get(4..4 + length)? } else { texts.get(number(8)?)?.get(number(12)?..)?.get(..length)? };
    std::str::from_utf8(text).ok()
}

/// Values of one width.
struct Fixed<'a> {
    bytes: &'a [u8],
    text: FixedText,
    /// Digits behind the point of a decimal.
    scale: usize,
}

/// The text of a row's value: the bytes of all rows, the row, the digits behind the point.
type FixedText = fn(&[u8], usize, usize) -> Option<String>;

/// The text of a number as it displays itself.
macro_rules! number {
    ($type:ty) => {
        |bytes, row, _| Some(<$type>::from_le_bytes(value(bytes, row)?).to_string())
    };
}

/// The text of a time; none where it is beyond the calendar.
macro_rules! moment {
    ($convert:path) => {
        |bytes, row, _| Some($convert(i64::from_le_bytes(value(bytes, row)?)).map_or_else(String::new, |moment| moment.to_string()))
    };
}

impl<'a> Fixed<'a> {
    fn new(dtype: &T, bytes: &'a [u8]) -> Option<Self> {
        let text: FixedText = match dtype {
            T::Boolean => |bytes, row, _| Some(bit(bytes, row)?.to_string()),
            T::Int8 => number!(i8),
            T::Int16 => number!(i16),
            T::Int32 => number!(i32),
            T::Int64 => number!(i64),
            T::UInt8 => number!(u8),
            T::UInt16 => number!(u16),
            T::UInt32 => number!(u32),
            T::UInt64 => number!(u64),
            // The shortest text of the narrow number, not of the wide one.
            T::Float32 => |bytes, row, _| Some(float(f32::from_le_bytes(value(bytes, row)?).to_string().parse().unwrap_or(f64::NAN))),
            T::Float64 => |bytes, row, _| Some(float(f64::from_le_bytes(value(bytes, row)?))),
            T::Decimal(_, _) => |bytes, row, scale| Some(decimal(i128::from_le_bytes(value(bytes, row)?), scale)),
            T::Date32 => |bytes, row, _| Some(date(i32::from_le_bytes(value(bytes, row)?))),
            T::Timestamp(TimeUnit::Second, _) => moment!(time::timestamp_s_to_datetime_opt),
            T::Timestamp(TimeUnit::Millisecond, _) => moment!(time::timestamp_ms_to_datetime_opt),
            T::Timestamp(TimeUnit::Microsecond, _) => moment!(time::timestamp_us_to_datetime_opt),
            T::Timestamp(TimeUnit::Nanosecond, _) => moment!(time::timestamp_ns_to_datetime_opt),
            _ => return None,
        };
        let scale = if let T::Decimal(_, scale) = dtype { *scale } else { 0 };
        Some(Self { bytes, text, scale })
    }

    fn of(&self, row: usize) -> Option<String> {
        (self.text)(self.bytes, row, self.scale)
    }
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
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

fn date(days: i32) -> String {
    // What is added to a day beyond these millennia overflows.
    let date = Some(days).filter(|days| days.unsigned_abs() < 10_000_000).and_then(time::date32_to_date_opt);
    date.map_or_else(String::new, |date| date.to_string())
}
