//! A checkup in, text, Markdown or JSON out: for the analyst, for whoever made the file, for scripts.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;

use super::{
    checkup::{Checkup, ColumnCheck, FileCheck, Finding, Severity},
    paragraph::lines,
    width,
};

/// Formats of a checkup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Aligned text for a terminal
    Table,
    /// Everything, for scripts
    Json,
    /// Markdown, to send to whoever made the file
    Md,
}

/// Refused cells, contradictions and missing fields shown a list; JSON has all.
const SHOWN: usize = 8;
/// Columns that are not read, shown with their cells.
const UNTOUCHED: usize = 20;

/// Writes a checkup.
///
/// # Errors
/// The output is gone.
pub fn write(checkup: &Checkup, format: CheckFormat, columns: usize, out: &mut dyn Write) -> Result<()> {
    match format {
        CheckFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, checkup)?;
            Ok(out.write_all(b"\n")?)
        }
        CheckFormat::Table => {
            checkup.files.iter().try_for_each(|file| file_table(file, columns, out))?;
            lines(pool(checkup), "", columns, out)
        }
        CheckFormat::Md => {
            writeln!(out, "# What was read, and how\n")?;
            checkup.files.iter().try_for_each(|file| file_md(file, out))?;
            writeln!(out, "## All files together\n")?;
            pool(checkup).iter().try_for_each(|line| writeln!(out, "- {}", escaped(line)))?;
            Ok(())
        }
    }
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `name · 52 rows · UTF-8, `,`, LF`, and what the file was recognised as.
fn heading(file: &FileCheck) -> Vec<String> {
    let mut parts = vec![file.path.clone()];
    if file.container.is_empty() {
        return vec![format!("{} · not read", file.path)];
    }
    parts.push(counted(file.records, "row"));
    parts.push(file.container.clone());
    let mut lines = vec![parts.join(" · ")];
    if let Some(pack) = &file.pack {
        lines.push(if pack.because.is_empty() {
            "no format pack recognises it; columns are taken by the general list of headers".to_owned()
        } else {
            format!("read as {}: {}; it has the headers {}", pack.id, pack.title, quoted(&pack.because))
        });
    }
    lines
}

fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", one_line(name.as_ref()))).collect::<Vec<_>>().join(", ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn percent(share: f64) -> String {
    // Neither all nor nothing where it is not.
    match share {
        0.0 => "0%".to_owned(),
        1.0 => "100%".to_owned(),
        _ => format!("{:.0}%", (share * 100.0).clamp(1.0, 99.0)),
    }
}

fn range(column: &ColumnCheck) -> String {
    match &column.range {
        Some((low, high)) if low == high => low.clone(),
        Some((low, high)) => format!("{low} … {high}"),
        None => String::new(),
    }
}

/// Target and unit, where the target does not say it.
fn taken_for(column: &ColumnCheck) -> String {
    let Some(target) = column.target.clone() else {
        return column.perhaps.as_ref().map_or("–".to_owned(), |target| format!("– perhaps {target}"));
    };
    let target = target.trim_end_matches(":share").to_owned();
    match column.unit {
        Some(unit) if unit != "count" && !target.split(':').any(|part| part == unit) => format!("{target}:{unit}"),
        _ => target,
    }
}

fn file_table(file: &FileCheck, columns: usize, out: &mut dyn Write) -> Result<()> {
    lines(heading(file), "", columns, out)?;
    let many = !few_untouched(file);
    let read: Vec<&ColumnCheck> = file.columns.iter().filter(|column| column.target.is_some() || (column.filled > 0.0 && !many)).collect();
    if !read.is_empty() {
        let rows: Vec<[String; 4]> = read.iter().map(|column| [one_line(&column.column), taken_for(column), percent(column.filled), range(column)]).collect();
        let most = if columns < 120 { [20, 31, 6, 18] } else { [26, 36, 6, 24] };
        let titles = ["column", "taken for", "filled", "range"];
        let widths: Vec<usize> =
            (0..4).map(|at| rows.iter().map(|row| width::of(&row[at])).max().unwrap_or(0).max(width::of(titles[at])).min(most[at])).collect();
        let pad = |text: &str, at: usize| {
            let text = width::cut(text, widths[at]);
            let room = " ".repeat(widths[at].saturating_sub(width::of(&text)));
            if at == 2 { format!("{room}{text}") } else { format!("{text}{room}") }
        };
        let room = columns.saturating_sub(widths.iter().sum::<usize>() + 2 + 2 * 4);
        let line = |cells: [&str; 4], samples: &str| {
            let cells: Vec<String> = cells.iter().enumerate().map(|(at, cell)| pad(cell, at)).collect();
            format!("  {}  {}", cells.join("  "), width::cut(samples, room))
        };
        writeln!(out, "{}", line(titles, "cells").trim_end())?;
        for (row, column) in rows.iter().zip(&read) {
            writeln!(out, "{}", line([&row[0], &row[1], &row[2], &row[3]], &column.samples.join(" | ")).trim_end())?;
        }
    }
    lines(below(file), "  ", columns, out)?;
    Ok(writeln!(out)?)
}

/// Whether the columns that are not read have room in the table; a raw answer of a site has a hundred.
fn few_untouched(file: &FileCheck) -> bool {
    file.columns.iter().filter(|column| column.target.is_none() && column.filled > 0.0).count() <= UNTOUCHED
}

/// What stands below the columns of a file.
fn below(file: &FileCheck) -> Vec<String> {
    let mut lines = Vec::new();
    let empty: Vec<&str> = file.columns.iter().filter(|column| column.target.is_none() && column.filled == 0.0).map(|column| column.column.as_str()).collect();
    if !empty.is_empty() {
        lines.push(format!("without a value: {}", quoted(&empty)));
    }
    let untouched = file.columns.iter().filter(|column| column.target.is_none() && column.filled > 0.0);
    if !few_untouched(file) {
        let names: Vec<&str> = untouched.map(|column| column.column.as_str()).collect();
        lines.push(format!("not read, and passed through: {}; `--suggest-mapping` writes lines for the brief", quoted(&names)));
    } else if untouched.count() > 0 {
        lines.push("– is not read, and passed through; `--suggest-mapping` writes lines for the brief".to_owned());
    }
    lines.extend(finding_lines(&file.findings));
    let shown = file.rejects.iter().take(SHOWN).map(|reject| {
        let what = if reject.row { "row left out" } else { "cell taken as unknown" };
        let column = if reject.column.is_empty() { String::new() } else { format!("`{}`: ", one_line(&reject.column)) };
        format!("! {}:{}: {column}`{}` is {}; {what}", file.path, reject.line, reject.cell, reject.reason)
    });
    lines.extend(shown);
    if file.rejects.len() > SHOWN {
        lines.push(format!("! … and {} more refused; `-f json` lists them all", file.rejects.len() - SHOWN));
    }
    lines
}

fn finding_lines(findings: &[Finding]) -> Vec<String> {
    let mark = |severity| match severity {
        Severity::Error => "✗",
        Severity::Warning => "!",
        Severity::Note => "·",
    };
    let mut lines = Vec::new();
    for finding in findings {
        lines.push(format!("{} {}: {}", mark(finding.severity), finding.about, finding.text));
        lines.extend(finding.hint.iter().flat_map(|hint| hint.lines().enumerate().map(|(at, line)| format!("  {} {line}", if at == 0 { "→" } else { " " }))));
    }
    lines
}

/// What concerns all files together.
fn pool(checkup: &Checkup) -> Vec<String> {
    let mut lines = vec![format!("{} in {}", counted(checkup.candidates, "candidate row"), counted(checkup.files.len() as u64, "file"))];
    let duplicates = &checkup.duplicates;
    if duplicates.creators > 0 {
        let more =
            if duplicates.contradicting == 0 { "they agree and are joined".to_owned() } else { format!("{} contradict each other", duplicates.contradicting) };
        lines.push(format!("{} in more than one row ({} more): {more}", counted(duplicates.creators, "creator"), counted(duplicates.rows, "row")));
    }
    for conflict in duplicates.conflicts.iter().take(SHOWN) {
        let (id, field, (first, second)) = (&conflict.id, &conflict.field, &conflict.values);
        let place = |place: &str| place.rsplit_once('/').map_or(place.to_owned(), |(_, name)| name.to_owned());
        let places = (place(&conflict.places.0), place(&conflict.places.1));
        lines.push(format!("✗ `{id}` {}: {field} is {first} at {} and {second} at {}", conflict.name, places.0, places.1));
    }
    if duplicates.conflicts.len() > SHOWN {
        lines.push(format!("✗ … and {} more contradictions; `-f json` lists them all", duplicates.conflicts.len() - SHOWN));
    }
    lines.extend(finding_lines(&checkup.findings));
    if let Some(coverage) = checkup.coverage {
        lines.push(format!("the brief's questions are answered by {} on average; these fields would answer more:", percent(coverage)));
        let missing = checkup.missing.iter().take(SHOWN);
        lines.extend(missing.map(|missing| format!("  +{:.1} points from {} ({})", missing.adds * 100.0, missing.fields.join(" or "), missing.part)));
    }
    lines.push(match (checkup.errors, checkup.warnings) {
        (0, 0) => "nothing here would change a ranking silently".to_owned(),
        (0, warnings) => format!("nothing here would change a ranking silently; {} to look at", counted(warnings as u64, "warning")),
        (errors, warnings) => format!("{} that would change or stop a ranking, {}", counted(errors as u64, "finding"), counted(warnings as u64, "warning")),
    });
    lines
}

fn file_md(file: &FileCheck, out: &mut dyn Write) -> Result<()> {
    let heading = heading(file);
    writeln!(out, "## {}\n", escaped(&heading[0]))?;
    for line in &heading[1..] {
        writeln!(out, "{}\n", escaped(line))?;
    }
    if !file.columns.is_empty() {
        writeln!(out, "| column | taken for | filled | range | cells | why |\n|---|---|---:|---|---|---|")?;
        for column in &file.columns {
            let cells = [one_line(&column.column), taken_for(column), percent(column.filled), range(column), column.samples.join(" ⏐ "), column.reason.clone()];
            writeln!(out, "| {} |", cells.map(|cell| escaped(&cell)).join(" | "))?;
        }
        writeln!(out)?;
    }
    for line in below(file).iter().filter(|line| !line.starts_with('–') && !line.starts_with("not read")) {
        writeln!(out, "{}{}", if line.starts_with(' ') { "  " } else { "- " }, escaped(line))?;
    }
    Ok(writeln!(out)?)
}

/// Text that stays text in Markdown and in a cell of a table.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
