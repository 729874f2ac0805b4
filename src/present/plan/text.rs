//! A plan as aligned text for a terminal, and as Markdown.

use std::io::Write;

use anyhow::Result;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use super::{
    Plan,
    sections::{self, Section},
};
use crate::present::{Medium, color, columns::Value, footer, lang::Lang, markdown, paragraph, width};

/// Width of a table in a file.
const FILE_WIDTH: usize = 120;
/// Widest name of a creator.
const NAME: usize = 20;
/// Fewer columns of reasons say nothing.
const LEAST_REASON: usize = 24;
/// Columns of the bar of a chart.
const BAR: usize = 40;

/// Writes the plan for a terminal.
pub(super) fn write(plan: &Plan, medium: Medium, out: &mut dyn Write) -> Result<()> {
    let (columns, coloured) = match medium {
        Medium::Stream { width, color } => (width.max(60), color),
        Medium::File => (FILE_WIDTH, false),
    };
    let heading = |text: &str| if coloured { color::bold(text) } else { text.to_owned() };
    writeln!(out, "{}", heading(&title(plan)))?;
    paragraph::lines(sections::summary(plan, Lang::En), "", columns, out)?;
    for section in sections::all(plan) {
        writeln!(out, "\n{}", heading(section.title.1))?;
        for line in table(&section, columns) {
            writeln!(out, "{line}")?;
        }
        if section.id == "what_if" {
            chart(plan).iter().try_for_each(|line| writeln!(out, "{}", width::cut(line, columns)))?;
        }
        paragraph::lines(section.about.iter().map(|(_, en)| (*en).to_owned()), "", columns, out)?;
    }
    writeln!(out)?;
    paragraph::lines(sections::remarks(plan), "", columns, out)?;
    footer::write(&plan.report, columns, false, out)?;
    if medium != Medium::File {
        let next = [
            "next: `-o plan.xlsx` or `-o plan.html` for sending on",
            "`--cart shortlist.csv` puts the creators into a shortlist",
            "`--what-if budget=…` compares budgets",
        ];
        footer::write_wrapped(&next.map(str::to_owned), columns, out)?;
    }
    Ok(())
}

fn title(plan: &Plan) -> String {
    let brand = if plan.report.run.brand.is_empty() { String::new() } else { format!("{} · ", plan.report.run.brand) };
    format!("{brand}plan by {}", plan.objective)
}

/// The table in as many columns as there are. Creators keep one line each: their names give way, and the reasons where little of them would be left.
/// In other tables long texts continue below.
fn table(section: &Section<'_>, columns: usize) -> Vec<String> {
    let mut shown: Vec<usize> = (0..section.columns.len()).filter(|at| section.columns[*at].short.is_some()).collect();
    let widest = |at: usize| section.rows.iter().filter_map(|row| row.get(at)).map(|value| width::of(&sections::cell(value))).max().unwrap_or(0);
    let mut limits: Vec<usize> = (0..section.columns.len()).map(widest).collect();
    if section.id != "creators" {
        return draw(section, &shown, &limits, Some(columns));
    }
    let position = |name: &str| section.columns.iter().position(|column| column.name == name);
    let (Some(name), Some(why)) = (position("name"), position("why")) else { return Vec::new() };
    limits[name] = limits[name].min(NAME);
    let mut lines = draw(section, &shown, &limits, None);
    let over = |lines: &[String]| lines.iter().map(|line| width::of(line)).max().unwrap_or(0).saturating_sub(columns);
    if over(&lines) > 0 && limits[why].saturating_sub(over(&lines)) < LEAST_REASON {
        shown.retain(|at| *at != why);
        lines = draw(section, &shown, &limits, None);
    }
    if over(&lines) > 0 {
        let gives = if shown.contains(&why) { why } else { name };
        limits[gives] = limits[gives].saturating_sub(over(&lines)).max(6);
        lines = draw(section, &shown, &limits, None);
    }
    lines.iter().map(|line| width::cut(line, columns)).collect()
}

fn draw(section: &Section<'_>, shown: &[usize], limits: &[usize], columns: Option<usize>) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    match columns {
        Some(columns) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns.min(usize::from(u16::MAX)) as u16),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.set_header(shown.iter().map(|at| section.columns[*at].short.unwrap_or_default()));
    for row in &section.rows {
        table.add_row(shown.iter().map(|at| Cell::new(row.get(*at).map_or(String::new(), |value| width::cut(&sections::cell(value), limits[*at])))));
    }
    for (position, at) in shown.iter().enumerate() {
        if let Some(column) = table.column_mut(position) {
            column.set_padding((0, if position + 1 < shown.len() { 2 } else { 0 }));
            column.set_cell_alignment(if sections::is_number(section, *at) { CellAlignment::Right } else { CellAlignment::Left });
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// A bar for what each budget reaches.
fn chart(plan: &Plan) -> Vec<String> {
    let most = plan.curve.iter().filter_map(|point| point.found.as_ref()).map(|found| found.people).fold(0.0, f64::max);
    let label = |budget: f64| sections::cell(&Value::Money(budget));
    let wide = plan.curve.iter().map(|point| label(point.budget).len()).max().unwrap_or(0);
    let bar = |people: f64| "█".repeat(if most > 0.0 { (people / most * BAR as f64).round() as usize } else { 0 });
    let line = |point: &super::Point| {
        let people = point.found.as_ref().map_or(0.0, |found| found.people);
        format!("{:>wide$} {} {}", label(point.budget), bar(people), sections::cell(&Value::Count(people.round())))
    };
    if plan.curve.is_empty() { Vec::new() } else { plan.curve.iter().map(line).collect() }
}

/// Writes the plan as Markdown.
pub(super) fn write_markdown(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "# {}\n", markdown::text(&title(plan)))?;
    sections::summary(plan, Lang::En).iter().try_for_each(|line| writeln!(out, "- {}", markdown::text(line)))?;
    for section in sections::all(plan) {
        writeln!(out, "\n## {}\n", section.title.1)?;
        markdown::line(section.columns.iter().map(|column| column.name.to_owned()), out)?;
        let rule: String = (0..section.columns.len()).map(|at| if sections::is_number(&section, at) { "---:|" } else { "---|" }).collect();
        writeln!(out, "|{rule}")?;
        for row in &section.rows {
            let cells = (0..section.columns.len()).map(|at| row.get(at).map_or(String::new(), |value| markdown::text(&sections::cell(value))));
            markdown::line(cells, out)?;
        }
        section.about.iter().try_for_each(|(_, en)| writeln!(out, "\n{}", markdown::text(en)))?;
    }
    writeln!(out)?;
    let mut lines = sections::remarks(plan);
    let mut summary = Vec::new();
    footer::write(&plan.report, usize::MAX, false, &mut summary)?;
    lines.extend(String::from_utf8_lossy(&summary).lines().map(str::to_owned));
    lines.iter().try_for_each(|line| writeln!(out, "- {}", markdown::text(line)))?;
    Ok(())
}
