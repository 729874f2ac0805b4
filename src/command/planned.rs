//! Offers and a budget in, the plan that all formats present out.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use super::{
    details,
    offers::{Market, Offers},
    report,
};
use crate::{
    brief::plan::{MixAsk, PhaseAsk, usual_mix},
    failure::Failure,
    normalize::{candidate::Kind, date::civil_from_days},
    present::{
        plan::{Category, Miss, People, Phase, Pick, Plan, Point, PointPlan, Rule, Segment},
        report::{Report, Row, Run},
    },
    score::{DIMENSIONS, evidence, footprint::Segments},
    select::{
        pool::Origin,
        portfolio::{
            self, Outcome, Portfolio, best,
            campaign::{Campaign, Offer, Reach, cents},
            phases::{self, Creator},
            problem::{Bound, Problem, WHOLE},
            sensitivity::{self, Easing, Room},
            shortfall::{Need, Shortfall, shortfall},
            solver::{Effort, Microlp},
        },
    },
};

/// Candidates who just missed a plan.
const MISSES: usize = 5;
/// Part of a budget that may stay unspent without a word.
const UNSPENT: f64 = 0.1;
/// Dimensions that are named as the reason for a creator.
const REASONS: usize = 3;

/// Makes plans.
pub(super) struct Planner<'a> {
    pub(super) market: &'a Market<'a>,
    pub(super) effort: Effort,
    /// Seconds for the search; what explains the plan has as long again.
    pub(super) limit: Option<u32>,
}

/// A solved problem.
struct Solved<'o> {
    offers: &'o [Offer],
    campaign: Campaign<'o>,
    problem: Problem,
    found: Portfolio,
    /// KOL's part of the spend, and who says so.
    mix: Option<(f64, String)>,
}

impl Planner<'_> {
    /// The plan for a budget, beside what other budgets would buy.
    pub(super) fn plan(&self, budget: f64, budgets: &[f64], run: Run) -> Result<Plan> {
        let Offers { all, must, left_out } = self.market.offers(self.most(budget))?;
        let (offers, origins): (Vec<Offer>, Vec<Origin>) = all.into_iter().unzip();
        let mut notes = self.notes(&offers);
        let mix = self.mix(&offers, &mut notes);
        let solved = self.solved(&offers, &must, budget, &[], mix, &mut notes)?;
        let unspent = self.unspent(&solved, &must, budget);
        let brief = self.market.setting.brief;
        let worth = solved.campaign.worth(brief.plan.objective);
        let picks = &solved.found.picks;
        let effort = Effort { until: self.limit.map(|seconds| Instant::now() + Duration::from_secs(seconds.into())), ..self.effort };
        let easings = sensitivity::easings(&solved.problem, &worth, &solved.found, &Microlp, effort);
        let misses = sensitivity::nearest_misses(&solved.problem, &worth, picks, MISSES);
        let shown: Vec<usize> = picks.iter().copied().chain(misses.iter().map(|miss| miss.offer)).collect();
        let mut rows = self.rows(&shown, &origins)?;
        let name = |row: &Row| if row.name.is_empty() { row.id.clone() } else { row.name.clone() };
        let names: HashMap<usize, String> = rows.iter().map(|(offer, row)| (*offer, name(row))).collect();
        let phases = self.phases(&solved, &rows);
        let margins = worth.margins(picks);
        let people = solved.campaign.people(picks);
        let segments = segments(&solved, &self.market.segments, brief.constants.plan.thin);
        let categories = self.categories(&solved);
        let rules = rules(&solved, &easings, &names);
        let own: Vec<Origin> = picks.iter().map(|pick| origins[*pick]).collect();
        let curve = self.curve((budget, &own), budgets, &must)?;
        let misses = misses
            .into_iter()
            .filter_map(|miss| {
                Some(Miss {
                    row: rows.remove(&miss.offer)?,
                    price: money(offers[miss.offer].price),
                    instead_of: miss.instead_of.and_then(|gone| names.get(&gone).cloned()),
                    change: miss.change,
                    enters_at: miss.enters_at.map(money),
                })
            })
            .collect();
        let mut placed: Vec<Pick> = Vec::new();
        for ((offer, adds), place) in picks.iter().zip(margins).zip(&phases.places) {
            let Some(row) = rows.remove(offer) else { continue };
            placed.push(Pick {
                why: reasons(&row),
                row,
                agency: offers[*offer].agency.clone(),
                must: must.contains(offer),
                price: money(offers[*offer].price),
                reach: people_of(offers[*offer].reach),
                adds,
                phase: place.phase,
                day: phases.day(place.day),
            });
        }
        let mut order: Vec<usize> = (0..placed.len()).collect();
        order.sort_by_key(|at| (phases.places[*at].day, *at));
        let mut slots: Vec<Option<Pick>> = placed.into_iter().map(Some).collect();
        let placed = order.into_iter().filter_map(|at| slots[at].take()).collect();
        if let (Some(limit), true) = (self.limit, self.effort.is_over()) {
            notes.push(format!("the search was stopped after {limit} s; another machine may find another plan"));
        }
        Ok(Plan {
            report: Report { run, boards: Vec::new(), excluded: Vec::new(), extra_columns: Vec::new() },
            objective: brief.plan.objective.name(),
            budget,
            spent: money(solved.found.spent),
            value: solved.found.value,
            bound: solved.found.bound,
            best: solved.found.best,
            people: people_of(people),
            contacts: picks.iter().map(|pick| offers[*pick].reach.mid).sum::<f64>() + 0.0,
            mix: solved.mix.clone(),
            mix_tolerance: brief.constants.plan.mix_tolerance,
            picks: placed,
            phases: phases.shown(&solved),
            rules,
            misses,
            segments,
            categories,
            funnel: left_out.into_iter().map(|(reason, count)| (reason.text(self.market.setting), count)).collect(),
            unspent,
            notes,
            curve,
        })
    }

    /// The most that one creator may cost, in cents.
    fn most(&self, budget: f64) -> i64 {
        self.share().map_or(cents(budget), |share| (i128::from(cents(budget)) * i128::from(share) / i128::from(WHOLE)) as i64)
    }

    /// The part of the budget that one creator may cost, in millionths.
    fn share(&self) -> Option<i64> {
        self.market.setting.brief.plan.max_share.map(|share| (share * WHOLE as f64).round() as i64)
    }

    /// What a reader should know before any search.
    fn notes(&self, offers: &[Offer]) -> Vec<String> {
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
    fn solved<'o>(
        &self,
        offers: &'o [Offer],
        must: &[usize],
        budget: f64,
        starts: &[Vec<usize>],
        mut mix: Option<(f64, String)>,
        notes: &mut Vec<String>,
    ) -> Result<Solved<'o>> {
        let brief = self.market.setting.brief;
        let campaign = Campaign::new(offers, self.market.segments.cells.iter().map(|cell| (cell.people, cell.membership)).collect(), brief.constants.plan);
        let worth = campaign.worth(brief.plan.objective);
        let places = self.places();
        loop {
            let problem = campaign.problem(&brief.plan, cents(budget), mix.as_ref().map(|(kol, _)| *kol), places, must.to_vec());
            match best(&problem, &worth, starts, &Microlp, self.effort) {
                Outcome::Found(found) if !found.picks.is_empty() => return Ok(Solved { offers, campaign, problem, found, mix }),
                // The aim's mix is advice; what the brief writes is a rule.
                Outcome::Impossible | Outcome::Found(_) if mix.is_some() && brief.plan.mix == MixAsk::OfAim => {
                    if let Some((kol, why)) = mix.take() {
                        notes.push(format!("no plan has the usual mix KOL:KOC {:.0}:{:.0} ({why}): it is left out", kol * 100.0, 100.0 - kol * 100.0));
                    }
                }
                _ => bail!(self.no_plan(budget)?),
            }
        }
    }

    /// Why much of the budget is not spent.
    fn unspent(&self, solved: &Solved<'_>, must: &[usize], budget: f64) -> Option<String> {
        let left = budget - money(solved.found.spent);
        if left < UNSPENT * budget {
            return None;
        }
        let currency = &self.market.setting.brief.budget.currency;
        let amount = |amount: f64| evidence::grouped(amount.round());
        if solved.found.picks.len() == solved.offers.len() {
            return Some(format!("{} {currency} stay unspent: everybody who can be planned with is bought", amount(left)));
        }
        let free = solved.mix.as_ref().and_then(|_| self.solved(solved.offers, must, budget, &[], None, &mut Vec::new()).ok());
        let more = |free: &Solved<'_>| free.found.value > solved.found.value && free.found.spent > solved.found.spent;
        Some(match free.filter(more) {
            Some(free) => format!(
                "{} {currency} stay unspent: the mix of KOL and KOC stops the rest. Without it (`--set plan.mix=any`) {} creators for {} {currency} would reach {} people",
                amount(left),
                free.found.picks.len(),
                amount(money(free.found.spent)),
                amount(free.campaign.people(&free.found.picks).mid)
            ),
            None => format!("{} {currency} stay unspent: the rules stop the rest", amount(left)),
        })
    }

    /// KOL's part of the spend, where both kinds are there to buy.
    fn mix(&self, offers: &[Offer], notes: &mut Vec<String>) -> Option<(f64, String)> {
        let setting = self.market.setting;
        let (kol, why) = match setting.brief.plan.mix {
            MixAsk::Any => return None,
            MixAsk::Kol(kol) => return Some((kol, "plan.mix".to_owned())),
            MixAsk::OfAim => usual_mix(&setting.brief.aim, &setting.knowledge.presets)?,
        };
        let missing = Kind::ALL.into_iter().find(|kind| offers.iter().all(|offer| offer.kind != *kind));
        let Some(missing) = missing.filter(|_| !offers.is_empty()) else { return Some((kol, why)) };
        let note = format!(
            "there is no {} to plan with, so the usual mix KOL:KOC {:.0}:{:.0} ({why}) is left out",
            missing.name().to_uppercase(),
            kol * 100.0,
            100.0 - kol * 100.0
        );
        if !notes.contains(&note) {
            notes.push(note);
        }
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
        problem.rules.push(portfolio::problem::Rule { name: String::new(), members: vec![true; problem.len()], bound: Bound::AtLeast(1) });
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

    /// Rows of offers as a ranking shows them.
    fn rows(&self, shown: &[usize], origins: &[Origin]) -> Result<HashMap<usize, Row>> {
        let wanted: Vec<Origin> = shown.iter().map(|offer| origins[*offer]).collect();
        let mut rows = HashMap::new();
        details::visit(&wanted, self.market.files, self.market.ranked, self.market.setting, |position, candidate, _| {
            rows.insert(shown[position], report::row(candidate, &self.market.setting.scorer.hits(candidate), self.market.setting, Vec::new(), true));
            Ok(())
        })?;
        Ok(rows)
    }

    /// The phases of the brief, else the usual ones; days that nobody names are counted from the first, long enough for `creators` at so many a day.
    fn wanted_phases(&self, creators: Option<usize>) -> Vec<phases::Phase> {
        let (asked, usual) = (&self.market.setting.brief.plan, &self.market.setting.knowledge.presets.phase);
        let all: Vec<PhaseAsk> = usual.iter().map(|phase| PhaseAsk { id: phase.id.clone(), days: None, share: None }).collect();
        let named = if asked.phases.is_empty() { &all } else { &asked.phases };
        let of = |id: &str| usual.iter().find(|phase| phase.id == id);
        let given: f64 = named.iter().filter_map(|phase| phase.share).sum();
        let open: f64 = named.iter().filter(|phase| phase.share.is_none()).filter_map(|phase| of(&phase.id)).map(|phase| phase.share).sum();
        let scale = if named.iter().all(|phase| phase.share.is_some()) && given > 0.0 { 1.0 / given } else { 1.0 };
        let mut next = 1;
        let needed = |share: f64| creators.zip(asked.per_day).map_or(0, |(count, per_day)| (count as f64 * share / f64::from(per_day)).ceil() as i64 + 1);
        let phase = |ask: &PhaseAsk| {
            let usual = of(&ask.id);
            let share =
                ask.share.map_or_else(|| usual.map_or(0.0, |usual| usual.share) / open.max(f64::MIN_POSITIVE) * (1.0 - given).max(0.0), |share| share * scale);
            let days = ask.days.unwrap_or_else(|| {
                let long = usual.map_or(1, |usual| i64::from(usual.days)).max(needed(1.0));
                next += long;
                (next - long, next - 1)
            });
            phases::Phase { id: ask.id.clone(), share, days }
        };
        named.iter().map(phase).collect()
    }

    fn phases(&self, solved: &Solved<'_>, rows: &HashMap<usize, Row>) -> Calendar {
        let asked = &self.market.setting.brief.plan;
        let wanted = self.wanted_phases(Some(solved.found.picks.len()));
        let value = |row: &Row, name: &str| row.dimensions.iter().find(|cell| cell.name == name).and_then(|cell| cell.value).unwrap_or(0.0);
        let creator = |pick: &usize| {
            let offer = &solved.offers[*pick];
            let authority = rows.get(pick).map_or(0.0, |row| value(row, "domain") * value(row, "credibility"));
            Creator { kind: offer.kind, price: offer.price, reach: offer.reach.mid, authority, score: offer.score }
        };
        let creators: Vec<Creator> = solved.found.picks.iter().map(creator).collect();
        let places = phases::scheduled(&creators, &wanted, asked.per_day);
        let usual = self.market.setting.knowledge.presets.phase.clone();
        Calendar { places, wanted, dated: asked.phases.iter().any(|phase| phase.days.is_some()), usual }
    }

    /// How much of the spend each category of the brief has.
    fn categories(&self, solved: &Solved<'_>) -> Vec<Category> {
        let (brief, categories) = (self.market.setting.brief, &self.market.setting.knowledge.categories);
        let total: f64 = brief.domain.categories.iter().map(|(_, weight)| weight).sum();
        let category = |(id, weight): &(crate::knowledge::categories::CategoryId, f64)| {
            let members: Vec<&usize> = solved.found.picks.iter().filter(|pick| solved.offers[**pick].categories.contains(id)).collect();
            let spent = members.iter().map(|pick| money(solved.offers[**pick].price)).sum::<f64>() + 0.0;
            let whole = money(solved.found.spent);
            let shares = (if whole > 0.0 { spent / whole } else { 0.0 }, weight / total);
            Category { name: categories.path(*id), creators: members.len(), spent, shares, thin: shares.0 < brief.constants.plan.thin * shares.1 }
        };
        brief.domain.categories.iter().map(category).collect()
    }

    /// What other budgets would buy; a larger one never buys less.
    fn curve(&self, (budget, own): (f64, &[Origin]), budgets: &[f64], must: &[usize]) -> Result<Vec<Point>> {
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
            let Offers { all, must: must_now, .. } = match self.market.offers(self.most(budget_now)) {
                Ok(offers) => offers,
                Err(_) if !must.is_empty() => {
                    points.push(Point { budget: budget_now, found: None });
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (offers, origins): (Vec<Offer>, Vec<Origin>) = all.into_iter().unzip();
            let of = |bought: &[Origin]| -> Vec<usize> { (0..offers.len()).filter(|at| bought.contains(&origins[*at])).collect() };
            let effort = Effort { until: self.limit.map(|seconds| Instant::now() + Duration::from_secs(seconds.into())), ..self.effort };
            let again = Planner { effort, ..*self };
            let mix = self.mix(&offers, &mut Vec::new());
            let found = again.solved(&offers, &must_now, budget_now, &[of(&last), of(own)], mix, &mut Vec::new()).ok();
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

/// Who publishes when.
struct Calendar {
    places: Vec<phases::Place>,
    wanted: Vec<phases::Phase>,
    /// Whether days are days of the calendar, or counted from the first.
    dated: bool,
    usual: Vec<crate::knowledge::presets::Phase>,
}

impl Calendar {
    fn day(&self, day: i64) -> String {
        if !self.dated {
            return format!("day {day}");
        }
        let (year, month, date) = civil_from_days(day);
        format!("{year:04}-{month:02}-{date:02}")
    }

    fn shown(&self, solved: &Solved<'_>) -> Vec<Phase> {
        let whole = money(solved.found.spent);
        let phase = |(at, wanted): (usize, &phases::Phase)| {
            let usual = self.usual.iter().find(|phase| phase.id == wanted.id);
            let members = solved.found.picks.iter().zip(&self.places).filter(|(_, place)| place.phase == at);
            let spent = members.map(|(pick, _)| money(solved.offers[*pick].price)).sum::<f64>() + 0.0;
            Phase {
                id: wanted.id.clone(),
                name: usual.map_or(String::new(), |phase| phase.name.clone()),
                days: (self.day(wanted.days.0), self.day(wanted.days.1)),
                share: wanted.share,
                got: if whole > 0.0 { spent / whole } else { 0.0 },
                spent,
                why: usual.map_or(String::new(), |phase| phase.why.clone()),
                why_zh: usual.map_or(String::new(), |phase| phase.why_zh.clone()),
            }
        };
        self.wanted.iter().enumerate().map(phase).collect()
    }
}

fn money(cents: i64) -> f64 {
    cents as f64 / 100.0
}

fn plain(amount: f64) -> String {
    if amount.fract() == 0.0 { format!("{amount:.0}") } else { format!("{amount:.2}") }
}

fn people_of(reach: Reach) -> People {
    People { lo: reach.lo, mid: reach.mid, hi: reach.hi }
}

/// The dimensions that speak most for a creator: value × weight.
fn reasons(row: &Row) -> String {
    let mut known: Vec<_> = row.dimensions.iter().filter(|cell| cell.value.is_some() && cell.known > 0.0 && cell.weight > 0.0).collect();
    known.sort_by(|a, b| b.points.total_cmp(&a.points));
    let position = |name: &str| DIMENSIONS.iter().position(|dimension| dimension.name == name);
    let mut first: Vec<_> = known.into_iter().take(REASONS).collect();
    first.sort_by_key(|cell| position(cell.name));
    first.iter().map(|cell| format!("{} {:.2}", cell.name, cell.value.unwrap_or(0.0))).collect::<Vec<_>>().join(", ")
}

/// Every rule with what it came to and what a step more room would be worth.
fn rules(solved: &Solved<'_>, easings: &[Easing], names: &HashMap<usize, String>) -> Vec<Rule> {
    let (problem, picks) = (&solved.problem, &solved.found.picks);
    let per_cent = |share: f64| format!("{:.1}%", share * 100.0);
    let rule = |easing: &Easing| {
        let (name, wanted, got, step) = match easing.room {
            Room::Budget => {
                let budget = problem.budget.unwrap_or_default();
                ("budget.total".to_owned(), format!("≤ {}", evidence::grouped(money(budget))), evidence::grouped(money(solved.found.spent)), "+1%".to_owned())
            }
            Room::Must(offer) => ("plan.must".to_owned(), names.get(&offer).cloned().unwrap_or_default(), "in".to_owned(), "not in".to_owned()),
            Room::Rule(at) => {
                let rule = &problem.rules[at];
                let members: Vec<usize> = picks.iter().copied().filter(|pick| rule.members[*pick]).collect();
                let share = if solved.found.spent > 0 { problem.spend(&members) as f64 / solved.found.spent as f64 } else { 0.0 };
                let part = |share: i64| per_cent(share as f64 / WHOLE as f64);
                let (wanted, got, step) = match rule.bound {
                    Bound::AtLeast(count) => (format!("≥ {count}"), members.len().to_string(), "-1"),
                    Bound::AtMost(count) => (format!("≤ {count}"), members.len().to_string(), "+1"),
                    Bound::ShareAtLeast(least) => (format!("≥ {}", part(least)), per_cent(share), "-1 point"),
                    Bound::ShareAtMost(most) => (format!("≤ {}", part(most)), per_cent(share), "+1 point"),
                };
                (rule.name.clone(), wanted, got, step.to_owned())
            }
        };
        Rule { name, wanted, got, step, gain: easing.gain }
    };
    easings.iter().map(rule).collect()
}

/// How well each bin of the target is covered.
fn segments(solved: &Solved<'_>, segments: &Segments, thin: f64) -> Vec<Segment> {
    let by_cell = solved.campaign.by_cell(&solved.found.picks);
    let sum = |cells: &dyn Fn(usize) -> bool| {
        let of = |end: fn(&(f64, f64)) -> f64| by_cell.iter().enumerate().filter(|(at, _)| cells(*at)).map(|(_, cell)| end(cell)).sum::<f64>() + 0.0;
        (of(|cell| cell.0), of(|cell| cell.1))
    };
    let (reached, people) = sum(&|_| true);
    let whole = if people > 0.0 { reached / people } else { 0.0 };
    let mut found = Vec::new();
    for (at, facet) in Segments::facets().into_iter().enumerate() {
        for (bin, label) in segments.labels(at).into_iter().enumerate() {
            let (reached, people) = sum(&|cell| segments.bin_of(cell, at) == bin);
            found.push(Segment { facet: facet.name(), label, people, reached, thin: people > 0.0 && reached / people < thin * whole });
        }
    }
    found
}
