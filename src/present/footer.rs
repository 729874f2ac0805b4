//! What a reader should know beside the boards: what was not taken, what was decided, counts, hashes, the next command.

use std::io::Write;

use anyhow::Result;

use super::{
    columns::one_line,
    report::{Aim, NormFacts, Report},
    width,
};
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
    let (count, done) = if counts.scored > 0 { (counts.scored, "scored") } else { (counts.ranked, "ranked") };
    let mut parts = vec![format!("{} rows read: {count} {done}", counts.records)];
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
    for (kind, weights) in &run.weights {
        let mut parts: Vec<String> = weights.iter().map(|(name, weight)| format!("{name} {}", hundred(*weight))).collect();
        if let Some(first) = parts.first_mut() {
            first.insert_str(0, &format!("weights {}: ", kind.name().to_uppercase()));
        }
        write_wrapped(&parts, columns, out)?;
    }
    for aim in &run.aims {
        write_wrapped(&aim_parts(aim), columns, out)?;
    }
    let NormFacts { id, hash, rows, .. } = &run.norms;
    let made_of = format!("norms {id} {hash} of {rows} candidates");
    let data = run.data.as_ref().map(ToString::to_string);
    let made_with: Vec<String> = [format!("brief {}", run.brief), made_of].into_iter().chain(data).chain([format!("kolscore {}", run.version)]).collect();
    write_wrapped(&made_with, columns, out)?;
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

/// `conversion 转化 (loyalty ×4, audience ×1.2): buyers follow those they trust`, in parts.
fn aim_parts(aim: &Aim) -> Vec<String> {
    let mut parts: Vec<String> = aim.multiplies.iter().map(|(name, by)| format!("{name} ×{by}")).collect();
    parts.extend(aim.mix.map(|(kol, koc)| format!("KOL:KOC {kol}:{koc}")));
    if let Some(first) = parts.first_mut() {
        first.insert(0, '(');
    }
    if let Some(last) = parts.last_mut() {
        last.push(')');
    }
    match (parts.first_mut(), aim.multiplies.is_empty() && aim.mix.is_none()) {
        (Some(first), false) => first.insert_str(0, &format!("{} ", aim.name)),
        _ => parts.push(aim.name.clone()),
    }
    if let Some(last) = parts.last_mut() {
        last.push_str(": ");
        last.push_str(&aim.why);
    }
    parts
}

/// A share in whole per cent, or with one decimal where it is not whole: `22`, `17.5`.
fn hundred(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Writes parts separated by commas, a new line where the next part would not fit.
pub(super) fn write_wrapped(parts: &[String], columns: usize, out: &mut dyn Write) -> Result<()> {
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
