//! A workbook for people: typed cells, filters, bars on scores, and a sheet that says how the numbers came about.

use std::io::Write;

use anyhow::{Context, Result, bail};
use rust_xlsxwriter::{
    Color, ConditionalFormat2ColorScale, ConditionalFormatDataBar, ConditionalFormatType, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    IgnoreError, Url, Workbook, Worksheet,
};

use super::{
    Medium,
    columns::{self, Column, Value, one_line},
    footer,
    lang::Lang,
    report::{Report, Row},
    width,
};
use crate::{failure::Failure, score::DIMENSIONS};

/// The program that a workbook names as its author; it tells our files from others.
pub(super) const AUTHOR: &str = "kolscore";
/// Characters that a cell can hold.
const LONGEST: usize = 32_767;
/// Widest column, in characters.
const WIDEST: usize = 44;
const WIDEST_ID: usize = 26;
/// Rows that a sheet can hold below its header.
const ROWS: usize = 1_048_575;

/// Writes the workbook.
pub(super) fn write(report: &Report, _: Medium, out: &mut dyn Write) -> Result<()> {
    let lang = report.run.lang;
    let mut book = Workbook::new();
    set_properties(&mut book, report)?;
    let columns = columns::columns(report);
    let all: Vec<(&Row, Vec<Value<'_>>)> = columns::rows(report).collect();
    if all.len() > ROWS {
        bail!(
            Failure::usage(format!("{} candidates do not fit on a sheet, which holds {ROWS}", all.len()))
                .hint("`--top 1000` writes the first ones; csv holds all")
        );
    }
    board(book.add_worksheet(), lang.pick("榜单", "Ranking"), &columns, &all, lang)?;
    for of_kind in &report.boards {
        let name = of_kind.kind.name().to_uppercase();
        let rows: Vec<(&Row, Vec<Value<'_>>)> = columns::rows(report).filter(|(row, _)| row.kind == of_kind.kind).collect();
        board(book.add_worksheet(), &name, &columns, &rows, lang)?;
    }
    about(book.add_worksheet(), report, lang)?;
    let bytes = book.save_to_buffer().context("the workbook cannot be made")?;
    Ok(out.write_all(&bytes)?)
}

/// Author, title, and no time of writing: the same content gives the same bytes.
pub(super) fn set_properties(book: &mut Workbook, report: &Report) -> Result<()> {
    let never = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = if report.run.brand.is_empty() { AUTHOR.to_owned() } else { one_line(&report.run.brand) };
    book.set_properties(&DocProperties::new().set_author(AUTHOR).set_title(title).set_creation_datetime(&never));
    Ok(())
}

/// The look of a header.
pub(super) fn header() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00E8_EEF4))
        .set_border_bottom(FormatBorder::Thin)
}

/// One table with a frozen header and filters.
fn board(sheet: &mut Worksheet, name: &str, columns: &[Column], rows: &[(&Row, Vec<Value<'_>>)], lang: Lang) -> Result<()> {
    sheet.set_name(name)?;
    let header = header();
    for (at, column) in (0..).zip(columns) {
        sheet.write_with_format(0, at, titled(column.title(lang)), &header)?;
    }
    let id = columns.iter().position(|column| column.name == "id").unwrap_or(0) as u16;
    for (line, (row, values)) in (1..).zip(rows) {
        for ((at, value), column) in (0..).zip(values).zip(columns) {
            let url = Some(row.url.as_str()).filter(|url| column.name == "name" && url.starts_with("https://") && url.len() < 2_000);
            write_cell(sheet, line, at, value, url)?;
        }
    }
    let last = rows.len() as u32;
    for (at, column) in (0..).zip(columns) {
        let cells = rows.iter().map(|(_, values)| shown_width(&values[usize::from(at)]));
        let wide = cells.chain([width::of(column.title(lang)) + 3]).max().unwrap_or(0);
        let widest = if column.name == "id" { WIDEST_ID } else { WIDEST };
        sheet.set_column_width(at, wide.clamp(6, widest) as f64)?;
        if last > 0 {
            decorate(sheet, at, &column.name, last)?;
        }
    }
    // Ids are text, whatever they look like.
    if last > 0 {
        sheet.ignore_error_range(1, id, last, id, IgnoreError::NumberStoredAsText)?;
    }
    sheet.set_freeze_panes(1, id + 2)?;
    sheet.autofilter(0, 0, last, columns.len() as u16 - 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

pub(super) fn write_cell(sheet: &mut Worksheet, line: u32, at: u16, value: &Value<'_>, url: Option<&str>) -> Result<()> {
    let number = |format: &str| Format::new().set_num_format(format);
    match value {
        Value::Empty => return Ok(()),
        Value::Text(text) if text.is_empty() => return Ok(()),
        Value::Text(text) => match url {
            Some(url) => sheet.write_url(line, at, Url::new(url).set_text(titled(text)))?,
            None => sheet.write_string(line, at, titled(text))?,
        },
        Value::Rank(rank) => sheet.write_number(line, at, *rank as f64)?,
        Value::Score(score) => sheet.write_number_with_format(line, at, *score, &number("0.0"))?,
        Value::Share(share) => sheet.write_number_with_format(line, at, *share, &number("0.00"))?,
        Value::Count(count) => sheet.write_number_with_format(line, at, *count, &number("#,##0"))?,
        Value::Money(price) => sheet.write_number_with_format(line, at, *price, &number(if price.fract() == 0.0 { "#,##0" } else { "#,##0.00" }))?,
    };
    Ok(())
}

/// Bars on the score, a scale of colours on the dimensions.
fn decorate(sheet: &mut Worksheet, at: u16, name: &str, last: u32) -> Result<()> {
    if name == "score" {
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(Color::RGB(0x007F_B2E5))
            .set_solid_fill(true)
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_maximum(ConditionalFormatType::Number, 100);
        sheet.add_conditional_format(1, at, last, at, &bar)?;
    } else if DIMENSIONS.iter().any(|dimension| dimension.name == name) {
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_maximum(ConditionalFormatType::Number, 1)
            .set_minimum_color(Color::RGB(0x00FF_FFFF))
            .set_maximum_color(Color::RGB(0x0063_BE7B));
        sheet.add_conditional_format(1, at, last, at, &scale)?;
    }
    Ok(())
}

/// Brief, weights, decisions, refused cells and everything else that a reader may ask for.
pub(super) fn about(sheet: &mut Worksheet, report: &Report, lang: Lang) -> Result<()> {
    sheet.set_name(lang.pick("说明", "Notes"))?;
    let (run, bold, wrapped) = (&report.run, Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let mut line = 0;
    let mut section = |sheet: &mut Worksheet, title: &str, rows: Vec<[String; 2]>| -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        sheet.write_with_format(line, 0, title, &bold)?;
        for [key, text] in rows {
            line += 1;
            sheet.write_with_format(line, 0, titled(&key), &wrapped)?;
            sheet.write_with_format(line, 1, titled(&text), &wrapped)?;
        }
        line += 2;
        Ok(())
    };
    let mut summary = Vec::new();
    footer::write(report, usize::MAX, false, &mut summary)?;
    let pair = |key: &str, text: &str| [key.to_owned(), text.to_owned()];
    section(sheet, lang.pick("概要", "Summary"), String::from_utf8_lossy(&summary).lines().map(|line| pair("", line)).collect())?;
    section(sheet, lang.pick("需求", "Brief"), run.settings.iter().map(|(key, value)| pair(key, value)).collect())?;
    for (kind, weights) in &run.weights {
        let title = format!("{} {}", lang.pick("权重", "Weights"), kind.name().to_uppercase());
        section(sheet, &title, weights.iter().map(|(name, weight)| [lang_name(name, lang), format!("{:.1} %", weight * 100.0)]).collect())?;
    }
    section(sheet, lang.pick("说明", "Notes"), run.notes.iter().map(|note| pair("", note)).collect())?;
    let files = run.inputs.iter().map(|file| [file.path.clone(), format!("{} rows, {}, {}, {}", file.records, file.pack, file.container, file.digest)]);
    section(sheet, lang.pick("文件", "Files"), files.collect())?;
    let decisions =
        run.inputs.iter().flat_map(|file| file.decisions.iter().map(|decision| [format!("{}: {}", file.path, decision.column), decision.text.clone()]));
    section(sheet, lang.pick("列的判断", "Decisions"), decisions.collect())?;
    let rejects = run.inputs.iter().flat_map(|file| {
        file.rejects.iter().map(|reject| [format!("{}:{} {}", file.path, reject.line, reject.column), format!("{}: {}", reject.cell, reject.reason)])
    });
    section(sheet, lang.pick("未采用的单元格", "Refused cells"), rejects.collect())?;
    let excluded = report
        .excluded
        .iter()
        .map(|row| [format!("{} {}", row.place, if row.name.is_empty() { &row.id } else { &row.name }), format!("{}: {}", row.rule, row.detail)]);
    section(sheet, lang.pick("排除的达人", "Excluded candidates"), excluded.collect())?;
    sheet.set_column_width(0, 34)?.set_column_width(1, 110)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn lang_name(name: &str, lang: Lang) -> String {
    let zh = DIMENSIONS.iter().find(|dimension| dimension.name == name).map_or(name, |dimension| dimension.zh);
    lang.pick(zh, name).to_owned()
}

/// Text as a cell can hold it.
fn titled(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect()
}

/// Characters that a cell takes, the longest line of a text.
fn shown_width(value: &Value<'_>) -> usize {
    match value {
        Value::Empty => 0,
        Value::Text(text) => text.lines().map(width::of).max().unwrap_or(0) + 1,
        Value::Rank(_) | Value::Score(_) | Value::Share(_) => 7,
        Value::Count(value) | Value::Money(value) => columns::plain(*value).len() + 4,
    }
}
