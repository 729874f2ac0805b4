//! A portfolio in, the plan that all formats present out: who is bought and why, what the rules cost, who just missed it, who is reached.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{
    details,
    offers::Offers,
    planner::{Planner, Solved},
    report,
};
use crate::{
    knowledge::categories::CategoryId,
    present::{
        plan::{Category, Miss, People, Pick, Plan, Rule, Segment},
        report::{Report, Row, Run},
    },
    score::{DIMENSIONS, evidence, footprint::Segments},
    select::{
        pool::Origin,
        portfolio::{
            campaign::{Offer, Reach},
            problem::{Bound, WHOLE},
            sensitivity::{self, Easing, Room},
            solver::{Effort, Microlp},
        },
    },
};

/// Candidates who just missed a plan.
const MISSES: usize = 5;
/// Dimensions that are named as the reason for a creator.
const REASONS: usize = 3;

impl Planner<'_> {
    /// The plan for a budget, beside what other budgets would buy.
    pub(super) fn plan(&self, budget: f64, budgets: &[f64], run: Run) -> Result<Plan> {
        let Offers { all, must, left_out } = self.market.offers(self.most(budget))?;
        let (offers, origins): (Vec<Offer>, Vec<Origin>) = all.into_iter().unzip();
        let mut notes = self.notes(&offers);
        let mix = self.mix(&offers, &mut notes);
        let solved = self.solved(&offers, &must, budget, mix, &mut notes)?;
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
        let curve = self.curve((budget, &own), budgets, &mut notes)?;
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

    /// How much of the spend each category of the brief has.
    fn categories(&self, solved: &Solved<'_>) -> Vec<Category> {
        let (brief, categories) = (self.market.setting.brief, &self.market.setting.knowledge.categories);
        let total: f64 = brief.domain.categories.iter().map(|(_, weight)| weight).sum();
        let category = |(id, weight): &(CategoryId, f64)| {
            let members: Vec<&usize> = solved.found.picks.iter().filter(|pick| solved.offers[**pick].categories.contains(id)).collect();
            let spent = members.iter().map(|pick| money(solved.offers[**pick].price)).sum::<f64>() + 0.0;
            let whole = money(solved.found.spent);
            let shares = (if whole > 0.0 { spent / whole } else { 0.0 }, weight / total);
            Category { name: categories.path(*id), creators: members.len(), spent, shares, thin: shares.0 < brief.constants.plan.thin * shares.1 }
        };
        brief.domain.categories.iter().map(category).collect()
    }
}

/// Cents as money.
pub(super) fn money(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// Money without a separator, to be written on a command line.
pub(super) fn plain(amount: f64) -> String {
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
