//! What is seen of a pool's creators in, what is usual among peers out. `scoring.md` §2.
//!
//! ```text
//! creators ─tally→ whole counts by stratum ─strata→ medians, curves, rates, base shares ─peers→ what one creator is compared with
//! ```
//! Counts are integers in fixed bins, so that norms of parts merge into the norms of the whole, whatever the parts, the order and the threads.
//! A creator is compared with the finest stratum that holds enough rows: platform × kind × tier, platform × kind, platform, all, built in.

use std::collections::BTreeMap;

use anyhow::Result;
use xxhash_rust::xxh3::xxh3_64;

pub mod base;
mod built_in;
pub mod curve;
mod file;
pub mod histogram;
pub mod statistic;
pub mod tally;

use crate::{
    knowledge::{Knowledge, platforms::PlatformId, presets::NormRules},
    normalize::field::{Facet, PriceFormat},
    normalize::target::Scope,
};
use base::Base;
use built_in::BuiltIn;
pub use built_in::Rate;
use curve::Curve;
use histogram::Spread;
use statistic::{Basis, Figure, Statistic};
use tally::{RATES, Stratum, Tallies, Tally};

/// What the figures of norms are: they can only be compared with the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Organic or sponsored.
    pub scope: Scope,
    /// Days that the figures cover.
    pub window_days: u16,
    /// Which quote was counted.
    pub format: PriceFormat,
    /// Currency of the quotes.
    pub currency: String,
    /// Hash of the audience that a brief wants; `None` wants nobody in particular.
    pub target: Option<String>,
}

/// Peer statistics, and the hash of all that they were made from.
#[derive(Debug)]
pub struct Norms {
    /// Name in outputs: `built-in`, `pool`, or the file's.
    pub id: String,
    /// 16 hexadecimal digits.
    pub hash: String,
    /// Creators that were counted.
    pub rows: u64,
    /// What some creators have, but too few to be peers: built-in norms serve for it.
    pub served_by_built_in: Vec<String>,
    /// What norms made on other terms cannot tell, a sentence each.
    pub remarks: Vec<String>,
    built_in: BuiltIn,
    rules: NormRules,
    currency: String,
    strata: BTreeMap<Stratum, Statistics>,
    /// Base shares by facet; the first is the published one.
    bases: [Vec<Base>; Facet::ALL.len()],
    platform_ids: Vec<String>,
}

/// What is usual in one stratum; only what enough rows tell.
#[derive(Debug)]
struct Statistics {
    label: String,
    spreads: [Option<(Spread, u64)>; Statistic::ALL.len()],
    curves: BTreeMap<(Figure, Basis), (Curve, u64)>,
    rates: [Option<(Rate, u64)>; RATES],
    /// Position in [`Norms::bases`], with the rows behind it.
    bases: [Option<(usize, u64)>; Facet::ALL.len()],
}

/// Who a statistic is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// The stratum, such as `小红书 koc 素人`, or `built-in`.
    pub label: &'a str,
    /// Rows behind it; 0 is built in.
    pub rows: u64,
}

impl std::fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.rows {
            0 => f.write_str(self.label),
            rows => write!(f, "{rows} peers ({})", self.label),
        }
    }
}

const BUILT_IN: Source<'static> = Source { label: "built-in", rows: 0 };

impl Norms {
    /// Norms of published statistics alone.
    ///
    /// # Errors
    /// The built-in table cannot be read.
    pub fn built_in(knowledge: &Knowledge) -> Result<Self> {
        let built_in = BuiltIn::new(knowledge)?;
        let bases = std::array::from_fn(|at| vec![built_in.bases[at].clone()]);
        Ok(Self {
            id: built_in.id.clone(),
            hash: built_in.hash.clone(),
            rows: 0,
            served_by_built_in: Vec::new(),
            remarks: Vec::new(),
            rules: knowledge.presets.constants(&[])?.norms,
            currency: "CNY".into(),
            built_in,
            strata: BTreeMap::new(),
            bases,
            platform_ids: knowledge.platforms.ids().map(str::to_owned).collect(),
        })
    }

    /// Norms of a pool, for briefs on the given terms. What was counted on other terms is left out: money, and what depends on the target.
    ///
    /// # Errors
    /// The built-in table cannot be read.
    pub fn of_pool(id: &str, tallies: &Tallies, made: &Terms, wanted: &Terms, rules: NormRules, knowledge: &Knowledge) -> Result<Self> {
        let mut norms = Self::built_in(knowledge)?;
        id.clone_into(&mut norms.id);
        norms.hash = format!("{:016x}", xxh3_64(format!("{}{}", norms.hash, file::text(tallies, made, knowledge)?).as_bytes()));
        norms.rules = rules;
        norms.currency.clone_from(&wanted.currency);
        let same_money = (made.format, &made.currency) == (wanted.format, &wanted.currency);
        if made.target != wanted.target {
            norms.remarks.push("the norms were made for another audience: views and prices in the target are compared at its usual share".to_owned());
        }
        if !same_money {
            norms.remarks.push(format!("the norms hold {} quotes in {}: what they say of prices is left out", made.format.name(), made.currency));
        }
        let counts = |statistic: Statistic| match statistic {
            Statistic::Cpm => same_money,
            Statistic::TargetViews => made.target == wanted.target,
            Statistic::Cptr => same_money && made.target == wanted.target,
            _ => true,
        };
        let mut whole: BTreeMap<Stratum, Tally> = BTreeMap::new();
        for (stratum, tally) in &tallies.strata {
            let mut levels = stratum.levels().to_vec();
            levels.dedup();
            levels.into_iter().for_each(|level| whole.entry(level).or_default().merge(tally));
        }
        if let Some(all) = whole.get(&Stratum { platform: None, kind: None, tier: None }) {
            norms.rows = all.rows;
            norms.served_by_built_in = too_few(all, &norms.rules, counts);
        }
        for (stratum, tally) in whole {
            let statistics = norms.statistics(stratum, &tally, counts, knowledge);
            norms.strata.insert(stratum, statistics);
        }
        Ok(norms)
    }

    fn statistics(&mut self, stratum: Stratum, tally: &Tally, counts: impl Fn(Statistic) -> bool, knowledge: &Knowledge) -> Statistics {
        let enough = |rows: u64| (rows as f64 >= self.rules.rows).then_some(rows);
        let spreads = Statistic::ALL.map(|statistic| {
            let histogram = &tally.statistics[statistic as usize];
            let rows = enough(histogram.count()).filter(|_| counts(statistic))?;
            Some((histogram.spread(statistic.width())?, rows))
        });
        let curves = tally.grids.iter().filter(|(_, grid)| grid.count() as f64 >= self.rules.curve_rows);
        let curves = curves.filter_map(|(key, grid)| Some((*key, (grid.curve()?, grid.count())))).collect();
        let rates = tally.rates.map(|rate| {
            let rows = enough(rate.rows)?;
            let (mean, squares) = (rate.sum as f64 / 1e6 / rate.rows as f64, rate.squares as f64 / 1e9 / rate.rows as f64);
            Some((Rate { mean, deviation: (squares - mean * mean).max(0.0).sqrt() }, rows))
        });
        let mut bases = [None; Facet::ALL.len()];
        for (at, base) in tally.audience.iter().enumerate() {
            if let Some(rows) = enough(base.rows) {
                bases[at] = Some((self.bases[at].len(), rows));
                let of_pool = Base::of_pool(base, &self.bases[at][0]);
                self.bases[at].push(of_pool);
            }
        }
        Statistics { label: label(stratum, knowledge), spreads, curves, rates, bases }
    }

    /// What a creator of this stratum is compared with.
    #[must_use]
    pub fn peers(&self, stratum: Stratum) -> Peers<'_> {
        let levels = if self.strata.is_empty() { [None; 4] } else { stratum.levels().map(|level| self.strata.get(&level)) };
        Peers { norms: self, levels, platform: stratum.platform.and_then(|id| self.platform_ids.get(usize::from(id))).map(String::as_str) }
    }

    /// What a creator of no known platform, kind and size is compared with: built-in norms.
    #[must_use]
    pub fn nobody(&self) -> Peers<'_> {
        Peers { norms: self, levels: [None; 4], platform: None }
    }

    /// Base shares of a facet: the published ones, then those of every stratum with enough rows.
    #[must_use]
    pub fn bases(&self, facet: Facet) -> &[Base] {
        &self.bases[facet as usize]
    }

    /// How distances from peers become values.
    #[must_use]
    pub fn rules(&self) -> &NormRules {
        &self.rules
    }
}

/// What fewer creators of the whole pool have than peers take: some have it, or it serves where nobody has it (expected views, and their price).
fn too_few(all: &Tally, rules: &NormRules, counts: impl Fn(Statistic) -> bool) -> Vec<String> {
    let some = |rows: u64, enough: f64| rows > 0 && (rows as f64) < enough;
    let lacks = |statistic: &Statistic| {
        let rows = all.statistics[*statistic as usize].count();
        match statistic {
            Statistic::Views | Statistic::Cpm => (rows as f64) < rules.rows || !counts(*statistic),
            // These fall back on views and prices, not on what is built in.
            Statistic::TargetViews | Statistic::Cptr => false,
            _ => some(rows, rules.rows),
        }
    };
    let mut names: Vec<String> = Statistic::ALL.into_iter().filter(lacks).map(|statistic| statistic.name().trim_start_matches("ln_").to_owned()).collect();
    let curves = all.grids.iter().filter(|(_, grid)| some(grid.count(), rules.curve_rows));
    names.extend(curves.map(|((figure, basis), _)| format!("{} by size ({})", figure.name(), basis.name())));
    if !all.grids.keys().any(|(figure, _)| *figure == Figure::Views) {
        names.push("views by size".to_owned());
    }
    if all.rates.iter().any(|rate| some(rate.rows, rules.rows)) {
        names.push("traits".to_owned());
    }
    names
}

fn label(stratum: Stratum, knowledge: &Knowledge) -> String {
    let platform = stratum.platform.map(|id| knowledge.platforms.name(id));
    let tier = stratum.tier.and_then(|tier| knowledge.platforms.tier_name(stratum.platform, tier));
    let parts: Vec<&str> = platform.into_iter().chain(stratum.kind.map(crate::normalize::candidate::Kind::name)).chain(tier).collect();
    if parts.is_empty() { "the whole pool".to_owned() } else { parts.join(" ") }
}

/// What one creator is compared with: for each statistic the finest stratum that has it.
#[derive(Debug, Clone, Copy)]
pub struct Peers<'a> {
    norms: &'a Norms,
    levels: [Option<&'a Statistics>; 4],
    platform: Option<&'a str>,
}

impl<'a> Peers<'a> {
    fn finest<T>(&self, of: impl Fn(&'a Statistics) -> Option<(T, u64)>) -> Option<(T, Source<'a>)> {
        let mut levels = self.levels.iter().flatten();
        levels.find_map(|statistics| of(statistics).map(|(value, rows)| (value, Source { label: &statistics.label, rows })))
    }

    /// Median and robust scale of a statistic.
    #[must_use]
    pub fn spread(&self, statistic: Statistic) -> Option<(Spread, Source<'a>)> {
        let built_in = || Some((self.norms.built_in.spread(statistic, self.platform, &self.norms.currency)?, BUILT_IN));
        self.finest(|statistics| statistics.spreads[statistic as usize]).or_else(built_in)
    }

    /// The usual figure by size, of the same basis.
    #[must_use]
    pub fn curve(&self, figure: Figure, basis: Basis) -> Option<(&'a Curve, Source<'a>)> {
        let norms = self.norms;
        let built_in = || Some((norms.built_in.curve(figure, self.platform).filter(|_| basis.is_whole())?, BUILT_IN));
        self.finest(|statistics| statistics.curves.get(&(figure, basis)).map(|(curve, rows)| (curve, *rows))).or_else(built_in)
    }

    /// The usual rate of a trait or marker.
    #[must_use]
    pub fn rate(&self, at: usize) -> (Rate, Source<'a>) {
        self.finest(|statistics| statistics.rates[at]).unwrap_or((self.norms.built_in.rates[at], BUILT_IN))
    }

    /// Position in [`Norms::bases`] of the base shares of a facet.
    #[must_use]
    pub fn base(&self, facet: Facet) -> (usize, Source<'a>) {
        self.finest(|statistics| statistics.bases[facet as usize]).unwrap_or((0, BUILT_IN))
    }

    /// How distances become values.
    #[must_use]
    pub fn rules(&self) -> &'a NormRules {
        &self.norms.rules
    }
}

/// The platform's position by its id in norm files.
fn platform_named(id: &str, knowledge: &Knowledge) -> Option<PlatformId> {
    knowledge.platforms.ids().position(|known| known == id).map(|at| at as PlatformId)
}

pub use file::{merged, read, text};
