//! Markdown: a table a board, for tickets, wikis and chats.

use std::io::Write;

use anyhow::Result;

use super::{
    Medium, columns, footer,
    report::{Board, Report, Row},
    table::{compact, grouped, hundredths},
};
use crate::score::DIMENSIONS;

/// Writes all boards, what was excluded where that was asked for, and what a reader should know.
pub(super) fn write(report: &Report, _: Medium, out: &mut dyn Write) -> Result<()> {
    let brand = if report.run.brand.is_empty() { String::new() } else { format!("{} · ", text(&report.run.brand)) };
    for board in &report.boards {
        writeln!(out, "## {brand}{} board\n\n{} of {} candidates\n", board.kind.name().to_uppercase(), board.candidates.len(), board.total)?;
        if !board.candidates.is_empty() {
            write_board(report, board, out)?;
            writeln!(out)?;
        }
    }
    if !report.excluded.is_empty() {
        line(["place", "candidate", "rule", "why"].map(str::to_owned), out)?;
        writeln!(out, "|---|---|---|---|")?;
        for row in &report.excluded {
            let who = if row.name.is_empty() { &row.id } else { &row.name };
            line([&row.place, who, &row.rule, &row.detail].map(|cell| text(cell)), out)?;
        }
        writeln!(out)?;
    }
    let mut summary = Vec::new();
    footer::write(report, usize::MAX, false, &mut summary)?;
    String::from_utf8_lossy(&summary).lines().try_for_each(|line| writeln!(out, "- {}", text(line)))?;
    Ok(())
}

fn write_board(report: &Report, board: &Board, out: &mut dyn Write) -> Result<()> {
    let seen: Vec<usize> = (0..DIMENSIONS.len()).filter(|at| board.is_seen(*at)).collect();
    let head = ["#", "name", "platform", "score", "range"].into_iter().chain(seen.iter().map(|at| DIMENSIONS[*at].name)).chain([
        "seen",
        "followers",
        "price",
        "flags",
    ]);
    let head: Vec<String> = head.map(str::to_owned).chain(report.extra_columns.iter().map(|name| text(name))).collect();
    let right = |name: &str| !matches!(name, "name" | "platform" | "range" | "flags") && !report.extra_columns.iter().any(|extra| extra == name);
    let rule: String = head.iter().map(|name| if right(name) { "---:|" } else { "---|" }).collect();
    line(head, out)?;
    writeln!(out, "|{rule}")?;
    board.candidates.iter().try_for_each(|row| line(cells(row, &seen), out))
}

fn cells(row: &Row, seen: &[usize]) -> Vec<String> {
    let mut cells = vec![
        row.rank.map_or("–".to_owned(), |rank| rank.to_string()),
        text(if row.name.is_empty() { &row.id } else { &row.name }),
        text(&row.platform),
        row.score.map_or("–".to_owned(), |score| format!("{score:.1}")),
        format!("{:.0}–{:.0}", row.lo, row.hi),
    ];
    cells.extend(seen.iter().map(|at| row.dimensions[*at].seen().map_or("?".to_owned(), hundredths)));
    cells.extend([
        format!("{:.0}%", row.coverage * 100.0),
        row.followers.map_or("?".to_owned(), compact),
        row.price.map_or("?".to_owned(), grouped),
        text(&row.flags.join("; ")),
    ]);
    cells.extend(row.extra.iter().map(|cell| text(cell)));
    cells
}

pub(super) fn line(cells: impl IntoIterator<Item = String>, out: &mut dyn Write) -> Result<()> {
    cells.into_iter().try_for_each(|cell| write!(out, "| {cell} "))?;
    Ok(writeln!(out, "|")?)
}

/// Text that stays text: nothing in it is markup, a link or a tag.
pub(super) fn text(cell: &str) -> String {
    let mut safe = String::with_capacity(cell.len());
    for c in columns::one_line(cell).chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => safe.extend(['\\', c]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            c => safe.push(c),
        }
    }
    safe
}
