//! The brief as written in, the brief with every word resolved out: categories, traits, bins, platforms, targets.

use anyhow::{Result, bail};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    Aim, AudienceAsk, Brief, DomainAsk, StyleAsk,
    parse::{self, BriefFile, Lines},
    plan, rules,
};
use crate::{
    failure::{Failure, did_you_mean},
    knowledge::{Knowledge, categories::CategoryId, presets::Preset, traits::TRAITS},
    normalize::{
        bin::{Bin, TIERS},
        field::Facet,
        fold::fold,
        plan::Mapping,
        target::Target,
    },
};

/// Where words of a brief stand, for errors.
pub(super) struct Place<'a> {
    pub(super) path: &'a str,
    pub(super) lines: &'a Lines,
}

impl Place<'_> {
    /// `brief.toml:12: `key`: …` with advice.
    pub(super) fn failure(&self, key: &str, message: &str, hint: impl Into<String>) -> Failure {
        let parent = key.rsplit_once('.').map_or(key, |(parent, _)| parent);
        let place = match self.lines.get(key).or_else(|| self.lines.get(parent)) {
            Some(0) => "--set".to_owned(),
            Some(line) => format!("{}:{line}", self.path),
            None => self.path.to_owned(),
        };
        Failure::new(format!("{place}: `{key}`: {message}")).hint(hint)
    }

    /// An unknown word, with *did you mean* among the known ones.
    pub(super) fn unknown(&self, key: &str, word: &str, known: &[&str]) -> Failure {
        let advice = match did_you_mean(word, known.iter().copied()) {
            Some(close) => format!("did you mean `{close}`? known are {}", listed(known)),
            None => format!("known are {}", listed(known)),
        };
        self.failure(key, &format!("unknown `{word}`"), advice)
    }
}

fn listed(words: &[&str]) -> String {
    let shown = words.iter().take(24).copied().collect::<Vec<_>>().join(", ");
    if words.len() > 24 { format!("{shown}, …") } else { shown }
}

pub(super) fn resolve(file: BriefFile, place: &Place<'_>, knowledge: &Knowledge) -> Result<Brief> {
    let brief = resolve_any(file, place, knowledge)?;
    let nothing = brief.domain.categories.is_empty() && brief.domain.keywords.is_empty() && brief.style.is_empty();
    if nothing && brief.audience.is_empty() && brief.location.is_empty() {
        bail!(Failure::new(format!("{}: the brief asks for nothing: no [domain], [style] or [audience]", place.path)).hint(
            "say at least what creators should talk about:\n      [domain]\n      categories = { \"母婴/辅食\" = 1.0 }\n      (`kolscore list categories` prints all of them)"
        ));
    }
    Ok(brief)
}

/// The same for a brief that may ask for nothing.
pub(super) fn resolve_any(file: BriefFile, place: &Place<'_>, knowledge: &Knowledge) -> Result<Brief> {
    let overrides = constants(&file.constants, place, knowledge)?;
    Ok(Brief {
        hash: format!("{:016x}", xxh3_64(file.canonical.as_bytes())),
        settings: file.settings.clone(),
        aim: aim(&file, place, knowledge)?,
        domain: domain(&file.domain, place, knowledge)?,
        style: style(&file.style, place, knowledge)?,
        audience: audience(&file, place, knowledge)?,
        budget: rules::budget(&file.budget, place)?,
        eligible: rules::eligible(&file, place, knowledge)?,
        plan: plan::resolve(&file.plan, place, knowledge)?,
        metrics: rules::metrics(&file.metrics, place)?,
        columns: columns(&file, place, knowledge)?,
        weights: weights(&file, place)?,
        location: locations("audience.location", &file.audience.location.0, place)?,
        location_weight: facet_weight(&file, "location", place)?,
        constants: knowledge.presets.constants(&overrides)?,
        brand: file.brand.name,
    })
}

/// `[constants.domain] enough = 0.5`: dotted name and value.
fn constants(table: &toml::Table, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<(String, f64)>> {
    fn walk<'t>(table: &'t toml::Table, above: &str, found: &mut Vec<(String, &'t toml::Value)>) {
        for (name, value) in table {
            let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
            match value {
                toml::Value::Table(inner) => walk(inner, &path, found),
                value => found.push((path, value)),
            }
        }
    }
    let mut found = Vec::new();
    walk(table, "", &mut found);
    let known = knowledge.presets.constant_names();
    let mut overrides = Vec::new();
    for (path, value) in found {
        let key = format!("constants.{path}");
        let Some(default) = knowledge.presets.constant(&path) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
            let close = did_you_mean(&path, names).map_or(String::new(), |close| format!("did you mean `constants.{close}`? "));
            bail!(place.failure(&key, "no constant is called so", format!("{close}`kolscore list constants` prints all of them")));
        };
        let least = if default < 0.0 { -100.0 } else { 0.0 };
        let number = value.as_float().filter(|number| (least..=1e6).contains(number));
        let Some(number) = number else { bail!(place.failure(&key, &format!("it takes a number from {least} to 1,000,000"), "write a number such as 0.5")) };
        overrides.push((path, number));
    }
    Ok(overrides)
}

/// Folded names of places.
pub(super) fn locations(key: &str, words: &[String], place: &Place<'_>) -> Result<Vec<String>, Failure> {
    words.iter().map(|word| keyword(key, word, place)).collect()
}

/// How much a facet counts among the others.
fn facet_weight(file: &BriefFile, facet: &str, place: &Place<'_>) -> Result<f64> {
    let Some(weight) = file.audience.weights.get(facet) else { return Ok(1.0) };
    positive(&format!("audience.weights.{facet}"), *weight, place)?;
    Ok(*weight)
}

fn aim(file: &BriefFile, place: &Place<'_>, knowledge: &Knowledge) -> Result<Aim> {
    let presets = &knowledge.presets;
    let chosen = |key: &str, known: &std::collections::BTreeMap<String, Preset>| -> Result<Option<String>> {
        let Some(word) = file.aim.get(key).filter(|word| !word.is_empty()) else { return Ok(None) };
        let by_name = known.iter().find(|(id, preset)| id.eq_ignore_ascii_case(word) || preset.name == *word).map(|(id, _)| id.clone());
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        by_name.map(Some).ok_or_else(|| place.unknown(&format!("aim.{key}"), word, &names).into())
    };
    Ok(Aim {
        goal: chosen("goal", &presets.goal)?,
        mode: chosen("mode", &presets.mode)?,
        collaboration: chosen("collaboration", &presets.collaboration)?,
        stage: chosen("stage", &presets.stage)?,
    })
}

pub(super) fn category(key: &str, name: &str, place: &Place<'_>, knowledge: &Knowledge) -> Result<CategoryId, Failure> {
    let categories = &knowledge.categories;
    categories.named(name).ok_or_else(|| {
        let paths: Vec<(CategoryId, String)> = categories.iter().map(|(id, _)| (id, categories.path(id))).collect();
        let last = name.rsplit('/').next().unwrap_or(name);
        let step = |path: &str| path.rsplit('/').next().is_some_and(|step| step.contains(last) || last.contains(step));
        let of_term = || knowledge.vocabulary.category_of(&fold(last)).map(|id| categories.path(id));
        let holds = || paths.iter().find(|(_, path)| step(path)).map(|(_, path)| path.clone());
        let close = || did_you_mean(name, paths.iter().map(|(_, path)| path.as_str())).map(str::to_owned);
        let advice = categories.tagged(&[last]).map(|id| categories.path(id)).or_else(of_term).or_else(holds).or_else(close);
        let advice = advice.map_or(String::new(), |close| format!("did you mean `{close}`? "));
        place.failure(key, &format!("unknown category `{name}`"), format!("{advice}`kolscore list categories` prints all of them"))
    })
}

fn domain(asked: &parse::Domain, place: &Place<'_>, knowledge: &Knowledge) -> Result<DomainAsk> {
    let mut categories = Vec::new();
    for (name, weight) in &asked.categories.0 {
        let key = format!("domain.categories.{name}");
        let id = category(&key, name, place, knowledge)?;
        positive(&key, *weight, place)?;
        if categories.iter().any(|(other, _)| *other == id) {
            bail!(place.failure(&key, &format!("`{name}` is named twice"), "keep one of the two names"));
        }
        categories.push((id, *weight));
    }
    let mut keywords = Vec::new();
    for (word, weight) in &asked.keywords.0 {
        let key = format!("domain.keywords.{word}");
        positive(&key, *weight, place)?;
        let folded = keyword(&key, word, place)?;
        if keywords.iter().any(|(other, _)| *other == folded) {
            bail!(place.failure(&key, &format!("`{word}` is named twice: upper and lower case, and full and half width, are the same"), "keep one of them"));
        }
        keywords.push((folded, *weight));
    }
    if keywords.len() > MOST_KEYWORDS {
        bail!(place.failure(
            "domain.keywords",
            &format!("{} keywords are more than {MOST_KEYWORDS}", keywords.len()),
            "name a category instead: its lexicon holds hundreds of words"
        ));
    }
    let all = match asked.r#match.as_deref() {
        None | Some("any") => false,
        Some("all") => true,
        Some(word) => bail!(place.unknown("domain.match", word, &["any", "all"])),
    };
    categories.sort_by_key(|(id, _)| *id);
    Ok(DomainAsk { categories, keywords, all })
}

/// More keywords than these say nothing that a category would not say better.
const MOST_KEYWORDS: usize = 2_000;

/// A folded keyword; one that is blank would match everything.
pub(super) fn keyword(key: &str, word: &str, place: &Place<'_>) -> Result<String, Failure> {
    let folded = fold(word).trim().to_owned();
    if folded.chars().any(char::is_alphanumeric) {
        return Ok(folded);
    }
    Err(place.failure(key, &format!("the keyword `{word}` holds no letter or digit"), "write the word that titles would hold"))
}

pub(super) fn positive(key: &str, weight: f64, place: &Place<'_>) -> Result<(), Failure> {
    if (1e-6..=1e9).contains(&weight) {
        return Ok(());
    }
    if weight > 1e9 {
        return Err(place.failure(key, &format!("{weight} is too large"), "only the ratio of weights counts: 1 and 2 say as much as 1e9 and 2e9"));
    }
    Err(place.failure(key, &format!("the weight {weight} is not above 0"), "leave the line out to ask for nothing, or write a weight such as 1.0"))
}

fn style(asked: &parse::Style, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<StyleAsk>> {
    let mut asks: Vec<(StyleAsk, String)> = Vec::new();
    let wanted = asked.wanted.iter().map(|(word, wanted)| (word, wanted.target, wanted.weight));
    let avoided = asked.avoid.0.iter().map(|word| (word, 0.0, 1.0));
    for (word, target, weight) in wanted.chain(avoided) {
        let key = format!("style.{word}");
        let Some(id) = knowledge.traits.named(word) else {
            let mut words: Vec<&str> = knowledge.traits.iter().map(|(_, style)| style.zh.as_str()).collect();
            let close = did_you_mean(word, knowledge.traits.words());
            words.extend(close);
            bail!(place.failure(
                &key,
                &format!("no trait is called `{word}`"),
                format!(
                    "{}traits are {}; `kolscore list traits` prints the words for each",
                    close.map_or(String::new(), |close| format!("did you mean `{close}`? ")),
                    listed(&words[..TRAITS])
                )
            ));
        };
        positive(&key, weight, place)?;
        if !(0.0..=1.0).contains(&target) {
            bail!(place.failure(&key, &format!("the target {target} is not between 0 and 1"), "0 avoids the trait, 1 wants all of it"));
        }
        if let Some((_, other)) = asks.iter().find(|(ask, _)| ask.style == id) {
            bail!(place.failure(&key, &format!("`{other}` and `{word}` are the same trait"), "keep one of the two"));
        }
        asks.push((StyleAsk { style: id, target, weight }, word.clone()));
    }
    asks.sort_by_key(|(ask, _)| ask.style);
    Ok(asks.into_iter().map(|(ask, _)| ask).collect())
}

fn audience(file: &BriefFile, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<AudienceAsk>> {
    for name in file.audience.weights.keys() {
        let known: Vec<&str> = Facet::ALL.iter().map(|facet| facet.name()).chain(["location"]).collect();
        if !known.contains(&name.as_str()) {
            bail!(place.unknown("audience.weights", name, &known));
        }
    }
    let mut asks = Vec::new();
    for facet in Facet::ALL {
        let Some(labels) = file.audience.facets.get(facet.name()).map(|words| &words.0).filter(|labels| !labels.is_empty()) else { continue };
        let mut bins = Vec::new();
        for label in labels {
            let key = format!("audience.{}", facet.name());
            if facet == Facet::Region {
                let regions = &knowledge.regions;
                let unknown = || {
                    let close = did_you_mean(label, regions.spellings()).and_then(|word| regions.named(word));
                    let advice = close.map_or(String::new(), |places| format!("did you mean `{}`? ", places.join("`, `")));
                    place.failure(
                        &key,
                        &format!("`{label}` is no province, country or group of them"),
                        format!("{advice}places are written 广东, 海外, 江浙沪, United States; a city stands under `city`"),
                    )
                };
                let places = regions.named(label).ok_or_else(unknown)?;
                bins.extend(places.into_iter().map(Bin::Label));
                continue;
            }
            let Some(bin) = Bin::parse(facet, label, &knowledge.regions) else {
                let advice = match facet {
                    Facet::Gender => "write 女 or 男".to_owned(),
                    Facet::Age => "write bands such as 25-34, <18 or 45+".to_owned(),
                    Facet::CityTier => format!("known are {}", TIERS.join(", ")),
                    _ => "write it as the files do".to_owned(),
                };
                bail!(place.failure(&key, &format!("`{label}` is no {}", facet.name().replace('_', " ")), advice));
            };
            bins.push(bin);
        }
        bins.sort();
        bins.dedup();
        asks.push(AudienceAsk { facet, bins, weight: facet_weight(file, facet.name(), place)? });
    }
    Ok(asks)
}

fn columns(file: &BriefFile, place: &Place<'_>, knowledge: &Knowledge) -> Result<Vec<Mapping>> {
    let mut mappings = Vec::new();
    for (header, target) in &file.columns {
        let key = format!("columns.{header}");
        let parsed = Target::parse(target, &knowledge.regions);
        let target = parsed.map_err(|failure| place.failure(&key, &failure.message, failure.hint.clone().unwrap_or_default()))?;
        mappings.push(Mapping { header: header.clone(), target });
    }
    Ok(mappings)
}

fn weights(file: &BriefFile, place: &Place<'_>) -> Result<Vec<(String, f64)>> {
    for (name, weight) in file.weights.iter().filter(|(_, weight)| **weight != 0.0) {
        positive(&format!("weights.{name}"), *weight, place)?;
    }
    Ok(file.weights.iter().map(|(name, weight)| (name.clone(), *weight)).collect())
}
