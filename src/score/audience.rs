//! Audience match: whom the creator reaches, as a lift over everybody. `scoring.md` §3.3.

use super::{Scene, value::Value};
use crate::{
    brief::{AudienceAsk, Brief},
    knowledge::norms::{Norms, overlap},
    normalize::{
        bin::Bin,
        candidate::Distribution,
        field::Facet,
    },
};

/// What a bin next to the target earns on ordered facets.
const NEXT_TO_TARGET: f64 = 0.25;
/// Base shares are kept off the ends, where odds explode.
const BASE: (f64, f64) = (0.02, 0.98);

/// The share of an audience that is in the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetShare {
    /// If all unlisted followers were out of the target.
    pub lo: f64,
    /// With unlisted followers at base shares.
    pub mid: f64,
    /// If all unlisted followers were in the target.
    pub hi: f64,
    /// Share of the target among everybody, kept within [.02, .98].
    pub base: f64,
    /// Listed mass.
    pub listed: f64,
}

/// Whether the brief speaks of the audience.
#[must_use]
pub fn asked(brief: &Brief) -> bool {
    !brief.audience.is_empty()
}

/// The mean over the facets that the brief names.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let facets: Vec<(f64, Value)> = scene.brief.audience.iter().map(|ask| (1.0, facet_value(scene, ask))).collect();
    Value::mean(&facets).unwrap_or(Value::unknown(scene.knowledge.presets.unknown.mean))
}

fn facet_value(scene: &Scene<'_>, ask: &AudienceAsk) -> Value {
    match target_share(scene.candidate.audience(ask.facet), ask, scene.norms) {
        Some(share) => Value::estimate(odds_lift(share.lo, share.base), odds_lift(share.mid, share.base), odds_lift(share.hi, share.base), share.listed),
        None => Value::unknown(scene.knowledge.presets.unknown.mean),
    }
}

/// `TA(1−b) / (TA(1−b) + b(1−TA))`: .5 where the audience is like everybody, 1 only where all of it is in the target.
#[must_use]
pub fn odds_lift(target: f64, base: f64) -> f64 {
    let (inside, outside) = (target * (1.0 - base), base * (1.0 - target));
    if inside + outside > 0.0 { inside / (inside + outside) } else { 0.0 }
}

/// The target's share of one distribution; `None` where nothing is listed, or shares are relative within a top list.
#[must_use]
pub fn target_share(distribution: &Distribution, ask: &AudienceAsk, norms: &Norms) -> Option<TargetShare> {
    if distribution.bins.is_empty() || distribution.within_top {
        return None;
    }
    let everybody = everybody(distribution, ask, norms);
    let in_target = |bins: &[(Bin, f64)]| -> f64 { bins.iter().map(|(bin, share)| share * membership(bin, ask)).sum::<f64>() + 0.0 };
    let total: f64 = everybody.iter().map(|(_, share)| share).sum();
    let base = if total > 0.0 { in_target(&everybody) / total } else { 0.0 };
    let unlisted: Vec<(Bin, f64)> = everybody.into_iter().filter(|(bin, _)| !distribution.bins.iter().any(|(listed, _)| listed == bin)).collect();
    let unlisted_total: f64 = unlisted.iter().map(|(_, share)| share).sum();
    let among_unlisted = if unlisted_total > 0.0 { in_target(&unlisted) / unlisted_total } else { base };
    let listed = distribution.listed().min(1.0);
    let rest = if listed > 0.98 { 0.0 } else { 1.0 - listed };
    Some(blend(in_target(&distribution.bins), rest, among_unlisted, base))
}

/// The target's share where `listed_target` is listed in it and `rest` is unlisted, of which `among_unlisted` is expected in it.
#[must_use]
pub fn blend(listed_target: f64, rest: f64, among_unlisted: f64, base: f64) -> TargetShare {
    TargetShare {
        lo: listed_target,
        mid: listed_target + rest * among_unlisted,
        hi: (listed_target + rest).min(1.0),
        base: base.clamp(BASE.0, BASE.1),
        listed: 1.0 - rest,
    }
}

/// All bins with their base shares: those listed, those of the norms, and those that the brief wants.
fn everybody(distribution: &Distribution, ask: &AudienceAsk, norms: &Norms) -> Vec<(Bin, f64)> {
    let mut bins: Vec<Bin> = distribution.bins.iter().map(|(bin, _)| bin.clone()).collect();
    let more = match ask.facet {
        Facet::Age => unlisted_ages(&bins),
        Facet::Interest | Facet::Crowd | Facet::City => Vec::new(),
        _ => norms.bins(ask.facet),
    };
    bins.extend(more);
    if ask.facet != Facet::Age {
        bins.extend(ask.bins.iter().cloned());
    }
    bins.sort();
    bins.dedup();
    let mut everybody: Vec<(Bin, f64)> = bins.into_iter().map(|bin| (norms.base_share(ask.facet, &bin), bin)).map(|(share, bin)| (bin, share)).collect();
    // Where no list of all bins exists, what is not named is one more bin that nobody asked for.
    let named: f64 = everybody.iter().map(|(_, share)| share).sum();
    if matches!(ask.facet, Facet::Interest | Facet::Crowd | Facet::City) && named < 1.0 {
        everybody.push((Bin::Label(String::new()), 1.0 - named));
    }
    everybody
}

/// The years from 13 to 69 that no listed band covers, as single years.
fn unlisted_ages(listed: &[Bin]) -> Vec<Bin> {
    let covered = |year: u8| listed.iter().any(|bin| matches!(bin, Bin::Age { from, to } if (*from..=*to).contains(&year)));
    let (first, last) = crate::normalize::bin::OPEN_AGES;
    (first..=last).filter(|year| !covered(*year)).map(|year| Bin::Age { from: year, to: year }).collect()
}

/// How much of a bin is in the target, 0 to 1; on ordered facets a neighbour earns a quarter.
fn membership(bin: &Bin, ask: &AudienceAsk) -> f64 {
    match bin {
        Bin::Age { from, to } => age_membership((*from, *to), ask),
        Bin::Tier(tier) => {
            let next_to = |wanted: &Bin| matches!(wanted, Bin::Tier(other) if tier.abs_diff(*other) == 1);
            if ask.bins.contains(bin) { 1.0 } else if ask.bins.iter().any(next_to) { NEXT_TO_TARGET } else { 0.0 }
        }
        _ => f64::from(u8::from(ask.bins.contains(bin))),
    }
}

/// The part of a band whose years are wanted, years spread evenly; the rest of a partly wanted band, or a band that touches the target, is next to it.
fn age_membership(band: (u8, u8), ask: &AudienceAsk) -> f64 {
    let years = f64::from(band.1 - band.0 + 1);
    let wanted = ask.bins.iter().filter_map(|bin| match bin {
        Bin::Age { from, to } => Some((*from, *to)),
        _ => None,
    });
    let (mut inside, mut touches) = (0.0, false);
    for target in wanted {
        inside += overlap(band, target);
        touches |= band.1 + 1 == target.0 || target.1 + 1 == band.0;
    }
    let inside = (inside / years).min(1.0);
    if inside > 0.0 || touches { inside + NEXT_TO_TARGET * (1.0 - inside) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(bands: &[(u8, u8)]) -> AudienceAsk {
        AudienceAsk { facet: Facet::Age, bins: bands.iter().map(|(from, to)| Bin::Age { from: *from, to: *to }).collect() }
    }

    #[test]
    fn odds_lift_has_the_published_values() {
        for (target, base, expected) in
            [(0.0, 0.5, 0.0), (0.5, 0.5, 0.5), (1.0, 0.5, 1.0), (0.25, 0.05, 0.863_636), (0.9, 0.8, 0.692_308), (0.1, 0.8, 0.027_027), (0.3, 0.3, 0.5)]
        {
            assert!((odds_lift(target, base) - expected).abs() < 1e-6, "{target} {base}");
        }
    }

    #[test]
    fn a_truncated_audience_has_the_published_interval() {
        let share = blend(0.3, 0.2, 0.4, 0.3);
        assert!((share.mid - 0.38).abs() < 1e-12 && (share.lo - 0.3).abs() < 1e-12 && (share.hi - 0.5).abs() < 1e-12);
    }

    #[test]
    fn bands_of_another_platform_are_mapped_by_overlapping_years() {
        let ask = ages(&[(25, 34)]);
        assert!((age_membership((25, 34), &ask) - 1.0).abs() < 1e-12);
        assert!((age_membership((18, 24), &ask) - 0.25).abs() < 1e-12, "a neighbour");
        assert!((age_membership((45, 69), &ask)).abs() < 1e-12);
        let partly = 6.0 / 7.0 + 0.25 / 7.0;
        assert!((age_membership((24, 30), &ask) - partly).abs() < 1e-12);
        assert!((age_membership((41, 50), &ask)).abs() < 1e-12);
    }
}
