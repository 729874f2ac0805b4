//! The cells of one column in, what it holds out: how many are filled, from what to what, and the first few.

use super::{
    cell::{self, Money, Written},
    date,
    field::Reading,
    figure::in_unit,
    plan::Column,
    reject::shortened,
};

/// Sample cells kept a column.
const SAMPLES: usize = 3;

/// Year, month and day.
pub type Day = (i32, u32, u32);

/// What a column holds, over a part of a file.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Cells that say something.
    pub filled: u64,
    /// The first different cells that say something, on one line each.
    pub samples: Vec<String>,
    /// Least and greatest value in the column's unit, where it holds numbers.
    pub numbers: Option<(f64, f64)>,
    /// First and last day, where it holds dates.
    pub days: Option<(Day, Day)>,
}

impl Profile {
    /// Takes in a cell.
    pub fn observe(&mut self, text: &str, column: &Column) {
        if cell::is_missing(text) {
            return;
        }
        self.filled += 1;
        let number = |written: Result<Option<Written>, cell::Reason>| written.ok().flatten().map(|written| in_unit(written, column.unit));
        let number = match column.target.reading {
            Reading::Count => number(cell::number(text)),
            Reading::Share => number(cell::share(text)),
            Reading::Money => match cell::money(text) {
                Ok(Some(Money::Amount(written))) => number(Ok(Some(written))),
                _ => None,
            },
            Reading::Date => {
                self.days = within(self.days, date::date(text));
                None
            }
            _ => None,
        };
        self.numbers = within(self.numbers, number);
        self.sample(&shortened(text.trim()));
    }

    fn sample(&mut self, text: &str) {
        if self.samples.len() < SAMPLES && !self.samples.iter().any(|known| known == text) {
            self.samples.push(text.to_owned());
        }
    }

    /// Adds what the next part of the same file held.
    pub fn append(&mut self, later: &Self) {
        self.filled += later.filled;
        later.samples.iter().for_each(|text| self.sample(text));
        if let Some((low, high)) = later.numbers {
            self.numbers = within(within(self.numbers, Some(low)), Some(high));
        }
        if let Some((first, last)) = later.days {
            self.days = within(within(self.days, Some(first)), Some(last));
        }
    }
}

/// A range widened to hold a value.
fn within<T: PartialOrd + Copy>(range: Option<(T, T)>, value: Option<T>) -> Option<(T, T)> {
    match (range, value) {
        (Some((low, high)), Some(value)) => Some((if value < low { value } else { low }, if value > high { value } else { high })),
        (None, Some(value)) => Some((value, value)),
        (range, None) => range,
    }
}
