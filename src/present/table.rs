//! Aligned text for people: one table a board, detail dropped rather than wrapped where there is little room.

use std::io::Write;

use anyhow::Result;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

use super::{
    Medium, color, columns, footer,
    report::{Board, Report, Row},
    width,
};
use crate::score::{DIMENSIONS, evidence};

/// Width of a table in a file.
const FILE_WIDTH: usize = 120;
/// What a table shows, richest first.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each drops one thing")]
struct Detail {
    /// Display columns of a bar; 0 shows none.
    bar: usize,
    /// Whether dimensions have their full names.
    full: bool,
    interval: bool,
    price: bool,
    /// Platform and followers.
    place: bool,
    /// Most display columns of a name.
    name: usize,
}

const ALL: Detail = Detail { bar: 5, full: true, interval: true, price: true, place: true, name: 24 };

const DETAILS: [Detail; 9] = [
    ALL,
    Detail { bar: 3, name: 20, ..ALL },
    Detail { bar: 3, full: false, name: 20, ..ALL },
    Detail { bar: 2, full: false, name: 16, ..ALL },
    Detail { bar: 0, full: false, name: 18, ..ALL },
    Detail { bar: 0, full: false, name: 14, ..ALL },
    Detail { bar: 0, full: false, price: false, name: 12, ..ALL },
    Detail { bar: 0, full: false, price: false, place: false, name: 12, ..ALL },
    Detail { bar: 0, full: false, price: false, place: false, interval: false, name: 10 },
];

/// Writes all boards and the footer.
pub(super) fn write(report: &Report, medium: Medium, out: &mut dyn Write) -> Result<()> {
    let (columns, color) = match medium {
        Medium::Stream { width, color } => (width, color),
        Medium::File => (FILE_WIDTH, false),
    };
    for board in &report.boards {
        let mut plain = Vec::new();
        write_board(report, board, columns, &mut plain)?;
        if color { write_coloured(&plain, out)? } else { out.write_all(&plain)? }
    }
    if !report.excluded.is_empty() {
        write_excluded(report, columns, out)?;
    }
    footer::write(report, columns, medium != Medium::File, out)
}

/// A board with its heading, rows and flags in colour.
fn write_coloured(plain: &[u8], out: &mut dyn Write) -> Result<()> {
    for (at, line) in String::from_utf8_lossy(plain).lines().enumerate() {
        let coloured = match at {
            _ if line.is_empty() => String::new(),
            0 | 1 => color::bold(line),
            _ if line.starts_with("! ") || line.starts_with("  ") && !line.trim_start().starts_with(|c: char| c.is_ascii_digit()) => color::warning(line),
            _ => color::row(line),
        };
        writeln!(out, "{coloured}")?;
    }
    Ok(())
}

fn write_board(report: &Report, board: &Board, columns: usize, out: &mut dyn Write) -> Result<()> {
    let shown = board.candidates.len();
    let of = if shown < board.total { format!("first {shown} of {}", board.total) } else { format!("{}", board.total) };
    let brand = if report.run.brand.is_empty() { String::new() } else { format!("{} · ", report.run.brand) };
    writeln!(out, "{brand}{} board · {of} candidate{}", board.kind.name().to_uppercase(), if board.total == 1 { "" } else { "s" })?;
    if !board.candidates.is_empty() {
        let mut drawn = DETAILS.iter().map(|detail| draw(report, board, *detail));
        let fitting = drawn.clone().find(|text| text.lines().all(|line| width::of(line) <= columns));
        let text = fitting.or_else(|| drawn.next_back()).unwrap_or_default();
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        write_flags(board, columns, out)?;
    }
    writeln!(out)?;
    Ok(())
}

/// Each flag with the places that have it: `gate:domain 18, 20-22`.
fn write_flags(board: &Board, columns: usize, out: &mut dyn Write) -> Result<()> {
    let mut flags: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, row) in board.candidates.iter().enumerate() {
        row.flags.iter().for_each(|flag| flags.entry(flag).or_default().push(row.rank.unwrap_or(at + 1)));
    }
    for (flag, ranks) in flags {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for rank in ranks {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == rank => *last = rank,
                _ => runs.push((rank, rank)),
            }
        }
        let mut parts: Vec<String> = runs.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}–{to}") }).collect();
        parts[0].insert_str(0, &format!("! {flag}: "));
        footer::write_wrapped(&parts, columns, out)?;
    }
    Ok(())
}

fn draw(report: &Report, board: &Board, detail: Detail) -> String {
    let asked: Vec<usize> = (0..DIMENSIONS.len()).filter(|at| board.is_seen(*at)).collect();
    let top = format!("top {}", board.top);
    let firm = board.candidates.iter().any(|row| row.firmness.is_some());
    let mut header: Vec<&str> = vec!["#", "name"];
    if detail.place {
        header.push("platform");
    }
    header.push("score");
    if detail.interval {
        header.push("range");
    }
    header.extend(asked.iter().map(|at| if detail.full { DIMENSIONS[*at].name } else { DIMENSIONS[*at].short }));
    header.push("seen");
    if detail.place {
        header.push("followers");
    }
    if detail.price {
        header.push("price");
    }
    if firm {
        header.extend([top.as_str(), "ranks", "drops at"]);
    }
    header.extend(report.extra_columns.iter().map(String::as_str));
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header.clone());
    for row in &board.candidates {
        table.add_row(cells(row, &asked, detail));
    }
    for (at, name) in header.iter().enumerate() {
        let right = matches!(*name, "#" | "score" | "followers" | "price" | "seen") || *name == top;
        if let Some(column) = table.column_mut(at) {
            column.set_padding((0, 1));
            column.set_cell_alignment(if right { CellAlignment::Right } else { CellAlignment::Left });
        }
    }
    table.to_string()
}

fn cells(row: &Row, asked: &[usize], detail: Detail) -> Vec<Cell> {
    let mut cells =
        vec![row.rank.map_or("–".to_owned(), |rank| rank.to_string()), width::cut(if row.name.is_empty() { &row.id } else { &row.name }, detail.name)];
    if detail.place {
        cells.push(width::cut(&row.platform, 10));
    }
    cells.push(row.score.map_or("–".to_owned(), |score| format!("{score:.1}")));
    if detail.interval {
        let exact = row.hi - row.lo < 1.0;
        cells.push(if exact { String::new() } else { format!("{:.0}–{:.0}", row.lo, row.hi) });
    }
    for at in asked {
        let cell = &row.dimensions[*at];
        cells.push(match cell.seen() {
            Some(value) if detail.bar > 0 => format!("{} {}", bar(value, detail.bar), hundredths(value)),
            Some(value) => hundredths(value),
            None if detail.bar > 0 => format!("{} ?", " ".repeat(detail.bar)),
            None => "?".to_owned(),
        });
    }
    cells.push(format!("{:.0}%", row.coverage * 100.0));
    if detail.place {
        cells.push(row.followers.map_or("?".to_owned(), compact));
    }
    if detail.price {
        cells.push(row.price.map_or("?".to_owned(), grouped));
    }
    if let Some(firm) = &row.firmness {
        cells.extend([format!("{:.0}%", firm.in_top * 100.0), format!("{}–{}", firm.ranks.0, firm.ranks.1)]);
        cells.push(firm.drops.map_or("–".to_owned(), |(dimension, by)| format!("{dimension} {:+.0}%", by * 100.0)));
    }
    cells.extend(row.extra.iter().map(|cell| width::cut(cell, 24)));
    cells.into_iter().map(Cell::new).collect()
}

/// A bar of eighths, so many columns wide: `███▌ `.
fn bar(value: f64, columns: usize) -> String {
    let eighths = (value * (columns * 8) as f64).round() as usize;
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    let text = format!("{}{partial}", "█".repeat(eighths / 8));
    format!("{text}{}", " ".repeat(columns.saturating_sub(width::of(&text))))
}

/// `.83`, and `1.0` for all.
pub(super) fn hundredths(value: f64) -> String {
    let text = format!("{value:.2}");
    if text == "1.00" { "1.0".to_owned() } else { text.trim_start_matches('0').to_owned() }
}

/// Followers at a glance: `8,432`, `56.1k`, `1.2M`.
pub(super) fn compact(value: f64) -> String {
    match value {
        v if v >= 1e6 => format!("{:.1}M", v / 1e6),
        v if v >= 1e4 => format!("{:.1}k", v / 1e3),
        v => grouped(v),
    }
}

/// `12,000`.
pub(super) fn grouped(value: f64) -> String {
    let text = columns::plain(value);
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    format!("{}{rest}", evidence::grouped(whole.parse().unwrap_or(value)))
}

fn write_excluded(report: &Report, columns: usize, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "excluded · {} candidate{}", report.excluded.len(), if report.excluded.len() == 1 { "" } else { "s" })?;
    for row in &report.excluded {
        let who = if row.name.is_empty() { &row.id } else { &row.name };
        writeln!(out, "{}", width::cut(&format!("{}  {who}  {}: {}", row.place, row.rule, row.detail), columns))?;
    }
    writeln!(out)?;
    Ok(())
}
