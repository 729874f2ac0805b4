//! Published statistics (`data/norms/built-in.toml`) in, norms that serve without a pool out.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    base::Base,
    curve::Curve,
    histogram::Spread,
    statistic::{Figure, Statistic},
    tally::{RATES, marker_rate},
};
use crate::{
    knowledge::{Knowledge, vocabulary::Marker},
    normalize::{bin::Bin, field::Facet},
};

/// Mean and standard deviation of a rate among peers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// μ.
    pub mean: f64,
    /// σ.
    pub deviation: f64,
}

/// Published statistics, by platform where they differ.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub(super) id: String,
    pub(super) hash: String,
    pub(super) rates: [Rate; RATES],
    pub(super) bases: Vec<Base>,
    curves: Vec<(Figure, String, Curve)>,
    spreads: Vec<(Statistic, String, Spread)>,
    /// Money for a thousand views, by currency: median and deviation.
    cpm: Vec<(String, f64, f64)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    #[allow(dead_code)]
    year: u16,
    base: BTreeMap<String, BaseFile>,
    traits: RateFile,
    markers: RateFile,
    curve: Vec<CurveFile>,
    spread: Vec<SpreadFile>,
    cpm: Vec<CpmFile>,
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
struct RateFile {
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    year: Option<u16>,
    rates: BTreeMap<String, Rate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CurveFile {
    figure: String,
    platform: String,
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    year: u16,
    points: Vec<(f64, f64)>,
    deviation: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpreadFile {
    of: String,
    platform: String,
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    year: u16,
    median: f64,
    deviation: f64,
    low: f64,
    high: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CpmFile {
    currency: String,
    #[allow(dead_code)]
    source: String,
    #[allow(dead_code)]
    year: u16,
    median: f64,
    deviation: f64,
}

/// Stands for every platform that has no entry of its own.
const EVERY: &str = "all";

impl BuiltIn {
    pub(super) fn new(knowledge: &Knowledge) -> Result<Self> {
        let file: File = knowledge.norms()?;
        let name = "norms/built-in.toml";
        let mut bases = Vec::new();
        for facet in Facet::ALL {
            let found = file.base.get(facet.name()).with_context(|| format!("`{name}` has no base shares for `{}`", facet.name()))?;
            let bin = |label: &String| Bin::parse(facet, label, &knowledge.regions).with_context(|| format!("`{name}`: `{label}` is no bin of a facet"));
            let shares = found.shares.iter().map(|(label, share)| Ok((bin(label)?, *share))).collect::<Result<_>>()?;
            bases.push(Base::new(shares, found.other));
        }
        let mut rates = [Rate::default(); RATES];
        for (id, style) in knowledge.traits.iter() {
            rates[usize::from(id)] = *file.traits.rates.get(&style.id).with_context(|| format!("`{name}` has no rate for the trait `{}`", style.id))?;
        }
        for (marker, id) in [(Marker::FirstHand, "first_hand"), (Marker::Authority, "authority")] {
            rates[marker_rate(marker)] = *file.markers.rates.get(id).with_context(|| format!("`{name}` has no rate for the marker `{id}`"))?;
        }
        let figure = |wanted: &str| [Figure::Interactions, Figure::Views].into_iter().find(|figure| figure.name() == wanted);
        let statistic = |wanted: &str| Statistic::ALL.into_iter().find(|statistic| statistic.name() == wanted);
        let curves = file.curve.into_iter().map(|curve| {
            let figure = figure(&curve.figure).with_context(|| format!("`{name}`: no figure is called `{}`", curve.figure))?;
            Ok((figure, curve.platform, Curve::through(&curve.points, curve.deviation)))
        });
        let spreads = file.spread.into_iter().map(|spread| {
            let of = statistic(&spread.of).with_context(|| format!("`{name}`: no statistic is called `{}`", spread.of))?;
            Ok((of, spread.platform, Spread { median: spread.median, deviation: spread.deviation, low: spread.low, high: spread.high }))
        });
        Ok(Self {
            id: file.id,
            hash: format!("{:016x}", xxh3_64(knowledge.norms_text()?.as_bytes())),
            rates,
            bases,
            curves: curves.collect::<Result<_>>()?,
            spreads: spreads.collect::<Result<_>>()?,
            cpm: file.cpm.into_iter().map(|cpm| (cpm.currency, cpm.median, cpm.deviation)).collect(),
        })
    }

    /// The curve of a platform, else of every platform. The last entry counts, so that a user's takes the place of a built-in one.
    pub(super) fn curve(&self, figure: Figure, platform: Option<&str>) -> Option<&Curve> {
        let of = |wanted: &str| self.curves.iter().rev().find(|(known, platform, _)| *known == figure && platform == wanted).map(|(_, _, curve)| curve);
        platform.and_then(of).or_else(|| of(EVERY))
    }

    /// The spread of a platform, else of every platform. Money is per currency.
    pub(super) fn spread(&self, statistic: Statistic, platform: Option<&str>, currency: &str) -> Option<Spread> {
        if statistic == Statistic::Cpm {
            let (_, median, deviation) = self.cpm.iter().rev().find(|(known, _, _)| known == currency)?;
            let (median, deviation) = (median.ln(), deviation / median);
            return Some(Spread { median, deviation, low: median - 3.0 * deviation, high: median + 3.0 * deviation });
        }
        let of = |wanted: &str| self.spreads.iter().rev().find(|(known, platform, _)| *known == statistic && platform == wanted).map(|(_, _, spread)| *spread);
        platform.and_then(of).or_else(|| of(EVERY))
    }
}
