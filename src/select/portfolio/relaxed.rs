//! Reach in, what no set of offers can reach more than out.
//!
//! Reach is concave in fractions of offers, so the best fractions bound every set, and so does each tangent: a tangent is linear, and
//! [`Linear::bound`] bounds it. The best fractions are found as a mixture of corners: at each step the corner that the tangent likes most
//! is added, and the mixture is made the best of all corners so far.

use super::{linear::Linear, worth::Cells};

/// Corners of the mixture.
const CORNERS: usize = 60;
/// Steps in which a mixture is improved.
const STEPS: usize = 400;
/// The part of the value by which the bound may be too large.
const CLOSE: f64 = 2e-4;

/// The tangent of the lowest bound.
#[derive(Debug, Clone)]
pub(super) struct Tangent {
    /// What no set can reach more than.
    pub(super) bound: f64,
    /// What the tangent is worth where nothing is bought.
    pub(super) constant: f64,
    /// How fast reach grows with each offer there.
    pub(super) slopes: Vec<f64>,
    /// What the rules cost there.
    pub(super) multipliers: Vec<f64>,
}

/// The lowest bound that tangents give.
pub(super) fn tangent(linear: &Linear<'_>, cells: &Cells, stop: impl Fn() -> bool) -> Option<Tangent> {
    let nothing = vec![0.0; cells.weights.len()];
    let mut corners: Vec<Vec<f64>> = Vec::new();
    let mut corner_exponents: Vec<Vec<f64>> = Vec::new();
    let mut mixture: Vec<f64> = Vec::new();
    let mut lowest: Option<Tangent> = None;
    let mut exponents = nothing.clone();
    for _ in 0..CORNERS {
        let slopes = cells.slopes(&exponents);
        let corner = linear.fractions(&slopes)?;
        let along = |bought: &[f64]| slopes.iter().zip(bought).map(|(slope, part)| slope * part).sum::<f64>();
        let here: Vec<f64> = blended(&corners, &mixture, slopes.len());
        let gap = along(&corner) - along(&here);
        let value = cells.value(&exponents);
        let close = !corners.is_empty() && gap <= CLOSE * value.max(f64::MIN_POSITIVE);
        if close || lowest.as_ref().is_none_or(|lowest| value + gap < lowest.bound) {
            let constant = value - along(&here);
            lowest = lower(lowest, linear, slopes, constant);
        }
        if close || stop() {
            break;
        }
        corner_exponents.push(cells.exponents(&corner));
        corners.push(corner);
        mixture.push(if corners.len() == 1 { 1.0 } else { 0.0 });
        improve(cells, &corner_exponents, &mut mixture);
        exponents = blended(&corner_exponents, &mixture, nothing.len());
    }
    lowest
}

/// The lower of a bound and that of another tangent, which is worth `constant + slopes · bought`.
fn lower(lowest: Option<Tangent>, linear: &Linear<'_>, slopes: Vec<f64>, constant: f64) -> Option<Tangent> {
    let Some(multipliers) = linear.multipliers(&slopes) else { return lowest };
    let bound = constant + linear.bound(&slopes, &multipliers);
    match lowest {
        Some(lowest) if lowest.bound <= bound => Some(lowest),
        _ => Some(Tangent { bound, constant, slopes, multipliers }),
    }
}

fn blended(of: &[Vec<f64>], mixture: &[f64], len: usize) -> Vec<f64> {
    let mut sum = vec![0.0; len];
    for (one, part) in of.iter().zip(mixture).filter(|(_, part)| **part > 0.0) {
        sum.iter_mut().zip(one).for_each(|(sum, value)| *sum += part * value);
    }
    sum
}

/// Moves weight from the worst corner of the mixture to the best, each time as far as it helps.
fn improve(cells: &Cells, corners: &[Vec<f64>], mixture: &mut [f64]) {
    for _ in 0..STEPS {
        let here = blended(corners, mixture, cells.weights.len());
        let left: Vec<f64> = cells.weights.iter().zip(&here).map(|(weight, sum)| weight * (-sum).exp()).collect();
        let slopes: Vec<f64> = corners.iter().map(|corner| corner.iter().zip(&left).map(|(sum, left)| sum * left).sum()).collect();
        let by_slope = |a: &usize, b: &usize| slopes[*a].total_cmp(&slopes[*b]).then(b.cmp(a));
        let Some(best) = (0..corners.len()).max_by(by_slope) else { return };
        let Some(worst) = (0..corners.len()).filter(|at| mixture[*at] > 0.0).min_by(by_slope) else { return };
        if slopes[best] - slopes[worst] <= 1e-7 * slopes[best].abs() {
            return;
        }
        let direction: Vec<f64> = corners[best].iter().zip(&corners[worst]).map(|(to, from)| to - from).collect();
        let slope_at = |step: f64| {
            let rate = |((weight, sum), by): ((&f64, &f64), &f64)| weight * by * (-(sum + step * by)).exp();
            cells.weights.iter().zip(&here).zip(&direction).map(rate).sum::<f64>()
        };
        let (mut low, mut high) = (0.0, mixture[worst]);
        if slope_at(high) < 0.0 {
            for _ in 0..40 {
                let middle = f64::midpoint(low, high);
                if slope_at(middle) > 0.0 { low = middle } else { high = middle }
            }
        }
        mixture[best] += high;
        mixture[worst] = (mixture[worst] - high).max(0.0);
    }
}
