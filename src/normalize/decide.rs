//! What whole columns held in, decisions that no single cell can make out: per cent or fraction, and columns that are not what their header says.

use anyhow::Result;

use super::{
    plan::{Column, Plan, line},
    reject::{Reject, Tally},
    target::Unit,
};
use crate::failure::Failure;

/// A column is refused as a whole when more than half of its filled cells, and at least this many, are not of its kind.
const REFUSED_AT_LEAST: u64 = 3;

/// A decision that the reader should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Header of the column.
    pub column: String,
    /// What was decided, and why.
    pub text: String,
}

/// Whether a decided column holds fractions without a sign, which an undecided column reads as per cent.
#[must_use]
pub fn holds_fractions(plan: &Plan<'_>, tallies: &[Tally]) -> bool {
    plan.columns.iter().zip(tallies).any(|(column, tally)| column.unit == Unit::Fraction && tally.largest_bare.is_some())
}

/// Whether some column's unit needs a look at the whole file.
#[must_use]
pub fn needs_a_look(plan: &Plan<'_>) -> bool {
    plan.columns.iter().any(|column| column.unit == Unit::Share)
}

/// Decides per cent or fraction, a column at a time: a column without a sign whose largest number is at most 1 holds fractions.
///
/// # Errors
/// A column whose largest number is just above 1, which could be either.
pub fn decide_shares(file: &str, plan: &mut Plan<'_>, tallies: &[Tally]) -> Result<Vec<Decision>> {
    let mut decisions = Vec::new();
    for (column, tally) in plan.columns.iter_mut().zip(tallies) {
        if column.unit != Unit::Share {
            continue;
        }
        let (unit, text) = match tally.largest_bare {
            None => (Unit::Fraction, None),
            Some(largest) if largest <= 1.0 => (Unit::Fraction, Some(format!("numbers without a sign are fractions: the largest is {largest}"))),
            Some(largest) if largest <= 1.1 => return Err(could_be_either(file, column, largest).into()),
            Some(largest) => (Unit::Percent, Some(per_cent(largest))),
        };
        column.unit = unit;
        decisions.extend(text.map(|text| Decision { column: column.name.clone(), text }));
    }
    Ok(decisions)
}

/// The decision that numbers without a sign are per cent.
#[must_use]
pub fn per_cent(largest: f64) -> String {
    format!("numbers without a sign are per cent: the largest is {largest}")
}

/// The same for whoever sees a column only part by part: it has been read as per cent, and stays so once a number shows that it is. `settled` says
/// of each column whether one has. Fractions cannot be told from small percentages by a part, so that they have to be declared.
///
/// # Errors
/// A column of which the first part with a number without a sign has none above 1.1; `line` is where the part begins.
pub fn settle_shares((file, line): (&str, u64), plan: &Plan<'_>, tallies: &[Tally], settled: &mut [bool]) -> Result<()> {
    for ((column, tally), settled) in plan.columns.iter().zip(tallies).zip(settled) {
        match tally.largest_bare {
            Some(largest) if column.unit == Unit::Share && !*settled => {
                if largest <= 1.1 {
                    return Err(undecided_so_far((file, line), column, largest).into());
                }
                *settled = true;
            }
            _ => {}
        }
    }
    Ok(())
}

fn undecided_so_far((file, line): (&str, u64), column: &Column, largest: f64) -> Failure {
    let name = &column.name;
    let target = column.target.text.trim_end_matches(":share");
    Failure::new(format!("{file}:{line}: column `{name}` may hold per cent or fractions: the largest number of the first rows that have one is {largest}"))
        .hint(format!(
            "row by row nobody can look at the whole column: say which with `--map '{name}={target}:percent'` or `--map '{name}={target}:fraction'` (or in the brief's `[columns]`)"
        ))
}

fn could_be_either(file: &str, column: &Column, largest: f64) -> Failure {
    let target = column.target.text.trim_end_matches(":share");
    Failure::new(format!("{file}:1: column `{}` may hold per cent or fractions: its largest number is {largest}", column.name)).hint(format!(
        "decide in the brief, keeping the line that is right:\n      [columns]\n      {}\n      {}",
        line(&column.name, &format!("{target}:percent")),
        line(&column.name, &format!("{target}:fraction"))
    ))
}

/// Refuses columns that are not what their header says.
///
/// # Errors
/// All such columns in one failure, with the lines to write.
pub fn refuse_misnamed(file: &str, plan: &Plan<'_>, tallies: &[Tally], rejects: &[Reject]) -> Result<()> {
    let misnamed = |tally: &Tally| tally.refused >= REFUSED_AT_LEAST && tally.refused * 2 > tally.filled.max(tally.refused);
    let columns: Vec<(&Column, &Tally)> = plan.columns.iter().zip(tallies).filter(|(_, tally)| misnamed(tally)).collect();
    if columns.is_empty() {
        return Ok(());
    }
    let describe = |(column, tally): &(&Column, &Tally)| {
        let example = rejects.iter().find(|reject| reject.column == column.name);
        let cell = example.map_or(String::new(), |reject| format!(" (line {}: `{}` is {})", reject.line, reject.cell, reject.reason));
        format!(
            "column `{}` is taken for `{}`, but {} of its {} filled cells are not{cell}",
            column.name,
            column.target,
            tally.refused,
            tally.filled.max(tally.refused)
        )
    };
    let message: Vec<String> = columns.iter().map(describe).collect();
    let lines: Vec<String> = columns.iter().map(|(column, _)| format!("      {}", line(&column.name, "ignore"))).collect();
    Err(Failure::new(format!("{file}: {}", message.join("; ")))
        .hint(format!(
            "say what the column holds, in the brief or with `--map 'HEADER=TARGET'` (`kolscore list fields` prints the targets); `ignore` passes it through:\n      [columns]\n{}",
            lines.join("\n")
        ))
        .into())
}
