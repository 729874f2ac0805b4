//! Peer statistics in (a file), base shares and trait rates out. `scoring.md` §2.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    files,
    regions::Regions,
    traits::{TRAITS, Traits},
};
use crate::normalize::{bin::Bin, field::Facet};

/// Norms, and the hash of the file that they came from.
#[derive(Debug)]
pub struct Norms {
    /// Name in outputs.
    pub id: String,
    /// Hash of the file, 16 hexadecimal digits.
    pub hash: String,
    /// Usual rate of each trait.
    pub traits: [Rate; TRAITS],
    base: BTreeMap<Facet, Base>,
}

/// Mean and standard deviation of a rate among peers.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// μ.
    pub mean: f64,
    /// σ.
    pub deviation: f64,
}

#[derive(Debug, Default)]
struct Base {
    shares: Vec<(Bin, f64)>,
    other: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NormsFile {
    id: String,
    #[allow(dead_code)]
    year: u16,
    base: BTreeMap<String, BaseFile>,
    traits: TraitRates,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaseFile {
    #[allow(dead_code)]
    source: String,
    #[serde(default)]
    other: f64,
    shares: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TraitRates {
    #[allow(dead_code)]
    source: String,
    rates: BTreeMap<String, Rate>,
}

impl Norms {
    pub(super) fn new(name: &str, text: &str, regions: &Regions, traits: &Traits) -> Result<Self> {
        let file: NormsFile = files::parse(name, text)?;
        let mut base = BTreeMap::new();
        for facet in Facet::ALL {
            let found = file.base.get(facet.name()).with_context(|| format!("`{name}` has no base shares for `{}`", facet.name()))?;
            let mut shares = Vec::new();
            for (label, share) in &found.shares {
                let bin = Bin::parse(facet, label, regions).with_context(|| format!("`{name}`: `{label}` is no bin of `{}`", facet.name()))?;
                shares.push((bin, *share));
            }
            base.insert(facet, Base { shares, other: found.other });
        }
        let mut rates = [Rate::default(); TRAITS];
        for (id, style) in traits.iter() {
            rates[usize::from(id)] = *file.traits.rates.get(&style.id).with_context(|| format!("`{name}` has no rate for the trait `{}`", style.id))?;
        }
        Ok(Self { id: file.id, hash: format!("{:016x}", xxh3_64(text.as_bytes())), traits: rates, base })
    }

    /// The share that a bin has among everybody, 0 to 1; an age band takes its part of each known band by overlapping years.
    #[must_use]
    pub fn base_share(&self, facet: Facet, bin: &Bin) -> f64 {
        let Some(base) = self.base.get(&facet) else { return 0.0 };
        if let Bin::Age { from, to } = bin {
            let known = |band: &(Bin, f64)| match band.0 {
                Bin::Age { from: low, to: high } => band.1 * overlap((*from, *to), (low, high)) / f64::from(high - low + 1),
                _ => 0.0,
            };
            return base.shares.iter().map(known).sum::<f64>();
        }
        base.shares.iter().find(|(known, _)| known == bin).map_or(base.other, |(_, share)| *share)
    }

    /// The share of a bin that has none of its own.
    #[must_use]
    pub fn other_share(&self, facet: Facet) -> f64 {
        self.base.get(&facet).map_or(0.0, |base| base.other)
    }

    /// All bins with a published base share, for facets whose bins are the same everywhere.
    #[must_use]
    pub fn bins(&self, facet: Facet) -> Vec<Bin> {
        self.base.get(&facet).map(|base| base.shares.iter().map(|(bin, _)| bin.clone()).collect()).unwrap_or_default()
    }
}

/// Whole years that two age bands share.
#[must_use]
pub fn overlap(a: (u8, u8), b: (u8, u8)) -> f64 {
    let (from, to) = (a.0.max(b.0), a.1.min(b.1));
    if from <= to { f64::from(to - from + 1) } else { 0.0 }
}
