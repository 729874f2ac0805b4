//! The ranked pool in, the creators who could be bought out, and what became of the others.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Result, bail};

use super::{
    details,
    inputs::OpenFile,
    pool::Ranked,
    report,
    setting::Setting,
    wanted::{self, Found},
};
use crate::{
    brief::plan::PlanAsk,
    failure::Failure,
    normalize::{candidate::Candidate, fold::fold_label},
    score::{figures, footprint::Segments},
    select::{
        pool::Origin,
        portfolio::campaign::{Offer, Reach, price_in_cents, screened},
    },
};

/// Everything that offers are made from.
pub(super) struct Market<'a> {
    pub(super) files: &'a [OpenFile<'a>],
    pub(super) ranked: &'a Ranked,
    pub(super) setting: &'a Setting<'a>,
    pub(super) segments: Segments,
    pub(super) threads: usize,
}

/// Creators who could be bought, and why others cannot.
pub(super) struct Offers {
    /// The offers with their rows, in the order of the ranking.
    pub(super) all: Vec<(Offer, Origin)>,
    /// Positions in `all` of those who must be bought.
    pub(super) must: Vec<usize>,
    /// Reasons with numbers, in the order in which they are looked at.
    pub(super) left_out: BTreeMap<Reason, u64>,
}

/// Why a ranked candidate is not planned with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    Cutoff,
    Never,
    NoPrice,
    Goods,
    NoViews,
    NoTarget,
    TooDear,
    Screened,
}

impl Reason {
    pub(super) fn text(self, setting: &Setting<'_>) -> String {
        match self {
            Self::Cutoff => format!("score below {}", setting.brief.constants.plan.cutoff),
            Self::Never => "on the never list".to_owned(),
            Self::NoPrice => "price unknown".to_owned(),
            Self::Goods => "paid in goods (`plan.goods_cost` says what they cost)".to_owned(),
            Self::NoViews => "neither views nor followers known".to_owned(),
            Self::NoTarget => "nobody of the target reached".to_owned(),
            Self::TooDear => "dearer than the budget or `plan.max_share` allows".to_owned(),
            Self::Screened => "not among the best by score or by worth for the price".to_owned(),
        }
    }
}

impl Market<'_> {
    /// The offers up to a price, in cents; those who must be bought are offers at any price.
    pub(super) fn offers(&self, most: i64) -> Result<Offers> {
        let ask = &self.setting.brief.plan;
        let cutoff = self.setting.brief.constants.plan.cutoff;
        let bound: Vec<usize> = ask.must.iter().map(|name| self.must(name)).collect::<Result<_>>()?;
        let never: HashSet<usize> = ask.never.iter().filter_map(|name| self.never(name).transpose()).collect::<Result<_>>()?;
        let mut left_out: BTreeMap<Reason, u64> = BTreeMap::new();
        let mut wanted = Vec::new();
        for (at, placed) in self.ranked.placed.iter().enumerate() {
            if never.contains(&at) {
                *left_out.entry(Reason::Never).or_default() += 1;
            } else if placed.score.is_some_and(|score| score >= cutoff) || bound.contains(&at) {
                wanted.push(at);
            } else if placed.score.is_some() {
                *left_out.entry(Reason::Cutoff).or_default() += 1;
            }
        }
        let origins: Vec<Origin> = wanted.iter().map(|at| self.ranked.placed[*at].origin).collect();
        let mut found: Vec<Option<Result<Offer, Reason>>> = vec![None; wanted.len()];
        details::visit(&origins, self.files, self.ranked, self.setting, |position, candidate, _| {
            let score = self.ranked.placed[wanted[position]].score.unwrap_or(0.0);
            let affordable = |offer: &Offer| offer.price <= most || bound.contains(&wanted[position]);
            found[position] = Some(self.offer(candidate, score).and_then(|offer| if affordable(&offer) { Ok(offer) } else { Err(Reason::TooDear) }));
            Ok(())
        })?;
        let mut all: Vec<(Offer, Origin)> = Vec::new();
        let mut positions = Vec::new();
        for ((at, origin), offer) in wanted.iter().zip(origins).zip(found) {
            match offer {
                Some(Ok(offer)) => {
                    if bound.contains(at) {
                        positions.push(all.len());
                    }
                    all.push((offer, origin));
                }
                Some(Err(reason)) if bound.contains(at) => bail!(self.not_an_offer(*at, reason)),
                Some(Err(reason)) => *left_out.entry(reason).or_default() += 1,
                None => {}
            }
        }
        Ok(self.screened(all, &positions, left_out))
    }

    /// Only the best by score and by worth for their price; those who must be bought stay.
    fn screened(&self, all: Vec<(Offer, Origin)>, must: &[usize], mut left_out: BTreeMap<Reason, u64>) -> Offers {
        let facts: Vec<(f64, f64, i64)> = all.iter().map(|(offer, _)| (offer.score, offer.score / 100.0 * offer.reach.mid, offer.price)).collect();
        let mut kept: Vec<usize> = [screened(&facts, &self.setting.brief.constants.plan).as_slice(), must].concat();
        kept.sort_unstable();
        kept.dedup();
        let gone = (all.len() - kept.len()) as u64;
        if gone > 0 {
            left_out.insert(Reason::Screened, gone);
        }
        let must = must.iter().filter_map(|at| kept.binary_search(at).ok()).collect();
        let all = all.into_iter().enumerate().filter(|(at, _)| kept.binary_search(at).is_ok()).map(|(_, offer)| offer).collect();
        Offers { all, must, left_out }
    }

    fn must(&self, name: &str) -> Result<usize> {
        match wanted::found(name, self.files, self.ranked, self.setting, self.threads)? {
            Found::Ranked(at) => Ok(at),
            Found::Excluded(at) => {
                let exclusion = &self.ranked.scan.excluded[at].exclusion;
                bail!(
                    Failure::new(format!("`plan.must` names {name}, whom `{}` excludes: {}", exclusion.rule, exclusion.detail))
                        .hint("change that rule of the brief, or take the name out of `plan.must`")
                )
            }
        }
    }

    fn never(&self, name: &str) -> Result<Option<usize>> {
        Ok(match wanted::found(name, self.files, self.ranked, self.setting, self.threads)? {
            Found::Ranked(at) => Some(at),
            Found::Excluded(_) => None,
        })
    }

    fn not_an_offer(&self, at: usize, reason: Reason) -> Failure {
        let identity = self.ranked.placed[at].identity.as_deref().unwrap_or_default();
        let id = identity.split('\u{1f}').next().unwrap_or_default();
        Failure::new(format!("`plan.must` names {id}, who cannot be planned with: {}", reason.text(self.setting)))
            .hint("complete the cell, or take the id out of `plan.must`")
    }

    /// A candidate as an offer.
    fn offer(&self, candidate: &Candidate, score: f64) -> Result<Offer, Reason> {
        let (setting, ask) = (self.setting, &self.setting.brief.plan);
        let hits = setting.scorer.hits(candidate);
        let price = match figures::price(candidate, setting.brief) {
            Some(quote) => price_in_cents(quote, fee(candidate, ask), rebate(candidate, ask)),
            None if candidate.barter => price_in_cents(ask.goods_cost.ok_or(Reason::Goods)?, 0.0, 0.0),
            None => return Err(Reason::NoPrice),
        };
        let footprint = setting.scorer.footprint(&self.segments, candidate, &hits).ok_or(Reason::NoViews)?;
        let (views, target) = (footprint.views, footprint.target);
        let reach = Reach { lo: views.range.0 * target.lo, mid: views.value * target.mid, hi: views.range.1 * target.hi };
        if reach.mid <= 0.0 {
            return Err(Reason::NoTarget);
        }
        let categories = report::main_category(candidate, &hits, setting).map_or_else(Vec::new, |id| setting.knowledge.categories.with_above(id));
        Ok(Offer {
            score,
            kind: setting.scorer.kind(candidate, &hits).kind,
            platform: candidate.platform,
            platform_name: setting.platform(candidate).to_owned(),
            users: self.users(candidate),
            categories,
            agency: candidate.mcn.clone(),
            tier: report::tier(candidate, setting),
            price,
            reach,
            cells: footprint.shares.iter().map(|share| share * views.value).collect(),
        })
    }

    fn users(&self, candidate: &Candidate) -> f64 {
        let published = candidate.platform.and_then(|id| self.setting.knowledge.platforms.users(id)).map(|users| users.count);
        published.unwrap_or(self.setting.brief.constants.plan.users)
    }
}

fn fee(candidate: &Candidate, ask: &PlanAsk) -> f64 {
    ask.fees.iter().find(|(platform, _)| Some(*platform) == candidate.platform).map_or(0.0, |(_, fee)| *fee)
}

/// The agency's own rebate, else that of every agency; none for creators without one.
fn rebate(candidate: &Candidate, ask: &PlanAsk) -> f64 {
    let agency = fold_label(&candidate.mcn);
    if agency.is_empty() {
        return 0.0;
    }
    let of = |name: &str| ask.rebates.iter().find(|(known, _)| known == name).map(|(_, rebate)| *rebate);
    of(&agency).or_else(|| of("*")).unwrap_or(0.0)
}
