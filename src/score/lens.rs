//! One facet of a brief and the base shares of everybody in, the target's share of any distribution out. `scoring.md` §3.3.

use std::collections::HashMap;

use compact_str::CompactString;
use foldhash::fast::RandomState;

use super::audience::{TargetShare, blend};
use crate::{
    brief::AudienceAsk,
    knowledge::{presets::Audience, regions::Regions},
    normalize::{
        bin::{Bin, OPEN_AGES},
        candidate::Distribution,
        field::Facet,
    },
    norms::base::{Base, overlap},
};

/// What float noise may take from a sum of shares.
const ROUNDING: f64 = 1e-9;

/// One facet of a brief, with what everybody looks like through it; made once, used for every candidate.
#[derive(Debug)]
pub struct Lens {
    ask: AudienceAsk,
    /// Bins of the norms and of the brief, each with its base share and how much of it is in the target; sorted. Ages: single years.
    everybody: Vec<(Bin, Part)>,
    /// Where each bin stands in `everybody`.
    places: HashMap<Bin, usize, RandomState>,
    /// Positions in `everybody` of the bins that count.
    counting: Vec<usize>,
    /// The usual age bands.
    bands: Vec<(Bin, Part)>,
    total: Part,
    /// The most that any bin counts.
    most: f64,
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
        // A year counts as the band does that it lies in: whoever lists no band next to the target may have followers in all its years.
        let bands = age_bands(Some(ask));
        let band_of = |bin: &Bin| bands.iter().find(|band| holds(band, bin)).cloned().unwrap_or_else(|| bin.clone());
        let counts = |bin: &Bin| if inside.contains(bin) { 1.0 } else { membership(&band_of(bin), ask, constants.neighbour) };
        let part = |bin: &Bin| Part::new(base.share(bin), counts(bin));
        let mut everybody: Vec<(Bin, Part)> = bins.into_iter().map(|bin| (part(&bin), bin)).map(|(part, bin)| (bin, part)).collect();
        let named: f64 = everybody.iter().map(|(_, part)| part.base).sum();
        if open_ended && named < 1.0 {
            everybody.insert(0, (Bin::Label(CompactString::const_new("")), Part::new(1.0 - named, 0.0)));
            everybody.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let total = everybody.iter().fold(Part::default(), |sum, (_, part)| sum.plus(*part));
        let most = everybody.iter().map(|(_, part)| part.membership).fold(0.0, f64::max);
        let counting = everybody.iter().enumerate().filter(|(_, (_, part))| part.membership > 0.0).map(|(at, _)| at).collect();
        let mut lens = Self {
            ask: ask.clone(),
            bands: Vec::new(),
            places: everybody.iter().enumerate().map(|(at, (bin, _))| (bin.clone(), at)).collect(),
            everybody,
            counting,
            total,
            most,
            inside,
            around,
            neighbour: constants.neighbour,
            ends: (constants.base_low, constants.base_high),
            whole: constants.whole,
        };
        if ask.facet == Facet::Age {
            let of_platforms = age_bands(None).into_iter().chain(bands);
            let with_part = |bin| if let Bin::Age { from, to } = bin { Some((bin, lens.band(from, to))) } else { None };
            lens.bands = of_platforms.filter_map(with_part).collect();
        }
        lens
    }

    /// The facet, and the bins that the brief wants.
    #[must_use]
    pub fn ask(&self) -> &AudienceAsk {
        &self.ask
    }

    /// What a bin next to the target earns, on ordered facets.
    #[must_use]
    pub fn neighbour(&self) -> Option<f64> {
        (matches!(self.ask.facet, Facet::Age | Facet::CityTier) && self.neighbour > 0.0).then_some(self.neighbour)
    }

    /// Whether bands of a distribution lie partly in the target's.
    #[must_use]
    pub fn maps_bands(&self, distribution: &Distribution) -> bool {
        let partly = |bin: &Bin| matches!(bin, Bin::Age { .. }) && !self.ask.bins.contains(bin) && self.membership(bin) > self.neighbour;
        distribution.bins.iter().any(|(bin, _)| partly(bin))
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
        let listed = distribution.listed().min(1.0);
        let Split { in_target, undecided, everybody, unlisted, most } =
            if self.ask.facet == Facet::Age { self.split_ages(distribution) } else { self.split(distribution) };
        let rest = undecided + if listed >= self.whole - ROUNDING { 0.0 } else { 1.0 - listed };
        let base = everybody.share().unwrap_or(0.0);
        // Where every bin is listed and they are no whole, nobody knows where the rest belongs: it may be in any of them.
        let (among_unlisted, most) = unlisted.share().map_or((base, self.most), |share| (share, most));
        Some(blend(in_target, rest, among_unlisted, most, base.max(self.ends.0).min(self.ends.1)))
    }

    /// Share of the target among everybody, where nothing of a distribution is known; kept off the ends.
    #[must_use]
    pub fn usual(&self) -> f64 {
        self.total.share().unwrap_or(0.0).max(self.ends.0).min(self.ends.1)
    }

    fn membership(&self, bin: &Bin) -> f64 {
        self.membership_at(bin, if matches!(bin, Bin::Age { .. }) { None } else { self.place(bin) })
    }

    /// How much of a bin is in the target, where its place in `everybody` is known.
    fn membership_at(&self, bin: &Bin, place: Option<usize>) -> f64 {
        match place {
            Some(at) => self.everybody[at].1.membership,
            None if self.inside.binary_search(bin).is_ok() => 1.0,
            None => membership(bin, &self.ask, self.neighbour),
        }
    }

    fn place(&self, bin: &Bin) -> Option<usize> {
        self.places.get(bin).copied()
    }

    /// A distribution whose bins are no ages.
    fn split(&self, distribution: &Distribution) -> Split {
        let mut split = Split { everybody: self.total, unlisted: self.total, ..Split::default() };
        let mut listed_known = 0_usize;
        for (bin, share) in &distribution.bins {
            let place = self.place(bin);
            split.in_target += share * self.membership_at(bin, place);
            split.undecided += if self.around.contains(bin) { *share } else { 0.0 };
            // What nobody knows is a part of a known place, or of the rest: it makes everybody no more.
            if let Some((_, part)) = place.map(|at| &self.everybody[at]) {
                split.unlisted = split.unlisted.plus(Part { base: -part.base, in_target: -part.in_target, membership: 0.0 });
                listed_known += 1;
            }
        }
        if listed_known == self.everybody.len() {
            return Split { unlisted: Part::default(), ..split };
        }
        let counting = self.counting.iter().map(|at| &self.everybody[*at]);
        let unlisted_ones = counting.filter(|(bin, _)| !distribution.bins.iter().any(|(listed, _)| listed == bin));
        split.most = unlisted_ones.map(|(_, part)| part.membership).fold(0.0, f64::max);
        // What subtraction leaves of nothing is no share.
        let in_target = if split.most > 0.0 { split.unlisted.in_target.max(0.0) } else { 0.0 };
        split.unlisted = Part { base: split.unlisted.base.max(0.0), in_target, membership: 0.0 };
        split
    }

    /// The same for ages, where listed bands cover some of the years.
    fn split_ages(&self, distribution: &Distribution) -> Split {
        let mut split = Split::default();
        // One bit a year, from the youngest.
        let mut missing = (1_u64 << self.everybody.len()) - 1;
        for (bin, share) in &distribution.bins {
            let Bin::Age { from, to } = bin else { continue };
            let band = self.bands.iter().find(|(known, _)| known == bin).map_or_else(|| self.band(*from, *to), |(_, band)| *band);
            split.in_target += share * band.membership;
            split.everybody = split.everybody.plus(band);
            self.years(*from, *to).for_each(|at| missing &= !(1 << at));
        }
        while missing != 0 {
            let (_, part) = &self.everybody[missing.trailing_zeros() as usize];
            (split.everybody, split.unlisted) = (split.everybody.plus(*part), split.unlisted.plus(*part));
            split.most = split.most.max(part.membership);
            missing &= missing - 1;
        }
        split
    }

    /// The positions in `everybody` of the years of a band.
    fn years(&self, from: u8, to: u8) -> std::ops::Range<usize> {
        let (from, to) = (usize::from(from.max(OPEN_AGES.0)), usize::from(to.min(OPEN_AGES.1)) + 1);
        from - usize::from(OPEN_AGES.0)..to.saturating_sub(usize::from(OPEN_AGES.0)).min(self.everybody.len())
    }

    /// A band of years: everybody in it, and how much of it is in the target.
    fn band(&self, from: u8, to: u8) -> Part {
        let base = self.everybody.get(self.years(from, to)).unwrap_or_default().iter().map(|(_, part)| part.base).sum();
        Part::new(base, membership(&Bin::Age { from, to }, &self.ask, self.neighbour))
    }
}

/// A distribution, seen through a lens.
#[derive(Debug, Clone, Copy, Default)]
struct Split {
    /// Listed shares, as far as they are in the target.
    in_target: f64,
    /// Listed shares of places that hold a wanted one and others.
    undecided: f64,
    everybody: Part,
    /// Everybody in bins that the distribution does not list.
    unlisted: Part,
    /// The most that one of these can count.
    most: f64,
}

/// First years of the age bands that are usual, beside those of a brief.
const AGES: [u8; 5] = [OPEN_AGES.0, 18, 25, 35, 45];

/// The usual age bands, cut where those of a brief begin and end.
pub(super) fn age_bands(ask: Option<&AudienceAsk>) -> Vec<Bin> {
    let mut starts: Vec<u8> = AGES.to_vec();
    for bin in ask.iter().flat_map(|ask| &ask.bins) {
        if let Bin::Age { from, to } = bin {
            starts.extend([*from, to.saturating_add(1)]);
        }
    }
    starts.retain(|start| (OPEN_AGES.0..=OPEN_AGES.1).contains(start));
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([OPEN_AGES.1]);
    starts.iter().zip(ends).map(|(from, to)| Bin::Age { from: *from, to }).collect()
}

/// Whether a band holds all years of a bin.
fn holds(band: &Bin, bin: &Bin) -> bool {
    matches!((band, bin), (Bin::Age { from, to }, Bin::Age { from: first, to: last }) if from <= first && last <= to)
}

/// How much of a bin is in the target, 0 to 1; on ordered facets a neighbour earns a quarter.
pub(super) fn membership(bin: &Bin, ask: &AudienceAsk, neighbour: f64) -> f64 {
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
    use crate::knowledge::Knowledge;

    /// A lens with published base shares.
    fn lens(ask: &AudienceAsk) -> Lens {
        let knowledge = Knowledge::built_in().unwrap();
        let norms = crate::norms::Norms::built_in(&knowledge).unwrap();
        Lens::new(ask, &norms.bases(ask.facet)[0], &knowledge.presets.constants(&[]).unwrap().audience, &knowledge.regions)
    }

    fn listed(bins: &[(Bin, f64)]) -> Distribution {
        Distribution { bins: bins.to_vec(), ..Distribution::default() }
    }

    #[test]
    fn a_band_that_is_not_listed_counts_as_it_would_if_it_were() {
        let lens = lens(&ages(&[(25, 34)]));
        let band = |from: u8, to: u8, share: f64| (Bin::Age { from, to }, share);
        // Both bands next to the target are missing: what is not listed can only be in them.
        let seen = [band(13, 17, 0.073), band(25, 34, 0.168), band(45, 69, 0.119)];
        let missing = lens.target_share(&listed(&seen)).unwrap();
        assert!((missing.mid - 0.328).abs() < 1e-12 && (missing.lo - 0.168).abs() < 1e-12 && (missing.hi - 0.328).abs() < 1e-12, "{missing:?}");
        for split in [0.0, 0.24, 0.64] {
            let whole = lens.target_share(&listed(&[&seen[..], &[band(18, 24, split), band(35, 44, 0.64 - split)]].concat())).unwrap();
            assert!((whole.mid - missing.mid).abs() < 1e-12 && (whole.base - missing.base).abs() < 1e-12, "{whole:?} {missing:?}");
        }
        assert!((lens.usual() - missing.base).abs() < 1e-12, "everybody is everybody");
    }

    #[test]
    fn a_list_of_every_bin_that_is_no_whole_leaves_the_rest_open() {
        let lens = lens(&AudienceAsk { facet: Facet::Gender, weight: 1.0, bins: vec![Bin::Female] });
        let share = lens.target_share(&listed(&[(Bin::Female, 0.1), (Bin::Male, 0.1)])).unwrap();
        assert!((share.lo - 0.1).abs() < 1e-12 && (share.hi - 0.9).abs() < 1e-12 && (share.listed - 0.2).abs() < 1e-12, "{share:?}");
        assert!((share.mid - (0.1 + 0.8 * share.base)).abs() < 1e-12, "{share:?}");
        let bands = [(13, 17), (18, 24), (25, 34), (35, 44), (45, 69)].map(|(from, to)| (Bin::Age { from, to }, 0.1));
        let ages = super::tests::lens(&ages(&[(25, 34)])).target_share(&listed(&bands)).unwrap();
        assert!(ages.lo < ages.mid && ages.mid < ages.hi && (ages.hi - ages.lo - 0.5).abs() < 1e-12, "{ages:?}");
    }

    #[test]
    fn places_that_nobody_of_the_target_is_in_change_nothing() {
        let label = |name: &str| Bin::Label(name.into());
        let lens = lens(&AudienceAsk { facet: Facet::Region, weight: 1.0, bins: vec![label("上海"), label("浙江")] });
        let seen = [(label("上海"), 0.10), (label("浙江"), 0.05)];
        let plain = lens.target_share(&listed(&seen)).unwrap();
        let more = lens.target_share(&listed(&[&seen[..], &[(label("美国"), 0.0), (label("日本"), 0.0), (label("加拿大"), 0.0)]].concat())).unwrap();
        assert_eq!(plain, more);
    }

    fn ages(bands: &[(u8, u8)]) -> AudienceAsk {
        AudienceAsk { facet: Facet::Age, weight: 1.0, bins: bands.iter().map(|(from, to)| Bin::Age { from: *from, to: *to }).collect() }
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
