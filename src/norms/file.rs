//! Counts of a pool in, a norm file (JSON) out, and back. The text is canonical: the same counts give the same bytes.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::{
    Terms,
    base::{bin_of_label, label_of_bin},
    platform_named,
    statistic::{Basis, Figure, Statistic},
    tally::{RATES, RateTally, Stratum, Tallies, Tally},
};
use crate::{
    failure::Failure,
    knowledge::Knowledge,
    normalize::{
        candidate::Kind,
        field::{Facet, PriceFormat},
        target::Scope,
    },
};

/// First line of a norm file's content; a file of another kind is refused by it.
const FORMAT: &str = "kolscore norms 1";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NormFile {
    format: String,
    scope: String,
    window_days: u16,
    price: String,
    currency: String,
    target: Option<String>,
    strata: Vec<StratumFile>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StratumFile {
    platform: Option<String>,
    kind: Option<String>,
    tier: Option<u8>,
    rows: u64,
    /// Bin and count.
    statistics: BTreeMap<String, Vec<(i32, u64)>>,
    /// Bin of ln(followers+1), bin of ln(figure+1), count.
    curves: BTreeMap<String, Vec<(i32, i32, u64)>>,
    /// Rows, sum in millionths, sum of squares in billionths.
    rates: BTreeMap<String, (u64, u64, u64)>,
    audience: BTreeMap<String, BaseFile>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaseFile {
    rows: u64,
    /// Sum of each bin's shares, in billionths.
    sums: BTreeMap<String, u64>,
}

fn rate_names(knowledge: &Knowledge) -> Vec<String> {
    knowledge.traits.iter().map(|(_, style)| style.id.clone()).chain(["first_hand".to_owned(), "authority".to_owned()]).collect()
}

/// The text of a norm file.
///
/// # Errors
/// None that a file could cause.
pub fn text(tallies: &Tallies, terms: &Terms, knowledge: &Knowledge) -> Result<String> {
    let ids: Vec<&str> = knowledge.platforms.ids().collect();
    let names = rate_names(knowledge);
    let mut strata: Vec<StratumFile> = tallies
        .strata
        .iter()
        .map(|(stratum, tally)| StratumFile {
            platform: stratum.platform.map(|id| ids[usize::from(id)].to_owned()),
            kind: stratum.kind.map(|kind| kind.name().to_owned()),
            tier: stratum.tier,
            ..stratum_file(tally, &names)
        })
        .collect();
    strata.sort_by(|a, b| (&a.platform, &a.kind, a.tier).cmp(&(&b.platform, &b.kind, b.tier)));
    let file = NormFile {
        format: FORMAT.to_owned(),
        scope: terms.scope.name().to_owned(),
        window_days: terms.window_days,
        price: terms.format.name().to_owned(),
        currency: terms.currency.clone(),
        target: terms.target.clone(),
        strata,
    };
    Ok(serde_json::to_string(&file)? + "\n")
}

fn stratum_file(tally: &Tally, names: &[String]) -> StratumFile {
    let statistics = Statistic::ALL.into_iter().map(|statistic| (statistic.name().to_owned(), tally.statistics[statistic as usize].bins().collect()));
    let curves = tally.grids.iter().map(|((figure, basis), grid)| (format!("{}: {}", figure.name(), basis.name()), grid.cells().collect()));
    let rates = names.iter().zip(tally.rates).map(|(name, rate)| (name.clone(), (rate.rows, rate.sum, rate.squares)));
    let audience = Facet::ALL.into_iter().map(|facet| {
        let base = &tally.audience[facet as usize];
        let sums = base.sums().iter().map(|(bin, sum)| (label_of_bin(bin), *sum)).collect();
        (facet.name().to_owned(), BaseFile { rows: base.rows, sums })
    });
    StratumFile {
        rows: tally.rows,
        statistics: statistics.filter(|(_, bins): &(String, Vec<_>)| !bins.is_empty()).collect(),
        curves: curves.collect(),
        rates: rates.filter(|(_, (rows, _, _))| *rows > 0).collect(),
        audience: audience.filter(|(_, base)| base.rows > 0).collect(),
        ..StratumFile::default()
    }
}

/// Reads the text of a norm file; `name` is for errors.
///
/// # Errors
/// The text is no norm file, or names something that this version does not know.
pub fn read(name: &str, text: &str, knowledge: &Knowledge) -> Result<(Tallies, Terms)> {
    let advice = "make one with `kolscore norms FILES -o norms.json`";
    let file: NormFile = serde_json::from_str(text).map_err(|error| Failure::new(format!("`{name}` is no norm file: {error}")).hint(advice))?;
    if file.format != FORMAT {
        bail!(Failure::new(format!("`{name}` is `{}`, not `{FORMAT}`", file.format)).hint(advice));
    }
    let unknown = |what: &str, word: &str| Failure::new(format!("`{name}` names the unknown {what} `{word}`")).hint(advice);
    let scope = Scope::named(&file.scope).ok_or_else(|| unknown("scope", &file.scope))?;
    let format = PriceFormat::ALL.into_iter().find(|format| format.name() == file.price).ok_or_else(|| unknown("format", &file.price))?;
    let terms = Terms { scope, window_days: file.window_days, format, currency: file.currency, target: file.target };
    let mut tallies = Tallies::default();
    for part in file.strata {
        let platform = match &part.platform {
            Some(id) => Some(platform_named(id, knowledge).ok_or_else(|| unknown("platform", id))?),
            None => None,
        };
        let kind = match &part.kind {
            Some(word) => Some(Kind::ALL.into_iter().find(|kind| kind.name() == word).ok_or_else(|| unknown("kind", word))?),
            None => None,
        };
        let stratum = Stratum { platform, kind, tier: part.tier };
        let tally = tally(part, knowledge).with_context(|| format!("`{name}` cannot be taken"))?;
        tallies.strata.entry(stratum).or_default().merge(&tally);
    }
    Ok((tallies, terms))
}

/// Counts that no pool has, so that adding them up cannot overflow.
fn refuse_impossible(part: &StratumFile) -> Result<()> {
    const MOST: u64 = 1 << 40;
    let statistics = part.statistics.values().flatten().map(|(_, count)| *count);
    let curves = part.curves.values().flatten().map(|(_, _, count)| *count);
    let rates = part.rates.values().flat_map(|(rows, sum, squares)| [*rows, sum / 1_000_000, squares / 1_000_000_000]);
    let audience = part.audience.values().flat_map(|base| base.sums.values().map(|sum| sum / 1_000_000_000).chain([base.rows]));
    if statistics.chain(curves).chain(rates).chain(audience).chain([part.rows]).any(|count| count > MOST) {
        bail!(Failure::new("a count is too large to be one").hint("make the norms again with `kolscore norms FILES -o norms.json`"));
    }
    Ok(())
}

fn tally(part: StratumFile, knowledge: &Knowledge) -> Result<Tally> {
    refuse_impossible(&part)?;
    let mut tally = Tally { rows: part.rows, ..Tally::default() };
    for (name, bins) in part.statistics {
        let statistic = Statistic::ALL.into_iter().find(|statistic| statistic.name() == name).with_context(|| format!("unknown statistic `{name}`"))?;
        bins.into_iter().for_each(|(bin, count)| tally.statistics[statistic as usize].add_bin(bin, count));
    }
    for (name, cells) in part.curves {
        let key = name.split_once(": ").and_then(|(figure, basis)| {
            let figure = [Figure::Interactions, Figure::Views].into_iter().find(|known| known.name() == figure)?;
            Some((figure, Basis::named(basis)?))
        });
        let grid = tally.grids.entry(key.with_context(|| format!("unknown curve `{name}`"))?).or_default();
        cells.into_iter().for_each(|(size, figure, count)| grid.add_cell(size, figure, count));
    }
    let names = rate_names(knowledge);
    for (name, (rows, sum, squares)) in part.rates {
        let at = names.iter().position(|known| *known == name).filter(|at| *at < RATES).with_context(|| format!("unknown rate `{name}`"))?;
        tally.rates[at] = RateTally { rows, sum, squares };
    }
    for (name, base) in part.audience {
        let facet = Facet::ALL.into_iter().find(|facet| facet.name() == name).with_context(|| format!("unknown facet `{name}`"))?;
        let bin = |label: &String| bin_of_label(facet, label, &knowledge.regions).with_context(|| format!("`{label}` is no bin of `{name}`"));
        let counted = &mut tally.audience[facet as usize];
        counted.rows = base.rows;
        for (label, sum) in &base.sums {
            counted.add_sum(bin(label)?, *sum);
        }
    }
    Ok(tally)
}

/// The counts of several norm files together. They must have been made on the same terms.
///
/// # Errors
/// A file is no norm file, or was made on other terms than the first.
pub fn merged(files: &[(String, String)], knowledge: &Knowledge) -> Result<(Tallies, Terms)> {
    let mut whole: Option<(Tallies, Terms)> = None;
    for (name, text) in files {
        let (tallies, terms) = read(name, text, knowledge)?;
        match &mut whole {
            None => whole = Some((tallies, terms)),
            Some((all, of_first)) if *of_first == terms => all.merge(&tallies),
            Some((_, of_first)) => bail!(
                Failure::new(format!("`{name}` and `{}` were made on other terms: {} and {}", files[0].0, terms.describe(), of_first.describe()))
                    .hint("make all parts with the same brief")
            ),
        }
    }
    whole.context("no norm file is given")
}

impl Terms {
    /// The terms in words.
    #[must_use]
    pub fn describe(&self) -> String {
        let target = self.target.as_ref().map_or(String::new(), |hash| format!(", audience {hash}"));
        format!("{} figures of {} days, {} quotes in {}{target}", self.scope.name(), self.window_days, self.format.name(), self.currency)
    }
}
