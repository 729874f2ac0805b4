//! Values and weights in, the score with its interval, gate, coverage and contributions out. `scoring.md` §5.

use super::{value::Value, weights::Weights};

/// A total. Scores are 0 to 100.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// The score, counting what is unknown at its mean; rounded to 4 decimals, as ranking uses it. `None` where nothing is known.
    pub score: Option<f64>,
    /// The same before rounding: the points of the dimensions and the gate add up to it.
    pub exact: f64,
    /// The score if everything unknown were 0.
    pub lo: f64,
    /// The score if everything unknown were 1.
    pub hi: f64,
    /// Known mass, 0 to 1.
    pub coverage: f64,
    /// `100·w·x` of each dimension.
    pub points: Vec<f64>,
    /// What failed minimums leave of the score.
    pub gate: Gate,
}

/// The gate: match is the ground that a cooperation stands on, so a failed minimum cannot be bought back.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// 1 where every minimum is met.
    pub factor: f64,
    /// Position of the dimension that sets it.
    pub limited_by: Option<usize>,
    /// `-100·base·(1 - factor)`: with the points of the dimensions, the score.
    pub points: f64,
}

/// Adds up one candidate. All slices are in the order of the dimensions.
#[must_use]
pub fn total(values: &[Value], weights: &Weights) -> Total {
    let end = |pick: fn(&Value) -> f64| {
        let base: f64 = values.iter().zip(&weights.weights).map(|(value, weight)| weight * pick(value)).sum();
        let (factor, limited_by) = gate(values.iter().map(pick), weights);
        (100.0 * base, factor, limited_by)
    };
    let (base, factor, limited_by) = end(|value| value.mid);
    let (lo, hi) = (end(|value| value.lo), end(|value| value.hi));
    let coverage: f64 = values.iter().zip(&weights.weights).map(|(value, weight)| weight * value.known).sum();
    Total {
        score: (coverage > 0.0).then(|| rounded(base * factor)),
        exact: base * factor,
        lo: rounded(lo.0 * lo.1),
        hi: rounded(hi.0 * hi.1),
        coverage: rounded(coverage.clamp(0.0, 1.0)),
        points: values.iter().zip(&weights.weights).map(|(value, weight)| 100.0 * weight * value.mid).collect(),
        gate: Gate { factor, limited_by, points: -(base * (1.0 - factor)) + 0.0 },
    }
}

/// The score alone, before rounding: weighted values under the gate.
#[must_use]
pub fn exact(values: &[Value], weights: &Weights) -> f64 {
    let base: f64 = values.iter().zip(&weights.weights).map(|(value, weight)| weight * value.mid).sum();
    100.0 * base * gate(values.iter().map(|value| value.mid), weights).0
}

/// What the dimensions are worth under the gate, at one end of their intervals, in points: times weights that sum to 1, they add up to the score.
#[must_use]
pub fn vector(values: &[Value], weights: &Weights, pick: fn(&Value) -> f64) -> Vec<f64> {
    let (factor, _) = gate(values.iter().map(pick), weights);
    values.iter().map(|value| 100.0 * pick(value) * factor).collect()
}

/// The least gate over the weighted dimensions, and which one gives it.
fn gate(values: impl Iterator<Item = f64>, weights: &Weights) -> (f64, Option<usize>) {
    let mut least = (1.0, None);
    for (at, value) in values.enumerate() {
        if let Some(threshold) = weights.thresholds[at].filter(|_| weights.weights[at] > 0.0)
            && value < threshold
        {
            let factor = weights.floor + (1.0 - weights.floor) * value / threshold;
            if factor < least.0 {
                least = (factor, Some(at));
            }
        }
    }
    least
}

/// To the 4 decimals that files print and ranking compares.
#[must_use]
pub fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}
