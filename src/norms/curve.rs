//! Followers and a figure of many creators in, the usual figure for a size out. `scoring.md` §2.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::histogram::{Histogram, MAD_TO_DEVIATION};

/// Widths of the bins of ln(followers+1) and of ln(figure+1).
const SIZE_WIDTH: f64 = 0.1;
const FIGURE_WIDTH: f64 = 0.02;
/// Parts of equal count in which medians are taken.
const PARTS: u64 = 20;

/// Whole counts by ln(followers+1) and ln(figure+1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// By the bins of the size and of the figure in one number, which is quickly hashed.
    cells: HashMap<u64, u64, RandomState>,
}

/// Medians of ln(figure+1) by ln(followers+1), with one robust scale of the distances from them.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// (ln(followers+1), median of ln(figure+1)), ascending.
    points: Vec<(f64, f64)>,
    /// 1.4826 · MAD of the residuals.
    pub deviation: f64,
}

impl Grid {
    /// Adds a creator.
    pub fn add(&mut self, followers: f64, figure: f64) {
        let bin = |value: f64, width: f64| (value.max(0.0).ln_1p() / width).round() as i32;
        if followers.is_finite() && figure.is_finite() {
            self.add_cell(bin(followers, SIZE_WIDTH), bin(figure, FIGURE_WIDTH), 1);
        }
    }

    pub(super) fn add_cell(&mut self, size: i32, figure: i32, count: u64) {
        *self.cells.entry(u64::from(size.cast_unsigned()) << 32 | u64::from(figure.cast_unsigned())).or_default() += count;
    }

    /// Adds another part's counts.
    pub fn merge(&mut self, other: &Self) {
        other.cells.iter().for_each(|(cell, count)| *self.cells.entry(*cell).or_default() += count);
    }

    /// Cells with their counts, ascending: bin of the size, bin of the figure.
    pub fn cells(&self) -> impl Iterator<Item = (i32, i32, u64)> {
        let bins = |cell: u64| (((cell >> 32) as u32).cast_signed(), (cell as u32).cast_signed());
        let mut cells: Vec<(i32, i32, u64)> = self.cells.iter().map(|(cell, count)| (bins(*cell).0, bins(*cell).1, *count)).collect();
        cells.sort_unstable();
        cells.into_iter()
    }

    /// How many creators there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.cells.values().sum()
    }

    /// The curve through the medians of parts of equal count; nothing where there is nobody.
    #[must_use]
    pub fn curve(&self) -> Option<Curve> {
        let cells: Vec<(i32, i32, u64)> = self.cells().collect();
        let (total, mut below) = (self.count(), 0);
        let mut parts: Vec<Part> = Vec::new();
        for of_size in cells.chunk_by(|a, b| a.0 == b.0) {
            let count: u64 = of_size.iter().map(|(_, _, count)| count).sum();
            // Creators of one bin stay together, in the part that holds the middle of them.
            let number = (2 * below + count) * PARTS / (2 * total);
            below += count;
            if parts.last().is_none_or(|part| part.number != number) {
                parts.push(Part { number, ..Part::default() });
            }
            let part = parts.last_mut()?;
            part.sizes.add_bin(of_size[0].0, count);
            of_size.iter().for_each(|(_, figure, count)| part.figures.add_bin(*figure, *count));
        }
        let median = |part: &Part| Some((part.sizes.quantile(0.5, SIZE_WIDTH)?, part.figures.quantile(0.5, FIGURE_WIDTH)?));
        let points: Option<Vec<(f64, f64)>> = parts.iter().map(median).collect();
        let mut curve = Curve { points: points.filter(|points| !points.is_empty())?, deviation: 0.0 };
        curve.deviation = MAD_TO_DEVIATION * median_distance(&cells, &curve);
        Some(curve)
    }
}

/// Creators of some consecutive sizes.
#[derive(Default)]
struct Part {
    number: u64,
    sizes: Histogram,
    figures: Histogram,
}

fn median_distance(cells: &[(i32, i32, u64)], curve: &Curve) -> f64 {
    let mut distances: Vec<(f64, u64)> = Vec::with_capacity(cells.len());
    for of_size in cells.chunk_by(|a, b| a.0 == b.0) {
        let usual = curve.at(f64::from(of_size[0].0) * SIZE_WIDTH);
        distances.extend(of_size.iter().map(|(_, figure, count)| ((f64::from(*figure) * FIGURE_WIDTH - usual).abs(), *count)));
    }
    distances.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let half = cells.iter().map(|(_, _, count)| count).sum::<u64>().div_ceil(2);
    let mut below = 0;
    let middle = distances.iter().find(|(_, count)| {
        below += count;
        below >= half
    });
    middle.map_or(0.0, |(distance, _)| *distance)
}

impl Curve {
    /// A curve through published medians: followers and figure, ascending by followers.
    #[must_use]
    pub fn through(points: &[(f64, f64)], deviation: f64) -> Self {
        Self { points: points.iter().map(|(followers, figure)| (followers.ln_1p(), figure.ln_1p())).collect(), deviation }
    }

    /// The usual ln(figure+1) at ln(followers+1): linear between the medians, flat beyond the ends.
    #[must_use]
    pub fn at(&self, size: f64) -> f64 {
        let next = self.points.partition_point(|(known, _)| *known < size);
        match (next.checked_sub(1).and_then(|before| self.points.get(before)), self.points.get(next)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (size - x0) / (x1 - x0),
            (Some((_, only)), None) | (None, Some((_, only))) => *only,
            (None, None) => 0.0,
        }
    }

    /// The usual figure for so many followers.
    #[must_use]
    pub fn expected(&self, followers: f64) -> f64 {
        self.at(followers.max(0.0).ln_1p()).exp_m1()
    }

    /// How far ln(figure+1) lies above the usual.
    #[must_use]
    pub fn residual(&self, followers: f64, figure: f64) -> f64 {
        figure.max(0.0).ln_1p() - self.at(followers.max(0.0).ln_1p())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_runs_through_the_medians_and_is_flat_beyond_them() {
        let curve = Curve::through(&[(1_000.0, 100.0), (100_000.0, 1_000.0)], 0.5);
        assert!((curve.expected(1_000.0) - 100.0).abs() < 1e-6);
        assert!((curve.expected(10.0) - 100.0).abs() < 1e-6 && (curve.expected(1e9) - 1_000.0).abs() < 1e-6);
        assert!((curve.expected(10_000.0) - 316.0).abs() < 2.0);
        assert!((curve.residual(1_000.0, 100.0)).abs() < 1e-9);
    }

    #[test]
    fn a_grid_of_creators_who_interact_alike_has_no_residuals() {
        let mut grid = Grid::default();
        (1..=400).for_each(|at| grid.add(f64::from(at) * 100.0, f64::from(at) * 4.0));
        let curve = grid.curve().unwrap();
        assert!(curve.deviation < 0.12, "{}", curve.deviation);
        assert!(curve.residual(20_000.0, 800.0).abs() < 0.15);
        assert_eq!(Grid::default().curve(), None);
    }
}
