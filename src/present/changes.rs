//! Changes between two rankings in; a table, CSV, JSON or Markdown out.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::{neutral, paragraph::lines, width};
use crate::changes::{Change, Changes, Fate};

/// Formats of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ChangesFormat {
    /// Aligned text for a terminal
    Table,
    /// Comma-separated
    Csv,
    /// Everything, for scripts
    Json,
    /// A Markdown table
    Md,
}

/// Changes of the score alone that a table shows.
const SHOWN: usize = 20;
const TITLES: [&str; 9] = ["", "kind", "name", "platform", "rank", "score", "change", "because of", "most in"];

/// Writes the changes.
///
/// # Errors
/// The output is gone.
pub fn write(changes: &Changes, format: ChangesFormat, columns: usize, out: &mut dyn Write) -> Result<()> {
    match format {
        ChangesFormat::Table => table(changes, columns, out),
        ChangesFormat::Csv => csv(changes, out),
        ChangesFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, changes)?;
            Ok(out.write_all(b"\n")?)
        }
        ChangesFormat::Md => markdown(changes, out),
    }
}

fn table(changes: &Changes, columns: usize, out: &mut dyn Write) -> Result<()> {
    lines([summary(changes)], "", columns, out)?;
    let alone = changes.changes.iter().filter(|change| change.fate == Fate::Changed).count();
    let shown: Vec<&Change> = changes.changes.iter().take(changes.changes.len() - alone.saturating_sub(SHOWN)).collect();
    if shown.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(TITLES);
    for change in shown {
        let [fate, kind, name, platform, rest @ ..] = cells(change);
        table.add_row([vec![fate, kind, width::cut(&name, 18), width::cut(&platform, 10)], rest.to_vec()].concat());
    }
    for at in 0..TITLES.len() {
        if let Some(column) = table.column_mut(at) {
            column.set_padding((0, 2));
            column.set_cell_alignment(if at == 6 { CellAlignment::Right } else { CellAlignment::Left });
        }
    }
    writeln!(out)?;
    table.lines().try_for_each(|line| writeln!(out, "{}", width::cut(line.trim_end(), columns)))?;
    if alone > SHOWN {
        writeln!(out, "… and {} smaller changes of the score alone; `-f csv` lists all", alone - SHOWN)?;
    }
    Ok(())
}

fn summary(changes: &Changes) -> String {
    let count = |fate: Fate| changes.changes.iter().filter(|change| change.fate == fate).count();
    let differs = if changes.differs.is_empty() { "same version, brief and norms".to_owned() } else { changes.differs.join(", ") };
    format!(
        "first {}: {} entered, {} left, {} moved; {} changed only in score, {} stayed the same; {differs}",
        changes.top,
        count(Fate::Entered),
        count(Fate::Left),
        count(Fate::Moved),
        count(Fate::Changed),
        changes.same
    )
}

/// What stands in a row under [`TITLES`].
fn cells(change: &Change) -> [String; 9] {
    let number = |value: Option<usize>| value.map_or("–".to_owned(), |value| value.to_string());
    let score = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
    let by = change.score.0.zip(change.score.1).map(|(old, new)| new - old);
    let causes: Vec<String> = change.causes.iter().map(|(cause, by)| format!("{cause} {by:+.1}")).collect();
    [
        change.fate.name().to_owned(),
        change.kind.to_uppercase(),
        if change.name.is_empty() { change.id.clone() } else { change.name.clone() },
        change.platform.clone(),
        format!("{} → {}", number(change.rank.0), number(change.rank.1)),
        format!("{} → {}", score(change.score.0), score(change.score.1)),
        by.map_or(String::new(), |by| format!("{by:+.1}")),
        causes.join(", "),
        change.dimension.as_ref().map_or(String::new(), |(name, by)| format!("{name} {by:+.1}")),
    ]
}

fn csv(changes: &Changes, out: &mut dyn Write) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["change", "kind", "id", "name", "platform", "rank_old", "rank_new", "score_old", "score_new", "causes", "dimension"])?;
    for change in &changes.changes {
        let number = |value: Option<usize>| value.map_or(String::new(), |value| value.to_string());
        let score = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.4}"));
        let causes: Vec<String> = change.causes.iter().map(|(cause, by)| format!("{cause} {by:+.4}")).collect();
        writer.write_record([
            change.fate.name(),
            &change.kind,
            &neutral(&change.id),
            &neutral(&change.name),
            &neutral(&change.platform),
            &number(change.rank.0),
            &number(change.rank.1),
            &score(change.score.0),
            &score(change.score.1),
            &causes.join("; "),
            change.dimension.as_ref().map_or("", |(name, _)| name),
        ])?;
    }
    Ok(writer.flush()?)
}

fn markdown(changes: &Changes, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{}\n", super::markdown::text(&summary(changes)))?;
    writeln!(out, "| {} |\n|{}", TITLES.join(" | "), "---|".repeat(TITLES.len()))?;
    changes.changes.iter().try_for_each(|change| super::markdown::line(cells(change).map(|cell| super::markdown::text(&cell)), out))
}
