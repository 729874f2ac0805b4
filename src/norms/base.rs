//! Audiences of many creators in, the share that each bin has among them out.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use crate::normalize::{
    bin::{Bin, OPEN_AGES},
    candidate::Distribution,
    field::Facet,
};

/// Parts of one in which shares are counted.
const WHOLE: f64 = 1e9;

/// Sums of shares over creators whose audience is listed whole; ages by single years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseTally {
    /// Creators.
    pub rows: u64,
    /// Sums of the shares of single years, in billionths, up to the last that has one.
    years: Vec<u64>,
    /// The same of all other bins.
    others: HashMap<Bin, u64, RandomState>,
}

impl BaseTally {
    /// Adds an audience. A top list is not counted: it would make the bins at the top look usual.
    pub fn add(&mut self, distribution: &Distribution, whole: f64) {
        if distribution.within_top || distribution.listed() < whole {
            return;
        }
        self.rows += 1;
        for (bin, share) in &distribution.bins {
            match bin {
                Bin::Age { from, to } => {
                    let (from, to) = ((*from).max(OPEN_AGES.0), (*to).min(OPEN_AGES.1));
                    let years = f64::from(to.saturating_sub(from)) + 1.0;
                    let each = billionths(share / years);
                    (from..=to.max(from)).for_each(|year| self.add_year(year, each));
                }
                bin => match self.others.get_mut(bin) {
                    Some(sum) => *sum += billionths(*share),
                    None => self.add_sum(bin.clone(), billionths(*share)),
                },
            }
        }
    }

    fn add_year(&mut self, year: u8, sum: u64) {
        if sum == 0 {
            return;
        }
        let at = usize::from(year);
        if self.years.len() <= at {
            self.years.resize(at + 1, 0);
        }
        self.years[at] += sum;
    }

    /// Adds a bin with its sum.
    pub(super) fn add_sum(&mut self, bin: Bin, sum: u64) {
        match bin {
            Bin::Age { from, to } if from == to => self.add_year(from, sum),
            bin => *self.others.entry(bin).or_default() += sum,
        }
    }

    /// Sum of each bin's shares, in billionths; ages by single years.
    #[must_use]
    pub fn sums(&self) -> BTreeMap<Bin, u64> {
        let years = self.years.iter().zip(0_u8..=u8::MAX).filter(|(sum, _)| **sum > 0).map(|(sum, year)| (Bin::Age { from: year, to: year }, *sum));
        years.chain(self.others.iter().map(|(bin, sum)| (bin.clone(), *sum))).collect()
    }

    /// Adds another part's sums.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.years.resize(self.years.len().max(other.years.len()), 0);
        self.years.iter_mut().zip(&other.years).for_each(|(own, more)| *own += more);
        other.others.iter().for_each(|(bin, sum)| self.add_sum(bin.clone(), *sum));
    }
}

fn billionths(share: f64) -> u64 {
    (share * WHOLE).round() as u64
}

/// The share of each bin among everybody.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Base {
    shares: Vec<(Bin, f64)>,
    other: f64,
}

impl Base {
    /// Published shares, and the share of a bin that has none of its own.
    #[must_use]
    pub fn new(shares: Vec<(Bin, f64)>, other: f64) -> Self {
        Self { shares, other }
    }

    /// Mean shares of a pool; what nobody lists keeps its published share.
    #[must_use]
    pub fn of_pool(tally: &BaseTally, published: &Self) -> Self {
        let shares = tally.sums().into_iter().map(|(bin, sum)| (bin, sum as f64 / WHOLE / tally.rows as f64)).collect();
        Self { shares, other: published.other }
    }

    /// The share of a bin, 0 to 1; an age band takes its part of each known band by overlapping years.
    #[must_use]
    pub fn share(&self, bin: &Bin) -> f64 {
        if let Bin::Age { from, to } = bin {
            let known = |band: &(Bin, f64)| match band.0 {
                Bin::Age { from: low, to: high } => band.1 * overlap((*from, *to), (low, high)) / f64::from(high - low + 1),
                _ => 0.0,
            };
            return self.shares.iter().map(known).sum::<f64>();
        }
        self.shares.iter().find(|(known, _)| known == bin).map_or(self.other, |(_, share)| *share)
    }

    /// All bins with a share of their own.
    pub fn bins(&self) -> impl Iterator<Item = &Bin> {
        self.shares.iter().map(|(bin, _)| bin)
    }
}

/// Whole years that two age bands share.
#[must_use]
pub fn overlap(a: (u8, u8), b: (u8, u8)) -> f64 {
    let (from, to) = (a.0.max(b.0), a.1.min(b.1));
    if from <= to { f64::from(to - from + 1) } else { 0.0 }
}

/// A facet's bin by the label that norm files write.
#[must_use]
pub(super) fn bin_of_label(facet: Facet, label: &str, regions: &crate::knowledge::regions::Regions) -> Option<Bin> {
    match (facet, label.split_once('-')) {
        // A single year is written as a band, for which no platform has a label.
        (Facet::Age, Some((from, to))) => Some(Bin::Age { from: from.parse().ok()?, to: to.parse().ok()? }),
        _ => Bin::parse(facet, label, regions),
    }
}

/// The label that [`bin_of_label`] reads.
#[must_use]
pub(super) fn label_of_bin(bin: &Bin) -> String {
    match bin {
        Bin::Age { from, to } => format!("{from}-{to}"),
        bin => bin.label(),
    }
}
