//! Audience match: whom the creator reaches, as a lift over everybody. `scoring.md` §3.3.

use super::{Scene, evidence::Evidence, lens::Lens, location, value::Value};
use crate::{
    brief::Brief,
    normalize::{bin::Bin, field::Field},
};

/// The share of an audience that is in the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetShare {
    /// If all unlisted followers were out of the target.
    pub lo: f64,
    /// With unlisted followers at base shares.
    pub mid: f64,
    /// If all unlisted followers were in the target.
    pub hi: f64,
    /// Share of the target among everybody.
    pub base: f64,
    /// Mass of which it is known whether it is in the target.
    pub listed: f64,
}

/// Whether the brief speaks of the audience.
#[must_use]
pub fn asked(brief: &Brief) -> bool {
    !brief.audience.is_empty() || !brief.location.is_empty()
}

/// The weighted mean over the facets that the brief names, the creator's own place among them.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let mut parts: Vec<(f64, Value)> = Vec::with_capacity(4);
    for (lens, share) in scene.lenses().zip(&scene.shares) {
        let value = share.map_or(scene.unknown(), |share| {
            let lift = |part: f64| odds_lift(part, share.base);
            Value::estimate(lift(share.lo), lift(share.mid), lift(share.hi), share.listed)
        });
        parts.push((lens.ask().weight, scene.part("audience", lens.ask().facet.name(), lens.ask().weight, value, || evidence(scene, lens, *share))));
    }
    if !scene.brief.location.is_empty() {
        let weight = scene.brief.location_weight;
        let value = location::value(scene);
        parts.push((weight, scene.part("audience", "location", weight, value, || location::evidence(scene))));
    }
    Value::mean(&parts).unwrap_or(scene.unknown())
}

/// As [`super::Dimension::most`]: a facet that is not given counts as what is unknown does.
#[must_use]
pub fn most(scene: &Scene<'_>) -> f64 {
    let brief = scene.brief;
    let given = |facet| {
        let distribution = scene.candidate.audience(facet);
        !distribution.bins.is_empty() && !distribution.within_top
    };
    let facets = brief.audience.iter().map(|ask| (ask.weight, if given(ask.facet) { 1.0 } else { scene.constants.unknown.mean }));
    let place = (!brief.location.is_empty()).then_some((brief.location_weight, 1.0));
    let (sum, weights) = facets.chain(place).fold((0.0, 0.0), |(sum, weights), (weight, most)| (sum + weight * most, weights + weight));
    if weights > 0.0 { sum / weights } else { 1.0 }
}

fn evidence(scene: &Scene<'_>, lens: &Lens, share: Option<TargetShare>) -> Evidence {
    let field = Field::Audience(lens.ask().facet);
    let wanted: Vec<String> = lens.ask().bins.iter().map(Bin::label).collect();
    let distribution = scene.candidate.audience(lens.ask().facet);
    let Some(share) = share else {
        let why = if distribution.within_top { "shares are relative within a top list, which says nothing of the whole" } else { "not given" };
        return if distribution.bins.is_empty() { Evidence::new(why).ask(field) } else { Evidence::new(why).cell(field).ask(field) };
    };
    let (_, source) = scene.peers.base(lens.ask().facet);
    let evidence = Evidence::new(format!(
        "{} is {:.1} % of followers, usual is {:.1} % ({source}): TGI {:.0}",
        wanted.join(" or "),
        share.mid * 100.0,
        share.base * 100.0,
        100.0 * share.mid / share.base
    ));
    let evidence = if share.listed < 1.0 {
        evidence.say(format!("{:.0} % of followers are not listed; they are counted at the usual share", (1.0 - share.listed) * 100.0)).ask(field)
    } else {
        evidence
    };
    let evidence = match lens.neighbour() {
        Some(part) => evidence.say(format!("bins next to the target count {part:.2} each")),
        None => evidence,
    };
    let evidence =
        if lens.maps_bands(distribution) { evidence.say("age bands differ from the brief's: mapped by overlapping years, spread evenly") } else { evidence };
    evidence.cell(field)
}

/// `TA(1−b) / (TA(1−b) + b(1−TA))`: .5 where the audience is like everybody, 1 only where all of it is in the target.
#[must_use]
pub fn odds_lift(target: f64, base: f64) -> f64 {
    let (inside, outside) = (target * (1.0 - base), base * (1.0 - target));
    if inside + outside > 0.0 { inside / (inside + outside) } else { 0.0 }
}

/// The target's share where `listed_target` is listed in it and `rest` is unlisted, of which `among_unlisted` is expected in it.
///
/// `most` is the most that an unlisted follower can count (1 where a target bin is unlisted). Where every target bin is listed it is 0:
/// the rest, however large, is known to be out of the target, and the share is exact.
#[must_use]
pub fn blend(listed_target: f64, rest: f64, among_unlisted: f64, most: f64, base: f64) -> TargetShare {
    TargetShare {
        lo: listed_target,
        mid: listed_target + rest * among_unlisted,
        hi: (listed_target + rest * most).min(1.0),
        base,
        listed: if most > 0.0 { 1.0 - rest } else { 1.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let share = blend(0.3, 0.2, 0.4, 1.0, 0.3);
        assert!((share.mid - 0.38).abs() < 1e-12 && (share.lo - 0.3).abs() < 1e-12 && (share.hi - 0.5).abs() < 1e-12);
    }
}
