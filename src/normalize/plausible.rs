//! A quote, its views and the CPM that the file reports in, whether the three are in one unit out: the only trace of a silent 100×.
//!
//! `CPM = quote / views × 1000`. Exports disagree on the base of views by a factor of two or three, never by a hundred: so a quote that is a
//! hundred times (分 for 元) or a ten-thousandth (万 for 元) of what its CPM says is in another unit.

use super::{
    candidate::Candidate,
    cell::{self, Money},
    field::{Field, Metric, PriceFormat},
    plan::{Column, Plan, line},
    target::Unit,
};
use crate::failure::Failure;

/// A column of reported CPMs, and the quote that it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct CpmColumn {
    /// Position of the column.
    pub at: usize,
    /// The format that is quoted; `None` where the header does not say.
    pub format: Option<PriceFormat>,
}

/// Columns of reported CPMs.
#[must_use]
pub fn cpm_columns(plan: &Plan<'_>) -> Vec<CpmColumn> {
    let named = |column: &Column| column.target.text.strip_prefix("reported.").filter(|name| *name == "cpm" || name.starts_with("cpm_")).map(str::to_owned);
    let format = |name: &str| match name {
        "cpm_image" => Some(Some(PriceFormat::Image)),
        "cpm_video" => Some(Some(PriceFormat::Video)),
        "cpm_short" => Some(Some(PriceFormat::VideoShort)),
        "cpm_mid" => Some(Some(PriceFormat::VideoMid)),
        "cpm_long" => Some(Some(PriceFormat::VideoLong)),
        "cpm" => Some(None),
        _ => None,
    };
    let columns = plan.columns.iter().enumerate();
    columns.filter_map(|(at, column)| Some(CpmColumn { at, format: format(&named(column)?)? })).collect()
}

/// How often a quote was how many times of what its CPM says.
#[derive(Debug, Clone, Copy, Default)]
pub struct CpmTally {
    /// Rows where all three agree.
    pub agree: u64,
    /// Rows where the quote is a hundred times too large, and the line of the first.
    pub hundredfold: (u64, u64),
    /// Rows where it is a hundredth: the CPM is in 分.
    pub hundredth: u64,
    /// Rows where it is a ten-thousandth, and the line of the first.
    pub ten_thousandth: (u64, u64),
}

impl CpmTally {
    /// Takes in one row.
    pub fn saw(&mut self, cell: &str, line: u64, format: Option<PriceFormat>, candidate: &Candidate) {
        let Ok(Some(Money::Amount(cpm))) = cell::money(cell) else { return };
        let quotes: Vec<f64> = candidate.prices.iter().copied().flatten().collect();
        let quote = match format {
            Some(format) => candidate.prices[format as usize],
            None => quotes.first().copied().filter(|_| quotes.len() == 1),
        };
        let views = candidate.metrics.iter().find(|figure| figure.metric == Metric::Views && figure.value > 0.0);
        let (Some(quote), Some(views)) = (quote, views) else { return };
        if cpm.value <= 0.0 {
            return;
        }
        let times = quote / views.value * 1_000.0 / cpm.value;
        let count = |counted: &mut (u64, u64)| *counted = (counted.0 + 1, if counted.0 == 0 { line } else { counted.1 });
        match times {
            0.2..5.0 => self.agree += 1,
            20.0..500.0 => count(&mut self.hundredfold),
            0.002..0.05 => self.hundredth += 1,
            0.000_02..0.000_5 => count(&mut self.ten_thousandth),
            _ => {}
        }
    }

    /// Adds the next part of the same file.
    pub fn append(&mut self, later: Self) {
        let first = |own: (u64, u64), more: (u64, u64)| (own.0 + more.0, if own.0 == 0 { more.1 } else { own.1 });
        self.agree += later.agree;
        self.hundredth += later.hundredth;
        self.hundredfold = first(self.hundredfold, later.hundredfold);
        self.ten_thousandth = first(self.ten_thousandth, later.ten_thousandth);
    }
}

/// Rows that must disagree in the same way before a column is doubted.
const AT_LEAST: u64 = 3;

/// Why quotes cannot be in the unit that they are taken for.
#[must_use]
pub fn problem(file: &str, plan: &Plan<'_>, tallies: &[CpmTally]) -> Option<Failure> {
    for (column, tally) in cpm_columns(plan).iter().zip(tallies) {
        let cases = [(tally.hundredfold, "100 times", Unit::Fen, "分"), (tally.ten_thousandth, "a ten-thousandth of", Unit::TenThousand, "万")];
        for ((count, first), times, unit, name) in cases {
            if count < AT_LEAST || count * 10 < tally.agree {
                continue;
            }
            let is_quote = |other: &&Column| match (other.target.field, column.format) {
                (Some(Field::Price(own)), Some(format)) => own == format && other.unit != unit,
                (Some(Field::Price(_)), None) => other.unit != unit,
                _ => false,
            };
            let Some(quote) = plan.columns.iter().find(is_quote) else { continue };
            let (cpm, price) = (&plan.columns[column.at].name, &quote.name);
            let rows = if tally.agree > 0 { format!("{count} quotes, and not of {} others", tally.agree) } else { format!("all {count} quotes") };
            let message =
                format!("{file}: column `{price}` is {times} what `{cpm}` and the views say in {rows} (the first on line {first}): unit 元 or {name}?");
            let target = quote.target.text.split(':').next().unwrap_or_default();
            let mixed = if tally.agree > 0 {
                "the column mixes units: mend its cells, or leave the quotes out with the first line"
            } else {
                "keep the line that is right"
            };
            return Some(Failure::new(message).hint(format!(
                "decide in the brief (or with `--map`); {mixed}:\n      [columns]\n      {}\n      {}\n      {}",
                line(price, "ignore"),
                line(price, &format!("{target}:{name}")),
                line(cpm, "ignore")
            )));
        }
    }
    None
}
