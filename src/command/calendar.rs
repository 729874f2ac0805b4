//! A portfolio and the phases of a brief in, who publishes when out.

use std::collections::HashMap;

use super::{
    planned::money,
    planner::{Planner, Solved},
};
use crate::{
    brief::plan::PhaseAsk,
    knowledge::presets,
    normalize::date::civil_from_days,
    present::{plan::Phase, report::Row},
    select::portfolio::phases::{self, Creator},
};

/// Who publishes when.
pub(super) struct Calendar {
    pub(super) places: Vec<phases::Place>,
    wanted: Vec<phases::Phase>,
    /// Whether days are days of the calendar, or counted from the first.
    dated: bool,
    usual: Vec<presets::Phase>,
}

impl Planner<'_> {
    /// The phases of the brief, else the usual ones; days that nobody names are counted from the first, long enough for `creators` at so many a day.
    pub(super) fn wanted_phases(&self, creators: Option<usize>) -> Vec<phases::Phase> {
        let (asked, usual) = (&self.market.setting.brief.plan, &self.market.setting.knowledge.presets.phase);
        let all: Vec<PhaseAsk> = usual.iter().map(|phase| PhaseAsk { id: phase.id.clone(), days: None, share: None }).collect();
        let named = if asked.phases.is_empty() { &all } else { &asked.phases };
        let of = |id: &str| usual.iter().find(|phase| phase.id == id);
        let given: f64 = named.iter().filter_map(|phase| phase.share).sum();
        let open: f64 = named.iter().filter(|phase| phase.share.is_none()).filter_map(|phase| of(&phase.id)).map(|phase| phase.share).sum();
        let scale = if named.iter().all(|phase| phase.share.is_some()) && given > 0.0 { 1.0 / given } else { 1.0 };
        let mut next = 1;
        let needed = creators.zip(asked.per_day).map_or(0, |(count, per_day)| count.div_ceil(per_day as usize) as u32);
        let phase = |ask: &PhaseAsk| {
            let usual = of(&ask.id);
            let share =
                ask.share.map_or_else(|| usual.map_or(0.0, |usual| usual.share) / open.max(f64::MIN_POSITIVE) * (1.0 - given).max(0.0), |share| share * scale);
            let days = ask.days.unwrap_or_else(|| {
                let long = i64::from(usual.map_or(1, |usual| usual.days).max(needed));
                next += long;
                (next - long, next - 1)
            });
            phases::Phase { id: ask.id.clone(), share, days }
        };
        named.iter().map(phase).collect()
    }

    pub(super) fn phases(&self, solved: &Solved<'_>, rows: &HashMap<usize, Row>) -> Calendar {
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
}

impl Calendar {
    pub(super) fn day(&self, day: i64) -> String {
        if !self.dated {
            return format!("day {day}");
        }
        let (year, month, date) = civil_from_days(day);
        format!("{year:04}-{month:02}-{date:02}")
    }

    pub(super) fn shown(&self, solved: &Solved<'_>) -> Vec<Phase> {
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
