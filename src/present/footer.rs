//! What a reader should know beside the boards: what was not taken, what was decided, counts, hashes, the next command.

use std::io::Write;

use anyhow::Result;

use super::{report::Report, width};
use crate::normalize::reject::KEPT;

/// How many refused cells are shown one by one.
const SHOWN: usize = 8;

/// Warnings for standard error: refused rows and cells with their place, and decisions about units.
pub(super) fn warnings(report: &Report, out: &mut dyn Write) -> Result<()> {
    let run = &report.run;
    for file in &run.inputs {
        for decision in &file.decisions {
            writeln!(out, "note: {}: column `{}`: {}", file.path, one_line(&decision.column), decision.text)?;
        }
    }
    for note in &run.notes {
        writeln!(out, "note: {note}")?;
    }
    let rejects = run.inputs.iter().flat_map(|file| file.rejects.iter().map(move |reject| (file, reject)));
    for (file, reject) in rejects.clone().take(SHOWN) {
        let what = if reject.row { "row left out" } else { "cell taken as unknown" };
        let column = if reject.column.is_empty() { String::new() } else { format!("column `{}`: ", one_line(&reject.column)) };
        writeln!(out, "warning: {}:{}: {column}`{}` is {}; {what}", file.path, reject.line, reject.cell, reject.reason)?;
    }
    let all: u64 = run.inputs.iter().map(|file| file.rejected).sum();
    let shown = rejects.count().min(SHOWN) as u64;
    if all > shown {
        writeln!(out, "warning: … and {} more; `-f json` lists the first {KEPT} of each file under `run.inputs`", all - shown)?;
    }
    Ok(())
}

/// Counts, hashes and, where a reader looks at a board, the next command.
pub(super) fn write(report: &Report, columns: usize, with_next: bool, out: &mut dyn Write) -> Result<()> {
    let run = &report.run;
    let counts = run.counts;
    let mut parts = vec![format!("{} rows read: {} ranked", counts.records, counts.ranked)];
    let more = [
        (counts.unscored, "unscored"),
        (counts.excluded, "excluded"),
        (counts.merged, "merged as duplicates"),
        (counts.rejected_rows, "rejected"),
        (counts.blank, "blank"),
    ];
    parts.extend(more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    if counts.rejected_cells > 0 {
        parts.push(format!("{} cell{} taken as unknown", counts.rejected_cells, if counts.rejected_cells == 1 { "" } else { "s" }));
    }
    write_wrapped(&parts, columns, out)?;
    if !run.exclusions.is_empty() {
        let mut reasons: Vec<String> = run.exclusions.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        reasons[0].insert_str(0, "excluded by ");
        reasons.push("see --show-excluded".to_owned());
        write_wrapped(&reasons, columns, out)?;
    }
    let (norms, hash) = &run.norms;
    write_wrapped(&[format!("brief {}", run.brief), format!("norms {norms} {hash}"), format!("kolscore {}", run.version)], columns, out)?;
    if !with_next {
        return Ok(());
    }
    let cut = report.boards.iter().any(|board| board.candidates.len() < board.total);
    let mut next = vec!["next: `-o shortlist.csv` writes all candidates".to_owned()];
    if cut {
        next.push("`--top 50` shows more".to_owned());
    }
    write_wrapped(&next, columns, out)?;
    Ok(())
}

/// Writes parts separated by commas, a new line where the next part would not fit.
fn write_wrapped(parts: &[String], columns: usize, out: &mut dyn Write) -> Result<()> {
    let mut line = String::new();
    for (at, part) in parts.iter().enumerate() {
        let ended = if at + 1 < parts.len() { format!("{part}, ") } else { part.clone() };
        if !line.is_empty() && width::of(&line) + width::of(ended.trim_end()) > columns {
            writeln!(out, "{}", line.trim_end())?;
            line.clear();
            line.push_str("  ");
        }
        line.push_str(&ended);
    }
    writeln!(out, "{line}")?;
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
