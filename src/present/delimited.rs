//! CSV and TSV: one line a candidate, safe to open in a spreadsheet.

use std::io::Write;

use anyhow::Result;

use super::{
    Medium,
    columns::{self, Value},
    plan::Section,
    report::Report,
    scored::{Layout, ScoredRow},
};

/// Excel on Chinese Windows reads a file without it as GBK.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes all boards into one table; the `kind` column tells them apart. Files for people begin with a byte order mark, streams do not.
pub(super) fn write(report: &Report, medium: Medium, delimiter: u8, out: &mut dyn Write) -> Result<()> {
    let names = columns::columns(report).iter().map(|column| neutral(&column.name)).collect();
    write_rows(names, columns::rows(report).map(|(_, values)| values.iter().map(cell).collect()), medium, delimiter, out)
}

/// Writes one table of a plan.
pub(super) fn write_section(section: &Section<'_>, medium: Medium, delimiter: u8, out: &mut dyn Write) -> Result<()> {
    let names = section.columns.iter().map(|column| column.name.to_owned()).collect();
    write_rows(names, section.rows.iter().map(|values| values.iter().map(cell).collect()), medium, delimiter, out)
}

fn write_rows(names: Vec<String>, rows: impl Iterator<Item = Vec<String>>, medium: Medium, delimiter: u8, out: &mut dyn Write) -> Result<()> {
    if medium == Medium::File {
        out.write_all(BYTE_ORDER_MARK)?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(names)?;
    rows.into_iter().try_for_each(|row| writer.write_record(row))?;
    Ok(writer.flush()?)
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
