//! CSV and TSV: one line a candidate, safe to open in a spreadsheet.

use std::io::Write;

use anyhow::Result;

use super::{
    Medium,
    columns::{self, Value},
    report::Report,
    scored::{Layout, ScoredRow},
};

/// Excel on Chinese Windows reads a file without it as GBK.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes all boards into one table; the `kind` column tells them apart. Files for people begin with a byte order mark, streams do not.
pub(super) fn write(report: &Report, medium: Medium, delimiter: u8, out: &mut dyn Write) -> Result<()> {
    if medium == Medium::File {
        out.write_all(BYTE_ORDER_MARK)?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(columns::columns(report).iter().map(|column| neutral(&column.name)))?;
    for (_, values) in columns::rows(report) {
        writer.write_record(values.iter().map(cell))?;
    }
    writer.flush()?;
    Ok(())
}

/// Writes candidates that were scored one by one, and before the first of them the names of the columns.
pub(super) fn write_scored(rows: Option<&[ScoredRow]>, layout: &Layout, delimiter: u8, out: &mut Vec<u8>) -> Result<()> {
    if rows.is_none() && layout.medium == Medium::File {
        out.extend_from_slice(BYTE_ORDER_MARK);
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    match rows {
        None => writer.write_record(columns::columns_of_scored(layout).iter().map(|column| neutral(&column.name)))?,
        Some(rows) => {
            for row in rows {
                writer.write_record(columns::cells_of_scored(row, layout).iter().map(cell))?;
            }
        }
    }
    Ok(writer.flush()?)
}

/// Scores and shares have 4 decimals; what is unknown is empty.
fn cell(value: &Value<'_>) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => neutral(text),
        Value::Rank(rank) => rank.to_string(),
        Value::Score(value) | Value::Share(value) => format!("{value:.4}"),
        Value::Count(value) | Value::Money(value) => columns::plain(*value),
    }
}

/// Text that a spreadsheet would run gets an apostrophe, which reading takes off again.
#[must_use]
pub fn neutral(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{cell}") } else { cell.to_owned() }
}
