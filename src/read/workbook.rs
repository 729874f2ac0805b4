//! The bytes of a workbook (xlsx, xlsb, xls, ods) in, one sheet's cells as text out.
//!
//! No formula is run: what the program that saved the file computed is what counts. Numbers are written as shortly as they can be without
//! changing them, per cent and currency as the sheet shows them, dates as `2026-08-10`; a number of more than 15 digits has lost some of
//! them in the sheet, and is written as `6.97E+18` for everybody to see.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use anyhow::{Result, bail};
use calamine::{Data, DataRef, Ods, Reader, SheetVisible, Style, Xls, Xlsb, Xlsx, XlsxError, open_workbook_from_rs};
use zip::ZipArchive;

use super::grid::{Grid, Merged, shortest};
use crate::failure::{Failure, did_you_mean};

/// How large the parts of a workbook may become when they are unpacked.
const UNPACKED_LIMIT: u64 = 2 << 30;

/// One sheet, and what a reader should know of how it was read.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) grid: Grid,
    /// `xlsx`, `xlsb`, `xls` or `ods`.
    pub(super) format: &'static str,
    pub(super) name: String,
    pub(super) notes: Vec<String>,
    pub(super) doubts: Vec<String>,
    /// Whether cells are merged, so that an empty header cell is not taken for a part of the group before it.
    pub(super) has_merged: bool,
}

/// Reads the sheet that is asked for, else the only one that holds a table.
pub(super) fn read(file: &str, bytes: Vec<u8>, wanted: Option<&str>) -> Result<Sheet> {
    let format = format(file, &bytes)?;
    let bytes = Cursor::new(bytes);
    match format {
        "xlsx" => choose(file, XlsxBook { book: open_workbook_from_rs(bytes).map_err(|error| unreadable(file, &error))? }, wanted),
        "xlsb" => choose(file, OtherBook { format, book: open_workbook_from_rs::<Xlsb<_>, _>(bytes).map_err(|error| broken(file, &error))? }, wanted),
        "ods" => choose(file, OtherBook { format, book: open_workbook_from_rs::<Ods<_>, _>(bytes).map_err(|error| broken(file, &error))? }, wanted),
        // A password wraps an xlsx in the container of an xls.
        _ if matches!(open_workbook_from_rs::<Xlsx<_>, _>(bytes.clone()), Err(XlsxError::Password)) => Err(unreadable(file, &XlsxError::Password)),
        _ => choose(file, OtherBook { format, book: open_workbook_from_rs::<Xls<_>, _>(bytes).map_err(|error| broken(file, &error))? }, wanted),
    }
}

/// Tells the format, and refuses archives that are no workbook, hold macros, or unpack to more than a workbook should.
fn format(file: &str, bytes: &[u8]) -> Result<&'static str> {
    if !bytes.starts_with(b"PK") {
        return Ok("xls");
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(file, &error))?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.to_ascii_lowercase())).collect();
    let format = if names.iter().any(|name| name == "xl/workbook.bin") {
        "xlsb"
    } else if names.iter().any(|name| name.starts_with("xl/")) {
        "xlsx"
    } else if names.iter().any(|name| name == "content.xml") {
        "ods"
    } else {
        bail!(Failure::new(format!("`{file}` is a zip archive, not a workbook")).hint("unpack it first, and name the files in it"));
    };
    if names.iter().any(|name| name.ends_with("vbaproject.bin")) {
        bail!(Failure::new(format!("`{file}` holds macros")).hint("save it as `.xlsx` without macros"));
    }
    // What an archive says of its sizes may be a lie, so that its parts are unpacked once, to nowhere, before anything is kept.
    let mut left = UNPACKED_LIMIT;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| broken(file, &error))?;
        let name = part.name().map_err(|error| broken(file, &error))?.to_ascii_lowercase();
        if !matches!(name.rsplit('.').next(), Some("xml" | "bin" | "rels")) {
            continue;
        }
        let too_large = part.size() > left || {
            let unpacked = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink()).map_err(|error| broken(file, &error))?;
            left = left.saturating_sub(unpacked);
            left == 0
        };
        if too_large {
            let message = format!("`{file}` unpacks to more than {} GiB", UNPACKED_LIMIT >> 30);
            bail!(Failure::new(message).hint("save the sheet as `CSV UTF-8`, which may be larger"));
        }
    }
    Ok(format)
}

/// What all workbooks can be asked for.
trait Book {
    fn format(&self) -> &'static str;
    /// Visible sheets of cells.
    fn sheets(&self) -> Vec<String>;
    fn grid(&mut self, file: &str, sheet: &str) -> Result<(Grid, Vec<String>)>;
    fn merged(&mut self, sheet: &str) -> Vec<Merged>;
}

fn choose(file: &str, mut book: impl Book, wanted: Option<&str>) -> Result<Sheet> {
    let sheets = book.sheets();
    let mut read = Vec::new();
    for sheet in &sheets {
        if wanted.is_none_or(|wanted| wanted == sheet) {
            read.push((sheet, book.grid(file, sheet)?));
        }
    }
    let names = || sheets.iter().map(|sheet| format!("`{sheet}`")).collect::<Vec<_>>().join(", ");
    if let (Some(wanted), true) = (wanted, read.is_empty()) {
        let failure = Failure::new(format!("`{file}` has no sheet `{wanted}`"));
        bail!(match did_you_mean(wanted, sheets.iter().map(String::as_str)) {
            Some(close) => failure.hint(format!("did you mean `--sheet {close}`? The sheets are {}", names())),
            None => failure.hint(format!("the sheets are {}", names())),
        });
    }
    if wanted.is_none() {
        read.retain(|(_, (grid, _))| !grid.is_empty());
        if read.iter().any(|(_, (grid, _))| grid.is_table()) {
            read.retain(|(_, (grid, _))| grid.is_table());
        }
    }
    if read.len() > 1 {
        let flags: Vec<String> = read.iter().map(|(sheet, _)| format!("`--sheet {sheet:?}`")).collect();
        bail!(Failure::new(format!("`{file}` has {} sheets with tables: which one is meant?", read.len())).hint(format!("choose with {}", flags.join(" or "))));
    }
    let Some((name, (mut grid, mut doubts))) = read.pop().filter(|(_, (grid, _))| !grid.is_empty()) else {
        bail!(Failure::new(format!("`{file}` has no cells in any visible sheet")).hint("show the sheet that holds the table, or export it again"));
    };
    let name = name.clone();
    let merged = book.merged(&name);
    if !merged.is_empty() {
        grid.spread(&merged)?;
        doubts.push(format!("{} merged areas: their text counts for every row that they span, a number over several rows for none", merged.len()));
    }
    let notes = if sheets.len() > 1 { vec![format!("sheet `{name}` of {}", names())] } else { Vec::new() };
    Ok(Sheet { grid, format: book.format(), name, notes, doubts, has_merged: !merged.is_empty() })
}

/// Office Open XML, read cell by cell with its number formats.
struct XlsxBook {
    book: Xlsx<Cursor<Vec<u8>>>,
}

impl Book for XlsxBook {
    fn format(&self) -> &'static str {
        "xlsx"
    }

    fn sheets(&self) -> Vec<String> {
        visible(self.book.sheets_metadata())
    }

    fn grid(&mut self, file: &str, sheet: &str) -> Result<(Grid, Vec<String>)> {
        let mut grid = Grid::new(file);
        let mut cells = match self.book.worksheet_cells_reader(sheet) {
            Ok(cells) => cells,
            // A chart or a dialog has no cells.
            Err(XlsxError::NotAWorksheet(_)) => return Ok((grid, Vec::new())),
            Err(error) => return Err(unreadable(file, &error)),
        };
        let dress: Vec<Dress> = cells.styles().iter().map(Dress::of).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|error| unreadable(file, &error))? {
            let dress = dress.get(style).copied().unwrap_or_default();
            match cell.get_value() {
                DataRef::SharedString(text) => grid.put(cell.get_position(), text, false)?,
                DataRef::String(text) => grid.put(cell.get_position(), text, false)?,
                DataRef::Int(number) => grid.put(cell.get_position(), &dress.number(*number as f64), true)?,
                DataRef::Float(number) => grid.put(cell.get_position(), &dress.number(*number), true)?,
                other => grid.put(cell.get_position(), &plain(&Data::from(other.clone())), false)?,
            }
        }
        drop(cells);
        grid.sort();
        let notes = self.formulas_without_value(file, sheet, &grid)?.into_iter().collect();
        Ok((grid, notes))
    }

    fn merged(&mut self, sheet: &str) -> Vec<Merged> {
        let areas = self.book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
        areas.iter().filter(|area| area.start != area.end).map(|area| Merged { from: area.start, to: area.end }).collect()
    }
}

impl XlsxBook {
    /// A script that writes formulas does not compute them, so that their cells look empty.
    fn formulas_without_value(&mut self, file: &str, sheet: &str, grid: &Grid) -> Result<Option<String>> {
        let mut cells = self.book.worksheet_cells_reader(sheet).map_err(|error| unreadable(file, &error))?;
        let mut empty = BTreeSet::new();
        while let Some(cell) = cells.next_formula().map_err(|error| unreadable(file, &error))? {
            if !cell.get_value().is_empty() && !grid.has(cell.get_position()) {
                empty.insert(cell.get_position());
            }
        }
        let Some((row, column)) = empty.first() else { return Ok(None) };
        let (count, place) = (empty.len(), format!("{}{}", letters(*column), row + 1));
        Ok(Some(format!(
            "{count} cells hold formulas that nobody has computed (the first is {place}), so they are empty: open the file in a spreadsheet and save it"
        )))
    }
}

/// How a cell's number is shown.
#[derive(Debug, Clone, Copy, Default)]
struct Dress {
    percent: bool,
    currency: &'static str,
}

impl Dress {
    fn of(style: &Style) -> Self {
        let code = style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
        let signs = [("¥", "¥"), ("￥", "¥"), ("€", "€"), ("£", "£"), ("[$$", "$"), ("\"$\"", "$"), ("\\$", "$"), ("[$USD", "$")];
        let plain_dollar = code.starts_with('$').then_some("$");
        let currency = signs.iter().find(|(mark, _)| code.contains(mark)).map(|(_, sign)| *sign).or(plain_dollar);
        Self { percent: code.contains('%'), currency: currency.unwrap_or_default() }
    }

    fn number(self, number: f64) -> String {
        let text = shortest(if self.percent { 0.0 } else { number });
        if self.percent { format!("{}%", per_cent(number)) } else { format!("{}{text}", self.currency) }
    }
}

/// A fraction in per cent: the decimal point of its shortest text is moved, so that .07 is 7 and not 7.000000000000001.
fn per_cent(number: f64) -> String {
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let moved = exponent.parse::<i32>().ok().and_then(|exponent| format!("{mantissa}e{}", exponent + 2).parse::<f64>().ok());
    shortest(moved.unwrap_or(number * 100.0))
}

/// Formats that the library reads whole.
struct OtherBook<B> {
    format: &'static str,
    book: B,
}

impl<B: Reader<Cursor<Vec<u8>>>> Book for OtherBook<B>
where
    B::Error: std::fmt::Display,
{
    fn format(&self) -> &'static str {
        self.format
    }

    fn sheets(&self) -> Vec<String> {
        visible(self.book.sheets_metadata())
    }

    fn grid(&mut self, file: &str, sheet: &str) -> Result<(Grid, Vec<String>)> {
        let mut grid = Grid::new(file);
        let range = self.book.worksheet_range(sheet).map_err(|error| broken(file, &error))?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            let number = matches!(cell, Data::Int(_) | Data::Float(_));
            grid.put((top + row as u32, left + column as u32), &plain(cell), number)?;
        }
        Ok((grid, Vec::new()))
    }

    fn merged(&mut self, _: &str) -> Vec<Merged> {
        Vec::new()
    }
}

fn visible(sheets: &[calamine::Sheet]) -> Vec<String> {
    sheets.iter().filter(|sheet| sheet.visible == SheetVisible::Visible).map(|sheet| sheet.name.clone()).collect()
}

/// A cell without a number format as text.
fn plain(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => shortest(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            match (moment.is_duration() || moment.as_f64() < 1.0, (hour, minute, second)) {
                (true, _) => time,
                (false, (0, 0, 0)) => format!("{year:04}-{month:02}-{day:02}"),
                (false, _) => format!("{year:04}-{month:02}-{day:02} {time}"),
            }
        }
    }
}

/// The letters over a column: 0 is A, 26 is AA.
fn letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (column % 26) as u8));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.iter().rev().collect()
}

fn unreadable(file: &str, error: &XlsxError) -> anyhow::Error {
    match error {
        XlsxError::Password => {
            Failure::new(format!("`{file}` is protected by a password")).hint("open it with the password and save a copy without one").into()
        }
        other => broken(file, other),
    }
}

fn broken(file: &str, error: &impl std::fmt::Display) -> anyhow::Error {
    Failure::new(format!("`{file}` is a broken workbook: {error}")).hint("open it in a spreadsheet and save it again, or save the sheet as `CSV UTF-8`").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_changing_them() {
        let percent = Dress { percent: true, currency: "" };
        assert_eq!(["0.07", "0.4264", "1.1", "0.0531"].map(|text| percent.number(text.parse().expect("a number"))), ["7%", "42.64%", "110%", "5.31%"]);
        assert_eq!([3000.0, 0.1, -10_600.0, 6.978_410_895_290_4e18, 7e18].map(shortest), ["3000", "0.1", "-10600", "6.9784108952904E+18", "7.0E+18"]);
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
