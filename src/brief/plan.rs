//! The section `[plan]` of a brief in, what a portfolio must keep out: quotas, lists, prices beside the quote, phases.

use anyhow::{Result, bail};

use super::{
    Aim, parse,
    resolve::{Place, category, positive},
};
use crate::{
    failure::Failure,
    knowledge::{Knowledge, categories::CategoryId, platforms::PlatformId, presets::Presets},
    normalize::{candidate::Kind, date, fold::fold_label},
};

/// What a portfolio must keep, as a brief asks for it.
#[derive(Debug, Clone, Default)]
pub struct PlanAsk {
    /// What is maximised.
    pub objective: Objective,
    /// Least number of creators.
    pub min_creators: Option<u32>,
    /// Most creators.
    pub max_creators: Option<u32>,
    /// Most of the budget that one creator may cost, 0 to 1.
    pub max_share: Option<f64>,
    /// What a creator who is paid in goods costs, in the brief's currency; `None`: nobody is planned with who is.
    pub goods_cost: Option<f64>,
    /// Ids (or names) of creators who must be in it.
    pub must: Vec<String>,
    /// Ids (or names) of creators who must not.
    pub never: Vec<String>,
    /// KOL's part of the spend.
    pub mix: MixAsk,
    /// Fees on quotes, by platform, 0 to 1.
    pub fees: Vec<(PlatformId, f64)>,
    /// Rebates on quotes, by folded agency (`*` is every agency), 0 to below 1.
    pub rebates: Vec<(String, f64)>,
    /// Quotas on groups.
    pub quotas: Vec<Quota>,
    /// Most creators who publish on one day.
    pub per_day: Option<u32>,
    /// Phases in their order; empty where the brief names none.
    pub phases: Vec<PhaseAsk>,
}

/// What a portfolio maximises.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Objective {
    /// People of the target, each counted once, weighted by the scores of those who reach them.
    #[default]
    Reach,
    /// The sum of score × target reach.
    Match,
}

impl Objective {
    /// Name in briefs and outputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Match => "match",
        }
    }
}

/// What a brief says of the mix of KOL and KOC.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum MixAsk {
    /// Nothing: the aim's mix counts.
    #[default]
    OfAim,
    /// KOL's part of the spend, 0 to 1.
    Kol(f64),
    /// Any mix will do.
    Any,
}

/// What candidates are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// KOL or KOC.
    Kind(Kind),
    /// A platform.
    Platform(PlatformId),
    /// A category, with all below it.
    Category(CategoryId, String),
    /// An agency, by its name as the brief writes it.
    Agency(String),
    /// Each agency by itself.
    EachAgency,
    /// A size tier, by its name.
    Tier(String),
}

/// A rule on a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// Dotted name of the table in the brief, such as `plan.kind.koc`.
    pub key: String,
    /// The group.
    pub group: Group,
    /// Least creators.
    pub min: Option<u32>,
    /// Most creators.
    pub max: Option<u32>,
    /// Least part of the spend, 0 to 1.
    pub min_share: Option<f64>,
    /// Most of the spend, 0 to 1.
    pub max_share: Option<f64>,
}

/// One phase of the campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseAsk {
    /// `preheat`, `ignite` or `spread`.
    pub id: String,
    /// First and last day since 1970-01-01, where the brief names them.
    pub days: Option<(i64, i64)>,
    /// Part of the spend, where the brief names it.
    pub share: Option<f64>,
}

/// Resolves the section.
pub(super) fn resolve(file: &parse::Plan, place: &Place<'_>, knowledge: &Knowledge) -> Result<PlanAsk> {
    let objective = match file.objective.as_deref() {
        None | Some("reach") => Objective::Reach,
        Some("match") => Objective::Match,
        Some(other) => bail!(place.unknown("plan.objective", other, &["reach", "match"])),
    };
    let count = |key: &str, count: Option<f64>| count.map(|count| whole(key, count, place)).transpose();
    let share = |key: &str, share: Option<f64>| share.map(|share| part(key, share, place)).transpose();
    if let Some(cost) = file.goods_cost.filter(|cost| !(0.0..=1e9).contains(cost)) {
        bail!(place.failure("plan.goods_cost", &format!("{cost} is no amount of money"), "write what the goods and their sending cost, such as 150"));
    }
    let ask = PlanAsk {
        objective,
        min_creators: count("plan.min_creators", file.min_creators)?,
        max_creators: count("plan.max_creators", file.max_creators)?,
        max_share: share("plan.max_share", file.max_share)?,
        goods_cost: file.goods_cost,
        must: file.must.0.clone(),
        never: file.never.0.clone(),
        mix: mix(file.mix.as_deref(), place)?,
        fees: fees(file, place, knowledge)?,
        rebates: rebates(file, place)?,
        quotas: quotas(file, place, knowledge)?,
        per_day: count("plan.per_day", file.per_day)?,
        phases: phases(file, place, knowledge)?,
    };
    if ask.per_day == Some(0) {
        bail!(place.failure("plan.per_day", "nobody could publish on any day", "write a whole number such as 3, or leave it out"));
    }
    if let Some(both) = ask.must.iter().find(|id| ask.never.contains(id)) {
        bail!(place.failure("plan.never", &format!("`{both}` stands in `plan.must` too"), "take it out of one of the two"));
    }
    if let (Some(min), Some(max)) = (ask.min_creators, ask.max_creators)
        && min > max
    {
        bail!(place.failure("plan.min_creators", &format!("{min} is above `plan.max_creators` {max}"), "swap them"));
    }
    Ok(ask)
}

fn whole(key: &str, count: f64, place: &Place<'_>) -> Result<u32, Failure> {
    if count.fract() == 0.0 && (0.0..=1e6).contains(&count) {
        return Ok(count as u32);
    }
    Err(place.failure(key, &format!("{count} is no number of creators"), "write a whole number such as 10"))
}

fn part(key: &str, share: f64, place: &Place<'_>) -> Result<f64, Failure> {
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(place.failure(key, &format!("{share} is no share from 0 to 1"), "30 % is written 0.3"))
}

fn mix(text: Option<&str>, place: &Place<'_>) -> Result<MixAsk> {
    let Some(text) = text.map(str::trim) else { return Ok(MixAsk::OfAim) };
    if text == "any" {
        return Ok(MixAsk::Any);
    }
    let parts = text.split_once(':').and_then(|(kol, koc)| Some((kol.trim().parse::<f64>().ok()?, koc.trim().parse::<f64>().ok()?)));
    match parts {
        Some((kol, koc)) if kol >= 0.0 && koc >= 0.0 && kol + koc > 0.0 && (kol + koc).is_finite() => Ok(MixAsk::Kol(kol / (kol + koc))),
        _ => bail!(place.failure("plan.mix", &format!("`{text}` is no mix of KOL and KOC"), "write it as \"40:60\", or \"any\" for none")),
    }
}

fn fees(file: &parse::Plan, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<(PlatformId, f64)>> {
    let mut fees = Vec::new();
    for (name, fee) in &file.fee {
        let key = format!("plan.fee.{name}");
        fees.push((platform(&key, name, place, knowledge)?, part(&key, *fee, place)?));
    }
    Ok(fees)
}

fn rebates(file: &parse::Plan, place: &Place<'_>) -> Result<Vec<(String, f64)>> {
    let mut rebates = Vec::new();
    for (name, rebate) in &file.rebate {
        let key = format!("plan.rebate.{name}");
        if !(0.0..1.0).contains(rebate) {
            bail!(place.failure(&key, &format!("{rebate} is no rebate from 0 to below 1"), "20 % is written 0.2"));
        }
        rebates.push((fold_label(name).to_string(), *rebate));
    }
    Ok(rebates)
}

fn platform(key: &str, name: &str, place: &Place<'_>, knowledge: &Knowledge) -> Result<PlatformId, Failure> {
    let names: Vec<&str> = knowledge.platforms.names().collect();
    knowledge.platforms.named(name).ok_or_else(|| place.unknown(key, name, &names))
}

fn quotas(file: &parse::Plan, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<Quota>> {
    let mut quotas = Vec::new();
    let mut add = |key: String, group: Group, asked: &parse::Quota| -> Result<()> {
        let count = |end: &str, count: Option<f64>| count.map(|count| whole(&format!("{key}.{end}"), count, place)).transpose();
        let share = |end: &str, share: Option<f64>| share.map(|share| part(&format!("{key}.{end}"), share, place)).transpose();
        let (min, max) = (count("min", asked.min)?, count("max", asked.max)?);
        let (min_share, max_share) = (share("min_share", asked.min_share)?, share("max_share", asked.max_share)?);
        if min.zip(max).is_some_and(|(min, max)| min > max) || min_share.zip(max_share).is_some_and(|(min, max)| min > max) {
            bail!(place.failure(&key, "the least is above the most", "swap them"));
        }
        quotas.push(Quota { key, group, min, max, min_share, max_share });
        Ok(())
    };
    for (name, asked) in &file.kind {
        let key = format!("plan.kind.{name}");
        let kind = Kind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name));
        add(key.clone(), Group::Kind(kind.ok_or_else(|| place.unknown(&key, name, &["kol", "koc"]))?), asked)?;
    }
    for (name, asked) in &file.platform {
        let key = format!("plan.platform.{name}");
        add(key.clone(), Group::Platform(platform(&key, name, place, knowledge)?), asked)?;
    }
    for (name, asked) in &file.category {
        let key = format!("plan.category.{name}");
        add(key.clone(), Group::Category(category(&key, name, place, knowledge)?, name.clone()), asked)?;
    }
    for (name, asked) in &file.agency {
        add(format!("plan.agency.{name}"), if name == "*" { Group::EachAgency } else { Group::Agency(name.clone()) }, asked)?;
    }
    for (name, asked) in &file.tier {
        let key = format!("plan.tier.{name}");
        let known: Vec<&str> = knowledge.platforms.tier_names().collect();
        let tier = known.iter().find(|tier| tier.eq_ignore_ascii_case(name));
        add(key.clone(), Group::Tier((*tier.ok_or_else(|| place.unknown(&key, name, &known))?).to_owned()), asked)?;
    }
    Ok(quotas)
}

fn phases(file: &parse::Plan, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<PhaseAsk>> {
    let known = &knowledge.presets.phase;
    for name in file.phases.keys() {
        if !known.iter().any(|phase| phase.id == *name || phase.name == *name) {
            let names: Vec<&str> = known.iter().map(|phase| phase.id.as_str()).collect();
            bail!(place.unknown(&format!("plan.phases.{name}"), name, &names));
        }
    }
    let mut phases: Vec<PhaseAsk> = Vec::new();
    for phase in known {
        let Some((name, asked)) = file.phases.iter().find(|(name, _)| **name == phase.id || **name == phase.name) else { continue };
        let key = format!("plan.phases.{name}");
        let day = |end: &str, day: &parse::Day| {
            let wrong = || place.failure(&format!("{key}.{end}"), &format!("`{}` is no day", day.0), "write it as 2026-12-01");
            date::date(&day.0).map(date::days_from_civil).ok_or_else(wrong)
        };
        let days = match (&asked.from, &asked.to) {
            (Some(from), Some(to)) => Some((day("from", from)?, day("to", to)?)),
            (None, None) => None,
            _ => bail!(place.failure(&key, "it has one of `from` and `to`", "write both days, or neither")),
        };
        if days.is_some_and(|(from, to)| from > to) {
            bail!(place.failure(&key, "it ends before it begins", "swap `from` and `to`"));
        }
        if let (Some((from, _)), Some((_, before))) = (days, phases.last().and_then(|last| last.days))
            && from <= before
        {
            bail!(place.failure(&key, "it begins before the phase ahead of it has ended", "phases follow one another: preheat, ignite, spread"));
        }
        let share = asked.share.map(|share| part(&format!("{key}.share"), share, place)).transpose()?;
        phases.push(PhaseAsk { id: phase.id.clone(), days, share });
    }
    if phases.iter().any(|phase| phase.days.is_some()) && phases.iter().any(|phase| phase.days.is_none()) {
        bail!(place.failure("plan.phases", "some phases have days and others have none", "give each phase `from` and `to`, or none"));
    }
    let shares: f64 = phases.iter().filter_map(|phase| phase.share).sum();
    if phases.iter().all(|phase| phase.share.is_some()) && !phases.is_empty() {
        positive("plan.phases", shares, place)?;
    }
    if shares > 1.0 + 1e-9 {
        bail!(place.failure("plan.phases", &format!("shares add up to {shares:.2}, more than 1"), "30 % is written 0.3"));
    }
    Ok(phases)
}

/// KOL's usual part of the spend for an aim, 0 to 1, and the choices that say so: the mean of goal and stage; where neither says anything, the mode.
#[must_use]
pub fn usual_mix(aim: &Aim, presets: &Presets) -> Option<(f64, String)> {
    let of = |name: &Option<String>, table: &std::collections::BTreeMap<String, crate::knowledge::presets::Preset>| {
        let name = name.as_ref()?;
        let preset = table.get(name)?;
        preset.mix.map(|[kol, koc]| (f64::from(kol) / f64::from(kol + koc), format!("{name} {} {kol}:{koc}", preset.name)))
    };
    let mut mixes: Vec<(f64, String)> = [of(&aim.goal, &presets.goal), of(&aim.stage, &presets.stage)].into_iter().flatten().collect();
    if mixes.is_empty() {
        mixes.extend(of(&aim.mode, &presets.mode));
    }
    let mean = mixes.iter().map(|(kol, _)| kol).sum::<f64>() / mixes.len() as f64;
    let why = mixes.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>().join(" and ");
    (!mixes.is_empty()).then_some((mean, why))
}
