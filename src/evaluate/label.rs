//! Cells of a label column in, what is true of each candidate out.

use clap::ValueEnum;

use crate::normalize::cell;

/// What the cells of a label column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LabelKind {
    /// Names of categories: each is told from all others
    Category,
    /// Yes or no: 1 and 0, true and false, 是 and 否
    Binary,
    /// Steps of a scale, the lowest worth nothing
    Grade,
    /// Amounts such as sales; a loss earns nothing
    Outcome,
}

/// Words for yes and no.
const YES: &[&str] = &["1", "1.0", "true", "yes", "y", "是", "有", "√", "✓"];
const NO: &[&str] = &["0", "0.0", "false", "no", "n", "否", "无", "没有", "×", "✗"];
/// A scale with more steps than this, or with larger ones than [`LARGEST`], is an outcome.
const STEPS: usize = 11;
const LARGEST: f64 = 100.0;

impl LabelKind {
    /// Name in arguments and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Binary => "binary",
            Self::Grade => "grade",
            Self::Outcome => "outcome",
        }
    }

    /// What most plainly fits all filled cells: yes or no, a scale of few whole steps, amounts, else names.
    #[must_use]
    pub fn of(cells: &[String]) -> Self {
        if cells.iter().all(|cell| binary(cell).is_some()) {
            return Self::Binary;
        }
        let Some(numbers) = cells.iter().map(|cell| number(cell)).collect::<Option<Vec<f64>>>() else { return Self::Category };
        let mut steps = numbers.clone();
        steps.sort_by(f64::total_cmp);
        steps.dedup();
        let of_scale = |step: &f64| step.fract() == 0.0 && (0.0..=LARGEST).contains(step);
        if steps.len() <= STEPS && steps.iter().all(of_scale) { Self::Grade } else { Self::Outcome }
    }

    /// The value of a cell: 1 or 0, or its number; `None` where it is neither.
    #[must_use]
    pub fn value(self, cell: &str) -> Option<f64> {
        match self {
            Self::Category => None,
            Self::Binary => binary(cell).map(f64::from),
            Self::Grade | Self::Outcome => number(cell),
        }
    }

    /// What a cell has to be.
    #[must_use]
    pub fn wanted(self) -> &'static str {
        match self {
            Self::Category => "a category",
            Self::Binary => "yes or no (1 or 0, true or false, 是 or 否)",
            Self::Grade | Self::Outcome => "a number",
        }
    }
}

fn binary(cell: &str) -> Option<bool> {
    let cell = cell.trim().to_lowercase();
    let is = |words: &[&str]| words.contains(&cell.as_str());
    is(YES).then_some(true).or(is(NO).then_some(false))
}

fn number(cell: &str) -> Option<f64> {
    cell::number(cell).ok().flatten().map(|written| written.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_plainest_that_fits_all_cells() {
        let kind = |cells: &[&str]| LabelKind::of(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
        assert_eq!(kind(&["True", "False"]), LabelKind::Binary);
        assert_eq!(kind(&["1", "0", "2"]), LabelKind::Grade);
        assert_eq!(kind(&["1.2万", "300"]), LabelKind::Outcome);
        assert_eq!(kind(&["美食", "1"]), LabelKind::Category);
    }
}
