//! A plan as a workbook: a sheet for each table, and one that says how the numbers came about.

use std::io::Write;

use anyhow::{Context, Result};
use rust_xlsxwriter::{Format, FormatAlign, IgnoreError, Workbook, Worksheet};

use super::{
    Plan,
    sections::{self, Section},
};
use crate::present::{lang::Lang, width, xlsx};

/// Widest column, in characters.
const WIDEST: usize = 60;

/// Writes the workbook.
pub(super) fn write(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let lang = plan.report.run.lang;
    let mut book = Workbook::new();
    xlsx::set_properties(&mut book, &plan.report)?;
    let overview = book.add_worksheet();
    overview.set_name(lang.pick("概要", "Summary"))?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (line, text) in (0..).zip(sections::summary(plan, lang).into_iter().chain(sections::remarks(plan))) {
        overview.write_with_format(line, 0, text, &wrapped)?;
    }
    overview.set_column_width(0, 130)?;
    for section in sections::all(plan) {
        sheet(book.add_worksheet(), &section, lang)?;
    }
    xlsx::about(book.add_worksheet(), &plan.report, lang)?;
    let bytes = book.save_to_buffer().context("the workbook cannot be made")?;
    Ok(out.write_all(&bytes)?)
}

fn sheet(sheet: &mut Worksheet, section: &Section<'_>, lang: Lang) -> Result<()> {
    sheet.set_name(lang.pick(section.title.0, section.title.1))?;
    let header = xlsx::header();
    let last = section.rows.len() as u32;
    for (at, column) in (0..).zip(&section.columns) {
        sheet.write_with_format(0, at, column.title(lang), &header)?;
        let cells = section.rows.iter().filter_map(|row| row.get(usize::from(at))).map(|value| width::of(&sections::cell(value)) + 1);
        let wide = cells.chain([width::of(column.title(lang)) + 3]).max().unwrap_or(0);
        sheet.set_column_width(at, wide.clamp(6, WIDEST) as f64)?;
        if column.name == "id" && last > 0 {
            sheet.ignore_error_range(1, at, last, at, IgnoreError::NumberStoredAsText)?;
        }
    }
    for (line, row) in (1..).zip(&section.rows) {
        for (at, value) in (0..).zip(row) {
            xlsx::write_cell(sheet, line, at, value, None)?;
        }
    }
    for (line, (zh, en)) in (last + 2..).zip(section.about) {
        sheet.write(line, 0, lang.pick(*zh, *en))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last, section.columns.len() as u16 - 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}
