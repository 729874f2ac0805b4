//! What may be paid, who may be considered, which figures are compared: the sections of a brief that are rules, resolved.

use anyhow::{Result, bail};

use super::{
    Bounds, Budget, Eligible, Metrics,
    parse::{self, BriefFile},
    resolve::{Place, category, keyword, locations, positive},
};
use crate::{
    failure::Failure,
    knowledge::Knowledge,
    normalize::{
        date,
        field::{FIELDS, FieldInfo, PriceFormat, Reading},
        fold::fold,
        target::Scope,
    },
};

pub(super) fn budget(asked: &parse::Budget, place: &Place<'_>) -> Result<Budget> {
    let name = match asked.format.as_deref().unwrap_or(PriceFormat::Image.name()) {
        "图文" => PriceFormat::Image.name(),
        "视频" => PriceFormat::Video.name(),
        other => other,
    };
    let names: Vec<&str> = PriceFormat::ALL.iter().map(|format| format.name()).collect();
    let format = PriceFormat::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| place.unknown("budget.format", name, &names))?;
    for (key, amount) in [("budget.total", asked.total), ("budget.target_cpe", asked.target_cpe), ("budget.target_cpm", asked.target_cpm)] {
        if let Some(amount) = amount {
            positive(key, amount, place)?;
        }
    }
    let currency = asked.currency.as_deref().map_or_else(|| "CNY".to_owned(), currency_code);
    Ok(Budget { total: asked.total, format, currency, target_cpe: asked.target_cpe, target_cpm: asked.target_cpm })
}

/// The code of a currency as files and briefs write it; `元`, `RMB` and `¥` are CNY.
#[must_use]
pub(crate) fn currency_code(text: &str) -> String {
    match fold(text.trim()).as_str() {
        "" | "元" | "人民币" | "rmb" | "¥" | "cny" => "CNY".into(),
        "$" | "us$" | "美元" | "usd" => "USD".into(),
        "€" | "eur" | "欧元" => "EUR".into(),
        "£" | "gbp" | "英镑" => "GBP".into(),
        other => other.to_uppercase(),
    }
}

fn bounds(key: &str, range: &parse::Range, place: &Place<'_>) -> Result<Bounds, Failure> {
    if let Some(bound) = [range.min, range.max].into_iter().flatten().find(|bound| !(0.0..=1e15).contains(bound)) {
        return Err(place.failure(key, &format!("the bound {bound} is no number from 0 up"), "write a number such as 1_000, or leave the bound out"));
    }
    if let (Some(min), Some(max)) = (range.min, range.max)
        && min > max
    {
        return Err(place.failure(key, &format!("min {min} is above max {max}"), "no candidate could pass: swap them"));
    }
    Ok(Bounds { min: range.min, max: range.max })
}

pub(super) fn eligible(file: &BriefFile, place: &Place<'_>, knowledge: &Knowledge) -> Result<Eligible> {
    let asked = &file.eligible;
    let mut eligible = Eligible {
        followers: bounds("eligible.followers", &asked.followers, place)?,
        price: bounds("eligible.price", &asked.price, place)?,
        exclude_ids: asked.exclude_ids.0.clone(),
        ..Eligible::default()
    };
    for name in &asked.platforms.0 {
        let names: Vec<&str> = knowledge.platforms.names().collect();
        eligible.platforms.push(knowledge.platforms.named(name).ok_or_else(|| place.unknown("eligible.platforms", name, &names))?);
    }
    for word in &asked.exclude_keywords.0 {
        eligible.exclude_keywords.push(keyword("eligible.exclude_keywords", word, place)?);
    }
    for word in &asked.require_keywords.0 {
        eligible.require_keywords.push(keyword("eligible.require_keywords", word, place)?);
    }
    eligible.locations = locations("eligible.locations", &asked.locations.0, place)?;
    if let Some(date) = &asked.as_of_from {
        let failure = || place.failure("eligible.as_of_from", &format!("`{date}` is no date"), "write it as 2026-08-01");
        eligible.as_of_from = Some(date::date(date).ok_or_else(failure)?);
    }
    for word in &file.brand.competitors.0 {
        eligible.competitors.push(keyword("brand.competitors", word, place)?);
    }
    for name in &asked.exclude_categories.0 {
        let excluded = category("eligible.exclude_categories", name, place, knowledge)?;
        eligible.exclude_categories.extend(knowledge.categories.within(excluded));
    }
    for name in &asked.require_categories.0 {
        let required = category("eligible.require_categories", name, place, knowledge)?;
        eligible.require_categories.extend(knowledge.categories.within(required));
    }
    eligible.only_ids.clone_from(&asked.only_ids.0);
    for (name, range) in &asked.numbers {
        let key = format!("eligible.numbers.{name}");
        let is_number = |info: &&FieldInfo| matches!(info.reading, Reading::Count | Reading::Money | Reading::Share);
        let names: Vec<&str> = FIELDS.iter().filter(is_number).map(|info| info.name).collect();
        let info = FIELDS.iter().filter(is_number).find(|info| info.name == name).ok_or_else(|| place.unknown(&key, name, &names))?;
        eligible.numbers.push((info.field, bounds(&key, range, place)?));
    }
    for name in &asked.known.0 {
        let names: Vec<&str> = FIELDS.iter().map(|info| info.name).collect();
        let info = FIELDS.iter().find(|info| info.name == name).ok_or_else(|| place.unknown("eligible.known", name, &names))?;
        eligible.known.push(info.field);
    }
    Ok(eligible)
}

pub(super) fn metrics(asked: &parse::Metrics, place: &Place<'_>) -> Result<Metrics> {
    let scope = match asked.scope.as_deref() {
        None => Scope::Organic,
        Some(word) => match Scope::named(word) {
            Some(scope) => scope,
            None => bail!(place.unknown("metrics.scope", word, &["organic", "sponsored"])),
        },
    };
    Ok(Metrics { scope, window_days: asked.window_days.unwrap_or(30) })
}
