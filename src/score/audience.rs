//! Audience match: whom the creator reaches, as a lift over everybody. `scoring.md` §3.3.

use compact_str::CompactString;

use super::{
    Scene,
    evidence::Evidence,
    text::{Role, holds},
    value::Value,
};
use crate::{
    brief::{AudienceAsk, Brief},
    knowledge::{presets::Audience, regions::Regions},
    normalize::{
        bin::{Bin, OPEN_AGES},
        candidate::Distribution,
        field::{Facet, Field},
        fold::fold,
    },
    norms::base::{Base, overlap},
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
        parts.push((lens.ask.weight, scene.part("audience", lens.ask.facet.name(), lens.ask.weight, value, || evidence(scene, lens, *share))));
    }
    if !scene.brief.location.is_empty() {
        let weight = scene.brief.location_weight;
        let value = location(scene);
        parts.push((weight, scene.part("audience", "location", weight, value, || location_evidence(scene))));
    }
    Value::mean(&parts).unwrap_or(scene.unknown())
}

fn evidence(scene: &Scene<'_>, lens: &Lens, share: Option<TargetShare>) -> Evidence {
    let field = Field::Audience(lens.ask.facet);
    let wanted: Vec<String> = lens.ask.bins.iter().map(Bin::label).collect();
    let distribution = scene.candidate.audience(lens.ask.facet);
    let Some(share) = share else {
        let why = if distribution.within_top { "shares are relative within a top list, which says nothing of the whole" } else { "not given" };
        return if distribution.bins.is_empty() { Evidence::new(why).ask(field) } else { Evidence::new(why).cell(field).ask(field) };
    };
    let (_, source) = scene.peers.base(lens.ask.facet);
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
    let bands = |bin: &Bin| matches!(bin, Bin::Age { .. }) && lens.membership(bin) > 0.0 && !lens.ask.bins.contains(bin);
    let mapped = distribution.bins.iter().any(|(bin, _)| bands(bin) && !matches!(lens.membership(bin), m if m == lens.neighbour));
    let beside = matches!(lens.ask.facet, Facet::Age | Facet::CityTier) && lens.neighbour > 0.0;
    let evidence = if beside { evidence.say(format!("bins next to the target count {:.2} each", lens.neighbour)) } else { evidence };
    let evidence = if mapped { evidence.say("age bands differ from the brief's: mapped by overlapping years, spread evenly") } else { evidence };
    evidence.cell(field)
}

/// How local the creator is: texts that name a wanted place, against as many as make a local voice, or as there are. Living there is worth some of them.
fn location(scene: &Scene<'_>) -> Value {
    let constants = &scene.constants.audience;
    let lives = lives(scene);
    let texts = scene.hits.documents as f64;
    if texts == 0.0 && lives.is_none() {
        return scene.unknown();
    }
    let voice = |lives: Option<bool>| local_voice(f64::from(scene.hits.location), texts, lives, constants.location_lives, constants.location_documents);
    match lives {
        Some(_) => Value::exact(voice(lives)),
        None => Value::estimate(voice(Some(false)), voice(None), voice(Some(true)), 1.0),
    }
}

/// `min(1, (h + residence) / min(n + residence, enough))`: many texts about a place make a local voice, whatever else the creator speaks of; of a few texts, most must.
#[must_use]
pub fn local_voice(hits: f64, texts: f64, lives: Option<bool>, residence: f64, enough: f64) -> f64 {
    let worth = if lives.is_some() { residence } else { 0.0 };
    let inside = if lives == Some(true) { residence } else { 0.0 };
    ((hits + inside) / (texts + worth).clamp(1.0, enough.max(1.0))).min(1.0)
}

/// Whether the location column names a wanted place; a bare province or country that may hold it tells nothing.
fn lives(scene: &Scene<'_>) -> Option<bool> {
    let place = fold(&scene.candidate.location);
    if place.trim().is_empty() {
        return None;
    }
    if scene.brief.location.iter().any(|wanted| holds(&place, wanted)) {
        return Some(true);
    }
    scene.knowledge.regions.named(&place).is_none().then_some(false)
}

fn location_evidence(scene: &Scene<'_>) -> Evidence {
    let lives = lives(scene);
    let home = match lives {
        Some(true) => format!("lives in 「{}」", scene.candidate.location),
        Some(false) => format!("lives in 「{}」, another place", scene.candidate.location),
        None if scene.candidate.location.is_empty() => "no place of residence is given".to_owned(),
        None => format!("lives in 「{}」, which may hold the place", scene.candidate.location),
    };
    let evidence = Evidence::new(home).say(format!("{} of {} texts name the place", scene.hits.location, scene.hits.documents)).cell(Field::Location);
    let evidence = if lives.is_none() { evidence.ask(Field::Location) } else { evidence };
    let evidence = if scene.hits.documents == 0 { evidence.ask(Field::Titles) } else { evidence };
    scene.quoted_where(evidence, |role| *role == Role::Location)
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

/// One facet of a brief, with what everybody looks like through it; made once, used for every candidate.
#[derive(Debug)]
pub struct Lens {
    ask: AudienceAsk,
    /// Bins of the norms and of the brief, each with its base share and how much of it is in the target; sorted. Ages: single years.
    everybody: Vec<(Bin, Part)>,
    /// Positions in `everybody` of the bins that count.
    counting: Vec<usize>,
    /// Base share of a bin that is in neither.
    other: f64,
    total: Part,
    /// Places inside a wanted one: with 海外 wanted, 美国 counts.
    inside: Vec<Bin>,
    /// Places that hold a wanted one and others: with 美国 wanted, nobody knows how much of 海外 counts.
    around: Vec<Bin>,
    /// What a bin next to the target earns on ordered facets.
    neighbour: f64,
    /// Ends of base shares, beyond which odds explode.
    ends: (f64, f64),
    /// A list that adds up to this is whole.
    whole: f64,
}

/// A base share, and the part of it that is in the target.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    base: f64,
    in_target: f64,
    /// How much of it counts, 0 to 1; of a sum it says nothing.
    membership: f64,
}

impl Part {
    fn new(base: f64, membership: f64) -> Self {
        Self { base, in_target: base * membership, membership }
    }

    fn plus(self, more: Self) -> Self {
        Self { base: self.base + more.base, in_target: self.in_target + more.in_target, membership: 0.0 }
    }

    fn share(self) -> Option<f64> {
        (self.base > 0.0).then(|| self.in_target / self.base)
    }
}

impl Lens {
    /// Everybody through one facet of a brief.
    #[must_use]
    pub fn new(ask: &AudienceAsk, base: &Base, constants: &Audience, regions: &Regions) -> Self {
        let wanted = |bin: &Bin| ask.bins.contains(bin);
        let whole = |bin: &Bin| match bin {
            Bin::Label(name) if ask.facet == Facet::Region => regions.whole(name).map(|whole| Bin::Label(whole.into())),
            _ => None,
        };
        let all = regions.names().map(|name| Bin::Label(name.into()));
        let mut inside: Vec<Bin> = all.filter(|bin| whole(bin).as_ref().is_some_and(wanted)).collect();
        inside.sort();
        let around: Vec<Bin> = ask.bins.iter().filter_map(whole).filter(|whole| !wanted(whole)).collect();
        let mut bins: Vec<Bin> = match ask.facet {
            Facet::Age => (OPEN_AGES.0..=OPEN_AGES.1).map(|year| Bin::Age { from: year, to: year }).collect(),
            _ => base.bins().chain(ask.bins.iter()).cloned().collect(),
        };
        // Where no list of all bins exists, what is not named is one more bin that nobody asked for.
        let open_ended = matches!(ask.facet, Facet::Interest | Facet::Crowd | Facet::City);
        bins.sort();
        bins.dedup();
        let part = |bin: &Bin| Part::new(base.share(bin), if inside.contains(bin) { 1.0 } else { membership(bin, ask, constants.neighbour) });
        let mut everybody: Vec<(Bin, Part)> = bins.into_iter().map(|bin| (part(&bin), bin)).map(|(part, bin)| (bin, part)).collect();
        let named: f64 = everybody.iter().map(|(_, part)| part.base).sum();
        if open_ended && named < 1.0 {
            everybody.insert(0, (Bin::Label(CompactString::const_new("")), Part::new(1.0 - named, 0.0)));
            everybody.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let total = everybody.iter().fold(Part::default(), |sum, (_, part)| sum.plus(*part));
        let counting = everybody.iter().enumerate().filter(|(_, (_, part))| part.membership > 0.0).map(|(at, _)| at).collect();
        Self {
            ask: ask.clone(),
            everybody,
            counting,
            other: base.other(),
            total,
            inside,
            around,
            neighbour: constants.neighbour,
            ends: (constants.base_low, constants.base_high),
            whole: constants.whole,
        }
    }

    /// The facet, and the bins that the brief wants.
    #[must_use]
    pub fn ask(&self) -> &AudienceAsk {
        &self.ask
    }

    /// Whether a listed bin could tell something of the target: it is wanted, inside a wanted place, or around one.
    #[must_use]
    pub fn concerns(&self, bin: &Bin) -> bool {
        self.membership(bin) > 0.0 || self.around.contains(bin)
    }

    /// The target's share of one distribution; `None` where nothing is listed, or shares are relative within a top list.
    #[must_use]
    pub fn target_share(&self, distribution: &Distribution) -> Option<TargetShare> {
        if distribution.bins.is_empty() || distribution.within_top {
            return None;
        }
        let in_target = distribution.bins.iter().map(|(bin, share)| share * self.membership(bin)).sum::<f64>() + 0.0;
        let undecided: f64 = distribution.bins.iter().filter(|(bin, _)| self.around.contains(bin)).map(|(_, share)| share).sum();
        let listed = distribution.listed().min(1.0);
        let rest = undecided + if listed > self.whole { 0.0 } else { 1.0 - listed };
        let (everybody, unlisted, most) = if self.ask.facet == Facet::Age { self.split_ages(distribution) } else { self.split(distribution) };
        let base = everybody.share().unwrap_or(0.0);
        Some(blend(in_target, rest, unlisted.share().unwrap_or(base), most, base.clamp(self.ends.0, self.ends.1)))
    }

    /// Share of the target among everybody, where nothing of a distribution is known; kept off the ends.
    #[must_use]
    pub fn usual(&self) -> f64 {
        self.total.share().unwrap_or(0.0).clamp(self.ends.0, self.ends.1)
    }

    fn membership(&self, bin: &Bin) -> f64 {
        match self.known(bin) {
            Some(part) => part.membership,
            None if self.inside.binary_search(bin).is_ok() => 1.0,
            None => membership(bin, &self.ask, self.neighbour),
        }
    }

    fn known(&self, bin: &Bin) -> Option<Part> {
        self.everybody.binary_search_by(|(known, _)| known.cmp(bin)).ok().map(|at| self.everybody[at].1)
    }

    /// Everybody, those in bins that the distribution does not list, and the most that one of these can count.
    fn split(&self, distribution: &Distribution) -> (Part, Part, f64) {
        let (mut everybody, mut unlisted) = (self.total, self.total);
        let mut listed_known = 0_usize;
        for (bin, _) in &distribution.bins {
            if let Some(part) = self.known(bin) {
                unlisted = unlisted.plus(Part { base: -part.base, in_target: -part.in_target, membership: 0.0 });
                listed_known += 1;
            } else {
                everybody = everybody.plus(Part::new(self.other, self.membership(bin)));
            }
        }
        if listed_known == self.everybody.len() {
            return (everybody, Part::default(), 0.0);
        }
        let counting = self.counting.iter().map(|at| &self.everybody[*at]);
        let unlisted_ones = counting.filter(|(bin, _)| !distribution.bins.iter().any(|(listed, _)| listed == bin));
        let most = unlisted_ones.map(|(_, part)| part.membership).fold(0.0, f64::max);
        // What subtraction leaves of nothing is no share.
        let in_target = if most > 0.0 { unlisted.in_target.max(0.0) } else { 0.0 };
        (everybody, Part { base: unlisted.base.max(0.0), in_target, membership: 0.0 }, most)
    }

    /// The same for ages, where listed bands cover some of the years.
    fn split_ages(&self, distribution: &Distribution) -> (Part, Part, f64) {
        let (mut everybody, mut unlisted, mut most) = (Part::default(), Part::default(), 0.0_f64);
        let mut covered = [false; 256];
        for (bin, _) in &distribution.bins {
            let Bin::Age { from, to } = bin else { continue };
            covered[usize::from(*from)..=usize::from(*to)].fill(true);
            let years = (*from.max(&OPEN_AGES.0)..=*to.min(&OPEN_AGES.1)).map(|year| self.everybody[usize::from(year - OPEN_AGES.0)].1.base);
            everybody = everybody.plus(Part::new(years.sum(), membership(bin, &self.ask, self.neighbour)));
        }
        for (year, (_, part)) in (OPEN_AGES.0..).zip(&self.everybody) {
            if !covered[usize::from(year)] {
                (everybody, unlisted) = (everybody.plus(*part), unlisted.plus(*part));
                most = most.max(part.membership);
            }
        }
        (everybody, unlisted, most)
    }
}

/// How much of a bin is in the target, 0 to 1; on ordered facets a neighbour earns a quarter.
fn membership(bin: &Bin, ask: &AudienceAsk, neighbour: f64) -> f64 {
    match bin {
        Bin::Age { from, to } => age_membership((*from, *to), ask, neighbour),
        Bin::Tier(tier) => {
            let next_to = |wanted: &Bin| matches!(wanted, Bin::Tier(other) if tier.abs_diff(*other) == 1);
            if ask.bins.contains(bin) {
                1.0
            } else if ask.bins.iter().any(next_to) {
                neighbour
            } else {
                0.0
            }
        }
        _ => f64::from(u8::from(ask.bins.contains(bin))),
    }
}

/// The part of a band whose years are wanted, years spread evenly; the rest of a partly wanted band, or a band that touches the target, is next to it.
fn age_membership(band: (u8, u8), ask: &AudienceAsk, neighbour: f64) -> f64 {
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
    if inside > 0.0 || touches { inside + neighbour * (1.0 - inside) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(bands: &[(u8, u8)]) -> AudienceAsk {
        AudienceAsk { facet: Facet::Age, weight: 1.0, bins: bands.iter().map(|(from, to)| Bin::Age { from: *from, to: *to }).collect() }
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
        let share = blend(0.3, 0.2, 0.4, 1.0, 0.3);
        assert!((share.mid - 0.38).abs() < 1e-12 && (share.lo - 0.3).abs() < 1e-12 && (share.hi - 0.5).abs() < 1e-12);
    }

    #[test]
    fn bands_of_another_platform_are_mapped_by_overlapping_years() {
        let ask = ages(&[(25, 34)]);
        assert!((age_membership((25, 34), &ask, 0.25) - 1.0).abs() < 1e-12);
        assert!((age_membership((18, 24), &ask, 0.25) - 0.25).abs() < 1e-12, "a neighbour");
        assert!((age_membership((45, 69), &ask, 0.25)).abs() < 1e-12);
        let partly = 6.0 / 7.0 + 0.25 / 7.0;
        assert!((age_membership((24, 30), &ask, 0.25) - partly).abs() < 1e-12);
        assert!((age_membership((41, 50), &ask, 0.25)).abs() < 1e-12);
    }
}
