//! Domain match: what the creator talks about, from tags and texts. `scoring.md` §3.1.

use super::{Scene, value::Value};
use crate::{
    brief::{Brief, DomainAsk},
    knowledge::{
        categories::{Categories, CategoryId},
        presets::DomainParts,
    },
    normalize::candidate::Kind,
};

/// A tag weighs as much as this many documents.
const TAG_WEIGHT: f64 = 5.0;
/// A creator with this much of the content on topic is fully on topic.
const ENOUGH: f64 = 0.6;
/// A keyword counts in full from this many documents.
const ENOUGH_DOCUMENTS: f64 = 2.0;

/// Whether the brief speaks of the domain.
#[must_use]
pub fn asked(brief: &Brief) -> bool {
    !brief.domain.categories.is_empty() || !brief.domain.keywords.is_empty()
}

/// The weighted mean of topic, keywords and purity; what the brief does not ask for leaves the mean.
#[must_use]
pub fn value(scene: &Scene<'_>) -> Value {
    let presets = &scene.knowledge.presets;
    let parts = match scene.kind {
        Kind::Kol => presets.domain.kol,
        Kind::Koc => presets.domain.koc,
    };
    let profile = profile(scene);
    combine(profile.as_deref(), &scene.brief.domain, &scene.hits.keywords, scene.hits.documents, parts, scene)
}

fn combine(
    profile: Option<&[(CategoryId, f64)]>,
    ask: &DomainAsk,
    keyword_documents: &[u32],
    documents: usize,
    parts: DomainParts,
    scene: &Scene<'_>,
) -> Value {
    let categories = &scene.knowledge.categories;
    let mean = scene.knowledge.presets.unknown.mean;
    let unknown = Value::unknown(mean);
    let mut facets = Vec::with_capacity(3);
    if !ask.categories.is_empty() {
        facets.push((parts.topic, profile.map_or(unknown, |profile| Value::exact(topic(profile, ask, categories)))));
    }
    if !ask.keywords.is_empty() {
        let seen = if documents > 0 { Value::exact(keywords(&ask.keywords, keyword_documents)) } else { unknown };
        facets.push((parts.keywords, seen));
    }
    // Purity in a topic that nobody asked for says nothing.
    if !ask.categories.is_empty() {
        facets.push((parts.purity, profile.map_or(unknown, |profile| Value::exact(purity(profile, categories)))));
    }
    Value::mean(&facets).unwrap_or(unknown)
}

/// The share of each category in what the creator makes: tags count as five documents. `None` where there is neither tag nor hit.
#[must_use]
pub fn profile(scene: &Scene<'_>) -> Option<Vec<(CategoryId, f64)>> {
    shares(&scene.candidate.categories, &scene.hits.categories)
}

/// `p_c = (5·[has tags]·q_c + m_c) / (5·[has tags] + n)`, sorted by category.
#[must_use]
pub fn shares(tags: &[(CategoryId, f64)], documents: &[Vec<CategoryId>]) -> Option<Vec<(CategoryId, f64)>> {
    let tag_total: f64 = tags.iter().map(|(_, share)| share).sum();
    let has_tags = tag_total > 0.0;
    if !has_tags && documents.is_empty() {
        return None;
    }
    let tag_weight = if has_tags { TAG_WEIGHT } else { 0.0 };
    let total = tag_weight + documents.len() as f64;
    let mut mass: Vec<(CategoryId, f64)> = Vec::new();
    let mut add = |id: CategoryId, more: f64| match mass.binary_search_by_key(&id, |(known, _)| *known) {
        Ok(at) => mass[at].1 += more,
        Err(at) => mass.insert(at, (id, more)),
    };
    if has_tags {
        tags.iter().for_each(|(id, share)| add(*id, tag_weight * share / tag_total));
    }
    for categories in documents {
        categories.iter().for_each(|id| add(*id, 1.0 / categories.len() as f64));
    }
    Some(mass.into_iter().map(|(id, mass)| (id, mass / total)).collect())
}

/// T: how much of the content is on the brief's topics, 0 to 1.
#[must_use]
pub fn topic(profile: &[(CategoryId, f64)], ask: &DomainAsk, categories: &Categories) -> f64 {
    let on_topic = |asked: CategoryId| -> f64 { profile.iter().map(|(id, share)| share * categories.similarity(asked, *id)).sum() };
    if ask.all {
        let weights: f64 = ask.categories.iter().map(|(_, weight)| weight).sum();
        return ask.categories.iter().map(|(asked, weight)| weight * (on_topic(*asked) / ENOUGH).min(1.0)).sum::<f64>() / weights;
    }
    let heaviest = ask.categories.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
    let best = |id: CategoryId| ask.categories.iter().map(|(asked, weight)| weight / heaviest * categories.similarity(*asked, id)).fold(0.0, f64::max);
    (profile.iter().map(|(id, share)| share * best(*id)).sum::<f64>() / ENOUGH).min(1.0)
}

/// K: the weighted share of the brief's keywords that the documents hold, 0 to 1.
#[must_use]
pub fn keywords(asked: &[(String, f64)], documents: &[u32]) -> f64 {
    let weights: f64 = asked.iter().map(|(_, weight)| weight).sum();
    let held: f64 = asked.iter().zip(documents).map(|((_, weight), count)| weight * (f64::from(*count) / ENOUGH_DOCUMENTS).min(1.0)).sum();
    held / weights
}

/// P: vertical purity (垂直度), 0 to 1: skincare beside makeup is still vertical.
#[must_use]
pub fn purity(profile: &[(CategoryId, f64)], categories: &Categories) -> f64 {
    profile.iter().map(|(a, p)| profile.iter().map(|(b, q)| p * q * categories.similarity(*a, *b)).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_weigh_five_documents_and_a_document_is_shared_by_its_categories() {
        let mut documents = vec![vec![1]; 9];
        documents.extend(vec![vec![2]; 4]);
        documents.push(vec![1, 2]);
        let profile = shares(&[(1, 1.0)], &documents).unwrap();
        assert!((profile[0].1 - 0.763_158).abs() < 1e-6 && (profile[1].1 - 0.236_842).abs() < 1e-6);
        assert_eq!(shares(&[], &[]), None);
    }

    #[test]
    fn keywords_have_the_published_value() {
        let asked = [("a".to_owned(), 2.0), ("b".to_owned(), 1.0), ("c".to_owned(), 1.0)];
        assert!((keywords(&asked, &[3, 1, 0]) - 0.625).abs() < 1e-12);
    }
}
