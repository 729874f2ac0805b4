//! What is known of a number between 0 and 1: a value, the interval that it lies in, and how much of it was seen.

/// A sub-score: `lo <= mid <= hi`, all in [0, 1]; `known` is the mass that was seen, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The least that completing the unknown could give.
    pub lo: f64,
    /// What is counted.
    pub mid: f64,
    /// The most that completing the unknown could give.
    pub hi: f64,
    /// Known mass.
    pub known: f64,
}

impl Value {
    /// Seen in full.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        let value = unit(value);
        Self { lo: value, mid: value, hi: value, known: 1.0 }
    }

    /// Not seen at all; counted at `mean` (μ).
    #[must_use]
    pub fn unknown(mean: f64) -> Self {
        Self { lo: 0.0, mid: unit(mean), hi: 1.0, known: 0.0 }
    }

    /// Known to lie between two ends and no better; counted at `mean` (μ) of the way.
    #[must_use]
    pub fn between(lo: f64, hi: f64, mean: f64, known: f64) -> Self {
        let lo = unit(lo);
        let hi = unit(hi).max(lo);
        Self { lo, mid: lo + mean * (hi - lo), hi, known: unit(known) }
    }

    /// An estimate inside its interval.
    #[must_use]
    pub fn estimate(lo: f64, mid: f64, hi: f64, known: f64) -> Self {
        let lo = unit(lo);
        // Ends that are equal may differ in their last digit.
        let hi = unit(hi).max(lo);
        Self { lo, mid: unit(mid).clamp(lo, hi), hi, known: unit(known) }
    }

    /// The weighted mean of values, in the order given; nothing where no weight is above 0.
    #[must_use]
    pub fn mean(parts: &[(f64, Self)]) -> Option<Self> {
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        let mean = |part: fn(&Self) -> f64| parts.iter().map(|(weight, value)| weight * part(value)).sum::<f64>() / total;
        (total > 0.0).then(|| Self::estimate(mean(|v| v.lo), mean(|v| v.mid), mean(|v| v.hi), mean(|v| v.known)))
    }
}

/// Into [0, 1]; what is no number becomes 0.
fn unit(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_that_rounding_has_crossed_are_one_point() {
        let value = Value::estimate(0.999_881_858_483_102_7, 0.5, 0.999_881_858_483_102_6, 0.75);
        assert_eq!((value.lo, value.mid, value.hi), (value.lo, value.lo, value.lo));
        assert_eq!(Value::estimate(f64::NAN, 2.0, f64::INFINITY, -1.0), Value { lo: 0.0, mid: 1.0, hi: 1.0, known: 0.0 });
    }
}
