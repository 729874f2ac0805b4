//! What is seen of one creator in, whole counts of many out. Counts are integers: in any order and in any parts they add up to the same.

use std::collections::BTreeMap;

use super::{
    base::BaseTally,
    curve::Grid,
    histogram::Histogram,
    statistic::{Basis, Figure, Statistic},
};
use crate::{
    knowledge::{platforms::PlatformId, traits::TRAITS, vocabulary::Marker},
    normalize::{
        candidate::{Distribution, Kind},
        field::Facet,
    },
};

/// Rates that peers have: the traits, then first-hand and authority markers.
pub const RATES: usize = TRAITS + 2;

/// Position of a marker's rate among the [`RATES`]; only these two markers have one.
#[must_use]
pub fn marker_rate(marker: Marker) -> usize {
    TRAITS + usize::from(marker == Marker::Authority)
}

/// Who counts as a peer of whom: `None` does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stratum {
    /// Platform.
    pub platform: Option<PlatformId>,
    /// KOL or KOC.
    pub kind: Option<Kind>,
    /// Position in the platform's tier table.
    pub tier: Option<u8>,
}

impl Stratum {
    /// Itself, then without tier, without kind, without platform.
    #[must_use]
    pub fn levels(self) -> [Self; 4] {
        let platform = Self { platform: self.platform, kind: None, tier: None };
        [self, Self { tier: None, ..self }, platform, Self { platform: None, ..platform }]
    }
}

/// What is seen of one creator.
#[derive(Debug)]
pub struct Observation<'a> {
    /// Whose peer the creator is.
    pub stratum: Stratum,
    /// Followers.
    pub followers: Option<f64>,
    /// Figures a post.
    pub figures: [Option<(Figure, Basis, f64)>; 2],
    /// By [`Statistic`].
    pub statistics: [Option<f64>; Statistic::ALL.len()],
    /// Titles, hashtags and bio.
    pub documents: usize,
    /// Documents with each trait and marker.
    pub hits: [u32; RATES],
    /// Followers by facet.
    pub audience: &'a [Distribution; Facet::ALL.len()],
    /// Where a listed audience is whole.
    pub whole: f64,
}

/// Sum and sum of squares of a rate, in whole millionths and billionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateTally {
    /// Creators with at least one document.
    pub rows: u64,
    /// Sum of the rates, in millionths.
    pub sum: u64,
    /// Sum of their squares, in billionths.
    pub squares: u64,
}

impl RateTally {
    fn add(&mut self, rate: f64) {
        self.rows += 1;
        self.sum += (rate * 1e6).round() as u64;
        self.squares += (rate * rate * 1e9).round() as u64;
    }

    fn merge(&mut self, other: Self) {
        *self = Self { rows: self.rows + other.rows, sum: self.sum + other.sum, squares: self.squares + other.squares };
    }
}

/// Counts of one stratum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Creators.
    pub rows: u64,
    /// By [`Statistic`].
    pub statistics: [Histogram; Statistic::ALL.len()],
    /// By figure and basis.
    pub grids: BTreeMap<(Figure, Basis), Grid>,
    /// Traits, then markers.
    pub rates: [RateTally; RATES],
    /// By facet.
    pub audience: [BaseTally; Facet::ALL.len()],
}

impl Tally {
    fn add(&mut self, seen: &Observation<'_>) {
        self.rows += 1;
        for (statistic, value) in Statistic::ALL.into_iter().zip(seen.statistics) {
            if let Some(value) = value {
                self.statistics[statistic as usize].add(value, statistic.width());
            }
        }
        if let Some(followers) = seen.followers {
            for (figure, basis, value) in seen.figures.into_iter().flatten() {
                self.grids.entry((figure, basis)).or_default().add(followers, value);
            }
        }
        if seen.documents > 0 {
            self.rates.iter_mut().zip(seen.hits).for_each(|(rate, hits)| rate.add(f64::from(hits) / seen.documents as f64));
        }
        for (base, distribution) in self.audience.iter_mut().zip(seen.audience) {
            base.add(distribution, seen.whole);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.statistics.iter_mut().zip(&other.statistics).for_each(|(own, more)| own.merge(more));
        for (key, grid) in &other.grids {
            self.grids.entry(*key).or_default().merge(grid);
        }
        self.rates.iter_mut().zip(other.rates).for_each(|(own, more)| own.merge(more));
        self.audience.iter_mut().zip(&other.audience).for_each(|(own, more)| own.merge(more));
    }
}

/// Counts of a pool, by the finest strata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// By stratum.
    pub strata: BTreeMap<Stratum, Tally>,
}

impl Tallies {
    /// Adds a creator.
    pub fn add(&mut self, seen: &Observation<'_>) {
        self.strata.entry(seen.stratum).or_default().add(seen);
    }

    /// Adds another part of the pool.
    pub fn merge(&mut self, other: &Self) {
        for (stratum, tally) in &other.strata {
            self.strata.entry(*stratum).or_default().merge(tally);
        }
    }
}
