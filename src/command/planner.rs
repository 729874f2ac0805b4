//! Offers and a budget in, the best portfolio out; where there is none, why, and what would do.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::{
    offers::{Market, Offers},
    planned::{money, plain},
};
use crate::{
    brief::plan::{MixAsk, usual_mix},
    failure::Failure,
    normalize::candidate::Kind,
    present::plan::{Point, PointPlan},
    score::evidence,
    select::{
        pool::Origin,
        portfolio::{
            Outcome, Portfolio, best,
            campaign::{Campaign, Offer, cents},
            phases,
            problem::{Bound, Problem, Rule, WHOLE},
            shortfall::{Need, Shortfall, shortfall},
            solver::{Effort, Microlp},
        },
    },
};

/// Part of a budget that may stay unspent without a word.
const UNSPENT: f64 = 0.1;

/// Makes plans.
pub(super) struct Planner<'a> {
    pub(super) market: &'a Market<'a>,
    pub(super) effort: Effort,
    /// Seconds for the search; what explains the plan has as long again.
    pub(super) limit: Option<u32>,
}

/// A solved problem.
pub(super) struct Solved<'o> {
    pub(super) offers: &'o [Offer],
    pub(super) campaign: Campaign<'o>,
    pub(super) problem: Problem,
    pub(super) found: Portfolio,
    /// KOL's part of the spend, and who says so.
    pub(super) mix: Option<(f64, String)>,
}

impl Planner<'_> {
    /// The most that one creator may cost, in cents.
    pub(super) fn most(&self, budget: f64) -> i64 {
        self.share().map_or(cents(budget), |share| (i128::from(cents(budget)) * i128::from(share) / i128::from(WHOLE)) as i64)
    }

    /// The part of the budget that one creator may cost, in millionths.
    fn share(&self) -> Option<i64> {
        self.market.setting.brief.plan.max_share.map(|share| (share * WHOLE as f64).round() as i64)
    }

    /// What a reader should know before any search.
    pub(super) fn notes(&self, offers: &[Offer]) -> Vec<String> {
        let brief = self.market.setting.brief;
        let mut notes = Vec::new();
        let mut strange: Vec<&str> = offers.iter().filter(|offer| self.without_users(offer)).map(|offer| offer.platform_name.as_str()).collect();
        strange.sort_unstable();
        strange.dedup();
        if !strange.is_empty() {
            notes.push(format!(
                "no number of users is known for {}: {} million are assumed (`constants.plan.users`)",
                strange.join(", "),
                brief.constants.plan.users / 1e6
            ));
        }
        if brief.plan.fees.is_empty() && brief.plan.rebates.is_empty() {
            notes.push("prices are the quotes: no platform fee (`plan.fee`) and no rebate (`plan.rebate`) is in them".to_owned());
        }
        notes
    }

    fn without_users(&self, offer: &Offer) -> bool {
        offer.platform.is_none_or(|id| self.market.setting.knowledge.platforms.users(id).is_none())
    }

    /// The best portfolio for a budget.
    ///
    /// # Errors
    /// There is none; with the reason.
    pub(super) fn solved<'o>(
        &self,
        offers: &'o [Offer],
        must: &[usize],
        budget: f64,
        mix: Option<(f64, String)>,
        notes: &mut Vec<String>,
    ) -> Result<Solved<'o>> {
        match self.attempt(offers, must, budget, &[], mix, notes) {
            Some(solved) => Ok(solved),
            None => bail!(self.no_plan(budget)?),
        }
    }

    /// The same, without a reason where there is none.
    fn attempt<'o>(
        &self,
        offers: &'o [Offer],
        must: &[usize],
        budget: f64,
        starts: &[Vec<usize>],
        mut mix: Option<(f64, String)>,
        notes: &mut Vec<String>,
    ) -> Option<Solved<'o>> {
        let brief = self.market.setting.brief;
        let campaign = Campaign::new(offers, self.market.segments.cells.iter().map(|cell| (cell.people, cell.membership)).collect(), brief.constants.plan);
        let worth = campaign.worth(brief.plan.objective);
        let places = self.places();
        loop {
            let problem = campaign.problem(&brief.plan, cents(budget), mix.as_ref().map(|(kol, _)| *kol), places, must.to_vec());
            match best(&problem, &worth, starts, &Microlp, self.effort) {
                Outcome::Found(found) if !found.picks.is_empty() => return Some(Solved { offers, campaign, problem, found, mix }),
                // The aim's mix is advice; what the brief writes is a rule.
                Outcome::Impossible | Outcome::Found(_) if mix.is_some() && brief.plan.mix == MixAsk::OfAim => {
                    if let Some((kol, why)) = mix.take() {
                        notes.push(format!("no plan has the usual mix KOL:KOC {:.0}:{:.0} ({why}): it is left out", kol * 100.0, 100.0 - kol * 100.0));
                    }
                }
                _ => return None,
            }
        }
    }

    /// Why much of the budget is not spent.
    pub(super) fn unspent(&self, solved: &Solved<'_>, must: &[usize], budget: f64) -> Option<String> {
        let left = budget - money(solved.found.spent);
        if left < UNSPENT * budget {
            return None;
        }
        let currency = &self.market.setting.brief.budget.currency;
        let amount = |amount: f64| evidence::grouped(amount.round());
        if solved.found.picks.len() == solved.offers.len() {
            return Some(format!("{} {currency} stay unspent: everybody who can be planned with is bought", amount(left)));
        }
        let free = solved.mix.as_ref().and_then(|_| self.attempt(solved.offers, must, budget, &[], None, &mut Vec::new()));
        let more = |free: &Solved<'_>| free.found.value > solved.found.value && free.found.spent > solved.found.spent;
        Some(match free.filter(more) {
            Some(free) => format!(
                "{} {currency} stay unspent: the mix of KOL and KOC stops the rest. Without it (`--set plan.mix=any`) {} creators for {} {currency} would reach {} people",
                amount(left),
                free.found.picks.len(),
                amount(money(free.found.spent)),
                amount(free.campaign.people(&free.found.picks).mid)
            ),
            None if solved.problem.rules.is_empty() => format!("{} {currency} stay unspent: no dearer mix of creators that fits is better", amount(left)),
            None => format!("{} {currency} stay unspent: no dearer mix of creators that fits and keeps the rules is better", amount(left)),
        })
    }

    /// KOL's part of the spend, where both kinds are there to buy.
    pub(super) fn mix(&self, offers: &[Offer], notes: &mut Vec<String>) -> Option<(f64, String)> {
        let setting = self.market.setting;
        let (kol, why) = match setting.brief.plan.mix {
            MixAsk::Any => return None,
            MixAsk::Kol(kol) => return Some((kol, "plan.mix".to_owned())),
            MixAsk::OfAim => usual_mix(&setting.brief.aim, &setting.knowledge.presets)?,
        };
        let missing = Kind::ALL.into_iter().find(|kind| offers.iter().all(|offer| offer.kind != *kind));
        let Some(missing) = missing.filter(|_| !offers.is_empty()) else { return Some((kol, why)) };
        notes.push(format!(
            "there is no {} to plan with, so the usual mix KOL:KOC {:.0}:{:.0} ({why}) is left out",
            missing.name().to_uppercase(),
            kol * 100.0,
            100.0 - kol * 100.0
        ));
        None
    }

    /// Why there is no plan, over all candidates, also those who are too dear for the budget.
    fn no_plan(&self, budget: f64) -> Result<Failure> {
        let (brief, currency) = (self.market.setting.brief, &self.market.setting.brief.budget.currency);
        let Offers { all, must, .. } = self.market.offers(i64::MAX)?;
        let offers: Vec<Offer> = all.into_iter().map(|(offer, _)| offer).collect();
        let campaign = Campaign::new(&offers, Vec::new(), brief.constants.plan);
        let mix = match brief.plan.mix {
            MixAsk::Kol(kol) => Some(kol),
            _ => None,
        };
        let mut problem = campaign.problem(&brief.plan, cents(budget), mix, self.places(), must);
        // A plan of nobody keeps most rules and is none.
        problem.rules.push(Rule { name: String::new(), members: vec![true; problem.len()], bound: Bound::AtLeast(1) });
        let Some(cheapest) = problem.prices.iter().min() else {
            return Ok(Failure::new("nobody can be planned with")
                .hint("candidates need a price, views or followers, and a score of `constants.plan.cutoff`: `kolscore rank` shows who has them"));
        };
        let Shortfall { rules, must, needs } = shortfall(&problem, self.share(), &Microlp, self.effort);
        let mut names: Vec<String> = rules.iter().map(|at| &problem.rules[*at].name).filter(|name| !name.is_empty()).map(|name| format!("`{name}`")).collect();
        names.extend(must.then(|| "`plan.must`".to_owned()));
        Ok(match needs {
            Need::Budget(..) if names.is_empty() => {
                Failure::new(format!("nobody can be bought for {} {currency}: the cheapest costs {}", plain(budget), plain(money(*cheapest))))
                    .hint("a larger `--budget`, or a larger `plan.max_share`")
            }
            Need::Budget(least, exact) => {
                let words = if exact { "the smallest budget that would do is" } else { "a budget that would do is" };
                Failure::new(format!("no plan for {} {currency} keeps all rules: the budget is too small for {}", plain(budget), names.join(" with ")))
                    .hint(format!("{words} {} {currency}: `--budget {}`", plain(money(least)), plain(money(least))))
            }
            Need::OtherRules => Failure::new(format!(
                "no plan keeps all rules, whatever the budget: {} cannot hold for the {} candidates to plan with",
                names.join(" with "),
                problem.len()
            ))
            .hint("ease one of these rules, or add candidates"),
            Need::Unknown => {
                Failure::new(format!("no plan was found for {} {currency}", plain(budget))).hint("ease a rule, or allow more time with `--time-limit`")
            }
        })
    }

    /// How many creators the calendar has room for, where the brief says both days and how many a day.
    fn places(&self) -> Option<u32> {
        let plan = &self.market.setting.brief.plan;
        let dated = plan.phases.iter().any(|phase| phase.days.is_some());
        plan.per_day.filter(|_| dated).map(|per_day| phases::places(&self.wanted_phases(None), per_day))
    }

    /// What other budgets would buy; a larger one never buys less.
    pub(super) fn curve(&self, (budget, own): (f64, &[Origin]), budgets: &[f64], notes: &mut Vec<String>) -> Result<Vec<Point>> {
        if budgets.is_empty() {
            return Ok(Vec::new());
        }
        let mut all: Vec<f64> = budgets.iter().copied().chain([budget]).collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        let mut points: Vec<Point> = Vec::new();
        // A portfolio that a smaller budget buys is a start for a larger one, by the rows it is made of.
        let mut last: Vec<Origin> = Vec::new();
        for budget_now in all {
            let Offers { all, must, .. } = self.market.offers(self.most(budget_now))?;
            let (offers, origins): (Vec<Offer>, Vec<Origin>) = all.into_iter().unzip();
            let of = |bought: &[Origin]| -> Vec<usize> { (0..offers.len()).filter(|at| bought.contains(&origins[*at])).collect() };
            let effort = Effort { until: self.limit.map(|seconds| Instant::now() + Duration::from_secs(seconds.into())), ..self.effort };
            let again = Planner { effort, ..*self };
            let mut here = Vec::new();
            let mix = self.mix(&offers, &mut here);
            let found = again.attempt(&offers, &must, budget_now, &[of(&last), of(own)], mix, &mut here);
            // What was said of the plan itself holds here too.
            let new: Vec<String> = here.into_iter().filter(|note| !notes.contains(note)).collect();
            notes.extend(new.into_iter().map(|note| format!("for {}: {note}", evidence::grouped(budget_now))));
            let found = found.map(|now| {
                last = now.found.picks.iter().map(|pick| origins[*pick]).collect();
                let kol = now.found.picks.iter().filter(|pick| now.offers[**pick].kind == Kind::Kol).count();
                PointPlan {
                    spent: money(now.found.spent),
                    creators: (kol, now.found.picks.len() - kol),
                    people: now.campaign.people(&now.found.picks).mid,
                    value: now.found.value,
                    bound: now.found.bound,
                }
            });
            points.push(Point { budget: budget_now, found });
        }
        Ok(points)
    }
}
