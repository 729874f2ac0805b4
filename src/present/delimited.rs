//! CSV and TSV: one line a candidate, safe to open in a spreadsheet.

use std::io::Write;

use anyhow::Result;

use super::{Medium, columns, report::Report};

/// Excel on Chinese Windows reads a file without it as GBK.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Writes all boards into one table; the `kind` column tells them apart. Files for people begin with a byte order mark, streams do not.
pub(super) fn write(report: &Report, medium: Medium, delimiter: u8, out: &mut dyn Write) -> Result<()> {
    if medium == Medium::File {
        out.write_all(BYTE_ORDER_MARK)?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(columns::headers(report).iter().map(|header| neutral(header)))?;
    for cells in columns::rows(report) {
        writer.write_record(cells.iter().map(|(cell, text)| if *text { neutral(cell) } else { cell.clone() }))?;
    }
    writer.flush()?;
    Ok(())
}

/// Text that a spreadsheet would run gets an apostrophe, which reading takes off again.
fn neutral(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) { format!("'{cell}") } else { cell.to_owned() }
}
