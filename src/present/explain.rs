//! Explanations in, text for people out: read from the top, it answers why the score is what it is, and what would change it.

use std::io::Write;

use anyhow::Result;

use super::{
    explanation::{DimensionFacts, Explanation, Explanations, LookUp, PartFacts},
    width,
};
use crate::score::evidence::grouped;

/// Cells and texts shown a part; JSON has all.
const SHOWN: usize = 4;
/// Where the words of a part begin.
const INDENT: usize = 33;

/// Writes all explanations, side by side first where there are several.
///
/// # Errors
/// The output is gone.
pub fn write(all: &Explanations, columns: usize, out: &mut dyn Write) -> Result<()> {
    if all.candidates.len() > 1 {
        side_by_side(all, columns, out)?;
    }
    for one in &all.candidates {
        candidate(one, columns, out)?;
    }
    for one in &all.excluded {
        writeln!(out, "{} is not ranked: `{}` excludes it: {} ({})\n", one.who, one.rule, one.detail, one.place)?;
    }
    for (at, sentence) in all.run.weights.iter().enumerate() {
        wrapped(if at == 0 { "weights  " } else { "" }, 9, sentence, columns, out)?;
    }
    let run = &all.run;
    let data = run.data.as_ref().map_or(String::new(), |data| format!("{data}, "));
    writeln!(out, "brief {}, norms {} {}, {data}kolscore {}", run.brief, run.norms, run.norms_hash, run.version)?;
    Ok(())
}

fn candidate(one: &Explanation, columns: usize, out: &mut dyn Write) -> Result<()> {
    let name = if one.name.is_empty() { &one.id } else { &one.name };
    writeln!(out, "{name} · {} · {} ({}) · {}", one.platform, one.kind.to_uppercase(), one.kind_from, one.place)?;
    writeln!(out, "{}", one.id)?;
    let rank = one.rank.map_or("no rank".to_owned(), |rank| format!("rank {rank} of {}", one.of));
    let score = one.score.map_or("not scored: nothing that the brief asks for is known".to_owned(), |score| format!("score {score:.1}"));
    writeln!(out, "{score}, between {:.1} and {:.1} · {rank} · {:.0} % known\n", one.score_lo, one.score_hi, one.coverage * 100.0)?;
    for dimension in &one.dimensions {
        dimension_lines(dimension, columns, out)?;
    }
    let gate = match one.gate.limited_by {
        Some(limited_by) => format!(
            "gate × {:.3}: {limited_by} is under its minimum of {:.2}, which nothing can buy back{:>w$.2} points",
            one.gate.factor,
            one.gate.threshold.unwrap_or_default(),
            one.gate.points,
            w = 10
        ),
        None => "gate × 1: every minimum is met".to_owned(),
    };
    writeln!(out, "{gate}")?;
    writeln!(out, "{:<54}= {:.2} points\n", "together", one.exact)?;
    list("flags", &one.flags, columns, out)?;
    list("the whole", &one.facts, columns, out)?;
    look_up(one, columns, out)?;
    list("price", &one.prices, columns, out)?;
    list("firmness", &one.stability, columns, out)?;
    Ok(())
}

fn dimension_lines(one: &DimensionFacts, columns: usize, out: &mut dyn Write) -> Result<()> {
    let range = if one.hi - one.lo < 0.005 { String::new() } else { format!("{:.2}–{:.2}", one.lo, one.hi) };
    let unknown = if one.known == 0.0 { "  unknown, counted at its mean" } else { "" };
    writeln!(out, "{:<14} {:.2}  {range:<11} × {:>5.1} % {:>12.2} points{unknown}", one.name, one.value, one.weight * 100.0, one.points)?;
    for part in &one.parts {
        part_lines(part, columns, out)?;
    }
    Ok(())
}

fn part_lines(part: &PartFacts, columns: usize, out: &mut dyn Write) -> Result<()> {
    let value = if part.known == 0.0 { "   ?".to_owned() } else { format!("{:.2}", part.value) };
    let share = if part.share > 0.0 { format!("{:>3.0} %", part.share * 100.0) } else { String::new() };
    let label = format!("  {:<17} {value} {share:>6}  ", width::cut(&part.name, 17));
    for (at, sentence) in part.says.iter().enumerate() {
        wrapped(if at == 0 { &label } else { "" }, INDENT, sentence, columns, out)?;
    }
    for cell in part.cells.iter().take(SHOWN) {
        let place = short(&cell.place);
        let room = columns.saturating_sub(INDENT + width::of(place) + width::of(&cell.column) + 7);
        let text = width::cut(&cell.cell.split_whitespace().collect::<Vec<_>>().join(" "), room.max(12));
        writeln!(out, "{:INDENT$}{place} `{}` 「{text}」", "", cell.column)?;
    }
    for quote in part.quotes.iter().take(SHOWN) {
        let place = short(&quote.place);
        let room = columns.saturating_sub(INDENT + width::of(place) + width::of(&quote.words) + 9);
        let text = width::cut(&quote.text.split_whitespace().collect::<Vec<_>>().join(" "), room.max(16));
        writeln!(out, "{:INDENT$}{place} {} in 「{text}」", "", quote.words)?;
    }
    let more = part.cells.len().saturating_sub(SHOWN) + part.quotes.len().saturating_sub(SHOWN);
    if more > 0 {
        writeln!(out, "{:INDENT$}and {more} more, see `-f json`", "")?;
    }
    Ok(())
}

/// A place without its folder: the first line names the file in full.
fn short(place: &str) -> &str {
    place.rsplit(['/', '\\']).next().unwrap_or(place)
}

fn look_up(one: &Explanation, columns: usize, out: &mut dyn Write) -> Result<()> {
    let fields = |row: &LookUp| format!("`{}`", row.fields.join("`, `"));
    let moves = |row: &LookUp| row.rank_best != row.rank_worst || row.chance > 0.0;
    let line = |row: &LookUp| {
        let cut = if row.chance > 0.0 {
            format!("{:.0} % of what it could be changes who is among the first {}", row.chance * 100.0, one.top)
        } else {
            format!("whatever it is, the first {} stay the same", one.top)
        };
        format!("{}: rank {} to {}; {cut} ({})", row.part, row.rank_best, row.rank_worst, fields(row))
    };
    let mut rows: Vec<String> = one.look_up.iter().filter(|row| moves(row)).map(line).collect();
    let idle: Vec<&str> = one.look_up.iter().filter(|row| !moves(row)).map(|row| row.part.as_str()).collect();
    if !idle.is_empty() {
        rows.push(format!("moves no rank: {}", idle.join(", ")));
    }
    list("look up next", &rows, columns, out)
}

fn list(heading: &str, rows: &[String], columns: usize, out: &mut dyn Write) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{heading}")?;
    for row in rows {
        wrapped("  ", 4, row, columns, out)?;
    }
    writeln!(out)?;
    Ok(())
}

/// A sentence behind a label, wrapped between words.
fn wrapped(label: &str, indent: usize, sentence: &str, columns: usize, out: &mut dyn Write) -> Result<()> {
    let missing = if label.is_empty() { indent } else { 0 };
    let mut line = format!("{}{label}", " ".repeat(missing));
    let mut is_empty = true;
    for word in sentence.split(' ') {
        if !is_empty && width::of(&line) + 1 + width::of(word) > columns.max(indent + 20) {
            writeln!(out, "{}", line.trim_end())?;
            line = " ".repeat(indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(out, "{}", line.trim_end())?;
    Ok(())
}

fn side_by_side(all: &Explanations, columns: usize, out: &mut dyn Write) -> Result<()> {
    let room = (columns.saturating_sub(14) / all.candidates.len()).clamp(13, 26) - 1;
    let cell = |text: &str| {
        let text = width::cut(text, room);
        format!("{}{text} ", " ".repeat(room.saturating_sub(width::of(&text))))
    };
    let mut row = |label: &str, cells: Vec<String>| -> Result<()> {
        writeln!(out, "{}", format!("{label:<13} {}", cells.iter().map(|text| cell(text)).collect::<String>()).trim_end())?;
        Ok(())
    };
    let each = |of: &dyn Fn(&Explanation) -> String| all.candidates.iter().map(of).collect::<Vec<_>>();
    row("", each(&|one| if one.name.is_empty() { one.id.clone() } else { one.name.clone() }))?;
    row("board", each(&|one| one.rank.map_or(one.kind.to_uppercase(), |rank| format!("{} {rank} of {}", one.kind.to_uppercase(), one.of))))?;
    row("score", each(&|one| one.score.map_or("?".to_owned(), |score| format!("{score:.1}"))))?;
    row("range", each(&|one| format!("{:.1}–{:.1}", one.score_lo, one.score_hi)))?;
    let names = all.candidates.iter().flat_map(|one| one.dimensions.iter().map(|dimension| dimension.name));
    let mut seen: Vec<&str> = Vec::new();
    names.for_each(|name| {
        if !seen.contains(&name) {
            seen.push(name);
        }
    });
    for name in seen {
        let of = |one: &Explanation| {
            one.dimensions
                .iter()
                .find(|dimension| dimension.name == name)
                .map_or(String::new(), |dimension| format!("{:.2} = {:.2}", dimension.value, dimension.points))
        };
        row(name, each(&of))?;
    }
    row("gate", each(&|one| one.gate.limited_by.map_or("–".to_owned(), |by| format!("{by} {:.2}", one.gate.points))))?;
    row("known", each(&|one| format!("{:.0} %", one.coverage * 100.0)))?;
    writeln!(out, "Values, and the points that they are worth.")?;
    for swap in &all.swaps {
        let by = swap.by.map_or("no single weight turns them around".to_owned(), |(dimension, by)| {
            format!("the weight of {dimension} {:+.0} % turns them around", by * 100.0)
        });
        writeln!(out, "{} and {}: {by}", swap.between[0], swap.between[1])?;
    }
    writeln!(out)?;
    Ok(())
}

/// Money as people write it.
#[must_use]
pub fn money(value: f64) -> String {
    if value.is_finite() { grouped(value) } else { "any price".to_owned() }
}
