//! One numeric cell in, the candidate's figure out: counts, money and shares in the column's unit, or a reject with its place.

use super::{
    candidate::{Candidate, Performance},
    cell::{self, Money, Written},
    field::Field,
    plan::Column,
    reject::{Rejects, Tally},
    target::{Scope, Unit},
};

/// Where a cell stands, for its reject.
pub(super) struct Place<'f> {
    pub(super) line: u64,
    /// Position of the column.
    pub(super) at: usize,
    pub(super) column: &'f Column,
    pub(super) tally: &'f mut Tally,
    pub(super) rejects: &'f mut Rejects,
}

const FULL_NUMBER: &str = "a full number under a header in 万";

/// No count and no price of this world is larger; beyond it, whole numbers are no longer exact.
const LARGEST: f64 = 1e15;
const TOO_LARGE: &str = "too large for a number";

/// Under a header in 万, a bare number from here on is a full number that somebody typed.
const FULL_FOLLOWERS: f64 = 10_000.0;
const FULL_PRICE: f64 = 1_000.0;

/// Per cent as a fraction, the same number to the last digit that `0.123` is for `12.3`.
fn hundredth(value: f64) -> f64 {
    (value * 1e10).round() / 1e12
}

/// The value of a written number under a column of this unit; what the cell itself says wins over the column.
pub(super) fn in_unit(written: Written, unit: Unit) -> f64 {
    // Minus zero is zero.
    0.0 + match unit {
        _ if written.percent => hundredth(written.value),
        _ if written.suffixed || written.currency.is_some() => written.value,
        // What a column has not decided yet is read as most columns are.
        Unit::Percent | Unit::Share => hundredth(written.value),
        Unit::Fen => written.value / 100.0,
        Unit::TenThousand => (written.value * 1e10).round() / 1e6,
        unit => written.value * unit.factor(),
    }
}

impl Place<'_> {
    /// Whether a bare number under a header in 万 is too large to be in 万.
    fn is_full_number(&self, written: Written, from: f64) -> bool {
        self.column.unit == Unit::TenThousand && !written.suffixed && written.currency.is_none() && written.value >= from
    }

    pub(super) fn refuse(&mut self, cell: &str, reason: &str) {
        self.tally.refused += 1;
        self.rejects.cell(self.line, &self.column.name, cell, reason);
    }

    /// The value of a written number in the column's unit; what the cell itself says wins over the column.
    pub(super) fn scaled(&mut self, written: Written) -> f64 {
        let bare = !written.percent && !written.suffixed;
        self.tally.saw(bare, written.value);
        in_unit(written, self.column.unit)
    }

    pub(super) fn number(&mut self, cell: &str) -> Option<f64> {
        self.taken(cell, cell::number(cell))
    }

    /// The same of a cell that has been read.
    fn taken(&mut self, cell: &str, written: Result<Option<Written>, cell::Reason>) -> Option<f64> {
        match written {
            Ok(written) => {
                self.tally.filled += u64::from(written.is_some());
                let value = self.scaled(written?);
                if value.abs() > LARGEST {
                    self.refuse(cell, TOO_LARGE);
                    return None;
                }
                Some(value)
            }
            Err(reason) => {
                self.tally.filled += 1;
                self.refuse(cell, reason);
                None
            }
        }
    }
}

pub(super) fn count(cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
    let written = cell::number(cell);
    if let Ok(Some(written)) = written
        && place.is_full_number(written, FULL_FOLLOWERS)
    {
        place.tally.filled += 1;
        return place.refuse(cell, FULL_NUMBER);
    }
    let Some(value) = place.taken(cell, written) else { return };
    let target = &place.column.target;
    let missing_zero = target.zero_is_missing.unwrap_or(target.scope == Some(Scope::Sponsored));
    if value == 0.0 && missing_zero {
        return;
    }
    if value < 0.0 && target.field != Some(Field::FollowersGrowth) {
        return place.refuse(cell, "negative");
    }
    match target.field {
        Some(Field::Followers) => candidate.followers = Some(value),
        Some(Field::FollowersGrowth) => candidate.followers_growth_30d = Some(value),
        Some(Field::Posts) => candidate.posts_30d = Some(value),
        Some(Field::Metric(metric)) => {
            let (scope, window_days, mean) = (target.scope, target.window_days, target.mean);
            candidate.metrics.push(Performance { metric, scope, window_days, mean, value });
        }
        _ => {}
    }
}

pub(super) fn money(cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
    let Some(Field::Price(format)) = place.column.target.field else { return };
    let price = cell::money(cell);
    place.tally.filled += u64::from(price != Ok(None));
    match price {
        Ok(None) => {}
        Ok(Some(Money::Barter)) => candidate.barter = true,
        Ok(Some(Money::Amount(written))) if place.is_full_number(written, FULL_PRICE) => place.refuse(cell, FULL_NUMBER),
        Ok(Some(Money::Amount(written))) => {
            let column_in_yuan = matches!(place.column.unit, Unit::Yuan | Unit::TenThousand | Unit::Fen);
            match written.currency {
                Some("CNY") => candidate.price_in_yuan = true,
                Some(_) if column_in_yuan => return place.refuse(cell, "a quote in another currency than its column"),
                Some(currency) if candidate.currency.is_empty() => candidate.currency.push_str(currency),
                _ => candidate.price_in_yuan |= column_in_yuan,
            }
            let value = place.scaled(written);
            if value > LARGEST {
                return place.refuse(cell, TOO_LARGE);
            }
            let zero_is_missing = place.column.target.zero_is_missing.unwrap_or(true);
            if value < 0.0 {
                place.refuse(cell, "negative");
            } else if value > 0.0 || !zero_is_missing {
                candidate.prices[format as usize] = Some(value);
            }
        }
        Err(reason) => place.refuse(cell, reason),
    }
}

pub(super) fn share(cell: &str, candidate: &mut Candidate, place: &mut Place<'_>) {
    let written = cell::share(cell);
    place.tally.filled += u64::from(written != Ok(None));
    let value = match written {
        Ok(None) => return,
        Ok(Some(written)) => place.scaled(written),
        Err(reason) => return place.refuse(cell, reason),
    };
    if !(0.0..=1.10).contains(&value) {
        return place.refuse(cell, "not a share between 0 and 100 %");
    }
    match (place.column.target.field, &place.column.target.bin) {
        (Some(Field::Audience(facet)), Some(bin)) => candidate.audience[facet as usize].bins.push((bin.clone(), value)),
        (Some(Field::Quality(quality)), _) if value > 0.0 || place.column.target.zero_is_missing != Some(true) => {
            candidate.quality[quality as usize] = Some(value.min(1.0));
        }
        _ => {}
    }
}

/// A second notation of a figure must agree with the first to the precision that it is written in.
pub(super) fn check(cell: &str, candidate: &Candidate, place: &mut Place<'_>) {
    let Some(compact) = place.number(cell) else { return };
    let target = &place.column.target;
    let plain = match target.field {
        Some(Field::Followers) => candidate.followers,
        Some(Field::Metric(metric)) => {
            candidate.metrics.iter().find(|figure| (figure.metric, figure.scope, figure.mean) == (metric, target.scope, target.mean)).map(|figure| figure.value)
        }
        _ => None,
    };
    if let Some(plain) = plain
        && !agrees(cell, compact, plain)
    {
        place.refuse(cell, &format!("its second notation says {plain}"));
    }
}

/// Whether `3.4M` may stand for the plain number: they differ by less than one unit of the last digit that is written.
#[must_use]
pub fn agrees(compact_cell: &str, compact: f64, plain: f64) -> bool {
    let digits: String = compact_cell.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let written: f64 = digits.parse().unwrap_or(0.0);
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unit = if written == 0.0 { 1.0 } else { compact.abs() / written };
    (compact - plain).abs() <= unit / 10_f64.powf(decimals as f64) * 1.000_001
}
