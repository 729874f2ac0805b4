//! Numbers in, fixed bins with whole counts out: histograms of parts of a pool add up to the histogram of the whole.

use std::collections::BTreeMap;

/// Counts by bin; bin `i` stands for the value `i * width`, the middle of the bin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Bins from 0 on, up to the last that has a count: nearly all values are here, and counting one is one addition.
    near: Vec<u64>,
    /// Bins that no usual value falls into: below 0, or [`NEAR`] and above.
    far: BTreeMap<i32, u64>,
}

/// Logarithms of counts and prices, and shares, stay below this bin.
const NEAR: i32 = 4_096;

/// Median and robust scale of one statistic, with the ends of its usual range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Median.
    pub median: f64,
    /// 1.4826 · MAD, 0 where all are alike.
    pub deviation: f64,
    /// 1st percentile.
    pub low: f64,
    /// 99th percentile.
    pub high: f64,
}

/// Makes the MAD of a normal distribution its standard deviation (Rousseeuw and Croux 1993).
pub(super) const MAD_TO_DEVIATION: f64 = 1.4826;

impl Histogram {
    /// Adds a value; what is no number is not counted.
    pub fn add(&mut self, value: f64, width: f64) {
        if value.is_finite() {
            self.add_bin((value / width).round().clamp(-1e9, 1e9) as i32, 1);
        }
    }

    /// Adds a bin with its count.
    pub(super) fn add_bin(&mut self, bin: i32, count: u64) {
        if !(0..NEAR).contains(&bin) {
            *self.far.entry(bin).or_default() += count;
        } else if count > 0 {
            let at = bin as usize;
            if self.near.len() <= at {
                self.near.resize(at + 1, 0);
            }
            self.near[at] += count;
        }
    }

    /// Adds another part's counts.
    pub fn merge(&mut self, other: &Self) {
        other.bins().for_each(|(bin, count)| self.add_bin(bin, count));
    }

    /// Bins with their counts, ascending.
    pub fn bins(&self) -> impl Iterator<Item = (i32, u64)> + Clone {
        let far = |(bin, count): (&i32, &u64)| (*bin, *count);
        let near = self.near.iter().zip(0..).filter(|(count, _)| **count > 0).map(|(count, bin)| (bin, *count));
        self.far.range(..0).map(far).chain(near).chain(self.far.range(NEAR..).map(far))
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.near.iter().chain(self.far.values()).sum()
    }

    /// The middle of the bin that holds the quantile (0 to 1); nothing where there is no value.
    #[must_use]
    pub fn quantile(&self, at: f64, width: f64) -> Option<f64> {
        quantile_bin(self.bins(), at).map(|bin| f64::from(bin) * width)
    }

    /// Median, robust scale and usual range.
    #[must_use]
    pub fn spread(&self, width: f64) -> Option<Spread> {
        let middle = quantile_bin(self.bins(), 0.5)?;
        let mut distances = Self::default();
        self.bins().for_each(|(bin, count)| distances.add_bin((bin - middle).abs(), count));
        let deviation = MAD_TO_DEVIATION * f64::from(quantile_bin(distances.bins(), 0.5)?) * width;
        Some(Spread { median: f64::from(middle) * width, deviation, low: self.quantile(0.01, width)?, high: self.quantile(0.99, width)? })
    }
}

/// The first bin up to which at least this part of all values lies.
fn quantile_bin(bins: impl Iterator<Item = (i32, u64)> + Clone, at: f64) -> Option<i32> {
    let total: u64 = bins.clone().map(|(_, count)| count).sum();
    let needed = (at * total as f64).ceil().max(1.0) as u64;
    let mut below = 0;
    bins.into_iter().find_map(|(bin, count)| {
        below += count;
        (below >= needed).then_some(bin)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_whole() {
        let values: Vec<f64> = (0..500).map(|at| f64::from(at % 97) * 0.013).collect();
        let fill = |values: &[f64]| {
            let mut histogram = Histogram::default();
            values.iter().for_each(|value| histogram.add(*value, 0.02));
            histogram
        };
        let mut parts = Histogram::default();
        values.chunks(77).for_each(|part| parts.merge(&fill(part)));
        assert_eq!(parts, fill(&values));
        assert_eq!(parts.count(), 500);
    }

    #[test]
    fn unusual_values_have_bins_too() {
        let mut histogram = Histogram::default();
        [-3.0, 0.0, 1e9, 81.9, 82.0, -1e300, f64::NAN].iter().for_each(|value| histogram.add(*value, 0.02));
        let bins: Vec<(i32, u64)> = histogram.bins().collect();
        assert_eq!(bins, [(-1_000_000_000, 1), (-150, 1), (0, 1), (4_095, 1), (4_100, 1), (1_000_000_000, 1)]);
        assert_eq!((histogram.count(), histogram.quantile(0.5, 0.02)), (6, Some(0.0)));
    }

    #[test]
    fn median_and_scale_are_those_of_the_values() {
        let mut histogram = Histogram::default();
        [1.0, 2.0, 3.0, 4.0, 100.0].iter().for_each(|value| histogram.add(*value, 0.02));
        let spread = histogram.spread(0.02).unwrap();
        assert!((spread.median - 3.0).abs() < 1e-9 && (spread.deviation - MAD_TO_DEVIATION).abs() < 1e-9);
        assert!((spread.low - 1.0).abs() < 1e-9 && (spread.high - 100.0).abs() < 1e-9);
        assert_eq!(Histogram::default().spread(0.02), None);
    }
}
