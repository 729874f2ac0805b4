//! A candidate and the brief's rules in, the reason why it may not be considered out. `scoring.md` §6.
//!
//! A rule about something unknown excludes nobody: an unknown price breaks no bound.

use crate::{
    brief::{Bounds, Brief},
    knowledge::{categories::CategoryId, regions::Regions},
    normalize::candidate::Candidate,
    score::{
        figures,
        location::lies_in,
        text::{Hits, Matcher, holds},
    },
};

/// Why a candidate is not ranked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exclusion {
    /// Which rule, as the brief names it.
    pub rule: &'static str,
    /// What broke it.
    pub detail: String,
}

impl Exclusion {
    fn new(rule: &'static str, detail: impl Into<String>) -> Self {
        Self { rule, detail: detail.into() }
    }
}

/// The first rule that the candidate breaks. `price` is the quote that the brief buys, in the brief's currency.
#[must_use]
pub fn exclusion(candidate: &Candidate, hits: &Hits, price: Option<f64>, brief: &Brief, (platform_name, regions): (&str, &Regions)) -> Option<Exclusion> {
    let rules = &brief.eligible;
    let elsewhere = match candidate.platform {
        Some(platform) => !rules.platforms.contains(&platform),
        None => !candidate.other_platform.is_empty(),
    };
    if !rules.platforms.is_empty() && elsewhere {
        return Some(Exclusion::new("eligible.platforms", if platform_name.is_empty() { &candidate.other_platform } else { platform_name }));
    }
    if rules.exclude_ids.iter().any(|id| [&candidate.id, &candidate.handle, &candidate.url].contains(&id)) {
        return Some(Exclusion::new("eligible.exclude_ids", candidate.identity()));
    }
    if !rules.only_ids.is_empty() && !rules.only_ids.iter().any(|id| [&candidate.id, &candidate.handle, &candidate.url].contains(&id)) {
        return Some(Exclusion::new("eligible.only_ids", candidate.identity()));
    }
    if let Some(detail) = broken("followers", candidate.followers, rules.followers) {
        return Some(Exclusion::new("eligible.followers", detail));
    }
    if let Some(detail) = broken("price", price, rules.price) {
        return Some(Exclusion::new("eligible.price", detail));
    }
    for (field, bounds) in &rules.numbers {
        if let Some(detail) = broken(field.info().name, figures::number(candidate, *field, brief), *bounds) {
            return Some(Exclusion::new("eligible.numbers", detail));
        }
    }
    if let Some(field) = rules.known.iter().find(|field| !figures::is_known(candidate, **field, brief)) {
        return Some(Exclusion::new("eligible.known", format!("`{}` is unknown", field.info().name)));
    }
    let speaks_of = |id: &CategoryId| candidate.categories.iter().any(|(own, _)| own == id) || hits.topics.mass.iter().any(|(own, _)| own == id);
    let tells = !candidate.categories.is_empty() || hits.topics.documents > 0;
    if tells && !rules.require_categories.is_empty() && !rules.require_categories.iter().any(speaks_of) {
        return Some(Exclusion::new("eligible.require_categories", "neither tagged with a required category nor speaking of one"));
    }
    if rules.exclude_categories.iter().any(|id| candidate.categories.iter().any(|(own, _)| own == id)) {
        return Some(Exclusion::new("eligible.exclude_categories", "tagged with an excluded category"));
    }
    if !rules.locations.is_empty() && lies_in(&candidate.location, &rules.locations, regions) == Some(false) {
        return Some(Exclusion::new("eligible.locations", format!("lives in `{}`", candidate.location)));
    }
    if let (Some(from), Some(date)) = (rules.as_of_from, candidate.as_of)
        && date < from
    {
        return Some(Exclusion::new("eligible.as_of_from", format!("data of {:04}-{:02}-{:02}", date.0, date.1, date.2)));
    }
    if hits.documents > 0
        && let Some(missing) = hits.required.iter().position(|count| *count == 0)
    {
        return Some(Exclusion::new("eligible.require_keywords", format!("no text holds `{}`", rules.require_keywords[missing])));
    }
    let at = usize::from(*hits.excluded.first()?);
    let word = Matcher::excluded(brief).nth(at).unwrap_or_default();
    let rule = if at < rules.exclude_keywords.len() { "eligible.exclude_keywords" } else { "brand.competitors" };
    let texts = &candidate.documents;
    let found = (0..texts.len()).map(|document| texts.get(document)).find(|text| holds(text, word));
    Some(Exclusion::new(rule, format!("`{word}` in 「{}」", found.unwrap_or_default())))
}

fn broken(what: &str, value: Option<f64>, bounds: Bounds) -> Option<String> {
    let value = value?;
    match (bounds.min, bounds.max) {
        (Some(min), _) if value < min => Some(format!("{what} {value} below {min}")),
        (_, Some(max)) if value > max => Some(format!("{what} {value} above {max}")),
        _ => None,
    }
}
